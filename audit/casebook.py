"""The ledger sorted by image: decisions, approvals, rejections, withdrawals and reports, read but not yet judged.

`standing` judges. Here every permitting entry is checked as far as it can be without knowing the decision, and every
restricting entry is kept even when it is malformed or dated in the future.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from audit.dsse import SignatureInvalid
from audit.entry import EntryKind, LedgerEntry, read_moment
from audit.keys import KeyUnusable, PublicKey
from audit.statements import ApprovalStatement, ApprovedItem, read_rejection_unverified, verify_approval
from curate.decision import Lift, Outcome

CLOCK_TOLERANCE = timedelta(minutes=5)  # two machines of one company may disagree by so much
_ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A recorded decision, as far as standing needs it. `outcome` None: the entry could not be read, nothing permits.

    `people` >= 0 different persons; `valid_days` None: only the approval's own expiry counts; `not_after` is the last
    day (UTC) of the licence.
    """

    index: int
    outcome: Outcome | None
    lift: Lift = Lift.NOBODY
    texts_digest: str = ""
    findings_digest: str = ""
    facts_digest: str = ""
    policy_sha256: str = ""
    purpose: str = ""
    people: int = 1
    roles: frozenset[str] = frozenset()
    valid_days: int | None = None
    not_after: date | None = None
    unsafe: bool = True
    first_index: int = -1  # of the first decision on this image that bound the same things

    @property
    def binding(self) -> tuple[str, ...]:
        """What an approval must name to be about this decision."""
        return (self.texts_digest, self.findings_digest, self.facts_digest, self.policy_sha256, self.purpose)


