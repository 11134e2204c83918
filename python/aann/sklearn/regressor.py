"""SenseRegressor: numbers by a family of networks."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_consistent_length

from aann._phases import Phases
from aann.model import Model
from aann.network import Network
from aann.options import Options
from aann.sklearn._base import Sense
from aann.sklearn._targets import TargetRange
from aann.sklearn._versions import with_callbacks
from aann.sklearn._weights import check_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SenseRegressor"]


class SenseRegressor(RegressorMixin, Sense):
    """Networks with weights -1, 0 and +1 that predict one number or several.

    Targets may have any units. An ensemble predicts the mean of its members' predictions. No
    prediction is beyond the range of the training targets, mirrored at their mean.

    Parameters are those of `SenseClassifier`, but for `ensemble`, `loss_scale` and `class_weight`;
    attributes too, but for `classes_`. The defaults differ: numbers need larger networks and more
    members than classes.

    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.model_selection import cross_val_score
    >>> from aann.sklearn import SenseRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> cross_val_score(SenseRegressor(steps=10_000, random_state=0), X, y).mean() > 0.35
    np.True_
    """

    target_range_: TargetRange
    n_outputs_: int

    def __init__(
        self,
        hidden: str | int | Sequence[int] = "64",
        *,
        sparsity: float | Sequence[float] = 75.0,
        steps: int = 20_000,
        phases: Phases | None = None,
        effort: int | None = None,
        members: int = 10,
        input_shape: Sequence[int] | None = None,
        encoding: str = "auto",
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
        self.input_shape = input_shape
        self.encoding = encoding
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
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> SenseRegressor:
        """Searches for the networks.

        y is [samples] or [samples, outputs]; X and sample_weight are those of
        `SenseClassifier.fit`.
        """
        with self._all_or_nothing():
            self._fit(X, y, sample_weight, going_on=self._goes_on(), partial=False)
        return self

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> SenseRegressor:
        """Goes on with the search on these samples alone, for a twentieth of `steps`.

        The loss on them never rises, whatever becomes of samples seen before: give large batches.
        The first call fits the encoding and the range of the targets.
        """
        with self._all_or_nothing():
            self._fit(X, y, sample_weight, going_on=hasattr(self, "models_"), partial=True)
        return self

    def _fit(self, X: Any, y: Any, sample_weight: Any, *, going_on: bool, partial: bool) -> None:
        rows = self._begin(X, y, going_on, partial)
        targets = self._target_matrix(rows, y, going_on)
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self._search(
            rows,
            targets,
            check_weights(sample_weight, len(targets)),
            outputs=targets.shape[1],
            going_on=going_on,
            partial=partial,
            told={"X": X, "y": y, "metadata": metadata},
        )

    def _target_matrix(self, X: Any, y: Any, going_on: bool) -> NDArray[np.float64]:
        """Targets [samples, outputs]; sets n_outputs_."""
        targets = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y")
        check_consistent_length(X, targets)
        flat = targets.ndim == 1
        matrix: NDArray[np.float64] = targets.reshape(len(targets), -1)
        if going_on and matrix.shape[1] != self.n_outputs_:
            raise ValueError(
                f"y has {matrix.shape[1]} outputs; in an earlier call it had {self.n_outputs_}"
            )
        self.n_outputs_ = matrix.shape[1]
        self._flat = flat
        return matrix

    def _as_outputs(
        self, answers: NDArray[Any], train: NDArray[np.intp], going_on: bool
    ) -> NDArray[Any]:
        if not going_on:
            self.target_range_ = TargetRange.fit(answers[train])
        beyond = self.target_range_.count_beyond(answers[train])
        if beyond > 0:
            warnings.warn(
                f"{beyond} of {len(train)} samples have targets beyond the range of the first "
                "fit; the network can only go to its ends",
                stacklevel=5,
            )
        return self.target_range_.outputs(answers)

    def _default_options(self) -> dict[str, Any]:
        return {"output_scale": self.target_range_.output_scale}

    def _data_arguments(self, outputs: int) -> dict[str, Any]:
        return {"task": "regression"}

    def _strata(self, answers: NDArray[Any]) -> NDArray[Any] | None:
        return None

    def _model(self, network: Network, options: Options) -> Model:
        given = list(options.target_weight)[: self.n_outputs_]
        weights = [weight or 1.0 for weight in given]
        return Model(
            network,
            self.encoding_,
            regression=True,
            output_scale=options.output_scale,
            target_range=(self.target_range_.mean.tolist(), self.target_range_.scale.tolist()),
            target_weights=weights + [1.0] * (self.n_outputs_ - len(weights)),
            column_names=self._column_names(),
        )

    # ---- use

    def predict(self, X: Any) -> NDArray[np.float64]:
        """The targets in the units of y: [samples] if y was that, else [samples, outputs]."""
        logits = self._logits(X)
        each = [
            model._interpret(outputs) for model, outputs in zip(self.models_, logits, strict=True)
        ]
        mean: NDArray[np.float64] = np.mean(each, axis=0)
        return mean[:, 0] if self._flat else mean

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _more_tags(self) -> dict[str, Any]:
        return {**super()._more_tags(), "multioutput": True}
