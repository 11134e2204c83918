"""minimize: one result for any form, batch and workers; nothing lost, nothing silent."""

from __future__ import annotations

import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pytest

import aann

SPEC = aann.Spec("6-4", 10)
WANTED = aann.Network(SPEC, seed=77).weights
FLAT = np.concatenate([layer.ravel() for layer in WANTED])
CASES = 120
X = np.random.default_rng(3).integers(-100, 101, size=(CASES, len(FLAT)))


def plain(weights):
    return sum(np.count_nonzero(a != b) for a, b in zip(weights, WANTED, strict=True)) / len(FLAT)


def vector(W):
    return (W != FLAT).sum(axis=1) / len(FLAT)


def vector_cases(W, cases):
    """How far the sums of random inputs are from those of the wanted weights; can be negative."""
    return np.abs((W.astype(np.int64) - FLAT) @ X[cases].T) / 1000 - 0.25


def plain_cases(weights, cases):
    return vector_cases(np.concatenate([layer.ravel() for layer in weights])[None], cases)[0]


def run(objective=vector, **arguments):
    arguments.setdefault("steps", 1500)
    arguments.setdefault("temperature", 2e-4)
    arguments.setdefault("vectorized", objective in (vector, vector_cases))
    return aann.minimize(objective, SPEC, **arguments)


def with_cases(objective=vector_cases, **arguments):
    return run(
        objective,
        cases=CASES,
        first_samples=40,
        arrange_interval=200,
        strata=4,
        first_check=8,
        **arguments,
    )


@pytest.fixture(scope="module")
def reference():
    return run()


@pytest.fixture(scope="module")
def cases_reference():
    return with_cases()


def test_the_c_test_has_the_same_hash():
    """The golden hash of tests/search/test_objective.c, one case."""
    spec = aann.Spec("16@50", (1, 1, 40))
    hidden = aann.Network(spec, seed=77).weights[0].ravel()
    result = aann.minimize(
        lambda W: (hidden != W).sum(axis=1) / hidden.size,
        spec,
        steps=4000,
        temperature=5e-4,
        vectorized=True,
        arrange_interval=300,
        strata=4,
        first_check=16,
        first_samples=0,
    )
    assert result.network.hash == 0x9F217EF4EC3E994D
    assert result.loss == pytest.approx(0.184375, abs=1e-6)


def test_finds_the_wanted_weights():
    result = run(target=0, steps=20_000, within_unit=0.0)
    assert result.loss == 0 and result.reached and not result.stopped
    for found, wanted in zip(result.weights, WANTED, strict=True):
        assert np.array_equal(found, wanted)
    assert result.progress.step < 20_000


def test_the_loss_is_that_of_the_weights(reference, cases_reference):
    assert reference.loss == pytest.approx(plain(reference.weights), abs=1e-6)
    assert reference.loss < 0.8 * plain(aann.Network(SPEC, seed=1).weights)
    losses = plain_cases(cases_reference.weights, np.arange(CASES))
    assert cases_reference.loss == pytest.approx(losses.mean(), abs=1e-6)
    assert cases_reference.progress.samples == CASES
    assert cases_reference.network.counts == SPEC.counts


def same(result, reference):
    assert result.network.hash == reference.network.hash
    assert result.loss == reference.loss
    assert result.progress.accepted == reference.progress.accepted
    assert result.progress.evaluated_samples == reference.progress.evaluated_samples


@pytest.mark.parametrize("batch", [1, 3, 64, 256])
def test_the_batch_changes_nothing(batch, reference, cases_reference):
    same(run(batch=batch), reference)
    same(run(plain, batch=batch), reference)
    same(with_cases(batch=batch), cases_reference)
    same(with_cases(plain_cases, batch=batch), cases_reference)


@pytest.mark.parametrize("workers", [2, 3])
def test_processes_change_nothing(workers, reference, cases_reference):
    same(run(workers=workers), reference)
    same(run(plain, workers=workers), reference)
    same(with_cases(plain_cases, workers=workers, batch=1), cases_reference)


def test_executors_change_nothing(reference, cases_reference):
    with ThreadPoolExecutor(3) as threads:
        same(run(workers=threads), reference)
        same(with_cases(workers=threads), cases_reference)
        assert threads.submit(int, 3).result() == 3  # it is still the caller's
    with ProcessPoolExecutor(2) as processes:
        same(run(plain, workers=processes), reference)


