"""What takes an image out of answers: a withdrawal, a wrong answer reported, and its case closed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from audit import withdrawal
from audit.approving import Verdict
from audit.entry import LedgerEntry
from audit.review.pictures import forget_views
from audit.reviewers import resolve
from curate.errors import ExitCode, ImprimaturError
from imprimatur.record_book import now, open_ledger
from imprimatur.verdicts import Draft, Signed, sign
from imprimatur.which_image import which_image
from imprimatur.workspace import Workspace
from train.vision_features import FOLDER, forget_features

BY_OPERATOR = "operator"  # who acted when no reviewer was named


class NotInAnswer(ImprimaturError):
    """The answer given as evidence does not show the image."""

    code = "IMP-E148"
    exit_code = ExitCode.USAGE


def withdraw_image(workspace: Workspace, image: str, *, reason: str, by: str | None) -> LedgerEntry:
    """End the standing of one image."""
    with open_ledger(workspace, write=True) as ledger:
        who = resolve(ledger, by).reviewer if by else BY_OPERATOR
        entry = withdrawal.withdraw(ledger, which_image(ledger, image), reason, who, at=now())
    image_id = str(entry.body["image_id"])
    forget_views(workspace.review_cache, image_id)
    forget_features(workspace.cache / FOLDER, image_id)
    return entry


def report_wrong_answer(
    workspace: Workspace, query: str, image: str, *, cause: str, answer: dict[str, Any] | None = None
) -> LedgerEntry:
    """Record a wrong answer; the image is held until its case is closed. `answer` is the recall document that showed
    it: the hit of this image is kept for whoever judges the case.

    Raises:
        NotInAnswer: the image is not among the results of `answer`.
    """
    with open_ledger(workspace, write=True) as ledger:
        image_id = which_image(ledger, image)
        hits = [hit for hit in (answer or {}).get("results", ()) if hit.get("image_id") == image_id]
        if answer is not None and not hits:
            raise NotInAnswer(
                f"An answer that shows {image_id[:12]}… was expected, found one that does not.",
                hint='imprimatur recall "QUERY" --json > answer.json',
            )
        kept = hits[0] if hits else None
        return withdrawal.report_wrong(ledger, query, image_id, cause, answer=kept, at=now())


def close_wrong_answer(
    workspace: Workspace, report_id: str, *, remedy: str, by: str, key: Path | None = None
) -> Signed:
    """Close a wrong-answer case, signed: the image may be shown again.

    Raises:
        WithdrawalRefused: no report has this id. ApprovalRefused: it is closed already, or this person may not.
    """
    with open_ledger(workspace) as ledger:
        image = withdrawal.reported_image(ledger, report_id)
    return sign(
        workspace,
        Draft(verdict=Verdict.CLOSE, images=(image,), reviewer=by, reason=remedy, report=report_id, key=key),
    )
