"""Many cars in one call: `CarRacingVector`, what `gymnasium.make_vec` gives."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

import gymnasium
import gymnasium.error
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from aann import errors
from aann._library import CData, call, ffi, lib
from aann.gym._actions import many_continuous, many_discrete
from aann.gym._cars import Cars
from aann.gym.environment import (
    RENDER_MODES,
    action_space,
    check_rendering,
    check_seed,
    enlarge,
    fresh_seed,
    is_exact,
    keeps_colours,
    observation_space,
    states_as_arrays,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_MODES = {
    "next_step": AutoresetMode.NEXT_STEP,
    "same_step": AutoresetMode.SAME_STEP,
    "disabled": AutoresetMode.DISABLED,
}


class CarRacingVector(VectorEnv[NDArray[Any], Any, NDArray[Any]]):
    """`num_envs` cars, each to the bit as `CarRacing` drives it alone.

    Parameters
    ----------
    num_envs:
        1 to 65,536 cars.
    max_episode_steps:
        Episodes are truncated after so many steps; None: never.
    autoreset_mode:
        What happens after the end of a car's episode, as in Gymnasium: "next_step" (the next step
        resets it, its action is ignored), "same_step" (the same step resets it; `info` has
        "final_obs" and "final_info"), or "disabled" (reset it yourself, with
        ``reset(options={"reset_mask": mask})``). `gymnasium.vector.AutoresetMode` and its values
        are accepted, too.
    threads:
        Threads that share the cars. Results do not depend on it.
    continuous, lap_complete_percent, domain_randomize, pixels, copy, render_mode, render_scale:
        As for `CarRacing`; actions are float32, other numbers are rounded. With ``copy=False``
        observations are written to the same array at each step.
    picture, score:
        As for `CarRacing`.
    """

    metadata: dict[str, Any]

    def __init__(
        self,
        num_envs: int = 1,
        *,
        max_episode_steps: int | None = 1000,
        autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
        threads: int = 1,
        continuous: bool = True,
        lap_complete_percent: float = 0.95,
        domain_randomize: bool = False,
        pixels: bool = True,
        copy: bool = True,
        render_mode: str | None = None,
        render_scale: int = 1,
        picture: str = "exact",
        score: bool | None = None,
    ) -> None:
        check_rendering(render_mode, render_scale)
        if max_episode_steps is not None and max_episode_steps < 1:
            raise errors.ArgumentError(
                f"max_episode_steps {max_episode_steps}: expected 1 or more, or None"
            )
        self.num_envs = num_envs
        self.autoreset_mode = _mode(autoreset_mode)
        self.metadata = {
            "render_modes": list(RENDER_MODES),
            "render_fps": 50,
            "autoreset_mode": self.autoreset_mode,
        }
        self.max_episode_steps = max_episode_steps
        self.threads = threads
        self.continuous = continuous
        self.lap_complete_percent = lap_complete_percent
        self.domain_randomize = domain_randomize
        self.pixels = pixels
        self.copy = copy
        self.picture = picture
        self.score = score
        self.render_mode = render_mode
        self.render_scale = render_scale
        self._cars = Cars(
            num_envs,
            lap_complete_percent=lap_complete_percent,
            domain_randomize=domain_randomize,
            step_limit=max_episode_steps or 0,
            exact=is_exact(picture),
            score=score,
            seen=pixels or render_mode is not None,
            threads=threads,
            next_step=self.autoreset_mode is AutoresetMode.NEXT_STEP,
        )
        self.single_observation_space = observation_space(pixels)
        self.single_action_space = action_space(continuous)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.episodes = np.zeros(num_envs, dtype=np.int64)
        """How many episodes each car began, for those who plan once for each."""
        self._seeds: list[int | None] = [None] * num_envs
        self._ended = np.zeros(num_envs, dtype=np.bool_)
        self._buffer: NDArray[Any] | None = None
        self._results = _Results(num_envs)

    # ---- gymnasium's interface

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Starts an episode of every car, or of those in ``options["reset_mask"]``.

        Parameters
        ----------
        seed:
            Car i gets seed + i, or seed[i]. A car without a seed goes on to the next track of its
            random numbers; in its first reset it draws a seed (`np_random_seed`).
        options:
            "reset_mask": bool [num_envs]; "randomize": False keeps the colours.
        """
        cars = self._open()
        mask = _reset_mask(options, self.num_envs)
        seeds = self._new_seeds(seed, mask)
        keep = keeps_colours(options, self.domain_randomize, bool(cars.seeded[mask].all()))
        if isinstance(seed, Integral):
            super().reset(seed=int(seed))
        with cars.lock:
            cars.reset(seeds, mask=mask, keep_colours=keep)
            self._seeds = [
                old if new is None else new for old, new in zip(self._seeds, seeds, strict=True)
            ]
            self.episodes += mask
            self._ended[mask] = False
            return self._observe(), {}

    def step(
        self, actions: Any
    ) -> tuple[
        NDArray[Any], NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]
    ]:
        """Drives every car for 1/50 s, except for those that it resets."""
        cars, results, mode = self._cars, self._results, self.autoreset_mode
        if cars.c is None or not cars.seeded.all():
            self._ready("step()")
        with cars.lock:
            before = self._ended
            if mode is AutoresetMode.DISABLED and before.any():
                car = int(np.argmax(before))
                raise gymnasium.error.ResetNeeded(
                    f"the episode of car {car} is over: without autoreset, call "
                    'reset(options={"reset_mask": mask}) before the next step()'
                )
            out = self._new_observation()
            c_results = results.pointing_to(out if self.pixels else None)
            if self.continuous:
                wishes = many_continuous(actions, self.num_envs)
                memory = ffi.from_buffer("float[]", wishes)
                call(lib.aann_cars_step, cars.c, memory, c_results)
            else:
                choices = many_discrete(actions, self.num_envs)
                memory = ffi.from_buffer("int64_t[]", choices)
                call(lib.aann_cars_step_discrete, cars.c, memory, c_results)
            if not self.pixels:
                cars.observe(out)
            self._ended = results.terminated | results.truncated
            if mode is AutoresetMode.NEXT_STEP and before.any():
                self.episodes += before
            info: dict[str, Any] = {}
            if self._ended.any():
                self._end_episodes(out, info)
            return (
                out,
                results.rewards.copy(),
                results.terminated.copy(),
                results.truncated.copy(),
                info,
            )

    def render(self) -> tuple[NDArray[np.uint8], ...] | None:
        """The picture of every car, each as `CarRacing.render` gives it."""
        if self.render_mode is None:
            gymnasium.logger.warn(
                "render() without a render_mode gives nothing: make the environment with "
                'render_mode="rgb_array"'
            )
            return None
        self._ready("render()")
        space = observation_space(pixels=True)
        pictures = np.empty((self.num_envs, *space.shape), dtype=np.uint8)
        with self._cars.lock:
            self._draw(pictures)
        return tuple(enlarge(pictures, self.render_scale))

    def close_extras(self, **_options: Any) -> None:
        """Frees the cars."""
        if hasattr(self, "_cars"):
            self._cars.close()

    @property
    def np_random_seed(self) -> tuple[int | None, ...]:  # type: ignore[override]
        """The seed of each car: the one given last, or the one drawn in its first reset."""
        return tuple(self._seeds)

    # ---- what Gymnasium's have not

    @property
    def score_drawn(self) -> bool:
        """Whether pictures show the score."""
        return self._cars.score_drawn

    @property
    def state(self) -> dict[str, NDArray[Any]]:
        """Everything that moves, as `CarRacing.state`, each an array [num_envs, ...]."""
        self._ready("state")
        with self._cars.lock:
            return states_as_arrays(self._cars.states())

    @property
    def track(self) -> tuple[NDArray[np.float64], ...]:
        """The centre line of each car's track, as `CarRacing.track`."""
        self._ready("track")
        with self._cars.lock:
            return tuple(self._cars.track(index) for index in range(self.num_envs))

    def snapshot(self) -> bytes:
        """All cars, their tracks and random numbers, for `restore`."""
        self._ready("snapshot()")
        with self._cars.lock:
            return self._cars.save()

    def restore(self, snapshot: bytes) -> NDArray[Any]:
        """Makes this environment equal to the snapshot's; returns the observations.

        The same actions then give the same bits, also in later episodes. The bytes are checked
        first; on failure nothing is changed.
        """
        with self._open().lock:
            self._cars.restore(snapshot)
            self._ended = self._cars.ended()
            self.episodes += 1
            return self._observe()

    # ---- inside; the caller holds the lock

    def _end_episodes(self, out: NDArray[Any], info: dict[str, Any]) -> None:
        """What `info` says about the ends, and with "same_step" the new episodes."""
        ended, results = self._ended, self._results
        about: dict[str, Any] = {}
        if results.terminated.any():
            about["lap_finished"] = results.lap_finished.copy()
            about["_lap_finished"] = results.terminated.copy()
        if self.autoreset_mode is not AutoresetMode.SAME_STEP:
            info.update(about)
            return
        last = np.full(self.num_envs, None, dtype=object)
        for car in np.flatnonzero(ended):
            last[car] = out[car].copy()
        info["final_obs"], info["_final_obs"] = last, ended.copy()
        info["final_info"], info["_final_info"] = about, ended.copy()
        self._cars.reset(None, mask=ended, pixels=out if self.pixels else None)
        if not self.pixels:
            self._cars.observe(out)
        self.episodes += ended
        self._ended = np.zeros(self.num_envs, dtype=np.bool_)

    def _new_observation(self) -> NDArray[Any]:
        out = self._buffer
        if out is None:
            space = self.observation_space
            out = np.empty(space.shape or (), dtype=space.dtype)
            if not self.copy:
                self._buffer = out
        return out

    def _observe(self) -> NDArray[Any]:
        out = self._new_observation()
        if not self.pixels:
            self._cars.observe(out)
        elif self._cars.seeded.all():
            self._draw(out)
        else:  # after a first reset of some: the others have no picture yet
            out[...] = 0
            for car in np.flatnonzero(self._cars.seeded):
                picture = ffi.from_buffer("uint8_t[]", out[car])
                lib.aann_car_render(self._cars.car(int(car)), picture)
        return out

    def _draw(self, out: NDArray[np.uint8]) -> None:
        call(lib.aann_cars_render, self._cars.c, ffi.from_buffer("uint8_t[]", out))

    def _new_seeds(
        self, seed: int | Sequence[int | None] | None, mask: NDArray[np.bool_]
    ) -> list[int | None]:
        """The seed of each car that is reset, and None for the others."""
        if seed is None:
            seeds: list[int | None] = [None] * self.num_envs
        elif isinstance(seed, (int, Integral)):
            seeds = [int(seed) + index for index in range(self.num_envs)]
        else:
            seeds = list(seed)
        if len(seeds) != self.num_envs:
            raise errors.ArgumentError(f"{len(seeds)} seeds for {self.num_envs} cars")
        for car, given in enumerate(seeds):
            if not mask[car]:
                seeds[car] = None
            elif given is not None:
                if not isinstance(given, (int, np.integer)):
                    raise errors.ArgumentError(f"seed {given!r}: expected a whole number")
                seeds[car] = int(given)
                check_seed(int(given))
            elif not self._cars.seeded[car]:
                seeds[car] = fresh_seed()
        return seeds

    def _open(self) -> Cars:
        if self._cars.c is None:
            raise gymnasium.error.ClosedEnvironmentError("the environment is closed")
        return self._cars

    def _ready(self, what: str) -> None:
        seeded = self._open().seeded
        if not seeded.all():
            car = int(np.argmin(seeded))
            raise gymnasium.error.ResetNeeded(f"{what} before the first reset() of car {car}")


