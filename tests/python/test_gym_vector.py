"""aann/CarRacing-v3, many cars: as single ones to the bit, and Gymnasium's vector interface."""

from __future__ import annotations

import copy
import pickle
import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

gymnasium = pytest.importorskip("gymnasium", minversion="1.1")

from gym_support import blind, same  # noqa: E402
from gymnasium.vector import AutoresetMode, SyncVectorEnv  # noqa: E402
from gymnasium.wrappers import TimeLimit  # noqa: E402
from gymnasium.wrappers.vector import RecordEpisodeStatistics  # noqa: E402

from aann.gym import CarRacing, CarRacingVector  # noqa: E402

CARS, STEPS, LIMIT = 3, 360, 170
MODES = list(AutoresetMode)


def actions_of(step: int) -> NDArray[np.float32]:
    """Of three cars two leave the field and one goes on to the limit of steps, again and again."""
    turn = step % 180
    return np.array(
        [
            [0.5 if turn < 20 else 0, 0.5, 0],
            [0, 0.25, turn // 90 / 8],
            [0.25 if turn < 40 else 0, 0.5, 0],
        ],
        dtype=np.float32,
    )


def drive(envs: Any, steps: int = STEPS, seeds: Any = (3, 4, 5)) -> list[Any]:
    """All results; with "disabled", ended cars are reset, the second one with a seed."""
    results = [envs.reset(seed=list(seeds))]
    for step in range(steps):
        result = envs.step(actions_of(step))
        results.append(result)
        ended = result[2] | result[3]
        if envs.metadata["autoreset_mode"] is AutoresetMode.DISABLED and ended.any():
            again = [None, 100 + step, None]
            results.append(envs.reset(seed=again, options={"reset_mask": ended}))
    return results


def sync(make: Any, mode: AutoresetMode) -> Any:
    return SyncVectorEnv([lambda: TimeLimit(make(), LIMIT)] * CARS, autoreset_mode=mode)


# ---- the same as other environments


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("pixels", [True, False])
@pytest.mark.parametrize("threads", [1, 2])
def test_many_cars_are_single_ones_to_the_bit(
    mode: AutoresetMode, pixels: bool, threads: int
) -> None:
    """Observations, rewards, ends, and everything in info, as SyncVectorEnv gives them."""
    ours = CarRacingVector(
        CARS, autoreset_mode=mode, max_episode_steps=LIMIT, pixels=pixels, threads=threads
    )
    found, wanted = drive(ours), drive(sync(lambda: CarRacing(pixels=pixels), mode))
    ends = 0
    for one, other in zip(found, wanted, strict=True):
        assert same(one, other)
        ends += int(np.sum(one[2] | one[3])) if len(one) > 2 else 0
    assert ends >= 6


def leaves_the_field_after() -> int:
    """Steps until the first of the cars has left the field."""
    envs = CarRacingVector(CARS, pixels=False)
    envs.reset(seed=[3, 4, 5])
    step = 0
    while not envs.step(actions_of(step))[2][0]:
        step += 1
    return step + 1


@pytest.mark.parametrize("mode", MODES)
def test_one_car_leaves_the_field_as_the_limit_cuts_off_all(mode: AutoresetMode) -> None:
    limit = leaves_the_field_after()
    ours = CarRacingVector(CARS, autoreset_mode=mode, max_episode_steps=limit, pixels=False)
    theirs = SyncVectorEnv(
        [lambda: TimeLimit(CarRacing(pixels=False), limit)] * CARS, autoreset_mode=mode
    )
    found, wanted = drive(ours, limit), drive(theirs, limit)
    last = [result for result in found if len(result) > 2][-1]
    assert last[2][:2].tolist() == [True, False]
    assert last[3][:2].all()
    for one, other in zip(found, wanted, strict=True):
        assert same(one, other)


@pytest.mark.parametrize("mode", MODES)
def test_many_cars_are_gymnasiums(monkeypatch: pytest.MonkeyPatch, mode: AutoresetMode) -> None:
    theirs = blind(monkeypatch)
    ours = CarRacingVector(CARS, autoreset_mode=mode, max_episode_steps=LIMIT, pixels=False)
    found, wanted = drive(ours), drive(sync(theirs, mode))
    for one, other in zip(found, wanted, strict=True):
        assert same(one[1:-1], other[1:-1])
        for info in (one[-1], other[-1]):
            info.pop("final_obs", None)
        assert same(one[-1], other[-1])


@pytest.mark.parametrize("continuous", [True, False])
def test_random_colours_and_discrete_actions_are_those_of_single_cars(continuous: bool) -> None:
    how = {"continuous": continuous, "domain_randomize": True}
    ours = CarRacingVector(CARS, max_episode_steps=20, **how)
    singles = SyncVectorEnv([lambda: TimeLimit(CarRacing(**how), 20)] * CARS)
    ours.action_space.seed(0)
    assert same(ours.reset(seed=1), singles.reset(seed=1))
    for _ in range(50):
        actions = ours.action_space.sample()
        assert same(ours.step(actions), singles.step(actions))
    options = {"randomize": False}
    assert same(ours.reset(options=options), singles.reset(options=dict(options)))


# ---- the interface


def test_make_vec_takes_every_option() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        envs = gymnasium.make_vec(
            "aann/CarRacing-v3", num_envs=4, threads=1, autoreset_mode="same_step", pixels=True
        )
    assert isinstance(envs.unwrapped, CarRacingVector)
    assert envs.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
    assert envs.unwrapped.max_episode_steps == 1000
    assert envs.spec.id == "aann/CarRacing-v3"
    observation, info = envs.reset(seed=0)
    assert observation in envs.observation_space
    assert info == {}
    observation, reward, terminated, truncated, info = envs.step(envs.action_space.sample())
    assert observation in envs.observation_space
    assert reward.dtype == np.float64
    assert terminated.dtype == truncated.dtype == np.bool_
    again = gymnasium.make_vec(envs.spec)
    assert again.num_envs == 4
    assert again.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP


@pytest.mark.parametrize("mode", ["async", "sync"])
def test_gymnasiums_own_vector_environments_take_the_single_car(mode: str) -> None:
    theirs = gymnasium.make_vec("aann/CarRacing-v3", num_envs=CARS, vectorization_mode=mode)
    ours = gymnasium.make_vec("aann/CarRacing-v3", num_envs=CARS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork beside threads
        assert same(theirs.reset(seed=8), ours.reset(seed=8))
        for step in range(30):
            assert same(theirs.step(actions_of(step)), ours.step(actions_of(step)))
        theirs.close()


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.DISABLED])
def test_statistics_of_episodes(mode: AutoresetMode) -> None:
    envs = RecordEpisodeStatistics(
        CarRacingVector(CARS, autoreset_mode=mode, max_episode_steps=LIMIT, pixels=False)
    )
    rewards, episodes = np.zeros(CARS), 0
    for result in drive(envs):
        if len(result) == 2:
            continue
        _, reward, terminated, truncated, info = result
        rewards += reward
        for car in np.flatnonzero(terminated | truncated):
            assert info["episode"]["r"][car] == pytest.approx(rewards[car])
            rewards[car] = 0
            episodes += 1
    assert episodes >= 6


