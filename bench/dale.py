#!/usr/bin/env python3
"""Dale's law, every hidden unit with synapses of one sign only: what it costs.

    bench/dale.py [--net SPEC] [--sparsity A[,B,...]] [--steps N] [--seeds N] [--excitatory SHARE] [--laws A,B,...]
                  [--json]

Each law is a share of the hidden units that have only synapses of +1; 0 is no law. As many members as there are seeds
are searched for under each, on MNIST, with the same number of candidates and the same counts. The law is chosen by the
mean validation accuracy; test accuracies of all are in the table.
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


def search(arguments, law, seed, study):
    sparsity = ["--sparsity-per-layer" if "," in arguments.sparsity else "--sparsity", arguments.sparsity]
    subprocess.run([AANN, "search", "mnist", "--net", arguments.net, *sparsity, "--excitatory", arguments.excitatory,
                    "--steps", str(arguments.steps), "--seed", str(seed), "--threads", "1", "--dale", law, "--study",
                    str(study), "--quiet"], check=True, stdout=subprocess.DEVNULL)
    shown = subprocess.run([AANN, "show", str(study), "1", "--json"], check=True, capture_output=True, text=True)
    member = json.loads(shown.stdout.splitlines()[-1])
    return {"seed": seed, "loss": member["train_loss"], "validation": 100 * member["validation_accuracy"],
            "test": 100 * member["test_accuracy"], "samples": member["trace"][-1]["evaluated_samples"] / 1e6}


def spread(members, key):
    values = [member[key] for member in members]
    return statistics.mean(values), statistics.stdev(values) if len(values) > 1 else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--net", default="8C5s2-MP2-16C3-MP2-10")
    parser.add_argument("--sparsity", default="90", help="of all layers, or of each")
    parser.add_argument("--steps", type=int, default=100000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--excitatory", default="0.5", help="share of +1 among the synapses")
    parser.add_argument("--laws", default="0,0.25,0.35,0.5,0.65,0.75")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for law in arguments.laws.split(","):
            results[law] = [search(arguments, law, seed, pathlib.Path(folder) / f"{law}-{seed}.aann")
                            for seed in range(1, arguments.seeds + 1)]
    if arguments.json:
        print(json.dumps(results))
        return
    print("law   train loss         validation %    test %          million samples")
    for law, members in results.items():
        loss, validation, test, samples = (spread(members, key) for key in ("loss", "validation", "test", "samples"))
        print(f"{law:>4}  {loss[0]:.4f} +- {loss[1]:.4f}  {validation[0]:5.2f} +- {validation[1]:4.2f}  "
              f"{test[0]:5.2f} +- {test[1]:4.2f}  {samples[0]:6.1f}")
    best = max((law for law in results if law != "0"), key=lambda law: spread(results[law], "validation")[0], default="0")
    print(f"the law chosen by validation: {best}, test {spread(results[best], 'test')[0]:.2f} %")


if __name__ == "__main__":
    main()
