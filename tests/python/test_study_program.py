"""Studies of the program in Python, and of Python in the program: the same bits."""

import math

import numpy as np
import pandas
import pytest
from study_support import NET, STEPS, hashes, programs_family, same, small

import aann
import aann.geometry
from aann import nulls

# ---- the program's studies in Python


def test_a_family_of_the_program(program, mnist_folder, tmp_path):
    path = tmp_path / "digits.aann"
    told = programs_family(program, mnist_folder, path, "--members", "3")
    with aann.Study(path, "r") as study:
        family = study.families[0]
        assert (family.name, family.task) == ("train-images-idx3-ubyte", "classification")
        assert family.spec.text == told["spec"] and family.planned == len(family) == 3
        assert family.options == aann.Options(seed=3, steps=STEPS, loss_scale=2.0)
        assert family.threshold is None and family.unfinished == 0
        counts = {
            "validation": told["data"]["split"]["validation"][1],
            "test": told["data"]["test"]["count"],
        }
        for member, row in zip(family, told["members"], strict=True):
            for name, value in row.items():
                if name.endswith("_interval"):  # in Python a function of the accuracy
                    split = name.removesuffix("_interval")
                    right = round(row[f"{split}_accuracy"] * counts[split])
                    assert list(nulls.interval(right, counts[split])) == value
                    continue
                found = getattr(
                    member, {"parent": "parent_id", "family": "family_id"}.get(name, name)
                )
                if name == "hash":
                    assert f"{found:016x}" == value
                elif isinstance(value, str):
                    assert found == value
                else:
                    assert same(found, (value or None) if name == "parent" else value), name
            assert member.network.hash == member.hash
        assert study.members[2].model.network == family[1].network
        assert list(study.members) == [1, 2, 3]


def test_frames_of_the_program(program, mnist_folder, tmp_path):
    path = tmp_path / "digits.aann"
    told = programs_family(program, mnist_folder, path, "--members", "2")
    study = aann.Study(path, "r")
    family = study.families[-1]
    frame = family.to_frame()
    assert frame["hash"].tolist() == [row["hash"] for row in told["members"]]
    assert frame["test_accuracy"].tolist() == [row["test_accuracy"] for row in told["members"]]
    assert frame["parent_id"].isna().all()
    shown = program("show", str(path), "2", "--json")["trace"]
    trace = family.trace([2])
    assert (trace["member"] == 2).all() and len(trace) == len(shown) == 100
    for name in ("step", "train_loss", "validation_accuracy", "accepted"):
        pairs = zip(trace[name].tolist(), (row[name] for row in shown), strict=True)
        assert all(same(found, expected) for found, expected in pairs), name
    pandas.testing.assert_frame_equal(family[1].trace(), trace.drop(columns="member"))
    assert len(family.trace()) == 200


def test_predictions_of_the_program(program, mnist_folder, digits, tmp_path):
    path = tmp_path / "digits.aann"
    programs_family(program, mnist_folder, path, "--members", "2")
    told = program("ensemble", str(path), "--json")
    with aann.Study(path) as study:
        family = study.families[0]
        logits = family.predictions("test")
        assert logits.shape == (2, 256, 10) and logits.dtype == np.int32
        accuracy = (logits.argmax(-1) == family.labels("test")).mean(axis=1)
        assert accuracy.tolist() == [member.test_accuracy for member in family]
        assert accuracy.tolist() == told["single"]
        encoded = family.encoding.encode(digits[2])
        assert np.array_equal(logits[1], family[1].network.logits(encoded))
        assert np.array_equal(family.predictions("test", [2], keep=False)[0], logits[1])


