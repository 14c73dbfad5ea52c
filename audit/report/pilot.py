"""The pilot in frozen values: what was planned, what was measured, the verdict on each of four measures.

Reads the plan and the evaluation as the JSON documents which the ledger keeps (docs/formats.md). A number that is not
in the document is None and is shown as "not measured"; it is never taken for zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from audit.report.trust import Trust, read_trust
from curate.canonical import Json
from curate.errors import ExitCode, ImprimaturError


class PilotUnreadable(ImprimaturError):
    """A recorded plan or evaluation does not have the shape of one."""

    code = "IMP-E330"
    exit_code = ExitCode.INTEGRITY


class Measure(StrEnum):
    """The four measures of a pilot, in the order people read them."""

    SPEED = "speed"
    ACCURACY = "accuracy"
    UPDATE_COST = "update_cost"
    SAFETY = "safety"


class PilotVerdict(StrEnum):
    """Ordered from most to least cautious; the most cautious of four is the advice for the whole pilot."""

    STOP = "stop"
    CONTINUE = "continue"
    EXPAND = "expand"


SYSTEMS = ("hybrid", "memory", "index", "bm25", "present")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share in [0, 1] with its confidence interval; `low` and `high` are None when none was computed."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class SystemResult:
    """One way to search, measured. Shares in [0, 1], times in milliseconds, None = not measured.

    `right_first`: the first answer was right (hit@1). `wrong_when_answered`: share of wrong ones among the answers
    given. `answered_for_nothing`: share of answers to queries whose right answer is "none".
    """

    name: str
    right_first: Estimate | None
    right_in_5: Estimate | None
    right_in_10: Estimate | None
    coverage: Estimate | None
    wrong_when_answered: Estimate | None
    answered_for_nothing: Estimate | None
    typical_ms: float | None
    slow_ms: float | None
    right_before_confirmation: Estimate | None
    right_after_confirmation: Estimate | None


@dataclass(frozen=True, slots=True)
class MeasureVerdict:
    measure: Measure
    verdict: PilotVerdict
    why_en: str
    why_ja: str


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What the plan demanded before anything was trained. None: the plan names no bar."""

    slow_ms: float | None = None
    right_first: float | None = None
    wrong_when_answered: float | None = None
    update_seconds: float | None = None
    unconfirmed_shown: int | None = None
    withdrawn_shown: int | None = None


@dataclass(frozen=True, slots=True)
class PilotSummary:
    """Plan and, once there is one, evaluation. `updates_per_month` and `estimated_update_seconds` are the plan's."""

    planned_at: str | None
    representative: int
    held_out: int
    none_queries: int
    thresholds: Thresholds
    updates_per_month: float | None
    estimated_update_seconds: float | None
    evaluated: bool
    queries: int | None
    queries_without_answer: int | None
    systems: tuple[SystemResult, ...]
    update_seconds: float | None
    update_kind: str | None
    unconfirmed_shown: int | None
    withdrawn_shown: int | None
    contradictions_stopped: int | None
    verdicts: tuple[MeasureVerdict, ...]
    unsafe: bool
    trust: Trust | None

    @property
    def advice(self) -> PilotVerdict | None:
        """The most cautious verdict; None unless all four measures were judged."""
        if {verdict.measure for verdict in self.verdicts} != set(Measure):
            return None
        return min((verdict.verdict for verdict in self.verdicts), key=list(PilotVerdict).index)

    def system(self, name: str) -> SystemResult | None:
        return next((system for system in self.systems if system.name == name), None)


def summarise(plan: Json | None, evaluation: Json | None) -> PilotSummary | None:
    """Plan and evaluation in one value; None when there is neither.

    Raises:
        PilotUnreadable: a document has another shape, e.g. text where a number belongs.
    """
    if plan is None and evaluation is None:
        return None
    try:
        return _summary(_mapping(plan), _mapping(evaluation))
    except (KeyError, TypeError, ValueError) as error:
        raise PilotUnreadable(
            f"A pilot plan and an evaluation document were expected, found another shape: {error}.",
            hint="imprimatur evaluate",
        ) from error


