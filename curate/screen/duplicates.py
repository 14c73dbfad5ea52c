"""Pictures that are the same or look alike, found without comparing all pairs.

Identity is SHA-256 and lives in the record. Likeness is the Hamming distance of two 64-bit perceptual hashes, found
by multi-index hashing (Norouzi, Punjani, Fleet: CVPR 2012): of four 16-bit bands of two hashes at most 7 bits apart one
band differs by at most one bit, so probing each band with its 17 neighbours misses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curate.finding import Channel, Detector, Finding, Where
from curate.picture import PictureFacts
from curate.screen.hit import finding
from curate.screen.settings import DuplicateLimits

DETECTOR = Detector("duplicates", "1")

MAX_BITS = 7  # the index is exact up to this distance
_BANDS = 4
_NEIGHBOURS = np.array([0, *(1 << bit for bit in range(16))], dtype=np.uint16)


@dataclass(frozen=True, slots=True)
class BarredPrint:
    """Fingerprint of a denied or withdrawn image; `phash` and `dhash` are 16 hex digits, `why` a coded reason."""

    image_id: str
    phash: str
    dhash: str
    why: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """What duplicates say about a catalogue: `groups` by image id (sorted, itself included; only where not alone)."""

    groups: Mapping[str, tuple[str, ...]]
    findings: Mapping[str, tuple[Finding, ...]]


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


def near_pairs(facts: Sequence[PictureFacts], limits: DuplicateLimits) -> Iterator[tuple[int, int]]:
    """Pairs (row, later row) that connect all pictures which look alike under all three measures."""
    if not facts:
        return
    # A thousand white sheets have one print; they are tied to the first of them instead of to each other.
    first_of: dict[tuple[object, ...], int] = {}
    for row, item in enumerate(facts):
        first = first_of.setdefault((item.phash, item.dhash, item.colour_grid), row)
        if first != row:
            yield first, row
    distinct = np.array(list(first_of.values()), dtype=np.intp)
    phashes = np.array([_number(facts[row].phash) for row in distinct], dtype=np.uint64)
    dhashes = np.array([_number(facts[row].dhash) for row in distinct], dtype=np.uint64)
    colours = np.array([facts[row].colour_grid for row in distinct], dtype=np.float32)
    drawn = np.array([facts[row].white_share >= limits.line_art_white_share for row in distinct])
    index = HashIndex(phashes)
    for place in range(len(distinct)):
        places = index.within(int(phashes[place]), limits.phash_bits)
        places = places[places > place]
        if places.size:
            strict = drawn[places] | drawn[place]
            alike = _distance(dhashes[places], dhashes[place]) <= np.where(
                strict, limits.line_art_dhash_bits, limits.dhash_bits
            )
            alike &= ~strict | (_distance(phashes[places], phashes[place]) <= limits.line_art_phash_bits)
            alike &= np.abs(colours[places] - colours[place]).mean(axis=1) <= limits.colour
            yield from ((int(distinct[place]), int(distinct[other])) for other in places[alike])


def _groups(count: int, pairs: Iterator[tuple[int, int]]) -> list[list[int]]:
    """Connected rows (union-find with path halving), groups of two and more."""
    parent = list(range(count))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for first, second in pairs:
        parent[root(second)] = root(first)
    members: dict[int, list[int]] = {}
    for row in range(count):
        members.setdefault(root(row), []).append(row)
    return [rows for rows in members.values() if len(rows) > 1]


def find_duplicates(
    pictures: Sequence[PictureFacts], barred: Sequence[BarredPrint], limits: DuplicateLimits
) -> Likeness:
    """Groups of look-alikes and pictures that look like a barred one.

    Of a group the picture with the most pixels (then bytes, then the smallest id) stands for it; the others get the
    finding. A picture is never compared with its own barred print: its own decision and standing speak for it.
    """
    facts = sorted(pictures, key=lambda item: item.image_id)
    groups: dict[str, tuple[str, ...]] = {}
    findings: dict[str, list[Finding]] = {item.image_id: [] for item in facts}
    for rows in _groups(len(facts), near_pairs(facts, limits)):
        ids = tuple(facts[row].image_id for row in rows)
        best = min(rows, key=lambda row: (-facts[row].width * facts[row].height, -facts[row].byte_size, row))
        why = f"{facts[best].image_id[:12]} stands for the group of {len(rows)}"
        for row, image_id in zip(rows, ids, strict=True):
            groups[image_id] = ids
            if row != best:
                findings[image_id].append(finding(image_id, DETECTOR, "duplicate.near", Where(Channel.PIXEL), why=why))
    for image_id, prints in _near_barred(facts, barred, limits).items():
        for print_ in prints:
            why = f"{print_.image_id[:12]}, {print_.why}"
            where = Where(Channel.PIXEL)
            findings[image_id].append(finding(image_id, DETECTOR, "duplicate.near_barred", where, why=why))
    return Likeness(groups, {image_id: tuple(found) for image_id, found in findings.items() if found})


def _near_barred(
    facts: Sequence[PictureFacts], barred: Sequence[BarredPrint], limits: DuplicateLimits
) -> dict[str, list[BarredPrint]]:
    found: dict[str, list[BarredPrint]] = {}
    if not facts or not barred:
        return found
    phashes = np.array([_number(item.phash) for item in facts], dtype=np.uint64)
    drawn = np.array([item.white_share >= limits.line_art_white_share for item in facts])
    index = HashIndex(phashes)
    dhashes = np.array([_number(item.dhash) for item in facts], dtype=np.uint64)
    for print_ in sorted(barred, key=lambda item: item.image_id):
        phash, dhash = np.uint64(_number(print_.phash)), np.uint64(_number(print_.dhash))
        rows = index.within(int(phash), limits.barred_phash_bits)
        alike = _distance(dhashes[rows], dhash) <= np.where(
            drawn[rows], limits.line_art_dhash_bits, limits.barred_dhash_bits
        )
        alike &= ~drawn[rows] | (_distance(phashes[rows], phash) <= limits.line_art_phash_bits)
        for row in rows[alike]:
            if facts[row].image_id != print_.image_id:
                found.setdefault(facts[row].image_id, []).append(print_)
    return found
