"""NumPy arrays and data frames as the C library's arrays and data sets.

Everything is copied by the library, so what is borrowed here lives only during a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from aann import errors
from aann._library import CData, c_text, call, ffi, lib, text_or_none

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ELEMENT_TYPES = {
    "bool": lib.AANN_ELEMENT_BOOL,
    "int8": lib.AANN_ELEMENT_INT8,
    "int16": lib.AANN_ELEMENT_INT16,
    "int32": lib.AANN_ELEMENT_INT32,
    "int64": lib.AANN_ELEMENT_INT64,
    "uint8": lib.AANN_ELEMENT_UINT8,
    "uint16": lib.AANN_ELEMENT_UINT16,
    "uint32": lib.AANN_ELEMENT_UINT32,
    "uint64": lib.AANN_ELEMENT_UINT64,
    "float16": lib.AANN_ELEMENT_FLOAT16,
    "float32": lib.AANN_ELEMENT_FLOAT32,
    "float64": lib.AANN_ELEMENT_FLOAT64,
}

CLASS_LIMIT = 256
PICTURE_DIMENSIONS = (3, 4)


class Borrowed:
    """Memory that a C struct points to; it must live as long as the struct is used."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def keep(self, value: Any) -> Any:
        self.kept.append(value)
        return value

    def texts(self, words: Sequence[str], name: str) -> CData:
        """A C array of strings."""
        pointers = [self.keep(c_text(word, name)) for word in words]
        return self.keep(ffi.new("char *[]", pointers)) if words else ffi.NULL


def numeric(values: Any, name: str) -> NDArray[Any]:
    """An array of numbers that the library reads; anything else is refused with the reason."""
    refuse_masks(values, name)
    _refuse_sparse(values, name)
    array = unboxed(values)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if array.dtype.name not in _ELEMENT_TYPES:
        raise TypeError(
            f"{name}: values of type {array.dtype}; expected booleans, integers or floats up to "
            "64 bits (words belong into a data frame)"
        )
    return array


def refuse_masks(values: Any, name: str) -> None:
    """NumPy would hand out what is below the mask without a word."""
    if np.ma.isMaskedArray(values):
        raise TypeError(f"{name}: a masked array; fill the missing values first")


def _refuse_sparse(values: Any, name: str) -> None:
    """SciPy's matrices: NumPy takes one for a single object."""
    if hasattr(values, "toarray") and hasattr(values, "nnz"):
        raise TypeError(f"{name}: a sparse matrix; give {name}.toarray()")


def count_samples(values: Any, name: str) -> int:
    """How many samples there are."""
    _refuse_sparse(values, name)
    try:
        return len(values)
    except TypeError:
        raise TypeError(
            f"{name} of type {type(values).__name__}: expected an array or a data frame"
        ) from None


def fill_view(view: CData, array: NDArray[Any], borrowed: Borrowed) -> None:
    """Makes an aann_array_view of an array."""
    if array.ndim > lib.AANN_MAX_DIMENSIONS:
        raise errors.ArgumentError(f"an array of {array.ndim} dimensions: at most 8 are possible")
    borrowed.keep(array)
    view.values = ffi.cast("void *", array.__array_interface__["data"][0])
    view.type = _ELEMENT_TYPES[array.dtype.name]
    view.dimension_count = array.ndim
    for axis, size in enumerate(array.shape):
        view.dimensions[axis] = size
    view.strides = borrowed.keep(ffi.new("int64_t[]", list(array.strides) or [0]))


LAYOUTS = {
    None: lib.AANN_ARRAY_LAYOUT_AUTOMATIC,
    "channels-first": lib.AANN_ARRAY_LAYOUT_CHANNELS_FIRST,
    "channels-last": lib.AANN_ARRAY_LAYOUT_CHANNELS_LAST,
    "time-major": lib.AANN_ARRAY_LAYOUT_CHANNELS_LAST,
}


def layout_number(layout: str | None) -> int:
    try:
        return int(LAYOUTS[layout])
    except KeyError:
        raise errors.ArgumentError(
            f"layout {layout!r}: expected channels-first, channels-last or time-major"
        ) from None


@contextmanager
def _telling_the_layout() -> Iterator[None]:
    """Names the ways of Python beside the options of the program."""
    try:
        yield
    except errors.ArgumentError as error:
        if "--layout channels" not in str(error):
            raise
        raise errors.ArgumentError(
            f"{error} (in Python: aann.Data(..., layout='channels-last') or 'channels-first'; "
            "X[:, None] has one channel)"
        ) from None


