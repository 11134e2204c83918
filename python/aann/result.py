"""A search of one network as it runs, phase after phase, and what it found."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from aann import errors
from aann._library import CData, Interruption, call, ffi, lib, text, time_limit
from aann._phases import Phase, Recipe, phase_count
from aann.data import Data, Samples, Score, data_of
from aann.encoding import Encoding
from aann.model import Model
from aann.network import Network, _threads
from aann.options import Options
from aann.running import Progress, ProgressCall, Run, bar_of, history_frame, log, no_progress

if TYPE_CHECKING:
    import pandas
    from numpy.typing import NDArray

__all__ = ["Result"]


class _HasProgress(Protocol):
    progress: Progress


Found = TypeVar("Found", bound=_HasProgress)


@dataclass(frozen=True)
class Place:
    """Where a search is among its phases."""

    phase: int = 0
    network: Network | None = None
    """with which the phase begins, or that of `state`; None: a random one"""
    state: bytes = b""
    """empty: the phase begins"""
    before: Progress | None = None
    """at the end of the phase before"""


class Searching:
    """A search of the library with what a result needs."""

    def __init__(
        self,
        recipe: Recipe,
        data: Data,
        member: int,
        place: Place,
        history: list[Progress],
        threads: int | None = None,
    ) -> None:
        self.recipe, self.data, self.member = recipe, data, member
        self.place, self.history = place, history
        self.interrupted: BaseException | None = None
        """what ended the search: KeyboardInterrupt, or what a callback raised"""
        self.plan = recipe.plan(threads)
        if self.plan.phase_count > 0 and place.network is None:
            first = Network(recipe.spec, seed=self.plan.search.seed, member=member)
            self.place = replace(place, network=first)

    def run(
        self, progress: bool | ProgressCall, seconds: float | None, raise_on_interrupt: bool
    ) -> Result:
        limit = time_limit(seconds)
        end = None if limit is None else time.monotonic() + limit
        report = bar_of(progress)
        try:
            while True:
                left = None if end is None else end - time.monotonic()
                run = self._run_phase(report, left)
                last = self.place.phase + 1 == phase_count(self.plan)
                if run is None or run.stopped or run.interrupted is not None or last:
                    break
                self.place = Place(self.place.phase + 1, run.network(), b"", run.progress())
        finally:
            close = getattr(report, "close", None)
            if close is not None:
                close()
        if run is None:
            return settle(self, self._unbegun(), raise_on_interrupt)
        self.interrupted = run.interrupted
        now = run.progress()
        result = Result(
            network=run.network(),
            options=self.recipe.options,
            member=self.member,
            progress=now,
            history=self.history,
            stopped=run.stopped,
            state=run.state() if now.step < now.steps else None,
            data=self.data,
            recipe=self.recipe,
            place=replace(self.place, network=None, state=b""),
        )
        return settle(self, result, raise_on_interrupt)

    def _run_phase(self, report: ProgressCall | None, seconds: float | None) -> Run | None:
        """Runs the phase of the place. None: stopped before its first candidate."""
        phase = Phase(self.plan, self.recipe.spec, self.place.phase)
        before = self.place.before
        if self.place.state:
            assert self.place.network is not None
            search = self._resumed(phase, self.place.network, self.place.state)
        else:
            end = None if seconds is None else time.monotonic() + seconds
            waiting = Interruption(lambda: end is not None and time.monotonic() >= end)
            try:
                begun = phase.begin(self.place.network, self.data, self.member, waiting)
            except KeyboardInterrupt as exception:
                begun, self.interrupted = None, exception
            if begun is None:
                return None
            search = phase.search(begun[0], self.data, self.member)
            if begun[1] > 0:
                before = before or no_progress(self.plan.search.steps, len(self.recipe.spec.layers))
                evaluated = before.evaluated_samples + begun[1]
                before = replace(before, evaluated_samples=evaluated)
                self.place = replace(self.place, before=before)
        run = Run(
            ffi.gc(search, Destroyer(self.data, phase.options)),
            steps=phase.options.steps,
            layers=len(self.recipe.spec.layers),
            classes=self.data.classes is not None,
            progress=False if report is None else _unclosed(report),
            seconds=seconds,
            history=self.history,
            before=before,
            total=self.plan.search.steps,
        )
        run.run()
        return run

    def _resumed(self, phase: Phase, network: Network, state: bytes) -> CData:
        saved = ffi.new("aann_search_saved *")
        memory = ffi.from_buffer(state)
        saved.network, saved.state, saved.size = network._c, memory, len(state)
        out = ffi.new("aann_search **")
        call(
            lib.aann_search_resume,
            phase.spec._c,
            self.data.train._c,
            phase.options,
            self.member,
            saved,
            out,
        )
        return out[0]

    def _unbegun(self) -> Result:
        """The time was over when a phase was about to begin."""
        assert self.place.network is not None
        nothing = no_progress(self.plan.search.steps, len(self.recipe.spec.layers))
        return Result(
            network=self.place.network,
            options=self.recipe.options,
            member=self.member,
            progress=self.place.before or nothing,
            history=self.history,
            stopped=True,
            state=b"",
            data=self.data,
            recipe=self.recipe,
            place=replace(self.place, network=None),
        )


def settle(run: Run | Searching, result: Found, raise_on_interrupt: bool) -> Found:
    """Returns the result, or raises what ended the run, with the result as an attribute."""
    if run.interrupted is None:
        return result
    if isinstance(run.interrupted, KeyboardInterrupt) and not raise_on_interrupt:
        log.warning(
            "stopped by Ctrl-C after %d of %d candidates; result.resume() goes on",
            result.progress.step,
            result.progress.steps,
        )
        return result
    run.interrupted.result = result  # type: ignore[attr-defined]
    raise run.interrupted


def _unclosed(report: ProgressCall) -> ProgressCall:
    """The same function, without a `close`: a run of one phase must not end the bar of all."""

    def told(now: Progress) -> object:
        return report(now)

    return told


class Destroyer:
    """Destroys a search, and keeps alive until then what it borrows."""

    def __init__(self, *borrowed: Any) -> None:
        self.borrowed = borrowed

    def __call__(self, search: CData) -> None:
        lib.aann_search_destroy(search)


def network_of(start: Network | Result | Model | None) -> Network | None:
    if start is None or isinstance(start, Network):
        return start
    if isinstance(start, (Result, Model)):
        return start.network
    raise TypeError(f"start: expected a Network, Result or Model, not {type(start).__name__}")


class Result:
    """What a search found.

    It pickles with everything but the data, so that a search can be resumed elsewhere:
    ``result.resume(X, y)``.
    """

    def __init__(
        self,
        *,
        network: Network,
        options: Options,
        member: int,
        progress: Progress,
        history: list[Progress],
        stopped: bool,
        state: bytes | None,
        data: Data | None,
        recipe: Recipe | None = None,
        place: Place | None = None,
    ) -> None:
        self.network = network
        self.options = options
        """those that were given, and those that differ from the defaults"""
        self.member = member
        self.progress = progress
        self.history = history
        """a `Progress` for each hundredth of the search"""
        self.stopped = stopped
        """the search has not come to its end; `resume` goes on"""
        self.state = state
        """what a resumed search needs besides the network; None at the end"""
        self.data = data
        """None after pickling"""
        self._recipe = recipe if recipe is not None else Recipe(network.spec, options)
        self._place = place if place is not None else Place()

    @property
    def phases(self) -> str:
        """The phases of the search, as a text; empty if it has none."""
        return self._recipe.phases

    def _attach(self, data: Data) -> None:
        """Gives a result of another process its data, encoding and names."""
        self.data = data
        for name in ("model", "classes"):
            self.__dict__.pop(name, None)

    # ---- how good it is

    @cached_property
    def train(self) -> Score:
        """On all training samples, as they are."""
        return self._score(self._data().train)

    @cached_property
    def validation(self) -> Score | None:
        samples = self._data().validation
        return None if samples is None else self._score(samples)

    @cached_property
    def test(self) -> Score | None:
        """Look at it once, at the end."""
        samples = self._data().test
        return None if samples is None else self._score(samples)

    def _score(self, samples: Samples) -> Score:
        data = self._data()
        regression = data.task == "regression"
        scale = self.options.output_scale if regression else self.options.loss_scale
        return samples.score(self.network.logits(samples.inputs), scale, self._target_weights())

    def _target_weights(self) -> list[float] | None:
        """A weight for each target; None for a classification."""
        data = self._data()
        if data.task != "regression":
            return None
        weights = list(self.options.target_weight)
        return (weights + [1.0] * data.outputs)[: data.outputs]

    def _data(self) -> Data:
        if self.data is None:
            raise errors.ArgumentError("this result was pickled, so it has no data any more")
        return self.data

    # ---- use

    @cached_property
    def classes(self) -> NDArray[Any] | None:
        """The classes as they were in y, in the order of the outputs; None for a regression."""
        return self._data().classes

    @cached_property
    def model(self) -> Model:
        """The network with its encoding and names, to save and to use elsewhere."""
        data = self._data()
        regression = data.task == "regression"
        names = data.class_names
        hash_text = f"{self.network.hash:016x}"
        return Model(
            self.network,
            data.encoding,
            regression=regression,
            loss_scale=self.options.loss_scale,
            output_scale=self.options.output_scale,
            target_range=_as_lists(data.target_range()) if regression else None,
            target_weights=self._target_weights(),
            class_names=names,
            column_names=data.columns,
            provenance=f'{{"software":"{text(lib.aann_version())}","seed":"{self.options.seed}",'
            f'"member":{self.member},"steps":{self.progress.step},"hash":"{hash_text}"}}',
        )

    @property
    def encoding(self) -> Encoding | None:
        return self.model.encoding

    def logits(self, X: Any, *, threads: int = 1) -> NDArray[np.int32]:
        """The network's outputs for measured values, int32 [samples, outputs]."""
        return self.model.logits(X, threads=threads)

    def predict(self, X: Any, *, threads: int = 1) -> NDArray[Any]:
        """Classes as they were in y, or of a regression values in the units of y,
        [samples, outputs] (also where y was a vector)."""
        if self.model.regression:
            return self.model.predict(X, threads=threads)
        answers = self.model.answers(self.logits(X, threads=threads))
        classes = self.classes
        if classes is None or (answers >= len(classes)).any():  # outputs that stand for no class
            return self.model.named(answers)
        return classes[answers]

    def resume(
        self,
        X: Any = None,
        y: Any = None,
        *,
        threads: int = 1,
        seconds: float | None = None,
        progress: bool | ProgressCall = False,
        raise_on_interrupt: bool = False,
        **data_arguments: Any,
    ) -> Result:
        """Goes on with a stopped search, to the bits of one that was never stopped.

        After pickling it needs the data: X and y with the arguments of `Data` as in the search, or
        a `Data`. Other data than before are refused.
        """
        if self.state is None:
            return self
        data = self.data
        if X is not None:
            data = data_of(X, y, self.options.seed, data_arguments)
        elif y is not None or data_arguments:
            name = "y" if y is not None else next(iter(data_arguments))
            raise TypeError(f"resume: {name} without X")
        if data is None:
            raise TypeError("resume: this result was pickled; give X and y again")
        if data is not self.data and self._fingerprint not in (None, fingerprint(data)):
            raise errors.FormatError("resume: these are not the data of the search")
        place = replace(self._place, network=self.network, state=self.state)
        searching = Searching(
            self._recipe, data, self.member, place, list(self.history), _threads(threads)
        )
        return searching.run(progress, seconds, raise_on_interrupt)

    @cached_property
    def _fingerprint(self) -> str | None:
        return None if self.data is None else fingerprint(self.data)

    def trace(self) -> pandas.DataFrame:
        """The history as a data frame (needs pandas)."""
        return history_frame(self.history)

    def __getstate__(self) -> dict[str, Any]:
        if self.data is not None:
            # What can be computed only with the data goes along.
            _ = (self.train, self.validation, self.test, self.classes, self._fingerprint)
            if self.network.counts == self.network.spec.counts:
                _ = self.model
        return {**self.__dict__, "data": None}

    def __str__(self) -> str:
        lines = [f"{self.network.spec.text}, hash {self.network.hash:016x}"]
        state = "stopped" if self.stopped else "finished"
        lines.append(
            f"{state} after {self.progress.step:,} of {self.progress.steps:,} candidates "
            f"({self.progress.accepted:,} accepted) in {self.progress.seconds:.1f} s"
        )
        for name in ("train", "validation", "test"):
            score = getattr(self, name) if self.data is not None else self.__dict__.get(name)
            if score is not None:
                right = f", {100 * score.accuracy:.2f} % right" if score.correct else ""
                lines.append(f"{name}: loss {score.loss:.4f}{right} ({score.count:,} samples)")
        return "\n".join(lines)

    def __repr__(self) -> str:
        state = "stopped" if self.stopped else "finished"
        return (
            f"<aann.Result {self.network.spec.text} {state} at {self.progress.step:,} of "
            f"{self.progress.steps:,}, loss {self.progress.train_loss:.4f}>"
        )

    def _repr_html_(self) -> str:
        from aann._html import result_html

        return result_html(self)


def fingerprint(data: Data) -> str:
    """A checksum of the encoded training samples and their answers."""
    digest = hashlib.sha256(str((data.input, len(data.train))).encode())
    digest.update(data.train.inputs.data.cast("B"))
    answers = data.train.labels if data.train.labels is not None else data.train.targets
    if answers is not None:
        digest.update(answers.data.cast("B"))
    return digest.hexdigest()


def _as_lists(
    pair: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
) -> tuple[list[float], list[float]] | None:
    return None if pair is None else (pair[0].tolist(), pair[1].tolist())
