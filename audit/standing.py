"""Standing of every image: a pure function of the ledger and the moment asked, of nothing else.

What permits is read strictly (signature, workspace, digests, time, person, role); what restricts is honoured even when
it is dated in the future or badly signed. In doubt an image is not cleared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from audit.casebook import Approval, CaseBook, Ruling, open_casebook
from audit.entry import LedgerEntry
from audit.statements import ApprovedItem
from curate.decision import Lift, Outcome


class StandingState(StrEnum):
    """states.md: `awaiting` lacks approvals · `cleared` may be memorized · `expired` an approval or the licence ran out
    · `suspended` until people look again · `withdrawn` for ever · `excluded` the decision or a person says no."""

    AWAITING = "awaiting"
    CLEARED = "cleared"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one image stands.

    `outcome` is that of its last decision, None when there is none. `reasons` are codes, most important first.
    `decision_index` and `approval_indices` point into the ledger; the latter name the approvals that count now.
    `expires_at` is the moment at which a cleared standing ends if nothing new is recorded. `unsafe`: decided under a
    policy that lets an image be memorized without a named person. `may_be_shown`: by the external index.
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
    moment = at.astimezone(UTC)
    book = open_casebook(entries, moment, workspace_id)
    reported, near = book.images_with_open_reports(), book.near_withdrawn()
    found: dict[str, Standing] = {}
    for image in book.image_ids():
        context = _Context(book, image, image in reported, image in near)
        standing = _judge(context, book.rulings.get(image))
        if image in book.later:
            standing = _stricter(standing, _judge(context, book.later[image]))
        found[image] = standing
    return StandingBook(moment, found)


class Docket:
    """The cases as the next approval would find them: for those who record, as `StandingBook` is for those who ask."""

    def __init__(self, book: CaseBook) -> None:
        self._book = book
        self._near = book.near_withdrawn()
        self._reported = book.images_with_open_reports()

    def ruling(self, image_id: str) -> Ruling | None:
        """The last decision, whenever it is dated."""
        return self._book.later.get(image_id) or self._book.rulings.get(image_id)

    def withdrawn(self, image_id: str) -> bool:
        return image_id in self._book.withdrawn

    def rejected(self, image_id: str) -> bool:
        ruling = self.ruling(image_id)
        return ruling is not None and any(_refuses(item, ruling) for item in self._book.rejections.get(image_id, ()))

    def counting(self, image_id: str) -> tuple[Approval, ...]:
        """Approvals that count for the last decision now."""
        ruling = self.ruling(image_id)
        if ruling is None:
            return ()
        context = _Context(self._book, image_id, image_id in self._reported, image_id in self._near)
        return tuple(approval for approval, _ in _votes(context, ruling).counting)


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


@dataclass(frozen=True, slots=True)
class _Votes:
    """Approvals of one image sorted by what they are worth under one ruling; `void` holds reason codes."""

    counting: tuple[tuple[Approval, datetime], ...]
    revoked: tuple[Approval, ...]
    expired: tuple[Approval, ...]
    void: tuple[str, ...]


def _judge(context: _Context, ruling: Ruling | None) -> Standing:
    book, image = context.book, context.image
    if image in book.withdrawn:
        base = _without_decision(image, "withdrawn:" + book.withdrawn[image])
        outcome = ruling.outcome if ruling else None
        index, unsafe = (ruling.index, ruling.unsafe) if ruling else (None, False)
        return replace(base, state=StandingState.WITHDRAWN, outcome=outcome, decision_index=index, unsafe=unsafe)
    if ruling is None:
        return _without_decision(image, "no-decision")
    if ruling.outcome is None:
        return replace(_without_decision(image, "decision-unreadable"), decision_index=ruling.index, unsafe=True)

    def standing(state: StandingState, *reasons: str, shown: bool = False) -> Standing:
        return Standing(image, state, ruling.outcome, reasons, ruling.index, (), None, ruling.unsafe, shown)

    if ruling.outcome is Outcome.DENY:
        return standing(StandingState.EXCLUDED, "decision-deny")
    if ruling.outcome is Outcome.REVIEW and ruling.lift is not Lift.APPROVAL:
        return standing(StandingState.EXCLUDED, "held-for-a-fact")
    if any(_refuses(item, ruling) for item in book.rejections.get(image, ())):
        return standing(StandingState.EXCLUDED, "rejected")
    suspicion = [code for code, holds in _suspicions(context) if holds]
    if suspicion:
        return standing(StandingState.SUSPENDED, *suspicion)
    end_of_licence = None if ruling.not_after is None else licence_end(ruling.not_after)
    if end_of_licence is not None and book.moment >= end_of_licence:
        return standing(StandingState.EXPIRED, "licence-ended")
    if ruling.outcome is Outcome.INDEX:
        return standing(StandingState.EXCLUDED, "decision-index", shown=True)
    return _by_approvals(standing, _votes(context, ruling), ruling, end_of_licence)


def _suspicions(context: _Context) -> tuple[tuple[str, bool], ...]:
    return (("wrong-answer-open", context.reported), ("near-duplicate-withdrawn", context.near_withdrawn))


def _by_approvals(
    standing: Callable[..., Standing], votes: _Votes, ruling: Ruling, end_of_licence: datetime | None
) -> Standing:
    """The approvals decide: enough of them, once enough, or not yet."""
    in_index = ruling.outcome is Outcome.MEMORIZE  # may be shown by the index before people approve memorizing
    people = ruling.people if ruling.outcome is Outcome.MEMORIZE else max(1, ruling.people)
    counting = [approval for approval, _ in votes.counting]
    if _enough(counting, people, ruling.roles):
        ends = [end for end in (_holds_until(votes, people, ruling.roles), end_of_licence) if end is not None]
        return replace(
            standing(StandingState.CLEARED, *(("unsafe-policy",) if ruling.unsafe else ()), shown=True),
            approval_indices=tuple(sorted({approval.index for approval in counting})),
            expires_at=min(ends, default=None),
        )
    if _enough([*counting, *votes.revoked], people, ruling.roles):
        return standing(StandingState.SUSPENDED, "reviewer-revoked")
    if _enough([*counting, *votes.revoked, *votes.expired], people, ruling.roles):
        return standing(StandingState.EXPIRED, "approval-expired", shown=in_index)
    persons = {approval.reviewer for approval in counting}
    lacking = sorted(ruling.roles - _roles(counting))
    reasons = [f"approvals-missing:{len(persons)}-of-{people}"] if len(persons) < people else []
    reasons += [f"role-missing:{role}" for role in lacking] + [f"approval-void:{why}" for why in votes.void]
    return replace(
        standing(StandingState.AWAITING, *reasons, shown=in_index),
        approval_indices=tuple(sorted({approval.index for approval in counting})),
    )


def _votes(context: _Context, ruling: Ruling) -> _Votes:
    book = context.book
    counting: list[tuple[Approval, datetime]] = []
    revoked: list[Approval] = []
    expired: list[Approval] = []
    void: set[str] = set()
    for approval in book.approvals.get(context.image, ()):
        why = approval.flaw or _mismatch(approval, ruling)
        if why is not None or approval.statement is None:
            void.add(why or "signature-invalid")
            continue
        end = approval.statement.expires_at
        if ruling.valid_days is not None:
            end = min(end, approval.statement.issued_at + timedelta(days=max(0, ruling.valid_days)))
        if book.moment >= end:
            expired.append(approval)
            void.add("expired")
        elif book.revoked(approval):
            revoked.append(approval)
            void.add("reviewer-revoked")
        else:
            counting.append((approval, end))
    return _Votes(tuple(counting), tuple(revoked), tuple(expired), tuple(sorted(void)))


def _mismatch(approval: Approval, ruling: Ruling) -> str | None:
    """Code of the first bound thing on which approval and decision differ."""
    statement = approval.statement
    if statement is None:
        return "signature-invalid"
    bound = (
        ("texts-changed", approval.item.texts_digest, ruling.texts_digest),
        ("findings-changed", approval.item.findings_digest, ruling.findings_digest),
        ("facts-changed", approval.item.facts_digest, ruling.facts_digest),
        ("policy-changed", statement.policy_sha256, ruling.policy_sha256),
        ("purpose-changed", statement.purpose, ruling.purpose),
    )
    for code, approved, decided in bound:
        if approved != decided:
            return code
    return "before-the-decision" if approval.index <= ruling.first_index else None


def _refuses(item: ApprovedItem | None, ruling: Ruling) -> bool:
    """A rejection stands while texts, findings and facts are as the reviewer saw them; a new policy undoes nothing."""
    return item is None or (item.texts_digest, item.findings_digest, item.facts_digest) == (
        ruling.texts_digest,
        ruling.findings_digest,
        ruling.facts_digest,
    )


def _enough(approvals: Iterable[Approval], people: int, roles: frozenset[str]) -> bool:
    approvals = list(approvals)
    return len({approval.reviewer for approval in approvals}) >= people and roles <= _roles(approvals)


def _roles(approvals: Iterable[Approval]) -> frozenset[str]:
    return frozenset(approval.statement.role for approval in approvals if approval.statement is not None)


def _holds_until(votes: _Votes, people: int, roles: frozenset[str]) -> datetime | None:
    """The latest expiry up to which the approvals that are left still suffice; None when none is needed."""
    if _enough((), people, roles):
        return None
    ends = sorted({end for _, end in votes.counting}, reverse=True)
    return next(e for e in ends if _enough((a for a, until in votes.counting if until >= e), people, roles))


def _stricter(now: Standing, later: Standing) -> Standing:
    """A decision dated after the moment asked can only take away."""
    strict = later if now.cleared and not later.cleared else now
    return replace(
        strict,
        reasons=(*strict.reasons, "decision-dated-later"),
        may_be_shown=now.may_be_shown and later.may_be_shown,
        unsafe=now.unsafe or later.unsafe,
    )


def _without_decision(image_id: str, reason: str) -> Standing:
    return Standing(image_id, StandingState.EXCLUDED, None, (reason,), None, (), None, False, False)
