"""Families of a study: found again, tables, starts, phases, and what is refused."""

import math
import sqlite3

import numpy as np
import pandas
import pytest
from conftest import signs
from study_support import NET, hashes, small

import aann
from aann import _again


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
