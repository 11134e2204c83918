"""aann report: what it says of every kind of family, and that its figures are those of the other commands.

ctest-needs: cli
"""
import base64
import csv
import gzip
import json
import math
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zlib

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
from program import PROGRAM, SEARCH, TEST, TRAIN, answer, good, main, made_study, refused, run  # noqa: E402

SHORT = [*SEARCH, "--steps", 600, "--quiet"]
DATA = re.compile(r'<script type="application/json" id="report-data">(.*?)</script>', re.S)


def page_data(path):
    """The data inside a page; there is exactly one such element."""
    page = pathlib.Path(path).read_text(encoding="utf-8")
    found = DATA.findall(page)
    assert len(found) == 1 and "<" not in found[0] and page.count("</script>") == 2, len(found)
    return json.loads(found[0])


def digits(name="s.aann", members=3, *more):
    made_study(name, *SHORT, "--members", members, *more)
    return name


def close(a, b, tolerance=1e-6):
    return math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)


def all_close(a, b, tolerance=1e-6):
    return len(a) == len(b) and all(close(x, y, tolerance) for x, y in zip(a, b))


# ---- every kind of family ------------------------------------------------------------------------

KEYS = ["format", "aann", "made", "study", "family", "members", "traces", "votes", "map", "distances", "confusion",
        "errors", "weights", "wiring", "samples", "scatter", "walk", "path", "drive", "split"]


def report(study, *arguments):
    found = answer("report", study, *arguments)
    assert list(found) == KEYS, list(found)
    return found


def test_a_family_on_pictures():
    found = report(digits())
    listed = answer("list", "s.aann")["families"][0]
    family = found["family"]
    assert (family["task"], family["kind"], family["finished"], family["planned"]) == ("classification", "search", 3, 3)
    assert family["classes"] == [str(i) for i in range(10)] and family["targets"] is None
    assert family["input"] == {"channels": 1, "height": 28, "width": 28, "names": None, "column_of": None}
    layers = [layer for layer in family["layers"] if layer["kind"] != "pool"]
    assert [[layer[key] for key in ("name", "minus", "zero", "plus")] for layer in layers] == \
        [[layer[key] for key in ("name", "minus", "zero", "plus")] for layer in listed["layers"]]
    assert [layer["name"] for layer in family["layers"] if layer["kind"] == "pool"] == ["MP2", "MP2"]
    for layer in layers:
        assert layer["units"] * layer["inputs"] * layer["kernel"][0] * layer["kernel"][1] == layer["weights"], layer
        assert layer["minus"] + layer["zero"] + layer["plus"] == layer["weights"], layer
    assert family["weights"] == sum(layer["weights"] for layer in layers)
    assert ["steps", "600"] in family["options"] and ["seed", "3"] in family["options"]
    names = {"loss": "train_loss", "train": "train_accuracy", "validation": "validation_accuracy",
             "test": "test_accuracy", "validation_loss": "validation_loss", "test_loss": "test_loss"}
    for member, other in zip(found["members"]["list"], listed["members"], strict=True):
        assert member["seed"] == str(other["seed"])
        for key in ("id", "index", "hash", "state", "origin", "steps", "accepted", "seconds"):
            assert member[key] == other[key], key
        for key, name in names.items():
            assert member[key] == other[name], key  # to the bit


def test_curves_are_the_traces():
    found = report(digits())
    for curve in found["traces"]["members"]:
        trace = answer("show", "s.aann", curve["id"])["trace"]
        assert curve["step"] == [row["step"] for row in trace]
        assert all_close(curve["loss"], [row["train_loss"] for row in trace], 1e-4)
        assert all_close(curve["accuracy"], [row["train_accuracy"] for row in trace], 1e-4)
        assert all_close(curve["temperature"], [row["temperature"] for row in trace], 1e-4)
        before = [{"step": 0, "accepted": 0}, *trace]
        shares = [(b["accepted"] - a["accepted"]) / (b["step"] - a["step"]) for a, b in zip(before, trace)]
        assert all_close(curve["acceptance"], shares, 1e-3)
        assert len(curve["acceptance_layers"]) == 3
        for layer, acceptance in enumerate(curve["acceptance_layers"]):
            counts, before, points = [row["layers"][layer] for row in trace], [0, 0], 0
            for share, count in zip(acceptance, counts, strict=True):
                enough = count[0] - before[0] >= counts[-1][0] // 30 + 1
                assert (share is not None) == enough, (layer, count)
                if enough:
                    assert close(share, (count[1] - before[1]) / (count[0] - before[0]), 1e-3)
                    before, points = count, points + 1
            assert points <= 30 and (points > 0 or counts[-1][0] == 0)
        for row in trace:
            assert [sum(layer[i] for layer in row["layers"]) for i in (0, 1)] == [row["step"], row["accepted"]]
    assert [curve["id"] for curve in found["traces"]["members"]] == [1, 2, 3] and found["traces"]["bands"] is None


