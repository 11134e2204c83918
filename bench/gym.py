#!/usr/bin/env python3
"""How fast aann/CarRacing-v3 is beside Gymnasium's and EnvPool's, in one run; and whether it is the same task.

    python3 -m venv /tmp/gym && /tmp/gym/bin/pip install . "gymnasium[box2d]" envpool
    chrt -r 1 /tmp/gym/bin/python bench/gym.py              rates, about three minutes
    /tmp/gym/bin/python bench/gym.py --compare 100000       tracks, rewards, ends of so many steps against Gymnasium's

Every environment drives the same uniformly random actions, with automatic resets. The contenders take turns of half a
second, so that other programs on the machine slow all of them down alike; a rate is all steps over all seconds on the
clock. `road` rows replay laps of the expert instead: more of the picture changes than around the start. EnvPool draws
its own tracks, so no lap can be replayed there. What is not installed is left out and said.
"""

import argparse
import json
import os
import sys
import time
import warnings

import numpy as np

ID = "aann/CarRacing-v3"
PERIOD = 400  # steps after which actions repeat; no lap of the expert is shorter
TRACKS = 16


def random_actions(count):
    """float32 [PERIOD][count][3]"""
    return (
        np.random.default_rng(0).uniform([-1, 0, 0], 1, size=(PERIOD, count, 3)).astype(np.float32)
    )


def expert_laps():
    """The first PERIOD actions of the expert on tracks 0 to 15: float32 [PERIOD][16][3]."""
    from aann.gym import CarRacingVector, Expert

    envs, expert = CarRacingVector(TRACKS, pixels=False), Expert()
    envs.reset(seed=0)
    laps = []
    for _ in range(PERIOD):
        laps.append(expert.act(envs))
        envs.step(laps[-1])
    return np.array(laps)


class Contender:
    """An environment that takes turns; `cars` is None for a single one. Begun at its first turn."""

    def __init__(self, name, make, cars=None, laps=None):
        self.name, self.make, self.cars, self.laps = name, make, cars, laps
        self.env, self.steps, self.seconds, self.at = None, 0, 0.0, 0

    def start(self):
        self.env = self.make()
        self.actions = random_actions(self.cars or 1)
        if self.laps is not None:
            self.actions = self.laps[:, np.arange(self.cars or 1) % TRACKS]
        if self.cars is None:
            self.actions = self.actions[:, 0]
        self.reset()

    def reset(self):
        self.at = 0
        if self.laps is None:
            self.env.reset(seed=0) if self.cars is None else self.env.reset()
        else:
            seeds = [car % TRACKS for car in range(self.cars or 1)]
            self.env.reset(seed=seeds[0] if self.cars is None else seeds)

    def turn(self, seconds):
        if self.env is None:
            self.start()
        began = time.perf_counter()
        while True:
            for _ in range(8):
                if self.at == PERIOD:
                    self.at = 0
                    if self.laps is not None:
                        self.reset()
                result = self.env.step(self.actions[self.at])
                if self.cars is None and (result[2] or result[3]):
                    self.env.reset()
                self.at += 1
            self.steps += 8 * (self.cars or 1)
            spent = time.perf_counter() - began
            if spent > seconds:
                break
        self.seconds += spent

    @property
    def rate(self):
        return self.steps / self.seconds


def contenders(left_out):
    import gymnasium as gym

    import aann.gym

    processors = os.cpu_count() or 1
    found, laps = [], expert_laps()
    try:
        import Box2D  # noqa: F401
        import pygame  # noqa: F401

        found.append(Contender("gymnasium, gym.make", lambda: gym.make("CarRacing-v3")))
        found.append(
            Contender("gymnasium, gym.make, road", lambda: gym.make("CarRacing-v3"), None, laps)
        )
        how = {"vectorization_mode": "async"}
        found.append(
            Contender(
                f"gymnasium, AsyncVectorEnv, {processors} processes",
                lambda: gym.make_vec("CarRacing-v3", num_envs=processors, **how),
                processors,
            )
        )
    except ImportError:
        left_out.append("gymnasium[box2d]: not installed")
    threads = sorted({1, processors})
    try:
        import envpool

        for cars in (1, 8, 64):
            for count in threads if cars > 1 else [1]:
                found.append(
                    Contender(
                        f"envpool, {cars} cars, {count} threads",
                        lambda cars=cars, count=count: envpool.make_gymnasium(
                            "CarRacing-v3", num_envs=cars, num_threads=count
                        ),
                        cars,
                    )
                )
    except ImportError:
        left_out.append("envpool: not installed")
    found.append(Contender("aann, gym.make", lambda: gym.make(ID)))
    found.append(Contender("aann, one car", lambda: aann.gym.CarRacing()))
    found.append(Contender("aann, one car, copy=False", lambda: aann.gym.CarRacing(copy=False)))
    found.append(Contender("aann, one car, pixels=False", lambda: aann.gym.CarRacing(pixels=False)))
    for cars in (1, 8, 64):
        for count in threads if cars > 1 else [1]:
            found.append(vector(f"aann, {cars} cars, {count} threads", cars, count))
    for count in threads:
        found.append(vector(f"aann, 64 cars, {count} threads, copy=False", 64, count, copy=False))
        found.append(vector(f"aann, 64 cars, {count} threads, road", 64, count, laps=laps))
        found.append(
            vector(f"aann, 64 cars, {count} threads, pixels=False", 64, count, pixels=False)
        )
    return found


