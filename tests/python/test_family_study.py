"""The page about families (docs/python/family-study.md) runs, smaller; and so do docstrings."""

import doctest
import importlib
import re

import matplotlib
import numpy as np
import pytest
from conftest import SOURCES

import aann

matplotlib.use("Agg")

PAGE = SOURCES / "docs" / "python" / "family-study.md"

# What is smaller here than on the page; each must be on it.
SMALLER = {
    '"16C5-MP2-32C5-MP2-10"': '"4C5s2-MP2-6C3-MP2-10"',
    "members=8": "members=4",
    "threshold=0.97": "threshold=0.4",
    "steps=60_000": "steps=6_000",
    "validation=5_000": "validation=100",
    "threshold=0.95": "threshold=0.2",
    "[:256]": "[:64]",
}


def blocks():
    """The page's examples, smaller."""
    text = PAGE.read_text()
    for large, small in SMALLER.items():
        assert large in text, large
        text = text.replace(large, small)
    return re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_the_page(digits, tmp_path, monkeypatch, capsys):
    sets = {"train": digits[:2], "test": digits[2:]}
    monkeypatch.setattr(aann.datasets, "fetch", lambda name, split: sets[split])
    monkeypatch.chdir(tmp_path)
    space = {}
    for block in blocks():
        exec(compile(block, str(PAGE), "exec"), space)
    assert space["study"].closed and len(blocks()) > 10
    for name in ("mnist.aann", "distances.svg", "learning.svg"):
        assert (tmp_path / name).stat().st_size > 1000
    assert space["path"].barrier < space["straight"].barrier
    assert space["walk"].recorded == 5
    assert (
        float(capsys.readouterr().out.split(" of the distance of strangers")[0].split()[-1]) > 0.8
    )


def test_the_script_again(digits, tmp_path, monkeypatch):
    """The first block once more finds the family and has nothing to do."""
    sets = {"train": digits[:2], "test": digits[2:]}
    monkeypatch.setattr(aann.datasets, "fetch", lambda name, split: sets[split])
    monkeypatch.chdir(tmp_path)
    found = []
    for _ in range(2):
        space = {}
        exec(compile(blocks()[0], str(PAGE), "exec"), space)
        found.append([(member.id, member.hash) for member in space["family"]])
        space["study"].close()
    assert found[0] == found[1] and len(found[0]) == 4


def test_a_family_of_a_closed_study_has_a_name():
    """A debugger or a notebook that shows it must not fail."""
    with aann.Study() as study:
        family = study.family(np.eye(4), [0, 1] * 2, "2", name="gone")
    assert repr(family) == "<aann.Family 1 'gone', 2@50: its study is closed>"


@pytest.mark.parametrize(
    "name", ["study", "family", "member", "geometry", "ensemble", "walks", "datasets", "plot"]
)
def test_docstrings(name):
    failed, tried = doctest.testmod(importlib.import_module(f"aann.{name}"))
    assert failed == 0
    assert tried > 0 or name not in ("study", "geometry")
