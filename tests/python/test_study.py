"""Studies and families: the program's bits in both directions, stopping, and what is refused."""

import gc
import logging
import math
import multiprocessing
import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import numpy as np
import pandas
import pytest
from conftest import signs

import aann
import aann.geometry
from aann import _again, nulls

NET = "4C5s2-MP2-6C3-MP2-10"
STEPS = 3000
LONG = 100_000_000


@pytest.fixture
def data(digits):
    X, y, X_test, y_test = digits
    return aann.Data(X, y, test=(X_test, y_test), split_seed=3)


def small(study, data, members=2, **more):
    """A family whose search takes a tenth of a second."""
    how = {"sparsity": 60, "seed": 3, "steps": STEPS, **more}
    return study.family(data, net=NET, members=members, **how)


def programs_family(program, folder, path, *more):
    """The same family, made by the program."""
    return program(
        "search",
        *("--data", folder / "train-images-idx3-ubyte.gz"),
        *("--test", folder / "t10k-images-idx3-ubyte.gz"),
        *("--net", NET, "--sparsity", "60", "--seed", "3", "--steps", STEPS),
        *("--study", path, "--quiet", "--json", *more),
    )


def hashes(members):
    return [f"{member.hash:016x}" for member in members]


def same(left, right):
    """Equal, where NaN and null are one thing."""
    left, right = (None if x is None or np.isnan(x) else x for x in (left, right))
    return left == right


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


# ---- the file


def test_modes(tmp_path):
    path = tmp_path / "new.aann"
    for mode in ("r", "w"):
        with pytest.raises(OSError, match=r"new\.aann") as caught:
            aann.Study(path, mode)
        assert isinstance(caught.value, (aann.errors.InputOutputError, aann.errors.NotFoundError))
    aann.Study(path, "a").close()
    with aann.Study(path, "w") as study:
        assert study.mode == "w" and study.path == str(path) and len(study.families) == 0
    with aann.Study(path, "r") as study:
        X, y = signs()
        with pytest.raises(aann.errors.ArgumentError, match="reading only"):
            study.family(X, y, "8-2")
    with pytest.raises(ValueError, match="'x'"):
        aann.Study(path, "x")


def test_closed():
    study = aann.Study()
    X, y = signs()
    family = study.family(X, y, "8-2", members=1, steps=100).run()
    member = family[0]
    study.close()
    study.close()
    assert study.closed and "closed" in repr(study) and "closed" in study._repr_html_()
    for use in (
        lambda: study.families[0],
        lambda: list(study.members),
        family.run,
        lambda: member.network,
        lambda: member.parent or member.trace(),
        lambda: study.export("never.aann"),
    ):
        with pytest.raises(ValueError, match="closed"):
            use()


def test_locked(tmp_path):
    path = tmp_path / "one.aann"
    with aann.Study(path):
        with pytest.raises(BlockingIOError, match="one writer at a time") as caught:
            aann.Study(path)
        assert isinstance(caught.value, aann.errors.LockedError)
        aann.Study(path, "r").close()
    aann.Study(path).close()
    left = aann.Study(path)
    del left  # nobody holds it any more: its lock goes too
    gc.collect()
    aann.Study(path).close()


def test_newer_damaged_and_foreign(tmp_path):
    newer, damaged = tmp_path / "newer.aann", tmp_path / "damaged.aann"
    aann.Study(newer).close()
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(RuntimeError, match="999|newer") as caught:
        aann.Study(newer, "r")
    assert isinstance(caught.value, aann.errors.VersionError)
    damaged.write_bytes(b"SQLite format 3\0" + b"nonsense" * 1000)
    with pytest.raises(ValueError, match="damaged"):
        aann.Study(damaged)
    (tmp_path / "text.aann").write_text("no study")
    with pytest.raises(aann.errors.FormatError):
        aann.Study(tmp_path / "text.aann")
    with pytest.raises(ValueError, match="NUL"):
        aann.Study("a\0b")


