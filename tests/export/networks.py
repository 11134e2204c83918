"""The networks that are exported in tests and in bench/chips.py: one for each case of shapes, pools, strides, tables,
encodings and outputs. They are searched for a moment only: what they compute matters, not how well."""
import pathlib
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

from program import answer, good  # noqa: E402  pylint: disable=wrong-import-position,import-error

SAMPLES = 40

# Name, notation, shape of a sample, further arguments of the search.
PICTURES = [
    ("plain", "6C5@50-MP2-8C5@90-MP2-10@90", (1, 28, 28), ()),
    ("strides", "5C3s2-6C3s2@80-4@70", (2, 13, 17), ()),
    ("odd_pools", "4C3-MP3-5C3@60-MP3x1-3", (1, 21, 20), ()),
    ("large_pool", "3C3-MP5x6-4@40", (2, 17, 25), ()),
    ("no_padding", "4C4v-MP2-6C3v@70-5", (1, 15, 14), ()),
    ("even_kernels", "4C4-MP2x1-3C2x5@70-5", (2, 12, 11), ()),
    ("shifts", "6C3>>2-MP2-16>>3-4>>1", (1, 12, 12), ()),
    ("dense", "20@80-9@50-4@10", (1, 8, 8), ()),
    ("long_gaps", "12@99-6@95-4@60", (1, 24, 24), ()),
    ("input_pool", "MP2x3-4C3-MP2-5", (2, 15, 20), ()),
    ("constant", "4C3@40-MP2-5", (1, 9, 10), ("--constant", "on")),
    ("signal", "5C1x7-MP1x4-6C1x5@70-MP1x2-3", (3, 1, 67), ()),
    ("narrow", "3C3-MP2x1-4C1x1@30-3", (1, 9, 3), ()),
    ("one_sign", "4C3@50-MP2-6@80-3@30", (1, 10, 10), ("--excitatory", "1")),
    ("many_synapses", "3C3@20-4C9@5-MP2-3@10", (2, 14, 14), ()),
]


def make(name, spec, shape, arguments, steps=40):
    """Searches for a network on random bytes; writes NAME.aannm, and NAME.npy with int32 logits of NAME-input.npy."""
    random = numpy.random.default_rng(len(spec))
    inputs = random.integers(0, 256, (SAMPLES, *shape), dtype=numpy.uint8)
    inputs[0], inputs[1] = 0, 255
    labels = numpy.arange(SAMPLES) % 3
    numpy.savez(f"{name}.npz", x=inputs, y=labels)
    good("search", "--data", f"{name}.npz", "--net", spec, "--input", "x".join(map(str, shape)), "--encoding", "byte",
         "--steps", steps, "--members", 1, "--validation", 0, "--study", f"{name}.aann", "--quiet", *arguments)
    good("save", f"{name}.aann", 1, "--out", f"{name}.aannm")
    answer("predict", f"{name}.aannm", "--data", f"{name}.npz", "--logits", f"{name}.npy")
    return inputs, numpy.load(f"{name}.npy")
