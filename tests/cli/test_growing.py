"""Families that grow: thresholds, failures that are shown, and members added later.

ctest-timeout: 300
"""
import signal
import sqlite3
import subprocess
import time

from program import PROGRAM, SEARCH, answer, good, hashes, main, refused, threshold_answer, without_sanitizers

STEPS = ["--steps", "2000", "--threads", "2", "--quiet"]


def fields(members):
    """What must not depend on how often a family was added to."""
    return [{key: value for key, value in member.items() if key not in ("id", "seconds")} for member in members]


def test_threshold():
    """Members stop at the threshold, or are kept and counted as failed."""
    result = threshold_answer(*SEARCH, *STEPS, "--members", 4, "--threshold", 60, "--study", "a.aann")
    assert result["complete"]
    states = [member["state"] for member in result["members"]]
    for member in result["members"]:
        if member["state"] == "done":
            assert member["validation_accuracy"] >= 0.6 and member["steps"] <= 2000
        else:
            assert member["state"] == "failed" and member["steps"] == 2000 and member["test_accuracy"] is not None
    assert "done" in states, states
    failed = threshold_answer(*SEARCH, *STEPS, "--members", 2, "--threshold", 100, "--study", "a.aann", missed=True)
    assert failed["states"] == {"running": 0, "done": 0, "failed": 2}, failed["states"]
    families = answer("list", "a.aann")["families"]
    assert [family["family"] for family in families] == [1, 2]
    assert families[0]["states"] == {"running": 0, "done": states.count("done"), "failed": states.count("failed")}
    assert "2 members: 0 done, 2 failed, 0 running" in good("list", "a.aann")


@without_sanitizers
def test_more_members():
    """Grown step by step, a family is what it would have been at once."""
    whole = threshold_answer(*SEARCH, *STEPS, "--members", 5, "--threshold", 70, "--study", "whole.aann")
    threshold_answer(*SEARCH, *STEPS, "--members", 2, "--threshold", 70, "--study", "grown.aann")
    answer(*SEARCH, *STEPS, "--members", 1, "--seed", 9, "--study", "grown.aann")
    second = threshold_answer("resume", "grown.aann", "--family", 1, "--members", 3, "--threads", 1)
    assert second["family"] == 1 and len(second["members"]) == 3
    grown = threshold_answer("resume", "grown.aann", "--family", 1, "--members", 5)
    assert grown["complete"] and fields(grown["members"]) == fields(whole["members"])
    assert grown["options"] == whole["options"]
    assert threshold_answer("resume", "grown.aann", "--family", 1, "--members", 5)["members"] == grown["members"]
    assert len(answer("list", "grown.aann")["families"][1]["members"]) == 1


@without_sanitizers
def test_killed_before_all_members_are_stored():
    """What the plan promises and the study does not have is made up for."""
    whole = answer(*SEARCH, *STEPS, "--members", 3, "--study", "whole.aann")
    answer(*SEARCH, *STEPS, "--members", 1, "--study", "cut.aann")
    with sqlite3.connect("cut.aann") as database:
        database.execute("UPDATE family SET options = json_set(options, '$.members', 3)")
    database.close()
    assert fields(answer("resume", "cut.aann")["members"]) == fields(whole["members"])


@without_sanitizers
def test_growing_is_interrupted():
    whole = answer(*SEARCH, *STEPS, "--members", 4, "--study", "whole.aann")
    answer(*SEARCH, *STEPS, "--members", 1, "--study", "a.aann")
    process = subprocess.Popen([PROGRAM, "resume", "a.aann", "--members", "4", "--checkpoint-seconds", "0.05", "--quiet"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    answer("resume", "a.aann", "--members", 4)
    assert hashes("a.aann") == [member["hash"] for member in whole["members"]]


@without_sanitizers
def test_copies():
    """Each member searches on its own copies, also after an interruption; a walk keeps to the samples themselves."""
    search = [*SEARCH, "--steps", "6000", "--copies", "3", "--copy-warp", "0.2", "--members", "2", "--quiet"]
    whole = answer(*search, "--threads", 2, "--study", "whole.aann")
    assert whole["options"]["copies"] == 3 and whole["options"]["copy_warp"] == 0.2 and whole["options"]["copy_shift"] == 1
    answer(*search, "--threads", 1, "--seconds", 0.2, "--study", "parts.aann")
    answer("resume", "parts.aann", "--threads", 3, "--quiet")
    assert hashes("parts.aann") == hashes("whole.aann") and len(set(hashes("whole.aann"))) == 2
    for member in whole["members"]:  # measured on the samples themselves, not on copies
        assert abs(member["train_accuracy"] - answer("eval", "whole.aann", member["id"], "--split", "train")["accuracy"]) < 1e-9
    walk = answer("walk", "whole.aann", 1, "--loss", 3, "--members", 2, "--every", 10, "--quiet")
    for member in walk["members"]:
        exact = answer("eval", "whole.aann", member["id"], "--split", "train")["accuracy"]
        assert abs(member["train_accuracy"] - exact) < 1e-9


def test_refused():
    refused(1, "nowhere.aann", "resume", "nowhere.aann", "--members", 3)
    answer(*SEARCH, *STEPS, "--members", 2, "--study", "a.aann")
    refused(2, "family 1 has 2 members already: 1 would be fewer", "resume", "a.aann", "--members", 1)
    refused(1, "no family 7", "resume", "a.aann", "--family", 7)
    refused(1, "no family 7", "resume", "a.aann", "--family", 7, "--members", 3)
    refused(2, "--members: '0'", "resume", "a.aann", "--members", 0)
    answer(*SEARCH, *STEPS, "--members", 1, "--study", "a.aann")
    refused(2, "has 2 families; --members needs --family", "resume", "a.aann", "--members", 3)


if __name__ == "__main__":
    main(globals())
