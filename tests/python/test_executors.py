"""Executors: members in other processes are those of a loop in this one."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
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


@contextlib.contextmanager
def dask_executor() -> Any:
    """What code that knows only concurrent.futures gets of a cluster."""
    with dask() as client:
        yield client.get_executor()


def joblib() -> Any:
    return pytest.importorskip("joblib").Parallel(n_jobs=2)


@pytest.mark.parametrize("make", [processes, dask, dask_executor, joblib])
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
        one = aann.search(aann.Data(X, y, split_seed=3), member=2, executor=executor, **SEARCH)
        with aann.Study(tmp_path / "run.aann") as other:
            family = other.family(X, y, members=3, **SEARCH).run(executor=executor, parts=2)
            rows = [(m.hash, m.accepted, m.train_loss) for m in family]
            marks = [len(family.trace([m])) for m in family]
    assert [result.network for result in found] == [result.network for result in expected]
    assert one.network == expected[2].network and one.test == expected[2].test
    assert one.predict(X).tolist() == expected[2].predict(X).tolist()
    assert [result.progress.step for result in found] == [600] * 3
    assert found[2].validation == expected[2].validation
    assert found[1].predict(X).tolist() == expected[1].predict(X).tolist()
    with aann.Study() as alone:
        plain = alone.family(X, y, members=3, **SEARCH).run()
        assert [m.hash for m in study.families[0]] == [m.hash for m in plain]
        assert [m.test_loss for m in study.families[0]] == pytest.approx(
            [m.test_loss for m in plain], nan_ok=True
        )
        assert rows == [(m.hash, m.accepted, m.train_loss) for m in plain]
        assert marks == [len(plain.trace([m])) for m in plain]
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
        with pytest.raises(TypeError, match="member, members"):
            aann.search(X, y, member=1, members=2, executor=pool, **SEARCH)
        with aann.Study() as study:
            family = study.family(X, y, members=2, **SEARCH)
            with pytest.raises(aann.errors.ArgumentError, match="parts 0"):
                family.run(executor=pool, parts=0)
            with pytest.raises(TypeError, match="parts: is for an executor"):
                family.run(parts=2)
    assert not list(tmp_path.glob("*-parts"))
    with pytest.raises(TypeError, match="joblib"):
        aann.executors.search_members(X, y, members=2, executor=3, **SEARCH)


def test_failures() -> None:
    spec = aann.Spec("3", input=4)
    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        aann.executors.minimize_members(fails, spec, members=50, steps=40, executor=pool)
    with processes() as pool, pytest.raises(ZeroDivisionError):
        aann.executors.minimize_members(fails, spec, members=2, steps=40, executor=pool)


# ---- families that run elsewhere


def plain_hashes(members: int = 4, **more: Any) -> list[int]:
    X, y = table()
    with aann.Study() as study:
        return [m.hash for m in study.family(X, y, members=members, **{**SEARCH, **more}).run()]


def test_phases() -> None:
    """Phases and efforts are the same in a search, a family and a worker, stopped or not."""
    X, y = table()
    for how in (
        {"phases": [{"steps": 250}, {"steps": 333, "temperature": 1e-5}]},
        {"phases": "steps=200 density=70; steps=200 density=60 by_use=0.5; steps=200 by_use=1"},
        {"effort": 1},
    ):
        search = {"net": "8-2", "seed": 3, **how}
        with aann.Study() as study:
            family = study.family(X, y, members=2, **search).run()
            hashes = [m.hash for m in family]
            phases = family.phases
        found = aann.search(X, y, members=2, **search)
        assert [result.network.hash for result in found] == hashes
        assert found[0].phases == phases
        assert [mark.step for mark in found[0].history] == sorted(
            {-(-i * found[0].progress.steps // 100) for i in range(1, 101)}
        )
        for share in (0.1, 0.5, 0.9):
            limit = share * found[1].progress.steps
            stopped = aann.search(
                X, y, member=1, progress=lambda now, limit=limit: now.step < limit, **search
            )
            assert stopped.stopped
            finished = stopped.resume(X, y)
            assert finished.network.hash == hashes[1]
            assert finished.progress.accepted == found[1].progress.accepted
            assert finished.progress.evaluated_samples == found[1].progress.evaluated_samples
        with ThreadPoolExecutor(2) as pool:
            there = aann.search(X, y, members=2, executor=pool, **search)
            assert [result.network.hash for result in there] == hashes
    with pytest.raises(TypeError, match="steps, phases, effort"):
        aann.search(X, y, "8-2", steps=10, effort=1)
    with pytest.raises(aann.errors.ArgumentError, match="density"):
        aann.search(X, y, "8-2", phases="steps=10; steps=10 density=70")
    # What a progress function says at the very end of a phase is heard as well.
    plan = "steps=200 density=70; steps=200 by_use=0.5"
    whole = aann.search(X, y, "8-2", phases=plan)
    for end in (200, 204):
        stopped = aann.search(
            X, y, "8-2", phases=plan, progress=lambda now, end=end: now.step != end
        )
        assert stopped.stopped and stopped.progress.step == end
        again = pickle.loads(pickle.dumps(stopped)).resume(X, y)
        assert again.network == whole.network and not again.stopped
        assert [mark.step for mark in again.history] == [mark.step for mark in whole.history]
    with pytest.raises(aann.errors.ArgumentError, match="phase 1: .* 'wheels'"):
        aann.search(X, y, "8-2", phases="steps=10 wheels=4")


def test_goes_on_from_checkpoints(tmp_path: Path) -> None:
    """Members that had begun go on where they were, and walks come after them."""
    X, y = table()
    steps = 300_000
    search = {**SEARCH, "steps": steps}
    with ThreadPoolExecutor(2) as pool, aann.Study(tmp_path / "a.aann") as study:
        family = study.family(X, y, members=3, **search)
        family.run(threads=1, progress=lambda members: False)
        assert any(0 < m.steps < steps for m in family)
        left = [m.index for m in family if m.steps < steps]
        reports: list[Any] = []
        family.run(executor=pool, progress=reports.extend)
        assert [m.hash for m in family] == plain_hashes(3, steps=steps)
        assert sorted(report.index for report in reports) == left
        assert all(report.stopped and report.step == steps for report in reports)
        family.grow(4).run(executor=pool)
        assert [m.hash for m in family] == plain_hashes(4, steps=steps)


def test_time_and_stops() -> None:
    X, y = table()
    search = {**SEARCH, "steps": 5_000_000}
    with ThreadPoolExecutor(2) as pool, aann.Study() as study:
        family = study.family(X, y, members=3, **search)
        family.run(executor=pool, seconds=0.2)
        assert family.unfinished == 3
        assert max(m.steps for m in family) > 0
        short = study.family(X, y, members=3, **SEARCH)
        short.run(executor=pool, progress=lambda members: False)
        assert 3 - short.unfinished >= 1


class Killing:
    """Processes of which one is killed by its second task."""

    def __init__(self) -> None:
        self.pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        self.count = 0

    def submit(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        self.count += 1
        chosen = kills if self.count == 2 else calls
        return self.pool.submit(chosen, function, arguments, named)


def calls(function: Callable[..., Any], arguments: Any, named: Any) -> Any:
    return function(*arguments, **named)


def kills(function: Callable[..., Any], arguments: Any, named: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Unused:
    """An executor that is given nothing."""

    def submit(self, *arguments: Any, **named: Any) -> Any:
        raise AssertionError("everything is finished")


def test_a_killed_worker(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What others have finished stays, and the same call goes on from there."""
    X, y = table()
    expected = plain_hashes()
    path = tmp_path / "family.aann"
    folder = tmp_path / "family-parts"
    named: dict[str, Any] = {"members": 4, **SEARCH}
    killing = Killing()
    with killing.pool, pytest.raises(BrokenProcessPool):
        aann.executors.search_family(path, X, y, executor=killing, **named)
    assert "1 of 4 parts are stored" in caplog.text
    assert not path.exists()
    with aann.Study(folder / "study.aann", "r") as study:
        assert study.families[0].unfinished == 3
    with ThreadPoolExecutor(1) as pool:
        for other in ({"seed": 4}, {"members": 3}, {"name": "another"}, {"net": "4-2"}):
            with pytest.raises(aann.errors.ArgumentError, match="family-parts: has the parts of"):
                aann.executors.search_family(path, X, y, executor=pool, **{**named, **other})
        study = aann.executors.search_family(path, X, y, executor=pool, **named)
    assert "goes on with an earlier call, which has finished 1 of 4 members" in caplog.text
    assert [m.hash for m in study.families[0]] == expected
    assert not folder.exists()
    study.close()

    killing = Killing()
    with aann.Study(tmp_path / "run.aann") as study:
        family = study.family(X, y, **named)
        with killing.pool, pytest.raises(BrokenProcessPool):
            family.run(executor=killing)
        assert family.unfinished == 3
        assert [m.hash for m in family.run(threads=1)] == expected