def test_export_and_pickle(tmp_path, monkeypatch):
    X, y = signs()
    study = aann.Study()
    family = study.family(X, y, "8-2", members=2, steps=500, name="signs").run()
    with pytest.raises(TypeError, match="in memory"):
        pickle.dumps(study)
    study.export(tmp_path / "out.aann")
    with pytest.raises(OSError, match=r"out\.aann"):
        study.export(tmp_path / "out.aann")
    monkeypatch.chdir(tmp_path)
    opened = pickle.loads(pickle.dumps(aann.Study("out.aann")))
    assert opened.mode == "r" and opened.path == str(tmp_path / "out.aann")
    opened = aann.Study("out.aann", "r")
    member = opened.families["signs"][0]
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    opened = pickle.loads(pickle.dumps(opened))
    assert opened.path == str(tmp_path / "out.aann")
    assert opened.families["signs"][0] == member
    assert hashes(opened.families["signs"]) == hashes(family)
    for thing in (family, family[0]):
        with pytest.raises(TypeError, match="pickle"):
            pickle.dumps(thing)
    assert pickle.loads(pickle.dumps(family[0].network)) == family[0].network


def _in_child(study, queue):
    try:
        found = str(len(study.families))
    except aann.errors.ArgumentError as error:
        found = str(error)
    study._handle._study = None  # as when nobody needs it any more
    gc.collect()
    queue.put(found)


def test_fork(tmp_path):
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    with aann.Study(tmp_path / "a.aann") as study:
        child = context.Process(target=_in_child, args=(study, queue))
        child.start()
        assert "before a fork" in queue.get(timeout=30)
        child.join(30)
        assert child.exitcode == 0
        with pytest.raises(aann.errors.LockedError):  # the child has not taken the lock away
            aann.Study(tmp_path / "a.aann")
        X, y = signs()
        study.family(X, y, "2", steps=10, members=1).run()


# ---- families


def test_a_name_finds_the_family_again(tmp_path):
    X, y = signs()
    path = tmp_path / "again.aann"

    def make(**more):
        how = {"members": 2, "steps": 500, "name": "signs", "seed": 4, **more}
        with aann.Study(path) as study:
            family = study.family(X, y, how.pop("net", "8-2"), **how)
            return family.id, family.unfinished, hashes(family.run())

    number, unfinished, first = make()
    assert (number, unfinished) == (1, 2)
    assert make() == (1, 0, first)
    assert make(members=1) == (1, 0, first)
    number, unfinished, grown = make(members=4)
    assert (number, unfinished) == (1, 2) and grown[:2] == first
    for what, other in (
        ("options", {"steps": 600}),
        ("options", {"threshold": 0.5}),
        ("layers", {"net": "9-2"}),
        ("data", {"seed": 5}),  # which shuffles the split
        ("data", {"validation": 0.2}),
    ):
        with pytest.raises(aann.errors.ArgumentError, match=f"other {what}"):
            make(**other)
    assert make(name="other", steps=600)[0] == 2
    assert make(name=None)[0] == 3
    with aann.Study(path, "r") as study:
        assert [family.name for family in study.families] == ["signs", "other", "family"]
        assert "other" in study.families and "none" not in study.families
        assert study.families["signs"].id == 1 and study.families[1] in study.families
        assert [family.id for family in study.families[1:]] == [2, 3]
        with pytest.raises(KeyError, match="'signs', 'other'"):
            study.families["none"]
        with pytest.raises(IndexError):
            study.families[3]
        assert study.members.get(99) is None and len(study.members) == 8
        assert "<td>signs</td>" in study._repr_html_()


def test_members_are_those_of_search():
    X, y = signs()
    with aann.Study() as study:
        family = study.family(X, y, "16-2", members=3, steps=2000, seed=9, threshold=0.6).run()
        for member in family:
            alone = aann.search(X, y, "16-2", steps=2000, seed=9, member=member.index)
            if member.steps == 2000:
                assert alone.network.hash == member.hash
                assert alone.network == member.network
        assert family.threshold == 0.6
        assert all(member.validation_accuracy >= 0.6 for member in family.done)
        model = family.done[0].model
        assert set(model.predict(X[:20])) <= {"same", "other"}
        assert family.classes.tolist() == ["other", "same"]
        assert len(family[1:]) == 2 and family[-1].id == 3
        assert family[0] in family and family[0] == family[0].refresh() != family[1]
        with aann.Study() as other:
            same = other.family(X, y, "16-2", members=3, steps=2000, seed=9, threshold=0.6).run()
            assert same[0].hash == family[0].hash and same[0] != family[0]
            assert len({family[0], family[0].refresh(), same[0]}) == 2
        assert "&ndash;" in family._repr_html_() and "8-2" not in repr(family)
        assert family.created.year >= 2024 and "aann" in family.software


