"""Studies: the file that keeps families, networks, histories and checkpoints."""

from __future__ import annotations

import json
import os
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from aann import errors
from aann._handle import MEMORY, Handle
from aann._library import CData, c_path, c_text, call, ffi, lib, natural, take_text, text
from aann._phases import Phases
from aann._planning import family_plan, settle_options
from aann.data import PASSED_ON, Data, Task, data_of
from aann.family import Family
from aann.member import Member, read_member, read_members
from aann.model import Model
from aann.network import Network
from aann.options import Options
from aann.report import Report
from aann.result import Result, network_of
from aann.spec import Spec
from aann.working import Work

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from aann.option_values import MoreOptions

__all__ = ["Study"]

# What `family` and `import_network` pass on to the plan, with its defaults.
_SEARCH: dict[str, Any] = {
    "sparsity": None,
    "excitatory_share": 0.5,
    "shifts": None,
    "steps": None,
    "seed": None,
    "options": None,
}


class Study:
    """A study file, open; also a context manager. The program `aann` reads and writes the same.

    Parameters
    ----------
    path:
        The file; ``":memory:"`` is a study without file, which vanishes when it is closed (`export`
        writes it to one).
    mode:
        ``"a"``: read and write, made if it is missing. ``"w"``: read and write, must exist; nothing
        is ever overwritten. ``"r"``: read, also while another process writes.

    There is one writer at a time (`aann.errors.LockedError`), which never blocks readers, and whose
    lock goes with its process. A study of a newer version is refused
    (`aann.errors.VersionError`). A call that writes is one transaction: a killed process leaves the
    study as it was before or after the call.

    It pickles as its path, and is opened for reading where it arrives.

    >>> import aann, numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 2))
    >>> y = np.where(X[:, 0] * X[:, 1] > 0, "same", "other")
    >>> with aann.Study() as study:
    ...     family = study.family(X, y, "8-2", members=3, steps=2000).run()
    ...     [member.state for member in family]
    ['done', 'done', 'done']
    """

    def __init__(self, path: str | os.PathLike[str] = MEMORY, mode: str = "a") -> None:
        self._handle = Handle(os.fsdecode(path), mode)
        self._last: Family | None = None
        """the family that was made last: it knows its data"""

    # ---- opening and closing

    @property
    def path(self) -> str:
        return self._handle.path

    @property
    def mode(self) -> str:
        return self._handle.mode

    @property
    def closed(self) -> bool:
        return self._handle.closed

    def close(self) -> None:
        """Closes the file; its families and members cannot be used any more."""
        self._handle.close()

    def __enter__(self) -> Study:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self.close()

    def export(self, path: str | os.PathLike[str]) -> None:
        """Writes the study to a new file, which appears whole or not at all."""
        self._handle.call(lib.aann_study_export, c_path(path))

    # ---- what is in it

    @property
    def families(self) -> Families:
        """All families, oldest first: by position, or by name (the last one of that name)."""
        return Families(self._handle)

    @property
    def members(self) -> Members:
        """The members of all families by their ids."""
        return Members(self._handle)

    def report(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        family: int | str = -1,
        **how: Any,
    ) -> Report:
        """A web page about a family, by position or name: the last one, if nothing is said. `how`
        are the arguments of `Family.report`."""
        chosen = self.families[family]
        if self._last is not None and self._last.id == chosen.id:
            chosen = self._last
        return chosen.report(path, **how)

    # ---- adding to it

    def family(
        self,
        X: Any,
        y: Any = None,
        net: str | Spec | None = None,
        *,
        members: int | None = None,
        name: str | None = None,
        threshold: float | None = None,
        sparsity: float | Sequence[float] | None = None,
        excitatory_share: float = 0.5,
        shifts: Sequence[int] | None = None,
        steps: int | None = None,
        phases: Phases | None = None,
        effort: int | None = None,
        seed: int | None = None,
        start: Network | Result | Model | Member | Sequence[Any] | None = None,
        validation: float | tuple[Any, Any] | None = None,
        test: tuple[Any, Any] | None = None,
        encoding: str = "auto",
        constant: bool | None = None,
        task: Task = "auto",
        table: bool | None = None,
        split: str = "auto",
        balanced: bool = False,
        provenance: str | None = None,
        shard: tuple[int, int] | None = None,
        options: Options | None = None,
        **more: Unpack[MoreOptions],
    ) -> Family:
        """Adds a family to the study; its `run` searches the members.

        Parameters
        ----------
        X, y, validation, test, encoding, constant, task, table, split, balanced, provenance:
            See `Data`; or X is a `Data` and y is missing.
        net, sparsity, excitatory_share, shifts, steps, options, more:
            See `aann.search`.
        phases:
            Several searches, each from the network with which the one before ended: a list of
            options by their names, each with its steps, such as ``[{"steps": 1_000_000, "jitter":
            1}, {"steps": 500_000, "temperature": 1e-5}]``, or a text as ``aann search --phases``
            takes it. Without `steps`.
        effort:
            A planned search, from 1 (quick) to 9 (hours), in place of `steps` and `phases`.
            `options` and `more` stand above the plan.
        members:
            How many. None: 1, or for tables without `net` what the program takes.
        name:
            If the study has a family of this name with the same data, network and options, it is
            returned, and grows to `members` if they are more: so a script can run again. With
            other data or options it is refused. None: a new family, called ``family``.
        threshold:
            A validation accuracy (a share): a member that reaches it is done, one that never does
            has failed.
        seed:
            Member i has the random numbers (seed, i). None: that of `options`, 1 by default.
        start:
            A network, or several: member i starts from the i-th, and then again from the first.
        shard:
            (i, n): only every n-th member, from the i-th (counted from 1): the part of one process
            or machine. `aann.merge` makes one study of the parts.
        """
        self._handle.check_writable("family")
        data, spec, plan, kept = self._plan(
            X, y, net, name, sparsity=sparsity, excitatory_share=excitatory_share, shifts=shifts,
            steps=steps, seed=seed, validation=validation, test=test, encoding=encoding,
            constant=constant, task=task, table=table, split=split, balanced=balanced,
            provenance=provenance, options=options, more=more, phases=phases, effort=effort,
        )  # fmt: skip
        if members is not None:
            plan.members = natural("members", members, bits=31)
        if threshold is not None:
            plan.threshold = threshold
        if shard is not None:
            plan.shard, plan.shard_count = _shard(shard)
        starts = _starts(start)
        listed = ffi.new("aann_network *[]", [network._c for network in starts])
        kept.append(listed)
        if starts:
            plan.starts, plan.start_count = listed, len(starts)
        if name is not None:
            call(lib.aann_family_check, spec._c, data._c, plan, Work().c)
            existing = self._existing(name, spec, data, plan)
            if existing is not None:
                self._last = existing
                return existing
        created = ffi.new("int64_t *")
        self._handle.call(lib.aann_family_add, spec._c, data._c, plan, created)
        self._last = Family(self._handle, created[0], data)
        return self._last

    def import_network(
        self,
        network: Network,
        X: Any,
        y: Any = None,
        *,
        name: str | None = None,
        threshold: float | None = None,
        as_start: bool = False,
        **data_and_options: Any,
    ) -> Family:
        """Adds a family of one member with a network that was found elsewhere.

        Its losses and accuracies are measured on all splits; its origin is ``"import"``. With
        `as_start` it is unfinished, and `Family.run` searches from it. Data and options are those
        of `family`.
        """
        self._handle.check_writable("import_network")
        how = {**_SEARCH, **PASSED_ON}
        known = {key: data_and_options.pop(key, value) for key, value in how.items()}
        data, spec, plan, _kept = self._plan(
            X, y, network.spec, name, **known, more=data_and_options
        )
        if threshold is not None:
            plan.threshold = threshold
        created = ffi.new("int64_t *")
        self._handle.call(
            lib.aann_family_import, spec._c, data._c, plan, network._c, as_start, created
        )
        self._last = Family(self._handle, created[0], data)
        return self._last

    def _plan(
        self,
        X: Any,
        y: Any,
        net: str | Spec | None,
        name: str | None,
        *,
        sparsity: Any,
        excitatory_share: float,
        shifts: Any,
        steps: int | None,
        seed: int | None,
        options: Options | None,
        more: Any,
        phases: Phases | None = None,
        effort: int | None = None,
        **data_arguments: Any,
    ) -> tuple[Data, Spec, CData, list[Any]]:
        """Data, network and aann_family_plan, and what the plan borrows."""
        given = settle_options(options, more, seed=seed, steps=steps)
        data = data_of(X, y, given.seed, data_arguments)
        spec, plan = family_plan(
            data, net, sparsity=sparsity, excitatory_share=excitatory_share, shifts=shifts,
            options=given, phases=phases, effort=effort,
        )  # fmt: skip
        kept = [c_text("family" if name is None else name, "name")]
        plan.name = kept[0]
        return data, spec, plan, kept

    def _existing(self, name: str, spec: Spec, data: Data, plan: CData) -> Family | None:
        """The family of this name, grown to the members of the plan."""
        family = self.families.named(name)
        if family is None:
            return None
        row = family._row()
        stored = family._plan()
        members = plan.members
        if text(row.data) != text(lib.aann_family_data_json(data._c)):
            what = "data or splits"
        elif family.spec != spec:
            what = "layers or sparsities"
        elif _stored_plan(row, stored, members) != json.loads(_plan_text(plan, members)):
            what = "options"
        else:
            family._data = data
            return family.grow(members) if members > stored.members else family
        raise errors.ArgumentError(
            f"{self.path}: has a family {name!r} with other {what}; give this one another name, "
            "or take study.families[name]"
        )

    # ---- as an object

    def __reduce__(self) -> tuple[Any, ...]:
        if self.path == MEMORY:
            raise TypeError("a study in memory does not pickle: export it to a file")
        return (Study, (self._handle.place, "r"))

    def __repr__(self) -> str:
        if self.closed:
            return f"<aann.Study {self.path!r}, closed>"
        return f"<aann.Study {self.path!r}, mode {self.mode!r}, {len(self.families)} families>"

    def _repr_html_(self) -> str:
        from aann._html import study_html

        return study_html(self)


