"""Pictures: what is in them, that they take anybody's data, and what is refused."""

import subprocess
import sys

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas
import pytest
import scipy.cluster.hierarchy
from matplotlib.colors import to_hex

import aann
import aann.geometry as geo
from aann import plot


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


@pytest.fixture
def ax():
    return plt.subplots()[1]


@pytest.fixture
def network():
    return aann.Network(aann.Spec("4C3-MP2-5", (1, 10, 10), sparsity=50))


def drawn(ax):
    """Draws it all, so that what is wrong in it shows."""
    ax.figure.canvas.draw()
    return ax


def test_learning(ax):
    frame = pandas.DataFrame(
        {
            "member": [1, 1, 1, 2, 2],
            "step": [10, 20, 30, 10, 20],
            "seconds": [1.0, 2.0, 3.0, 1.0, 2.0],
            "train_loss": [2.0, 1.0, 0.5, 3.0, 1.5],
            "validation_accuracy": [np.nan, 0.5, 0.75, np.nan, 0.25],
        }
    )
    assert plot.learning(frame, ax=ax) is ax
    first, second = drawn(ax).lines
    assert first.get_xydata().tolist() == [[20, 0.5], [30, 0.75]]
    assert second.get_xydata().tolist() == [[20, 0.25]]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("candidates", "validation accuracy")
    plot.learning(frame.drop(columns="validation_accuracy"), x="seconds", color="red", ax=ax)
    assert ax.get_ylabel() == "training loss" and len(ax.lines) == 4
    own = plot.learning({"epoch": [1, 2], "error": [0.3, 0.1]}, "error", x="epoch", label="SGD")
    assert own is not ax and own.get_legend().get_texts()[0].get_text() == "SGD"
    assert own.lines[0].get_ydata().tolist() == [0.3, 0.1]
    many = {"member": range(12), "step": range(12), "train_loss": range(12)}
    assert len(plot.learning(many).lines) == 12
    with pytest.raises(aann.errors.ArgumentError, match="no column 'loss'; it has step, acc"):
        plot.learning({"step": [1], "acc": [1]}, "loss")


def test_learning_of_a_result(ax):
    rng = np.random.default_rng(0)
    result = aann.search(rng.normal(size=(50, 2)), rng.integers(0, 2, 50), "2", steps=500)
    plot.learning(result.trace(), ax=ax)
    assert len(drawn(ax).lines) == 1 and len(ax.lines[0].get_xdata()) == len(result.history)


def test_distances(ax):
    D = [[0, 4, 6], [4, 0, 8], [6, 8, 0]]
    plot.distances(D, chance=(10.0, 4.0), bins=[3, 5, 7, 9], ax=ax)
    bars = [patch for patch in ax.patches if patch.get_height() == 1 and patch.get_width() == 2]
    assert len(bars) == 3 and drawn(ax).lines[0].get_xdata()[0] == 10.0
    band = ax.patches[-1].get_extents().transformed(ax.transData.inverted())
    assert (round(band.x0, 6), round(band.x1, 6)) == (8.0, 12.0)
    plot.distances(np.ones((4, 4)), label="others", ax=ax)
    assert "others" in [text.get_text() for text in ax.get_legend().get_texts()]


def picture(ax):
    """The values of an image."""
    return np.ma.filled(ax.images[0].get_array().astype(float), np.nan)


def test_matrix(ax):
    rng = np.random.default_rng(1)
    points = np.concatenate([rng.normal(0, 1, (3, 2)), rng.normal(20, 1, (3, 2))])[
        [0, 3, 1, 4, 2, 5]
    ]
    D = np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1))
    D = (D + D.T) / 2
    plot.matrix(D, labels=list("abcdef"), ax=ax)
    assert np.isnan(np.diag(picture(ax))).all() and picture(ax)[0, 1] == D[0, 1]
    assert D[0, 0] == 0  # the caller's array is as it was
    for tree in (geo.linkage(D), scipy.cluster.hierarchy.average(geo.pairs(D))):
        ax = plot.matrix(D, order=tree, labels=list("abcdef"), diagonal=True, title="all")
        names = [text.get_text() for text in drawn(ax).get_yticklabels()]
        assert {*names[:3]} in ({*"ace"}, {*"bdf"}) and ax.get_title() == "all"
        places = ["abcdef".index(name) for name in names]
        assert np.array_equal(picture(ax), D[np.ix_(places, places)])
    ax = plot.matrix(D, order=geo.linkage(D))
    expected = [str(place) for place in geo.leaf_order(D)]
    assert [text.get_text() for text in ax.get_xticklabels()] == expected
    ax = plot.matrix(np.zeros((100, 100)), order=np.arange(100)[::-1])
    assert [text.get_text() for text in ax.get_xticklabels()][:2] == ["99", "94"]
    for bad in (
        {"D": [[1, 2]]},
        {"D": D, "labels": ["a"]},
        {"D": D, "order": [0, 0, 1, 2, 3, 4]},
        {"D": D, "order": np.zeros((2, 4))},
        {"D": D, "order": np.full((5, 4), 99)},
    ):
        with pytest.raises(aann.errors.ArgumentError):
            plot.matrix(**bad)


