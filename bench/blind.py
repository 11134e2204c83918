#!/usr/bin/env python3
"""Drivers from reward alone: no expert, no recording, no trained start, and no gradient.

    bench/blind.py FOLDER                                    a small network
    bench/blind.py FOLDER --lengths 100,200,400,1000 --candidates 2000,1000,500,300
                                                             drives that become longer, which did not help
    bench/blind.py FOLDER --net paper --sparsity 50,90,90,50

The start is a random network whose outputs span what the car takes: steering -0.5 to 0.5, gas 0 to 1, brake -1 to 1 (below 0:
none). It comes from a search of one step on pictures without content, because a study knows of a driver what its outputs mean.
Each phase searches for the reward of drives of so many steps (--lengths, --candidates) on --tracks. Then the driver drives
--unseen, which no search used, and so does the start. $AANN is the program.
"""
import argparse
import json
import pathlib
import resource
import sys

import numpy as np

from driving_laps import aann, say

SMALL = "8C7vs4-MP2-16C5v-MP2-20-3"
PAPER = "32C7vs4-MP2-64C5v-MP2-100-3"


def write_blank(path):
    """Pictures without content, so that a study knows the range of the outputs and nothing else."""
    count = 200
    np.savez(path, inputs=np.zeros((count, 96, 96), np.uint8), targets=np.zeros((count, 3), np.float32),
             target_mean=np.array([0.0, 0.5, 0.0], np.float32), target_scale=np.array([0.5, 0.5, 1.0], np.float32))


def drive(name, study, tracks):
    say(f"{name} {tracks}", json.loads(aann("drive", study, 1, "--tracks", tracks, "--threads", 1, "--json")))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--net", default=SMALL, help=f"a network, or 'paper' ({SMALL})")
    parser.add_argument("--sparsity", default="50", help="percent of zeros, layer by layer (50)")
    parser.add_argument("--lengths", default="1000", help="steps of a drive, phase by phase (1000)")
    parser.add_argument("--candidates", default="700", help="of each phase; one number for all (700)")
    parser.add_argument("--tracks", default="0:32", help="of the search (0:32)")
    parser.add_argument("--unseen", default="1000:1050", help="to drive at the end (1000:1050)")
    parser.add_argument("--output-scale", type=float, default=8.0, help="of the start (8)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    blank, start, found = (options.folder / name for name in ("blank.npz", "start.aann", "found.aann"))
    lengths = options.lengths.split(",")
    counts = options.candidates.split(",")
    counts *= len(lengths) if len(counts) == 1 else 1
    if len(counts) != len(lengths):
        sys.exit(f"--candidates: {len(counts)} numbers for {len(lengths)} lengths")
    phases = "; ".join(f"steps={count} reward_steps={length}" for count, length in zip(counts, lengths, strict=True))
    for study in (start, found):
        study.unlink(missing_ok=True)
    write_blank(blank)
    net = PAPER if options.net == "paper" else options.net
    sparsity = "--sparsity-per-layer" if "," in options.sparsity else "--sparsity"
    aann("search", "carracing", "--data", blank, "--encoding", "byte", "--net", net, sparsity, options.sparsity, "--output-scale",
         options.output_scale, "--steps", 1, "--seed", options.seed, "--quiet", "--study", start)
    drive("start", start, options.unseen)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    aann("search", "--start", f"{start}:1", "--reward", "--tracks", options.tracks, "--phases", phases, "--seed", options.seed,
         "--threads", 1, "--quiet", "--study", found)
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    print(f"phases {phases}: {seconds:.0f} processor seconds", flush=True)
    drive("found", found, options.tracks)
    drive("found", found, options.unseen)


if __name__ == "__main__":
    main()
