"""Geometry: the numbers of `aann geometry`, bit for bit, and properties that hold by definition."""

import math

import networkx
import numpy as np
import pytest
import scipy.cluster.hierarchy
from hypothesis import given, settings
from hypothesis import strategies as st

import aann
import aann.geometry as geo
from aann import ensemble

SPEC = aann.Spec("6C3-MP2-5C3-8-4", (2, 12, 12), sparsity=60)


@pytest.fixture(scope="module")
def networks():
    return [aann.Network(SPEC, seed=2, member=member) for member in range(6)]


@pytest.fixture(scope="module")
def inputs():
    rng = np.random.default_rng(0)
    return rng.integers(-127, 128, (40, 2, 12, 12)).astype(np.int8)


# ---- the program


@pytest.fixture(scope="module")
def told(program, mnist_folder, tmp_path_factory):
    """`aann geometry` of four members, with all matrices, and the study."""
    path = tmp_path_factory.mktemp("geometry") / "digits.aann"
    program(
        "search",
        *("--data", mnist_folder / "train-images-idx3-ubyte.gz"),
        *("--test", mnist_folder / "t10k-images-idx3-ubyte.gz"),
        *("--net", "4C5s2-MP2-6C3-MP2-10", "--sparsity", "60", "--seed", "3"),
        *("--steps", "3000", "--members", "4", "--study", path, "--quiet"),
    )
    return program("geometry", path, "--restarts", "0", "--matrices", "--json"), aann.Study(
        path, "r"
    ).families[0]


def matrix(told, key):
    rows = told["measures"][key]["matrix"]
    return np.array([[math.nan if x is None else x for x in row] for row in rows])


def test_distances_are_the_programs(told):
    told, family = told
    networks = family.networks()
    raw, matched = geo.distances(networks), geo.distances(networks, match=True, threads=2)
    assert np.array_equal(raw, matrix(told, "distance"))
    assert np.array_equal(matched, matrix(told, "matched"))
    layers = geo.distances(networks, per_layer=True)
    renamed = geo.distances(networks, per_layer=True, match=True)
    for layer in range(3):
        assert np.array_equal(layers[layer], matrix(told, f"distance_layer{layer}"))
        assert np.array_equal(renamed[layer], matrix(told, f"matched_layer{layer}"))
        for chance, key in ((geo.chance, "distance"), (geo.matched_chance, "matched")):
            expected = told["measures"][f"{key}_layer{layer}"]
            found = chance(family.spec, layer)
            assert found.mean == expected["chance_mean"]
            assert math.sqrt(found.variance) == expected["chance_deviation"]
    assert geo.chance(networks[0]).mean == told["measures"]["distance"]["chance_mean"]
    assert geo.matched_chance(family.spec).mean == told["measures"]["matched"]["chance_mean"]
    assert geo.pairs(raw).mean() == pytest.approx(told["measures"]["distance"]["mean"], rel=1e-14)
    assert len(geo.pairs(raw)) == told["measures"]["distance"]["count"] == 6


def test_answers_are_the_programs(told):
    told, family = told
    answers = family.predictions("test").argmax(-1)
    found = geo.agreement(answers, family.labels("test"), classes=10, threads=2)
    for key in ("agreement", "answer_kappa", "error_overlap", "error_kappa"):
        assert np.array_equal(getattr(found, key), matrix(told, key), equal_nan=True), key
    assert found.accuracy.tolist() == told["accuracy"]
    without = geo.agreement(answers)
    assert without.accuracy is without.error_kappa is without.error_overlap is None
    assert np.array_equal(without.agreement, found.agreement)


def test_similarity_is_the_programs(told):
    told, family = told
    samples = family.data.test
    first = samples.inputs[: told["similarity_samples"]]
    for layer in range(3):
        found = geo.similarity(family.networks(), first, layer)
        assert np.array_equal(found, matrix(told, f"similarity_layer{layer}"), equal_nan=True)
    assert len(samples) == len(first)
    assert np.array_equal(geo.similarity(family.networks(), samples, 2, threads=2), found)


