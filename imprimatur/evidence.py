"""What an auditor asks of a workspace: recheck, proofs of one image, the signed checkpoint, what another policy would do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit import recheck
from audit.entry import EntryKind
from audit.proof import prove
from audit.recheck import RecheckReport
from curate.canonical import from_json
from curate.decision import ValueScore
from curate.errors import ExitCode, ImprimaturError
from curate.finding import Screening
from curate.policy.compare import Change, Subject, compare
from curate.policy.decide import Routing
from curate.policy.document import load_policy
from curate.record import ImageRecord
from imprimatur.record_book import LedgerMissing, now, open_ledger
from imprimatur.recording import last_decisions
from imprimatur.which_image import which_image
from imprimatur.workspace import Workspace


class EvidenceMissing(ImprimaturError):
    """A file the check needs is not there."""

    code = "IMP-E117"
    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True)
class Rechecked:
    """The recheck's report with the place it was made of."""

    path: Path
    report: RecheckReport

    @property
    def ok(self) -> bool:
        return self.report.ok

    def to_document(self) -> dict[str, Any]:
        return {
            "ledger": str(self.path),
            "ok": self.report.ok,
            "entries": self.report.entries,
            "root": self.report.root,
            "checkpoints": self.report.checkpoints,
            "signatures": self.report.signatures,
            "erased": list(self.report.erased),
            "problems": [
                {"where": item.where, "expected": item.expected, "found": item.found} for item in self.report.problems
            ],
        }


def _read(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EvidenceMissing(f"Expected {what} at {path}, found: {error}.", hint=f"ls -l {path}") from error


def verify_ledger(workspace: Workspace, *, against: Path | None = None, public_key: Path | None = None) -> Rechecked:
    """Check the ledger with the recheck's own code; `public_key` and `against` are copies kept elsewhere.

    Raises:
        LedgerMissing: there is no ledger. EvidenceMissing: a named file cannot be read.
    """
    if not workspace.ledger_path.exists():
        raise LedgerMissing(
            f"Expected a ledger at {workspace.ledger_path}, found none.", hint="imprimatur curate CATALOG"
        )
    key = _read(public_key or workspace.ledger_public_path, "the ledger's public key")
    kept = _read(against, "a checkpoint") if against is not None else None
    return Rechecked(workspace.ledger_path, recheck.verify(workspace.ledger_path, key, against=kept))


def prove_image(workspace: Workspace, typed: str) -> dict[str, Any]:
    """Inclusion proofs of every entry that names the image, oldest first, and the key they are checked with."""
    with open_ledger(workspace) as ledger:
        image_id = which_image(ledger, typed)
        entries = [
            entry
            for entry in ledger.entries()
            if entry.body.get("image_id") == image_id or image_id in entry.body.get("image_ids", ())
        ]
        return {
            "image_id": image_id,
            "public_key": ledger.public_key.pem,
            "proofs": [{"kind": entry.kind.value, **prove(ledger, entry.index)} for entry in entries],
        }


def checkpoint(workspace: Workspace) -> str:
    """The signed checkpoint (C2SP signed note) as it stands."""
    with open_ledger(workspace) as ledger:
        return ledger.checkpoint()


@dataclass(frozen=True)
class PolicyChange:
    """One image that the second policy would treat otherwise."""

    change: Change

    def to_document(self) -> dict[str, Any]:
        change = self.change
        return {
            "image_id": change.image_id,
            "file_names": list(change.file_names),
            "before": {
                "outcome": change.before.value,
                "lift": change.lift_before.value,
                "rules": list(change.rules_before),
            },
            "after": {
                "outcome": change.after.value,
                "lift": change.lift_after.value,
                "rules": list(change.rules_after),
            },
            "why": {"en": change.why_en, "ja": change.why_ja},
        }


def diff_policies(workspace: Workspace, a: Path, b: Path) -> tuple[PolicyChange, ...]:
    """Replay what was recorded about every image under both policies; nothing is looked at again."""
    first, second = load_policy(a), load_policy(b)
    subjects = []
    with open_ledger(workspace) as ledger:
        for entry in last_decisions(ledger.entries(EntryKind.DECISION)).values():
            payload = ledger.payload(entry.index)
            if payload is not None:
                subjects.append(
                    Subject(
                        from_json(ImageRecord, payload["record"]),
                        from_json(Screening, payload["screening"]),
                        from_json(ValueScore, payload["value"]),
                        from_json(Routing, payload["routing"]),
                    )
                )
    return tuple(PolicyChange(change) for change in compare(subjects, first, second, today=now().date()))
