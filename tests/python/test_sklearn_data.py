"""What the estimators read: weights, data frames, pictures, and what they refuse."""

import numpy as np
import pytest

pytest.importorskip("sklearn")

import scipy.sparse
from sklearn.datasets import load_breast_cancer, load_digits, load_iris
from sklearn.metrics import balanced_accuracy_score

from aann.sklearn import SenseClassifier, SenseRegressor
from aann.sklearn._weights import balance, check_weights, copies

IRIS = load_iris(return_X_y=True)


def quick(**parameters):
    return SenseClassifier(**{"steps": 3000, "members": 1, "random_state": 0, **parameters})


def hashes(estimator):
    return [network.hash for network in estimator.networks_]


# ---- weights


def test_whole_weights_are_copies():
    rng = np.random.RandomState(0)
    X, y = IRIS
    weights = rng.randint(0, 4, len(y))
    weighted = quick().fit(X, y, sample_weight=weights)
    repeated = quick().fit(np.repeat(X, weights, axis=0), np.repeat(y, weights))
    assert hashes(weighted) == hashes(repeated)
    assert hashes(weighted) != hashes(quick().fit(X, y))
    # Only ratios matter.
    for factor in (2, 0.1, 7.3):
        assert hashes(quick().fit(X, y, sample_weight=factor * weights)) == hashes(weighted)
    assert hashes(quick().fit(np.tile(X, (3, 1)), np.tile(y, 3))) == hashes(quick().fit(X, y))


def test_regression_weights_are_copies():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(60, 3))
    y = X[:, 0] + X[:, 1] ** 2
    weights = rng.randint(0, 4, len(y))
    found = SenseRegressor(steps=2000, members=1, random_state=0)
    first = hashes(found.fit(X, y, sample_weight=weights))
    assert first == hashes(found.fit(np.repeat(X, weights, axis=0), np.repeat(y, weights)))


def test_copies():
    np.testing.assert_array_equal(copies(np.array([1.0, 0.0, 3.0])), [1, 0, 3])
    np.testing.assert_array_equal(copies(np.array([0.1, 0.2, 0.3])), [1, 2, 3])
    np.testing.assert_array_equal(copies(np.array([5.0, 5.0])), [5, 5])
    many = np.tile([3.0, 2.0], 50)
    for factor in (0.5, 1.0, 100.0):
        np.testing.assert_array_equal(copies(factor * many), many)
    rng = np.random.default_rng(0)
    for _ in range(20):
        weights = rng.uniform(0, 1, 50) ** 4
        found = copies(weights)
        total = found.sum()
        assert total == 4096
        exact = np.cumsum(weights) / weights.sum() * total
        assert np.abs(np.cumsum(found) - exact).max() <= 0.5 + 1e-6
    many = copies(rng.uniform(0.5, 1, 10_000))
    assert many.sum() == 40_000
    assert many.min() >= 2


def test_balance():
    labels = np.array([0, 0, 0, 1, 2, 2])
    weights = np.array([1.0, 1, 2, 1, 0, 0])
    shares = balance(labels, weights, 3)
    np.testing.assert_allclose(shares, [5 / 8, 5 / 2, 0])
    assert (shares[labels] * weights).sum() == pytest.approx(weights.sum())


def test_class_weight():
    X, y = load_breast_cancer(return_X_y=True)
    rng = np.random.RandomState(0)
    kept = (y == 1) | (rng.uniform(size=len(y)) < 0.1)
    X = X[kept][:, :2]  # little to go by, so that weights decide
    y = y[kept]
    plain = quick(members=3).fit(X, y)
    balanced = quick(members=3, class_weight="balanced").fit(X, y)

    def score(model):
        return balanced_accuracy_score(y, model.predict(X))

    assert score(balanced) > score(plain)
    counts = np.bincount(y)
    same = quick(members=3, class_weight={0: counts[1], 1: counts[0]}).fit(X, y)
    assert hashes(same) == hashes(balanced)
    by_sample = quick(members=3).fit(X, y, sample_weight=np.where(y == 0, counts[1], counts[0]))
    assert hashes(by_sample) == hashes(balanced)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (np.zeros(150), "zero"),
        (-np.ones(150), "negative"),
        (np.full(150, np.nan), "NaN"),
        (np.ones(149), "shape"),
        (np.ones((150, 2)), "shape"),
        (["a"] * 150, "expected numbers"),
    ],
)
def test_bad_weights(weights, said):
    with pytest.raises(ValueError, match=said):
        quick().fit(*IRIS, sample_weight=weights)
    with pytest.raises(ValueError, match=said):
        check_weights(weights, 150)


