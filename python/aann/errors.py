"""Exceptions: one class for each status of the C library, each also a built-in one.

>>> import aann
>>> aann.Spec("16C5-10", (1, 28))
Traceback (most recent call last):
    ...
aann.errors.ArgumentError: input (1, 28): expected (channels, height, width) or a number of values
"""

from __future__ import annotations

__all__ = [
    "AannError",
    "ArgumentError",
    "FormatError",
    "InputOutputError",
    "LockedError",
    "MissingFileError",
    "NotFoundError",
    "OutOfMemoryError",
    "VersionError",
]


class AannError(Exception):
    """Whatever the library refuses: the message says what is wrong, where, what was expected."""


class ArgumentError(AannError, ValueError):
    """An argument is wrong: an option, a spec, a shape, a value out of range."""


class FormatError(AannError, ValueError):
    """Content is not what its format requires: a damaged or hostile file, a wrong value."""


class InputOutputError(AannError, OSError):
    """The operating system refused: a missing file, a full disk, no permission."""


class MissingFileError(AannError, FileNotFoundError):
    """There is no such file."""


class OutOfMemoryError(AannError, MemoryError):
    """There is not enough memory, or a size that no machine has."""


class LockedError(AannError, BlockingIOError):
    """Another process or handle is writing this study."""


class VersionError(AannError, RuntimeError):
    """Written by another version of aann, usually a newer one."""


class NotFoundError(AannError, KeyError):
    """No such member, family, option, ..."""

    def __str__(self) -> str:  # KeyError would print the message in quotes
        return Exception.__str__(self)
