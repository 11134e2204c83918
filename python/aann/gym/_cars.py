"""The cars of an environment: the library's memory, pickled by value."""

from __future__ import annotations

import struct
import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from aann import errors
from aann._library import CData, call, ffi, lib, natural
from aann.gym._score import glyphs_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WIDTH: int = lib.AANN_CAR_WIDTH
HEIGHT: int = lib.AANN_CAR_HEIGHT
PICTURE = (HEIGHT, WIDTH, 3)
STATE_VALUES = 18
NO_SEED = 2**64 - 1

# aann_car_state, as an array sees it.
_WHEEL = np.dtype(
    {
        "names": ["x", "y", "angle", "joint", "omega", "phase", "tiles"],
        "formats": ["f4", "f4", "f4", "f4", "f8", "f8", "i4"],
        "offsets": [
            ffi.offsetof("aann_car_wheel", name)
            for name in ("x", "y", "angle", "joint", "omega", "phase", "tiles")
        ],
        "itemsize": ffi.sizeof("aann_car_wheel"),
    }
)
_MOTION_NAMES = ["x", "y", "angle", "velocity_x", "velocity_y", "angular_velocity"]
_STATE_NAMES = [*_MOTION_NAMES, "wheels", "total_reward", "time", "visited", "steps"]
_STATE = np.dtype(
    {
        "names": _STATE_NAMES,
        "formats": ["f4"] * 6 + [(_WHEEL, (4,)), "f8", "f8", "i4", "i4"],
        "offsets": [ffi.offsetof("aann_car_state", name) for name in _STATE_NAMES],
        "itemsize": ffi.sizeof("aann_car_state"),
    }
)

# The beginning of a snapshot: what it is, its version, how many cars, and their settings.
_HEADER = struct.Struct("<8sIIdiB")
_MAGIC = b"aann gym"
_VERSION = 1
_CAR = struct.Struct("<BI")


