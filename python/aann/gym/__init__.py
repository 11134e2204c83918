"""Reinforcement learning: CarRacing as a Gymnasium environment, and networks at the wheel.

Importing this module registers ``aann/CarRacing-v3`` with Gymnasium::

    import gymnasium
    import aann.gym

    env = gymnasium.make("aann/CarRacing-v3")
    envs = gymnasium.make_vec("aann/CarRacing-v3", num_envs=64)

It is Gymnasium's CarRacing-v3 to the last bit of tracks, motion, rewards and ends, without Box2D
and pygame, and a few hundred times as fast. `Expert` drives it; `record` makes demonstrations and
corrections that `aann.search` takes; `drive` measures networks.
"""

from __future__ import annotations

import gymnasium

from aann.gym.corrections import dagger
from aann.gym.driving import Driver, Outputs, drive, view
from aann.gym.environment import CarRacing
from aann.gym.expert import Expert
from aann.gym.recording import Recording, record
from aann.gym.stable_baselines import as_sb3
from aann.gym.vector import CarRacingVector

__all__ = [
    "ID",
    "CarRacing",
    "CarRacingVector",
    "Driver",
    "Expert",
    "Outputs",
    "Recording",
    "as_sb3",
    "dagger",
    "drive",
    "record",
    "view",
]

ID = "aann/CarRacing-v3"

if ID not in gymnasium.registry:
    gymnasium.register(
        ID,
        entry_point="aann.gym.environment:CarRacing",
        vector_entry_point="aann.gym.vector:CarRacingVector",
        max_episode_steps=1000,
        reward_threshold=900,
    )