def test_the_program_stops_and_python_goes_on(program, mnist_folder, digits, tmp_path):
    whole, parts = tmp_path / "whole.aann", tmp_path / "parts.aann"
    told = programs_family(program, mnist_folder, whole, "--members", "3")
    programs_family(program, mnist_folder, parts, "--members", "1")
    with aann.Study(parts, "w") as study:
        family = study.families[0].grow(3)
        assert family.unfinished == 2
        family.run(threads=2)  # the data are found in the files
        assert hashes(family) == [row["hash"] for row in told["members"]]
    with aann.Study(parts, "w") as study:  # and from memory
        family = study.families[0].grow(4)
        X, y, X_test, y_test = digits
        family.resume(X, y, test=(X_test, y_test))
        assert family.unfinished == 0 and len(family) == 4


def test_predictions_are_kept(program, mnist_folder, tmp_path):
    path = tmp_path / "digits.aann"
    programs_family(program, mnist_folder, path, "--members", "2")
    for mode, keep, passes in (("r", True, 2), ("w", False, 2), ("w", True, 0)):
        with aann.Study(path, mode) as study:
            study.families[0].predictions("test", keep=keep)
        told = program("geometry", path, "--no-keep", "--no-match", "--samples", "0", "--json")
        assert told["forward_passes"] == passes


# ---- Python's studies in the program


def test_the_program_reads_a_study(program, mnist_folder, digits, tmp_path):
    path = tmp_path / "python.aann"
    X, y, X_test, y_test = digits
    told = programs_family(program, mnist_folder, tmp_path / "program.aann", "--members", "2")
    with aann.Study(path) as study:
        family = study.family(
            X, y, NET, members=2, sparsity=60, seed=3, steps=STEPS, test=(X_test, y_test), name="a"
        )
        assert (family.unfinished, len(family)) == (2, 2)
        assert family[0].steps == 0
        assert family.run() is family
        assert hashes(family) == [row["hash"] for row in told["members"]]
    listed = program("list", path, "--json")["families"][0]
    for row, expected in zip(listed["members"], told["members"], strict=True):
        del row["seconds"], expected["seconds"]
        assert row == expected
    assert listed["options"] == told["options"] and listed["name"] == "a"
    assert len(program("show", path, "1", "--json")["trace"]) == 100
    found = program(
        "eval", path, "2", "--data", mnist_folder / "t10k-images-idx3-ubyte.gz", "--json"
    )
    assert found["accuracy"] == expected["test_accuracy"]
    files = [
        *("--data", mnist_folder / "train-images-idx3-ubyte.gz"),
        *("--test", mnist_folder / "t10k-images-idx3-ubyte.gz"),
    ]
    measured = program("geometry", path, *files, "--matrices", "--json")
    with aann.Study(path, "r") as study:
        D = aann.geometry.distances(study.families[0].networks())
    assert measured["measures"]["distance"]["matrix"] == D.tolist()
    assert measured["accuracy"] == [row["test_accuracy"] for row in told["members"]]


def test_the_program_goes_on(program, mnist_folder, data, tmp_path):
    path = tmp_path / "python.aann"
    told = programs_family(program, mnist_folder, tmp_path / "program.aann", "--members", "3")
    with aann.Study(path) as study:
        small(study, data, members=1).run().grow(3)
    found = program(
        "resume",
        path,
        *("--data", mnist_folder / "train-images-idx3-ubyte.gz"),
        *("--test", mnist_folder / "t10k-images-idx3-ubyte.gz", "--json", "--quiet"),
    )
    assert [row["hash"] for row in found["members"]] == [row["hash"] for row in told["members"]]


