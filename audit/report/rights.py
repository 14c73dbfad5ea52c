"""Rights and origin as tables: under which licence and from which source the images are, and what came of them.

Only words that were screened and found clean stand in them (`shield`); the rest is counted as withheld.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from audit.report.data import ImageLine, RightsLine
from audit.report.images import Decided
from audit.standing import StandingState

WITHHELD, UNKNOWN = "withheld", "unknown"
_Facts = Mapping[str, Any]


def by_licence(images: Sequence[ImageLine], decided: Mapping[str, Decided]) -> tuple[RightsLine, ...]:
    """Images by licence as the catalogue states it, the most frequent first."""
    return _table(images, decided, lambda line, facts: (line.license, _text(facts, "owner")))


def by_source(images: Sequence[ImageLine], decided: Mapping[str, Decided]) -> tuple[RightsLine, ...]:
    """Images by where they came from and how they were obtained, the most frequent first."""
    return _table(images, decided, lambda line, facts: (line.source, _text(facts, "method")))


def _table(
    images: Sequence[ImageLine],
    decided: Mapping[str, Decided],
    key: Callable[[ImageLine, _Facts], tuple[str | None, str | None]],
) -> tuple[RightsLine, ...]:
    groups: dict[tuple[str | None, str | None, str], list[tuple[ImageLine, _Facts]]] = {}
    for line in images:
        facts = _facts(decided.get(line.image_id))
        if line.words_withheld or not facts:
            group: tuple[str | None, str | None, str] = (None, None, WITHHELD)
        else:
            name, detail = key(line, facts)
            group = (name, detail, "") if name else (None, None, UNKNOWN)
        groups.setdefault(group, []).append((line, facts))
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), [part or "" for part in item[0]]))
    return tuple(_line(*group, members) for group, members in ordered)


def _line(name: str | None, detail: str | None, code: str, members: Sequence[tuple[ImageLine, _Facts]]) -> RightsLine:
    ends = sorted(end for _, facts in members if (end := _date(facts.get("license_end"))) is not None)
    return RightsLine(
        name=name,
        detail=detail,
        code=code,
        images=len(members),
        cleared=sum(line.state is StandingState.CLEARED for line, _ in members),
        trained=sum(bool(line.in_models) for line, _ in members),
        contracts=sum(bool(facts.get("contract_ref")) for _, facts in members),
        first_end=ends[0] if ends else None,
    )


def _facts(one: Decided | None) -> _Facts:
    record = (one.payload or {}).get("record") if one else None
    rights = record.get("rights") if isinstance(record, Mapping) else None
    return rights if isinstance(rights, Mapping) else {}


def _text(facts: _Facts, name: str) -> str | None:
    value = facts.get(name)
    return str(value) if value else None


def _date(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None