def arrange(
    array: NDArray[Any],
    *,
    layout: str | None = None,
    shape: tuple[int, int, int] | None = None,
) -> NDArray[Any]:
    """Pictures and signals as [samples, channels, height, width]; other arrays as they are.

    What the dimensions mean is said by `layout`, by the wanted `shape`, or by the sizes; what may
    be several things is refused. The result is a view.
    """
    if array.ndim not in PICTURE_DIMENSIONS or array.size == 0:
        return array
    borrowed = Borrowed()
    view = ffi.new("aann_array_view *")
    fill_view(view, array, borrowed)
    strides = ffi.new("int64_t[]", lib.AANN_MAX_DIMENSIONS)
    wanted = ffi.new("aann_shape *", shape or (0, 0, 0))
    with _telling_the_layout():
        call(lib.aann_array_view_arrange, view, strides, layout_number(layout), wanted[0])
    count = view.dimension_count
    return np.lib.stride_tricks.as_strided(
        array,
        tuple(view.dimensions[axis] for axis in range(count)),
        tuple(view.strides[axis] for axis in range(count)),
        writeable=False,
    )


class Table:
    """The columns of a data frame: numbers, booleans (as 0 and 1), or words (as their indices)."""

    def __init__(self, frame: Any) -> None:
        self.names = [str(name) for name in frame.columns]
        if len(set(self.names)) < len(self.names):
            raise errors.ArgumentError("X: two columns have the same name")
        self.kinds: list[int] = []
        self.levels: list[list[str]] = []
        values = []
        for position, name in enumerate(self.names):
            kind, levels, column = _column(frame.iloc[:, position], name)
            self.kinds.append(kind)
            self.levels.append(levels)
            values.append(column)
        self.values: NDArray[np.float64] = (
            np.column_stack(values) if values else np.empty((len(frame), 0))
        )

    def fill(self, borrowed: Borrowed) -> CData:
        """The columns as aann_column[]."""
        columns = borrowed.keep(ffi.new("aann_column[]", max(1, len(self.names))))
        for i, (name, kind, levels) in enumerate(
            zip(self.names, self.kinds, self.levels, strict=True)
        ):
            columns[i].name = borrowed.keep(c_text(name, "a column's name"))
            columns[i].kind = kind
            columns[i].levels = borrowed.texts(levels, name)
            columns[i].level_count = len(levels)
        return columns


def _column(series: Any, name: str) -> tuple[int, list[str], NDArray[np.float64]]:
    """Kind, words and values of a column; missing values are NaN."""
    missing = np.asarray(series.isna(), dtype=bool)
    kind = getattr(series.dtype, "kind", "O")
    numpy_kind = getattr(getattr(series.dtype, "numpy_dtype", None), "kind", kind)
    out = np.full(len(series), np.nan)
    if numpy_kind == "b":
        out[~missing] = np.asarray(series[~missing], dtype=np.float64)
        return lib.AANN_COLUMN_BOOLEAN, [], out
    if numpy_kind in "iuf":
        out[~missing] = np.asarray(series[~missing], dtype=np.float64)
        return lib.AANN_COLUMN_NUMBER, [], out
    if numpy_kind in "mMc":
        raise TypeError(
            f"X: column '{name}' is of type {series.dtype}; turn it into numbers or words first"
        )
    present = list(series[~missing])
    if not present:
        return lib.AANN_COLUMN_NUMBER, [], out
    if all(isinstance(value, (bool, np.bool_)) for value in present):
        out[~missing] = np.asarray(present, dtype=np.float64)
        return lib.AANN_COLUMN_BOOLEAN, [], out
    if all(isinstance(value, (int, float, np.number)) for value in present):
        out[~missing] = np.asarray(present, dtype=np.float64)
        return lib.AANN_COLUMN_NUMBER, [], out
    words = [value if isinstance(value, str) else None for value in present]
    if any(word is None for word in words):
        odd = next(value for value, word in zip(present, words, strict=True) if word is None)
        raise TypeError(
            f"X: column '{name}' holds words and {type(odd).__name__} ({odd!r}): "
            "make it all words or all numbers"
        )
    levels = sorted(set(map(str, words)), key=lambda word: word.encode("utf-8"))
    numbers = {word: index for index, word in enumerate(levels)}
    out[~missing] = [numbers[str(word)] for word in words]
    return lib.AANN_COLUMN_WORDS, levels, out