def flat(matrix):
    return [cell for row in matrix for cell in row]


def test_distances_are_those_of_geometry():
    found = report(digits())
    geometry = answer("geometry", "s.aann", "--matrices", "--samples", 0, "--no-keep", "--restarts", 0)
    measures, distances = geometry["measures"], found["distances"]
    assert distances["id"] == geometry["members"] and found["split"] == geometry["split"] == "test"
    assert distances["raw"] == flat(measures["distance"]["matrix"])
    assert distances["matched"] == flat(measures["matched"]["matrix"]) and distances["matched_count"] == 3
    for part, name in (("raw", "distance"), ("matched", "matched")):
        assert distances[part + "_chance"]["mean"] == measures[name]["chance_mean"]
        assert distances[part + "_chance"]["sd"] == measures[name]["chance_deviation"]
        for key in ("mean", "deviation", "minimum", "median", "maximum"):
            assert distances["histogram"][part][key] == measures[name][key], (part, key)
        assert sum(distances["histogram"][part]["count"]) == 3
    assert all_close(distances["answers"], flat(measures["agreement"]["matrix"]))
    assert all_close(distances["errors"], flat(measures["error_overlap"]["matrix"]))
    points = flat(geometry["map"]["coordinates"])
    assert all_close(found["map"]["x"], points[0::2], 1e-4) and all_close(found["map"]["y"], points[1::2], 1e-4)
    assert found["map"]["share_of_both"] == geometry["map"]["share"]
    assert close(sum(found["map"]["share"]), geometry["map"]["share"], 1e-4)
    assert [distances["id"][place] for place in distances["order"]] == geometry["order"]


def test_votes_are_those_of_ensemble():
    found = report(digits())
    ensemble = answer("ensemble", "s.aann", "--no-keep")
    for votes, method in ((found["votes"], ensemble["vote"]), (found["votes"]["sum"], ensemble["sum"])):
        assert votes["mean"] == method["mean"] and all_close(votes["deviation"], method["deviation"], 1e-4)
        assert votes["low"] == method["minimum"] and votes["high"] == method["maximum"]
        assert close(votes["all"], method["mean"][-1])  # all three, in any order
    assert found["votes"]["count"] == [1, 2, 3] and found["votes"]["draws"] == ensemble["draws"]


def test_confusion_is_that_of_show():
    found = report(digits())
    confusion = found["confusion"]
    for member, counts in zip(confusion["id"], confusion["counts"], strict=True):
        assert counts == flat(answer("show", "s.aann", member)["confusion"])
    assert sum(confusion["all"]) == 256
    assert close(sum(confusion["all"][11 * i] for i in range(10)) / 256, found["votes"]["all"])
    validation = report("s.aann", "--split", "validation")
    assert validation["confusion"]["counts"][0] == flat(
        answer("show", "s.aann", 1, "--split", "validation")["confusion"])
    for index, errors in enumerate(found["errors"]["count"]):
        assert errors == 256 - sum(confusion["counts"][index][11 * i] for i in range(10))
        assert 0 <= found["errors"]["only"][index] <= errors


