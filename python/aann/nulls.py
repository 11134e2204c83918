"""Null models of wirings, and how sure measured accuracies are.

>>> import aann, aann.geometry as geo
>>> from aann import nulls
>>> spec = aann.Spec("8-3", 10, sparsity=50)
>>> networks = [aann.Network(spec, member=i) for i in range(4)]
>>> nulls.distance(networks, "units").mean < geo.chance(spec).mean + 5
True
>>> low, high = nulls.interval(9560, 10000)
>>> round(low, 4), round(high, 4)
(0.9518, 0.9598)
>>> round(nulls.mcnemar(192, 178), 3)
0.499
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple

from aann import errors
from aann._library import call, ffi, lib, natural
from aann.geometry import Chance, _networks
from aann.network import Network, _threads

if TYPE_CHECKING:
    from typing import TypeAlias

__all__ = ["Interval", "Null", "distance", "interval", "mcnemar", "probability", "shuffled"]

Null: TypeAlias = 'Literal["uniform", "units", "kernels", "places", "degrees"]'

NULLS: dict[str, int] = {
    ffi.string(lib.aann_null_name(i)).decode(): i for i in range(lib.AANN_NULL_COUNT)
}


def _null(name: str) -> int:
    if name not in NULLS:
        raise errors.ArgumentError(f"null model {name!r}: expected {', '.join(NULLS)}")
    return NULLS[name]


def shuffled(network: Network, null: Null, *, seed: int = 0, draw: int = 0) -> Network:
    """A shuffled copy that keeps the counts of each layer, and of every unit (``"units"``), kernel
    (``"kernels"``), unit and place of dense layers (``"places"``), or unit and input
    (``"degrees"``); ``"uniform"`` keeps nothing else."""
    kept = _null(null)
    numbers = natural("seed", seed, bits=64), natural("draw", draw, bits=64)
    out = ffi.new("aann_network **")
    call(lib.aann_network_copy, network._c, out)
    try:
        call(lib.aann_null_shuffle, out[0], kept, *numbers)
    except Exception:
        lib.aann_network_destroy(out[0])
        raise
    return Network._owning(out[0])


def distance(
    networks: Iterable[Network],
    null: Null,
    *,
    match: bool = False,
    restarts: int = 0,
    most: int = 10,
    threads: int = 1,
) -> Chance:
    """Mean and variance of the distance between shuffled copies of two different networks.

    Parameters
    ----------
    networks:
        At least two, of one spec; the first `most` are shuffled, over at least 45 pairs.
    match, restarts:
        After renaming hidden units, as `aann.geometry.distances` does.
    """
    listed, kept = _networks(networks)
    options = ffi.new("aann_null_options *", lib.aann_null_options_default())
    options.matched = match
    options.restarts = natural("restarts", restarts, bits=31)
    options.networks = natural("most", most, bits=31)
    options.threads = _threads(threads)
    found = ffi.new("aann_null_distances *")
    call(lib.aann_null_measure, listed, len(kept), _null(null), options, found)
    return Chance(found.total.mean, found.total.variance)


# ---- accuracies


class Interval(NamedTuple):
    """The ends of an interval of a share."""

    low: float
    high: float


def interval(correct: int, count: int, confidence: float = 0.95) -> Interval:
    """Wilson's interval of an accuracy, `correct` of `count` samples."""
    correct, count = natural("correct", correct, bits=63), natural("count", count, bits=63)
    if correct > count or count < 1 or not 0 < confidence < 1:
        raise errors.ArgumentError(
            f"an interval of {correct} of {count} at {confidence:g}: expected a share of some "
            "samples, and a confidence between 0 and 1"
        )
    found = lib.aann_interval_of_share(correct, count, confidence)
    return Interval(found.low, found.high)


def probability(correct: int, count: int, share: float) -> float:
    """How probable `correct` or more of `count` are if the true accuracy is `share` (exact)."""
    correct, count = natural("correct", correct, bits=63), natural("count", count, bits=63)
    if correct > count or count < 1 or not 0 <= share <= 1:
        raise errors.ArgumentError(
            f"{correct} of {count} at a share of {share:g}: expected shares of some samples"
        )
    return float(lib.aann_binomial_above(correct, count, share))


def mcnemar(first: int, second: int) -> float:
    """McNemar's exact two-sided test of two networks on the same samples: `first` of these only
    the first answers correctly, `second` only the second."""
    numbers = natural("first", first, bits=62), natural("second", second, bits=62)
    return float(lib.aann_test_of_pairs(*numbers))
