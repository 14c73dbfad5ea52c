"""Everything a person needs to decide about one image, out of the ledger and the payload of its last decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.entry import EntryKind, LedgerEntry
from audit.review.blind import kept_from
from audit.review.board import Board
from audit.review.lanes import Case
from audit.review.passages import Passage, names_of, passages_of
from audit.review.pictures import blurred_boxes
from audit.review.rows import Row
from audit.statements import stated_reason
from curate.canonical import Json
from curate.policy.wording import worth_saying

FACTS = (
    *("source", "owner", "license", "license_scope", "license_start", "license_end", "contract_ref"),
    *("model_release", "property_release", "consent_ref", "collected_at", "collector", "method"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding as the card shows it. `number` from 1 links list and picture; `box` in pixels of the upright image;
    `blurred`: the part is not shown until asked for."""

    number: int
    kind: str
    category: str
    severity: str
    score: float
    detector: str
    channel: str
    field: str | None
    box: tuple[int, int, int, int] | None
    masked: str
    explanation: str
    explanation_ja: str
    blurred: bool


@dataclass(frozen=True, slots=True)
class Box:
    """Findings at one place of the picture, drawn once: `findings` with the most serious first."""

    place: tuple[int, int, int, int]
    findings: tuple[Finding, ...]

    @property
    def numbers(self) -> str:
        """Their numbers as the list has them, with spaces between."""
        return " ".join(str(finding.number) for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Twin:
    """A near-duplicate beside the image. `row` None: never decided here."""

    image_id: str
    row: Row | None
    case: Case | None


@dataclass(frozen=True, slots=True)
class Line:
    """One ledger entry about the image. `note` is the erasable text beside it; None when there is none."""

    index: int
    kind: str
    at: datetime
    who: str | None
    reason: str | None
    outcome: str | None
    note: str | None
    leaf_hash: str


@dataclass(frozen=True, slots=True)
class Question:
    """An open question with what was answered so far; `index` is its entry. `mine`: asked by the reader, who closes it."""

    index: int
    line: Line
    answers: tuple[Line, ...]
    mine: bool


@dataclass(frozen=True, slots=True)
class Card:
    """`erased`: the payload is gone, only digests and codes are left. `hidden`: how many decisions of others the reader
    does not see before deciding. `secretive`: something in picture or texts is hidden until asked for."""

    row: Row
    case: Case
    findings: tuple[Finding, ...]
    blurred: tuple[tuple[int, int, int, int], ...]
    unscreened: tuple[tuple[str, str, str, str], ...]  # check, detector, reason in English and in Japanese
    hits: tuple[tuple[str, str, str, str, bool], ...]
    rights: tuple[tuple[str, str | None], ...]
    business: Mapping[str, Any]
    value_parts: tuple[tuple[str, float], ...]
    value_en: str
    value_ja: str
    texts: tuple[Passage, ...]
    secretive: bool
    file_names: tuple[str, ...]
    twins: tuple[Twin, ...]
    history: tuple[Line, ...]
    hidden: int
    policy: Mapping[str, Any]
    erased: bool


def card_of(
    board: Board, image_id: str, payload: Json | None, body: Mapping[str, Any], viewer: str, *, clear: bool = False
) -> Card | None:
    """The card of an image that the board knows, as `viewer` may see it now; `clear`: with what is otherwise hidden."""
    found = board.find(image_id)
    if found is None:
        return None
    row, case = found
    stored: Mapping[str, Any] = payload if isinstance(payload, Mapping) else {}
    record, screening, value = (stored.get(key) or {} for key in ("record", "screening", "value"))
    rights = record.get("rights") or {}
    raw = screening.get("findings") or ()
    said = worth_saying([str(h["rule"]) for h in stored.get("hits") or ()])
    written = (record.get("texts") or (), raw)
    texts = passages_of(*written, clear=clear)
    history, hidden = history_for(board.history(image_id), case, viewer)
    group = (body.get("duplicate_group") or screening.get("duplicate_group")) or ()
    return Card(
        row=row,
        case=case,
        findings=findings_of(raw),
        blurred=blurred_boxes(raw),
        unscreened=tuple(
            (
                str(part["check"]),
                str(part["detector"]["name"]),
                str(part["reason"]),
                str(part.get("reason_ja") or part["reason"]),  # recorded before it was written in Japanese
            )
            for part in screening.get("unscreened") or ()
        ),
        hits=tuple(
            (str(h["rule"]), str(h["reason_en"]), str(h["reason_ja"]), str(h["outcome"]), h["rule"] in row.rules)
            for h in stored.get("hits") or ()
            if h["rule"] in said
        ),
        rights=tuple((name, _shown(rights.get(name))) for name in FACTS),
        business=record.get("business") or {},
        value_parts=tuple((str(name), float(part)) for name, part in _pairs(value.get("parts"))),
        value_en=str(value.get("explanation") or ""),
        value_ja=str(value.get("explanation_ja") or ""),
        texts=texts,
        secretive=bool(blurred_boxes(raw)) or any(p.hidden for t in passages_of(*written) for p in t.pieces),
        file_names=names_of(record.get("file_names") or (), raw, clear=clear),
        twins=tuple(
            Twin(twin, *(board.find(twin) or (None, None)))
            for twin in group
            if isinstance(twin, str) and twin != image_id
        ),
        history=history,
        hidden=hidden,
        policy=body.get("policy") or {},
        erased=payload is None,
    )


def findings_of(raw: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Findings out of a recorded screening, the most serious first."""
    order = ["critical", "high", "medium", "low", "info"]
    ranked = sorted(raw, key=lambda f: (order.index(f["severity"]) if f.get("severity") in order else 0, f["kind"]))
    shown = []
    for number, finding in enumerate(ranked, 1):
        where = finding.get("where") or {}
        box = where.get("box")
        shown.append(
            Finding(
                number=number,
                kind=str(finding["kind"]),
                category=str(finding.get("category")),
                severity=str(finding.get("severity")),
                score=float(finding.get("score") or 0.0),
                detector=f"{finding['detector']['name']} {finding['detector']['version']}",
                channel=str(where.get("channel")),
                field=where.get("field"),
                box=(int(box[0]), int(box[1]), int(box[2]), int(box[3])) if box and len(box) == 4 else None,
                masked=str(finding.get("masked") or ""),
                explanation=str(finding.get("explanation") or ""),
                explanation_ja=str(finding.get("explanation_ja") or ""),
                blurred=bool(blurred_boxes([finding])),
            )
        )
    return tuple(shown)


def boxes_of(findings: Sequence[Finding]) -> tuple[Box, ...]:
    """What is drawn over the picture; findings come the most serious first, and so they stay."""
    places: dict[tuple[int, int, int, int], list[Finding]] = {}
    for finding in findings:
        if finding.box is not None:
            places.setdefault(finding.box, []).append(finding)
    return tuple(Box(place, tuple(found)) for place, found in places.items())


def history_for(entries: Sequence[LedgerEntry], case: Case, viewer: str) -> tuple[tuple[Line, ...], int]:
    """The entries as `viewer` may read them, and how many decisions of others are kept back until the viewer decided."""
    kept_back = {entry.index for entry in kept_from(viewer, entries, case)}
    lines = []
    for entry in entries:
        if entry.index in kept_back:
            continue
        who = entry.body.get("reviewer") or entry.body.get("by")
        closing = entry.kind is EntryKind.WRONG_ANSWER_CLOSED  # its remedy may be a verdict
        lines.append(
            Line(
                index=entry.index,
                kind=entry.kind.value,
                at=entry.at,
                who=None if who is None else str(who),
                reason=None if closing and not case.sees_others(viewer) else _code(entry.body),
                outcome=entry.body.get("outcome"),
                note=None,
                leaf_hash=entry.leaf_hash,
            )
        )
    return tuple(lines), len(kept_back)


def _code(body: Mapping[str, Any]) -> str | None:
    for key in ("reason", "remedy", "cause", "action"):
        if isinstance(body.get(key), str):
            return str(body[key])
    if isinstance(body.get("envelope"), Mapping):
        return stated_reason(body["envelope"])
    rules = body.get("rules")
    return ", ".join(str(rule) for rule in rules) if rules else None


def _pairs(parts: object) -> Sequence[tuple[str, float]]:
    if isinstance(parts, Mapping):
        return list(parts.items())
    return [(pair[0], pair[1]) for pair in parts] if isinstance(parts, list) else []


def _shown(value: object) -> str | None:
    if value is None or value == []:
        return None
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
