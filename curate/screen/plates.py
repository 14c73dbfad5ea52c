"""Number plates of vehicles: rows of digits as a plate has them, on one ground, read by the OCR engine. Needs OpenCV.

Layout of the Japanese plate, 330 x 165 mm: place and class number above, kana and four digits or dots below
(自動車登録規則; 道路運送車両法施行規則, forms of plates). Letters are found as blobs of one height in a row; what lies around such
a row is read and has to read like a plate. Other countries' plates are not looked for: one row of capitals and digits on a
light ground is what every part number on a label looks like. The number is read here and not kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from curate.picture import SeenPlate
from curate.screen import ocr_engine
from curate.screen.plates_ja import PLACES

Rgb = NDArray[np.uint8]
Grey = NDArray[np.uint8]

SEARCHED_SIDE = 1280  # pixels; a larger picture is reduced to this for the search, and read as it is
LETTER_HEIGHT = (9, 160)  # pixels there; the digits of a Japanese plate are a quarter of its width high
MAX_READ = 6  # rows read in one picture, the most plate-like first
MIN_LOOK = 0.75  # of `_looks`; the plates drawn for measuring lie above 0.79
MIN_SCORE = 0.5

_SERIAL = re.compile(
    r"(?<![0-9])[0-9]{2}[ -]?[0-9]{2}(?![0-9])|[.・:]{1,3} ?[0-9]{1,3}(?![0-9])|[.・] ?[0-9][ -]?[0-9]{2}(?![0-9])"
)
_KANA = re.compile(r"^[^0-9]{0,2}[ぁ-ん][^0-9]{0,2}[0-9.・:]")
_CLASS = re.compile(r"(?<![0-9])[1-8][0-9]{1,2}(?![0-9])|(?<![0-9])[1-8][0-9][ACFHKLMPXY](?![A-Z])")
_HEAD = re.compile(
    rf"(?:{'|'.join(name for name in PLACES if len(name) > 1)})[ .]?(?:[1-8][0-9]{{1,2}}|[1-8][0-9][A-Z])"
)
_DIGITS = re.compile(r"[^0-9]{0,2}[1-9][0-9]{0,2}[^0-9]{0,1}")


class Engine(Protocol):
    """What `ocr_engine.TextEngine` does."""

    def texts(self, strips: Sequence[Rgb]) -> list[tuple[str, float]]: ...


class Row(NamedTuple):
    """A row of letters: middle (x, y) of its first and of its last letter, their height, how many; pixels."""

    first: tuple[float, float]
    last: tuple[float, float]
    height: float
    letters: int
    dark: bool  # letters darker than their ground


class PlateDetector:
    """Finds number plates in an upright picture. The OCR engine loads when the first row of letters has to be read."""

    def __init__(self, engine: Engine | None = None) -> None:
        self._engine = engine

    @staticmethod
    def missing() -> str | None:
        """Why no plate can be looked for here, or None if everything is installed. Imports nothing heavy."""
        return ocr_engine.missing()

    def find(self, rgb: Rgb) -> tuple[SeenPlate, ...]:
        """Plates from top to bottom; an empty tuple means: looked, no plate found.

        Args:
            rgb: uint8, shape (height, width, 3), upright.

        Raises:
            TextReaderUnavailableError: the `vision` extra is not installed.
            TextReadError: the OCR engine broke off.
        """
        if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
            raise ValueError(f"expected uint8 (height, width, 3), found {rgb.dtype} {rgb.shape}")
        if (reason := self.missing()) is not None and self._engine is None:
            raise ocr_engine.TextReaderUnavailableError(
                f"expected an OCR engine to read number plates, found none: {reason}",
                hint="pip install 'imprimatur[vision]', then imprimatur doctor",
            )
        found: list[SeenPlate] = []
        for row in rows_of_letters(rgb)[:MAX_READ]:
            if self._engine is None:
                self._engine = ocr_engine.TextEngine()
            plate = self._read(self._engine, rgb, row)
            if plate is not None and not any(_overlap(plate.box, other.box) for other in found):
                found.append(plate)
        return tuple(sorted(found, key=lambda plate: (plate.box[1], plate.box[0])))

    @staticmethod
    def _read(engine: Engine, rgb: Rgb, row: Row) -> SeenPlate | None:
        ((serial, sure),) = engine.texts([_cut(rgb, row, -1.35, 0.45, -0.68, 0.68)])
        if sum(character.isdigit() for character in serial) < 1:
            return None
        ((head, sure_head),) = engine.texts([_cut(rgb, row, -0.5, 0.3, -1.55, -0.6)])
        score = likeness(serial, head) * (0.5 + 0.5 * min(sure, max(sure_head, 0.6)))
        if score >= MIN_SCORE:
            return SeenPlate(round(score, 4), _box(rgb, row, -1.5, 0.4, -1.6, 0.75))
        if _HEAD.fullmatch(_folded(serial)) and sure >= 0.8:  # the row found is the upper one
            return SeenPlate(round(0.8 * sure, 4), _box(rgb, row, -1.5, 1.5, -0.9, 3.2))
        return None


def likeness(serial: str, head: str) -> float:
    """How much two rows read like the lower and the upper row of a Japanese plate, in [0, 1]."""
    serial, head = _folded(serial), _folded(head)
    if _SERIAL.search(serial) is None:
        # Dots before a short number get lost: then both halves of the upper row have to be there.
        short = _DIGITS.fullmatch(serial) is not None and _CLASS.search(head) and re.search(r"[一-龥ぁ-ん]", head)
        return 0.7 if short else 0.0
    kana = _KANA.search(serial) is not None
    number = _CLASS.search(head) is not None
    place = any(name in head for name in PLACES if len(name) > 1) or re.search(r"[一-龥]", head) is not None
    return 0.4 + 0.25 * kana + 0.25 * number + 0.25 * place if kana + number + place >= 1 else 0.0


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).strip().upper()
    return re.sub(r"[-‐‑‒–—―−ー一~]", "-", folded).replace("·", "・").replace("•", "・")


def rows_of_letters(rgb: Rgb) -> list[Row]:
    """Rows of four to nine blobs of one height, dark on light or light on dark, the most plate-like first."""
    import cv2

    cv2.setNumThreads(1)
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    factor = min(1.0, SEARCHED_SIDE / max(grey.shape))
    if factor < 1:
        grey = np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    rows = [row for dark in (True, False) for size in (25, 61) for row in _rows(cv2, grey, dark, size)]
    looked = [(look, value + 4 * look, row) for value, row in rows if (look := _looks(cv2, grey, row)) >= MIN_LOOK]
    kept: list[Row] = []
    for _, _, row in sorted(looked, key=lambda item: -item[1]):
        if not any(_same_row(row, other) for other in kept):
            kept.append(row)
    return [_scaled(row, 1 / factor) for row in kept]


def _looks(cv2: Any, grey: Grey, row: Row) -> float:
    """How cleanly letters stand on one ground, that of the row above them too; 0 to 1."""
    quad = _quad(row, -1.2, 0.35, -1.5, 0.6)
    target = np.array([[0, 0], [96, 0], [96, 48], [0, 48]], np.float32)
    turn = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    patch = cv2.warpPerspective(grey, turn, (96, 48), borderMode=cv2.BORDER_REPLICATE)
    lower = patch[20:, 24:]
    level, _ = cv2.threshold(lower, 0, 255, cv2.THRESH_OTSU)
    ink = lower <= level if row.dark else lower > level
    share = float(ink.mean())
    if not 0.12 <= share <= 0.6:
        return 0.0
    apart = float(lower[~ink].mean()) - float(lower[ink].mean())
    if abs(apart) < 25:
        return 0.0
    clean = share * (1 - share) * apart**2 / max(float(lower.var()), 1e-6)  # Otsu's ratio of variances
    ground = float(np.median(lower[~ink]))
    same = float((np.abs(patch[:20].astype(np.float32) - ground) < 0.35 * abs(apart)).mean())
    return 0.5 * clean + 0.5 * min(1.0, same / 0.6)


def _rows(cv2: Any, grey: Grey, dark: bool, size: int) -> list[tuple[float, Row]]:
    kind = cv2.THRESH_BINARY_INV if dark else cv2.THRESH_BINARY
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, kind, size, 12 if dark else -12)
    _, _, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=4)
    width, height, area = (stats[:, k].astype(float) for k in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    low, high = LETTER_HEIGHT
    fits = (height >= low) & (height <= high) & (width >= 0.12 * height) & (width <= 2.3 * height)
    fits &= (area >= 0.18 * width * height) & (area >= 12)
    fits[0] = False
    index = np.flatnonzero(fits)
    if len(index) < 2 or len(index) > 4000:
        return []
    order = index[np.argsort(stats[index, cv2.CC_STAT_LEFT])]
    rows: list[tuple[float, Row]] = []
    used: set[int] = set()
    for start in order:
        if int(start) in used:
            continue
        chain = [int(start)]
        while (following := _next(chain, order, stats, centres, width, height)) is not None and len(chain) < 12:
            chain.append(following)
        tall = float(np.median(height[chain]))
        # Digits that run into each other are one wide blob: 0.65 letter heights are a letter.
        letters = sum(max(1, round(w / tall / 0.65)) for w in width[chain])
        if 3 <= letters <= 9 and len(chain) >= 2:
            used.update(chain)
            # The middles of the first and last letter, also where that is half of a wide blob.
            inner = np.array([max(0.0, w / 2 - 0.3 * tall) for w in (width[chain[0]], width[chain[-1]])])
            first, last = centres[chain[0]] - (inner[0], 0), centres[chain[-1]] + (inner[1], 0)
            length = float(np.hypot(*(last - first))) / tall
            # Four digits of a Japanese plate: 2.35 letter heights from middle to middle.
            value = min(letters, 5) - abs(length - 2.35) * (letters <= 5) - 4 * float(np.std(height[chain])) / tall
            ends = (float(first[0]), float(first[1])), (float(last[0]), float(last[1]))
            rows.append((value, Row(*ends, tall, letters, dark)))
    return rows


def _next(
    chain: list[int], order: NDArray[Any], stats: Any, centres: Any, width: NDArray[Any], height: NDArray[Any]
) -> int | None:
    """The next letter to the right of the last: as tall, as high up, near."""
    last = chain[-1]
    tall = height[last]
    dx = centres[order, 0] - centres[last, 0]
    slope = 0.0
    if len(chain) > 1:
        whole = centres[last] - centres[chain[0]]
        slope = float(whole[1] / max(whole[0], 1.0))
    dy = centres[order, 1] - centres[last, 1] - slope * dx
    gap = dx - (width[order] + width[last]) / 2
    fits = (
        (dx > 0.2 * tall)
        & (gap < 0.95 * tall)
        & (gap > -0.2 * tall)
        & (np.abs(dy) < (0.35 if len(chain) == 1 else 0.2) * tall)
    )
    fits &= np.abs(height[order] - tall) < 0.25 * tall
    candidates = order[fits]
    return None if not len(candidates) else int(candidates[np.argmin(centres[candidates, 0])])


def _axes(row: Row) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Right and down along the row, unit vectors times the letter height."""
    along = np.array(row.last) - np.array(row.first)
    along = along / max(float(np.hypot(*along)), 1e-6) * row.height
    return along, np.array([-along[1], along[0]])


