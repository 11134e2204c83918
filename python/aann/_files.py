"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

NEW_FILE = 0o666
"""less the mask of the process, which the system itself applies: asking for it would change it for
a moment, for all threads"""


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Writes a file beside `path` and renames it: what was there before stays until the new one is
    complete."""
    wanted = Path(path)
    if wanted.exists() and not wanted.is_file():  # a pipe or a device: nothing to lose
        wanted.write_bytes(data)
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
            file.write(data)
        if wanted.exists():
            part.chmod(wanted.stat().st_mode & 0o7777)
        part.replace(wanted)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