def test_maps_and_trees_are_the_programs(told):
    told, family = told
    D = geo.distances(family.networks())
    coordinates, share = geo.mds(np.sqrt(D))
    assert coordinates.tolist() == told["map"]["coordinates"] and share == told["map"]["share"]
    ids = [member.id for member in family]
    assert [ids[i] for i in geo.leaf_order(D)] == told["order"]
    tree = geo.linkage(D)
    for row, (left, right, height, size) in zip(tree, told["merges"], strict=True):
        assert row.tolist() == [min(left, right), max(left, right), height, size]


def test_lesions_are_the_programs(told, program):
    _, family = told
    member = family[1]
    curve = geo.lesions(member.network, family.data.test, [0, 20], layer=1, draws=3, seed=4)
    assert (curve.accuracy[0] == member.test_accuracy).all() and (curve.deleted[0] == 0).all()
    assert (curve.loss[0] == member.test_loss).all()
    for draw in range(3):
        study = family._handle.path
        expected = program(
            *("eval", study, member.id, "--lesion", "20", "--layer", "1"),
            *("--draw", draw, "--draw-seed", "4", "--json"),
        )
        assert curve.accuracy[1, draw] == expected["accuracy"]
        assert curve.loss[1, draw] == expected["loss"]
        lesioned = member.network.lesion(20, layer=1, seed=4, draw=draw)
        assert geo.distance(member.network, lesioned) == curve.deleted[1, draw] > 0
    with pytest.raises(aann.errors.ArgumentError, match="101"):
        geo.lesions(member.network, family.data.test, [101])
    with pytest.raises(aann.errors.ArgumentError, match="draws"):
        geo.lesions(member.network, family.data.test, draws=0)


# ---- what holds by definition


def test_distances_count_weights(networks):
    layers = geo.distances(networks, per_layer=True)
    assert layers.shape == (4, 6, 6) and layers.dtype == np.int64
    assert np.array_equal(layers.sum(axis=0), geo.distances(networks, threads=0))
    for layer in range(4):
        weights = [network.weights[layer] for network in networks]
        plain = [[(a != b).sum() for b in weights] for a in weights]
        assert np.array_equal(layers[layer], plain)
    assert geo.distances(networks[:1]).tolist() == [[0]]
    spec, seeds = SPEC, range(6)  # networks that nobody else keeps
    passing = geo.distances(aann.Network(spec, seed=2, member=member) for member in seeds)
    assert np.array_equal(passing, layers.sum(axis=0))


def test_matching_changes_no_answer(networks, inputs):
    a, b = networks[:2]
    found = geo.match(a, b)
    assert found.distance == geo.distance(a, found.network) == sum(found.layers)
    assert found.distance == geo.distances([a, b], match=True)[0, 1] < geo.distance(a, b)
    assert np.array_equal(found.network.logits(inputs), b.logits(inputs))
    assert [len(units) for units in found.units] == [6, 5, 8, 4]
    assert all(sorted(units) == list(range(len(units))) for units in found.units)
    assert np.array_equal(found.network.weights[0], b.weights[0][found.units[0]])
    assert geo.match(a, a).distance == 0


def test_chance_is_the_mean_of_random_networks():
    spec = aann.Spec("20-10", 30, sparsity=70)
    strangers = [aann.Network(spec, seed=8, member=i) for i in range(60)]
    found = geo.pairs(geo.distances(strangers))
    mean, variance = geo.chance(spec)
    assert abs(found.mean() - mean) < 0.5 * math.sqrt(variance)
    assert 0.8 < found.std() / math.sqrt(variance) < 1.2
    layers = [geo.chance(spec, layer) for layer in range(2)]
    assert mean == pytest.approx(sum(layer.mean for layer in layers))
    assert geo.matched_chance(spec).mean < mean


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 5), st.integers(1, 60), st.integers(1, 6), st.integers(0, 1 << 32))
def test_agreement_is_counting(count, samples, classes, seed):
    rng = np.random.default_rng(seed)
    answers = rng.integers(0, classes, (count, samples))
    labels = rng.integers(0, classes, samples)
    found = geo.agreement(answers, labels)
    wrong = answers != labels
    for i in range(count):
        assert found.accuracy[i] == pytest.approx(1 - wrong[i].mean())
        for j in range(count):
            assert found.agreement[i, j] == pytest.approx((answers[i] == answers[j]).mean())
            either = (wrong[i] | wrong[j]).sum()
            both = (wrong[i] & wrong[j]).sum()
            expected = both / either if either else math.nan
            assert found.error_overlap[i, j] == pytest.approx(expected, nan_ok=True)
            same = (wrong[i] == wrong[j]).mean()
            p, q = wrong[i].mean(), wrong[j].mean()
            by_chance = p * q + (1 - p) * (1 - q)
            if abs(1 - by_chance) > 1e-9:
                kappa = (same - by_chance) / (1 - by_chance)
                assert found.error_kappa[i, j] == pytest.approx(kappa, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 12), st.integers(1, 3), st.integers(0, 1 << 32))
