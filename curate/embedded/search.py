"""What stands in the bytes of a file wherever it stands: XMP packets nobody led to, and the words of a reservation.

A search needs no structure, so that a damaged or unknown container does not hide a statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_RDF = b"http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_STARTS = (b"<?xpacket begin", b":xmpmeta", b":xapmeta", b":RDF")
_ENDS = re.compile(
    rb"</(?:[\w.-]+:)?(?:xmpmeta|xapmeta)>|</(?:[\w.-]+:)?RDF>(?!\s*</(?:[\w.-]+:)?(?:xmpmeta|xapmeta)>)"
)
_BEFORE, _LENGTH = 4096, 4 * 1024 * 1024  # bytes in front of the RDF namespace; bytes of one packet
PACKETS_CAP = 50

_CODES = ("utf-8", "utf-16-le", "utf-16-be")
WIDE_REACH = (
    128 * 1024
)  # bytes at the beginning in which wide letters are looked for; parts with a place are read anyway
_TERM = "DMI-PROHIBITED"
_LABELS = (b"training-mining", b"ai_training_and_data_mining", b"data-mining")
_DENIALS = re.compile(rb"notAllowed|constrained|not_allowed")
_COMPRESSED = b"brob"


def stray_packets(data: bytes, known: Iterable[tuple[int, int]]) -> list[tuple[bytes, int]]:
    """(packet, start) of XMP packets outside of the `known` spans: in GIF, behind the picture, in unknown parts."""
    spans = sorted(known)
    found: list[tuple[bytes, int]] = []
    for code in _CODES:
        name = _RDF.decode().encode(code)
        reach = len(data) if code == "utf-8" else WIDE_REACH
        place = data.find(name, 0, reach)
        while place >= 0 and len(found) < PACKETS_CAP:
            inside = next((end for start, end in spans if start <= place < end), None)
            if inside is None:
                start, end = _edges(data, place, code)
                found.append((data[start:end], start))
                inside = max(end, place + len(name))
            place = data.find(name, inside, reach)
    return found


def _edges(data: bytes, place: int, code: str) -> tuple[int, int]:
    width = 1 if code == "utf-8" else 2
    low = max(0, place - _BEFORE * width)
    for earlier in _ENDS.finditer(data, low, place):  # another packet that ended shortly before
        low = earlier.end()
    window = data[low:place]
    starts = []
    for mark in _STARTS:
        at = window.rfind(mark.decode().encode(code))
        if at >= 0:
            begin = window.rfind("<".encode(code), 0, at + 2 * width)
            starts.append(low + (begin if begin >= 0 else at))
    start = min(starts, default=low + max(0, window.rfind("<".encode(code))))
    tail = data[place : place + _LENGTH]
    if width == 1:
        end = _ENDS.search(tail)
        return start, place + end.end() if end else min(len(data), place + len(tail))
    plain = tail[: len(tail) // 2 * 2].decode(code, "replace")
    match = _ENDS.search(plain.encode("ascii", "replace"))
    return start, place + 2 * match.end() if match else min(len(data), place + len(tail))


def prohibited_terms(data: bytes) -> tuple[str, ...]:
    """Terms of the PLUS vocabulary that prohibit data mining, spelled out anywhere in `data`."""
    found: list[str] = []
    for code in _CODES:
        name = _TERM.encode(code)
        reach = len(data) if code == "utf-8" else WIDE_REACH
        place = data.find(name, 0, reach)
        while place >= 0 and len(found) < 20:
            tail = data[place : place + 60 * (1 if code == "utf-8" else 2)].decode(code, "ignore")
            term = re.match(r"[A-Z-]+", tail)
            found.append(term.group().rstrip("-") if term else _TERM)
            place = data.find(name, place + len(name), reach)
    return tuple(dict.fromkeys(found))


def mining_denials(data: bytes) -> tuple[bool, bool]:
    """(a training-mining assertion is there, words of a denial stand beside it) in the bytes of a C2PA manifest store.

    CBOR and JSON write both as plain text (RFC 8949, 3.1), so that a manifest which no reader accepts is searched too.
    """
    if not any(label in data for label in _LABELS):
        return False, False
    return True, _DENIALS.search(data) is not None


def compressed(data: bytes) -> bool:
    """Whether a manifest store holds boxes that a search cannot read (C2PA 2.1, 11.1: Brotli)."""
    return _COMPRESSED in data
