#!/usr/bin/env python3
"""Over-production and pruning against a fixed sparsity, at equal budgets.

    bench/development.py [--net SPEC] [--sparsity P] [--steps N] [--seeds N] [--json]

Searches the same network on MNIST in several ways: with its final sparsity from the beginning, in one annealing and in
the same phases as the others; and with more synapses at first, of which the phases lose some, at random or by use. All
have the same number of candidates. Candidates of denser networks are evaluated on more samples, so the fixed search is
done once more, with as many samples as the dearest of the others. The way is chosen by the mean validation accuracy;
the test accuracy is in the table for every way, and counts for that one.
"""
import argparse
import json
import os
import pathlib
import tempfile

from mnist_searches import add_arguments, search, spread

# Name -> phases: share of the steps, and what the phase has besides.
WAYS = {
    "fixed, one annealing": [(1.0, "")],
    "fixed, in three phases": [(0.3, ""), (0.2, ""), (0.5, "")],
    "50 %, lost at random": [(0.3, "density=50"), (0.7, "by-use=0")],
    "50 %, lost by use": [(0.3, "density=50"), (0.7, "by-use=1")],
    "50, 25 %, lost at random": [(0.3, "density=50"), (0.2, "density=25"), (0.5, "")],
    "50, 25 %, lost by use": [(0.3, "density=50"), (0.2, "density=25 by-use=1"), (0.5, "by-use=1")],
    "50, 25 %, half by use": [(0.3, "density=50"), (0.2, "density=25 by-use=0.5"), (0.5, "by-use=0.5")],
}


def phases(parts, steps):
    return "; ".join(f"steps={round(share * steps)} first-samples=0 {words}".strip() for share, words in parts)


def search_way(arguments, parts, steps, seed, folder):
    study = pathlib.Path(folder) / f"{len(os.listdir(folder))}.aann"
    return search(arguments, ["--phases", phases(parts, steps)], seed, study)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser, steps=40000)
    arguments = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, parts in WAYS.items():
            results[name] = [search_way(arguments, parts, arguments.steps, seed, folder)
                             for seed in range(1, arguments.seeds + 1)]
        samples = {name: spread(members, "samples")[0] for name, members in results.items()}
        fixed = "fixed, one annealing"
        more = max(samples.values()) / samples[fixed]
        results["fixed, as many samples"] = [
            search_way(arguments, WAYS[fixed], round(more * arguments.steps), seed, folder)
            for seed in range(1, arguments.seeds + 1)]
    if arguments.json:
        print(json.dumps(results))
        return
    print(f"{'way':26}  {'train loss':>16}  {'validation %':>14}  {'test %':>14}  {'M samples':>9}  seconds")
    for name, members in results.items():
        loss, validation, test = (spread(members, key) for key in ("loss", "validation", "test"))
        print(f"{name:26}  {loss[0]:7.4f} +- {loss[1]:.4f}  {validation[0]:6.2f} +- {validation[1]:.2f}  "
              f"{test[0]:6.2f} +- {test[1]:.2f}  {spread(members, 'samples')[0] / 1e6:9.1f}  "
              f"{spread(members, 'seconds')[0]:7.1f}")
    best = max(results, key=lambda name: spread(results[name], "validation")[0])
    print(f"chosen by validation: {best}, test {spread(results[best], 'test')[0]:.2f} %")


if __name__ == "__main__":
    main()
