"""`explain`: all there is about one image, from its source to its proof, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from audit.entry import EntryKind, LedgerEntry
from audit.ledger import Ledger
from audit.report.people import reviewer_names
from audit.standing import Standing
from curate.policy.change_wording import change_document
from curate.policy.document import policy_from_json
from curate.policy.would_change import WouldChange, would_change
from imprimatur.record_book import now, open_ledger, standing_now
from imprimatur.replaying import subject_of
from imprimatur.which_image import which_image
from imprimatur.workspace import Workspace


@dataclass(frozen=True)
class Explanation:
    """`payload` is what people wrote and detectors found (None once erased); `history` is every entry naming the image.
    `would_change` is None where what was decided on, or its policy, was erased. `reviewers`: names by id, None once erased;
    for people's eyes only, the document has the ids."""

    standing: Standing
    decision: dict[str, Any]
    payload: dict[str, Any] | None
    history: tuple[dict[str, Any], ...]
    training_runs: tuple[dict[str, Any], ...]
    proof: dict[str, Any]
    would_change: WouldChange | None = None
    reviewers: Mapping[str, str | None] = field(default_factory=dict)

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


@dataclass
class _Seen:
    """What one reading of the ledger told about the image."""

    image_id: str
    decision: LedgerEntry | None = None
    history: list[dict[str, Any]] = field(default_factory=list)
    training_runs: list[dict[str, Any]] = field(default_factory=list)
    policies: dict[str, int] = field(default_factory=dict)  # sha256 -> the first entry that holds it
    reviewers: list[LedgerEntry] = field(default_factory=list)

    def of(self, entries: Iterable[LedgerEntry]) -> Iterator[LedgerEntry]:
        """`entries`, looked at as they pass on to whoever needs all of them."""
        for entry in entries:
            if _names(entry, self.image_id):
                self.history.append(_line(entry))
                self.decision = entry if entry.kind is EntryKind.DECISION else self.decision
            if entry.kind is EntryKind.TRAINING_RUN:
                for item in entry.body["statement"]["predicate"]["read"]:
                    if item.get("image_id") == self.image_id:
                        self.training_runs.append(
                            {"run": entry.body["run"], "ledger_index": entry.index, "at": entry.at.isoformat(), **item}
                        )
            if entry.kind is EntryKind.REVIEWER:
                self.reviewers.append(entry)
            if entry.kind is EntryKind.POLICY:
                self.policies.setdefault(entry.body["sha256"], entry.index)
            yield entry


def _would_change(ledger: Ledger, policy_index: int | None, payload: dict[str, Any] | None) -> WouldChange | None:
    """Computed from what was decided on and the policy that decided, both as recorded, for today."""
    canonical = None if policy_index is None else ledger.payload(policy_index)
    subject = subject_of(payload)
    if canonical is None or subject is None:
        return None
    policy = policy_from_json(canonical, where=f"policy of ledger entry {policy_index}")
    return would_change(subject, policy, today=now().date())


def explain(workspace: Workspace, typed: str) -> Explanation:
    """Everything recorded about the image that `typed` means.

    Raises:
        ImageUnknown: nothing, or more than one image, fits.
    """
    from audit.proof import prove

    with open_ledger(workspace) as ledger:
        seen = _Seen(which_image(ledger, typed))
        standing = standing_now(ledger, entries=seen.of(ledger.entries())).of(seen.image_id)
        entry = seen.decision
        assert entry is not None  # an image is known by its decision
        payload = ledger.payload(entry.index)
        return Explanation(
            standing=standing,
            decision=dict(entry.body),
            payload=payload,
            history=tuple(seen.history),
            training_runs=tuple(seen.training_runs),
            proof=prove(ledger, entry.index).to_document(),
            would_change=_would_change(ledger, seen.policies.get(entry.body["policy"]["sha256"]), payload),
            reviewers=reviewer_names(seen.reviewers, ledger.payload),
        )
