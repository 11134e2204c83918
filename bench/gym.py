#!/usr/bin/env python3
"""How fast aann/CarRacing-v3 is beside Gymnasium's and EnvPool's, in one run; and whether it is the same task.

    python3 -m venv /tmp/gym && /tmp/gym/bin/pip install . "gymnasium[box2d]" envpool
    chrt -r 1 /tmp/gym/bin/python bench/gym.py              rates, about three minutes
    chrt -r 1 /tmp/gym/bin/python bench/gym.py --one-core   the same on one processor
    /tmp/gym/bin/python bench/gym.py --compare 100000       tracks, rewards, ends of so many steps against Gymnasium's

Every environment drives the same uniformly random actions, with automatic resets. The contenders take turns of half a
second, so that other programs on the machine slow all of them down alike; a rate is all steps over all seconds on the
clock. `road` rows replay laps of the expert instead: more of the picture changes than around the start. EnvPool draws
its own tracks, so no lap can be replayed there. What is not installed is left out and said. Pictures are exact, Gymnasium's
to the byte, where `near` is not said.
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


def gymnasiums(laps, processors):
    """Of Gymnasium, one alone and one in each process."""
    import Box2D  # noqa: F401
    import gymnasium as gym
    import pygame  # noqa: F401

    yield Contender("gymnasium, gym.make", lambda: gym.make("CarRacing-v3"))
    yield Contender("gymnasium, gym.make, road", lambda: gym.make("CarRacing-v3"), None, laps)
    if processors > 1:
        yield Contender(
            f"gymnasium, AsyncVectorEnv, {processors} processes",
            lambda: gym.make_vec("CarRacing-v3", num_envs=processors, vectorization_mode="async"),
            processors,
        )


def envpools(_laps, processors):
    import envpool

    for cars in (1, 8, 64):
        for threads in sorted({1, processors}) if cars > 1 else [1]:
            yield Contender(
                f"envpool, {cars} cars, {threads} threads",
                lambda cars=cars, threads=threads: envpool.make_gymnasium(
                    "CarRacing-v3", num_envs=cars, num_threads=threads
                ),
                cars,
            )


def ours(laps, processors):
    import gymnasium as gym

    import aann.gym  # noqa: F401

    yield Contender("aann, gym.make", lambda: gym.make(ID))
    yield Contender("aann, gym.make, road", lambda: gym.make(ID), None, laps)
    yield Contender("aann, gym.make, near", lambda: gym.make(ID, picture="near"))
    yield Contender("aann, gym.make, pixels=False", lambda: gym.make(ID, pixels=False))
    threads = sorted({1, processors})
    for count in threads:
        yield vector(f"aann, 8 cars, {count} threads", 8, count)
    for count in threads:
        name = f"aann, 64 cars, {count} threads"
        yield vector(name, 64, count)
        yield vector(f"{name}, road", 64, count, laps=laps)
        yield vector(f"{name}, near", 64, count, picture="near")
        yield vector(f"{name}, near, road", 64, count, laps=laps, picture="near")
        yield vector(f"{name}, pixels=False", 64, count, pixels=False)


def contenders(left_out, processors):
    found, laps = [], expert_laps()
    for kind, needs in ((gymnasiums, "gymnasium[box2d]"), (envpools, "envpool"), (ours, "aann")):
        try:
            found += kind(laps, processors)
        except ImportError:
            left_out.append(f"{needs}: not installed")
    return found


def vector(name, cars, threads, laps=None, **how):
    import gymnasium as gym

    def make():
        return gym.make_vec(ID, num_envs=cars, threads=threads, **how)

    return Contender(name, make, cars, laps)


def best(rates, begins, without=()):
    """The fastest contender around the start whose pictures are seen, and its rate."""
    chosen = {
        name: rate
        for name, rate in rates.items()
        if name.startswith(begins)
        and not any(w in name for w in ("pixels=False", "road", *without))
    }
    return max(chosen.items(), key=lambda item: item[1], default=(None, 0.0))


def measure(seconds, as_json, one_core):
    left_out = []
    if one_core:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    racers = contenders(left_out, len(os.sched_getaffinity(0)))
    for _ in range(max(1, round(seconds / 0.5))):
        for racer in racers:
            racer.turn(0.5)
    rates = {racer.name: racer.rate for racer in racers}
    peers = [best(rates, name)[0] for name in ("gymnasium", "envpool")]
    peers = sorted({name for name in [*peers, "gymnasium, gym.make"] if name in rates})
    winners = [best(rates, "aann", without=["near"])[0], best(rates, "aann")[0]]
    ratios = {name: {peer: rates[name] / rates[peer] for peer in peers} for name in winners}
    if as_json:
        print(json.dumps({"steps_per_second": rates, "ratios": ratios, "left_out": left_out}))
        return 0
    for name, rate in rates.items():
        print(f"{name:44} {rate:12,.0f} steps/s")
    for name, of_peers in ratios.items():
        print(f"\n{name}")
        for peer, ratio in of_peers.items():
            print(f"  {ratio:6.1f} times {peer}")
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
    parser.add_argument("--one-core", action="store_true", help="all on one processor")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.compare:
        return compare(options.compare)
    return measure(options.seconds, options.json, options.one_core)


if __name__ == "__main__":
    sys.exit(main())
