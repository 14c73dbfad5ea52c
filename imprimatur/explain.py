"""`explain`: all there is about one image, from its source to its proof, in the order in which it happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audit.entry import EntryKind, LedgerEntry
from audit.standing import Standing
from imprimatur.record_book import open_ledger, standing_now
from imprimatur.recording import last_decisions
from imprimatur.which_image import which_image
from imprimatur.workspace import Workspace


@dataclass(frozen=True)
class Explanation:
    """`payload` is what people wrote and detectors found (None once erased); `history` is every entry naming the image."""

    standing: Standing
    decision: dict[str, Any]
    payload: dict[str, Any] | None
    history: tuple[dict[str, Any], ...]
    training_runs: tuple[dict[str, Any], ...]
    proof: dict[str, Any]

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
        return Explanation(
            standing=standing_now(ledger).of(image_id),
            decision=dict(entry.body),
            payload=ledger.payload(entry.index),
            history=tuple(_line(item) for item in ledger.entries() if _names(item, image_id)),
            training_runs=tuple(runs),
            proof=prove(ledger, entry.index).to_document(),
        )