def test_a_table_without_net(tmp_path, program):
    rng = np.random.default_rng(1)
    frame = pandas.DataFrame(
        {
            "size": rng.normal(size=200).round(3),
            "colour": rng.choice(["red", "green", "blue"], size=200),
        }
    )
    kind = np.where((frame["size"] > 0) ^ (frame["colour"] == "red"), "yes", "no")
    frame.assign(kind=kind).to_csv(tmp_path / "table.csv", index=False)
    told = program(
        *("search", "--data", tmp_path / "table.csv", "--study", tmp_path / "t.aann"),
        *("--steps", "300", "--seed", "2", "--json", "--quiet"),
    )
    with aann.Study() as study:
        family = study.family(frame, kind, steps=300, seed=2).run()
        assert family.spec.text == told["spec"]
        assert hashes(family) == [row["hash"] for row in told["members"]]
    with aann.Study(tmp_path / "t.aann") as study:  # the program's, with the data in memory
        family = study.families[0].grow(len(told["members"]) + 1)
        with pytest.raises(aann.errors.FormatError, match="SHA-256"):
            family.attach(frame.assign(size=0.0), kind)
        family.attach(frame, kind).run()
        assert family.unfinished == 0
        assert family.data.columns == ["size", "colour"]
        assert family.predictions().shape == (len(family), 20, 2)
        last = family[-1].hash
    with aann.Study(tmp_path / "t.aann") as study:  # from the table itself
        family = study.families[0]
        answers = family.predictions(keep=False).argmax(-1)
        assert (answers == family.labels()).mean(axis=1).tolist() == [
            member.validation_accuracy for member in family
        ]
        assert family[-1].hash == last and family.classes.tolist() == ["no", "yes"]


TABLES = {
    "plain.csv": "a,b,kind\n" + "1,2.5,0\n2,1,1\n3,,0\n1,NA,1\n" * 8,
    "words.csv": "kind;a;b;c\n" + "x;1,5;red;true\ny ;2,25;blue;false\nx;;?;true\n" * 8,
    "targets.csv": "a\tt\tu\tb\n" + "1\t0.1\t7.25\tyes\n2\t0.7\t-3\tno\n" * 9,
}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_tables_of_the_program_are_read(program, tmp_path, name):
    (tmp_path / name).write_text(TABLES[name], encoding="utf-8")
    more = ("--target-columns", "t,u") if name == "targets.csv" else ("--label-column", "kind")
    program(
        *("search", "--data", tmp_path / name, "--test", tmp_path / name, *more),
        *("--net", "3-2", "--steps", "100", "--study", tmp_path / "t.aann", "--quiet"),
    )
    with aann.Study(tmp_path / "t.aann") as study:
        family = study.families[0].grow(2).run()
        assert (
            family.unfinished == 0 and len(family.data.test) == len(TABLES[name].splitlines()) - 1
        )
        for member in family:
            inputs = family.data.test.inputs
            score = family.data.test.score(
                member.network.logits(inputs), family.options.output_scale
                if family.task == "regression" else family.options.loss_scale
            )  # fmt: skip
            assert score.loss == pytest.approx(member.test_loss)
    damaged = TABLES[name].replace("2", "two")
    (tmp_path / name).write_text(damaged, encoding="utf-8")
    study = aann.Study(tmp_path / "t.aann", "r")
    with study, pytest.raises(aann.errors.FormatError, match="column|SHA-256"):
        _ = study.families[0].data
    (tmp_path / name).write_text(TABLES[name].replace("1", "3", 1), encoding="utf-8")
    with (
        aann.Study(tmp_path / "t.aann") as study,
        pytest.raises(ValueError, match=r"SHA-256|class"),
    ):
        study.families[0].grow(3).run()


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("$.columns", "[3]"),
        ("$.columns", '{"a": 1}'),
        ("$.train", '"a.csv"'),
        ("$.found", "[1]"),
        ("$.encoding.columns", '[{"kind": "number"}]'),
    ],
)
def test_a_damaged_description_of_tables_is_named(program, tmp_path, part, value):
    table = tmp_path / "plain.csv"
    table.write_text(TABLES["plain.csv"], encoding="utf-8")
    program(
        *("search", "--data", table, "--label-column", "kind", "--net", "3-2"),
        *("--steps", "10", "--study", tmp_path / "t.aann", "--quiet"),
    )
    with sqlite3.connect(tmp_path / "t.aann") as database:
        database.execute("UPDATE family SET data = json_set(data, ?, json(?))", (part, value))
    database.close()
    with (
        aann.Study(tmp_path / "t.aann", "r") as study,
        pytest.raises(aann.errors.AannError) as told,
    ):
        _ = study.families[0].data
    assert "family 1" in str(told.value)


