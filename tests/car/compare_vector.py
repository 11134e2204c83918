#!/usr/bin/env python3
"""Compares aann_cars with Gymnasium's SyncVectorEnv in all three autoreset modes, run by hand.

    python3 -m venv /tmp/gymnasium && /tmp/gymnasium/bin/pip install "gymnasium[box2d]==1.4.0" pygame-ce==2.5.8
    cmake -B /tmp/shared -DBUILD_SHARED_LIBS=ON -DAANN_ONLY="core;car" && cmake --build /tmp/shared
    /tmp/gymnasium/bin/python tests/car/compare_vector.py --library /tmp/shared/libaann.so

Of three cars two leave the field and one goes on to the limit of steps, again and again. Rewards, ends, positions and
pictures must be equal to the bit, first and final pictures too; the score, which needs glyphs, is not compared. With --record FOLDER the steps
around the ends are written down for tests/car/test_cars.c (tests/car/golden/vector_*.csv). Exit status 0: all equal.
"""
import argparse
import ctypes
import pathlib
import sys

import numpy as np
from gymnasium.envs.box2d.car_racing import CarRacing
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers import TimeLimit

CARS, STEPS, STEP_LIMIT = 3, 360, 170
NO_SEED = 2**64 - 1
MODES = {"next_step": (0, AutoresetMode.NEXT_STEP), "same_step": (1, AutoresetMode.SAME_STEP),
         "disabled": (2, AutoresetMode.DISABLED)}
EXACT = 1  # AANN_CAR_PICTURE_EXACT


class CarOptions(ctypes.Structure):
    _fields_ = [("lap_complete_percent", ctypes.c_double), ("step_limit", ctypes.c_int32), ("domain_randomize", ctypes.c_bool),
                ("picture", ctypes.c_int), ("glyphs", ctypes.c_void_p)]


class CarsOptions(ctypes.Structure):
    _fields_ = [("car", CarOptions), ("autoreset", ctypes.c_int), ("threads", ctypes.c_int32),
                ("spin_microseconds", ctypes.c_int32)]


class Results(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p)
                for name in ("pixels", "rewards", "terminated", "truncated", "lap_finished", "final_pixels")]


class Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("message", ctypes.c_char * 512)]


class State(ctypes.Structure):
    """The beginning of aann_car_state, with room for the rest."""
    _fields_ = [("x", ctypes.c_float), ("y", ctypes.c_float), ("rest", ctypes.c_char * 1024)]


class Cars:
    """aann_cars with arrays of numpy."""

    def __init__(self, path, mode):
        self.library = ctypes.CDLL(path)
        self.library.aann_cars_options_default.restype = CarsOptions
        self.library.aann_cars_car.restype = ctypes.c_void_p
        self.error = Error()
        options = self.library.aann_cars_options_default()
        options.car.step_limit = STEP_LIMIT
        options.car.picture = EXACT
        options.autoreset = mode
        options.threads = 2
        self.handle = ctypes.c_void_p()
        self.check(self.library.aann_cars_create(CARS, ctypes.byref(options), ctypes.byref(self.handle), ctypes.byref(self.error)))
        self.pixels = np.zeros((CARS, 96, 96, 3), np.uint8)
        self.final_pixels = np.zeros_like(self.pixels)
        self.rewards = np.zeros(CARS, np.float64)
        self.terminated, self.truncated, self.lap_finished = (np.zeros(CARS, np.bool_) for _ in range(3))
        self.results = Results(*(array.ctypes.data for array in (self.pixels, self.rewards, self.terminated, self.truncated,
                                                                 self.lap_finished, self.final_pixels)))

    def check(self, status):
        if status != 0:
            raise RuntimeError(f"aann: {self.error.message.decode()}")

    def reset(self, mask, seeds):
        seeds = np.array([NO_SEED if seed is None else seed for seed in seeds], np.uint64)
        self.check(self.library.aann_cars_reset(self.handle, ctypes.c_void_p(mask.ctypes.data), ctypes.c_void_p(seeds.ctypes.data),
                                                ctypes.c_bool(False), ctypes.c_void_p(self.pixels.ctypes.data), ctypes.byref(self.error)))

    def step(self, actions):
        self.check(self.library.aann_cars_step(self.handle, ctypes.c_void_p(actions.ctypes.data), ctypes.byref(self.results),
                                               ctypes.byref(self.error)))

    def position(self, i):
        state = State()
        self.library.aann_car_state_get(ctypes.c_void_p(self.library.aann_cars_car(self.handle, i)), ctypes.byref(state))
        return state.x, state.y


