"""Texts about an image cut at what was found in them: personal data is hidden until somebody asks to see it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PLACE = re.compile(r"([a-z_]+)\[([a-z]{2,3})\]\[([0-9]+)\]")  # captions[ja][2], as the screening names a text
HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text. `finding` is the kind found there, None for plain text; `hidden`: shown as dots."""

    text: str
    finding: str | None = None
    hidden: bool = False

    @property
    def shown(self) -> str:
        return HIDDEN if self.hidden else self.text


@dataclass(frozen=True, slots=True)
class Passage:
    """One text in pieces. `place` is the screening's name of it, e.g. `captions[ja][2]`."""

    field: str
    language: str
    place: str
    pieces: tuple[Piece, ...]

    @property
    def marked(self) -> bool:
        return any(piece.finding for piece in self.pieces)

    @property
    def shown(self) -> str:
        return "".join(piece.shown for piece in self.pieces)


def passages_of(
    texts: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]], *, clear: bool = False
) -> tuple[Passage, ...]:
    """Every text of a record in its order; `clear` shows what is otherwise hidden."""
    spans = _spans(findings)
    counts: defaultdict[tuple[str, str], int] = defaultdict(int)
    found = []
    for text in texts:
        field, language = str(text["field"]), str(text["language"])
        place = f"{field}[{language}][{counts[field, language]}]"
        counts[field, language] += 1
        found.append(Passage(field, language, place, cut(str(text["text"]), spans.get(place, ()), clear=clear)))
    return tuple(found)


def names_of(names: Sequence[str], findings: Sequence[Mapping[str, Any]], *, clear: bool = False) -> tuple[str, ...]:
    """File names, with what was found in any of them hidden in all."""
    spans = _spans(findings).get("file_name", ())
    return tuple("".join(piece.shown for piece in cut(str(name), spans, clear=clear)) for name in names)


def cut(text: str, spans: Iterable[tuple[int, int, str]], *, clear: bool) -> tuple[Piece, ...]:
    """`text` at the spans (start, end, kind; code points). Overlapping spans become one, hidden if either is."""
    pieces: list[Piece] = []
    at = 0
    for start, end, kind in sorted(spans):
        start, end = max(at, start), min(end, len(text))
        if end <= start:
            continue
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:end], kind, not clear and kind.startswith("privacy.")))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return tuple(pieces)


def read_place(name: str) -> tuple[str, str, int] | None:
    """Field, language and number (from 1) of `captions[ja][2]`; None for other names."""
    match = _PLACE.fullmatch(name)
    return None if match is None else (match[1], match[2], int(match[3]) + 1)


def _spans(findings: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[int, int, str]]]:
    spans: dict[str, list[tuple[int, int, str]]] = {}
    for finding in findings:
        where = finding.get("where") or {}
        span, field = where.get("span"), where.get("field")
        if span and len(span) == 2 and isinstance(field, str):
            spans.setdefault(field, []).append((int(span[0]), int(span[1]), str(finding["kind"])))
    return spans
