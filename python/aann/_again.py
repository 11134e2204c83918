"""The data of a stored family again: from arrays, or from the files that the program searched on.

The library compares the content with the check sum that the study keeps, so other data than those
of the search are always refused.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from aann import datasets, errors
from aann._arrays import make_dataset, target_matrix
from aann._library import CData, call, ffi, lib, text
from aann.data import Data
from aann.encoding import Encoding

if TYPE_CHECKING:
    from numpy.typing import NDArray


def from_data(row: CData, given: Data) -> Data:
    """`given` split and encoded as the family's data were; other data are refused."""
    if text(row.data) == text(lib.aann_family_data_json(given._c)):
        return given
    out = ffi.new("aann_family_data **")
    if given._train_set is None:
        parts = ffi.new("aann_family_samples *", lib.aann_family_samples_default())
        parts.train = lib.aann_family_data_train(given._c)
        parts.validation = lib.aann_family_data_validation(given._c)
        parts.test = lib.aann_family_data_test(given._c)
        call(lib.aann_family_data_reload_samples, row, parts, out)
    else:
        test = ffi.NULL if given._test_set is None else given._test_set
        call(lib.aann_family_data_reload_sets, row, given._train_set, test, out)
    return _data(row, out[0], given.classes, given.columns)


def _data(
    row: CData, pointer: CData, classes: NDArray[Any] | None, columns: list[str] | None
) -> Data:
    """A Data that owns family data of the library."""
    data = Data.__new__(Data)
    data._c = ffi.gc(pointer, lib.aann_family_data_destroy)
    data.task = text(row.task)
    data.classes, data.columns = classes, columns
    data._test_pair = data._train_set = data._test_set = None
    data.encoding = family_encoding(row)
    data.shape = data.train.shape if data.encoding is None else data.encoding.shape
    return data


def family_encoding(row: CData) -> Encoding | None:
    """How a family's inputs were encoded; None if they were given encoded."""
    fitted = ffi.new("aann_encoding *")
    try:
        call(lib.aann_family_encoding, row, fitted)
    except errors.NotFoundError:
        return None
    owned = ffi.gc(fitted, lib.aann_encoding_destroy)
    measured = lib.aann_encoding_measured_shape(owned, row.input)
    return Encoding._copy_of(owned, (measured.channels, measured.height, measured.width))


def family_classes(row: CData, outputs: int) -> NDArray[Any] | None:
    """A family's classes: their names, or their numbers; None for a regression."""
    if text(row.task) != "classification":
        return None
    names, count = ffi.new("char ***"), ffi.new("int32_t *")
    call(lib.aann_family_class_names, row, names, count)
    if count[0] == 0:
        return np.arange(outputs)
    try:
        return np.array([text(names[0][i]) for i in range(count[0])])
    finally:
        lib.aann_free(names[0])


# ---- files


# Cells of a table that hold no value.
MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "None", "?", "-", "."]


def from_files(row: CData, outputs: int) -> Data:
    """The data of a family from its files: IDX, tables, or a set known by its name."""
    recipe = json.loads(text(row.data))
    sets: list[CData | None] = []
    try:
        for which in ("train", "test"):
            described = recipe.get(which)
            read = _read_table if recipe.get("columns") else _read_pictures
            sets.append(None if described is None else read(recipe, described, int(row.id), which))
    except errors.AannError:
        raise
    except (AttributeError, KeyError, TypeError) as error:  # a stranger's: parts missing, odd kinds
        raise errors.FormatError(
            f"family {int(row.id)}: its description of the data is damaged ({error!r}); "
            "give the data again: family.attach(X, y)"
        ) from error
    out = ffi.new("aann_family_data **")
    test = ffi.NULL if sets[1] is None else sets[1]
    call(lib.aann_family_data_reload_sets, row, sets[0], test, out)
    return _data(row, out[0], family_classes(row, outputs), recipe.get("columns"))


def _path(described: dict[str, Any], family: int, which: str) -> str:
    """Where a set was read."""
    path = described.get("path")
    if not path:
        raise errors.NotFoundError(
            f"family {family}: its {which} set came from memory and is in no file; "
            "give it again: family.attach(X, y)"
        )
    return str(path)


def _unread(path: str, family: int, which: str) -> errors.NotFoundError:
    return errors.NotFoundError(
        f"family {family}: its {which} set is {path}, which this package does not read by itself; "
        "read it with NumPy or pandas and give it: family.attach(X, y)"
    )


