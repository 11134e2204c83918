"""Families: many members searched for on the same data, stored in a study."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from aann import errors
from aann._again import family_classes, family_encoding, from_data, from_files
from aann._along import PathNumbers, connect_plan, find_path, walk_plan
from aann._handle import Handle
from aann._library import CData, call, ffi, lib, natural, take_text, text, time_limit
from aann._parts import run_parts
from aann._predictions import read_predictions
from aann.connections import Connections, read_connections
from aann.data import Data, data_of
from aann.encoding import Encoding
from aann.ensemble import Ensemble, Method
from aann.member import (
    COLUMNS,
    TRACE_COLUMNS,
    Member,
    member_id,
    read_member,
    read_members,
    trace_rows,
)
from aann.network import Network, _threads
from aann.options import Options, read_options
from aann.report import Report, make_report
from aann.spec import Spec
from aann.walks import Path, Walk, read_walks
from aann.working import ReportCall, Work, log

if TYPE_CHECKING:
    from typing import TypeAlias

    import pandas
    from numpy.typing import NDArray

__all__ = ["Family"]

Members: TypeAlias = "Iterable[Member | int] | None"
"""Members or their ids; None: see the function."""


class Family(Sequence[Member]):
    """The members of a family, in order of their ids. Comes from a `Study`.

    Its members are read anew each time, so they are what the study holds now: those of the search,
    and those of walks, of paths and imported ones.
    """

    def __init__(self, handle: Handle, family_id: int, data: Data | None = None) -> None:
        self._handle = handle
        self._data = data
        self.id = family_id
        """number in the study, from 1"""
        row = self._row()
        self.name: str = text(row.name)
        self.task: str = text(row.task)
        """``"classification"`` or ``"regression"``"""
        self.software: str = text(row.software)
        """the version that made it"""
        self.created = datetime.fromtimestamp(row.created, timezone.utc)
        spec = ffi.new("aann_spec *")
        call(lib.aann_family_spec, row, spec)
        self.spec = Spec._from_c(spec)

    # ---- what it is

    @property
    def description(self) -> dict[str, Any]:
        """Where the data came from, check sums, split, encoding: what the study keeps of them."""
        row = self._row()  # owns the text
        described: dict[str, Any] = json.loads(text(row.data))
        return described

    @property
    def options(self) -> Options:
        """The options of the search that are not the defaults."""
        plan = self._plan()  # owns the options
        return read_options(ffi.addressof(plan, "search"))

    @property
    def planned(self) -> int:
        """How many members are searched for; `grow` raises it."""
        return int(self._plan().members)

    @property
    def threshold(self) -> float | None:
        """The validation accuracy that ends a member's search, and that it must reach."""
        return float(self._plan().threshold) or None

    @property
    def phases(self) -> str:
        """The phases of its search, as a text; empty if it has none."""
        out = ffi.new("char **")
        call(lib.aann_phases_format, self._plan(), out)
        return take_text(out[0])

    @property
    def unfinished(self) -> int:
        """How many members of the search and its walks are still to be found: 0 when all is
        done."""
        count = ffi.new("int64_t *")
        self._handle.call(lib.aann_family_unfinished, self.id, count)
        return int(count[0])

    @property
    def encoding(self) -> Encoding | None:
        """How measured values become inputs; None if they were given encoded."""
        return family_encoding(self._row())

    @property
    def classes(self) -> NDArray[Any] | None:
        """The classes in the order of the outputs: as they were in y, or their names in the study.
        None for a regression."""
        if self._data is not None:
            return self._data.classes
        return family_classes(self._row(), self.spec.outputs)

    # ---- its members

    def __len__(self) -> int:
        return len(read_members(self._handle, self.id))

    @overload
    def __getitem__(self, index: int) -> Member: ...
    @overload
    def __getitem__(self, index: slice) -> list[Member]: ...
    def __getitem__(self, index: int | slice) -> Member | list[Member]:
        return read_members(self._handle, self.id)[index]

    def __iter__(self) -> Iterator[Member]:
        return iter(read_members(self._handle, self.id))

    @property
    def done(self) -> list[Member]:
        """The members that are done: those that `networks`, `predictions` and `ensemble` take."""
        return [member for member in self if member.state == "done"]

    def _chosen(self, members: Members) -> list[Member]:
        """Members of this family; None: those that are done."""
        if members is None:
            return self.done
        known = {member.id: member for member in self}
        ids = [member_id(member) for member in members]
        for wanted in ids:
            if wanted not in known:
                read_member(self._handle, wanted)  # raises if there is none at all
                raise errors.ArgumentError(f"member {wanted} is not of family {self.id}")
        return [known[wanted] for wanted in ids]

    @property
    def independent(self) -> list[Member]:
        """The members that are done and were found independently, not on a walk or a path: among
        them distances can be compared with those of random networks."""
        rows = {member.id: self._member_row(member.id) for member in self.done}
        return [m for m in self.done if lib.aann_member_row_is_independent(rows[m.id])]

    def networks(self, members: Members = None) -> list[Network]:
        """The networks of members; None: of those that are done."""
        return [member.network for member in self._chosen(members)]

    def to_frame(self, members: Members = None) -> pandas.DataFrame:
        """A row a member, None: all, indexed as they come; needs pandas.

        The hash is written as the program writes it.
        """
        import pandas

        chosen = list(self) if members is None else self._chosen(members)
        rows = [[getattr(member, name) for name in COLUMNS] for member in chosen]
        frame: pandas.DataFrame = pandas.DataFrame(rows, columns=list(COLUMNS))
        frame["hash"] = [f"{member.hash:016x}" for member in chosen]
        frame["parent_id"] = frame["parent_id"].astype("Int64")
        return frame

    def trace(self, members: Members = None) -> pandas.DataFrame:
        """What was measured during the searches of members, None: of all: a row for each hundredth
        of each, with the member's id in the column `member` (needs pandas)."""
        import pandas

        chosen = list(self) if members is None else self._chosen(members)
        rows = [(one.id, *row) for one in chosen for row in trace_rows(self._handle, one.id)]
        frame: pandas.DataFrame = pandas.DataFrame(
            rows, columns=["member", *TRACE_COLUMNS, "layers"]
        )
        return frame

    # ---- its data

    def attach(
        self,
        X: Any,
        y: Any = None,
        *,
        validation: tuple[Any, Any] | None = None,
        test: tuple[Any, Any] | None = None,
        table: bool | None = None,
        encoding: str = "auto",
    ) -> Family:
        """Gives a family that was read from a study its data again; returns it.

        X and y are those of the search, or X is a `Data` of them. Split and encoding are those of
        the study. Other data are refused: the study keeps a check sum of their content. IDX files,
        tables with a header, and the sets that `aann.datasets` knows are read without this.
        """
        arguments: dict[str, Any] = {
            "validation": validation, "test": test, "table": table, "encoding": encoding,
        }  # fmt: skip
        if not isinstance(X, Data):
            arguments["task"] = self.task
        data = data_of(X, y, 1, arguments)
        self._data = from_data(self._row(), data)
        return self

    @property
    def data(self) -> Data:
        """The samples of the search, split and encoded."""
        if self._data is None:
            self._data = from_files(self._row(), self.spec.outputs)
        return self._data

    def labels(self, split: str = "validation") -> NDArray[np.int32]:
        """The number of each sample's class in a split."""
        labels: NDArray[np.int32] | None = self._split(split).labels
        if labels is None:
            raise errors.ArgumentError("a regression has no labels: see family.data")
        return labels

    def predictions(
        self,
        split: str = "validation",
        members: Members = None,
        *,
        threads: int = 1,
        keep: bool = True,
    ) -> NDArray[np.int32]:
        """The logits of members, None: of those that are done: int32 [member, sample, class].

        They are kept in the study, unless it is open for reading only or `keep` is false, so the
        next time, also that of the program, needs no evaluation.
        """
        chosen = self._chosen(members)
        samples = self._split(split)
        if not chosen:
            return np.empty((0, len(samples), self.spec.outputs), dtype=np.int32)
        keep = keep and self._handle.writable
        ids = [member.id for member in chosen]
        return read_predictions(self._handle, ids, split, samples, _threads(threads), keep)

    def _split(self, split: str) -> Any:
        if split not in ("train", "validation", "test"):
            raise errors.ArgumentError(f"split {split!r}: expected train, validation or test")
        samples = getattr(self.data, split)
        if samples is None:
            raise errors.NotFoundError(f"family {self.id} has no {split} split")
        return samples

    def report(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        split: str | None = None,
        tracks: range | None = None,
        threads: int = 0,
    ) -> Report:
        """A web page about the family, which a notebook shows; written to `path`, if there is one.

        The study is only read. If the data of the search are not to be had (see `attach`), the page
        says what is missing.

        Parameters
        ----------
        path:
            An earlier report is replaced, any other file is refused.
        split:
            Whose answers are shown; None: of the test set if there is one, else validation.
        tracks:
            Of drivers: tracks to drive; None: ``range(1000, 1004)``.
        threads:
            Never changes the report; 0: all processors.
        """
        try:
            data: Data | None = self.data
        except (OSError, ValueError, LookupError):
            data = None
        made = make_report(self._handle, self.id, data, split=split, tracks=tracks, threads=threads)
        if path is not None:
            made.save(path)
        return made

    # ---- its search

    def run(
        self,
        *,
        seconds: float | None = None,
        threads: int = 0,
        parallel: int = 0,
        checkpoint_seconds: float = 30.0,
        progress: bool | ReportCall = False,
        raise_on_interrupt: bool = False,
        executor: Any = None,
        parts: int | None = None,
    ) -> Family:
        """Searches the members that are not finished, and goes on with walks; returns the family.

        Ctrl-C, the end of the time and a progress function that returns False stop it at a point
        from which the next `run` goes on, to the bits of a search that was never stopped. A killed
        process loses what was found since the last checkpoint. Nothing of this changes a result.

        Parameters
        ----------
        seconds:
            Stop after this time.
        threads:
            In all; 0: all processors.
        parallel:
            Members that run at the same time; 0: as many as threads, members and memory allow.
        checkpoint_seconds:
            Time between two checkpoints of a member.
        progress:
            True: a bar (tqdm, also in notebooks). A function: called about ten times a second with
            the `MemberProgress` of the members that run; what it raises is raised here.
        raise_on_interrupt:
            Ctrl-C usually ends the run, and the function returns. True: KeyboardInterrupt is
            raised, and nothing is lost either.
        executor:
            Search the members in its workers, see `aann.executors`; the bits are the same. Each
            part is stored as it comes back. If one fails, it is raised when those that had begun
            are stored, and the next `run` goes on. `threads` are then those of each worker (0:
            one), `parallel` means nothing, and `progress` hears of finished members.
        parts:
            With an executor: into how many tasks the members are cut. None: one for each.
        """
        self._handle.check_writable("run")
        seconds = time_limit(seconds)
        if executor is None and parts is not None:
            raise TypeError("parts: is for an executor")
        left = self.unfinished
        if left == 0:
            return self
        data = self.data
        if executor is not None:
            how: dict[str, Any] = {
                "threads": threads, "seconds": seconds, "checkpoint_seconds": checkpoint_seconds,
            }  # fmt: skip
            work = Work(total=left, progress=progress)
            run_parts(self._handle, self.id, data, executor, work, parts=parts, **how)
            self._end(work, raise_on_interrupt)
            left = self.unfinished
            if work.interrupted or work.stopped or seconds is not None or left == 0:
                return self
        work = Work(
            total=left,
            seconds=seconds,
            threads=threads,
            parallel=parallel,
            checkpoint_seconds=checkpoint_seconds,
            progress=progress,
        )
        with self._handle.use() as study:
            work.run(lib.aann_family_resume, study, self.id, data._c, work.c)
        self._end(work, raise_on_interrupt)
        return self

    def resume(
        self,
        X: Any = None,
        y: Any = None,
        *,
        validation: tuple[Any, Any] | None = None,
        test: tuple[Any, Any] | None = None,
        table: bool | None = None,
        encoding: str = "auto",
        **how: Any,
    ) -> Family:
        """`attach` and `run` in one: X and y are needed where the study was opened anew and the
        data are in no file. `how` are the arguments of `run`."""
        if X is not None:
            self.attach(X, y, validation=validation, test=test, table=table, encoding=encoding)
        return self.run(**how)

    def grow(self, members: int) -> Family:
        """Raises the number of members; `run` searches the new ones. The result is that of a
        family which was made with this many."""
        self._handle.check_writable("grow")
        wanted = natural("members", members, bits=31)
        self._handle.call(lib.aann_family_grow, self.id, wanted)
        return self

    def _end(self, work: Work, raise_on_interrupt: bool) -> None:
        if not work.interrupted:
            return
        if raise_on_interrupt:
            raise KeyboardInterrupt
        log.warning(
            "family %d: stopped by Ctrl-C; %d members are left, run() goes on",
            self.id,
            self.unfinished,
        )

    # ---- along the manifold

    def walk(
        self,
        start: Member | int,
        *,
        members: int | None = None,
        threshold: float | None = None,
        loss: float | None = None,
        every: int | None = None,
        steps: int | None = None,
        seed: int = 1,
        seconds: float | None = None,
        threads: int = 0,
        progress: bool | ReportCall = False,
        raise_on_interrupt: bool = False,
    ) -> Walk:
        """Walks away from a member along good networks, which become members (origin ``"walk"``).

        A walk that has this start and seed goes on, and becomes longer with more `members`;
        everything else must then be as it was, or None. It is stopped as `run` is.

        Parameters
        ----------
        members:
            To record; None: 50.
        threshold:
            Validation accuracy of every recorded member, at least; None: that of the family.
        loss:
            Limit of the training loss; None: it follows from the threshold.
        every:
            Accepted swaps between two members, at least. None: so many that a straight walk ends
            at the distance of strangers.
        steps:
            Candidates for each member, at most.
        """
        self._handle.check_writable("walk")
        start = self._chosen([start])[0].id
        plan = walk_plan(self, start, seed, members, threshold, loss, every, steps)
        data = self.data
        work = Work(total=plan.members, seconds=seconds, threads=threads, progress=progress)
        with self._handle.use() as study:
            work.run(lib.aann_walk_run, study, plan, data._c, work.c)
        self._end(work, raise_on_interrupt)
        return next(
            walk for walk in self.walks if (walk.start, walk.seed) == (plan.start, plan.seed)
        )

    @property
    def walks(self) -> list[Walk]:
        """Oldest first."""
        return read_walks(self._handle, self.id)

    def path(
        self,
        start: Member | int,
        goal: Member | int,
        *,
        match: bool = True,
        store: bool = True,
        straight: bool = False,
        seed: int = 1,
        points: int | None = None,
        candidates: int | None = None,
        finalists: int | None = None,
        repairs: int | None = None,
        threads: int = 0,
        progress: bool | ReportCall = False,
    ) -> Path:
        """Finds a chain of swaps from one member to another on which no network is bad.

        Parameters
        ----------
        match:
            First rename the goal's hidden units to match those of the start: the same function.
        store:
            The points between the ends become members (origin ``"path"``).
        straight:
            The baseline instead: the same swaps in random order, never stored.
        seed, points, candidates, finalists, repairs:
            Random numbers; networks between the ends; swaps drawn in each step, of which the best
            is taken; how many of those are evaluated on all samples; repair candidates after each
            step. None: the library's defaults.

        A path is kept only when it is whole: Ctrl-C raises KeyboardInterrupt.
        """
        store = store and not straight
        if store:
            self._handle.check_writable("path")
        return find_path(
            self,
            self._chosen([start, goal]),
            seed,
            PathNumbers(points, candidates, finalists, repairs),
            match=match,
            store=store,
            straight=straight,
            threads=threads,
            progress=progress,
        )

    def connect(
        self,
        *,
        seed: int = 1,
        members: int = 0,
        neighbours: int = 1,
        doublings: int = 5,
        tolerance: float = 0.01,
        points: int | None = None,
        candidates: int | None = None,
        finalists: int | None = None,
        repairs: int | None = None,
        paths: int = 0,
        seconds: float | None = None,
        threads: int = 0,
        progress: bool | ReportCall = False,
    ) -> Connections:
        """Finds paths between members until it is known below which loss they are joined.

        Parameters
        ----------
        seed, points, candidates, finalists, repairs:
            As of `path`; kept with the seed, so None is what it has, else the library's defaults.
        members:
            Only the first so many finished members that were searched; 0: all.
        neighbours:
            Better members that each is joined to first; as many as there are: all pairs.
        doublings, tolerance:
            How often a path of the tree may be sought again, with twice the repairs; it stands
            when that lowers its top by less than the tolerance.
        paths, seconds:
            Stop after so many paths (0: all), or so long. The same call continues.

        The worst network of every path becomes a member (origin ``"top"``). Ctrl-C raises
        KeyboardInterrupt; whole paths are kept.
        """
        self._handle.check_writable("connect")
        numbers = PathNumbers(points, candidates, finalists, repairs)
        plan = connect_plan(self, seed, numbers, members, neighbours, doublings, tolerance, paths)
        data = self.data
        work = Work(unit="path", seconds=seconds, threads=threads, progress=progress)
        with self._handle.use() as study:
            work.run(lib.aann_connect_run, study, self.id, plan, data._c, work.c)
        if work.interrupted:
            raise KeyboardInterrupt
        return read_connections(self._handle, self.id, plan)

    def ensemble(self, members: Members = None, method: Method = "vote") -> Ensemble:
        """Members, None: those that are done, that answer together: by majority ``"vote"``, or by
        the ``"sum"`` of their logits."""
        return Ensemble(self, self._chosen(members), method)

    # ---- reading

    def _member_row(self, member_id: int) -> CData:
        row = ffi.new("aann_member_row *")
        self._handle.call(lib.aann_study_member, member_id, row)
        return row

    def _row(self) -> CData:
        """The family's row in the study."""
        row = ffi.new("aann_family_row *")
        self._handle.call(lib.aann_study_family, self.id, row)
        return ffi.gc(row, lib.aann_family_row_destroy)

    def _plan(self) -> CData:
        """What determines the result."""
        plan = ffi.new("aann_family_plan *")
        row = self._row()  # owns the text
        call(lib.aann_family_plan_parse, row.options, plan)
        return plan

    def __repr__(self) -> str:
        if self._handle.closed:
            return f"<aann.Family {self.id} {self.name!r}, {self.spec.text}: its study is closed>"
        members = list(self)
        states = dict.fromkeys(("done", "running", "failed"), 0)
        for member in members:
            states[member.state] += 1
        counted = ", ".join(f"{count} {name}" for name, count in states.items() if count)
        return f"<aann.Family {self.id} {self.name!r}, {self.spec.text}: {counted or 'no members'}>"

    def _repr_html_(self) -> str:
        from aann._html import family_html

        return family_html(self)

    def __reduce__(self) -> Any:
        raise TypeError("a Family does not pickle; its study does: study.families[...]")