class Families(Sequence[Family]):
    """The families of a study."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def _known(self) -> list[tuple[int, str]]:
        rows, count = ffi.new("aann_family_row **"), ffi.new("size_t *")
        self._handle.call(lib.aann_study_families, rows, count)
        try:
            return [(rows[0][i].id, text(rows[0][i].name)) for i in range(count[0])]
        finally:
            lib.aann_family_rows_destroy(rows[0], count[0])

    def __len__(self) -> int:
        return len(self._known())

    @overload
    def __getitem__(self, which: int | str) -> Family: ...
    @overload
    def __getitem__(self, which: slice) -> list[Family]: ...
    def __getitem__(self, which: int | str | slice) -> Family | list[Family]:
        known = self._known()
        if isinstance(which, slice):
            return [Family(self._handle, number) for number, _ in known[which]]
        if isinstance(which, str):
            family = self.named(which)
            if family is None:
                names = ", ".join(repr(name) for _, name in known) or "none"
                raise errors.NotFoundError(
                    f"{self._handle.path}: has no family {which!r}; it has {names}"
                )
            return family
        return Family(self._handle, known[which][0])

    def named(self, name: str) -> Family | None:
        """The last family of this name; None if there is none."""
        numbers = [number for number, known in self._known() if known == name]
        return Family(self._handle, numbers[-1]) if numbers else None

    def __contains__(self, which: object) -> bool:
        """A name, or a `Family` of this study."""
        if isinstance(which, Family):
            return which._handle is self._handle
        return which in [name for _, name in self._known()]

    def __repr__(self) -> str:
        return f"<families {', '.join(repr(name) for _, name in self._known())}>"


class Members(Mapping[int, Member]):
    """The members of a study by their ids."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def __getitem__(self, member_id: int) -> Member:
        return read_member(self._handle, member_id)

    def __iter__(self) -> Iterator[int]:
        return iter(member.id for member in read_members(self._handle, 0))

    def __len__(self) -> int:
        return len(read_members(self._handle, 0))

    def __repr__(self) -> str:
        return f"<{len(self)} members>"


