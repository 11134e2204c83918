"""Networks as a text: which layers, and exactly how many weights of each value."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, Literal, cast

import numpy as np

from aann import errors
from aann._library import CData, c_text, call, ffi, lib, text

__all__ = ["Counts", "Layer", "Spec"]


@dataclass(frozen=True)
class Counts:
    """How many weights of a layer have each value."""

    minus: int
    zero: int
    plus: int


@dataclass(frozen=True)
class Layer:
    """A layer with weights, and the pools that follow it."""

    name: str
    kind: Literal["convolution", "dense"]
    input: tuple[int, int, int]
    """channels, height, width of what it reads"""
    output: tuple[int, int, int]
    """the same of what the next layer reads, after pooling"""
    kernel: tuple[int, int]
    stride: int
    pool: tuple[int, int]
    shift: int
    units: int
    fan_in: int
    sparsity: float
    """percent of the weights that are 0"""
    counts: Counts

    @property
    def weight_count(self) -> int:
        return self.units * self.fan_in

    @property
    def weight_shape(self) -> tuple[int, ...]:
        """Shape of the weights: (units, channels, rows, columns); dense: (units, fan-in)."""
        if self.kind == "dense":
            return (self.units, self.fan_in)
        return (self.units, self.input[0], *self.kernel)


def shape_of(value: int | Sequence[int]) -> tuple[int, int, int]:
    """(channels, height, width) from that, or from a number of values."""
    if isinstance(value, (int, Integral)):
        return (int(value), 1, 1)
    try:
        sizes = tuple(operator.index(size) for size in value)
    except TypeError:
        raise TypeError(
            f"input {value!r}: expected (channels, height, width) or a number of values"
        ) from None
    if len(sizes) == 1:
        return (sizes[0], 1, 1)
    if len(sizes) != 3:
        raise errors.ArgumentError(
            f"input {sizes}: expected (channels, height, width) or a number of values"
        )
    return (sizes[0], sizes[1], sizes[2])


class Spec:
    """A network without weights: layers, sparsities, shares of +1. Immutable; a spec can be hashed.

    Parameters
    ----------
    text:
        The notation, such as ``"16C5-MP2-32C5-MP2-10"``; see docs/networks.md.
    input:
        Shape of a sample: (channels, height, width), or the number of values.
    sparsity:
        Percent of zeros, for all layers or one number for each. ``@90`` in the text overrides a
        single number; a number for each layer overrides the text. None leaves 50 percent.
    excitatory_share:
        Share of +1 among the weights that are not 0.
    shifts:
        Right shift of each layer's sums, 0 to 24. None leaves those of the text.

    >>> import aann
    >>> spec = aann.Spec("16C5-MP2-10", (1, 28, 28), sparsity=[50, 90])
    >>> spec.layers[0].counts
    Counts(minus=100, zero=200, plus=100)
    >>> spec
    Spec('16C5@50-MP2-10@90', (1, 28, 28))
    """

    __slots__ = ("_arguments", "_c", "_layers")

    def __init__(
        self,
        text: str,
        input: int | Sequence[int],  # noqa: A002 - the field's name everywhere
        *,
        sparsity: float | Sequence[float] | None = None,
        excitatory_share: float = 0.5,
        shifts: Sequence[int] | None = None,
    ) -> None:
        spec = ffi.new("aann_spec *")
        shape = shape_of(input)
        try:
            c_shape = ffi.new("aann_shape *", shape)[0]
        except OverflowError:
            raise errors.ArgumentError(f"input {shape}: a size beyond 2^31") from None
        call(lib.aann_spec_parse, c_text(text, "net"), c_shape, spec)
        if sparsity is not None:
            if np.ndim(sparsity) > 0:
                shares = [float(share) for share in cast("Sequence[float]", sparsity)]
                call(lib.aann_spec_set_sparsity, spec, -1.0, shares, len(shares))
            else:
                overall = float(cast("float", sparsity))
                if overall < 0:
                    raise errors.ArgumentError(
                        f"sparsity {overall:g}: expected percent, 0 to below 100"
                    )
                call(lib.aann_spec_set_sparsity, spec, overall, ffi.NULL, 0)
        call(lib.aann_spec_set_excitatory_share, spec, float(excitatory_share))
        if shifts is not None:
            call(lib.aann_spec_set_shifts, spec, list(shifts), len(shifts))
        self._adopt(spec)

    def _adopt(self, spec: CData) -> None:
        self._c = spec
        canonical = ffi.new("char[]", lib.AANN_MAX_SPEC_LENGTH)
        call(lib.aann_spec_format, spec, canonical, lib.AANN_MAX_SPEC_LENGTH)
        share = float(spec.layers[0].excitatory_share)
        self._arguments = (
            text(canonical),
            (spec.input.channels, spec.input.height, spec.input.width),
            share,
        )
        self._layers = tuple(_layer(spec, index) for index in range(spec.layer_count))

    @classmethod
    def _from_c(cls, pointer: CData) -> Spec:
        """A copy of an aann_spec."""
        spec = cls.__new__(cls)
        spec._adopt(ffi.new("aann_spec *", pointer[0]))
        return spec

    @classmethod
    def preset(cls, name: str) -> Spec:
        """The network of a built-in task: ``"mnist"`` or ``"carracing"``."""
        found = lib.aann_task_preset_find(c_text(name, "preset"))
        if found == ffi.NULL:
            count = ffi.new("size_t *")
            table = lib.aann_task_preset_table(count)
            names = ", ".join(text(table[i].name) for i in range(count[0]))
            raise errors.ArgumentError(f"preset '{name}': expected one of {names}")
        shape = (found.input.channels, found.input.height, found.input.width)
        sparsity = [found.sparsity[i] for i in range(found.layer_count)]
        return cls(text(found.network), shape, sparsity=sparsity)

    @property
    def text(self) -> str:
        """The canonical text; it spells out every sparsity and shift."""
        return self._arguments[0]

    @property
    def input(self) -> tuple[int, int, int]:
        """channels, height, width of a sample"""
        return self._arguments[1]

    @property
    def excitatory_share(self) -> float:
        return self._arguments[2]

    @property
    def outputs(self) -> int:
        """classes, or outputs of a regression"""
        return int(self._c.output_count)

    @property
    def layers(self) -> tuple[Layer, ...]:
        return self._layers

    @property
    def counts(self) -> list[Counts]:
        """The exact counts of every layer."""
        return [layer.counts for layer in self._layers]

    @property
    def weight_count(self) -> int:
        return sum(layer.weight_count for layer in self._layers)

    def __repr__(self) -> str:
        share = (
            "" if self.excitatory_share == 0.5 else f", excitatory_share={self.excitatory_share}"
        )
        return f"Spec({self.text!r}, {self.input}{share})"

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spec) and self._arguments == other._arguments

    def __hash__(self) -> int:
        return hash(self._arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_spec, self._arguments)


def _spec(canonical: str, shape: tuple[int, int, int], share: float) -> Spec:
    return Spec(canonical, shape, excitatory_share=share)


def _layer(spec: CData, index: int) -> Layer:
    layer = spec.layers[index]
    name = ffi.new("char[32]")
    lib.aann_layer_name(ffi.addressof(layer), name, 32)
    counts = lib.aann_spec_counts(spec, index)
    return Layer(
        name=text(name),
        kind="dense" if layer.kind == lib.AANN_LAYER_DENSE else "convolution",
        input=(layer.input.channels, layer.input.height, layer.input.width),
        output=(layer.output.channels, layer.output.height, layer.output.width),
        kernel=(layer.kernel_height, layer.kernel_width),
        stride=layer.stride,
        pool=(layer.pool_height, layer.pool_width),
        shift=layer.shift,
        units=layer.units,
        fan_in=layer.fan_in,
        sparsity=layer.sparsity,
        counts=Counts(counts.minus, counts.zero, counts.plus),
    )
