"""The expert, recordings, and networks at the wheel: what the program does, to the bit."""

from __future__ import annotations

import errno
import json
import os
import pickle
import shutil
import signal
import subprocess
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

gymnasium = pytest.importorskip("gymnasium", minversion="1.1")

import aann  # noqa: E402
import aann.gym  # noqa: E402
from aann.gym import CarRacing, CarRacingVector, Driver, Expert, Outputs, Recording  # noqa: E402
from aann.gym.driving import _runs  # noqa: E402

TEACHER = {"lateral_acceleration": 100.0, "widest": 2.0}
ROOT = Path(__file__).parents[2]


def program() -> str:
    found = os.environ.get("AANN") or str(ROOT / "build" / "aann")
    if shutil.which(found) is None:
        pytest.skip("needs the program aann: set AANN")
    return found


def run(*words: str) -> Any:
    done = subprocess.run([program(), *words], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def recording() -> Recording:
    return aann.gym.record(range(6), expert=Expert("teacher", **TEACHER))


@pytest.fixture(scope="module")
def result(recording: Recording) -> aann.Result:
    return recording.search(steps=300)


def lap(env: Any, act: Any) -> tuple[float, int, dict[str, Any]]:
    total, steps, ended, info = 0.0, 0, False, {}
    while not ended and steps < 1000:
        _, reward, ended, _, info = env.step(act())
        total, steps = total + reward, steps + 1
    return total, steps, info


# ---- the expert


@pytest.mark.parametrize("style", ["fast", "teacher"])
def test_the_expert_drives_as_the_programs(style: str) -> None:
    words = ["--teacher"] if style == "teacher" else []
    wanted = run("car", "expert", "--tracks", "0:4", "--json", *words)
    expert, env = Expert(style), CarRacing(pixels=False)  # type: ignore[arg-type]
    for track in range(4):
        env.reset(seed=track)
        total, steps, info = lap(env, lambda: expert.act(env))
        assert total == wanted["rewards"][track]
        assert steps == wanted["steps"][track]
        assert info == {"lap_finished": wanted["finished"][track]}


@pytest.mark.parametrize("mode", ["next_step", "same_step"])
def test_the_expert_drives_many_cars_through_their_episodes(mode: str) -> None:
    envs = gymnasium.make_vec("aann/CarRacing-v3", num_envs=3, autoreset_mode=mode, pixels=False)
    expert = Expert()
    envs.reset(seed=0)
    finished = np.zeros(3, dtype=int)
    for _ in range(1700):
        actions = expert.act(envs)
        assert actions in envs.action_space
        info = envs.step(actions)[4]
        about = info.get("final_info", info)
        finished += about.get("lap_finished", np.zeros(3, dtype=bool))
    assert finished.min() >= 2


def test_the_expert_goes_on_from_a_snapshot_of_any_place() -> None:
    expert, env, other = Expert(), CarRacing(pixels=False), CarRacing(pixels=False)
    env.reset(seed=2)
    other.reset(seed=50)
    for _ in range(300):
        env.step(expert.act(env))
        other.step(expert.act(other))
    copied, driver = pickle.loads(pickle.dumps((env, expert)))
    other.restore(env.snapshot())  # another track than the expert has planned for
    for who, car in ((expert, other), (expert, env), (driver, copied)):
        assert lap(car, partial(who.act, car))[2] == {"lap_finished": True}


def test_the_expert_refuses_what_it_cannot_drive() -> None:
    with pytest.raises(ValueError, match="style 'slow'"):
        Expert("slow")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="braking"):
        Expert(braking=-1)
    with pytest.raises(TypeError, match="drives"):
        Expert().act(gymnasium.make("CartPole-v1"))
    with pytest.raises(gymnasium.error.ResetNeeded):
        Expert().act(CarRacing())
    env = CarRacing(continuous=False)
    env.reset(seed=0)
    with pytest.raises(ValueError, match="continuous"):
        Expert().act(env)


# ---- recordings


