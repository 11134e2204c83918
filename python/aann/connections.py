"""How a family's members hang together: paths between them, and the graph that these make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aann._handle import Handle
from aann._library import CData, ffi, lib

if TYPE_CHECKING:
    import networkx

__all__ = ["Connection", "Connections", "Level"]


@dataclass(frozen=True)
class Connection:
    """The best known path between two members."""

    start: int
    """ids of its ends"""
    goal: int
    loss: float
    """highest mean training loss on the way: an upper bound of what is needed"""
    floor: float
    """that of the worse end: the least that is possible"""
    top: int
    """id of the member that is the worst network on the way"""
    train_accuracy: float
    validation_accuracy: float
    test_accuracy: float
    attempts: int
    gain: float
    """by how much the last attempt lowered it; NaN for the only one"""
    stands: bool
    """the last attempt did not lower it by more than the tolerance"""


@dataclass(frozen=True)
class Level:
    """What a path of the minimum spanning tree joins."""

    loss: float
    largest: int
    """members in the largest component at this loss"""
    components: int
    path: Connection


@dataclass(frozen=True)
class Connections:
    """The graph of the members that are joined by paths below a training loss."""

    members: tuple[int, ...]
    """ids in order of training loss"""
    paths: tuple[Connection, ...]
    levels: tuple[Level, ...]
    """in order of loss"""
    half: float
    """the lowest loss at which one component has half of the members; NaN: not yet"""
    whole: float
    """the same of all members"""
    left: int
    """paths that the present round still needs"""
    complete: bool

    def graph(self, loss: float = float("inf")) -> networkx.Graph:
        """The members, joined by the paths that stay at or below `loss` (needs networkx)."""
        import networkx

        graph: networkx.Graph = networkx.Graph()
        graph.add_nodes_from(self.members)
        for path in self.paths:
            if path.loss <= loss:
                graph.add_edge(path.start, path.goal, loss=path.loss, top=path.top)
        return graph

    def __repr__(self) -> str:
        return (
            f"<aann.Connections of {len(self.members)} members by {len(self.paths)} paths, "
            f"half below {self.half:.4f}, all below {self.whole:.4f}>"
        )


def read_connections(handle: Handle, family_id: int, plan: CData) -> Connections:
    """What is stored of a plan."""
    found = ffi.new("aann_connections *")
    handle.call(lib.aann_connections_read, family_id, plan, found)
    try:
        ids = tuple(found.members[i].id for i in range(found.count))
        paths = tuple(_path(ids, found.paths[i]) for i in range(found.path_count))
        levels = tuple(
            Level(
                loss=found.levels[i],
                largest=found.largest[i],
                components=found.components[i],
                path=paths[found.tree[i]],
            )
            for i in range(found.level_count)
        )
        return Connections(
            members=ids,
            paths=paths,
            levels=levels,
            half=found.half,
            whole=found.whole,
            left=found.left,
            complete=bool(found.complete),
        )
    finally:
        lib.aann_connections_destroy(found)


def _path(ids: tuple[int, ...], path: CData) -> Connection:
    return Connection(
        start=ids[getattr(path, "from")],
        goal=ids[path.to],
        loss=path.loss,
        floor=path.floor,
        top=path.top,
        train_accuracy=path.train_accuracy,
        validation_accuracy=path.validation_accuracy,
        test_accuracy=path.test_accuracy,
        attempts=path.attempts,
        gain=path.gain,
        stands=bool(path.stands),
    )
