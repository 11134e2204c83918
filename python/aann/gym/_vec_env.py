"""The adapter behind `as_sb3`. Importing this module imports Stable-Baselines3, and PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from stable_baselines3.common.vec_env import VecEnv

from aann import errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Adapter(VecEnv):
    """See `as_sb3`."""

    def __init__(self, env: VectorEnv[Any, Any, Any]) -> None:
        mode = env.metadata.get("autoreset_mode")
        if not isinstance(mode, AutoresetMode):
            raise errors.ArgumentError(f"{env} does not say its autoreset mode in its metadata")
        self.env = env
        self._same_step = mode is AutoresetMode.SAME_STEP
        # Stable-Baselines3 keeps the last observation during the next step.
        self._reuses_memory = not getattr(env.unwrapped, "copy", True)
        self._actions: Any = None
        super().__init__(env.num_envs, env.single_observation_space, env.single_action_space)

    def reset(self) -> Any:
        seeds = list(self._seeds)
        options = self._options[0]
        if any(other != options for other in self._options):
            raise errors.ArgumentError("options of a reset: expected the same for all environments")
        observations, info = self.env.reset(
            seed=None if seeds == [None] * self.num_envs else seeds,  # type: ignore[arg-type]
            options=dict(options) if options else None,
        )
        self.reset_infos = split_info(info, self.num_envs)
        self._reset_seeds()
        self._reset_options()
        return self._kept(observations)

    def step_async(self, actions: NDArray[Any]) -> None:
        self._actions = actions

    def step_wait(self) -> Any:
        observations, rewards, terminated, truncated, info = self.env.step(self._actions)
        ended = terminated | truncated
        infos = split_info(info, self.num_envs)
        for index in range(self.num_envs):
            infos[index]["TimeLimit.truncated"] = bool(truncated[index] and not terminated[index])
        if ended.any():
            if self._same_step:
                self._take_finals(infos, ended)
            else:
                observations = self._start_next(infos, ended, observations)
        return self._kept(observations), rewards.astype(np.float32), ended, infos

    def _take_finals(self, infos: list[dict[str, Any]], ended: NDArray[np.bool_]) -> None:
        """What "same_step" tells of the old episodes."""
        for index in np.flatnonzero(ended):
            info = infos[index]
            info["terminal_observation"] = info.pop("final_obs")
            info.update(info.pop("final_info", {}))
            self.reset_infos[index] = {}

    def _start_next(
        self, infos: list[dict[str, Any]], ended: NDArray[np.bool_], observations: Any
    ) -> Any:
        """Resets the ended environments now; returns the new observations."""
        for index in np.flatnonzero(ended):
            infos[index]["terminal_observation"] = np.array(observations[index])
        observations, told = self.env.reset(options={"reset_mask": ended})
        about = split_info(told, self.num_envs)
        for index in np.flatnonzero(ended):
            self.reset_infos[index] = about[index]
        return observations

    def _kept(self, observations: Any) -> Any:
        return observations.copy() if self._reuses_memory else observations

    def close(self) -> None:
        self.env.close()

    def get_images(self) -> Sequence[NDArray[np.uint8] | None]:
        pictures: Any = self.env.render()
        return [None] * self.num_envs if pictures is None else list(pictures)

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        try:
            value = getattr(self.env, attr_name)
        except AttributeError:
            value = getattr(self.env.unwrapped, attr_name)
        return [value for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        if len(list(self._get_indices(indices))) != self.num_envs:
            raise errors.ArgumentError("set_attr: one vector environment has one value for all")
        setattr(self.env.unwrapped, attr_name, value)

    def env_method(
        self, method_name: str, *_arguments: Any, indices: Any = None, **_more: Any
    ) -> list[Any]:
        raise NotImplementedError(
            f"env_method({method_name!r}): there are no single environments; "
            "call a method of the vector environment instead"
        )

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        return [False for _ in self._get_indices(indices)]


def split_info(info: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Gymnasium's dict of arrays and masks as a dict for each environment."""
    infos: list[dict[str, Any]] = [{} for _ in range(count)]
    for name, values in info.items():
        if name.startswith("_"):
            continue
        mask = info.get(f"_{name}", np.ones(count, dtype=np.bool_))
        listed = split_info(values, count) if isinstance(values, dict) else values
        for index in np.flatnonzero(mask):
            infos[index][name] = listed[index]
    return infos
