"""Ensembles: members that answer together.

The functions take logits, int32 [member, sample, class]; `Ensemble` takes members of a family.
Majority vote: the class with the most answers, a tie goes to the larger sum of logits. Sum: the
class with the largest sum of logits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from aann import errors
from aann._arrays import as_int32
from aann._library import CData, call, ffi, lib

if TYPE_CHECKING:
    from typing import TypeAlias

    import pandas
    from numpy.typing import ArrayLike, NDArray

    from aann.family import Family
    from aann.member import Member

__all__ = ["Choice", "Ensemble", "Spread", "answer", "choose", "grow", "sample"]

Method: TypeAlias = 'Literal["vote", "sum"]'

METHODS = {"vote": lib.AANN_ENSEMBLE_VOTE, "sum": lib.AANN_ENSEMBLE_SUM}


@dataclass(frozen=True)
class Spread:
    """Accuracies of ensembles of 1, 2, 3, ... members over random orders, [length] each."""

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    """sample standard deviation; NaN below two draws"""
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """Members in the order in which a greedy choice takes them."""

    order: NDArray[np.int32]
    """positions of the members"""
    accuracy: NDArray[np.float64]
    """after each, on the samples that were chosen on (so it is too high)"""


def answer(logits: ArrayLike, method: Method = "vote") -> NDArray[np.int64]:
    """The class of each sample that all members answer together."""
    predictions, _kept = as_predictions(logits)
    answers = np.empty(predictions.sample_count, dtype=np.int32)
    call(
        lib.aann_ensemble_answer,
        predictions,
        _method(method),
        ffi.from_buffer("int32_t[]", answers),
    )
    return answers.astype(np.int64)


def grow(
    logits: ArrayLike, labels: ArrayLike, order: ArrayLike | None = None, method: Method = "vote"
) -> NDArray[np.float64]:
    """Accuracy of the first 1, 2, 3, ... members in this order (None: as they are)."""
    predictions, _kept = as_predictions(logits)
    told = _labels(labels, predictions)
    members = predictions.member_count
    places = np.arange(members) if order is None else np.asarray(order)
    if places.ndim != 1 or places.dtype.kind not in "iu":
        raise errors.ArgumentError("order: expected positions of members, such as [0, 2, 1]")
    if places.size and (places.min() < 0 or places.max() >= members):
        raise errors.ArgumentError(f"order: a position is not between 0 and {members - 1}")
    chosen = np.ascontiguousarray(places, dtype=np.int32)
    accuracy = np.empty(len(chosen))
    call(
        lib.aann_ensemble_grow,
        predictions,
        ffi.from_buffer("int32_t[]", told),
        _method(method),
        ffi.from_buffer("int32_t[]", chosen),
        len(chosen),
        ffi.from_buffer("double[]", accuracy),
    )
    return accuracy


def sample(
    logits: ArrayLike,
    labels: ArrayLike,
    method: Method = "vote",
    *,
    draws: int = 20,
    length: int | None = None,
    seed: int = 1,
) -> Spread:
    """Accuracies over `draws` random orders of the members, up to `length` of them."""
    predictions, _kept = as_predictions(logits)
    told = _labels(labels, predictions)
    size = _length(length, predictions)
    found = {name: np.empty(size) for name in ("mean", "deviation", "minimum", "maximum")}
    spread = ffi.new("aann_ensemble_spread *")
    memory = {name: ffi.from_buffer("double[]", array) for name, array in found.items()}
    for name, pointer in memory.items():
        setattr(spread, name, pointer)
    call(
        lib.aann_ensemble_sample,
        predictions,
        ffi.from_buffer("int32_t[]", told),
        _method(method),
        seed,
        draws,
        size,
        spread,
    )
    return Spread(**found)


def choose(
    logits: ArrayLike, labels: ArrayLike, method: Method = "vote", *, length: int | None = None
) -> Choice:
    """Takes members greedily: each next one makes the ensemble answer most samples correctly."""
    predictions, _kept = as_predictions(logits)
    told = _labels(labels, predictions)
    size = _length(length, predictions)
    order, accuracy = np.empty(size, dtype=np.int32), np.empty(size)
    call(
        lib.aann_ensemble_choose,
        predictions,
        ffi.from_buffer("int32_t[]", told),
        _method(method),
        size,
        ffi.from_buffer("int32_t[]", order),
        ffi.from_buffer("double[]", accuracy),
    )
    return Choice(order, accuracy)


class Ensemble:
    """Members of a family that answer together; comes from `Family.ensemble`."""

    def __init__(self, family: Family, members: Sequence[Member], method: Method) -> None:
        _method(method)
        if family.task == "regression":
            raise TypeError(
                "an ensemble answers with a class; of a regression take the mean of what "
                "member.model.predict(X) returns"
            )
        if not members:
            raise errors.ArgumentError("an ensemble needs at least one member that is done")
        self.family = family
        self.members = list(members)
        self.method: Method = method

    def __len__(self) -> int:
        return len(self.members)

    def answers(self, split: str = "test") -> NDArray[np.int64]:
        """The class of each sample of a split, as its number."""
        return answer(self.family.predictions(split, self.members), self.method)

    def accuracy(self, split: str = "test") -> float:
        """The share of a split's samples that all members together answer correctly."""
        return float(np.mean(self.answers(split) == self.family.labels(split)))

    def predict(self, X: Any, *, threads: int = 1) -> NDArray[Any]:
        """The class of each measured sample: its name, or its number where classes have none."""
        models = [member.model for member in self.members]
        encoding = models[0].encoding
        inputs = X if encoding is None else encoding.encode(X)
        logits = np.stack([model.network.logits(inputs, threads=threads) for model in models])
        return models[0].named(answer(logits, self.method))

    def spread(
        self, split: str = "test", *, draws: int = 20, length: int | None = None, seed: int = 1
    ) -> pandas.DataFrame:
        """Accuracies of ensembles of 1, 2, 3, ... of the members, drawn at random: columns size,
        mean, deviation, minimum, maximum (needs pandas)."""
        import pandas

        found = sample(
            self.family.predictions(split, self.members),
            self.family.labels(split),
            self.method,
            draws=draws,
            length=length,
            seed=seed,
        )
        sizes = np.arange(1, len(found.mean) + 1)
        frame: pandas.DataFrame = pandas.DataFrame({"size": sizes, **vars(found)})
        return frame

    def choose(
        self, length: int | None = None, *, on: str = "validation"
    ) -> tuple[Ensemble, NDArray[np.float64]]:
        """The ensemble of `length` members that a greedy choice on a split takes, in its order,
        and the accuracy after each on that split. Judge it on another: `Ensemble.accuracy`."""
        found = choose(
            self.family.predictions(on, self.members),
            self.family.labels(on),
            self.method,
            length=length,
        )
        members = [self.members[place] for place in found.order]
        return Ensemble(self.family, members, self.method), found.accuracy

    def __repr__(self) -> str:
        return f"<aann.Ensemble of {len(self)} members, {self.method}>"


