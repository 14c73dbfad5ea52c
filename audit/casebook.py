"""The ledger sorted by image: decisions, approvals, rejections, withdrawals and reports, read but not yet judged.

`standing` judges. Here every permitting entry is checked as far as it can be without knowing the decision, and every
restricting entry is kept even when it is malformed or dated in the future.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from audit.cases import Approval, CaseBook, Report, Reviewer, Ruling, Say
from audit.conditions import CONDITIONS
from audit.dsse import SignatureInvalid
from audit.duties import NOBODY, Duties, duties, read_actor
from audit.entry import EntryKind, LedgerEntry, read_moment
from audit.keys import KeyUnusable, PublicKey
from audit.statements import (
    ApprovalStatement,
    ApprovedItem,
    read_restriction_unverified,
    verify_answer,
    verify_approval,
    verify_case_closed,
    verify_self_asserted,
    verify_to_index,
)
from curate.decision import Lift, Outcome

CLOCK_TOLERANCE = timedelta(minutes=5)  # two machines of one company may disagree by so much
_ALWAYS = datetime.min.replace(tzinfo=UTC)


def open_casebook(entries: Iterable[LedgerEntry], moment: datetime, workspace_id: str) -> CaseBook:
    """Read `entries` in ledger order. Kinds that do not touch standing are passed over."""
    book = CaseBook(workspace_id, moment)
    for entry in entries:
        read_into(book, entry)
    return book


def read_into(book: CaseBook, entry: LedgerEntry) -> None:
    """Read the next entry; what is dated after `book.moment` can only restrict."""
    book.latest = entry.at if book.latest is None else max(book.latest, entry.at)
    reader = _READERS.get(entry.kind)
    if reader is not None:
        reader(book, entry)


def _workspace(book: CaseBook, entry: LedgerEntry) -> None:
    """Only entry 0 names the ledger's key: a second workspace entry names nothing."""
    if entry.index == 0:
        try:
            book.ledger_key = PublicKey.from_pem(str(entry.body.get("public_key")))
        except KeyUnusable:
            book.ledger_key = None  # no self-asserted approval can be verified, so none counts


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


def _curate_run(book: CaseBook, entry: LedgerEntry) -> None:
    """The first run of a name stands: nobody puts another curator under decisions that are recorded."""
    run = entry.body.get("run")
    if isinstance(run, str):
        book.curators.setdefault(run, read_actor(entry.body.get("by")))


def _policy(book: CaseBook, entry: LedgerEntry) -> None:
    """Everybody who ever adopted a policy did; what its first entry says of separation stands."""
    sha256 = entry.body.get("sha256")
    if isinstance(sha256, str):
        book.adopters[sha256].append(read_actor(entry.body.get("by")))
        if book.separations.get(sha256) is None:
            book.separations[sha256] = entry.body.get("separation")


def _decision(book: CaseBook, entry: LedgerEntry) -> None:
    image = entry.body.get("image_id")
    if not isinstance(image, str):
        return
    ruling = _read_ruling(book, image, entry)
    group = entry.body.get("duplicate_group")
    for twin in group if isinstance(group, list) else ():
        if isinstance(twin, str) and twin != image:
            book.twins[image].add(twin)
            book.twins[twin].add(image)
    if entry.at <= book.moment:
        book.decide(image, ruling)
    else:
        book.later[image] = ruling


def _read_ruling(book: CaseBook, image: str, entry: LedgerEntry) -> Ruling:
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
        outcome, lift, roles = Outcome(body["outcome"]), Lift(body["lift"]), frozenset(requirement["roles"])
        asserted, unsafe = requirement.get("self_asserted") is True, body["unsafe"] is not False or people < 1
        waived = [date.fromisoformat(waiver["expires"]) for waiver in body.get("waivers", ())]
        last_day = min([*waived, *([] if not_after is None else [date.fromisoformat(not_after)])], default=None)
        waiver_ends = min(waived, default=None)
        duty = _duties(book, body, requirement.get("separation"))
        stated = (outcome, lift, *texts[3:], people, roles, days, asserted, last_day, waiver_ends, unsafe, duty)
        return Ruling(
            entry.index,
            outcome,
            lift,
            *texts,
            people=people,
            roles=roles,
            valid_days=days,
            self_asserted=asserted,
            not_after=last_day,
            waiver_ends=waiver_ends,
            unsafe=unsafe,
            duties=duty,
            terms=book.terms.setdefault(stated, len(book.terms)),
            first_index=book.first.setdefault((image, texts), entry.index),
        )
    except (KeyError, TypeError, ValueError):
        first = book.first.setdefault((image, ("",) * 5), entry.index)
        return Ruling(entry.index, None, first_index=first)  # a value that means: excluded, reason decision-unreadable


def _duties(book: CaseBook, body: Mapping[str, Any], stated: object) -> Duties:
    """Looked up once for all decisions of a run."""
    run, sha256 = body.get("run"), str(body["policy"]["sha256"])
    adopters = tuple(book.adopters.get(sha256, ()))
    key = (stated if isinstance(stated, str | None) else "", run if isinstance(run, str) else "", sha256, len(adopters))
    if key not in book.duties:
        curator = book.curators.get(run, NOBODY) if isinstance(run, str) else NOBODY
        book.duties[key] = duties(stated, curator, adopters, book.separations.get(sha256))
    return book.duties[key]


def _approval(book: CaseBook, entry: LedgerEntry) -> None:
    self_asserted = entry.body.get("assurance") == "self-asserted"
    verify = verify_self_asserted if self_asserted else verify_approval
    _permission(book, entry, book.approve, verify, book.ledger_key if self_asserted else None)


