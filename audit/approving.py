"""Recording approvals and rejections: what a person signs is taken from the last decision, and checked on entry.

Everything checked here is checked again by `standing`: an entry that came in another way gains nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from audit.casebook import Ruling
from audit.entry import EntryKind, LedgerEntry, NewEntry, coded
from audit.keys import SigningKey
from audit.ledger import Ledger
from audit.reviewers import ReviewerRecord, resolve
from audit.standing import Docket, docket
from audit.statements import ApprovedItem, sign_approval, sign_rejection
from curate.decision import Lift, Outcome
from curate.errors import ExitCode, ImprimaturError

DEFAULT_VALIDITY = timedelta(days=365)  # of a rejection, and of an approval whose decision names no period
_SHOWN = 3  # images named in a refusal


class ApprovalRefused(ImprimaturError):
    """This person may not approve this image now."""

    code = "IMP-E311"
    exit_code = ExitCode.REFUSED


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
) -> tuple[LedgerEntry, ...]:
    """`reviewer` (id or name) approves memorizing `image_ids`: all of them, or none and an error.

    One signed statement for all images decided under the same policy, for the same purpose, in the same role. Without
    `role` it is the required role that nobody has filled yet. `expires` is cut to what the policy allows.

    Raises:
        ApprovalRefused: unknown image, a decision nobody may lift by approving, withdrawn, rejected, a role that does
            not fit, a key that is not the reviewer's, a revoked reviewer, or an own second approval.
        ReviewerRefused: no such reviewer. EntryRefused: `reason` is not a code.
    """
    moment = (at or datetime.now(UTC)).astimezone(UTC)
    person = _person(ledger, reviewer, key, moment, role)
    cases = docket(ledger.entries(), moment, workspace_id=ledger.workspace_id)
    chosen: dict[str, tuple[Ruling, str]] = {}
    refused: list[str] = []
    for image in dict.fromkeys(image_ids):
        found = _role_for(cases, image, person, role)
        if isinstance(found, str):
            refused.append(f"{image[:16]}…: {found}")
        else:
            chosen[image] = found
    _all_or_none(refused, len(image_ids))
    days = [ruling.valid_days for ruling, _ in chosen.values() if ruling.valid_days is not None]
    until = expires or moment + (timedelta(days=min(days)) if days else DEFAULT_VALIDITY)
    if until <= moment:
        raise ApprovalRefused(
            f"An expiry after {moment.isoformat()} was expected, found {until.isoformat()}.",
            hint="imprimatur review approve IMAGE --expires DATE",
        )
    return _record(ledger, EntryKind.APPROVAL, sign_approval, person, key, chosen, reason, moment, until)


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
    moment = (at or datetime.now(UTC)).astimezone(UTC)
    person = _person(ledger, reviewer, key, moment, role)
    cases = docket(ledger.entries(), moment, workspace_id=ledger.workspace_id)
    chosen: dict[str, tuple[Ruling, str]] = {}
    refused: list[str] = []
    for image in dict.fromkeys(image_ids):
        ruling = cases.ruling(image)
        if ruling is None or ruling.outcome is None:
            refused.append(f"{image[:16]}…: no decision is recorded")
        else:
            chosen[image] = (ruling, role or person.roles[0])
    _all_or_none(refused, len(image_ids))
    until = moment + DEFAULT_VALIDITY
    return _record(ledger, EntryKind.REJECTION, sign_rejection, person, key, chosen, reason, moment, until)


def _person(ledger: Ledger, reviewer: str, key: SigningKey, moment: datetime, role: str | None) -> ReviewerRecord:
    person = resolve(ledger, reviewer)
    if person.public_key != key.public:
        raise ApprovalRefused(
            f"The key {person.public_key.key_id[:16]}… registered for {person.reviewer} was expected, "
            f"found {key.key_id[:16]}….",
            hint="imprimatur reviewer list",
        )
    if not person.active(moment):
        raise ApprovalRefused(
            f"A reviewer in office was expected; {person.reviewer} is revoked since {person.revoked_from}.",
            hint="imprimatur reviewer list",
        )
    if role is not None and role not in person.roles:
        raise ApprovalRefused(
            f"One of the roles {', '.join(person.roles)} of {person.reviewer} was expected, found '{role}'.",
            hint="imprimatur reviewer list",
        )
    return person


def _role_for(cases: Docket, image: str, person: ReviewerRecord, role: str | None) -> tuple[Ruling, str] | str:
    """The ruling and the role in which `person` may approve it, or why not."""
    ruling = cases.ruling(image)
    if ruling is None or ruling.outcome is None:
        return "no decision is recorded"
    if cases.withdrawn(image):
        return "it is withdrawn"
    if not (ruling.outcome is Outcome.MEMORIZE or (ruling.outcome is Outcome.REVIEW and ruling.lift is Lift.APPROVAL)):
        return f"its decision is '{ruling.outcome.value}' and approving cannot lift it"
    if cases.rejected(image):
        return "a reviewer rejected it as it is"
    given = cases.counting(image)
    if any(approval.reviewer == person.reviewer for approval in given):
        return "you have approved it already; a second approval must come from another person"
    open_roles = ruling.roles - {approval.statement.role for approval in given if approval.statement}
    wished = (role,) if role else person.roles
    fitting = [r for r in wished if r in open_roles] or [r for r in wished if r in ruling.roles]
    if not fitting and ruling.people > len(ruling.roles):
        fitting = list(wished)  # more people are asked for than roles: the others may hold any role
    if not fitting:
        return f"one of the roles {', '.join(sorted(ruling.roles))} is needed, you hold {', '.join(wished)}"
    return ruling, fitting[0]


def _all_or_none(refused: list[str], asked: int) -> None:
    if refused or not asked:
        more = f" (and {len(refused) - _SHOWN} more)" if len(refused) > _SHOWN else ""
        raise ApprovalRefused(
            f"{asked} images that may be approved were expected, found {len(refused)} that may not: "
            f"{'; '.join(refused[:_SHOWN])}{more}. Nothing was recorded."
            if refused
            else "At least one image was expected, found none.",
            hint="imprimatur review list",
        )


def _record(
    ledger: Ledger,
    kind: EntryKind,
    sign: Callable[..., dict[str, Any]],
    person: ReviewerRecord,
    key: SigningKey,
    chosen: dict[str, tuple[Ruling, str]],
    reason: str,
    moment: datetime,
    until: datetime,
) -> tuple[LedgerEntry, ...]:
    batches: dict[tuple[str, str, str], list[ApprovedItem]] = {}
    for image, (ruling, role) in chosen.items():
        item = ApprovedItem(image, ruling.texts_digest, ruling.findings_digest, ruling.facts_digest)
        batches.setdefault((ruling.policy_sha256, ruling.purpose, role), []).append(item)
    code = coded(reason, "the reason")
    new: list[NewEntry] = []
    for (policy, purpose, role), items in batches.items():
        envelope = sign(key, person.reviewer, role, items, policy, ledger.workspace_id, purpose, code, moment, until)
        body = {
            "envelope": envelope,
            "reviewer": person.reviewer,
            "image_ids": [item.image_id for item in items],
        }
        new.append(NewEntry(kind, body, at=moment))
    return ledger.append(new)
