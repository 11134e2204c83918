"""What the tests of studies share: a small family, in Python and made by the program."""

from __future__ import annotations

import numpy as np

NET = "4C5s2-MP2-6C3-MP2-10"
STEPS = 3000


def small(study, data, members=2, **more):
    """A family whose search takes a tenth of a second."""
    how = {"sparsity": 60, "seed": 3, "steps": STEPS, **more}
    return study.family(data, net=NET, members=members, **how)


def programs_family(program, folder, path, *more):
    """The same family, made by the program."""
    return program(
        "search",
        *("--data", folder / "train-images-idx3-ubyte.gz"),
        *("--test", folder / "t10k-images-idx3-ubyte.gz"),
        *("--net", NET, "--sparsity", "60", "--seed", "3", "--steps", STEPS),
        *("--study", path, "--quiet", "--json", *more),
    )


def hashes(members):
    return [f"{member.hash:016x}" for member in members]


def same(left, right):
    """Equal, where NaN and null are one thing."""
    left, right = (None if x is None or np.isnan(x) else x for x in (left, right))
    return left == right
