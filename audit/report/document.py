"""The report as one JSON document, for programs. Its shape is that of `ReportData`, under a name and a version."""

from __future__ import annotations

from typing import Any

from audit.report.data import ReportData
from curate.canonical import to_json

FORMAT = "imprimatur-audit-report/1"


def to_document(data: ReportData) -> dict[str, Any]:
    """The whole report; `verdict`, `holds` and `unsafe` come first for readers who want nothing else."""
    return {
        "format": FORMAT,
        "verdict": data.verdict.value,
        "holds": data.holds,
        "unsafe": data.unsafe,
        **{key: value for key, value in to_json(data).items() if key != "verdict"},
    }