def test_statistics_of_episodes_that_begin_in_the_same_step() -> None:
    """As around SyncVectorEnv: older versions of the wrapper count wrongly there."""
    mode = AutoresetMode.SAME_STEP
    ours = CarRacingVector(CARS, autoreset_mode=mode, max_episode_steps=LIMIT, pixels=False)
    theirs = sync(lambda: CarRacing(pixels=False), mode)
    found, wanted = drive(RecordEpisodeStatistics(ours)), drive(RecordEpisodeStatistics(theirs))
    episodes = 0
    for one, other in zip(found[1:], wanted[1:], strict=True):
        for info in (one[4], other[4]):
            for place in (info, info.get("final_info", {})):
                if "episode" in place:
                    episodes += 1
                    del place["episode"]["t"]  # seconds
        assert same(one, other)
    assert episodes >= 6


def test_seeds_are_seed_plus_i_and_told() -> None:
    envs, other = CarRacingVector(3, pixels=False), CarRacingVector(3, pixels=False)
    envs.reset(seed=10)
    other.reset(seed=[10, 11, 12])
    assert envs.np_random_seed == (10, 11, 12)
    singles = [CarRacing(pixels=False) for _ in range(3)]
    for car, env in enumerate(singles):
        env.reset(seed=10 + car)
        assert np.array_equal(env.track, envs.track[car])
        assert np.array_equal(env.track, other.track[car])
    envs.reset()
    for car, env in enumerate(singles):
        env.reset()
        assert np.array_equal(env.track, envs.track[car])
    fresh = CarRacingVector(2, pixels=False)
    fresh.reset()
    drawn = fresh.np_random_seed
    assert len(set(drawn)) == 2
    other = CarRacingVector(2, pixels=False)
    other.reset(seed=list(drawn))
    assert same(other.track, fresh.track)


