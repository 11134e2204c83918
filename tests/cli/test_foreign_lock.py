"""Another program's transaction on the study, open for longer than a study usually waits (ten seconds): whatever writes
waits for its end, says so once, and comes to the same members. Who stops it meanwhile gets an end, and an error.

ctest-labels: slow
ctest-timeout: 300
"""
import itertools
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

from program import PROGRAM, SEARCH, answer, hashes, made_study, main

STEPS = 100000
MEMBERS = ["--members", "2", "--steps", STEPS, "--threads", "2", "--quiet"]
FOREIGN_SECONDS = 13
SAYS = "another program has a transaction open"


numbers = itertools.count()


class Process:
    """The program at work; what it says can be read meanwhile."""

    def __init__(self, *arguments):
        self.path = f"said-{next(numbers)}"
        with open(self.path, "wb") as said:
            self.process = subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=said)

    def said(self):
        with open(self.path, encoding="utf-8") as file:
            return file.read()

    def is_told(self):
        """On a busy machine it takes a while until it stands before the lock, and has waited for two seconds."""
        end = time.monotonic() + 120
        while SAYS not in self.said():
            assert self.process.poll() is None and time.monotonic() < end, (self.process.args, self.said())
            time.sleep(0.05)

    def ends(self, status, times):
        """With this status, having said so many times that it waits or had to."""
        found = self.process.wait(timeout=120)
        assert found == status and self.said().count(SAYS) == times, (self.process.args, found, self.said())


def half_searched(study):
    """A study with a family that is not finished: searched for a moment."""
    assert not answer(*SEARCH, *MEMBERS, "--study", study, "--seconds", "0.1")["complete"]


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
    resumed = Process("resume", "resumed.aann", "--quiet", "--checkpoint-seconds", "0.05")
    walks = Process("walk", "walk.aann", *walk)
    finds = Process("path", "path.aann", *path)
    stopped = Process("resume", "stopped.aann", "--quiet")
    stopped_walk = Process("walk", "stopped_walk.aann", *walk)
    grows = Process("resume", "grown.aann", "--members", "3", "--quiet")
    imports = Process("import", "member.npz", *SEARCH[1:-2], "--study", "imported.aann", "--quiet")
    compares = Process("geometry", "compared.aann", "--json")
    everything = (resumed, walks, finds, stopped, stopped_walk, grows, imports, compares)
    for process in everything:
        process.is_told()
    time.sleep(FOREIGN_SECONDS)
    for process in everything:
        assert process.process.poll() is None, process.said()
    for process in (stopped, stopped_walk):
        process.process.send_signal(signal.SIGTERM)
    for process in (stopped, stopped_walk):
        process.ends(1, 2)
    for lock in locks:
        lets_go(lock)
    for process in (resumed, walks, finds, grows, imports, compares):
        process.ends(0, 1)
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
