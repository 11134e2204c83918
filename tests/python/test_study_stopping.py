"""Families that stop and go on: pieces, interrupts, callbacks, progress, threads."""

import logging
import math
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from study_support import hashes, small

import aann

LONG = 100_000_000


def whole_hashes(data, **more):
    with aann.Study() as study:
        return hashes(small(study, data, members=3, steps=40_000, **more).run())


def test_pieces_are_the_whole(data, tmp_path):
    expected = whole_hashes(data)
    path = tmp_path / "pieces.aann"
    with aann.Study(path) as study:
        small(study, data, members=3, steps=40_000)
    for session in range(1000):
        with aann.Study(path, "w") as study:
            family = study.families[0].attach(data)
            family.run(
                seconds=0.05 * (session + 1), threads=1 + session % 2, parallel=1 + session % 3
            )
            if family.unfinished == 0:
                found = hashes(family)
                break
    assert session > 1 and found == expected


@pytest.mark.parametrize("raises", [False, True])
def test_interrupt(data, tmp_path, raises, caplog):
    """Ctrl-C keeps checkpoints; the next run goes on to the same bits."""
    with aann.Study(tmp_path / "a.aann") as study:
        family = small(study, data, members=3, steps=LONG)
        timer = threading.Timer(0.4, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        began = time.monotonic()
        if raises:
            with pytest.raises(KeyboardInterrupt):
                family.run(raise_on_interrupt=True)
        else:
            assert family.run() is family
            assert "run() goes on" in caplog.text
        assert time.monotonic() - began < 5.0
        steps = sum(member.steps for member in family)
        assert family.unfinished == 3 and steps > 0
        family.run(seconds=0.5)
        assert sum(member.steps for member in family) > steps


def test_many_interrupts(data, tmp_path):
    expected = whole_hashes(data)
    with aann.Study(tmp_path / "a.aann") as study:
        family = small(study, data, members=3, steps=40_000)
        for session in range(200):
            if family.unfinished == 0:
                break
            delay = 0.02 * (session + 1)
            timer = threading.Timer(delay, lambda: os.kill(os.getpid(), signal.SIGINT))
            timer.start()
            family.run()
            timer.cancel()
            timer.join()
        assert session > 1 and hashes(family) == expected


def test_what_a_callback_raises_comes_out(data):
    class OwnError(Exception):
        pass

    def report(members):
        raise OwnError(members[0].id)

    with aann.Study() as study:
        family = small(study, data, steps=LONG)
        with pytest.raises(OwnError, match="[12]"):
            family.run(progress=report)
        assert family.unfinished == 2  # and checkpoints are kept
        assert any(member.steps > 0 for member in family)


def test_progress_functions(data, tmp_path):
    seen = []
    with aann.Study(tmp_path / "a.aann") as study:
        family = small(study, data, steps=30_000)

        def report(members):
            seen.extend(members)
            with pytest.raises(aann.errors.LockedError, match="second time"):
                len(family)
            with aann.Study(study.path, "r") as again:
                assert len(again.families[0]) == 2

        family.run(progress=report)
        last = {member.id: member for member in seen if member.stopped}
        assert [last[i].state for i in (1, 2)] == ["done", "done"]
        assert last[1].step == last[1].steps == 30_000
        assert last[1].validation_accuracy == family[0].validation_accuracy
        assert last[2].train_loss == pytest.approx(family[1].train_loss, rel=1e-4)
        assert math.isnan(last[1].reward)
        long = small(study, data, steps=LONG)
        long.run(progress=lambda members: False)
        assert long.unfinished == 2 and any(member.steps > 0 for member in long)


def test_bars_and_lines(data, capsys, monkeypatch, caplog):
    caplog.set_level(logging.INFO, "aann")
    with aann.Study() as study:
        small(study, data).run(progress=True)
        assert "2.00/2 member" in capsys.readouterr().err
        monkeypatch.setitem(__import__("sys").modules, "tqdm.auto", None)
        family = small(study, data).run(progress=True)
        line = capsys.readouterr().err
        assert line.startswith("2.00/2 member, loss") and line.endswith("%\n")
        small(study, data).run()
        assert capsys.readouterr().err == ""
    assert len([r for r in caplog.records if "done after 3000" in r.getMessage()]) == 6
    assert f"member {family.id * 2} done" in caplog.text


def test_threads_wait_for_each_other(data):
    with aann.Study() as study:
        family = small(study, data, members=2, steps=20_000)
        found, failed = [], []

        def read():
            try:
                found.append(len(family.networks(range(1, 3))))
            except BaseException as error:
                failed.append(error)

        readers = [threading.Thread(target=read) for _ in range(4)]
        runner = threading.Thread(target=family.run)
        runner.start()
        for reader in readers:
            reader.start()
        for thread in (runner, *readers):
            thread.join(60)
        assert failed == [] and found == [2] * 4 and family.unfinished == 0


def test_nothing_is_read_after_it_is_freed():
    """The C library's allocator overwrites what is freed; then everything is read."""
    code = """
import numpy as np, aann
X = np.random.default_rng(0).normal(size=(300, 2))
y = np.where(X[:, 0] > 0, "yes", "no")
with aann.Study() as study:
    for number in range(20):
        family = study.family(X, y, "4-2", members=2, steps=50, name=f"f{number}", threshold=0.1)
        assert family.run().options == aann.Options(steps=50, loss_scale=1.0), family.options
        assert family.description["classes"] == ["no", "yes"]
        assert family.threshold == 0.1 and family.planned == 2
        again = study.families[f"f{number}"]
        assert again.classes.tolist() == ["no", "yes"] and again.encoding == family.encoding
        assert study.family(X, y, "4-2", members=2, steps=50, name=f"f{number}", threshold=0.1)
        assert family.walk(family[0], members=1, threshold=0.01).every > 0
        assert family[0].model.class_names == ["no", "yes"]
"""
    hostile = {**os.environ, "MALLOC_PERTURB_": "165", "PYTHONMALLOC": "malloc"}
    subprocess.run([sys.executable, "-c", code], check=True, env=hostile)
