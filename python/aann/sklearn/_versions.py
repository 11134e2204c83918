"""What differs between the versions of scikit-learn: checks of X, and callbacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import sklearn

__all__ = ["CallbackSupportMixin", "callback_context", "check_features", "with_callbacks"]

Method = TypeVar("Method", bound=Callable[..., Any])

VERSION = tuple(int(part) for part in sklearn.__version__.split(".")[:2])


def check_features(
    estimator: Any, X: Any, *, reset: bool, skip_array: bool = False, allow_nan: bool = True
) -> Any:
    """X as a matrix of numbers, or with `skip_array` as it is.

    Sets, or compares, n_features_in_ and feature_names_in_.
    """
    if skip_array:
        checks: dict[str, Any] = {}
    else:
        finite = "ensure_all_finite" if VERSION >= (1, 6) else "force_all_finite"
        checks = {"dtype": "numeric", finite: "allow-nan" if allow_nan else True}
    if VERSION >= (1, 6):
        from sklearn.utils.validation import validate_data

        return validate_data(estimator, X, reset=reset, skip_check_array=skip_array, **checks)
    if not skip_array:
        return estimator._validate_data(X, reset=reset, **checks)
    estimator._check_feature_names(X, reset=reset)
    estimator._check_n_features(X, reset=reset)
    return X


if VERSION >= (1, 9):
    from sklearn.callback import CallbackSupportMixin, with_callbacks
else:

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """scikit-learn has callbacks from 1.9 on."""

    def with_callbacks(method: Method) -> Method:
        return method


def callback_context(estimator: Any, members: int) -> Any:
    """The root of the tasks that callbacks are told about; None if there is nobody to tell.

    Members are numbered, since several may be searched at a time.
    """
    if VERSION < (1, 9):
        return None
    context = estimator._init_callback_context(max_subtasks=members, sequential_subtasks=False)
    return context if context._callbacks else None
