"""The verdict of one policy on one image. A pure value; recording it is the front door's business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from curate.finding import Finding


class Outcome(StrEnum):
    """Ordered from most to least restrictive by `rank`; forbid wins means the smallest rank stands."""

    DENY = "deny"
    REVIEW = "review"
    INDEX = "index"
    MEMORIZE = "memorize"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {outcome: rank for rank, outcome in enumerate(Outcome)}


class Lift(StrEnum):
    """Who may lift a `review` (states.md): people by approving, or only a person who supplies the missing fact."""

    APPROVAL = "approval"
    FACT = "fact"
    NOBODY = "nobody"


class Separation(StrEnum):
    """Whether who curated or adopted the policy may be the only approver: `person` tells people apart by their keys,
    `account` by the machine's account as well, `off` does not look."""

    PERSON = "person"
    ACCOUNT = "account"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class ValuePart:
    """One part of a value. `share` in [0, 1] with the interval `low`..`high`; `amount` in `unit` is what was measured, None
    when nothing was; not `known`: nobody stated it, and what it may be makes the interval."""

    name: str
    share: float
    low: float
    high: float
    amount: float | None
    unit: str
    known: bool


@dataclass(frozen=True, slots=True)
class ValueScore:
    """`score` in [0, 1] and how far it could be off, `low`..`high`; `parts` are the named parts, each in [0, 1], in the
    order people read them, `details` the same with units. `worth` in answers a month is what selection adds up,
    `changes` the expected changes a month, `update_cost` what these cost a month in the unit of the settings. None in
    what was recorded before they were counted."""

    image_id: str
    score: float
    parts: tuple[tuple[str, float], ...]
    explanation: str
    explanation_ja: str
    scorer: str
    low: float | None = None
    high: float | None = None
    worth: float | None = None
    changes: float | None = None
    update_cost: float | None = None
    details: tuple[ValuePart, ...] = ()

    def to_document(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "score": round(self.score, 6),
            "parts": {name: round(part, 6) for name, part in self.parts},
            "scorer": self.scorer,
        }
        if self.low is not None and self.high is not None:
            document["interval"] = [round(self.low, 6), round(self.high, 6)]
        for name in ("worth", "update_cost"):
            if (amount := getattr(self, name)) is not None:
                document[f"{name}_per_month"] = round(amount, 6)
        if self.details:
            document["units"] = {
                part.name: {"amount": None if part.amount is None else round(part.amount, 6), "unit": part.unit}
                for part in self.details
            }
        return document


@dataclass(frozen=True, slots=True)
class RuleHit:
    """One rule that applied, with its outcome and its reason in both languages. `lift`: who may lift what this rule alone
    holds; None where it holds nothing, and in what was recorded before it was kept."""

    rule: str
    outcome: Outcome
    reason_en: str
    reason_ja: str
    lift: Lift | None = None


@dataclass(frozen=True, slots=True)
class PolicyRef:
    """Which policy decided: `sha256` is of its canonical JSON, so a comment changes nothing."""

    id: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """Approvals an image needs before training: `people` different persons, together holding all `roles`.

    `self_asserted`: approvals count that were not signed with the reviewer's own key. `separation`: one of the persons
    at least is somebody else than who curated or adopted the policy."""

    people: int
    roles: tuple[str, ...]
    valid_days: int
    self_asserted: bool = False
    separation: Separation = Separation.PERSON


@dataclass(frozen=True, slots=True)
class Waived:
    """Rule `rule` applied and was set aside by waiver `waiver`, which the reviewer `approver` answers for until the end
    of the day `expires` (UTC)."""

    waiver: str
    rule: str
    approver: str
    expires: date

    def to_document(self) -> dict[str, str]:
        return {
            "waiver": self.waiver,
            "rule": self.rule,
            "approver": self.approver,
            "expires": self.expires.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """`hits` holds every rule that applied; those of the winning outcome come first. `unknowns` names missing facts
    and required checks that were not done (`check:pixel.text`). `unsafe` marks a policy which lets an image be
    memorized without a named person. `waived` names the rules that a waiver set aside: such an image is held for
    people, never cleared by the waiver alone."""

    image_id: str
    outcome: Outcome
    lift: Lift
    hits: tuple[RuleHit, ...]
    findings: tuple[Finding, ...]
    value: ValueScore
    policy: PolicyRef
    unknowns: tuple[str, ...]
    approval: Requirement
    unsafe: bool
    waived: tuple[Waived, ...] = ()

    @property
    def waived_until(self) -> date | None:
        """The last day on which every waiver it rests on holds; None where it rests on none."""
        return min((waived.expires for waived in self.waived), default=None)

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the rules that determined the outcome."""
        return tuple(hit.rule for hit in self.hits if hit.outcome is self.outcome)

    def to_document(self) -> dict[str, Any]:
        """The decision as interfaces.md spells it."""
        return {
            "image_id": self.image_id,
            "outcome": self.outcome.value,
            "lift": self.lift.value,
            "rules": list(self.rules),
            "findings": [finding.to_document() for finding in self.findings],
            "value": self.value.to_document(),
            "policy": {"id": self.policy.id, "version": self.policy.version, "sha256": self.policy.sha256},
            "unknowns": list(self.unknowns),
            "unsafe": self.unsafe,
            **({"waivers": [waived.to_document() for waived in self.waived]} if self.waived else {}),
        }
