"""The adapter for Stable-Baselines3, against its own DummyVecEnv, and a short training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

gymnasium = pytest.importorskip("gymnasium", minversion="1.1")
stable_baselines3 = pytest.importorskip("stable_baselines3", reason="needs PyTorch, too")

from gym_support import same  # noqa: E402
from gymnasium.wrappers import TimeLimit  # noqa: E402
from gymnasium.wrappers.vector import RecordEpisodeStatistics  # noqa: E402
from stable_baselines3.common.vec_env import (  # noqa: E402
    DummyVecEnv,
    VecMonitor,
    VecTransposeImage,
)

from aann.gym import CarRacing, CarRacingVector, as_sb3  # noqa: E402

CARS, LIMIT = 3, 60
LEAVES = 135
"""The third car leaves the field with the step that reaches this limit."""
MODES = ["next_step", "same_step", "disabled"]


def actions_of(step: int) -> Any:
    """Two cars leave the field after a while; the third goes on to the limit."""
    turn = step % 180
    return np.array(
        [[0.5 if turn < 20 else 0, 0.5, 0], [0, 0.25, 0], [0.25 if turn < 40 else 0, 0.5, 0]],
        dtype=np.float32,
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("copy", [True, False])
@pytest.mark.parametrize("limit", [LIMIT, LEAVES])
def test_the_adapter_is_a_dummy_vec_env_to_the_bit(mode: str, copy: bool, limit: int) -> None:
    ours = as_sb3(CarRacingVector(CARS, autoreset_mode=mode, max_episode_steps=limit, copy=copy))
    theirs = DummyVecEnv([lambda: TimeLimit(CarRacing(), limit)] * CARS)
    ours.seed(5)
    theirs.seed(5)
    kept = [(ours.reset(), theirs.reset())]
    ends = 0
    for step in range(380):
        found, wanted = ours.step(actions_of(step)), theirs.step(actions_of(step))
        assert same(found, wanted)
        ends += int(found[2].sum())
        kept = [*kept[-20:], (found[0], wanted[0])]
    assert ends >= 6
    assert all(same(*pair) for pair in kept)  # nothing that was returned has changed
    assert same(ours.reset(), theirs.reset())


@pytest.mark.parametrize("mode", MODES)
def test_statistics_arrive_where_training_looks_for_them(mode: str) -> None:
    envs = RecordEpisodeStatistics(
        CarRacingVector(CARS, autoreset_mode=mode, max_episode_steps=20, pixels=False)
    )
    ours, theirs = as_sb3(envs), VecMonitor(as_sb3(CarRacingVector(CARS, max_episode_steps=20)))
    for env in (ours, theirs):
        env.seed(1)
        env.reset()
    episodes = 0
    for step in range(60):
        found, wanted = ours.step(actions_of(step))[3], theirs.step(actions_of(step))[3]
        for one, other in zip(found, wanted, strict=True):
            assert ("episode" in one) == ("episode" in other)
            if "episode" in one:
                assert one["episode"]["l"] == other["episode"]["l"]
                assert one["episode"]["r"] == pytest.approx(other["episode"]["r"], abs=1e-3)
                episodes += 1
    assert episodes == 9


def test_the_rest_of_the_interface() -> None:
    ours = as_sb3(CarRacingVector(2, render_mode="rgb_array"))
    ours.seed(1)
    picture = ours.reset()[0]
    assert ours.render().shape == (192, 96, 3)
    assert np.array_equal(ours.render()[:96], picture)
    assert ours.get_attr("render_mode") == ["rgb_array"] * 2
    assert ours.get_attr("lap_complete_percent", indices=[1]) == [0.95]
    assert ours.env_is_wrapped(TimeLimit) == [False, False]
    with pytest.raises(AttributeError):
        ours.get_attr("wheels")
    with pytest.raises(NotImplementedError, match="single"):
        ours.env_method("snapshot")
    with pytest.raises(ValueError, match="one value"):
        ours.set_attr("copy", False, indices=[0])
    assert VecTransposeImage(ours).observation_space.shape == (3, 96, 96)
    ours.set_options({"randomize": True})
    ours.reset()
    ours.close()
    ours.close()


def test_ppo_trains() -> None:
    envs = CarRacingVector(4, autoreset_mode="same_step", max_episode_steps=20)
    model = stable_baselines3.PPO(
        "CnnPolicy", as_sb3(RecordEpisodeStatistics(envs)), n_steps=32, batch_size=64, n_epochs=1,
        seed=0, device="cpu",
    )  # fmt: skip
    before = [part.detach().clone() for part in model.policy.parameters()]
    model.learn(256)
    assert model.num_timesteps == 256
    assert len(model.ep_info_buffer) == 12  # episodes of 20 steps of 4 cars in 64 steps each
    changed = [
        not bool((old == new).all())
        for old, new in zip(before, model.policy.parameters(), strict=True)
    ]
    assert any(changed)
