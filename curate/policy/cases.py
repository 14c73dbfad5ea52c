"""Worked examples beside a policy: each says what happens to one image, and each is a test of the policy.

A case states only what differs from the file's `base` image, so that a lawyer sees the one thing which matters.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from curate.canonical import Json
from curate.decision import Decision, Lift, Outcome, ValueScore
from curate.finding import (
    Category,
    Channel,
    Check,
    Detector,
    Finding,
    OpenCause,
    Screening,
    Severity,
    Unscreened,
    Where,
)
from curate.policy.condition import Fact, Kind, Strict
from curate.policy.decide import Routing, decide
from curate.policy.document import Policy, PolicyError, broken, describe, load_policy
from curate.policy.yaml_reader import YamlFaultError, parse_yaml
from curate.record import BusinessFacts, ContentClass, ImageRecord, RightsFacts

CASES_FILE = "cases.yaml"
_DETECTOR = Detector("worked-case", "1")


class CaseFinding(Strict):
    kind: Kind
    severity: Severity
    channel: Channel = Channel.TEXT
    field: str | None = None


class CaseImage(Strict):
    """What a case states. In a case, a fact given as null is unknown; `not_done` names checks nobody made."""

    content_class: ContentClass | None = Field(None, alias="class")
    facts: dict[Fact, Any] = Field(default_factory=dict)
    conflicts: tuple[str, ...] = ()
    held_by_table: tuple[str, ...] = ()
    findings: tuple[CaseFinding, ...] = ()
    not_done: tuple[Check, ...] = ()
    value: float | None = Field(None, ge=0, le=1)
    changes_per_month: float | None = Field(None, ge=0)
    over_budget: bool = False
    pinned: bool = False


class Expected(Strict):
    """`rules` are the determining rules, all of them; the other keys are compared where given."""

    outcome: Outcome
    rules: tuple[str, ...] = Field(min_length=1)
    lift: Lift | None = None
    people: int | None = None
    roles: tuple[str, ...] | None = None


class Case(Strict):
    name: str = Field(min_length=1)
    image: CaseImage
    expect: Expected


class CaseFile(Strict):
    """cases.yaml."""

    today: date
    base: CaseImage
    cases: tuple[Case, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_consistent(self) -> CaseFile:
        if self.base.content_class is None or self.base.value is None:
            raise ValueError("class and value in base")
        names = [case.name for case in self.cases]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"different case names, found '{name}' twice")
        return self


@dataclass(frozen=True, slots=True)
class CaseResult:
    """`expected` and `found` are sentences such as `deny by deny-my-number`; `rules` all rules that applied."""

    name: str
    expected: str
    found: str
    ok: bool
    rules: tuple[str, ...]


_ADAPTER: TypeAdapter[CaseFile] = TypeAdapter(CaseFile)


def load_cases(folder: Path) -> CaseFile:
    """The worked examples of a bundle.

    Raises:
        PolicyError: the file is missing or not valid.
    """
    path = folder / CASES_FILE
    try:
        value = parse_yaml(path.read_text(encoding="utf-8"))
        return _ADAPTER.validate_json(json.dumps(value, default=str))
    except OSError as error:
        raise broken(str(path), "a readable file of worked cases", error.strerror or str(error)) from None
    except YamlFaultError as fault:
        raise broken(f"{path}: line {fault.line}", fault.expected, fault.found) from None
    except ValidationError as error:
        raise describe(error, str(path)) from None
    except UnicodeDecodeError as error:
        raise broken(str(path), "UTF-8 text", str(error)) from None


def run_cases(folder: Path) -> tuple[CaseResult, ...]:
    """Decide every worked case of the bundle in `folder` by its policy.

    Raises:
        PolicyError: policy.yaml or cases.yaml is missing or not valid.
    """
    policy, cases = load_policy(folder), load_cases(folder)
    return tuple(_run(case, cases, policy, str(folder / CASES_FILE)) for case in cases.cases)


def uncovered_rules(
    policy: Policy, results: tuple[CaseResult, ...], *, parent: Policy | None = None
) -> tuple[str, ...]:
    """Rules of the policy which no worked case meets: nobody has shown what they do. Rules taken over unchanged from
    `parent` are shown there."""
    met = {rule for result in results for rule in result.rules}
    inherited = parent.rules if parent is not None else ()
    return tuple(rule.id for rule in policy.rules if rule.id not in met and rule not in inherited)


def _run(case: Case, file: CaseFile, policy: Policy, where: str) -> CaseResult:
    decision = _decide(case, file, policy, where)
    expect = case.expect
    pairs: list[tuple[str, str]] = [
        (_verdict(expect.outcome, expect.rules), _verdict(decision.outcome, decision.rules))
    ]
    if expect.lift is not None:
        pairs.append((f"lifted by {expect.lift}", f"lifted by {decision.lift}"))
    if expect.people is not None:
        pairs.append((f"{expect.people} people", f"{decision.approval.people} people"))
    if expect.roles is not None:
        pairs.append((f"roles {', '.join(sorted(expect.roles))}", f"roles {', '.join(decision.approval.roles)}"))
    expected, found = ("; ".join(side) for side in zip(*pairs, strict=True))
    return CaseResult(case.name, expected, found, expected == found, tuple(hit.rule for hit in decision.hits))


def _verdict(outcome: Outcome, rules: tuple[str, ...]) -> str:
    return f"{outcome} by {', '.join(sorted(rules))}"


def _decide(case: Case, file: CaseFile, policy: Policy, where: str) -> Decision:
    base, image = file.base, case.image
    facts = {**base.facts, **image.facts}
    image_id = hashlib.sha256(case.name.encode()).hexdigest()
    try:
        rights = _facts(RightsFacts, facts)
        business = _facts(BusinessFacts, facts)
    except ValidationError as error:
        raise describe(error, f"{where}: case '{case.name}': facts") from None
    content_class = image.content_class or base.content_class
    score = image.value if image.value is not None else base.value
    if content_class is None or score is None:  # CaseFile has checked base; this tells the type checker
        raise PolicyError(f"{where}: expected class and value in base, found none", hint="imprimatur policy check")
    record = ImageRecord(
        image_id=image_id,
        file_names=("worked-case.png",),
        content_class=content_class,
        class_inferred=False,
        texts=(),
        rights=rights,
        business=business,
        conflicts=image.conflicts,
        held_by_table=image.held_by_table,
    )
    screening = Screening(
        image_id=image_id,
        findings=tuple(_finding(image_id, finding) for finding in (*base.findings, *image.findings)),
        unscreened=tuple(
            Unscreened(image_id, _DETECTOR, check, "not done in this case", cause=OpenCause.NOT_ASKED)
            for check in image.not_done
        ),
        done=frozenset(Check) - set(base.not_done) - set(image.not_done),
    )
    value = ValueScore(image_id, score, (("score", score),), "", "", "worked-case")
    rate = image.changes_per_month if image.changes_per_month is not None else base.changes_per_month
    behind = "another image" if image.over_budget else None
    routing = Routing(over_budget=image.over_budget, behind=behind, changes_per_month=rate, pinned=image.pinned)
    return decide(record, screening, value, routing, policy, today=file.today)


def _facts(kind: type[Any], facts: dict[Fact, Any]) -> Any:
    document: Json = {fact.value: stated for fact, stated in facts.items() if fact.value in kind.__dataclass_fields__}
    return TypeAdapter(kind).validate_json(json.dumps(document, default=str))


def _finding(image_id: str, finding: CaseFinding) -> Finding:
    return Finding(
        image_id=image_id,
        detector=_DETECTOR,
        category=Category(finding.kind.split(".")[0]),
        kind=finding.kind,
        score=1.0,
        severity=finding.severity,
        where=Where(finding.channel, finding.field),
        masked="",
        explanation="",
    )
