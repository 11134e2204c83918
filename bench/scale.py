#!/usr/bin/env python3
"""What more machines give: measures on this one, models 2 to 1,024 ranks, and checks the model here.

Members on ranks. A run takes a start, the loading of data (rank 0, then all others at once), and
members, which go to whoever is free:
    T(ranks) = start + 2 load + makespan of the members on the ranks, each task with a message
A message there and back costs 2 latency + bytes / bandwidth; rank 0 handles one at a time, so
checkpoints of all ranks together take ranks * (handling + bytes / bandwidth) / checkpoint_seconds
of its time, and that share must stay below 1.

One member over ranks (--together). Of the time of one process, `shared` is divided by the ranks
(evaluation, ranking), the rest is not; every stage of a batch adds 2 latency + bytes / bandwidth:
    T(ranks) = single * ((1 - shared) + shared / ranks) + stages * (2 latency + bytes / bandwidth)

    bench/scale.py --mpi build/aann-mpi --program build/aann               (about a minute)
    bench/scale.py ... --latency 2e-6 --bandwidth 1.2e10                   (InfiniBand)
    bench/scale.py ... --latency 5e-5 --bandwidth 1.2e8                    (gigabit Ethernet)
"""
import argparse
import heapq
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import tempfile
import time

DATA = pathlib.Path(__file__).resolve().parents[1] / "tests" / "fixtures" / "mnist"
FAMILY = ["search", "--data", str(DATA / "train-images-idx3-ubyte.gz"), "--net", "16C5-MP2-32C5-MP2-10",
          "--sparsity", "80", "--threads", "1", "--quiet", "--checkpoint-seconds", "5"]
RANKS = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]


