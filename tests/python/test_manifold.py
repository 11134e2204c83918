"""Sampling the manifold and counting it, from Python."""

import math

import numpy as np
import pytest

import aann
from aann import errors

LADDERS = {
    "ladders": 2,
    "rungs": 4,
    "rounds": 200,
    "burn_in": 20,
    "pilot_rounds": 30,
    "sweep": 16,
    "temperature": 0.1,
}


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 5))
    return X, X[:, 0] > X[:, 1]


def test_volume(data):
    spec = aann.Spec("2", aann.Data(*data).input)
    found = aann.volume(*data, spec, loss=[10.0, 0.69], accuracy=[0.55, 1.0, 0.0], **LADDERS)
    assert found.log10_total > found.answers[1].log10_count
    assert found.answers[0].log10_count == pytest.approx(found.log10_total, abs=1e-9)
    assert found.answers[1].log10_error > 0 and found.answers[1].silence is None
    easy, perfect, every = found.answers[2:]
    assert every.accuracy == 0 and every.loss is None
    assert every.log10_count == pytest.approx(found.log10_total, abs=1e-9)
    assert easy.accuracy >= 0.55 and easy.log10_count < found.log10_total
    assert math.isnan(perfect.log10_count) and "no chain" in perfect.silence
    assert found.temperatures[0].temperature == math.inf
    assert found.temperatures[-1].temperature == pytest.approx(0.1)
    again = aann.volume(*data, spec, loss=[10.0, 0.69], accuracy=[0.55, 1.0], threads=2, **LADDERS)
    assert [t.loss for t in again.temperatures] == [t.loss for t in found.temperatures]


def test_sample(data):
    with aann.Study() as study:
        family = study.family(*data, "4-2", members=1, steps=200).run()
        drawn = aann.sample(family, members=4, name="drawn", **LADDERS)
        assert len(drawn) == 4 and drawn.name == "drawn" and drawn.unfinished == 0
        assert {member.origin for member in drawn} == {"sample"}
        assert len({member.hash for member in drawn}) == 4
        other = aann.sample(family, members=4, seed=2, **LADDERS)
        assert {member.hash for member in drawn}.isdisjoint(member.hash for member in other)
        assert len(family) == 1
        with pytest.raises(errors.ArgumentError, match="multiple of the 2 ladders"):
            aann.sample(family, members=3, **LADDERS)


def test_refused(data):
    with pytest.raises(errors.ArgumentError, match="rungs"):
        aann.volume(*data, "2", **{**LADDERS, "rungs": 2})
    with pytest.raises(TypeError, match="rounds"):
        aann.volume(*data, "2", **{**LADDERS, "rounds": 1.5})
