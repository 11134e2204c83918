"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NEW_FILE = 0o666
"""less the mask of the process, which the system itself applies: asking for it would change it for
a moment, for all threads"""


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Writes all of a file; see `whole_file`."""
    with whole_file(path) as file:
        file.write(data)


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file beside `path`, to be written, which is renamed at the end: what was there before stays
    until the new one is complete, and if that fails."""
    wanted = Path(path)
    if wanted.exists() and not wanted.is_file():  # a pipe or a device: nothing to lose
        with wanted.open("wb") as file:
            yield file
        return
    if wanted.is_symlink():  # the file is where it points to, perhaps on another disk
        wanted = wanted.resolve()
    part = wanted.with_name(f".aann-{secrets.token_hex(8)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(part, flags, NEW_FILE)
    except OSError as problem:  # names the file that was asked for
        raise OSError(problem.errno, problem.strerror, os.fspath(path)) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        if wanted.exists():
            part.chmod(wanted.stat().st_mode & 0o7777)
        part.replace(wanted)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
