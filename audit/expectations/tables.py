"""The decision table and the approval table: what the ledger says, one row an image, and one row an approved image.

Withdrawn images are in neither: nothing can clear them any more, and nobody could set right what was said of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.cases import Approval, CaseBook, Ruling
from curate.decision import Outcome
from curate.errors import ExitCode, ImprimaturError
from curate.expectations.result import TableResult, stopped
from curate.expectations.running import run_suites
from curate.expectations.suite import Suite, read_suite
from curate.record import ImageRecord

if TYPE_CHECKING:
    import pandas as pd

DECISIONS, APPROVALS = "decisions", "approvals"  # tables, and folders of own suites
_HERE = Path(__file__).parent
# In `source_or_hold`, where no source is stated and none is needed.
_HELD, _ERASED, _UNSAFE = "(held)", "(erased)", "(unsafe policy)"


class RecordRefused(ImprimaturError):
    """The record fails an expectation of severity `stop`: nothing is trained on it. `results` are those of every table."""

    code = "IMP-E349"
    exit_code = ExitCode.REFUSED

    def __init__(self, message: str, *, hint: str, results: tuple[TableResult, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.results = results


def refuse_record(results: Sequence[TableResult]) -> None:
    """Raises: RecordRefused if an expectation of severity `stop` failed, naming rows and ledger entries."""
    if (why := stopped(results)) is not None:
        raise RecordRefused(
            why,
            hint="imprimatur explain IMAGE says what is on record; correct the catalogue and run imprimatur curate, "
            "or take the image out: imprimatur withdraw IMAGE --reason record",
            results=tuple(results),
        )


def decision_table(book: CaseBook, records: Mapping[str, ImageRecord]) -> pd.DataFrame:
    """One row for the last decision on each image, in the order of the ledger.

    Columns: `ledger_index`, `image_id`, `file_name`, `outcome` (null: cannot be read), `lift`, `policy_sha256`,
    `policy_recorded` (yes, no), `source`, `owner`, `license`, `source_or_hold` (the source, or in brackets why none is
    needed, or null). `records` are those that were not erased.
    """
    rulings = {**book.rulings, **book.later}
    rows = [
        _decision(image, ruling, records.get(image), book)
        for image, ruling in sorted(rulings.items(), key=lambda item: item[1].index)
        if image not in book.withdrawn
    ]
    columns = (
        "ledger_index", "image_id", "file_name", "outcome", "lift", "policy_sha256", "policy_recorded", "source", "owner",
        "license", "source_or_hold",
    )  # fmt: skip
    return table_of(rows, columns)


def approval_table(book: CaseBook) -> pd.DataFrame:
    """One row for each image that an approval names, in the order of the ledger.

    Columns: `ledger_index`, `image_id`, `reviewer`, `role`, `purpose`, `policy_sha256`, `expires_at`, `flaw` (null: the
    statement is sound), `decision_index` (the first decision that said exactly what was approved and stands before the
    approval; null when there is none).
    """
    first = book.first_decisions()
    any_first: dict[str, int] = {}
    for (image, _), index in first.items():
        any_first[image] = min(index, any_first.get(image, index))

    def decided(approval: Approval) -> int | None:
        item, said = approval.item, approval.statement
        if said is None:  # what it bound cannot be read: any decision on the image
            index = any_first.get(item.image_id)
        else:
            bound = (item.texts_digest, item.findings_digest, item.facts_digest, said.policy_sha256, said.purpose)
            index = first.get((item.image_id, bound))
        return index if index is not None and index < approval.index else None

    given = [approval for image, found in book.approvals.items() if image not in book.withdrawn for approval in found]
    rows = [
        (
            approval.index,
            approval.item.image_id,
            approval.reviewer,
            None if approval.statement is None else approval.statement.role,
            None if approval.statement is None else approval.statement.purpose,
            None if approval.statement is None else approval.statement.policy_sha256,
            None if approval.statement is None else approval.statement.expires_at.isoformat(),
            approval.flaw,
            decided(approval),
        )
        for approval in sorted(given, key=lambda found: (found.index, found.item.image_id))
    ]
    columns = (
        "ledger_index", "image_id", "reviewer", "role", "purpose", "policy_sha256", "expires_at", "flaw", "decision_index",
    )  # fmt: skip
    return table_of(rows, columns)


def check_decisions(
    book: CaseBook, records: Mapping[str, ImageRecord], own: Sequence[Suite] = ()
) -> tuple[TableResult, tuple[str, ...]]:
    """The decision table against its suite and people's own; the second value names the images that are to be held.

    Raises:
        SuiteError: a suite cannot be used.
    """
    return _run(DECISIONS, decision_table(book, records), own)


def check_approvals(book: CaseBook, own: Sequence[Suite] = ()) -> tuple[TableResult, tuple[str, ...]]:
    """The approval table likewise.

    Raises:
        SuiteError: a suite cannot be used.
    """
    return _run(APPROVALS, approval_table(book), own)


def table_of(rows: Sequence[tuple[Any, ...]], columns: Sequence[str]) -> pd.DataFrame:
    """Rows numbered from 1, cells as they are."""
    import pandas as pd

    index = pd.RangeIndex(1, len(rows) + 1)
    cells = zip(*rows, strict=True) if rows else [()] * len(columns)
    return pd.DataFrame(
        {name: pd.Series(list(column), index=index, dtype=object) for name, column in zip(columns, cells, strict=True)},
        index=index,
    )


def _run(table: str, frame: pd.DataFrame, own: Sequence[Suite]) -> tuple[TableResult, tuple[str, ...]]:
    entries, images = frame["ledger_index"], frame["image_id"]
    result = run_suites(
        table,
        frame,
        (read_suite(_HERE / f"{table}.json"), *own),
        labels=lambda row: f"ledger entry {entries.iloc[row - 1]}, image {str(images.iloc[row - 1])[:12]}",
        shown=frozenset(frame.columns) - {"owner", "file_name"},
    )
    return result, tuple(dict.fromkeys(str(images.iloc[row - 1]) for row in result.held))


def _decision(image: str, ruling: Ruling, record: ImageRecord | None, book: CaseBook) -> tuple[Any, ...]:
    rights = None if record is None else record.rights
    source = None if rights is None else (rights.source or "").strip() or None
    placed = ruling.outcome in (Outcome.MEMORIZE, Outcome.INDEX)
    excuse = _HELD if not placed else _ERASED if record is None else _UNSAFE if ruling.unsafe else None
    return (
        ruling.index,
        image,
        record.file_names[0] if record is not None else None,
        None if ruling.outcome is None else ruling.outcome.value,
        ruling.lift.value,
        ruling.policy_sha256 or None,
        "yes" if ruling.policy_sha256 in book.adopters else "no",
        source,
        None if rights is None else rights.owner,
        None if rights is None else rights.license,
        source or excuse,
    )
