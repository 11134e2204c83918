#!/usr/bin/env python3
"""Records Gymnasium's CarRacing-v3 for the tests of src/car, into tests/car/golden/.

    python3 -m venv /tmp/gymnasium && /tmp/gymnasium/bin/pip install "gymnasium[box2d]"
    /tmp/gymnasium/bin/python tests/car/record_golden.py

Gymnasium is the judge; this script only drives and writes down. Single precision is written with 9 significant digits,
double with 17: both read back exactly.

    random.csv     seed, four raw 64-bit numbers, then uniform(0, 1) and integers(3) in turn, four of each
    track_S.csv    the track of seed S: alpha, beta, x, y, kerb
    colours.csv    domain randomisation: road, field and grass after three resets
    drive_NAME.csv first line: seed, resets (each after the first without a seed), tiles; then per step the action, hull (x, y,
                   angle, vx, vy, spin), omega of four wheels, joint of four, tiles touched of four, reward, tiles visited, terminated
    frames.csv     per frame: drive, after how many steps; pictures in frames.npy, uint8 [frame][96][96][3]
"""
import math
import os

import gymnasium
import numpy as np
from gymnasium.envs.box2d.car_racing import CarRacing

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")


def single(value):
    return "%.9g" % float(value)


def double(value):
    return "%.17g" % float(value)


def record_random():
    with open(os.path.join(HERE, "random.csv"), "w") as file:
        for seed in [0, 1, 2, 12345, 2**32 - 1, 2**32 + 7, 2**64 - 1]:
            raw = np.random.PCG64(np.random.SeedSequence(seed)).random_raw(4)
            generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
            mixed = []
            for _ in range(4):
                mixed += [double(generator.uniform(0, 1)), str(generator.integers(3))]
            file.write(",".join([str(seed)] + [str(r) for r in raw] + mixed) + "\n")


def record_track(seed):
    env = CarRacing()
    env.reset(seed=seed)
    kerbs = set()
    tiles = 0
    for _, colour in env.road_poly:
        if isinstance(colour, tuple):
            kerbs.add(tiles - 1)
        else:
            tiles += 1
    with open(os.path.join(HERE, "track_%d.csv" % seed), "w") as file:
        for i, point in enumerate(env.track):
            file.write(",".join([double(v) for v in point] + [str(int(i in kerbs))]) + "\n")


def record_colours():
    env = CarRacing(domain_randomize=True)
    with open(os.path.join(HERE, "colours.csv"), "w") as file:
        for arguments in [{"seed": 5}, {}, {"options": {"randomize": False}}]:
            env.reset(**arguments)
            colours = [env.road_color, env.bg_color, env.grass_color]
            file.write(",".join(double(v) for colour in colours for v in colour) + "\n")


def pursuit(env, _):
    """Follows the middle of the road, at a moderate speed: enough for a whole lap."""
    hull = env.unwrapped.car.hull
    x, y = hull.position
    points = np.array([(p[2], p[3]) for p in env.unwrapped.track])
    nearest = int(np.argmin((points[:, 0] - x) ** 2 + (points[:, 1] - y) ** 2))
    target = points[(nearest + 5) % len(points)]
    angle = math.atan2(target[1] - y, target[0] - x) - math.pi / 2 - hull.angle
    angle = (angle + math.pi) % (2 * math.pi) - math.pi
    speed = math.hypot(*hull.linearVelocity)
    action = [-1.2 * angle, 0.4 if speed < 60 else 0.0, 0.3 if speed > 68 else 0.0]
    return [round(v, 4) for v in action]


def waves(_, step):
    return [0.3 * math.sin(0.05 * step), 0.3, 0.0]


def noise(seed, hold):
    """Holds random actions for some steps: spins, slides, stops at the joints' limits."""
    generator = np.random.default_rng(seed)
    values = generator.uniform([-1, -0.2, -0.5], [1, 1.2, 1.0], size=(1000, 3)).round(4)
    return lambda env, step: [values[step // hold][0], values[step // hold][1], max(values[step // hold][2], 0.0)]


def stop_and_go(_, step):
    """Rests until the bodies sleep, starts, blocks the wheels, turns the wheel to its stops, and rests again."""
    phases = [(60, [0, 0, 0]), (110, [0, 1, 0]), (130, [0.2, 0, 1]), (170, [1, 0.3, 0]), (210, [-1, 0.3, 0]), (240, [0, 0, 0.5])]
    for end, action in phases:
        if step < end:
            return action
    return [0, 0, 0]


def straight_out(_, step):
    return [0.0, 1.0 if step % 2 == 0 else 0.4, 0.0]


DRIVES = [
    # name, seed, resets, steps, driver
    ("lap", 1, 1, 1400, pursuit),
    ("waves", 0, 1, 300, waves),
    ("retry", 36, 1, 150, waves),
    ("rough", 5, 1, 300, noise(1, 1)),
    ("slide", 9, 1, 400, noise(2, 15)),
    ("stop", 77, 1, 330, stop_and_go),
    ("leave", 12, 1, 600, straight_out),
    ("again", 3, 2, 150, noise(4, 8)),
]
FRAMES = [("lap", [0, 7, 25, 49, 60, 200, 333, 450]), ("waves", [150]), ("slide", [100, 250, 399]), ("stop", [140, 230]),
          ("leave", [300])]


def record_drive(name, seed, resets, steps, driver, frames):
    env = CarRacing()
    picture, _ = env.reset(seed=seed)
    for _ in range(resets - 1):
        for _ in range(20):
            env.step(np.array([0.2, 0.5, 0.0]))
        picture, _ = env.reset()
    wanted = dict(FRAMES).get(name, [])
    lines = []
    for step in range(steps + 1):
        if step in wanted:
            frames.append((name, step, picture))
        if step == steps:
            break
        action = [float(v) for v in driver(env, step)]
        picture, reward, terminated, _, _ = env.step(np.array(action))
        car = env.car
        hull = [*car.hull.position, car.hull.angle, *car.hull.linearVelocity, car.hull.angularVelocity]
        lines.append(",".join(
            [double(v) for v in action] + [single(v) for v in hull] + [double(w.omega) for w in car.wheels]
            + [single(w.joint.angle) for w in car.wheels] + [str(len(w.tiles)) for w in car.wheels]
            + [double(reward), str(env.tile_visited_count), str(int(terminated))]))
        if terminated and name == "lap":
            break
    with open(os.path.join(HERE, "drive_%s.csv" % name), "w") as file:
        file.write("%d,%d,%d\n" % (seed, resets, len(env.track)))
        file.write("\n".join(lines) + "\n")
    print(name, len(lines), "steps, terminated" if terminated else "steps")


def main():
    os.makedirs(HERE, exist_ok=True)
    print("gymnasium", gymnasium.__version__, "numpy", np.__version__)
    record_random()
    for seed in [0, 1, 36, 2**32 + 7]:
        record_track(seed)
    record_colours()
    frames = []
    for drive in DRIVES:
        record_drive(*drive, frames)
    with open(os.path.join(HERE, "frames.csv"), "w") as file:
        file.write("".join("%s,%d\n" % (name, step) for name, step, _ in frames))
    np.save(os.path.join(HERE, "frames.npy"), np.array([picture for _, _, picture in frames]))


if __name__ == "__main__":
    main()
