#!/usr/bin/env python3
"""Makes src/core/trigonometry_tables.h: the constants of sine, cosine and arctangent.

    pip install mpmath
    python3 scripts/make_trigonometry.py > src/core/trigonometry_tables.h

The polynomials of the functions in single precision are minimax polynomials, found here by the
exchange algorithm (E. Ya. Remez, 1934) with 50 digits. Such a polynomial is unique, given its
degree, its interval and what error is meant. These were chosen for one reason: that results are
those of glibc (2.28 and later), whose worst error is 0.56 units in the last place, so that they
cannot be had by rounding correctly.

`--reference` prints the table of tests/core/test_trigonometry.c instead.
"""

import argparse
import random
import struct

import mpmath as mp

mp.mp.dps = 60

STEPS = 64  # angles of the table in half a turn
TOP_BITS = 27  # of a first part: a product of two such is exact


def weighted(f, weight, t, coefficients):
    return weight(t) * (sum(c * t**i for i, c in enumerate(coefficients)) - f(t))


def solve(f, weight, points):
    """The polynomial whose weighted error has one size and changing signs at the points."""
    terms = len(points) - 1
    matrix, right = mp.matrix(terms + 1, terms + 1), mp.matrix(terms + 1, 1)
    for row, t in enumerate(points):
        for i in range(terms):
            matrix[row, i] = t**i
        matrix[row, terms] = (-1) ** row / weight(t)
        right[row] = f(t)
    return list(mp.lu_solve(matrix, right))[:terms]


def extremes(f, weight, end, coefficients):
    """Where the error is largest between its zeros, on (0, end]."""
    grid = 400
    size = [abs(weighted(f, weight, end * i / grid, coefficients)) for i in range(1, grid + 1)]
    found = []
    for i in range(grid):
        if (i == 0 or size[i] >= size[i - 1]) and (i == grid - 1 or size[i] >= size[i + 1]):
            low, high = end * mp.mpf(max(i, 1e-6)) / grid, min(end * mp.mpf(i + 2) / grid, end)
            for _ in range(150):
                left, right = low + (high - low) * 0.382, low + (high - low) * 0.618
                if abs(weighted(f, weight, left, coefficients)) < abs(
                    weighted(f, weight, right, coefficients)
                ):
                    low = left
                else:
                    high = right
            found.append(end if i == grid - 1 else (low + high) / 2)
    return found


def minimax(f, weight, terms, end):
    points = [end * (1 - mp.cos(mp.pi * (i + 1) / (terms + 1))) / 2 for i in range(terms + 1)]
    for _ in range(60):
        coefficients = solve(f, weight, points)
        found = extremes(f, weight, end, coefficients)
        if len(found) != len(points):
            raise ArithmeticError(f"{len(found)} extremes, expected {len(points)}")
        moved = max(abs(a - b) for a, b in zip(found, points, strict=True))
        points = found
        if moved < mp.mpf(10) ** -18:
            return coefficients
    raise ArithmeticError("the exchange does not settle")


def single_sine():
    """(sin x - x) / x^3 in t = x^2; the error is that of the sine over x."""
    return minimax(
        lambda t: (mp.sin(mp.sqrt(t)) / mp.sqrt(t) - 1) / t, lambda t: t, 3, (mp.pi / 4) ** 2
    )


def single_cosine():
    """(cos x - 1) / x^2 in t = x^2; the error is that of the cosine."""
    return minimax(lambda t: (mp.cos(mp.sqrt(t)) - 1) / t, lambda t: t, 4, (mp.pi / 4) ** 2)


def cut(value, bits):
    """The first `bits` bits of a number, exactly a double."""
    if value == 0:
        return mp.mpf(0)
    scale = mp.mpf(2) ** (bits - 1 - mp.floor(mp.log(abs(value), 2)))
    return mp.floor(value * scale) / scale


def parts(value, bits):
    """The value as a sum of doubles: one of each number of bits, then one that takes the rest."""
    pieces = []
    for count in bits:
        pieces.append(cut(value, count))
        value -= pieces[-1]
    return [*pieces, value]


def text(value):
    return float(value).hex().replace("0x0.0p+0", "0.0")


def print_doubles(comment, name, values):
    print(f"\n/* {comment} */")
    print(f"static const double {name}[{len(values)}] = {{")
    for i in range(0, len(values), 3):
        print("    " + ", ".join(text(v) for v in values[i : i + 3]) + ",")
    print("};")


