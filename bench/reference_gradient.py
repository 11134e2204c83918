"""References trained by gradient, with PyTorch: the same network, split and encoding, and the same counts of weights.

Adam, whose rate falls to 0 as a half cosine; batches of 100; no biases, HardTanh, softmax cross-entropy. All methods but
the last steps of pruning see every training image once an epoch, for the same number of epochs.

  dense floats            the upper reference: no synapse is missing
  random wiring, floats   a random mask with our counts, fixed; the weights on it are real numbers
  random wiring, signs    the same mask; signs with our counts, straight-through
  magnitude pruning       the dense floats, pruned to our counts: as they are, fine-tuned as floats, binarised to signs (with
                          and without a shift for each layer), fine-tuned as signs straight-through
  targeted dropout        pruning while training [Gomez and others 2019, arXiv 1905.13678]: of a growing share of the
                          smallest weights, each is dropped for a batch with a probability that grows to 1
  straight-through        ternary from the beginning: the largest latent floats count as +1, the smallest as -1, the others
                          as 0; gradients pass to the latent floats [Bengio and others 2013, arXiv 1308.3432]
  straight-through, lesions   the same, while each batch loses other synapses, at random
"""
import math
import time

import numpy as np
import torch
from torch.nn import functional

from reference_common import score, synapses

BATCH = 100


def signs(values, layer):
    """The largest values as +1, the smallest as -1, with the layer's counts."""
    flat = values.flatten()
    result = torch.zeros_like(flat)
    result[torch.topk(flat, layer.plus).indices] = 1
    result[torch.topk(flat, layer.minus, largest=False).indices] = -1
    return result.view_as(values)


def straight_through(values, layer, mask=None):
    """Signs forward, the values' own gradient backward; on a mask, every synapse of it gets a sign."""
    with torch.no_grad():
        if mask is None:
            result = signs(values, layer)
        else:
            flat = torch.where(mask, values, -torch.inf).flatten()
            result = -mask.to(values.dtype).flatten()
            result[torch.topk(flat, layer.plus).indices] = 1
            result = result.view_as(values)
    return values + (result - values).detach()