def test_a_recording_is_the_programs(recording: Recording, tmp_path: Path) -> None:
    path = tmp_path / "drives.npz"
    told = run(
        "car", "record", "--teacher", "--lateral", "100", "--widest", "2", "--first-track", "0",
        "--episodes", "6", "--out", str(path), "--json",
    )  # fmt: skip
    assert told["reward"] == recording.reward
    assert told["validation"] == len(recording) - recording.train_count
    recording.save(tmp_path / "ours.npz")
    wanted, found = np.load(path), np.load(tmp_path / "ours.npz")
    assert set(wanted) == set(found)
    for name in wanted:
        assert wanted[name].dtype == found[name].dtype
        assert np.array_equal(wanted[name], found[name])


def test_a_recording_that_cannot_be_saved_leaves_the_old_one(
    recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "drives.npz"
    path.write_bytes(b"before")

    def full(file: Any, **arrays: Any) -> None:
        file.write(b"half of it")
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="no space"):
        recording.save(path)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_recording_holds_views_and_clamped_actions(recording: Recording) -> None:
    assert recording.inputs.shape == (len(recording), 96, 96)
    assert np.abs(recording.targets).max() <= 1
    assert recording.driver_reward is None
    actions = recording.actions
    assert actions[:, 1:].min() >= -1e-6
    assert actions.max() <= 1
    with pytest.raises(ValueError, match="read-only"):
        recording.inputs[0] = 0
    again = pickle.loads(pickle.dumps(recording))
    assert np.array_equal(again.inputs, recording.inputs)
    assert again.outputs == recording.outputs


