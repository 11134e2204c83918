#!/usr/bin/env python3
"""Compares `aann car` with Gymnasium's CarRacing-v3 itself, on as many tracks as asked for.

    python3 -m venv /tmp/gymnasium && /tmp/gymnasium/bin/pip install "gymnasium[box2d]"
    /tmp/gymnasium/bin/python tests/car/compare_gymnasium.py --aann build/aann --tracks 1000:1100

Every track is driven with random actions, and every third also by the expert, until its lap ends. States must be equal in
single precision, rewards and spins to 9 digits, tiles exactly. Some pictures are compared too, and both speeds are measured.
Exit code 0: all equal, and the pictures within the stated differences.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
from gymnasium.envs.box2d.car_racing import CarRacing

draw = CarRacing._render


def nine(value):
    return float("%.9g" % float(value))


def random_actions(seed, steps):
    """Five manners of driving: nervous, holding on, gentle, full gas, stop and go."""
    generator = np.random.default_rng(seed)
    manner = seed % 5
    hold = [1, 20, 10, 40, 50][manner]
    actions = np.repeat(generator.uniform([-1, -0.2, -1], [1, 1.2, 1], size=(steps // hold + 1, 3)), hold, axis=0)[:steps]
    actions[:, 2] = np.maximum(actions[:, 2], 0)
    if manner == 2:
        actions *= [0.3, 0.6, 0]
    if manner == 3:
        actions = np.stack([0.1 * actions[:, 0], np.ones(steps), np.zeros(steps)], axis=1)
    if manner == 4:
        go = np.repeat(generator.random(steps // hold + 1) < 0.5, hold)[:steps]
        actions = np.stack([actions[:, 0] * go, 1.0 * go, 0.9 * ~go], axis=1)
    return actions


def run(arguments):
    return json.loads(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)


def compare(aann, seed, actions, folder, frames):
    """Returns the number of steps that differ, and the picture differences (view, bars)."""
    path = os.path.join(folder, "actions.json")
    with open(path, "w") as file:
        json.dump([[float(v) for v in action] for action in actions], file)
    command = [aann, "car", "replay", "--seed", str(seed), "--actions", path, "--json"]
    if frames:
        command += ["--frames", ",".join(str(f) for f in frames), "--out", folder]
    ours = run(command)

    CarRacing._render = draw if frames else lambda self, mode: None
    env = CarRacing()
    picture, _ = env.reset(seed=seed)
    track = [[nine(v) for v in point] for point in env.track]
    different = int(track != ours["track"])
    pictures = []
    for step, action in enumerate(actions):
        if step in frames:
            pictures.append((step, picture))
        picture, reward, terminated, _, _ = env.step(np.array(action, dtype=np.float64))
        hull, wheels = env.car.hull, env.car.wheels
        theirs = {
            "hull": [nine(v) for v in [*hull.position, hull.angle, *hull.linearVelocity, hull.angularVelocity]],
            "omega": [nine(w.omega) for w in wheels], "joint": [nine(w.joint.angle) for w in wheels],
            "reward": nine(reward), "visited": env.tile_visited_count, "ntiles": [len(w.tiles) for w in wheels],
            "terminated": bool(terminated)}
        wrong = [name for name, value in theirs.items() if ours[name][step] != value]
        if wrong:
            different += 1
            if different < 3:
                print("track %d step %d: %s differ: %s, Gymnasium %s" % (
                    seed, step, wrong, [ours[n][step] for n in wrong], [theirs[n] for n in wrong]))
    differences = []
    for step, theirs in pictures:
        ours_picture = np.load(os.path.join(folder, "frame_%d.npy" % step)).astype(int)
        d = np.abs(ours_picture - theirs)
        differences.append((d[:84].mean(), d[84:, 12:].mean()))
    return different, differences


def gymnasium_speed(seconds):
    CarRacing._render = draw
    env = CarRacing()
    env.reset(seed=0)
    steps, start = 0, time.process_time()
    while time.process_time() - start < seconds:
        env.step(np.array([0.1, 0.2, 0.0]))
        steps += 1
    return steps / (time.process_time() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aann", default="build/aann")
    parser.add_argument("--tracks", default="1000:1100")
    parser.add_argument("--steps", type=int, default=400, help="of random driving per track")
    arguments = parser.parse_args()
    first, end = (int(part) for part in arguments.tracks.split(":"))
    steps = different = drives = laps = 0
    pictures = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, end):
            drivers = [random_actions(seed, arguments.steps)]
            if seed % 3 == 0:
                path = os.path.join(folder, "expert.csv")
                subprocess.run([arguments.aann, "car", "expert", "--tracks", str(seed), "--actions", path], check=True,
                               stdout=subprocess.DEVNULL)
                drivers.append(np.loadtxt(path, delimiter=","))
                laps += 1
            for actions in drivers:
                frames = list(range(0, len(actions), 37)) if seed % 20 == 0 else []
                wrong, seen = compare(arguments.aann, seed, actions, folder, frames)
                different += wrong
                steps += len(actions)
                drives += 1
                pictures += seen
    print("%d tracks, %d drives (%d by the expert), %d steps: %d differ" % (end - first, drives, laps, steps, different))
    good = different == 0
    if pictures:
        view, bars = np.mean(pictures, axis=0)
        worst = np.max(pictures, axis=0)
        print("%d pictures: mean difference %.3f in the view (worst %.3f), %.3f in the bars (worst %.3f)" % (
            len(pictures), view, worst[0], bars, worst[1]))
        good = good and worst[0] < 0.3 and worst[1] < 0.1
    ours = run([arguments.aann, "car", "bench", "--json"])["steps_per_second"]
    theirs = gymnasium_speed(5)
    print("steps per second: %.0f with pictures, %.0f without; Gymnasium %.1f: %.0f times" % (
        ours["with_rendering"], ours["without_rendering"], theirs, ours["with_rendering"] / theirs))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
