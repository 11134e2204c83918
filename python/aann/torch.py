"""PyTorch: networks as modules that give the same integers, and trained modules as networks.

Needs PyTorch (``pip install aann[torch]``).

>>> import aann, aann.torch, torch
>>> network = aann.Network(aann.Spec("8C3-MP2-4", (1, 8, 8)))
>>> module = aann.torch.to_module(network)
>>> X = torch.randint(-127, 128, (5, 1, 8, 8))
>>> bool((module(X).int().numpy() == network.logits(X.numpy())).all())
True
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import nn

from aann import errors
from aann._library import CData, call, ffi, lib
from aann.network import Network
from aann.spec import Counts, Spec

__all__ = ["Binarisation", "TernaryModule", "from_module", "state_dict", "to_module"]

LARGEST_INPUT = 127
LARGEST_SHIFT = 24


# ---- a network as a module


class TernaryModule(nn.Module):
    """A network as a module: standard layers without gradients, which give the same integers.

    It reads what the network reads, -127 to 127 in any type, [n, ...], and returns the logits as
    whole numbers of `dtype`. Sums are rounded, so that an algorithm that is not exact (Winograd,
    FFT) gives the same.
    """

    def __init__(self, network: Network, dtype: torch.dtype | None = None) -> None:
        super().__init__()
        self.spec = network.spec
        chosen = _choose_dtype(network, dtype)
        spec = network.spec._c
        self.input_pool = _pool(spec.input_pool_height, spec.input_pool_width)
        count = spec.layer_count
        self.layers = nn.ModuleList(
            _TernaryLayer(spec.layers[i], network.weights[i], chosen, last=i + 1 == count)
            for i in range(count)
        )

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        weight = self.get_parameter("layers.0.weight")
        maps: torch.Tensor = X.to(weight.dtype).reshape(X.shape[0], *self.spec.input)
        maps = self.input_pool(maps)
        for layer in self.layers:
            maps = layer(maps)
        return maps.flatten(1)

    def network(self) -> Network:
        """The network of the weights that the module has now."""
        shapes = [layer.weight_shape for layer in self.spec.layers]
        weights = [
            parameter.detach().to(device="cpu", dtype=torch.float64).numpy().reshape(shape)
            for parameter, shape in zip(self.parameters(), shapes, strict=True)
        ]
        return Network(self.spec, weights)


class _TernaryLayer(nn.Module):
    """A convolution or dense layer, the pool, the shift, and HardTanh unless it is the last."""

    def __init__(
        self, layer: CData, weights: np.ndarray, dtype: torch.dtype, *, last: bool
    ) -> None:
        super().__init__()
        shape = (layer.units, layer.input.channels, layer.kernel_height, layer.kernel_width)
        values = torch.from_numpy(np.array(weights)).reshape(shape).to(dtype)
        self.weight = nn.Parameter(values, requires_grad=False)
        self.stride = int(layer.stride)
        self.padding = (
            *_padding(
                layer.padding_left,
                layer.kernel_width,
                layer.input.width,
                layer.sums.width,
                self.stride,
            ),
            *_padding(
                layer.padding_top,
                layer.kernel_height,
                layer.input.height,
                layer.sums.height,
                self.stride,
            ),
        )
        self.pool = _pool(layer.pool_height, layer.pool_width)
        self.shift = int(layer.shift)
        self.last = last

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        if self.weight.shape[2:] == maps.shape[2:] and not any(self.padding):
            sums = maps.flatten(1) @ self.weight.flatten(1).T
            sums = sums[:, :, None, None]
        else:
            sums = nn.functional.conv2d(
                nn.functional.pad(maps, self.padding), self.weight, stride=self.stride
            )
        sums = torch.round(self.pool(sums))
        if self.shift > 0:
            sums = torch.floor(sums * 2.0**-self.shift)
        return sums if self.last else sums.clamp(-LARGEST_INPUT, LARGEST_INPUT)

    def extra_repr(self) -> str:
        units, channels, height, width = self.weight.shape
        return (
            f"{channels} to {units}, kernel {height}x{width}, stride {self.stride}, "
            f"shift {self.shift}{', logits' if self.last else ''}"
        )


def _pool(height: int, width: int) -> nn.Module:
    return nn.Identity() if height == width == 1 else nn.MaxPool2d((height, width))


def _padding(before: int, kernel: int, size: int, count: int, stride: int) -> tuple[int, int]:
    """Zeros before and after, as many as `count` positions of the kernel read."""
    return int(before), max(0, (count - 1) * stride + kernel - before - size)


def _choose_dtype(network: Network, dtype: torch.dtype | None) -> torch.dtype:
    """A type that holds every sum of this network: the given one, or float32, or float64."""
    largest = max(
        LARGEST_INPUT * int(np.count_nonzero(layer.reshape(layer.shape[0], -1), axis=1).max())
        for layer in network.weights
    )
    if dtype is None:
        return torch.float32 if _holds(torch.float32, largest) else torch.float64
    if not dtype.is_floating_point:
        raise TypeError(f"dtype {dtype}: expected a type of floats, such as torch.float32")
    if not _holds(dtype, largest):
        raise errors.ArgumentError(
            f"dtype {dtype}: sums of this network reach {largest}, which it cannot hold exactly; "
            "leave dtype out"
        )
    return dtype


def _holds(dtype: torch.dtype, largest: int) -> bool:
    """Whether a type has all whole numbers up to `largest`."""
    information = torch.finfo(dtype)
    return largest <= min(2 / information.eps, information.max)


def to_module(network: Network, *, dtype: torch.dtype | None = None) -> TernaryModule:
    """The network as a module with the same logits, on every device.

    `dtype` None: float32 if that holds all sums (all networks below about 132,000 synapses a unit),
    else float64. A type that does not is refused.
    """
    return TernaryModule(network, dtype)


def state_dict(network: Network) -> dict[str, torch.Tensor]:
    """The weights as int8 tensors, with the names that `to_module` gives them.

    ``torch.save`` stores them, and ``to_module(other).load_state_dict`` takes them.
    """
    shapes = [(layer.units, layer.input[0], *layer.kernel) for layer in network.spec.layers]
    return {
        f"layers.{i}.weight": torch.from_numpy(np.array(weights)).reshape(shape)
        for i, (weights, shape) in enumerate(zip(network.weights, shapes, strict=True))
    }


# ---- a trained module as a network


@dataclass(frozen=True)
class Binarisation:
    """What became of a layer's real weights."""

    layer: str
    """its name in the module"""
    counts: Counts
    """now: those of the spec"""
    by_magnitude: Counts
    """what pruning the smallest magnitudes and taking the sign would give"""
    different: int
    """weights to which that would give another value: the price of exact counts"""
    scale: float
    """mean magnitude of the weights that are not 0 now"""
    shift: int
    """right shift of the sums, which stands for the scale"""


