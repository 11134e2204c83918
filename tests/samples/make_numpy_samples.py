#!/usr/bin/env python3
"""Makes tests/samples/numpy/: small NPY and NPZ files as numpy itself writes them, for the tests of the readers.

    python3 tests/samples/make_numpy_samples.py

All hold the same four samples of 2 x 3 values (value i of all is i for unsigned types, i - 12 for the others; for
"b1" i % 2), in every type, byte order and memory order. Needs numpy.
"""
import pathlib

import numpy

TYPES = ["|u1", "|i1", "|b1", "<u2", ">u2", "<i2", ">i2", "<u4", "<i4", ">i4", "<u8", "<i8", ">i8", "<f4", ">f4",
         "<f8", ">f8"]
FOLDER = pathlib.Path(__file__).parent / "numpy"


def values(kind):
    numbers = numpy.arange(24).reshape(4, 2, 3)
    if kind == "b":
        return numbers % 2
    return numbers if kind == "u" else numbers - 12


def write_version(path, array, version):
    with open(path, "wb") as file:
        numpy.lib.format.write_array(file, array, version=version)


def main():
    FOLDER.mkdir(exist_ok=True)
    order_names = {"<": "little", ">": "big", "|": "byte"}
    for name in TYPES:
        array = values(name[1]).astype(name)
        numpy.save(FOLDER / f"{name[1:]}-{order_names[name[0]]}.npy", array)
    floats = values("f").astype("<f4")
    numpy.save(FOLDER / "fortran.npy", numpy.asfortranarray(floats))
    write_version(FOLDER / "version2.npy", floats, (2, 0))
    write_version(FOLDER / "version3.npy", floats, (3, 0))
    labels = numpy.array([2, 0, 1, 2])
    numpy.save(FOLDER / "labels.npy", labels)
    numpy.savez(FOLDER / "stored.npz", x=floats, y=labels)
    numpy.savez_compressed(FOLDER / "deflated.npz", images=floats, labels=labels.astype(">i2"), note=numpy.zeros(2))
    numpy.savez(FOLDER / "targets.npz", inputs=floats, targets=floats.reshape(4, 6)[:, :2] / 2)


if __name__ == "__main__":
    main()
