"""The data of a stored family again: from arrays, or from the files that the program searched on.

The library compares the content with the check sum that the study keeps, so other data than those
of the search are always refused.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from aann import datasets, errors
from aann._arrays import make_dataset
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


def from_files(row: CData, outputs: int) -> Data:
    """The data of a family from its files, if they are IDX files or a set known by its name."""
    recipe = json.loads(text(row.data))
    sets: list[CData | None] = []
    for which in ("train", "test"):
        described = recipe.get(which)
        if described is None:
            sets.append(None)
            continue
        inputs, labels = _read(described, int(row.id), which)
        sets.append(make_dataset(inputs, table=False, labels=labels.astype(np.int32)))
    out = ffi.new("aann_family_data **")
    test = ffi.NULL if sets[1] is None else sets[1]
    call(lib.aann_family_data_reload_sets, row, sets[0], test, out)
    return _data(row, out[0], family_classes(row, outputs), recipe.get("columns"))


def _read(described: dict[str, Any], family: int, which: str) -> tuple[Any, NDArray[Any]]:
    """Pictures and labels of a file that a family's description names."""
    path = described.get("path")
    if not path:
        raise errors.NotFoundError(
            f"family {family}: its {which} set came from memory and is in no file; "
            "give it again: family.attach(X, y)"
        )
    name, _, split = path.partition(":")
    if split in datasets.SPLITS and not Path(path).exists():
        return datasets.fetch(name, split, download=False)
    labels = described.get("labels") or _labels_path(path)
    if labels is None:
        raise errors.NotFoundError(
            f"family {family}: its {which} set is {path}, which this package does not read by "
            "itself; read it with NumPy or pandas and give it: family.attach(X, y)"
        )
    return datasets.read_idx(path), datasets.read_idx(labels)


def _labels_path(path: str) -> str | None:
    """The labels beside pictures in IDX, by the names that MNIST has."""
    folder, name = Path(path).parent, Path(path).name
    for images, labels in (("images-idx3", "labels-idx1"), ("images.idx3", "labels.idx1")):
        if images in name:
            return str(folder / name.replace(images, labels))
    return None
