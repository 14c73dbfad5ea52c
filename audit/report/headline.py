"""The first page in words: the verdict in one sentence, three questions with their answers, what needs attention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from audit.report.data import ReportData, VerdictState
from audit.report.wording import Words
from audit.standing import StandingState
from curate.decision import Outcome

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of the first page. `tone` is `ok`, `bad`, `warn` or `idle`; `short` is yes, no or the like."""

    question: str
    short: str
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that needs people; `section` is the part of the report that tells more."""

    text: str
    section: str


def headline(data: ReportData, words: Words) -> str:
    """The verdict in one sentence."""
    if data.verdict is VerdictState.FAILS:
        return words("verdict.fails")
    if data.verdict is VerdictState.UNSAFE:
        return words("verdict.unsafe")
    trained = data.reconciliation.trained
    if trained == 0:
        return words("verdict.holds-untrained")
    return words("verdict.holds", n=trained)


def wrong(data: ReportData, words: Words) -> tuple[str, ...]:
    """What is wrong, a sentence each, the gravest first."""
    return tuple(words(f"fault.{fault.code}", **dict(fault.values)) for fault in data.faults)


def answers(data: ReportData, words: Words) -> tuple[Answer, ...]:
    """Does the ledger hold, is everything trained approved, is every image accounted for?"""
    return (_ledger(data, words), _trained(data, words), _counted(data, words))


def figures(data: ReportData, words: Words) -> tuple[tuple[str, str], ...]:
    """Name and number, the few that a page for people begins with."""
    flow = data.funnel
    ends = [line.expires_at for line in data.images if line.state is StandingState.CLEARED and line.expires_at]
    counted = (
        ("images", flow.images),
        ("cleared", flow.count(state=StandingState.CLEARED)),
        ("two-person", data.two_person),
        ("trained", data.reconciliation.trained),
        ("held", flow.count(outcome=Outcome.REVIEW)),
        ("denied", flow.count(outcome=Outcome.DENY)),
        ("withdrawn", flow.count(state=StandingState.WITHDRAWN)),
    )
    return (
        *((words(f"figure.{name}"), f"{number:,}") for name, number in counted),
        (words("figure.next-end"), words.day(min(ends)) if ends else "–"),
    )


def _ledger(data: ReportData, words: Words) -> Answer:
    question = words("check.ledger")
    if data.ledger.holds:
        return Answer(question, words("yes"), words("check.ledger.yes", n=data.ledger.entries), "ok")
    return Answer(question, words("no"), words("check.ledger.no", n=len(data.ledger.problems)), "bad")


def _trained(data: ReportData, words: Words) -> Answer:
    question, found = words("check.trained"), data.reconciliation
    if found.not_approved:
        n = found.trained - found.approved
        return Answer(question, words("no"), words("check.trained.no", n=n, trained=found.trained), "bad")
    if found.incomplete_runs:
        return Answer(question, words("no"), words("check.trained.unread"), "bad")
    if found.trained == 0:
        return Answer(question, "–", words("check.trained.none"), "idle")
    if any(run.unsafe for run in found.runs):
        return Answer(question, words("not-evidence"), words("check.trained.unsafe"), "warn")
    text = words("check.trained.yes", approved=found.approved, trained=found.trained)
    return Answer(question, words("yes"), text, "ok")


def _counted(data: ReportData, words: Words) -> Answer:
    question, flow = words("check.counted"), data.funnel
    if flow.adds_up:
        return Answer(question, words("yes"), words("check.counted.yes", rows=flow.rows, images=flow.images), "ok")
    return Answer(question, words("no"), words("check.counted.no"), "bad")


def notices(data: ReportData, words: Words) -> tuple[Notice, ...]:
    """What waits for people or limits what the report says; empty when there is nothing."""
    flow, found = data.funnel, data.reconciliation
    soon = sum(
        line.state is StandingState.CLEARED and line.expires_at is not None and line.expires_at <= data.at + SOON
        for line in data.images
    )
    revoked = sum(person.revoked_from is not None and person.revoked_from <= data.at for person in data.people)
    counted = (
        ("no-longer", "images", len({line.image_id for line in found.no_longer}), "trained"),
        ("awaiting", "images", flow.count(state=StandingState.AWAITING), "approvals"),
        ("held", "images", flow.count(outcome=Outcome.REVIEW, state=StandingState.EXCLUDED), "held"),
        ("wrong-open", "findings", sum(case.closed_at is None for case in data.wrong_answers), "withdrawn"),
        ("expiring", "images", soon, "approvals"),
        ("revoked", "people", revoked, "approvals"),
        ("unread", "findings", len(found.unread_runs), "trained"),
        ("unscreened", "images", data.unscreened_images, "unchecked"),
        ("erased", "images", data.erased_decisions, "images"),
    )
    return tuple(
        Notice(words(f"notice.{name}", n=_number(name, noun, number, words)), section)
        for name, noun, number, section in counted
        if number
    )


def _number(name: str, noun: str, number: int, words: Words) -> str:
    return f"{number:,}" if name in ("wrong-open", "unread", "revoked") else words.count(noun, number)