class Cars:
    """Several cars with the same settings.

    Every method holds a lock while the library works, so threads that share an environment wait
    for each other.
    """

    def __init__(
        self,
        count: int,
        *,
        lap_complete_percent: float,
        domain_randomize: bool,
        step_limit: int,
        exact: bool,
        score: bool | None = False,
        seen: bool = True,
        threads: int = 1,
        next_step: bool = False,
    ) -> None:
        count = natural("num_envs", count, bits=31)
        step_limit = natural("max_episode_steps", step_limit, bits=31)
        threads = natural("threads", threads, bits=31)
        self._settings = (count, lap_complete_percent, domain_randomize, step_limit)
        self._exact, self._threads, self._next_step = exact, threads, next_step
        self._score, self._seen = score, seen
        glyphs = glyphs_for(score, exact=exact, seen=seen)
        self.score_drawn = glyphs is not None
        self.lock = threading.Lock()
        options = ffi.new("aann_cars_options *", lib.aann_cars_options_default())
        options.car.lap_complete_percent = lap_complete_percent
        options.car.domain_randomize = domain_randomize
        options.car.step_limit = step_limit
        options.car.picture = lib.AANN_CAR_PICTURE_EXACT if exact else lib.AANN_CAR_PICTURE_NEAR
        options.car.glyphs = ffi.NULL if glyphs is None else glyphs
        options.threads = threads
        options.autoreset = lib.AANN_CARS_NEXT_STEP if next_step else lib.AANN_CARS_DISABLED
        out = ffi.new("aann_cars **")
        call(lib.aann_cars_create, count, options, out)
        self.c: CData | None = ffi.gc(out[0], lib.aann_cars_destroy)
        self.count = count
        self.seeded = np.zeros(count, dtype=np.bool_)
        # A car that was never reset is saved as fewer bytes than any other.
        self._smallest = lib.aann_car_saved_size(self.car(0))

    def close(self) -> None:
        """Frees the cars. Closing again does nothing."""
        with self.lock:
            if self.c is not None:
                ffi.release(self.c)
                self.c = None

    def car(self, index: int) -> CData:
        """Car `index`; the caller holds the lock, and has seen that the cars are not closed."""
        return lib.aann_cars_car(self.c, index)

    def reset(
        self,
        seeds: Sequence[int | None] | None,
        *,
        mask: NDArray[np.bool_] | None = None,
        keep_colours: bool = False,
        pixels: NDArray[np.uint8] | None = None,
    ) -> None:
        """Starts new episodes; None is the next track of a car's random numbers."""
        c_seeds = ffi.NULL
        if seeds is not None:
            c_seeds = ffi.new("uint64_t[]", [NO_SEED if seed is None else seed for seed in seeds])
        c_mask = ffi.NULL if mask is None else ffi.from_buffer("bool[]", mask)
        c_pixels = ffi.NULL if pixels is None else ffi.from_buffer("uint8_t[]", pixels)
        call(lib.aann_cars_reset, self.c, c_mask, c_seeds, keep_colours, c_pixels)
        self.seeded |= True if mask is None else mask

    # ---- reading

    def states(self) -> NDArray[np.void]:
        """A structured array of all states."""
        states = np.zeros(self.count, dtype=_STATE)
        memory = ffi.from_buffer("aann_car_state[]", states)
        lib.aann_python_car_states(self.c, memory)
        return states

    def observe(self, out: NDArray[np.float32]) -> None:
        """Fills in [count][18]: the observation of an environment without pictures."""
        states = self.states()
        for column, name in enumerate(_MOTION_NAMES):
            out[:, column] = states[name]
        out[:, 6:10] = states["wheels"]["joint"]
        out[:, 10:14] = states["wheels"]["omega"]
        out[:, 14:18] = states["wheels"]["tiles"]

    def track(self, index: int) -> NDArray[np.float64]:
        """The centre line: [tiles][4], (alpha, beta, x, y) of each point."""
        count = ffi.new("int32_t *")
        points = lib.aann_car_track(self.car(index), count)
        size = count[0] * ffi.sizeof("aann_car_point")
        track: NDArray[np.float64] = (
            np.frombuffer(ffi.buffer(points, size), dtype=np.float64).reshape(-1, 4).copy()
        )
        return track

    # ---- saving

    def save(self) -> bytes:
        """Settings, random numbers and states of all cars."""
        count, percent, randomize, limit = self._settings
        parts = [_HEADER.pack(_MAGIC, _VERSION, count, percent, limit, randomize)]
        for index in range(count):
            car = self.car(index)
            size = lib.aann_car_saved_size(car)
            saved = bytearray(size)
            call(lib.aann_car_save, car, ffi.from_buffer(saved), size)
            parts += [_CAR.pack(lib.aann_cars_has_ended(self.c, index), size), bytes(saved)]
        return b"".join(parts)

    def restore(self, data: bytes, *, never_reset: bool = False) -> None:
        """Makes the cars equal to the saved ones. On failure nothing is changed.

        A car that was never reset is refused, unless `never_reset` is given.
        """
        cars = _parse(data, self._settings)
        before = self.save()
        try:
            self._apply(cars)
            if not (never_reset or self.seeded.all()):
                raise errors.FormatError("a snapshot of cars that were never reset")
        except errors.AannError:
            self._apply(_parse(before, self._settings))
            raise

    def _apply(self, cars: list[tuple[bool, bytes]]) -> None:
        for index, (ended, saved) in enumerate(cars):
            car = self.car(index)
            call(lib.aann_car_restore, car, ffi.from_buffer(saved), len(saved))
            lib.aann_cars_set_ended(self.c, index, ended)
            self.seeded[index] = lib.aann_car_saved_size(car) > self._smallest

    def ended(self) -> NDArray[np.bool_]:
        """Whose episode is over."""
        ended = [lib.aann_cars_has_ended(self.c, index) for index in range(self.count)]
        return np.array(ended, dtype=np.bool_)

    def __getstate__(self) -> dict[str, Any]:
        with self.lock:
            return {
                "settings": self._settings,
                "exact": self._exact,
                "score": self._score,
                "seen": self._seen,
                "threads": self._threads,
                "next_step": self._next_step,
                "saved": None if self.c is None else self.save(),
            }

    def __setstate__(self, state: dict[str, Any]) -> None:
        count, percent, randomize, limit = state["settings"]
        Cars.__init__(
            self,
            count,
            lap_complete_percent=percent,
            domain_randomize=randomize,
            step_limit=limit,
            exact=state.get("exact", False),
            score=state.get("score", False),
            seen=state.get("seen", True),
            threads=state["threads"],
            next_step=state["next_step"],
        )
        if state["saved"] is None:
            self.close()
        else:
            self.restore(state["saved"], never_reset=True)


def _parse(data: bytes, settings: tuple[int, float, bool, int]) -> list[tuple[bool, bytes]]:
    """The cars of a snapshot: whether the episode has ended, and the library's bytes."""
    if len(data) < _HEADER.size or data[:8] != _MAGIC:
        raise errors.FormatError("no snapshot of an environment: it begins with other bytes")
    _, version, count, percent, limit, randomize = _HEADER.unpack_from(data)
    if version > _VERSION:
        raise errors.VersionError(f"a snapshot of version {version}: this aann knows {_VERSION}")
    if (count, percent, bool(randomize), limit) != settings:
        raise errors.ArgumentError(
            f"a snapshot of {count} cars with lap_complete_percent={percent:g}, "
            f"domain_randomize={bool(randomize)}, max_episode_steps={limit or None}: "
            f"here are {settings[0]} with {settings[1]:g}, {settings[2]}, {settings[3] or None}"
        )
    cars, place = [], _HEADER.size
    for index in range(count):
        if len(data) - place < _CAR.size:
            raise errors.FormatError(f"a damaged snapshot: it ends before car {index}")
        ended, size = _CAR.unpack_from(data, place)
        place += _CAR.size
        if len(data) - place < size:
            raise errors.FormatError(f"a damaged snapshot: it ends in car {index}")
        cars.append((bool(ended), data[place : place + size]))
        place += size
    if place != len(data):
        raise errors.FormatError("a damaged snapshot: it goes on after the last car")
    return cars
