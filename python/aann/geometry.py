"""How far apart networks are: in their weights, in their answers, in what their layers see.

Everything takes plain lists of networks or arrays, and returns NumPy arrays. Results are the same
bits as those of ``aann geometry`` on any number of threads; docs/families.md has the definitions
and says what each number can and cannot tell.

>>> import aann, aann.geometry as geo
>>> spec = aann.Spec("8-3", 10, sparsity=50)
>>> networks = [aann.Network(spec, member=i) for i in range(4)]
>>> D = geo.distances(networks)
>>> D.shape, D.dtype, bool((D == D.T).all())
((4, 4), dtype('int64'), True)
>>> geo.chance(spec).mean
65.0
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from aann import errors
from aann._library import CData, Interruption, call, call_interruptible, ffi, lib, natural, positive
from aann.data import Samples
from aann.network import Network, _threads
from aann.spec import Spec

if TYPE_CHECKING:
    import networkx
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Agreement",
    "Chance",
    "LesionCurve",
    "Matching",
    "agreement",
    "chance",
    "distance",
    "distances",
    "graph",
    "leaf_order",
    "lesions",
    "linkage",
    "match",
    "matched_chance",
    "mds",
    "pairs",
    "similarity",
    "wiring",
]


# ---- distances of weights


class Chance(NamedTuple):
    """Mean and variance of the distance of two independent random networks."""

    mean: float
    variance: float


@dataclass(frozen=True, eq=False)
class Matching:
    """Hidden units of one network renamed, so that it is close to another."""

    network: Network
    """the renamed network: the same function"""
    distance: int
    """weights in which it differs from the other"""
    layers: tuple[int, ...]
    """the same of each layer"""
    units: tuple[NDArray[np.int32], ...]
    """unit ``units[layer][i]`` is matched with unit i of the other"""


def distances(
    networks: Iterable[Network],
    *,
    match: bool = False,
    per_layer: bool = False,
    restarts: int = 0,
    threads: int = 1,
) -> NDArray[np.int64]:
    """The number of weights in which each two networks differ: int64 [n, n].

    Parameters
    ----------
    networks:
        At least one, with layers of the same shapes.
    match:
        Rename the hidden units of each pair first, as `match` does: the slow part.
    per_layer:
        A matrix for each layer instead: [layers, n, n].
    restarts:
        Match from random names too, until so many in a row find nothing closer.
    threads:
        Never changes the result; 0: all processors.
    """
    listed, kept = _networks(networks)
    count = len(kept)
    measured = ffi.new("aann_distances *")
    if match:
        tries = natural("restarts", restarts, bits=31)
        call(lib.aann_distances_match_with, listed, count, tries, _threads(threads), measured)
    else:
        call(lib.aann_distances_measure, listed, count, _threads(threads), measured)
    try:
        if not per_layer:
            return _matrix(measured.total, count, np.int64)
        layers = [_matrix(measured.layers[i], count, np.int64) for i in range(measured.layer_count)]
        return np.stack(layers)
    finally:
        lib.aann_distances_destroy(measured)


def distance(a: Network, b: Network) -> int:
    """The number of weights in which two networks differ."""
    return int(distances([a, b])[0, 1])


def match(a: Network, b: Network, *, restarts: int = 0) -> Matching:
    """Renames the hidden units of `b` to bring it close to `a`.

    With one hidden layer this is the minimum over all names; with more it is a local minimum, the
    best of many if it goes on from random names until `restarts` in a row find nothing closer.
    """
    _networks([a, b])
    found = ffi.new("aann_matching *")
    tries = natural("restarts", restarts, bits=31)
    call(lib.aann_matching_find_with, a._c, b._c, tries, found)
    try:
        out = ffi.new("aann_network **")
        call(lib.aann_matching_apply, found, b._c, out)
        layers = range(found.layer_count)
        units = [
            np.frombuffer(
                ffi.buffer(found.units[i], 4 * a.spec.layers[i].units), dtype=np.int32
            ).copy()
            for i in layers
        ]
        return Matching(
            network=Network._owning(out[0]),
            distance=found.total,
            layers=tuple(found.layers[i] for i in layers),
            units=tuple(units),
        )
    finally:
        lib.aann_matching_destroy(found)


def chance(spec: Spec | Network, layer: int | None = None) -> Chance:
    """The exact mean and variance of the distance of two independent random networks with these
    counts; of one layer, or of all."""
    spec = _spec(spec)
    if layer is None:
        found = lib.aann_chance_of_spec(spec._c)
    else:
        found = lib.aann_chance_of_layer(spec._c, _layer(spec, layer))
    return Chance(found.mean, found.variance)


def matched_chance(
    spec: Spec | Network, layer: int | None = None, *, restarts: int = 0, threads: int = 1
) -> Chance:
    """The same after renaming units: what matching alone achieves. Sampled, always with the same
    random numbers."""
    spec = _spec(spec)
    found = ffi.new("aann_matched_chance *")
    tries = natural("restarts", restarts, bits=31)
    call(lib.aann_chance_matched_with, spec._c, tries, _threads(threads), found)
    part = found.total if layer is None else found.layers[_layer(spec, layer)]
    return Chance(part.mean, part.variance)


def pairs(matrix: ArrayLike) -> NDArray[Any]:
    """The values of a symmetric matrix above its diagonal, row by row: one for each pair."""
    square = np.asarray(matrix)
    if square.ndim != 2 or square.shape[0] != square.shape[1]:
        raise errors.ArgumentError(f"a matrix of shape {square.shape}: expected (n, n)")
    values: NDArray[Any] = square[np.triu_indices(len(square), 1)]
    return values


# ---- what networks do


@dataclass(frozen=True, eq=False)
class Agreement:
    """Each two networks' answers compared: float64 [n, n]. 0/0 is NaN."""

    agreement: NDArray[np.float64]
    """share of the samples to which both give the same answer"""
    answer_kappa: NDArray[np.float64]
    """Cohen's kappa of the answers: agreement beyond that of the answers' frequencies"""
    error_overlap: NDArray[np.float64] | None
    """samples that both get wrong / samples that at least one gets wrong; None without labels"""
    error_kappa: NDArray[np.float64] | None
    """Cohen's kappa of being right ("error consistency"); None without labels"""
    accuracy: NDArray[np.float64] | None
    """[n]; None without labels"""


