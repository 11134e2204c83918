#!/usr/bin/env python3
"""Compares the exact picture with Gymnasium's CarRacing-v3, byte for byte, on many tracks.

    python3 -m venv /tmp/gymnasium
    /tmp/gymnasium/bin/pip install "gymnasium[box2d]==1.4.0" pygame-ce==2.5.8
    /tmp/gymnasium/bin/pip install .
    /tmp/gymnasium/bin/python tests/car/compare_pictures.py --aann build/aann --tracks 1000:1100

Every picture of the first --steps steps of each track is compared, and with --every N each Nth of
longer drives: `--tracks 0:107 --steps 1000` are 100,000 frames, a quarter of an hour of one core.
The manners of driving change from track to track: the expert, slides, full gas off the field,
stop and go, and the five discrete actions; every fifth track has random colours. The score in its
corner is compared like everything else. Exit code 0: no byte differs.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time

import gymnasium
import numpy as np
import pygame
import aann.gym
from gymnasium.envs.box2d.car_racing import CarRacing

MANNERS = ["expert", "slides", "out", "stop and go", "discrete", "noise"]
draw = CarRacing._render


def make_actions(program, seed, manner, steps, folder):
    """What both environments are given."""
    generator = np.random.default_rng(seed)
    if manner == "discrete":
        choices = np.repeat(generator.integers(5, size=steps // 8 + 1), 8)[:steps]
        return [int(c) for c in choices]
    if manner == "expert":
        path = os.path.join(folder, "expert.csv")
        subprocess.run([program, "car", "expert", "--tracks", str(seed), "--actions", path],
                       check=True, stdout=subprocess.DEVNULL)
        actions = np.loadtxt(path, delimiter=",")[:steps]
    elif manner == "out":
        actions = np.stack([0.02 * generator.standard_normal(steps), np.ones(steps),
                            np.zeros(steps)], axis=1)
    else:
        hold = {"slides": 15, "stop and go": 40, "noise": 2}[manner]
        count = steps // hold + 1
        actions = np.repeat(generator.uniform([-1, -0.2, -1], [1, 1.2, 1], size=(count, 3)), hold,
                            axis=0)[:steps]
        actions[:, 2] = np.maximum(actions[:, 2], 0)
        if manner == "stop and go":
            go = np.repeat(generator.random(count) < 0.6, hold)[:steps]
            actions = np.stack([actions[:, 0] * go, 1.0 * go, 0.95 * ~go], axis=1)
    return list(actions)


def compare(program, seed, manner, colours, arguments, folder):
    """Frames compared, frames that differ, bytes that differ, seconds of Gymnasium."""
    given = make_actions(program, seed, manner, arguments.steps, folder)
    frames = set(range(0, min(60, len(given)) + 1 if arguments.every > 1 else len(given) + 1))
    frames |= set(range(0, len(given) + 1, arguments.every))
    how = {"continuous": manner != "discrete", "domain_randomize": colours}
    env, ours = CarRacing(**how), aann.gym.CarRacing(picture="exact", score=True, **how)
    start = time.process_time()
    different = bytes_ = 0
    CarRacing._render = draw
    (picture, _), (own, _) = env.reset(seed=seed), ours.reset(seed=seed)
    for step in range(len(given) + 1):
        if step in frames:
            wrong = own != picture
            different += bool(wrong.any())
            bytes_ += int(wrong.sum())
            if wrong.any() and different < 3:
                row, column, channel = np.argwhere(wrong)[0]
                print(f"track {seed} ({manner}) step {step}: {wrong.sum()} bytes differ; the first "
                      f"in row {row}, column {column}: {own[row, column]}, Gymnasium "
                      f"{picture[row, column]}")
        if step < len(given):
            CarRacing._render = draw if step + 1 in frames else lambda self, mode: None
            picture, own = env.step(given[step])[0], ours.step(given[step])[0]
    CarRacing._render = draw
    return len(frames), different, bytes_, time.process_time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aann", default="build/aann")
    parser.add_argument("--tracks", default="1000:1100")
    parser.add_argument("--steps", type=int, default=60, help="of each track (60)")
    parser.add_argument("--every", type=int, default=1, help="after 60 steps, compare each Nth")
    arguments = parser.parse_args()
    print(f"gymnasium {gymnasium.__version__}, pygame-ce {pygame.version.ver}, "
          f"SDL {'.'.join(map(str, pygame.get_sdl_version()))}, numpy {np.__version__}; "
          f"smoothscale: {pygame.transform.get_smoothscale_backend()}")
    first, end = (int(part) for part in arguments.tracks.split(":"))
    total = np.zeros(4)
    manners = {manner: 0 for manner in MANNERS}
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, end):
            manner = MANNERS[seed % len(MANNERS)]
            total += compare(arguments.aann, seed, manner, seed % 5 == 0, arguments, folder)
            manners[manner] += 1
    frames, different, bytes_, _ = total
    print(f"{end - first} tracks ({', '.join(f'{n} {m}' for m, n in manners.items())}), "
          f"{frames:.0f} frames: {different:.0f} differ, in {bytes_:.0f} bytes")
    sys.exit(0 if frames > 0 and different == 0 else 1)


if __name__ == "__main__":
    main()
