#!/usr/bin/env python3
"""The share of +1 among the synapses, from none to all: how good networks are that a search finds.

    bench/shares.py [--net SPEC] [--sparsity P] [--steps N] [--seeds N] [--shares A,B,...] [--json]

Each point is as many members as there are seeds, searched on MNIST with the same number of candidates. The share is
chosen by the mean validation accuracy.
"""
import argparse
import json
import pathlib
import tempfile

from mnist_searches import add_arguments, search, spread

SHARES = "0,0.1,0.2,0.3,0.35,0.4,0.5,0.6,0.7,0.8,1"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser, steps=100000)
    parser.add_argument("--shares", default=SHARES)
    arguments = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for share in arguments.shares.split(","):
            words = ["--steps", str(arguments.steps), "--excitatory", share]
            results[share] = [search(arguments, words, seed, pathlib.Path(folder) / f"{share}-{seed}.aann")
                              for seed in range(1, arguments.seeds + 1)]
    if arguments.json:
        print(json.dumps(results))
        return
    print("share of +1  train loss         validation %    test %")
    for share, members in results.items():
        loss, validation, test = (spread(members, key) for key in ("loss", "validation", "test"))
        print(f"{share:>11}  {loss[0]:.4f} +- {loss[1]:.4f}  {validation[0]:5.2f} +- {validation[1]:4.2f}  "
              f"{test[0]:5.2f} +- {test[1]:4.2f}")
    best = max(results, key=lambda share: spread(results[share], "validation")[0])
    print(f"chosen by validation: {best}, test {spread(results[best], 'test')[0]:.2f} %")


if __name__ == "__main__":
    main()
