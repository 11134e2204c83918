"""The numbers behind the pictures of `aann.plot`: from networks, trees and answers to arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from aann import errors
from aann.network import Network

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["count_answers", "layer_matrices", "positions", "unit_kernels"]


def positions(order: ArrayLike | None, count: int) -> NDArray[np.int64]:
    """Positions from an order, or from a tree in SciPy's format."""
    if order is None:
        return np.arange(count)
    given = np.asarray(order)
    places = _leaves(given, count) if given.ndim == 2 else given
    if sorted(np.asarray(places).tolist()) != list(range(count)):
        raise errors.ArgumentError(
            f"order: expected the positions 0 to {count - 1}, each once, or a tree [n - 1, 4]"
        )
    return np.asarray(places, dtype=np.int64)


def _leaves(tree: NDArray[Any], count: int) -> NDArray[np.int64]:
    """The leaves of a tree from left to right."""
    if tree.shape != (count - 1, 4):
        raise errors.ArgumentError(
            f"a tree of shape {tree.shape}: the matrix needs ({count - 1}, 4)"
        )
    clusters: list[list[int]] = [[i] for i in range(count)]
    for left, right in tree[:, :2].astype(int):
        if not (0 <= left < len(clusters) and 0 <= right < len(clusters)):
            raise errors.ArgumentError("a tree with a cluster that does not exist")
        pair = sorted((clusters[left], clusters[right]), key=min)
        clusters.append(pair[0] + pair[1])
    return np.array(clusters[-1], dtype=np.int64)


def unit_kernels(
    weights: Network | ArrayLike, layer: int, channel: int, shape: tuple[int, int] | None
) -> NDArray[np.float64]:
    """[units, rows, columns] of what `filters` was given."""
    if isinstance(weights, Network):
        count = len(weights.spec.layers)
        if not 0 <= layer < count:
            raise errors.ArgumentError(f"layer {layer}: the network has {count} layers")
        found: NDArray[Any] = weights.weights[layer]
        read = weights.spec.layers[layer].input
        if found.ndim == 2 and read[1] * read[2] > 1:
            found = found.reshape(len(found), *read)
    else:
        found = np.asarray(weights)
    if found.ndim == 2:
        side = int(np.sqrt(found.shape[1]))
        square = (side, side) if side * side == found.shape[1] else (1, found.shape[1])
        rows, columns = shape or square
        if rows * columns != found.shape[1]:
            raise errors.ArgumentError(f"shape {shape}: a unit has {found.shape[1]} inputs")
        found = found.reshape(len(found), rows, columns)
    if found.ndim == 4:
        if not 0 <= channel < found.shape[1]:
            raise errors.ArgumentError(f"channel {channel}: there are {found.shape[1]}")
        found = found[:, channel]
    if found.ndim != 3:
        raise errors.ArgumentError(
            f"weights of shape {found.shape}: expected [units, rows, columns], "
            "[units, channels, rows, columns] or [units, inputs]"
        )
    return found.astype(np.float64)


def layer_matrices(network: Network | Sequence[ArrayLike]) -> list[NDArray[np.float64]]:
    """[units, sources] of each layer; of a network, sums over the synapses between two units."""
    if not isinstance(network, Network):
        given = [np.asarray(weights, dtype=float) for weights in network]
        if not given or any(weights.ndim != 2 for weights in given):
            raise errors.ArgumentError("expected a network, or matrices of weights [units, inputs]")
        return given
    spec, result = network.spec, []
    read = spec.layers[0].input
    sources = int(np.prod(read)) if spec.layers[0].kind == "dense" else read[0]
    for layer, weights in zip(spec.layers, network.weights, strict=True):
        parts = weights.reshape(layer.units, sources, -1)
        result.append(parts.sum(axis=2, dtype=np.int64).astype(float))
        sources = layer.units
    return result


def count_answers(
    labels: NDArray[Any], answers: NDArray[Any], classes: Sequence[Any] | None
) -> tuple[NDArray[np.float64], list[Any]]:
    """How often each label got each answer."""
    if labels.shape != answers.shape or labels.ndim != 1:
        raise errors.ArgumentError(
            f"labels of shape {labels.shape}, answers of shape {answers.shape}: expected one of "
            "each for every sample"
        )
    names = sorted(set(labels.tolist()) | set(answers.tolist())) if classes is None else classes
    place = {name: number for number, name in enumerate(names)}
    counts = np.zeros((len(place), len(place)))
    for label, answer in zip(labels.tolist(), answers.tolist(), strict=True):
        if label not in place or answer not in place:
            unknown = label if label not in place else answer
            raise errors.ArgumentError(f"{unknown!r} is not among the classes")
        counts[place[label], place[answer]] += 1
    return counts, list(names)
