"""Walks: what they record, that nothing but their plan matters, and what is refused.

ctest-timeout: 300
"""
import os
import random
import shutil
import signal
import subprocess
import time

from program import PROGRAM, SEARCH, answer, good, made_study, main, refused, run

STEPS = ["--steps", "20000", "--threads", "2", "--quiet"]
WALK = ["--threshold", "50", "--members", "6", "--every", "20", "--quiet"]


def make_study(name="a.aann"):
    return made_study(name, *SEARCH, *STEPS, "--members", 2)


def fields(walk):
    return [{key: value for key, value in member.items() if key not in ("id", "parent", "seconds")}
            for member in walk["members"]]


def test_members():
    """Recorded members pass, lie ever farther, have the family's counts and their lineage."""
    family = make_study()
    walk = answer("walk", "a.aann", 1, *WALK)
    assert walk["state"] == "complete" and len(walk["members"]) == 6 and walk["start"] == 1
    parent, swaps, distance = 1, 0, 0
    for index, member in enumerate(walk["members"]):
        swaps += member["swaps_from_parent"]
        assert member["origin"] == "walk" and member["state"] == "done" and member["index"] == index
        assert member["parent"] == parent and member["swaps"] == swaps and member["swaps_from_parent"] >= 20
        assert swaps + distance // 2 >= 0 and distance < member["distance"] <= 2 * swaps
        assert member["matched"] <= member["distance"]
        assert abs(member["of_chance"] - member["distance"] / walk["chance_mean"]) < 1e-12
        assert member["validation_accuracy"] >= 0.5
        for split in ("validation", "test"):
            scored = answer("eval", "a.aann", member["id"], "--split", split)
            assert abs(scored["accuracy"] - member[f"{split}_accuracy"]) < 1e-12
        parent, distance = member["id"], member["distance"]
    listed = answer("list", "a.aann")["families"][0]
    assert listed["layers"] == family["layers"] and len(listed["members"]) == 8
    assert listed["options"]["walks"] == [{"start": 1, "seed": 1, "members": 6, "every": 20, "steps": 200000,
                                           "threshold": 0.5, "loss": 0.0}]
    text = good("walk", "a.aann", 1, "--quiet", "--csv", "walk.csv")
    assert "of what chance gives" in text
    with open("walk.csv", encoding="utf-8") as file:
        lines = file.read().splitlines()
    assert len(lines) == 7 and lines[1].split(",")[3] == str(walk["members"][0]["distance"])
    assert answer("walk", "a.aann", 1, "--quiet")["members"] == walk["members"]


def test_distance_by_numpy():
    try:
        import numpy
    except ImportError:
        return
    make_study()
    walk = answer("walk", "a.aann", 2, *WALK)
    assert answer("weights", "a.aann", 2, "--npz", "start.npz")
    start = numpy.load("start.npz")
    for member in walk["members"]:
        answer("weights", "a.aann", member["id"], "--npz", "member.npz")
        weights = numpy.load("member.npz")
        assert sum(int((weights[name] != start[name]).sum()) for name in start.files) == member["distance"]
        for name in start.files:
            assert sorted(weights[name].flat) == sorted(start[name].flat)


def test_nothing_else_matters():
    """Threads, instruction sets, the number in the study, growing step by step."""
    make_study()
    whole = answer("walk", "a.aann", 1, *WALK, "--threads", 1)
    make_study("b.aann")
    answer(*SEARCH, *STEPS, "--members", 2, "--study", "b.aann", "--seed", 8)
    answer("walk", "b.aann", 1, "--threshold", 50, "--members", 2, "--every", 20, "--quiet", "--threads", 3)
    answer("walk", "b.aann", 2, "--threshold", 50, "--members", 2, "--every", 20, "--quiet")
    longer = answer("walk", "b.aann", 1, "--members", 6, "--quiet", "--isa", "baseline")
    assert fields(longer) == fields(whole)
    other = answer("walk", "b.aann", 1, *WALK, "--seed", 2)
    assert fields(other)[0]["hash"] != fields(whole)[0]["hash"]