def print_tables():
    print("/* Made by scripts/make_trigonometry.py; do not edit.")
    print(" * Constants of sine, cosine and arctangent. */")
    print("// clang-format off")
    print("#ifndef AANN_CORE_TRIGONOMETRY_TABLES_H")
    print("#define AANN_CORE_TRIGONOMETRY_TABLES_H")
    print("\n#include <stdint.h>")
    print_doubles(
        "sin x = x + x^3 (a + b t + c t^2) with t = x^2, for |x| up to pi/4.",
        "single_sine",
        single_sine(),
    )
    print_doubles(
        "cos x = 1 + t (a + b t + c t^2 + d t^3) with t = x^2, for |x| up to pi/4.",
        "single_cosine",
        single_cosine(),
    )
    half_pi = mp.mpf(float(mp.pi / 2))
    print_doubles(
        "pi/2 in double precision, in two parts that a small integer can multiply exactly.",
        "single_quarter_turn",
        parts(half_pi, [TOP_BITS]),
    )
    print_doubles(
        f"pi/{STEPS} in parts of {TOP_BITS} bits each, and the rest.",
        "step_parts",
        parts(mp.pi / STEPS, [TOP_BITS] * 4),
    )
    print_doubles("pi/2 in two doubles.", "quarter_turn", [half_pi, mp.pi / 2 - half_pi])
    print(f"\n/* sin(k pi/{STEPS}) in three parts, the first of {TOP_BITS} bits. */")
    print(f"static const double step_sine[{STEPS // 2 + 1}][3] = {{")
    for k in range(STEPS // 2 + 1):
        value = mp.sin(k * mp.pi / STEPS) if 0 < k < STEPS // 2 else mp.mpf(2 * k // STEPS)
        print("    {" + ", ".join(text(v) for v in parts(value, [TOP_BITS, 53])) + "},")
    print("};")
    with mp.workprec(1500):
        bits = int(mp.floor(2 / mp.pi * mp.mpf(2) ** (32 * 40)))
    words = [(bits >> (32 * (39 - i))) & 0xFFFFFFFF for i in range(40)]
    print("\n/* The bits of 2/pi, from 1/2 on. */")
    print("static const uint32_t two_over_pi[40] = {")
    for i in range(0, 40, 6):
        print("    " + ", ".join(f"0x{w:08x}" for w in words[i : i + 6]) + ",")
    print("};")
    print("\nstatic const double two_over_pi_double = " + text(2 / mp.pi) + ";")
    print("\n#endif")


def double_bits(value):
    return struct.unpack("<d", struct.pack("<Q", value))[0]


def nearest(value):
    """The double nearest to a number of mpmath's, as text."""
    return text(value)


def reference_angles():
    """Ordinary ones, some near multiples of pi/2, huge and tiny ones."""
    generator = random.Random(1)
    angles = [1e-300, 5e-324, 1e-8, 0.5, 1.0, 3.0, 22.0, 1e5, 1e22, 1.7976931348623157e308]
    angles += [float(k * mp.pi / 2) for k in (1, 2, 3, 5, 77, 1000, 123456, 2**40)]
    angles += [6381956970095103.0 * 2.0**797]  # of all doubles the nearest to a multiple of pi/2
    angles += [generator.uniform(-10.0, 10.0) for _ in range(24)]
    angles += [double_bits(generator.getrandbits(62)) for _ in range(12)]
    return angles


def print_reference():
    mp.mp.prec = 2400
    generator = random.Random(2)
    print("/* Made by scripts/make_trigonometry.py --reference; do not edit.")
    print(" * Values to the last bit, computed with 2,400 bits. */")
    print("// clang-format off")
    print("\n/* Angle, sine, cosine. */")
    print("static const double reference_angles[][3] = {")
    for angle in reference_angles():
        exact = mp.mpf(angle)
        print(f"    {{{text(angle)}, {nearest(mp.sin(exact))}, {nearest(mp.cos(exact))}}},")
    print("};")
    pairs = [(generator.uniform(-300, 300), generator.uniform(-300, 300)) for _ in range(24)]
    pairs += [(1e-200, 1e200), (1e200, -1e-200), (3.0, 4.0), (1.0, 1.0), (-1.0, -1e-17)]
    pairs += [(1e-310, 3.0), (1e-310, -3e-310), (1e308, 1.2e308), (5e-324, 5e-324)]
    pairs += [(1e-9, 1.0), (1.0, 1e-9), (-1e-30, -1.0), (0.3, 2.0**-60), (1e-300, 1e-160)]
    print("\n/* y, x, the angle of (x, y), its distance. */")
    print("static const double reference_points[][4] = {")
    for y, x in pairs:
        angle, length = mp.atan2(mp.mpf(y), mp.mpf(x)), mp.hypot(mp.mpf(y), mp.mpf(x))
        print(f"    {{{text(y)}, {text(x)}, {nearest(angle)}, {nearest(length)}}},")
    print("};")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", action="store_true")
    if parser.parse_args().reference:
        print_reference()
    else:
        print_tables()


if __name__ == "__main__":
    main()
