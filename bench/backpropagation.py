#!/usr/bin/env python3
"""The same network trained by backpropagation: what a search is compared with.

    bench/backpropagation.py [mnist|fashion-mnist] [--weights float|ternary] [--epochs N] [--seed N] [--jitter N]

16C5-MP2-32C5-MP2-10 without biases, HardTanh, softmax cross-entropy of logits / S; Adam, whose rate falls to 0 as a half
cosine; batches of 100. The same split as aann's: the last 5,000 training images are for validation. After each epoch the
validation accuracy is measured, at the end the test set once. With --weights ternary the largest weights of each layer
count as their sign and the others as 0 (--sparsity percent of zeros), and gradients pass straight through. --jitter N
moves each image by up to N pixels, anew each time. Needs PyTorch and the files of `aann data fetch`; one thread.
Prints one JSON object.
"""
import argparse
import json
import math
import os
import pathlib
import time

import numpy as np
import torch
from torch.nn import functional

VALIDATION = 5000
SHAPES = ((16, 1, 5, 5), (32, 16, 5, 5), (10, 1568))


def data_folder():
    home = os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local" / "share"
    return pathlib.Path(os.environ.get("AANN_DATA") or pathlib.Path(home) / "aann")


def load(task, split):
    folder = data_folder() / task
    images = np.fromfile(folder / f"{split}-images-idx3-ubyte", np.uint8, offset=16).reshape(-1, 1, 28, 28)
    labels = np.fromfile(folder / f"{split}-labels-idx1-ubyte", np.uint8, offset=8)
    return torch.from_numpy(images.astype(np.float32) / 255), torch.from_numpy(labels.astype(np.int64))


class Ternary(torch.autograd.Function):
    """Signs of the largest weights; the gradient is that of the weights themselves."""

    @staticmethod
    def forward(_context, weights, zeros):
        size = weights.abs()
        limit = size.flatten().kthvalue(max(1, round(zeros * size.numel()))).values
        return torch.where(size > limit, weights.sign(), torch.zeros(()))

    @staticmethod
    def backward(_context, gradient):
        return gradient, None


def logits(weights, images, scale):
    x = functional.hardtanh(functional.max_pool2d(functional.conv2d(images, weights[0], padding=2), 2))
    x = functional.hardtanh(functional.max_pool2d(functional.conv2d(x, weights[1], padding=2), 2))
    return x.flatten(1) @ weights[2].t() / scale


def moved(images, jitter, generator):
    if jitter == 0:
        return images
    padded = functional.pad(images, (jitter,) * 4)
    steps = torch.randint(0, 2 * jitter + 1, (len(images), 2), generator=generator)
    return torch.stack([one[:, r:r + 28, c:c + 28] for one, (r, c) in zip(padded, steps.tolist())])


def accuracy(weights, images, labels):
    with torch.no_grad():
        answers = torch.cat([logits(weights, part, 1.0).argmax(1) for part in images.split(1000)])
    return (answers == labels).float().mean().item()


def train(options):
    images, labels = load(options.task, "train")
    generator = torch.Generator().manual_seed(options.seed)
    latent = [torch.randn(shape, generator=generator) / math.sqrt(math.prod(shape[1:])) for shape in SHAPES]
    for weights in latent:
        weights.requires_grad_(True)
    zeros = [float(part) / 100 for part in options.sparsity.split(",")]

    def used():
        return [Ternary.apply(w, z) for w, z in zip(latent, zeros)] if options.weights == "ternary" else latent

    count = len(images) - VALIDATION
    adam = torch.optim.Adam(latent, lr=options.rate)
    steps = options.epochs * (count // 100)
    cosine = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: 0.5 * (1 + math.cos(math.pi * step / steps)))
    course = []
    start = time.process_time()
    for _ in range(options.epochs):
        for batch in torch.randperm(count, generator=generator)[:count // 100 * 100].view(-1, 100):
            loss = functional.cross_entropy(
                logits(used(), moved(images[batch], options.jitter, generator), options.scale), labels[batch])
            adam.zero_grad()
            loss.backward()
            adam.step()
            cosine.step()
        course.append(round(accuracy(used(), images[count:], labels[count:]), 4))
    seconds = time.process_time() - start
    test = accuracy(used(), *load(options.task, "t10k"))
    return {"task": options.task, "weights": options.weights, "epochs": options.epochs, "seed": options.seed,
            "jitter": options.jitter, "validation": course, "test": round(test, 4), "processor_seconds": round(seconds, 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", nargs="?", default="mnist", choices=("mnist", "fashion-mnist"))
    parser.add_argument("--weights", default="float", choices=("float", "ternary"))
    parser.add_argument("--sparsity", default="50,80,80", help="of ternary weights: percent of zeros in each layer")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jitter", type=int, default=0)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--scale", type=float, help="S (1 for floats, 8 for ternary weights)")
    options = parser.parse_args()
    options.scale = options.scale or (8.0 if options.weights == "ternary" else 1.0)
    torch.set_num_threads(1)
    print(json.dumps(train(options)))


if __name__ == "__main__":
    main()
