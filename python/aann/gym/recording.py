"""Recorded drives: demonstrations of the expert and corrections of a driver, to search on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from aann import errors
from aann._arrays import array_of
from aann._files import whole_file
from aann._library import CData, Interruption, call_interruptible, ffi, lib
from aann.data import Data
from aann.gym.driving import Driver, Outputs, _seed
from aann.gym.expert import Expert
from aann.searching import Result, search
from aann.spec import Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Recording", "record"]


@dataclass(frozen=True)
class Recording:
    """Views of the road, and what the expert does there. The arrays are read-only."""

    inputs: NDArray[np.uint8]
    """[frames, 96, 96]: what a driver sees; see `view`"""
    targets: NDArray[np.float32]
    """[frames, 3] (steering, gas, brake): (action - mean) / scale, from -1 to 1"""
    mean: tuple[float, float, float]
    scale: tuple[float, float, float]
    train_count: int
    """frames of the first nine tenths of the tracks; those after them are from other tracks"""
    corrections: int
    """frames of the driver's drives"""
    reward: float
    """mean reward of the expert's disturbed drives"""
    driver_reward: float | None
    """mean reward of the driver's drives"""

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def actions(self) -> NDArray[np.float32]:
        """[frames, 3]: the targets as steering, gas and brake, clamped as they were recorded."""
        mean, scale = np.array(self.mean, np.float32), np.array(self.scale, np.float32)
        actions: NDArray[np.float32] = mean + scale * self.targets
        return actions

    @property
    def outputs(self) -> Outputs:
        """What the outputs of a network mean that was searched on these frames."""
        return Outputs(self.mean, self.scale, _preset().output_scale)

    @property
    def options(self) -> dict[str, float]:
        """The task's own search options, for `aann.search` and `Study.family`."""
        preset = _preset()
        return {
            "temperature": preset.temperature,
            "cooling": preset.cooling,
            "output_scale": preset.output_scale,
        }

    def data(self, **how: Any) -> Data:
        """The frames as `aann.Data`, the last tenth for validation; `how` is passed on to it."""
        return Data(self.inputs, self.targets, target_range=(self.mean, self.scale), **how)

    def search(self, net: str | Spec | None = None, **how: Any) -> Result:
        """`aann.search` on these frames, as ``aann search carracing`` does it.

        net is the paper's network if it is None; `how` is passed on, and stands above `options`.
        """
        chosen = Spec.preset("carracing") if net is None else net
        found: Result = search(self.data(), None, chosen, **{**self.options, **how})
        return found

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the NPZ file of ``aann car record``, for ``aann search carracing --data``.

        A file that was there stays until the new one is complete.
        """
        with whole_file(path) as file:  # np.savez would add a suffix to a path
            np.savez(
                file,
                inputs=self.inputs,
                targets=self.targets,
                target_mean=np.array(self.mean, dtype=np.float32),
                target_scale=np.array(self.scale, dtype=np.float32),
            )

    def __repr__(self) -> str:
        corrected = f", {self.corrections} of them corrections" if self.corrections else ""
        return f"<aann.gym.Recording of {len(self)} frames{corrected}>"


def record(
    tracks: range = range(1_000_000, 1_000_240),
    *,
    expert: Expert | None = None,
    every: int = 3,
    noise: float = 0.2,
    seed: int = 1,
    driver: Any = None,
    driver_tracks: int = 120,
    each: bool = False,
    lost: bool = False,
    outputs: Outputs | None = None,
) -> Recording:
    """Lets the expert drive, with disturbed steering, and records what it would do undisturbed.

    Parameters
    ----------
    tracks:
        The expert's, one after the other. The driver's come behind them.
    expert:
        None: the fast one; ``Expert("teacher", lateral_acceleration=100, widest=2)`` is a better
        model to imitate.
    every:
        Steps from one frame to the next.
    noise:
        The standard deviation of the steering's disturbance is drawn for each track from 0 to
        this.
    seed:
        Of the disturbances.
    driver:
        A `Driver`, or what one is made of: it drives, too, and recorded is what the expert would
        do in its place (DAgger: Ross, Gordon, Bagnell 2011). Outputs keep their meaning, so a
        search can start from the driver's network.
    driver_tracks:
        How many tracks the driver drives.
    each:
        Several networks each drive their share of the tracks, not together.
    lost:
        Of the driver's laps, record only those that it does not finish.
    outputs:
        See `Driver`.

    The same arguments give the same recording, that of ``aann car record``. Ctrl-C ends it.

    >>> import aann.gym
    >>> recording = aann.gym.record(range(2), every=20)
    >>> recording.inputs.shape[1:], recording.targets.shape[1:]
    ((96, 96), (3,))
    """
    options = _options(tracks, expert, every, noise, seed)
    options.driver_episodes = _whole("driver_tracks", driver_tracks)
    options.each = each
    options.lost = lost
    interruption = Interruption()
    options.interrupted = lib.aann_python_interrupted
    options.context = interruption.context
    c_driver = ffi.NULL
    if driver is not None:
        driver = driver if isinstance(driver, Driver) else Driver(driver, outputs=outputs)
        c_driver = driver._c
    elif outputs is not None or each or lost:
        raise TypeError("outputs, each and lost need a driver")
    found = ffi.new("aann_recording *")
    call_interruptible(lib.aann_recording_make, options, c_driver, found, interruption=interruption)
    owner = ffi.gc(found, lib.aann_recording_destroy)
    count = found.count
    return Recording(
        inputs=array_of(found.views, "uint8_t", (count, 96, 96), np.uint8, owner),
        targets=array_of(found.targets, "float", (count, 3), np.float32, owner),
        mean=(found.mean[0], found.mean[1], found.mean[2]),
        scale=(found.scale[0], found.scale[1], found.scale[2]),
        train_count=found.train_count,
        corrections=found.corrections,
        reward=found.reward,
        driver_reward=found.driver_reward if driver is not None else None,
    )


def _options(tracks: range, expert: Expert | None, every: int, noise: float, seed: int) -> CData:
    """An aann_recording_options."""
    if not isinstance(tracks, range) or tracks.step != 1 or len(tracks) == 0:
        raise errors.ArgumentError(f"tracks {tracks!r}: expected a range with a step of 1")
    options = ffi.new("aann_recording_options *", lib.aann_recording_options_default())
    options.episodes = _whole("tracks", len(tracks))
    demonstration = options.demonstration
    demonstration.first_track = _seed(tracks.start)
    demonstration.seed = _seed(seed)
    demonstration.every = _whole("every", every)
    demonstration.noise_limit = noise
    if expert is not None:
        demonstration.expert = expert._options[0]
    return options


def _whole(name: str, value: int) -> int:
    """A number that C can count."""
    if not 1 <= value <= 1_000_000:
        raise errors.ArgumentError(f"{name} {value}: expected 1 to 1,000,000")
    return value


@cache
def _preset() -> CData:
    """The task's own search options."""
    return lib.aann_task_preset_find(b"carracing")