def actions_of(step):
    """Numbers that single precision holds exactly."""
    turn = step % 180
    return np.array([[0.5 if turn < 20 else 0, 0.5, 0], [0, 0.25, turn // 90 / 8], [0.25 if turn < 40 else 0, 0.5, 0]], np.float32)


def compare_pictures(name, wanted, found, problems):
    """The bytes that differ; the score in the lower left corner is not drawn without glyphs."""
    different = wanted != found
    different[84:, :12] = False
    if different.any():
        problems.append(f"{name}: the pictures differ in {different.sum()} bytes")
    return int(different.sum())


def compare(library, name, problems):
    """Both, step by step; returns what Gymnasium did, as text, and in how many bytes pictures differ."""
    mode, theirs = MODES[name]
    ours = Cars(library, mode)
    env = SyncVectorEnv([lambda: TimeLimit(CarRacing(), STEP_LIMIT)] * CARS, autoreset_mode=theirs)
    seeds = [3, 4, 5]
    pictures, _ = env.reset(seed=seeds)
    ours.reset(np.ones(CARS, np.bool_), seeds)
    rows, bytes_off, ends = [], 0, np.zeros(CARS, np.bool_)
    for step in range(STEPS):
        actions = actions_of(step)
        pictures, rewards, terminated, truncated, info = env.step(actions)
        ours.step(actions)
        before, ends = ends, terminated | truncated
        for i in range(CARS):
            where = f"{name}, step {step}, car {i}"
            hull = env.envs[i].unwrapped.car.hull.position
            wanted = (float(rewards[i]), bool(terminated[i]), bool(truncated[i]), np.float32(hull[0]), np.float32(hull[1]))
            found = (ours.rewards[i], bool(ours.terminated[i]), bool(ours.truncated[i]), *map(np.float32, ours.position(i)))
            if wanted != found:
                problems.append(f"{where}: Gymnasium {wanted}, aann {found}")
            bytes_off += compare_pictures(where, pictures[i], ours.pixels[i], problems)
            if name == "same_step" and ends[i]:
                bytes_off += compare_pictures(where + ", final", info["final_obs"][i], ours.final_pixels[i], problems)
                lap = info["final_info"].get("lap_finished", np.zeros(CARS))[i]
                if bool(lap) != bool(ours.lap_finished[i]):
                    problems.append(f"{where}: final lap_finished {lap}")
            if step % 20 == 0 or ends[i] or before[i]:
                rows.append(f"{step},{i},{rewards[i]!r},{int(terminated[i])},{int(truncated[i])},{hull[0]!r},{hull[1]!r}\n"
                            .replace("np.float64(", "").replace(")", ""))
        if name == "disabled" and ends.any():
            again = [None, 100 + step, None]
            env.reset(seed=again, options={"reset_mask": ends})
            ours.reset(ends, again)
    env.close()
    return rows, bytes_off


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", required=True)
    parser.add_argument("--record", type=pathlib.Path)
    arguments = parser.parse_args()
    problems = []
    for name in MODES:
        rows, bytes_off = compare(arguments.library, name, problems)
        ends = sum(row.split(",")[3] == "1" for row in rows), sum(row.split(",")[4] == "1" for row in rows)
        print(f"{name}: {STEPS * CARS} steps of cars, {ends[0]} terminated, {ends[1]} truncated; pictures differ in {bytes_off} bytes")
        if arguments.record:
            (arguments.record / f"vector_{name}.csv").write_text("".join(rows), encoding="utf-8")
    print("\n".join(problems[:20]))
    sys.exit(f"{len(problems)} differ" if problems else 0)


if __name__ == "__main__":
    main()