def from_module(
    module: nn.Module | Sequence[nn.Module],
    input: int | Sequence[int],  # noqa: A002 - as in Spec
    *,
    sparsity: float | Sequence[float] | None = None,
    excitatory_share: float = 0.5,
    shifts: Sequence[int] | Literal["auto"] | None = "auto",
) -> tuple[Network, list[Binarisation]]:
    """A trained module as a network: its weights pruned and binarised to exact counts.

    Parameters
    ----------
    module:
        An `nn.Sequential` (or a list) of Conv2d or Conv1d, MaxPool2d or MaxPool1d, Linear,
        Flatten, and Hardtanh after every layer but the last, all without bias. Dropout, Identity
        and a final softmax are left out. Whatever a network cannot say is refused.
    input:
        Shape of a sample: (channels, height, width), or the number of values. A network reads
        -127 to 127 where the module reads -1 to 1. For Conv1d: (channels, 1, length).
    sparsity, excitatory_share:
        As in `Spec`. The largest weights become +1, the smallest -1, the rest 0.
    shifts:
        Right shift of each layer's sums. "auto": 2^-shift stands for the mean magnitude of the
        weights that are left, in the last layer 0. None: no shifts.

    The result is a start for ``aann.search(X, y, network.spec, start=network)``, which repairs
    what binarising cost.
    """
    if isinstance(module, TernaryModule):
        raise TypeError("module: it is a network already; module.network() returns that")
    reader = _Reader(input)
    for name, part in _parts(module):
        reader.read(name, part)
    layers = reader.finish()
    spec = Spec(reader.text, input, sparsity=sparsity, excitatory_share=excitatory_share)
    for found, placed in zip(layers, spec.layers, strict=True):
        if found.weight.numel() != placed.weight_count:
            raise errors.ArgumentError(
                f"layer {found.name} has {found.weight.numel()} weights, but an input of "
                f"{spec.input} gives it {placed.weight_count}"
            )
    drafts = [_binarise(spec, index, found) for index, found in enumerate(layers)]
    if shifts == "auto":
        shifts = _automatic_shifts(layers, [scale for _, _, scale in drafts])
    if shifts is not None:
        shares = [layer.sparsity for layer in spec.layers]
        spec = Spec(
            reader.text, input, sparsity=shares, excitatory_share=excitatory_share, shifts=shifts
        )
    network = Network(spec, [weights for weights, _, _ in drafts])
    reports = [
        Binarisation(
            layer=found.name,
            counts=spec.counts[index],
            by_magnitude=_counts(report.by_magnitude),
            different=int(report.different),
            scale=scale,
            shift=spec.layers[index].shift,
        )
        for index, (found, (_, report, scale)) in enumerate(zip(layers, drafts, strict=True))
    ]
    return network, reports