def _permission(
    book: CaseBook,
    entry: LedgerEntry,
    place: Callable[[str, Approval], None],
    verify: Callable[[Mapping[str, Any], PublicKey], ApprovalStatement],
    key: PublicKey | None,
) -> None:
    """Read strictly; `key` when it is not the reviewer's own that must have signed."""
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
            statement = verify(envelope if isinstance(envelope, dict) else {}, key or person.key)
        except SignatureInvalid:
            flaw = "signature-invalid"
    if statement is None or person is None:
        for image in _image_ids(entry):
            nothing = ApprovedItem(image, "", "", "")
            place(image, Approval(entry.index, str(name), nothing, None, entry.at, flaw))
        return
    if statement.reviewer != person.reviewer:
        flaw = "reviewer-differs"
    elif statement.role not in person.roles:
        flaw = "role-not-held"
    elif statement.workspace_id != book.workspace_id or not _this_log(book, statement):
        flaw = "other-workspace"
    elif statement.issued_at > entry.at + CLOCK_TOLERANCE:
        flaw = "signed-after-recording"
    elif not set(statement.conditions) <= set(CONDITIONS):
        flaw = "condition-unknown"
    elif entry.at > book.moment:
        flaw = "recorded-later"
    effective = max(statement.issued_at, entry.at, book.latest or entry.at)
    account = read_actor(entry.body.get("by")).account
    for item in statement.items:
        place(item.image_id, Approval(entry.index, person.reviewer, item, statement, effective, flaw, account))


def _this_log(book: CaseBook, statement: ApprovalStatement) -> bool:
    """A statement names the key of the log it was made for; those from before that was done name none."""
    named = statement.ledger_key_id
    return named is None or (book.ledger_key is not None and book.ledger_key.key_id == named)


def _rejection(book: CaseBook, entry: LedgerEntry) -> None:
    _restriction(entry, book.rejections)


def _to_index(book: CaseBook, entry: LedgerEntry) -> None:
    """Two things at once: it keeps the image out of memory, read leniently, and may show it, read strictly."""
    _restriction(entry, book.to_index)
    _permission(book, entry, lambda image, vote: book.index_votes[image].append(vote), verify_to_index, None)


def _question(book: CaseBook, entry: LedgerEntry) -> None:
    _restriction(entry, book.questions)


def _answer(book: CaseBook, entry: LedgerEntry) -> None:
    """Closing a question permits, so it is read strictly: the own key only."""
    _permission(book, entry, lambda image, answer: book.answers[image].append(answer), verify_answer, None)


def _restriction(entry: LedgerEntry, place: dict[str, list[Say]]) -> None:
    """A person's no counts even after that person left or when its signature is damaged; recheck reports the latter."""
    envelope, name = entry.body.get("envelope"), entry.body.get("reviewer")
    named: dict[str, ApprovedItem | None] = dict.fromkeys(_image_ids(entry))
    try:
        items = read_restriction_unverified(envelope if isinstance(envelope, dict) else {}).items
    except SignatureInvalid:
        items = ()  # what exactly was meant is unreadable: the images it names are meant whatever changes
    named |= {item.image_id: item for item in items}
    for image, item in named.items():
        place[image].append(Say(entry.index, name if isinstance(name, str) else None, item))


def _withdrawal(book: CaseBook, entry: LedgerEntry) -> None:
    image = entry.body.get("image_id")
    if isinstance(image, str):
        book.withdrawn.setdefault(image, str(entry.body.get("reason")))


def _wrong_answer(book: CaseBook, entry: LedgerEntry) -> None:
    report, image = entry.body.get("report_id"), entry.body.get("image_id")
    if isinstance(image, str):
        name = report if isinstance(report, str) else f"entry-{entry.index}"
        book.reports[name] = Report(image, entry.index)


def _wrong_answer_closed(book: CaseBook, entry: LedgerEntry) -> None:
    """Closing permits, so it is read strictly: the own key only, over this report, and not before its time."""
    report = entry.body.get("report_id")
    if "envelope" not in entry.body:
        if isinstance(report, str) and entry.at <= book.moment:
            book.closed_unsigned.add(report)
        return

    def place(image: str, closing: Approval) -> None:
        if closing.statement is not None and closing.statement.report is not None:
            book.closings[closing.statement.report].append(closing)

    _permission(book, entry, place, verify_case_closed, None)


def _image_ids(entry: LedgerEntry) -> tuple[str, ...]:
    named = entry.body.get("image_ids")
    return tuple(image for image in named if isinstance(image, str)) if isinstance(named, list) else ()


_READERS = {
    EntryKind.WORKSPACE: _workspace,
    EntryKind.CURATE_RUN: _curate_run,
    EntryKind.POLICY: _policy,
    EntryKind.REVIEWER: _reviewer,
    EntryKind.REVIEWER_REVOKED: _revoked,
    EntryKind.DECISION: _decision,
    EntryKind.APPROVAL: _approval,
    EntryKind.REJECTION: _rejection,
    EntryKind.TO_INDEX: _to_index,
    EntryKind.INFORMATION_REQUEST: _question,
    EntryKind.INFORMATION_ANSWER: _answer,
    EntryKind.WITHDRAWAL: _withdrawal,
    EntryKind.WRONG_ANSWER: _wrong_answer,
    EntryKind.WRONG_ANSWER_CLOSED: _wrong_answer_closed,
}
