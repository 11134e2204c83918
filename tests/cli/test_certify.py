"""Certification: samples that took part in nothing, exact decisions, intervals, and tests of pairs.

ctest-timeout: 300
"""
import math
import sqlite3

from program import SEARCH, TEST, answer, good, main, made_study, refused, run, threshold_answer

STEPS = ["--steps", "4000", "--threads", "2", "--quiet"]


def above(correct, count, share):
    return sum(math.comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(correct, count + 1))


def wilson(share, count, z=1.959963984540054):
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return [centre - half, centre + half]


def near(a, b):
    return all(abs(x - y) < 1e-12 for x, y in zip(a, b))


def certified(*arguments):
    """The JSON; the exit status is 3 exactly if a member is not certified."""
    import json
    result = run("certify", *arguments, "--json")
    found = json.loads(result.stdout.splitlines()[-1])
    assert result.returncode == (3 if found["certified"] < len(found["members"]) else 0), result
    return found


def test_certification_split():
    """It is what the limit left out: 461 samples, 100 of them kept, the first 361 searched on."""
    kept = made_study("kept.aann", *SEARCH, *STEPS, "--members", 3, "--certification", 100)
    limited = made_study("limited.aann", *SEARCH, *STEPS, "--members", 3, "--samples", 361)
    assert [m["hash"] for m in kept["members"]] == [m["hash"] for m in limited["members"]]
    assert kept["data"]["split"] == limited["data"]["split"] == {"train": [0, 361], "validation": [461, 51]}
    for split, count in (("train", 361), ("certification", 100), ("validation", 51)):
        assert answer("eval", "kept.aann", 1, "--split", split)["count"] == count
    found = certified("kept.aann", "--threshold", 0.3)
    assert found["samples"] == 100 and found["split"] == "certification" and found["limit"] == 0.05
    for member in found["members"]:
        scored = answer("eval", "kept.aann", member["id"], "--split", "certification")
        assert scored["accuracy"] == member["accuracy"] == member["correct"] / 100
        assert near(scored["interval"], wilson(member["accuracy"], 100)) and near(member["interval"], scored["interval"])
        assert abs(member["probability"] - above(member["correct"], 100, 0.3)) < 1e-12
        assert member["certified"] == (member["probability"] <= 0.05)
    # At the accuracy of the worst member itself nobody can be sure.
    worst = min(member["accuracy"] for member in found["members"])
    assert certified("kept.aann", "--threshold", worst)["certified"] < 3
    assert certified("kept.aann", "--threshold", 0.01)["certified"] == 3
    together = certified("kept.aann", "--threshold", 0.3, "--together")
    assert abs(together["limit"] - 0.05 / 3) < 1e-15 and together["certified"] <= found["certified"]
    assert "certified" in run("certify", "kept.aann", "--threshold", 0.3).stdout


def test_shuffled_split():
    """Under the rule of tables, too, no sample is in two splits."""
    with open("table.csv", "w") as file:
        file.write("a,b,label\n")
        for i in range(200):
            file.write(f"{i},{i * 7 % 31},{i % 2}\n")
    study = ["--net", "8-2", "--sparsity", 50, "--steps", 500, "--quiet"]
    kept = answer("search", "--data", "table.csv", *study, "--certification", 60, "--study", "t.aann")
    counts = [answer("eval", "t.aann", 1, "--split", split)["count"] for split in ("train", "validation", "certification")]
    assert counts == [120, 20, 60] and sum(counts) == 200, counts
    assert kept["data"]["split"]["limit"] == 120, kept["data"]["split"]
    assert certified("t.aann", "--threshold", 0.01)["samples"] == 60


