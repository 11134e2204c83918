"""What the studies of drivers share: the program's answers, and laps in one line."""
import os
import subprocess
import sys

import numpy as np


def aann(*arguments):
    """The last line of what the program prints. $AANN is the program."""
    command = [os.environ.get("AANN", "build/aann"), *map(str, arguments)]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {result.returncode}")
    return result.stdout.splitlines()[-1]


def say(name, laps):
    """Prints what the laps say, as `aann drive --json` gives them."""
    rewards, finished = np.array(laps["rewards"]), np.array(laps["finished"])
    of_these = f" (mean of these {rewards[finished].mean():.1f})" if finished.any() else ""
    print(f"{name:12} mean {rewards.mean():6.1f}, sd {rewards.std(ddof=1):5.1f}, lowest {rewards.min():6.1f}, "
          f"{finished.sum()} of {len(finished)} laps finished{of_these}", flush=True)
