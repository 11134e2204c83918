#!/usr/bin/env python3
"""Ranks against threads on this machine: the same searches of MNIST, alternating, with equal bits.

A family: N threads of one process against N ranks of one thread each; above 1, ranks are faster.
One member: one thread, N threads, and N ranks that share the member's samples (`--together`).
The members of all runs of a seed have to have the same hashes, or this ends with an error.

    bench/ranks.py --seeds 3              (25 minutes on two cores; nothing else should run there)
    bench/ranks.py --members 12 --steps 60000
"""
import argparse
import json
import os
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEARCH = ["search", "mnist", "--sparsity-per-layer", "50,90,90", "--quiet"]


def run(program, words, study):
    """Wall seconds of one search, and the hashes of its members."""
    environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                   "OMPI_MCA_mpi_yield_when_idle": "1"}
    begin = time.monotonic()
    subprocess.run([str(word) for word in [*program, *SEARCH, *words, "--study", study]], check=True,
                   env=environment, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - begin
    with sqlite3.connect(study) as database:
        return seconds, [row[0] for row in database.execute("SELECT hash FROM member ORDER BY id")]


def compare(ways, seeds, folder):
    """Seconds of each way and seed; the order of the ways turns from seed to seed."""
    seconds = {name: [] for name in ways}
    for seed in range(1, seeds + 1):
        hashes = {}
        for name in list(ways)[::1 if seed % 2 else -1]:
            program, words = ways[name]
            taken, hashes[name] = run(program, [*words, "--seed", seed], folder / f"{name}-{seed}.aann")
            seconds[name].append(taken)
            print(f"seed {seed}, {name}: {taken:.1f} s", file=sys.stderr, flush=True)
        if len({json.dumps(found) for found in hashes.values()}) != 1:
            raise SystemExit(f"seed {seed}: the members differ: {hashes}")
    return seconds


def spread(values, digits):
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):.{digits}f} +- {deviation:.{digits}f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build" / "aann")
    parser.add_argument("--mpi", default=ROOT / "build" / "aann-mpi")
    parser.add_argument("--mpirun", default="mpirun")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--members", type=int, default=24)
    parser.add_argument("--steps", type=int, default=150000, help="candidates of each member of the family")
    parser.add_argument("--steps-together", type=int, default=30000, help="candidates of the one member")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    alone, ranks = [options.program], [options.mpirun, "-n", options.ranks, options.mpi]
    family = ["--members", options.members, "--steps", options.steps]
    one = ["--members", 1, "--steps", options.steps_together]
    threads = ["--threads", options.ranks]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        families = compare({"threads": (alone, [*family, *threads]), "ranks": (ranks, [*family, "--threads", 1])},
                           options.seeds, folder)
        members = compare({"one": (alone, [*one, "--threads", 1]), "member-threads": (alone, [*one, *threads]),
                           "together": (ranks, [*one, "--threads", 1, "--together"])}, options.seeds, folder)
    if options.json:
        print(json.dumps({"family": families, "member": members}))
        return
    ratios = [t / r for t, r in zip(families["threads"], families["ranks"])]
    print(f"a family of {options.members}: {spread(families['threads'], 1)} s on {options.ranks} threads, "
          f"{spread(families['ranks'], 1)} s on {options.ranks} ranks: {spread(ratios, 3)}")
    print(f"one member: {spread(members['one'], 2)} s on one thread, {spread(members['member-threads'], 2)} s on "
          f"{options.ranks} threads, {spread(members['together'], 2)} s on {options.ranks} ranks together")


if __name__ == "__main__":
    main()
