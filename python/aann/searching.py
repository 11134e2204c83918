"""search: one network for given samples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any, overload

from aann import errors
from aann._elsewhere import Encoded, encoded, outcomes
from aann._library import c_text, call, lib, natural, time_limit
from aann._phases import Phases, Recipe
from aann._planning import family_plan, settle_options
from aann.data import Data, Task, data_of
from aann.model import Model
from aann.network import Network, _threads
from aann.options import Options
from aann.result import Place, Result, Searching, network_of
from aann.running import ProgressCall, log
from aann.spec import Spec
from aann.working import Work

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from aann.option_values import MoreOptions

__all__ = ["Result", "search"]

RETURNED = "stopped by Ctrl-C: %d of %d members are returned"


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
        True: KeyboardInterrupt is raised, and has that result as its attribute ``result``. With
        `members`, it ends the whole call: what is returned, or the attribute, is the list of those
        whose search had begun, and with an executor of those that have come back.
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
    member = natural("member", member, bits=64)
    numbers = [member] if members is None else check_members(members)
    job = _Job(recipe, network_of(start), time_limit(seconds), raise_on_interrupt)
    if executor is not None:
        found = _search_elsewhere(executor, job, data, numbers)
    elif several:
        found = _search_here(job, data, numbers)
    else:
        found = [job.search(data, member, progress)[0]]
    return found if several else found[0]


def check_members(members: int | Sequence[int]) -> list[int]:
    """The numbers of members: from 0 on, or as they are listed."""
    if isinstance(members, (int, Integral)):
        chosen = list(range(natural("members", members, lowest=1, bits=31)))
    elif isinstance(members, (str, bytes)) or not isinstance(members, Iterable):
        raise TypeError(f"members {members!r}: expected a number, or a list of their numbers")
    else:
        chosen = [natural("members", member, bits=64) for member in members]
    if not chosen:
        raise errors.ArgumentError(
            f"members {members!r}: expected a number from 1 on, or a list of their numbers"
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

    def search(
        self, data: Data, member: int, progress: bool | ProgressCall = False
    ) -> tuple[Result, bool]:
        """The result, and whether Ctrl-C ended the search."""
        place = Place(network=self.start)
        searching = Searching(self.recipe, data, member, place, [])
        result = searching.run(progress, self.seconds, self.raise_on_interrupt)
        return result, searching.interrupted is not None


def _search_here(job: _Job, data: Data, members: list[int]) -> list[Result]:
    """The results of members one after the other; after Ctrl-C those whose search had begun."""
    found: list[Result] = []
    try:
        for member in members:
            result, interrupted = job.search(data, member)
            found.append(result)
            if interrupted:
                log.warning(RETURNED, len(found), len(members))
                break
    except KeyboardInterrupt as exception:
        begun: Result | None = getattr(exception, "result", None)
        listed = found if begun is None else [*found, begun]
        return _settle_all(job, exception, listed, len(members))
    return found


def _settle_all(
    job: _Job, exception: KeyboardInterrupt, found: list[Result], count: int
) -> list[Result]:
    """Returns what was found of `count` members before Ctrl-C, or raises that with it."""
    if job.raise_on_interrupt or not found:
        exception.result = found  # type: ignore[attr-defined]
        raise exception
    log.warning(RETURNED, len(found), count)
    return found


def _search_encoded(member: int, *, job: _Job, samples: Encoded) -> Result:
    return job.search(samples.data(), member)[0]


def _search_elsewhere(executor: Any, job: _Job, data: Data, members: list[int]) -> list[Result]:
    """The results of members by the workers of an executor; after Ctrl-C those that have come
    back."""
    common = {"job": job, "samples": encoded(data)}
    found: dict[int, Result] = {}
    interrupted: KeyboardInterrupt | None = None
    try:
        tasks = [(member,) for member in members]
        for outcome in outcomes(executor, _search_encoded, tasks, common):
            found[outcome.number] = outcome.result()
    except KeyboardInterrupt as exception:
        interrupted = exception
    for result in found.values():
        result._attach(data)
    listed = [found[number] for number in sorted(found)]
    return listed if interrupted is None else _settle_all(job, interrupted, listed, len(members))
