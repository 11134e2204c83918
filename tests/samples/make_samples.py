#!/usr/bin/env python3
"""Makes tests/samples/mnist/: the first 512 training and 256 test images of MNIST, with their labels.

    python3 tests/samples/make_samples.py FOLDER

FOLDER holds the four raw files, as `aann data fetch mnist` leaves them. The files in the repository were made by
this script; it is kept so that anybody can see where they come from. Needs nothing but Python's own library.
"""
import gzip
import pathlib
import struct
import sys

COUNTS = {"train": 512, "t10k": 256}


def cut(source, count):
    """The IDX file `source` with only its first `count` items."""
    data = source.read_bytes()
    dimension_count = data[3]
    header_size = 4 + 4 * dimension_count
    dimensions = struct.unpack(f">{dimension_count}I", data[4:header_size])
    item_size = 1
    for length in dimensions[1:]:
        item_size *= length
    header = data[:4] + struct.pack(f">{dimension_count}I", count, *dimensions[1:])
    return header + data[header_size:header_size + count * item_size]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    source_folder = pathlib.Path(sys.argv[1])
    target_folder = pathlib.Path(__file__).parent / "mnist"
    target_folder.mkdir(exist_ok=True)
    for split, count in COUNTS.items():
        for kind in ("images-idx3-ubyte", "labels-idx1-ubyte"):
            name = f"{split}-{kind}"
            # Time 0, so that the same input gives the same file.
            packed = gzip.compress(cut(source_folder / name, count), compresslevel=9, mtime=0)
            (target_folder / f"{name}.gz").write_bytes(packed)


if __name__ == "__main__":
    main()