def as_predictions(logits: ArrayLike) -> tuple[CData, NDArray[np.int32]]:
    """An aann_predictions of logits [member, sample, class], and the memory that it borrows."""
    array = np.asarray(logits)
    if array.ndim != 3 or array.dtype.kind not in "iu":
        raise errors.ArgumentError(
            f"logits of shape {array.shape}, {array.dtype}: expected integers "
            "[member, sample, class]"
        )
    kept = as_int32(array, "logits")
    predictions = ffi.new("aann_predictions *")
    predictions.member_count, predictions.sample_count, predictions.outputs = kept.shape
    predictions.logits = ffi.from_buffer("int32_t[]", kept)
    return predictions, kept


def _labels(labels: ArrayLike, predictions: CData) -> NDArray[np.int32]:
    array = np.asarray(labels)
    if array.shape != (predictions.sample_count,) or array.dtype.kind not in "iu":
        raise errors.ArgumentError(
            f"labels of shape {array.shape}, {array.dtype}: expected a class number for each of "
            f"{predictions.sample_count} samples"
        )
    if array.size > 0 and (array.min() < 0 or array.max() >= predictions.outputs):
        raise errors.ArgumentError(
            f"labels of {array.min()} to {array.max()}: there are {predictions.outputs} classes, "
            "counted from 0"
        )
    return as_int32(array, "labels")


def _length(length: int | None, predictions: CData) -> int:
    members = int(predictions.member_count)
    if length is not None and not 1 <= length <= members:
        raise errors.ArgumentError(f"length {length}: there are {members} members")
    return members if length is None else length


def _method(method: str) -> int:
    try:
        return int(METHODS[method])
    except KeyError:
        raise errors.ArgumentError(f"method {method!r}: expected vote or sum") from None
