"""Who may approve, what they signed, and which persons stand together behind the cleared images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from statistics import median

from audit.cases import Approval, CaseBook
from audit.dsse import SignatureInvalid
from audit.entry import EntryKind, LedgerEntry
from audit.report.data import ApprovalLine, ApproverGroup, ExpiryMonth, Person
from audit.standing import StandingBook
from audit.statements import ApprovalStatement, read_restriction_unverified
from curate.canonical import Json

NEVER = "never"
_RESTRICTIONS = (EntryKind.REJECTION, EntryKind.TO_INDEX, EntryKind.INFORMATION_REQUEST)


def reviewer_names(entries: Sequence[LedgerEntry], payload: Callable[[int], Json | None]) -> dict[str, str | None]:
    """Name by reviewer id from the erasable store; None once erased. The first registration of an id stands."""
    names: dict[str, str | None] = {}
    for entry in entries:
        if entry.kind is EntryKind.REVIEWER:
            stored = payload(entry.index)
            name = stored.get("name") if isinstance(stored, Mapping) else None
            names.setdefault(str(entry.body.get("reviewer")), None if name is None else str(name))
    return names


def people(entries: Sequence[LedgerEntry], cases: CaseBook, names: Mapping[str, str | None]) -> tuple[Person, ...]:
    """All registered reviewers in order of registration, with the number of different images they approved."""
    by_index = {entry.index: entry for entry in entries if entry.kind is EntryKind.REVIEWER}
    signed: dict[str, set[str]] = {}
    for image_id, approvals in cases.approvals.items():
        for approval in approvals:
            signed.setdefault(approval.reviewer, set()).add(image_id)
    return tuple(
        Person(
            reviewer=person.reviewer,
            name=names.get(person.reviewer),
            roles=tuple(sorted(person.roles)),
            registered_at=by_index[person.index].at,
            revoked_from=cases.revoked_from.get(person.reviewer),
            signed_images=len(signed.get(person.reviewer, ())),
            key_usable=person.key is not None,
        )
        for person in cases.reviewers.values()
    )


def approvals_that_count(book: StandingBook, cases: CaseBook) -> dict[str, tuple[Approval, ...]]:
    """By image, the approvals which its standing names, one a person and role, in ledger order."""
    found: dict[str, tuple[Approval, ...]] = {}
    for standing in book.all():
        indices = set(standing.approval_indices)
        if indices:
            given = (a for a in cases.approvals[standing.image_id] if a.index in indices and a.statement is not None)
            once = {(a.reviewer, a.statement.role if a.statement else ""): a for a in given}
            found[standing.image_id] = tuple(sorted(once.values(), key=lambda approval: approval.index))
    return found


def approval_lines(
    entries: Sequence[LedgerEntry], book: StandingBook, cases: CaseBook, names: Mapping[str, str | None]
) -> tuple[ApprovalLine, ...]:
    """One line per signed statement, whatever it says, in ledger order."""
    in_entry: dict[int, list[Approval]] = {}
    for given in (*cases.approvals.values(), *cases.answers.values()):
        for approval in given:
            in_entry.setdefault(approval.index, []).append(approval)
    counted = Counter(index for standing in book.all() for index in standing.approval_indices)
    lines = []
    for entry in entries:
        if entry.kind is EntryKind.APPROVAL:
            given = in_entry.get(entry.index, [])
            statement = next((a.statement for a in given if a.statement is not None), None)
            flaws = {a.flaw for a in given if a.flaw is not None}
            if statement is not None:
                flaws |= _later_flaws(entry, statement, book, cases)
            lines.append(_line(entry, statement, names, len(given), counted[entry.index], flaws))
        elif entry.kind is EntryKind.INFORMATION_ANSWER:
            given = in_entry.get(entry.index, [])
            statement = next((a.statement for a in given if a.statement is not None), None)
            flaws = {a.flaw for a in given if a.flaw is not None}
            lines.append(_line(entry, statement, names, len(given), 0 if flaws else len(given), flaws))
        elif entry.kind in _RESTRICTIONS:
            lines.append(_restriction(entry, names))
    return tuple(lines)


def _later_flaws(entry: LedgerEntry, statement: ApprovalStatement, book: StandingBook, cases: CaseBook) -> set[str]:
    """Why the statement does not count for images that stand without it: the codes their standing gives, or expiry."""
    flaws = {"expired"} if book.at >= statement.expires_at else set()
    for item in statement.items:
        standing = book.of(item.image_id)
        if entry.index not in standing.approval_indices:
            void = {r.removeprefix("approval-void:") for r in standing.reasons if r.startswith("approval-void:")}
            # Nothing is wrong with the approval then: the image itself lost its standing.
            flaws |= void or {"licence-ended" if "licence-ended" in standing.reasons else standing.state.value}
    start = cases.revoked_from.get(statement.reviewer)
    if start is not None and max(statement.issued_at, entry.at) >= start:
        flaws.add("reviewer-revoked")
    return flaws


def _restriction(entry: LedgerEntry, names: Mapping[str, str | None]) -> ApprovalLine:
    envelope = entry.body.get("envelope")
    statement: ApprovalStatement | None
    try:
        statement = read_restriction_unverified(envelope if isinstance(envelope, Mapping) else {})
    except SignatureInvalid:
        statement = None  # a damaged no is still a no (audit.casebook); recheck names the damage
    images = entry.body.get("image_ids")
    number = len(statement.items) if statement else len(images) if isinstance(images, list) else 0
    return _line(entry, statement, names, number, number, set() if statement else {"signature-invalid"})


def _line(
    entry: LedgerEntry,
    statement: ApprovalStatement | None,
    names: Mapping[str, str | None],
    images: int,
    counting: int,
    flaws: set[str],
) -> ApprovalLine:
    reviewer = statement.reviewer if statement else str(entry.body.get("reviewer"))
    return ApprovalLine(
        index=entry.index,
        kind=entry.kind.value,
        reviewer=reviewer,
        name=names.get(reviewer),
        role=statement.role if statement else None,
        reason=statement.reason if statement else None,
        signed_at=statement.issued_at if statement else None,
        recorded_at=entry.at,
        expires_at=statement.expires_at if statement else None,
        images=images,
        counting=counting,
        flaws=tuple(sorted(flaws)),
    )


def approver_groups(
    book: StandingBook,
    counting: Mapping[str, Sequence[Approval]],
    names: Mapping[str, str | None],
    decided_at: Mapping[str, datetime],
) -> tuple[ApproverGroup, ...]:
    """The persons who together clear images, the group behind most images first; nobody is a group too (unsafe).
    `decided_at`: when the last decision of an image was recorded."""
    groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for standing in book.cleared():
        given = counting.get(standing.image_id, ())
        group = tuple(sorted({(a.reviewer, a.statement.role) for a in given if a.statement is not None}))
        groups.setdefault(group, []).append(standing.image_id)
    return tuple(
        ApproverGroup(
            tuple((reviewer, names.get(reviewer), role) for reviewer, role in group),
            len(images),
            *_tempo(images, counting, decided_at),
        )
        for group, images in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    )


def _tempo(
    images: Sequence[str], counting: Mapping[str, Sequence[Approval]], decided_at: Mapping[str, datetime]
) -> tuple[float | None, float | None]:
    """Median hours from decision to last signature, and from first signature to last."""
    waited, between = [], []
    for image_id in images:
        signed = sorted(a.statement.issued_at for a in counting.get(image_id, ()) if a.statement is not None)
        if signed and image_id in decided_at:
            waited.append((signed[-1] - decided_at[image_id]).total_seconds() / 3600)
        if len(signed) > 1:
            between.append((signed[-1] - signed[0]).total_seconds() / 3600)
    return (median(waited) if waited else None), (median(between) if between else None)


def expiries(book: StandingBook) -> tuple[ExpiryMonth, ...]:
    """Cleared images by the month in which their clearance ends, soonest first, gaps left out."""
    months = Counter(_month(standing.expires_at) for standing in book.cleared())
    return tuple(ExpiryMonth(month, images) for month, images in sorted(months.items()))


def _month(at: datetime | None) -> str:
    return NEVER if at is None else f"{at:%Y-%m}"
