#!/usr/bin/env python3
"""Makes train16.npz and test16.npz from MNIST: 16 x 16 pixels, for chips with 2 kB of RAM.

    bench/digits16.py FOLDER

The middle 24 x 24 of each picture, where all digits are, is averaged over squares of 1.5 pixels. MNIST must have been
fetched (aann data fetch mnist). Needs numpy.
"""
import gzip
import os
import pathlib
import sys

import numpy

SIZE, MARGIN, STEP = 16, 2, 1.5
DATA = pathlib.Path(os.environ.get("AANN_DATA", pathlib.Path.home() / ".local" / "share" / "aann")) / "mnist"


def read(name, header):
    """The bytes of an IDX file, plain or gzip, behind its header."""
    plain = DATA / name
    content = plain.read_bytes() if plain.exists() else gzip.decompress((DATA / f"{name}.gz").read_bytes())
    return numpy.frombuffer(content, numpy.uint8, offset=header)


def averages():
    """[SIZE][24]: what each old pixel counts in a new one."""
    old = numpy.arange(28 - 2 * MARGIN)
    low = STEP * numpy.arange(SIZE)[:, None]
    return numpy.clip(numpy.minimum(low + STEP, old + 1) - numpy.maximum(low, old), 0, None) / STEP


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    weights = averages()
    for name, out in (("train", "train16"), ("t10k", "test16")):
        pictures = read(f"{name}-images-idx3-ubyte", 16).reshape(-1, 28, 28)[:, MARGIN:28 - MARGIN, MARGIN:28 - MARGIN]
        small = numpy.einsum("ij,njk,lk->nil", weights, pictures.astype(float), weights)
        numpy.savez(folder / f"{out}.npz", x=numpy.rint(small).astype(numpy.uint8), y=read(f"{name}-labels-idx1-ubyte", 8))


if __name__ == "__main__":
    main()
