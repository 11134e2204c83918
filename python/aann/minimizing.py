"""minimize: one network for any objective, a function from weights to losses."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

from aann import errors
from aann._evaluation import Evaluation
from aann._library import (
    INTERRUPTED,
    OK,
    CData,
    Interruption,
    call_interruptible,
    ffi,
    keep_exception,
    lib,
    natural,
    time_limit,
)
from aann._planning import settle_options
from aann.model import Model
from aann.network import Network
from aann.options import Options, read_options
from aann.result import Result, settle
from aann.running import Progress, ProgressCall, Run, history_frame
from aann.spec import Spec

if TYPE_CHECKING:
    import numpy as np
    import pandas
    from numpy.typing import NDArray
    from typing_extensions import Unpack

    from aann.option_values import ObjectiveOptions, OptionValues

__all__ = ["MinimizeResult", "minimize"]

VECTOR_BATCH = 64
"""candidates in a call of a vectorised objective, unless it says otherwise"""


_DEFAULTS: OptionValues = {"steps": 10_000, "temperature": 0.0}


def minimize(
    objective: Callable[..., Any],
    spec: Spec,
    *,
    steps: int | None = None,
    cases: int = 1,
    vectorized: bool = False,
    batch: int | None = None,
    workers: int | Executor = 1,
    temperature: float | None = None,
    seed: int | None = None,
    member: int = 0,
    start: Network | MinimizeResult | Result | Model | None = None,
    target: float | None = None,
    seconds: float | None = None,
    progress: bool | ProgressCall = False,
    raise_on_interrupt: bool = False,
    options: Options | None = None,
    **more: Unpack[ObjectiveOptions],
) -> MinimizeResult:
    """Searches for weights of low loss, where the loss comes from a function of yours.

    Parameters
    ----------
    objective:
        A function that returns losses; nothing is differentiated.

        ========== ===== =========================================================
        vectorized cases is called with, and returns
        ========== ===== =========================================================
        False      1     (weights: a list of int8 arrays, one for each layer, of the
                         shapes ``spec.layers[i].weight_shape``) -> float
        False      more  (weights, cases: int64 [c]) -> float [c]
        True       1     (int8 [b, spec.weight_count]) -> float [b]
        True       more  (int8 [b, spec.weight_count], cases: int64 [c]) -> float [b, c]
        ========== ===== =========================================================

        The arrays are copies, which it may keep or change. Losses are finite; they are rounded to
        multiples of 2^-20 (about 0.000001), so scale them such that differences that matter are
        far larger. The loss of a candidate must not depend on its neighbours in the batch.
    spec:
        Layers and counts. The counts of -1, 0 and +1 never change.
    steps:
        Candidates in all. None: those of `options`, else 10,000.
    cases:
        Parts of the objective with a loss each (a track, an opponent, an instance of a problem);
        the mean over all is lowered. A sequential test looks at as few of them as decide. The same
        weights and case must give the same loss: draw random numbers from the number of the case.
    vectorized:
        The objective takes a batch of candidates. 100,000 candidates a second need this.
    batch:
        Maximum of candidates in a call, 1 to 256. Candidates after an accepted one are evaluated
        again, so a large batch is worth its while if a call has a high fixed cost. None: 64 if
        vectorized, otherwise what the workers can evaluate at a time. Changes no result.
    workers:
        Processes that evaluate the candidates of a batch; or an `concurrent.futures.Executor`,
        such as a ThreadPoolExecutor for an objective that releases the interpreter's lock. How
        processes start, and whether the objective must therefore pickle, is as everywhere in
        Python (`multiprocessing.set_start_method`). Changes no result.
    temperature:
        Of the first candidate, in units of the loss; it falls to 0. A candidate that raises the
        loss by that much is accepted with probability 1/e. 0: never uphill. None: that of
        `options`, else 0.
    seed, member:
        They select all random numbers of the search. None: the seed of `options`, 1 by default.
    start:
        Start from this network instead of a random one.
    target:
        Stop as soon as the loss is at most this.
    seconds, progress, raise_on_interrupt:
        As in `search`.
    options, more:
        As in `search`. Most swaps stay inside one unit; where units mean nothing to the objective,
        ``within_unit=0.0`` finds more.

    What the objective raises is raised here; the exception has what was found so far as its
    attribute ``result``, which resumes (None if the first evaluation failed).

    The result is a function of spec, objective, options, seed and member: the same bits for any
    batch and number of workers, however often it is stopped and resumed.

    >>> import aann, numpy as np
    >>> spec = aann.Spec("4", 8)
    >>> wanted = aann.Network(spec, seed=9).weights[0]
    >>> result = aann.minimize(lambda weights: np.mean(weights[0] != wanted), spec, target=0)
    >>> result.loss
    0.0
    >>> bool((result.weights[0] == wanted).all())
    True
    """
    if not callable(objective):
        raise TypeError(f"objective: expected a function, not {type(objective).__name__}")
    if not isinstance(spec, Spec):
        raise TypeError(f"spec: expected an aann.Spec, not {type(spec).__name__}")
    named = {"steps": steps, "temperature": temperature, "seed": seed}
    given = Options(**_DEFAULTS).replace(**settle_options(options, {}).as_dict())
    given = settle_options(given, more, **named)
    chosen = ffi.new("aann_search_options *", lib.aann_search_options_default())
    given.apply(chosen)
    member = natural("member", member, bits=64)
    seconds = time_limit(seconds)
    begun = _network_of(start)
    call = _Call(objective, spec, cases=cases, vectorized=vectorized, batch=batch, workers=workers)
    try:
        out = ffi.new("aann_search **")
        call.make(
            lib.aann_objective_search_create,
            spec._c,
            call.c,
            chosen,
            member,
            begun._c if begun is not None else ffi.NULL,
            out,
        )
        search = ffi.gc(out[0], lib.aann_search_destroy)
        return _run(
            search,
            call,
            options=chosen,
            member=member,
            history=[],
            target=_target(target),
            progress=progress,
            seconds=seconds,
            raise_on_interrupt=raise_on_interrupt,
        )
    except BaseException as exception:
        if not hasattr(exception, "result"):
            exception.result = None  # type: ignore[attr-defined]
        raise
    finally:
        call.close()


def _run(
    search: CData,
    call: _Call,
    *,
    options: CData,
    member: int,
    history: list[Progress],
    target: float | None,
    progress: bool | ProgressCall,
    seconds: float | None,
    raise_on_interrupt: bool,
) -> MinimizeResult:
    run = Run(
        search,
        steps=options.steps,
        layers=len(call.spec.layers),
        classes=False,
        progress=progress,
        seconds=seconds,
        history=history,
        target=target,
    )
    call.interruption = run.interruption
    now = run.run()
    result = MinimizeResult(
        network=run.network(),
        options=read_options(options),
        member=member,
        cases=call.cases,
        vectorized=call.vectorized,
        batch=call.wanted_batch,
        target=target,
        progress=now,
        history=history,
        stopped=run.stopped,
        state=run.state() if now.step < now.steps else None,
        objective=call.objective,
    )
    found: MinimizeResult = settle(run, result, raise_on_interrupt)
    return found


class _Call:
    """An objective as the library calls it; `close` ends its workers."""

    def __init__(
        self,
        objective: Callable[..., Any],
        spec: Spec,
        *,
        cases: int,
        vectorized: bool,
        batch: int | None,
        workers: int | Executor,
    ) -> None:
        self.objective = objective
        self.spec = spec
        self.cases = cases
        self.vectorized = vectorized
        self.wanted_batch = batch
        # A run of the search has one of its own; this one is for its creation.
        self.interruption = Interruption()
        self.context = ffi.new_handle(self)
        self.evaluation = Evaluation(
            objective, spec, with_cases=cases != 1, vectorized=vectorized, workers=workers
        )
        if batch is None:
            batch = VECTOR_BATCH if vectorized else self.evaluation.parallel
            batch = min(batch, lib.AANN_OBJECTIVE_BATCH_LIMIT)
        self.c = ffi.new("aann_objective *", lib.aann_objective_default())
        self.c.losses = lib.aann_python_losses
        self.c.context = self.context
        self.c.case_count = _integer(cases, "cases")
        self.c.batch = _integer(batch, "batch")

    def keep(self, exception: BaseException) -> None:
        """Keeps what a call raised, for the function that runs the search."""
        self.interruption.keep(exception)

    def make(self, function: Callable[..., int], *arguments: Any) -> None:
        """Creates or resumes a search, which evaluates the first network."""
        if not call_interruptible(function, *arguments, interruption=self.interruption):
            raise KeyboardInterrupt

    def close(self) -> None:
        self.evaluation.close()


@ffi.def_extern(error=INTERRUPTED, onerror=keep_exception)  # type: ignore[untyped-decorator]
def aann_python_losses(context: CData, request: CData, error: CData) -> int:
    call: _Call = ffi.from_handle(context)
    call.evaluation.answer(request)
    return OK


def _integer(value: Any, name: str) -> int:
    """A number for the C struct; its range is the library's to check."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name}: expected an integer, not {value!r}")
    number = int(value.__index__())
    if not -(2**31) <= number < 2**31:
        raise errors.ArgumentError(f"{name} {number}: beyond 2^31")
    return number


