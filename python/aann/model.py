"""Models: a network with all that is needed to use it, in memory or in one small file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from aann import errors
from aann._arrays import Borrowed, as_int32, for_outputs, names_of
from aann._library import (
    CData,
    c_path,
    c_text,
    call,
    call_with_path,
    ffi,
    lib,
    take_bytes,
    text_or_none,
)
from aann.encoding import Encoding
from aann.network import Network, largest

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Model"]


class Model:
    """A network, its encoding, the names of classes and columns, and what its outputs stand for.

    It takes measured values as they are, so it needs neither a study nor the training data. It
    comes from a result (``result.model``), from a member of a study, or from a file; the file is
    the one that ``aann save`` writes (docs/model-file.md).

    >>> import aann, numpy as np
    >>> X = np.array([[0, 200], [200, 0]] * 20, dtype=np.uint8)
    >>> result = aann.search(X, ["low", "high"] * 20, "2", steps=200)
    >>> model = aann.Model.from_bytes(result.model.to_bytes())
    >>> model.predict(X[:2])
    array(['low', 'high'], dtype='<U4')
    """

    __slots__ = ("_c", "_description", "encoding", "network")

    def __init__(
        self,
        network: Network,
        encoding: Encoding | None = None,
        *,
        regression: bool = False,
        loss_scale: float | None = None,
        output_scale: float | None = None,
        target_range: tuple[Sequence[float], Sequence[float]] | None = None,
        target_weights: Sequence[float] | None = None,
        class_names: Sequence[str] | None = None,
        column_names: Sequence[str] | None = None,
        provenance: str | None = None,
    ) -> None:
        description = ffi.new("aann_model_description *", lib.aann_model_description_default())
        borrowed, outputs = Borrowed(), network.spec.outputs
        if encoding is not None:
            description.encoding = encoding._c
        description.regression = regression
        if loss_scale is not None:
            description.loss_scale = loss_scale
        if output_scale is not None:
            description.output_scale = output_scale
        if target_range is not None:
            mean, scale = (
                borrowed.keep(for_outputs(part, outputs, "target_range")) for part in target_range
            )
            description.target_mean, description.target_scale = mean, scale
        if target_weights is not None:
            description.target_weights = borrowed.keep(
                for_outputs(target_weights, outputs, "target_weights")
            )
        if class_names is not None:
            description.class_names = borrowed.texts(class_names, "a class")
            description.class_count = len(class_names)
        if column_names is not None:
            description.column_names = borrowed.texts(column_names, "a column's name")
            description.column_count = len(column_names)
        if provenance is not None:
            description.provenance = borrowed.keep(c_text(provenance, "provenance"))
        out = ffi.new("aann_model **")
        call(lib.aann_model_create, network._c, description, out)
        self._adopt(out[0])

    def _adopt(self, pointer: CData) -> None:
        self._c = ffi.gc(pointer, lib.aann_model_destroy)
        self._description = lib.aann_model_describe(self._c)
        self.network = Network._copy_of(lib.aann_model_network(self._c))
        self.encoding: Encoding | None = None
        encoding = self._description.encoding
        if encoding != ffi.NULL:
            shape = ffi.new("aann_shape *", self.network.spec.input)[0]
            measured = lib.aann_encoding_measured_shape(encoding, shape)
            self.encoding = Encoding._copy_of(
                encoding, (measured.channels, measured.height, measured.width)
            )

    @classmethod
    def _owning(cls, pointer: CData) -> Model:
        """A model that owns an aann_model from now on."""
        model = cls.__new__(cls)
        model._adopt(pointer)
        return model

    # ---- what it is

    @property
    def regression(self) -> bool:
        return bool(self._description.regression)

    @property
    def loss_scale(self) -> float:
        return float(self._description.loss_scale)

    @property
    def output_scale(self) -> float:
        return float(self._description.output_scale)

    @property
    def class_names(self) -> list[str] | None:
        """None if the classes are the plain numbers 0, 1, 2, ..."""
        return names_of(self._description.class_names, self._description.class_count)

    @property
    def columns(self) -> list[str] | None:
        """Names of a sample's values, of a table its columns; None if they have no names."""
        names = names_of(self._description.column_names, self._description.column_count)
        return self.encoding.columns if names is None and self.encoding is not None else names

    @property
    def target_names(self) -> list[str] | None:
        """Names of a regression's targets, if they have names."""
        return names_of(self._description.target_names, self.network.spec.outputs)

    @property
    def window_columns(self) -> list[str] | None:
        """The columns of the table, if a sample is a window of its rows."""
        return names_of(self._description.window_columns, self._description.window_column_count)

    @property
    def provenance(self) -> str | None:
        """Where it came from, for people; usually JSON."""
        return text_or_none(self._description.provenance)

    # ---- what it answers

    def logits(self, X: Any, *, threads: int = 1) -> NDArray[np.int32]:
        """The network's outputs for measured values, int32 [samples, outputs].

        X is shaped as in the search: [samples, features], pictures, or a data frame, whose columns
        are found by their names. Without an encoding, X is int8 in -127..127.
        """
        inputs = X if self.encoding is None else self.encoding.encode(X)
        return self.network.logits(inputs, threads=threads)

    def predict(self, X: Any, *, threads: int = 1) -> NDArray[Any]:
        """The class of each sample (its name, or its number where classes have none), or of a
        regression the outputs in the user's units, [samples, outputs]."""
        logits = self.logits(X, threads=threads)
        if self.regression:
            return self._interpret(logits)
        return self.named(self.answers(logits))

    def named(self, answers: NDArray[np.int64]) -> NDArray[Any]:
        """The names of classes, or their numbers where classes have none. An output beyond the
        classes has its number as its name."""
        names = self.class_names
        if names is None:
            return answers
        more = range(len(names), self.network.spec.outputs)
        return np.array([*names, *(str(number) for number in more)])[answers]

    def answers(self, logits: NDArray[np.int32]) -> NDArray[np.int64]:
        """The number of the class in each row of logits: the first largest."""
        matrix = as_int32(logits, "logits")
        if matrix.ndim != 2:
            raise errors.ArgumentError(
                f"logits of shape {matrix.shape}: expected (samples, outputs)"
            )
        return largest(matrix)

    def probabilities(self, X: Any, *, threads: int = 1) -> NDArray[np.float64]:
        """The probability of each class that the training loss assumes: softmax of
        logits / (127 loss_scale)."""
        if self.regression:
            raise TypeError("a regression has no classes and no probabilities")
        return softmax(self.logits(X, threads=threads) / (127.0 * self.loss_scale))

    def _interpret(self, logits: NDArray[np.int32]) -> NDArray[np.float64]:
        out = np.empty(logits.shape, dtype=np.float64)
        if len(logits) > 0:
            lib.aann_model_interpret(
                self._c,
                ffi.from_buffer("int32_t[]", np.ascontiguousarray(logits)),
                len(logits),
                ffi.NULL,
                ffi.from_buffer("double[]", out),
            )
        return out

    # ---- memory and files

    def to_bytes(self) -> bytes:
        """The model's file as bytes; the same model gives the same bytes on every machine."""
        memory, size = ffi.new("void **"), ffi.new("size_t *")
        call(lib.aann_model_write, self._c, memory, size)
        return take_bytes(memory[0], size[0])

    @classmethod
    def from_bytes(cls, data: bytes) -> Model:
        """Reads what `to_bytes` wrote. Nothing in it is trusted."""
        out = ffi.new("aann_model **")
        call(lib.aann_model_read, ffi.from_buffer(data), len(data), out)
        return cls._owning(out[0])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the model to a file, wholly or not at all."""
        call(lib.aann_model_save, self._c, c_path(path))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Model:
        """Reads a model's file."""
        out = ffi.new("aann_model **")
        call_with_path(lib.aann_model_load, path, out)
        return cls._owning(out[0])

    def __reduce__(self) -> tuple[Any, ...]:
        return (_model, (self.to_bytes(),))

    def __repr__(self) -> str:
        kind = "regression" if self.regression else f"{self.network.spec.outputs} classes"
        return f"<aann.Model {self.network.spec.text}, {kind}, hash {self.network.hash:016x}>"

    def _repr_html_(self) -> str:
        return self.network._repr_html_()


# A function of the module: cloudpickle, and so Ray, would copy a method with all that it refers to.
def _model(data: bytes) -> Model:
    return Model.from_bytes(data)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of scores as probabilities."""
    if scores.ndim != 2:
        raise errors.ArgumentError(f"scores of shape {scores.shape}: expected (samples, classes)")
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = shifted / shifted.sum(axis=1, keepdims=True)
    return shares
