"""Every model keeps the signed checkpoint of its day: a ledger that was put back to an earlier one is found by them."""

from __future__ import annotations

from pathlib import Path

from audit import note
from audit.dsse import SignatureInvalid
from audit.ledger import Ledger
from audit.merkle import ProofInvalid, verify_consistency
from audit.store_errors import LedgerCorrupt
from imprimatur.workspace import Workspace
from train.manifest import ManifestError, NoManifest, read_signed
from train.run_folder import MODEL_FOLDER


def require_continued(workspace: Workspace, ledger: Ledger) -> int:
    """Refuse a ledger that does not begin with every checkpoint in the manifests of this workspace's models: somebody put
    an older copy in its place, in which later withdrawals are missing. Returns the number of models that were asked.

    Raises:
        LedgerCorrupt: it is shorter, or another log.
    """
    head = note.verify(ledger.checkpoint(), ledger.public_key, ledger.origin)
    asked = 0
    for folder in sorted(workspace.models.glob("*/" + MODEL_FOLDER)):
        try:
            kept = note.verify(read_signed(folder, ledger.public_key).checkpoint, ledger.public_key, ledger.origin)
        except (NoManifest, ManifestError, SignatureInvalid):
            continue  # not by this ledger's key, or unfinished: it says nothing about this log
        asked += 1
        if kept.size > head.size:
            raise _older(ledger, kept.size, folder.parent, f"one of {head.size} entries")
        try:
            verify_consistency(kept.size, head.size, kept.root, head.root, ledger.consistency_proof(kept.size))
        except ProofInvalid as error:
            raise _older(ledger, kept.size, folder.parent, "another history") from error
    return asked


def _older(ledger: Ledger, size: int, model: Path, found: str) -> LedgerCorrupt:
    return LedgerCorrupt(
        f"The ledger {ledger.place} was put back: expected one that continues the {size} entries known to {model.name}, "
        f"found {found}.",
        hint=f"put the newest ledger back; if it is lost, what was recorded since is lost with it: move {model} away, "
        "and record withdrawals again",
    )
