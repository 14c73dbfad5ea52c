"""When a rule applies: a typed tree over findings, facts, value, class, dates and routing.

All keys of one mapping have to hold; `any` and `not` make the rest. No condition can ask for the *absence* of a finding
or of an unknown (`not` around one is refused at load): so what is seen or missing can only add rules, never remove one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from curate.decision import ValueScore
from curate.finding import Category, Channel, Finding, Severity
from curate.record import ContentClass, ImageRecord
from curate.screen.wording import SENTENCES

# A misspelt kind would never match, so a rule may name only what screening can report.
KINDS = frozenset(SENTENCES)

Kind = Annotated[str, Field(json_schema_extra={"enum": sorted(KINDS)})]


class Fact(StrEnum):
    """A stated fact that a policy can require or compare."""

    SOURCE = "source"
    COLLECTED_AT = "collected_at"
    COLLECTOR = "collector"
    METHOD = "method"
    OWNER = "owner"
    LICENSE = "license"
    LICENSE_SCOPE = "license_scope"
    LICENSE_START = "license_start"
    LICENSE_END = "license_end"
    LICENSE_TERRITORY = "license_territory"
    CONTRACT_REF = "contract_ref"
    MODEL_RELEASE = "model_release"
    PROPERTY_RELEASE = "property_release"
    CONSENT_REF = "consent_ref"
    CRITICALITY = "criticality"
    PRODUCT_LINE = "product_line"
    SKU = "sku"
    CHANGED_AT = "changed_at"
    CHANGE_COUNT = "change_count"
    VALID_UNTIL = "valid_until"

    def of(self, record: ImageRecord) -> object | None:
        """The stated value; None when it is missing, blank or an empty list: all of these are unknown."""
        source: object = record.rights if hasattr(record.rights, self.value) else record.business
        stated = getattr(source, self.value)
        if isinstance(stated, str):
            return stated.strip() or None
        return None if stated == () else stated


class Strict(BaseModel):
    """Frozen; an unknown key is an error, because a misspelt one would silently mean nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _known_kinds(kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        if kind not in KINDS:
            raise ValueError(f"a kind of finding that some detector can report, found '{kind}'")


class FindingCondition(Strict):
    """At least one finding that fits every key given."""

    category: tuple[Category, ...] | None = Field(None, min_length=1)
    kind: tuple[Kind, ...] | None = Field(None, min_length=1)
    except_kind: tuple[Kind, ...] | None = Field(None, min_length=1, description="findings of these kinds do not count")
    severity: Severity | None = Field(None, description="this severity or above")
    channel: tuple[Channel, ...] | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _says_something(self) -> FindingCondition:
        _known_kinds((self.kind or ()) + (self.except_kind or ()))
        return self

    def fits(self, finding: Finding) -> bool:
        return (
            (self.category is None or finding.category in self.category)
            and (self.kind is None or finding.kind in self.kind)
            and (self.except_kind is None or finding.kind not in self.except_kind)
            and (self.severity is None or finding.severity.rank >= self.severity.rank)
            and (self.channel is None or finding.where.channel in self.channel)
        )


class ValueCondition(Strict):
    """The score, or one of its parts, against bounds in [0, 1]; with both bounds given, both have to hold."""

    part: Literal[
        "score",
        "demand",
        "stability",
        "criticality",
        "representativeness",
        "diversity",
        "quality",
        "confusability",
        "risk",
    ] = "score"
    at_least: float | None = Field(None, ge=0, le=1)
    below: float | None = Field(None, ge=0, le=1)

    @model_validator(mode="after")
    def _says_something(self) -> ValueCondition:
        if self.at_least is None and self.below is None:
            raise ValueError("at_least or below")
        return self

    def holds(self, value: ValueScore) -> bool:
        amount = value.score if self.part == "score" else dict(value.parts).get(self.part)
        if amount is None:
            return False
        return (self.at_least is None or amount >= self.at_least) and (self.below is None or amount < self.below)


class FactCondition(Strict):
    """A stated fact is one of these texts (a list, such as license_scope, contains one). False when unknown."""

    name: Fact
    one_of: tuple[str, ...] = Field(min_length=1)

    def holds(self, record: ImageRecord) -> bool:
        stated = self.name.of(record)
        values = stated if isinstance(stated, tuple) else (stated,)
        return any(str(value) in self.one_of for value in values if value is not None)


class DateCondition(Strict):
    """A stated date lies before today (`past`) or after today (`future`). False when unknown."""

    name: Literal["license_start", "license_end", "valid_until", "collected_at", "changed_at"]
    lies: Literal["past", "future"]

    def holds(self, record: ImageRecord, today: date) -> bool:
        stated = Fact(self.name).of(record)
        if not isinstance(stated, date):
            return False
        return stated < today if self.lies == "past" else stated > today


class RoutingCondition(Strict):
    """Routing facts; each key given has to have this value. `volatile`: changes more often than the model
    is updated."""

    volatile: bool | None = None
    over_budget: bool | None = None
    pinned: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> RoutingCondition:
        if self.volatile is None and self.over_budget is None and self.pinned is None:
            raise ValueError("volatile, over_budget or pinned")
        return self


class Rows(StrEnum):
    """Trouble in the catalogue rows of an image."""

    CONFLICT = "conflict"  # rows with the same bytes disagree on a fact
    EXPECTATION = "expectation"  # a table expectation failed on a row


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a condition may look at. `findings` carry the severities which the policy gives them."""

    record: ImageRecord
    findings: tuple[Finding, ...]
    value: ValueScore
    volatile: bool
    over_budget: bool
    pinned: bool
    today: date


class Condition(Strict):
    """All keys given have to hold; at least one is given."""

    all: tuple[Condition, ...] | None = Field(None, min_length=1)
    any: tuple[Condition, ...] | None = Field(None, min_length=1)
    not_: Condition | None = Field(None, alias="not", description="not around findings, unknowns or rows")
    finding: FindingCondition | None = None
    unknown: tuple[Fact, ...] | None = Field(None, min_length=1, description="one of these facts is unknown")
    rows: tuple[Rows, ...] | None = Field(None, min_length=1)
    value: ValueCondition | None = None
    fact: FactCondition | None = None
    content_class: tuple[ContentClass, ...] | None = Field(None, alias="class", min_length=1)
    date: DateCondition | None = None
    routing: RoutingCondition | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        if not self.model_fields_set:
            raise ValueError("at least one condition, found an empty one")
        if self.not_ is not None and self.not_.looks_at_trouble:
            raise ValueError("no finding, unknown or rows inside 'not': their absence must never permit anything")
        return self

    @property
    def looks_at_trouble(self) -> bool:
        """Whether a finding, an unknown or a row's trouble can make this condition hold."""
        return any(node.finding or node.unknown or node.rows for node in self.nodes())

    def nodes(self) -> Iterator[Condition]:
        """This condition and all below it."""
        yield self
        for child in (*(self.all or ()), *(self.any or ()), *((self.not_,) if self.not_ else ())):
            yield from child.nodes()

    def holds(self, facts: Facts) -> bool:
        return (
            (self.all is None or all(child.holds(facts) for child in self.all))
            and (self.any is None or any(child.holds(facts) for child in self.any))
            and (self.not_ is None or not self.not_.holds(facts))
            and (self.finding is None or any(self.finding.fits(finding) for finding in facts.findings))
            and (self.unknown is None or any(fact.of(facts.record) is None for fact in self.unknown))
            and (self.rows is None or any(_row_trouble(facts.record, rows) for rows in self.rows))
            and (self.value is None or self.value.holds(facts.value))
            and (self.fact is None or self.fact.holds(facts.record))
            and (self.content_class is None or facts.record.content_class in self.content_class)
            and (self.date is None or self.date.holds(facts.record, facts.today))
            and (self.routing is None or _routed(self.routing, facts))
        )

    def matched(self, facts: Facts) -> tuple[Finding, ...]:
        """The findings that any part of this condition speaks of, for the reason people read."""
        wanted = [node.finding for node in self.nodes() if node.finding is not None]
        return tuple(finding for finding in facts.findings if any(condition.fits(finding) for condition in wanted))

    def rows_asked(self) -> frozenset[Rows]:
        """The trouble of rows that any part of this condition speaks of."""
        return frozenset(rows for node in self.nodes() for rows in node.rows or ())


def _row_trouble(record: ImageRecord, rows: Rows) -> bool:
    return bool(record.conflicts if rows is Rows.CONFLICT else record.held_by_table)


def _routed(routing: RoutingCondition, facts: Facts) -> bool:
    return (
        (routing.volatile is None or facts.volatile is routing.volatile)
        and (routing.over_budget is None or facts.over_budget is routing.over_budget)
        and (routing.pinned is None or facts.pinned is routing.pinned)
    )
