"""Which queue an image is in, and who has said what about it: a pure reading of the cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from audit.cases import Ruling
from audit.entry import EntryKind, LedgerEntry
from audit.standing import Docket, Standing, StandingState
from audit.votes import sufficient
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
    second person may decide now. `blind`: somebody may still have to judge without knowing what others said, now or once
    `obstacles` (codes that hold whatever people said) are out of the way. `touched`: index of the last entry about it; a form is bound to it. `since`: index of
    the first decision that bound the same things: what is said later is about the image as it is. `waiting_since`: when the
    last thing happened that put it where it is. `decided_at`: of that first decision. `cleared_at`: when the approvals that count now became enough; None unless
    it is cleared by people."""

    lanes: tuple[Lane, ...]
    standing: Standing
    said: Mapping[str, str]
    people: int
    roles: tuple[str, ...]
    open: bool
    blind: bool
    obstacles: tuple[str, ...]
    touched: int
    since: int
    waiting_since: datetime
    decided_at: datetime
    cleared_at: datetime | None

    def sees_others(self, reviewer: str) -> bool:
        """Blind until decided: what others said is shown to whoever has spoken, and when nobody is asked any more."""
        return not self.blind or reviewer in self.said

    def asks_of(self, roles: Sequence[str]) -> bool:
        """Whether somebody who holds `roles` may be one of those who decide."""
        return not self.roles or bool(set(self.roles) & set(roles)) or self.people > len(self.roles)


def case_of(cases: Docket, image_id: str, touched: int, history: Sequence[LedgerEntry]) -> Case:
    """The case at the moment of the docket's book. `history` is every entry that names the image, oldest first."""
    standing, ruling = cases.standing(image_id), cases.ruling(image_id)
    said = {approval.reviewer: "approve" for approval in cases.counting(image_id)}
    said |= {say.reviewer: "to-index" for say in cases.sent_to_index(image_id) if say.reviewer}
    said |= {say.reviewer: "reject" for say in cases.rejections(image_id) if say.reviewer}
    if ruling is None or ruling.outcome is None:
        last = history[-1].at
        return Case((Lane.HELD,), standing, said, 1, (), False, False, (), touched, -1, last, last, None)
    people = max(1, ruling.people)
    decidable = ruling.outcome is Outcome.MEMORIZE or (
        ruling.outcome is Outcome.REVIEW and ruling.lift is Lift.APPROVAL
    )
    obstacles = cases.obstacles(image_id)
    lanes = _lanes(standing, said, people, decidable, obstacles, cases.book.moment)
    complete = sufficient(cases.counting(image_id), people, ruling)
    undecided = decidable and standing.state is not StandingState.WITHDRAWN and not complete
    is_open = any(lane in (Lane.WAITING, Lane.SECOND) for lane in lanes)
    return Case(
        lanes=lanes,
        standing=standing,
        said=said,
        people=people,
        roles=tuple(sorted(ruling.roles)),
        open=is_open,
        blind=undecided and not _split(said) and (len(said) < people or _lacks_somebody(standing, said)),
        obstacles=obstacles,
        touched=touched,
        since=ruling.first_index,
        waiting_since=_waiting_since(cases, standing, obstacles, ruling.first_index, history),
        decided_at=next((entry.at for entry in history if entry.index == ruling.first_index), history[-1].at),
        cleared_at=_cleared_at(cases, image_id, ruling) if standing.cleared else None,
    )


def _waiting_since(
    cases: Docket, standing: Standing, obstacles: Sequence[str], first: int, history: Sequence[LedgerEntry]
) -> datetime:
    """A decision that repeats the last one makes nobody wait less; a looking at what is hidden does not either."""
    silent = (EntryKind.DECISION, EntryKind.ACCESS)
    told = [entry.at for entry in history if entry.index == first or (entry.index > first and entry.kind not in silent)]
    if standing.state is StandingState.EXPIRED or "licence-ended" in obstacles:
        told += cases.ended(standing.image_id)
    return max(told, default=history[-1].at)


def _cleared_at(cases: Docket, image_id: str, ruling: Ruling) -> datetime | None:
    """When the approvals became enough; a renewal later on does not count again."""
    given = sorted(cases.counting(image_id), key=lambda approval: approval.effective_at)
    needed = next((n for n in range(len(given) + 1) if sufficient(given[:n], ruling.people, ruling)), 0)
    return given[needed - 1].effective_at if needed else None


def _split(said: Mapping[str, str]) -> bool:
    verdicts = set(said.values())
    return "approve" in verdicts and len(verdicts) > 1


def _lacks_somebody(standing: Standing, said: Mapping[str, str]) -> bool:
    """Enough people spoke, and yet one in another role, or with a key of his own, has to."""
    return set(said.values()) == {"approve"} or "index-approvals-missing" in " ".join(standing.reasons)


def _lanes(
    standing: Standing, said: Mapping[str, str], people: int, decidable: bool, obstacles: Sequence[str], at: datetime
) -> tuple[Lane, ...]:
    """What a first person said never shows in the lane: that somebody did is all that a second person may know."""
    state = standing.state
    if state is StandingState.WITHDRAWN:
        return (Lane.DONE,)
    if not decidable:
        held = standing.outcome is Outcome.REVIEW and "reject" not in said.values()
        return (Lane.HELD,) if held else (Lane.DONE,)
    if "reject" in said.values() and "approve" not in said.values() and len(said) >= people:
        return (Lane.DONE,)
    if "wrong-answer-open" in obstacles or "near-duplicate-withdrawn" in obstacles:
        return (Lane.HELD,)
    if "licence-ended" in obstacles:
        return (Lane.HELD, Lane.EXPIRING)
    if _split(said):
        return (Lane.DISAGREEMENT,)
    if obstacles:
        return (Lane.HELD,)
    if state is StandingState.CLEARED:
        ends = standing.expires_at
        return (Lane.DONE, Lane.EXPIRING) if ends is not None and ends - at <= SOON else (Lane.DONE,)
    if not said:
        return (Lane.WAITING, Lane.EXPIRING) if state is StandingState.EXPIRED else (Lane.WAITING,)
    if len(said) < people or _lacks_somebody(standing, said):
        return (Lane.SECOND,)
    return (Lane.DONE,)