def test_interrupted():
    """kill -9 and Ctrl-C at random moments, and resumed by either command."""
    make_study()
    shutil.copy("a.aann", "start.aann")
    shutil.copy("a.aann", "b.aann")
    plan = ["--threshold", "45", "--members", "7", "--every", "40", "--steps", "20000", "--quiet"]
    begin = time.monotonic()
    whole = answer("walk", "a.aann", 1, *plan)
    takes = time.monotonic() - begin
    generator = random.Random(2)
    kills = 0
    for attempt in range(60):
        command = ["walk", "b.aann", "1", *plan] if attempt % 2 == 0 else ["resume", "b.aann", "--quiet"]
        process = subprocess.Popen([PROGRAM, *command, "--checkpoint-seconds", "0.02", "--threads", str(1 + attempt % 3)],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(takes * generator.uniform(0.2, 0.7))
        number = signal.SIGKILL if attempt % 3 else signal.SIGINT
        process.send_signal(number)
        _, messages = process.communicate(timeout=60)
        kills += process.returncode == -number or (process.returncode == 1 and "aann resume b.aann" in messages)
        if process.returncode == 0 and kills > 0 and command[0] == "walk":  # resume may have found nothing to resume
            break
        if process.returncode == 0 and kills == 0:  # the machine had been slower when the time was taken: from the start, sooner
            shutil.copy("start.aann", "b.aann")
            takes /= 2
    assert kills > 0
    answer("resume", "b.aann", "--quiet")
    result = answer("walk", "b.aann", 1, *plan)  # the plan again: every kill may have come before it was stored
    assert result["state"] == whole["state"] and fields(result) == fields(whole), kills


def test_stuck():
    """Out of candidates: what was reached counts if it passes, and the walk is over."""
    make_study()
    walk = answer("walk", "a.aann", 1, "--threshold", 50, "--members", 3, "--every", 1000, "--steps", 500, "--quiet")
    assert walk["state"] == "stuck" and len(walk["members"]) == 1, walk
    assert walk["members"][0]["steps"] == 500
    again = answer("walk", "a.aann", 1, "--quiet")
    assert again["members"] == walk["members"]
    assert answer("resume", "a.aann", "--quiet")["complete"]
    assert "stuck" in good("walk", "a.aann", 1, "--quiet")


def test_regression():
    """A task without accuracies walks within a bound on the loss."""
    with open("train.csv", "w", encoding="utf-8") as file:
        file.write("a,b,c,y\n" + "".join(f"{i % 9},{i % 4},{i % 5},{(i % 9) / 4 - 1}\n" for i in range(300)))
    answer("search", "--data", "train.csv", "--target-columns", "y", "--net", "12-1", "--sparsity", "50", "--steps", 2000,
           "--study", "r.aann", "--quiet")
    loss = answer("list", "r.aann")["families"][0]["members"][0]["train_loss"]
    refused(2, "is a regression and has no accuracy", "walk", "r.aann", 1, "--threshold", 50)
    refused(2, "above the bound", "walk", "r.aann", 1, "--loss", loss / 2)
    walk = answer("walk", "r.aann", 1, "--loss", loss + 0.05, "--members", 3, "--every", 2, "--quiet")
    assert walk["members"] and all(member["train_loss"] <= loss + 0.05 for member in walk["members"])


def test_refused():
    refused(1, "nowhere.aann", "walk", "nowhere.aann", 1, "--threshold", 50)
    assert not os.path.exists("nowhere.aann")
    make_study()
    before = answer("list", "a.aann")
    refused(2, "too few arguments", "walk", "a.aann")
    refused(2, "ID: 'one'", "walk", "a.aann", "one")
    refused(1, "no member 9", "walk", "a.aann", 9, "--threshold", 50)
    refused(2, "no threshold; expected --threshold P or --loss L", "walk", "a.aann", 1)
    refused(2, "below the threshold of 99.90 %", "walk", "a.aann", 1, "--threshold", 99.9)
    refused(2, "--threshold: '120'", "walk", "a.aann", 1, "--threshold", 120)
    refused(2, "--members: '0'", "walk", "a.aann", 1, "--threshold", 50, "--members", 0)
    refused(2, "--every: '0'", "walk", "a.aann", 1, "--threshold", 50, "--every", 0)
    refused(2, "instruction set|isa", "walk", "a.aann", 1, "--threshold", 50, "--isa", "abacus")
    assert answer("list", "a.aann") == before
    answer("walk", "a.aann", 1, "--threshold", 50, "--members", 1, "--every", 5, "--quiet")
    refused(2, "other settings .*another walk needs another seed", "walk", "a.aann", 1, "--threshold", 49)
    # Nobody writes what somebody else is writing, nor what is read-only.
    process = subprocess.Popen([PROGRAM, *SEARCH, "--steps", "100000000", "--study", "a.aann", "--quiet"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while len(answer("list", "a.aann")["families"]) == 1:
            time.sleep(0.02)
        refused(1, f"process {process.pid} is writing", "walk", "a.aann", 1)
    finally:
        process.kill()
        process.wait()
    running = answer("list", "a.aann")["families"][1]["members"][0]["id"]
    refused(2, "is not finished", "walk", "a.aann", running, "--threshold", 10)
    os.mkdir("fixed")
    shutil.copy("a.aann", "fixed/a.aann")
    os.chmod("fixed/a.aann", 0o444)
    os.chmod("fixed", 0o555)
    try:
        if not os.access("fixed", os.W_OK):  # root may write everywhere
            refused(1, "fixed/a.aann", "walk", "fixed/a.aann", 1)
    finally:
        os.chmod("fixed", 0o755)
    assert run("show", "a.aann", 3).returncode == 0


if __name__ == "__main__":
    main(globals())