def test_mds_finds_the_points_again(count, dimensions, seed):
    points = np.random.default_rng(seed).normal(size=(count, 3))
    D = np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1))
    D = (D + D.T) / 2
    xy, share = geo.mds(D, min(3, count))
    again = np.sqrt(((xy[:, None] - xy[None]) ** 2).sum(-1))
    assert np.allclose(again, D, atol=1e-6)
    assert count == 1 or share == pytest.approx(1.0)
    assert geo.mds(D, min(dimensions, count))[0].shape == (count, min(dimensions, count))


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 15), st.integers(0, 1 << 32))
def test_linkage_is_scipys(count, seed):
    points = np.random.default_rng(seed).normal(size=(count, 4))
    D = np.sqrt(((points[:, None] - points[None]) ** 2).sum(-1))
    D = (D + D.T) / 2
    tree = geo.linkage(D)
    assert scipy.cluster.hierarchy.is_valid_linkage(tree)
    assert np.allclose(tree, scipy.cluster.hierarchy.average(geo.pairs(D)))
    assert sorted(geo.leaf_order(D)) == list(range(count))


def test_linkage_of_one():
    assert geo.linkage([[0.0]]).shape == (0, 4) and geo.leaf_order([[0]]).tolist() == [0]


def test_similarity(networks, inputs):
    for layer in range(4):
        found = geo.similarity(networks, inputs, layer)
        assert np.allclose(np.diag(found), 1.0) and np.array_equal(found, found.T)
        last = layer == 3
        a, b = (
            (network.logits(inputs) if last else network.activations(inputs, layer))
            .reshape(len(inputs), -1)
            .astype(float)
            for network in networks[:2]
        )
        a, b = a - a.mean(axis=0), b - b.mean(axis=0)
        norm = np.linalg.norm
        expected = norm(a.T @ b) ** 2 / (norm(a.T @ a) * norm(b.T @ b))
        assert found[0, 1] == pytest.approx(expected, rel=1e-6)
    fair = geo.similarity(networks, inputs, 0, unbiased=True)
    assert fair[0, 1] < geo.similarity(networks, inputs, 0)[0, 1]


def test_graph(networks):
    D = geo.distances(networks)
    found = geo.graph(D, k=2)
    assert sorted(found.nodes) == list(range(6)) and 6 <= found.number_of_edges() <= 12
    for node in range(6):
        nearest = min((D[node, other], other) for other in range(6) if other != node)[1]
        assert found.has_edge(node, nearest)
    assert all(D[a, b] == data["distance"] for a, b, data in found.edges(data=True))
    assert networkx.is_connected(geo.graph(D, k=5))
    with pytest.raises(aann.errors.ArgumentError, match="1 to 5"):
        geo.graph(D, k=6)


def test_wiring(networks):
    network = networks[0]
    found = geo.wiring(network)
    sizes = dict.fromkeys(range(-1, 4), 0)
    for layer, _ in found.nodes:
        sizes[layer] += 1
    assert sizes == {-1: 2, 0: 6, 1: 5, 2: 8, 3: 4}
    for number, weights in enumerate(network.weights):
        edges = [data for a, b, data in found.edges(data=True) if b[0] == number]
        assert sum(data["plus"] for data in edges) == (weights > 0).sum()
        assert sum(data["minus"] for data in edges) == (weights < 0).sum()
    edge = found.edges[(0, 3), (1, 4)]
    assert edge["weight"] == network.weights[1][4, 3].sum()
    # The dense layer reads 5 channels of 3 x 3, channel by channel.
    block = network.weights[2][7].reshape(5, -1)[2]
    assert found.edges[(1, 2), (2, 7)]["weight"] == block.sum()
    dense = geo.wiring(aann.Network(aann.Spec("3-2", 10, sparsity=50)))
    assert dense.number_of_nodes() == 15 and dense.number_of_edges() == 15 + 3
    assert networkx.is_directed_acyclic_graph(dense)