def is_frame(X: Any) -> bool:
    return hasattr(X, "columns") and hasattr(X, "iloc")


def framed(X: Any) -> Any:
    """Data frames of other libraries (Polars, PyArrow) as those of pandas; the rest as it is.

    NumPy would take them for matrices, and lose names, words and what is missing."""
    if is_frame(X) or not (hasattr(X, "columns") and hasattr(X, "to_pandas")):
        return X
    try:
        return X.to_pandas()
    except ImportError:  # without PyArrow, Polars gives its columns all the same
        import pandas

        return pandas.DataFrame({name: X[name].to_numpy() for name in X.columns})


def unboxed(values: Any) -> NDArray[Any]:
    """The values as an array; one of objects that are all numbers becomes one of numbers."""
    array = np.asarray(values)
    if array.dtype.kind == "O" and all(
        isinstance(value, (bool, int, float, np.bool_, np.number)) for value in array.flat
    ):
        return np.array(array.tolist())
    return array


def find_classes(y: Any) -> NDArray[Any]:
    """The classes that occur in y, sorted."""
    array = as_labels(y)
    classes = np.unique(array)
    if len(classes) > CLASS_LIMIT:
        raise errors.ArgumentError(
            f"y has {len(classes)} different values: at most {CLASS_LIMIT} classes are possible; "
            "for numbers to be predicted use task='regression'"
        )
    return classes


def as_labels(y: Any) -> NDArray[Any]:
    """Classes [samples] as words, integers, booleans or floats."""
    refuse_masks(y, "y")
    array = np.asarray(y)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise errors.ArgumentError(
            f"y of shape {array.shape}: expected one class per sample "
            "(one-hot rows: y.argmax(axis=1))"
        )
    if array.dtype.kind == "O":
        if any(_is_missing(value) for value in array):
            raise errors.FormatError("y: a class is missing (None, NaN or NA)")
        kinds = {isinstance(value, str) for value in array}
        if len(kinds) > 1:
            raise TypeError("y: classes are words and numbers mixed; make them all words")
        array = array.astype(str) if True in kinds else np.array(array.tolist())
    if array.dtype.kind in "f" and not np.all(np.isfinite(array)):
        raise errors.FormatError("y: a class is NaN or infinite")
    if array.dtype.kind not in "biufUS":
        raise TypeError(f"y of type {array.dtype}: expected words, integers or booleans")
    return array.astype(str) if array.dtype.kind == "S" else array


def _is_missing(value: Any) -> bool:
    """Whether a value is None or NaN, or pandas' NA, which is neither true nor false."""
    try:
        return value is None or bool(value != value)  # noqa: PLR0124 - NaN
    except TypeError:
        return True


def label_numbers(y: Any, classes: NDArray[Any]) -> NDArray[np.int32]:
    """The index of each label among the classes; one that is not there is refused."""
    array = as_labels(y)
    if (array.dtype.kind == "U") != (classes.dtype.kind == "U"):
        raise TypeError(f"y of type {array.dtype}: the classes are of type {classes.dtype}")
    places = np.searchsorted(classes, array)
    places[places == len(classes)] = 0
    wrong = np.nonzero(classes[places] != array)[0]
    if len(wrong) > 0:
        raise errors.FormatError(
            f"y: sample {wrong[0]} is of class {array[wrong[0]]!r}, which the training data lack"
        )
    return places.astype(np.int32)


def class_names(classes: NDArray[Any]) -> list[str] | None:
    """The names of classes; None if they are the plain numbers 0, 1, 2, ..."""
    if classes.dtype.kind != "U" and np.array_equal(classes, np.arange(len(classes))):
        return None
    return [name(value) for value in classes.tolist()]


