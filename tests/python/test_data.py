"""Data: in which forms X and y may come, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import aann

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
WORDS = np.where(X[:, 0] > 0, "right", "left")


def forms(y):
    """The same answers as lists, arrays, columns, and columns of data frames."""
    found = {"array": y, "list": y.tolist(), "objects": y.astype(object), "column": y[:, None]}
    try:
        import pandas
    except ImportError:
        return found
    return {**found, "series": pandas.Series(y), "frame": pandas.DataFrame({"y": y})}


@pytest.mark.parametrize("y", [WORDS, WORDS == "left", X[:, 1]], ids=["words", "bools", "numbers"])
def test_answers_for_validation_have_any_form(y):
    for name, train in forms(y[:40]).items():
        for other, validation in forms(y[40:]).items():
            data = aann.Data(X[:40], train, validation=(X[40:], validation))
            found = data.validation.targets if y.dtype.kind == "f" else data.validation.labels
            wanted = aann.Data(X[:40], y[:40], validation=(X[40:], y[40:])).validation
            told = wanted.targets if y.dtype.kind == "f" else wanted.labels
            assert np.array_equal(found, told), (name, other)
    with pytest.raises(ValueError, match="another kind"):
        aann.Data(X[:40], WORDS[:40], validation=(X[40:], np.zeros(20, int)))


@pytest.mark.parametrize("arrow", [True, False])
def test_data_frames_of_other_libraries(arrow):
    """What has columns and to_pandas: Polars, PyArrow. Their names, words and gaps are kept."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"size": X[:, 0], "colour": np.where(X[:, 1] > 0, "red", None)})

    class Foreign:
        columns = ("size", "colour")

        def __init__(self, frame):
            self.frame = frame

        def __len__(self):
            return len(self.frame)

        def __getitem__(self, name):
            return self.frame[name]

        def to_pandas(self):
            if not arrow:
                raise ImportError("pyarrow is missing")
            return self.frame

    train, held = Foreign(frame[:40]), (Foreign(frame[40:]), WORDS[40:])
    data = aann.Data(train, WORDS[:40], validation=held, test=held)
    same = aann.Data(frame[:40], WORDS[:40], validation=(frame[40:], WORDS[40:]))
    assert data.columns == ["size", "colour"]
    assert np.array_equal(data.train.inputs, same.train.inputs)
    assert np.array_equal(data.test.inputs, data.validation.inputs)
    result = aann.search(data, net="2", steps=50)
    assert np.array_equal(result.predict(Foreign(frame)), result.predict(frame))


def test_objects_that_are_numbers():
    objects = aann.Data(X.astype(object), WORDS)
    assert np.array_equal(objects.train.inputs, aann.Data(X, WORDS).train.inputs)
    mixed = np.array([[1, 2.5], [True, 0]] * 20, dtype=object)
    assert len(aann.Data(mixed, ["a", "b"] * 20).train) == 36


def test_masks_are_never_passed_over():
    numbers = np.arange(60) % 2
    masked = np.ma.array(numbers, mask=numbers == 0)
    for y in (masked, np.ma.array(WORDS, mask=numbers), masked.astype(float)):
        with pytest.raises(TypeError, match="y: a masked array"):
            aann.Data(X, y)
    with pytest.raises(TypeError, match="y: a masked array"):
        aann.Data(X[:40], numbers[:40], validation=(X[40:], masked[40:]))
    network = aann.Network(aann.Spec("3", 4))
    with pytest.raises(TypeError, match="inputs: a masked array"):
        network.logits(np.ma.array(np.ones((2, 4), np.int8), mask=True))
    with pytest.raises(TypeError, match="weights of layer 0: a masked array"):
        network.replace(0, np.ma.array(network.weights[0], mask=True))


def test_what_is_no_array():
    sparse = pytest.importorskip("scipy.sparse")
    for kind in (sparse.csr_matrix, sparse.coo_array):
        with pytest.raises(TypeError, match=r"X: a sparse matrix; give X.toarray\(\)"):
            aann.search(kind(X), WORDS, "2", steps=1)
        with pytest.raises(TypeError, match="a sparse matrix"):
            aann.Encoding.fit(kind(X))
    for given in (None, 3.5, iter(X)):
        with pytest.raises(TypeError, match=r"X of type \w+: expected an array"):
            aann.Data(given, WORDS)


@pytest.mark.parametrize("test", [1, 0.2, True, np.int64(5)])
def test_a_test_set_is_a_pair(test):
    """A number was passed over: it looked as if there were a test set."""
    with pytest.raises(TypeError, match=r"test: expected a pair \(X, y\)"):
        aann.search(X, WORDS, "2", steps=1, test=test)


def test_constant_is_true_false_or_none():
    for constant in ("yes", 2, [True]):
        with pytest.raises((TypeError, ValueError), match="expected True, False or None"):
            aann.Data(X, WORDS, constant=constant)
    assert aann.Data(X, WORDS, constant=np.bool_(False)).encoding.constant is False
