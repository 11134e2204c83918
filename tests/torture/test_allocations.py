"""A sample of what allocations.py does.

ctest-timeout: 300
"""

import os
import pathlib
import subprocess
import sys


def main():
    fault = pathlib.Path(os.environ["AANN_BINARY_DIR"]) / "tests" / "libaann_fault.so"
    if not fault.exists():
        print("skipped: no place for the library that makes calls fail (sanitizers, another system)")
        sys.exit(77)
    script = pathlib.Path(__file__).with_name("allocations.py")
    sys.exit(subprocess.run([sys.executable, script, "--fault", fault], check=False).returncode)


if __name__ == "__main__":
    main()