def _shard(shard: Any) -> tuple[int, int]:
    """(i, n): which part, of how many."""
    if not isinstance(shard, (tuple, list)) or len(shard) != 2:
        raise TypeError(f"shard {shard!r}: expected a pair, (i, n)")
    part, count = (natural("shard", number, bits=31) for number in shard)
    return part, count


def _starts(start: Any) -> list[Network]:
    """The networks from which members start."""
    if start is None:
        return []
    listed = list(start) if isinstance(start, (list, tuple)) else [start]
    networks = []
    for one in listed:
        network = one.network if isinstance(one, Member) else network_of(one)
        assert network is not None
        networks.append(network)
    return networks


def _stored_plan(row: CData, plan: CData, members: int) -> dict[str, Any]:
    """The same of a stored family; the hashes of its starts are in its row alone."""
    values: dict[str, Any] = json.loads(_plan_text(plan, members))
    kept = json.loads(text(row.options))
    return {**values, "starts": kept["starts"]} if "starts" in kept else values


def _plan_text(plan: CData, members: int) -> str:
    """What determines the result of a plan, with this number of members."""
    copy = ffi.new("aann_family_plan *", plan[0])
    copy.members = members
    json = ffi.new("char **")
    call(lib.aann_family_plan_format, copy, json)
    return take_text(json[0])