def test_workers_share_the_work():
    seen = set()

    def watched(W):
        seen.add((threading.get_ident(), len(W)))
        return vector(W)

    with ThreadPoolExecutor(4) as threads:
        run(watched, vectorized=True, steps=3000, batch=64, workers=threads)
    assert len({thread for thread, _ in seen}) > 1
    assert 1 < max(count for _, count in seen) <= 16


def test_one_candidate_on_many_cases_is_shared_too():
    lengths = set()

    def watched(W, cases):
        lengths.add(W.shape[0] * len(cases))
        return vector_cases(W, cases)

    with ThreadPoolExecutor(4) as threads:
        run(watched, vectorized=True, steps=100, cases=CASES, batch=1, workers=threads)
    assert max(lengths) <= CASES // 4


def test_the_sequential_test_saves_cases(cases_reference):
    assert cases_reference.progress.evaluated_samples < 0.8 * 1500 * CASES


def test_another_seed_or_member_is_another_search(reference):
    hashes = {reference.network.hash, run(seed=2).network.hash, run(member=1).network.hash}
    assert len(hashes) == 3


def test_start(reference):
    again = run(start=reference, steps=1, temperature=0.0)
    assert again.loss <= reference.loss
    same_start = run(start=aann.Network(SPEC, seed=1))
    assert same_start.network == reference.network
    with pytest.raises(TypeError, match="start: expected a Network"):
        run(start="random")
    with pytest.raises(ValueError):
        run(start=aann.Network(aann.Spec("6-5", 10)))


# ---- stopping, resuming


@pytest.mark.parametrize("objective", [vector, vector_cases])
def test_resumes_to_the_same_bits(objective, reference, cases_reference):
    make = run if objective is vector else with_cases
    wanted = reference if objective is vector else cases_reference
    for stops in ([1], [200, 700], [40, 41, 1400]):
        limits = iter(stops)
        limit = next(limits)

        def counted(*arguments, limit=limit):
            nonlocal calls
            calls += 1
            if calls == limit:
                raise RuntimeError("enough")
            return objective(*arguments)

        calls = 0
        result = None
        while result is None or result.state is not None:
            try:
                if result is None:
                    result = make(counted, vectorized=True, batch=4)
                else:
                    result = pickle.loads(pickle.dumps(result)).resume(counted)
            except RuntimeError as error:
                result = error.result
                limit = next(limits, -1)
                if result is None:
                    continue
                assert result.stopped and result.state is not None
        assert result.network == wanted.network
        assert result.loss == wanted.loss
        assert len(result.history) == 100


def test_pickles_without_the_objective(reference):
    copy = pickle.loads(pickle.dumps(reference))
    assert copy.objective is None and copy.network == reference.network
    assert copy.resume() is copy  # at the end nothing is left to do
    assert len(reference.history) == 100
    marks = [[(p.step, p.train_loss, p.accepted) for p in r.history] for r in (copy, reference)]
    assert marks[0] == marks[1]
    stopped = pickle.loads(pickle.dumps(run(progress=lambda _: False)))
    with pytest.raises(TypeError, match="give the objective again"):
        stopped.resume()


def test_a_progress_function_stops_it(reference):
    seen = []

    def watch(progress):
        seen.append(progress.step)
        return progress.step < 300

    stopped = run(progress=watch)
    assert stopped.stopped and 300 <= stopped.progress.step < 400
    same(stopped.resume(), reference)


def test_seconds():
    slow = lambda W: time.sleep(0.002) or vector(W)  # noqa: E731
    begun = time.monotonic()
    result = run(slow, vectorized=True, steps=1_000_000, seconds=0.3)
    assert 0.3 <= time.monotonic() - begun < 2
    assert result.stopped and result.state is not None


def test_target_is_reached_at_the_same_candidate_for_any_batch():
    found = [with_cases(batch=batch, target=-0.001) for batch in (1, 5, 256)]
    assert len({result.progress.step for result in found}) == 1
    assert found[0].reached and found[0].loss <= -0.001 and found[0].progress.step < 1500
    on = found[0].resume(target=-math.inf)
    assert on.progress.step == 1500
    assert on.network == with_cases().network
    assert with_cases(target=10).progress.step == 0
    with pytest.raises(ValueError, match="NaN"):
        run(target=math.nan)


