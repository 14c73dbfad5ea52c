"""Approvals of one image, sorted by what they are worth under one decision at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit.cases import Approval, CaseBook, Ruling
from audit.statements import ApprovalStatement


@dataclass(frozen=True, slots=True)
class Votes:
    """`counting` with the moment each ends; `void` holds reason codes."""

    counting: tuple[tuple[Approval, datetime], ...]
    revoked: tuple[Approval, ...]
    expired: tuple[Approval, ...]
    void: tuple[str, ...]

    @property
    def valid(self) -> tuple[Approval, ...]:
        return tuple(approval for approval, _ in self.counting)


def sort_votes(book: CaseBook, given: Sequence[Approval], ruling: Ruling) -> Votes:
    """What each of `given` is worth for `ruling` at the moment of the book."""
    counting: list[tuple[Approval, datetime]] = []
    revoked: list[Approval] = []
    expired: list[Approval] = []
    void: set[str] = set()
    for approval in given:
        why = approval.flaw or _mismatch(approval, ruling)
        if why is not None or approval.statement is None:
            void.add(why or "signature-invalid")
            continue
        end = end_of(approval.statement, ruling)
        if book.moment >= end:
            expired.append(approval)
            void.add("expired")
        elif book.revoked(approval):
            revoked.append(approval)
            void.add("reviewer-revoked")
        else:
            counting.append((approval, end))
    return Votes(tuple(counting), tuple(revoked), tuple(expired), tuple(sorted(void)))


def end_of(statement: ApprovalStatement, ruling: Ruling) -> datetime:
    """When an approval ends: at the moment it names, or earlier where the decision lets it count for fewer days."""
    if ruling.valid_days is None:
        return statement.expires_at
    return min(statement.expires_at, statement.issued_at + timedelta(days=max(0, ruling.valid_days)))


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
    if statement.self_asserted and not ruling.self_asserted:
        return "self-asserted-refused"
    return "before-the-decision" if approval.index <= ruling.first_index else None


def enough(approvals: Iterable[Approval], people: int, roles: frozenset[str]) -> bool:
    """Whether they are of at least `people` different persons who together hold all `roles`."""
    approvals = list(approvals)
    return len({approval.reviewer for approval in approvals}) >= people and roles <= roles_of(approvals)


def sufficient(approvals: Iterable[Approval], people: int, ruling: Ruling) -> bool:
    """Whether they are `enough`, and one of them is by somebody else than who curated or adopted the policy."""
    approvals = list(approvals)
    separate = people < 1 or any(approval.independent_of(ruling) for approval in approvals)
    return separate and enough(approvals, people, ruling.roles)


def roles_of(approvals: Iterable[Approval]) -> frozenset[str]:
    """The roles in which they were given."""
    return frozenset(approval.statement.role for approval in approvals if approval.statement is not None)


def holds_until(votes: Votes, people: int, ruling: Ruling) -> datetime | None:
    """The latest expiry up to which the approvals that are left still suffice; None when none is needed."""
    if sufficient((), people, ruling):
        return None
    ends = sorted({end for _, end in votes.counting}, reverse=True)
    return next(e for e in ends if sufficient((a for a, until in votes.counting if until >= e), people, ruling))
