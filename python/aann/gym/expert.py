"""The expert: a driver that reads the track and the car's state, not the picture."""

from __future__ import annotations

import weakref
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from aann import errors
from aann._library import CData, call, ffi, lib
from aann.gym.environment import CarRacing
from aann.gym.vector import CarRacingVector

__all__ = ["Expert"]


class Expert:
    """Drives `CarRacing` and `CarRacingVector`: what the task allows, and a model to imitate.

    Parameters
    ----------
    style:
        "fast" (a mean reward above 930), "teacher": slower and steadier, with a margin for
        disturbances, or "racer": as fast, and recovers from disturbances.
    top_speed, lateral_acceleration, braking:
        Metres per second; in bends, metres per second squared; before bends, the same. None: those
        of the style.
    widest:
        Maximum distance of its line from the middle of the road, metres.

    It plans at the first `act` of each episode, for as many environments as it is shown.

    >>> import aann.gym
    >>> env = aann.gym.CarRacing(pixels=False)
    >>> _ = env.reset(seed=0)
    >>> expert, total, ended = aann.gym.Expert(), 0.0, False
    >>> while not ended:
    ...     _, reward, ended, _, _ = env.step(expert.act(env))
    ...     total += reward
    >>> total > 900
    True
    """

    def __init__(
        self,
        style: Literal["fast", "teacher", "racer"] = "fast",
        *,
        top_speed: float | None = None,
        lateral_acceleration: float | None = None,
        braking: float | None = None,
        widest: float | None = None,
    ) -> None:
        styles = {
            "fast": lib.aann_car_expert_options_default,
            "teacher": lib.aann_car_expert_options_teacher,
            "racer": lib.aann_car_expert_options_racer,
        }
        if style not in styles:
            raise errors.ArgumentError(f"style {style!r}: expected 'fast', 'teacher' or 'racer'")
        self._arguments = (style, top_speed, lateral_acceleration, braking, widest)
        self._options = ffi.new("aann_car_expert_options *", styles[style]())
        given = {
            "top_speed": top_speed,
            "lateral_acceleration": lateral_acceleration,
            "braking": braking,
            "widest": widest,
        }
        for name, value in given.items():
            if value is not None:
                setattr(self._options, name, float(value))
        self._new_driver()  # checks the options
        self._plans: weakref.WeakKeyDictionary[CarRacing | CarRacingVector, _Plans] = (
            weakref.WeakKeyDictionary()
        )

    def act(self, env: Any) -> NDArray[Any]:
        """The action now: float64 [3] for one car, float32 [num_envs, 3] for many.

        `env` may be wrapped. One car takes float64 actions as they are, so the drive is the one
        of ``aann car expert``, to the bit.
        """
        racing = env.unwrapped
        if not isinstance(racing, (CarRacing, CarRacingVector)):
            raise TypeError(f"the expert drives aann/CarRacing-v3, not {env}")
        if not racing.continuous:
            raise errors.ArgumentError("the expert needs continuous actions")
        racing._ready("act()")
        plans = self._plans.get(racing)
        if plans is None:
            plans = self._plans[racing] = _Plans(len(racing.episodes))
        actions = np.empty((len(plans.drivers), 3), dtype=np.float64)
        action = ffi.new("aann_car_action *")
        with racing._cars.lock:
            for index in range(len(actions)):
                car = racing._cars.car(index)
                lib.aann_car_expert_act(
                    self._planned(plans, index, car, int(racing.episodes[index])), car, action
                )
                actions[index] = action.steer, action.gas, action.brake
        return actions[0] if isinstance(racing, CarRacing) else actions.astype(np.float32)

    def _planned(self, plans: _Plans, index: int, car: CData, episode: int) -> CData:
        """The driver of a car, with a plan for its episode."""
        driver = plans.drivers[index]
        if driver is None:
            driver = plans.drivers[index] = self._new_driver()
        if plans.episodes[index] != episode:
            lib.aann_car_expert_plan(driver, car)
            plans.episodes[index] = episode
        return driver

    def _new_driver(self) -> CData:
        out = ffi.new("aann_car_expert **")
        call(lib.aann_car_expert_create, self._options, out)
        return ffi.gc(out[0], lib.aann_car_expert_destroy)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_expert, self._arguments)

    def __repr__(self) -> str:
        options = self._options
        return (
            f"<aann.gym.Expert top_speed={options.top_speed:g} "
            f"lateral_acceleration={options.lateral_acceleration:g} braking={options.braking:g} "
            f"widest={options.widest:g}>"
        )


class _Plans:
    """The drivers of one environment's cars, and the episode that each has planned for."""

    def __init__(self, count: int) -> None:
        self.drivers: list[CData | None] = [None] * count
        self.episodes = [-1] * count


def _expert(
    style: Literal["fast", "teacher", "racer"],
    top_speed: float | None,
    lateral_acceleration: float | None,
    braking: float | None,
    widest: float | None,
) -> Expert:
    return Expert(
        style,
        top_speed=top_speed,
        lateral_acceleration=lateral_acceleration,
        braking=braking,
        widest=widest,
    )
