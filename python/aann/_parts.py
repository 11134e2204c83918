"""The members of a family in other processes: parts that come back, and what is kept of them.

A part is an excerpt of the study, with some members that are not finished. A worker searches them;
then the part is stored in the study, which goes on from there whatever becomes of the others. What
cannot be stored is kept in a folder beside the study, and stored by the next run.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aann import errors
from aann._elsewhere import Encoded, encoded, outcomes, was_cancelled
from aann._handle import MEMORY, Handle
from aann._library import ffi, lib, natural, take_bytes
from aann.network import _threads
from aann.working import MemberProgress, Work, log

if TYPE_CHECKING:
    from aann.data import Data

__all__ = ["parts_folder", "run_parts"]


def parts_folder(study: str | os.PathLike[str]) -> Path:
    """Where parts of a study are kept: ``my-parts`` beside ``my.aann``."""
    place = Path(study)
    return place.with_name(place.stem + "-parts")


# ---- in the worker


def search_part(
    part: bytes, *, samples: Encoded, threads: int, checkpoint_seconds: float, end: float | None
) -> tuple[bytes, list[MemberProgress]]:
    """A part after its search, or after `end` (as time.time), and the last reports of its members.

    Ctrl-C ends it where it can be resumed.
    """
    left = None if end is None else end - time.time()
    if left is not None and left <= 0:
        return part, []
    last: dict[int, MemberProgress] = {}

    def keep(members: Sequence[MemberProgress]) -> None:
        last.update({member.id: member for member in members if member.stopped})

    work = Work(
        seconds=left,
        threads=threads,
        checkpoint_seconds=checkpoint_seconds,
        progress=keep,
    )
    data = samples.data()
    found, size = ffi.new("void **"), ffi.new("size_t *")
    work.run(
        lib.aann_excerpt_search, ffi.from_buffer(part), len(part), data._c, work.c, found, size
    )
    return take_bytes(found[0], size[0]), list(last.values())


# ---- here


def run_parts(
    handle: Handle, family: int, data: Data, executor: Any, work: Work, **how: Any
) -> None:
    """`run_elsewhere` until Ctrl-C, which `work` then tells of."""
    try:
        run_elsewhere(handle, family, data, executor, work=work, **how)
    except KeyboardInterrupt:
        work.interrupted = True
    finally:
        work.close()


def run_elsewhere(
    handle: Handle,
    family: int,
    data: Data,
    executor: Any,
    *,
    parts: int | None,
    threads: int,
    seconds: float | None,
    checkpoint_seconds: float,
    work: Work,
) -> None:
    """Searches the unfinished members of a family by the workers of the executor.

    `work` gets the reports; it can stop the run. Raises what made a part fail, after all others
    that had begun are stored.
    """
    take_kept(handle, family)
    members = _unfinished(handle, family, data)
    if not members:
        return
    count = len(members)
    if parts is not None:
        count = min(natural("parts", parts, lowest=1), count)
    shares = [members[i::count] for i in range(count)]
    common = {
        "samples": encoded(data),
        "threads": _threads(threads) or 1,
        "checkpoint_seconds": checkpoint_seconds,
        "end": None if seconds is None else time.time() + seconds,
    }
    tasks = [(_pack(handle, family, share),) for share in shares]
    failure: BaseException | None = None
    stored = 0
    for outcome in outcomes(executor, search_part, tasks, common):
        try:
            found, reports = outcome.result()
            store_part(handle, family, shares[outcome.number][0], found)
            stored += 1
            work.report(reports)
        except KeyboardInterrupt:
            raise
        except BaseException as exception:
            if failure is None or was_cancelled(failure):
                failure = exception
        if work.stopped:
            break
    if failure is not None:
        log.warning(
            "family %d: %d of %d parts are stored, another failed (%s); the same call goes on with "
            "the others",
            family,
            stored,
            count,
            type(failure).__name__,
        )
        raise failure


def _unfinished(handle: Handle, family: int, data: Data) -> list[int]:
    ids, count = ffi.new("int64_t **"), ffi.new("size_t *")
    handle.call(lib.aann_excerpt_unfinished, family, data._c, ids, count)
    try:
        return [int(ids[0][i]) for i in range(count[0])]
    finally:
        lib.aann_free(ids[0])


def _pack(handle: Handle, family: int, members: list[int]) -> bytes:
    found, size = ffi.new("void **"), ffi.new("size_t *")
    listed = ffi.new("int64_t[]", members)
    handle.call(lib.aann_excerpt_pack, family, listed, len(members), found, size)
    return take_bytes(found[0], size[0])


def _take(handle: Handle, family: int, part: bytes) -> None:
    handle.call(lib.aann_excerpt_take, family, ffi.from_buffer(part), len(part), ffi.NULL)


def store_part(handle: Handle, family: int, first: int, part: bytes) -> None:
    """Stores a part in the study; one that cannot be stored is kept beside it, and the failure is
    raised."""
    try:
        _take(handle, family, part)
    except Exception as failure:
        if handle.place == MEMORY:
            raise
        kept = _kept_path(handle, family, first)
        _write(kept, part)
        log.warning(
            "%s: cannot store a finished part (%s); it is kept as %s, and the next run takes it",
            handle.path,
            failure,
            kept,
        )
        raise


def _kept_path(handle: Handle, family: int, first: int) -> Path:
    return parts_folder(handle.place) / f"family-{family}-member-{first}.part"


def _write(path: Path, content: bytes) -> None:
    """A file that is there whole or not at all, also after a power failure."""
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def take_kept(handle: Handle, family: int) -> None:
    """Stores the parts that an earlier run could not store."""
    if handle.place == MEMORY:
        return
    folder = parts_folder(handle.place)
    for path in sorted(folder.glob(f"family-{family}-member-*.part")):
        try:
            _take(handle, family, path.read_bytes())
        except errors.AannError as failure:
            raise type(failure)(
                f"{path}: {failure}; remove the file to search its members again"
            ) from failure
        path.unlink()
        log.warning("%s: took %s of an earlier run", handle.path, path)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