def timed(command):
    environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                   "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_mpi_yield_when_idle": "1"}
    begin = time.monotonic()
    subprocess.run([str(word) for word in command], check=True, env=environment, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return time.monotonic() - begin


def member_seconds(study):
    with sqlite3.connect(study) as database:
        return [row[0] for row in database.execute("SELECT seconds FROM member ORDER BY id")]


def makespan(members, ranks, between):
    """Members go to whoever is free first, as the scheduler hands them out; `between` passes before each."""
    free = [0.0] * min(ranks, len(members))
    for seconds in members:
        heapq.heapreplace(free, free[0] + between + seconds)
    return max(free)


def measure(options, folder):
    """Start, loading, seconds of members, sizes of messages, all measured here."""
    steps, members = options.steps, options.members
    family = [*FAMILY, "--steps", steps, "--members", members]
    plain = timed([options.program, *family, "--study", folder / "plain.aann"])
    seconds = member_seconds(folder / "plain.aann")
    start = min(timed([options.mpirun, "-n", 2, options.mpi, "list", folder / "plain.aann"]) for _ in range(3))
    load = max(plain - sum(seconds), 0.0)
    timed([options.program, *family, "--study", folder / "half.aann", "--seconds", max(0.3, plain / 4)])
    with sqlite3.connect(folder / "half.aann") as database:
        state = database.execute("SELECT coalesce(max(length(state)), 0) FROM checkpoint").fetchone()[0]
        weights = database.execute("SELECT max(length(packed)) FROM weights").fetchone()[0]
    # An excerpt is a database of whole pages: about 18 of them, and what is in it.
    return {"start": start, "load": load, "seconds": seconds, "plain": plain,
            "bytes": 18 * 4096 + 100 * 90 + state + weights}


def predict(measured, ranks, cores, options):
    working = min(ranks, cores)
    slower = ranks / working  # oversubscribed ranks share the cores
    message = 2 * options.latency + measured["bytes"] / options.bandwidth + options.look
    return (measured["start"] if ranks > 1 else 0.0) + measured["load"] * (2 if ranks > 1 else 1) + \
        makespan([s * slower for s in measured["seconds"]], ranks, message if ranks > 1 else 0.0)


def check(options, measured, folder):
    """The model against runs here, as far as there are cores, and beyond."""
    rows = []
    cores = len(os.sched_getaffinity(0))
    for ranks in (2, 3, 4):
        study = folder / f"ranks{ranks}.aann"
        found = timed([options.mpirun, "-n", ranks, options.mpi, *FAMILY, "--steps", options.steps, "--members",
                       options.members, "--study", study])
        model = predict(measured, ranks, cores, options)
        rows.append({"ranks": ranks, "measured": found, "model": model, "error": model / found - 1.0})
    return rows


def plan_members(measured, options):
    """A family of `--family` members of `--hours` each."""
    generator = random.Random(1)
    spread = 0.02  # of the seconds of members with equal steps
    members = [3600.0 * options.hours * generator.gauss(1.0, spread) for _ in range(options.family)]
    rows = []
    alone = sum(members)
    message = 2 * options.latency + measured["bytes"] / options.bandwidth
    for ranks in RANKS:
        time_taken = measured["start"] + 2 * measured["load"] + makespan(members, ranks, message)
        busy = ranks * (options.handling + measured["bytes"] / options.bandwidth) / 30.0
        rows.append({"ranks": ranks, "hours": time_taken / 3600.0, "efficiency": alone / (time_taken * ranks),
                     "rank_0_busy": busy})
    return rows


def plan_together(options):
    rows = []
    stages = options.steps_together * options.stages_per_step
    for ranks in RANKS:
        each = 2 * options.latency + options.stage_bytes / ranks / options.bandwidth + options.per_rank * ranks
        time_taken = options.single * ((1 - options.shared) + options.shared / ranks) + stages * each
        rows.append({"ranks": ranks, "hours": time_taken / 3600.0, "speed": options.single / time_taken})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/aann")
    parser.add_argument("--mpi", default="build/aann-mpi")
    parser.add_argument("--mpirun", default="mpirun")
    parser.add_argument("--steps", type=int, default=20000)
    parser.add_argument("--members", type=int, default=8)
    parser.add_argument("--family", type=int, default=1000, help="members of the family that is planned")
    parser.add_argument("--hours", type=float, default=0.17, help="of each of its members")
    parser.add_argument("--latency", type=float, default=5e-5, help="seconds")
    parser.add_argument("--bandwidth", type=float, default=1.2e8, help="bytes a second")
    parser.add_argument("--look", type=float, default=1e-3, help="seconds until a message is looked at")
    parser.add_argument("--handling", type=float, default=5e-3, help="seconds to store a checkpoint")
    parser.add_argument("--single", type=float, default=36000.0, help="seconds of one member on one process")
    parser.add_argument("--shared", type=float, default=0.95, help="share of it that is divided by the ranks")
    parser.add_argument("--steps-together", type=float, default=1e6)
    parser.add_argument("--stages-per-step", type=float, default=0.2)
    parser.add_argument("--stage-bytes", type=float, default=65536.0)
    parser.add_argument("--per-rank", type=float, default=2e-6, help="seconds of rank 0 for each message")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        measured = measure(options, folder)
        checked = check(options, measured, folder)
    found = {"measured": measured, "check": checked, "members": plan_members(measured, options),
             "together": plan_together(options)}
    if options.json:
        print(json.dumps(found))
        return
    print(f"here: start {measured['start']:.2f} s, loading {measured['load']:.2f} s, a member "
          f"{sum(measured['seconds']) / len(measured['seconds']):.2f} s, a message {measured['bytes']:,} bytes")
    print("\nranks  measured   model   error")
    for row in checked:
        print(f"{row['ranks']:5}  {row['measured']:7.2f} s {row['model']:6.2f} s  {100 * row['error']:+.0f} %")
    print(f"\na family of {options.family} members of {options.hours} h\nranks    hours  efficiency  rank 0 stores")
    for row in found["members"]:
        print(f"{row['ranks']:5} {row['hours']:8.2f}    {100 * row['efficiency']:5.1f} %        {100 * row['rank_0_busy']:5.2f} %")
    print(f"\none member of {options.single / 3600:g} h over ranks\nranks    hours   times as fast")
    for row in found["together"]:
        print(f"{row['ranks']:5} {row['hours']:8.2f}    {row['speed']:6.2f}")


if __name__ == "__main__":
    main()