def test_walks_are_the_programs(program, mnist_folder, data, tmp_path):
    path = tmp_path / "program.aann"
    programs_family(program, mnist_folder, path)
    told = program(
        *("walk", path, "1", "--members", "3", "--threshold", "30", "--seed", "5"),
        *("--json", "--quiet"),
    )
    with aann.Study() as study:
        family = small(study, data, members=1).run()
        walk = family.walk(1, members=2, threshold=0.3, seed=5, every=told["every"])
        assert (walk.recorded, walk.state, walk.planned) == (2, "complete", 2)
        walk = family.walk(1, members=3, seed=5)  # longer; the rest as it was
        assert hashes(walk.members) == [row["hash"] for row in told["members"]]
        frame = walk.to_frame()
        assert frame["distance"].tolist() == [row["distance"] for row in told["members"]]
        assert frame["swaps"].tolist() == [row["swaps"] for row in told["members"]]
        assert [one.parent_id for one in walk.members] == [1, 2, 3]
        assert walk.members[1].parent == walk.members[0]
        assert len(walk.networks()) == 3 and "3 of 3" in repr(walk)
        assert len(family.walks) == 1 and walk.threshold == 0.3
        with pytest.raises(aann.errors.ArgumentError, match="threshold"):
            family.walk(1, threshold=0.9, seed=5)
        assert family.walk(1, members=3, threshold=0.2, seed=6).every == told["every"]
        with pytest.raises(aann.errors.ArgumentError, match="no bound given"):
            family.walk(1)
        with pytest.raises(aann.errors.NotFoundError):
            family.walk(99, threshold=0.3)
    with aann.Study(path) as study:
        chance = aann.geometry.chance(study.families[0].spec).mean
        assert told["every"] == math.ceil(chance / 6)
        assert study.families[0].walks[0].every == told["every"]


def test_paths_are_the_programs(program, mnist_folder, data, tmp_path):
    path = tmp_path / "program.aann"
    programs_family(program, mnist_folder, path, "--members", "2")
    told = program("path", path, "1", "2", "--points", "4", "--json", "--quiet")
    with aann.Study() as study:
        family = small(study, data).run()
        found = family.path(1, 2, points=4)
        assert [f"{network.hash:016x}" for network in found.networks()] == [
            row["hash"] for row in told["points"]
        ]
        assert found.worst_loss == told["worst"]["loss"] and found.stored == told["stored"]
        assert found.constant_loss == told["constant"]["loss"]
        frame = found.to_frame()
        for name in ("swaps", "distance", "train_loss", "validation_accuracy", "test_loss"):
            assert frame[name].tolist() == [row[name] for row in told["points"]], name
        assert len(family) == 2 + found.stored
        assert {member.origin for member in list(family)[2:]} == {"path"}
        straight = family.path(1, 2, straight=True, match=False, points=20)
        assert straight.stored == 0 and straight.barrier > found.barrier
        with pytest.raises(aann.errors.ArgumentError, match="to itself"):
            family.path(1, 1)
        before = len(family)
        with pytest.raises(aann.errors.AannError, match="stopped"):
            family.path(1, 2, progress=lambda members: False, repairs=100_000)
        assert len(family) == before


def test_ensembles_are_the_programs(program, mnist_folder, tmp_path, digits):
    path = tmp_path / "program.aann"
    programs_family(program, mnist_folder, path, "--members", "4")
    told = program("ensemble", path, "--json", "--draws", "7", "--seed", "2")
    family = aann.Study(path).families[0]
    for method in ("vote", "sum"):
        ensemble = family.ensemble(method=method)
        assert len(ensemble) == 4
        spread = ensemble.spread("test", draws=7, seed=2)
        assert spread["mean"].tolist() == told[method]["mean"]
        assert spread["deviation"].tolist() == told[method]["deviation"]
        chosen, accuracy = ensemble.choose(3)
        assert [member.id for member in chosen.members] == told[method]["greedy_order"][:3]
        assert accuracy.tolist() == told[method]["greedy_validation"][:3]
        assert chosen.accuracy("test") == told[method]["greedy"][2]
        assert np.array_equal(ensemble.predict(digits[2]), ensemble.answers("test"))
    one = family.ensemble([2])
    assert one.accuracy("test") == family[1].test_accuracy
    with pytest.raises(aann.errors.ArgumentError, match="vote or sum"):
        family.ensemble(method="mean")
    with pytest.raises(aann.errors.ArgumentError, match="at least one"):
        family.ensemble([])
