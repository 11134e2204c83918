#!/usr/bin/env python3
"""Lets a driver drive in Gymnasium's own CarRacing-v3, from its exported weights, and compares its rewards with `aann drive`.

    python3 -m venv /tmp/gymnasium && /tmp/gymnasium/bin/pip install "gymnasium[box2d]"
    /tmp/gymnasium/bin/python tests/car/compare_driver.py --aann build/aann --study drivers.aann --id 1 --tracks 1000:1020

View, forward pass and actions are written here once more, with numpy, from their documentation: nothing of aann but the
weights takes part in Gymnasium's drives. With --picture exact both see the same bytes, and all rewards must be equal
to the last bit. Near pictures differ a little (docs/carracing.md), so single rewards do too; then the exit code is 0 if the mean
rewards differ by less than three standard errors of the paired differences, or by less than 5.
"""
import argparse
import json
import os
import re
import subprocess
import tempfile

import numpy as np
from gymnasium.envs.box2d.car_racing import CarRacing


def view(frame):
    """[96][96][3] -> [96][96], 0 to 255."""
    road = np.minimum(frame[7:78, 6:89, 1].astype(int), 204) * 5 // 4
    bar = frame[84:96, 6:89].max(axis=2).astype(int)
    bar[:, :6] = 0
    result = np.zeros((96, 96), int)
    result[:71, :83] = road
    result[71:83, :83] = bar
    return result


def convolve(values, weights, stride):
    """values [channels][rows][columns], weights [units][channels][kernel rows][kernel columns], no padding."""
    units, _, height, width = weights.shape
    patches = np.lib.stride_tricks.sliding_window_view(values, (height, width), axis=(1, 2))[:, ::stride, ::stride]
    rows, columns = patches.shape[1:3]
    flat = patches.transpose(1, 2, 0, 3, 4).reshape(rows * columns, -1)
    return (flat @ weights.reshape(units, -1).T).T.reshape(units, rows, columns)


def pool(values, size):
    channels, rows, columns = values.shape
    cut = values[:, :rows // size * size, :columns // size * size]
    return cut.reshape(channels, rows // size, size, columns // size, size).max(axis=(2, 4))


class Driver:
    """The network: whole numbers throughout; float32 holds them exactly."""

    def __init__(self, spec, arrays):
        self.mean, self.scale = arrays["target_mean"].astype(float), arrays["target_scale"].astype(float)
        self.full = float(round(127 * float(arrays["output_scale"][0])))
        self.steps, layer = [], 0
        for element in spec.split("-"):
            pooling = re.fullmatch(r"MP(\d+)", element)
            if pooling:
                self.steps.append(("pool", int(pooling[1])))
                continue
            convolution = re.match(r"\d+C\d+v(?:s(\d+))?", element)
            shift = re.search(r">>(\d+)", element)
            weights = arrays[f"layer{layer}"].astype(np.float32)
            kind = ("convolve", weights, int(convolution[1] or 1)) if convolution else ("dense", weights)
            hidden = f"layer{layer + 1}" in arrays
            self.steps += [kind, ("shift", int(shift[1]) if shift else 0, hidden)]
            layer += 1

    def action(self, frame):
        values = ((2 * 127 * view(frame) + 255) // 510).astype(np.float32)[None]
        for kind, *details in self.steps:
            if kind == "convolve":
                values = convolve(values, *details)
            elif kind == "dense":
                values = details[0] @ values.reshape(-1)
            elif kind == "pool":
                values = pool(values, *details)
            else:
                values = np.floor(values / 2 ** details[0])
                values = np.clip(values, -127, 127) if details[1] else values
        steer, gas, brake = self.mean + self.scale * np.clip(values.astype(float) / self.full, -1, 1)
        return np.array([np.clip(steer, -1, 1), np.clip(gas, 0, 1), np.clip(brake, 0, 1)])


def drive(environment, driver, track):
    frame, _ = environment.reset(seed=track)
    total, over, steps = 0.0, False, 0
    while not over and steps < 1000:
        frame, reward, over, _, _ = environment.step(driver.action(frame))
        total += reward
        steps += 1
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aann", default="build/aann")
    parser.add_argument("--study", required=True)
    parser.add_argument("--id", default="1")
    parser.add_argument("--tracks", default="1000:1020")
    parser.add_argument("--picture", choices=("near", "exact"), default="near")
    options = parser.parse_args()
    first, end = map(int, options.tracks.split(":"))

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "weights.npz")
        command = [options.aann, "weights", options.study, options.id, "--npz", path, "--json"]
        spec = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["spec"]
        driver = Driver(spec, dict(np.load(path)))
    command = [options.aann, "drive", options.study, options.id, "--tracks", options.tracks, "--picture", options.picture, "--json"]
    ours = np.array(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["rewards"])

    environment = CarRacing(continuous=True)
    theirs = []
    for track in range(first, end):
        theirs.append(drive(environment, driver, track))
        print(f"track {track}: {ours[track - first]:.1f} here, {theirs[-1]:.1f} in Gymnasium", flush=True)
    theirs = np.array(theirs)
    difference = theirs - ours
    error = difference.std(ddof=1) / np.sqrt(len(difference)) if len(difference) > 1 else 0.0
    print(f"{len(theirs)} tracks: mean {ours.mean():.1f} here, {theirs.mean():.1f} in Gymnasium; "
          f"difference {difference.mean():+.1f} +- {error:.1f}; 900 or more: {(ours >= 900).sum()} and {(theirs >= 900).sum()}")
    if options.picture == "exact":
        print(f"{(ours != theirs).sum()} of {len(theirs)} rewards differ")
        return 1 if (ours != theirs).any() else 0
    return 0 if abs(difference.mean()) < max(3 * error, 5) else 1


if __name__ == "__main__":
    raise SystemExit(main())
