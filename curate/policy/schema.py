"""The shape of policy.yaml: pydantic models, from which policies/schema.json is generated.

A file that passes here can still be a bad policy, but never an ambiguous one: unknown keys, misspelt kinds, twice used
ids, a rule that would let an approval stand in for a missing fact are all refused.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from curate.decision import Lift, Outcome, Separation
from curate.finding import Check, Severity
from curate.policy.condition import KINDS, Condition, Fact, FindingCondition, Kind, Strict
from curate.record import ContentClass, ImageRecord

# What the engine itself adds (curate.policy.decide); no rule of a file may carry these names.
DEFAULT_HOLD = "default-hold"
NOT_CHOSEN = "not-chosen"
UNKNOWN_PREFIX = "unknown-"
UNSCREENED_PREFIX = "unscreened-"
WAIVER_PREFIX = "waiver-"
_ENGINE_PREFIXES = (UNKNOWN_PREFIX, UNSCREENED_PREFIX, WAIVER_PREFIX)
PLACEHOLDERS = frozenset(
    {"value", "changes_per_month", "update_interval_days", "behind", "not_chosen", "fields", "findings"}
)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_ID = r"^[a-z0-9][a-z0-9_-]*$"


def _known_placeholders(text: str) -> str:
    for name in _PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS:
            raise ValueError(f"only {{{'}, {'.join(sorted(PLACEHOLDERS))}}} in braces, found {{{name}}}")
    return text


Sentence = Annotated[str, Field(min_length=1), AfterValidator(_known_placeholders)]


class Reason(Strict):
    """Why, for people, in both languages. Placeholders: {value} {changes_per_month} {update_interval_days} {behind}
    {not_chosen} {fields} {findings}."""

    en: Sentence
    ja: Sentence

    def filled(self, values: dict[str, str]) -> tuple[str, str]:
        en, ja = (_PLACEHOLDER.sub(lambda match: values[match[1]], text) for text in (self.en, self.ja))
        return en, ja


class Rule(Strict):
    id: str = Field(pattern=_ID)
    outcome: Outcome
    lift: Lift | None = Field(None, description="only with outcome review: approval or fact")
    when: Condition
    reason: Reason
    waivable: bool = Field(
        False,
        exclude_if=lambda value: value is False,  # policies from before keep their digest
        description="only with deny and review: whether a waiver may set this rule aside for named images",
    )

    @model_validator(mode="after")
    def _is_consistent(self) -> Rule:
        if self.id in (DEFAULT_HOLD, NOT_CHOSEN) or self.id.startswith(_ENGINE_PREFIXES):
            raise ValueError(f"an id that is not the engine's own, found '{self.id}'")
        if self.waivable and self.outcome not in (Outcome.DENY, Outcome.REVIEW):
            raise ValueError(f"waivable only beside deny or review, found it beside {self.outcome.value}")
        nodes = tuple(self.when.nodes())
        if self.outcome is Outcome.REVIEW:
            if self.lift not in (Lift.APPROVAL, Lift.FACT):
                raise ValueError("lift: approval or fact beside outcome review")
            if self.lift is Lift.APPROVAL and any(node.unknown or node.rows for node in nodes):
                raise ValueError("lift: fact, because approving does not make an unknown known")
        elif self.lift is not None:
            raise ValueError(f"no lift beside outcome {self.outcome.value}")
        if self.outcome is Outcome.MEMORIZE and self.when.looks_at_trouble:
            raise ValueError("no finding, unknown or rows in a memorize rule: they must never permit anything")
        return self


class ApprovalWhen(Strict):
    """Which images an override is for; all keys given have to fit."""

    content_class: tuple[ContentClass, ...] | None = Field(None, alias="class", min_length=1)
    outcome: tuple[Outcome, ...] | None = Field(None, min_length=1)
    rule: tuple[str, ...] | None = Field(None, min_length=1, description="ids of rules that applied")
    finding: FindingCondition | None = None

    @model_validator(mode="after")
    def _says_something(self) -> ApprovalWhen:
        if not self.model_fields_set:
            raise ValueError("at least one of class, outcome, rule, finding")
        if self.outcome is not None and Outcome.MEMORIZE in self.outcome and Outcome.REVIEW not in self.outcome:
            raise ValueError("review beside memorize: an image with a finding must not need fewer people")
        return self


People = Annotated[int, Field(ge=0, le=20, description="different named persons; below 1 makes the policy UNSAFE")]
ValidDays = Annotated[int, Field(ge=1, le=3650)]
Roles = Annotated[tuple[Annotated[str, Field(pattern=_ID)], ...], Field(description="held together by those persons")]


class ApprovalOverride(Strict):
    when: ApprovalWhen
    people: People | None = None
    roles: Roles = ()
    valid_days: ValidDays | None = None


class SelfAsserted(StrEnum):
    """Whether an approval counts that was not signed with the reviewer's own key, only by the page for who signed in."""

    REFUSE = "refuse"
    ALLOW = "allow"


class Approval(Strict):
    """Base requirement. Overrides only tighten it: most people, all roles, fewest days among those that fit."""

    people: People
    roles: Roles
    valid_days: ValidDays
    self_asserted: SelfAsserted = Field(
        SelfAsserted.REFUSE,
        exclude_if=lambda value: value is SelfAsserted.REFUSE,  # policies from before keep their digest
        description="allow: approvals count that the review page signed for a reviewer without a key of their own",
    )
    separation: Separation = Field(
        Separation.PERSON,
        exclude_if=lambda value: value is Separation.PERSON,  # policies from before keep their digest
        description="who curated or adopted the policy is not the only approver: person, account (stricter), or off",
    )
    overrides: tuple[ApprovalOverride, ...] = ()

    @model_validator(mode="after")
    def _can_be_met(self) -> Approval:
        if self.people == 0 and self.roles:
            raise ValueError("no roles where no person is asked")
        return self


