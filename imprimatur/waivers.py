"""Whoever answers for a waiver is a reviewer of the workspace: asked before anything is judged by it."""

from __future__ import annotations

from audit.reviewers import reviewers
from curate.policy.document import Policy, PolicyError
from imprimatur.record_book import ledger_exists, open_ledger
from imprimatur.workspace import Workspace


def check_waivers(workspace: Workspace, policy: Policy) -> None:
    """Raises: PolicyError if a waiver names an approver who is not, or no longer, a reviewer here."""
    if not policy.document.waivers:
        return
    known: set[str] = set()
    if ledger_exists(workspace):
        with open_ledger(workspace) as ledger:
            known = {record.reviewer for record in reviewers(ledger) if record.revoked_from is None}
    for waiver in policy.document.waivers:
        if waiver.approver not in known:
            raise PolicyError(
                f"The waiver {waiver.id} expected a reviewer of this workspace as its approver, found {waiver.approver}.",
                hint="imprimatur reviewer list",
            )