def test_only_files_are_opened():
    # The path of a set is what a study says, and a study may come from a stranger.
    table = {"columns": ["a"], "label_column": "kind", "found": {"header": "yes", "delimiter": ","}}
    with pytest.raises(FileNotFoundError):  # pandas would connect
        _again._read_table(table, {"path": "http://localhost:1/a.csv"}, 1, "train")
    with pytest.raises(aann.errors.FormatError, match="expected a file"):
        _again._read_table(table, {"path": "/dev/zero"}, 1, "train")
    with pytest.raises(aann.errors.FormatError, match="expected a file"):
        _again._read_pictures({}, {"path": "/dev/zero", "labels": "/dev/zero"}, 1, "train")
    table["found"]["delimiter"] = "(a+)+$"
    with pytest.raises(aann.errors.NotFoundError, match="attach"):
        _again._read_table(table, {"path": "a.csv"}, 1, "train")


def test_an_ensemble_of_a_regression_is_refused():
    X, _ = signs()
    with aann.Study() as study:
        family = study.family(X, X[:, 0], "4-1", members=2, steps=10).run()
        with pytest.raises(TypeError, match="mean"):
            family.ensemble()


def test_files_that_are_not_read(program, tmp_path):
    np.savez(tmp_path / "a.npz", x=np.arange(60.0).reshape(20, 3) / 60, y=np.arange(20) % 2)
    program(
        *("search", "--data", tmp_path / "a.npz", "--net", "2", "--steps", "10"),
        *("--study", tmp_path / "t.aann", "--quiet"),
    )
    with aann.Study(tmp_path / "t.aann") as study:
        family = study.families[0].grow(2)
        with pytest.raises(aann.errors.NotFoundError, match=r"a\.npz.*attach"):
            family.run()
        with np.load(tmp_path / "a.npz") as arrays:
            family.resume(arrays["x"], arrays["y"], table=False)
        assert family.unfinished == 0


def test_regression_and_encoded(tmp_path):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(300, 3))
    path = tmp_path / "r.aann"
    with aann.Study(path) as study:
        family = study.family(X, X[:, 0] * 2 + 5, "8-1", members=2, steps=2000).run()
        assert family.task == "regression" and family.classes is None
        assert all(math.isnan(member.validation_accuracy) for member in family)
        with pytest.raises(aann.errors.ArgumentError, match="no labels"):
            family.labels()
        assert np.abs(family[0].model.predict(X)[:, 0] - X[:, 0] * 2 - 5).mean() < 1.5
        small_inputs = rng.integers(-127, 128, (200, 4)).astype(np.int8)
        answers = (small_inputs[:, 0] > 0).astype(int)
        encoded = study.family(small_inputs, answers, "4-2", encoding="int8", steps=300, members=1)
        assert encoded.encoding is None and encoded.run().unfinished == 0
    with aann.Study(path) as study:
        encoded = study.families[1].grow(2)
        with pytest.raises(aann.errors.NotFoundError, match="memory"):
            encoded.run()
        with pytest.raises(aann.errors.FormatError):
            encoded.attach(small_inputs, 1 - answers, encoding="int8")
        encoded.resume(small_inputs, answers, encoding="int8")
        assert encoded.unfinished == 0
        study.families[0].attach(X, X[:, 0] * 2 + 5)