def _quad(row: Row, left: float, right: float, top: float, bottom: float) -> NDArray[np.float64]:
    """Corners of what reaches so many letter heights beyond the middles of the first and last letter."""
    along, down = _axes(row)
    first, last = np.array(row.first) + left * along, np.array(row.last) + (right + 0.1) * along
    return np.array([first + top * down, last + top * down, last + bottom * down, first + bottom * down])


def _cut(rgb: Rgb, row: Row, left: float, right: float, top: float, bottom: float) -> Rgb:
    import cv2

    quad = _quad(row, left, right, top, bottom)
    high = 48
    wide = max(
        48, round(high * float(np.hypot(*(quad[1] - quad[0]))) / max(1.0, float(np.hypot(*(quad[3] - quad[0])))))
    )
    target = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    turn = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    cut = cv2.warpPerspective(rgb, turn, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def _box(rgb: Rgb, row: Row, left: float, right: float, top: float, bottom: float) -> tuple[int, int, int, int]:
    quad = _quad(row, left, right, top, bottom)
    high, wide = rgb.shape[:2]
    x0, y0 = np.clip(np.floor(quad.min(axis=0)), 0, (wide - 1, high - 1)).astype(int)
    x1, y1 = np.clip(np.ceil(quad.max(axis=0)), 1, (wide, high)).astype(int)
    return int(x0), int(y0), max(1, int(x1 - x0)), max(1, int(y1 - y0))


def _scaled(row: Row, factor: float) -> Row:
    first, last = ((x * factor, y * factor) for x, y in (row.first, row.last))
    return Row(first, last, row.height * factor, row.letters, row.dark)


def _same_row(row: Row, other: Row) -> bool:
    middle = (np.array(row.first) + row.last - other.first - other.last) / 2
    return bool(np.abs(middle).max() < 0.6 * max(row.height, other.height))


def _overlap(box: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    wide = min(box[0] + box[2], other[0] + other[2]) - max(box[0], other[0])
    high = min(box[1] + box[3], other[1] + other[3]) - max(box[1], other[1])
    return wide > 0 and high > 0
