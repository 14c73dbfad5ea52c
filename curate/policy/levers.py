"""What could be otherwise about one image: single changes of a fact, a finding, a check, the value or the routing.

Each lever is taken from what the rules of the policy look at, so none is offered that no rule would notice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter, ValidationError

from curate.catalogue import KNOWN_COLUMNS, is_known
from curate.decision import ValueScore
from curate.finding import Channel, Check, Finding
from curate.policy.compare import Subject
from curate.policy.condition import Condition, Fact
from curate.policy.decide import Routing, is_volatile
from curate.policy.document import Policy
from curate.record import BusinessFacts, RightsFacts
from curate.screen.rights.statement import BESIDE_DETECTOR
from curate.value.change import DAYS_PER_MONTH

_FAR = timedelta(days=3650)


class LeverKind(StrEnum):
    """What is changed, and how hard that is; `finding-in-file` cannot be changed for this image: its bytes are it."""

    STATE_FACT = "state-fact"  # an unknown fact is stated
    CHANGE_FACT = "change-fact"  # a stated fact is another one
    CLEAR_FINDING = "clear-finding"  # the catalogue, its texts or a file beside no longer lead to the finding
    FINDING_IN_FILE = "finding-in-file"
    MAKE_CHECK = "make-check"
    CORRECT_ROWS = "correct-rows"
    VALUE = "value"
    CALM = "calm"  # changes less often than the model is updated
    PLACE = "place"  # selection gives it a place in memory
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Lever:
    """`name` is the fact, kind of finding, check or part of the value; `to` what it would be, None where any will do."""

    kind: LeverKind
    name: str
    to: str | None = None
    fields: tuple[str, ...] = ()

    @property
    def possible(self) -> bool:
        """Whether this very image can ever be so."""
        return self.kind is not LeverKind.FINDING_IN_FILE

    def pull(self, subject: Subject, policy: Policy, today: date) -> Subject:
        """The image with this one thing otherwise."""
        return _PULLS[self.kind](self, subject, policy, today)


def levers_of(subject: Subject, policy: Policy, today: date) -> tuple[Lever, ...]:
    """All single changes that some rule or requirement of the policy would notice, in a fixed order."""
    found = [*_of_findings(subject), *_of_facts(subject, policy, today), *_of_checks(subject, policy)]
    record, routing = subject.record, subject.routing
    if record.conflicts or record.held_by_table:
        found.append(Lever(LeverKind.CORRECT_ROWS, "rows", fields=record.conflicts))
    found += _of_value(subject.value, policy)
    if is_volatile(routing, policy):
        found.append(Lever(LeverKind.CALM, "changes_per_month", f"{_calm_rate(policy):.2f}"))
    if routing.over_budget:
        found.append(Lever(LeverKind.PLACE, "over_budget"))
    if not routing.pinned:
        found.append(Lever(LeverKind.PIN, "pinned"))
    return tuple(dict.fromkeys(found))


def in_the_file(finding: Finding) -> bool:
    """Whether the finding is about the picture's own bytes: pixels, or what the file carries. Catalogue, texts and files
    beside it can be corrected without making it another image."""
    if finding.where.channel is Channel.TEXT or finding.detector.name == BESIDE_DETECTOR.name:
        return False
    column = (finding.where.field or "").partition(".")[0]
    return not (finding.where.channel is Channel.FILE and (is_known(column) or column in KNOWN_COLUMNS))


def _of_findings(subject: Subject) -> Iterator[Lever]:
    for kind in sorted({finding.kind for finding in subject.screening.findings}):
        places = [finding for finding in subject.screening.findings if finding.kind == kind]
        fixed = any(in_the_file(finding) for finding in places)
        fields = tuple(sorted({finding.where.field or finding.where.channel.value for finding in places}))
        yield Lever(LeverKind.FINDING_IN_FILE if fixed else LeverKind.CLEAR_FINDING, kind, fields=fields)


def _of_facts(subject: Subject, policy: Policy, today: date) -> Iterator[Lever]:
    record = subject.record
    texts: dict[str, set[str]] = {}
    days: dict[str, set[str]] = {}
    for node in _nodes(policy):
        if node.fact is not None:
            texts.setdefault(node.fact.name.value, set()).update(node.fact.one_of)
        if node.date is not None:
            days.setdefault(node.date.name, set())
        for fact in node.unknown or ():
            texts.setdefault(fact.value, set())
    for fact in policy.required_facts_for(record.content_class):
        texts.setdefault(fact.value, set())
    for name in sorted({*texts, *days}):
        kind = LeverKind.STATE_FACT if Fact(name).of(record) is None else LeverKind.CHANGE_FACT
        said = sorted(texts.get(name, ()))
        for to in [*said, *((None,) if name not in days else ("future", "past"))]:
            lever = Lever(kind, name, to)
            if lever.pull(subject, policy, today) != subject:
                yield lever


def _of_checks(subject: Subject, policy: Policy) -> Iterator[Lever]:
    screening = subject.screening
    missing = {part.check for part in screening.unscreened} | (set(Check) - screening.done)
    for check in policy.required_checks_for(subject.record.content_class):
        if check in missing:
            yield Lever(LeverKind.MAKE_CHECK, check.value)


def _of_value(value: ValueScore, policy: Policy) -> Iterator[Lever]:
    for node in _nodes(policy):
        if node.value is None:
            continue
        amount = value.score if node.value.part == "score" else dict(value.parts).get(node.value.part)
        for bound in (node.value.at_least, node.value.below):
            # Only upwards: nobody makes an image worth less to have it memorized.
            if bound is not None and amount is not None and amount < bound:
                yield Lever(LeverKind.VALUE, node.value.part, f"{bound:g}")


def _nodes(policy: Policy) -> Iterator[Condition]:
    for rule in policy.rules:
        yield from rule.when.nodes()


def _calm_rate(policy: Policy) -> float:
    return DAYS_PER_MONTH / policy.update_interval_days


def _with_fact(lever: Lever, subject: Subject, policy: Policy, today: date) -> Subject:
    """The fact as stated; where any statement will do, one that no rule names."""
    name, record = lever.name, subject.record
    group: Any = RightsFacts if name in RightsFacts.__dataclass_fields__ else BusinessFacts
    part = "rights" if group is RightsFacts else "business"
    value, now = _value_of(name, lever.to, group, today), getattr(getattr(record, part), name)
    if isinstance(value, tuple) and lever.to is not None:
        value = tuple(sorted({*(now or ()), *value}))  # a list is added to
    if value is None or value == now:
        return subject
    return replace(subject, record=replace(record, **{part: replace(getattr(record, part), **{name: value})}))


def _value_of(name: str, to: str | None, group: Any, today: date) -> Any:
    annotation = str(group.__dataclass_fields__[name].type)
    if "date" in annotation:
        if to is None or to in ("future", "past"):
            return today - _FAR if to == "past" or to is None else today + _FAR
        text: Any = to
    elif "tuple" in annotation:
        text = [to or "(stated)"]
    elif "float" in annotation or "int" in annotation:
        text = 0 if to is None else to
    else:
        text = to or "(stated)"
    wanted: Any = date if "date" in annotation else tuple[str, ...] if "tuple" in annotation else None
    wanted = wanted or (float if "float" in annotation else int if "int" in annotation else str)
    try:
        return TypeAdapter(wanted).validate_python(text)
    except ValidationError:
        return None  # a rule names a text that this fact can never be


def _without_finding(lever: Lever, subject: Subject, policy: Policy, today: date) -> Subject:
    left = tuple(finding for finding in subject.screening.findings if finding.kind != lever.name)
    return replace(subject, screening=replace(subject.screening, findings=left))


def _with_check(lever: Lever, subject: Subject, policy: Policy, today: date) -> Subject:
    check, screening = Check(lever.name), subject.screening
    left = tuple(part for part in screening.unscreened if part.check is not check)
    return replace(subject, screening=replace(screening, unscreened=left, done=screening.done | {check}))


def _with_rows(lever: Lever, subject: Subject, policy: Policy, today: date) -> Subject:
    return replace(subject, record=replace(subject.record, conflicts=(), held_by_table=()))


def _with_value(lever: Lever, subject: Subject, policy: Policy, today: date) -> Subject:
    value, amount = subject.value, float(lever.to or 0)
    if lever.name == "score":
        return replace(subject, value=replace(value, score=max(value.score, amount)))
    parts = tuple((name, max(part, amount) if name == lever.name else part) for name, part in value.parts)
    return replace(subject, value=replace(value, parts=parts))


def _calmer(lever: Lever, subject: Subject, policy: Policy, today: date) -> Subject:
    return _routed(subject, changes_per_month=_calm_rate(policy))


def _placed(lever: Lever, subject: Subject, policy: Policy, today: date) -> Subject:
    return _routed(subject, over_budget=False, behind=None, cause=None, not_chosen_en="", not_chosen_ja="")


def _pinned(lever: Lever, subject: Subject, policy: Policy, today: date) -> Subject:
    return _routed(subject, pinned=True)


def _routed(subject: Subject, **changes: Any) -> Subject:
    routing: Routing = replace(subject.routing, **changes)
    return replace(subject, routing=routing)


_PULLS = {
    LeverKind.STATE_FACT: _with_fact,
    LeverKind.CHANGE_FACT: _with_fact,
    LeverKind.CLEAR_FINDING: _without_finding,
    LeverKind.FINDING_IN_FILE: _without_finding,
    LeverKind.MAKE_CHECK: _with_check,
    LeverKind.CORRECT_ROWS: _with_rows,
    LeverKind.VALUE: _with_value,
    LeverKind.CALM: _calmer,
    LeverKind.PLACE: _placed,
    LeverKind.PIN: _pinned,
}
