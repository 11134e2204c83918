"""The paper's driver as exported C drives as aann drive does: the same reward, to the last bit, in as many steps. It has
to act in each of some hundred pictures as the original does."""
# ctest-timeout: 600
# ctest-needs: cli
import json
import os
import pathlib
import subprocess
import sys

from networks import good
from program import SOURCE, answer, main

BINARY = pathlib.Path(os.environ["AANN_BINARY_DIR"])


def build(*exported):
    """The program ./driver from an exported network; its model in driver.aannm."""
    good("export", "c", *exported, "--out", "driver.h")
    subprocess.run([os.environ.get("CC", "cc"), "-std=c17", "-O2", "-I", SOURCE / "include", "-I", ".",
                    SOURCE / "tests" / "export" / "driver.c", BINARY / "libaann.a", "-lm", "-lpthread", "-o", "./driver"],
                   check=True, timeout=120)


def drive(track):
    """What the exported network gets there, and what aann drive gets."""
    done = subprocess.run(["./driver", str(track), "driver.aannm"], capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout), answer("drive", "driver.aannm", "--tracks", f"{track}:{track + 1}")


def test_a_drive():
    """A driver that learnt for a moment only, and ends in the grass."""
    answer("car", "record", "--episodes", 2, "--every", 15, "--out", "drives.npz")
    good("search", "carracing", "--data", "drives.npz", "--steps", 1500, "--members", 1, "--output-scale", 8, "--study",
         "d.aann", "--quiet")
    good("save", "d.aann", 1, "--out", "driver.aannm")
    build("d.aann", 1)
    for track in (1000, 1003):
        own, original = drive(track)
        assert original["rewards"] == [own["reward"]], (own, original)
        assert own["steps"] > 50, f"{own}: too short a drive to say anything"


def test_a_lap():
    """The gallery's driver finishes its lap on a chip's integers."""
    good("gallery", "driver", "--out", "driver.aannm")
    build("gallery:driver")
    own, original = drive(1007)
    assert original["rewards"] == [own["reward"]] and own["reward"] > 900, (own, original)
    assert own["steps"] < 1000, own


if __name__ == "__main__":
    if os.environ.get("AANN_SANITIZE") or not (BINARY / "libaann.a").exists():
        print("skipped: the program of the test needs the static library, without sanitizers")
        sys.exit(77)
    main(globals())