@dataclass
class _Found:
    """A layer with weights, and the limit of the HardTanh that follows it."""

    name: str
    weight: torch.Tensor
    limit: float = 1.0


class _Reader:
    """Turns modules into the notation of a spec, one after the other."""

    def __init__(self, shape: int | Sequence[int]) -> None:
        self.elements: list[str] = []
        self.layers: list[_Found] = []
        self.bounded = True
        """the values are those of a HardTanh, or the input's"""
        self.ended = False
        sizes = [shape] if isinstance(shape, int) else list(shape)
        self.flat = len(sizes) == 1

    @property
    def text(self) -> str:
        return "-".join(self.elements)

    def read(self, name: str, part: nn.Module) -> None:
        if isinstance(part, (nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d)):
            return
        if self.ended:
            raise errors.ArgumentError(f"{name}: {_kind(part)} after the softmax")
        if isinstance(part, (nn.Conv1d, nn.Conv2d, nn.Linear)):
            self._weights(name, part)
        elif isinstance(part, (nn.MaxPool1d, nn.MaxPool2d)):
            self.elements.append(_pool_text(name, part))
        elif isinstance(part, nn.Hardtanh):
            self._hardtanh(name, part)
        elif isinstance(part, nn.Flatten):
            if part.start_dim != 1 or part.end_dim != -1:
                raise errors.ArgumentError(f"{name}: expected Flatten(1, -1)")
            self.flat = True
        elif isinstance(part, (nn.Softmax, nn.LogSoftmax)):
            self.ended = True
        else:
            raise errors.ArgumentError(f"{name}: {_kind(part)} {_hint(part)}")

    def _weights(self, name: str, part: nn.Conv1d | nn.Conv2d | nn.Linear) -> None:
        if not self.bounded:
            raise errors.ArgumentError(f"{name}: expected Hardtanh between it and the layer before")
        if part.bias is not None:
            raise errors.ArgumentError(f"{name}: networks have no biases; train with bias=False")
        if isinstance(part, nn.Linear):
            if not self.flat:
                raise errors.ArgumentError(f"{name}: expected Flatten between maps and Linear")
            self.elements.append(str(part.out_features))
        else:
            if self.flat:
                raise errors.ArgumentError(f"{name}: {_kind(part)} reads maps, not a vector")
            self.elements.append(_convolution_text(name, part))
        self.layers.append(_Found(name, part.weight.detach()))
        self.bounded = False

    def _hardtanh(self, name: str, part: nn.Hardtanh) -> None:
        if part.max_val <= 0 or part.min_val != -part.max_val:
            raise errors.ArgumentError(
                f"{name}: a Hardtanh from {part.min_val} to {part.max_val}; expected -1 to 1, or "
                "other limits of the same size"
            )
        limit = float(part.max_val)
        if not self.bounded:
            self.layers[-1].limit = limit
        elif limit < (self.layers[-1].limit if self.layers else 1.0):
            raise errors.ArgumentError(
                f"{name}: a Hardtanh to {limit:g} of values that another limit holds already"
            )
        self.bounded = True

    def finish(self) -> list[_Found]:
        if not self.layers:
            raise errors.ArgumentError("the module has no layers with weights")
        for layer in self.layers:
            if not bool(torch.isfinite(layer.weight).all()):
                raise errors.ArgumentError(f"{layer.name}: a weight is NaN or infinite")
        return self.layers


def _parts(
    module: nn.Module | Iterable[nn.Module], prefix: str = ""
) -> Iterator[tuple[str, nn.Module]]:
    """The modules in the order of the data, with their names."""
    if isinstance(module, nn.Sequential):
        children: Iterable[tuple[str, nn.Module]] = module.named_children()
    elif isinstance(module, (list, tuple)):
        children = ((str(i), part) for i, part in enumerate(module))
    elif isinstance(module, (nn.Conv1d, nn.Conv2d, nn.Linear)):
        children = (("0", module),)
    else:
        raise TypeError(
            f"module: {type(module).__name__} does not say in which order its parts are used; "
            "give them as nn.Sequential(...) or as a list"
        )
    for name, part in children:
        if isinstance(part, nn.Sequential):
            yield from _parts(part, f"{prefix}{name}.")
        elif isinstance(part, nn.Module):
            yield f"{prefix}{name}", part
        else:
            raise TypeError(f"{prefix}{name}: expected an nn.Module, not {type(part).__name__}")


