"""Networks with weights -1, 0 and +1 as scikit-learn estimators.

>>> from sklearn.datasets import load_iris
>>> from sklearn.model_selection import cross_val_score
>>> from aann.sklearn import SenseClassifier
>>> X, y = load_iris(return_X_y=True)
>>> cross_val_score(SenseClassifier(steps=5_000, random_state=0), X, y).mean() > 0.9
np.True_

Needs scikit-learn 1.4 or later (``pip install aann[sklearn]``).
"""

from aann.sklearn.classifier import SenseClassifier
from aann.sklearn.regressor import SenseRegressor

__all__ = ["SenseClassifier", "SenseRegressor"]
