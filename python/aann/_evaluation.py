"""Calls an objective for candidates and cases, here or on workers, and checks what it returns.

A request of the library is cut into parts, each a few candidates on a few cases; the losses are put
together by place. So neither the cuts nor the order in which workers finish changes a result.
"""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from aann import errors
from aann._library import CData, ffi
from aann.spec import Spec

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from numpy.typing import NDArray

WORKERS_LIMIT = 1024


@dataclass(frozen=True)
class Form:
    """How an objective wants to be called."""

    shapes: tuple[tuple[int, ...], ...]
    """of the weights of each layer"""
    vectorized: bool
    with_cases: bool

    def losses(
        self, objective: Callable[..., Any], weights: NDArray[np.int8], cases: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """The losses of candidates int8 [b, weights] on cases: float64 [b, c]."""
        if self.vectorized:
            return self._whole(objective, weights, cases)
        losses = np.empty((len(weights), len(cases)))
        for row, candidate in zip(losses, weights, strict=True):
            layers = self._layers(candidate)
            if self.with_cases:
                losses_of_cases = objective(layers, cases.copy())
                row[:] = _array(losses_of_cases, (len(cases),), f"{len(cases)} cases")
            else:
                row[0] = _number(objective(layers))
        return losses

    def _whole(
        self, objective: Callable[..., Any], weights: NDArray[np.int8], cases: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        count = len(weights)
        if self.with_cases:
            what = f"{count} candidates on {len(cases)} cases"
            return _array(objective(weights, cases.copy()), (count, len(cases)), what)
        return _array(objective(weights), (count,), f"{count} candidates")[:, None]

    def _layers(self, candidate: NDArray[np.int8]) -> list[NDArray[np.int8]]:
        layers, start = [], 0
        for shape in self.shapes:
            size = 1
            for length in shape:
                size *= length
            layers.append(candidate[start : start + size].reshape(shape))
            start += size
        return layers


def _number(value: Any) -> float:
    if isinstance(value, (float, int)):  # np.float64 is a float
        return _float(value)
    array = np.asarray(value)
    if array.ndim != 0:
        raise errors.ArgumentError(
            f"the objective returned an array of shape {array.shape}: expected one number"
        )
    _check_type(array, value)
    return float(array)


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")  # the library says which candidate it was


def _array(value: Any, shape: tuple[int, ...], what: str) -> NDArray[np.float64]:
    array = value if isinstance(value, np.ndarray) else np.asarray(value)
    _check_type(array, value)
    if array.shape != shape:
        raise errors.ArgumentError(
            f"the objective returned losses of shape {array.shape} for {what}: expected {shape}"
        )
    return array.astype(np.float64, copy=False)


def _check_type(array: NDArray[Any], value: Any) -> None:
    if array.dtype.kind in "fiub" and not isinstance(value, np.ma.MaskedArray):
        return
    if value is None:
        raise TypeError("the objective returned None: expected losses (is a `return` missing?)")
    kind = type(value).__name__
    if isinstance(value, (np.ndarray, list, tuple)):
        kind += f" of {array.dtype}"
    raise TypeError(f"the objective returned {kind}: expected losses, which are real numbers")


class Evaluation:
    """An objective and its workers.

    `parallel` is the number of candidates that are evaluated at the same time.
    """

    def __init__(
        self,
        objective: Callable[..., Any],
        spec: Spec,
        *,
        with_cases: bool,
        vectorized: bool,
        workers: int | Executor,
    ) -> None:
        shapes = tuple(layer.weight_shape for layer in spec.layers)
        self.form = Form(shapes, vectorized, with_cases)
        self.objective = objective
        self.executor: Executor | None = None
        self._owned: ProcessPoolExecutor | None = None
        self.parallel = 1
        if isinstance(workers, Executor):
            self.executor = workers
            self.parallel = int(getattr(workers, "_max_workers", None) or os.cpu_count() or 1)
        else:
            self._start(_worker_count(workers))

    def _start(self, workers: int) -> None:
        if workers == 1:
            return
        import multiprocessing  # these two take 30 ms: only where there are processes
        from concurrent.futures import ProcessPoolExecutor

        if multiprocessing.get_start_method() != "fork":
            _check_pickles(self.objective)
        self.parallel = workers
        self._owned = ProcessPoolExecutor(
            workers, initializer=_begin_worker, initargs=(self.objective, self.form)
        )
        self.executor = self._owned

    def answer(self, request: CData) -> None:
        """Fills in the losses of an aann_objective_request."""
        count, case_count = request.count, request.case_count
        size = count * request.weight_count
        view = np.frombuffer(ffi.buffer(request.weights, size), dtype=np.int8)
        weights = view.reshape(count, -1).copy()
        cases = np.frombuffer(ffi.buffer(request.cases, 8 * case_count), dtype=np.int64).copy()
        memory = ffi.buffer(request.losses, 8 * count * case_count)
        losses = np.frombuffer(memory, dtype=np.float64).reshape(count, case_count)
        if self.executor is None:
            losses[:] = self.form.losses(self.objective, weights, cases)
        else:
            self._gather(weights, cases, losses)

    def _gather(
        self,
        weights: NDArray[np.int8],
        cases: NDArray[np.int64],
        losses: NDArray[np.float64],
    ) -> None:
        """Has the parts evaluated by the workers."""
        rows = _cuts(len(weights), self.parallel)
        columns = _cuts(len(cases), self.parallel // len(rows))
        parts = [(row, column) for row in rows for column in columns]
        tasks: list[Future[NDArray[np.float64]]] = []
        try:
            for row, column in parts:
                tasks.append(self._submit(weights[row], cases[column]))
            for (row, column), task in zip(parts, tasks, strict=True):
                losses[row, column] = task.result()
        finally:
            for task in tasks:
                task.cancel()

    def _submit(
        self, weights: NDArray[np.int8], cases: NDArray[np.int64]
    ) -> Future[NDArray[np.float64]]:
        if self._owned is not None:
            return self._owned.submit(_work, weights, cases)
        assert self.executor is not None
        return self.executor.submit(self.form.losses, self.objective, weights, cases)

    def close(self) -> None:
        """Ends the processes of this evaluation, also those that are in the middle of one."""
        if self._owned is None:
            return
        processes = list((getattr(self._owned, "_processes", None) or {}).values())
        self._owned.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
        self._owned = None


def _worker_count(workers: Any) -> int:
    if isinstance(workers, bool) or not hasattr(workers, "__index__"):
        raise TypeError(f"workers: expected a number of processes or an Executor, not {workers!r}")
    count = int(workers.__index__())
    if not 1 <= count <= WORKERS_LIMIT:
        raise errors.ArgumentError(f"workers {count}: expected 1 to {WORKERS_LIMIT}")
    return count


def _check_pickles(objective: Callable[..., Any]) -> None:
    try:
        pickle.dumps(objective)
    except Exception as reason:
        raise TypeError(
            f"workers: the objective cannot be sent to other processes ({reason}); define it at "
            "the top of a module, or give workers=ThreadPoolExecutor(n)"
        ) from reason


def _cuts(length: int, parts: int) -> Sequence[slice]:
    """At most `parts` slices that make up `length`, of nearly equal size."""
    parts = max(1, min(parts, length))
    ends = [length * i // parts for i in range(parts + 1)]
    return [slice(ends[i], ends[i + 1]) for i in range(parts)]


# ---- in a worker process

_worker: tuple[Callable[..., Any], Form] | None = None


def _begin_worker(objective: Callable[..., Any], form: Form) -> None:
    global _worker  # noqa: PLW0603 - what a process of the pool is for
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _worker = (objective, form)


def _work(weights: NDArray[np.int8], cases: NDArray[np.int64]) -> NDArray[np.float64]:
    assert _worker is not None
    objective, form = _worker
    return form.losses(objective, weights, cases)
