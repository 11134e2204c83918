"""merge: one study of the parts that several processes or machines have searched."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NamedTuple

from aann._handle import Handle
from aann._library import c_path, c_text, ffi, lib

__all__ = ["MergeResult", "merge"]


class MergeResult(NamedTuple):
    """What `merge` did."""

    families: int
    members: int
    """of the whole"""
    finished: int
    taken: int
    """members that came from the parts"""
    again: int
    """members that were there already"""
    missing: int
    """members of shards that nobody has given, with ``partial=True``"""


def merge(
    whole: str | os.PathLike[str],
    parts: Iterable[str | os.PathLike[str]],
    *,
    partial: bool = False,
) -> MergeResult:
    """Merges studies that were searched with the same arguments and ``shard=(i, n)``.

    Parameters
    ----------
    whole:
        A new study, or the result of an earlier merge of the same family. It gets the members,
        hashes and histories of a search in one process; only seconds differ.
    parts:
        The paths of the parts. One that does not fit is refused, with the first difference.
    partial:
        Parts may be missing; `Family.run` of the whole then searches for their members.

    >>> import aann, numpy as np, os, tempfile
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 2))
    >>> y = np.where(X[:, 0] * X[:, 1] > 0, "same", "other")
    >>> folder = tempfile.mkdtemp()
    >>> for i in (1, 2):
    ...     with aann.Study(f"{folder}/part{i}.aann") as part:
    ...         _ = part.family(X, y, "8-2", members=3, steps=500, shard=(i, 2)).run()
    >>> aann.merge(f"{folder}/whole.aann", [f"{folder}/part1.aann", f"{folder}/part2.aann"])[1:3]
    (3, 3)
    """
    if isinstance(parts, (str, bytes, os.PathLike)):
        raise TypeError(f"parts {parts!r}: expected a list of paths")
    place = os.fsdecode(whole)
    exists = os.path.exists(place)  # noqa: PTH110
    kept = [c_path(part, "parts") for part in parts]
    paths = ffi.new("char *[]", kept)
    options = ffi.new("aann_merge_options *", lib.aann_merge_options_default())
    options.partial = partial
    result = ffi.new("aann_merge_result *")
    handle = Handle(place if exists else ":memory:", "w" if exists else "a")
    try:
        handle.call(lib.aann_family_merge, paths, len(kept), options, result)
        if not exists:
            handle.call(lib.aann_study_export, c_text(place, "whole"))
    finally:
        handle.close()
    return MergeResult(
        result.families,
        result.members,
        result.finished,
        result.taken,
        result.again,
        result.missing,
    )
