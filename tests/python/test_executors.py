"""Executors: members in other processes are those of a loop in this one."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import aann
import aann.executors

SEARCH: dict[str, Any] = {"net": "8-2", "steps": 600, "seed": 3}


def table() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    return X, np.where(X[:, 0] * X[:, 1] > 0, "same", "other")


def zeros(weights: list[np.ndarray]) -> float:
    return float((weights[0][0] != 0).mean())


def fails(weights: list[np.ndarray]) -> float:
    raise ZeroDivisionError("an objective that fails")


def processes() -> Any:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


def dask() -> Any:
    distributed = pytest.importorskip("distributed")
    return distributed.Client(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )


def joblib() -> Any:
    return pytest.importorskip("joblib").Parallel(n_jobs=2)


@pytest.mark.parametrize("make", [processes, dask, joblib])
def test_members(make: Any, tmp_path: Path) -> None:
    """Networks, scores, families and objectives, by each kind of executor."""
    X, y = table()
    expected = [aann.search(X, y, member=member, **SEARCH) for member in range(3)]
    spec = aann.Spec("3", input=4)
    with make() as executor:
        found = aann.executors.search_members(X, y, members=3, executor=executor, **SEARCH)
        study = aann.executors.search_family(
            tmp_path / "family.aann", X, y, members=3, executor=executor, **SEARCH
        )
        least = aann.executors.minimize_members(zeros, spec, members=2, steps=40, executor=executor)
    assert [result.network for result in found] == [result.network for result in expected]
    assert [result.progress.step for result in found] == [600] * 3
    assert found[2].validation == expected[2].validation
    assert found[1].predict(X).tolist() == expected[1].predict(X).tolist()
    with aann.Study() as alone:
        one = alone.family(X, y, members=3, **SEARCH).run()
        assert [m.hash for m in study.families[0]] == [m.hash for m in one]
        assert [m.test_loss for m in study.families[0]] == pytest.approx(
            [m.test_loss for m in one], nan_ok=True
        )
    study.close()
    for member, result in enumerate(least):
        assert result.network == aann.minimize(zeros, spec, steps=40, member=member).network
        assert result.objective is zeros


def test_shards(tmp_path: Path) -> None:
    X, y = table()
    parts = [tmp_path / f"part{i}.aann" for i in (1, 2)]
    for i, path in enumerate(parts, start=1):
        with aann.Study(path) as part:
            part.family(X, y, members=5, shard=(i, 2), **SEARCH).run()
    whole = tmp_path / "whole.aann"
    with pytest.raises(aann.errors.AannError, match="shards 2 of 2"):
        aann.merge(whole, parts[:1])
    assert not whole.exists()
    result = aann.merge(whole, parts)
    assert (result.members, result.finished, result.taken) == (5, 5, 5)
    assert aann.merge(whole, parts).taken == 0
    with aann.Study() as alone, aann.Study(whole, "r") as study:
        expected = alone.family(X, y, members=5, **SEARCH).run()
        assert [m.hash for m in study.families[0]] == [m.hash for m in expected]
    with aann.Study() as study, pytest.raises(aann.errors.ArgumentError, match="shard 3 of 2"):
        study.family(X, y, members=5, shard=(3, 2), **SEARCH)


def test_bad_arguments(tmp_path: Path) -> None:
    X, y = table()
    with ThreadPoolExecutor(1) as pool:
        for members in (0, [], [-1]):
            with pytest.raises(aann.errors.ArgumentError, match="members"):
                aann.executors.search_members(X, y, members=members, executor=pool, **SEARCH)
        with pytest.raises(TypeError, match="does not pickle"):
            aann.executors.search_members(aann.Data(X, y), members=2, executor=pool, **SEARCH)
        with pytest.raises(TypeError, match="progress"):
            aann.executors.search_members(X, y, members=2, executor=pool, progress=True, **SEARCH)
        with pytest.raises(aann.errors.ArgumentError, match="parts"):
            aann.executors.search_family(
                tmp_path / "a.aann", X, y, members=2, parts=3, executor=pool, **SEARCH
            )
        (tmp_path / "b.aann").write_text("mine")
        with pytest.raises(FileExistsError):
            aann.executors.search_family(
                tmp_path / "b.aann", X, y, members=2, executor=pool, **SEARCH
            )
    with pytest.raises(TypeError, match="joblib"):
        aann.executors.search_members(X, y, members=2, executor=3, **SEARCH)


def test_failures() -> None:
    spec = aann.Spec("3", input=4)
    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        aann.executors.minimize_members(fails, spec, members=50, steps=40, executor=pool)
    with processes() as pool, pytest.raises(ZeroDivisionError):
        aann.executors.minimize_members(fails, spec, members=2, steps=40, executor=pool)