@pytest.mark.parametrize(
    "weights", ["even", 3, {0: -1, 1: 1, 2: 1}, {0: float("nan"), 1: 1, 2: 1}, {0: 0, 1: 0, 2: 0}]
)
def test_bad_class_weight(weights):
    with pytest.raises(ValueError, match="class_weight"):
        quick(class_weight=weights).fit(*IRIS)


# ---- data frames


@pytest.fixture
def frame():
    pandas = pytest.importorskip("pandas")
    rng = np.random.RandomState(0)
    count = 300
    colour = rng.choice(["red", "green", "blue"], count)
    size = rng.normal(size=count)
    good = rng.uniform(size=count) < 0.5
    y = np.where((colour == "red") ^ good, "yes", "no")
    X = pandas.DataFrame({"colour": colour, "size": size, "good": good})
    X.loc[::10, "size"] = np.nan
    X.loc[::15, "colour"] = None
    y[::15] = "unknown"  # to be told by the missing colour alone
    return X, y


def test_words_booleans_and_missing_values(frame):
    X, y = frame
    found = quick(steps=20_000, members=3).fit(X, y)
    assert found.score(X, y) > 0.9
    # Without one of these columns nothing of the kind is possible.
    for column in ("colour", "good"):
        fewer = X.drop(columns=column)
        assert quick(steps=20_000).fit(fewer, y).score(fewer, y) < 0.8
    assert list(found.feature_names_in_) == ["colour", "size", "good"]
    assert found.model_.columns == ["colour", "size", "good"]
    by_hand = found.model_.logits(X).argmax(axis=1)
    np.testing.assert_array_equal(found.model_.predict(X), found.classes_[by_hand])
    strange = X.copy()
    strange["colour"] = "pink"
    assert found.predict(strange).shape == y.shape
    order = np.random.RandomState(1).permutation(len(y))
    again = quick(steps=20_000, members=3).fit(X.iloc[order], y[order])
    assert hashes(again) == hashes(found)


def test_infinity_in_a_frame(frame):
    X, y = frame
    found = quick().fit(X, y)
    X.loc[X.index[7], "size"] = np.inf
    for call in (lambda: quick().fit(X, y), lambda: found.predict(X)):
        with pytest.raises(ValueError, match="'size' contains infinity, first in row 7"):
            call()
    X["size"] = X["size"].astype("Float64")
    with pytest.raises(ValueError, match="row 7"):
        quick().fit(X, y)


def test_category_and_nullable_columns(frame):
    X, y = frame
    plain = quick().fit(X, y)
    X = X.assign(colour=X["colour"].astype("category"), good=X["good"].astype("boolean"))
    assert hashes(quick().fit(X, y)) == hashes(plain)


def test_frames_and_matrices_are_the_same():
    X, y = load_iris(return_X_y=True, as_frame=True)
    assert hashes(quick().fit(X, y)) == hashes(quick().fit(X.to_numpy(), y.to_numpy()))
    named, plain = quick().fit(X, y), quick().fit(X.to_numpy(), y)
    with pytest.warns(UserWarning, match="feature names"):
        np.testing.assert_array_equal(named.predict(X.to_numpy()), plain.predict(X.to_numpy()))
    with pytest.warns(UserWarning, match="feature names"):
        np.testing.assert_array_equal(plain.predict(X), plain.predict(X.to_numpy()))


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
def test_words_need_a_frame(frame):
    X, y = frame
    found = quick().fit(X, y)
    with pytest.raises(ValueError):
        quick().fit(X.to_numpy(), y)
    with pytest.raises((TypeError, ValueError)):
        found.predict(X.to_numpy())
    with pytest.raises(ValueError, match="feature names"):
        found.predict(X[["size", "good"]])
    mixed = X.assign(colour=["red", 3] * 150)
    with pytest.raises(TypeError, match="words and int"):
        quick().fit(mixed, y)


def test_missing_numbers():
    X, y = IRIS
    X = X.copy()
    X[::7, 2] = np.nan
    found = quick(steps=10_000).fit(X, y)
    assert found.score(X, y) > 0.9
    with pytest.raises(ValueError, match="inf"):
        quick().fit(np.where(np.isnan(X), np.inf, X), y)
    with pytest.raises(ValueError, match="inf"):
        found.predict(np.where(np.isnan(X), np.inf, X))


# ---- pictures


