"""What the queue knows about one image: a flat row out of the decision entry and its erasable payload."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from audit.entry import LedgerEntry
from audit.review.passages import Passage, names_of, passages_of
from curate.canonical import Json
from curate.finding import Severity

BANDS = (("high", 0.7), ("medium", 0.4), ("low", 0.0))  # of the value, by their lower ends in [0, 1]
UNKNOWN = "unknown"
_RANKS = {severity.value: severity.rank for severity in Severity}


@dataclass(frozen=True, slots=True)
class Row:
    """One image as its last decision knew it. Words (`file_name`, titles, `reasons`, `folded`) are None or empty once
    the payload was erased; personal data found in name and titles is hidden. `not_after` is the last licensed day. `severity` is the worst of its findings, None without any; `kinds` of findings, the most serious first; `value` in [0, 1]; `reasons` are
    (rule, English, Japanese) of the rules that decided."""

    image_id: str
    decision_index: int
    decided_at: datetime
    outcome: str
    lift: str
    rules: tuple[str, ...]
    kinds: tuple[str, ...]
    detectors: tuple[str, ...]
    severity: str | None
    value: float
    license: str
    not_after: date | None
    content_class: str
    product_line: str
    file_name: str | None
    title_en: str | None
    title_ja: str | None
    reasons: tuple[tuple[str, str, str], ...]
    folded: str

    @property
    def band(self) -> str:
        return next(name for name, least in BANDS if self.value >= least)

    @property
    def worded(self) -> bool:
        """Whether its words are known: the payload was there when it was read."""
        return self.file_name is not None

    @property
    def severity_rank(self) -> int:
        return -1 if self.severity is None else _RANKS[self.severity]


def row_of(entry: LedgerEntry, payload: Json | None) -> Row:
    """The row of a `decision` entry."""
    body = entry.body
    stored: Mapping[str, Any] = payload if isinstance(payload, Mapping) else {}
    record: Mapping[str, Any] = stored.get("record") or {}
    rights, business = record.get("rights") or {}, record.get("business") or {}
    findings = (stored.get("screening") or {}).get("findings") or ()
    texts: Sequence[Mapping[str, Any]] = record.get("texts") or ()
    shown = passages_of(texts, findings)
    names = names_of(record.get("file_names") or (), findings)
    coded: Sequence[Mapping[str, str]] = body.get("findings") or ()
    worst: dict[str, int] = {}
    for finding in coded:
        rank = Severity(finding["severity"]).rank if finding.get("severity") in set(Severity) else 9
        worst[str(finding["kind"])] = max(rank, worst.get(str(finding["kind"]), -1))
    ranks = [Severity(f["severity"]) for f in coded if f.get("severity") in set(Severity)]
    outcome, deciding = str(body.get("outcome")), [str(rule) for rule in body.get("rules", ())]
    worded = {str(h["rule"]): (str(h["reason_en"]), str(h["reason_ja"])) for h in stored.get("hits") or ()}
    return Row(
        image_id=str(body.get("image_id")),
        decision_index=entry.index,
        decided_at=entry.at,
        outcome=outcome,
        lift=str(body.get("lift")),
        rules=tuple(deciding),
        kinds=tuple(sorted(worst, key=lambda kind: (-worst[kind], kind))),
        detectors=tuple(sorted({str(f["detector"]["name"]) for f in findings if "detector" in f})),
        severity=max(ranks, key=lambda s: s.rank).value if ranks else None,
        value=float(body.get("value") or 0.0),
        license=str(rights.get("license") or UNKNOWN),
        not_after=_day(body.get("not_after")),
        content_class=str(record.get("content_class") or UNKNOWN),
        product_line=str(business.get("product_line") or UNKNOWN),
        file_name=names[0] if names else None,
        title_en=_title(shown, "en"),
        title_ja=_title(shown, "ja"),
        reasons=tuple((rule, *worded.get(rule, ("", ""))) for rule in deciding),
        folded=fold(
            " ".join((*names, *(str(text.get("text")) for text in texts), str(business.get("sku")), *deciding))
        ),
    )


def _day(stored: object) -> date | None:
    """A day that cannot be read ends nothing here: the standing already holds such a decision to be unreadable."""
    try:
        return date.fromisoformat(stored) if isinstance(stored, str) else None
    except ValueError:
        return None


def fold(text: str) -> str:
    """`text` as the search compares it: NFKC, case folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def _title(texts: Sequence[Passage], language: str) -> str | None:
    for field in ("title", "captions", "description"):
        for wanted in (language, "und"):
            for text in texts:
                if (text.field, text.language) == (field, wanted):
                    return text.shown
    return None