def test_a_reset_of_some_leaves_the_others() -> None:
    envs = CarRacingVector(3)
    envs.reset(seed=0)
    before = envs.step(actions_of(0))[0]
    mask = np.array([False, True, False])
    observation, _ = envs.reset(seed=[7, 7, 7], options={"reset_mask": mask})
    assert same(observation[~mask], before[~mask])
    single = CarRacing()
    assert np.array_equal(observation[1], single.reset(seed=7)[0])
    assert envs.np_random_seed == (0, 7, 2)


def test_a_first_reset_of_some_shows_the_others_black() -> None:
    envs = CarRacingVector(2)
    mask = np.array([True, False])
    observation, _ = envs.reset(seed=1, options={"reset_mask": mask})
    assert observation[0].any()
    assert not observation[1].any()
    with pytest.raises(gymnasium.error.ResetNeeded, match="car 1"):
        envs.step(np.zeros((2, 3), dtype=np.float32))


@pytest.mark.parametrize(
    ("mask", "kind"),
    [
        ([True, False], TypeError),
        (np.array([1, 0]), TypeError),
        (np.array([True]), ValueError),
        (np.array([False, False]), ValueError),
    ],
)
def test_bad_masks_are_refused(mask: Any, kind: type[Exception]) -> None:
    envs = CarRacingVector(2)
    with pytest.raises(kind, match="reset_mask"):
        envs.reset(seed=0, options={"reset_mask": mask})


# ---- copies


@pytest.mark.parametrize("mode", MODES)
def test_copies_go_on_to_the_same_bits(mode: AutoresetMode) -> None:
    envs = CarRacingVector(CARS, autoreset_mode=mode, max_episode_steps=40)
    other = CarRacingVector(CARS, autoreset_mode=mode, max_episode_steps=40)
    envs.reset(seed=5)
    for step in range(40):  # the last one ends all episodes
        envs.step(actions_of(step))
    other.restore(envs.snapshot())
    others = [pickle.loads(pickle.dumps(envs)), copy.deepcopy(envs), other]
    if mode is AutoresetMode.DISABLED:
        for each in [envs, *others]:
            with pytest.raises(gymnasium.error.ResetNeeded):
                each.step(actions_of(0))
            each.reset(options={"reset_mask": np.ones(CARS, dtype=np.bool_)})
    for step in range(60):
        if mode is AutoresetMode.DISABLED and step == 40:
            break
        wanted = envs.step(actions_of(step))
        for each in others:
            assert same(each.step(actions_of(step)), wanted)


def test_a_damaged_snapshot_changes_no_car() -> None:
    envs = CarRacingVector(3)
    envs.reset(seed=5)
    before = envs.snapshot()
    envs.step(actions_of(0))
    after = envs.snapshot()
    damaged = before[:-4] + b"\xff\xff\xff\xff"  # of the last car: the first ones are restored
    with pytest.raises(ValueError, match=r"damaged|saved"):
        envs.restore(damaged)
    assert envs.snapshot() == after
    with pytest.raises(ValueError, match="3 cars"):
        CarRacingVector(2).restore(before)


# ---- arrays


@pytest.mark.parametrize("pixels", [True, False])
def test_a_reused_buffer_is_the_same_array(pixels: bool) -> None:
    envs = CarRacingVector(2, copy=False, pixels=pixels)
    usual = CarRacingVector(2, pixels=pixels)
    first = envs.reset(seed=1)[0]
    kept = [usual.reset(seed=1)[0]]
    copies = [kept[0].copy()]
    for step in range(10):
        again, wanted = envs.step(actions_of(step)[:2])[0], usual.step(actions_of(step)[:2])[0]
        assert again is first
        assert np.array_equal(again, wanted)
        kept.append(wanted)
        copies.append(wanted.copy())
    assert same(kept, copies)


