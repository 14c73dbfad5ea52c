"""What a catalogue table must fulfil before anything else looks at it: a Great Expectations suite, run offline.

The only module that imports great_expectations. The suite is that library's own JSON; `meta.imprimatur` of each
expectation adds `on_failure` (`stop` refuses the table, `hold` holds the rows) and `expects`, the words for people.
"""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from curate.catalogue import KNOWN_COLUMNS, is_known
from curate.errors import ExitCode, ImprimaturError
from curate.row_facts import DATE_COLUMNS, list_of
from curate.table_reading import Cell

if TYPE_CHECKING:
    import pandas as pd

NUMBER_COLUMNS = ("criticality", "change_count")
LIST_COLUMNS = ("license_scope", "tags", "captions")
ROWS_NAMED = 10  # in a message; the rest is counted


class TableRefused(ImprimaturError):
    """An expectation of severity `stop` failed: nothing of this table is curated."""

    code = "IMP-E206"
    exit_code = ExitCode.USAGE


class SuiteError(ImprimaturError):
    """The suite itself is missing, broken, or names an expectation that does not exist."""

    code = "IMP-E207"
    exit_code = ExitCode.USAGE


class OnFailure(StrEnum):
    STOP = "stop"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class FailedExpectation:
    """`rows` counts data rows from 1, the header not counted; empty if the failure is of the table as a whole."""

    expectation: str
    column: str
    rows: tuple[int, ...]
    message: str
    severity: OnFailure


@dataclass(frozen=True, slots=True)
class TableVerdict:
    """`held`: row number (from 1) -> reasons, which show no value."""

    stops: tuple[FailedExpectation, ...]
    held: Mapping[int, tuple[str, ...]]


def refuse_if_stopped(verdict: TableVerdict) -> None:
    """Raises: TableRefused if an expectation of severity `stop` failed."""
    if verdict.stops:
        raise TableRefused(
            "; ".join(failed.message for failed in verdict.stops),
            hint="correct these rows (counted from 1, header not counted), then imprimatur curate again",
        )


def validate(frame: pd.DataFrame, suite_path: Path) -> TableVerdict:
    """Run the suite on the table of a catalogue (`CatalogueTable.frame`).

    Expectations for columns of ours which the table does not have are skipped: only `file_name` is required. A suite
    may also speak of the derived columns `COLUMN.date` (timestamps) and `COLUMN.number` (floats), where a value that
    cannot be read is missing; list columns are shown to it as `a|b`, sorted.

    Raises:
        SuiteError: the suite cannot be used.
    """
    documents = _documents(suite_path)
    view = _view(frame)
    wanted = [document for document in documents if not _about_absent_column(document, set(view.columns))]
    failed = [failure for failure in _run(view, wanted, suite_path) if failure is not None]
    held: dict[int, list[str]] = {}
    for failure in failed:
        if failure.severity is OnFailure.HOLD:
            # A failure of the whole table that holds: every row is held.
            for row in failure.rows or tuple(range(1, len(frame) + 1)):
                held.setdefault(row, []).append(_reason(failure))
    stops = tuple(failure for failure in failed if failure.severity is OnFailure.STOP)
    return TableVerdict(stops, {row: tuple(dict.fromkeys(reasons)) for row, reasons in sorted(held.items())})


def _reason(failure: FailedExpectation) -> str:
    return failure.message.split("; found otherwise", 1)[0]


def _refuse(path: Path, expected: str, found: str) -> NoReturn:
    raise SuiteError(f"{path.name}: expected {expected}, found {found}", hint="imprimatur policy check")


def _documents(path: Path) -> list[dict[str, Any]]:
    try:
        suite = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SuiteError(
            f"{path}: expected an expectation suite in JSON, it cannot be read ({error})",
            hint="imprimatur policy check",
        ) from error
    documents = suite.get("expectations") if isinstance(suite, dict) else None
    if not isinstance(documents, list) or not documents:
        _refuse(path, "a list `expectations` with at least one entry", "none")
    for document in documents:
        if not isinstance(document, dict) or not isinstance(document.get("kwargs"), dict) or "type" not in document:
            _refuse(path, "`type` and `kwargs` in every expectation", json.dumps(document)[:120])
        for column in _columns(document):
            base, _, derived = column.partition(".")
            names = DATE_COLUMNS if derived == "date" else NUMBER_COLUMNS if derived == "number" else None
            if names is not None and base not in names:
                _refuse(path, f"`.{derived}` of {', '.join(names)}", column)
        _on_failure(document, path)
    return documents


