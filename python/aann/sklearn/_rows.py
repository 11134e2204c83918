"""Samples as scikit-learn gives them: matrices, pictures, data frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from aann._arrays import Table, arrange, framed, is_frame, numeric
from aann.sklearn._versions import check_features

if TYPE_CHECKING:
    from numpy.typing import NDArray

PICTURE_DIMENSIONS = 3


def picture_shape(input_shape: Any) -> tuple[int, int, int] | None:
    """(channels, rows, columns) from the parameter input_shape."""
    if input_shape is None:
        return None
    try:
        sizes = tuple(int(size) for size in input_shape)
    except (TypeError, ValueError):
        sizes = ()
    if len(sizes) == PICTURE_DIMENSIONS - 1:
        sizes = (1, *sizes)
    if len(sizes) != PICTURE_DIMENSIONS or min(sizes) < 1:
        raise ValueError(
            f"input_shape={input_shape!r}: expected (channels, rows, columns), "
            "(rows, columns), or None for tables"
        )
    return (sizes[0], sizes[1], sizes[2])


def check_rows(estimator: Any, X: Any, *, reset: bool, frames: bool = True) -> Any:
    """X as what an encoding reads, checked: a data frame, a matrix, or pictures.

    `frames` says whether data frames stay data frames: those that a network was not searched on
    become matrices.
    """
    shape = picture_shape(estimator.input_shape)
    if shape is not None:
        return _check_pictures(estimator, X, shape, reset)
    X = framed(X)
    if is_frame(X) and frames:
        if min(X.shape) == 0:
            raise ValueError(
                f"Found array with 0 {'sample' if X.shape[0] == 0 else 'feature'}(s) "
                f"(shape={X.shape}) while a minimum of 1 is required."
            )
        _check_finite(X)
        check_features(estimator, X, reset=reset, skip_array=True)
        return X
    return _plain(check_features(estimator, X, reset=reset))


def _check_finite(frame: Any) -> None:
    """Refuses infinite numbers here, where the rows are still the user's."""
    for place, name in enumerate(frame.columns):
        column = frame.iloc[:, place]
        if getattr(column.dtype, "kind", "O") == "f":
            infinite = np.isinf(column.to_numpy(dtype=np.float64, na_value=np.nan))
            if np.any(infinite):
                raise ValueError(
                    f"X: column {name!r} contains infinity, first in row {np.argmax(infinite)}; "
                    "expected finite numbers, or NaN where they are missing"
                )


def _check_pictures(estimator: Any, X: Any, shape: tuple[int, int, int], reset: bool) -> Any:
    """Pictures [n, channels, rows, columns] from those, or from rows of a matrix."""
    size = int(np.prod(shape))
    if hasattr(X, "ndim") and X.ndim > 2 and int(np.prod(X.shape[1:])) == size:
        X = arrange(numeric(X, "X"), shape=shape).reshape(len(X), size)
    matrix = _plain(check_features(estimator, X, reset=reset, allow_nan=False))
    if matrix.shape[1] != size:
        raise ValueError(
            f"X has {matrix.shape[1]} features, but input_shape={estimator.input_shape} "
            f"means {size}"
        )
    return matrix.reshape(len(matrix), *shape)


def _plain(matrix: NDArray[Any]) -> NDArray[Any]:
    """Without types that the library does not read, such as long doubles."""
    if matrix.dtype.kind == "f" and matrix.dtype.itemsize > 8:
        return matrix.astype(np.float64)
    return matrix


def count_rows(X: Any) -> int:
    return int(X.shape[0])


def take(X: Any, rows: NDArray[Any]) -> Any:
    """Some rows, in this order; X itself if it is all of them."""
    if len(rows) == count_rows(X) and np.array_equal(rows, np.arange(len(rows))):
        return X
    return X.iloc[rows] if is_frame(X) else X[rows]


def sorted_order(X: Any, answers: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """An order of the samples that depends on nothing but their values, answers first.

    Also whether a sample of that order differs from the one before it.
    """
    values = Table(X).values if is_frame(X) else X.reshape(len(X), -1)
    keys = [_bytes(answers.reshape(len(answers), -1)), _bytes(values)]
    joined = np.ascontiguousarray(np.concatenate(keys, axis=1))
    rows = joined.view(np.dtype((np.void, joined.shape[1])))[:, 0]
    order = np.argsort(rows, kind="stable")
    ordered = joined[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = np.any(ordered[1:] != ordered[:-1], axis=1)
    return order, new


def _bytes(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Rows as bytes that are equal exactly if the values are."""
    if values.dtype.itemsize > 1:
        values = values.astype(">f8") + 0.0  # no negative zeros
        values[np.isnan(values)] = np.nan
    matrix = np.ascontiguousarray(values)
    return matrix.view(np.uint8).reshape(len(matrix), -1)
