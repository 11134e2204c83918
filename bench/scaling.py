#!/usr/bin/env python3
"""How much faster two threads are than one, late in a real search, from the same checkpoint.

    bench/scaling.py [--steps N] [--until SHARE] [--repeat N] [--json]

Runs `aann search mnist` on the full training set until SHARE of the steps are done, stops it, and goes on to the
end from copies of that study, in turn with one thread and with all. Compares candidates per second of the search (its
own clock, in the study's trace), and the weights, which must be the same. By the clock on the wall: it says little
while other programs run, so the best of the repeats counts.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
AANN = os.environ.get("AANN", str(ROOT / "build" / "aann"))


def query(study, text):
    connection = sqlite3.connect(f"file:{study}?mode=ro", uri=True, timeout=30)
    try:
        return connection.execute(text).fetchone()
    finally:
        connection.close()


def last_step(study):
    try:
        return query(study, "SELECT max(step) FROM trace")[0] or 0
    except sqlite3.OperationalError:  # not there yet
        return 0


def start(study, steps, until):
    """A study that was stopped about there."""
    search = subprocess.Popen([AANN, "search", "mnist", "--sparsity-per-layer", "50,90,90", "--steps", str(steps),
                               "--study", study, "--checkpoint-seconds", "1", "--quiet"],
                              stdout=subprocess.DEVNULL)
    while search.poll() is None and last_step(study) < until * steps:
        time.sleep(0.2)
    if search.poll() is None:
        search.send_signal(signal.SIGINT)
        search.wait()
    if query(study, "SELECT state FROM member")[0] != "running":
        raise SystemExit("the search was over before it could be stopped: more --steps are needed")


def go_on(study, copy, threads):
    """Candidates per second from the checkpoint to the end, and the hash of the weights."""
    shutil.copy(study, copy)
    first = query(copy, "SELECT steps, seconds FROM member")
    subprocess.run([AANN, "resume", copy, "--threads", str(threads), "--quiet"], check=True,
                   stdout=subprocess.DEVNULL)
    last = query(copy, "SELECT steps, seconds, hash FROM member")
    os.remove(copy)
    return (last[0] - first[0]) / (last[1] - first[1]), last[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=60000)
    parser.add_argument("--until", type=float, default=0.6)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    threads = len(os.sched_getaffinity(0))
    rates = {1: [], threads: []}
    hashes = set()
    with tempfile.TemporaryDirectory() as folder:
        study = f"{folder}/study.aann"
        start(study, options.steps, options.until)
        for _ in range(options.repeat):
            for count in rates:
                rate, weights = go_on(study, f"{folder}/copy.aann", count)
                rates[count].append(rate)
                hashes.add(weights)
    report = {"steps": options.steps, "from_share": options.until, "threads": threads,
              "candidates_per_second": {str(count): max(rates[count]) for count in rates},
              "speedup": max(rates[threads]) / max(rates[1]), "same_weights": len(hashes) == 1}
    if options.json:
        print(json.dumps(report))
    else:
        for count in rates:
            print(f"{count} thread{'s' if count > 1 else ' '} {max(rates[count]):10.1f} candidates/s")
        print(f"speedup   {report['speedup']:9.2f}, weights {'equal' if report['same_weights'] else 'DIFFERENT'}")


main()
