"""One car: `CarRacing`, which `gymnasium.make("aann/CarRacing-v3")` gives."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import gymnasium
import gymnasium.error
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from aann import errors
from aann._library import CData, ffi, lib
from aann.gym._actions import DISCRETE_ACTIONS, read_continuous, read_discrete
from aann.gym._cars import NO_SEED, PICTURE, STATE_VALUES, Cars

RENDER_MODES = ("rgb_array", "state_pixels")


class CarRacing(gymnasium.Env[NDArray[Any], Any]):
    """Drive a car round a random track, seen from above: Gymnasium's CarRacing-v3.

    The same seed and actions give the same track, motion, rewards and ends of episodes, to the
    last bit, also in later episodes that are begun without a seed, and by default the same
    pictures. Like Gymnasium's class, this one never truncates: `gymnasium.make` adds the limit of
    1,000 steps.

    Parameters
    ----------
    render_mode:
        "rgb_array" or "state_pixels": what `render` gives, in both cases the picture that is
        observed, enlarged by `render_scale`. (Gymnasium draws 600 x 400 pixels for "rgb_array".)
        With "human", `gymnasium.make` shows it in a window.
    continuous:
        Actions are (steer, gas, brake): -1 to 1 (right), 0 to 1, 0 to 1. False: five discrete ones
        (nothing, right, left, gas, brake).
    lap_complete_percent:
        Share of the tiles that must be visited before the start counts as a lap.
    domain_randomize:
        New colours for road and grass at every reset, unless it is asked with
        ``options={"randomize": False}``.
    pixels:
        Observe pictures, uint8 [96, 96, 3]. False: nothing is drawn, and the observation is the
        car's state, float32 [18]: place (x, y, in metres), angle, velocity (x, y), angular
        velocity; then of the front left, front right, rear left and rear right wheels the angle
        to the hull, the spin, and the number of tiles below (0: grass).
    copy:
        Return a new array at each step. False: the same array each time, overwritten.
    render_scale:
        Every pixel becomes this many squared in what `render` gives.
    picture:
        "exact": every byte of the picture is Gymnasium's (1.4.0, with pygame-ce 2.5.8). "near":
        three times as fast, 0.07 of 255 away in the mean, without a score; what searches for
        drivers look at.
    score:
        Of exact pictures: True draws the score in the lower left corner (rows 84 to 95, columns 0
        to 11), for which pygame-ce 2.5.8 has to be installed, whose font it is. False leaves the
        corner black. None: drawn where that pygame is installed; elsewhere it stays black, and a
        warning says so once.

    Attributes
    ----------
    np_random:
        Is not used: the random numbers of tracks and colours are the library's. They are those
        that Gymnasium would draw from `np_random_seed`.
    """

    metadata: dict[str, Any] = {"render_modes": list(RENDER_MODES), "render_fps": 50}  # noqa: RUF012

    def __init__(
        self,
        render_mode: str | None = None,
        *,
        continuous: bool = True,
        lap_complete_percent: float = 0.95,
        domain_randomize: bool = False,
        pixels: bool = True,
        copy: bool = True,
        render_scale: int = 1,
        picture: str = "exact",
        score: bool | None = None,
    ) -> None:
        check_rendering(render_mode, render_scale)
        self.render_mode = render_mode
        self.render_scale = render_scale
        self.continuous = continuous
        self.lap_complete_percent = lap_complete_percent
        self.domain_randomize = domain_randomize
        self.pixels = pixels
        self.copy = copy
        self.picture = picture
        self.score = score
        self.observation_space = observation_space(pixels)
        self.action_space = action_space(continuous)
        self.episodes = np.zeros(1, dtype=np.int64)
        """How many episodes were begun, for those who plan once for each."""
        self._buffer: NDArray[Any] | None = None
        # Without a limit of steps: gymnasium's wrapper counts them.
        self._cars = Cars(
            1,
            lap_complete_percent=lap_complete_percent,
            domain_randomize=domain_randomize,
            step_limit=0,
            exact=is_exact(picture),
            score=score,
            seen=pixels or render_mode is not None,
        )
        self._call = _Call()

    # ---- gymnasium's interface

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[Any], dict[str, Any]]:
        """Starts an episode: on the track of `seed`, or on the next one of the random numbers."""
        cars = self._open()
        if seed is None and not cars.seeded[0]:
            seed = fresh_seed()
        if seed is not None:
            check_seed(seed)
        keep = keeps_colours(options, self.domain_randomize, bool(cars.seeded[0]))
        if seed is not None:
            super().reset(seed=seed)  # refuses what is no seed, and changes nothing then
        with cars.lock:
            cars.reset([seed], keep_colours=keep)
            self.episodes += 1
            return self._observe(), {}

    def step(self, action: Any) -> tuple[NDArray[Any], float, bool, bool, dict[str, Any]]:
        """Drives 1/50 s. `info` has "lap_finished" when the episode is terminated."""
        cars = self._cars
        if cars.c is None or not cars.seeded[0]:
            self._ready("step()")
        with cars.lock:
            made, result = self._call.action, self._call.result
            if self.continuous:
                read_continuous(action, made)
            else:
                read_discrete(action, made)
            lib.aann_car_step(cars.car(0), made, result)
            info = {"lap_finished": result.lap_finished} if result.terminated else {}
            return self._observe(), result.reward, result.terminated, False, info

    def render(self) -> NDArray[np.uint8] | None:
        """The picture, uint8 [96 * render_scale, 96 * render_scale, 3]."""
        if self.render_mode is None:
            gymnasium.logger.warn(
                "render() without a render_mode gives nothing: make the environment with "
                'render_mode="rgb_array"'
            )
            return None
        if self._cars.c is None or not self._cars.seeded[0]:
            self._ready("render()")
        picture = np.empty(PICTURE, dtype=np.uint8)
        with self._cars.lock:
            lib.aann_car_render(self._cars.car(0), ffi.from_buffer("uint8_t[]", picture))
        return enlarge(picture, self.render_scale)

    def close(self) -> None:
        """Frees the car. Closing again does nothing."""
        self._cars.close()

    # ---- what Gymnasium's has not

    @property
    def score_drawn(self) -> bool:
        """Whether pictures show the score."""
        return self._cars.score_drawn

    @property
    def state(self) -> dict[str, Any]:
        """Everything that moves, by name; see `states_as_arrays`."""
        self._ready("state")
        with self._cars.lock:
            states = self._cars.states()
        return {name: value[0] for name, value in states_as_arrays(states).items()}

    @property
    def track(self) -> NDArray[np.float64]:
        """The centre line, [tiles, 4]: of each point (alpha, beta, x, y), as Gymnasium's `track`.

        alpha is the point's angle seen from the middle of the field, (-sin beta, cos beta) the
        direction of the road.
        """
        self._ready("track")
        with self._cars.lock:
            return self._cars.track(0)

    def snapshot(self) -> bytes:
        """The car, its track and random numbers, as about 750 bytes, for `restore`.

        A wrapper's count of steps (TimeLimit) is not part of it; a copy or a pickle of the
        wrapped environment holds both.
        """
        self._ready("snapshot()")
        with self._cars.lock:
            return self._cars.save()

    def restore(self, snapshot: bytes) -> NDArray[Any]:
        """Makes this environment equal to the snapshot's; returns the observation.

        The same actions then give the same bits, also in later episodes. The bytes are checked
        first; on failure nothing is changed.
        """
        with self._open().lock:
            self._cars.restore(snapshot)
            self.episodes += 1
            return self._observe()

    # ---- inside

    def _observe(self) -> NDArray[Any]:
        """The observation, in new memory or always in the same. The caller holds the lock."""
        out = self._buffer
        if out is None:
            space = self.observation_space
            out = np.empty(space.shape or (), dtype=space.dtype)
            if not self.copy:
                self._buffer = out
        if self.pixels:
            lib.aann_car_render(self._cars.car(0), ffi.from_buffer("uint8_t[]", out))
        else:
            self._cars.observe(out[None])
        return out

    def _open(self) -> Cars:
        if self._cars.c is None:
            raise gymnasium.error.ClosedEnvironmentError("the environment is closed")
        return self._cars

    def _ready(self, what: str) -> None:
        if not self._open().seeded[0]:
            raise gymnasium.error.ResetNeeded(f"{what} before the first reset()")


class _Call:
    """The structs of one call. They hold nothing between calls, and are made anew in a copy."""

    def __init__(self) -> None:
        self.action: CData = ffi.new("aann_car_action *")
        self.result: CData = ffi.new("aann_car_result *")

    def __reduce__(self) -> tuple[type[_Call], tuple[()]]:
        return (_Call, ())


# ---- what both environments do


def observation_space(pixels: bool) -> spaces.Box:
    """The space of one car's observations."""
    if pixels:
        return spaces.Box(0, 255, PICTURE, np.uint8)
    return spaces.Box(-np.inf, np.inf, (STATE_VALUES,), np.float32)


