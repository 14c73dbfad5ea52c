"""Standing of every image: a pure function of the ledger and the moment asked, of nothing else.

What permits is read strictly (signature, workspace, digests, time, person, role); what restricts is honoured even when
it is dated in the future or badly signed. In doubt an image is not cleared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from audit.casebook import open_casebook
from audit.cases import Approval, CaseBook, Ruling, Say
from audit.entry import LedgerEntry
from audit.votes import Votes, end_of, holds_until, roles_of, sort_votes, sufficient
from curate.decision import Lift, Outcome, Separation


class StandingState(StrEnum):
    """states.md: `awaiting` lacks approvals · `cleared` may be memorized · `expired` an approval or the licence ran out
    · `suspended` until people look again · `withdrawn` for ever · `excluded` the decision or a person says no."""

    AWAITING = "awaiting"
    CLEARED = "cleared"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXCLUDED = "excluded"


class Standing(NamedTuple):
    """Where one image stands. A tuple, because a frozen dataclass takes five times as long to make, a million times a gate.

    `outcome` is that of its last decision, None when there is none. `reasons` are codes, most important first.
    `decision_index` and `approval_indices` point into the ledger; the latter name the approvals that count now.
    `expires_at` is the moment at which a cleared standing ends if nothing new is recorded. `unsafe`: decided under a
    policy that lets an image be memorized without a named person. `may_be_shown`: by the external index. `conditions`:
    codes that the counting approvals ask of every use (audit.conditions), sorted.
    """

    image_id: str
    state: StandingState
    outcome: Outcome | None
    reasons: tuple[str, ...]
    decision_index: int | None
    approval_indices: tuple[int, ...]
    expires_at: datetime | None
    unsafe: bool
    may_be_shown: bool
    conditions: tuple[str, ...] = ()

    @property
    def cleared(self) -> bool:
        """Whether the image may be memorized at the moment this standing was asked for."""
        return self.state is StandingState.CLEARED


class StandingBook:
    """The standing of every image at one moment. Asking for an image nobody decided on is allowed: it is excluded."""

    def __init__(self, at: datetime, standings: Mapping[str, Standing]) -> None:
        self.at = at
        self._standings = dict(standings)

    def of(self, image_id: str) -> Standing:
        return self._standings.get(image_id) or _without_decision(image_id, "no-decision")

    def all(self) -> tuple[Standing, ...]:
        """All images of the ledger, by image id."""
        return tuple(self._standings[image] for image in sorted(self._standings))

    def cleared(self) -> tuple[Standing, ...]:
        """Images that may be memorized now, by image id."""
        return tuple(standing for standing in self.all() if standing.cleared)

    def __iter__(self) -> Iterator[Standing]:
        return iter(self.all())

    def __len__(self) -> int:
        return len(self._standings)


def standings(entries: Iterable[LedgerEntry], at: datetime, *, workspace_id: str) -> StandingBook:
    """Standing of every image named in `entries` at the moment `at` (aware).

    `entries` must be the whole ledger in order, as `Ledger.entries()` yields it. Entries dated after `at` can only
    restrict. The work is linear in the number of entries; signatures are verified once an envelope.
    """
    cases = docket(entries, at, workspace_id=workspace_id)
    return StandingBook(cases.book.moment, {image: cases.standing(image) for image in cases.book.image_ids()})


class Docket:
    """The cases as the next decision would find them: for those who record, as `StandingBook` is for those who ask.

    What it remembers of `book` beside the image asked for is as old as the docket.
    """

    def __init__(self, book: CaseBook) -> None:
        self.book = book
        self._near = book.near_withdrawn()
        self._reported = frozenset(book.open_reports.values())
        said = (book.rejections, book.to_index, book.questions, book.withdrawn, book.later)
        self._special = self._near.union(self._reported, *said)
        self._alike: dict[int, Standing] = {}  # by mark: a batch is judged once, however many images it names
        self._moment = book.moment

    def standing(self, image_id: str) -> Standing:
        """Where the image stands at the moment of the book."""
        book = self.book
        plain = book.plain.get(image_id)
        if plain is None or image_id in self._special:
            return self._judged(image_id)
        if book.moment != self._moment:
            self._alike, self._moment = {}, book.moment
        index, mark = plain
        found = self._alike.get(mark)
        if found is None:
            found = self._alike[mark] = self._judged(image_id)
        return Standing(
            image_id, found.state, found.outcome, found.reasons, index, found.approval_indices, found.expires_at,
            found.unsafe, found.may_be_shown, found.conditions,
        )  # fmt: skip

    def _judged(self, image_id: str) -> Standing:
        book = self.book
        if image_id not in book.later:
            return _judge(self._context(image_id), book.rulings.get(image_id))
        now = _judge(self._context(image_id), book.rulings.get(image_id))
        return _stricter(now, _judge(self._context(image_id), book.later[image_id]))

    def ruling(self, image_id: str) -> Ruling | None:
        """The last decision, whenever it is dated."""
        return self.book.later.get(image_id) or self.book.rulings.get(image_id)

    def withdrawn(self, image_id: str) -> bool:
        return image_id in self.book.withdrawn

    def rejections(self, image_id: str) -> tuple[Say, ...]:
        """Rejections of the image as it is."""
        return self._about(self.book.rejections, image_id)

    def sent_to_index(self, image_id: str) -> tuple[Say, ...]:
        """By whom the image as it is was kept out of memory for the index."""
        return self._about(self.book.to_index, image_id)

    def open_questions(self, image_id: str) -> tuple[Say, ...]:
        """Requests for information about the image as it is that were not closed."""
        ruling = self.ruling(image_id)
        return () if ruling is None else _open_questions(self._context(image_id), ruling, self.counting(image_id))

    def obstacles(self, image_id: str) -> tuple[str, ...]:
        """What stands between the image and being cleared whatever people said about it: codes, as in a standing. A
        standing names a rejection first and these no more; who must not know of the rejection asks here."""
        ruling = self.ruling(image_id)
        if ruling is None:
            return ()
        context = self._context(image_id)
        over = ruling.not_after is not None and self.book.moment >= licence_end(ruling.not_after)
        asked = bool(_open_questions(context, ruling, self.counting(image_id)))
        found = (*_suspicions(context), ("licence-ended", over), ("information-asked", asked))
        return tuple(code for code, holds in found if holds)

    def rejected(self, image_id: str) -> bool:
        return bool(self.rejections(image_id))

    def counting(self, image_id: str) -> tuple[Approval, ...]:
        """Approvals that count for the last decision now."""
        ruling = self.ruling(image_id)
        if ruling is None:
            return ()
        return _votes(self._context(image_id), ruling).valid

    def ends(self, image_id: str) -> tuple[datetime, ...]:
        """Moments at which the standing of the image may change by time alone."""
        ruling = self.ruling(image_id)
        if ruling is None:
            return ()
        context = self._context(image_id)
        found = [end for votes in (_votes(context, ruling), _index_votes(context, ruling)) for _, end in votes.counting]
        return tuple(found if ruling.not_after is None else [*found, licence_end(ruling.not_after)])

    def ended(self, image_id: str) -> tuple[datetime, ...]:
        """Moments at which an approval of the image as it is, or its licence, ran out."""
        ruling = self.ruling(image_id)
        if ruling is None:
            return ()
        expired = _votes(self._context(image_id), ruling).expired
        found = [end_of(approval.statement, ruling) for approval in expired if approval.statement is not None]
        over = None if ruling.not_after is None else licence_end(ruling.not_after)
        return tuple(found if over is None or over > self.book.moment else [*found, over])

    def _context(self, image_id: str) -> _Context:
        return _Context(self.book, image_id, image_id in self._reported, image_id in self._near)

    def _about(self, said: Mapping[str, Sequence[Say]], image_id: str) -> tuple[Say, ...]:
        ruling = self.ruling(image_id)
        return () if ruling is None else tuple(say for say in said.get(image_id, ()) if say.is_about(ruling))


def docket(entries: Iterable[LedgerEntry], at: datetime, *, workspace_id: str) -> Docket:
    """The cases in `entries` (the whole ledger in order) at the moment `at`."""
    return Docket(open_casebook(entries, at.astimezone(UTC), workspace_id))


def licence_end(not_after: date) -> datetime:
    """The first moment after the last licensed day, counted in UTC."""
    return datetime.combine(not_after + timedelta(days=1), time.min, UTC)


@dataclass(frozen=True, slots=True)
class _Context:
    book: CaseBook
    image: str
    reported: bool
    near_withdrawn: bool


def _judge(context: _Context, ruling: Ruling | None) -> Standing:
    book, image = context.book, context.image
    if image in book.withdrawn:
        base = _without_decision(image, "withdrawn:" + book.withdrawn[image])
        outcome = ruling.outcome if ruling else None
        index, unsafe = (ruling.index, ruling.unsafe) if ruling else (None, False)
        return base._replace(state=StandingState.WITHDRAWN, outcome=outcome, decision_index=index, unsafe=unsafe)
    if ruling is None:
        return _without_decision(image, "no-decision")
    if ruling.outcome is None:
        return _without_decision(image, "decision-unreadable")._replace(decision_index=ruling.index, unsafe=True)

    def standing(state: StandingState, *reasons: str, shown: bool = False) -> Standing:
        return Standing(image, state, ruling.outcome, reasons, ruling.index, (), None, ruling.unsafe, shown)

    if ruling.outcome is Outcome.DENY:
        return standing(StandingState.EXCLUDED, "decision-deny")
    if ruling.outcome is Outcome.REVIEW and ruling.lift is not Lift.APPROVAL:
        return standing(StandingState.EXCLUDED, "held-for-a-fact")
    if any(say.is_about(ruling) for say in book.rejections.get(image, ())):
        return standing(StandingState.EXCLUDED, "rejected")
    suspicion = [code for code, holds in _suspicions(context) if holds]
    if suspicion:
        return standing(StandingState.SUSPENDED, *suspicion)
    end_of_licence = None if ruling.not_after is None else licence_end(ruling.not_after)
    if end_of_licence is not None and book.moment >= end_of_licence:
        return standing(
            StandingState.EXPIRED, "waiver-ended" if ruling.waiver_ends == ruling.not_after else "licence-ended"
        )
    if ruling.outcome is Outcome.INDEX:
        return standing(StandingState.EXCLUDED, "decision-index", shown=True)
    votes = _votes(context, ruling)
    base = _by_approvals(standing, votes, ruling, end_of_licence)
    if any(say.is_about(ruling) for say in book.to_index.get(image, ())):
        return _to_index(standing, base, votes, _index_votes(context, ruling), ruling)
    if _open_questions(context, ruling, votes.valid):
        return _asked(base, ruling)
    return base


def _to_index(
    standing: Callable[..., Standing], base: Standing, votes: Votes, for_index: Votes, ruling: Ruling
) -> Standing:
    """A person kept it out of memory. The index shows it where it did before, or where as many people as memorizing
    would need have said that it may be shown: a sending to the index never shows what approving would not."""
    people = max(1, ruling.people)
    given = [approval for approval, _ in (*votes.counting, *for_index.counting)]
    shown = (base.may_be_shown and ruling.outcome is Outcome.MEMORIZE) or sufficient(given, people, ruling)
    persons = {approval.reviewer for approval in given}
    lacking = () if shown else (f"index-approvals-missing:{min(len(persons), people)}-of-{people}",)
    sent = standing(StandingState.EXCLUDED, "sent-to-index", *lacking, shown=shown)
    return sent._replace(conditions=_conditions(votes.valid))


def _asked(base: Standing, ruling: Ruling) -> Standing:
    """A person wants to know something first: nothing is memorized, and nothing is shown that was held before."""
    state = StandingState.AWAITING if base.cleared else base.state
    shown = base.may_be_shown and ruling.outcome is Outcome.MEMORIZE
    return base._replace(
        state=state,
        reasons=("information-asked", *base.reasons),
        may_be_shown=shown,
        expires_at=None,
    )


def _open_questions(context: _Context, ruling: Ruling, counting: Sequence[Approval]) -> tuple[Say, ...]:
    """A question is open until the image changes, or until whoever asked closes it or approves after all."""
    satisfied = {approval.reviewer: approval.index for approval in counting}  # the last one of each person
    return tuple(
        say
        for say in context.book.questions.get(context.image, ())
        if say.is_about(ruling)
        and satisfied.get(say.reviewer or "", -1) < say.index
        and not context.book.closed(say, context.image)
    )


def _suspicions(context: _Context) -> tuple[tuple[str, bool], ...]:
    return (("wrong-answer-open", context.reported), ("near-duplicate-withdrawn", context.near_withdrawn))


def _by_approvals(
    standing: Callable[..., Standing], votes: Votes, ruling: Ruling, end_of_licence: datetime | None
) -> Standing:
    """The approvals decide: enough of them, once enough, or not yet."""
    in_index = ruling.outcome is Outcome.MEMORIZE  # may be shown by the index before people approve memorizing
    people = ruling.people if ruling.outcome is Outcome.MEMORIZE else max(1, ruling.people)
    counting = votes.valid
    if sufficient(counting, people, ruling):
        ends = [end for end in (holds_until(votes, people, ruling), end_of_licence) if end is not None]
        signed = [a for a in counting if a.statement is not None and not a.statement.self_asserted]
        marks = ["unsafe-policy"] if ruling.unsafe else []
        marks += [] if sufficient(signed, people, ruling) else ["self-asserted"]
        marks += _marks_of_duties(counting, ruling)
        return standing(StandingState.CLEARED, *marks, shown=True)._replace(
            approval_indices=tuple(sorted({approval.index for approval in counting})),
            expires_at=min(ends, default=None),
            conditions=_conditions(counting),
        )
    if sufficient([*counting, *votes.revoked], people, ruling):
        return standing(StandingState.SUSPENDED, "reviewer-revoked")
    if sufficient([*counting, *votes.revoked, *votes.expired], people, ruling):
        expired = standing(StandingState.EXPIRED, "approval-expired", shown=in_index)
        return expired._replace(conditions=_conditions(counting))
    persons = {approval.reviewer for approval in counting}
    lacking = sorted(ruling.roles - roles_of(counting))
    reasons = [f"approvals-missing:{len(persons)}-of-{people}"] if len(persons) < people else []
    if not reasons and not lacking:
        reasons = ["separation-of-duties:" + ("not-independent" if ruling.duties.known else "curator-unknown")]
    reasons += [f"role-missing:{role}" for role in lacking] + [f"approval-void:{why}" for why in votes.void]
    return standing(StandingState.AWAITING, *reasons, shown=in_index)._replace(
        approval_indices=tuple(sorted({approval.index for approval in counting})),
        conditions=_conditions(counting),
    )


def _marks_of_duties(counting: Sequence[Approval], ruling: Ruling) -> list[str]:
    """Where separation was not looked at, or rests on keys alone because one account did everything."""
    separation = ruling.duties.separation
    if separation is Separation.OFF:
        return ["separation-off"]
    if separation is Separation.PERSON and counting:
        accounts = {approval.account for approval in counting if approval.independent_of(ruling)}
        return ["same-account"] if accounts <= {None, *ruling.duties.accounts} else []
    return []


def _conditions(counting: Iterable[Approval]) -> tuple[str, ...]:
    """What any of these approvals asks of every use, the index's included: a condition restricts before it permits."""
    return tuple(sorted({code for a in counting if a.statement for code in a.statement.conditions}))


def _votes(context: _Context, ruling: Ruling) -> Votes:
    return sort_votes(context.book, context.book.approvals.get(context.image, ()), ruling)


def _index_votes(context: _Context, ruling: Ruling) -> Votes:
    return sort_votes(context.book, context.book.index_votes.get(context.image, ()), ruling)


def _stricter(now: Standing, later: Standing) -> Standing:
    """A decision dated after the moment asked can only take away."""
    strict = later if now.cleared and not later.cleared else now
    return strict._replace(
        reasons=(*strict.reasons, "decision-dated-later"),
        may_be_shown=now.may_be_shown and later.may_be_shown,
        unsafe=now.unsafe or later.unsafe,
    )


def _without_decision(image_id: str, reason: str) -> Standing:
    return Standing(image_id, StandingState.EXCLUDED, None, (reason,), None, (), None, False, False)
