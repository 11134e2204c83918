"""Encodings: how measured values become the int8 inputs of a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from aann import errors
from aann._arrays import array_of, framed, is_frame, make_dataset, numeric
from aann._library import CData, c_text, call, ffi, lib, take_text, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Encoding"]

KINDS = {
    "auto": lib.AANN_ENCODING_AUTOMATIC,
    "byte": lib.AANN_ENCODING_BYTE,
    "global": lib.AANN_ENCODING_GLOBAL,
    "feature": lib.AANN_ENCODING_FEATURE,
    "table": lib.AANN_ENCODING_TABLE,
}
NAMES = {number: kind for kind, number in KINDS.items()}


class Encoding:
    """How measured values become int8 in -127..127: a small value, fitted to training data.

    It comes with what was searched on (``result.encoding``, ``model.encoding``, ``data.encoding``)
    or from `fit`. It pickles, and compares by what it does.

    >>> import numpy as np, aann
    >>> encoding = aann.Encoding.fit(np.array([[0, 255], [51, 102]], dtype=np.uint8))
    >>> encoding.kind
    'byte'
    >>> encoding.encode(np.array([[255, 0]], dtype=np.uint8))
    array([[127,   0]], dtype=int8)
    """

    __slots__ = ("_c", "_json", "shape")

    def __init__(self, json: str, shape: tuple[int, int, int]) -> None:
        encoding = ffi.new("aann_encoding *")
        call(lib.aann_encoding_parse, c_text(json, "encoding"), encoding)
        self._c = ffi.gc(encoding, lib.aann_encoding_destroy)
        self._json = json
        self.shape = shape
        """channels, height, width of a measured sample"""

    @classmethod
    def fit(
        cls,
        X: Any,
        kind: str = "auto",
        *,
        constant: bool | None = None,
        table: bool | None = None,
    ) -> Encoding:
        """Fits an encoding to training data.

        Parameters
        ----------
        X:
            [samples, features], [samples, rows, columns], [samples, channels, rows, columns], or a
            data frame.
        kind:
            ``"auto"``, ``"byte"`` (0..255), ``"global"`` (one scale), ``"feature"`` (a range for
            each feature) or ``"table"`` (each column becomes several inputs).
        constant:
            Whether there is an input that is always 127. None: tables have it.
        table:
            Whether the columns of X are a table. None: data frames and matrices of floats are.
        """
        dataset = make_dataset(framed(X), table=table)
        out = ffi.new("aann_encoding *")
        call(lib.aann_encoding_fit, dataset, encoding_kind(kind), out)
        fitted = ffi.gc(out, lib.aann_encoding_destroy)
        if constant is not None:
            fitted.constant = constant
        return cls._copy_of(fitted, _shape(lib.aann_dataset_shape(dataset)))

    @classmethod
    def _copy_of(cls, pointer: CData, shape: tuple[int, int, int]) -> Encoding:
        json = ffi.new("char **")
        call(lib.aann_encoding_format, pointer, json)
        return cls(take_text(json[0]), shape)

    @property
    def kind(self) -> str:
        return NAMES[self._c.kind]

    @property
    def constant(self) -> bool:
        """Whether the last input (or a last channel) is always 127."""
        return bool(self._c.constant)

    @property
    def columns(self) -> list[str] | None:
        """Names of a table's columns; None where there is no table."""
        if self._c.columns == ffi.NULL:
            return None
        return [_name(self._c.columns[i], i) for i in range(self._c.feature_count)]

    @property
    def input(self) -> tuple[int, int, int]:
        """channels, height, width of an encoded sample"""
        return _shape(
            lib.aann_encoding_input_shape(self._c, ffi.new("aann_shape *", self.shape)[0])
        )

    def encode(self, X: Any) -> NDArray[np.int8]:
        """X as inputs of a network: int8 [samples, ...].

        The columns of a data frame are found by their names, in any order. A matrix gives a matrix,
        everything else [samples, channels, height, width].
        """
        X = framed(X)
        given = np.shape(X)
        if len(given) > 1 and given[0] == 0:
            return self._none(X, given)
        samples = self._samples(X)
        shape = _shape(samples.shape)
        size = shape[0] * shape[1] * shape[2]
        flat = shape[1] == shape[2] == 1
        full = (samples.count, size) if flat else (samples.count, *shape)
        encoded: NDArray[np.int8] = array_of(samples.inputs, "int8_t", full, np.int8, samples)
        return encoded

    def _none(self, X: Any, given: tuple[int, ...]) -> NDArray[np.int8]:
        """The inputs of no samples."""
        if is_frame(X):
            self._order(X)
        size = self.shape[0] * self.shape[1] * self.shape[2]
        if int(np.prod(given[1:])) != size:
            raise errors.ArgumentError(
                f"X of shape {given}: expected samples of {size} values {self.shape}"
            )
        shape = self.input
        flat = shape[1] == shape[2] == 1
        return np.empty((0, shape[0]) if flat else (0, *shape), dtype=np.int8)

    def _samples(self, X: Any) -> CData:
        """X as aann_samples without labels."""
        dataset = self._dataset(X)
        out = ffi.new("aann_samples **")
        count = lib.aann_dataset_count(dataset)
        call(lib.aann_dataset_encode, dataset, self._c, 0, count, out)
        return ffi.gc(out[0], lib.aann_samples_destroy)

    def _dataset(self, X: Any) -> CData:
        table = self.kind == "table"
        X = framed(X)
        if is_frame(X):
            return make_dataset(self._order(X), table=None)
        array = numeric(X, "X")
        if table and array.ndim == 2 and self._has_words():
            raise TypeError(
                "X: the network was searched on a table with words; give a data frame with "
                f"the columns {', '.join(self.columns or [])}"
            )
        size = self.shape[0] * self.shape[1] * self.shape[2]
        if array.ndim < 2 or array.size != array.shape[0] * size:
            raise errors.ArgumentError(
                f"X of shape {array.shape}: expected samples of {size} values {self.shape}"
            )
        if table:
            return make_dataset(array.reshape(len(array), size), table=True)
        return make_dataset(array, table=False, shape=self.shape)

    def _order(self, frame: Any) -> Any:
        """The frame's columns in the order of the encoding."""
        names = self.columns
        if names is None:
            return frame
        given = [str(name) for name in frame.columns]
        missing = [name for name in names if name not in given]
        if missing:
            raise errors.FormatError(
                f"X has no column {', '.join(repr(name) for name in missing)}; it has "
                f"{', '.join(repr(name) for name in given[:20])}"
            )
        extra = [name for name in given if name not in names]
        if extra:
            raise errors.FormatError(
                f"X has columns that the network does not read: "
                f"{', '.join(repr(name) for name in extra)}"
            )
        return frame.iloc[:, [given.index(name) for name in names]]

    def _has_words(self) -> bool:
        columns: Sequence[CData] = [self._c.columns[i] for i in range(self._c.feature_count)]
        return any(column.kind == lib.AANN_COLUMN_WORDS for column in columns)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Encoding) and self._json == other._json and self.shape == other.shape
        )

    def __hash__(self) -> int:
        return hash((self._json, self.shape))

    def __repr__(self) -> str:
        constant = ", constant" if self.constant else ""
        return f"<aann.Encoding {self.kind}{constant}, {self.shape} to {self.input}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Encoding, (self._json, self.shape))


def encoding_kind(kind: str) -> int:
    try:
        return int(KINDS[kind])
    except (KeyError, TypeError):
        raise errors.ArgumentError(
            f"encoding {kind!r}: expected one of {', '.join(KINDS)}"
        ) from None


def _shape(shape: CData) -> tuple[int, int, int]:
    return (shape.channels, shape.height, shape.width)


def _name(column: CData, index: int) -> str:
    return text(column.name) if column.name != ffi.NULL else f"column {index + 1}"
