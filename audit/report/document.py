"""The report as one JSON document, for programs. Its shape is that of `ReportData`, under a name and a version."""

from __future__ import annotations

import json
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


def document_bytes(data: ReportData) -> bytes:
    """The document as UTF-8: one line a value, and of a list one line an element, so that a program can read it line by
    line, a person can search it, and 100,000 images are written in seconds."""
    parts = (f"{_spelled(key)}: {_in_lines(value)}" for key, value in to_document(data).items())
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def _in_lines(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(map(_spelled, value)) + "\n]"
    return _spelled(value)


def _spelled(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
