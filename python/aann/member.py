"""Members: one network of a family, and how it was found."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from aann import errors
from aann._handle import MEMORY, Handle
from aann._library import CData, ffi, lib, natural, text
from aann.model import Model
from aann.network import Network

if TYPE_CHECKING:
    from typing import TypeAlias

    import pandas

    LayerCounts: TypeAlias = tuple[tuple[int, int], ...]

__all__ = ["Member", "State"]

State: TypeAlias = 'Literal["running", "done", "failed"]'

STATES: dict[int, State] = {
    lib.AANN_MEMBER_RUNNING: "running",
    lib.AANN_MEMBER_DONE: "done",
    lib.AANN_MEMBER_FAILED: "failed",
}

TRACE_COLUMNS = (
    "step",
    "seconds",
    "temperature",
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
    "accepted",
    "evaluated_samples",
)


@dataclass(frozen=True, eq=False)
class Member:
    """A member as it was when it was read. Its network, model and trace are read when asked for.

    Accuracies are shares, NaN where they were not measured (as in every regression); the losses of
    a regression are mean squared errors.
    """

    id: int
    """number in the study, from 1"""
    family_id: int
    index: int
    """0, 1, ... in its family: selects its random numbers"""
    seed: int
    state: State
    """``"done"``; ``"running"``: has steps left; ``"failed"``: missed the family's threshold"""
    origin: str
    """``"search"``, ``"walk"``, ``"path"``, ``"import"``, or the name of a baseline"""
    parent_id: int | None
    """the member it was derived from"""
    swaps_from_parent: int
    steps: int
    """candidates decided"""
    accepted: int
    hash: int
    """that of the network"""
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    test_loss: float
    test_accuracy: float
    seconds: float
    """time of the search, over all its runs"""
    _handle: Handle = field(repr=False)

    @property
    def network(self) -> Network:
        """The network as it is in the study now, checked against its hash."""
        out = ffi.new("aann_network **")
        self._handle.call(lib.aann_study_network, self.id, out)
        return Network._owning(out[0])

    @property
    def model(self) -> Model:
        """The network with its family's encoding, class names and targets, to use elsewhere."""
        out = ffi.new("aann_model **")
        self._handle.call(lib.aann_family_model, self.id, out)
        return Model._owning(out[0])

    @property
    def parent(self) -> Member | None:
        """The member it was derived from."""
        return None if self.parent_id is None else read_member(self._handle, self.parent_id)

    def refresh(self) -> Member:
        """This member as it is in the study now."""
        return read_member(self._handle, self.id)

    def trace(self) -> pandas.DataFrame:
        """What was measured during the search, a row for each hundredth (needs pandas).

        `layers` has (candidates, accepted) so far for each layer; None where that is not known.
        """
        import pandas

        frame: pandas.DataFrame = pandas.DataFrame(
            trace_rows(self._handle, self.id), columns=[*TRACE_COLUMNS, "layers"]
        )
        return frame

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Member) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        # Each study in memory is another one.
        study = id(self._handle) if self._handle.path == MEMORY else self._handle.place
        return (study, self.id, self.state, self.steps, self.hash)

    def __reduce__(self) -> Any:
        raise TypeError("a Member does not pickle: take member.network or member.model")

    def __repr__(self) -> str:
        found = f"loss {self.train_loss:.4f}" if self.steps else "not begun"
        if self.validation_accuracy == self.validation_accuracy:
            found += f", validation {100 * self.validation_accuracy:.2f} %"
        return f"<aann.Member {self.id} {self.state} ({self.origin}), {found}>"


COLUMNS = tuple(item.name for item in fields(Member) if not item.name.startswith("_"))


def from_row(handle: Handle, row: CData) -> Member:
    """A member from an aann_member_row."""
    return Member(
        id=row.id,
        family_id=row.family,
        index=row.index,
        seed=row.seed,
        state=STATES[row.state],
        origin=text(row.origin),
        parent_id=row.parent or None,
        swaps_from_parent=row.swaps_from_parent,
        steps=row.steps,
        accepted=row.accepted,
        hash=row.hash,
        train_loss=row.train_loss,
        train_accuracy=row.train_accuracy,
        validation_loss=row.validation_loss,
        validation_accuracy=row.validation_accuracy,
        test_loss=row.test_loss,
        test_accuracy=row.test_accuracy,
        seconds=row.seconds,
        _handle=handle,
    )


def member_id(member: Member | int) -> int:
    if isinstance(member, Member):
        return member.id
    if isinstance(member, (int, np.integer)) and not isinstance(member, bool):
        return int(member)
    raise TypeError(f"expected a Member or its id, not {type(member).__name__}")


def read_member(handle: Handle, member_id: int) -> Member:
    try:
        number = natural("member", member_id, bits=63)
    except (TypeError, errors.ArgumentError):
        raise errors.NotFoundError(
            f"{handle.path}: has no member {member_id!r}; expected the id of one, from 1 on"
        ) from None
    row = ffi.new("aann_member_row *")
    handle.call(lib.aann_study_member, number, row)
    return from_row(handle, row)


def read_members(handle: Handle, family_id: int) -> list[Member]:
    """The members of a family (0: of all), in order of id."""
    rows, count = ffi.new("aann_member_row **"), ffi.new("size_t *")
    handle.call(lib.aann_study_members, family_id, rows, count)
    return take_members(handle, rows[0], count[0])


def take_members(handle: Handle, rows: CData, count: int) -> list[Member]:
    """Members from rows of the library, which are freed."""
    try:
        return [from_row(handle, rows[i]) for i in range(count)]
    finally:
        lib.aann_free(rows)


def layer_counts(row: CData) -> LayerCounts | None:
    """Candidates decided and accepted so far in each layer; None: not known."""
    if row.layer_count == 0:
        return None
    return tuple((row.layer_candidates[i], row.layer_accepted[i]) for i in range(row.layer_count))


def trace_rows(handle: Handle, member_id: int) -> list[tuple[float | LayerCounts | None, ...]]:
    """A member's trace, in the order of TRACE_COLUMNS, and its layers."""
    rows, count = ffi.new("aann_trace_row **"), ffi.new("size_t *")
    handle.call(lib.aann_study_trace, member_id, rows, count)
    try:
        return [
            (*(getattr(rows[0][i], name) for name in TRACE_COLUMNS), layer_counts(rows[0][i]))
            for i in range(count[0])
        ]
    finally:
        lib.aann_free(rows[0])
