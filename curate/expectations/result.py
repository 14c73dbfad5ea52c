"""What came of running suites on a table: values that pages, messages and gates read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curate.errors import ExitCode, ImprimaturError
from curate.expectations.suite import Expectation, OnFailure
from curate.record import RowFault

ROWS_NAMED = 10  # in a message or on a page; the rest is counted


class TableRefused(ImprimaturError):
    """An expectation of severity `stop` failed: nothing of this table is used. `results` are those of every table run."""

    code = "IMP-E206"
    exit_code = ExitCode.USAGE

    def __init__(self, message: str, *, hint: str, results: tuple[TableResult, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.results = results


@dataclass(frozen=True, slots=True)
class Example:
    """One row that failed. `label` is how people know the row; `found` its cells, None where they may not be shown."""

    row: int
    label: str
    found: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """One expectation after it was run. `failed` are row numbers from 1, the header not counted; empty although it did not
    hold: a failure of the table as a whole. `trouble`: it could not be judged, which is no pass. `skipped`: it speaks of
    a column that this table need not have and has not."""

    suite: str
    own: bool
    expectation: Expectation
    holds: bool
    failed: tuple[int, ...] = ()
    examples: tuple[Example, ...] = ()
    trouble: str | None = None
    skipped: bool = False

    @property
    def effect(self) -> OnFailure | None:
        """What follows: None when it holds. What could not be judged stops, whatever the suite says."""
        if self.holds:
            return None
        return OnFailure.STOP if self.trouble is not None else self.expectation.on_failure

    @property
    def column(self) -> str:
        """The columns without their derived readings, or `table`."""
        return ", ".join(dict.fromkeys(name.partition(".")[0] for name in self.expectation.columns)) or "table"

    @property
    def reason(self) -> str:
        """The failure in words that show no value."""
        return self.fault.en

    @property
    def fault(self) -> RowFault:
        """`reason`, in English and Japanese."""
        expectation = self.expectation
        return RowFault(f"{self.column}: expected {expectation.expects_en}", f"{self.column}: {expectation.expects_ja}")

    @property
    def message(self) -> str:
        """The failure with the rows that show it."""
        if self.trouble is not None:
            return f"{self.reason}; it could not be checked: {self.trouble}"
        return f"{self.reason}; found otherwise{f' in {self._named}' if self.failed else ''}"

    @property
    def _named(self) -> str:
        labels = {example.row: example.label for example in self.examples if example.label}
        shown = ", ".join(f"{row} ({labels[row]})" if row in labels else str(row) for row in self.failed[:ROWS_NAMED])
        more = f" and {len(self.failed) - ROWS_NAMED} more" if len(self.failed) > ROWS_NAMED else ""
        return f"row{'s' if len(self.failed) > 1 else ''} {shown}{more}"


@dataclass(frozen=True, slots=True)
class TableResult:
    """All suites over one table: `table` names it (`catalogue`, `search_log`, `decisions`, `approvals`, `manifest`)."""

    table: str
    rows: int
    checks: tuple[Checked, ...]

    def with_effect(self, effect: OnFailure) -> tuple[Checked, ...]:
        return tuple(check for check in self.checks if check.effect is effect)

    @property
    def held(self) -> Mapping[int, tuple[RowFault, ...]]:
        """Row number (from 1) -> what it fails. A failure of the whole table holds every row."""
        held: dict[int, list[RowFault]] = {}
        for check in self.with_effect(OnFailure.HOLD):
            for row in check.failed or range(1, self.rows + 1):
                held.setdefault(row, []).append(check.fault)
        return {row: tuple(dict.fromkeys(faults)) for row, faults in sorted(held.items())}

    def to_document(self) -> dict[str, Any]:
        return {
            "table": self.table,
            "rows": self.rows,
            "expectations": [
                {
                    "suite": check.suite,
                    "type": check.expectation.kind,
                    "columns": list(check.expectation.columns),
                    "expects": {"en": check.expectation.expects_en, "ja": check.expectation.expects_ja},
                    "on_failure": check.expectation.on_failure.value,
                    "result": "skipped" if check.skipped else "holds" if check.holds else "fails",
                    "effect": None if check.effect is None else check.effect.value,
                    "rows_failed": len(check.failed),
                    "examples": [{"row": e.row, "label": e.label, "found": e.found} for e in check.examples],
                    "trouble": check.trouble,
                }
                for check in self.checks
            ],
        }


def stopped(results: Sequence[TableResult]) -> str | None:
    """What stopped, with its rows, in one sentence; None when nothing did."""
    stops = [(result.table, check) for result in results for check in result.with_effect(OnFailure.STOP)]
    if not stops:
        return None
    more = f"; and {len(stops) - 3} expectations more" if len(stops) > 3 else ""
    return "; ".join(f"{table.replace('_', ' ')}: {check.message}" for table, check in stops[:3]) + more


def refuse_if_stopped(results: Sequence[TableResult]) -> None:
    """Raises: TableRefused if an expectation of severity `stop` failed, naming its rows."""
    if (why := stopped(results)) is not None:
        stops = [check for result in results for check in result.with_effect(OnFailure.STOP)]
        what = "these rows (counted from 1, header not counted)"
        if all(check.trouble is not None for check in stops):
            what = "the suite in the folder expectations, or the table"
        hint = f"correct {what}, then imprimatur curate again"
        raise TableRefused(why, hint=hint, results=tuple(results))
