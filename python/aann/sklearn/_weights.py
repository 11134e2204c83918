"""Weights of samples as copies of samples.

The search compares networks by their mean loss over the samples, each of which counts once. A
weight therefore says how often a sample is there:

- Whole numbers are taken literally: weight 3 is the sample three times, weight 0 is no sample.
  A factor that all have in common is left out.
- Others are taken literally, too, if a factor makes them whole: 1.5 and 1 are 3 and 2.
- Either only within a limit of copies. Otherwise the samples, in an order that depends on their
  values only, are repeated so that the copies of the first k of them are right to half a copy, for
  every k. Samples of a class stand together, so classes, too, have their weights to within one
  copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

COPIES_LITERAL = 16
"""samples at most, per sample given, where weights are taken literally"""
WHOLE_LIMIT = 2.0**53
"""beyond it, a float says no whole number exactly"""
COPIES_ROUNDED = 4
"""samples, per sample given, where they are rounded"""
COPIES_MINIMUM = 4096
"""but small data may always have this many"""


def check_weights(sample_weight: Any, count: int) -> NDArray[np.float64]:
    """Weights of `count` samples."""
    if sample_weight is None:
        return np.ones(count)
    try:
        weights = np.array(sample_weight, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise ValueError(f"sample_weight: expected numbers ({problem})") from None
    if weights.ndim == 0:
        weights = np.full(count, float(weights))
    if weights.shape != (count,):
        raise ValueError(
            f"sample_weight of shape {weights.shape}: expected ({count},), one for each sample"
        )
    if not np.all(np.isfinite(weights)):
        raise ValueError("sample_weight contains NaN or infinity")
    if np.any(weights < 0):
        raise ValueError("sample_weight: negative values in data, which have no meaning here")
    if not np.any(weights > 0):
        raise ValueError("sample_weight: all weights are zero, so there are no samples")
    return weights


def class_totals(
    labels: NDArray[np.intp], weights: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    totals: NDArray[np.float64] = np.bincount(labels, weights, count).astype(np.float64)
    return totals


def balance(
    labels: NDArray[np.intp], weights: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """A weight for each class, so that all classes that occur have the same total."""
    totals = class_totals(labels, weights, count)
    present = totals > 0
    shares = np.zeros(count)
    shares[present] = totals.sum() / (np.count_nonzero(present) * totals[present])
    return shares


def copies(weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """How often each sample is there; the samples are in an order that depends on their values."""
    kept = np.count_nonzero(weights)
    limit = max(COPIES_LITERAL * kept, COPIES_MINIMUM)
    whole = _whole(weights)
    if whole is not None and weights.max() < WHOLE_LIMIT:
        counts: NDArray[np.int64] = whole.astype(np.int64)
        for factor in (1, np.gcd.reduce(counts)):
            if whole.sum() <= limit * factor:
                reduced: NDArray[np.int64] = counts // factor
                return reduced
    # The smallest weight is then so many copies. More would be too many for all samples.
    shares = weights / weights[weights > 0].min()
    for smallest in range(1, limit // kept + 1):
        whole = _whole(shares * smallest)
        if whole is not None and whole.sum() <= limit:
            return whole.astype(np.int64)
    total = max(COPIES_ROUNDED * kept, COPIES_MINIMUM)
    ends = np.floor(np.cumsum(weights / weights.sum()) * total + 0.5)
    rounded: NDArray[np.int64] = np.diff(ends, prepend=0.0).astype(np.int64)
    return rounded


def _whole(weights: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The weights as whole numbers, but for what a division loses; None if they are others."""
    whole = np.rint(weights)
    return whole if np.all(np.abs(weights - whole) <= 1e-9 * whole) else None