def action_space(continuous: bool) -> spaces.Box | spaces.Discrete:
    """The space of one car's actions."""
    if not continuous:
        return spaces.Discrete(DISCRETE_ACTIONS)
    low, high = np.array([-1, 0, 0], np.float32), np.array([1, 1, 1], np.float32)
    return spaces.Box(low, high, dtype=np.float32)


def check_rendering(render_mode: str | None, render_scale: int) -> None:
    if render_mode is not None and render_mode not in RENDER_MODES:
        raise errors.ArgumentError(
            f"render_mode {render_mode!r}: expected one of {', '.join(RENDER_MODES)}, or None"
        )
    if not 1 <= render_scale <= 64:
        raise errors.ArgumentError(f"render_scale {render_scale}: expected 1 to 64")


def enlarge(picture: NDArray[np.uint8], scale: int) -> NDArray[np.uint8]:
    """Every pixel `scale` by `scale` times."""
    if scale == 1:
        return picture
    return picture.repeat(scale, axis=-3).repeat(scale, axis=-2)


def check_seed(seed: int) -> None:
    """Seeds are below 2^64 - 1, which stands for no seed; what is no number, Gymnasium refuses."""
    if isinstance(seed, Integral) and not 0 <= seed < NO_SEED:
        raise errors.ArgumentError(f"seed {seed}: expected 0 to 2^64 - 2")


