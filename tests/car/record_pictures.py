#!/usr/bin/env python3
"""Records pictures of Gymnasium's CarRacing-v3 for test_exact.c, into tests/car/golden/.

    python3 -m venv /tmp/gymnasium
    /tmp/gymnasium/bin/pip install "gymnasium[box2d]==1.4.0" pygame-ce==2.5.8
    /tmp/gymnasium/bin/python tests/car/record_pictures.py

The drives are those of record_golden.py, and some with random colours or discrete actions, whose
actions are numbers that C makes as well.

    pictures.csv   per picture: drive, after how many steps, seed and kind of a made drive (or 0, 0)
    pictures.bin   the pictures, one after the other, each as runs of pixels: how many equal the
                   one above (black above the first row), how many follow, and their three bytes
"""
import os

import numpy as np
from gymnasium.envs.box2d.car_racing import CarRacing

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")

RECORDED = {
    "lap": [0, 1, 3, 10, 20, 30, 40, 48, 49, 50, 55, 70, 90, 120, 160, 210, 270, 340, 410, 480],
    "waves": [5, 80, 150, 299], "retry": [0, 33, 149], "rough": [15, 60, 140, 299],
    "slide": [50, 100, 180, 250, 320, 399], "stop": [30, 105, 140, 200, 329],
    "leave": [100, 200, 250, 300, 350, 400, 500, 599], "again": [0, 70, 149],
}
MADE = [(300, "colours"), (301, "colours"), (302, "colours"), (303, "discrete"), (304, "discrete"),
        (305, "both"), (2027, "discrete")]
MADE_STEPS = [0, 17, 44, 75, 130, 199]


def made_actions(seed):
    """Numbers that C makes as well: a linear congruential generator, each held for 12 steps."""
    state = seed
    while True:
        state = (state * 1103515245 + 12345) % 2**31
        for _ in range(12):
            yield state >> 8


def continuous(number):
    return [(number % 41 - 20) / 64, (number // 41 % 33) / 32, 0.5 if number % 7 == 0 else 0.0]


def encode(picture):
    """As the head says; a run is at most 255 long."""
    pixels = picture.reshape(-1, 3)
    above = np.concatenate([np.zeros((96, 3), np.uint8), pixels[:-96]])
    same = (pixels == above).all(axis=1)
    out, i = bytearray(), 0
    while i < len(pixels):
        start = i
        while i < len(pixels) and same[i] and i - start < 255:
            i += 1
        first = i
        while i < len(pixels) and not same[i] and i - first < 255:
            i += 1
        out += bytes([first - start, i - first]) + pixels[first:i].tobytes()
    return out


def drive(env, actions, steps, picture):
    pictures = []
    for step in range(max(steps) + 1):
        if step in steps:
            pictures.append((step, picture))
        if step < max(steps):
            picture = env.step(next(actions))[0]
    return pictures


def recorded(name):
    with open(os.path.join(HERE, f"drive_{name}.csv")) as file:
        seed, resets, _ = (int(v) for v in file.readline().split(","))
        rows = [[float(v) for v in line.split(",")[:3]] for line in file]
    env = CarRacing()
    picture, _ = env.reset(seed=seed)
    for _ in range(resets - 1):
        for _ in range(20):
            env.step(np.array([0.2, 0.5, 0.0]))
        picture, _ = env.reset()
    return drive(env, (np.array(row) for row in rows), RECORDED[name], picture)


def made(seed, kind):
    discrete = kind != "colours"
    env = CarRacing(continuous=not discrete, domain_randomize=kind != "discrete")
    picture, _ = env.reset(seed=seed)
    numbers = made_actions(seed)
    actions = (n % 5 if discrete else np.array(continuous(n)) for n in numbers)
    return drive(env, actions, MADE_STEPS, picture)


def main():
    count = size = 0
    with open(os.path.join(HERE, "pictures.csv"), "w") as rows, \
            open(os.path.join(HERE, "pictures.bin"), "wb") as bytes_:
        for name, seed, kind in [(n, 0, "recorded") for n in RECORDED] + \
                [(kind, seed, kind) for seed, kind in MADE]:
            for step, picture in recorded(name) if kind == "recorded" else made(seed, kind):
                rows.write(f"{name},{seed},{step}\n")
                size += bytes_.write(encode(picture))
                count += 1
    print(count, "pictures,", size, "bytes")


if __name__ == "__main__":
    main()
