"""What would change if another policy were adopted: the recorded findings are replayed under both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from curate.canonical import Json, to_json
from curate.decision import Decision, Lift, Outcome, ValueScore
from curate.finding import Screening
from curate.policy.decide import Routing, decide
from curate.policy.document import Policy
from curate.record import ImageRecord


@dataclass(frozen=True, slots=True)
class Subject:
    """One image as it was recorded; nothing is looked at again."""

    record: ImageRecord
    screening: Screening
    value: ValueScore
    routing: Routing


@dataclass(frozen=True, slots=True)
class Change:
    """One image whose outcome, or whose way out of a hold, differs. `rules_…` determined each outcome; `why_…` gives
    the reasons of the second policy."""

    image_id: str
    file_names: tuple[str, ...]
    before: Outcome
    after: Outcome
    lift_before: Lift
    lift_after: Lift
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]
    why_en: str
    why_ja: str

    def to_document(self) -> Json:
        return to_json(self)


def compare(subjects: Sequence[Subject], a: Policy, b: Policy, *, today: date) -> tuple[Change, ...]:
    """Every subject that `b` treats differently from `a`, in the order of image ids."""
    changes = []
    for subject in sorted(subjects, key=lambda subject: subject.record.image_id):
        before, after = (
            decide(subject.record, subject.screening, subject.value, subject.routing, policy, today=today)
            for policy in (a, b)
        )
        if (before.outcome, before.lift) != (after.outcome, after.lift):
            changes.append(_change(subject, before, after))
    return tuple(changes)


def _change(subject: Subject, before: Decision, after: Decision) -> Change:
    deciding = [hit for hit in after.hits if hit.outcome is after.outcome]
    gone = ", ".join(rule for rule in before.rules if rule not in {hit.rule for hit in after.hits})
    why_en = " ".join(f"{hit.rule}: {hit.reason_en}" for hit in deciding)
    why_ja = " ".join(f"{hit.rule}: {hit.reason_ja}" for hit in deciding)
    return Change(
        image_id=subject.record.image_id,
        file_names=subject.record.file_names,
        before=before.outcome,
        after=after.outcome,
        lift_before=before.lift,
        lift_after=after.lift,
        rules_before=before.rules,
        rules_after=after.rules,
        why_en=f"{why_en} No longer applies: {gone}." if gone else why_en,
        why_ja=f"{why_ja} 適用外になった規則: {gone}。" if gone else why_ja,
    )