def test_map(ax):
    xy = np.array([[0, 0], [1, 2], [3, 1]])
    color = pandas.Series([0.1, 0.2, 0.3], name="validation_accuracy")
    assert plot.map(xy, color=color, labels=pandas.Series([7, 8, 9]), ax=ax) is ax
    dots = drawn(ax).collections[0]
    assert dots.get_offsets().tolist() == xy.tolist() and dots.get_array().tolist() == list(color)
    assert [text.get_text() for text in ax.texts] == ["7", "8", "9"]
    assert ax.figure.axes[1].get_ylabel() == "validation accuracy"
    assert ax.get_aspect() == 1.0
    plain = drawn(plot.map(xy))
    assert len(plain.figure.axes) == 1 and not plain.texts
    for bad in ({"xy": [1, 2]}, {"xy": xy, "color": [1]}, {"xy": xy, "labels": ["a"]}):
        with pytest.raises(aann.errors.ArgumentError):
            plot.map(**bad)


def test_filters(ax, network):
    plot.filters(network, columns=2, ax=ax)
    wall = picture(drawn(ax))
    assert wall.shape == (2 * 4 + 1, 2 * 4 + 1)
    weights = network.weights[0][:, 0]
    assert np.array_equal(wall[1:4, 1:4], weights[0])
    assert np.array_equal(wall[5:8, 5:8], weights[3])
    assert np.isnan(wall[0]).all() and np.isnan(wall[:, 4]).all()
    colors = ax.images[0].cmap
    assert [to_hex(colors(x)) for x in (0.0, 1.0)] == [plot.MINUS, plot.PLUS]
    assert ax.images[0].get_clim() == (-1, 1)
    dense = plot.filters(network, layer=1, channel=2, columns=5)
    block = network.weights[1].reshape(5, 4, 5, 5)[4, 2]
    assert np.array_equal(picture(dense)[1:6, 25:30], block)
    own = plot.filters(np.array([[1.0, -3.0], [0.0, 2.0], [0.5, 0.5]]), columns=1)
    assert own.images[0].get_clim() == (-3, 3) and picture(own).shape == (7, 4)
    square = plot.filters(aann.Network(aann.Spec("6-2", 9, sparsity=50)), count=2)
    assert picture(square).shape == (5, 9)
    assert picture(plot.filters(np.ones((1, 6)), shape=(2, 3))).shape == (4, 5)
    for bad in (
        {"weights": network, "layer": 2},
        {"weights": network, "channel": 1},
        {"weights": np.ones(3)},
        {"weights": np.ones((2, 6)), "shape": (2, 2)},
        {"weights": np.ones((0, 3, 3))},
    ):
        with pytest.raises(aann.errors.ArgumentError):
            plot.filters(**bad)


def test_wiring(ax, network):
    plot.wiring(network, ax=ax)
    lines = drawn(ax).collections[:2]
    graph = geo.wiring(network)
    for column, collection in enumerate(lines):
        expected = [e for _, b, e in graph.edges(data=True) if b[0] == column and e["weight"] != 0]
        colors = [to_hex(color) for color in collection.get_colors()]
        assert len(colors) == len(collection.get_segments()) == len(expected)
        assert colors.count(plot.PLUS) == sum(edge["weight"] > 0 for edge in expected)
    names = [text.get_text() for text in ax.texts]
    assert names == ["input\n1", "4C3\n4", "5"]
    own = drawn(plot.wiring([np.array([[1, -2, 0]]), np.array([[4.0]])], names=["a", "b", "c"]))
    assert [len(one.get_segments()) for one in own.collections[:2]] == [2, 1]
    assert [to_hex(color) for color in own.collections[0].get_colors()] == [plot.MINUS, plot.PLUS]
    pooled = drawn(plot.wiring(aann.Network(aann.Spec("MP2-3", (1, 4, 4)))))
    assert pooled.texts[0].get_text() == "input\n4"
    few = plot.wiring([np.ones((50, 50)), np.ones((2, 50))], edges=20)
    assert [len(one.get_segments()) for one in few.collections[:2]] == [10, 10]
    drawn(plot.wiring([np.zeros((2, 3))]))
    for bad in (
        {"network": []},
        {"network": [np.ones(3)]},
        {"network": [np.ones((2, 3)), np.ones((2, 3))]},
        {"network": network, "names": ["a"]},
    ):
        with pytest.raises(aann.errors.ArgumentError):
            plot.wiring(**bad)