def test_intervals():
    found = made_study("a.aann", *SEARCH, *STEPS, "--members", 2)
    member = found["members"][0]
    assert near(member["validation_interval"], wilson(member["validation_accuracy"], 51))
    assert near(member["test_interval"], wilson(member["test_accuracy"], 256))
    text = good("list", "a.aann")
    assert "validation: 51 samples; the 95 % interval (Wilson)" in text and "test: 256 samples" in text
    for split, samples in (("validation", 51), ("test", 256)):  # of the mean itself, not of whole samples nearby
        low, high = wilson(sum(member[split + "_accuracy"] for member in found["members"]) / 2, samples)
        assert f"the mean, is {100 * low:.2f} to {100 * high:.2f} %" in text, (split, low, high, text)
    ensemble = answer("ensemble", "a.aann", "--no-keep")
    for method in ("vote", "sum"):
        for accuracy, interval in zip(ensemble[method]["greedy"], ensemble[method]["greedy_intervals"]):
            assert near(interval, wilson(accuracy, 256))
    assert near(ensemble["single_intervals"][1], wilson(ensemble["single"][1], 256))
    assert " nan" not in good("geometry", "a.aann", "--no-nulls", "--no-keep")  # one pair has no deviation
    assert "95 % interval (Wilson)" in good("eval", "a.aann", 1)


def test_equal_members():
    """Of members that are equally accurate on validation, the best is the one with the lower loss."""
    made_study("equal.aann", *SEARCH, *STEPS, "--members", 3)
    study = sqlite3.connect("equal.aann")
    study.execute("UPDATE member SET validation_accuracy = 0.5, validation_loss = 9 - id")
    study.commit()
    study.close()
    assert answer("report", "equal.aann")["wiring"]["id"] == [3, 2, 1]
    assert answer("ensemble", "equal.aann", "--no-keep")["best"] == 3


def test_against():
    made_study("a.aann", *SEARCH, *STEPS, "--members", 2)
    made_study("b.aann", *SEARCH, *STEPS, "--members", 2)
    one, two = (answer("eval", "a.aann", i, "--against", 3 - i) for i in (1, 2))
    pair, back = one["against"], two["against"]
    assert pair["only_this"] == back["only_other"] and pair["only_other"] == back["only_this"]
    assert pair["probability"] == back["probability"] and pair["accuracy"] == two["accuracy"]
    assert abs(pair["difference"] - (one["accuracy"] - two["accuracy"])) < 1e-12
    n, larger = pair["only_this"] + pair["only_other"], max(pair["only_this"], pair["only_other"])
    assert abs(pair["probability"] - min(1, 2 * above(larger, n, 0.5))) < 1e-9
    # The labels and answers of both, counted by hand.
    answers = [[line.split(",")[-1] for line in good("predict", "a.aann", i, "--data", TEST).split()] for i in (1, 2)]
    assert len(answers[0]) == len(answers[1]) == 256
    assert sum(a != b for a, b in zip(*answers)) >= n
    same = answer("eval", "a.aann", 1, "--against", "b.aann:1")["against"]
    assert (same["only_this"], same["only_other"], same["probability"], same["difference"]) == (0, 0, 1, 0)
    assert "McNemar" in good("eval", "a.aann", 1, "--against", 2)
    refused(2, "--against: 'x' is neither", "eval", "a.aann", 1, "--against", "x")
    refused(1, "no member 9", "eval", "a.aann", 1, "--against", 9)


def test_refused():
    made_study("a.aann", *SEARCH, *STEPS, "--members", 2)
    refused(2, "the family has none; expected --threshold", "certify", "a.aann")
    refused(1, "has no certification split", "certify", "a.aann", "--threshold", 0.5)
    refused(2, "chose by them; expected certification or test", "certify", "a.aann", "--threshold", 0.5,
            "--split", "validation")
    assert certified("a.aann", "--threshold", 0.2, "--split", "test")["samples"] == 256
    new = [*SEARCH, *STEPS, "--study", "new.aann"]
    refused(2, "expected one of both", *new, "--certification", 50, "--samples", 100)
    refused(2, "expected a number that leaves some", *new, "--certification", 461)
    refused(2, "related; expected last or shuffled", *new, "--certification", 50, "--split-by", "blocks")
    # The family's own threshold is the default, and members that missed it are no candidates.
    made = threshold_answer(*SEARCH, *STEPS, "--members", 2, "--threshold", 30, "--certification", 60,
                            "--study", "own.aann")
    done = [member["id"] for member in made["members"] if member["state"] == "done"]
    if done:
        found = certified("own.aann")
        assert found["threshold"] == 0.3 and [member["id"] for member in found["members"]] == done


if __name__ == "__main__":
    main(globals())