def _kind(part: nn.Module) -> str:
    return type(part).__name__


def _hint(part: nn.Module) -> str:
    if "Norm" in _kind(part):
        return "has no equivalent: networks have no normalisation"
    if type(part).__module__.endswith("activation"):
        return "has no equivalent: the activation of a network is Hardtanh"
    return "has no equivalent in a network"


def _pair(value: Any, dimensions: int, first: int = 1) -> tuple[int, int]:
    """(vertical, horizontal) of a setting that may be one number."""
    sizes = tuple(value) if isinstance(value, (tuple, list)) else (value,) * dimensions
    return (first, int(sizes[0])) if dimensions == 1 else (int(sizes[0]), int(sizes[1]))


def _pool_text(name: str, part: nn.MaxPool1d | nn.MaxPool2d) -> str:
    dimensions = 1 if isinstance(part, nn.MaxPool1d) else 2
    size = _pair(part.kernel_size, dimensions)
    plain = (
        _pair(part.stride, dimensions) == size
        and _pair(part.padding, dimensions, 0) == (0, 0)
        and _pair(part.dilation, dimensions) == (1, 1)
        and not part.ceil_mode
    )
    if not plain:
        raise errors.ArgumentError(
            f"{name}: pools have neither overlap, padding, dilation nor ceil_mode"
        )
    return f"MP{size[0]}x{size[1]}"


def _convolution_text(name: str, part: nn.Conv1d | nn.Conv2d) -> str:
    dimensions = 1 if isinstance(part, nn.Conv1d) else 2
    kernel = _pair(part.kernel_size, dimensions)
    stride = (
        _pair(part.stride, 2) if dimensions == 2 else _pair(part.stride, 1, int(part.stride[0]))
    )
    if part.groups != 1 or set(part.dilation) != {1} or part.padding_mode != "zeros":
        raise errors.ArgumentError(
            f"{name}: convolutions have neither groups, dilation nor a padding other than zeros"
        )
    if stride[0] != stride[1]:
        raise errors.ArgumentError(f"{name}: stride {stride}; expected the same in both directions")
    padded = _is_padded(name, part.padding, kernel, dimensions)
    suffix = ("" if padded else "v") + ("" if stride[0] == 1 else f"s{stride[0]}")
    return f"{part.out_channels}C{kernel[0]}x{kernel[1]}{suffix}"


def _is_padded(
    name: str, padding: str | tuple[int, ...], kernel: tuple[int, int], dimensions: int
) -> bool:
    """Whether zeros keep the size of a map; False: there are none."""
    if isinstance(padding, str):
        return padding == "same"
    around = _pair(padding, dimensions, 0)
    if around == (0, 0):
        return kernel == (1, 1)
    if any(size % 2 == 0 for size in kernel) or around != tuple(size // 2 for size in kernel):
        wanted = tuple(size // 2 for size in kernel)
        raise errors.ArgumentError(
            f"{name}: padding {around}; expected none, or for odd kernels {wanted}"
        )
    return True


def _binarise(spec: Spec, index: int, found: _Found) -> tuple[np.ndarray, CData, float]:
    """Weights -1, 0 and +1 of one layer, the library's report, and the scale."""
    out = ffi.new("aann_network **")
    call(lib.aann_network_create, spec._c, out)
    network = Network._owning(out[0])
    values = found.weight.to(device="cpu", dtype=torch.float64).reshape(-1).contiguous().numpy()
    report = ffi.new("aann_binarisation *")
    call(
        lib.aann_network_binarise,
        network._c,
        index,
        ffi.from_buffer("double[]", values),
        report,
    )
    weights = np.array(network.weights[index])
    kept = np.abs(values[weights.reshape(-1) != 0])
    return weights, report, float(kept.mean())


def _automatic_shifts(layers: list[_Found], scales: list[float]) -> list[int]:
    """Shifts that stand for the scales of the weights and the limits of HardTanh."""
    shifts = []
    limit = 1.0
    for found, scale in zip(layers, scales, strict=True):
        factor = scale * limit / found.limit
        shift = round(-math.log2(factor)) if factor > 0 else 0
        shifts.append(min(max(shift, 0), LARGEST_SHIFT))
        limit = found.limit
    shifts[-1] = 0
    return shifts


def _counts(counts: CData) -> Counts:
    return Counts(int(counts.minus), int(counts.zero), int(counts.plus))
