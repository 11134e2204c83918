"""What the tests of the Python package share: the program beside it, and the small MNIST."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import aann

# A background job of a shell ignores SIGINT, and so do programs that it starts: not these tests.
signal.signal(signal.SIGINT, signal.default_int_handler)

SOURCES = Path(__file__).resolve().parents[2]
MNIST = SOURCES / "tests" / "fixtures" / "mnist"


@pytest.fixture(scope="session")
def program() -> Callable[..., Any]:
    """Runs the built program, `aann ARGUMENTS`, and returns its JSON or its text."""
    path = Path(os.environ.get("AANN", SOURCES / "build" / "aann"))
    if not path.exists():
        pytest.skip("the program is not built; $AANN says where it is")

    def run(*arguments: str, folder: Path | None = None) -> Any:
        done = subprocess.run(
            [str(path), *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=folder,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if "--json" in arguments else done.stdout

    return run


def read_idx(name: str) -> np.ndarray:
    data = gzip.decompress((MNIST / name).read_bytes())
    dimensions = data[3]
    shape = np.frombuffer(data, ">u4", dimensions, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


@pytest.fixture(scope="session")
def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """512 training and 256 test images of MNIST, uint8 [n, 28, 28], and their labels."""
    return (
        read_idx("train-images-idx3-ubyte.gz"),
        read_idx("train-labels-idx1-ubyte.gz"),
        read_idx("t10k-images-idx3-ubyte.gz"),
        read_idx("t10k-labels-idx1-ubyte.gz"),
    )


@pytest.fixture(scope="session")
def mnist_folder() -> Path:
    return MNIST


def signs(count: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A task that no linear model solves: whether two numbers have the same sign."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(count, 2))
    return X, np.where(X[:, 0] * X[:, 1] > 0, "same", "other")


@pytest.fixture(scope="session")
def data(digits: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]) -> aann.Data:
    """The small MNIST, split as the tests of studies split it."""
    X, y, X_test, y_test = digits
    return aann.Data(X, y, test=(X_test, y_test), split_seed=3)
