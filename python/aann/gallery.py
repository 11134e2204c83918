"""Networks that come with aann, ready to use: `names` lists them, `load` opens one.

>>> import aann
>>> aann.gallery.names()
['driver', 'driver-dense', 'mnist', 'digits16', 'signal']
>>> model = aann.gallery.load("digits16")
>>> model.network.spec.text
'10C5@40-MP2-24C5@70-MP2-10@50'
>>> print(aann.gallery.about("digits16").title)
handwritten digits on 16 x 16 pixels, for a chip

They are those of ``aann gallery``. Where each came from, by which command it is found again, and
what its figure was measured on, is in gallery/README.md of the sources.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from aann import _aann, errors
from aann.model import Model

__all__ = ["Exhibit", "about", "load", "names", "path"]


@dataclass(frozen=True)
class Exhibit:
    """What is known of a network of the gallery."""

    name: str
    title: str
    """what it does"""
    figure: str
    """how good it is, and on what that was measured"""
    use: str
    """a command that uses it"""
    hash: str
    """of the network: 16 hexadecimal digits, as `aann gallery` shows it"""


_TEXTS = tuple(field.name for field in fields(Exhibit))


def names() -> list[str]:
    """The names of all networks, in the order in which they are shown."""
    return list(_index(_folder()))


def about(name: str) -> Exhibit:
    """What is known of the network with this name."""
    index = _index(_folder())
    if name not in index:
        near = difflib.get_close_matches(name, index, 1)
        meant = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(index)}"
        raise errors.NotFoundError(f"the gallery has no {name!r}; {meant}")
    return index[name]


def path(name: str) -> Path:
    """The model file of the network with this name."""
    return _folder() / f"{about(name).name}.aannm"


def load(name: str) -> Model:
    """The network with this name, with all that is needed to use it."""
    return Model.load(path(name))


# ---- inside


def _folder() -> Path:
    """$AANN_GALLERY, as for the program, or what was installed with the package. In an editable
    install that is where the extension module is, not these sources."""
    named = os.environ.get("AANN_GALLERY")
    if named:
        return Path(named)
    return Path(_aann.__file__).parent / "_gallery"


def _index(folder: Path) -> dict[str, Exhibit]:
    path = folder / "index.json"
    try:
        items = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise errors.InputOutputError(f"{folder}: no gallery there: {problem}") from problem
    except ValueError as problem:
        raise errors.FormatError(f"{path}: {problem}") from problem
    if not isinstance(items, list) or not all(_is_complete(item) for item in items):
        raise errors.FormatError(
            f"{path}: no index of a gallery; expected a list whose members have {', '.join(_TEXTS)}"
        )
    return {item["name"]: Exhibit(**{key: item[key] for key in _TEXTS}) for item in items}


def _is_complete(item: Any) -> bool:
    """Whether it describes a network. Its name becomes part of a path."""
    return (
        isinstance(item, dict)
        and all(isinstance(item.get(key), str) for key in _TEXTS)
        and re.fullmatch("[a-z0-9-]+", item["name"]) is not None
    )
