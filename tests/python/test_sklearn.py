"""SenseClassifier and SenseRegressor: results, ensembles, stopping, callbacks, pickling."""
# ruff: noqa: E402

import copy
import doctest
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.exceptions import NotFittedError
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_validate, train_test_split
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import aann
from aann.sklearn import SenseClassifier, SenseRegressor
from aann.sklearn._rows import sorted_order

IRIS = load_iris(return_X_y=True)
WINE = load_wine(return_X_y=True)
CALLBACKS = tuple(map(int, sklearn.__version__.split(".")[:2])) >= (1, 9)


def quick(**parameters):
    return SenseClassifier(**{"steps": 4000, "members": 2, "random_state": 0, **parameters})


def hashes(estimator):
    return [network.hash for network in estimator.networks_]


# ---- elsewhere, and in phases


def test_executors_find_the_same_networks():
    """Processes, also with early stopping and a warm start; in clones, grids and pickles."""
    X, y = WINE
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for more in ({}, {"early_stopping": True}):
            plain = quick(members=3, **more).fit(X, y)
            there = quick(members=3, executor=pool, verbose=1, **more).fit(X, y)
            assert hashes(there) == hashes(plain)
            assert there.best_member_ == plain.best_member_
            assert [len(curve) for curve in there.loss_curves_] == [
                len(curve) for curve in plain.loss_curves_
            ]
            assert np.array_equal(there.losses_, plain.losses_)
        assert clone(there).executor is pool
        assert pickle.loads(pickle.dumps(there)).executor is None
        again = [quick(warm_start=True, executor=one).fit(X, y).fit(X, y) for one in (None, pool)]
        assert hashes(again[0]) == hashes(again[1])
        scores = [cross_val_score(quick(executor=one), X, y, cv=2) for one in (None, pool)]
        assert scores[0].tolist() == scores[1].tolist()
        A, b = load_diabetes(return_X_y=True)
        both = [
            SenseRegressor(steps=500, members=2, random_state=0, executor=one).fit(A, b)
            for one in (None, pool)
        ]
        assert hashes(both[0]) == hashes(both[1])


def test_phases():
    """A phase goes on from the one before, as in aann.search; an effort is a number of steps."""
    X, y = WINE
    phases = [{"steps": 300}, {"steps": 150, "density": 60, "by_use": 0.5}, {"steps": 555}]
    found = quick(phases=phases).fit(X, y)
    order, _ = sorted_order(X, y)
    encoding = aann.Encoding.fit(X[order], table=True)
    data = aann.Data(encoding.encode(X[order]), y[order], encoding="int8", validation=0)
    seed = int(np.random.RandomState(0).randint(2**31 - 1, size=2)[0])
    plain = aann.search(
        data,
        net="32-3",
        sparsity=75,
        phases=phases,
        seed=seed,
        members=2,
        loss_scale=found.loss_scale,
    )
    assert hashes(found) == [result.network.hash for result in plain]
    assert found.n_iter_ == 1005 and len(found.loss_curve_) == 100
    assert found.networks_[0].counts == found.networks_[1].counts
    stopped = quick(phases=phases, early_stopping=True, n_iter_no_change=1).fit(X, y)
    assert stopped.networks_[0].counts == found.networks_[0].counts
    assert quick(effort=1).fit(X, y).n_iter_ > 1000
    for planned in ({"phases": phases}, {"effort": 1}):
        with pytest.raises(ValueError, match=f"{next(iter(planned))} is not possible in partial"):
            quick(**planned).partial_fit(X, y, classes=np.unique(y))
    found.set_params(phases=None).partial_fit(X, y)
    assert found.n_iter_ == 200
    with pytest.raises(ValueError, match="effort"):
        quick(phases=phases, effort=2).fit(X, y)
    with pytest.raises(ValueError, match="effort"):
        quick(effort=10).fit(X, y)


# ---- results


def test_equals_search():
    """A member is what aann.search finds on the same samples in the same order."""
    X, y = WINE
    found = quick(members=3).fit(X, y)
    order, _ = sorted_order(X, y)
    encoding = aann.Encoding.fit(X[order], table=True)
    data = aann.Data(encoding.encode(X[order]), y[order], encoding="int8", validation=0)
    seed = int(np.random.RandomState(0).randint(2**31 - 1, size=2)[0])
    for member, network in enumerate(found.networks_):
        plain = aann.search(
            data, net="32-3", sparsity=75.0, steps=4000, seed=seed, member=member, loss_scale=4.0
        )
        assert plain.network.hash == network.hash
    assert found.network_.counts == aann.Spec("32@75-3@75", encoding.input).counts
    assert found.counts_ == found.network_.counts