def agreement(
    answers: ArrayLike,
    labels: ArrayLike | None = None,
    *,
    classes: int | None = None,
    threads: int = 1,
) -> Agreement:
    """Compares answers, class numbers [network, sample].

    `classes` must be above every answer and label; None: one more than the largest. It may come
    from ``family.predictions().argmax(-1)``, or from any other classifiers.
    """
    given = np.asarray(answers)
    if given.ndim != 2 or given.dtype.kind not in "iu":
        raise errors.ArgumentError(
            f"answers of shape {given.shape}, {given.dtype}: expected class numbers "
            "[network, sample]"
        )
    told = None if labels is None else np.asarray(labels)
    if told is not None and (told.shape != given.shape[1:] or told.dtype.kind not in "iu"):
        raise errors.ArgumentError(
            f"labels of shape {told.shape}, {told.dtype}: expected a class number for each of "
            f"{given.shape[1]} samples"
        )
    parts = [given] if told is None else [given, told]
    largest = max((int(part.max()) for part in parts if part.size), default=0)
    smallest = min((int(part.min()) for part in parts if part.size), default=0)
    number = largest + 1 if classes is None else classes
    if smallest < 0 or largest >= number or number > 1 << 16:
        raise errors.ArgumentError(
            f"class numbers from {smallest} to {largest}: expected 0 to {min(number, 1 << 16) - 1}"
        )
    small = np.ascontiguousarray(given, dtype=np.uint16)
    listed = None if told is None else np.ascontiguousarray(told, dtype=np.int32)
    found = ffi.new("aann_agreement *")
    call(
        lib.aann_agreement_measure,
        ffi.from_buffer("uint16_t[]", small),
        ffi.NULL if listed is None else ffi.from_buffer("int32_t[]", listed),
        small.shape[0],
        small.shape[1],
        number,
        _threads(threads),
        found,
    )
    try:
        count = small.shape[0]
        errors_known = listed is not None
        return Agreement(
            agreement=_matrix(found.agreement, count, np.float64),
            answer_kappa=_matrix(found.answer_kappa, count, np.float64),
            error_overlap=_matrix(found.error_overlap, count, np.float64) if errors_known else None,
            error_kappa=_matrix(found.error_kappa, count, np.float64) if errors_known else None,
            accuracy=_vector(found.accuracy, count) if errors_known else None,
        )
    finally:
        lib.aann_agreement_destroy(found)


