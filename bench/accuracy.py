#!/usr/bin/env python3
"""Time and candidates until a search on MNIST reaches a validation accuracy.

    bench/accuracy.py [--seconds S] [--steps N] [--long] [--json] [-- OPTIONS OF aann search]

One member, the default settings, all processors, a search of 120 seconds (or of N steps; --long: 480 seconds, with copies of the
training images). The accuracies are those of the search's own reports (the study's trace), on the validation split; the test set is looked
at once, at the end. Since temperatures fall over the whole search, a longer search is later at a given accuracy than a
shorter one that ends there: the figures belong to the length.
"""
import argparse
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
AANN = os.environ.get("AANN", str(ROOT / "build" / "aann"))
SHORT = ["--sparsity-per-layer", "50,90,90"]
LONG = ["--sparsity-per-layer", "40,80,80", "--copies", "4", "--growth", "0.9"]
MARKS = (0.95, 0.97, 0.98, 0.985, 0.99)


def search(options):
    length = ["--steps", str(options.steps)] if options.steps else ["--seconds", str(options.seconds)]
    with tempfile.TemporaryDirectory() as folder:
        study = f"{folder}/study.aann"
        subprocess.run([AANN, "search", "mnist", "--study", study, "--quiet"] + length + (LONG if options.long else SHORT)
                       + options.rest, check=True, stdout=subprocess.DEVNULL)
        connection = sqlite3.connect(study)
        trace = connection.execute("SELECT step, seconds, validation_accuracy, evaluated_samples FROM trace "
                                   "WHERE validation_accuracy IS NOT NULL ORDER BY step").fetchall()
        end = connection.execute("SELECT steps, seconds, validation_accuracy, test_accuracy FROM member").fetchone()
        connection.close()
    return trace, end


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("rest", nargs="*")
    options = parser.parse_args()
    if options.long:
        options.seconds = 480
    trace, end = search(options)
    marks = []
    for mark in MARKS:
        reached = next((row for row in trace if row[2] >= mark), None)
        marks.append({"validation_accuracy": mark, "seconds": reached and reached[1], "candidates": reached and reached[0],
                      "image_candidates": reached and reached[3]})
    report = {"threads": len(os.sched_getaffinity(0)), "steps": end[0], "seconds": end[1],
              "validation_accuracy": end[2], "test_accuracy": end[3], "marks": marks}
    if options.json:
        print(json.dumps(report))
        return
    for m in marks:
        reached = f'{m["seconds"]:8.1f} s {m["candidates"]:10} candidates' if m["seconds"] is not None else "  not reached"
        print(f'{100 * m["validation_accuracy"]:5.1f} % {reached}')
    print(f'{100 * end[2]:5.2f} % at the end, {100 * end[3]:.2f} % on the test set: {end[1]:.1f} s, {end[0]} candidates')


main()
