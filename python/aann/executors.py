"""Members in other processes: concurrent.futures, joblib and Dask as executors.

A member is a function of its arguments, so it does not matter which process searches it: the
results are those of a loop over `aann.search`, in the same order, to the bit.

An executor is one of

- a `concurrent.futures.Executor`: processes of this machine (ProcessPoolExecutor), MPI (mpi4py's
  MPIPoolExecutor), or anything else with ``submit``;
- a ``dask.distributed.Client``, or its ``get_executor()``: a cluster;
- a ``joblib.Parallel``: processes, or through joblib's backends a cluster. It gives back what is
  finished when all is, unless it is made with ``return_as="generator_unordered"``.

`aann.search`, `Family.run` and the estimators of `aann.sklearn` take one as ``executor=``; the
functions here make whole families. What a worker gets is pickled, samples included; a worker needs
this package, and no shared files.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from aann._elsewhere import outcomes
from aann._parts import parts_folder
from aann.errors import AannError, ArgumentError
from aann.minimizing import MinimizeResult, minimize
from aann.searching import Result, check_members, search
from aann.spec import Spec
from aann.study import Study
from aann.working import log

if TYPE_CHECKING:
    import os

    from aann.family import Family

__all__ = ["minimize_members", "run", "search_family", "search_members"]

Returned = TypeVar("Returned")


def run(
    executor: Any,
    function: Callable[..., Returned],
    tasks: Iterable[tuple[Any, ...]],
    common: dict[str, Any] | None = None,
) -> list[Returned]:
    """``[function(*task, **common) for task in tasks]``, by the executor, in this order.

    The first exception is raised here; tasks that have not begun are then cancelled.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor() as pool:
    ...     run(pool, divmod, [(7, 2), (9, 4)])
    [(3, 1), (2, 1)]
    """
    found: dict[int, Returned] = {}
    for outcome in outcomes(executor, function, tasks, common):
        found[outcome.number] = outcome.result()
    return [found[number] for number in sorted(found)]


def search_members(
    X: Any,
    y: Any = None,
    net: str | Spec | None = None,
    *,
    members: int | Sequence[int],
    executor: Any,
    **arguments: Any,
) -> list[Result]:
    """`aann.search` for several members, each in a worker of the executor.

    Parameters
    ----------
    X, y, net, arguments:
        As in `aann.search`, which does the same with its `members` and `executor`.
    members:
        How many, or their numbers.
    executor:
        See the module.

    >>> import aann.executors, numpy as np
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 2))
    >>> y = np.where(X[:, 0] * X[:, 1] > 0, "same", "other")
    >>> with ThreadPoolExecutor(2) as pool:
    ...     found = aann.executors.search_members(X, y, "8-2", members=2, steps=500, executor=pool)
    >>> found[1].network == aann.search(X, y, "8-2", member=1, steps=500).network
    True
    """
    _refuse(arguments, "member", "progress")
    return search(X, y, net, members=members, executor=executor, **arguments)


def _refuse(arguments: dict[str, Any], *names: str) -> None:
    for name in names:
        if name in arguments:
            raise TypeError(f"{name}: is not for several members")


def search_family(
    path: str | os.PathLike[str],
    X: Any,
    y: Any = None,
    net: str | Spec | None = None,
    *,
    members: int,
    executor: Any,
    parts: int | None = None,
    threads: int = 1,
    **arguments: Any,
) -> Study:
    """A family in a new study, searched by the workers of the executor.

    Parameters
    ----------
    path:
        The new study, which is returned open. It has the members, hashes and histories of
        ``Study(path).family(...).run()``; it appears when the last member is finished. Until then
        what is found is in a folder beside it (``family-parts`` for ``family.aann``): if the call
        ends before, the same call goes on from there.
    X, y, net, arguments:
        As in `Study.family`.
    members:
        How many.
    parts:
        Into how many tasks the family is cut. None: one for each member.
    threads:
        Of each worker.

    >>> import aann.executors, numpy as np, tempfile
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 2))
    >>> y = np.where(X[:, 0] * X[:, 1] > 0, "same", "other")
    >>> path = tempfile.mkdtemp() + "/family.aann"
    >>> with ThreadPoolExecutor(2) as pool:
    ...     study = aann.executors.search_family(path, X, y, "8-2", members=3, steps=500,
    ...                                          executor=pool)
    >>> len(study.members)
    3
    """
    _refuse(arguments, "shard")
    place = Path(path)
    if place.exists():
        raise FileExistsError(f"{place}: is there already; nothing is overwritten")
    if parts is not None and not 1 <= parts <= members:
        raise ArgumentError(f"{parts} parts of {members} members: expected 1 to the members")
    folder = parts_folder(place)
    whole = folder / "study.aann"
    folder.mkdir(exist_ok=True)
    try:
        with Study(whole) as study:
            family = _family_of_parts(study, folder, members, (X, y, net), arguments)
            family.run(executor=executor, parts=parts, threads=threads, raise_on_interrupt=True)
            study.export(place)
    except BaseException:
        _remove_unbegun(folder, whole)
        raise
    _remove(folder, whole)
    return Study(place)


def _family_of_parts(
    study: Study, folder: Path, members: int, samples: tuple[Any, Any, Any], arguments: Any
) -> Family:
    """The family in the study of the parts: a new one, or that of an earlier call."""
    known = len(study.families) > 0
    named = {"name": "family", **arguments}
    if known and study.families[0].name != named["name"]:
        raise ArgumentError(_other_search(folder, f"the family {study.families[0].name!r}"))
    try:
        family = study.family(*samples, members=members, **named)
    except ArgumentError as error:
        if known and "has a family" in str(error):
            raise ArgumentError(_other_search(folder, str(error).split("; ")[0])) from error
        raise
    if family.planned != members:
        raise ArgumentError(_other_search(folder, f"{family.planned} members, not {members}"))
    if known:
        log.warning(
            "%s: goes on with an earlier call, which has finished %d of %d members",
            folder,
            members - family.unfinished,
            members,
        )
    return family


def _other_search(folder: Path, difference: str) -> str:
    return (
        f"{folder}: has the parts of another search ({difference}); repeat that one, or remove the "
        "folder"
    )


def _remove_unbegun(folder: Path, whole: Path) -> None:
    """A call that has not come to its first member leaves nothing."""
    with contextlib.suppress(AannError, OSError):
        with Study(whole, "r") as study:
            begun = any(member.steps > 0 for member in study.members.values())
        if not begun and not parts_folder(whole).exists():
            _remove(folder, whole)


def _remove(folder: Path, whole: Path) -> None:
    """What this call has made; anything else in the folder stays."""
    for path in folder.glob(whole.name + "*"):
        path.unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()


def _minimize_one(
    member: int, objective: Callable[..., Any], spec: Spec, arguments: dict[str, Any]
) -> MinimizeResult:
    return minimize(objective, spec, member=member, **arguments)


def minimize_members(
    objective: Callable[..., Any],
    spec: Spec,
    *,
    members: int | Sequence[int],
    executor: Any,
    **arguments: Any,
) -> list[MinimizeResult]:
    """`aann.minimize` for several members, each in a worker of the executor.

    The objective is pickled: a function of a module, not one that was made in another function
    (Dask and joblib pickle these, too). The results have it as their objective again.

    >>> import aann.executors
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> spec = aann.Spec("3", input=4)
    >>> def ones(weights):
    ...     return float((weights[0] != 1).mean())
    >>> with ThreadPoolExecutor(2) as pool:
    ...     found = aann.executors.minimize_members(ones, spec, members=2, steps=50, executor=pool)
    >>> len(found)
    2
    """
    _refuse(arguments, "member", "progress")
    tasks = [(member, objective, spec, arguments) for member in check_members(members)]
    results = run(executor, _minimize_one, tasks)
    for result in results:
        result.objective = objective
    return results