def similarity(
    networks: Iterable[Network],
    X: ArrayLike | Samples,
    layer: int,
    *,
    unbiased: bool = False,
    threads: int = 1,
) -> NDArray[np.float64]:
    """How similar a layer sees the samples in each two networks: linear centred kernel alignment,
    float64 [n, n]; 1 if equal up to rotation, scale and offset.

    Parameters
    ----------
    X:
        Encoded samples, int8 [samples, ...], or the `Samples` of a split; at least 4. Memory is
        4 samples² bytes for each network: a few hundred samples are enough.
    layer:
        0, 1, ...: hidden layers by their activations, the last by its logits.
    unbiased:
        Without the bias that grows with units per sample.
    """
    listed, kept = _networks(networks)
    count, spec = len(kept), kept[0].spec
    options = ffi.new("aann_similarity_options *", lib.aann_similarity_options_default())
    options.unbiased, options.threads = unbiased, _threads(threads)
    samples, _inputs = _samples(kept[0], X)
    out = np.empty((count, count))
    call(
        lib.aann_similarity_measure,
        listed,
        count,
        samples,
        _layer(spec, layer),
        options,
        ffi.from_buffer("double[]", out),
    )
    return out


# ---- maps, clusters, graphs


def mds(D: ArrayLike, dimensions: int = 2) -> tuple[NDArray[np.float64], float]:
    """Points whose Euclidean distances approximate D: ([n, dimensions], share of D they show).

    Classical scaling. The square roots of Hamming distances are Euclidean distances, so a map of
    networks is ``mds(np.sqrt(geo.distances(networks)))``; ``aann geometry`` makes it so.
    """
    matrix = _distances(D)
    count = len(matrix)
    if not 1 <= dimensions <= count:
        raise errors.ArgumentError(f"dimensions {dimensions}: expected 1 to {count}")
    coordinates, eigenvalues = np.empty((count, dimensions)), np.empty(dimensions)
    share = ffi.new("double *")
    call(
        lib.aann_map_scale,
        ffi.from_buffer("double[]", matrix),
        count,
        dimensions,
        ffi.from_buffer("double[]", coordinates),
        ffi.from_buffer("double[]", eigenvalues),
        share,
    )
    return coordinates, float(share[0])


