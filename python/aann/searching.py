"""search: one network for given samples."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from aann import errors
from aann._library import CData, call, ffi, lib, text
from aann.data import Data, Samples, Score, Task, data_of
from aann.encoding import Encoding
from aann.model import Model
from aann.network import Network, _threads
from aann.options import Options, read_options
from aann.running import Progress, ProgressCall, Run, history_frame, log
from aann.spec import Spec

if TYPE_CHECKING:
    import pandas
    from numpy.typing import NDArray
    from typing_extensions import Unpack

    from aann.option_values import MoreOptions

__all__ = ["Result", "search"]


class _HasProgress(Protocol):
    progress: Progress


Found = TypeVar("Found", bound=_HasProgress)


def search(
    X: Any,
    y: Any = None,
    net: str | Spec | None = None,
    *,
    sparsity: float | Sequence[float] | None = None,
    excitatory_share: float = 0.5,
    shifts: Sequence[int] | None = None,
    steps: int | None = None,
    seed: int | None = None,
    member: int = 0,
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
    options: Options | None = None,
    **more: Unpack[MoreOptions],
) -> Result:
    """Searches for one network.

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
    seed, member:
        They select all random numbers: member 3 of seed 1 is the fourth member of a family. None:
        the seed of `options`, which is 1 by default.
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
    data = data_of(X, y, given.seed, data_arguments)
    spec, chosen = plan(
        data,
        net,
        sparsity=sparsity,
        excitatory_share=excitatory_share,
        shifts=shifts,
        options=given,
    )
    if threads is not None:
        chosen.threads = _threads(threads)
    begun = _network_of(start)
    out = ffi.new("aann_search **")
    call(
        lib.aann_search_create,
        spec._c,
        data.train._c,
        chosen,
        member,
        begun._c if begun is not None else ffi.NULL,
        out,
    )
    searching = _Searching(out[0], spec, data, chosen, given, member, [])
    return searching.run(progress, seconds, raise_on_interrupt)


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
) -> tuple[Spec, CData]:
    """The network and the aann_family_plan of a search of several members."""
    family = ffi.new("aann_family_plan *", lib.aann_family_plan_default())
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
    lib.aann_family_data_choose_plan(data._c, spec._c, family)
    search = ffi.addressof(family, "search")
    options.apply(search)
    search.regression = data.task == "regression"
    check_places(spec, search)
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


class _Searching:
    """A search of the library with what a result needs."""

    def __init__(
        self,
        pointer: CData,
        spec: Spec,
        data: Data,
        options: CData,
        given: Options,
        member: int,
        history: list[Progress],
    ) -> None:
        # The search borrows the samples: the destructor holds them.
        self.search = ffi.gc(pointer, _Destroyer(data, options))
        self.spec, self.data, self.options, self.member = spec, data, options, member
        self.given, self.history = given, history

    def run(
        self, progress: bool | ProgressCall, seconds: float | None, raise_on_interrupt: bool
    ) -> Result:
        run = Run(
            self.search,
            steps=self.options.steps,
            layers=len(self.spec.layers),
            classes=self.data.classes is not None,
            progress=progress,
            seconds=seconds,
            history=self.history,
        )
        now = run.run()
        result = Result(
            network=run.network(),
            options=read_options(self.options, self.given),
            member=self.member,
            progress=now,
            history=self.history,
            stopped=run.stopped,
            state=run.state() if now.step < now.steps else None,
            data=self.data,
        )
        return settle(run, result, raise_on_interrupt)


def settle(run: Run, result: Found, raise_on_interrupt: bool) -> Found:
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
        spec = self.network.spec
        options = ffi.new("aann_search_options *", lib.aann_search_options_default())
        self.options.apply(options)
        options.threads = _threads(threads)
        saved = ffi.new("aann_search_saved *")
        state = ffi.from_buffer(self.state)
        saved.network, saved.state, saved.size = self.network._c, state, len(self.state)
        out = ffi.new("aann_search **")
        call(lib.aann_search_resume, spec._c, data.train._c, options, self.member, saved, out)
        searching = _Searching(
            out[0], spec, data, options, self.options, self.member, list(self.history)
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
