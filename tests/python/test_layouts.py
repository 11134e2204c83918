"""Pictures and signals by layout: recognised where the sizes say it, refused where they do not, and
the same for a search and for what it made."""

import numpy as np
import pytest

import aann
from aann._arrays import arrange


def waves(count=60, length=32, channels=3, seed=4):
    """Signals [samples, time, channels], whose class is the channel that swings."""
    draw = np.random.default_rng(seed)
    y = draw.integers(channels, size=count)
    X = draw.normal(0, 0.1, (count, length, channels)).astype(np.float32)
    for sample, channel in enumerate(y):
        X[sample, :, channel] += np.sin(np.arange(length) * 0.8 + sample)
    return X, y


@pytest.mark.parametrize(
    ("sizes", "shape"),
    [
        ((28, 28), (1, 28, 28)),
        ((12, 16), (1, 12, 16)),
        ((64, 3), (3, 1, 64)),
        ((3, 64), (3, 1, 64)),
        ((64, 1), (1, 1, 64)),
        ((12, 16, 3), (3, 12, 16)),
        ((3, 12, 16), (3, 12, 16)),
        ((1, 64, 9), (1, 64, 9)),
        ((9, 1, 64), (9, 1, 64)),
    ],
)
def test_sizes_that_say_it(sizes, shape):
    X = np.random.default_rng(1).normal(size=(10, *sizes))
    assert aann.Data(X, [0, 1] * 5).shape == shape
    assert aann.Encoding.fit(X).shape == shape


def test_sizes_that_do_not():
    X, y = np.random.default_rng(1).normal(size=(10, 64, 9)), [0, 1] * 5
    refused = "signals of 9 channels, 64 long.*or pictures of one channel.*in Python: aann.Data"
    for call in (
        lambda: aann.Data(X, y),
        lambda: aann.search(X, y, "4-2", steps=10),
        lambda: aann.Encoding.fit(X),
        lambda: aann.Data(X.astype(np.int8), y, encoding="int8"),
    ):
        with pytest.raises(ValueError, match=refused):
            call()
    for layout in ("channels-last", "time-major"):
        assert aann.Data(X, y, layout=layout).shape == (9, 1, 64)
    assert aann.Data(X, y, layout="channels-first").shape == (64, 1, 9)
    assert aann.Data(X[:, None], y).shape == (1, 64, 9)
    assert aann.Data(X.astype(np.int8), y, encoding="int8", layout="time-major").shape == (9, 1, 64)
    with pytest.raises(ValueError, match="7 channels .--layout channels-last"):
        aann.Data(np.zeros((10, 32, 32, 7)), y)
    with pytest.raises(ValueError, match="layout 'nhwc': expected channels-first, channels-last"):
        aann.Data(X, y, layout="nhwc")
    with pytest.raises(TypeError, match="has no channels"):
        aann.Data(X[:, 0], y, layout="channels-last")
    # A prediction has the shape of a sample, and no layout.
    square = np.random.default_rng(1).normal(size=(10, 9, 9))
    with pytest.raises(ValueError, match=r"equal sizes.*np.moveaxis\(X, -1, 1\)"):
        aann.Data(square, y, layout="channels-last")
    assert aann.Data(np.moveaxis(square, -1, 1)[:, :, None], y).shape == (9, 1, 9)


@pytest.mark.parametrize("turn", ["first", "last"])
def test_a_search_and_its_predictions_agree(turn, tmp_path):
    X, y = waves()
    if turn == "first":
        X = X.transpose(0, 2, 1)
    full = np.ascontiguousarray(X if turn == "first" else X.transpose(0, 2, 1))[:, :, None]
    result = aann.search(X, y, "6C1x5-MP1x4-3", steps=1500)
    plain = aann.search(full, y, "6C1x5-MP1x4-3", steps=1500)
    assert result.network == plain.network
    expected = plain.model.predict(full)
    result.model.save(tmp_path / "waves.aannm")
    model = aann.Model.load(tmp_path / "waves.aannm")
    for given in (X, full, X.astype(np.float64)[::-1][::-1]):
        assert np.array_equal(model.predict(given), expected)
        assert np.array_equal(result.predict(given), expected)
    assert np.mean(expected == y) > 0.5
    encoded = model.encoding.encode(X)
    assert encoded.shape == full.shape
    logits = model.network.logits(encoded)
    order = (0, 2, 1) if turn == "first" else (0, 3, 2, 1)
    assert np.array_equal(model.network.logits(encoded[:, :, 0].transpose(0, 2, 1)), logits)
    if turn == "last":
        assert np.array_equal(model.network.logits(encoded.transpose(order)), logits)
    mixed = X.reshape(len(X), 8, 12)
    with pytest.raises(ValueError, match="their values would be mixed"):
        model.predict(mixed)


def test_the_note():
    X, y = waves()
    notes = aann.Data(X, y).notes
    assert any("32 x 3 values are read as signals of 3 channels, 32 long" in note for note in notes)
    assert not any(
        "are read as" in note
        for given in (X.transpose(0, 2, 1)[:, :, None], X[:, None])
        for note in aann.Data(given, y).notes
    )
    assert not any("are read as" in n for n in aann.Data(X, y, layout="time-major").notes)


def test_estimators():
    """input_shape says what the channels are; other orders are moved or refused, never mixed."""
    pytest.importorskip("sklearn")
    from aann.sklearn import SenseClassifier

    draw = np.random.default_rng(2)
    first = draw.integers(0, 255, (40, 3, 7, 9)).astype(np.uint8)
    y = np.arange(40) % 2
    first[y == 1, 0] //= 4
    last = np.ascontiguousarray(first.transpose(0, 2, 3, 1))
    estimator = SenseClassifier("8", input_shape=(3, 7, 9), members=2, steps=500).fit(first, y)
    assert np.array_equal(estimator.predict(last), estimator.predict(first))
    assert np.array_equal(estimator.predict(first.reshape(40, -1)), estimator.predict(first))
    with pytest.raises(ValueError, match="their values would be mixed"):
        estimator.predict(first.transpose(0, 1, 3, 2))


def test_arrange_is_a_view():
    X = np.arange(2 * 5 * 6 * 3).reshape(2, 5, 6, 3)
    turned = arrange(X)
    assert turned.base is not None and not turned.flags.writeable
    assert np.array_equal(turned, X.transpose(0, 3, 1, 2))
    for other in (np.zeros((4, 3)), np.zeros((0, 64, 9)), np.zeros((2, 2, 2, 2, 2))):
        assert arrange(other) is other
