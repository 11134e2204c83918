#!/usr/bin/env python3
"""The share of +1 among the synapses, from none to all: how good networks are that a search finds.

    bench/shares.py [--net SPEC] [--sparsity P] [--steps N] [--seeds N] [--shares A,B,...] [--json]

Each point is as many members as there are seeds, searched on MNIST with the same number of candidates. The share is
chosen by the mean validation accuracy.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
AANN = os.environ.get("AANN", str(ROOT / "build" / "aann"))
SHARES = "0,0.1,0.2,0.3,0.35,0.4,0.5,0.6,0.7,0.8,1"


def search(arguments, share, seed, study):
    subprocess.run([AANN, "search", "mnist", "--net", arguments.net, "--sparsity", str(arguments.sparsity),
                    "--excitatory", share, "--steps", str(arguments.steps), "--seed", str(seed), "--threads", "1",
                    "--study", str(study), "--quiet"], check=True, stdout=subprocess.DEVNULL)
    shown = subprocess.run([AANN, "show", str(study), "1", "--json"], check=True, capture_output=True, text=True)
    member = json.loads(shown.stdout.splitlines()[-1])
    return {"seed": seed, "loss": member["train_loss"], "validation": 100 * member["validation_accuracy"],
            "test": 100 * member["test_accuracy"]}


def spread(members, key):
    values = [member[key] for member in members]
    return statistics.mean(values), statistics.stdev(values) if len(values) > 1 else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--net", default="8C5s2-MP2-16C3-MP2-10")
    parser.add_argument("--sparsity", type=float, default=90.0)
    parser.add_argument("--steps", type=int, default=100000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--shares", default=SHARES)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for share in arguments.shares.split(","):
            results[share] = [search(arguments, share, seed, pathlib.Path(folder) / f"{share}-{seed}.aann")
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