def vector(name, cars, threads, laps=None, **how):
    import gymnasium as gym

    def make():
        return gym.make_vec(ID, num_envs=cars, threads=threads, **how)

    return Contender(name, make, cars, laps)


def best(rates, begins, without=("pixels=False", "road")):
    chosen = {
        name: rate
        for name, rate in rates.items()
        if name.startswith(begins) and not any(w in name for w in without)
    }
    return max(chosen.items(), key=lambda item: item[1], default=(None, 0.0))


def measure(seconds, as_json):
    left_out = []
    racers = contenders(left_out)
    for _ in range(max(1, round(seconds / 0.5))):
        for racer in racers:
            racer.turn(0.5)
    rates = {racer.name: racer.rate for racer in racers}
    ours, gymnasiums, envpools = (
        best(rates, "aann"),
        best(rates, "gymnasium"),
        best(rates, "envpool"),
    )
    ratios = {"aann": ours[0]}
    if gymnasiums[0]:
        ratios["times_gymnasium"] = ours[1] / gymnasiums[1]
    if envpools[0]:
        ratios["times_envpool"] = ours[1] / envpools[1]
    if as_json:
        print(json.dumps({"steps_per_second": rates, "best": ratios, "left_out": left_out}))
        return 0
    for name, rate in rates.items():
        print(f"{name:44} {rate:12,.0f} steps/s")
    print(f"\nbest with pictures: {ours[0]}")
    for which, rate in rates.items():
        if which in (gymnasiums[0], envpools[0], "gymnasium, gym.make"):
            print(f"  {ours[1] / rate:6.1f} times {which}")
    for line in left_out:
        print(f"left out: {line}")
    return 0


# ---- the same task -------------------------------------------------------------------------------


def compare(steps):
    """Gymnasium's CarRacing without its drawing, and ours, side by side until all steps are done."""
    from gymnasium.envs.box2d import car_racing

    from aann.gym import CarRacing, Expert

    black = np.zeros((96, 96, 3), np.uint8)
    car_racing.CarRacing._render = lambda self, mode: black
    theirs, ours, expert = car_racing.CarRacing(), CarRacing(pixels=False), Expert()
    generator = np.random.default_rng(0)
    done = different = tracks = laps = fields = 0
    began = time.perf_counter()
    while done < steps:
        seed = (
            2_000_000 + tracks if tracks % 3 else None
        )  # every third goes on with the random numbers
        if tracks == 0:
            seed = 1_999_999
        theirs.reset(seed=seed)
        ours.reset(seed=seed)
        points = np.array(theirs.track)  # last bits are the C library's sines there
        different += points.shape != ours.track.shape or not np.allclose(
            ours.track, points, rtol=0, atol=2e-12
        )
        tracks += 1
        manner, action = tracks % 5, np.zeros(3)
        for step in range(min(1000, steps - done)):
            if manner == 0:
                action = expert.act(ours)
            elif manner == 4:
                action = np.array([0, 0.3, 0])  # straight on, off the field
            elif step % [0, 1, 10, 40][manner] == 0:
                action = generator.uniform([-1, 0, 0], [1, 1, [0, 1, 0.1, 0.3][manner]])
            _, *wanted = theirs.step(action)
            _, *found = ours.step(action)
            hull, state = theirs.car.hull, ours.state
            there = (*hull.position, hull.angle, *hull.linearVelocity, theirs.tile_visited_count)
            here = (*state["position"], state["angle"], *state["velocity"], state["visited"])
            different += wanted != found or there != tuple(map(float, here))
            done += 1
            if wanted[1]:
                laps, fields = (
                    laps + wanted[3]["lap_finished"],
                    fields + (not wanted[3]["lap_finished"]),
                )
                break
    print(
        f"{tracks} tracks, {done} steps, {laps} laps finished, {fields} ends off the field: {different} differ "
        f"({time.perf_counter() - began:.0f} s)"
    )
    return 1 if different else 0


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=6.0, help="for each contender (6)")
    parser.add_argument(
        "--compare", type=int, metavar="STEPS", help="compare so many steps with Gymnasium's"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    return compare(options.compare) if options.compare else measure(options.seconds, options.json)


if __name__ == "__main__":
    sys.exit(main())
