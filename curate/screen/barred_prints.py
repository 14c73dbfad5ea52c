"""Pictures that look like a barred one, denied or withdrawn.

Of a barred picture only its print is left: signs of its windows, and in older ledgers nothing but two 64-bit hashes. Those
are met by multi-index hashing (Norouzi, Punjani, Fleet: CVPR 2012): of four 16-bit bands of two hashes at most 7 bits apart
one band differs by at most one bit, so probing each band with its 17 neighbours misses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curate.finding import Channel, Detector, Finding, Where
from curate.picture import PictureFacts
from curate.screen.hit import finding
from curate.screen.likeness import BLOCK, FLAT
from curate.screen.settings import DuplicateLimits
from curate.screen.windows import (
    positions_of,
    rectangles,
    signs_from_text,
    signs_of,
    signs_to_text,
    spreads_of,
    unpack_thumbnails,
    whole_cosines,
    window_signs,
)
from curate.screen.wording import Reason

DETECTOR = Detector("duplicates", "12")  # of likeness within a catalogue as well (`curate.screen.duplicates`)

MAX_BITS = 7  # the index is exact up to this distance
_BANDS = 4
_NEIGHBOURS = np.array([0, *(1 << bit for bit in range(16))], dtype=np.uint16)


@dataclass(frozen=True, slots=True)
class BarredPrint:
    """Print of a denied or withdrawn image; `phash` and `dhash` are 16 hex digits, `why` a coded reason.

    `windows` are the signs of its windows as `print_of` writes them; empty in ledgers that were written before them: then
    a turned, mirrored or cropped copy is not recognised.
    """

    image_id: str
    phash: str
    dhash: str
    why: str
    windows: str = ""


def print_of(facts: PictureFacts) -> dict[str, str]:
    """What is recorded of a picture for ever: hashes and signs, from which no more than a blur can be made again."""
    thumbs = unpack_thumbnails([facts.thumbnail])
    flat = float(thumbs.std()) < FLAT  # the signs of a blank sheet are chance
    windows = "" if flat else signs_to_text(window_signs(thumbs)[0])
    return {"phash": facts.phash, "dhash": facts.dhash, "windows": windows}


class HashIndex:
    """Finds hashes within a distance of at most `MAX_BITS` bits of a query.

    Args:
        hashes: uint64, shape (n,); equal values may repeat.
    """

    def __init__(self, hashes: NDArray[np.uint64]) -> None:
        self._hashes = hashes
        self._orders = [np.argsort(_band(hashes, band), kind="stable") for band in range(_BANDS)]
        self._sorted = [_band(hashes, band)[order] for band, order in enumerate(self._orders)]

    def within(self, query: int, bits: int) -> NDArray[np.intp]:
        """Positions of all hashes at most `bits` from `query`, ascending.

        Raises:
            ValueError: `bits` is beyond what the index answers exactly.
        """
        if not 0 <= bits <= MAX_BITS:
            raise ValueError(f"expected 0 to {MAX_BITS} bits, found {bits}")
        value = np.uint64(query)
        candidates: list[NDArray[np.intp]] = []
        for band in range(_BANDS):
            probes = _band(np.array([value]), band) ^ _NEIGHBOURS
            left = np.searchsorted(self._sorted[band], probes, side="left")
            right = np.searchsorted(self._sorted[band], probes, side="right")
            candidates.extend(self._orders[band][a:b] for a, b in zip(left, right, strict=True) if a < b)
        if not candidates:
            return np.empty(0, dtype=np.intp)
        rows = np.unique(np.concatenate(candidates))
        return rows[_distance(self._hashes[rows], value) <= bits]


def _band(hashes: NDArray[np.uint64], band: int) -> NDArray[np.uint16]:
    return ((hashes >> np.uint64(16 * band)) & np.uint64(0xFFFF)).astype(np.uint16)


def _distance(hashes: NDArray[np.uint64], value: np.uint64) -> NDArray[np.uint8]:
    distances: NDArray[np.uint8] = np.bitwise_count(hashes ^ value)
    return distances


def _number(hash_hex: str) -> int:
    return int(hash_hex, 16)


_BARRED = {"denied": "拒否した画像", "withdrawn": "取り下げた画像"}


def _barred_by(print_: BarredPrint) -> Reason:
    head = print_.image_id[:12]
    return Reason(f"{head}, {print_.why}", f"該当の画像は {head}（{_BARRED.get(print_.why, print_.why)}）です")


def near_barred(
    facts: Sequence[PictureFacts],
    barred: Sequence[BarredPrint],
    groups: Mapping[str, tuple[str, ...]],
    limits: DuplicateLimits,
) -> dict[str, tuple[Finding, ...]]:
    """Findings by image id. A barred picture that is here is compared by itself (`groups`), and by its print as well."""
    met: dict[str, dict[str, BarredPrint]] = {}
    here = {item.image_id for item in facts}
    for print_ in sorted(barred, key=lambda item: item.image_id):
        for twin in groups.get(print_.image_id, ()):
            met.setdefault(twin, {})[print_.image_id] = print_
    for image_id, print_ in (*_by_hashes(facts, barred, limits), *_by_windows(facts, barred, limits)):
        met.setdefault(image_id, {})[print_.image_id] = print_
    found = {}
    for image_id, prints in met.items():
        if image_id in here:
            found[image_id] = tuple(
                finding(
                    image_id,
                    DETECTOR,
                    "duplicate.near_barred",
                    Where(Channel.PIXEL),
                    why=_barred_by(print_),
                )
                for _, print_ in sorted(prints.items())
                if print_.image_id != image_id  # its own decision and standing speak for it
            )
    return {image_id: findings for image_id, findings in found.items() if findings}


def _by_windows(
    facts: Sequence[PictureFacts], barred: Sequence[BarredPrint], limits: DuplicateLimits
) -> Iterator[tuple[str, BarredPrint]]:
    """Pictures that are a window of a barred one, and pictures with a window that is one, turned and mirrored too."""
    prints = [(item, signs_from_text(item.windows)) for item in barred if item.windows]
    prints = [(item, signs) for item, signs in prints if len(signs) == len(rectangles())]  # made by other windows
    for start in range(0, len(facts) if prints else 0, BLOCK):
        block = facts[start : start + BLOCK]
        thumbs = unpack_thumbnails([item.thumbnail for item in block])
        wholes, windows = signs_of(whole_cosines(thumbs)), window_signs(thumbs)
        drawn = np.array([item.white_share >= limits.line_art_white_share for item in block])
        allowed = np.where(drawn, limits.barred_line_art_bits, limits.barred_window_bits)
        whole = np.where(drawn, limits.barred_line_art_bits, limits.barred_whole_bits)
        flat = spreads_of(thumbs) < FLAT
        for item, signs in prints:
            near = np.bitwise_count(wholes[:, :, None] ^ signs[None, None, 1:]).min(axis=(1, 2)) <= allowed
            near |= np.bitwise_count(wholes ^ signs[0]).min(axis=1) <= whole
            for turned in positions_of(signs[0]):
                near |= np.bitwise_count(windows ^ turned).min(axis=1) <= allowed
            yield from ((block[row].image_id, item) for row in np.flatnonzero(near & ~flat).tolist())


def _by_hashes(
    facts: Sequence[PictureFacts], barred: Sequence[BarredPrint], limits: DuplicateLimits
) -> Iterator[tuple[str, BarredPrint]]:
    if not facts or not barred:
        return
    phashes = np.array([_number(item.phash) for item in facts], dtype=np.uint64)
    drawn = np.array([item.white_share >= limits.line_art_white_share for item in facts])
    index = HashIndex(phashes)
    dhashes = np.array([_number(item.dhash) for item in facts], dtype=np.uint64)
    for print_ in barred:
        phash, dhash = np.uint64(_number(print_.phash)), np.uint64(_number(print_.dhash))
        rows = index.within(int(phash), limits.barred_phash_bits)
        near = _distance(dhashes[rows], dhash) <= np.where(
            drawn[rows], limits.line_art_dhash_bits, limits.barred_dhash_bits
        )
        near &= ~drawn[rows] | (_distance(phashes[rows], phash) <= limits.line_art_phash_bits)
        yield from ((facts[row].image_id, print_) for row in rows[near])
