"""Stable-Baselines3, which takes no vector environment of Gymnasium: an adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gymnasium.vector import VectorEnv
    from stable_baselines3.common.vec_env import VecEnv

__all__ = ["as_sb3"]


def as_sb3(vector_env: VectorEnv[Any, Any, Any]) -> VecEnv:
    """A vector environment of Gymnasium as a VecEnv of Stable-Baselines3.

    Any autoreset mode will do; "same_step" is the fastest. As Stable-Baselines3 wants it, a step
    that ends an episode returns the first observation of the next one; `infos` has
    "terminal_observation" and "TimeLimit.truncated". What Gymnasium's RecordEpisodeStatistics adds
    is found there as "episode"::

        envs = gymnasium.make_vec("aann/CarRacing-v3", num_envs=64, autoreset_mode="same_step")
        envs = gymnasium.wrappers.vector.RecordEpisodeStatistics(envs)
        model = PPO("CnnPolicy", aann.gym.as_sb3(envs)).learn(1_000_000)

    There are no single environments behind it: `env_method` and `set_attr` of one are refused.
    """
    from aann.gym._vec_env import Adapter

    return Adapter(vector_env)