def _summary(plan: Mapping[str, Any], evaluation: Mapping[str, Any]) -> PilotSummary:
    thresholds, estimates = _mapping(plan.get("thresholds")), _mapping(plan.get("estimates"))
    systems, cost = _mapping(evaluation.get("systems")), _mapping(evaluation.get("update_cost"))
    safety = _mapping(evaluation.get("safety"))
    bars = {name: _mapping(thresholds.get(name)) for name in Measure}
    order = [*(name for name in SYSTEMS if name in systems), *sorted(set(systems) - set(SYSTEMS))]
    return PilotSummary(
        planned_at=None if plan.get("created") is None else str(plan["created"]),
        representative=len(plan.get("representative", ())),
        held_out=len(plan.get("held_out", ())) + len(plan.get("index_queries", ())),
        none_queries=len(plan.get("none_queries", ())),
        thresholds=Thresholds(
            slow_ms=_number(bars[Measure.SPEED].get("p95_ms")),
            right_first=_number(bars[Measure.ACCURACY].get("hit_at_1")),
            wrong_when_answered=_number(bars[Measure.ACCURACY].get("error_among_answered")),
            update_seconds=_number(bars[Measure.UPDATE_COST].get("seconds")),
            unconfirmed_shown=_count(bars[Measure.SAFETY].get("unconfirmed_shown")),
            withdrawn_shown=_count(bars[Measure.SAFETY].get("withdrawn_shown")),
        ),
        updates_per_month=_number(estimates.get("updates_per_month")),
        estimated_update_seconds=_number(estimates.get("retrain_seconds")),
        evaluated=bool(evaluation),
        queries=_count(evaluation.get("queries")),
        queries_without_answer=_count(evaluation.get("none_queries")),
        systems=tuple(_system(name, _mapping(systems[name])) for name in order),
        update_seconds=_number(cost.get("seconds")),
        update_kind=None if cost.get("kind") is None else str(cost["kind"]),
        unconfirmed_shown=_count(safety.get("unconfirmed_shown")),
        withdrawn_shown=_count(safety.get("withdrawn_shown")),
        contradictions_stopped=_count(safety.get("contradictions_stopped")),
        verdicts=_verdicts(_mapping(evaluation.get("verdicts"))),
        unsafe=bool(evaluation) and evaluation.get("unsafe") is not False,
        trust=read_trust(_mapping(evaluation.get("trust"))),
    )


def _system(name: str, document: Mapping[str, Any]) -> SystemResult:
    return SystemResult(
        name=name,
        right_first=_estimate(document.get("hit_at_1")),
        right_in_5=_estimate(document.get("hit_at_5")),
        right_in_10=_estimate(document.get("hit_at_10")),
        coverage=_estimate(document.get("coverage")),
        wrong_when_answered=_estimate(document.get("error_among_answered")),
        answered_for_nothing=_estimate(document.get("false_accept_rate")),
        typical_ms=_number(document.get("p50_ms")),
        slow_ms=_number(document.get("p95_ms")),
        right_before_confirmation=_estimate(_mapping(document.get("before_confirmation")).get("hit_at_1")),
        right_after_confirmation=_estimate(_mapping(document.get("after_confirmation")).get("hit_at_1")),
    )


def _verdicts(document: Mapping[str, Any]) -> tuple[MeasureVerdict, ...]:
    return tuple(
        MeasureVerdict(
            measure,
            PilotVerdict(document[measure]["verdict"]),
            str(document[measure]["why_en"]),
            str(document[measure]["why_ja"]),
        )
        for measure in Measure
        if measure in document
    )


def _mapping(value: Json | None) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError(f"an object expected, {type(value).__name__} found")
    return value


def _estimate(value: Json | None) -> Estimate | None:
    if isinstance(value, Mapping):
        middle = _number(value.get("value"))
        return None if middle is None else Estimate(middle, _number(value.get("low")), _number(value.get("high")))
    number = _number(value)
    return None if number is None else Estimate(number)


def _number(value: Json | None) -> float | None:
    if isinstance(value, Mapping):  # a latency may come with its interval too
        value = value.get("value")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"a number expected, {value!r} found")
    return float(value)


def _count(value: Json | None) -> int | None:
    number = _number(value)
    if number is not None and not number.is_integer():
        raise ValueError(f"a whole number expected, {value!r} found")
    return None if number is None else int(number)
