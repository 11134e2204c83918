"""Options: the C table in Python."""

import importlib.util
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import aann
from aann.options import option_table

MAKE_OPTIONS = Path(__file__).resolve().parents[2] / "python" / "make_options.py"


def test_the_generated_file_is_that_of_the_table():
    # Not as a program: beside its file there is an aann without the compiled module.
    found = importlib.util.spec_from_file_location("make_options", MAKE_OPTIONS)
    maker = importlib.util.module_from_spec(found)
    found.loader.exec_module(maker)
    assert maker.generate() == maker.OUTPUT.read_text(encoding="utf-8"), (
        "run python/make_options.py"
    )


def test_the_table_is_the_programs(program):
    told = program("options", "--json")
    rows = told["options"] if isinstance(told, dict) else told
    assert [row["name"] for row in rows] == list(option_table())
    for row in rows:
        assert row["help"] == option_table()[row["name"]].help, json.dumps(row)


def test_options_are_values():
    options = aann.Options(steps=1e5, jitter=1, layer_share=[1, 2.5], method="hill")
    assert options.steps == 100_000
    assert options.layer_share == (1.0, 2.5)
    assert options.method == "hill"
    assert options.cooling == option_table()["cooling"].default
    assert options == pickle.loads(pickle.dumps(options))
    assert hash(options) == hash(
        aann.Options(method="hill", steps=100_000, jitter=1, layer_share=(1, 2.5))
    )
    assert options.replace(jitter=0).jitter == 0
    assert options != aann.Options() != aann.Options(loss_scale=8.0)  # one fixes it
    scalars = aann.Options(adapt_layers=np.bool_(False), steps=np.int64(9), cooling=np.array(3.0))
    assert scalars == aann.Options(adapt_layers=False, steps=9, cooling=3.0)
    with pytest.raises(AttributeError):
        options.jitter = 3
    with pytest.raises(AttributeError):
        _ = options.nothing


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"strata": 17}, ValueError, "strata: '17'"),
        ({"steps": 1.5}, ValueError, "steps: '1.5'"),
        ({"steps": -1}, ValueError, "steps"),
        ({"temperature": float("nan")}, ValueError, "temperature"),
        ({"method": "luck"}, ValueError, "sense, hill, random or genetic"),
        ({"stepz": 1}, TypeError, "no option 'stepz'"),
        ({"steps": None}, ValueError, "steps"),
        ({"isa": "sse9"}, ValueError, "isa"),
        ({"steps": b"7"}, ValueError, "steps: b'7' is no single value"),
        ({"steps": [7]}, ValueError, "steps: .* is no single value"),
        ({"seed": np.array([2**63 + 1], np.uint64)}, ValueError, "seed: .* is no single value"),
        ({"layer_share": {1: 2}}, ValueError, "layer_share: .* is no list of numbers"),
        ({"layer_share": {1, 2}}, ValueError, "layer_share: .* is no list of numbers"),
        ({"layer_share": [1, "a"]}, ValueError, "layer_share: 'a' is neither a number"),
        ({"density": [None]}, ValueError, "density: None is neither a number"),
    ],
)
def test_bad_options_are_refused(values, error, message):
    with pytest.raises(error, match=message):
        aann.Options(**values)


def test_a_dict_is_not_options():
    """An empty one was passed over, any other an AttributeError."""
    for given in ({}, {"jitter": 1}, []):
        with pytest.raises(TypeError, match="options: expected aann.Options, not (dict|list)"):
            aann.search(np.ones((4, 2)), [0, 1] * 2, "2", options=given)
        with pytest.raises(TypeError, match="options: expected aann.Options"):
            aann.minimize(lambda weights: 0.0, aann.Spec("2", 2), options=given)
        with pytest.raises(TypeError, match="options: expected aann.Options"):
            aann.volume(np.ones((4, 2)), [0, 1] * 2, "2", options=given)
