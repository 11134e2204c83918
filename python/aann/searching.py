"""search: one network for given samples."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

import numpy as np

from aann import errors
from aann._elsewhere import Encoded, encoded, outcomes
from aann._library import CData, Interruption, c_text, call, ffi, lib, text
from aann._phases import Phase, Phases, Recipe, phase_count, set_phases
from aann.data import Data, Samples, Score, Task, data_of
from aann.encoding import Encoding
from aann.model import Model
from aann.network import Network, _threads
from aann.options import Options
from aann.running import Progress, ProgressCall, Run, bar_of, history_frame, log, no_progress
from aann.spec import Spec
from aann.working import Work

if TYPE_CHECKING:
    import pandas
    from numpy.typing import NDArray
    from typing_extensions import Unpack

    from aann.option_values import MoreOptions

__all__ = ["Result", "search"]


class _HasProgress(Protocol):
    progress: Progress


Found = TypeVar("Found", bound=_HasProgress)


@overload
def search(
    X: Any,
    y: Any = ...,
    net: str | Spec | None = ...,
    *,
    sparsity: float | Sequence[float] | None = ...,
    excitatory_share: float = ...,
    shifts: Sequence[int] | None = ...,
    steps: int | None = ...,
    phases: Phases | None = ...,
    effort: int | None = ...,
    seed: int | None = ...,
    member: int = ...,
    members: None = ...,
    start: Network | Result | Model | None = ...,
    validation: float | tuple[Any, Any] | None = ...,
    test: tuple[Any, Any] | None = ...,
    encoding: str = ...,
    constant: bool | None = ...,
    task: Task = ...,
    table: bool | None = ...,
    split: str = ...,
    balanced: bool = ...,
    threads: int | None = ...,
    seconds: float | None = ...,
    progress: bool | ProgressCall = ...,
    raise_on_interrupt: bool = ...,
    executor: Any = ...,
    options: Options | None = ...,
    **more: Unpack[MoreOptions],
) -> Result: ...
@overload
def search(
    X: Any,
    y: Any = ...,
    net: str | Spec | None = ...,
    *,
    sparsity: float | Sequence[float] | None = ...,
    excitatory_share: float = ...,
    shifts: Sequence[int] | None = ...,
    steps: int | None = ...,
    phases: Phases | None = ...,
    effort: int | None = ...,
    seed: int | None = ...,
    members: int | Sequence[int],
    start: Network | Result | Model | None = ...,
    validation: float | tuple[Any, Any] | None = ...,
    test: tuple[Any, Any] | None = ...,
    encoding: str = ...,
    constant: bool | None = ...,
    task: Task = ...,
    table: bool | None = ...,
    split: str = ...,
    balanced: bool = ...,
    threads: int | None = ...,
    seconds: float | None = ...,
    progress: bool | ProgressCall = ...,
    raise_on_interrupt: bool = ...,
    executor: Any = ...,
    options: Options | None = ...,
    **more: Unpack[MoreOptions],
) -> list[Result]: ...
def search(
    X: Any,
    y: Any = None,
    net: str | Spec | None = None,
    *,
    sparsity: float | Sequence[float] | None = None,
    excitatory_share: float = 0.5,
    shifts: Sequence[int] | None = None,
    steps: int | None = None,
    phases: Phases | None = None,
    effort: int | None = None,
    seed: int | None = None,
    member: int = 0,
    members: int | Sequence[int] | None = None,
    start: Network | Result | Model | None = None,
    validation: float | tuple[Any, Any] | None = None,
    test: tuple[Any, Any] | None = None,
    encoding: str = "auto",
    constant: bool | None = None,
    task: Task = "auto",
    table: bool | None = None,
    split: str = "auto",
    balanced: bool = False,
    threads: int | None = None,
    seconds: float | None = None,
    progress: bool | ProgressCall = False,
    raise_on_interrupt: bool = False,
    executor: Any = None,
    options: Options | None = None,
    **more: Unpack[MoreOptions],
) -> Result | list[Result]:
    """Searches for one network, or for several members of a family.

    Parameters
    ----------
    X, y:
        Measured values and classes or targets, see `Data`; or X is a `Data` and y is missing.
        `validation`, `test`, `encoding`, `constant`, `task`, `table`, `split`, `balanced` are
        passed on to `Data`, and refused where X is one.
    net:
        The network, ``"16C5-MP2-32C5-MP2-10"`` or a `Spec`. Its last layer has as many units as
        there are classes or targets. None: a network for tables.
    sparsity, excitatory_share, shifts:
        See `Spec`; only with a text as `net`.
    steps:
        Candidates in all; the temperature reaches 0 at the end. None: the default of the library.
    phases:
        Several searches, each from the network with which the one before ended: a list of options
        by their names, each with its steps, such as ``[{"steps": 1_000_000, "jitter": 1}, {"steps":
        500_000, "temperature": 1e-5}]``, or a text as ``aann search --phases`` takes it. Without
        `steps`.
    effort:
        A planned search, from 1 (quick) to 9 (hours), in place of `steps` and `phases`. `options`
        and `more` stand above the plan.
    seed, member:
        They select all random numbers: member 3 of seed 1 is the fourth member of a family. None:
        the seed of `options`, which is 1 by default.
    members:
        How many, or a list of their numbers: a list of results is returned. `seconds` are those of
        each, and `progress` is for one member.
    start:
        Start from this network instead of a random one.
    threads:
        Never changes the result; 0: all processors. None: those of `options`, 1 by default.
    seconds:
        Stop after this time; `Result.resume` goes on.
    progress:
        True: a bar (tqdm, also in notebooks). A function: called about ten times a second with a
        `Progress`; returning False stops the search.
    raise_on_interrupt:
        Ctrl-C usually stops the search and returns what was found so far, with ``stopped`` True.
        True: KeyboardInterrupt is raised, and has that result as its attribute ``result``.
    executor:
        Search in its workers, see `aann.executors`; the results are those of this process, to the
        bit. `threads` are then those of each worker.
    options, more:
        Search options by their names: see `Options`.

    What a progress function raises is raised here; the exception has what was found so far as its
    attribute ``result``.

    The result is a function of data, network, options, seed and member: the same bits on every
    machine, from Python, C and the command line, however often it is stopped and resumed.

    >>> import numpy as np, aann
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(500, 2))
    >>> y = np.where(X[:, 0] * X[:, 1] > 0, "same", "other")
    >>> result = aann.search(X, y, "16-2", steps=20_000)
    >>> result.validation.accuracy > 0.9
    True
    """
    given = settle_options(options, more, seed=seed, steps=steps)
    data_arguments = {
        "validation": validation,
        "test": test,
        "encoding": encoding,
        "constant": constant,
        "task": task,
        "table": table,
        "split": split,
        "balanced": balanced,
    }
    several = members is not None
    if several and member != 0:
        raise TypeError("member, members: expected one of them")
    if (several or executor is not None) and progress is not False:
        raise TypeError("progress: is for one search in this process")
    data = data_of(X, y, given.seed, data_arguments)
    spec, family = family_plan(
        data,
        net,
        sparsity=sparsity,
        excitatory_share=excitatory_share,
        shifts=shifts,
        options=given,
        phases=phases,
        effort=effort,
    )
    if threads is not None:
        family.search.threads = _threads(threads)
    recipe = Recipe.of(spec, family, given)
    if recipe.phases:
        _check_phases(recipe, data)
    numbers = [member] if members is None else check_members(members)
    job = _Job(recipe, _network_of(start), seconds, raise_on_interrupt)
    if executor is None:
        found = [job.search(data, number, progress) for number in numbers]
    else:
        found = _search_elsewhere(executor, job, data, numbers)
    return found if several else found[0]


def check_members(members: int | Sequence[int]) -> list[int]:
    """The numbers of members: from 0 on, or as they are listed."""
    chosen = list(range(members)) if isinstance(members, int) else list(members)
    if not chosen or min(chosen) < 0:
        raise errors.ArgumentError(
            f"members {members!r}: expected 1 and more, or a list of their numbers"
        )
    return chosen


def _check_phases(recipe: Recipe, data: Data) -> None:
    plan = recipe.plan()
    name = c_text("search", "name")
    plan.name = name
    call(lib.aann_family_check, recipe.spec._c, data._c, plan, Work().c)


@dataclass(frozen=True)
class _Job:
    """What is the same for all members of a call. It pickles."""

    recipe: Recipe
    start: Network | None
    seconds: float | None
    raise_on_interrupt: bool

    def search(self, data: Data, member: int, progress: bool | ProgressCall = False) -> Result:
        place = _Place(network=self.start)
        searching = _Searching(self.recipe, data, member, place, [])
        return searching.run(progress, self.seconds, self.raise_on_interrupt)


def _search_encoded(member: int, *, job: _Job, samples: Encoded) -> Result:
    return job.search(samples.data(), member)


def _search_elsewhere(executor: Any, job: _Job, data: Data, members: list[int]) -> list[Result]:
    """The results of members by the workers of an executor."""
    common = {"job": job, "samples": encoded(data)}
    found: dict[int, Result] = {}
    for outcome in outcomes(executor, _search_encoded, [(member,) for member in members], common):
        found[outcome.number] = outcome.result()
    for result in found.values():
        result._attach(data)
    return [found[number] for number in range(len(members))]


def settle_options(options: Options | None, more: Mapping[str, Any], **parameters: Any) -> Options:
    """The options, with those that were given by name, and with parameters that are not None."""
    named = {name: value for name, value in parameters.items() if value is not None}
    return (options or Options()).replace(**{**more, **named})


def plan(
    data: Data,
    net: str | Spec | None,
    *,
    sparsity: float | Sequence[float] | None,
    excitatory_share: float,
    shifts: Sequence[int] | None,
    options: Options,
) -> tuple[Spec, CData]:
    """The network and the options of a search on these data, as the program chooses them."""
    spec, family = family_plan(
        data,
        net,
        sparsity=sparsity,
        excitatory_share=excitatory_share,
        shifts=shifts,
        options=options,
    )
    return spec, ffi.new("aann_search_options *", family.search)


def family_plan(
    data: Data,
    net: str | Spec | None,
    *,
    sparsity: float | Sequence[float] | None,
    excitatory_share: float,
    shifts: Sequence[int] | None,
    options: Options,
    phases: Phases | None = None,
    effort: int | None = None,
) -> tuple[Spec, CData]:
    """The network and the aann_family_plan of a search of several members."""
    family = ffi.new("aann_family_plan *", lib.aann_family_plan_default())
    named = net is not None
    if net is None:
        chosen = ffi.new("char[]", lib.AANN_MAX_SPEC_LENGTH)
        known = lib.aann_family_data_choose_network(
            data._c, chosen, lib.AANN_MAX_SPEC_LENGTH, family
        )
        if not known:
            raise errors.ArgumentError(
                "net is missing: only for tables a network is known, "
                "such as net='64-10' or '16C5-MP2-10'"
            )
        net = text(chosen)
    if isinstance(net, Spec):
        if sparsity is not None or shifts is not None or excitatory_share != 0.5:
            raise TypeError("sparsity, shifts and excitatory_share belong into the Spec")
        spec = net
    else:
        spec = Spec(
            net, data.input, sparsity=sparsity, excitatory_share=excitatory_share, shifts=shifts
        )
    check_fit(spec, data)
    search = ffi.addressof(family, "search")
    if named:
        lib.aann_search_options_choose_loss_scale(search, data.train._c, spec._c)
    lib.aann_family_data_choose_plan(data._c, spec._c, family)
    options.apply(search)
    search.regression = data.task == "regression"
    check_places(spec, search)
    set_phases(family, spec, data, options, phases=phases, effort=effort)
    for i in range(family.phase_count):
        check_places(spec, family.phases[i])
    return spec, family


def check_places(spec: Spec, search: CData) -> None:
    """Refuses to move samples that have one place only."""
    channels, height, width = spec.input
    name = "jitter" if search.jitter > 0 else "warp"
    if (search.jitter > 0 or search.warp > 0) and height == 1 and width == 1:
        raise errors.ArgumentError(
            f"{name}: samples of {channels}x1x1 have no places to move to; expected a signal or a "
            f"picture: X of shape (samples, channels, height, width)"
        )


def check_fit(spec: Spec, data: Data) -> None:
    """Refuses a network that does not fit the data."""
    if spec.input != data.input:
        raise errors.ArgumentError(
            f"the network reads {spec.input}, the encoded samples are {data.input}"
        )
    what = "classes" if data.classes is not None else "targets"
    if spec.outputs < data.outputs or (data.classes is None and spec.outputs != data.outputs):
        raise errors.ArgumentError(
            f"the network {spec.text} has {spec.outputs} outputs, the data have "
            f"{data.outputs} {what}"
        )


@dataclass(frozen=True)
class _Place:
    """Where a search is among its phases."""

    phase: int = 0
    network: Network | None = None
    """with which the phase begins, or that of `state`; None: a random one"""
    state: bytes = b""
    """empty: the phase begins"""
    before: Progress | None = None
    """at the end of the phase before"""


class _Searching:
    """A search of the library with what a result needs."""

    def __init__(
        self,
        recipe: Recipe,
        data: Data,
        member: int,
        place: _Place,
        history: list[Progress],
        threads: int | None = None,
    ) -> None:
        self.recipe, self.data, self.member = recipe, data, member
        self.place, self.history = place, history
        self.interrupted: BaseException | None = None
        """what ended the search between two phases"""
        self.plan = recipe.plan(threads)
        if self.plan.phase_count > 0 and place.network is None:
            first = Network(recipe.spec, seed=self.plan.search.seed, member=member)
            self.place = replace(place, network=first)

    def run(
        self, progress: bool | ProgressCall, seconds: float | None, raise_on_interrupt: bool
    ) -> Result:
        end = None if seconds is None else time.monotonic() + seconds
        report = bar_of(progress)
        try:
            while True:
                left = None if end is None else end - time.monotonic()
                run = self._run_phase(report, left)
                last = self.place.phase + 1 == phase_count(self.plan)
                if run is None or run.stopped or run.interrupted is not None or last:
                    break
                self.place = _Place(self.place.phase + 1, run.network(), b"", run.progress())
        finally:
            close = getattr(report, "close", None)
            if close is not None:
                close()
        if run is None:
            return settle(self, self._unbegun(), raise_on_interrupt)
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
        return settle(run, result, raise_on_interrupt)

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
            ffi.gc(search, _Destroyer(self.data, phase.options)),
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


def settle(run: Run | _Searching, result: Found, raise_on_interrupt: bool) -> Found:
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


class _Destroyer:
    """Destroys a search, and keeps alive until then what it borrows."""

    def __init__(self, *borrowed: Any) -> None:
        self.borrowed = borrowed

    def __call__(self, search: CData) -> None:
        lib.aann_search_destroy(search)


def _network_of(start: Network | Result | Model | None) -> Network | None:
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
        place: _Place | None = None,
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
        self._place = place if place is not None else _Place()

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
        searching = _Searching(
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