def test_what_cannot_be_stored_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    X, y = table()
    expected = plain_hashes()
    taken = aann._parts._take
    failing = [False, True, False, True]

    def take(*arguments: Any) -> None:
        if failing and failing.pop(0):
            raise OSError("the disk is full")
        taken(*arguments)

    monkeypatch.setattr(aann._parts, "_take", take)
    with ThreadPoolExecutor(1) as pool, aann.Study(tmp_path / "a.aann") as study:
        family = study.family(X, y, members=4, **SEARCH)
        with pytest.raises(OSError, match="disk is full"):
            family.run(executor=pool)
        assert len(list((tmp_path / "a-parts").iterdir())) == 2
        assert family.unfinished == 2
        family.run(executor=Unused())
        assert [m.hash for m in family] == expected
        assert "it is kept as" in caplog.text and "of an earlier run" in caplog.text
    assert not (tmp_path / "a-parts").exists()


def test_kept_parts_are_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = table()
    folder = tmp_path / "a-parts"
    with ThreadPoolExecutor(1) as pool, aann.Study(tmp_path / "a.aann") as study:
        family = study.family(X, y, members=2, **SEARCH)

        def take(*arguments: Any) -> None:
            raise OSError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(aann._parts, "_take", take)
            with pytest.raises(OSError, match="full"):
                family.run(executor=pool)
        kept = sorted(folder.glob("*.part"))
        good = kept[0].read_bytes()
        for damaged in (b"", b"no study", good[: len(good) // 2], good[:100] + b"\0" * 4000):
            kept[0].write_bytes(damaged)
            with pytest.raises(aann.errors.AannError, match="remove the file"):
                family.run(executor=pool)
            assert kept[0].exists()
        other = study.family(X, y, members=2, **{**SEARCH, "seed": 9})
        kept[0].rename(folder / f"family-{other.id}-member-1.part")
        (folder / f"family-{other.id}-member-1.part").write_bytes(good)
        with pytest.raises(aann.errors.ArgumentError, match="excerpt is of family 1"):
            other.run(executor=pool)
        (folder / f"family-{other.id}-member-1.part").rename(kept[0])
        assert [m.hash for m in family.run(executor=pool)] == plain_hashes(2)
    assert not folder.exists()


def test_a_merge_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A family that cannot be written where it should be is not searched again."""
    X, y = table()
    path = tmp_path / "family.aann"

    def export(study: Any, path: Any) -> None:
        raise OSError("the disk is full")

    with ThreadPoolExecutor(1) as pool:
        with monkeypatch.context() as patch:
            patch.setattr(aann.Study, "export", export)
            with pytest.raises(OSError, match="disk is full"):
                aann.executors.search_family(path, X, y, members=4, executor=pool, **SEARCH)
        assert not path.exists() and (tmp_path / "family-parts" / "study.aann").exists()
    with aann.executors.search_family(path, X, y, members=4, executor=Unused(), **SEARCH) as study:
        assert [m.hash for m in study.families[0]] == plain_hashes()
    assert not (tmp_path / "family-parts").exists()


def test_joblib_keeps_what_is_finished(tmp_path: Path) -> None:
    """One task that fails does not lose the others, which joblib gives back together."""
    joblib = pytest.importorskip("joblib")
    with pytest.raises(ZeroDivisionError):
        aann.executors.run(joblib.Parallel(n_jobs=1), divmod, [(7, 2), (1, 0), (9, 4)])
    found = [
        outcome.value
        for outcome in aann._elsewhere.outcomes(
            joblib.Parallel(n_jobs=1), divmod, [(7, 2), (1, 0), (9, 4)]
        )
    ]
    assert found == [(3, 1), None, (2, 1)]


def test_numbers_of_studies_that_c_cannot_hold_are_named() -> None:
    X, y = table()
    with aann.Study() as study:
        family = study.family(X, y, members=1, **SEARCH)
        for call in (
            lambda: study.family(X, y, members=2**40, **SEARCH),
            lambda: family.grow(2**40),
            lambda: family.run(threads=2**40),
        ):
            with pytest.raises(ValueError, match="1099511627776: expected a whole number"):
                call()
        with pytest.raises(TypeError, match="shard"):
            study.family(X, y, members=2, shard=(1,), **SEARCH)  # type: ignore[arg-type]
        assert "x" not in study.members and 2**70 not in study.members
