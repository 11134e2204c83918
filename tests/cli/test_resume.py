"""Interrupted in every way, and resumed: the same members in the end, to the bit.

ctest-timeout: 300
"""
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

from program import NET, PROGRAM, SAMPLES, SANITIZED, SEARCH, TEST, TRAIN, answer, hashes, main, refused, run

# Long enough to be interrupted; sanitizers take twenty times as long.
STEPS = 4000 if SANITIZED else 150000
MEMBERS = ["--members", "3", "--steps", STEPS, "--threads", "2", "--quiet"]


def start(*arguments):
    return subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def uninterrupted():
    answer(*SEARCH, *MEMBERS, "--study", "whole.aann")
    return hashes("whole.aann")


def interrupt(process, after, number):
    """Sends the signal after some time; returns exit status and messages."""
    time.sleep(after)
    process.send_signal(number)
    _, messages = process.communicate(timeout=60)
    return process.returncode, messages


def wait_for_members(study):
    """Until the search has stored what it needs to go on."""
    for _ in range(200):
        if os.path.exists(study):
            result = run("list", study, "--json")
            if result.returncode == 0 and result.stdout.count('"hash"') == 3:
                return
        time.sleep(0.02)
    raise AssertionError("the search stores nothing")


def test_kill():
    """kill -9, at random moments, again and again."""
    expected = uninterrupted()
    generator = random.Random(1)
    for attempt in range(3):
        study = f"killed{attempt}.aann"
        process = start(*SEARCH, *MEMBERS, "--study", study, "--checkpoint-seconds", "0.05")
        wait_for_members(study)
        kills = 0
        while process.poll() is None:
            status, _ = interrupt(process, generator.uniform(0.0, 0.5), signal.SIGKILL)
            kills += status == -signal.SIGKILL
            if kills >= 4:
                break
            process = start("resume", study, "--quiet", "--checkpoint-seconds", "0.05", "--threads", 1 + kills % 3)
        answer("resume", study, "--quiet")
        assert hashes(study) == expected, f"after {kills} kills"
        assert kills > 0


def test_signals():
    """Ctrl-C, SIGTERM and a terminal that closes: a checkpoint, and a word on how to go on."""
    expected = uninterrupted()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        study = f"signal{int(number)}.aann"
        process = start(*SEARCH, *MEMBERS, "--study", study)
        wait_for_members(study)
        status, messages = interrupt(process, 0.2, number)
        assert status == 1 and f"aann resume {study}" in messages, (status, messages)
        members = answer("list", study)["families"][0]["members"]
        assert any(member["state"] == "running" and 0 < member["steps"] < STEPS for member in members), members
        answer("resume", study, "--threads", 3)
        assert hashes(study) == expected


def test_nohup():
    """What is ignored from the start stays so."""
    process = subprocess.Popen([PROGRAM, *SEARCH, "--steps", "1000000000", "--quiet", "--study", "nohup.aann"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    for _ in range(600):
        if os.path.exists("nohup.aann") and run("list", "nohup.aann", "--json").stdout.count('"hash"') == 1:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    assert process.poll() is None, process.communicate()
    status, messages = interrupt(process, 0.0, signal.SIGTERM)
    assert status == 1 and "aann resume nohup.aann" in messages, (status, messages)


def test_time_is_over():
    expected = uninterrupted()
    answer(*SEARCH, *MEMBERS, "--seconds", 0.3, "--study", "t.aann")
    rounds = 0
    while not answer("resume", "t.aann", "--seconds", 0.3, "--parallel", 1 + rounds % 2)["complete"]:
        rounds += 1
        assert rounds < 200
    assert hashes("t.aann") == expected


def test_nothing_left():
    result = answer(*SEARCH, "--steps", 100, "--study", "done.aann")
    again = answer("resume", "done.aann")
    assert again["members"] == result["members"]


def test_data_changed_or_moved():
    shutil.copy(TRAIN, "train-images-idx3-ubyte.gz")
    shutil.copy(TRAIN.replace("images-idx3", "labels-idx1"), "train-labels-idx1-ubyte.gz")
    arguments = ["search", "--data", "train-images-idx3-ubyte.gz", "--net", "10", "--steps", 1000000, "--study", "d.aann"]
    answer(*arguments, "--seconds", 0.2)
    before = hashes("d.aann")
    os.rename("train-images-idx3-ubyte.gz", "elsewhere-images-idx3-ubyte.gz")
    os.rename("train-labels-idx1-ubyte.gz", "elsewhere-labels-idx1-ubyte.gz")
    refused(1, "train-images-idx3-ubyte.gz", "resume", "d.aann")
    answer("resume", "d.aann", "--data", "elsewhere-images-idx3-ubyte.gz", "--seconds", 0.2)
    shutil.copy(TRAIN.replace("train-", "t10k-"), "elsewhere-images-idx3-ubyte.gz")
    shutil.copy(TRAIN.replace("train-images-idx3", "t10k-labels-idx1"), "elsewhere-labels-idx1-ubyte.gz")
    middle = hashes("d.aann")
    refused(1, "is not the train set that family 1 was searched on", "resume", "d.aann", "--data",
            "elsewhere-images-idx3-ubyte.gz")
    assert hashes("d.aann") == middle and len(before) == len(middle)


def test_moved_data_are_found_by_all_that_need_them():
    for name in ("train", "t10k"):
        shutil.copy(SAMPLES / f"{name}-images-idx3-ubyte.gz", f"old-{name}-images-idx3-ubyte.gz")
        shutil.copy(SAMPLES / f"{name}-labels-idx1-ubyte.gz", f"old-{name}-labels-idx1-ubyte.gz")
    answer("search", "--data", "old-train-images-idx3-ubyte.gz", "--test", "old-t10k-images-idx3-ubyte.gz",
           "--net", NET, "--sparsity", 60, "--steps", 500, "--members", 2, "--study", "moved.aann")
    for name in pathlib.Path().glob("old-*"):
        name.unlink()
    now = ["--data", TRAIN, "--test", TEST]
    for command in (["geometry", "moved.aann"], ["path", "moved.aann", 1, 2, "--points", 1],
                    ["walk", "moved.aann", 1, "--members", 1, "--loss", 3]):
        refused(1, "old-train-images-idx3-ubyte.gz", *command)
        refused(1, "is not the train set", *command, "--data", TEST, "--test", TEST)
        refused(1, "is not the test set", *command, "--data", TRAIN, "--test", TRAIN)
        answer(*command, *now)


def test_a_reader_while_it_is_written():
    process = start(*SEARCH, *MEMBERS, "--study", "r.aann", "--checkpoint-seconds", "0.05")
    wait_for_members("r.aann")
    refused(1, "writing", "resume", "r.aann")
    refused(1, "writing", *SEARCH, "--steps", "10", "--quiet", "--study", "r.aann")
    assert answer("eval", "r.aann", 1)["count"] == 256
    process.communicate(timeout=100)
    assert process.returncode == 0


if __name__ == "__main__":
    main(globals())
