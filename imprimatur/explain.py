"""`explain`: all there is about one image, from its source to its proof, in the order in which it happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audit.entry import EntryKind, LedgerEntry
from audit.ledger import Ledger
from audit.standing import Standing
from curate.policy.change_wording import change_document
from curate.policy.document import policy_from_json
from curate.policy.would_change import WouldChange, would_change
from imprimatur.record_book import now, open_ledger, standing_now
from imprimatur.recording import last_decisions
from imprimatur.replaying import subject_of
from imprimatur.which_image import which_image
from imprimatur.workspace import Workspace


@dataclass(frozen=True)
class Explanation:
    """`payload` is what people wrote and detectors found (None once erased); `history` is every entry naming the image.
    `would_change` is None where what was decided on, or its policy, was erased."""

    standing: Standing
    decision: dict[str, Any]
    payload: dict[str, Any] | None
    history: tuple[dict[str, Any], ...]
    training_runs: tuple[dict[str, Any], ...]
    proof: dict[str, Any]
    would_change: WouldChange | None = None

    def to_document(self) -> dict[str, Any]:
        standing = self.standing
        return {
            "image_id": standing.image_id,
            "standing": {
                "state": standing.state.value,
                "reasons": list(standing.reasons),
                "expires_at": standing.expires_at.isoformat() if standing.expires_at else None,
                "may_be_shown": standing.may_be_shown,
                "unsafe": standing.unsafe,
            },
            "decision": self.decision,
            "detail": self.payload,
            "history": list(self.history),
            "training_runs": list(self.training_runs),
            "proof": self.proof,
            "would_change": None if self.would_change is None else change_document(self.would_change),
        }


def _names(entry: LedgerEntry, image_id: str) -> bool:
    body = entry.body
    return body.get("image_id") == image_id or image_id in body.get("image_ids", ())


def _line(entry: LedgerEntry) -> dict[str, Any]:
    body = entry.body
    keep = ("outcome", "rules", "reviewer", "reason", "cause", "remedy", "report_id", "run", "by")
    return {
        "ledger_index": entry.index,
        "kind": entry.kind.value,
        "at": entry.at.isoformat(),
        **{key: body[key] for key in keep if key in body},
    }


def _would_change(ledger: Ledger, entry: LedgerEntry, payload: dict[str, Any] | None) -> WouldChange | None:
    """Computed from what was decided on and the policy that decided, both as recorded, for today."""
    sha256 = entry.body["policy"]["sha256"]
    policies = [found.index for found in ledger.entries(EntryKind.POLICY) if found.body["sha256"] == sha256]
    canonical = ledger.payload(policies[0]) if policies else None
    subject = subject_of(payload)
    if canonical is None or subject is None:
        return None
    policy = policy_from_json(canonical, where=f"policy of ledger entry {policies[0]}")
    return would_change(subject, policy, today=now().date())


def explain(workspace: Workspace, typed: str) -> Explanation:
    """Everything recorded about the image that `typed` means.

    Raises:
        ImageUnknown: nothing, or more than one image, fits.
    """
    from audit.proof import prove

    with open_ledger(workspace) as ledger:
        image_id = which_image(ledger, typed)
        entry = last_decisions(ledger.entries(EntryKind.DECISION))[image_id]
        runs = []
        for run in ledger.entries(EntryKind.TRAINING_RUN):
            for item in run.body["statement"]["predicate"]["read"]:
                if item.get("image_id") == image_id:
                    runs.append({"run": run.body["run"], "ledger_index": run.index, **item})
        payload = ledger.payload(entry.index)
        return Explanation(
            standing=standing_now(ledger).of(image_id),
            decision=dict(entry.body),
            payload=payload,
            history=tuple(_line(item) for item in ledger.entries() if _names(item, image_id)),
            training_runs=tuple(runs),
            proof=prove(ledger, entry.index).to_document(),
            would_change=_would_change(ledger, entry, payload),
        )