# ---- refusals


def test_what_is_refused(networks, inputs):
    other = aann.Network(aann.Spec("3-2", 10))
    for wrong in ([networks[0], other], []):
        with pytest.raises(aann.errors.ArgumentError):
            geo.distances(wrong)
    with pytest.raises(TypeError, match=r"member\.network"):
        geo.distances([networks[0], "network"])
    with pytest.raises(aann.errors.ArgumentError):
        geo.match(networks[0], other)
    for layer in (-1, 4):
        with pytest.raises(aann.errors.ArgumentError, match="layers"):
            geo.similarity(networks, inputs, layer)
        with pytest.raises(aann.errors.ArgumentError, match="layers"):
            geo.chance(SPEC, layer)
    with pytest.raises(aann.errors.ArgumentError, match="at least 4|4 samples"):
        geo.similarity(networks, inputs[:3], 0)
    with pytest.raises(aann.errors.ArgumentError, match="-128"):
        geo.similarity(networks, np.full_like(inputs, -128), 0)
    for bad, kind in (
        ([[0, 1], [2, 0]], ValueError),
        ([[0, 1]], ValueError),
        (np.empty((0, 0)), ValueError),
        ([[0, np.nan], [np.nan, 0]], ValueError),
        ([["a"]], TypeError),
    ):
        for function in (geo.mds, geo.linkage, geo.leaf_order, geo.graph):
            with pytest.raises(kind):
                function(bad)
    with pytest.raises(aann.errors.ArgumentError, match="1 to 2"):
        geo.mds([[0, 1], [1, 0]], 3)
    for answers, labels in (
        ([1, 2], None),
        ([[0.5]], None),
        ([[0, -1]], None),
        ([[0, 1]], [0]),
        ([[0, 70000]], None),
        ([[0, 1]], [0.0, 1.0]),
    ):
        with pytest.raises(aann.errors.ArgumentError):
            geo.agreement(answers, labels)
    with pytest.raises(aann.errors.ArgumentError, match="0 to 1"):
        geo.agreement([[0, 2]], classes=2)
    with pytest.raises(aann.errors.ArgumentError, match=r"\(n, n\)"):
        geo.pairs([[1, 2]])


def test_wiring_behind_a_pool_of_the_input():
    network = aann.Network(aann.Spec("MP2-3", (1, 4, 4), sparsity=50))
    graph = geo.wiring(network)
    assert sum(1 for layer, _ in graph.nodes if layer == -1) == 4
    assert graph.number_of_edges() == int(np.count_nonzero(network.weights[0]))


def test_class_numbers_are_not_cut_off():
    logits = np.array([[[1, 2], [3, 1]], [[1, 2], [3, 1]]])
    assert ensemble.answer(logits).tolist() == [1, 0]
    for labels in ([2**32 + 1, 0], [-1, 0], [2, 0]):
        with pytest.raises(ValueError, match="there are 2 classes"):
            ensemble.grow(logits, labels)
    with pytest.raises(ValueError, match="int32"):
        ensemble.answer(logits + np.array([2**32, 0]))


def test_lesions_of_a_regression_use_its_scale():
    rng = np.random.default_rng(0)
    X = rng.integers(-127, 128, size=(50, 6), dtype=np.int8)
    samples = aann.Data(X, X[:, 0] / 127.0, encoding="int8", validation=0).train
    network = aann.Network(aann.Spec("8-1", 6))
    curve = geo.lesions(network, samples, [0], draws=1)
    assert curve.loss[0, 0] == samples.score(network.logits(X), 1.0).loss
    assert curve.loss[0, 0] != geo.lesions(network, samples, [0], draws=1, scale=8.0).loss[0, 0]
