"""Makes one allocation fail, then the next, through whole commands: out of memory says out of memory.

    allocations.py --aann build/aann --fault build/tests/libaann_fault.so [--every N] [--first N] [--only NAME]

For every N-th allocation of each command (1: all of them) the command runs once with that allocation failing. It must
end with status 0, or with status 1 and one line that begins with "aann: "; by no signal, and within a minute. Without
--every, a sample of about a dozen allocations of each command is taken, evenly spread. The last line is
"N passed, N failed".
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SAMPLE = 12  # of each command, where nothing else is said
LIMIT = 60


def run(program, arguments, folder, environment=None):
    """Status, standard error; status None if it did not end."""
    try:
        done = subprocess.run([program, *map(str, arguments)], cwd=folder, capture_output=True, text=True, check=False,
                              timeout=LIMIT, errors="backslashreplace", env={**os.environ, **(environment or {})})
        return done.returncode, done.stderr
    except subprocess.TimeoutExpired:
        return None, ""


def prepare(program, folder):
    rows = "".join(f"{i * 7 % 11}.5,{i * 5 % 13},{i % 2}\n" for i in range(120))
    (folder / "d.csv").write_text("a,b,label\n" + rows, encoding="ascii")
    search = ["search", "--data", "d.csv", "--test", "d.csv", "--net", "4-2", "--sparsity", 50,
              "--steps", 200, "--threads", 1, "--quiet"]
    status, message = run(program, [*search, "--study", "s.aann"], folder)
    assert status == 0, message
    return {
        "list": ["list", "s.aann"],
        "show": ["show", "s.aann", 1],
        "eval": ["eval", "s.aann", 1],
        "data": ["data", "show", "d.csv"],
        "search": [*search, "--study", "new.aann"],
        "resume": ["resume", "s.aann", "--members", 2, "--threads", 1, "--quiet"],
        "save": ["save", "s.aann", 1, "--out", "m.aannm"],
        "export": ["export", "onnx", "s.aann", 1, "--out", "m.onnx"],
        "predict": ["predict", "s.aann", 1, "--data", "d.csv"],
        "walk": ["walk", "s.aann", 1, "--threshold", 20, "--members", 1, "--every", 3, "--steps", 300, "--threads", 1,
                 "--quiet"],
    }


def allocations(program, fault, arguments, folder):
    """How many there are, undisturbed."""
    counts = folder / "counts"
    status, message = run(program, arguments, folder, {"LD_PRELOAD": fault, "AANN_FAULT_COUNTS": str(counts)})
    assert status == 0, message
    return next(int(line.split()[1]) for line in counts.read_text().splitlines() if line.startswith("memory "))


def written(arguments, folder):
    """The bytes of the file that a command writes; None: it writes none."""
    path = folder / arguments[arguments.index("--out") + 1] if "--out" in arguments else None
    return path.read_bytes() if path is not None and path.exists() else None


def problem(status, message):
    """What is wrong with this end; None if nothing is."""
    lines = message.splitlines()
    if status is None:
        return f"not finished after {LIMIT} s"
    if status not in (0, 1):
        return f"exit status {status}: {message[-300:]!r}"
    if status == 1 and not (lines and lines[-1].startswith("aann: ")):
        return f"no line that begins with aann: {message[-300:]!r}"
    return None


def sweep(program, fault, name, arguments, base, options):
    """Passed and failed runs of one command, each in a fresh copy of the base folder."""
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="aann-allocations-") as scratch:
        folder = pathlib.Path(scratch) / "run"
        shutil.copytree(base, folder)
        count = allocations(program, fault, arguments, folder)
        expected = written(arguments, folder)
        every = options.every or max(1, count // SAMPLE)
        for call in range(options.first, count + 1, every):
            shutil.rmtree(folder)
            shutil.copytree(base, folder)
            environment = {"LD_PRELOAD": fault, "AANN_FAULT": f"memory:{call}"}
            status, message = run(program, arguments, folder, environment)
            wrong = problem(status, message)
            if status == 0 and written(arguments, folder) != expected:
                wrong = "status 0, but another file than with memory"
            if wrong is not None:
                print(f"FAILED: {name}, allocation {call} of {count}: {wrong}", flush=True)
                failed += 1
            else:
                passed += 1
    print(f"{name}: {count} allocations, {passed + failed} made to fail, {failed} wrong", flush=True)
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--aann", default=os.environ.get("AANN", "build/aann"))
    parser.add_argument("--fault", default="build/tests/libaann_fault.so")
    parser.add_argument("--every", type=int, default=0)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--only")
    options = parser.parse_args()
    program, fault = os.path.abspath(options.aann), os.path.abspath(options.fault)
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="aann-allocations-") as base:
        commands = prepare(program, pathlib.Path(base))
        for name, arguments in commands.items():
            if options.only in (None, name):
                result = sweep(program, fault, name, arguments, base, options)
                passed, failed = passed + result[0], failed + result[1]
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
