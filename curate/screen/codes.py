"""QR and bar codes in the pixels, read by zxing-cpp (Apache-2.0). The only module that imports zxingcpp."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from curate.errors import ExitCode, ImprimaturError
from curate.picture import SeenCode
from curate.screen.code_flatten import flattened
from curate.screen.code_tries import Grey, tries

# Error-correcting codes: a payload that comes out is the one that was printed (ISO/IEC 18004, 16022, 24778, 15438).
STRONG = frozenset(
    {"QRCode", "QRCodeModel1", "QRCodeModel2", "DataMatrix", "Aztec", "AztecCode", "PDF417", "MaxiCode", "RMQRCode"}
)
# A Micro QR code of the sizes M1 and M2, which detect errors more than they correct them, holds at most so many
# characters (ISO/IEC 18004, table 7); a longer payload comes from a larger and safer one.
MICRO_QR_M2 = 10
# A damaged one of these cannot be taken for anything else; stripes and textures now and then look like the others.
UNMISTAKABLE = frozenset({"QRCode", "QRCodeModel1", "QRCodeModel2", "Aztec", "AztecCode"})
# Pixels shown to the reader beyond the picture itself: of every picture, and around what looks like an unread code.
UNSUSPECTED, EVIDENT = 2_500_000, 40_000_000
AGREEING = 2  # tries which have to give the same payload before one with a mere check digit, or none, is believed


class CodeReaderUnavailableError(ImprimaturError):
    """The reader of codes is not installed."""

    code = "IMP-E263"
    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one try gave. `corners`: shape (4, 2), pixels of the picture; `trouble` where located but not read."""

    symbology: str
    text: str
    corners: NDArray[np.float64]
    trouble: str | None
    version: int | None = None  # of a QR code
    gs1: bool = False  # the payload is a list of GS1 application identifiers

    @property
    def middle(self) -> NDArray[np.float64]:
        middle: NDArray[np.float64] = self.corners.mean(axis=0)
        return middle

    @property
    def size(self) -> float:
        """The longer side of the box around it, pixels."""
        return float(np.ptp(self.corners, axis=0).max())

    def at_the_place_of(self, other: _Reading) -> bool:
        return bool(np.abs(self.middle - other.middle).max() <= 0.5 * max(self.size, other.size))


class CodeReader:
    """Reads every code in an upright picture: as it is, then in other ways where that left something open."""

    name: ClassVar[str] = "zxing-cpp"
    licence: ClassVar[str] = "Apache-2.0 (zxing-cpp)"

    @staticmethod
    def missing() -> str | None:
        """Why no code can be read here, or None if everything is installed. Imports nothing heavy."""
        for module, wheel in (("zxingcpp", "zxing-cpp"), ("cv2", "opencv-python-headless")):
            if importlib.util.find_spec(module) is None:
                return f"{wheel} is not installed"
        return None

    @classmethod
    def engine_version(cls) -> str:
        return "absent" if importlib.util.find_spec("zxingcpp") is None else metadata.version("zxing-cpp")

    def read(self, rgb: NDArray[np.uint8]) -> tuple[SeenCode, ...]:
        """Codes from top to bottom; an empty tuple means: looked, no code found.

        A code that is located beyond doubt and cannot be read comes with its `trouble`.

        Args:
            rgb: uint8, shape (height, width, 3), upright.

        Raises:
            CodeReaderUnavailableError: zxing-cpp or OpenCV is not installed.
        """
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
            raise ValueError(f"expected uint8 (height, width, 3), found {rgb.dtype} {rgb.shape}")
        if (reason := self.missing()) is not None:
            raise CodeReaderUnavailableError(
                f"expected a reader of QR and bar codes, found none: {reason}",
                hint="pip install 'imprimatur[vision]', then imprimatur doctor",
            )
        grey: Grey = np.asarray(Image.fromarray(rgb).convert("L"))
        readings = [*_readings(grey, "LocalAverage"), *_readings(grey, "GlobalHistogram")]
        # Also where codes were read: a label with a plain JAN code on it often has a small QR code too.
        readings += _tried(grey, _Place(0, 0, grey.shape[1], grey.shape[0]), UNSUSPECTED)
        for hint in _hints(readings):
            if not any(hint.at_the_place_of(good) for good in believed(readings)):
                place = _around(hint, grey)
                readings += _tried(grey, place, EVIDENT, [r for r in readings if _inside(r, place)])
        for damaged in unread(readings):
            readings += _laid_flat(grey, damaged)
        found = [_seen(reading, grey) for reading in (*believed(readings), *unread(readings))]
        return tuple(sorted(found, key=lambda code: (code.box[1], code.box[0], code.text)))


def _hints(readings: Sequence[_Reading]) -> list[_Reading]:
    """Readings that say where to look closer, unless what they saw is believed by then."""
    return [reading for reading in readings if reading.trouble is None or reading.symbology in UNMISTAKABLE]