def test_weights_are_those_of_the_members():
    found = report(digits())
    assert found["weights"]["id"] == [1, 2, 3] and sorted(found["wiring"]["id"]) == [1, 2, 3]
    scores = {member["id"]: member["validation"] for member in found["members"]["list"]}
    ranked = [scores[member] for member in found["wiring"]["id"]]
    assert ranked == sorted(ranked, reverse=True), "the best one comes first"
    for part in ("weights", "wiring"):
        for place, member in enumerate(found[part]["id"]):
            good("weights", "s.aann", member, "--npz", "w.npz")
            arrays = np.load("w.npz")
            for layer in found[part]["layers"]:
                weights = arrays[f"layer{layer['layer']}"].ravel()
                packed = base64.b64decode(layer["packed"][place])
                codes = [packed[i // 4] >> 2 * (i % 4) & 3 for i in range(weights.size)]
                assert [{0: 0, 1: 1, 3: -1}[code] for code in codes] == weights.tolist()
    assert [layer["layer"] for layer in found["wiring"]["layers"]] == [0, 1, 2]


def test_samples_are_those_of_doubt():
    found = report(digits())
    samples = found["samples"]
    values = base64.b64decode(samples["value"])
    count = len(samples["index"])
    assert 0 < count <= 36 and len(values) == count * 784 and samples["kind"] == "picture" and not samples["signed"]
    with gzip.open(TEST) as file:
        pictures = file.read()[16:]
    with gzip.open(TEST.replace("images-idx3", "labels-idx1")) as file:
        labels = file.read()[8:]
    for place, index in enumerate(samples["index"]):
        assert samples["label"][place] == labels[index]
        shown, original = values[784 * place:784 * (place + 1)], pictures[784 * index:784 * (index + 1)]
        assert max(abs(a - b) for a, b in zip(shown, original)) <= 1
        assert len(set(samples["answer"][place])) > 1, "nobody disagrees"
    for column, member in enumerate(samples["id"]):
        good("predict", "s.aann", member, "--data", TEST, "--logits", "l.npy")
        answers = np.load("l.npy").argmax(axis=1)
        assert [row[column] for row in samples["answer"]] == [int(answers[index]) for index in samples["index"]]
    assert samples["agreeing"] == sorted(samples["agreeing"])


def test_walks_and_paths():
    digits("w.aann", 2)
    walk = answer("walk", "w.aann", 1, "--loss", 2.6, "--members", 3, "--every", 10, "--steps", 20000, "--quiet")
    path = answer("path", "w.aann", 1, 2, "--points", 3, "--quiet")
    found = report("w.aann")
    assert found["family"]["kind"] == "walk"
    assert found["walk"]["start"] == 1 and found["walk"]["id"] == [1] + [m["id"] for m in walk["members"]]
    for key, name in (("swaps", "swaps"), ("distance", "distance"), ("loss", "train_loss"),
                      ("accuracy", "validation_accuracy"), ("test", "test_accuracy")):
        assert found["walk"][key][1:] == [member[name] for member in walk["members"]], key
    assert found["walk"]["chance"]["mean"] == walk["chance_mean"] and found["walk"]["distance"][0] == 0
    assert (found["path"]["from"], found["path"]["to"]) == (1, 2)
    points = path["points"]
    assert found["path"]["swaps"] == [point["swaps"] for point in points[:-1]]
    assert all_close(found["path"]["loss"], [point["train_loss"] for point in points[:-1]])
    ends = max(points[0]["train_loss"], points[-1]["train_loss"])
    assert close(found["path"]["barrier"], max(point["train_loss"] for point in points) - ends)


def table(name, price):
    with open(name, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["width", "height", price])
        for i in range(200):
            writer.writerow([i % 17, i % 11, 3 * (i % 17) - 2 * (i % 11) + i % 3])


def test_regression():
    table("r.csv", "price")
    good("search", "--data", "r.csv", "--target-columns", "price", "--members", 2, "--steps", 800, "--quiet",
         "--study", "r.aann", "--validation", 0.3)
    found = report("r.aann")
    assert found["family"]["task"] == "regression" and found["family"]["classes"] is None
    assert found["family"]["targets"][0]["name"] == "price"
    assert found["family"]["input"]["names"] == ["width", "height"]
    assert found["votes"] is None and found["confusion"] is None and found["samples"] is None
    scatter = found["scatter"][0]
    assert scatter["target"] == "price" and len(scatter["true"]) == len(scatter["predicted"]) == 60
    for place, member in enumerate(scatter["id"]):
        fit = answer("eval", "r.aann", member, "--split", "validation")["fits"][0]
        assert scatter["member_fit"][place] == {key: fit[key] for key in ("r2", "rmse", "mae")}
    assert all(close(a, sum(b) / 2, 1e-4) for a, b in zip(scatter["predicted"], zip(*scatter["member"])))
    assert all(close(value, round(value), 1e-4) for value in scatter["true"]), "targets are in the user's units"
    listed = answer("list", "r.aann")["families"][0]["members"]
    for member, other in zip(found["members"]["list"], listed, strict=True):
        for split in ("train", "validation", "test"):
            assert member[split + "_rmse"] == other[split + "_rmse"], split


def test_driving():
    good("car", "record", "--episodes", 1, "--out", "d.npz")
    good("search", "--data", "d.npz", "--net", "4C7vs8-MP2-3", "--steps", 300, "--members", 2, "--threads", 1,
         "--quiet", "--study", "d.aann")
    found = report("d.aann", "--tracks", "1003:1005")
    drive = found["drive"]
    assert found["family"]["task"] == "driving" and drive["tracks"] == [1003, 1004]
    assert [target["name"] for target in found["family"]["targets"]] == ["steering", "gas", "brake"]
    for place, member in enumerate(drive["id"]):
        driven = answer("drive", "d.aann", member, "--tracks", "1003:1005")
        assert drive["reward"][place] == driven["rewards"] and drive["finished"][place] == driven["finished"]
    replay = drive["replay"]
    steps = len(replay["x"])
    assert replay["track"] == 1003 and all(len(replay[key]) == steps for key in ("y", "angle", "steer", "gas", "brake"))
    assert replay["reward"] == drive["reward"][drive["id"].index(replay["id"])][0]
    road = replay["road"]
    assert len(road["left"]) == len(road["right"]) > 200
    width = math.dist(road["left"][:2], road["right"][:2])
    assert 13 < width < 14, width
    assert math.dist((replay["x"][0], replay["y"][0]), road["left"][:2]) < 10, "the car begins on the road"


def test_table_and_signal():
    with open("t.csv", "w", encoding="utf-8") as file:
        file.write("a,b,c,kind\n" + "".join(
            f"{i % 7},{6 - i % 7},{(i * 3) % 11},{'high' if (i * i) % 5 > 1 else 'low'}\n" for i in range(300)))
    good("search", "--data", "t.csv", "--net", "8-2", "--steps", 60, "--study", "t.aann", "--label-column", "kind",
         "--members", 3, "--quiet")
    found = report("t.aann")
    assert found["family"]["classes"] == ["high", "low"] and found["family"]["input"]["names"] == ["a", "b", "c"]
    column_of = found["family"]["input"]["column_of"]
    assert len(column_of) == found["family"]["input"]["channels"] == found["family"]["layers"][0]["inputs"]
    assert column_of[-1] is None and column_of[:-1] == sorted(column_of[:-1]) and set(column_of[:-1]) == {0, 1, 2}
    samples = found["samples"]
    assert found["split"] == "validation" and samples["kind"] == "table" and samples["channels"] == 3
    codes = np.frombuffer(base64.b64decode(samples["value"]), np.uint8).reshape(-1, 3)
    assert len(codes) == len(samples["index"]) > 3 and codes.max() <= 254
    order = codes[np.argsort(codes[:, 0], kind="stable")].astype(int)
    assert order[0, 0] < order[-1, 0] and (np.diff(order[:, 1]) <= 0).all(), "what grows in a shrinks in b"


# ---- studies that are not complete ---------------------------------------------------------------

def test_running_members():
    run(*SEARCH, "--steps", 10000000, "--members", 2, "--seconds", 1, "--quiet", "--study", "s.aann",
        "--checkpoint-seconds", 0.2)
    found = report("s.aann")
    assert [member["state"] for member in found["members"]["list"]] == ["running", "running"]
    assert all(0 < member["progress"] < 1 for member in found["members"]["list"])
    assert found["members"]["compares_unfinished"] and found["members"]["compared"] == 2
    assert found["family"]["unfinished"] == 2


def test_members_that_have_not_begun_and_failed_ones():
    run(*SHORT, "--members", 2, "--threshold", 99.9, "--study", "s.aann")
    found = report("s.aann")
    assert [member["state"] for member in found["members"]["list"]] == ["failed", "failed"]
    assert found["members"]["compared"] == 2
    run(*SEARCH, "--steps", 10000000, "--members", 8, "--parallel", 1, "--threads", 1, "--seconds", 0.5, "--quiet",
        "--study", "s.aann")
    found = report("s.aann")
    assert found["family"]["id"] == 2 and found["family"]["planned"] == 8
    assert report("s.aann", "--family", 1)["family"]["id"] == 1
    refused(1, "family 9", "report", "s.aann", "--family", 9, "--json")


def test_one_member():
    found = report(digits("s.aann", 1))
    assert found["map"] is None and found["distances"] is None and found["votes"] is None
    assert found["confusion"]["id"] == [1] and found["samples"] is None


MOVED = ("--data", "moved/train-images-idx3-ubyte.gz", "--test", "moved/t10k-images-idx3-ubyte.gz")


def without_data(*more):
    """A study whose data set is somewhere else now."""
    os.mkdir("data")
    for path in (TRAIN, TEST):
        for name in (path, path.replace("images-idx3", "labels-idx1")):
            shutil.copy(name, "data")
    good("search", "--data", "data/train-images-idx3-ubyte.gz", "--test", "data/t10k-images-idx3-ubyte.gz", *SHORT[5:],
         "--members", 3, "--study", "s.aann")
    for arguments in more:
        good(*arguments)
    os.rename("data", "moved")


def test_the_data_set_is_not_there():
    without_data()
    found = report("s.aann")
    for part in ("votes", "confusion"):
        assert "train-images" in found[part]["absent"], part
    assert found["samples"] is None or "absent" in found["samples"]
    assert len(found["distances"]["raw"]) == 9 and found["distances"]["answers"] is None
    assert len(found["traces"]["members"]) == 3 and found["split"] == "test"
    again = report("s.aann", *MOVED)
    assert len(again["confusion"]["counts"]) == 3
    refused(1, "none.gz", "report", "s.aann", "--data", "none.gz", "--json")


def test_stored_predictions_are_used():
    without_data(("geometry", "s.aann", "--samples", 0))
    found = report("s.aann")
    expected = report("s.aann", *MOVED)
    for part in ("confusion", "votes", "errors", "distances"):
        assert found[part] == expected[part] and found[part] is not None, part
    assert "absent" in found["samples"], "what samples look like is not in the study"
    with sqlite3.connect("s.aann") as database:
        database.execute("DELETE FROM truth")  # as in a study of aann 0.1
    database.close()
    found = report("s.aann")
    assert "absent" in found["confusion"] and "absent" in found["votes"] and found["distances"]["errors"] is None
    assert found["distances"]["answers"] == expected["distances"]["answers"], "who answers alike is in the study"


def stored_regression():
    """A regression whose data are away, with a prediction and targets in the study: what it predicts, what is true."""
    table("r.csv", "price")
    good("search", "--data", "r.csv", "--target-columns", "price", "--members", 2, "--steps", 100, "--quiet",
         "--study", "r.aann")
    os.rename("r.csv", "moved.csv")
    logits = np.arange(-20, 20, dtype=np.int16) * 10
    truth = (np.arange(40) % 7 - 3).astype(np.float32) / 4
    with sqlite3.connect("r.aann") as database:
        data, options = database.execute("SELECT data, options FROM family").fetchone()
        for member, name in database.execute("SELECT id, hash FROM member").fetchall():
            packed = zlib.compress(bytes(logits.view(np.uint8).reshape(-1, 2).T.ravel()))
            database.execute("INSERT INTO prediction VALUES (?, 'validation', 'x', ?, 40, 1, 2, ?)",
                             (member, name, packed))
        packed = zlib.compress(bytes(truth.view(np.uint8).reshape(-1, 4).T.ravel()))
        database.execute("INSERT INTO truth VALUES (1, 'validation', 'x', 40, 1, 4, ?)", (packed,))
    database.close()
    outputs = np.clip(logits / (127 * json.loads(options)["output_scale"]), -1, 1)
    mean, scale = (json.loads(data)[key][0] for key in ("target_mean", "target_scale"))
    return outputs * scale + mean, truth * scale + mean


def test_stored_targets_are_used():
    predicted, true = stored_regression()
    found = report("r.aann", "--split", "validation")["scatter"][0]
    assert all_close(found["predicted"], predicted, 1e-4) and all_close(found["true"], true, 1e-4)
    assert close(found["r2"], 1 - ((predicted - true) ** 2).sum() / ((true - true.mean()) ** 2).sum(), 1e-6)
    assert found["units_unknown"] is None


def test_units_that_are_unknown_are_said():
    stored_regression()
    with sqlite3.connect("r.aann") as database:
        database.execute("UPDATE family SET data = json_remove(data, '$.target_scale')")
    database.close()
    found = report("r.aann", "--split", "validation")["scatter"][0]["units_unknown"]
    assert "family 1: the description of its data is damaged" in found, found


def test_labels_that_no_member_could_answer():
    without_data(("geometry", "s.aann", "--samples", 0))
    labels = np.zeros(256, np.int16)
    labels[7] = 10
    with sqlite3.connect("s.aann") as database:
        for wrong in (labels, -labels):
            packed = zlib.compress(bytes(wrong.view(np.uint8).reshape(-1, 2).T.ravel()))
            database.execute("UPDATE truth SET packed = ?, width = 2", (packed,))
            database.commit()
            assert "absent" in report("s.aann")["confusion"]
        packed = zlib.compress(bytes((labels // 2).view(np.uint8).reshape(-1, 2).T.ravel()))
        database.execute("UPDATE truth SET packed = ?, width = 2", (packed,))
    database.close()
    assert sum(report("s.aann")["confusion"]["counts"][0][50:60]) == 1


def test_a_study_that_is_written():
    """Somebody has the study's lock, and a transaction open."""
    digits()
    database = sqlite3.connect("s.aann", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    database.execute("UPDATE member SET seconds = 1 WHERE id = 1")
    assert len(report("s.aann")["members"]["list"]) == 3
    database.execute("ROLLBACK")
    database.close()
    before = pathlib.Path("s.aann").read_bytes()
    os.chmod("s.aann", 0o400)
    report("s.aann")
    assert pathlib.Path("s.aann").read_bytes() == before, "a report reads, and nothing else"


# ---- strangers' texts ----------------------------------------------------------------------------

HOSTILE = "</script><script>alert(1)</script><!--\"'&\\\x1b[2J\n\u2028\u202e]]>"


def test_hostile_texts_stay_texts():
    table("<script>&.csv", "</script><b>price")
    good("search", "--data", "<script>&.csv", "--target-columns", "</script><b>price", "--members", 2, "--steps", 50,
         "--quiet", "--study", "s<b>&.aann")
    with sqlite3.connect("s<b>&.aann") as database:
        database.execute("UPDATE family SET name = ?, software = ?", (HOSTILE, HOSTILE))
        database.execute("UPDATE member SET origin = ? WHERE id = 2", ("</script><img src=x>",))
    database.close()
    good("report", "s<b>&.aann", "--html", "r.html")
    page = pathlib.Path("r.html").read_text(encoding="utf-8")
    found = page_data("r.html")
    assert found["family"]["name"] == found["family"]["software"] == HOSTILE
    assert found["study"]["name"] == "s<b>&.aann" and found["family"]["data"] == "<script>&.csv"
    assert found["members"]["list"][1]["origin"] == "</script><img src=x>"
    assert found["scatter"][0]["target"] == "</script><b>price" and "<img" not in page and "alert(1)" in page
    data = DATA.findall(page)[0]
    assert data.isascii() and data.isprintable(), "a terminal sees this, too"


def test_text_that_is_no_text():
    digits("s.aann", 1)
    with sqlite3.connect("s.aann") as database:
        database.execute("UPDATE family SET name = CAST(? AS TEXT)", (b"\xff\xc3(\xed\xa0\x80\xf0\x9f",))
    database.close()
    assert report("s.aann")["family"]["name"] == "\ufffd\ufffd(" + 5 * "\ufffd"
    with sqlite3.connect("s.aann") as database:
        database.execute("UPDATE family SET name = ?", ("網路 \U0001f642",))
    database.close()
    assert report("s.aann")["family"]["name"] == "網路 \U0001f642"


# ---- files ---------------------------------------------------------------------------------------

def test_files():
    digits()
    good("report", "s.aann", "--html", "r.html")
    first = page_data("r.html")
    assert first["live"] is None and list(first)[:-1] == KEYS
    good("report", "s.aann", "--html", "r.html", "--quiet")  # an earlier report is replaced
    pathlib.Path("mine.html").write_text("<!doctype html><p>mine</p>", encoding="utf-8")
    refused(2, "no report of aann", "report", "s.aann", "--html", "mine.html")
    assert "mine" in pathlib.Path("mine.html").read_text(encoding="utf-8")
    before = pathlib.Path("s.aann").read_bytes()
    refused(2, "no report of aann", "report", "s.aann", "--html", "s.aann")
    assert pathlib.Path("s.aann").read_bytes() == before
    refused(1, "none", "report", "s.aann", "--html", "none/r.html")
    refused(1, "none.aann", "report", "none.aann", "--html", "r.html")
    refused(2, "--html", "report", "s.aann")
    refused(2, "two outputs", "report", "s.aann", "--html", "r.html", "--json")
    refused(2, "--watch", "report", "s.aann", "--watch", "--json")
    refused(2, "expected test", "report", "s.aann", "--json", "--split", "all")
    assert sorted(os.listdir(".")) == ["mine.html", "r.html", "s.aann"], os.listdir(".")


def test_threads_change_nothing():
    digits()
    found = [report("s.aann", "--threads", threads) for threads in (1, 3)]
    for one in found:
        del one["made"]
    assert found[0] == found[1]


def test_interrupted():
    """A signal in the middle of it leaves the old report, and nothing else."""
    digits("s.aann", 12)
    good("report", "s.aann", "--html", "r.html")
    before = pathlib.Path("r.html").read_bytes()
    stops = 0
    # A loaded machine may finish a report before this process comes to its signal: there are further attempts.
    for delay in (0.02, 0.05, 0.1, 0.2, *20 * [0.01]):
        if stops >= 3:
            break
        process = subprocess.Popen([PROGRAM, "report", "s.aann", "--html", "r.html", "--threads", "1"],
                                   stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        time.sleep(delay)
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        message = process.communicate(timeout=60)[1]
        if process.returncode == 0:  # it was faster
            before = pathlib.Path("r.html").read_bytes()
            continue
        stops += 1
        assert time.monotonic() - start < 30 and pathlib.Path("r.html").read_bytes() == before
        assert process.returncode in (1, -signal.SIGINT), process.returncode
        assert message in ("", "aann: stopped; r.html is as it was\n"), message
        assert sorted(os.listdir(".")) == ["r.html", "s.aann"], os.listdir(".")
    assert stops > 0


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.05)


def live(path):
    return page_data(path)["live"] if os.path.exists(path) else None


def test_watch():
    run(*SEARCH, "--steps", 10000000, "--members", 2, "--seconds", 0.5, "--quiet", "--study", "s.aann")
    process = subprocess.Popen([PROGRAM, "report", "s.aann", "--html", "r.html", "--watch", "--every", "0.2"],
                               stderr=subprocess.PIPE, text=True)
    wait_for(lambda: live("r.html"))
    assert live("r.html") == {"running": True, "refresh_seconds": 0.2}
    written = os.stat("r.html").st_mtime_ns
    wait_for(lambda: os.stat("r.html").st_mtime_ns != written)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0 and live("r.html")["running"] is False
    good("resume", "s.aann", "--seconds", 0.2, "--quiet")  # nobody holds it


def test_watch_stays_with_its_family():
    """Another family, with other data and fewer classes, begins in the same study meanwhile."""
    run(*SEARCH, "--steps", 10000000, "--members", 2, "--seconds", 0.5, "--quiet", "--study", "s.aann")
    process = subprocess.Popen([PROGRAM, "report", "s.aann", "--html", "r.html", "--watch", "--every", "0.2"],
                               stderr=subprocess.PIPE, text=True)
    wait_for(lambda: live("r.html"))
    table("r.csv", "price")
    good("search", "--data", "r.csv", "--target-columns", "price", "--members", 2, "--steps", 50, "--quiet",
         "--study", "s.aann")
    written = os.stat("r.html").st_mtime_ns
    wait_for(lambda: os.stat("r.html").st_mtime_ns != written)
    written = os.stat("r.html").st_mtime_ns
    wait_for(lambda: os.stat("r.html").st_mtime_ns != written)
    found = page_data("r.html")
    assert found["family"]["id"] == 1 and found["live"]["running"], found["family"]["id"]
    assert [family["id"] for family in found["study"]["families"]] == [1, 2]
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_watch_that_fails_ends_the_page():
    run(*SEARCH, "--steps", 10000000, "--members", 2, "--seconds", 0.5, "--quiet", "--study", "s.aann")
    process = subprocess.Popen([PROGRAM, "report", "s.aann", "--html", "r.html", "--watch", "--every", "0.2"],
                               stderr=subprocess.PIPE, text=True)
    wait_for(lambda: live("r.html"))
    os.rename("s.aann", "moved.aann")
    message = process.communicate(timeout=60)[1]
    assert process.returncode == 1 and "s.aann" in message, message
    assert live("r.html")["running"] is False, "nobody waits for a page that does not come"


def test_watch_ends_with_the_family():
    digits()
    good("report", "s.aann", "--html", "r.html", "--watch", "--quiet")
    assert live("r.html")["running"] is False


def test_search_writes_a_report():
    pathlib.Path("mine.html").write_text("mine", encoding="utf-8")
    refused(2, "no report of aann", *SHORT, "--study", "s.aann", "--report", "mine.html")
    assert os.listdir(".") == ["mine.html"], "wrong arguments leave no study"
    said = good(*SEARCH, "--steps", 600, "--members", 2, "--study", "s.aann", "--report", "r.html")
    assert said.rstrip().endswith("report: r.html"), said
    found = page_data("r.html")
    assert found["live"]["running"] is False and found["family"]["finished"] == 2
    shown = report("s.aann")
    for one in (found, shown):
        del one["made"]
    del found["live"]
    assert found == shown
    answer(*SHORT, "--study", "s.aann", "--report", "r.html")  # the second family of the study
    assert page_data("r.html")["family"]["id"] == 2


def test_resume_writes_a_report():
    """While it goes on, at its end, and of a family that is complete already."""
    pathlib.Path("mine.html").write_text("mine", encoding="utf-8")
    run(*SEARCH, "--steps", 200000, "--members", 2, "--seconds", 0.1, "--quiet", "--study", "s.aann")
    refused(2, "no report of aann", "resume", "s.aann", "--report", "mine.html")
    said = good("resume", "s.aann", "--report", "r.html")
    assert "report: r.html" in said.split("\n"), said
    found = page_data("r.html")
    assert found["live"]["running"] is False and found["family"]["finished"] == 2
    os.remove("r.html")
    answer("resume", "s.aann", "--report", "r.html")
    again = page_data("r.html")
    for one in (found, again):
        del one["made"], one["live"]
    assert found == again
    run(*SEARCH, "--steps", 100000000, "--seconds", 0.2, "--quiet", "--study", "s.aann")
    with subprocess.Popen([PROGRAM, "resume", "s.aann", "--family", "2", "--report", "r.html", "--quiet"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_for(lambda: page_data("r.html")["family"]["id"] == 2)
        assert live("r.html")["running"] is True
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
    assert live("r.html")["running"] is False


def test_search_writes_while_it_runs():
    process = subprocess.Popen([PROGRAM, *map(str, SEARCH), "--steps", "100000000", "--quiet", "--study", "s.aann",
                                "--report", "r.html", "--members", "2"], stderr=subprocess.PIPE, text=True)
    wait_for(lambda: live("r.html"))
    assert live("r.html")["running"] is True and len(page_data("r.html")["members"]["list"]) == 2
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 1 and live("r.html")["running"] is False


if __name__ == "__main__":
    main(globals())
