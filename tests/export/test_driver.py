"""The paper's driver as exported C drives as aann drive does: the same reward, to the last bit, in as many steps.

The driver learns for a moment only. It has to act in each of some hundred pictures as the original does."""
# ctest-timeout: 600
# ctest-needs: cli
import json
import os
import pathlib
import subprocess
import sys

import numpy

from networks import good
from program import SOURCE, answer, main

BINARY = pathlib.Path(os.environ["AANN_BINARY_DIR"])
TRACKS = (1000, 1003)


def test_a_drive():
    answer("car", "record", "--episodes", 2, "--every", 15, "--out", "drives.npz")
    good("search", "carracing", "--data", "drives.npz", "--steps", 1500, "--members", 1, "--output-scale", 8, "--study",
         "d.aann", "--quiet")
    good("export", "c", "d.aann", 1, "--out", "driver.h")
    good("weights", "d.aann", 1, "--npz", "w.npz")
    weights = numpy.load("w.npz")
    numbers = [repr(float(number)) for name in ("target_mean", "target_scale") for number in weights[name]]
    subprocess.run([os.environ.get("CC", "cc"), "-std=c17", "-O2", "-I", SOURCE / "include", "-I", ".",
                    SOURCE / "tests" / "export" / "driver.c", BINARY / "libaann.a", "-lm", "-lpthread", "-o", "./driver"],
                   check=True, timeout=120)
    for track in TRACKS:
        done = subprocess.run(["./driver", str(track), *numbers, str(127 * 8)], capture_output=True, text=True, check=True,
                              timeout=120)
        own, original = json.loads(done.stdout), answer("drive", "d.aann", 1, "--tracks", f"{track}:{track + 1}")
        assert original["rewards"] == [own["reward"]], (own, original)
        assert own["steps"] > 50, f"{own}: too short a drive to say anything"


if __name__ == "__main__":
    if os.environ.get("AANN_SANITIZE") or not (BINARY / "libaann.a").exists():
        print("skipped: the program of the test needs the static library, without sanitizers")
        sys.exit(77)
    main(globals())
