"""`audit export`: the record, the manifests, statements and reports, in one folder for somebody who trusts nobody here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit import dsse
from audit.entry import EntryKind
from audit.export import bom, croissant, identifiers, verdict
from audit.export.folder import Exported, export_record
from audit.keys import SigningKey
from audit.ledger import Ledger
from audit.report.data import ReportData
from audit.report.pdf import PdfUnavailable
from audit.report.wording import Lang
from curate.canonical import canonical_bytes
from imprimatur import __version__
from imprimatur.evidence import EvidenceMissing
from imprimatur.record_book import ledger_key, now, open_ledger
from imprimatur.reporting import LANGUAGES, rendered, report_data
from imprimatur.workspace import Workspace
from train import card, signature
from train.emission import file_of
from train.manifest import FILE_NAME, Manifest, read_manifest
from train.provenance import provenance
from train.run_folder import MODEL_FOLDER


@dataclass(frozen=True)
class Model:
    """One recorded model as it lies in the workspace, verified."""

    index: int
    folder: Path  # of the model's files; the run's own files lie one above
    manifest: Manifest
    manifest_bytes: bytes


def export(workspace: Workspace, folder: Path, *, disclose: bool = True) -> tuple[Exported, str]:
    """Write `folder` for an outsider; beside it, why no PDF went along (empty when one did, or none was wanted). Without `disclose` no payload is opened and neither report nor table goes along:
    they name people and pictures.

    Raises:
        ExportRefused: the folder exists, or the record was made under an unsafe policy.
        EvidenceMissing: a model that the record names is not here. ManifestError: it is not what was signed.
        LedgerKeyMissing: statements have to be signed, and the ledger's key is not on this machine.
    """
    with open_ledger(workspace) as ledger:
        key = ledger_key(workspace)
        models = _models(workspace, ledger)
        data = report_data(workspace)
        documents = _of_models(workspace, ledger, models, data, key)
        no_pdf = ""
        if disclose:
            reports, no_pdf = _reports(data)
            documents |= _of_pictures(models, data) | reports
        done = export_record(
            ledger,
            folder,
            key=key,
            manifests={model.index: model.manifest_bytes for model in models},
            documents=documents,
            disclose=disclose,
            at=now(),
        )
        return done, no_pdf


def _models(workspace: Workspace, ledger: Ledger) -> list[Model]:
    found = []
    for entry in ledger.entries(EntryKind.MANIFEST):
        folder = workspace.models / str(entry.body["folder"]) / MODEL_FOLDER
        try:
            data = (folder / FILE_NAME).read_bytes()
        except OSError as error:
            raise EvidenceMissing(
                f"Expected the manifest of {entry.body['run']} at {folder / FILE_NAME}, found: {error.strerror}.",
                hint="restore the model folder from your copy",
            ) from error
        found.append(Model(entry.index, folder, read_manifest(folder, ledger.public_key), data))
    return found


def _of_models(
    workspace: Workspace, ledger: Ledger, models: list[Model], data: ReportData, key: SigningKey
) -> dict[str, bytes]:
    """Statements, card, signature and bill of materials of every model; no words about pictures or people."""
    statements = {str(entry.body["run"]): entry.body["statement"] for entry in ledger.entries(EntryKind.TRAINING_RUN)}
    made: dict[str, bytes] = {}
    for model in models:
        run, document = model.manifest.run, model.manifest.to_document()
        inputs = [{"uri": f"manifests/{model.index}.json", "digest": _digest(model.manifest_bytes)}]
        if run in statements:
            built = _sealed(provenance(model.manifest, statements[run], __version__), key)
            made[f"statements/{run}.provenance.json"] = built
            inputs.append({"uri": f"statements/{run}.provenance.json", "digest": _digest(built)})
        made[f"statements/{run}.vsa.json"] = _sealed(verdict.summary(document, data, inputs, __version__), key)
        made[f"statements/{run}.svr.json"] = _sealed(verdict.simple_result(document, data, __version__), key)
        made[f"models/{run}/bom.cdx.json"] = _json(bom.bill(document, data, __version__))
        for log in model.manifest.emission:
            made[f"emission/{run}.rank-{log.rank:04d}.log"] = _emitted(model, log.rank)
        for name in (card.FILE_NAME, signature.FILE_NAME):
            if name in model.manifest.files:
                made[f"models/{run}/{name}"] = (model.folder / name).read_bytes()
    for name, statement in (
        ("withdrawals", verdict.withdrawals(data)),
        ("waivers", verdict.waivers(data, data.ledger.root)),
    ):
        if statement is not None:
            made[f"statements/{name}.json"] = _sealed(statement, key)
    if models and workspace.model_public_path.is_file():
        made["models/model-signing.pub.pem"] = workspace.model_public_path.read_bytes()
    return made


def _emitted(model: Model, rank: int) -> bytes:
    path = file_of(model.folder.parent, rank)
    try:
        return path.read_bytes()
    except OSError as error:
        raise EvidenceMissing(
            f"Expected the emission log of {model.manifest.run} at {path}, found: {error.strerror}.",
            hint="restore the model folder from your copy",
        ) from error


def _of_pictures(models: list[Model], data: ReportData) -> dict[str, bytes]:
    table = identifiers.rows([model.manifest.to_document() for model in models], data)
    as_csv, as_parquet = identifiers.as_csv(table), identifiers.as_parquet(table)
    return {
        f"dataset/{croissant.CSV_NAME}": as_csv,
        f"dataset/{croissant.PARQUET_NAME}": as_parquet,
        "dataset/croissant.json": _json(croissant.describe(data, as_csv, as_parquet)),
    }


def _reports(data: ReportData) -> tuple[dict[str, bytes], str]:
    """The report in every form; and why there is no PDF, empty when there is one. HTML has the same content."""
    made = {
        "reports/report.json": rendered(data, "json", Lang.EN),
        "reports/images.csv": rendered(data, "csv", Lang.EN),
    }
    for name in LANGUAGES:
        made[f"reports/report.{name}.html"] = rendered(data, "html", Lang(name))
    try:
        made |= {f"reports/report.{name}.pdf": rendered(data, "pdf", Lang(name)) for name in LANGUAGES}
    except PdfUnavailable as error:
        return made, f"{error.message} {error.hint}"
    return made, ""


def _sealed(statement: Mapping[str, Any], key: SigningKey) -> bytes:
    return canonical_bytes(dsse.seal(canonical_bytes(statement), key)) + b"\n"


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _digest(data: bytes) -> dict[str, str]:
    return {"sha256": hashlib.sha256(data).hexdigest()}
