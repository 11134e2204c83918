"""The report of a family: one web page to look at, in a file or in a notebook."""

from __future__ import annotations

import html
import json
import os
from typing import TYPE_CHECKING, Any

from aann import errors
from aann._library import (
    CData,
    Interruption,
    c_path,
    c_text,
    call,
    call_interruptible,
    ffi,
    lib,
    take_bytes,
    text,
)
from aann.network import _threads

if TYPE_CHECKING:
    from aann._handle import Handle
    from aann.data import Data

__all__ = ["Report"]

HEIGHT = 900
"""of the page in a notebook, in pixels"""


class Report:
    """A page about a family. Comes from `aann.Family.report` or `aann.Study.report`.

    A notebook shows it; `save` writes the file, which needs nothing beside it. It is what the
    program writes with ``aann report``.

    >>> import aann, numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 2))
    >>> y = X[:, 0] > X[:, 1]
    >>> with aann.Study() as study:
    ...     family = study.family(X, y, "8-2", members=3, steps=2000).run()
    ...     report = family.report()
    >>> report.data["members"]["total"]
    3
    """

    def __init__(self, c: CData) -> None:
        self._c = c

    @property
    def data(self) -> dict[str, Any]:
        """What the page shows; its form may change with the version."""
        found: dict[str, Any] = json.loads(text(lib.aann_report_json(self._c)))
        return found

    @property
    def html(self) -> str:
        """The page."""
        page, size = ffi.new("char **"), ffi.new("size_t *")
        call(lib.aann_report_page, self._c, ffi.NULL, page, size)
        return take_bytes(page[0], size[0]).decode("utf-8")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the page, whole or not at all. An earlier report is replaced; any other file is
        refused."""
        call(lib.aann_report_save, self._c, c_path(path), ffi.NULL)

    def _repr_html_(self) -> str:
        # A frame has its own styles and scripts; without the origin of the notebook, the page
        # cannot reach into it.
        return (
            f'<iframe srcdoc="{html.escape(self.html)}" sandbox="allow-scripts" '
            f'style="width: 100%; height: {HEIGHT}px; border: 1px solid #8884" '
            'title="aann report"></iframe>'
        )

    def __repr__(self) -> str:
        data = self.data
        family, members = data["family"], data["members"]["total"]
        return f"<aann report of family {family['id']} {family['name']!r}, {members} members>"


def make_report(
    handle: Handle,
    family_id: int,
    data: Data | None,
    *,
    split: str | None,
    tracks: range | None,
    threads: int,
) -> Report:
    """What `aann.Family.report` does."""
    options = ffi.new("aann_report_options *", lib.aann_report_options_default())
    options.family = family_id
    options.threads = _threads(threads)
    name = c_text(split, "split") if split is not None else ffi.NULL
    options.split = name
    options.data = data._c if data is not None else ffi.NULL
    if tracks is not None:
        if tracks.step != 1 or len(tracks) > 1000:
            raise errors.ArgumentError(
                f"tracks {tracks!r}: expected consecutive ones, at most 1000: range(1000, 1004)"
            )
        options.first_track, options.track_count = tracks.start, len(tracks)
    interruption = Interruption()
    options.interrupted = lib.aann_python_interrupted
    options.context = interruption.context
    out = ffi.new("aann_report **")
    with handle.use() as study:
        if not call_interruptible(
            lib.aann_report_create, study, options, out, interruption=interruption
        ):
            raise KeyboardInterrupt  # nothing else stops it
    return Report(ffi.gc(out[0], lib.aann_report_destroy))