def _target(target: float | None) -> float | None:
    if target is None or target == -math.inf:
        return None
    number = float(target)
    if math.isnan(number):
        raise errors.ArgumentError("target: NaN; expected a loss")
    return number


def _network_of(start: Any) -> Network | None:
    if start is None or isinstance(start, Network):
        return start
    if isinstance(start, (MinimizeResult, Result, Model)):
        return start.network
    raise TypeError(
        f"start: expected a Network, MinimizeResult, Result or Model, not {type(start).__name__}"
    )


class MinimizeResult:
    """What `minimize` found. It pickles without the objective: ``result.resume(objective)``."""

    def __init__(
        self,
        *,
        network: Network,
        options: Options,
        member: int,
        cases: int,
        vectorized: bool,
        batch: int | None,
        target: float | None,
        progress: Progress,
        history: list[Progress],
        stopped: bool,
        state: bytes | None,
        objective: Callable[..., Any] | None,
    ) -> None:
        self.network = network
        self.options = options
        """those that differ from the defaults"""
        self.member = member
        self.cases = cases
        self.vectorized = vectorized
        self.batch = batch
        self.target = target
        self.progress = progress
        self.history = history
        """a `Progress` for each hundredth of the search"""
        self.stopped = stopped
        """the search ended before its last candidate and its target; `resume` goes on"""
        self.state = state
        """what a resumed search needs besides the network; None after the last candidate"""
        self.objective = objective
        """None after pickling"""

    @property
    def loss(self) -> float:
        """The mean loss of the network over the cases in use, which at the end are all."""
        return self.progress.train_loss

    @property
    def weights(self) -> list[NDArray[np.int8]]:
        """The weights of each layer, read-only, of the shapes that the objective knows."""
        return self.network.weights

    @property
    def reached(self) -> bool:
        """Whether the loss is at most the target."""
        return self.target is not None and self.loss <= self.target

    def resume(
        self,
        objective: Callable[..., Any] | None = None,
        *,
        batch: int | None = None,
        workers: int | Executor = 1,
        target: float | None = None,
        seconds: float | None = None,
        progress: bool | ProgressCall = False,
        raise_on_interrupt: bool = False,
    ) -> MinimizeResult:
        """Goes on with a stopped search, to the bits of one that was never stopped.

        After pickling it needs the same objective again. `target` None keeps the target of the
        search; ``-math.inf`` goes on to the last candidate.
        """
        if self.state is None:
            return self
        called = objective if objective is not None else self.objective
        if called is None:
            raise TypeError("resume: this result was pickled; give the objective again")
        seconds = time_limit(seconds)
        options = ffi.new("aann_search_options *", lib.aann_search_options_default())
        self.options.apply(options)
        spec = self.network.spec
        saved = ffi.new("aann_search_saved *")
        state = ffi.from_buffer(self.state)
        saved.network, saved.state, saved.size = self.network._c, state, len(self.state)
        call = _Call(
            called,
            spec,
            cases=self.cases,
            vectorized=self.vectorized,
            batch=self.batch if batch is None else batch,
            workers=workers,
        )
        try:
            out = ffi.new("aann_search **")
            call.make(
                lib.aann_objective_search_resume, spec._c, call.c, options, self.member, saved, out
            )
            search = ffi.gc(out[0], lib.aann_search_destroy)
            return _run(
                search,
                call,
                options=options,
                member=self.member,
                history=list(self.history),
                target=self.target if target is None else _target(target),
                progress=progress,
                seconds=seconds,
                raise_on_interrupt=raise_on_interrupt,
            )
        except BaseException as exception:
            if not hasattr(exception, "result"):
                exception.result = self  # type: ignore[attr-defined]
            if isinstance(exception, KeyboardInterrupt) and not raise_on_interrupt:
                return self  # in the evaluation of the network that is known already
            raise
        finally:
            call.close()

    def trace(self) -> pandas.DataFrame:
        """The history as a data frame (needs pandas)."""
        frame: pandas.DataFrame = history_frame(self.history).drop(columns="train_accuracy")
        return frame

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "objective": None}

    def __str__(self) -> str:
        state = "stopped" if self.stopped else "reached its target" if self.reached else "finished"
        return (
            f"{self.network.spec.text}, hash {self.network.hash:016x}\n"
            f"{state} after {self.progress.step:,} of {self.progress.steps:,} candidates "
            f"({self.progress.accepted:,} accepted) in {self.progress.seconds:.1f} s\n"
            f"loss {self.loss:.6g}"
        )

    def __repr__(self) -> str:
        return (
            f"<aann.MinimizeResult {self.network.spec.text} at {self.progress.step:,} of "
            f"{self.progress.steps:,}, loss {self.loss:.6g}>"
        )

    def _repr_html_(self) -> str:
        from aann._html import lines_html

        return lines_html(str(self), self.network)
