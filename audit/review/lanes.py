"""Which queue an image is in, and who has said what about it: a pure reading of the cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from audit.standing import Docket, Standing, StandingState
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
    the first decision that bound the same things: what is said later is about the image as it is."""

    lanes: tuple[Lane, ...]
    standing: Standing
    said: Mapping[str, str]
    people: int
    roles: tuple[str, ...]
    open: bool
    touched: int
    since: int

    def sees_others(self, reviewer: str) -> bool:
        """Blind until decided: what others said is shown to whoever has spoken, and when nobody is asked any more."""
        return not self.open or reviewer in self.said


def case_of(cases: Docket, image_id: str, touched: int) -> Case:
    """The case at the moment of the docket's book."""
    standing, ruling = cases.standing(image_id), cases.ruling(image_id)
    said = {approval.reviewer: "approve" for approval in cases.counting(image_id)}
    said |= {say.reviewer: "to-index" for say in cases.sent_to_index(image_id) if say.reviewer}
    said |= {say.reviewer: "reject" for say in cases.rejections(image_id) if say.reviewer}
    if ruling is None or ruling.outcome is None:
        return Case((Lane.HELD,), standing, said, 1, (), False, touched, -1)
    people = max(1, ruling.people)
    decidable = ruling.outcome is Outcome.MEMORIZE or (
        ruling.outcome is Outcome.REVIEW and ruling.lift is Lift.APPROVAL
    )
    lanes = _lanes(standing, said, people, decidable, bool(cases.open_questions(image_id)), cases.book.moment)
    is_open = any(lane in (Lane.WAITING, Lane.SECOND) for lane in lanes)
    return Case(lanes, standing, said, people, tuple(sorted(ruling.roles)), is_open, touched, ruling.first_index)


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
