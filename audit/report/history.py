"""What happened to the record, in order: policies, curations, plans, trainings, updates, evaluations, withdrawals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from audit.entry import EntryKind, LedgerEntry
from audit.report.data import HistoryLine

# kind -> the field of its body that counts images, None where it counts none
_TOLD: dict[EntryKind, str | None] = {
    EntryKind.POLICY: None,
    EntryKind.CURATE_RUN: "images",
    EntryKind.REVIEWER_REVOKED: None,
    EntryKind.PILOT_PLAN: None,
    EntryKind.TRAINING_RUN: None,
    EntryKind.MANIFEST: "entries",
    EntryKind.CALIBRATION: None,
    EntryKind.EVALUATION: None,
    EntryKind.WITHDRAWAL: None,
}
_EACH_COUNTS_ONE = (EntryKind.WITHDRAWAL,)  # neighbours become one line


def history(entries: Sequence[LedgerEntry]) -> tuple[HistoryLine, ...]:
    """One line an event, neighbouring withdrawals together; what people signed has a table of its own."""
    told = [entry for entry in entries if entry.kind in _TOLD]
    lines: list[HistoryLine] = []
    for kind, neighbours in groupby(told, key=lambda entry: entry.kind):
        members = list(neighbours)
        if kind in _EACH_COUNTS_ONE:
            last = members[-1]
            lines.append(HistoryLine(last.index, last.at, kind.value, "", len(members)))
        else:
            lines += [_line(entry) for entry in members]
    return tuple(lines)


def _line(entry: LedgerEntry) -> HistoryLine:
    counted = _TOLD[entry.kind]
    number = entry.body.get(counted) if counted else None
    return HistoryLine(entry.index, entry.at, entry.kind.value, _name(entry), number if type(number) is int else None)


def _name(entry: LedgerEntry) -> str:
    body = entry.body
    if entry.kind is EntryKind.POLICY:
        return f"{body.get('id')} {body.get('version')}"
    return str(body.get("run") or body.get("reviewer") or "")
