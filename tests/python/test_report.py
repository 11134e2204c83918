"""Reports of families: the program's page, in a file or shown by a notebook."""

import html
import json
import re
import signal
import sys
import threading
import time
from html.parser import HTMLParser

import numpy as np
import pytest

import aann
from aann import _again
from aann.geometry import distances

DATA = re.compile(r'<script type="application/json" id="report-data">(.*?)</script>', re.S)


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(300, 4))
    y = np.where(X[:, 0] * X[:, 1] > 0, "<b>same", "other</script>")
    with aann.Study() as study:
        first = study.family(X, y, "8-2", members=3, steps=400, seed=5, name="<first>").run()
        study.family(X, X[:, 0], "8-1", members=2, steps=400, name="numbers").run()
        study.first = first  # a family that is read from the study has no data
        yield study


def page_data(page):
    (found,) = DATA.findall(page)
    return json.loads(found)


def test_a_family(study):
    family = study.first
    report = family.report()
    data = report.data
    assert data["family"]["name"] == "<first>" and data["members"]["total"] == 3
    assert data["family"]["classes"] == ["<b>same", "other</script>"]
    assert [member["hash"] for member in data["members"]["list"]] == [
        f"{member.hash:016x}" for member in family
    ]
    assert len(data["confusion"]["counts"]) == 3 and len(data["distances"]["raw"]) == 9
    assert data["distances"]["raw"] == distances(family.networks()).ravel().tolist()
    assert "family 1 '<first>'" in repr(report)


def test_threads_and_splits(study):
    family = study.first
    first, second = (family.report(threads=threads).data for threads in (1, 2))
    del first["made"], second["made"]
    assert first == second and first["split"] == "validation"
    assert family.report(split="train").data["split"] == "train"
    with pytest.raises(ValueError, match="expected test, validation or train"):
        family.report(split="all")
    with pytest.raises(KeyError, match="no test split"):
        family.report(split="test")
    with pytest.raises(ValueError, match="consecutive"):
        family.report(tracks=range(0, 10, 2))


def test_a_study(study):
    assert study.report().data["family"]["name"] == "numbers"
    assert study.report(family=0).data["family"]["name"] == "<first>"
    assert study.report(family="<first>").data["family"]["id"] == 1
    assert study.report().data["scatter"][0]["r2"] <= 1
    with pytest.raises(LookupError):
        study.report(family="none")


def test_a_file(study, tmp_path):
    path = tmp_path / "report.html"
    report = study.report(path)
    assert path.read_text(encoding="utf-8") == report.html
    data = page_data(report.html)
    assert data.pop("live") is None and data == report.data
    study.report(path, family=0)  # an earlier report is replaced
    assert page_data(path.read_text(encoding="utf-8"))["family"]["id"] == 1
    other = tmp_path / "other.html"
    other.write_text("mine")
    with pytest.raises(ValueError, match="no report of aann"):
        study.report(other)
    assert other.read_text() == "mine"
    with pytest.raises(OSError, match="none"):
        report.save(tmp_path / "none" / "report.html")


class Frame(HTMLParser):
    """What a browser makes of a text."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


def test_a_notebook_shows_it(study):
    report = study.report(family=0)
    (frame,) = Frame(report._repr_html_()).tags
    assert frame[0] == "iframe" and frame[1]["srcdoc"] == report.html
    assert frame[1]["sandbox"] == "allow-scripts"
    assert html.escape(report.html) in report._repr_html_()


def test_without_the_data(tmp_path):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(100, 3))
    with aann.Study(tmp_path / "s.aann") as study:
        study.family(X, X[:, 0] > 0, "6-2", members=2, steps=100).run()
    with aann.Study(tmp_path / "s.aann", "r") as study:
        data = study.report().data
        assert "absent" in data["confusion"] and len(data["distances"]["raw"]) == 4
        again = study.families[0].attach(X, X[:, 0] > 0).report().data
        assert len(again["confusion"]["counts"]) == 2


def test_equal_to_the_program(program, study, tmp_path):
    study.export(tmp_path / "s.aann")
    told = program("report", tmp_path / "s.aann", "--family", "1", "--json")
    found = study.report(family=0).data
    for key in ("family", "members", "traces", "map", "weights", "wiring"):
        assert told[key] == found[key], key
    for key in ("raw", "matched", "histogram"):
        assert told["distances"][key] == found["distances"][key], key


@pytest.mark.skipif(threading.current_thread() is not threading.main_thread(), reason="signals")
def test_ctrl_c(study, tmp_path):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(1000, 12))
    with aann.Study() as large:
        large.family(X, X[:, 0] > 0, "32-16-2", members=24, steps=10).run()
        path = tmp_path / "report.html"
        study.report(path)
        before = path.read_bytes()
        # To the main thread, as a terminal's: one raised in the timer's would not end a sleep.
        main = threading.main_thread().ident
        timer = threading.Timer(0.1, lambda: signal.pthread_kill(main, signal.SIGINT))
        start = time.monotonic()
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            large.report(path, threads=1)
            time.sleep(5)  # it was faster: the signal comes here
        assert time.monotonic() - start < 4
        if path.read_bytes() != before:
            assert page_data(path.read_text(encoding="utf-8"))["members"]["total"] == 24
        assert large.report().data["members"]["total"] == 24  # and the study still works


def test_a_table_without_pandas_is_named(monkeypatch):
    described = {"path": "table.csv"}
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(aann.errors.NotFoundError, match=r"table\.csv.*pandas.*family\.attach"):
        _again._read_table({}, described, 1, "train")


@pytest.mark.parametrize("shape", [[1, 2], [1, "2", 3], [1, 0, 3], [1, 2, 2**31], 5])
def test_a_damaged_shape_is_named(shape):
    with pytest.raises(aann.errors.FormatError, match="family 1: the shape"):
        _again._shape({"shape": shape}, 1)