class PerClass(Strict):
    """`all` holds for every content class; the others add to it."""

    def of(self, content_class: ContentClass) -> tuple[Any, ...]:
        return tuple(dict.fromkeys((*getattr(self, "all"), *getattr(self, content_class.value))))  # noqa: B009


class RequiredChecks(PerClass):
    all: tuple[Check, ...]
    photo: tuple[Check, ...] = ()
    product: tuple[Check, ...] = ()
    drawing: tuple[Check, ...] = ()
    document: tuple[Check, ...] = ()


class RequiredFacts(PerClass):
    all: tuple[Fact, ...]
    photo: tuple[Fact, ...] = ()
    product: tuple[Fact, ...] = ()
    drawing: tuple[Fact, ...] = ()
    document: tuple[Fact, ...] = ()


class SeverityOverride(Strict):
    kind: Kind
    severity: Severity

    @model_validator(mode="after")
    def _is_known(self) -> SeverityOverride:
        if self.kind not in KINDS:
            raise ValueError(f"a kind of finding that some detector can report, found '{self.kind}'")
        return self


class WaiverSelect(Strict):
    """Which images a waiver is for; all keys given have to fit. A picture that stands in several rows is selected by
    file name only if all of its names fit."""

    image: tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], ...] | None = Field(
        None, min_length=1, description="SHA-256 of the image's bytes, as `imprimatur explain` prints it"
    )
    file_name: tuple[str, ...] | None = Field(None, min_length=1, description="names or patterns with * and ?")
    product_line: tuple[str, ...] | None = Field(None, min_length=1)
    content_class: tuple[ContentClass, ...] | None = Field(None, alias="class", min_length=1)

    @model_validator(mode="after")
    def _says_something(self) -> WaiverSelect:
        if self.image is None and self.file_name is None and self.product_line is None:
            raise ValueError("at least one of image, file_name, product_line: a waiver is for named images")
        for pattern in self.file_name or ():
            if pattern[:1] in ("", "*", "?"):
                raise ValueError(f"a pattern that begins with a name, found '{pattern}'")
        return self

    def fits(self, record: ImageRecord) -> bool:
        names = self.file_name
        return (
            (self.image is None or record.image_id in self.image)
            and (names is None or all(any(_named(name, p) for p in names) for name in record.file_names))
            and (self.product_line is None or record.business.product_line in self.product_line)
            and (self.content_class is None or record.content_class in self.content_class)
        )


def _named(file_name: str, pattern: str) -> bool:
    """`*` and `?` stand for others; a bracket is a bracket, so that no pattern says "everything but"."""
    return fnmatchcase(file_name, pattern.replace("[", "[[]"))


class Waiver(Strict):
    """An exception somebody answers for: the rules it names hold the selected images for people instead of refusing
    them, until the end of the day `expires`. After that day the rules stand again, and the decision says why."""

    id: str = Field(pattern=_ID)
    waives: tuple[str, ...] = Field(
        min_length=1, description="ids of waivable rules, or unknown-FACT, unscreened-CHECK"
    )
    select: WaiverSelect
    reason: Reason
    approver: str = Field(
        pattern=r"^r-[0-9a-f]{12}$", description="id of the reviewer who answers for it: imprimatur reviewer list"
    )
    expires: date = Field(description="last day, YYYY-MM-DD (UTC)")


class PolicyDocument(Strict):
    """policy.yaml."""

    id: str = Field(pattern=_ID)
    version: str = Field(min_length=1)
    purpose: str = Field(min_length=1, description="what the memorized images may be used for; approvals bind it")
    update_interval_days: int = Field(ge=1, le=3650, description="days between two updates of the model")
    approval: Approval
    required_checks: RequiredChecks
    required_facts: RequiredFacts
    severity: tuple[SeverityOverride, ...] = ()
    rules: tuple[Rule, ...] = Field(min_length=1)
    waivers: tuple[Waiver, ...] = Field((), exclude_if=lambda value: not value)

    @model_validator(mode="after")
    def _is_consistent(self) -> PolicyDocument:
        _distinct([rule.id for rule in self.rules], "rule ids")
        _distinct([entry.kind for entry in self.severity], "kinds under severity")
        for override in self.approval.overrides:
            for name in override.when.rule or ():
                if name not in {rule.id for rule in self.rules}:
                    raise ValueError(f"approval.overrides to name rules of this policy, found '{name}'")
        _distinct([waiver.id for waiver in self.waivers], "waiver ids")
        may_be_waived = {rule.id for rule in self.rules if rule.waivable}
        may_be_waived |= {f"{UNKNOWN_PREFIX}{fact}" for fact in Fact} | {
            f"{UNSCREENED_PREFIX}{check}" for check in Check
        }
        for waiver in self.waivers:
            for name in waiver.waives:
                if name not in may_be_waived:
                    raise ValueError(
                        f"waivers to name rules with `waivable: true`, unknown-FACT or unscreened-CHECK, found '{name}'"
                    )
        return self


def _distinct(names: list[str], what: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"different {what}, found '{name}' twice")
