"""Networks at the wheel: what they see, what their outputs mean, and how well they drive."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aann import errors
from aann._library import CData, call, ffi, lib
from aann.gym._cars import HEIGHT, PICTURE, WIDTH
from aann.model import Model
from aann.network import Network, _threads

if TYPE_CHECKING:
    import pandas

__all__ = ["Driver", "Outputs", "drive", "view"]

LANES: int = lib.AANN_DRIVE_LANES
VIEW = (HEIGHT, WIDTH)


@dataclass(frozen=True)
class Outputs:
    """What a driver's outputs (steering, gas, brake) mean.

    A logit l is z = HardTanh(l / (127 output_scale)), from -1 to 1, and stands for
    mean + scale * z.
    """

    mean: tuple[float, float, float]
    scale: tuple[float, float, float]
    output_scale: float = 24.0

    def _c(self) -> CData:
        outputs = ffi.new("aann_car_outputs *")
        outputs.mean, outputs.scale = list(self.mean), list(self.scale)
        outputs.full = lib.aann_logits_full_scale(self.output_scale)
        return outputs


class Driver:
    """A network that drives, or several whose wishes are averaged: pictures in, actions out.

    Parameters
    ----------
    networks:
        A `Model`, a `Result`, a member of a study, a `Network`, or a sequence of these. The input
        is 1 x 96 x 96, and there are three outputs.
    outputs:
        What the outputs mean. None: as the models say; a `Network` alone does not.

    It acts on the pictures of any CarRacing, Gymnasium's, too.
    """

    def __init__(self, networks: Any, *, outputs: Outputs | None = None) -> None:
        single = not isinstance(networks, Sequence) or isinstance(networks, str)
        items = [networks] if single else list(networks)
        if not items:
            raise errors.ArgumentError("no driver: expected at least one network")
        parts = [_part(item) for item in items]
        self.networks = tuple(network for network, _ in parts)
        self.outputs = outputs if outputs is not None else _common([told for _, told in parts])
        self._c = ffi.new("aann_driver *")
        # What the struct points to lives as long as this object.
        self._kept = (
            ffi.new("aann_network *[]", [part._c for part in self.networks]),
            self.networks,
        )
        self._c.networks = self._kept[0]
        self._c.count = len(self.networks)
        self._c.outputs = self.outputs._c()[0]
        out = ffi.new("aann_pilot **")
        call(lib.aann_pilot_create, self._c, ffi.NULL, out)
        self._pilot = ffi.gc(out[0], lib.aann_pilot_destroy)
        self._lock = threading.Lock()

    def act(self, pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Actions [..., 3] (steer, gas, brake) for pictures uint8 [..., 96, 96, 3]."""
        views = view(pictures)
        shape = views.shape[:-2]
        flat = views.reshape(-1, *VIEW)
        actions = np.empty((len(flat), 3), dtype=np.float64)
        memory = ffi.from_buffer("aann_car_action[]", actions)
        inputs = np.empty(flat.shape, dtype=np.int8)
        with self._lock:
            for first in range(0, len(flat), LANES):
                count = min(LANES, len(flat) - first)
                for index in range(first, first + count):
                    lib.aann_car_view_encode(
                        ffi.from_buffer("uint8_t[]", flat[index]),
                        ffi.from_buffer("int8_t[]", inputs[index]),
                    )
                some = ffi.from_buffer("int8_t[]", inputs[first : first + count])
                call(lib.aann_pilot_act, self._pilot, some, count, memory + first)
        return actions.reshape(*shape, 3)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_driver, (self.networks, self.outputs))

    def __repr__(self) -> str:
        return f"<aann.gym.Driver {', '.join(network.spec.text for network in self.networks)}>"