def test_pictures():
    X, y = load_digits(return_X_y=True)
    X = X.astype(np.uint8)
    found = quick(hidden="8C3-MP2", input_shape=(8, 8), sparsity=50.0, steps=6000).fit(X, y)
    assert found.n_features_in_ == 64
    assert found.network_.spec.input == (1, 8, 8)
    assert found.score(X, y) > 0.5
    pictures = X.reshape(-1, 1, 8, 8)
    np.testing.assert_array_equal(found.predict(pictures), found.predict(X))
    np.testing.assert_array_equal(found.predict(pictures[:, 0]), found.predict(X))
    again = quick(hidden="8C3-MP2", input_shape=(1, 8, 8), sparsity=50.0, steps=6000)
    assert hashes(again.fit(pictures, y)) == hashes(found)
    with pytest.raises(ValueError, match="means 60"):
        quick(input_shape=(6, 10)).fit(X, y)
    with pytest.raises(ValueError, match="NaN"):
        quick(input_shape=(8, 8)).fit(np.where(X == 3, np.nan, X), y)
    with pytest.raises(ValueError, match="dim"):
        quick().fit(pictures, y)


# ---- refusals


@pytest.mark.parametrize("kind", ["csr_matrix", "csr_array", "coo_array"])
def test_sparse_matrices_are_refused(kind):
    X, y = IRIS
    sparse = getattr(scipy.sparse, kind)(X)
    with pytest.raises(TypeError, match="[Ss]parse"):
        quick().fit(sparse, y)
    with pytest.raises(TypeError, match="[Ss]parse"):
        quick().fit(X, y).predict(sparse)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"steps": 0}, "steps=0"),
        ({"steps": 1.5}, "steps=1.5"),
        ({"steps": True}, "steps=True"),
        ({"members": 0}, "members=0"),
        ({"ensemble": "max"}, "ensemble='max'"),
        ({"hidden": "32X"}, "32X"),
        ({"hidden": (3, -1)}, "hidden="),
        ({"sparsity": 100}, "sparsity"),
        ({"sparsity": [50]}, "sparsit"),
        ({"loss_scale": 0}, "loss_scale"),
        ({"encoding": "zip"}, "encoding 'zip'"),
        ({"input_shape": 4}, "input_shape=4"),
        ({"input_shape": (1, 2, 3, 4)}, "input_shape="),
        ({"validation_fraction": 1.0}, "validation_fraction=1.0"),
        ({"n_iter_no_change": 0}, "n_iter_no_change=0"),
        ({"tol": -1}, "tol=-1"),
        ({"tol": float("nan")}, "tol=nan"),
        ({"options": {"steps": 3}}, "'steps' does not belong"),
        ({"options": {"seed": 3}}, "'seed' does not belong"),
        ({"options": {"strata": 99}}, "strata"),
    ],
)
def test_bad_parameters(parameters, said):
    with pytest.raises(ValueError) as caught:
        quick(**parameters).fit(*IRIS)
    assert said in str(caught.value)


def test_unknown_option():
    with pytest.raises(TypeError, match="no option"):
        quick(options={"speed": 3}).fit(*IRIS)


@pytest.mark.parametrize(
    ("y", "said"),
    [
        (None, "requires y"),
        (np.linspace(0, 1, 150), "continuous"),
        (np.full(150, np.nan), "NaN"),
        (np.zeros(149), "inconsistent"),
        ([None, "a"] * 75, "label type"),
        (np.arange(300) // 2 % 290, "inconsistent"),
    ],
)
def test_bad_classes(y, said):
    with pytest.raises((ValueError, TypeError)) as caught:
        quick().fit(IRIS[0], y)
    assert said in str(caught.value)


def test_too_many_classes():
    X = np.arange(600.0)[:, None]
    with pytest.raises(ValueError, match="256"):
        quick().fit(X, np.arange(600) // 2)


def test_a_table_that_says_nothing():
    with pytest.raises(ValueError, match="no column says anything"):
        quick().fit(np.ones((20, 3)), np.arange(20) % 2)
    with pytest.raises(ValueError, match="all values are missing"):
        quick().fit(np.full((20, 3), np.nan), np.arange(20) % 2)
    with pytest.raises(ValueError, match="n_samples = 1"):
        quick().fit([[1.0, 2.0]], [1])


def test_a_failed_fit_leaves_the_last_one():
    X, y = IRIS
    found = quick().fit(X, y)
    answers = found.predict(X)
    with pytest.raises(ValueError):
        found.fit(X[:, :2], np.full(150, np.nan))
    assert found.n_features_in_ == 4
    with pytest.raises(ValueError):
        found.fit(X, y[:10])
    with pytest.raises(ValueError):  # found out when the encoding is new already
        found.set_params(hidden="32X").fit(X[:, :2], y == 0)
    np.testing.assert_array_equal(found.predict(X), answers)


@pytest.mark.parametrize("wrong", [{"hidden": None}, {"options": "x"}])
def test_parameters_of_another_kind_are_named(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        quick(**wrong).fit(*IRIS)