def interrupt_after(seconds):
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    return timer


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("vectorized", [False, True])
def test_ctrl_c(workers, vectorized):
    objective = vector if vectorized else plain
    interrupt_after(0.5)
    begun = time.monotonic()
    result = run(objective, steps=100_000_000, workers=workers)
    assert time.monotonic() - begun < 1.5
    assert result.stopped and result.progress.step > 0
    interrupt_after(0.3)
    with pytest.raises(KeyboardInterrupt) as caught:
        result.resume(raise_on_interrupt=True, workers=workers)
    assert caught.value.result.progress.step > result.progress.step


def test_ctrl_c_in_a_slow_objective():
    def slow(weights):
        time.sleep(0.01)
        return plain(weights)

    interrupt_after(0.3)
    begun = time.monotonic()
    result = run(slow, steps=100_000)
    assert time.monotonic() - begun < 0.6
    assert result.stopped


SLOW_WORKERS = """
import time, aann
spec = aann.Spec("4", 8)
print("ready", flush=True)
def slow(weights):
    time.sleep(0.05 if slow.first else 30)
    slow.first = False
    return 0.0
slow.first = True
result = aann.minimize(slow, spec, workers=2)
print("stopped", result.stopped)
"""


def test_ctrl_c_on_a_terminal_ends_the_processes_too():
    """A terminal sends the signal to every process of the group."""
    command = [sys.executable, "-c", SLOW_WORKERS]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)
        begun = time.monotonic()
        out, errors = process.communicate(timeout=20)
        assert time.monotonic() - begun < 5
    assert out == "stopped True\n"
    assert "Traceback" not in errors
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_ctrl_c_during_the_first_evaluation():
    interrupt_after(0.2)
    with pytest.raises(KeyboardInterrupt) as caught:
        run(lambda weights: time.sleep(5) or 0.0)
    assert caught.value.result is None


# ---- what an objective may return, and what not


@pytest.mark.parametrize(
    "turn",
    [
        float,
        np.float32,
        np.float64,
        np.asarray,
        lambda x: round(1000 * x),
        Fraction,
        str,
        lambda x: [x],
    ],
)
def test_kinds_of_numbers(turn):
    if turn in (Fraction, str) or isinstance(turn(0.5), list):
        with pytest.raises((TypeError, ValueError), match="the objective returned"):
            run(lambda weights: turn(plain(weights)), steps=10)
    else:
        assert run(lambda weights: turn(plain(weights)), steps=10).progress.step == 10


@pytest.mark.parametrize(
    ("bad", "kind", "message"),
    [
        (lambda W: None, TypeError, "returned None.*return"),
        (lambda W: vector(W)[:-1], ValueError, r"shape \(0,\) for 1 candidates: expected \(1,\)"),
        (lambda W: vector(W)[:, None], ValueError, r"shape \(1, 1\)"),
        (lambda W: vector(W).mean(), ValueError, r"shape \(\)"),
        (lambda W: vector(W) + 1j, TypeError, "ndarray of complex128"),
        (lambda W: vector(W).astype(object), TypeError, "ndarray of object"),
        (lambda W: np.ma.array(vector(W)), TypeError, "MaskedArray"),
        (lambda W: ["a"] * len(W), TypeError, "list of <U1"),
        (lambda W: {}, TypeError, "returned dict"),
        (lambda W: vector(W) * np.nan, ValueError, "candidate 0 of 1 a loss of nan on case 0"),
        (lambda W: vector(W) - np.inf, ValueError, "a loss of -inf on case 0"),
        (lambda W: vector(W) + 1e15, ValueError, "a loss of 1e[+]15 on case 0: expected a number"),
    ],
)
def test_bad_losses(bad, kind, message):
    with pytest.raises(kind, match=message) as caught:
        run(bad, vectorized=True)
    assert caught.value.result is None


def test_a_bad_loss_later_loses_nothing(reference):
    calls = 0

    def sometimes(W):
        nonlocal calls
        calls += 1
        losses = vector(W)
        if calls == 100:
            losses[-1] = np.nan
        return losses

    with pytest.raises(ValueError, match="a loss of nan") as caught:
        run(sometimes, vectorized=True)
    found = caught.value.result
    assert 0 < found.progress.step < 1500
    same(found.resume(), reference)


