"""What bench/references.py and bench/robustness.py share: the task, the network's layers and counts, our program, results.

A task is encoded as the program encodes it: a byte v becomes rint(127 v / 255), which stands for that many 127ths. The
validation split is the last samples of the training file, as the program's is. Ternary networks of any origin are scored by
the program, with `aann import`, in integers: one judge for all.
"""
import dataclasses
import gzip
import hashlib
import json
import math
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
from fractions import Fraction

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
AANN = os.environ.get("AANN", str(ROOT / "build" / "aann"))

# The scales of both benches. A loss scale of None is that of `loss_scale` below.
COMMON = {"sparsity": "90", "rate": 0.003, "size": 16, "budget": 30000000, "population": 50, "batch": 500,
          "beside_scale": 1.0, "validation": 5000, "loss_scale": None, "gradient_scale": None,
          "lost": 5.0}
SCALES = {
    "tiny": COMMON | {"net": "4C5s2-MP2-6C3-MP2-10", "sparsity": "60", "steps": 1500, "epochs": 2, "size": 8,
                      "budget": 40000, "population": 10, "batch": 100, "front": "50,90", "validation": 100},
    "small": COMMON | {"net": "8C5s2-MP2-16C3-MP2-10", "steps": 300000, "epochs": 8, "front": "50,70,80,90,95,98"},
    "paper": COMMON | {"net": "16C5-MP2-32C5-MP2-10", "steps": 600000, "epochs": 3, "front": "50,80,90,95,98"},
}


# ---- the task ----------------------------------------------------------------------------------

@dataclasses.dataclass
class Task:
    """Bytes and labels of the three splits, and the words by which the program reads the same."""
    name: str
    words: list
    images: dict  # split -> uint8 [n][height][width]
    labels: dict  # split -> int64 [n]

    @property
    def test(self):
        """The file of the test set."""
        return self.words[self.words.index("--test") + 1]

    def inputs(self, split):
        """What a network reads, as floats: multiples of 1/127 from 0 to 1, [n][1][height][width]."""
        return (np.rint(self.images[split] * (127.0 / 255)) / 127).astype(np.float32)[:, None]


