#!/usr/bin/env python3
"""The systems that the paper names, in one harness beside our search: same split, encoding, network and counts of weights.

    bench/references.py                               everything at the scale `small`, seeds 1 to 3
    bench/references.py --what search,straight-through --scale paper
    bench/references.py --what front                  accuracy against synapses, and the networks that nothing dominates
    bench/references.py --what growth                 weight-agnostic search and growth like NEAT's, beside ours
    bench/references.py --what table                  only the table of what --out has

--what is a list of:

  random              random networks with the counts, as searches start from them
  search              our search
  wiring              a fixed random wiring, trained by gradient: real weights, or signs straight-through
  pruning             dense floats; pruned by magnitude; binarised; each with and without fine-tuning
  dropout             the same after targeted dropout
  straight-through    ternary training
  lesions             our search with --lesion-noise, and ternary training that loses the same share of the synapses in each
                      batch: see bench/robustness.py
  growth              topologies that grow (see reference_growth.py), on MNIST of 16 x 16, beside our search with the same
                      number of evaluated samples and of synapses
  front               our search, and straight-through training, at several sparsities

`small` is 8C5s2-MP2-16C3-MP2-10, `paper` the paper's network for MNIST, both with 90 percent zeros in each layer;
`tiny` is for tests. The loss scale of searches and of training signs is half the root of an output's synapses, for each
sparsity, unless --loss-scale or --gradient-scale say otherwise. Every result goes into --out as soon as it is there (one
JSON object); what is there already, with the same settings, is not computed again. The table has mean and standard
deviation over the seeds. The test set is looked at once for each network, at its end, and chooses nothing; the last line
is chosen by validation.

Needs NumPy, the files of `aann data fetch mnist` and, for what is trained by gradient, PyTorch. $AANN is the program. One
thread; seconds are processor seconds.
"""
import argparse
import os
import statistics
import sys
import tempfile

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import numpy as np  # noqa: E402

import reference_common as common  # noqa: E402

GRADIENT = ("wiring", "pruning", "dropout", "straight-through", "lesioned training")
LESIONED = ("lesion noise", "lesioned training")
METHODS = ("random", "search", "lesion noise", *GRADIENT)
EVERYTHING = ("random", "search", "wiring", "pruning", "dropout", "straight-through", "lesions", "growth", "front")
GROWN = ("weight-agnostic", "grown, real", "grown, signs")
FRONT_METHODS = ("search", "straight-through")


# ---- results of one seed -----------------------------------------------------------------------

def random_rows(task, settings, seed):
    """Floats drawn at random, made ternary: any arrangement of the counts with the same chance."""
    random = np.random.default_rng([seed, 1])
    layers = common.layers_of(settings["net"], 28, settings["sparsity"])
    found = common.score(task, settings["net"], settings["sparsity"], [random.normal(size=p.shape) for p in layers])
    yield named(found, "random network", 0.0, 0)


def search_rows(what, task, settings, seed):
    words = ["--steps", settings["steps"], "--loss-scale", settings["loss_scale"]]
    name = "our search"
    if what == "lesion noise":
        words += ["--lesion-noise", settings["lost"]]
        name += f", lesion noise {settings['lost']:g} %"
    found = common.search(task, settings["net"], settings["sparsity"], seed, words)
    yield named(found, name, found["seconds"], found["samples"]) | {"network": found["network"]}


def named(found, method, seconds, samples):
    return {"method": method, "weights": "-1, 0, +1", "validation": found["validation"], "test": found["test"],
            "synapses": common.synapses(found["counts"]), "zeros": [part[1] for part in found["counts"]],
            "seconds": seconds, "samples": samples}


def gradient_rows(what, task, settings, seed):
    import reference_gradient
    layers = common.layers_of(settings["net"], 28, settings["sparsity"])
    for row in reference_gradient.rows(what, task, settings, layers, seed):
        check_counts(row, layers)
        yield row


def check_counts(row, layers):
    """No figure without the counts that it promises."""
    promised = [int(np.prod(layer.shape)) - layer.synapses for layer in layers]
    if row["method"] != "dense floats" and row["zeros"] != promised:
        raise SystemExit(f"references.py: {row['method']}: {row['zeros']} zeros, not {promised}")


def grown_rows(name, task, settings, seed):
    import reference_growth
    for row in reference_growth.rows(task, seed, name, settings["population"], settings["budget"], settings["batch"]):
        yield row | {"weights": {"weight-agnostic": "one for all", "grown, real": "real"}.get(name, "-1, 0, +1")}


