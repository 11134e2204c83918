"""Connections, null models, intervals and certification: the program's numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from study_support import programs_family, small

import aann
import aann.geometry as geo
from aann import nulls


def test_connections_are_the_programs(program, mnist_folder, data, tmp_path):
    path = tmp_path / "program.aann"
    programs_family(program, mnist_folder, path, "--members", "4")
    few = ["--repairs", "3", "--candidates", "4", "--doublings", "1", "--json", "--quiet"]
    told = program("connect", path, *few)
    with aann.Study() as study:
        family = small(study, data, members=4).run()
        first = family.connect(repairs=3, candidates=4, doublings=1, paths=2)
        assert not first.complete and first.left == 1 and len(first.paths) == 2
        assert math.isnan(first.whole)
        found = family.connect(doublings=1)  # the path options are those of the seed
        assert found.complete and list(found.members) == [row["id"] for row in told["members"]]
        assert [path.loss for path in found.paths] == [row["loss"] for row in told["paths"]]
        assert [level.loss for level in found.levels] == [row["loss"] for row in told["levels"]]
        assert found.whole == told["whole"] and found.half == told["half"]
        assert found.levels[-1].largest == 4 and found.levels[-1].components == 1
        tops = [member for member in family if member.origin == "top"]
        assert {path.top for path in found.paths} <= {member.id for member in tops}
        assert max(path.loss for path in found.paths) <= max(member.train_loss for member in tops)
        assert [member.id for member in family.independent] == [1, 2, 3, 4]
        graph = found.graph(found.half)
        assert graph.number_of_nodes() == 4 and 1 <= graph.number_of_edges() < 4
        assert "4 members" in repr(found)
        with pytest.raises(aann.errors.ArgumentError, match="another seed"):
            family.connect(repairs=7)


def test_the_top_of_a_path(data):
    with aann.Study() as study:
        family = small(study, data).run()
        found = family.path(1, 2, points=3, repairs=5, candidates=4)
        assert found.top.train_loss == found.worst_loss
        assert found.top.network.hash in {member.network.hash for member in family}


def test_nulls():
    networks = [
        aann.Network(aann.Spec("6C3-MP2-5", (2, 8, 8), sparsity=70), member=i) for i in range(5)
    ]
    for name in nulls.NULLS:
        copy = nulls.shuffled(networks[0], name, seed=3)
        assert copy.hash != networks[0].hash
        assert nulls.shuffled(networks[0], name, seed=3).hash == copy.hash
        for a, b in zip(networks[0].weights, copy.weights, strict=True):
            assert sorted(a.ravel()) == sorted(b.ravel())
    units = nulls.shuffled(networks[0], "units")
    flat = [w.reshape(len(w), -1) for w in (networks[0].weights[1], units.weights[1])]
    assert np.array_equal(np.sort(flat[0], axis=1), np.sort(flat[1], axis=1))
    uniform = nulls.distance(networks, "uniform")
    assert abs(uniform.mean - geo.chance(networks[0]).mean) < 3 * uniform.variance**0.5
    assert nulls.distance(networks, "uniform", match=True, restarts=2).mean < uniform.mean
    plain, best = (geo.distances(networks, match=True, restarts=n) for n in (0, 50))
    assert (best <= plain).all()
    assert geo.match(networks[0], networks[1], restarts=50).distance == best[0, 1]
    assert geo.matched_chance(networks[0], restarts=5).mean <= geo.matched_chance(networks[0]).mean
    with pytest.raises(aann.errors.ArgumentError, match="expected uniform, units"):
        nulls.shuffled(networks[0], "all")


def test_intervals():
    low, high = nulls.interval(81, 263)
    assert abs(low - 0.2553) < 5e-5 and abs(high - 0.3662) < 5e-5
    exact = sum(math.comb(20, k) * 0.3**k * 0.7 ** (20 - k) for k in range(9, 21))
    assert abs(nulls.probability(9, 20, 0.3) - exact) < 1e-12
    assert abs(nulls.mcnemar(3, 1) - 10 / 16) < 1e-12 and nulls.mcnemar(0, 0) == 1
    for wrong in ((2, 1), (1, 0)):
        with pytest.raises(aann.errors.ArgumentError):
            nulls.interval(*wrong)
        with pytest.raises(aann.errors.ArgumentError):
            nulls.probability(*wrong, 0.5)
    with pytest.raises(aann.errors.ArgumentError):
        nulls.interval(1, 2, 1.0)


def test_certification_split():
    X = np.arange(200).reshape(-1, 1).astype(float)
    data = aann.Data(X, np.arange(200) % 2, certification=60)
    assert data.certification is not None and data.validation is not None
    assert [len(s) for s in (data.train, data.validation, data.certification)] == [120, 20, 60]
    assert aann.Data(X, np.arange(200) % 2).certification is None
    with pytest.raises(aann.errors.ArgumentError, match="one of both"):
        aann.Data(X, np.arange(200) % 2, certification=60, train_limit=50)
