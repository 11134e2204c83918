"""The C library as the rest of the package sees it: calls that raise, texts, memory, callbacks.

Every other module takes `ffi`, `lib` and `call` from here. cffi releases the interpreter's lock
during each call, so other Python threads run while the library works.
"""

from __future__ import annotations

import operator
import os
import types
from typing import TYPE_CHECKING, Any, NoReturn

from aann import errors
from aann._aann import ffi as ffi
from aann._aann import lib as lib

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

CData: TypeAlias = Any
"""A value of C: cffi has no types for these."""

OK: int = lib.AANN_OK
INTERRUPTED: int = lib.AANN_INTERRUPTED

_CLASSES = {
    lib.AANN_ERROR_ARGUMENT: errors.ArgumentError,
    lib.AANN_ERROR_FORMAT: errors.FormatError,
    lib.AANN_ERROR_IO: errors.InputOutputError,
    lib.AANN_ERROR_MEMORY: errors.OutOfMemoryError,
    lib.AANN_ERROR_LOCKED: errors.LockedError,
    lib.AANN_ERROR_VERSION: errors.VersionError,
    lib.AANN_ERROR_NOT_FOUND: errors.NotFoundError,
}


def text(value: CData) -> str:
    """The Python string of a C one, which must not be NULL."""
    return str(ffi.string(value).decode("utf-8", "replace"))


def text_or_none(value: CData) -> str | None:
    return None if value == ffi.NULL else text(value)


def c_text(value: str, name: str) -> CData:
    """A C string. A NUL inside would cut it off in silence, so it is refused."""
    if not isinstance(value, str):
        raise TypeError(f"{name} {value!r}: expected a text")
    if "\0" in value:
        raise errors.ArgumentError(f"{name}: a text with a NUL character in it")
    return ffi.new("char[]", value.encode("utf-8", "surrogateescape"))


def c_path(path: str | os.PathLike[str], name: str = "path") -> CData:
    """A path as a C string; it may be bytes, as everywhere in Python."""
    return c_text(os.fsdecode(path), name)


def natural(name: str, value: Any, *, lowest: int = 0, bits: int = 32) -> int:
    """A whole number from `lowest` to what so many bits hold.

    cffi's own message names neither the argument nor what was expected.
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} {value!r}: expected a whole number") from None
    if not lowest <= number < 2**bits:
        raise errors.ArgumentError(
            f"{name} {number}: expected a whole number from {lowest} to 2^{bits} - 1"
        )
    return number


def positive(name: str, value: Any) -> float:
    """A finite number above 0."""
    number = float(value)
    if not 0.0 < number < float("inf"):
        raise errors.ArgumentError(f"{name} {number:g}: expected a finite number above 0")
    return number


def time_limit(seconds: float | None) -> float | None:
    """The time after which to stop; None: there is no limit."""
    if seconds is None:
        return None
    limit = float(seconds)
    if not limit >= 0.0:
        raise errors.ArgumentError(f"seconds {limit:g}: expected 0 or more, or None")
    return limit


def fail(status: int, error: CData) -> NoReturn:
    """Raises the exception of this status, with the library's message."""
    raise _CLASSES.get(status, errors.AannError)(text(error.message))


def call(function: Callable[..., int], *arguments: Any) -> None:
    """Calls a function whose last argument is an aann_error, and raises what it reports."""
    error = ffi.new("aann_error *")
    status = function(*arguments, error)
    if status != OK:
        fail(status, error)


def call_with_path(
    function: Callable[..., int], path: str | os.PathLike[str], *arguments: Any
) -> None:
    """As `call`, for functions that read or write the file `path`, their first argument."""
    try:
        call(function, c_path(path), *arguments)
    except errors.NotFoundError as error:
        raise errors.MissingFileError(str(error)) from None


def call_interruptible(
    function: Callable[..., int], *arguments: Any, interruption: Interruption
) -> bool:
    """As `call`, for functions that ask a callback whether to stop. False: it was stopped.

    What a callback raised is raised here, whatever the function returned.
    """
    error = ffi.new("aann_error *")
    status = function(*arguments, error)
    interruption.reraise()
    if status == INTERRUPTED:
        return False
    if status != OK:
        fail(status, error)
    return True


def take_text(memory: CData) -> str:
    """The Python string of a text that the library allocated, which is freed."""
    try:
        return text(memory)
    finally:
        lib.aann_free(memory)


def take_bytes(memory: CData, size: int) -> bytes:
    """The bytes of a block that the library allocated, which is freed."""
    try:
        return bytes(ffi.buffer(memory, size))
    finally:
        lib.aann_free(memory)


class Interruption:
    """Stands between a long call of the library and Python: asks whether to stop, keeps exceptions.

    The library asks several times a second. Entering Python is also the moment at which Ctrl-C
    becomes a KeyboardInterrupt, possibly before the first line of a callback has run; `onerror`
    catches it there, so that it is never swallowed. Pass `context` to the library.
    """

    def __init__(self, poll: Callable[[], bool] | None = None) -> None:
        self.poll = poll
        self.exception: BaseException | None = None
        self.context = ffi.new_handle(self)

    def stops(self) -> bool:
        """Whether the library shall stop."""
        if self.exception is not None:
            return True
        return self.poll is not None and self.poll()

    def keep(self, exception: BaseException) -> None:
        """Keeps the first exception, for `reraise`."""
        if self.exception is None:
            self.exception = exception

    def reraise(self) -> None:
        exception, self.exception = self.exception, None
        if exception is not None:
            raise exception


def keep_exception(
    kind: type[BaseException], exception: BaseException, traceback: types.TracebackType | None
) -> None:
    """cffi calls this for an exception that leaves a callback."""
    if traceback is not None and "context" in traceback.tb_frame.f_locals:
        context = traceback.tb_frame.f_locals["context"]
        ffi.from_handle(context).keep(exception.with_traceback(traceback))


@ffi.def_extern(error=True, onerror=keep_exception)  # type: ignore[untyped-decorator]
def aann_python_interrupted(context: CData) -> bool:
    interruption: Interruption = ffi.from_handle(context)
    return interruption.stops()