def test_defaults_learn_tables():
    X, y = load_breast_cancer(return_X_y=True)
    A, B, a, b = train_test_split(X, y, random_state=0)
    found = SenseClassifier(random_state=0).fit(A, a)
    assert found.score(B, b) > 0.93
    assert len(found.networks_) == 5
    assert found.n_iter_ == 50_000
    assert len(found.loss_curve_) == 100
    assert found.loss_curve_[-1] < found.loss_curve_[0]
    assert found.losses_.min() == found.losses_[found.best_member_]
    assert found.network_ is found.networks_[found.best_member_]


def test_probabilities_are_those_of_the_loss():
    X, y = IRIS
    found = quick(members=1, loss_scale=2.0).fit(X, y)
    scores = found.network_.logits(found.encoding_.encode(X)) / (127 * 2.0)
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.predict_proba(X), shares, rtol=1e-12)
    np.testing.assert_allclose(found.model_.probabilities(X), shares, rtol=1e-12)
    assert log_loss(y, found.predict_proba(X)) == pytest.approx(found.losses_[0], rel=1e-5)


@pytest.mark.parametrize("ensemble", ["mean", "sum", "vote"])
def test_ensembles(ensemble):
    X, y = IRIS
    names = np.array(["setosa", "versicolor", "virginica"], dtype=object)[y]
    found = quick(members=3, ensemble=ensemble, steps=600).fit(X, names)
    logits = np.stack([model.logits(X) for model in found.models_]) / (127 * 4.0)
    each = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    if ensemble == "mean":
        expected = each.mean(axis=0)
    elif ensemble == "sum":
        expected = np.exp(logits.mean(axis=0))
        expected /= expected.sum(axis=1, keepdims=True)
    else:
        votes = np.stack([(each.argmax(axis=2) == k).sum(axis=0) for k in range(3)], axis=1)
        expected = (votes + each.mean(axis=0)) / 4
        assert np.all(votes[np.arange(150), found.predict_proba(X).argmax(axis=1)] >= 1)
    np.testing.assert_allclose(found.predict_proba(X), expected, rtol=1e-9)
    assert list(found.classes_) == ["setosa", "versicolor", "virginica"]
    np.testing.assert_array_equal(found.predict(X), found.classes_[expected.argmax(axis=1)])
    np.testing.assert_allclose(np.exp(found.predict_log_proba(X)), expected, rtol=1e-9)
    if ensemble != "sum":  # whose logarithms are right but for a constant
        np.testing.assert_allclose(np.exp(found.decision_function(X)), expected, rtol=1e-9)


def test_binary_decision_is_log_odds():
    X, y = load_breast_cancer(return_X_y=True)
    found = quick().fit(X, y)
    shares = found.predict_proba(X)
    odds = np.log(shares[:, 1] / shares[:, 0])
    np.testing.assert_allclose(found.decision_function(X), odds, rtol=1e-6)
    np.testing.assert_array_equal(found.predict(X), (found.decision_function(X) > 0).astype(int))


def test_regression_in_any_units():
    X, y = load_diabetes(return_X_y=True)
    A, B, a, b = train_test_split(X, y, random_state=0)
    found = SenseRegressor(random_state=0, steps=20_000).fit(A, a)
    assert found.score(B, b) > 0.25
    assert found.score(A, a) > 0.6
    shifted = clone(found).fit(A, 1e6 + 1e-3 * a)
    assert shifted.score(A, 1e6 + 1e-3 * a) > 0.6
    np.testing.assert_allclose(shifted.predict(B), 1e6 + 1e-3 * found.predict(B), rtol=1e-8)


def test_regression_with_several_outputs():
    X, y = load_diabetes(return_X_y=True)
    Y = np.column_stack([y, -1000 * y, X[:, 2]])
    found = SenseRegressor(random_state=0, steps=20_000, members=2).fit(X, Y)
    assert found.predict(X).shape == (len(y), 3)
    assert found.n_outputs_ == 3
    assert found.score(X, Y) > 0.5
    each = [model.predict(X) for model in found.models_]
    np.testing.assert_allclose(found.predict(X), np.mean(each, axis=0), rtol=1e-9)


