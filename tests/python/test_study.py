"""The file of a study: modes, locks, damage, copies, fork."""

import gc
import multiprocessing
import pickle
import sqlite3

import pytest
from conftest import signs
from study_support import hashes

import aann


def test_modes(tmp_path):
    path = tmp_path / "new.aann"
    for mode in ("r", "w"):
        with pytest.raises(OSError, match=r"new\.aann") as caught:
            aann.Study(path, mode)
        assert isinstance(caught.value, (aann.errors.InputOutputError, aann.errors.NotFoundError))
    aann.Study(path, "a").close()
    with aann.Study(path, "w") as study:
        assert study.mode == "w" and study.path == str(path) and len(study.families) == 0
    with aann.Study(path, "r") as study:
        X, y = signs()
        with pytest.raises(aann.errors.ArgumentError, match="reading only"):
            study.family(X, y, "8-2")
    with pytest.raises(ValueError, match="'x'"):
        aann.Study(path, "x")


def test_closed():
    study = aann.Study()
    X, y = signs()
    family = study.family(X, y, "8-2", members=1, steps=100).run()
    member = family[0]
    study.close()
    study.close()
    assert study.closed and "closed" in repr(study) and "closed" in study._repr_html_()
    for use in (
        lambda: study.families[0],
        lambda: list(study.members),
        family.run,
        lambda: member.network,
        lambda: member.parent or member.trace(),
        lambda: study.export("never.aann"),
    ):
        with pytest.raises(ValueError, match="closed"):
            use()


def test_locked(tmp_path):
    path = tmp_path / "one.aann"
    with aann.Study(path):
        with pytest.raises(BlockingIOError, match="one writer at a time") as caught:
            aann.Study(path)
        assert isinstance(caught.value, aann.errors.LockedError)
        aann.Study(path, "r").close()
    aann.Study(path).close()
    left = aann.Study(path)
    del left  # nobody holds it any more: its lock goes too
    gc.collect()
    aann.Study(path).close()


def test_newer_damaged_and_foreign(tmp_path):
    newer, damaged = tmp_path / "newer.aann", tmp_path / "damaged.aann"
    aann.Study(newer).close()
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(RuntimeError, match="999|newer") as caught:
        aann.Study(newer, "r")
    assert isinstance(caught.value, aann.errors.VersionError)
    damaged.write_bytes(b"SQLite format 3\0" + b"nonsense" * 1000)
    with pytest.raises(ValueError, match="damaged"):
        aann.Study(damaged)
    (tmp_path / "text.aann").write_text("no study")
    with pytest.raises(aann.errors.FormatError):
        aann.Study(tmp_path / "text.aann")
    with pytest.raises(ValueError, match="NUL"):
        aann.Study("a\0b")


def test_export_and_pickle(tmp_path, monkeypatch):
    X, y = signs()
    study = aann.Study()
    family = study.family(X, y, "8-2", members=2, steps=500, name="signs").run()
    with pytest.raises(TypeError, match="in memory"):
        pickle.dumps(study)
    study.export(tmp_path / "out.aann")
    with pytest.raises(OSError, match=r"out\.aann"):
        study.export(tmp_path / "out.aann")
    monkeypatch.chdir(tmp_path)
    opened = pickle.loads(pickle.dumps(aann.Study("out.aann")))
    assert opened.mode == "r" and opened.path == str(tmp_path / "out.aann")
    opened = aann.Study("out.aann", "r")
    member = opened.families["signs"][0]
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    opened = pickle.loads(pickle.dumps(opened))
    assert opened.path == str(tmp_path / "out.aann")
    assert opened.families["signs"][0] == member
    assert hashes(opened.families["signs"]) == hashes(family)
    for thing in (family, family[0]):
        with pytest.raises(TypeError, match="pickle"):
            pickle.dumps(thing)
    assert pickle.loads(pickle.dumps(family[0].network)) == family[0].network


def _in_child(study, queue):
    try:
        found = str(len(study.families))
    except aann.errors.ArgumentError as error:
        found = str(error)
    study._handle._study = None  # as when nobody needs it any more
    gc.collect()
    queue.put(found)


def test_fork(tmp_path):
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    with aann.Study(tmp_path / "a.aann") as study:
        child = context.Process(target=_in_child, args=(study, queue))
        child.start()
        assert "before a fork" in queue.get(timeout=30)
        child.join(30)
        assert child.exitcode == 0
        with pytest.raises(aann.errors.LockedError):  # the child has not taken the lock away
            aann.Study(tmp_path / "a.aann")
        X, y = signs()
        study.family(X, y, "2", steps=10, members=1).run()
