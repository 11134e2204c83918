"""Candidates a second of aann.minimize, for objectives in NumPy.

usage: minimize.py [--steps N]

The objective is cheap, so that this measures the search, the way into Python and back, and NumPy.
"pattern" counts the weights that differ from wanted ones; "network" evaluates a network of two
layers on 16 inputs.
"""
import argparse
import time

import numpy as np

import aann

SPEC = aann.Spec("16-8", 32)
WANTED = aann.Network(SPEC, seed=77).weights
FLAT = np.concatenate([layer.ravel() for layer in WANTED])
INPUTS = np.random.default_rng(0).integers(-127, 128, size=(16, 32)).astype(np.float32)


def pattern(weights):
    return (weights != FLAT).mean(axis=1)


def pattern_of_one(layers):
    different = sum(np.count_nonzero(a != b) for a, b in zip(layers, WANTED))
    return different / len(FLAT)


def network(weights):
    weights = weights.astype(np.float32)
    first = weights[:, :512].reshape(-1, 16, 32)
    second = weights[:, 512:].reshape(-1, 8, 16)
    hidden = np.clip(INPUTS @ first.transpose(0, 2, 1), -127, 127)
    return np.abs(hidden @ second.transpose(0, 2, 1) - 100).mean(axis=(1, 2)) / 1000


def measure(name, objective, steps, **how):
    began = time.perf_counter()
    result = aann.minimize(objective, SPEC, steps=steps, **how)
    seconds = time.perf_counter() - began
    print(f"{name:22} {steps / seconds:11,.0f} candidates/s, loss {result.loss:.4f}, "
          f"{100 * result.progress.accepted / steps:.1f} % accepted")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=200_000)
    steps = parser.parse_args().steps
    for batch in (64, 256):
        measure(f"pattern, batch {batch}", pattern, steps, vectorized=True, batch=batch)
        measure(f"network, batch {batch}", network, steps, vectorized=True, batch=batch)
    for batch in (1, 8, 64):
        measure(f"one at a time, batch {batch}", pattern_of_one, steps // 10, batch=batch)


if __name__ == "__main__":
    main()