# ---- random numbers, threads, row order


def test_random_state():
    X, y = IRIS
    again = hashes(quick().fit(X, y))
    assert hashes(quick().fit(X, y)) == again
    assert hashes(quick(random_state=1).fit(X, y)) != again
    assert len(set(again)) == 2
    state = np.random.RandomState(0)
    assert hashes(quick(random_state=state).fit(X, y)) == again
    assert hashes(quick(random_state=state).fit(X, y)) != again
    assert hashes(quick(random_state=None).fit(X, y)) != hashes(quick(random_state=None).fit(X, y))


def test_jobs_change_nothing():
    X, y = WINE
    for parameters in ({}, {"early_stopping": True}):
        alone = quick(members=4, **parameters).fit(X, y)
        together = quick(members=4, n_jobs=3, **parameters).fit(X, y)
        assert hashes(alone) == hashes(together)
        np.testing.assert_array_equal(alone.losses_, together.losses_)


def test_order_of_rows_changes_nothing():
    X, y = WINE
    order = np.random.RandomState(3).permutation(len(y))
    for parameters in ({}, {"early_stopping": True}, {"class_weight": "balanced"}):
        found = quick(**parameters)
        assert hashes(found.fit(X, y)) == hashes(clone(found).fit(X[order], y[order]))
    targets = X[:, 0]
    found = SenseRegressor(steps=2000, members=1, random_state=0)
    assert hashes(found.fit(X, targets)) == hashes(clone(found).fit(X[order], targets[order]))


# ---- stopping and going on


def test_early_stopping_keeps_the_best():
    X, y = WINE
    found = quick(steps=50_000, early_stopping=True, validation_fraction=0.3).fit(X, y)
    best = found.best_member_
    curve = found.validation_loss_curve_
    assert found.losses_[best] == curve.min()
    assert len(curve) == len(found.loss_curve_) < 100  # a small table is overfitted soon
    assert np.argmin(curve) == len(curve) - 1 - 10
    assert found.n_iter_ == max(map(len, found.loss_curves_)) * 500
    patient = quick(
        steps=50_000, early_stopping=True, validation_fraction=0.3, n_iter_no_change=100
    ).fit(X, y)
    assert len(patient.validation_loss_curve_) == 100


def test_early_stopping_with_rare_classes():
    X, y = IRIS
    y = y.copy()
    y[0] = 7
    assert 7 in quick(early_stopping=True).fit(X, y).classes_


def test_warm_start_goes_on():
    X, y = WINE
    found = quick(warm_start=True, steps=800).fit(X, y)
    first, loss = hashes(found), found.losses_.copy()
    found.fit(X, y)
    assert hashes(found) != first
    assert np.all(found.losses_ < loss)
    fresh = quick(steps=800).fit(X, y)
    assert hashes(fresh.fit(X, y)) == first  # without it a fit forgets
    found.set_params(members=3).fit(X, y)
    assert len(found.networks_) == 3
    with pytest.raises(ValueError, match="can only add"):
        found.set_params(members=1).fit(X, y)
    with pytest.raises(ValueError, match="cannot become"):
        found.set_params(members=3, hidden="8").fit(X, y)
    with pytest.raises(ValueError, match="not one of"):
        found.set_params(hidden="32").fit(X, y + 1)


def test_partial_fit():
    X, y = load_digits(return_X_y=True)
    A, B, a, b = train_test_split(X, y, random_state=0)
    found = quick(steps=20_000)
    with pytest.raises(ValueError, match="classes must be passed"):
        found.partial_fit(A[:100], a[:100])
    scores = []
    for epoch in range(10):
        half = slice(epoch % 2, None, 2)
        found.partial_fit(A[half], a[half], classes=np.arange(10))
        scores.append(found.score(B, b))
    assert scores[-1] > scores[0]
    assert scores[-1] > 0.75
    assert found.n_iter_ == 1000
    found.set_params(ensemble="median")
    with pytest.raises(ValueError, match="ensemble='median': expected one of mean, sum, vote"):
        found.predict(B)
    few = quick().partial_fit(A[a < 5], a[a < 5], classes=np.arange(10))
    assert few.predict_proba(B).shape == (len(B), 10)
    with pytest.raises(ValueError, match="not one of"):
        few.partial_fit(A, a + 1)
    with pytest.raises(ValueError, match="earlier call"):
        few.partial_fit(A, a, classes=np.arange(11))
    with pytest.raises(ValueError, match="balanced"):
        quick(class_weight="balanced").partial_fit(A, a, classes=np.arange(10))


