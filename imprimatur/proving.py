"""Trained minus approved: the emission logs of this workspace's models against its ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

from audit.emission_check import Approved, EmissionReport, check_emission
from audit.entry import EntryKind, LedgerEntry
from audit.standing import standings
from imprimatur.record_book import open_ledger
from imprimatur.workspace import Workspace
from train.emission import file_of
from train.manifest import Manifest, ManifestError, NoManifest, read_manifest
from train.run_folder import MODEL_FOLDER


def prove_trained(workspace: Workspace) -> tuple[EmissionReport, ...]:
    """One report for every model whose folder is here, oldest first; a model made before there were logs has none.

    Raises:
        LedgerCorrupt: the ledger does not hold; then nothing is proven.
    """
    with open_ledger(workspace) as ledger:
        entries = list(ledger.entries())
        made = [entry for entry in entries if entry.kind is EntryKind.MANIFEST]
        reports = []
        for entry in made:
            folder = workspace.models / str(entry.body["folder"])
            try:
                manifest = read_manifest(folder / MODEL_FOLDER, ledger.public_key)
            except NoManifest:
                if entry is made[-1]:
                    reports.append(_failed(entry, "the model in use has no manifest any more"))
                continue  # an older model that was deleted answers nobody
            except ManifestError as error:
                reports.append(_failed(entry, error.message))
                continue
            if manifest.run != entry.body["run"] or not manifest.emission:
                continue

            def log_of(rank: int, folder: Any = folder) -> BinaryIO | None:
                path = file_of(folder, rank)
                return path.open("rb") if path.is_file() else None

            document = manifest.to_document()["predicate"]
            reports.append(check_emission(document, log_of, _approved(entries, entry, manifest, ledger.workspace_id)))
        return tuple(reports)


def _approved(
    entries: Sequence[LedgerEntry], made: LedgerEntry, manifest: Manifest, workspace_id: str
) -> Callable[[str], Approved | None]:
    """What stood cleared when the manifest was recorded: what was recorded before it, at its own moment."""
    book = standings(entries[: made.index], manifest.created, workspace_id=workspace_id)

    def approved(image_id: str) -> Approved | None:
        standing = book.of(image_id)
        if not standing.cleared or standing.decision_index is None:
            return None
        body = entries[standing.decision_index].body
        return Approved(str(body["texts_digest"]), str(body["facts_digest"]))

    return approved


def _failed(entry: LedgerEntry, why: str) -> EmissionReport:
    return EmissionReport(str(entry.body["run"]), 0, 0, (why,))
