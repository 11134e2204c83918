"""Members in other processes: concurrent.futures, joblib and Dask as executors.

A member is a function of its arguments, so it does not matter which process searches it: the
results are those of a loop over `aann.search`, in the same order, to the bit.

An executor is one of

- a `concurrent.futures.Executor`: processes of this machine (ProcessPoolExecutor), MPI (mpi4py's
  MPIPoolExecutor), or anything else with ``submit``;
- a ``dask.distributed.Client``: a cluster;
- a ``joblib.Parallel``: processes, or through joblib's backends a cluster.

What a worker gets is pickled, data included; a worker needs this package, and no shared files.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from aann.data import Data, data_of
from aann.errors import ArgumentError
from aann.merging import merge
from aann.minimizing import MinimizeResult, minimize
from aann.searching import Result, search, settle_options
from aann.spec import Spec
from aann.study import Study

if TYPE_CHECKING:
    import os

__all__ = ["minimize_members", "run", "search_family", "search_members"]

Returned = TypeVar("Returned")

# What `search` passes on to `Data`.
_OF_DATA = (
    *("validation", "test", "encoding", "constant", "task", "table", "split", "balanced"),
    "provenance",
)


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
    named = {} if common is None else common
    if not hasattr(executor, "submit"):
        if not callable(executor):
            raise TypeError(
                f"executor {executor!r}: expected something with submit (concurrent.futures, Dask) "
                "or a joblib.Parallel"
            )
        return list(executor((function, task, named) for task in tasks))
    # Dask would otherwise take two equal calls for one.
    more = {"pure": False} if hasattr(executor, "scheduler_info") else {}
    futures = [executor.submit(function, *task, **named, **more) for task in tasks]
    try:
        return [future.result() for future in futures]
    except BaseException:
        for future in futures:
            future.cancel()
        raise


def _check_members(members: int | Sequence[int]) -> list[int]:
    chosen = list(range(members)) if isinstance(members, int) else list(members)
    if not chosen or min(chosen) < 0:
        raise ArgumentError(f"members {members!r}: expected 1 and more, or a list of their numbers")
    return chosen


def _search_one(member: int, X: Any, y: Any, net: Any, arguments: dict[str, Any]) -> Result:
    return search(X, y, net, member=member, **arguments)


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
        As in `aann.search`; X cannot be a `Data`, which does not pickle, and ``progress`` is for
        one search.
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
    _refuse(X, arguments, "member", "progress")
    tasks = [(member, X, y, net, arguments) for member in _check_members(members)]
    results = run(executor, _search_one, tasks)
    given = settle_options(
        arguments.get("options"),
        {},
        seed=arguments.get("seed"),
        steps=arguments.get("steps"),
    )
    how = {name: arguments[name] for name in _OF_DATA if name in arguments}
    data = data_of(X, y, given.seed, how)
    for result in results:  # what was pickled has lost them
        result.data = data
    return results


def _refuse(X: Any, arguments: dict[str, Any], *names: str) -> None:
    if isinstance(X, Data):
        raise TypeError("X is a Data, which does not pickle: give X and y")
    for name in names:
        if name in arguments:
            raise TypeError(f"{name}: is not for several members")


def _search_part(
    shard: tuple[int, int], X: Any, y: Any, net: Any, arguments: dict[str, Any], threads: int
) -> bytes:
    """The study of a shard, finished, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.aann"
        with Study(path) as study:
            study.family(X, y, net, shard=shard, **arguments).run(threads=threads)
        return path.read_bytes()


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
        ``Study(path).family(...).run()``; it appears when the last member is finished.
    X, y, net, arguments:
        As in `Study.family`; X cannot be a `Data`.
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
    _refuse(X, arguments, "shard")
    place = Path(path)
    if place.exists():
        raise FileExistsError(f"{place}: is there already; nothing is overwritten")
    count = members if parts is None else parts
    if not 1 <= count <= members:
        raise ArgumentError(f"{count} parts of {members} members: expected 1 to the members")
    named = {**arguments, "members": members}
    tasks = [((i, count), X, y, net, named, threads) for i in range(1, count + 1)]
    found = run(executor, _search_part, tasks)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".aann-parts-") as folder:
        paths = [Path(folder) / f"{i}.aann" for i in range(count)]
        for part, content in zip(paths, found, strict=True):
            part.write_bytes(content)
        merge(place, paths)
    return Study(place)


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
    _refuse(None, arguments, "member", "progress")
    tasks = [(member, objective, spec, arguments) for member in _check_members(members)]
    results = run(executor, _minimize_one, tasks)
    for result in results:
        result.objective = objective
    return results
