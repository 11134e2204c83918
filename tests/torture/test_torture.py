"""Most of a minute of torture.py; scripts/torture.sh does more of it.

ctest-labels: slow
ctest-timeout: 600
"""

import os
import pathlib
import subprocess
import sys

SECONDS = 45


def main():
    fault = pathlib.Path(os.environ["AANN_BINARY_DIR"]) / "tests" / "libaann_fault.so"
    if not fault.exists():
        print(
            "skipped: no place for the library that makes calls fail (sanitizers, another system)"
        )
        sys.exit(77)
    torture = pathlib.Path(__file__).with_name("torture.py")
    sys.exit(
        subprocess.run(
            [sys.executable, torture, "--fault", fault, "--seconds", str(SECONDS)], check=False
        ).returncode
    )


if __name__ == "__main__":
    main()
