"""Connections: the same after kills and on any number of threads, tops that can be evaluated, and what is refused.

ctest-timeout: 300
"""
import os
import subprocess
import time

from program import PROGRAM, SEARCH, answer, good, interrupted, made_study, main, refused, without_sanitizers

STEPS = ["--steps", "6000", "--threads", "2", "--quiet"]
FEW = ["--candidates", 4, "--repairs", 4, "--doublings", 2, "--tolerance", 0.02]


def make_study(name="a.aann"):
    return made_study(name, *SEARCH, *STEPS, "--members", 4)["members"]


def without_ids(found):
    return {**found, "study": "", "paths": [{**path, "top": 0} for path in found["paths"]],
            "levels": [{**level, "top": 0} for level in found["levels"]]}


def test_connect():
    members = make_study()
    found = answer("connect", "a.aann", *FEW, "--quiet", "--pictures", "pictures", "--csv", "paths.csv")
    assert found["complete"] and found["left"] == 0 and len(found["levels"]) == 3
    assert [m["id"] for m in found["members"]] == [m["id"] for m in sorted(members, key=lambda m: m["train_loss"])]
    assert found["whole"] == found["levels"][-1]["loss"] and found["levels"][-1]["largest"] == 4
    assert found["half"] == found["levels"][0]["loss"] and found["levels"][0]["components"] == 3
    assert [level["loss"] for level in found["levels"]] == sorted(level["loss"] for level in found["levels"])
    for path in found["paths"]:
        assert path["loss"] >= path["floor"]
        scored = answer("eval", "a.aann", path["top"], "--split", "train")
        assert abs(scored["loss"] - path["loss"]) < 1e-5 and scored["accuracy"] == path["train_accuracy"]
        assert answer("eval", "a.aann", path["top"], "--split", "test")["accuracy"] == path["test_accuracy"]
    stored = answer("list", "a.aann")["families"][0]["members"][4:]
    assert len(stored) == found["attempts"] and all(member["origin"] == "top" for member in stored)
    assert sorted(os.listdir("pictures")) == ["barriers.png", "barriers.svg", "percolation.png", "percolation.svg"]
    with open("paths.csv") as file:
        assert len(file.readlines()) == len(found["paths"]) + 1
    text = good("connect", "a.aann", "--show")
    assert "upper bounds" in text and "all at" in text
    shown = answer("connect", "a.aann", "--show", *FEW)
    assert {**shown, "constant_loss": found["constant_loss"]} == found


@without_sanitizers
def test_killed_and_threads():
    """Killed again and again, on one thread or three, with another instruction set: the same paths."""
    make_study()
    whole = answer("connect", "a.aann", *FEW, "--quiet", "--threads", 1)
    make_study("b.aann")
    other = answer("connect", "b.aann", *FEW, "--quiet", "--threads", 3, "--isa", "baseline")
    assert without_ids(other) == without_ids(whole)
    make_study("c.aann")
    for wait in (0.2, 0.3, 0.4):
        process = subprocess.Popen([PROGRAM, "connect", "c.aann", *map(str, FEW), "--quiet"], stdout=subprocess.DEVNULL)
        time.sleep(wait)
        process.kill()
        process.wait()
    assert without_ids(answer("connect", "c.aann", *FEW, "--quiet")) == without_ids(whole)


@without_sanitizers
def test_stopped():
    """Ctrl-C keeps the paths that are whole; so does a limit."""
    make_study()
    status, output, messages = interrupted("connect", "a.aann", "--repairs", 100000000, "--quiet", "--json")
    assert status == 1 and "goes on" in messages and '"attempts": 0' in output.replace(":0", ": 0"), output
    limited = answer("connect", "a.aann", "--seed", 2, *FEW, "--quiet", "--paths", 2)
    assert limited["attempts"] == 2 and limited["left"] == 1 and not limited["complete"]
    assert limited["whole"] is None


def test_independent_members_only():
    """Neither way-points nor tops are connected, and paths of other settings need another seed."""
    make_study()
    answer("path", "a.aann", 1, 2, "--points", 3, "--repairs", 5, "--candidates", 4, "--draws", 1, "--quiet")
    found = answer("connect", "a.aann", *FEW, "--quiet")
    assert len(found["members"]) == 4
    assert len(answer("connect", "a.aann", "--quiet", "--doublings", 0)["members"]) == 4  # the kept settings
    refused(2, "another seed", "connect", "a.aann", "--repairs", 5)
    assert len(answer("connect", "a.aann", "--show", "--members", 3)["members"]) == 3


def test_refused():
    make_study()
    refused(1, "nowhere.aann", "connect", "nowhere.aann")
    refused(2, "too few arguments", "connect")
    refused(2, "--members: '1'", "connect", "a.aann", "--members", 1)
    refused(2, "4 finished members that were searched: expected 9", "connect", "a.aann", "--members", 9)
    refused(2, "--repairs: '0'", "connect", "a.aann", "--repairs", 0)
    refused(1, "no family 3", "connect", "a.aann", "--family", 3)


if __name__ == "__main__":
    main(globals())