def test_partial_fit_never_makes_the_loss_worse():
    X, y = WINE
    found = quick(options={"temperature": 100.0}).fit(X, y)
    for _ in range(3):
        before = found.losses_
        found.partial_fit(X, y)
        assert np.all(found.losses_ <= before)


def test_partial_fit_beyond_the_range():
    X, y = load_diabetes(return_X_y=True)
    found = SenseRegressor(steps=2000, members=1, random_state=0).partial_fit(X[:200], y[:200])
    with pytest.warns(UserWarning, match="beyond the range"):
        found.partial_fit(X, 10 * y)
    with pytest.raises(ValueError, match="2 outputs"):
        found.partial_fit(X, np.column_stack([y, y]))


# ---- in scikit-learn's tools


def test_grid_search_in_a_pipeline():
    X, y = IRIS
    pipe = make_pipeline(StandardScaler(), quick(steps=1000))
    grid = GridSearchCV(
        pipe, {"senseclassifier__hidden": ["", "8", (8, 8)]}, n_jobs=2, cv=3, error_score="raise"
    ).fit(X, y)
    assert grid.best_score_ > 0.85
    alone = clone(pipe).set_params(**grid.best_params_).fit(X, y)
    assert hashes(grid.best_estimator_[-1]) == hashes(alone[-1])


def test_cross_validation():
    X, y = WINE
    assert cross_val_score(quick(steps=8000), X, y, cv=3, n_jobs=2).mean() > 0.85


def test_set_output_and_column_names():
    pandas = pytest.importorskip("pandas")
    X, y = load_iris(return_X_y=True, as_frame=True)
    pipe = make_pipeline(
        make_column_transformer(
            (StandardScaler(), list(X.columns)), verbose_feature_names_out=False
        ),
        quick(),
    ).set_output(transform="pandas")
    pipe.fit(X, y)
    assert list(pipe[-1].feature_names_in_) == list(X.columns)
    assert pipe[-1].model_.columns == list(X.columns)
    assert isinstance(pipe[:-1].transform(X), pandas.DataFrame)
    with pytest.raises(ValueError, match="feature names"):
        pipe[-1].predict(pipe[:-1].transform(X).iloc[:, ::-1])


def test_metadata_routing():
    X, y = WINE
    weights = np.where(y == 0, 3.0, 1.0)
    with sklearn.config_context(enable_metadata_routing=True):
        routed = quick(steps=500).set_fit_request(sample_weight=True)
        routed.set_score_request(sample_weight=True)
        result = cross_validate(
            routed, X, y, params={"sample_weight": weights}, cv=2, return_estimator=True
        )
    first = result["estimator"][0]
    assert hashes(first) != hashes(
        cross_validate(quick(steps=500), X, y, cv=2, return_estimator=True)["estimator"][0]
    )


def test_several_outputs_of_classes_by_scikit_learn():
    X, y = IRIS
    Y = np.column_stack([y, y == 1])
    found = MultiOutputClassifier(quick()).fit(X, Y)
    assert found.predict(X).shape == Y.shape
    with pytest.raises(ValueError):
        quick().fit(X, Y)


def test_pickle_and_clone():
    X, y = WINE
    found = quick(options={"strata": 4}).fit(X, y)
    size = len(pickle.dumps(found))
    assert size < 30_000  # two networks and no samples
    many = clone(found).fit(np.tile(X, (50, 1)), np.tile(y, 50))
    assert len(pickle.dumps(many)) < 1.1 * size
    for other in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):
        np.testing.assert_array_equal(other.predict_proba(X), found.predict_proba(X))
        assert hashes(other) == hashes(found)
    fresh = clone(found)
    assert not hasattr(fresh, "models_")
    assert not hasattr(fresh, "network_")
    with pytest.raises(NotFittedError):
        fresh.predict(X)


def test_models_are_files_for_the_program(program, tmp_path):
    pandas = pytest.importorskip("pandas")
    X, y = load_wine(return_X_y=True, as_frame=True)
    names = np.array(["one", "two", "three"])[y]
    found = quick(members=1).fit(X, names)
    found.model_.save(tmp_path / "wine.aannm")
    pandas.DataFrame(X).to_csv(tmp_path / "wine.csv", index=False)
    told = program("predict", tmp_path / "wine.aannm", "--data", tmp_path / "wine.csv")
    assert told.split() == list(found.predict(X))


