"""Approvals that another policy would void: told before it is adopted, and once more when it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.entry import LedgerEntry
from audit.standing import StandingBook
from curate.errors import ExitCode, ImprimaturError
from curate.policy.document import Policy

_SHOWN = 3  # images named in a message


class ApprovalsVoided(ImprimaturError):
    """Approvals bind the policy they were given under; under another one they count no more."""

    code = "IMP-E142"
    exit_code = ExitCode.WAITING


@dataclass(frozen=True, slots=True)
class VoidedApproval:
    """An image whose approvals count now and would not under the other policy; `entries` are these approvals."""

    image_id: str
    state: str  # standing now
    entries: tuple[int, ...]

    def to_document(self) -> dict[str, Any]:
        return {"image_id": self.image_id, "standing": self.state, "approvals": list(self.entries)}


def voided_by(policy: Policy, last: Mapping[str, LedgerEntry], book: StandingBook) -> tuple[VoidedApproval, ...]:
    """Every image with approvals that count now for a decision under a policy of another content, by image id.

    `last`: the last decision on each image. A comment or the order of keys makes no other policy.
    """
    return tuple(
        VoidedApproval(standing.image_id, standing.state.value, standing.approval_indices)
        for standing in book.all()
        if standing.approval_indices
        and standing.image_id in last
        and last[standing.image_id].body["policy"]["sha256"] != policy.ref.sha256
    )


def voided_notice(policy: Policy, last: Mapping[str, LedgerEntry], book: StandingBook) -> ApprovalsVoided | None:
    """What to say when `policy` is about to be adopted; None where no approval is lost."""
    lost = voided_by(policy, last, book)
    if not lost:
        return None
    named = ", ".join(item.image_id[:12] for item in lost[:_SHOWN]) + (" …" if len(lost) > _SHOWN else "")
    return ApprovalsVoided(
        f"policy {policy.ref.id} {policy.ref.version}: expected the policy under which people approved, found another one; the "
        f"approvals of {len(lost)} images count no more under it ({named})",
        hint="imprimatur policy diff OLD NEW lists them before a policy is adopted; afterwards people approve again: "
        "imprimatur review list",
    )