def test_final_observations_are_kept_by_whoever_holds_them() -> None:
    envs = CarRacingVector(2, autoreset_mode="same_step", max_episode_steps=3, copy=False)
    envs.reset(seed=1)
    finals = []
    for step in range(9):
        info = envs.step(actions_of(step)[:2])[4]
        if "final_obs" in info:
            finals.append((info["final_obs"][0], info["final_obs"][0].copy()))
    assert len(finals) == 3
    for held, copied in finals:
        assert np.array_equal(held, copied)


def test_render_shows_every_car() -> None:
    envs = CarRacingVector(2, render_mode="rgb_array", render_scale=2)
    observation, _ = envs.reset(seed=1)
    pictures = envs.render()
    assert pictures is not None
    for picture, wanted in zip(pictures, observation, strict=True):
        assert np.array_equal(picture[::2, 1::2], wanted)


@pytest.mark.parametrize(
    "actions",
    [
        np.full((2, 3), np.nan),
        np.array([[0, 0, 0], [0, 0, np.inf]]),
        np.full((2, 3), 1e300),
        np.zeros((2, 2)),
        np.zeros((3, 3)),
        np.zeros(6),
        np.zeros((2, 3), dtype=np.bool_),
        np.zeros((2, 3), dtype=object),
        "gas",
        None,
    ],
)
def test_bad_actions_are_refused_and_no_car_moves(actions: Any) -> None:
    envs = CarRacingVector(2)
    envs.reset(seed=1)
    before = envs.snapshot()
    with pytest.raises(ValueError, match="action"):
        envs.step(actions)
    assert envs.snapshot() == before


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ([0, 5], "action 5 of car 1"),
        ([-1, 0], "action -1 of car 0"),
        ([0.0, 1.0], "float64"),
        ([0], "shape"),
        ([[0, 1]], "shape"),
        (None, "object"),
        ([2**70, 0], "object"),
        (np.array([0, 2**63], dtype=np.uint64), "of car 1"),
    ],
)
def test_bad_discrete_actions_are_refused(actions: Any, message: str) -> None:
    envs = CarRacingVector(2, continuous=False)
    envs.reset(seed=1)
    before = envs.snapshot()
    with pytest.raises(ValueError, match=message):
        envs.step(actions)
    assert envs.snapshot() == before


def test_actions_of_other_layouts_are_the_same() -> None:
    one, other = CarRacingVector(2, pixels=False), CarRacingVector(2, pixels=False)
    one.reset(seed=1)
    other.reset(seed=1)
    actions = actions_of(0)[:2]
    odd = np.zeros((3, 4), dtype=np.float64)
    odd[:3, ::2] = actions.T
    assert same(one.step(actions), other.step(odd[:, ::2].T))
    assert same(one.step(actions), other.step(actions.tolist()))


@pytest.mark.parametrize(
    "how",
    [
        {"num_envs": 0},
        {"num_envs": 65_537},
        {"threads": 0},
        {"threads": 2000},
        {"max_episode_steps": 0},
        {"autoreset_mode": "sometimes"},
        {"lap_complete_percent": float("nan")},
        {"render_mode": "human"},
    ],
)
def test_bad_settings_are_refused(how: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"cars|threads|steps|mode|lap"):
        CarRacingVector(**how)


@pytest.mark.parametrize("seed", [[1], [1, -1], [1, 2**64 - 1], [1, "2"], -1, [1, 2, 3]])
def test_bad_seeds_are_refused(seed: Any) -> None:
    envs = CarRacingVector(2)
    with pytest.raises((ValueError, gymnasium.error.Error), match="seed"):
        envs.reset(seed=seed)


def test_the_order_of_calls_is_enforced() -> None:
    envs = CarRacingVector(2)
    with pytest.raises(gymnasium.error.ResetNeeded):
        envs.step(actions_of(0)[:2])
    envs.reset(seed=0)
    envs.close()
    envs.close()
    with pytest.raises(gymnasium.error.ClosedEnvironmentError):
        envs.step(actions_of(0)[:2])
    with pytest.raises(gymnasium.error.ClosedEnvironmentError):
        envs.reset(seed=0)


def test_numbers_of_numpy_and_beyond_c() -> None:
    envs = CarRacingVector(2)
    envs.reset(seed=np.int64(3))  # type: ignore[arg-type]
    assert envs.np_random_seed == (3, 4)
    for how in ({"num_envs": 2**40}, {"max_episode_steps": 2**40}):
        with pytest.raises(ValueError, match="expected a whole number"):
            CarRacingVector(**how)
