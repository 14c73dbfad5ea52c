"""Which queue an image is in, and who has said what about it: a pure reading of the cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from audit.entry import EntryKind, LedgerEntry
from audit.standing import Docket, Standing, StandingState
from audit.votes import enough
from curate.decision import Lift, Outcome

SOON = timedelta(days=30)  # before the end of an approval it is time to look again


class Lane(StrEnum):
    """`waiting` for a first person · `second` person needed · `disagreement` of people · `held` for a fact, an answer
    or a case · `expiring` soon or expired · `done`: nothing is left to decide."""

    WAITING = "waiting"
    SECOND = "second"
    DISAGREEMENT = "disagreement"
    HELD = "held"
    EXPIRING = "expiring"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Case:
    """Where an image is: lanes (an expiring one is done too), standing, and by reviewer what each said about the image
    as it is (`approve`, `reject`, `to-index`). `people` who have to speak, `roles` of those who may. `open`: a first or
    second person may still decide. `touched`: index of the last entry about it; a form is bound to it. `since`: index of
    the first decision that bound the same things: what is said later is about the image as it is. `waiting_since`: when the
    last thing happened that put it where it is. `decided_at`: of that first decision. `cleared_at`: when the approvals that count now became enough; None unless
    it is cleared by people."""

    lanes: tuple[Lane, ...]
    standing: Standing
    said: Mapping[str, str]
    people: int
    roles: tuple[str, ...]
    open: bool
    touched: int
    since: int
    waiting_since: datetime
    decided_at: datetime
    cleared_at: datetime | None

    def sees_others(self, reviewer: str) -> bool:
        """Blind until decided: what others said is shown to whoever has spoken, and when nobody is asked any more."""
        return not self.open or reviewer in self.said


def case_of(cases: Docket, image_id: str, touched: int, history: Sequence[LedgerEntry]) -> Case:
    """The case at the moment of the docket's book. `history` is every entry that names the image, oldest first."""
    standing, ruling = cases.standing(image_id), cases.ruling(image_id)
    said = {approval.reviewer: "approve" for approval in cases.counting(image_id)}
    said |= {say.reviewer: "to-index" for say in cases.sent_to_index(image_id) if say.reviewer}
    said |= {say.reviewer: "reject" for say in cases.rejections(image_id) if say.reviewer}
    if ruling is None or ruling.outcome is None:
        last = history[-1].at
        return Case((Lane.HELD,), standing, said, 1, (), False, touched, -1, last, last, None)
    people = max(1, ruling.people)
    decidable = ruling.outcome is Outcome.MEMORIZE or (
        ruling.outcome is Outcome.REVIEW and ruling.lift is Lift.APPROVAL
    )
    lanes = _lanes(standing, said, people, decidable, bool(cases.open_questions(image_id)), cases.book.moment)
    is_open = any(lane in (Lane.WAITING, Lane.SECOND) for lane in lanes)
    return Case(
        lanes=lanes,
        standing=standing,
        said=said,
        people=people,
        roles=tuple(sorted(ruling.roles)),
        open=is_open,
        touched=touched,
        since=ruling.first_index,
        waiting_since=_waiting_since(cases, standing, ruling.first_index, history),
        decided_at=next((entry.at for entry in history if entry.index == ruling.first_index), history[-1].at),
        cleared_at=_cleared_at(cases, image_id, ruling.people, ruling.roles) if standing.cleared else None,
    )


def _waiting_since(cases: Docket, standing: Standing, first: int, history: Sequence[LedgerEntry]) -> datetime:
    """A decision that repeats the last one makes nobody wait less; a looking at what is hidden does not either."""
    silent = (EntryKind.DECISION, EntryKind.ACCESS)
    told = [entry.at for entry in history if entry.index == first or (entry.index > first and entry.kind not in silent)]
    if standing.state is StandingState.EXPIRED:
        told += cases.ended(standing.image_id)
    return max(told, default=history[-1].at)


def _cleared_at(cases: Docket, image_id: str, people: int, roles: frozenset[str]) -> datetime | None:
    """When the approvals became enough; a renewal later on does not count again."""
    given = sorted(cases.counting(image_id), key=lambda approval: approval.effective_at)
    needed = next((n for n in range(len(given) + 1) if enough(given[:n], people, roles)), 0)
    return given[needed - 1].effective_at if needed else None


def _lanes(
    standing: Standing, said: Mapping[str, str], people: int, decidable: bool, asked: bool, at: datetime
) -> tuple[Lane, ...]:
    state, reasons = standing.state, standing.reasons
    if state is StandingState.WITHDRAWN:
        return (Lane.DONE,)
    if not decidable:
        held = standing.outcome is Outcome.REVIEW and "reject" not in said.values()
        return (Lane.HELD,) if held else (Lane.DONE,)
    if state is StandingState.SUSPENDED and "reviewer-revoked" not in reasons:
        return (Lane.HELD,)
    if "licence-ended" in reasons:
        return (Lane.HELD, Lane.EXPIRING)
    verdicts = set(said.values())
    if "approve" in verdicts and len(verdicts) > 1:
        return (Lane.DISAGREEMENT,)
    if asked:
        return (Lane.HELD,)
    if state is StandingState.CLEARED:
        ends = standing.expires_at
        return (Lane.DONE, Lane.EXPIRING) if ends is not None and ends - at <= SOON else (Lane.DONE,)
    if not said:
        return (Lane.WAITING, Lane.EXPIRING) if state is StandingState.EXPIRED else (Lane.WAITING,)
    if len(said) < people or verdicts == {"approve"} or "index-approvals-missing" in " ".join(reasons):
        return (Lane.SECOND,)
    return (Lane.DONE,)