def beside_rows(task, settings, seed, net, synapses, alike):
    """Our search with so many synapses on the task of those that grow, within their number of evaluated samples."""
    import reference_growth
    sparsity = sparsity_for(net, settings["size"] ** 2, synapses)
    more = ["--excitatory", "1"] if alike else []
    steps, budget = max(100, settings["budget"] // 4000), settings["budget"]
    for _ in range(12):  # the samples of a number of candidates are known afterwards only
        found = common.search(task, net, sparsity, seed, ["--steps", steps, "--loss-scale", settings["beside_scale"], *more])
        if 0.9 * budget <= found["samples"] <= budget:
            break
        steps = max(1, int(steps * 0.96 * budget / found["samples"]))
    if found["samples"] > budget:
        raise SystemExit(f"references.py: no number of candidates takes {budget} samples or a little less")
    row = named(found, f"our search, {net}", found["seconds"], found["samples"])
    if not alike:
        yield row
        return
    genome = reference_growth.genome_of_layers([layer.reshape(len(layer), -1) for layer in found["network"]])
    row["weights"] = "one for all"
    yield row | {"method": f"our search, {net}, mean of six weights"} | reference_growth.agnostic(
        genome, task, reference_growth.SHARED)
    yield row | {"method": f"our search, {net}, its best weight"} | reference_growth.best_weight(genome, task)


def sparsity_for(net, inputs, synapses):
    """Percentages, layer by layer, that leave about so many synapses: all in one layer, or a quarter in the last."""
    units = [inputs, *map(int, net.split("-"))]
    sizes = [before * after for before, after in zip(units, units[1:])]
    wanted = [synapses] if len(sizes) == 1 else [synapses - synapses // 4, synapses // 4]
    return ",".join(f"{100 * (1 - min(1.0, want / size)):.6f}" for want, size in zip(wanted, sizes))


# ---- what there is, and what is to be done -----------------------------------------------------

def run(what, task, settings, seeds, results):
    settings = common.of_sparsity(settings, settings["sparsity"])
    for seed in seeds:
        key = common.key_of(what, settings, seed)
        if what == "random":
            results.complete(key, lambda: random_rows(task, settings, seed))
        elif what in ("search", "lesion noise"):
            results.complete(key, lambda: search_rows(what, task, settings, seed))
        else:
            results.complete(key, lambda: gradient_rows(what, task, settings, seed))


def run_growth(task, settings, seeds, results):
    with tempfile.TemporaryDirectory() as folder:
        reduced = common.smaller(task, settings["size"], folder)
        used = {name: settings[name] for name in ("size", "budget", "population", "batch")}
        found = {name: [row for seed in seeds for row in results.complete(
            {"what": name, "seed": seed} | used, lambda: grown_rows(name, reduced, settings, seed))] for name in GROWN}
        for name, alike in (("weight-agnostic", True), ("grown, signs", False)):
            synapses = round(statistics.mean(row["synapses"] for row in found[name]))
            for net in ("10", "32-10"):
                for seed in seeds:
                    key = {"what": f"beside {name}", "seed": seed, "net": net, "synapses": synapses,
                           "beside_scale": settings["beside_scale"]} | used
                    results.complete(key, lambda: beside_rows(reduced, settings, seed, net, synapses, alike))


def run_front(task, settings, seeds, results, methods):
    for sparsity in settings["front"].split(","):
        for method in methods:
            run(method, task, settings | {"sparsity": sparsity}, seeds, results)


# ---- tables ------------------------------------------------------------------------------------

def spread(rows, key, digits):
    values = [row[key] for row in rows]
    deviation = f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.{digits}f}{deviation}"


def table(groups, network):
    """groups: (name, rows of all seeds)."""
    print(f"\n{network}\n\n| method | weights | synapses | validation % | test % | million samples | processor s | seeds |")
    print("|---|---|---|---|---|---|---|---|")
    for name, rows in groups:
        print(f"| {name} | {rows[0]['weights']} | {statistics.mean(row['synapses'] for row in rows):,.0f} "
              f"| {spread(rows, 'validation', 2)} | {spread(rows, 'test', 2)} "
              f"| {statistics.mean(row['samples'] for row in rows) / 1e6:,.2f} | {spread(rows, 'seconds', 1)} "
              f"| {len(rows)} |")


def grouped(rows, *names):
    groups = {}
    for row in rows:
        groups.setdefault(tuple(str(row.get(name, row["key"].get(name))) for name in names), []).append(row)
    return groups


def show_methods(rows, settings):
    groups = [(name, part) for (name,), part in grouped(rows, "method").items()]
    table(groups, f"`{settings['net']}`, {settings['sparsity']} % zeros in every layer")
    ternary = [(name, part) for name, part in groups if part[0]["weights"] == "-1, 0, +1"]
    name, part = max(ternary, key=lambda group: statistics.mean(row["validation"] for row in group[1]))
    print(f"\nOf what is -1, 0, +1 chosen by validation: {name}, test {spread(part, 'test', 2)} %")


def show_growth(rows, settings):
    table([(name + (f" ({synapses} synapses)" if name.startswith("our search") else ""), part)
           for (name, synapses), part in sorted_growth(rows)],
          f"MNIST averaged to {settings['size']} x {settings['size']}, at most {settings['budget'] / 1e6:g} million "
          "evaluated samples")


def sorted_growth(rows):
    """Grown ones have other numbers of synapses with each seed, ours one number."""
    groups = {}
    for row in rows:
        ours = row["method"].startswith("our search")
        groups.setdefault((row["method"], row["key"]["synapses"] if ours else None), []).append(row)
    return groups.items()


def show_front(rows):
    """All points, and whether another one has no more synapses and is no worse on validation."""
    points = [(int(synapses), method, part) for (synapses, method), part in grouped(rows, "synapses", "method").items()]
    mean = {id(part): statistics.mean(row["validation"] for row in part) for _, _, part in points}
    print("\nAccuracy against synapses\n\n| synapses | zeros % | method | loss scale | validation % | test % | processor s "
          "| not dominated | seeds |\n|---|---|---|---|---|---|---|---|---|")
    selected = []
    for synapses, method, part in sorted(points, key=lambda point: (point[0], point[1])):
        dominated = any(other is not part and count <= synapses and mean[id(other)] >= mean[id(part)]
                        for count, _, other in points)
        selected += [] if dominated else [f"{method} with {synapses:,} synapses, test {spread(part, 'test', 2)} %"]
        key = part[0]["key"]
        print(f"| {synapses:,} | {key['sparsity']} | {method} | {key.get('loss_scale', key.get('gradient_scale')):.2f} "
              f"| {spread(part, 'validation', 2)} | {spread(part, 'test', 2)} | {spread(part, 'seconds', 1)} | {'no' if dominated else 'yes'} | {len(part)} |")
    print("\nSelected by validation and synapses: " + "; ".join(selected) + ".")


def show(wanted, settings, seeds, results):
    """Tables of what is there for these settings; nothing is computed."""
    methods = [row for what in METHODS if what in wanted or (what in LESIONED and "lesions" in wanted)
               for row in there(what, settings, settings["sparsity"], seeds, results)]
    if methods:
        show_methods(methods, settings)
    growth = [row for row in results.rows if row["key"]["scale"] == results.scale and row["key"]["seed"] in seeds
              and row["key"].get("budget") == settings["budget"]]
    if growth and "growth" in wanted:
        show_growth(growth, settings)
    front = [row for sparsity in settings["front"].split(",") for what in FRONT_METHODS
             for row in there(what, settings, sparsity, seeds, results)]
    if front and "front" in wanted:
        show_front(front)


def there(what, settings, sparsity, seeds, results):
    return [row for seed in seeds for row in results.of(common.key_of(what, common.of_sparsity(settings, sparsity), seed))]


# ---- the command -------------------------------------------------------------------------------

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--what", default=",".join(EVERYTHING), help="a list; table: compute nothing")
    parser.add_argument("--scale", default="small", choices=common.SCALES)
    parser.add_argument("--seeds", type=int, default=3, help="seeds 1 to N (3)")
    parser.add_argument("--out", default="references.json", help="where the results are kept (references.json)")
    parser.add_argument("--data", help="a folder with MNIST's four files (that of `aann data fetch`)")
    for name, kind in (("net", str), ("sparsity", str), ("steps", int), ("epochs", int), ("rate", float),
                       ("loss_scale", float), ("gradient_scale", float),
                       ("budget", int), ("front", str), ("lost", float)):
        parser.add_argument("--" + name.replace("_", "-"), type=kind, help="instead of the scale's")
    options = parser.parse_args()
    wanted = list(EVERYTHING) if options.what == "table" else options.what.split(",")
    unknown = [name for name in wanted if name not in EVERYTHING]
    if unknown or options.seeds < 1:
        parser.error(f"--what {unknown[0]}: expected {', '.join(EVERYTHING)}" if unknown else "--seeds: at least 1")
    settings = common.chosen(common.SCALES[options.scale], options)
    results = common.Results(options.out, options.scale)
    seeds = range(1, options.seeds + 1)
    if options.what != "table":
        compute(wanted, common.find_task(parser, options.data, settings["validation"]), settings, seeds, results)
    show(wanted, settings, seeds, results)


def compute(wanted, task, settings, seeds, results):
    try:
        import torch  # noqa: F401
    except ImportError:
        print(f"references.py: no PyTorch: {', '.join(GRADIENT)} are left out", file=sys.stderr)
        wanted = [name for name in wanted if name not in GRADIENT]
    methods = [name for name in FRONT_METHODS if name == "search" or "torch" in sys.modules]
    for what in wanted:
        if what == "growth":
            run_growth(task, settings, seeds, results)
        elif what == "lesions":
            for method in LESIONED if "torch" in sys.modules else LESIONED[:1]:
                run(method, task, settings, seeds, results)
        elif what == "front":
            run_front(task, settings, seeds, results, methods)
        else:
            run(what, task, settings, seeds, results)


if __name__ == "__main__":
    main()
