"""What the readers see in the pixels: text, faces, codes, plates. Each part that could not be looked for says why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curate.finding import Check
from curate.picture import PictureFacts, SeenCode, SeenFace, SeenPlate, TextLine

MAX_FRAMES = 8  # frames of one file whose pixels are looked into; more leave these parts unscreened

Rgb = NDArray[np.uint8]  # shape (height, width, 3), upright, channels red, green, blue


@dataclass(frozen=True, slots=True)
class PixelReaders:
    """Who looks at one upright frame. None: that part was not asked for. A reader may raise whatever it likes."""

    text: Callable[[Rgb], tuple[TextLine, ...]] | None = None
    faces: Callable[[Rgb], tuple[SeenFace, ...]] | None = None
    codes: Callable[[Rgb], tuple[SeenCode, ...]] | None = None
    plates: Callable[[Rgb], tuple[SeenPlate, ...]] | None = None


NOBODY = PixelReaders()


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of PictureFacts: the field it fills, the field that says why it is empty, what people call it."""

    found: str
    unscreened: str
    name: str
    reader: str


_PARTS = {
    Check.PIXEL_TEXT: _Part("text_lines", "text_unscreened", "text in the pixels", "text reader"),
    Check.PIXEL_FACES: _Part("faces", "faces_unscreened", "faces in the pixels", "face detector"),
    Check.PIXEL_CODES: _Part("codes", "codes_unscreened", "codes in the pixels", "code reader"),
    Check.PIXEL_PLATES: _Part("plates", "plates_unscreened", "number plates in the pixels", "plate detector"),
}


def read_parts(frames: Callable[[], Iterator[Rgb]], count: int, readers: PixelReaders) -> dict[str, Any]:
    """The fields of PictureFacts that the readers fill, by name. A reader that raises costs its own part only.

    Args:
        frames: gives the upright frames; not called when nobody wants to see one.
        count: how many there are.

    Raises:
        MemoryError: the memory of this process did not suffice.
    """
    given = zip(_PARTS, (readers.text, readers.faces, readers.codes, readers.plates), strict=True)
    asked: dict[Check, Callable[[Rgb], Iterable[Any]]] = {
        check: reader for check, reader in given if reader is not None
    }
    found: dict[Check, list[Any]] = {check: [] for check in asked}
    lost: dict[Check, str] = {check: not_asked_for(check) for check in _PARTS if check not in asked}
    if count > MAX_FRAMES:
        many = f"the file holds {count} pictures, at most {MAX_FRAMES} are looked into"
        lost |= {c: f"{many} for {_PARTS[c].name}" for c in asked}
    elif asked:
        for frame in frames():
            for check, reader in asked.items():
                if check in lost:
                    continue
                try:
                    found[check].extend(reader(frame))
                except MemoryError:
                    raise
                except Exception as error:  # whatever stops a reader: its part stays unscreened, with the reason
                    lost[check] = f"the {_PARTS[check].reader} stopped: {plain(error)}"
    fields: dict[str, Any] = {_PARTS[c].found: tuple(items) for c, items in found.items() if c not in lost}
    return fields | {_PARTS[check].unscreened: why for check, why in lost.items()}


def not_asked_for(check: Check) -> str:
    """Why a part is open that nobody wanted: the same words from a look and from what was kept of one."""
    return f"nobody asked for {_PARTS[check].name}"


def left_open(facts: PictureFacts, checks: Iterable[Check], why: str) -> PictureFacts:
    """The same facts, saying that these parts of the pixels were not looked for, and why."""
    parts = [_PARTS[check] for check in checks]
    notes: dict[str, Any] = {part.unscreened: why for part in parts} | {part.found: None for part in parts}
    return replace(facts, **notes)


def plain(error: Exception) -> str:
    """An exception in one line for people, cut to 200 characters."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__
