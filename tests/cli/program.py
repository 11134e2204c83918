"""What the tests of the program share: running it, its JSON, and the small sample of MNIST.

A test is a function called test_...; main() runs all of a module in a folder of its own and says which failed.
"""
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback

SOURCE = pathlib.Path(os.environ.get("AANN_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
PROGRAM = os.environ.get("AANN", str(SOURCE / "build" / "aann"))
SAMPLES = SOURCE / "tests" / "fixtures" / "mnist"
TRAIN = str(SAMPLES / "train-images-idx3-ubyte.gz")
TEST = str(SAMPLES / "t10k-images-idx3-ubyte.gz")
NET = "4C5s2-MP2-6C3-MP2-10"
SANITIZED = bool(os.environ.get("AANN_SANITIZE"))

# A search that takes about a second, and everything but --study.
SEARCH = ["search", "--data", TRAIN, "--test", TEST, "--net", NET, "--sparsity", "60", "--seed", "3"]


def run(*arguments, **options):
    """The finished process, with its output as text."""
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=300,
                          check=False, **options)


def good(*arguments, **options):
    """The standard output of a run that has to succeed."""
    result = run(*arguments, **options)
    assert result.returncode == 0, f"{arguments}: exit status {result.returncode}: {result.stderr}"
    return result.stdout


def answer(*arguments, **options):
    """The JSON object in the last line of a run that has to succeed."""
    return json.loads(good(*arguments, "--json", **options).splitlines()[-1])


def threshold_answer(*arguments, missed=None):
    """The JSON of a search with a threshold; its exit status is 3 exactly if a member missed it."""
    result = run(*arguments, "--json")
    found = json.loads(result.stdout.splitlines()[-1])
    assert result.returncode == (3 if any(member["state"] == "failed" for member in found["members"]) else 0), result
    assert missed is None or (result.returncode == 3) == missed, result
    return found


def refused(status, pattern, *arguments, **options):
    """A run that has to fail with this exit status, no output, and exactly one line that matches."""
    result = run(*arguments, **options)
    lines = result.stderr.splitlines()
    assert result.returncode == status, f"{arguments}: exit status {result.returncode}, not {status}: {result.stderr}"
    assert len(lines) == 1 and lines[0].startswith("aann: "), f"{arguments}: not one line: {result.stderr!r}"
    assert re.search(pattern, lines[0]), f"{arguments}: {lines[0]!r} does not match {pattern!r}"
    assert result.stdout == "", f"{arguments}: wrote {result.stdout!r}"
    return lines[0]


def catches(pid, number):
    """Whether a process has a handler for a signal."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"^SigCgt:\s*(\w+)", file.read(), re.MULTILINE)[1], 16) >> (number - 1) & 1


def interrupted(*arguments):
    """Exit status, output and messages of a run that gets Ctrl-C half a second after it has begun to listen for it."""
    process = subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while not catches(process.pid, signal.SIGINT) and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    try:
        output, messages = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return process.returncode, output, messages


_made = {}


def made_study(name, *arguments):
    """A study as this search makes it, and its JSON. Many tests begin with the same one: it is searched for once."""
    key = tuple(map(str, arguments))
    if key not in _made:
        result = answer(*arguments, "--study", name)
        with open(name, "rb") as file:
            _made[key] = file.read(), result
    content, result = _made[key]
    with open(name, "wb") as file:
        file.write(content)
    return result


def hashes(study):
    """The members' hashes in order of id, of the study's last family."""
    return [member["hash"] for member in answer("list", study)["families"][-1]["members"]]


def without_sanitizers(test):
    """Marks a test of what long searches learn, of gigabytes, or of equal results of many runs. Under a sanitizer it takes
    ten times as long, and finds nothing that the other tests do not: it is left out there."""
    test.without_sanitizers = True
    return test


def processor_seconds():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main(module):
    """Runs the tests of a module; says how long processors worked for each, the program's own work included."""
    failed = 0
    for name, function in list(module.items()):
        if not name.startswith("test_") or (SANITIZED and hasattr(function, "without_sanitizers")):
            continue
        with tempfile.TemporaryDirectory(prefix="aann-cli-") as folder:
            os.chdir(folder)
            before = processor_seconds()
            try:
                function()
                print(f"passed: {name} ({processor_seconds() - before:.1f} s)", flush=True)
            except Exception:  # pylint: disable=broad-except
                traceback.print_exc()
                print(f"FAILED: {name}", flush=True)
                failed += 1
            os.chdir("/")
    sys.exit(1 if failed else 0)
