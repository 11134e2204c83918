"""Another program's transaction on the study, open for longer than a study usually waits (ten seconds): whatever writes
waits for its end, says so once, and comes to the same members. Who stops it meanwhile gets an end, and an error.

ctest-labels: slow
ctest-timeout: 300
"""
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

from program import PROGRAM, SEARCH, answer, hashes, made_study, main

STEPS = 4000 if os.environ.get("AANN_SANITIZE") else 20000
MEMBERS = ["--members", "2", "--steps", STEPS, "--threads", "2", "--quiet"]
FOREIGN_SECONDS = 13
SAYS = "another program has a transaction open"


def start(*arguments):
    return subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def half_searched(study):
    """A study with a family that is not finished: searched for a moment."""
    process = start(*SEARCH, *MEMBERS, "--study", study, "--checkpoint-seconds", "0.05")
    for _ in range(2000):
        if os.path.exists(study) and subprocess.run([PROGRAM, "list", study, "--json"], capture_output=True,
                                                    check=False).stdout.count(b'"hash"') == 2:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 1


def take_lock(study):
    connection = sqlite3.connect(study, isolation_level=None, timeout=10)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def kept_predictions(study):
    connection = sqlite3.connect(study)
    count = connection.execute("SELECT count(*) FROM prediction").fetchone()[0]
    connection.close()
    return count


def lets_go(connection):
    connection.execute("ROLLBACK")
    connection.close()


def ends(process, status, says):
    """The process ends with this status; its messages say `says` once."""
    _, messages = process.communicate(timeout=120)
    assert process.returncode == status, (process.returncode, messages)
    assert messages.count(says) == 1, messages
    return messages


def test_waits():
    """A search, a walk, a path and the corrections' kind of start (a new family) in the way of one lock each."""
    answer(*SEARCH, *MEMBERS, "--study", "whole.aann")
    half_searched("resumed.aann")
    made_study("walk.aann", *SEARCH, *MEMBERS)
    for name in ("plain_walk", "path", "plain_path", "stopped_walk", "grown", "imported", "compared"):
        shutil.copy("walk.aann", f"{name}.aann")
    walk = [1, "--threshold", "20", "--members", "3", "--every", "20", "--quiet"]
    path = [1, 2, "--points", "3", "--repairs", "10", "--draws", "1", "--quiet"]
    expected_walk = answer("walk", "plain_walk.aann", *walk)["members"]
    answer("path", "plain_path.aann", *path)
    half_searched("stopped.aann")
    answer("weights", "walk.aann", 1, "--npz", "member.npz")
    names = ("resumed", "walk", "path", "stopped", "stopped_walk", "grown", "imported", "compared")
    locks = [take_lock(f"{name}.aann") for name in names]
    resumed = start("resume", "resumed.aann", "--quiet", "--checkpoint-seconds", "0.05")
    walks = start("walk", "walk.aann", *walk)
    finds = start("path", "path.aann", *path)
    stopped = start("resume", "stopped.aann", "--quiet")
    stopped_walk = start("walk", "stopped_walk.aann", *walk)
    grows = start("resume", "grown.aann", "--members", "3", "--quiet")
    imports = start("import", "member.npz", *SEARCH[1:-2], "--study", "imported.aann", "--quiet")
    compares = start("geometry", "compared.aann", "--json")
    time.sleep(FOREIGN_SECONDS)
    for process in (resumed, walks, finds, stopped, stopped_walk, grows, imports, compares):
        assert process.poll() is None, process.communicate()
    for process in (stopped, stopped_walk):
        process.send_signal(signal.SIGTERM)
    for process in (stopped, stopped_walk):
        messages = process.communicate(timeout=60)[1]
        assert process.returncode == 1 and messages.count(SAYS) == 2, (process.returncode, messages)
    for lock in locks:
        lets_go(lock)
    ends(resumed, 0, SAYS)
    ends(walks, 0, SAYS)
    ends(finds, 0, SAYS)
    for process in (grows, imports, compares):
        ends(process, 0, SAYS)
    assert len(hashes("grown.aann")) == 3 and len(answer("list", "imported.aann")["families"]) == 2
    assert kept_predictions("compared.aann") == 2
    assert hashes("resumed.aann") == hashes("whole.aann")
    answer("resume", "stopped.aann", "--quiet")
    assert hashes("stopped.aann") == hashes("whole.aann")
    found = answer("walk", "walk.aann", *walk)["members"]
    assert [member["hash"] for member in found] == [member["hash"] for member in expected_walk]
    assert hashes("path.aann") == hashes("plain_path.aann")


if os.environ.get("AANN_SANITIZE"):
    print("skipped: the work would still be going on when the other program is done")
    sys.exit(77)
main(globals())