# ---- progress, callbacks, Ctrl-C


def test_verbose_shows_one_bar(capfd):
    X, y = IRIS
    quick(verbose=1, members=3, n_jobs=2).fit(X, y)
    shown = capfd.readouterr().err
    assert "12.0k/12.0k" in shown
    assert "100%" in shown


@pytest.mark.skipif(not CALLBACKS, reason="scikit-learn has callbacks from 1.9 on")
@pytest.mark.parametrize("n_jobs", [None, 2])
def test_scoring_monitor(n_jobs):
    from sklearn.callback import ScoringMonitor

    X, y = WINE
    monitor = ScoringMonitor(scoring="neg_log_loss")
    found = quick(steps=500, n_jobs=n_jobs).set_callbacks(monitor)
    found.fit(X, y)
    log = monitor.get_logs().data
    marks = [row for row in log if row["task_name"] == "mark"]
    assert len(marks) == 200
    last = [row["neg_log_loss"] for row in marks if row["task_id"] == 99]
    np.testing.assert_allclose(sorted(-score for score in last), sorted(found.losses_), rtol=1e-5)
    assert hashes(found) == hashes(quick(steps=500).fit(X, y))
    pickle.dumps(found.set_callbacks())


@pytest.mark.skipif(not CALLBACKS, reason="scikit-learn has callbacks from 1.9 on")
def test_callbacks_stop_and_fail():
    class Watcher:
        def __init__(self, stop_at=None, fail_at=None):
            self.calls = []
            self.stop_at, self.fail_at = stop_at, fail_at

        def setup(self, estimator, context):
            self.calls.append("setup")

        def teardown(self, estimator, context):
            self.calls.append("teardown")

        def on_fit_task_begin(self, estimator, context):
            self.calls.append(("begin", context.task_name, context.task_id))

        def on_fit_task_end(self, estimator, context):
            self.calls.append(("end", context.task_name, context.task_id))
            if context.task_name == "mark" and context.task_id == self.fail_at:
                raise RuntimeError("no more")
            return context.task_name == "mark" and context.task_id == self.stop_at

    X, y = IRIS
    watcher = Watcher(stop_at=3)
    found = quick().set_callbacks(watcher).fit(X, y)
    assert [len(curve) for curve in found.loss_curves_] == [4, 4]
    assert found.n_iter_ == 160
    calls = watcher.calls
    assert (calls[0], calls[-1]) == ("setup", "teardown")
    begun = [call[1:] for call in calls if call[0] == "begin"]
    ended = [call[1:] for call in calls if call[0] == "end"]
    assert sorted(begun) == sorted(ended)
    watcher = Watcher(stop_at=49)  # the end of a phase
    found = quick(phases="steps=200; steps=200").set_callbacks(watcher).fit(X, y)
    assert found.n_iter_ == 200 and [len(curve) for curve in found.loss_curves_] == [50, 50]
    for n_jobs in (None, 2):
        watcher = Watcher(fail_at=5)
        with pytest.raises(RuntimeError, match="no more"):
            quick(n_jobs=n_jobs).set_callbacks(watcher).fit(X, y)
        assert watcher.calls[-1] == "teardown"


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_interrupt_keeps_what_was_found(n_jobs):
    X, y = load_digits(return_X_y=True)
    found = quick(steps=10**9, members=2, n_jobs=n_jobs)
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    began = time.monotonic()
    with pytest.warns(UserWarning, match="Ctrl-C"):
        found.fit(X, y)
    assert time.monotonic() - began < 5.0
    assert 1 <= len(found.networks_) <= 2
    assert found.predict(X).shape == y.shape


# ---- documentation, imports


def test_examples():
    page = Path(__file__).resolve().parents[2] / "docs" / "python" / "scikit-learn.md"
    found = doctest.testfile(str(page), module_relative=False)
    assert found.attempted > 20
    assert found.failed == 0
    for module in (aann.sklearn, aann.sklearn.classifier, aann.sklearn.regressor):
        found = doctest.testmod(module)
        assert found.attempted > 0
        assert found.failed == 0


def test_import_stays_lazy():
    code = "import sys, aann; print('sklearn' in sys.modules, 'joblib' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False", "False"]


def test_nothing_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quick(early_stopping=True, class_weight="balanced").fit(*IRIS).score(*IRIS)
