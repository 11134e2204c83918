#!/usr/bin/env python3
"""One driver at the expert's level, from nothing: the paper's network with weights -1, 0, +1 and no shifts.

    bench/driver.py FOLDER                        about 50 minutes of one thread; the same command goes on where it was stopped
    bench/driver.py FOLDER --seed 2

1. The expert that recovers, slower in bends than it could be (`--racer --widest 2.6 --lateral 160`), is recorded, and imitated.
2. Rounds of corrections (DAgger): the driver drives new tracks, the expert says what it would do there, and the search goes
   on from the driver with all that was recorded so far.
3. A long search, whose last part tells small gains from noise on four times as many pictures.
4. A round of lost laps (`car record --lost`): a driver that is nearly right makes its last mistakes in few laps. These are
   recorded alone, and count twice.
5. With `--reward`, a short search for the reward itself, which makes the driver a little faster, and less sure.

After each step the driver drives tracks 10,000 to 10,399. Of all these drivers the one that finishes most of them is chosen, of
equals the one with the highest mean. `--test` drives 1,000 to 1,099 with it, once. Recordings are joined with NumPy; the
pictures take up to 6 GB of memory. $AANN is the program.
"""
import argparse
import json
import pathlib

import numpy as np

from driving_laps import aann, say

LIMIT = ["--data-limit", 20_000_000_000]
CHOOSING = "10000:10400"
FROM_A_DRIVER = ["--first-samples", 16384]
FINE = "temperature=6e-6 working_samples=32768"


class Work:
    """A folder in which every step leaves a file, and is not done again."""

    def __init__(self, folder, options):
        self.folder, self.seed, self.sparsity = folder, options.seed, options.sparsity
        self.expert = ["--racer", "--widest", 2.6, "--lateral", options.lateral]
        self.recordings, self.driver = [], None
        self.best = ((0, -1000.0), None)  # laps finished and mean reward; its study
        folder.mkdir(parents=True, exist_ok=True)

    def record(self, name, *arguments, times=1):
        """A recording, which counts `times` times from now on."""
        path = self.folder / f"{name}.npz"
        if not path.exists():
            part = self.folder / "part.npz"
            by = ["--driver", f"{self.driver}:1"] if self.driver else []
            aann("car", "record", *self.expert, *by, *arguments, "--out", part)
            part.rename(path)
        self.recordings += times * [path]

    def search(self, name, *arguments, data=None):
        """Goes on from the driver, or from nothing, with all recordings or one; then the new driver drives."""
        study, laps = self.folder / f"{name}.aann", self.folder / f"{name}.json"
        if not laps.exists():
            if study.exists():
                study.unlink()
            if data is None:
                data = self.folder / "all.npz"
                join(self.recordings, data)
            begin = ["--start", f"{self.driver}:1"] if self.driver else ["--sparsity-per-layer", self.sparsity]
            aann("search", "carracing", "--data", data, *LIMIT, *begin, *arguments, "--seed", self.seed, "--threads", 1,
                 "--quiet", "--study", study)
            laps.write_text(aann("drive", study, 1, "--tracks", CHOOSING, "--json"), encoding="utf-8")
        self.driver = study
        result = json.loads(laps.read_text(encoding="utf-8"))
        say(name, result)
        self.best = max(self.best, ((sum(result["finished"]), result["mean"]), study), key=lambda driver: driver[0])


def join(paths, out):
    """One recording of many. Outputs mean what they mean in the last one: those of the driver."""
    recordings = [np.load(path) for path in paths]
    mean, scale = recordings[-1]["target_mean"], recordings[-1]["target_scale"]
    targets = [np.clip((r["target_mean"] + r["target_scale"] * r["targets"] - mean) / scale, -1, 1) for r in recordings]
    np.savez(out, inputs=np.concatenate([r["inputs"] for r in recordings]),
             targets=np.concatenate(targets).astype(np.float32), target_mean=mean, target_scale=scale)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1, help="of searches and recordings, 1 to 99 (1)")
    parser.add_argument("--sparsity", default="50,90,90,50", help="percent of zeros, layer by layer (50,90,90,50)")
    parser.add_argument("--rounds", type=int, default=8, help="of corrections (8)")
    parser.add_argument("--lost-rounds", type=int, default=1, help="of lost laps (1)")
    parser.add_argument("--lateral", type=int, default=160, help="acceleration of the expert in bends, m/s^2 (160)")
    parser.add_argument("--reward", action="store_true", help="search for the reward at the end")
    parser.add_argument("--test", action="store_true", help="drive tracks 1000:1100 with the chosen driver, too")
    options = parser.parse_args()
    work = Work(options.folder, options)
    track = 10_000_000 + 100_000 * options.seed  # far from those that choose, and from other seeds'
    work.record("d0", "--episodes", 240, "--every", 4, "--seed", 100 * options.seed, "--first-track", track)
    work.search("imitation", "--steps", 600_000)
    for number in range(1, options.rounds + 1):
        track += 2000
        work.record(f"c{number}", "--episodes", 40, "--driver-episodes", 600, "--every", 8, "--first-track", track,
                    "--seed", 100 * options.seed + number)
        work.search(f"corrected{number}", "--steps", 300_000, "--temperature", 4e-5, *FROM_A_DRIVER)
    work.search("long", "--phases", f"steps=700k temperature=4e-5; steps=500k {FINE}", *FROM_A_DRIVER)
    for number in range(1, options.lost_rounds + 1):
        track += 3000
        work.record(f"lost{number}", "--lost", "--episodes", 20, "--driver-episodes", 1500, "--every", 3,
                    "--first-track", track, "--seed", 100 * options.seed + 50 + number, times=2)
        work.search(f"safer{number}", "--phases", f"steps=300k temperature=1.5e-5; steps=400k {FINE}", *FROM_A_DRIVER)
    if options.reward:
        work.search("rewarded", "--reward", "--tracks", "2000:2128", "--steps", 32, data=work.recordings[-1])
    print(f"chosen: {work.best[1]}", flush=True)
    if options.test:
        say("1000:1100", json.loads(aann("drive", work.best[1], 1, "--tracks", "1000:1100", "--json")))


if __name__ == "__main__":
    main()
