"""The table of all images as CSV, for a spreadsheet."""

from __future__ import annotations

import csv
import io

from audit.report.data import ImageLine, ReportData, RightsSignal
from audit.report.sentence import sentence, state_words, who
from audit.report.wording import Lang, Words

_COLUMNS = (
    "image_id", "file_names", "class", "decision", "standing", "standing_reasons", "rules", "license", "rights", "rights_signals", "attribution", "source",
    "value", "approved_by", "valid_until", "identifiers", "ledger_entry", "unsafe", "sentence",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that begins so


def image_table(data: ReportData, lang: Lang) -> str:
    """One row per image, all images. Begins with a byte order mark: Excel then reads Japanese as UTF-8."""
    words = Words(lang)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")  # RFC 4180
    writer.writerow([words(f"csv.{column}") for column in _COLUMNS])
    for line in data.images:
        writer.writerow([harmless(cell) for cell in _row(line, words)])
    return "\ufeff" + stream.getvalue()


def _row(line: ImageLine, words: Words) -> tuple[str, ...]:
    return (
        line.image_id,
        " | ".join(line.file_names),
        words(f"class.{line.content_class or 'unknown'}"),
        "" if line.outcome is None else words(f"outcome.{line.outcome.value}"),
        words(f"state.{line.state.value}"),
        state_words(line.state, line.state_reasons, words) if line.state_reasons else "",
        " ".join(reason.rule for reason in line.reasons if reason.deciding),
        line.license or "",
        "" if line.rights is None else words(f"rights-answer.{line.rights.answer.value}"),
        "" if line.rights is None else " | ".join(_signal(signal, words) for signal in line.rights.signals),
        "" if line.rights is None else " | ".join(line.rights.credit),
        line.source or "",
        "" if line.value is None else f"{line.value:.3f}",
        " | ".join(who(approver, words) for approver in line.approvers),
        "" if line.expires_at is None else line.expires_at.date().isoformat(),
        " | ".join(model.identifier or model.run for model in line.in_models),
        "" if line.decision_index is None else str(line.decision_index),
        words("yes") if line.unsafe else "",
        sentence(line, words),
    )


def _signal(signal: RightsSignal, words: Words) -> str:
    strength, channel = (
        words(f"rights-strength.{signal.strength.value}"),
        words(f"rights-channel.{signal.channel.value}"),
    )
    return f"{strength}: {channel} {signal.field} {signal.statement}"


def harmless(cell: str) -> str:
    """The cell, behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
