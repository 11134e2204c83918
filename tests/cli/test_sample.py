"""Samples and counts from the command line: that nothing but the options marked * matters, what they say, what is
refused.

ctest-timeout: 300
"""
import csv
import math
import os
import signal
import subprocess
import time

from program import PROGRAM, SANITIZED, TEST, TRAIN, answer, good, main, refused, run, without_sanitizers

TASK = ["--data", TRAIN, "--test", TEST, "--net", "MP4-6-10", "--sparsity", "50", "--samples", "200"]
LADDERS = ["--ladders", "2", "--rungs", "5", "--rounds", "40", "--burn-in", "10", "--pilot-rounds", "12", "--sweep",
           "32", "--temperature", "0.01", "--quiet"]
SAMPLE = ["sample", *TASK, *LADDERS, "--members", "6"]


def members(study):
    return [{key: value for key, value in member.items() if key != "seconds"}
            for member in answer("list", study)["families"][-1]["members"]]


def test_sample():
    """Members of ladders, with the family's counts, re-evaluable; threads change nothing."""
    made = answer(*SAMPLE, "--study", "one.aann", "--threads", "1")
    answer(*SAMPLE, "--study", "three.aann", "--threads", "3")
    found = members("one.aann")
    assert found == members("three.aann") and len({member["hash"] for member in found}) == 6
    for index, member in enumerate(found):
        assert member["origin"] == "sample" and member["state"] == "done" and member["index"] == index
        scored = answer("eval", "one.aann", member["id"], "--split", "test")
        assert abs(scored["accuracy"] - member["test_accuracy"]) < 1e-12
    said = made["sample"]
    assert said["temperature"] == 0.01 and 0.9 < said["r_hat"] < 2.0 and said["effective_samples"] > 5
    assert abs(said["rounds_apart"] - 40 / 3) < 1e-12
    assert 0.9 < said["distance_between"] < 1.1
    assert "rounds apart" in good(*SAMPLE, "--study", "words.aann")
    # Their report compares finished members; a geometry takes them where it is asked to.
    good("report", "one.aann", "--html", "one.html", "--quiet")
    with open("one.html", encoding="utf-8") as file:
        assert '"compares_unfinished":false' in file.read()
    refused(1, "0 finished members.*--origin sample", "geometry", "one.aann")
    assert len(answer("geometry", "one.aann", "--origin", "sample", "--samples", 0)["members"]) == 6


@without_sanitizers
def test_of_a_study():
    """A study's last family gives network, data and loss; the sample is a family by itself."""
    answer("search", *TASK, "--study", "searched.aann", "--steps", "500", "--quiet", "--loss-scale", "2")
    answer("sample", "searched.aann", *LADDERS, "--members", "2")
    families = answer("list", "searched.aann")["families"]
    assert len(families) == 2 and families[0]["spec"] == families[1]["spec"]
    assert families[1]["options"]["loss_scale"] == 2.0 and len(families[0]["members"]) == 1
    assert run("resume", "searched.aann").returncode == 0
    assert len(answer("list", "searched.aann")["families"][1]["members"]) == 2


