"""The networks that come with the package are those of the program's gallery, and usable."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from conftest import SOURCES

import aann

INDEX = json.loads((SOURCES / "gallery" / "index.json").read_text(encoding="utf-8"))


def test_they_are_those_of_the_sources():
    assert aann.gallery.names() == [item["name"] for item in INDEX]
    for item in INDEX:
        name = item["name"]
        assert (
            aann.gallery.path(name).read_bytes()
            == (SOURCES / "gallery" / f"{name}.aannm").read_bytes()
        )
        exhibit = aann.gallery.about(name)
        assert (exhibit.name, exhibit.title, exhibit.figure) == (
            name,
            item["title"],
            item["figure"],
        )
        model = aann.gallery.load(name)
        assert f"{model.network.hash:016x}" == item["hash"] == exhibit.hash
        assert model.provenance is not None and item["hash"] in model.provenance


def test_the_program_lists_the_same(program):
    listed = program("gallery", "--json")["gallery"]
    assert [(item["name"], item["hash"]) for item in listed] == [
        (item["name"], item["hash"]) for item in INDEX
    ]


def test_digits_are_recognised(digits):
    _, _, images, labels = digits
    assert (aann.gallery.load("mnist").predict(images) == labels).mean() > 0.96


def test_the_driver_drives():
    gymnasium = pytest.importorskip("gymnasium")
    assert gymnasium is not None
    import aann.gym

    stated = next(item["laps"] for item in INDEX if item["name"] == "driver")
    laps = aann.gym.drive(aann.gallery.load("driver"), range(stated["first"], stated["first"] + 1))
    rows = laps if isinstance(laps, list) else laps.to_dict("records")
    assert rows[0]["finished"] and round(rows[0]["reward"], 1) == stated["rewards"][0]


def test_mistakes(tmp_path, monkeypatch):
    with pytest.raises(aann.errors.NotFoundError, match="did you mean 'mnist'"):
        aann.gallery.load("mnits")
    with pytest.raises(aann.errors.NotFoundError, match="it has driver, "):
        aann.gallery.path("x")
    monkeypatch.setenv("AANN_GALLERY", str(tmp_path))
    with pytest.raises(aann.errors.InputOutputError, match="no gallery there"):
        aann.gallery.names()
    item = {"name": "own", "title": "t", "figure": "f", "use": "u", "hash": "h", "laps": {}}
    for text in ("[", "{}", "[1]", json.dumps([{**item, "name": "../own"}]), '[{"name": "own"}]'):
        (tmp_path / "index.json").write_text(text, encoding="utf-8")
        with pytest.raises(aann.errors.FormatError, match=r"index\.json"):
            aann.gallery.names()
    (tmp_path / "index.json").write_text(json.dumps([item]), encoding="utf-8")
    shutil.copy(SOURCES / "gallery" / "signal.aannm", tmp_path / "own.aannm")
    assert aann.gallery.names() == ["own"]
    model = aann.gallery.load("own")
    assert model.predict(np.zeros((1, 1, 1, 96), dtype=np.float32)).shape == (1,)