def linkage(D: ArrayLike) -> NDArray[np.float64]:
    """Average linkage (UPGMA) in SciPy's format: float64 [n - 1, 4], for
    ``scipy.cluster.hierarchy.dendrogram``."""
    matrix = _distances(D)
    merges, _ = _cluster(matrix)
    rows = [
        (min(merge.left, merge.right), max(merge.left, merge.right), merge.height, merge.size)
        for merge in (merges[i] for i in range(len(matrix) - 1))
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def leaf_order(D: ArrayLike) -> NDArray[np.int64]:
    """The leaves of that tree from left to right: an order in which similar networks are
    neighbours."""
    _, order = _cluster(_distances(D))
    return order.astype(np.int64)


def _cluster(matrix: NDArray[np.float64]) -> tuple[CData, NDArray[np.int32]]:
    count = len(matrix)
    merges = ffi.new("aann_merge[]", max(1, count - 1))
    order = np.empty(count, dtype=np.int32)
    call(
        lib.aann_cluster_average,
        ffi.from_buffer("double[]", matrix),
        count,
        merges,
        ffi.from_buffer("int32_t[]", order),
    )
    return merges, order


def graph(D: ArrayLike, *, k: int = 3) -> networkx.Graph[int]:
    """The graph in which each network is connected with its `k` nearest (needs networkx).

    Nodes are positions, ties go to the lower one; the attribute `distance` of an edge is from D.
    """
    import networkx

    matrix = _distances(D)
    if not 1 <= k < max(2, len(matrix)):
        raise errors.ArgumentError(f"k {k}: expected 1 to {len(matrix) - 1} neighbours")
    result: networkx.Graph[int] = networkx.Graph()
    result.add_nodes_from(range(len(matrix)))
    for node, row in enumerate(matrix):
        others = np.delete(np.arange(len(matrix)), node)
        for other in others[np.argsort(row[others], kind="stable")][:k]:
            result.add_edge(node, int(other), distance=float(row[other]))
    return result


def wiring(network: Network) -> networkx.DiGraph[tuple[int, int]]:
    """A network as a graph of its units (needs networkx).

    Nodes are (layer, unit), layer -1 is the input: its channels, or if the first layer is dense its
    values. An edge has the attributes `plus` and `minus`, the numbers of its synapses of each
    sign, and `weight`, plus - minus. Units that nothing connects are there, too.
    """
    import networkx

    result: networkx.DiGraph[tuple[int, int]] = networkx.DiGraph()
    first = network.spec.layers[0]
    channels, height, width = first.input  # after the pool of the input, if there is one
    sources = channels if first.kind == "convolution" else channels * height * width
    result.add_nodes_from((-1, unit) for unit in range(sources))
    for number, (layer, weights) in enumerate(
        zip(network.spec.layers, network.weights, strict=True)
    ):
        result.add_nodes_from((number, unit) for unit in range(layer.units))
        # [units, sources, synapses between the two]
        parts = weights.reshape(layer.units, sources, -1)
        plus, minus = (parts > 0).sum(axis=2), (parts < 0).sum(axis=2)
        for unit, source in np.argwhere(plus + minus > 0).tolist():
            p, m = int(plus[unit, source]), int(minus[unit, source])
            result.add_edge((number - 1, source), (number, unit), plus=p, minus=m, weight=p - m)
        sources = layer.units
    return result


# ---- lesions


@dataclass(frozen=True, eq=False)
class LesionCurve:
    """What a network can do without some of its synapses."""

    percent: NDArray[np.float64]
    """[n]: of the synapses"""
    deleted: NDArray[np.int64]
    """[n, draws]: weights that became 0"""
    loss: NDArray[np.float64]
    """[n, draws]"""
    accuracy: NDArray[np.float64]
    """[n, draws]; NaN for a regression"""


def lesions(
    network: Network,
    samples: Samples,
    percent: Sequence[float] = (0, 1, 2, 5, 10, 20, 30, 50),
    *,
    layer: int | None = None,
    draws: int = 10,
    seed: int = 1,
    scale: float | None = None,
    threads: int = 1,
) -> LesionCurve:
    """Deletes random synapses, each share `draws` times, and measures.

    Parameters
    ----------
    samples:
        A split with labels or targets: ``family.data.test``.
    percent:
        Shares of the synapses; a smaller lesion of the same draw is a part of a larger one.
    layer:
        Only in this layer; None: in the whole network.
    scale:
        The option loss_scale, or of a regression output_scale: ``family.options.output_scale``.
        None: the loss scale with which such a network is searched where nobody says
        (docs/search.md), or an output scale of 1.
    """
    spec = network.spec
    if draws < 1:
        raise errors.ArgumentError(f"draws {draws}: expected 1 or more")
    seed = natural("seed", seed, bits=64)
    shares = np.asarray(percent, dtype=np.float64).ravel()
    count = len(shares) * draws
    changes = ffi.new("aann_ablation[]", max(1, count))
    for number in range(count):
        changes[number] = lib.aann_ablation_default()
        changes[number].kind = lib.AANN_ABLATION_LESION
        changes[number].layer = lib.AANN_EVERY_LAYER if layer is None else _layer(spec, layer)
        changes[number].amount = shares[number // draws]
        changes[number].seed, changes[number].draw = seed, number % draws
    options = ffi.new("aann_ablation_options *", lib.aann_ablation_options_default())
    interruption = Interruption()
    if scale is None:
        usual = ffi.new("aann_search_options *", lib.aann_search_options_default())
        lib.aann_search_options_choose_loss_scale(usual, samples._c, spec._c)
        scale = float(usual.output_scale if samples.labels is None else usual.loss_scale)
    options.scale, options.threads = positive("scale", scale), _threads(threads)
    options.interrupted = lib.aann_python_interrupted
    options.context = interruption.context
    results = ffi.new("aann_ablation_result[]", max(1, count))
    whole = call_interruptible(
        lib.aann_ablation_measure,
        network._c,
        changes,
        count,
        samples._c,
        options,
        results,
        interruption=interruption,
    )
    if not whole:
        raise KeyboardInterrupt
    shape = (len(shares), draws)
    found = [results[i] for i in range(count)]
    return LesionCurve(
        percent=shares,
        deleted=np.array([one.deleted for one in found], dtype=np.int64).reshape(shape),
        loss=np.array([one.score.loss for one in found]).reshape(shape),
        accuracy=np.array([one.score.accuracy for one in found]).reshape(shape),
    )


# ---- arguments and results


def _networks(networks: Iterable[Network]) -> tuple[CData, list[Network]]:
    """The networks as a C array, and those that must live as long as it is used."""
    listed = list(networks)
    for network in listed:
        if not isinstance(network, Network):
            raise TypeError(
                f"networks: expected aann.Network, not {type(network).__name__} "
                "(of a member: member.network)"
            )
    if not listed:
        raise errors.ArgumentError("networks: there is none")
    return ffi.new("aann_network *[]", [network._c for network in listed]), listed


def _spec(spec: Spec | Network) -> Spec:
    return spec.spec if isinstance(spec, Network) else spec


def _layer(spec: Spec, layer: int) -> int:
    if not 0 <= layer < len(spec.layers):
        raise errors.ArgumentError(
            f"layer {layer}: the network has {len(spec.layers)} layers, counted from 0"
        )
    return layer


def _samples(network: Network, X: ArrayLike | Samples) -> tuple[CData, Any]:
    """aann_samples of encoded inputs, and the memory that they borrow."""
    if isinstance(X, Samples):
        return X._c, X
    inputs = network._inputs(X)
    if np.any(inputs == -128):
        raise errors.ArgumentError("an input is -128: inputs are -127 to 127")
    samples = ffi.new("aann_samples *")
    shape = network.spec.input
    samples.shape.channels, samples.shape.height, samples.shape.width = shape
    samples.count = len(inputs)
    samples.inputs = ffi.from_buffer("int8_t[]", inputs)
    return samples, inputs


def _distances(D: ArrayLike) -> NDArray[np.float64]:
    matrix = np.asarray(D)
    if matrix.dtype.kind not in "iufb":
        raise TypeError(f"D of type {matrix.dtype}: expected numbers")
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or len(matrix) == 0:
        raise errors.ArgumentError(f"D of shape {matrix.shape}: expected (n, n)")
    numbers = np.ascontiguousarray(matrix, dtype=np.float64)
    if not np.all(np.isfinite(numbers)):
        raise errors.FormatError("D: a distance is NaN or infinite")
    if not np.array_equal(numbers, numbers.T):
        raise errors.ArgumentError("D is not symmetric")
    return numbers


def _matrix(memory: CData, count: int, dtype: Any) -> NDArray[Any]:
    """A copy of a matrix [count][count] of 8-byte numbers."""
    return _vector(memory, count * count, dtype).reshape(count, count)


def _vector(memory: CData, count: int, dtype: Any = np.float64) -> NDArray[Any]:
    values: NDArray[Any] = np.frombuffer(ffi.buffer(memory, 8 * count), dtype=dtype).copy()
    return values