def kill_and_resume(name, number):
    """The members after a start that ends by signal `number`, and a resume."""
    slow = [word if word != "40" else "400" for word in SAMPLE]
    with subprocess.Popen([PROGRAM, *slow, "--study", name, "--checkpoint-seconds", "0.05"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        for _ in range(400):
            time.sleep(0.02)
            if os.path.exists(name) and run("list", name, "--json").returncode == 0:
                break
        time.sleep(0.3)
        process.send_signal(number)
        process.wait()
    good("resume", name, "--quiet")
    return members(name)


@without_sanitizers
def test_interrupted():
    """Ctrl-C and kill -9, then resume: the same networks."""
    slow = [word if word != "40" else "400" for word in SAMPLE]
    answer(*slow, "--study", "whole.aann")
    whole = members("whole.aann")
    assert kill_and_resume("stopped.aann", signal.SIGINT) == whole
    assert kill_and_resume("killed.aann", signal.SIGKILL) == whole


def test_volume():
    """The table, its CSV and its picture; half of all networks are below the median of random ones."""
    counted = answer("volume", *TASK, *LADDERS, "--accuracy", "0,10,90", "--csv", "t.csv", "--picture", "t.png")
    total = counted["log10_total"]
    weights = [49 * 6, 6 * 10]
    expected = sum(math.lgamma(n + 1) - math.lgamma(n // 2 + 1) - 2 * math.lgamma(n / 4 + 1) if n % 4 == 0 else
                   math.lgamma(n + 1) - math.lgamma(n // 2 + 1) - math.lgamma(n // 4 + 1) -
                   math.lgamma(n - n // 2 - n // 4 + 1) for n in weights) / math.log(10)
    assert abs(total - expected) < 0.5  # which of two counts is rounded up does not matter
    hottest = counted["temperatures"][0]
    assert hottest["temperature"] is None and hottest["beta"] == 0
    assert abs(hottest["answer"]["log10_count"] - (total - math.log10(2))) < 0.2
    losses = [rung["loss"] for rung in counted["temperatures"]]
    assert losses == sorted(losses, reverse=True)
    every, easy, hard = counted["answers"]
    assert every["correct"] == 0 and abs(every["log10_count"] - total) < 1e-9, "every network has none right or more"
    assert easy["correct"] == 20 and easy["log10_count"] < total
    assert hard["log10_count"] is None and "no chain" in hard["silence"]
    with open("t.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8 and rows[-1]["question"] == "accuracy" and rows[-1]["log10_count"] == ""
    assert abs(float(rows[0]["log10_count"]) - hottest["answer"]["log10_count"]) < 1e-6
    assert os.path.getsize("t.png") > 1000
    # No cell without a number says nan: of one ladder nothing is apart, the coldest exchanges with nobody.
    short = good("volume", *TASK, *LADDERS, "--ladders", "1", "--rounds", "8")
    assert "nan" not in short and " - " in short and "At no temperature" in short, short


def test_volume_kept():
    """--keep: stopped by time again and again, the same numbers; then asked again at once."""
    ask = ["volume", *TASK, *LADDERS, "--rounds", 100 if SANITIZED else 300]
    whole = answer(*ask)
    for _ in range(100):
        if run(*ask, "--keep", "k.ladders", "--seconds", "0.3").returncode == 0:
            break
    kept = answer(*ask, "--keep", "k.ladders")
    assert kept == whole
    refused(2, "other options", *ask, "--keep", "k.ladders", "--seed", "2")
    with open("k.ladders", "r+b") as file:
        file.seek(100)
        file.write(b"\xff\xff\xff")
    refused(1, "damaged", *ask, "--keep", "k.ladders")


def test_refused():
    refused(2, "multiple of the 2 ladders", "sample", *TASK, *LADDERS, "--members", "3", "--study", "x.aann")
    refused(2, "expected 3 or more", "volume", *TASK, *LADDERS, "--rungs", "1")
    refused(2, "rungs: 2", "volume", *TASK, *LADDERS, "--rungs", "2")
    refused(2, "no task given", "volume")
    with open("numbers.csv", "w", encoding="utf-8") as file:
        file.write("a,b,y\n" + "".join(f"{i},{i * 7 % 31},{i / 8 + 0.5}\n" for i in range(80)))
    numbers = ["volume", "--data", "numbers.csv", "--target-columns", "y", "--net", "4-1", *LADDERS]
    refused(2, "--accuracy: answers of a regression", *numbers, "--accuracy", "50")
    assert answer(*numbers)["temperatures"]
    answer(*SAMPLE, "--study", "drawn.aann")
    refused(2, "family 1 was not searched .*origin sample.*expected a searched family", "resume", "drawn.aann", "--members", 9)
    refused(1, "nowhere.aann", "volume", "nowhere.aann")
    refused(1, "nowhere.aann", "sample", "nowhere.aann")


if __name__ == "__main__":
    main(globals())
