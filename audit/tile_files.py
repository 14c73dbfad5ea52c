"""The static files of a published log: their names, what is in them, and which of them a growing log adds.

https://c2sp.org/tlog-tiles: ``tile/<L>/<N>[.p/<W>]`` hold up to 256 hashes, ``tile/entries/<N>[.p/<W>]`` the entries
themselves with big-endian lengths of 16 bits, ``checkpoint`` the signed head.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from audit.entry import LEAF_BYTES
from audit.tiles import BITS, WIDTH

CHECKPOINT = "checkpoint"
ENTRIES = "entries"


@dataclass(frozen=True, slots=True)
class TileFile:
    """Tile `number` of a `level` (0: leaf hashes), `width` hashes wide."""

    level: int
    number: int
    width: int

    @property
    def first(self) -> int:
        """Position of its first hash in the level."""
        return self.number * WIDTH

    @property
    def path(self) -> str:
        return f"tile/{self.level}/{_name(self.number, self.width)}"

    @property
    def bundle(self) -> str:
        """Where the entries below a tile of level 0 are."""
        return f"tile/{ENTRIES}/{_name(self.number, self.width)}"


def _name(number: int, width: int) -> str:
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
    name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return name if width == WIDTH else f"{name}.p/{width}"


def tiles_of(size: int, since: int = 0) -> Iterator[TileFile]:
    """The tiles of a log of `size` entries which one of `since` entries did not have, level by level."""
    level = 0
    while size >> (BITS * level):
        count, before = size >> (BITS * level), since >> (BITS * level)
        for number in range(before // WIDTH, count // WIDTH):
            yield TileFile(level, number, WIDTH)
        if count % WIDTH and (count != before):
            yield TileFile(level, count // WIDTH, count % WIDTH)
        level += 1


def bundle(leaves: Iterable[bytes]) -> bytes:
    """An entry bundle.

    Raises:
        ValueError: an entry is longer than 65,535 bytes; ledgers of the first format may hold such.
    """
    parts: list[bytes] = []
    for leaf in leaves:
        if len(leaf) > LEAF_BYTES:
            raise ValueError(f"an entry of {len(leaf)} bytes")
        parts += [struct.pack(">H", len(leaf)), leaf]
    return b"".join(parts)