class _Place(NamedTuple):
    """A rectangle in a picture, pixels."""

    x: int
    y: int
    width: int
    height: int


def _around(reading: _Reading, grey: Grey) -> _Place:
    """The code and as much again around it, cut to the picture: a damaged code is located roughly."""
    height, width = grey.shape
    (x, y), reach = reading.middle, max(reading.size, 40.0)
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    return _Place(left, top, max(1, min(width, int(x + reach)) - left), max(1, min(height, int(y + reach)) - top))


def _tried(grey: Grey, place: _Place, budget: int, before: Sequence[_Reading] | None = None) -> Iterator[_Reading]:
    """Readings of a place, shown in one way after the other until the budget is spent.

    With the readings `before`, it ends as soon as a code is believed among them and the new ones.
    """
    crop = np.ascontiguousarray(grey[place.y : place.y + place.height, place.x : place.x + place.width])
    so_far = list(before or ())
    for attempt in tries(crop):
        budget -= attempt.shown.size
        if budget < 0:
            return
        for reading in _readings(attempt.shown, attempt.binarizer):
            corners = np.c_[reading.corners, np.ones(4)] @ attempt.back.T + (place.x, place.y)
            so_far.append(replace(reading, corners=corners))
            yield so_far[-1]
        if before is not None and believed(so_far):
            return


def _laid_flat(grey: Grey, damaged: _Reading) -> list[_Reading]:
    """A QR code that was located but not read, read as if its ground were creased."""
    if damaged.version is None:
        return []
    for clean in flattened(grey, damaged.corners, damaged.version):
        for reading in _readings(clean, "FixedThreshold"):
            if reading.trouble is None:
                return [replace(reading, corners=damaged.corners)]
    return []


def _readings(grey: Grey, binarizer: str) -> list[_Reading]:
    import zxingcpp

    found = zxingcpp.read_barcodes(
        grey,
        binarizer=getattr(zxingcpp.Binarizer, binarizer),
        text_mode=zxingcpp.TextMode.Plain,
        return_errors=True,
    )
    return [_reading(code) for code in found]


def _reading(code: Any) -> _Reading:
    import zxingcpp

    names = ("top_left", "top_right", "bottom_right", "bottom_left")
    corners = np.array([(corner.x, corner.y) for corner in (getattr(code.position, name) for name in names)], float)
    trouble = None if code.valid else str(code.error).partition("@")[0].strip() or "unreadable"
    said = str((code.extra or {}).get("Version", "")) if code.format == zxingcpp.BarcodeFormat.QRCode else ""
    gs1 = bool(code.valid and code.content_type == zxingcpp.ContentType.GS1)
    version = int(said) if said.isdigit() else None
    return _Reading(str(code.format.name), code.text if code.valid else "", corners, trouble, version, gs1)


def believed(readings: Sequence[_Reading]) -> list[_Reading]:
    """One reading a code: strong ones as they are, weak ones only if AGREEING tries gave the same."""
    kept: list[_Reading] = []
    for reading in readings:
        if reading.trouble is not None or any(_same(reading, other) for other in kept):
            continue
        votes = sum(_same(reading, other) for other in readings)
        if _strong(reading) or votes >= AGREEING:
            kept.append(reading)
    return kept


def unread(readings: Sequence[_Reading]) -> list[_Reading]:
    """One reading for each place at which AGREEING tries located an unmistakable code and none read it."""
    good = believed(readings)
    troubled = [r for r in readings if r.trouble is not None and r.symbology in UNMISTAKABLE]
    troubled.sort(key=lambda reading: reading.version is None)  # one whose size is known can be laid flat
    kept: list[_Reading] = []
    for reading in troubled:
        votes = sum(reading.at_the_place_of(other) for other in troubled)
        if votes >= AGREEING and not any(reading.at_the_place_of(other) for other in (*good, *kept)):
            kept.append(reading)
    return kept


def _strong(reading: _Reading) -> bool:
    if reading.symbology == "MicroQRCode":
        return len(reading.text) > MICRO_QR_M2
    return reading.symbology in STRONG


def _same(one: _Reading, other: _Reading) -> bool:
    return (one.symbology, one.text, other.trouble) == (other.symbology, other.text, None) and one.at_the_place_of(
        other
    )


def _inside(reading: _Reading, place: _Place) -> bool:
    x, y = (float(v) for v in reading.middle)
    return place.x <= x < place.x + place.width and place.y <= y < place.y + place.height


def _seen(reading: _Reading, grey: Grey) -> SeenCode:
    height, width = grey.shape
    left, top = np.clip(np.floor(reading.corners.min(axis=0)), 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(np.ceil(reading.corners.max(axis=0)), 1, (width, height)).astype(int)
    box = int(left), int(top), max(1, int(right - left)), max(1, int(bottom - top))
    return SeenCode(
        f"GS1 {reading.symbology}" if reading.gs1 else reading.symbology, reading.text, box, reading.trouble
    )
