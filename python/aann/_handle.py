"""An open study file: one user at a time, no use after closing, none after a fork.

The library lets one thread use a study at a time. A call from another thread waits for its turn; a
call from inside a callback of the same thread could wait for ever, so it is refused.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aann import errors
from aann._library import CData, c_text, call, ffi, lib

MEMORY = ":memory:"

MODES = {
    "r": lib.AANN_STUDY_READ,
    "w": lib.AANN_STUDY_WRITE,
    "a": lib.AANN_STUDY_CREATE,
}


class Handle:
    """What Study, Family and Member share."""

    def __init__(self, path: str, mode: str) -> None:
        if not isinstance(mode, str) or mode not in MODES:
            raise errors.ArgumentError(
                f"mode {mode!r}: expected 'r' (read), 'w' (write to an existing study) or "
                "'a' (the same, made if it is missing)"
            )
        self.path, self.mode = path, mode
        # Folders change; a study and its members stay what they are.
        self.place = path if path == MEMORY else os.path.abspath(path)  # noqa: PTH100
        out = ffi.new("aann_study **")
        call(lib.aann_study_open, c_text(path, "path"), MODES[mode], out)
        self._process = os.getpid()
        self._study: CData | None = ffi.gc(out[0], _Closer(self._process))
        self._lock = threading.Lock()
        self._user: int | None = None

    @property
    def writable(self) -> bool:
        return self.mode != "r"

    @property
    def closed(self) -> bool:
        return self._study is None

    @contextmanager
    def use(self) -> Iterator[CData]:
        """The study, for the block alone."""
        self._check()
        if self._user == threading.get_ident():
            raise errors.LockedError(
                "this study is at work, and has called the function that wants to use it; "
                f"open it a second time to read: aann.Study({self.path!r}, 'r')"
            )
        with self._lock:
            try:
                self._check()
                self._user = threading.get_ident()
                yield self._study
            finally:
                self._user = None

    def call(self, function: Callable[..., int], *arguments: Any) -> None:
        """Calls a function of the library whose first argument is the study."""
        with self.use() as study:
            call(function, study, *arguments)

    def check_writable(self, what: str) -> None:
        self._check()
        if not self.writable:
            raise errors.ArgumentError(
                f"{what}: the study is open for reading only; open it with mode 'a' or 'w'"
            )

    def _check(self) -> None:
        if self._study is None:
            raise errors.ArgumentError("the study is closed")
        if os.getpid() != self._process:
            raise errors.ArgumentError(
                "this study was opened by another process, before a fork; open it here again"
            )

    def close(self) -> None:
        """Frees the study. A second time does nothing."""
        if self._study is None:
            return
        with self.use():
            study, self._study = self._study, None
            ffi.release(study)


class _Closer:
    """Closes a study, but not in a forked child: that would end the parent's transaction."""

    def __init__(self, process: int) -> None:
        self.process = process

    def __call__(self, study: CData) -> None:
        if os.getpid() == self.process:
            lib.aann_study_close(study)
