"""The answers of a family's members, read from its study or computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from aann._handle import Handle
from aann._library import c_text, ffi, lib

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["read_predictions"]


def read_predictions(
    handle: Handle, ids: list[int], split: str, samples: Any, threads: int, keep: bool
) -> NDArray[np.int32]:
    """Logits [member, sample, class] of members; those that the study lacks are kept in it if they
    are to be."""
    request = ffi.new("aann_predictions_request *", lib.aann_predictions_request_default())
    c_ids, name = ffi.new("int64_t[]", ids), c_text(split, "split")
    request.ids, request.count = c_ids, len(ids)
    request.split, request.samples = name, samples._c
    request.threads, request.keep = threads, keep
    found = ffi.new("aann_predictions *")
    handle.call(lib.aann_predictions_get, request, found)
    try:
        size = len(ids) * found.sample_count * found.outputs
        flat = np.frombuffer(ffi.buffer(found.logits, 4 * size), dtype=np.int32)
        shape = (len(ids), found.sample_count, found.outputs)
        logits: NDArray[np.int32] = flat.copy().reshape(shape)
        return logits
    finally:
        lib.aann_predictions_destroy(found)