class Trainer:
    """A task as tensors, a network's layers, and one seed."""

    def __init__(self, task, settings, layers, seed):
        self.task, self.layers = task, layers
        self.net, self.sparsity, self.epochs = (settings[name] for name in ("net", "sparsity", "epochs"))
        self.loss_scale = settings["gradient_scale"]  # logits of signs are divided by it before the softmax
        self.lost = settings["lost"]
        self.data = {split: (torch.from_numpy(task.inputs(split)), torch.from_numpy(task.labels[split]))
                     for split in ("train", "validation", "test")}
        self.generator = torch.Generator().manual_seed(seed)

    def start(self):
        return [torch.randn(layer.shape, generator=self.generator) / math.sqrt(math.prod(layer.shape[1:]))
                for layer in self.layers]

    def random_masks(self):
        masks = []
        for layer in self.layers:
            mask = torch.zeros(math.prod(layer.shape), dtype=torch.bool)
            mask[torch.randperm(mask.numel(), generator=self.generator)[:layer.synapses]] = True
            masks.append(mask.view(layer.shape))
        return masks

    def logits(self, weights, images):
        x = images
        for layer, values in zip(self.layers, weights):
            if values.dim() == 4:
                x = functional.conv2d(x, values, stride=layer.stride, padding=layer.shape[2] // 2)
                x = functional.max_pool2d(x, layer.pool) if layer.pool > 1 else x
            else:
                x = x.flatten(1) @ values.t()
            x = x if layer is self.layers[-1] else functional.hardtanh(x)
        return x

    def accuracy(self, weights, split):
        images, labels = self.data[split]
        with torch.no_grad():
            answers = torch.cat([self.logits(weights, part).argmax(1) for part in images.split(1000)])
        return 100 * (answers == labels).double().mean().item()

    def train(self, latent, used, epochs, scale, rate):
        """Trains the latent floats; used(latent, progress) are the weights of a step. Returns processor seconds."""
        latent = [values.detach().clone().requires_grad_(True) for values in latent]
        images, labels = self.data["train"]
        batches = max(1, len(images) // BATCH)
        steps = epochs * batches
        adam = torch.optim.Adam(latent, lr=rate)
        begun = time.process_time()
        for step in range(steps):
            if step % batches == 0:
                order = torch.randperm(len(images), generator=self.generator)
            batch = order[step % batches * BATCH:][:BATCH]
            adam.param_groups[0]["lr"] = rate * 0.5 * (1 + math.cos(math.pi * step / steps))
            loss = functional.cross_entropy(self.logits(used(latent, step / steps), images[batch]) / scale, labels[batch])
            adam.zero_grad()
            loss.backward()
            adam.step()
        return [values.detach() for values in latent], time.process_time() - begun, steps * min(BATCH, len(images))

    # ---- results

    def floats(self, method, weights, seconds, samples):
        alive = [[0, int((w == 0).sum()), int((w != 0).sum())] for w in weights]
        return {"method": method, "weights": "real", "validation": self.accuracy(weights, "validation"),
                "test": self.accuracy(weights, "test"), "synapses": sum(part[2] for part in alive),
                "zeros": [part[1] for part in alive], "seconds": seconds, "samples": samples,
                "network": [values.numpy() for values in weights]}

    def signed(self, method, weights, seconds, samples, shifts=None):
        """Scored by the program; without shifts PyTorch computes the same integers, so both must agree."""
        found = score(self.task, self.net, self.sparsity, [w.numpy() for w in weights], shifts)
        if shifts is None and all(((w == 0) | (w.abs() == 1)).all() for w in weights):
            own = self.accuracy(weights, "validation")
            if abs(own - found["validation"]) > 0.1:
                raise SystemExit(f"references.py: {method}: PyTorch has {own} %, the program {found['validation']} %")
        return {"method": method, "weights": "-1, 0, +1", "validation": found["validation"], "test": found["test"],
                "synapses": synapses(found["counts"]), "zeros": [part[1] for part in found["counts"]],
                "seconds": seconds, "samples": samples, "network": [values.numpy() for values in self.ternary(weights)]}

    # ---- methods

    def ternary(self, latent):
        return [signs(values, layer) for values, layer in zip(latent, self.layers)]

    def fine_tuned_signs(self, method, latent, seconds, samples, rate):
        """Straight-through from trained floats, for half of the epochs more. Latent floats begin with equal spreads."""
        tuned, more, seen = self.train([values / values.std() * 0.1 for values in latent], self.through, self.half,
                                       self.loss_scale, rate)
        return self.signed(method, self.ternary(tuned), seconds + more, samples + seen)

    def through(self, latent, _progress):
        return [straight_through(values, layer) for values, layer in zip(latent, self.layers)]

    @property
    def half(self):
        return max(1, self.epochs // 2)

    def fixed_wiring(self, rate):
        masks = self.random_masks()
        kept = [mask.to(torch.float32) for mask in masks]
        # As a dense layer's, the variance of a sum is near 1 at the start.
        begin = [torch.randn(layer.shape, generator=self.generator) / math.sqrt(max(1.0, layer.synapses / layer.shape[0]))
                 for layer in self.layers]
        latent, seconds, samples = self.train(
            begin, lambda values, _: [w * k for w, k in zip(values, kept)], self.epochs, 1.0, rate)
        yield self.floats("random wiring, floats", [w * k for w, k in zip(latent, kept)], seconds, samples)
        through = lambda values, _: [straight_through(*part) for part in zip(values, self.layers, masks)]  # noqa: E731
        latent, seconds, samples = self.train([w * 0.1 for w in begin], through, self.epochs, self.loss_scale, rate)
        with torch.no_grad():
            yield self.signed("random wiring, signs", through(latent, 1), seconds, samples)

    def pruned(self, rate):
        dense, seconds, samples = self.train(self.start(), lambda values, _: values, self.epochs, 1.0, rate)
        yield self.floats("dense floats", dense, seconds, samples)
        yield from self.made_sparse("magnitude pruning", dense, seconds, samples, rate)

    def dropped(self, rate):
        def used(values, progress):
            result = []
            for layer, weights in zip(self.layers, values):
                total = weights.numel()
                targeted = round((total - layer.synapses) * min(1.0, 2 * progress))
                dropped = torch.zeros(total, dtype=torch.bool)
                if targeted:
                    smallest = torch.topk(weights.detach().abs().flatten(), targeted, largest=False).indices
                    chance = 0.5 + 0.5 * progress
                    dropped[smallest[torch.rand(targeted, generator=self.generator) < chance]] = True
                result.append(torch.where(dropped.view_as(weights), torch.zeros(()), weights))
            return result
        latent, seconds, samples = self.train(self.start(), used, self.epochs, 1.0, rate)
        yield from self.made_sparse("targeted dropout", latent, seconds, samples, rate)

    def made_sparse(self, name, latent, seconds, samples, rate):
        """Pruned to the counts, as floats and as signs, each as it is and fine-tuned."""
        wiring = [values != 0 for values in self.ternary(latent)]
        kept = [mask.to(torch.float32) for mask in wiring]
        masked = lambda values, _: [w * k for w, k in zip(values, kept)]  # noqa: E731
        yield self.floats(f"{name}, floats", masked(latent, 1), seconds, samples)
        tuned, more, seen = self.train(latent, masked, self.half, 1.0, rate)
        yield self.floats(f"{name}, floats, fine-tuned", masked(tuned, 1), seconds + more, samples + seen)
        yield self.signed(f"{name}, signs", self.ternary(latent), seconds, samples)
        # A layer's scale is the mean size of what is left of it; the nearest power of two is a shift.
        sizes = [float(values.abs()[mask].mean()) for values, mask in zip(latent, wiring)]
        shifts = [int(np.clip(round(-math.log2(size)), 0, 24)) for size in sizes[:-1]] + [0]
        yield self.signed(f"{name}, signs and shifts", self.ternary(latent), seconds, samples, shifts)
        yield self.fine_tuned_signs(f"{name}, signs, fine-tuned", latent, seconds, samples, rate)

    def ternary_training(self, rate):
        yield from self.from_the_beginning("straight-through", self.through, rate)

    def lesioned_training(self, rate):
        """Straight-through; each batch loses other synapses of every layer, at random."""
        used = lambda latent, progress: [self.lesioned(w) for w in self.through(latent, progress)]  # noqa: E731
        yield from self.from_the_beginning(f"straight-through, lesions of {self.lost:g} %", used, rate)

    def from_the_beginning(self, method, used, rate):
        latent, seconds, samples = self.train([0.1 * values / values.std() for values in self.start()], used,
                                              self.epochs, self.loss_scale, rate)
        yield self.signed(method, self.ternary(latent), seconds, samples)

    def lesioned(self, weights):
        """Those of a layer without some of its synapses, through which no gradient passes either."""
        synapses = weights.detach().flatten().nonzero().flatten()
        order = torch.randperm(len(synapses), generator=self.generator)
        kept = torch.ones(weights.numel())
        kept[synapses[order[:round(self.lost / 100 * len(synapses))]]] = 0
        return weights * kept.view_as(weights)


METHODS = {"wiring": Trainer.fixed_wiring, "pruning": Trainer.pruned, "dropout": Trainer.dropped,
           "straight-through": Trainer.ternary_training, "lesioned training": Trainer.lesioned_training}


def rows(what, task, settings, layers, seed):
    """The results of one method with one seed."""
    torch.set_num_threads(1)
    yield from METHODS[what](Trainer(task, settings, layers, seed), settings["rate"])
