"""Walks along the manifold of good networks, and paths from one member to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from aann._handle import Handle
from aann._library import CData, ffi, lib
from aann.member import Member, take_members
from aann.network import Network

if TYPE_CHECKING:
    from typing import TypeAlias

    import pandas

__all__ = ["Path", "PathPoint", "Walk"]

WalkState: TypeAlias = 'Literal["unfinished", "complete", "stuck"]'

WALK_STATES: dict[int, WalkState] = {
    lib.AANN_WALK_UNFINISHED: "unfinished",
    lib.AANN_WALK_COMPLETE: "complete",
    lib.AANN_WALK_STUCK: "stuck",
}


@dataclass(frozen=True, eq=False)
class Walk:
    """A chain of swaps that keeps a member good and leads away from it; its stops are members.

    A walk is a function of the start, the data, the family's options and these fields.
    """

    start: int
    """id of the member that it starts from"""
    seed: int
    planned: int
    """members to record"""
    every: int
    """accepted swaps between two members, at least"""
    steps: int
    """candidates for each member, at most"""
    threshold: float
    """validation accuracy of every recorded member, at least; 0: none"""
    loss: float
    """limit of the training loss; 0: it follows from the threshold"""
    state: WalkState
    """``"stuck"``: the candidates were used up before the next member was far enough"""
    recorded: int
    _handle: Handle
    _plan: CData

    @property
    def members(self) -> list[Member]:
        """The members in the order of the walk, without the start; the last may be unfinished."""
        rows, count = ffi.new("aann_member_row **"), ffi.new("size_t *")
        self._handle.call(lib.aann_walk_members, self._plan, rows, count)
        return take_members(self._handle, rows[0], count[0])

    def networks(self) -> list[Network]:
        """The networks of the recorded members."""
        return [member.network for member in self.members if member.state == "done"]

    def to_frame(self) -> pandas.DataFrame:
        """A row a member: id, state, swaps and distance from the start, losses, accuracies
        (needs pandas)."""
        import pandas

        from aann.geometry import distance

        out = ffi.new("aann_network **")
        self._handle.call(lib.aann_study_network, self.start, out)
        start = Network._owning(out[0])
        rows, swaps = [], 0
        for member in self.members:
            swaps += member.swaps_from_parent
            rows.append(
                {
                    "id": member.id,
                    "state": member.state,
                    "swaps": swaps,
                    "distance": distance(start, member.network),
                    "train_loss": member.train_loss,
                    "train_accuracy": member.train_accuracy,
                    "validation_loss": member.validation_loss,
                    "validation_accuracy": member.validation_accuracy,
                    "test_loss": member.test_loss,
                    "test_accuracy": member.test_accuracy,
                }
            )
        frame: pandas.DataFrame = pandas.DataFrame(rows)
        return frame

    def __repr__(self) -> str:
        return (
            f"<aann.Walk from member {self.start}, seed {self.seed}, {self.state}: "
            f"{self.recorded} of {self.planned} members>"
        )


def read_walks(handle: Handle, family_id: int) -> list[Walk]:
    """The walks of a family, oldest first."""
    walks, count = ffi.new("aann_walk **"), ffi.new("size_t *")
    handle.call(lib.aann_walk_list, family_id, walks, count)
    try:
        return [_walk(handle, walks[0][i]) for i in range(count[0])]
    finally:
        lib.aann_free(walks[0])


def _walk(handle: Handle, walk: CData) -> Walk:
    plan = walk.plan
    return Walk(
        start=plan.start,
        seed=plan.seed,
        planned=plan.members,
        every=plan.every,
        steps=plan.steps,
        threshold=plan.threshold,
        loss=plan.loss,
        state=WALK_STATES[walk.state],
        recorded=walk.recorded,
        _handle=handle,
        _plan=ffi.new("aann_walk_plan *", plan),
    )


# ---- paths


@dataclass(frozen=True, eq=False)
class PathPoint:
    """One network on the way. Numbers that were not measured are NaN."""

    network: Network
    swaps: int
    """since the beginning of the path"""
    distance: int
    """weights in which it differs from the goal"""
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    test_loss: float
    test_accuracy: float


NUMBERS = tuple(name for name in PathPoint.__dataclass_fields__ if name != "network")


@dataclass(frozen=True, eq=False)
class Path:
    """A chain of swaps from one network to another, with the networks at equal distances."""

    points: tuple[PathPoint, ...]
    """both ends included"""
    steps: int
    """swaps that led nearer"""
    repairs: int
    """swaps that lowered the loss without leading away"""
    worst_loss: float
    """on the training samples, over all networks on the way (of a straight path, the points)"""
    worst_accuracy: float
    worst_validation_accuracy: float
    """over the points"""
    constant_loss: float
    """the chance level: the loss of the best constant answer"""
    constant_accuracy: float
    stored: int
    """networks that became members of the family: points, and the top"""
    top: PathPoint
    """the network with the worst loss of all on the way"""

    @property
    def barrier(self) -> float:
        """How far the worst loss on the way is above that of the worse end."""
        return self.worst_loss - max(self.points[0].train_loss, self.points[-1].train_loss)

    def networks(self) -> list[Network]:
        return [point.network for point in self.points]

    def to_frame(self) -> pandas.DataFrame:
        """A row a point (needs pandas)."""
        import pandas

        rows = [[getattr(point, name) for name in NUMBERS] for point in self.points]
        frame: pandas.DataFrame = pandas.DataFrame(rows, columns=list(NUMBERS))
        return frame

    def __repr__(self) -> str:
        return (
            f"<aann.Path of {self.steps} steps and {self.repairs} repairs, "
            f"worst loss {self.worst_loss:.4f}>"
        )


def take_path(path: CData, constant: tuple[float, float], stored: int) -> Path:
    """A path of the library; its networks are copied."""
    points = tuple(_point(path.points[i]) for i in range(path.point_count))
    return Path(
        points=points,
        steps=path.steps,
        repairs=path.repairs,
        worst_loss=path.worst_loss,
        worst_accuracy=path.worst_accuracy,
        worst_validation_accuracy=path.worst_validation_accuracy,
        constant_loss=constant[0],
        constant_accuracy=constant[1],
        stored=stored,
        top=_point(path.top),
    )


def _point(point: CData) -> PathPoint:
    return PathPoint(Network._copy_of(point.network), *(getattr(point, name) for name in NUMBERS))
