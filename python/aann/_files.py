"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Writes a file beside `path` and renames it: what was there before stays until the new one is
    complete."""
    wanted = Path(path)
    if wanted.exists() and not wanted.is_file():  # a pipe or a device: nothing to lose
        wanted.write_bytes(data)
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{wanted.name}.", dir=wanted.parent)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        _copy_mode(wanted, part)
        part.replace(wanted.resolve() if wanted.is_symlink() else wanted)
    except BaseException:
        part.unlink()
        raise


def _copy_mode(wanted: Path, part: Path) -> None:
    """The permissions of the file that is replaced, or those of any new file."""
    if wanted.exists():
        mode = wanted.stat().st_mode & 0o7777
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    part.chmod(mode)
