"""The characters of the score in exact pictures: those of pygame's font, where it is installed.

aann brings no font. Gymnasium writes the score with the one that pygame brings, so its characters
are drawn by pygame once, and known by their hash: others would not be Gymnasium's.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import struct
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np

from aann import errors
from aann._library import CData, ffi, lib

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_CHARACTERS = "0123456789-"
_SIZE = 42
_SHAPE = (lib.AANN_CAR_GLYPHS, lib.AANN_CAR_GLYPH_ROWS, lib.AANN_CAR_GLYPH_COLUMNS)

# Of pixels, advances and kerning as pygame-ce 2.5.8 has them.
_SHA256 = "440bd568063bafc6607351333a8962c7a1c14e0d5b8ecea2d5ead2b2d05192d9"


def glyphs_for(score: bool | None, *, exact: bool, seen: bool) -> CData | None:
    """The characters for an environment that was given `score`; None: its corner stays black.

    seen: whether anybody looks at its pictures.
    """
    score = None if score is None else bool(score)
    if score and not exact:
        raise errors.ArgumentError('score=True with picture="near", which has no score')
    if score is False or not exact or not (seen or score):
        return None
    glyphs, why = _known_glyphs()
    if glyphs is None and score:
        raise errors.ArgumentError(f"score=True: {why}; install pygame-ce==2.5.8")
    if glyphs is None:
        _say_once(why)
    return glyphs


_one_at_a_time = threading.Lock()
"""for pygame's font and the environment's variables are one for all threads"""


@functools.cache
def _say_once(why: str) -> None:
    gymnasium.logger.warn(
        f"the score's corner of the picture is black: {why}. With pygame-ce==2.5.8 it is drawn; "
        "score=False leaves it black without this line"
    )


@functools.cache
def _known_glyphs() -> tuple[CData | None, str]:
    """The characters, or None and why there are none."""
    with _one_at_a_time, _quiet():
        try:
            import pygame
            import pygame.font
        except ImportError:
            return None, "pygame is not installed"
        try:
            glyphs = _draw(pygame)
        except Exception as error:  # an older pygame, or another font
            return None, f"pygame {pygame.version.ver} cannot draw its font ({error})"
    if hashlib.sha256(ffi.buffer(glyphs)).hexdigest() != _SHA256:
        return None, f"pygame {pygame.version.ver} draws other digits than pygame-ce 2.5.8"
    return glyphs, ""


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Importing pygame writes no greeting."""
    name = "PYGAME_HIDE_SUPPORT_PROMPT"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _draw(pygame: Any) -> CData:
    """An aann_car_glyphs of pygame's default font."""
    file = Path(pygame.__file__).parent / pygame.font.get_default_font()
    begun = not pygame.font.get_init()
    pygame.font.init()
    try:
        font = pygame.font.Font(str(file), _SIZE)
        drawn = [font.render(c, True, (255, 255, 255), (0, 0, 0)) for c in _CHARACTERS]
        images = [_grey(pygame, image) for image in drawn]
    finally:
        if begun:
            pygame.font.quit()
    glyphs = ffi.new("aann_car_glyphs *")
    pixels = np.frombuffer(ffi.buffer(glyphs.pixels), dtype=np.uint8).reshape(_SHAPE)
    for index, image in enumerate(images):
        height, width = image.shape
        if height > _SHAPE[1] or width > _SHAPE[2]:
            raise ValueError(f"{_CHARACTERS[index]!r} has {width} x {height} pixels")
        pixels[index, :height, :width] = image
        glyphs.advance[index] = width
    for first, second, units in _kerning(file.read_bytes()):
        glyphs.kerning[first][second] = units
    return glyphs


def _grey(pygame: Any, image: Any) -> NDArray[np.uint8]:
    """[rows][columns] of white on black."""
    width, height = image.get_size()
    bytes_ = pygame.image.tobytes(image, "RGB")
    return np.frombuffer(bytes_, dtype=np.uint8).reshape(height, width, 3)[:, :, 0]


def _kerning(font: bytes) -> Iterator[tuple[int, int, int]]:
    """Pairs of our characters and what the font adds between them, in 1/64 pixel.

    Of a TrueType file: the tables `head` (units of the em square), `cmap` (format 4: glyphs of
    characters) and `kern` (format 0: pairs).
    """
    tables = {}
    (count,) = struct.unpack_from(">H", font, 4)
    for entry in range(count):
        tag, _, offset, size = struct.unpack_from(">4sIII", font, 12 + 16 * entry)
        tables[tag] = font[offset : offset + size]
    (em,) = struct.unpack_from(">H", tables[b"head"], 18)
    names = _glyph_names(tables[b"cmap"])
    kern = tables.get(b"kern", b"\0\0\0\0")
    place = 4
    for _ in range(struct.unpack_from(">H", kern, 2)[0]):
        _, length, coverage, pairs = struct.unpack_from(">4H", kern, place)
        for pair in range(pairs if coverage & 0xFF07 == 1 else 0):  # horizontal kerning, format 0
            left, right, units = struct.unpack_from(">HHh", kern, place + 14 + 6 * pair)
            if left in names and right in names:
                yield names[left], names[right], round(units * _SIZE * 64 / em)
        place += length


def _glyph_names(cmap: bytes) -> dict[int, int]:
    """Which of our characters a glyph is."""
    found = {}
    for entry in range(struct.unpack_from(">H", cmap, 2)[0]):
        _, _, offset = struct.unpack_from(">HHI", cmap, 4 + 8 * entry)
        if struct.unpack_from(">H", cmap, offset)[0] != 4:
            continue
        half = struct.unpack_from(">H", cmap, offset + 6)[0] // 2
        ends, starts = offset + 14, offset + 16 + 2 * half
        for index, character in enumerate(_CHARACTERS):
            for segment in range(half):
                end = struct.unpack_from(">H", cmap, ends + 2 * segment)[0]
                start = struct.unpack_from(">H", cmap, starts + 2 * segment)[0]
                if not start <= ord(character) <= end:
                    continue
                delta = struct.unpack_from(">H", cmap, starts + 2 * (half + segment))[0]
                at = starts + 2 * (2 * half + segment)
                skip = struct.unpack_from(">H", cmap, at)[0]
                glyph = ord(character)
                if skip != 0:
                    glyph = struct.unpack_from(">H", cmap, at + skip + 2 * (glyph - start))[0]
                found[(glyph + delta) % 65536] = index
                break
        return found
    return found
