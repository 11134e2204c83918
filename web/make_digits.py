"""Makes playground/data/digits.bin: digits of MNIST for the search in the browser, in 28 bytes
each.

    python3 web/make_digits.py [MNIST FOLDER] [--check]

The folder is where `aann data fetch mnist` puts the files (~/.local/share/aann/mnist). 2,000 digits
are the first of the training file; 500 more, for validation, are the first of the 5,000 that `aann
search mnist` does not train on. A pixel keeps four grey levels: 0, 85, 170, 255. --check compares
the present file and writes nothing.

The file: "AANNDIG1", then u16 (little-endian) digits, digits for training, height, width, then one
arithmetic code. Each symbol is coded bit by bit, highest first, with a probability that adapts in
its context: a label (4 bits) has one context; a pixel (2 bits) has its neighbours to the left and
above, already coded. gzip needs twice the space. playground/js/digits.js is the decoder.
"""

from __future__ import annotations

import argparse
import pathlib
import struct
import sys

TRAINING = 2000
VALIDATION_FIRST = 55000
VALIDATION = 500
SIZE = 28
LEVELS = 4
MAGIC = b"AANNDIG1"
OUTPUT = pathlib.Path(__file__).parent / "playground" / "data" / "digits.bin"

ONE = 65536  # a probability is a whole number of 65,536ths
SLOWEST = 30  # a context that was seen this often adapts no more slowly


class Model:
    """Adaptive probabilities that a bit is 1, one for each context."""

    def __init__(self, contexts: int) -> None:
        self.probability = [ONE // 2] * contexts
        self.seen = [0] * contexts

    def update(self, context: int, bit: int) -> None:
        p, seen = self.probability[context], self.seen[context]
        p += 2 * ((ONE - 1) * bit - p) // (2 * seen + 3)
        self.probability[context] = min(max(p, 64), ONE - 64)
        self.seen[context] = min(seen + 1, SLOWEST)


class Encoder:
    """An arithmetic coder: the interval low..high, whose common leading bytes are written."""

    def __init__(self) -> None:
        self.low, self.high, self.bytes = 0, 0xFFFFFFFF, bytearray()

    def encode(self, model: Model, context: int, bit: int) -> None:
        middle = self.low + (self.high - self.low) // ONE * model.probability[context]
        if bit:
            self.high = middle
        else:
            self.low = middle + 1
        model.update(context, bit)
        while (self.low ^ self.high) >> 24 == 0:
            self.bytes.append(self.high >> 24)
            self.low = self.low << 8 & 0xFFFFFFFF
            self.high = (self.high << 8 & 0xFFFFFFFF) | 0xFF

    def finish(self) -> bytes:
        return bytes(self.bytes + struct.pack(">I", self.high))


class Symbols:
    """Symbols of some bits: a tree of bits in each context."""

    def __init__(self, bits: int, contexts: int) -> None:
        self.bits = bits
        self.model = Model(contexts << bits)

    def encode(self, coder: Encoder, context: int, value: int) -> None:
        node = 1
        for shift in range(self.bits - 1, -1, -1):
            bit = value >> shift & 1
            coder.encode(self.model, (context << self.bits) + node, bit)
            node = 2 * node + bit


def pixel_context(rows: list[list[int]], y: int, x: int) -> int:
    """What is around a pixel, as a number; the picture has two empty rows and columns around."""
    near = rows[y][x - 1], rows[y - 1][x], rows[y - 1][x - 1], rows[y - 1][x + 1]
    context = 0
    for value in near:
        context = context * LEVELS + value
    for value in (rows[y][x - 2], rows[y - 2][x]):
        context = context * 3 + max(value - 1, 0)
    return context


PIXEL_CONTEXTS = LEVELS**4 * 9


def quantise(pixel: int) -> int:
    return (pixel * (LEVELS - 1) + 127) // 255


def encode_digit(coder: Encoder, symbols: Symbols, pixels: bytes) -> None:
    blank = [0] * (SIZE + 4)
    rows = [blank, blank]
    for y in range(SIZE):
        line = pixels[y * SIZE : (y + 1) * SIZE]
        rows.append([0, 0, *(quantise(pixel) for pixel in line), 0, 0])
    for y in range(2, SIZE + 2):
        for x in range(2, SIZE + 2):
            symbols.encode(coder, pixel_context(rows, y, x), rows[y][x])


def encode(images: list[bytes], labels: bytes, training: int) -> bytes:
    coder, label_symbols = Encoder(), Symbols(4, 1)
    pixel_symbols = Symbols(2, PIXEL_CONTEXTS)
    for image, label in zip(images, labels, strict=True):
        label_symbols.encode(coder, 0, label)
        encode_digit(coder, pixel_symbols, image)
    return MAGIC + struct.pack("<4H", len(images), training, SIZE, SIZE) + coder.finish()


def read_mnist(folder: pathlib.Path) -> tuple[list[bytes], bytes]:
    """The chosen digits and their labels."""
    pixels = (folder / "train-images-idx3-ubyte").read_bytes()[16:]
    labels = (folder / "train-labels-idx1-ubyte").read_bytes()[8:]
    chosen = [*range(TRAINING), *range(VALIDATION_FIRST, VALIDATION_FIRST + VALIDATION)]
    area = SIZE * SIZE
    images = [pixels[index * area : (index + 1) * area] for index in chosen]
    return images, bytes(labels[index] for index in chosen)


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the digits of the playground.")
    default = pathlib.Path.home() / ".local/share/aann/mnist"
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=default)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    try:
        images, labels = read_mnist(arguments.folder)
    except OSError as error:
        sys.exit(f"make_digits: {error}: first run 'aann data fetch mnist'")
    code = encode(images, labels, TRAINING)
    if arguments.check:
        sys.exit(0 if OUTPUT.read_bytes() == code else f"make_digits: {OUTPUT} differs")
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_bytes(code)
    print(f"{OUTPUT}: {len(images)} digits, {len(code)} bytes")


if __name__ == "__main__":
    main()
