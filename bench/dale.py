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
import pathlib
import tempfile

from mnist_searches import add_arguments, search, spread


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser, steps=100000, sparsity_help="of all layers, or of each")
    parser.add_argument("--excitatory", default="0.5", help="share of +1 among the synapses")
    parser.add_argument("--laws", default="0,0.25,0.35,0.5,0.65,0.75")
    arguments = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for law in arguments.laws.split(","):
            words = ["--steps", str(arguments.steps), "--excitatory", arguments.excitatory, "--dale", law]
            results[law] = [search(arguments, words, seed, pathlib.Path(folder) / f"{law}-{seed}.aann")
                            for seed in range(1, arguments.seeds + 1)]
    if arguments.json:
        print(json.dumps(results))
        return
    print("law   train loss         validation %    test %          million samples")
    for law, members in results.items():
        loss, validation, test, samples = (spread(members, key) for key in ("loss", "validation", "test", "samples"))
        print(f"{law:>4}  {loss[0]:.4f} +- {loss[1]:.4f}  {validation[0]:5.2f} +- {validation[1]:4.2f}  "
              f"{test[0]:5.2f} +- {test[1]:4.2f}  {samples[0] / 1e6:6.1f}")
    best = max((law for law in results if law != "0"), key=lambda law: spread(results[law], "validation")[0], default="0")
    print(f"the law chosen by validation: {best}, test {spread(results[best], 'test')[0]:.2f} %")


if __name__ == "__main__":
    main()