class _Results:
    """The arrays that the library writes to. They hold nothing between calls."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.rewards = np.zeros(count, dtype=np.float64)
        self.terminated = np.zeros(count, dtype=np.bool_)
        self.truncated = np.zeros(count, dtype=np.bool_)
        self.lap_finished = np.zeros(count, dtype=np.bool_)
        self._c: CData = ffi.new("aann_cars_results *")
        self._c.rewards = self._pointer("double[]", self.rewards)
        self._c.terminated = self._pointer("bool[]", self.terminated)
        self._c.truncated = self._pointer("bool[]", self.truncated)
        self._c.lap_finished = self._pointer("bool[]", self.lap_finished)

    def _pointer(self, kind: str, array: NDArray[Any]) -> CData:
        """A pointer into an array that lives as long as this object."""
        return ffi.from_buffer(kind, array)

    def pointing_to(self, pixels: NDArray[Any] | None) -> CData:
        """The struct, with this array for the pictures."""
        self._c.pixels = ffi.NULL if pixels is None else ffi.from_buffer("uint8_t[]", pixels)
        return self._c

    def __reduce__(self) -> tuple[type[_Results], tuple[int]]:
        return (_Results, (self.count,))


def _mode(mode: str | AutoresetMode) -> AutoresetMode:
    """Gymnasium's enum, its values, or the names of its members in lower case."""
    if isinstance(mode, AutoresetMode):
        return mode
    if mode in _MODES:
        return _MODES[mode]
    try:
        return AutoresetMode(mode)
    except ValueError:
        raise errors.ArgumentError(
            f"autoreset_mode {mode!r}: expected one of {', '.join(_MODES)}"
        ) from None


def _reset_mask(options: dict[str, Any] | None, count: int) -> NDArray[np.bool_]:
    """Which cars a reset is for: those of options["reset_mask"], or all."""
    if options is None or "reset_mask" not in options:
        return np.ones(count, dtype=np.bool_)
    mask = options["reset_mask"]
    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_:
        raise TypeError(f"reset_mask: expected a bool array of shape ({count},)")
    if mask.shape != (count,) or not mask.any():
        raise errors.ArgumentError(
            f"reset_mask of shape {mask.shape} with {int(mask.sum())} cars: "
            f"expected shape ({count},), and at least one car"
        )
    return np.ascontiguousarray(mask)
