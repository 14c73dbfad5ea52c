"""`audit export`: the record, the manifests and the reports, in one folder for somebody who trusts nobody here."""

from __future__ import annotations

import tempfile
from pathlib import Path

from audit.entry import EntryKind
from audit.export.folder import Exported, export_record
from audit.ledger import Ledger
from imprimatur.evidence import EvidenceMissing
from imprimatur.record_book import now, open_ledger
from imprimatur.reporting import LANGUAGES, write_report
from imprimatur.workspace import Workspace
from train.manifest import FILE_NAME
from train.trainer import MODEL_FOLDER


def export(workspace: Workspace, folder: Path, *, disclose: bool = True) -> Exported:
    """Write `folder` for an outsider. Without `disclose` no payload is opened and no report goes along: reports name
    people and pictures.

    Raises:
        ExportRefused: the folder exists, or the record was made under an unsafe policy.
        EvidenceMissing: the manifest of a model that the record names is not here.
    """
    with open_ledger(workspace) as ledger:
        manifests = _manifests(workspace, ledger)
        reports = _reports(workspace) if disclose else {}
        return export_record(ledger, folder, manifests=manifests, reports=reports, disclose=disclose, at=now())


def _manifests(workspace: Workspace, ledger: Ledger) -> dict[int, bytes]:
    found = {}
    for entry in ledger.entries(EntryKind.MANIFEST):
        path = workspace.models / str(entry.body["folder"]) / MODEL_FOLDER / FILE_NAME
        try:
            found[entry.index] = path.read_bytes()
        except OSError as error:
            raise EvidenceMissing(
                f"Expected the manifest of {entry.body['run']} at {path}, found: {error.strerror}.",
                hint="restore the model folder from your copy",
            ) from error
    return found


def _reports(workspace: Workspace) -> dict[str, bytes]:
    wanted = [("html", lang, f"report.{lang}.html") for lang in LANGUAGES]
    wanted += [("json", LANGUAGES[0], "report.json"), ("csv", LANGUAGES[0], "images.csv")]
    with tempfile.TemporaryDirectory() as scratch:
        return {
            name: write_report(workspace, format_=kind, lang=lang, output=Path(scratch) / name).path.read_bytes()
            for kind, lang, name in wanted
        }