def test_an_exception_comes_out_as_itself():
    class Broken(Exception):
        pass

    def broken(W):
        raise Broken("the rig is on fire")

    with pytest.raises(Broken, match="on fire") as caught:
        run(broken, vectorized=True)
    assert caught.value.result is None
    assert caught.traceback[-1].name == "broken"


def fails_in_a_process(weights):
    if plain(weights) < 0.5:
        raise ZeroDivisionError(f"in {os.getpid()}")
    return plain(weights)


def dies_in_a_process(weights):
    if plain(weights) < 0.5:
        os._exit(3)
    return plain(weights)


def test_an_exception_in_a_process():
    with pytest.raises(ZeroDivisionError, match="in ") as caught:
        run(fails_in_a_process, workers=2)
    assert str(os.getpid()) not in str(caught.value)
    assert caught.value.result.progress.step > 0


def test_a_process_that_dies():
    from concurrent.futures.process import BrokenProcessPool

    with pytest.raises(BrokenProcessPool) as caught:
        run(dies_in_a_process, workers=2)
    assert caught.value.result.resume(plain).progress.step == 1500


def test_a_minimize_in_an_objective():
    def outer(weights):
        inner = run(steps=20, seed=int(np.abs(weights[0]).sum()))
        return plain(weights) + 0 * inner.loss

    assert run(outer, steps=50).network == run(steps=50).network


def test_the_objective_may_keep_and_change_its_arrays(reference):
    kept = []

    def keeps(W):
        losses = vector(W)
        kept.append(W)
        if len(kept) > 1:
            kept[-2][:] = 7
        return losses

    same(run(keeps, vectorized=True), reference)
    assert all((W == 7).all() for W in kept[:-1])
    assert np.isin(kept[-1], (-1, 0, 1)).all()


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("vectorized", [False, True])
def test_the_objective_may_change_the_numbers_of_cases(vectorized, workers, cases_reference):
    def changes(weights, cases):
        losses = vector_cases(weights, cases) if vectorized else plain_cases(weights, cases)
        cases[:] = 0
        return losses

    with ThreadPoolExecutor(2) as pool:
        how = {"vectorized": vectorized, "batch": 8, "workers": 1 if workers == 1 else pool}
        same(with_cases(changes, **how), cases_reference)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"batch": 0}, ValueError, "batch of 0 candidates: expected 1 to 256"),
        ({"batch": 257}, ValueError, "batch of 257"),
        ({"batch": 2.5}, TypeError, "batch: expected an integer"),
        ({"cases": 0}, ValueError, "0 cases: expected 1"),
        ({"cases": 2**40}, ValueError, "beyond"),
        ({"workers": 0}, ValueError, "workers 0: expected 1"),
        ({"workers": "4"}, TypeError, "workers: expected a number of processes"),
        ({"workers": True}, TypeError, "workers: expected"),
        ({"steps": 0}, ValueError, "steps"),
        ({"temperature": -1}, ValueError, "temperature"),
        ({"method": "genetic"}, ValueError, "expected sense or hill"),
        ({"jitter": 1}, ValueError, "no samples to copy or move"),
    ],
)
def test_bad_arguments(arguments, kind, message):
    with pytest.raises(kind, match=message):
        run(**arguments)


def test_neither_an_objective_nor_a_spec():
    with pytest.raises(TypeError, match="objective: expected a function, not float"):
        aann.minimize(0.5, SPEC)
    with pytest.raises(TypeError, match=r"spec: expected an aann\.Spec, not str"):
        aann.minimize(plain, "6-4")


def test_how_a_result_looks(reference):
    assert "finished after 1,500 of 1,500 candidates" in str(reference)
    assert repr(reference).startswith("<aann.MinimizeResult 6@50-4@50 at 1,500 of 1,500, loss 0.")
    assert "<table>" in reference._repr_html_()
    pandas = pytest.importorskip("pandas")
    trace = reference.trace()
    assert isinstance(trace, pandas.DataFrame) and len(trace) == 100
    assert trace.step.is_monotonic_increasing and trace.step.iloc[-1] == 1500
    assert trace.train_loss.iloc[-1] == reference.loss


def test_closures_need_fork_or_threads(monkeypatch):
    import multiprocessing

    monkeypatch.setattr(multiprocessing, "get_start_method", lambda: "spawn")
    with pytest.raises(TypeError, match="give workers=ThreadPoolExecutor"):
        run(lambda weights: 0.0, workers=2)