def drive(
    driver: Any,
    tracks: Iterable[int] = range(1000, 1100),
    *,
    outputs: Outputs | None = None,
    threads: int = 0,
) -> pandas.DataFrame | list[dict[str, Any]]:
    """Drives tracks, and tells the reward of each, as ``aann drive`` does, to the bit.

    Parameters
    ----------
    driver:
        A `Driver`, or what one is made of.
    tracks:
        Seeds of tracks.
    outputs:
        See `Driver`.
    threads:
        Never changes a reward; 0: all processors.

    Returns
    -------
    A data frame with a row for each track: track, reward, steps, finished (the lap, with every
    tile visited). Without pandas, a list of dicts with these keys.

    >>> import aann, aann.gym
    >>> network = aann.Network(aann.Spec.preset("carracing"))  # random: it leaves the road
    >>> outputs = aann.gym.Outputs((0.0, 0.5, 0.1), (0.4, 0.5, 0.1))
    >>> laps = aann.gym.drive(network, range(3), outputs=outputs)
    >>> len(laps)
    3
    """
    if not isinstance(driver, Driver):
        driver = Driver(driver, outputs=outputs)
    elif outputs is not None:
        raise TypeError("outputs: this Driver has them already")
    workers = _threads(threads)
    seeds = [_seed(track) for track in tracks]
    rows: list[dict[str, Any]] = []
    for first, count in _runs(seeds, LANES * max(workers, 1)):
        laps = ffi.new("aann_lap[]", count)
        call(lib.aann_drive_tracks, driver._c, first, count, workers, ffi.NULL, laps)
        rows += [
            {
                "track": first + index,
                "reward": laps[index].reward,
                "steps": laps[index].steps,
                "finished": laps[index].finished,
            }
            for index in range(count)
        ]
    try:
        import pandas
    except ImportError:
        return rows
    frame: pandas.DataFrame = pandas.DataFrame(
        rows, columns=["track", "reward", "steps", "finished"]
    )
    return frame


def view(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What a driver sees of pictures uint8 [..., 96, 96, 3]: uint8 [..., 96, 96].

    Road and instruments in one channel, at the top left, where the network looks; the digits of
    the score are left out. `record` records the same.
    """
    array = np.asarray(pictures)
    if array.dtype != np.uint8 or array.shape[-3:] != PICTURE:
        raise errors.ArgumentError(
            f"pictures of type {array.dtype} and shape {array.shape}: expected uint8 "
            f"(..., {', '.join(map(str, PICTURE))})"
        )
    flat = np.ascontiguousarray(array).reshape(-1, *PICTURE)
    views = np.empty((len(flat), *VIEW), dtype=np.uint8)
    for picture, seen in zip(flat, views, strict=True):
        lib.aann_car_view(ffi.from_buffer("uint8_t[]", picture), ffi.from_buffer("uint8_t[]", seen))
    return views.reshape(*array.shape[:-3], *VIEW)


# ---- inside


def _driver(networks: tuple[Network, ...], outputs: Outputs) -> Driver:
    return Driver(networks, outputs=outputs)


def _part(item: Any) -> tuple[Network, Outputs | None]:
    """A network, and what its outputs mean if that is known."""
    if isinstance(item, Network):
        return item, None
    model = item if isinstance(item, Model) else getattr(item, "model", None)
    if not isinstance(model, Model):
        raise TypeError(f"a driver of type {type(item).__name__}: expected a Network or a Model")
    encoding = model.encoding
    if encoding is not None and encoding.kind != "byte":
        raise errors.ArgumentError(
            f"no driver: its inputs were encoded as {encoding.kind!r}, not as 'byte'"
        )
    about = model._description
    if not model.regression or about.target_mean == ffi.NULL or model.network.spec.outputs != 3:
        return model.network, None
    mean = (about.target_mean[0], about.target_mean[1], about.target_mean[2])
    scale = (about.target_scale[0], about.target_scale[1], about.target_scale[2])
    return model.network, Outputs(mean, scale, model.output_scale)


def _common(told: list[Outputs | None]) -> Outputs:
    """What all outputs mean."""
    if told[0] is None or None in told:
        raise errors.ArgumentError(
            "what the outputs mean is unknown: give outputs=, such as recording.outputs"
        )
    if len(set(told)) > 1:
        raise errors.ArgumentError("the outputs of these networks do not mean the same")
    return told[0]


def _seed(track: Any) -> int:
    if not isinstance(track, (int, np.integer)) or not 0 <= track < 2**64 - 1:
        raise errors.ArgumentError(f"track {track!r}: expected a whole number, 0 to 2^64 - 2")
    return int(track)


def _runs(seeds: list[int], limit: int) -> Iterable[tuple[int, int]]:
    """(first, count) of neighbours, at most `limit` in each: between them Ctrl-C is heard."""
    start = 0
    for end in range(1, len(seeds) + 1):
        if end == len(seeds) or seeds[end] != seeds[end - 1] + 1 or end - start == limit:
            yield seeds[start], end - start
            start = end
