#!/usr/bin/env python3
"""What networks can lose: searched for with lesion noise and without, beside networks trained by gradient.

    bench/references.py --what search,lesions,straight-through,pruning,dropout
    bench/robustness.py                               of the networks that this has left
    bench/robustness.py --scale paper --seeds 2       of the paper's network, after bench/references.py --scale paper
    bench/robustness.py --what table                  only the tables of what --out has

Networks come from bench/references.py (--from, references.json), so all have the same split, encoding, network and, but for
the dense floats, the same counts. Each loses 1, 2, 5, 10, 20 and 50 percent of its synapses, so many times as there are
draws. One rule for all: the synapses of all layers are put into one random order, and the first so many percent become 0.
Ternary networks are imported, and lose and answer in the program (`aann eval --lesion`); floats do so in PyTorch, with random
orders of their own. Tables are of the test set, on which nothing was chosen: the mean of the draws, and the worst draw, each
as mean and standard deviation over the seeds.

Needs NumPy, the files of `aann data fetch mnist` and, for floats, PyTorch. $AANN is the program.
"""
import argparse
import math
import os
import statistics
import sys
import tempfile

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import numpy as np  # noqa: E402

import reference_common as common  # noqa: E402

LOST = (0, 1, 2, 5, 10, 20, 50)
SOURCES = ("search", "lesion noise", "straight-through", "lesioned training", "pruning", "dropout")
LEFT_OUT = ("magnitude pruning, floats", "magnitude pruning, signs", "magnitude pruning, signs and shifts",
            "targeted dropout, floats", "targeted dropout, signs", "targeted dropout, signs and shifts")


# ---- lesions -----------------------------------------------------------------------------------

def draws_of(lost, draws):
    """Without a loss there is one draw."""
    return range(draws if lost else 1)


def lesioned_signs(task, settings, weights, draws):
    """Test accuracies in percent of a ternary network, {"lost": [draws]}, by the program."""
    with tempfile.TemporaryDirectory() as folder:
        study = f"{folder}/study.aann"
        common.write_network(f"{folder}/weights.npz", weights)
        common.program("import", f"{folder}/weights.npz", *task.words,
                       *common.network_words(settings["net"], settings["sparsity"]), "--study", study, "--quiet")
        return {str(lost): [100 * common.program("eval", study, "1", "--data", task.test, "--lesion", lost, "--draw", draw)
                            [0]["accuracy"] for draw in draws_of(lost, draws)] for lost in LOST}


def without(weights, percent, order):
    """The weights after a loss. `order` has the numbers of all synapses, counted through the layers; the first are lost."""
    lost = np.zeros(len(order), bool)
    lost[order[:math.floor(percent / 100 * len(order) + 0.5)]] = True
    result, begin = [], 0
    for values in weights:
        left = values.copy()
        alive = np.flatnonzero(left)
        left.flat[alive[lost[begin:begin + len(alive)]]] = 0
        begin += len(alive)
        result.append(left)
    return result


def lesioned_floats(task, settings, weights, draws):
    """The same of a network of floats, by PyTorch."""
    import torch

    import reference_gradient
    torch.set_num_threads(1)
    layers = common.layers_of(settings["net"], 28, settings["sparsity"])
    judge = reference_gradient.Trainer(task, settings, layers, seed=0)
    synapses = sum(int(np.count_nonzero(values)) for values in weights)
    orders = [np.random.default_rng([1, draw]).permutation(synapses) for draw in range(draws)]
    return {str(lost): [judge.accuracy([torch.from_numpy(left) for left in without(weights, lost, orders[draw])], "test")
                        for draw in draws_of(lost, draws)] for lost in LOST}


# ---- what there is, and what is to be done -----------------------------------------------------

def networks(settings, seeds, references):
    """The rows of bench/references.py whose networks are asked about, in the order of the table."""
    return [row for what in SOURCES for seed in seeds for row in references.of(common.key_of(what, settings, seed))
            if row["method"] not in LEFT_OUT]


def key_of(row, draws):
    return {"what": row["method"], "seed": row["key"]["seed"], "network": row["network"], "draws": draws}


def measure(rows, task, settings, draws, references, results):
    for row in rows:
        lesioned = lesioned_floats if row["weights"] == "real" else lesioned_signs
        results.complete(key_of(row, draws), lambda: [
            {name: row[name] for name in ("method", "weights", "synapses")} |
            {"test": lesioned(task, settings, references.network(row), draws)}])


# ---- tables ------------------------------------------------------------------------------------

def spread(values):
    deviation = f" ± {statistics.stdev(values):.2f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.2f}{deviation}"


def table(title, groups, of_draws, columns):
    print(f"\n{title}\n\n| method | weights | synapses | {' | '.join(f'{lost} %' for lost in columns)} | seeds |\n|"
          + "---|" * (len(columns) + 4))
    for method, rows in groups.items():
        cells = [spread([of_draws(row["test"][str(lost)]) for row in rows]) for lost in columns]
        print(f"| {method} | {rows[0]['weights']} | {rows[0]['synapses']:,} | {' | '.join(cells)} | {len(rows)} |")


def show(rows, settings, draws):
    groups = {}
    for row in rows:
        groups.setdefault(row["method"], []).append(row)
    name = f"`{settings['net']}`, {settings['sparsity']} % zeros in every layer, test % after a loss of"
    table(f"{name} ..., mean of {draws} draws", groups, statistics.mean, LOST)
    table(f"{name} ..., the worst of {draws} draws", groups, min, LOST[1:])


# ---- the command -------------------------------------------------------------------------------

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--what", default="all", choices=("all", "table"), help="table: compute nothing")
    parser.add_argument("--scale", default="small", choices=common.SCALES)
    parser.add_argument("--seeds", type=int, default=3, help="seeds 1 to N (3)")
    parser.add_argument("--draws", type=int, default=10, help="lesions of each size (10)")
    parser.add_argument("--from", dest="source", default="references.json", help="results of bench/references.py")
    parser.add_argument("--out", default="robustness.json", help="where the results are kept (robustness.json)")
    parser.add_argument("--data", help="a folder with MNIST's four files (that of `aann data fetch`)")
    for name in ("loss_scale", "gradient_scale", "lost"):
        parser.add_argument("--" + name.replace("_", "-"), type=float, help="as it was given to bench/references.py")
    options = parser.parse_args()
    if options.seeds < 1 or options.draws < 1:
        parser.error("--seeds, --draws: at least 1")
    settings = common.chosen(common.SCALES[options.scale], options)
    settings = common.of_sparsity(settings, settings["sparsity"])
    references, results = (common.Results(path, options.scale) for path in (options.source, options.out))
    rows = networks(settings, range(1, options.seeds + 1), references)
    if not rows:
        parser.error(f"{options.source} has no such networks: bench/references.py makes them")
    if options.what == "all":
        wanted = rows
        try:
            import torch  # noqa: F401
        except ImportError:
            print("robustness.py: no PyTorch: floats are left out", file=sys.stderr)
            wanted = [row for row in rows if row["weights"] != "real"]
        task = common.find_task(parser, options.data, settings["validation"])
        measure(wanted, task, settings, options.draws, references, results)
    show([found for row in rows for found in results.of(key_of(row, options.draws))], settings, options.draws)


if __name__ == "__main__":
    main()
