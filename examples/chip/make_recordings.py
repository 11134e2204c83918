#!/usr/bin/env python3
"""Makes recordings.csv, new.csv and live.csv: three axes of an accelerometer on a wrist, 50 readings a second.

    python3 make_recordings.py [FOLDER]

Nobody moved for this: the readings are computed. How fast and how far the axes swing is the activity, each person has a
pace and a way to wear the sensor, and there is noise. Eight people are in recordings.csv, with the activity of each row,
a ninth in new.csv; in live.csv a tenth does one thing after another, and nothing says what. Needs nothing but Python.
"""
import math
import pathlib
import random
import sys

ACTIVITIES = {"still": (0.0, 0.05), "walk": (3.5, 2.0), "run": (8.0, 3.5)}  # swings a second, metres per second squared
PEOPLE = ["anna", "ben", "carla", "dora", "eva", "finn", "hanna", "ivan"]
RATE = 50


def person(name):
    """Pace, strength, and the direction in which gravity pulls."""
    draw = random.Random(name)
    turn = draw.uniform(-0.1, 0.1)
    return draw.uniform(0.9, 1.1), draw.uniform(0.8, 1.25), (math.sin(turn), 0.3 * turn, math.cos(turn))


def readings(name, activity, seconds, draw):
    """Rows (ax, ay, az)."""
    pace, strength, gravity = person(name)
    rate, size = ACTIVITIES[activity]
    phase = draw.random()
    for i in range(int(seconds * RATE)):
        angle = 2 * math.pi * (rate * pace * i / RATE + phase)
        swing = [size * strength * math.sin(angle + axis * 1.9) + draw.gauss(0, 0.12) for axis in range(3)]
        yield [f"{9.81 * gravity[axis] + swing[axis]:.3f}" for axis in range(3)]


def recording(people, draw):
    """The lines of a table: when (in milliseconds), who, the three axes, and what was done."""
    lines = ["time,session,ax,ay,az,activity"]
    for name in people:
        now = 0
        for activity in ACTIVITIES:
            for row in readings(name, activity, 20, draw):
                lines.append(",".join([str(now), name, *row, activity]))
                now += 1000 // RATE
    return "\n".join(lines) + "\n"


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    draw = random.Random(1)
    (folder / "recordings.csv").write_text(recording(PEOPLE, draw), encoding="utf-8")
    lines = ["ax,ay,az"]
    for activity, seconds in (("still", 3), ("walk", 4), ("run", 4), ("still", 2), ("run", 3)):
        lines += [",".join(row) for row in readings("gina", activity, seconds, draw)]
    (folder / "live.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "new.csv").write_text(recording(["jana"], draw), encoding="utf-8")


if __name__ == "__main__":
    main()
