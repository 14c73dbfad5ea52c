"""One image, one policy, one verdict: every rule that applies is listed, the most restrictive outcome stands.

Laws (tests/properties/test_policy_laws.py): total; the same input gives the same decision, in whatever order findings
come; another finding, unscreened part or unknown never makes the decision more permissive.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache

from curate.canonical import digest
from curate.decision import Decision, Lift, Outcome, RuleHit, ValueScore
from curate.finding import Check, Finding, OpenCause, Screening
from curate.policy.condition import Fact, Facts, Rows
from curate.policy.document import Policy
from curate.policy.schema import DEFAULT_HOLD, NOT_CHOSEN, UNKNOWN_PREFIX, UNSCREENED_PREFIX, Rule
from curate.policy.waive import Applied, waive
from curate.policy.wording import CHANGE_RATE_UNKNOWN, default_hold, not_chosen, unknown_fact, unscreened_check
from curate.record import ImageRecord
from curate.value.change import DAYS_PER_MONTH

_STRICTNESS = (Lift.APPROVAL, Lift.FACT, Lift.NOBODY)  # the strictest of all applying review rules stands


@dataclass(frozen=True, slots=True)
class Routing:
    """What selection found. `over_budget`: it has no place in memory, for the `cause` and reason given; `behind` says after
    which image the budget ended; `changes_per_month` None is unknown; `pinned` images skip the routing rules which the
    policy says a pin may skip."""

    over_budget: bool
    behind: str | None
    changes_per_month: float | None
    pinned: bool
    cause: str | None = None  # of curate.value.left_out
    not_chosen_en: str = ""
    not_chosen_ja: str = ""


def is_volatile(routing: Routing, policy: Policy) -> bool:
    """Whether the image changes more often than the model is updated. An unknown rate is not volatile; the value
    score already counts it low, and the decision's reasons say that it is unknown."""
    rate = routing.changes_per_month
    return rate is not None and rate > DAYS_PER_MONTH / policy.update_interval_days


def lacks_what_is_required(record: ImageRecord, screening: Screening, policy: Policy) -> bool:
    """Whether a fact or a check that the policy requires is missing: then `decide` holds or denies, whatever the value and
    the routing, and whatever is waived."""
    checks, facts = policy.required_checks_for(record.content_class), policy.required_facts_for(record.content_class)
    return bool(_missing_checks(screening, checks)) or any(fact.of(record) is None for fact in facts)


def decide(
    record: ImageRecord, screening: Screening, value: ValueScore, routing: Routing, policy: Policy, *, today: date
) -> Decision:
    """The verdict of `policy` on `record`.

    Raises:
        ValueError: `screening` or `value` belong to another image.
    """
    if not record.image_id == screening.image_id == value.image_id:
        raise ValueError(f"expected screening and value of {record.image_id}, found those of another image")
    facts = Facts(
        record=record,
        findings=_judged(screening, policy),
        value=value,
        volatile=is_volatile(routing, policy),
        over_budget=routing.over_budget,
        pinned=routing.pinned,
        today=today,
    )
    applying = [rule for rule in policy.rules if rule.when.holds(facts)]
    applied: list[Applied] = [(_hit(rule, facts, routing, policy), rule.lift) for rule in applying]

    missing_facts = [fact for fact in policy.required_facts_for(record.content_class) if fact.of(record) is None]
    missing_checks = _missing_checks(screening, policy.required_checks_for(record.content_class))
    applied += [(_unknown(fact), Lift.FACT) for fact in missing_facts]
    applied += [(_unscreened(check, parts), Lift.FACT) for check, parts in missing_checks]

    if routing.over_budget and not routing.pinned and all(hit.outcome is Outcome.MEMORIZE for hit, _ in applied):
        # A policy that is silent about budgets does not make memory larger.
        left_out = not_chosen(routing.not_chosen_en, routing.not_chosen_ja)
        applied.append((RuleHit(NOT_CHOSEN, Outcome.INDEX, *left_out), None))

    # Only a rule that rests on value, facts and routing can give a place; trouble found can take it, never give it.
    placed = any(
        rule.outcome in (Outcome.INDEX, Outcome.MEMORIZE) and not rule.when.looks_at_trouble for rule in applying
    )
    if not placed:
        applied.append((RuleHit(DEFAULT_HOLD, Outcome.REVIEW, *default_hold()), Lift.NOBODY))

    counted, waived = waive(applied, record, policy.document.waivers, today)
    hits = [hit if lift is None else replace(hit, lift=lift) for hit, lift in counted]
    lifts = [lift for _, lift in counted if lift is not None]
    outcome = min((hit.outcome for hit in hits), key=lambda outcome: outcome.rank)
    ordered = tuple(sorted(hits, key=lambda hit: hit.outcome.rank))
    return Decision(
        image_id=record.image_id,
        outcome=outcome,
        lift=_lift(outcome, lifts),
        hits=ordered,
        findings=facts.findings,
        value=value,
        policy=policy.ref,
        unknowns=tuple(str(fact) for fact in missing_facts) + tuple(f"check:{check}" for check, _ in missing_checks),
        # A rule that was set aside still asks for the people it asks for.
        approval=policy.approval_for(record, outcome, {hit.rule for hit, _ in (*applied, *counted)}, facts.findings),
        unsafe=policy.unsafe,
        waived=waived,
    )


