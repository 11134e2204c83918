"""Data sets: MNIST and Fashion-MNIST by name, and IDX files.

>>> import aann
>>> X, y = aann.datasets.fetch("mnist", "train")        # doctest: +SKIP
>>> X.shape, X.dtype, y[:3]                             # doctest: +SKIP
((60000, 28, 28), dtype('uint8'), array([5, 0, 4], dtype=uint8))
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from aann import errors

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["class_names", "fetch", "folder", "read_idx"]

SPLITS = {"train": "train", "test": "t10k"}
SECONDS_LIMIT = 60.0
SPARE_SIZE = 1 << 20
SIZE_LIMIT = 1 << 30
"""bytes that a gzipped file may hold"""


@dataclass(frozen=True)
class _File:
    size: int
    """bytes, unpacked"""
    sha256: str


@dataclass(frozen=True)
class _Set:
    files: dict[str, _File]
    mirrors: tuple[str, ...]
    class_names: tuple[str, ...] | None = None


# The same files, check sums and places as those of `aann data fetch`.
_SETS = {
    "mnist": _Set(
        {
            "train-images-idx3-ubyte": _File(
                47040016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
            ),
            "train-labels-idx1-ubyte": _File(
                60008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
            ),
            "t10k-images-idx3-ubyte": _File(
                7840016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
            ),
            "t10k-labels-idx1-ubyte": _File(
                10008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
            ),
        },
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist",
            "https://storage.googleapis.com/cvdf-datasets/mnist",
        ),
    ),
    "fashion-mnist": _Set(
        {
            "train-images-idx3-ubyte": _File(
                47040016, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"
            ),
            "train-labels-idx1-ubyte": _File(
                60008, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"
            ),
            "t10k-images-idx3-ubyte": _File(
                7840016, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"
            ),
            "t10k-labels-idx1-ubyte": _File(
                10008, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"
            ),
        },
        (
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        ),
        (
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
    ),
}


def fetch(
    name: str, split: str = "train", *, download: bool = True
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A data set by its name: pictures uint8 [samples, rows, columns] and labels [samples].

    Parameters
    ----------
    name:
        ``"mnist"`` or ``"fashion-mnist"``.
    split:
        ``"train"`` or ``"test"``.
    download:
        Whether a set that is not in the data folder is downloaded into it. The folder is the one
        of ``aann data fetch``: see `folder`. What arrives is compared with a check sum.
    """
    known = _find(name)
    if split not in SPLITS:
        raise errors.ArgumentError(f"split {split!r}: expected train or test")
    arrays = []
    for kind in ("images-idx3", "labels-idx1"):
        file_name = f"{SPLITS[split]}-{kind}-ubyte"
        path = folder() / name / file_name
        if not path.is_file():
            if not download:
                raise errors.NotFoundError(
                    f"{path}: is not there; aann.datasets.fetch({name!r}) downloads it"
                )
            _download(known, name, file_name, path)
        content = path.read_bytes()
        _check(content, known.files[file_name], str(path))
        arrays.append(_parse(content, str(path)))
    return arrays[0], arrays[1]


def class_names(name: str) -> list[str] | None:
    """What the labels of a set stand for; None if they are plain numbers."""
    names = _find(name).class_names
    return None if names is None else list(names)


def folder() -> Path:
    """Where data sets are kept: $AANN_DATA, $XDG_DATA_HOME/aann, or ~/.local/share/aann."""
    for variable, below in (
        ("AANN_DATA", ""),
        ("XDG_DATA_HOME", "aann"),
        ("HOME", ".local/share/aann"),
    ):
        value = os.environ.get(variable)
        if value:
            return Path(value) / below
    raise errors.ArgumentError("no place for data: set AANN_DATA to a folder, or HOME")


def read_idx(path: str | os.PathLike[str]) -> NDArray[Any]:
    """The array of an IDX file, gzipped or not: the format of MNIST.

    The file is checked: its type, its sizes, and that it ends where it should. A gzipped file may
    hold at most a GiB.
    """
    return _parse(unpacked(path), str(path))


def unpacked(path: str | os.PathLike[str]) -> bytes:
    """The content of a file of data, gzipped or not. A device or a pipe, which may have no end, is
    refused."""
    if Path(path).exists() and not Path(path).is_file():
        raise errors.FormatError(f"{path}: expected a file")
    content = Path(path).read_bytes()
    if content[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
                content = file.read(SIZE_LIMIT + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise errors.FormatError(f"{path}: damaged gzip data: {error}") from None
        if len(content) > SIZE_LIMIT:
            raise errors.FormatError(f"{path}: holds more than {SIZE_LIMIT} bytes")
    return content


_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def _parse(content: bytes, path: str) -> NDArray[Any]:
    if len(content) < 4 or content[:2] != b"\0\0":
        raise errors.FormatError(f"{path}: an IDX file begins with two bytes 0")
    if content[2] not in _TYPES or not 1 <= content[3] <= 4:
        raise errors.FormatError(
            f"{path}: IDX type 0x{content[2]:02x} with {content[3]} dimensions; expected 0x08, "
            "0x09, 0x0b, 0x0c, 0x0d or 0x0e with 1 to 4"
        )
    count = content[3]
    begin = 4 + 4 * count
    if len(content) < begin:
        raise errors.FormatError(f"{path}: ends within the IDX header")
    shape = tuple(int(size) for size in np.frombuffer(content, ">u4", count, 4))
    dtype = np.dtype(_TYPES[content[2]])
    expected = dtype.itemsize
    for size in shape:
        expected *= size
    if len(content) - begin != expected:
        raise errors.FormatError(
            f"{path}: {len(content) - begin} bytes of data; {shape} needs {expected}"
        )
    array = np.frombuffer(content, dtype, offset=begin).reshape(shape)
    return array.astype(dtype.newbyteorder("="))


# ---- downloading


def _find(name: str) -> _Set:
    try:
        return _SETS[name]
    except KeyError:
        raise errors.NotFoundError(
            f"{name}: no such data set; there are: {', '.join(_SETS)}"
        ) from None


def _check(content: bytes, file: _File, where: str) -> None:
    if len(content) != file.size:
        raise errors.FormatError(f"{where}: {len(content)} bytes; expected {file.size}")
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise errors.FormatError(
            f"{where}: its SHA-256 is {found[:16]}...; expected {file.sha256[:16]}..."
        )


def _download(known: _Set, name: str, file_name: str, path: Path) -> None:
    """Puts a file into the data folder, whole and right, or not at all."""
    from http.client import HTTPException  # imported late, as urllib is

    mirror = os.environ.get("AANN_MIRROR")
    reasons = []
    for place in (f"{mirror}/{name}",) if mirror else known.mirrors:
        url = f"{place}/{file_name}.gz"
        try:
            content = _get(url, known.files[file_name].size)
            _check(content, known.files[file_name], url)
        except (HTTPException, OSError, EOFError, zlib.error, ValueError) as error:
            reasons.append(f"{url}: {error}")
            continue
        _write(path, content)
        return
    raise errors.InputOutputError(f"{name}: no source worked: {'; '.join(reasons)}")


def _get(url: str, size: int) -> bytes:
    """What is at an address, unpacked; more than the file's size is cut off (and then refused)."""
    if not url.startswith(("https://", "http://", "file://")):
        raise errors.InputOutputError("expected https://, http:// or file://")
    import urllib.request  # 40 ms, half of what importing aann takes without it

    with urllib.request.urlopen(url, timeout=SECONDS_LIMIT) as answer:
        packed = answer.read(size + SPARE_SIZE)
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
        return file.read(size + 1)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".fetch-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
