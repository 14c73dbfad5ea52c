"""Why this picture waits, in one line that is read in ten seconds: who is asked for what, and the policy's own reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from audit.review.lanes import Case, Lane
from audit.review.passages import read_place
from audit.review.rows import Row
from audit.review.wording import Words
from audit.standing import StandingState


@dataclass(frozen=True, slots=True)
class Headline:
    """`asks`: what is wanted of whom. `because`: why, a sentence of the policy; `more`: how many further reasons.
    `tone` is one of act, stop, fine: what the colour says too."""

    asks: str
    because: str
    more: int
    tone: str


def headline(row: Row, case: Case, words: Words, roles: Sequence[str]) -> Headline:
    """For a reviewer who holds `roles`."""
    asks, tone = _asks(row, case, words)
    if case.open and not case.asks_of(roles):
        asks = words("Waits for somebody else: {roles}", roles=_roles(case, words))
        tone = "stop"
    reasons = [places_in_words(words.pick(en, ja) or rule, words) for rule, en, ja in row.reasons]
    return Headline(asks, _because(row, case, words, reasons), max(0, len(reasons) - 1), tone)


def _asks(row: Row, case: Case, words: Words) -> tuple[str, str]:
    state, reasons = case.standing.state, case.standing.reasons
    if state is StandingState.WITHDRAWN:
        return words("Withdrawn: nobody can bring it back"), "stop"
    if Lane.DISAGREEMENT in case.lanes:
        return words("People disagree about this picture"), "act"
    if Lane.HELD in case.lanes and "information-asked" in case.obstacles:
        return words("A question is open; nothing happens before it is answered"), "stop"
    if Lane.HELD in case.lanes and "wrong-answer-open" in case.obstacles:
        return words("A wrong answer was reported; its case comes first"), "stop"
    if Lane.HELD in case.lanes and "near-duplicate-withdrawn" in case.obstacles:
        return words("It looks like a picture that was withdrawn"), "stop"
    if Lane.HELD in case.lanes:
        return words("Held: approving does not help, a fact is missing"), "stop"
    if Lane.SECOND in case.lanes:
        return words("A second person has to decide"), "act"
    if Lane.WAITING in case.lanes:
        if state is StandingState.EXPIRED:
            return words("The approval has run out: decide again"), "act"
        if state is StandingState.SUSPENDED:
            return words("An approver's key was revoked: decide again"), "act"
        if case.people > 1:
            return words(
                "{people} people have to decide ({roles})", people=case.people, roles=_roles(case, words)
            ), "act"
        return words("One person has to decide ({roles})", roles=_roles(case, words)), "act"
    if case.standing.cleared:
        return words("Approved: it may be memorized"), "fine"
    if "sent-to-index" in reasons:
        return words("Left to the external index by a person"), "fine"
    if "rejected" in reasons:
        return words("Denied by a person"), "stop"
    if row.outcome == "index":
        return words("Stays in the external index; nobody is asked"), "fine"
    return words("Denied by the policy; nobody can lift this"), "stop"


def _because(row: Row, case: Case, words: Words, reasons: Sequence[str]) -> str:
    if reasons:
        return reasons[0]
    codes = case.obstacles if case.blind else case.standing.reasons  # a standing tells what a first person said
    said = "; ".join(words.codes.code("standing", reason) for reason in codes)
    return said or words("The record names no rule for this.")


def places_in_words(sentence: str, words: Words) -> str:
    """`captions[ja][2]` in a policy's sentence, as people say it: caption 3 (Japanese)."""

    def said(match: re.Match[str]) -> str:
        return place_in_words(match[0], words)

    return re.sub(r"[a-z_]+\[[a-z]{2,3}\]\[[0-9]+\]", said, sentence)


def place_in_words(name: str, words: Words) -> str:
    """A text's name as people say it; other names as they are."""
    read = read_place(name)
    if read is None:
        return name
    field, language, number = read
    return words(
        "{field} {number} ({language})",
        field=words(f"field:{field}"),
        number=number,
        language=words(f"lang:{language}"),
    )


def _roles(case: Case, words: Words) -> str:
    if not case.roles:
        return words("any reviewer")
    return words.codes("and").join(words.codes.code("role", role) for role in case.roles)