def test_starts_and_imports():
    X, y = signs()
    with aann.Study() as study:
        first = study.family(X, y, "16-2", members=2, steps=500, sparsity=50).run()
        begun = study.family(X, y, first.spec, members=3, steps=500, start=first.done)
        assert hashes(begun)[:2] == hashes(first) and begun[2].hash == first[0].hash
        imported = study.import_network(first[0].network, X, y, name="there")
        assert [(one.origin, one.state) for one in imported] == [("import", "done")]
        assert imported[0].validation_loss == first[0].validation_loss
        started = study.import_network(
            first[0].network, X, y, as_start=True, steps=2000, loss_scale=first.options.loss_scale
        )
        assert started.unfinished == 1 and started.run().unfinished == 0
        assert started[0].steps == 2000 and started[0].train_loss < first[0].train_loss
        missed = study.import_network(first[0].network, X, y, threshold=1.0)
        assert missed[0].state == "failed" and missed.done == [] and missed.networks() == []
        assert missed.predictions().shape == (0, 40, 2)
        with pytest.raises(aann.errors.ArgumentError, match="start"):
            study.family(X, y, "8-2", start=first[0])
        with pytest.raises(TypeError, match="start"):
            study.family(X, y, "8-2", start="first")
        with pytest.raises(aann.errors.ArgumentError, match="is not of family"):
            first.networks([imported[0].id])
        with pytest.raises(TypeError, match="Member or its id"):
            first.networks(["1"])


def test_phases(program, mnist_folder, data, tmp_path):
    """A list, a text and the program's --phases are the same search."""
    listed = [
        {"steps": 900, "jitter": 1},
        {"steps": np.int64(700), "temperature": 2e-5, "adapt_layers": False},
    ]
    words = "steps=900 jitter=1; steps=700 temperature=2e-5 adapt-layers=false"
    found = program(
        "search",
        *("--data", mnist_folder / "train-images-idx3-ubyte.gz"),
        *("--test", mnist_folder / "t10k-images-idx3-ubyte.gz"),
        *("--net", NET, "--sparsity", "60", "--seed", "3", "--phases", words),
        *("--study", tmp_path / "program.aann", "--quiet", "--json"),
    )
    reports = []
    with aann.Study(tmp_path / "python.aann") as study:
        family = small(study, data, members=1, steps=None, phases=listed, name="phased")
        assert family.phases == "steps=900 jitter=1; steps=700 temperature=2e-05 adapt_layers=false"
        family.run(progress=reports.extend)
        assert hashes(family) == [found["members"][0]["hash"]]
        assert family[0].steps == 1600
        last = reports[-1]
        assert (last.phase, last.phases, last.step, last.steps) == (1, 2, 1600, 1600)
        again = small(study, data, members=1, steps=None, phases=words, name="phased")
        assert again.id == family.id
        with pytest.raises(ValueError, match="other options"):
            small(study, data, steps=None, phases="steps=5", name="phased")
        assert small(study, data).phases == ""


def test_efforts(program, mnist_folder, data, tmp_path):
    with aann.Study(":memory:") as study:
        quick = small(study, data, steps=None, effort=1)
        good = small(study, data, steps=None, effort=5, jitter=3)
        assert "jitter=1" in quick.phases and ";" not in quick.phases
        assert good.phases.count("jitter=3") == 0 and good.options.jitter == 3  # in all phases
        assert good.phases.count(";") > 0
        X = np.random.default_rng(1).normal(size=(200, 4))
        table = aann.Data(X, X[:, 0] > 0)
        steps = [study.family(table, effort=e).options.steps for e in (1, 5, 9)]
        assert steps == [3125, 50_000, 800_000]
        assert study.family(table, effort=9).phases == ""
        for effort in (0, 10):
            with pytest.raises(ValueError, match="expected 1 to 9"):
                study.family(table, effort=effort)


