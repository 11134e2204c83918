"""Along the manifold: the plans and paths behind `Family.walk`, `path` and `connect`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from aann import errors
from aann._library import CData, call, ffi, lib, natural
from aann.walks import Path, take_path
from aann.working import ReportCall, Work

if TYPE_CHECKING:
    from aann.data import Data
    from aann.family import Family
    from aann.member import Member

__all__ = ["PathNumbers", "connect_plan", "find_path", "walk_plan"]


class PathNumbers(NamedTuple):
    """What is given of the options of a path; None: what they have."""

    points: int | None
    candidates: int | None
    finalists: int | None
    repairs: int | None

    def write(self, options: CData) -> None:
        for name, value in self._asdict().items():
            if value is not None:
                setattr(options, name, natural(name, value, bits=63 if name == "repairs" else 31))


def walk_plan(
    family: Family,
    start: int,
    seed: int,
    members: int | None,
    threshold: float | None,
    loss: float | None,
    every: int | None,
    steps: int | None,
) -> CData:
    """What is not said follows from the walk that is there, or from the family: as in
    ``aann walk``."""
    plan = ffi.new("aann_walk_plan *", lib.aann_walk_plan_default())
    old = [walk for walk in family.walks if (walk.start, walk.seed) == (start, seed)]
    if old:
        plan[0] = old[-1]._plan[0]
    plan.start, plan.seed = start, natural("seed", seed, bits=64)
    if members is not None:
        plan.members = natural("members", members, bits=31)
    if steps is not None:
        plan.steps = natural("steps", steps, bits=64)
    if every is not None:
        plan.every = natural("every", every, bits=63)
    elif not old and plan.members > 0:
        mean = lib.aann_chance_of_spec(family.spec._c).mean
        plan.every = max(1, math.ceil(mean / (2.0 * plan.members)))
    if loss is not None:
        plan.loss = loss
    if threshold is not None:
        plan.threshold = threshold
    elif not old and loss is None:
        if family.threshold is None:
            raise errors.ArgumentError(
                "walk: no bound given, and the family has no threshold; expected threshold= "
                "or loss="
            )
        plan.threshold = family.threshold
    return plan


def find_path(
    family: Family,
    ends: list[Member],
    seed: int,
    numbers: PathNumbers,
    *,
    match: bool,
    store: bool,
    straight: bool,
    threads: int,
    progress: bool | ReportCall,
) -> Path:
    """A path between two members of the family, which is stored if it is to be."""
    if ends[0].id == ends[1].id:
        raise errors.ArgumentError(f"path: from member {ends[0].id} to itself")
    for end in ends:
        if end.state == "running":
            raise errors.ArgumentError(f"path: member {end.id} is not finished")
    first, last = (end.network for end in ends)
    if match:
        from aann.geometry import match as matching

        last = matching(first, last).network
    options = ffi.new("aann_path_options *", lib.aann_path_options_default())
    options.seed = natural("seed", seed, bits=64)
    numbers.write(options)
    plan = family._plan()
    search = ffi.addressof(plan, "search")
    data = family.data
    work = Work(unit="path", threads=threads, progress=progress)
    function = lib.aann_path_straight if straight else lib.aann_path_find
    found = ffi.new("aann_path *")
    whole = work.run(function, data._c, search, first._c, last._c, options, work.c, found)
    if work.interrupted:
        raise KeyboardInterrupt
    if not whole:
        raise errors.AannError("path: stopped; a path is kept only when it is whole")
    try:
        constant = _constant_score(data, plan)
        stored = ffi.new("int32_t *")
        if store:
            family._handle.call(lib.aann_path_store, ends[0].id, options, found, stored)
        return take_path(found, constant, stored[0])
    finally:
        lib.aann_path_destroy(found)


def _constant_score(data: Data, plan: CData) -> tuple[float, float]:
    """Loss and accuracy of the best constant answer on the training samples."""
    loss, accuracy = ffi.new("double *"), ffi.new("double *")
    lib.aann_samples_constant_score(data.train._c, ffi.addressof(plan, "search"), loss, accuracy)
    return loss[0], accuracy[0]


def connect_plan(
    family: Family,
    seed: int,
    numbers: PathNumbers,
    members: int,
    neighbours: int,
    doublings: int,
    tolerance: float,
    paths: int,
) -> CData:
    """The stored plan with this seed, or a new one, with what is given."""
    plan = ffi.new("aann_connect_plan *", lib.aann_connect_plan_default())
    plan.seed = natural("seed", seed, bits=64)
    call(lib.aann_connect_plan_find, family._row(), plan, ffi.new("bool *"))
    numbers.write(plan.path)
    plan.members = natural("members", members, bits=31)
    plan.neighbours = natural("neighbours", neighbours, bits=31)
    plan.doublings = natural("doublings", doublings, bits=31)
    plan.paths = natural("paths", paths, bits=63)
    plan.tolerance = tolerance
    return plan
