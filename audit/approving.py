"""Recording what people decide: what a person signs is taken from the last decision, and checked on entry.

Everything checked here is checked again by `standing`: an entry that came in another way gains nothing. A draft is a
pure function of the cases; it is recorded only on top of exactly the ledger that it was drafted from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from audit.cases import Ruling
from audit.conditions import CONDITIONS
from audit.duties import Actor
from audit.entry import EntryKind, LedgerEntry, NewEntry, coded
from audit.keys import SigningKey
from audit.ledger import Ledger
from audit.reviewers import ReviewerRecord, resolve
from audit.standing import Docket, docket
from audit.statements import (
    ApprovalStatement,
    ApprovedItem,
    sign_answer,
    sign_approval,
    sign_case_closed,
    sign_information_request,
    sign_rejection,
    sign_to_index,
)
from audit.store_errors import LedgerMoved
from curate.decision import Lift, Outcome
from curate.errors import ExitCode, ImprimaturError

DEFAULT_VALIDITY = timedelta(days=365)  # of a restriction, and of an approval whose decision names no period
TRIES = 5  # readings of the ledger before giving up because somebody else always records in between
_SHOWN = 3  # images named in a refusal


class ApprovalRefused(ImprimaturError):
    """This person may not say this about this image now. `why` is a code, for pages that speak another language."""

    code = "IMP-E311"
    exit_code = ExitCode.REFUSED

    def __init__(self, message: str, *, hint: str, why: str) -> None:
        super().__init__(message, hint=hint)
        self.why = why


class _No(NamedTuple):
    """Why one image cannot be decided so: a code and an English sentence."""

    why: str
    words: str


class Verdict(StrEnum):
    """What a person can say about images: memorize it, leave it to the index, no, not before I know more, this is the
    answer (which closes the question when whoever asked says so), or: the report of a wrong answer is dealt with."""

    APPROVE = "approve"
    TO_INDEX = "to-index"
    REJECT = "reject"
    ASK = "ask"
    ANSWER = "answer"
    CLOSE = "close"


_KINDS: Mapping[Verdict, tuple[EntryKind, Callable[[SigningKey, ApprovalStatement], dict[str, Any]]]] = {
    Verdict.APPROVE: (EntryKind.APPROVAL, sign_approval),
    Verdict.TO_INDEX: (EntryKind.TO_INDEX, sign_to_index),
    Verdict.REJECT: (EntryKind.REJECTION, sign_rejection),
    Verdict.ASK: (EntryKind.INFORMATION_REQUEST, sign_information_request),
    Verdict.ANSWER: (EntryKind.INFORMATION_ANSWER, sign_answer),
    Verdict.CLOSE: (EntryKind.WRONG_ANSWER_CLOSED, sign_case_closed),
}


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, with which key. `self_asserted`: `key` is the ledger's, the person only signed in. `account`: pseudonym of the
    machine's account that records it (audit.duties)."""

    person: ReviewerRecord
    key: SigningKey
    self_asserted: bool = False
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be recorded about `image_ids`, all of them or none.

    `reason` is a code; `expires` is cut to what the policy allows, None means that; `conditions` of CONDITIONS, only
    when approving; `role` None: the required role that nobody has filled yet; `note`: free text, kept in the erasable
    payload; `second_opinion`: approve although somebody refused, which clears nothing and shows the disagreement;
    `question`: the ledger index of the open question that is answered, only when answering; `report`: the id of the open
    report that is closed, only when closing one: `reason` is the remedy then.
    """

    verdict: Verdict
    image_ids: tuple[str, ...]
    reason: str
    expires: datetime | None = None
    conditions: tuple[str, ...] = ()
    role: str | None = None
    note: str | None = None
    second_opinion: bool = False
    question: int | None = None
    report: str | None = None


def draft(cases: Docket, signer: Signer, wish: Wish, at: datetime) -> list[NewEntry]:
    """The entries that record `wish`: one signed statement for all images decided under the same policy, for the same
    purpose, in the same role.

    Raises:
        ApprovalRefused: unknown image, a decision nobody may lift by approving, withdrawn, rejected, a role that does
            not fit, a key that is not the reviewer's, a revoked reviewer, or an own second approval.
        EntryRefused: `reason` is not a code.
    """
    moment = at.astimezone(UTC)
    _check_signer(signer, moment, wish.role)
    chosen: dict[str, tuple[Ruling, str]] = {}
    refused: list[tuple[str, _No]] = []
    for image in dict.fromkeys(wish.image_ids):
        found = _place_for(cases, image, signer, wish)
        if isinstance(found, _No):
            refused.append((image, found))
        else:
            chosen[image] = found
    _all_or_none(refused, len(wish.image_ids))
    unknown = sorted(set(wish.conditions) - set(CONDITIONS))
    if unknown or (wish.conditions and wish.verdict is not Verdict.APPROVE):
        raise ApprovalRefused(
            f"Conditions of {', '.join(CONDITIONS)} beside an approval were expected, found {', '.join(wish.conditions)}.",
            hint="imprimatur review ask, or reject: a condition that no machine keeps cannot be promised",
            why="condition-unknown",
        )
    return _entries(cases, signer, wish, chosen, moment, _until(wish, chosen, moment))


def record(ledger: Ledger, signer: Signer, wish: Wish, at: datetime | None = None) -> tuple[LedgerEntry, ...]:
    """Draft and append; read again when somebody else recorded something in between.

    Raises:
        ApprovalRefused, EntryRefused: as `draft`. LedgerMoved: others were faster, again and again.
    """
    moment = at or datetime.now(UTC)
    for left in reversed(range(TRIES)):
        entries = list(ledger.entries())
        new = draft(docket(entries, moment, workspace_id=ledger.workspace_id), signer, wish, moment)
        try:
            return ledger.append(new, expected_size=len(entries))
        except LedgerMoved:
            if not left:
                raise
    raise AssertionError("not reached: the last try returns or raises")


def approve(
    ledger: Ledger,
    reviewer: str,
    key: SigningKey,
    image_ids: Sequence[str],
    reason: str,
    expires: datetime | None = None,
    at: datetime | None = None,
    *,
    role: str | None = None,
    conditions: tuple[str, ...] = (),
    account: str | None = None,
) -> tuple[LedgerEntry, ...]:
    """`reviewer` (id or name) approves memorizing `image_ids`: all of them, or none and an error.

    Raises:
        ApprovalRefused, EntryRefused: as `draft`. ReviewerRefused: no such reviewer.
    """
    wish = Wish(Verdict.APPROVE, tuple(image_ids), reason, expires, conditions, role)
    return record(ledger, Signer(resolve(ledger, reviewer), key, account=account), wish, at)


def reject(
    ledger: Ledger,
    reviewer: str,
    key: SigningKey,
    image_ids: Sequence[str],
    reason: str,
    at: datetime | None = None,
    *,
    role: str | None = None,
) -> tuple[LedgerEntry, ...]:
    """`reviewer` refuses `image_ids` as they are; they are excluded until texts, findings or facts change.

    Raises:
        ApprovalRefused: unknown image, a key that is not the reviewer's, a role not held, a revoked reviewer.
    """
    wish = Wish(Verdict.REJECT, tuple(image_ids), reason, role=role)
    return record(ledger, Signer(resolve(ledger, reviewer), key), wish, at)


def _check_signer(signer: Signer, moment: datetime, role: str | None) -> None:
    person, key = signer.person, signer.key
    if not signer.self_asserted and person.public_key != key.public:
        raise ApprovalRefused(
            f"The key {person.public_key.key_id[:16]}… registered for {person.reviewer} was expected, "
            f"found {key.key_id[:16]}….",
            hint="imprimatur reviewer list",
            why="key-differs",
        )
    if not person.active(moment):
        raise ApprovalRefused(
            f"A reviewer in office was expected; {person.reviewer} is revoked since {person.revoked_from}.",
            hint="imprimatur reviewer list",
            why="revoked",
        )
    if role is not None and role not in person.roles:
        raise ApprovalRefused(
            f"One of the roles {', '.join(person.roles)} of {person.reviewer} was expected, found '{role}'.",
            hint="imprimatur reviewer list",
            why="role-needed",
        )


def _place_for(cases: Docket, image: str, signer: Signer, wish: Wish) -> tuple[Ruling, str] | _No:
    """The ruling and the role in which the person may say this about it, or why not."""
    ruling, person = cases.ruling(image), signer.person
    if ruling is None or ruling.outcome is None:
        return _No("no-decision", "no decision is recorded")
    if wish.verdict in (Verdict.REJECT, Verdict.ASK):
        return ruling, wish.role or person.roles[0]
    if wish.verdict is Verdict.ANSWER:
        if wish.question not in {say.index for say in cases.open_questions(image)}:
            return _No("question-not-open", "no question with this number is open")
        return ruling, wish.role or person.roles[0]
    if wish.verdict is Verdict.CLOSE:
        if signer.self_asserted:
            return _No("own-key-needed", "closing a report wants the reviewer's own key")
        if cases.book.open_reports.get(wish.report or "") != image:
            return _No("report-not-open", "no report with this id is open")
        return ruling, wish.role or person.roles[0]
    if cases.withdrawn(image):
        return _No("withdrawn", "it is withdrawn")
    if not (ruling.outcome is Outcome.MEMORIZE or (ruling.outcome is Outcome.REVIEW and ruling.lift is Lift.APPROVAL)):
        return _No("not-liftable", f"its decision is '{ruling.outcome.value}' and approving cannot lift it")
    if wish.verdict is Verdict.TO_INDEX:
        if any(say.reviewer == person.reviewer for say in cases.sent_to_index(image)):
            return _No("sent-already", "you have sent it to the index already")
        return ruling, _fitting_role(cases, image, ruling, person, wish.role) or wish.role or person.roles[0]
    return _approval_place(cases, image, ruling, signer, wish)


def _approval_place(cases: Docket, image: str, ruling: Ruling, signer: Signer, wish: Wish) -> tuple[Ruling, str] | _No:
    person = signer.person
    if (cases.rejected(image) or cases.sent_to_index(image)) and not wish.second_opinion:
        if cases.rejected(image):
            return _No("rejected", "a reviewer rejected it as it is")
        return _No("left-to-index", "a reviewer left it to the index")
    if signer.self_asserted and not ruling.self_asserted:
        return _No(
            "own-key-needed",
            "its policy counts no approval without the reviewer's own key (approval.self_asserted: refuse)",
        )
    separate = ruling.duties.independent(person.reviewer, signer.account, self_asserted=signer.self_asserted)
    if ruling.people < 2 and not separate and not any(a.independent_of(ruling) for a in cases.counting(image)):
        return _No("not-separate", _not_separate(ruling, person))
    asked = {say.reviewer for say in cases.open_questions(image)}
    own = [a for a in cases.counting(image) if a.reviewer == person.reviewer]
    if person.reviewer not in asked and any(a.independent_of(ruling) or not separate for a in own):
        return _No("approved-already", "you have approved it already; a second approval must come from another person")
    role = _fitting_role(cases, image, ruling, person, wish.role)
    if role is None:
        wished = (wish.role,) if wish.role else person.roles
        needed = f"one of the roles {', '.join(sorted(ruling.roles))} is needed, you hold {', '.join(wished)}"
        return _No("role-needed", needed)
    return ruling, role


def _not_separate(ruling: Ruling, person: ReviewerRecord) -> str:
    word = "" if ruling.duties.separation is None else ruling.duties.separation.value
    if not ruling.duties.known:
        return f"nobody knows who curated it or adopted its policy; run curate again (approval.separation: {word})"
    if person.reviewer in ruling.duties.persons:
        return f"you ran its curation or adopted its policy; somebody else has to approve (approval.separation: {word})"
    return f"its curation ran in the account you are using; approve from another one (approval.separation: {word})"


def _fitting_role(cases: Docket, image: str, ruling: Ruling, person: ReviewerRecord, role: str | None) -> str | None:
    given = [approval for approval in cases.counting(image) if approval.reviewer != person.reviewer]
    open_roles = ruling.roles - {approval.statement.role for approval in given if approval.statement}
    wished = (role,) if role else person.roles
    fitting = [r for r in wished if r in open_roles] or [r for r in wished if r in ruling.roles]
    if not fitting and ruling.people > len(ruling.roles):
        fitting = list(wished)  # more people are asked for than roles: the others may hold any role
    return fitting[0] if fitting else None


def _until(wish: Wish, chosen: Mapping[str, tuple[Ruling, str]], moment: datetime) -> datetime:
    days = [ruling.valid_days for ruling, _ in chosen.values() if ruling.valid_days is not None]
    permits = wish.verdict in (Verdict.APPROVE, Verdict.TO_INDEX)
    until = wish.expires or moment + (timedelta(days=min(days)) if days and permits else DEFAULT_VALIDITY)
    if until <= moment:
        raise ApprovalRefused(
            f"An expiry after {moment.isoformat()} was expected, found {until.isoformat()}.",
            hint="imprimatur review approve IMAGE --expires DATE",
            why="expiry-past",
        )
    return until


def _all_or_none(refused: list[tuple[str, _No]], asked: int) -> None:
    if refused or not asked:
        named = [f"{image[:16]}…: {no.words}" for image, no in refused[:_SHOWN]]
        more = f" (and {len(refused) - _SHOWN} more)" if len(refused) > _SHOWN else ""
        raise ApprovalRefused(
            f"Expected images that may be approved, found {len(refused)} of {asked} that may not: "
            f"{'; '.join(named)}{more}. Nothing was recorded."
            if refused
            else "At least one image was expected, found none.",
            hint=f"imprimatur explain {refused[0][0][:12]}" if refused else "imprimatur review list",
            why=refused[0][1].why if refused else "nothing-named",
        )


def _entries(
    cases: Docket,
    signer: Signer,
    wish: Wish,
    chosen: Mapping[str, tuple[Ruling, str]],
    moment: datetime,
    until: datetime,
) -> list[NewEntry]:
    batches: dict[tuple[str, str, str], list[ApprovedItem]] = {}
    for image, (ruling, role) in chosen.items():
        item = ApprovedItem(image, ruling.texts_digest, ruling.findings_digest, ruling.facts_digest)
        batches.setdefault((ruling.policy_sha256, ruling.purpose, role), []).append(item)
    kind, sign = _KINDS[wish.verdict]
    code, person = coded(wish.reason, "the reason"), signer.person
    new: list[NewEntry] = []
    for (policy, purpose, role), items in batches.items():
        statement = ApprovalStatement(
            workspace_id=cases.book.workspace_id,
            reviewer=person.reviewer,
            role=role,
            reason=code,
            purpose=purpose,
            issued_at=moment,
            expires_at=until,
            policy_sha256=policy,
            items=tuple(items),
            conditions=tuple(sorted(set(wish.conditions))),
            self_asserted=signer.self_asserted and wish.verdict is Verdict.APPROVE,
            ledger_key_id=None if cases.book.ledger_key is None else cases.book.ledger_key.key_id,
            question=wish.question,
            report=wish.report,
        )
        body: dict[str, Any] = {
            "envelope": sign(signer.key, statement),
            "reviewer": person.reviewer,
            "image_ids": [item.image_id for item in items],
            **({"assurance": "self-asserted"} if signer.self_asserted else {}),
            **({} if signer.account is None else {"by": Actor(person.reviewer, signer.account).to_body()}),
            **({} if wish.verdict is not Verdict.CLOSE else {"report_id": wish.report, "remedy": code}),
        }
        new.append(NewEntry(kind, body, None if wish.note is None else {"note": wish.note}, moment))
    return new
