"""Work in other processes: samples that pickle, and tasks that come back as they end.

What a worker gets is all that it needs, so it may be on another machine: the encoded samples, and
what says which members. It keeps nothing.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from aann.data import Data, Samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

Returned = TypeVar("Returned")


# ---- samples


@dataclass(frozen=True)
class Encoded:
    """The samples of a `Data` as arrays: what a search reads, and no more."""

    parts: dict[str, tuple[NDArray[np.int8], NDArray[Any]]]
    """inputs and answers of ``"train"``, and of ``"validation"`` and ``"test"`` if there are any"""
    classes: int
    """0: a regression"""

    def data(self) -> Data:
        """A `Data` of the same samples; it knows neither the encoding nor the names."""
        X, y = self.parts["train"]
        return Data(
            X,
            y,
            validation=self.parts.get("validation", 0),
            test=self.parts.get("test"),
            encoding="int8",
            task="classification" if self.classes else "regression",
            classes=np.arange(self.classes) if self.classes else None,
        )


def encoded(data: Data) -> Encoded:
    """The samples of `data`, for other processes. Its arrays are views of them."""
    parts = {}
    for name in ("train", "validation", "test"):
        samples: Samples | None = getattr(data, name)
        if samples is not None:
            answers = samples.labels if samples.labels is not None else samples.targets
            assert answers is not None
            parts[name] = (samples.inputs, answers)
    return Encoded(parts, 0 if data.task == "regression" else data.outputs)


# ---- tasks


@dataclass(frozen=True)
class Outcome(Generic[Returned]):
    """What came of a task: a value, or an exception."""

    number: int
    """of the task, from 0"""
    value: Returned | None = None
    exception: BaseException | None = None

    def result(self) -> Returned:
        """The value; raises the exception."""
        if self.exception is not None:
            raise self.exception
        return self.value  # type: ignore[return-value]


def outcomes(
    executor: Any,
    function: Callable[..., Returned],
    tasks: Iterable[tuple[Any, ...]],
    common: dict[str, Any] | None = None,
) -> Iterator[Outcome[Returned]]:
    """What came of ``function(*task, **common)`` for each task, as they end.

    After the first exception tasks that have not begun are cancelled, and those that run are still
    waited for. (Dask does not say which these are: it gets to the end of all.) All are cancelled
    if the iteration is left.
    """
    listed = list(tasks)
    named = {} if common is None else common
    if hasattr(executor, "submit"):
        return _by_futures(executor, function, listed, named)
    if not callable(executor):
        raise TypeError(
            f"executor {executor!r}: expected something with submit (concurrent.futures, Dask) "
            "or a joblib.Parallel"
        )
    # One that fails must not lose what the others have found.
    return iter(
        executor((_guarded, (function, i, listed[i], named), {}) for i in range(len(listed)))
    )


def _guarded(
    function: Callable[..., Returned], number: int, task: tuple[Any, ...], named: dict[str, Any]
) -> Outcome[Returned]:
    try:
        return Outcome(number, value=function(*task, **named))
    except Exception as exception:
        return Outcome(number, exception=exception)


def _by_futures(
    executor: Any,
    function: Callable[..., Returned],
    tasks: list[tuple[Any, ...]],
    named: dict[str, Any],
) -> Iterator[Outcome[Returned]]:
    more: dict[str, Any] = {}
    if hasattr(executor, "scheduler_info"):  # a Dask client
        # It would otherwise take two equal calls for one, and send the samples with each.
        more = {"pure": False}
        named = {name: _scattered(executor, value) for name, value in named.items()}
    ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
    numbers: dict[Any, int] = {}
    failure: BaseException | None = None
    for i, task in enumerate(tasks):
        try:
            future = executor.submit(function, *task, **named, **more)
        except Exception as exception:  # its processes have ended already
            failure = exception
            break
        numbers[future] = i
        future.add_done_callback(ended.put)
    try:
        for _ in range(len(numbers)):
            future = ended.get()
            outcome = _outcome(future, numbers[future])
            if outcome.exception is not None and not more:
                for other in numbers:
                    other.cancel()
            yield outcome
        if failure is not None:
            yield Outcome(len(numbers), exception=failure)
    finally:
        for future in numbers:
            future.cancel()


def _outcome(future: Any, number: int) -> Outcome[Any]:
    try:
        return Outcome(number, value=future.result())
    except KeyboardInterrupt:
        raise
    except BaseException as exception:  # CancelledError is no Exception everywhere
        return Outcome(number, exception=exception)


def _scattered(client: Any, value: Any) -> Any:
    return (
        client.scatter(value, hash=False, broadcast=True) if isinstance(value, Encoded) else value
    )


def was_cancelled(exception: BaseException) -> bool:
    """Whether it only says that a task was cancelled before it began."""
    return type(exception).__name__ in ("CancelledError", "FutureCancelledError")
