"""SenseClassifier: classes by a family of networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import column_or_1d
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import assert_all_finite, check_consistent_length

from aann._arrays import class_names
from aann._phases import Phases
from aann.model import Model, softmax
from aann.network import Network
from aann.options import Options
from aann.sklearn._base import Sense
from aann.sklearn._versions import with_callbacks
from aann.sklearn._weights import balance, check_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SenseClassifier"]

ENSEMBLES = ("mean", "sum", "vote")
SMALLEST = np.finfo(np.float64).tiny


class SenseClassifier(ClassifierMixin, Sense):
    """Networks with weights -1, 0 and +1 that are found by stochastic search.

    Parameters
    ----------
    hidden:
        The layers before the last one: a text (``"64"``, ``"16C5-MP2-32C5-MP2"``, ``""`` for
        none), or numbers of units: ``32``, ``(64, 32)``. The last layer has a unit for each class.
    sparsity:
        Percent of zeros in every layer, or one number for each layer.
    steps:
        Candidates that each member's search decides.
    phases, effort:
        In place of `steps`: several searches one after the other, or a planned one from 1 (quick)
        to 9 (hours); see `aann.search`. `partial_fit` refuses them.
    members:
        Networks that answer together.
    ensemble:
        How: ``"mean"`` of their probabilities, ``"sum"`` of their outputs, or ``"vote"``.
    loss_scale:
        The loss is the cross-entropy of softmax(outputs / (127 loss_scale)).
    input_shape:
        Shape of a sample that is a picture or a signal: (channels, rows, columns) or (rows,
        columns). X is then ``[samples, *input_shape]``, or a matrix of such samples in rows. None:
        the columns of X are those of a table, where NaN is a missing value.
    encoding:
        How values become inputs; see `aann.Encoding.fit`.
    class_weight:
        ``"balanced"``, weights by class, or None. See `fit` for what weights mean.
    early_stopping:
        Keep a part of the samples back, stop when the loss on it has not fallen for a while, and
        keep the network that was best on it.
    validation_fraction, n_iter_no_change, tol:
        Of early stopping: the share that is kept back, how many hundredths of the search the loss
        may fail to fall, and by how much it has to fall.
    warm_start:
        A further `fit` goes on from the networks of the last one.
    n_jobs:
        Members that are searched at a time, as in joblib. Never changes the result.
    executor:
        Search the members in its workers instead, see `aann.executors`: the same networks. A clone
        has the same executor; a pickled estimator has none.
    random_state:
        An int gives the same networks each time, on every machine.
    verbose:
        1: a progress bar. With scikit-learn 1.9 or later its callbacks work, too.
    options:
        Further options of the search, a dict or `aann.Options`.

    Attributes
    ----------
    classes_, n_features_in_, feature_names_in_:
        As in every classifier.
    models_, networks_:
        All members: `aann.Model`, `aann.Network`.
    model_, network_, counts_, best_member_:
        The member with the lowest loss.
    loss_curve_, loss_curves_:
        Training loss at each hundredth of the search, of the best and of all members.
    validation_loss_curve_, validation_loss_curves_:
        The same for the validation loss; empty without early stopping.
    losses_:
        Each member's loss at the end: validation loss with early stopping, else training loss.
    n_iter_:
        Candidates decided, the most of any member.
    encoding_:
        How X becomes inputs.

    Ctrl-C ends a fit early: what was found so far is kept, with a warning.

    >>> from sklearn.datasets import load_wine
    >>> from sklearn.model_selection import train_test_split
    >>> from aann.sklearn import SenseClassifier
    >>> X, y = load_wine(return_X_y=True)
    >>> A, B, a, b = train_test_split(X, y, random_state=0)
    >>> classifier = SenseClassifier(steps=10_000, random_state=0).fit(A, a)
    >>> classifier.score(B, b) > 0.9
    True
    >>> classifier.counts_[1]
    Counts(minus=12, zero=72, plus=12)
    """

    classes_: NDArray[Any]

    def __init__(
        self,
        hidden: str | int | Sequence[int] = "32",
        *,
        sparsity: float | Sequence[float] = 75.0,
        steps: int = 50_000,
        phases: Phases | None = None,
        effort: int | None = None,
        members: int = 5,
        ensemble: str = "mean",
        loss_scale: float = 4.0,
        input_shape: Sequence[int] | None = None,
        encoding: str = "auto",
        class_weight: Mapping[Any, float] | str | None = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        tol: float = 0.0,
        warm_start: bool = False,
        n_jobs: int | None = None,
        executor: Any = None,
        random_state: Any = None,
        verbose: int = 0,
        options: Mapping[str, Any] | Options | None = None,
    ) -> None:
        self.hidden = hidden
        self.sparsity = sparsity
        self.steps = steps
        self.phases = phases
        self.effort = effort
        self.members = members
        self.ensemble = ensemble
        self.loss_scale = loss_scale
        self.input_shape = input_shape
        self.encoding = encoding
        self.class_weight = class_weight
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.warm_start = warm_start
        self.n_jobs = n_jobs
        self.executor = executor
        self.random_state = random_state
        self.verbose = verbose
        self.options = options

    # ---- fit

    @with_callbacks
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> SenseClassifier:
        """Searches for the networks.

        Parameters
        ----------
        X:
            A matrix, a data frame (numbers, booleans, words, missing values), or pictures.
        y:
            Classes: words, integers or booleans.
        sample_weight:
            How often each sample counts; only ratios matter. A weight repeats the sample: whole
            numbers, and those that a factor makes whole, give exactly the networks of the repeated
            samples, if these are at most 16 for each sample, or 4,096. Others are rounded to
            copies such that every class has its weight to within one copy.
        """
        going_on = self._goes_on()
        with self._all_or_nothing():
            self._fit(X, y, sample_weight, None, going_on=going_on, partial=False)
        return self

    def partial_fit(
        self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None
    ) -> SenseClassifier:
        """Goes on with the search on these samples alone, for a twentieth of `steps`.

        The loss on them never rises, whatever becomes of samples seen before: give large batches.
        The first call fits the encoding, and takes the classes from `classes`.
        """
        going_on = hasattr(self, "models_")
        if not going_on and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        with self._all_or_nothing():
            self._fit(X, y, sample_weight, classes, going_on=going_on, partial=True)
        return self

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        classes: Any,
        *,
        going_on: bool,
        partial: bool,
    ) -> None:
        if partial and self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' is not possible in partial_fit, which does not know the "
                "classes of samples to come; pass weights by class, or sample_weight"
            )
        rows = self._begin(X, y, going_on, partial)
        labels = self._labels(rows, y, classes, going_on)
        weights = check_weights(sample_weight, len(labels))
        weights = self._class_shares(labels, weights)[labels] * weights
        if not np.any(weights > 0):
            raise ValueError("class_weight: all samples have the weight 0")
        self._search(
            rows,
            labels,
            weights,
            outputs=len(self.classes_),
            going_on=going_on,
            partial=partial,
            told={"X": X, "y": y, "metadata": _metadata(sample_weight)},
        )

    def _labels(self, X: Any, y: Any, classes: Any, going_on: bool) -> NDArray[np.intp]:
        """The number of each sample's class; sets classes_."""
        y = column_or_1d(y, warn=True)
        if y.dtype.kind in "fc":
            assert_all_finite(y, input_name="y")
        check_consistent_length(X, y)
        check_classification_targets(y)
        known = self.classes_ if going_on else np.unique(y if classes is None else classes)
        if going_on and classes is not None and not np.array_equal(known, np.unique(classes)):
            raise ValueError(f"classes={classes!r}: they were {known!r} in an earlier call")
        places: NDArray[np.intp] = np.clip(np.searchsorted(known, y), 0, len(known) - 1)
        strange = known[places] != y
        if np.any(strange):
            raise ValueError(
                f"y has the class {y[np.argmax(strange)]!r}, which is not one of {known!r}"
            )
        self.classes_ = known
        return places

    def _class_shares(
        self, labels: NDArray[np.intp], weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """A weight for each class."""
        if self.class_weight is None:
            return np.ones(len(self.classes_))
        if isinstance(self.class_weight, str) and self.class_weight == "balanced":
            return balance(labels, weights, len(self.classes_))
        if not isinstance(self.class_weight, Mapping):
            raise ValueError(
                f"class_weight={self.class_weight!r}: expected 'balanced', a dict or None"
            )
        shares: NDArray[np.float64] = compute_class_weight(
            dict(self.class_weight), classes=self.classes_, y=self.classes_
        )
        if not np.all(np.isfinite(shares)) or np.any(shares < 0):
            raise ValueError(f"class_weight={self.class_weight!r}: expected numbers from 0 on")
        return shares

    def _check_parameters(self) -> None:
        super()._check_parameters()
        self._check_ensemble()

    def _check_ensemble(self) -> None:
        if self.ensemble not in ENSEMBLES:
            raise ValueError(f"ensemble={self.ensemble!r}: expected one of {', '.join(ENSEMBLES)}")

    def _default_options(self) -> dict[str, Any]:
        return {"loss_scale": self.loss_scale}

    def _data_arguments(self, outputs: int) -> dict[str, Any]:
        return {"task": "classification", "classes": np.arange(outputs)}

    def _as_outputs(
        self, answers: NDArray[Any], train: NDArray[np.intp], going_on: bool
    ) -> NDArray[Any]:
        return answers

    def _strata(self, answers: NDArray[Any]) -> NDArray[Any] | None:
        return answers

    def _model(self, network: Network, options: Options) -> Model:
        return Model(
            network,
            self.encoding_,
            loss_scale=options.loss_scale,
            class_names=class_names(self.classes_),
            column_names=self._column_names(),
        )

    # ---- use

    def decision_function(self, X: Any) -> NDArray[np.float64]:
        """The logarithm of each class's probability, up to a constant of each sample.

        Of two classes the log-odds of the second, [samples].
        """
        scores = self._scores(X)
        if scores.shape[1] == 2:
            scores = scores[:, 1] - scores[:, 0]
        return scores

    def predict(self, X: Any) -> NDArray[Any]:
        """The most probable class of each sample."""
        answers = self._scores(X).argmax(axis=1)
        classes: NDArray[Any] = self.classes_[answers]
        return classes

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """The probability of each class, as the loss assumes it; of votes, their smoothed share."""
        return softmax(self._scores(X))

    def predict_log_proba(self, X: Any) -> NDArray[np.float64]:
        """The logarithms of `predict_proba`."""
        return _logarithm(self.predict_proba(X))

    def _scores(self, X: Any) -> NDArray[np.float64]:
        """Numbers whose softmax is the probability of each class."""
        self._check_ensemble()  # it may have been set since the fit
        logits = np.stack(self._logits(X)) / (127.0 * self.models_[0].loss_scale)
        if self.ensemble == "sum" or len(logits) == 1:
            mean: NDArray[np.float64] = logits.mean(axis=0)
            return mean
        each = np.stack([softmax(member) for member in logits])
        shares = each.mean(axis=0)
        if self.ensemble == "vote":
            votes = logits.argmax(axis=2)[:, :, None] == np.arange(logits.shape[2])
            shares = (votes.sum(axis=0) + shares) / (len(logits) + 1)
        return _logarithm(shares)


def _logarithm(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    logarithms: NDArray[np.float64] = np.log(np.maximum(shares, SMALLEST))
    return logarithms


def _metadata(sample_weight: Any) -> dict[str, Any] | None:
    return None if sample_weight is None else {"sample_weight": sample_weight}
