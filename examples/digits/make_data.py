#!/usr/bin/env python3
"""Makes train.npz and test.npz from the 8x8 digits that Debian's package python3-sklearn ships.

    python3 make_data.py [FOLDER]

A row of the file is one digit: 64 grey levels from 0 to 16, then its class. The last 360 of the 1,797 are the test
set: not shuffled, which makes it harder and more honest, since neighbours in the file look alike. Needs numpy.
"""
import gzip
import pathlib
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from debian_file import open_file  # noqa: E402

PACKAGE = "python3-sklearn"
FILE = "/usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz"
TEST_COUNT = 360


def read_rows(path):
    with gzip.open(path, "rt") as file:
        return numpy.loadtxt(file, delimiter=",", dtype=numpy.uint8)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    folder.mkdir(parents=True, exist_ok=True)
    rows = open_file(PACKAGE, FILE, read_rows)
    images, labels = rows[:, :64], rows[:, 64]
    for name, part in (("train", slice(None, -TEST_COUNT)), ("test", slice(-TEST_COUNT, None))):
        numpy.savez(folder / f"{name}.npz", x=images[part], y=labels[part])
        print(f"{folder / name}.npz: {len(labels[part])} digits")


if __name__ == "__main__":
    main()