def _judged(screening: Screening, policy: Policy) -> tuple[Finding, ...]:
    """The findings with the policy's severities, in an order that depends on their content only."""
    judged = (
        replace(finding, severity=policy.severities.get(finding.kind, finding.severity))
        for finding in screening.findings
    )
    return tuple(sorted(judged, key=lambda finding: (-finding.severity.rank, digest(finding.to_document()))))


_Open = tuple[str, str, OpenCause]  # why a part is open, in English and Japanese, and the cause


def _missing_checks(screening: Screening, required: tuple[Check, ...]) -> list[tuple[Check, tuple[_Open, ...]]]:
    """Required checks that were not done, or not wholly, with what is on record of the parts that are open."""
    said: dict[Check, set[_Open]] = {}
    for part in screening.unscreened:
        said.setdefault(part.check, set()).add((part.reason, part.reason_ja, part.cause))
    return [
        (check, tuple(sorted(said.get(check, ()))))
        for check in required
        if check in said or check not in screening.done
    ]


@cache
def _unknown(fact: Fact) -> RuleHit:
    return RuleHit(f"{UNKNOWN_PREFIX}{fact}", Outcome.REVIEW, *unknown_fact(fact))


@lru_cache(maxsize=1024)  # whatever keeps one image from being looked at mostly keeps the others too
def _unscreened(check: Check, parts: tuple[_Open, ...]) -> RuleHit:
    return RuleHit(f"{UNSCREENED_PREFIX}{check}", Outcome.REVIEW, *unscreened_check(check, parts))


def _lift(outcome: Outcome, lifts: list[Lift]) -> Lift:
    if outcome is Outcome.REVIEW:
        return max(lifts, key=_STRICTNESS.index)
    # `memorize` still needs the approvals that the policy asks for; `deny` and `index` are not lifted by people.
    return Lift.APPROVAL if outcome is Outcome.MEMORIZE else Lift.NOBODY


def _hit(rule: Rule, facts: Facts, routing: Routing, policy: Policy) -> RuleHit:
    matched, record = rule.when.matched(facts), facts.record
    rows = rule.when.rows_asked() if record.conflicts or record.held_by_table else frozenset[Rows]()
    conflicts = record.conflicts if Rows.CONFLICT in rows else ()
    failed, failed_ja = (record.held_by_table, record.held_by_table_ja) if Rows.EXPECTATION in rows else ((), ())
    rate = routing.changes_per_month

    def fill(unknown: str, left_out: str, said: str) -> dict[str, str]:
        return {
            "value": f"{facts.value.score:.2f}",
            "changes_per_month": unknown if rate is None else f"{rate:.1f}",
            "update_interval_days": str(policy.update_interval_days),
            "behind": routing.behind or "-",
            "not_chosen": left_out,
            "fields": ", ".join(
                sorted({*conflicts, *(found.where.field or found.where.channel.value for found in matched)})
            )
            or "-",
            "findings": said or "-",
        }

    left_out = routing.not_chosen_en or f"The budget ended behind {routing.behind}."
    said = [*dict.fromkeys(found.explanation for found in matched), *(["; ".join(failed)] if failed else [])]
    en, _ = rule.reason.filled(fill("unknown", left_out, " ".join(said)))
    left_out = routing.not_chosen_ja or f"記憶枠が埋まりました(最後の採用: {routing.behind})。"
    said = [*dict.fromkeys(f.explanation_ja or f.explanation for f in matched), "、".join(failed_ja or failed)]
    _, ja = rule.reason.filled(fill("不明", left_out, "".join(said)))
    if rule.outcome is Outcome.MEMORIZE and rate is None:
        en, ja = f"{en} {CHANGE_RATE_UNKNOWN[0]}", f"{ja}{CHANGE_RATE_UNKNOWN[1]}"
    return RuleHit(rule.id, rule.outcome, en, ja)