def test_confusion(ax):
    labels, answers = ["a", "b", "b", "c"], ["a", "b", "a", "c"]
    plot.confusion(labels, answers, ax=ax)
    assert picture(drawn(ax)).tolist() == [[1, 0, 0], [0.5, 0.5, 0], [0, 0, 1]]
    assert sorted(text.get_text() for text in ax.texts) == ["1"] * 4
    assert [text.get_text() for text in ax.get_xticklabels()] == ["a", "b", "c"]
    ax = plot.confusion(labels, answers, classes=["c", "b", "a", "d"], shares=True)
    assert picture(ax)[1].tolist() == [0, 0.5, 0.5, 0] and picture(ax)[3].tolist() == [0] * 4
    assert {text.get_text() for text in ax.texts} == {"1.00", "0.50"}
    ax = plot.confusion([[3, 1], [0, 0]], classes=["yes", "no"])
    assert picture(ax).tolist() == [[0.75, 0.25], [0, 0]]
    assert not plot.confusion(np.arange(30), np.arange(30)).texts
    for bad in (([1, 2], [1]), ([[1, 2]], None), ([1], [2], [1])):
        with pytest.raises(aann.errors.ArgumentError):
            plot.confusion(*bad[:2], classes=bad[2] if len(bad) > 2 else None)
    with pytest.raises(aann.errors.ArgumentError, match="classes"):
        plot.confusion([[1, 2], [3, 4]], classes=["a"])


def test_ensemble(ax):
    frame = pandas.DataFrame(
        {
            "size": [1, 2, 3],
            "mean": [0.5, 0.6, 0.7],
            "deviation": [np.nan] * 3,
            "minimum": [0.4, 0.5, 0.7],
            "maximum": [0.6, 0.7, 0.7],
        }
    )
    plot.ensemble(frame, label="vote", ax=ax)
    plot.ensemble([0.5, 0.8], label="mine", ax=ax)
    assert [line.get_xydata().tolist() for line in drawn(ax).lines] == [
        [[1, 0.5], [2, 0.6], [3, 0.7]],
        [[1, 0.5], [2, 0.8]],
    ]
    assert len(ax.collections) == 2 and ax.get_xlabel() == "members"
    assert len(plot.ensemble({"mean": [0.1, 0.2]}).lines) == 1
    with pytest.raises(aann.errors.ArgumentError, match="column mean"):
        plot.ensemble({"size": [1]})


def test_lesions(ax):
    plot.lesions(([0, 10], [[0.9, 0.9], [0.6, 0.8]]), label="mine", ax=ax)
    assert np.allclose(drawn(ax).lines[0].get_xydata(), [[0, 0.9], [10, 0.7]])
    rng = np.random.default_rng(0)
    data = aann.Data(rng.normal(size=(50, 2)), rng.integers(0, 2, 50))
    result = aann.search(data, net="4-2", steps=100)
    curve = geo.lesions(result.network, data.train, [0, 50], draws=3)
    assert plot.lesions(curve, ax=ax).lines[1].get_ydata()[0] == result.train.accuracy
    with pytest.raises(aann.errors.ArgumentError, match="draws"):
        plot.lesions(([0, 10], [1, 2]))


def test_a_family(digits, tmp_path):
    """The pictures of one study, as the documentation draws them."""
    X, y, X_test, y_test = digits
    with aann.Study() as study:
        family = study.family(X, y, "4C5-MP2-10", members=3, steps=500, test=(X_test, y_test))
        family.run()
        D = geo.distances(family.networks(), match=True)
        frame = family.to_frame(family.done)
        figure, axes = plt.subplots(2, 3)
        plot.learning(family.trace(), ax=axes[0, 0])
        plot.distances(D, chance=geo.matched_chance(family.spec), ax=axes[0, 1])
        plot.matrix(D, order=geo.linkage(D), labels=frame.id, ax=axes[0, 2])
        plot.map(geo.mds(np.sqrt(D))[0], color=frame.test_accuracy, labels=frame.id, ax=axes[1, 0])
        answers = family.predictions("test").argmax(-1)
        plot.confusion(family.labels("test"), answers[0], classes=family.classes, ax=axes[1, 1])
        plot.ensemble(family.ensemble().spread(draws=2), ax=axes[1, 2])
        figure.savefig(tmp_path / "all.png")
    assert (tmp_path / "all.png").stat().st_size > 10_000


def test_matplotlib_is_loaded_late():
    code = """
import sys
import aann, aann.geometry, aann.plot
assert not {"matplotlib", "networkx", "pandas", "scipy"} & set(sys.modules), "loaded too early"
sys.modules["matplotlib"] = sys.modules["matplotlib.pyplot"] = None
try:
    aann.plot.map([[0, 0]])
except ImportError as error:
    assert "aann[plots]" in str(error)
else:
    raise AssertionError
"""
    subprocess.run([sys.executable, "-c", code], check=True)