def test_bad_phases(data):
    with aann.Study(":memory:") as study:
        for phases, says in (
            ("steps=10; jitter=1", "phase 2: has no steps"),
            ("", "there is none"),
            ("# later", "there is none"),
            ([], "there is none"),
            ([{"steps": 10, "seed": 3}], "the same in all phases"),
            ([{"steps": 10, "jiter": 3}], "there is no option 'jiter'"),
            ([{"steps": 10, "jitter": "x y"}], "not a whole number|NAME=VALUE"),
            ([{"steps": 10, "cooling": 1.5}], "phase 1: cooling is 1.5"),
        ):
            with pytest.raises(ValueError, match=says):
                small(study, data, steps=None, phases=phases)
        for more in ({"phases": "steps=5"}, {"effort": 3}):
            with pytest.raises(TypeError, match="expected one of them"):
                small(study, data, **more)
        with pytest.raises(TypeError, match="expected one of them"):
            small(study, data, steps=None, phases="steps=5", effort=3)
        X = np.random.default_rng(1).normal(size=(200, 4))
        with pytest.raises(ValueError, match="no places to move to"):
            study.family(X, X[:, 0] > 0, "4-2", phases="steps=9 jitter=1")
        assert len(study.families) == 0


def test_bad_families():
    X, y = signs()
    with aann.Study() as study:
        for arguments in (
            {"members": 0},
            {"threshold": 1.5},
            {"net": "16-7C3"},
            {"validation": 0, "threshold": 0.9},
        ):
            with pytest.raises(ValueError, match=r".+"):
                study.family(X, y, **{"net": "8-2", **arguments})
        with pytest.raises(TypeError):
            study.family(X, y, "8-2", coolness=3)
        with pytest.raises(TypeError, match="y already"):
            study.family(aann.Data(X, y), y, "8-2")
        with pytest.raises(TypeError, match="give validation to that"):
            study.family(aann.Data(X, y), net="8-2", validation=0.5)
        assert len(study.families) == 0
        family = study.family(X, y, "8-2", members=1, steps=10)
        for how in ({"threads": -1}, {"seconds": -1.0}, {"checkpoint_seconds": 0.0}):
            with pytest.raises(ValueError, match=r".+"):
                family.run(**how)
        with pytest.raises(aann.errors.NotFoundError, match="test split"):
            family.predictions("test")
        with pytest.raises(aann.errors.ArgumentError, match="split 'all'"):
            family.labels("all")
        with pytest.raises(aann.errors.ArgumentError, match="fewer"):
            family.grow(0)


# ---- stopping


def whole_hashes(data, **more):
    with aann.Study() as study:
        return hashes(small(study, data, members=3, steps=40_000, **more).run())


def test_pieces_are_the_whole(data, tmp_path):
    expected = whole_hashes(data)
    path = tmp_path / "pieces.aann"
    with aann.Study(path) as study:
        small(study, data, members=3, steps=40_000)
    for session in range(1000):
        with aann.Study(path, "w") as study:
            family = study.families[0].attach(data)
            family.run(
                seconds=0.05 * (session + 1), threads=1 + session % 2, parallel=1 + session % 3
            )
            if family.unfinished == 0:
                found = hashes(family)
                break
    assert session > 1 and found == expected