def test_frames_outlive_the_recording() -> None:
    inputs = aann.gym.record(range(1), every=50).inputs
    total = int(inputs.sum(dtype=np.int64))
    aann.gym.record(range(1, 3), every=50)
    assert int(inputs.sum(dtype=np.int64)) == total


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ({"tracks": range(0)}, ValueError),
        ({"tracks": range(0, 10, 2)}, ValueError),
        ({"tracks": [1, 2]}, ValueError),
        ({"tracks": range(-1, 1)}, ValueError),
        ({"every": 0}, ValueError),
        ({"noise": -1.0}, ValueError),
        ({"noise": float("nan")}, ValueError),
        ({"seed": -1}, ValueError),
        ({"each": True}, TypeError),
        ({"lost": True}, TypeError),
        ({"driver": "me"}, TypeError),
    ],
)
def test_bad_arguments_of_record_are_refused(how: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        aann.gym.record(**{"tracks": range(2), **how})


def test_an_interrupt_ends_a_recording() -> None:
    timer = threading.Timer(0.3, lambda: signal.raise_signal(signal.SIGINT))
    timer.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        aann.gym.record(range(500))
    assert time.monotonic() - began < 10


# ---- drivers


def test_a_search_on_a_recording_and_the_drive_are_the_programs(
    recording: Recording, result: aann.Result, tmp_path: Path
) -> None:
    data, study = tmp_path / "drives.npz", tmp_path / "drivers.aann"
    recording.save(data)
    member = run(
        "search", "carracing", "--data", str(data), "--steps", "300", "--members", "1",
        "--study", str(study), "--quiet", "--json",
    )["members"][0]  # fmt: skip
    assert member["hash"] == f"{result.network.hash:016x}"
    wanted = run("drive", str(study), "1", "--tracks", "40:106", "--threads", "2", "--json")
    for threads, count in ((1, 6), (2, 66)):  # 64 cars drive side by side
        laps = aann.gym.drive(result, range(40, 40 + count), threads=threads)
        rows = laps if isinstance(laps, list) else laps.to_dict("records")
        assert [row["reward"] for row in rows] == wanted["rewards"][:count]
        assert [row["steps"] for row in rows] == wanted["steps"][:count]
        assert [row["finished"] for row in rows] == wanted["finished"][:count]
    saved = tmp_path / "driver.aannm"
    run("save", str(study), "1", "--out", str(saved), "--json")
    driver = Driver(aann.Model.load(saved))
    assert driver.outputs == Driver(result).outputs
    again = aann.gym.record(range(2), driver=driver, driver_tracks=3)
    told = run(
        "car", "record", "--driver", f"{study}:1", "--episodes", "2", "--driver-episodes", "3",
        "--first-track", "0", "--out", str(tmp_path / "corrected.npz"), "--json",
    )  # fmt: skip
    assert again.corrections == told["corrections"] > 0
    assert again.driver_reward == told["driver_reward"]
    assert again.mean == recording.mean
    corrected = np.load(tmp_path / "corrected.npz")
    assert np.array_equal(again.inputs, corrected["inputs"])
    assert np.array_equal(again.targets, corrected["targets"])
    lost = aann.gym.record(range(2), driver=driver, driver_tracks=3, lost=True)
    assert np.array_equal(again.inputs, lost.inputs), "it finishes no lap"


def test_rounds_of_corrections_are_the_programs(recording: Recording, tmp_path: Path) -> None:
    data, theirs = tmp_path / "drives.npz", tmp_path / "theirs.aann"
    recording.save(data)
    run(
        "search", "carracing", "--data", str(data), "--steps", "120", "--members", "2",
        "--dagger", "2", "--dagger-episodes", "3", "--study", str(theirs), "--quiet", "--json",
    )  # fmt: skip
    with aann.Study(theirs, "r") as study:
        wanted = [[member.hash for member in family] for family in study.families]
        names = [family.name for family in study.families]
    ours = tmp_path / "ours.aann"
    with aann.Study(ours) as study:
        family = study.family(
            recording.data(), None, aann.Spec.preset("carracing"), members=2, steps=120,
            name="carracing", **recording.options,
        ).run()  # fmt: skip
        stopped = aann.gym.dagger(study, family, episodes=3, run={"seconds": 0.05})
        assert stopped.unfinished > 0
        assert len(study.families) == 2
        last = aann.gym.dagger(study, family, episodes=3)
        assert last.unfinished == 0
        assert [[member.hash for member in family] for family in study.families] == wanted
        assert [family.name for family in study.families] == names
        assert last.name == "carracing, corrected 2"
        laps = aann.gym.drive(last.done, [5, 6])
        together = aann.gym.drive([member.model for member in last], [5, 6])
        rows = [laps, together] if isinstance(laps, list) else [
            frame.to_dict("records") for frame in (laps, together)
        ]  # fmt: skip
        assert rows[0] == rows[1]
        other = study.families["carracing, corrected 1"]
        how = {"name": "carracing, corrected 2", "steps": 120, **last.options.as_dict()}
        again = study.family(last.data, None, last.spec, members=2, start=other.done, **how)
        assert again.id == last.id  # the same starts: the same family
        with pytest.raises(ValueError, match="other options"):
            study.family(last.data, None, last.spec, members=2, start=family.done, **how)
        with pytest.raises(ValueError, match="rounds 0"):
            aann.gym.dagger(study, family, rounds=0)
        random = study.family(np.zeros((20, 4), np.uint8), [0, 1] * 10, "2", steps=1).run()
        with pytest.raises(ValueError):
            aann.gym.dagger(study, random, episodes=1)


def test_a_driver_in_the_environment_drives_the_same_lap(result: aann.Result) -> None:
    driver = pickle.loads(pickle.dumps(Driver(result)))
    laps = aann.gym.drive(driver, [3, 7, 3])
    rows = laps if isinstance(laps, list) else laps.to_dict("records")
    assert [row["track"] for row in rows] == [3, 7, 3]
    assert rows[0] == rows[2]
    env = CarRacing(picture="near")
    for row in rows[:2]:
        picture, _ = env.reset(seed=row["track"])
        total = 0.0
        for _ in range(row["steps"]):
            picture, reward, _, _, _ = env.step(driver.act(picture))
            total += reward
        assert total == row["reward"]


def test_drivers_act_on_many_pictures(result: aann.Result) -> None:
    envs = CarRacingVector(70)
    pictures, _ = envs.reset(seed=0)
    driver, two = Driver(result), Driver([result, result])
    actions = driver.act(pictures)
    assert actions.shape == (70, 3)
    for index in (0, 63, 64, 69):
        assert np.array_equal(driver.act(pictures[index]), actions[index])
    assert np.array_equal(two.act(pictures), actions)
    assert driver.act(pictures.reshape(7, 10, 96, 96, 3)).shape == (7, 10, 3)
    assert driver.act(pictures[:0]).shape == (0, 3)
    flipped = driver.act(pictures[:, :, ::-1])  # another layout in memory
    assert np.array_equal(flipped, driver.act(np.ascontiguousarray(pictures[:, :, ::-1])))


def test_a_view_is_what_is_recorded_and_read(result: aann.Result) -> None:
    env = CarRacing()
    picture, _ = env.reset(seed=0)
    seen = aann.gym.view(picture)
    assert np.array_equal(
        seen[:71, :83], np.minimum(picture[7:78, 6:89, 1], 204) * np.uint16(5) // 4
    )
    assert not seen[83:].any()
    z = np.clip(result.model.logits(seen[None])[0] / (127 * 24.0), -1, 1)
    outputs = Driver(result).outputs
    wanted = np.clip(np.array(outputs.mean) + np.array(outputs.scale) * z, [-1, 0, 0], [1, 1, 1])
    assert Driver(result).act(picture) == pytest.approx(wanted, abs=1e-12)


def test_what_is_no_driver_is_refused(result: aann.Result, recording: Recording) -> None:
    network = result.network
    with pytest.raises(ValueError, match="outputs="):
        Driver(network)
    outputs = recording.outputs
    assert Driver(network, outputs=outputs).outputs == outputs
    with pytest.raises(ValueError, match="do not mean the same"):
        other = aann.Model(
            network, regression=True, output_scale=3.0, target_range=([0] * 3, [1] * 3)
        )
        Driver([result, other])
    with pytest.raises(TypeError, match="outputs"):
        aann.gym.drive(Driver(result), outputs=outputs)
    with pytest.raises(ValueError, match="at least one"):
        Driver([])
    with pytest.raises(TypeError, match="type int"):
        Driver(3)
    with pytest.raises(ValueError):
        Driver(aann.Network(aann.Spec("3", 4)), outputs=outputs)
    with pytest.raises(ValueError, match="encoded as 'global'"):
        Driver(_global_model(network))
    for track in (-1, 1.5, "1", 2**64):
        with pytest.raises(ValueError, match="track"):
            aann.gym.drive(result, [track])  # type: ignore[list-item]
    with pytest.raises(ValueError):
        aann.gym.drive(result, [1], threads=-1)
    with pytest.raises(ValueError, match="pictures"):
        Driver(result).act(np.zeros((96, 96), dtype=np.uint8))
    with pytest.raises(ValueError, match="pictures"):
        Driver(result).act(np.zeros((96, 96, 3)))
    assert len(aann.gym.drive(result, [])) == 0


def _global_model(network: aann.Network) -> aann.Model:
    rng = np.random.default_rng(0)
    encoding = aann.Encoding.fit(rng.normal(size=(4, 1, 96, 96)), "global", table=False)
    return aann.Model(network, encoding, regression=True)


def test_tracks_are_driven_in_runs_of_neighbours() -> None:
    """Between them Ctrl-C is heard."""
    tracks = [5, 6, 7, 8, 9, 3, 3, 4, 10]
    assert list(_runs(tracks, 3)) == [(5, 3), (8, 2), (3, 1), (3, 2), (10, 1)]
    assert list(_runs([], 3)) == []


def test_outputs_are_a_value() -> None:
    one = Outputs((0.0, 0.5, 0.1), (0.4, 0.5, 0.1))
    assert one == pickle.loads(pickle.dumps(one))
    assert one.output_scale == 24.0
