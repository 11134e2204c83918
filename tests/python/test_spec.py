"""Specs: notation, counts, pickling, bad input."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import aann


def test_counts_are_exact():
    spec = aann.Spec("16C5-MP2-32C5-MP2-10", (1, 28, 28), sparsity=[50, 90, 90])
    assert [layer.name for layer in spec.layers] == ["16C5", "32C5", "10"]
    assert spec.counts[0] == aann.Counts(100, 200, 100)
    assert spec.counts[1] == aann.Counts(640, 11520, 640)
    assert spec.layers[1].weight_shape == (32, 16, 5, 5)
    assert spec.layers[2].weight_shape == (10, 32 * 7 * 7)
    assert spec.weight_count == 400 + 12800 + 15680
    assert spec.outputs == 10
    assert spec.input == (1, 28, 28)


def test_presets_match_the_program(program):
    assert str(aann.Spec.preset("mnist")).startswith("16C5@")
    with pytest.raises(ValueError, match="expected one of mnist"):
        aann.Spec.preset("nothing")


@given(
    units=st.lists(st.integers(1, 40), min_size=1, max_size=4),
    size=st.integers(1, 50),
    sparsity=st.floats(0, 99),
    share=st.floats(0, 1),
)
def test_specs_pickle_and_compare(units, size, sparsity, share):
    text = "-".join(map(str, units))
    try:
        spec = aann.Spec(text, size, sparsity=sparsity, excitatory_share=share)
    except ValueError as error:
        assert "leaves none" in str(error), error
        return
    again = pickle.loads(pickle.dumps(spec))
    assert again == spec and hash(again) == hash(spec) and again.counts == spec.counts
    for layer in spec.layers:
        assert sum((layer.counts.minus, layer.counts.zero, layer.counts.plus)) == layer.weight_count


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x", 3), "unknown element at character 1"),
        (("3", (1, 28)), "expected .channels, height, width."),
        (("3", -1), "out of range"),
        (("3", 2**40), "beyond 2"),
        (("3\0", 4), "NUL"),
        (("", 4), "spec"),
    ],
)
def test_bad_specs_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        aann.Spec(*arguments)


@pytest.mark.parametrize("sparsity", [-1, 100, [50], [50, 50, 50], float("nan")])
def test_bad_sparsities_are_refused(sparsity):
    with pytest.raises(ValueError, match=r".+"):
        aann.Spec("3-2", 4, sparsity=sparsity)


def test_whole_numbers_of_numpy():
    assert aann.Spec("3", np.int64(4)) == aann.Spec("3", 4)
    assert aann.Spec("3", np.array([1, 2, 2])).input == (1, 2, 2)
    for shape in ((1, 2.5, 2), 4.0, "4"):
        with pytest.raises(TypeError, match="expected .channels, height, width. or a number"):
            aann.Spec("3", shape)
    for text in (3, b"3", None):
        with pytest.raises(TypeError, match="net .*: expected a text"):
            aann.Spec(text, 4)


def test_shifts_and_shares():
    spec = aann.Spec("8-2", 10, shifts=[3, 0], excitatory_share=0.25)
    assert spec.layers[0].shift == 3
    assert spec.counts[0] == aann.Counts(30, 40, 10)
    assert pickle.loads(pickle.dumps(spec)) == spec
    with pytest.raises(ValueError, match=r".+"):
        aann.Spec("8-2", 10, shifts=[3])
