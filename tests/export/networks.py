"""The networks that are exported in tests and in bench/chips.py: one for each case of shapes, pools, strides, tables,
encodings and outputs. They are searched for a moment only: what they compute matters, not how well."""
import csv
import gzip
import json
import pathlib
import random
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

from program import SOURCE, TEST, answer, good  # noqa: E402  pylint: disable=wrong-import-position,import-error

SAMPLES = 40

# Name, notation, shape of a sample, further arguments of the search.
PICTURES = [
    ("plain", "6C5@50-MP2-8C5@90-MP2-10@90", (1, 28, 28), ()),
    ("strides", "5C3s2-6C3s2@80-4@70", (2, 13, 17), ()),
    ("odd_pools", "4C3-MP3-5C3@60-MP3x1-3", (1, 21, 20), ()),
    ("large_pool", "3C3-MP5x6-4@40", (2, 17, 25), ()),
    ("wide_pool", "4C3-MP2x3-3", (1, 12, 13), ()),
    ("no_padding", "4C4v-MP2-6C3v@70-5", (1, 15, 14), ()),
    ("even_kernels", "4C4-MP2x1-3C2x5@70-5", (2, 12, 11), ()),
    ("shifts", "6C3>>2-MP2-16>>3-4>>1", (1, 12, 12), ()),
    ("large_shifts", "4C3>>20-MP2-5>>17-3>>1", (1, 12, 13), ()),
    ("dense", "20@80-9@50-4@10", (1, 8, 8), ()),
    ("long_gaps", "12@99-6@95-4@60", (1, 24, 24), ()),
    ("input_pool", "MP2x3-4C3-MP2-5", (2, 15, 20), ()),
    ("constant", "4C3@40-MP2-5", (1, 9, 10), ("--constant", "on")),
    ("signal", "5C1x7-MP1x4-6C1x5@70-MP1x3-3", (3, 1, 67), ()),
    ("narrow", "3C3-MP2x1-4C1x1@30-3", (1, 9, 3), ()),
    ("one_sign", "4C3@50-MP2-6@80-3@30", (1, 10, 10), ("--excitatory", "1")),
    ("many_synapses", "3C3@20-4C9@5-MP2-3@10", (2, 14, 14), ()),
    ("vector", "6C3x3@60-4@20", (9, 1, 1), ()),
]

# Maps beyond 64 kB, gaps beyond 65,535 weights: not for small chips.
WIDE = [
    ("wide_map", "3C3@50-MP4-3C5@90-MP3-3@90", (2, 200, 200), ()),
    ("wide_gaps", "3@99.99-3@20", (2, 200, 200), ()),
]


def search(name, *arguments, steps=40):
    """Searches for a member of NAME.aann and saves it as NAME.aannm."""
    good("search", *arguments, "--steps", steps, "--members", 1, "--study", f"{name}.aann", "--quiet")
    good("save", f"{name}.aann", 1, "--out", f"{name}.aannm")


def predict(name, data):
    """What predict says about data: int32 logits."""
    answer("predict", f"{name}.aannm", "--data", data, "--logits", f"{name}.npy")
    return numpy.load(f"{name}.npy")


def make(name, spec, shape, arguments):
    """A network on random bytes, in NAME.aannm, with its data in NAME.npz: inputs and logits."""
    numbers = numpy.random.default_rng(len(spec))
    inputs = numbers.integers(0, 256, (SAMPLES, *shape), dtype=numpy.uint8)
    inputs[0], inputs[1] = 0, 255
    numpy.savez(f"{name}.npz", x=inputs, y=numpy.arange(SAMPLES) % 3)
    search(name, "--data", f"{name}.npz", "--net", spec, "--input", "x".join(map(str, shape)), "--encoding", "byte",
           "--validation", 0, *arguments)
    return inputs, predict(name, f"{name}.npz")


def write_table(path, regression, missing=True):
    """A table with numbers of different size, decimals and sign, words and missing cells."""
    draw = random.Random(7)
    rows = []
    for i in range(300):
        length, offset = round(draw.uniform(4.3, 7.9), 1), round(draw.gauss(0, 30), 3)
        count, small = draw.randint(0, 5), draw.randint(-9, 9) / 1e6
        words = draw.choice(["dry", "wet", "soaked", ""] if missing else ["dry", "wet"])
        result = f"{length * 10 - offset:.2f}" if regression else 'yes "?/*x*/??/' if length > 6 else "no ä"
        rows.append(["" if missing and i % 17 == 3 else length, offset, count, f"{small:.6f}", words, result])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["length", "offset */", "count", "small", "weather", "result"])
        writer.writerows(rows)


# Name, what is searched for: tables with the encoding of tables, of features and of the largest value; a signal in
# windows; regression.
TABLES = [
    ("table", False, ("--net", "9-4", "--label-column", "result")),
    ("table_numbers", True, ("--net", "7-1", "--target-columns", "result")),
    ("features", False, ("--net", "12-5", "--label-column", "result", "--encoding", "feature", "--drop-columns",
                         "weather,length")),
    ("largest", True, ("--net", "8-1>>1", "--target-columns", "result", "--encoding", "global", "--drop-columns",
                       "weather,length,small")),
    ("window", False, ("--net", "4C1x3-MP1x2-3", "--label-column", "result", "--drop-columns", "weather,length",
                       "--window", 8)),
]


def make_table(name, regression, arguments):
    """A network on a table, in NAME.aannm, with its data in NAME.csv."""
    write_table(pathlib.Path(f"{name}.csv"), regression)
    search(name, "--data", f"{name}.csv", *arguments, steps=300)


def gallery():
    """Names of the networks that come with aann."""
    return [entry["name"] for entry in json.loads((SOURCE / "gallery" / "index.json").read_text(encoding="utf-8"))]


def gallery_samples(name, count):
    """A file of what a network of the gallery was made for: digits of the test set, an electrocardiogram, a drive."""
    if name == "mnist":
        return TEST
    if name.startswith("driver"):
        good("car", "record", "--episodes", 1, "--every", 40, "--out", "drive.npz")
        return "drive.npz"
    if name == "digits16":  # every other pixel of the middle, which is near enough to what it knows
        with gzip.open(TEST, "rb") as file:
            content = file.read()
        pictures = numpy.frombuffer(content, numpy.uint8, offset=16).reshape(-1, 28, 28)
        places = (2 + 1.5 * numpy.arange(16) + 0.75).astype(int)
        numpy.save("digits16.npy", pictures[:, places][:, :, places])
        return "digits16.npy"
    assert name == "signal", f"{name}: which samples does it read?"
    beats = numpy.exp(-((numpy.arange(96) - 20.0 * numpy.arange(count)[:, None]) / 3) ** 2)
    noise = numpy.random.default_rng(1).normal(0, 0.05, (count, 96))
    numpy.save("signal.npy", (beats + noise).round(3))  # millivolts
    return "signal.npy"