def _ours(document: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = document.get("meta") or {}
    ours = meta.get("imprimatur", {}) if isinstance(meta, dict) else {}
    return ours if isinstance(ours, dict) else {}


def _on_failure(document: Mapping[str, Any], path: Path) -> OnFailure:
    """As the suite says; where it says nothing, a severity other than warning or info stops."""
    default = OnFailure.HOLD if document.get("severity") in ("warning", "info") else OnFailure.STOP
    said = _ours(document).get("on_failure", default.value)
    if said not in set(OnFailure):
        _refuse(path, "meta.imprimatur.on_failure `stop` or `hold`", repr(said))
    return OnFailure(said)


def _columns(document: Mapping[str, Any]) -> tuple[str, ...]:
    kwargs = document["kwargs"]
    several = kwargs.get("column_list") or ()
    return tuple(
        str(name) for name in (kwargs.get("column"), kwargs.get("column_A"), kwargs.get("column_B"), *several) if name
    )


def _about_absent_column(document: Mapping[str, Any], present: Collection[str]) -> bool:
    """Only columns we interpret may be absent; a suite that names another one means it."""
    return any(
        column not in present and (is_known(column) or column.partition(".")[0] in KNOWN_COLUMNS)
        for column in _columns(document)
    )


def _view(frame: pd.DataFrame) -> pd.DataFrame:
    """What the suite sees: rows numbered from 1, unknown as null, lists as text, derived columns beside the texts."""
    import pandas as pd

    rows = pd.RangeIndex(1, len(frame) + 1)
    cells = {str(column): [_shown(str(column), cell) for cell in frame[column]] for column in frame.columns}
    # dtype=object: the library must meet None and text, not what pandas would make of them.
    view = pd.DataFrame({name: pd.Series(values, index=rows, dtype=object) for name, values in cells.items()})
    for column in DATE_COLUMNS:
        if column in view:
            days = view[column].map(lambda cell: cell[:10] if cell else None)
            view[f"{column}.date"] = pd.to_datetime(days, format="%Y-%m-%d", errors="coerce")
    for column in NUMBER_COLUMNS:
        if column in view:
            view[f"{column}.number"] = pd.to_numeric(view[column], errors="coerce").astype(float)
    return view


def _shown(column: str, cell: Cell) -> str | None:
    if cell is None:
        return None
    if column in LIST_COLUMNS or column.partition("_")[0] in LIST_COLUMNS:
        return "|".join(sorted(list_of(cell)))
    return (cell if isinstance(cell, str) else " | ".join(cell)).strip() or None


def _run(view: pd.DataFrame, documents: Sequence[dict[str, Any]], path: Path) -> list[FailedExpectation | None]:
    # Read by the library when it is imported: nothing is reported to anybody.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)  # what it has to say is in the results
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    # The number of an expectation is the only thing that surely comes back with its result.
    numbered = [
        {
            **{key: document[key] for key in ("type", "kwargs", "severity") if key in document},
            "meta": {"number": number},
        }
        for number, document in enumerate(documents)
    ]
    try:
        suite = gx.ExpectationSuite(name="catalogue", expectations=numbered)
    except Exception as error:  # the library refuses bad arguments with several types of its own
        raise SuiteError(
            f"{path.name}: expected arguments that Great Expectations accepts, "
            f"it says {' '.join(str(error).split())[:300]}",
            hint="imprimatur policy check",
        ) from error
    if len(suite.expectations) != len(numbered):  # it drops an unknown type with a log line only
        kept = {(expectation.meta or {}).get("number") for expectation in suite.expectations}
        lost = ", ".join(document["type"] for number, document in enumerate(documents) if number not in kept)
        _refuse(path, "expectations that Great Expectations knows", lost)
    asset = context.data_sources.add_pandas("catalogue").add_dataframe_asset("table")
    batch = asset.add_batch_definition_whole_dataframe("rows").get_batch({"dataframe": view})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas remarks on how a pattern is written; results say all that counts
        results = batch.validate(suite, result_format={"result_format": "COMPLETE"}).results
    answered = {result.expectation_config.meta["number"]: result for result in results if result.expectation_config}
    if set(answered) != set(range(len(documents))):
        _refuse(path, f"{len(documents)} results", str(len(answered)))
    return [_failure(document, answered[number], path) for number, document in enumerate(documents)]


def _failure(document: Mapping[str, Any], result: Any, path: Path) -> FailedExpectation | None:
    if result.success:
        return None
    column = ", ".join(dict.fromkeys(name.partition(".")[0] for name in _columns(document))) or "table"
    expects = str(_ours(document).get("expects") or document["type"].replace("_", " "))
    rows = tuple(sorted({int(row) for row in (result.result or {}).get("unexpected_index_list") or ()}))
    trouble = _exception(result.exception_info)
    if trouble is not None:  # it could not be judged: not a pass, and not for a row to answer for
        message = f"{column}: expected {expects}; it could not be checked: {trouble}"
        return FailedExpectation(document["type"], column, (), message, OnFailure.STOP)
    where = f" in {_named(rows)}" if rows else ""
    message = f"{column}: expected {expects}; found otherwise{where}"
    return FailedExpectation(document["type"], column, rows, message, _on_failure(document, path))


def _named(rows: tuple[int, ...]) -> str:
    shown = ", ".join(str(row) for row in rows[:ROWS_NAMED])
    more = f" and {len(rows) - ROWS_NAMED} more" if len(rows) > ROWS_NAMED else ""
    return f"row{'s' if len(rows) > 1 else ''} {shown}{more}"


def _exception(info: Any) -> str | None:
    """The library's message if checking itself failed; `info` is one document, or one per failed part."""
    if not isinstance(info, Mapping):
        return None
    parts = [info] if "raised_exception" in info else [part for part in info.values() if isinstance(part, Mapping)]
    for part in parts:
        if part.get("raised_exception"):
            return " ".join(str(part.get("exception_message") or "no message").split())[:200]
    return None
