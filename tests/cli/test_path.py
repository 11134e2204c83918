"""Paths: way-points that are stored, the same on any number of threads, and what is refused.

ctest-timeout: 300
"""
import os
import shutil

from program import SEARCH, answer, good, interrupted, made_study, main, refused, threshold_answer

STEPS = ["--steps", "8000", "--threads", "2", "--quiet"]
FEW = ["--candidates", 8, "--finalists", 2, "--repairs", 40, "--draws", 1, "--quiet"]


def make_study(name="a.aann"):
    return made_study(name, *SEARCH, *STEPS, "--members", 2)["members"]


def test_path():
    members = make_study()
    path = answer("path", "a.aann", 1, 2, "--points", 5, *FEW)
    points = path["points"]
    assert path["from"] == 1 and path["to"] == 2 and path["match"] and path["matched_distance"] <= path["distance"]
    assert points[0]["hash"] == members[0]["hash"] and points[0]["distance"] == path["matched_distance"]
    assert abs(points[0]["validation_accuracy"] - members[0]["validation_accuracy"]) < 1e-12
    assert abs(points[-1]["validation_accuracy"] - members[1]["validation_accuracy"]) < 1e-12
    assert points[-1]["swaps"] == path["steps"] + path["repairs"]
    assert path["worst"]["loss"] >= max(point["train_loss"] for point in points) - 1e-9
    assert path["worst"]["loss"] <= path["straight_matched"]["loss"] <= path["straight"]["loss"] + 0.5
    assert 2.2 < path["constant"]["loss"] < 2.31 and path["constant"]["accuracy"] < 0.2
    stored = answer("list", "a.aann")["families"][0]["members"][2:]
    top = path["top"]
    assert top["train_loss"] == path["worst"]["loss"] and path["checked"] == path["steps"] + path["repairs"]
    assert top["hash"] not in [point["hash"] for point in points]
    between = sorted([*points[1:-1], top], key=lambda point: point["swaps"])
    assert len(stored) == path["stored"] == len(points) - 1
    for member, point in zip(stored, between):
        assert member["origin"] == "path" and member["parent"] == 1 and member["state"] == "done"
        assert member["hash"] == point["hash"] and member["swaps_from_parent"] == point["swaps"]
        scored = answer("eval", "a.aann", member["id"], "--split", "test")
        assert abs(scored["accuracy"] - point["test_accuracy"]) < 1e-12
        assert abs(answer("eval", "a.aann", member["id"], "--split", "train")["loss"] - point["train_loss"]) < 1e-5
    again = answer("path", "a.aann", 1, 2, "--points", 5, *FEW, "--threads", 3, "--isa", "baseline")
    assert again["stored"] == 0 and {**again, "stored": 0} == {**path, "stored": 0}
    text = good("path", "a.aann", 1, 2, "--points", 5, "--no-store", *FEW)
    assert "the worst on the way" in text and "best constant answer" in text


def test_options():
    members = make_study()
    raw = answer("path", "a.aann", 1, 2, "--points", 3, "--no-match", "--no-store", "--quiet", "--repairs", 0)
    assert raw["points"][-1]["hash"] == members[1]["hash"] and raw["repairs"] == 0
    assert raw["matched_distance"] is None and raw["straight_matched"] is None and raw["stored"] == 0
    assert len(answer("list", "a.aann")["families"][0]["members"]) == 2
    other = answer("path", "a.aann", 1, 2, "--points", 3, "--no-match", "--no-store", "--quiet", "--repairs", 0, "--seed", 2)
    assert other["points"][1]["hash"] != raw["points"][1]["hash"]


def test_below_the_threshold():
    """Way-points that do not pass the family's threshold are kept, and count as failed."""
    threshold_answer(*SEARCH, *STEPS, "--members", 2, "--threshold", 45, "--study", "a.aann")
    answer("path", "a.aann", 1, 2, "--points", 3, "--no-match", "--repairs", 0, "--candidates", 1, "--quiet")
    for member in answer("list", "a.aann")["families"][0]["members"][2:]:
        assert member["state"] == ("done" if member["validation_accuracy"] >= 0.45 else "failed")


def test_interrupted():
    """Nothing half done is kept."""
    make_study()
    before = answer("list", "a.aann")
    status, output, messages = interrupted("path", "a.aann", 1, 2, "--repairs", 1000000, "--quiet")
    assert status == 1 and output == "" and "nothing is stored" in messages, (output, messages)
    assert answer("list", "a.aann") == before


def test_refused():
    refused(1, "nowhere.aann", "path", "nowhere.aann", 1, 2)
    make_study()
    answer(*SEARCH, *STEPS, "--members", 1, "--study", "a.aann")
    refused(2, "too few arguments", "path", "a.aann", 1)
    refused(2, "to itself", "path", "a.aann", 1, 1)
    refused(2, "B: 'two'", "path", "a.aann", 1, "two")
    refused(1, "no member 9", "path", "a.aann", 1, 9)
    refused(2, "member 1 is of family 1, member 3 of family 2", "path", "a.aann", 1, 3)
    refused(2, "--points: '0'", "path", "a.aann", 1, 2, "--points", 0)
    refused(2, "--candidates: '257'", "path", "a.aann", 1, 2, "--candidates", 257)
    os.mkdir("fixed")
    shutil.copy("a.aann", "fixed/a.aann")
    os.chmod("fixed/a.aann", 0o444)
    os.chmod("fixed", 0o555)
    try:
        if not os.access("fixed", os.W_OK):  # root may write everywhere
            refused(1, "fixed/a.aann", "path", "fixed/a.aann", 1, 2)
            assert answer("path", "fixed/a.aann", 1, 2, "--no-store", "--points", 2, "--quiet")["stored"] == 0
    finally:
        os.chmod("fixed", 0o755)


if __name__ == "__main__":
    main(globals())