def name(value: Any) -> str:
    """A class as a text: 3.0 is "3", as in a table."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def target_matrix(y: Any) -> NDArray[np.float32]:
    """Regression targets as float32 [n, outputs]."""
    array = numeric(y, "y").astype(np.float64)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2:
        raise errors.ArgumentError(f"y of shape {array.shape}: expected (samples, outputs)")
    if not np.all(np.isfinite(array)):
        raise errors.FormatError("y: a target is NaN or infinite")
    with np.errstate(over="ignore"):
        small = array.astype(np.float32)
    if not np.all(np.isfinite(small)):
        raise errors.FormatError("y: a target is beyond the range of float32")
    return small


def make_dataset(
    X: Any,
    *,
    table: bool | None,
    columns: Sequence[str] | None = None,
    labels: NDArray[np.int32] | None = None,
    classes: Sequence[str] | None = None,
    targets: NDArray[np.float32] | None = None,
    target_range: tuple[Sequence[float], Sequence[float]] | None = None,
    layout: str | None = None,
    shape: tuple[int, int, int] | None = None,
) -> CData:
    """An aann_dataset, which the result's owner frees.

    `table` says that the columns of X are a table; None: data frames and matrices of floats are.
    `layout` and `shape` say what the dimensions of pictures and signals are; see `arrange`.
    """
    borrowed = Borrowed()
    arrays = ffi.new("aann_dataset_arrays *", lib.aann_dataset_arrays_default())
    if is_frame(X):
        if table is False:
            raise errors.ArgumentError("table=False: X is a data frame, which is always a table")
        frame = Table(X)
        fill_view(arrays.inputs, frame.values, borrowed)
        arrays.columns = frame.fill(borrowed)
    else:
        array = numeric(X, "X")
        fill_view(arrays.inputs, array, borrowed)
        arrays.layout = layout_number(layout)
        if shape is not None:
            arrays.shape.channels, arrays.shape.height, arrays.shape.width = shape
        arrays.tabular = is_table(array, table)
        if columns is not None:
            size = int(np.prod(array.shape[1:]))
            if len(columns) != size:
                raise errors.ArgumentError(f"{len(columns)} columns: a sample has {size} values")
            arrays.column_names = borrowed.texts(list(columns), "columns")
    if labels is not None:
        fill_view(arrays.labels, labels, borrowed)
    if classes is not None:
        arrays.class_names = borrowed.texts(list(classes), "a class")
        arrays.class_count = len(classes)
    if targets is not None:
        fill_view(arrays.targets, targets, borrowed)
        if target_range is not None:
            mean, scale = (
                borrowed.keep(for_outputs(part, targets.shape[1], "target_range", "float"))
                for part in target_range
            )
            arrays.target_mean, arrays.target_scale = mean, scale
    out = ffi.new("aann_dataset **")
    with _telling_the_layout():
        call(lib.aann_dataset_create, arrays, out)
    return ffi.gc(out[0], lib.aann_dataset_destroy)


def for_outputs(values: Sequence[float], outputs: int, name: str, kind: str = "double") -> CData:
    """A C array with a number for each output; the library reads as many as there are outputs."""
    numbers = [float(value) for value in values]
    if len(numbers) != outputs:
        raise errors.ArgumentError(
            f"{name} with {len(numbers)} numbers: there are {outputs} outputs"
        )
    return ffi.new(f"{kind}[]", numbers)


def as_int32(values: Any, name: str) -> NDArray[np.int32]:
    """Whole numbers as int32 in C order; what that cannot hold is refused, not cut off."""
    array = np.asarray(values)
    if array.dtype == np.int32:
        return np.ascontiguousarray(array)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} of type {array.dtype}: expected integers")
    limits = np.iinfo(np.int32)
    if array.size > 0 and (array.min() < limits.min or array.max() > limits.max):
        raise errors.ArgumentError(
            f"{name} of {array.min()} to {array.max()}: expected the range of int32"
        )
    return np.ascontiguousarray(array, dtype=np.int32)


def is_table(array: NDArray[Any], table: bool | None) -> bool:
    if table is None:
        return bool(array.ndim == 2 and array.dtype.kind == "f")
    if table and array.ndim != 2:
        raise errors.ArgumentError(f"table=True: X of shape {array.shape} is no matrix")
    return table


def array_of(memory: CData, kind: str, shape: tuple[int, ...], dtype: Any, owner: Any) -> Any:
    """A read-only array that views C memory and keeps its owner alive."""
    size = int(np.prod(shape))
    # The buffer keeps `kept` alive, and its destructor, which destroys nothing, keeps the owner.
    kept = ffi.gc(memory, lambda _: owner is None)
    # Read-only below NumPy as well, which would otherwise allow to write after all.
    memory = memoryview(ffi.buffer(kept, size * ffi.sizeof(kind))).toreadonly()
    return np.frombuffer(memory, dtype=dtype).reshape(shape)


def names_of(pointer: CData, count: int) -> list[str] | None:
    """A C array of strings as a list; None for NULL."""
    if pointer == ffi.NULL:
        return None
    return [text_or_none(pointer[i]) or "" for i in range(count)]
