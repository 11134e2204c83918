#!/usr/bin/env python3
"""Networks searched for with lesion noise and without: how good they are when synapses are lost.

    bench/lesions.py [--net SPEC] [--sparsity A[,B,...]] [--steps N] [--seeds N] [--draws N] [--noise P,P,...]
                     [--masks N] [--chosen-at P] [--json]

Searches as many members as there are seeds for each share of lost synapses, on MNIST with the same number of
candidates; --noise 0 is the search without. Then each member loses 1, 2, 5, 10 and 20 percent of its synapses at random,
so many times as there are draws. The tables are of the validation split. The noise is chosen by the mean accuracy after
a loss of --chosen-at percent there; the last lines are the search without noise and the one chosen, on the test set.

Needs the package aann.
"""
import argparse
import json
import statistics
import time

import aann
import aann.geometry

LOST = (0, 1, 2, 5, 10, 20)


def search(arguments, data, noise, seed):
    sparsity = [float(part) for part in arguments.sparsity.split(",")]
    begun = time.process_time()
    result = aann.search(data, net=arguments.net, sparsity=sparsity if len(sparsity) > 1 else sparsity[0],
                         steps=arguments.steps, seed=seed, threads=1, lesion_noise=noise, lesion_masks=arguments.masks)
    return {"seed": seed, "network": result.network, "loss": result.progress.train_loss,
            "samples": result.progress.evaluated_samples, "seconds": time.process_time() - begun}


def accuracies(network, samples, draws):
    """Percent after each loss: {lost: [draws]}."""
    curve = aann.geometry.lesions(network, samples, LOST, draws=draws)
    return {lost: [100.0 * accuracy for accuracy in row] for lost, row in zip(LOST, curve.accuracy.tolist(), strict=True)}


def of_members(members, lost, number):
    """Mean and deviation over the members of a number of their draws."""
    values = [number(member["accuracies"][lost]) for member in members]
    return statistics.mean(values), statistics.stdev(values) if len(values) > 1 else 0.0


def print_table(title, results, number=statistics.mean):
    print(title)
    print(f"{'lost %':>9}" + "".join(f"{lost:>17}" for lost in LOST))
    for noise, members in results.items():
        cells = (of_members(members, lost, number) for lost in LOST)
        print(f"{'noise ' + format(noise, 'g'):>9}" + "".join(f"   {mean:5.2f} +- {spread:5.2f}" for mean, spread in cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--net", default="8C5s2-MP2-16C3-MP2-10")
    parser.add_argument("--sparsity", default="90", help="of all layers, or of each")
    parser.add_argument("--steps", type=int, default=100000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--noise", default="0,5,10,20")
    parser.add_argument("--masks", type=int, default=8)
    parser.add_argument("--chosen-at", type=int, default=5, choices=LOST)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    data = aann.Data(*aann.datasets.fetch("mnist", "train"), validation=5000, test=aann.datasets.fetch("mnist", "test"))
    results = {}
    for noise in map(float, arguments.noise.split(",")):
        results[noise] = [search(arguments, data, noise, seed) for seed in range(1, arguments.seeds + 1)]
        for member in results[noise]:
            member["accuracies"] = accuracies(member["network"], data.validation, arguments.draws)
    chosen = max(results, key=lambda noise: of_members(results[noise], arguments.chosen_at, statistics.mean)[0])
    tested = {noise: [{"accuracies": accuracies(member["network"], data.test, arguments.draws)}
                      for member in results[noise]] for noise in results if noise in (0.0, chosen)}
    if arguments.json:
        for members in results.values():
            for member in members:
                member["network"] = f"{member['network'].hash:016x}"
        print(json.dumps({"validation": results, "test": tested, "chosen": chosen}))
        return
    print_table("validation %, mean of the draws", results)
    print_table("validation %, the worst draw", results, min)
    for noise, members in results.items():
        loss, samples, seconds = (statistics.mean(member[key] for member in members)
                                  for key in ("loss", "samples", "seconds"))
        print(f"noise {noise:g}: loss at the end {loss:.4f}, {samples / 1e6:.1f} million samples, {seconds:.1f} s")
    print_table(f"chosen by validation after {arguments.chosen_at} %: noise {chosen:g}; test %", tested)


if __name__ == "__main__":
    main()