@dataclass(frozen=True, slots=True)
class Approval:
    """One image in one recorded approval. `flaw` is the code of what voids it whatever the decision, else None.

    `effective_at` is the later of the times of signing and recording: a backdated signature gains nothing.
    """

    index: int
    reviewer: str
    item: ApprovedItem
    statement: ApprovalStatement | None
    effective_at: datetime
    flaw: str | None


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A registered person: pseudonymous id, roles, key. `key` None: the registration is void, no approval counts."""

    reviewer: str
    roles: frozenset[str]
    key: PublicKey | None
    index: int


@dataclass
class CaseBook:
    """All that `standing` needs, by image. `rulings` holds the last decisions up to the moment, `later` those after."""

    workspace_id: str
    moment: datetime
    reviewers: dict[str, Reviewer] = field(default_factory=dict)
    revoked_from: dict[str, datetime] = field(default_factory=dict)
    rulings: dict[str, Ruling] = field(default_factory=dict)
    later: dict[str, Ruling] = field(default_factory=dict)
    approvals: dict[str, list[Approval]] = field(default_factory=lambda: defaultdict(list))
    rejections: dict[str, list[ApprovedItem | None]] = field(default_factory=lambda: defaultdict(list))
    withdrawn: dict[str, str] = field(default_factory=dict)
    open_reports: dict[str, str] = field(default_factory=dict)
    twins: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _first: dict[tuple[str, tuple[str, ...]], int] = field(default_factory=dict)

    def image_ids(self) -> set[str]:
        """Every image the ledger says anything about (twins that were only mentioned excepted)."""
        return {*self.rulings, *self.later, *self.approvals, *self.rejections, *self.withdrawn} | set(
            self.open_reports.values()
        )

    def images_with_open_reports(self) -> frozenset[str]:
        return frozenset(self.open_reports.values())

    def near_withdrawn(self) -> frozenset[str]:
        """Images that were ever grouped with a withdrawn one; a later, smaller group does not release them."""
        return frozenset(twin for image in self.withdrawn for twin in self.twins.get(image, ()))

    def revoked(self, approval: Approval) -> bool:
        start = self.revoked_from.get(approval.reviewer)
        return start is not None and approval.effective_at >= start


def open_casebook(entries: Iterable[LedgerEntry], moment: datetime, workspace_id: str) -> CaseBook:
    """Read `entries` in ledger order. Kinds that do not touch standing are passed over."""
    book = CaseBook(workspace_id, moment)
    for entry in entries:
        reader = _READERS.get(entry.kind)
        if reader is not None:
            reader(book, entry)
    return book


def _reviewer(book: CaseBook, entry: LedgerEntry) -> None:
    """The first registration of an id and of a key stands: a second name for a key is no second person."""
    name = entry.body.get("reviewer")
    if not isinstance(name, str) or name in book.reviewers:
        return
    roles, pem = entry.body.get("roles"), entry.body.get("public_key")
    key: PublicKey | None = None
    try:
        key = PublicKey.from_pem(pem) if isinstance(pem, str) else None
    except KeyUnusable:
        key = None  # registered without a usable key: a person whose approvals cannot count
    if key is not None and any(other.key == key for other in book.reviewers.values()):
        key = None
    named = frozenset(role for role in roles if isinstance(role, str)) if isinstance(roles, list) else frozenset()
    book.reviewers[name] = Reviewer(name, named, key, entry.index)


def _revoked(book: CaseBook, entry: LedgerEntry) -> None:
    name = entry.body.get("reviewer")
    if not isinstance(name, str):
        return
    try:
        start = read_moment(entry.body.get("from"))
    except ValueError:
        start = _ALWAYS  # a restriction that cannot be dated restricts always
    book.revoked_from[name] = min(start, book.revoked_from.get(name, start))


def _decision(book: CaseBook, entry: LedgerEntry) -> None:
    image = entry.body.get("image_id")
    if not isinstance(image, str):
        return
    ruling = _read_ruling(entry)
    first = book._first.setdefault((image, ruling.binding), entry.index)
    group = entry.body.get("duplicate_group")
    for twin in group if isinstance(group, list) else ():
        if isinstance(twin, str) and twin != image:
            book.twins[image].add(twin)
            book.twins[twin].add(image)
    place = book.rulings if entry.at <= book.moment else book.later
    place[image] = replace(ruling, first_index=first)


def _read_ruling(entry: LedgerEntry) -> Ruling:
    body: Mapping[str, Any] = entry.body
    try:
        requirement = body["approval"]
        people, days, not_after = requirement["people"], requirement.get("valid_days"), body.get("not_after")
        if type(people) is not int or people < 0 or not (days is None or type(days) is int):
            raise ValueError("approval requirement")
        texts = (
            body["texts_digest"],
            body["findings_digest"],
            body["facts_digest"],
            body["policy"]["sha256"],
            body["purpose"],
        )
        if not all(isinstance(text, str) for text in (*texts, *requirement["roles"])):
            raise TypeError("text expected")
        return Ruling(
            entry.index,
            Outcome(body["outcome"]),
            Lift(body["lift"]),
            *texts,
            people=people,
            roles=frozenset(requirement["roles"]),
            valid_days=days,
            not_after=None if not_after is None else date.fromisoformat(not_after),
            unsafe=body["unsafe"] is not False or people < 1,
        )
    except (KeyError, TypeError, ValueError):
        return Ruling(entry.index, None)  # a value that means: excluded, reason decision-unreadable


def _approval(book: CaseBook, entry: LedgerEntry) -> None:
    envelope, name = entry.body.get("envelope"), entry.body.get("reviewer")
    person = book.reviewers.get(name) if isinstance(name, str) else None
    statement: ApprovalStatement | None = None
    flaw: str | None = None
    if person is None:
        flaw = "reviewer-unknown"
    elif person.key is None:
        flaw = "key-not-registered-once"
    else:
        try:
            statement = verify_approval(envelope if isinstance(envelope, dict) else {}, person.key)
        except SignatureInvalid:
            flaw = "signature-invalid"
    if statement is None or person is None:
        for image in _image_ids(entry):
            nothing = ApprovedItem(image, "", "", "")
            book.approvals[image].append(Approval(entry.index, str(name), nothing, None, entry.at, flaw))
        return
    if statement.reviewer != person.reviewer:
        flaw = "reviewer-differs"
    elif statement.role not in person.roles:
        flaw = "role-not-held"
    elif statement.workspace_id != book.workspace_id:
        flaw = "other-workspace"
    elif statement.issued_at > entry.at + CLOCK_TOLERANCE:
        flaw = "signed-after-recording"
    elif entry.at > book.moment:
        flaw = "recorded-later"
    effective = max(statement.issued_at, entry.at)
    for item in statement.items:
        book.approvals[item.image_id].append(Approval(entry.index, person.reviewer, item, statement, effective, flaw))


def _rejection(book: CaseBook, entry: LedgerEntry) -> None:
    """A person's no counts even after that person left or when its signature is damaged; recheck reports the latter."""
    envelope = entry.body.get("envelope")
    named: dict[str, ApprovedItem | None] = dict.fromkeys(_image_ids(entry))
    try:
        items = read_rejection_unverified(envelope if isinstance(envelope, dict) else {}).items
    except SignatureInvalid:
        items = ()  # what exactly was refused is unreadable: the images it names are refused whatever changes
    named |= {item.image_id: item for item in items}
    for image, item in named.items():
        book.rejections[image].append(item)


def _withdrawal(book: CaseBook, entry: LedgerEntry) -> None:
    image = entry.body.get("image_id")
    if isinstance(image, str):
        book.withdrawn.setdefault(image, str(entry.body.get("reason")))


def _wrong_answer(book: CaseBook, entry: LedgerEntry) -> None:
    report, image = entry.body.get("report_id"), entry.body.get("image_id")
    if isinstance(image, str):
        book.open_reports[report if isinstance(report, str) else f"entry-{entry.index}"] = image


def _wrong_answer_closed(book: CaseBook, entry: LedgerEntry) -> None:
    report = entry.body.get("report_id")
    if isinstance(report, str) and entry.at <= book.moment:  # closing permits, so not before its time
        book.open_reports.pop(report, None)


def _image_ids(entry: LedgerEntry) -> tuple[str, ...]:
    named = entry.body.get("image_ids")
    return tuple(image for image in named if isinstance(image, str)) if isinstance(named, list) else ()


_READERS = {
    EntryKind.REVIEWER: _reviewer,
    EntryKind.REVIEWER_REVOKED: _revoked,
    EntryKind.DECISION: _decision,
    EntryKind.APPROVAL: _approval,
    EntryKind.REJECTION: _rejection,
    EntryKind.WITHDRAWAL: _withdrawal,
    EntryKind.WRONG_ANSWER: _wrong_answer,
    EntryKind.WRONG_ANSWER_CLOSED: _wrong_answer_closed,
}
