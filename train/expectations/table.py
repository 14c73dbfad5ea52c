"""The manifest as a table, joined with the ledger: before training as it will be, afterwards as it was written.

Read from the ledger's entries directly and not from standings, so that a mistake of the gate does not hide itself here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.cases import Approval, CaseBook
from audit.entry import EntryKind, LedgerEntry
from audit.expectations.tables import table_of
from curate.decision import Outcome
from curate.expectations.result import TableResult
from curate.expectations.running import run_suites
from curate.expectations.suite import Suite, read_suite
from train.gate import Admission
from train.manifest import Manifest

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest"  # the table, and the folder of own suites
SUITE = Path(__file__).with_name("manifest.json")
_LATER = frozenset({"identifier"})  # known only once training has begun


@dataclass(frozen=True, slots=True)
class MemorizedRow:
    """One image that is to be, or was, memorized; the indices point into the ledger."""

    identifier: str | None
    image_id: str
    file_name: str
    source: str | None
    license: str | None
    value: float
    decision_index: int | None
    approval_indices: tuple[int, ...]


def rows_to_be(admission: Admission) -> tuple[MemorizedRow, ...]:
    """What the manifest of this admission would say."""
    return tuple(
        MemorizedRow(
            None,
            image.image_id,
            image.record.file_names[0],
            image.record.rights.source,
            image.record.rights.license,
            image.value,
            image.standing.decision_index,
            image.standing.approval_indices,
        )
        for image in admission.cleared
    )


def rows_of(manifest: Manifest) -> tuple[MemorizedRow, ...]:
    """What the manifest says."""
    return tuple(
        MemorizedRow(
            entry.identifier,
            entry.image_id,
            entry.file_names[0],
            entry.source,
            entry.license,
            entry.value,
            entry.decision_index,
            entry.approval_indices,
        )
        for entry in manifest.entries
    )


def check_manifest(
    rows: Sequence[MemorizedRow],
    book: CaseBook,
    entries: Mapping[int, LedgerEntry],
    own: Sequence[Suite] = (),
) -> tuple[TableResult, tuple[str, ...]]:
    """The table of `rows` against its suite and people's own; the second value names the images that are to be held.

    `book` and `entries` (by index) are of the ledger that the indices point into.

    Raises:
        SuiteError: a suite cannot be used.
    """
    frame = manifest_table(rows, book, entries)
    result = run_suites(
        MANIFEST,
        frame,
        (read_suite(SUITE), *own),
        labels=lambda row: f"image {rows[row - 1].image_id[:12]}, ledger entry {rows[row - 1].decision_index}",
        optional=lambda column: column in _LATER,
        shown=frozenset(frame.columns) - {"file_name"},
    )
    return result, tuple(rows[row - 1].image_id for row in result.held)


def manifest_table(rows: Sequence[MemorizedRow], book: CaseBook, entries: Mapping[int, LedgerEntry]) -> pd.DataFrame:
    """Columns: those of `MemorizedRow` with `approvals` (how many), and from the ledger `decision` (outcome of the decision
    named; null when there is none on this image), `people` (different persons among the approvals named),
    `people_needed`, `no_approvals` (indices `a|b` that are no sound approval of this image as it was decided; null when
    there are none)."""
    joined = [_joined(row, book, entries) for row in rows]
    columns = (
        "identifier", "image_id", "file_name", "source", "license", "value", "decision_index", "approvals", "decision",
        "people", "people_needed", "no_approvals",
    )  # fmt: skip
    frame = table_of(joined, columns)
    return frame if any(row.identifier is not None for row in rows) else frame.drop(columns="identifier")


def _joined(row: MemorizedRow, book: CaseBook, entries: Mapping[int, LedgerEntry]) -> tuple[Any, ...]:
    body = None
    entry = None if row.decision_index is None else entries.get(row.decision_index)
    if entry is not None and entry.kind is EntryKind.DECISION and entry.body.get("image_id") == row.image_id:
        body = entry.body
    outcome = None if body is None else body.get("outcome")
    needed = 1
    if body is not None:
        needed = int(body["approval"]["people"])
        needed = needed if outcome == Outcome.MEMORIZE.value else max(1, needed)
    named = {a.index: a for a in book.approvals.get(row.image_id, ()) if a.index in row.approval_indices}
    sound = {index for index, approval in named.items() if body is not None and _is_about(approval, body)}
    strangers = sorted(set(row.approval_indices) - sound)
    return (
        row.identifier,
        row.image_id,
        row.file_name,
        row.source,
        row.license,
        row.value,
        row.decision_index,
        len(row.approval_indices),
        outcome,
        len({named[index].reviewer for index in sound}),
        needed,
        "|".join(map(str, strangers)) or None,
    )


def _is_about(approval: Approval, body: Any) -> bool:
    said = approval.statement
    if said is None or approval.flaw is not None:
        return False
    item = approval.item
    approved = (item.texts_digest, item.findings_digest, item.facts_digest, said.policy_sha256, said.purpose)
    decided = (body["texts_digest"], body["findings_digest"], body["facts_digest"], body["policy"]["sha256"])
    return approved == (*decided, body["purpose"])
