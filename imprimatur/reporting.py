"""`report` and the manager's page: the second room's pages, fed from this workspace, written whole or not at all."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from audit.entry import EntryKind
from audit.ledger import Ledger
from audit.recheck.run import Problem
from audit.report.collect import collect
from audit.report.data import ReportData, VerdictState
from audit.report.document import document_bytes
from audit.report.html import render_html
from audit.report.pdf import render_pdf
from audit.report.pilot_page import render_pilot_page
from audit.report.table_csv import image_table
from audit.report.wording import Lang
from curate.atomic import write_atomic
from curate.long_lived import long_lived
from curate.screen.measured import measured_for
from curate.screen.screener import Screener
from imprimatur.evidence import verify_ledger
from imprimatur.record_book import now, open_ledger
from imprimatur.workspace import Workspace

LANGUAGES: tuple[Literal["en", "ja"], ...] = ("en", "ja")


@dataclass(frozen=True)
class Written:
    """A report file; `holds` is false when the record does not, `unsafe` when no named person stood behind it."""

    path: Path
    holds: bool
    unsafe: bool


def _manifests(workspace: Workspace, ledger: Ledger) -> list[dict[str, Any]]:
    """The manifest documents of every model the ledger names, out of their envelopes.

    A model folder that is gone or does not verify is an integrity failure, and named as one.
    """
    from train.manifest import read_manifest
    from train.run_folder import MODEL_FOLDER

    return [
        read_manifest(workspace.models / str(entry.body["folder"]) / MODEL_FOLDER, ledger.public_key).to_document()
        for entry in ledger.entries(EntryKind.MANIFEST)
    ]


def _detectors() -> list[dict[str, Any]]:
    return [
        {
            "detector": {"name": info.detector.name, "version": info.detector.version},
            "checks": [check.value for check in info.checks],
            "licence": info.licence,
            "blind_spots_en": info.blind_spots_en,
            "blind_spots_ja": info.blind_spots_ja,
            "available": info.available,
            "hint": info.hint,
            "measured": [asdict(row) for row in measured_for(info.detector.name)],
        }
        for info in Screener().detectors()
    ]


def report_data(workspace: Workspace) -> ReportData:
    """Everything the report says, the ledger rechecked on the way."""
    problems: tuple[Problem, ...] = verify_ledger(workspace).report.problems
    with open_ledger(workspace) as ledger, long_lived():
        entries = list(ledger.entries())
        payloads = {entry.index: payload for entry, payload in ledger.payloads(entries)}  # in bulk: one read
        return collect(
            entries,
            payloads.get,
            problems,
            _manifests(workspace, ledger),
            _detectors(),
            now(),
            checkpoint=ledger.checkpoint(),
        )


def write_report(
    workspace: Workspace, *, format_: str, lang: Literal["en", "ja"], output: Path | None = None
) -> Written:
    """Write one report; `format_` is html, pdf, json or csv.

    Raises:
        PdfUnavailable: a PDF was asked for and WeasyPrint, Pango or a font is missing.
        LedgerCorrupt: the ledger cannot be read at all; `imprimatur audit verify` says where.
    """
    data = report_data(workspace)
    suffix = f".{lang}.{format_}" if format_ != "json" else ".json"
    path = output or workspace.reports / f"report{suffix}"
    write_atomic(path, rendered(data, format_, Lang(lang)))
    return Written(path, data.verdict is not VerdictState.FAILS, data.verdict is VerdictState.UNSAFE)


def rendered(data: ReportData, format_: str, lang: Lang) -> bytes:
    """The report as a file in one of the four formats.

    Raises:
        PdfUnavailable: a PDF was asked for and something it needs is missing.
    """
    match format_:
        case "html":
            return render_html(data, lang).encode("utf-8")
        case "pdf":
            return render_pdf(data, lang)
        case "json":
            return document_bytes(data)
        case "csv":
            return image_table(data, lang).encode("utf-8")
    raise ValueError(f"no such format: {format_}")


def write_pilot_pages(workspace: Workspace, plan: dict[str, Any], evaluation: dict[str, Any]) -> tuple[Path, ...]:
    """The manager's page in both languages."""
    paths = []
    for lang in LANGUAGES:
        path = workspace.reports / f"pilot.{lang}.html"
        write_atomic(path, render_pilot_page(evaluation, plan or None, Lang(lang), now()).encode("utf-8"))
        paths.append(path)
    return tuple(paths)