def read_idx(path, dimensions):
    opened = gzip.open(path, "rb") if str(path).endswith(".gz") else open(path, "rb")
    with opened as file:
        data = file.read()
    sizes = np.frombuffer(data, ">u4", dimensions, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(sizes)


def load_task(folder, suffix, validation):
    """The four files of MNIST, where `aann data fetch` puts them, or the sample of it that the tests have."""
    folder = pathlib.Path(folder)
    train, test = (folder / f"{part}-images-idx3-ubyte{suffix}" for part in ("train", "t10k"))
    images, labels = read_idx(train, 3), read_idx(folder / f"train-labels-idx1-ubyte{suffix}", 1)
    rest = len(images) - validation
    return Task(
        folder.name,
        ["--data", str(train), "--test", str(test), "--validation", str(validation), "--split-by", "last"],
        {"train": images[:rest], "validation": images[rest:], "test": read_idx(test, 3)},
        {"train": labels[:rest].astype(np.int64), "validation": labels[rest:].astype(np.int64),
         "test": read_idx(folder / f"t10k-labels-idx1-ubyte{suffix}", 1).astype(np.int64)})


def find_task(parser, folder, validation):
    """The same, whether compressed or not; the parser complains where there are none."""
    folder = pathlib.Path(folder) if folder else data_folder()
    suffix = "" if (folder / "train-images-idx3-ubyte").exists() else ".gz"
    if not (folder / f"train-images-idx3-ubyte{suffix}").exists():
        parser.error(f"{folder} has no train-images-idx3-ubyte: 'aann data fetch mnist' fetches it")
    return load_task(folder, suffix, validation)


def data_folder():
    home = os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local" / "share"
    return pathlib.Path(os.environ.get("AANN_DATA") or pathlib.Path(home) / "aann") / "mnist"


def smaller(task, size, folder):
    """The task with its images averaged over areas to size x size bytes, in files of its own."""
    height = task.images["train"].shape[1]
    step = height / size
    share = np.zeros((size, height))  # of each old row in each new one
    for new in range(size):
        for old in range(height):
            share[new, old] = max(0.0, min(old + 1, (new + 1) * step) - max(old, new * step)) / step
    images = {split: np.rint(np.einsum("ai,nij,bj->nab", share, values.astype(np.float32), share, optimize=True))
              .clip(0, 255).astype(np.uint8) for split, values in task.images.items()}
    train, test = pathlib.Path(folder) / f"train{size}.npz", pathlib.Path(folder) / f"test{size}.npz"
    np.savez(train, x=np.concatenate([images["train"], images["validation"]])[:, None],
             y=np.concatenate([task.labels["train"], task.labels["validation"]]).astype(np.uint8))
    np.savez(test, x=images["test"][:, None], y=task.labels["test"].astype(np.uint8))
    words = ["--data", str(train), "--test", str(test), "--validation", str(len(images["validation"])),
             "--split-by", "last"]
    return Task(f"{task.name} {size}x{size}", words, images, task.labels)


# ---- the network -------------------------------------------------------------------------------

@dataclasses.dataclass(frozen=True)
class Layer:
    """A layer, [units][channels][kernel][kernel] or [units][inputs], with the pool after it and its exact counts."""
    shape: tuple
    stride: int
    pool: int
    plus: int
    minus: int

    @property
    def synapses(self):
        return self.plus + self.minus


def counts(weights, percent):
    """(+1, -1) among so many weights: exact, halves rounded up, as docs/networks.md says."""
    zeros = int(Fraction(percent) * weights / 100 + Fraction(1, 2))
    plus = (weights - zeros + 1) // 2
    return plus, weights - zeros - plus


def layers_of(net, size, sparsity):
    """The layers of a spec with square, odd, padded kernels. `sparsity` is one percentage, or one a layer, as text."""
    parts = net.split("-")
    percents = sparsity.split(",")
    layers, channels = [], 1
    for number, part in enumerate(parts):
        found = re.fullmatch(r"(\d+)(?:C(\d+)(?:s(\d+))?)?", part)
        if found is None:
            if number == 0 or not re.fullmatch(r"MP\d+", part):
                raise SystemExit(f"references.py: {net}: '{part}' is not known here: expected 16C5, 16C5s2, MP2 or 10")
            continue
        units, kernel, stride = int(found[1]), int(found[2] or 0), int(found[3] or 1)
        after = parts[number + 1] if number + 1 < len(parts) else ""
        pool = int(after[2:]) if after.startswith("MP") else 1
        if kernel:
            shape = (units, channels, kernel, kernel)
            size, channels = ((size - 1) // stride + 1) // pool, units
        else:
            shape = (units, channels * size * size)
            size, channels = 1, units
        percent = percents[len(layers)] if len(percents) > 1 else percents[0]
        layers.append(Layer(shape, stride, pool, *counts(int(np.prod(shape)), percent)))
    return layers


def loss_scale(net, sparsity):
    """Half the root of an output's synapses, as docs/search.md says: a logit deviates by about that root."""
    last = layers_of(net, 28, sparsity)[-1]
    return round(math.sqrt(last.synapses / last.shape[0]) / 2, 3)


def chosen(settings, options):
    """A scale's settings, with what the command line says instead."""
    return settings | {name: value for name, value in vars(options).items() if name in settings and value is not None}


def of_sparsity(settings, sparsity):
    """A scale's settings at this sparsity. Loss scales that nobody asked for are those of the rule."""
    rule = loss_scale(settings["net"], sparsity)
    return settings | {"sparsity": sparsity} | {name: rule for name in ("loss_scale", "gradient_scale")
                                                if settings[name] is None}


def ternary(values, layer):
    """The largest values as +1, the smallest as -1, with the layer's counts: the rule of `aann import`."""
    flat = values.ravel()
    order = np.argsort(-flat, kind="stable")
    result = np.zeros(flat.size, np.int8)
    result[order[:layer.plus]] = 1
    result[order[flat.size - layer.minus:]] = -1
    return result.reshape(values.shape)


# ---- our program -------------------------------------------------------------------------------

def program(*words):
    """Runs it; its last line as JSON, and the processor seconds it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([AANN, *map(str, words), "--json"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"references.py: aann {' '.join(map(str, words))}: {done.stderr.strip()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return json.loads(done.stdout.splitlines()[-1]), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def network_words(net, sparsity):
    return ["--net", net, "--sparsity-per-layer" if "," in sparsity else "--sparsity", sparsity]


def score(task, net, sparsity, weights, shifts=None):
    """Accuracies in percent of ternary (or float, then pruned and binarised) weights, in integers."""
    with tempfile.TemporaryDirectory() as folder:
        write_network(f"{folder}/weights.npz", weights)
        more = ["--shifts", ",".join(map(str, shifts))] if shifts else []
        answer, _ = program("import", f"{folder}/weights.npz", *task.words, *network_words(net, sparsity), *more,
                            "--study", f"{folder}/study.aann", "--quiet")
    member = answer["members"][-1]
    return {"validation": 100 * member["validation_accuracy"], "test": 100 * member["test_accuracy"],
            "counts": [[part["minus"], part["zero"], part["plus"]] for part in answer["layers"]]}


def search(task, net, sparsity, seed, words):
    """One member of our search, with its weights."""
    with tempfile.TemporaryDirectory() as folder:
        study = f"{folder}/study.aann"
        _, seconds = program("search", *task.words, *network_words(net, sparsity), "--seed", seed, "--threads", "1",
                             "--study", study, "--quiet", *words)
        member, _ = program("show", study, "1")
        program("weights", study, "1", "--npz", f"{folder}/weights.npz")
        with np.load(f"{folder}/weights.npz") as file:
            weights = [file[f"layer{i}"] for i in range(len(file.files))]
    layers = [[part["minus"], part["zero"], part["plus"]] for part in member["layers"]]
    return {"validation": 100 * member["validation_accuracy"], "test": 100 * member["test_accuracy"],
            "loss": member["train_loss"], "counts": layers, "seconds": seconds, "network": weights,
            "samples": member["trace"][-1]["evaluated_samples"]}


def synapses(layer_counts):
    return sum(minus + plus for minus, _, plus in layer_counts)


# ---- results ------------------------------------------------------------------------------------

BY_SEARCH, BY_TRAINING = ("steps", "loss_scale"), ("epochs", "rate", "gradient_scale")
USED = {"random": (), "search": BY_SEARCH, "lesion noise": (*BY_SEARCH, "lost"),
        "lesioned training": (*BY_TRAINING, "lost")}


def key_of(what, settings, seed):
    """What a result depends on; `settings` are those of one sparsity, see of_sparsity."""
    return {"what": what, "seed": seed} | {name: settings[name] for name in ("net", "sparsity", *USED.get(what, BY_TRAINING))}


class Results:
    """The rows so far, in a file that is replaced after each step, and the networks of those that have some, in a folder."""

    def __init__(self, path, scale):
        self.path, self.scale, self.rows = pathlib.Path(path), scale, []
        self.networks = self.path.with_suffix(".networks")
        if self.path.exists():
            self.rows = json.loads(self.path.read_text())["rows"]

    def of(self, key):
        """The rows with this key that are there."""
        return [row for row in self.rows if row["key"] == key | {"scale": self.scale}]

    def complete(self, key, produce):
        """The rows with this key (a dictionary); computed unless they are there."""
        there = self.of(key)
        if not there:
            key = key | {"scale": self.scale}
            there = [self.kept(row, key) for row in produce()]
            self.rows += there
            temporary = self.path.with_suffix(".new")
            temporary.write_text(json.dumps({"rows": self.rows}, indent=1) + "\n")
            temporary.replace(self.path)
            if "validation" in there[-1]:
                print(f"{key['what']}, seed {key['seed']}: {there[-1]['validation']:.2f} % on validation", file=sys.stderr)
        return there

    def kept(self, row, key):
        """The row with its key, and in place of weights the name of the file that has them."""
        row = row | {"key": key}
        if "network" in row:
            settings = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:8]
            method = re.sub("[^a-z0-9]+", "-", row["method"].lower()).strip("-")
            name = f"{method}-{key['seed']}-{settings}.npz"
            self.networks.mkdir(exist_ok=True)
            write_network(self.networks / name, row["network"])
            row["network"] = name
        return row

    def network(self, row):
        """The weights of a row's network, layer by layer."""
        with np.load(self.networks / row["network"]) as file:
            return [file[f"layer{i}"] for i in range(len(file.files))]


def write_network(path, weights):
    """As `aann import` reads it."""
    np.savez(path, **{f"layer{i}": np.asarray(values, np.float32) for i, values in enumerate(weights)})