def _read_pictures(
    recipe: dict[str, Any], described: dict[str, Any], family: int, which: str
) -> CData:
    """A data set of pictures and labels in IDX files, or of a set known by its name."""
    path = _path(described, family, which)
    name, _, split = path.partition(":")
    if split in datasets.SPLITS and not Path(path).exists():
        inputs, labels = datasets.fetch(name, split, download=False)
    else:
        labels_path = described.get("labels") or _labels_path(path)
        if labels_path is None or recipe.get("read"):
            raise _unread(path, family, which)
        inputs, labels = datasets.read_idx(path), datasets.read_idx(labels_path)
    shape = _shape(recipe, family)
    return make_dataset(inputs, table=False, labels=labels.astype(np.int32), shape=shape)


def _shape(recipe: dict[str, Any], family: int) -> tuple[int, int, int] | None:
    """The shape of a sample; None if the study does not say it."""
    shape = recipe.get("shape")
    if shape is None:
        return None
    whole = isinstance(shape, list) and all(type(size) is int for size in shape)
    if not whole or len(shape) != 3 or not all(1 <= size < 2**31 for size in shape):
        raise errors.FormatError(
            f"family {family}: the shape {shape!r} of its samples is damaged; expected channels, "
            "height and width; give the data again: family.attach(X, y)"
        )
    return (shape[0], shape[1], shape[2])


def _read_table(
    recipe: dict[str, Any], described: dict[str, Any], family: int, which: str
) -> CData:
    """A data set of a table with a header (needs pandas)."""
    path = _path(described, family, which)
    try:
        import pandas
    except ImportError:
        raise errors.NotFoundError(
            f"family {family}: its {which} set is the table {path}, which only pandas reads here; "
            "install that, or give the data: family.attach(X, y)"
        ) from None
    found = recipe.get("found") or {}
    label, targets = recipe.get("label_column"), recipe.get("target_columns")
    simple = found.get("header") == "yes" and not set(recipe.get("read", {})) - {"header"}
    delimiter = found.get("delimiter")
    if not simple or delimiter in (None, " ") or (not label and not targets):
        raise _unread(path, family, which)
    if len(delimiter) != 1:  # pandas would take it as a regular expression
        raise _unread(path, family, which)
    # Not by its path: a stranger's study may name an address, which pandas would fetch.
    cells = pandas.read_csv(
        io.BytesIO(datasets.unpacked(path)),
        sep=delimiter,
        dtype=str,
        keep_default_na=False,
        skipinitialspace=True,
        encoding="utf-8-sig",
    )
    wanted = recipe["columns"] + (targets.split(",") if targets else [label])
    if not set(wanted) <= set(cells.columns):
        raise _unread(path, family, which)
    decimal = found.get("decimal", ".")
    kinds = {column["name"]: column["kind"] for column in recipe["encoding"].get("columns", [])}
    columns = pandas.DataFrame(
        {
            name: _column(cells[name].str.strip(), kinds.get(name, "number"), decimal)
            for name in recipe["columns"]
        }
    )
    if targets:
        numbers = [_column(cells[name], "number", decimal) for name in targets.split(",")]
        return make_dataset(columns, table=None, targets=target_matrix(np.column_stack(numbers)))
    words = cells[label].str.strip()
    classes = recipe.get("classes")
    if classes is None:
        classes = [str(number) for number in range(256)]
        return make_dataset(columns, table=None, labels=_numbers(words, classes, path))
    labels = _numbers(words, classes, path)
    return make_dataset(columns, table=None, labels=labels, classes=classes)


def _numbers(words: Any, classes: list[str], path: str) -> NDArray[np.int32]:
    """The number of each class."""
    number = {word: place for place, word in enumerate(classes)}
    labels = np.array([number.get(word, -1) for word in words], dtype=np.int32)
    if (labels < 0).any():
        raise errors.FormatError(
            f"{path}: has the class {words.iloc[int(np.argmin(labels))]!r}, which the family lacks"
        )
    return labels


def _column(cells: Any, kind: str, decimal: str) -> NDArray[Any]:
    """A column of a table from its cells: numbers, booleans or words; None and NaN are missing."""
    missing = cells.isin(MISSING).to_numpy()
    if kind == "number":
        values = np.full(len(cells), np.nan)
        try:
            values[~missing] = [float(cell.replace(decimal, ".")) for cell in cells[~missing]]
        except ValueError as error:
            raise errors.FormatError(f"column {cells.name!r}: {error}") from None
        return values
    out = np.empty(len(cells), dtype=object)
    out[~missing] = (
        (cells[~missing].str.lower() == "true").to_numpy() if kind == "boolean" else cells[~missing]
    )
    return out


def _labels_path(path: str) -> str | None:
    """The labels beside pictures in IDX, by the names that MNIST has."""
    folder, name = Path(path).parent, Path(path).name
    for images, labels in (("images-idx3", "labels-idx1"), ("images.idx3", "labels.idx1")):
        if images in name:
            return str(folder / name.replace(images, labels))
    return None