@pytest.mark.parametrize("raises", [False, True])
def test_interrupt(data, tmp_path, raises, caplog):
    """Ctrl-C keeps checkpoints; the next run goes on to the same bits."""
    with aann.Study(tmp_path / "a.aann") as study:
        family = small(study, data, members=3, steps=LONG)
        timer = threading.Timer(0.4, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        began = time.monotonic()
        if raises:
            with pytest.raises(KeyboardInterrupt):
                family.run(raise_on_interrupt=True)
        else:
            assert family.run() is family
            assert "run() goes on" in caplog.text
        assert time.monotonic() - began < 5.0
        steps = sum(member.steps for member in family)
        assert family.unfinished == 3 and steps > 0
        family.run(seconds=0.5)
        assert sum(member.steps for member in family) > steps


def test_many_interrupts(data, tmp_path):
    expected = whole_hashes(data)
    with aann.Study(tmp_path / "a.aann") as study:
        family = small(study, data, members=3, steps=40_000)
        for session in range(200):
            if family.unfinished == 0:
                break
            delay = 0.02 * (session + 1)
            timer = threading.Timer(delay, lambda: os.kill(os.getpid(), signal.SIGINT))
            timer.start()
            family.run()
            timer.cancel()
            timer.join()
        assert session > 1 and hashes(family) == expected


def test_what_a_callback_raises_comes_out(data):
    class OwnError(Exception):
        pass

    def report(members):
        raise OwnError(members[0].id)

    with aann.Study() as study:
        family = small(study, data, steps=LONG)
        with pytest.raises(OwnError, match="[12]"):
            family.run(progress=report)
        assert family.unfinished == 2  # and checkpoints are kept
        assert any(member.steps > 0 for member in family)


def test_progress_functions(data, tmp_path):
    seen = []
    with aann.Study(tmp_path / "a.aann") as study:
        family = small(study, data, steps=30_000)

        def report(members):
            seen.extend(members)
            with pytest.raises(aann.errors.LockedError, match="second time"):
                len(family)
            with aann.Study(study.path, "r") as again:
                assert len(again.families[0]) == 2

        family.run(progress=report)
        last = {member.id: member for member in seen if member.stopped}
        assert [last[i].state for i in (1, 2)] == ["done", "done"]
        assert last[1].step == last[1].steps == 30_000
        assert last[1].validation_accuracy == family[0].validation_accuracy
        assert last[2].train_loss == pytest.approx(family[1].train_loss, rel=1e-4)
        assert math.isnan(last[1].reward)
        long = small(study, data, steps=LONG)
        long.run(progress=lambda members: False)
        assert long.unfinished == 2 and any(member.steps > 0 for member in long)


def test_bars_and_lines(data, capsys, monkeypatch, caplog):
    caplog.set_level(logging.INFO, "aann")
    with aann.Study() as study:
        small(study, data).run(progress=True)
        assert "2.00/2 member" in capsys.readouterr().err
        monkeypatch.setitem(__import__("sys").modules, "tqdm.auto", None)
        family = small(study, data).run(progress=True)
        line = capsys.readouterr().err
        assert line.startswith("2.00/2 member, loss") and line.endswith("%\n")
        small(study, data).run()
        assert capsys.readouterr().err == ""
    assert len([r for r in caplog.records if "done after 3000" in r.getMessage()]) == 6
    assert f"member {family.id * 2} done" in caplog.text


def test_threads_wait_for_each_other(data):
    with aann.Study() as study:
        family = small(study, data, members=2, steps=20_000)
        found, failed = [], []

        def read():
            try:
                found.append(len(family.networks(range(1, 3))))
            except BaseException as error:
                failed.append(error)

        readers = [threading.Thread(target=read) for _ in range(4)]
        runner = threading.Thread(target=family.run)
        runner.start()
        for reader in readers:
            reader.start()
        for thread in (runner, *readers):
            thread.join(60)
        assert failed == [] and found == [2] * 4 and family.unfinished == 0


def test_nothing_is_read_after_it_is_freed():
    """The C library's allocator overwrites what is freed; then everything is read."""
    code = """
import numpy as np, aann
X = np.random.default_rng(0).normal(size=(300, 2))
y = np.where(X[:, 0] > 0, "yes", "no")
with aann.Study() as study:
    for number in range(20):
        family = study.family(X, y, "4-2", members=2, steps=50, name=f"f{number}", threshold=0.1)
        assert family.run().options == aann.Options(steps=50, loss_scale=1.0), family.options
        assert family.description["classes"] == ["no", "yes"]
        assert family.threshold == 0.1 and family.planned == 2
        again = study.families[f"f{number}"]
        assert again.classes.tolist() == ["no", "yes"] and again.encoding == family.encoding
        assert study.family(X, y, "4-2", members=2, steps=50, name=f"f{number}", threshold=0.1)
        assert family.walk(family[0], members=1, threshold=0.01).every > 0
        assert family[0].model.class_names == ["no", "yes"]
"""
    hostile = {**os.environ, "MALLOC_PERTURB_": "165", "PYTHONMALLOC": "malloc"}
    subprocess.run([sys.executable, "-c", code], check=True, env=hostile)