def fresh_seed() -> int:
    """A seed from the operating system, for a first reset without one."""
    return int(np.random.SeedSequence().generate_state(1, np.uint32)[0])


def is_exact(picture: str) -> bool:
    """Whether pictures are to be exact; refuses what is no kind of picture."""
    if picture not in ("near", "exact"):
        raise errors.ArgumentError(f'picture {picture!r}: expected "near" or "exact"')
    return picture == "exact"


def keeps_colours(options: dict[str, Any] | None, domain_randomize: bool, seeded: bool) -> bool:
    """Whether options={"randomize": False} asks for it, and there are colours to keep."""
    if options is None or not domain_randomize or options.get("randomize", True):
        return False
    if not seeded:
        raise errors.ArgumentError(
            'options={"randomize": False} in the first reset: there are no colours to keep'
        )
    return True


def states_as_arrays(states: NDArray[np.void]) -> dict[str, NDArray[Any]]:
    """The library's states [n] by name, each an array [n, ...].

    position [2] and angle of the hull in metres and radians (angles grow to the left, 0 looks
    along +y); velocity [2], angular_velocity; of the wheels, front left, front right, rear left,
    rear right: wheel_position [4, 2], wheel_angle [4], wheel_joint [4] (the angle to the hull),
    wheel_omega [4] (spin, radians per second), wheel_phase [4], wheel_tiles [4] (tiles below it);
    total_reward; time in seconds; visited tiles; steps.
    """
    wheels = states["wheels"]
    return {
        "position": np.stack([states["x"], states["y"]], axis=-1),
        "angle": states["angle"].copy(),
        "velocity": np.stack([states["velocity_x"], states["velocity_y"]], axis=-1),
        "angular_velocity": states["angular_velocity"].copy(),
        "wheel_position": np.stack([wheels["x"], wheels["y"]], axis=-1),
        "wheel_angle": wheels["angle"].copy(),
        "wheel_joint": wheels["joint"].copy(),
        "wheel_omega": wheels["omega"].copy(),
        "wheel_phase": wheels["phase"].copy(),
        "wheel_tiles": wheels["tiles"].copy(),
        "total_reward": states["total_reward"].copy(),
        "time": states["time"].copy(),
        "visited": states["visited"].copy(),
        "steps": states["steps"].copy(),
    }
