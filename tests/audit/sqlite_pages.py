"""A map of which bytes of a small SQLite file mean something, walked from the file format's description.

https://www.sqlite.org/fileformat2.html, sections 1.2 to 1.6. Used to show that a changed byte which the recheck does
not report lies in space that SQLite never reads.
"""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path


def used_bytes(path: Path) -> set[int]:
    """Offsets of all bytes that belong to the header, a b-tree page's own fields, a cell, or an overflow chain."""
    data = path.read_bytes()
    page_size = struct.unpack(">H", data[16:18])[0]
    used = set(range(100))
    with sqlite3.connect(path) as connection:
        roots = [row[0] for row in connection.execute("SELECT rootpage FROM sqlite_schema WHERE rootpage > 0")]
    connection.close()
    for root in (1, *roots):
        _walk(data, page_size, root, used)
    trunk = struct.unpack(">I", data[32:36])[0]
    while trunk:
        at = (trunk - 1) * page_size
        following, count = struct.unpack(">II", data[at : at + 8])
        used |= set(range(at, at + 8 + 4 * count))
        trunk = following
    return used


def _walk(data: bytes, page_size: int, page: int, used: set[int]) -> None:
    base = (page - 1) * page_size
    head = base + (100 if page == 1 else 0)
    kind = data[head]
    size = 8 if kind in (10, 13) else 12
    cells = struct.unpack(">H", data[head + 3 : head + 5])[0]
    used |= set(range(head, head + size + 2 * cells))
    free = struct.unpack(">H", data[head + 1 : head + 3])[0]
    while free:
        used |= set(range(base + free, base + free + 4))
        free = struct.unpack(">H", data[base + free : base + free + 2])[0]
    for cell in range(cells):
        at = head + size + 2 * cell
        start = base + struct.unpack(">H", data[at : at + 2])[0]
        end = start
        if kind in (2, 5):
            _walk(data, page_size, struct.unpack(">I", data[start : start + 4])[0], used)
            end += 4
        if kind in (2, 10, 13):
            payload, end = _varint(data, end)
            if kind == 13:
                _, end = _varint(data, end)
            end = _overflow(data, page_size, kind, payload, end, used)
        else:
            _, end = _varint(data, end)
        used |= set(range(start, max(end, start + 4)))
    if kind in (2, 5):
        _walk(data, page_size, struct.unpack(">I", data[head + 8 : head + 12])[0], used)


def _overflow(data: bytes, page_size: int, kind: int, payload: int, end: int, used: set[int]) -> int:
    """End of the cell on its own page; overflow pages are added to `used`."""
    least = (page_size - 12) * 32 // 255 - 23
    most = page_size - 35 if kind == 13 else (page_size - 12) * 64 // 255 - 23
    if payload <= most:
        return end + payload
    local = least + (payload - least) % (page_size - 4)
    local = local if local <= most else least
    following = struct.unpack(">I", data[end + local : end + local + 4])[0]
    rest = payload - local
    while following:
        at = (following - 1) * page_size
        part = min(rest, page_size - 4)
        used |= set(range(at, at + 4 + part))
        rest -= part
        following = struct.unpack(">I", data[at : at + 4])[0]
    return end + local + 4


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(8):
        value = value << 7 | data[at + place] & 0x7F
        if data[at + place] < 0x80:
            return value, at + place + 1
    return value << 8 | data[at + 8], at + 9
