"""What a detector found inside one text, and how hits become findings without showing the value."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from curate.finding import Category, Detector, Finding, Severity, Where
from curate.screen.wording import NO_REASON, Reason, explained

MASK = "•"
MASK_LENGTH = 48  # characters shown at most; the length of a long value says something too

# The level of a kind where its detector does not set another one (states.md, "Severity").
SEVERITY: dict[str, Severity] = {
    "privacy.phone": Severity.MEDIUM,
    "privacy.email": Severity.MEDIUM,
    "privacy.jp_my_number": Severity.CRITICAL,
    "privacy.credit_card": Severity.CRITICAL,
    "privacy.person_name": Severity.MEDIUM,
    "privacy.address": Severity.MEDIUM,
    "privacy.personal_detail": Severity.INFO,
    "privacy.gps": Severity.HIGH,
    "privacy.owner_name": Severity.MEDIUM,
    "privacy.other_id": Severity.HIGH,
    "privacy.device_trace": Severity.LOW,
    "privacy.file_comment": Severity.LOW,
    "privacy.path_user": Severity.LOW,
    "privacy.maker_note": Severity.INFO,
    "privacy.thumbnail_differs": Severity.MEDIUM,
    "privacy.minor": Severity.CRITICAL,
    "privacy.seal": Severity.MEDIUM,
    "privacy.face": Severity.MEDIUM,
    "privacy.number_plate": Severity.MEDIUM,
    "content.credential": Severity.HIGH,
    "content.secret_marking": Severity.HIGH,
    "content.undecodable": Severity.MEDIUM,
    "content.synthetic": Severity.INFO,
    "content.appended_data": Severity.LOW,
    "content.other_format": Severity.LOW,
    "rights.data_mining_prohibited": Severity.CRITICAL,
    "rights.data_mining_constrained": Severity.HIGH,
    "rights.channel_conflict": Severity.HIGH,
    "rights.territory_excluded": Severity.HIGH,
    "rights.attribution_required": Severity.INFO,
    "rights.license_expired": Severity.HIGH,
    "rights.license_not_started": Severity.HIGH,
    "rights.license_noncommercial": Severity.HIGH,
    "rights.license_sharealike_or_noderivatives": Severity.MEDIUM,
    "rights.license_unknown": Severity.MEDIUM,
    "rights.license_conflict": Severity.HIGH,
    "rights.scope_missing": Severity.HIGH,
    "rights.reserved_notice": Severity.MEDIUM,
    "rights.release_missing": Severity.HIGH,
    "quality.too_small": Severity.LOW,
    "quality.blurred": Severity.LOW,
    "quality.dark": Severity.LOW,
    "quality.blank": Severity.LOW,
    "quality.overexposed": Severity.LOW,
    "quality.low_contrast": Severity.LOW,
    "quality.compressed": Severity.LOW,
    "quality.damaged": Severity.MEDIUM,
    "duplicate.exact_rows": Severity.INFO,
    "duplicate.near": Severity.LOW,
    "duplicate.semantic": Severity.INFO,
    "duplicate.near_barred": Severity.HIGH,
}


@dataclass(frozen=True, slots=True)
class Hit:
    """`start` and `end` count code points of the text that was searched; `score` in [0, 1]; `why` shows no value."""

    kind: str
    start: int
    end: int
    score: float
    severity: Severity
    why: Reason


def mask(value: str) -> str:
    """`value` with every letter and digit replaced, punctuation kept so that people recognise the shape."""
    shown = "".join(MASK if character.isalnum() else character for character in value[:MASK_LENGTH])
    shown = "".join(character if character.isprintable() else " " for character in shown)
    return shown + ("…" if len(value) > MASK_LENGTH else "")


def strongest(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Hits that do not overlap: of two that do, the more severe stays, then the surer, then the longer one."""
    kept: list[Hit] = []  # by start; no two overlap, so that only the neighbours of a new one matter
    for hit in sorted(hits, key=lambda h: (-h.severity.rank, -h.score, h.start - h.end, h.start, h.kind)):
        place = bisect_left(kept, hit.start, key=lambda other: other.start)
        behind_last = place == 0 or kept[place - 1].end <= hit.start
        if behind_last and (place == len(kept) or hit.end <= kept[place].start):
            kept.insert(place, hit)
    return tuple(kept)


def finding(
    image_id: str,
    detector: Detector,
    kind: str,
    where: Where,
    *,
    value: str = "",
    why: Reason = NO_REASON,
    score: float = 1.0,
    severity: Severity | None = None,
) -> Finding:
    """A finding of `kind`, its sentence completed by `why` (which must not show the value); `value` is masked here."""
    sentence = explained(kind, why)
    return Finding(
        image_id=image_id,
        detector=detector,
        category=Category(kind.split(".", 1)[0]),
        kind=kind,
        score=score,
        severity=SEVERITY[kind] if severity is None else severity,
        where=where,
        masked=mask(value),
        explanation=sentence.en,
        explanation_ja=sentence.ja,
    )
