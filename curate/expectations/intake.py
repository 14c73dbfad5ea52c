"""The tables that come in, as suites see them: the catalogue and the search log.

Beside the texts stand typed readings: `COLUMN.date` (timestamps) and `COLUMN.number` (floats), where a value that cannot be
read is missing. Lists are shown as `a|b`, sorted. Of the search log, `file_name.known` says `yes` where the catalogue has
the file, and `timestamp.future` says `yes` where the row is dated after today.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from curate.catalogue import KNOWN_COLUMNS, is_known
from curate.cells import Cell
from curate.expectations.result import TableResult
from curate.expectations.running import run_suites
from curate.expectations.suite import Suite, read_suite, refuse
from curate.row_facts import DATE_COLUMNS, list_of
from curate.table_reading import RawTable

if TYPE_CHECKING:
    import pandas as pd

CATALOGUE, SEARCH_LOG = "catalogue", "search_log"  # tables, and folders of own suites
LOG_SUITE = Path(__file__).with_name("search_log.json")
NUMBER_COLUMNS = ("criticality", "change_count")
LIST_COLUMNS = ("license_scope", "tags", "captions")
# Codes, numbers and dates; every other cell may hold a name or another personal text and is not shown.
_SHOWN = frozenset(
    {"content_class", "license_scope", *DATE_COLUMNS, *NUMBER_COLUMNS, "file_name", "timestamp", "count"}
)
_LOG_COLUMNS = ("timestamp", "count")  # `query` and `file_name` must be there


def check_catalogue(frame: pd.DataFrame, suites: Sequence[Suite]) -> TableResult:
    """The suites on the table of a catalogue (`CatalogueTable.frame`).

    Expectations for columns of ours which the table does not have are skipped: only `file_name` is required. A column
    that only the suite knows must be there.

    Raises:
        SuiteError: a suite cannot be used.
    """
    _derived_of(suites, {"date": DATE_COLUMNS, "number": NUMBER_COLUMNS})
    names = frame.get("file_name")
    return run_suites(
        CATALOGUE,
        _view(frame, _spoken_of(suites)),
        suites,
        labels=lambda row: "" if names is None else str(names.iloc[row - 1] or ""),
        optional=lambda column: is_known(column) or column.partition(".")[0] in KNOWN_COLUMNS,
        shown=_SHOWN,
    )


def check_search_log(
    table: RawTable, suites: Sequence[Suite], known_files: Collection[str], *, today: date
) -> TableResult:
    """The suites on a search log as it was read, and on how it fits the catalogue's `known_files`.

    Raises:
        SuiteError: a suite cannot be used.
    """
    import pandas as pd

    _derived_of(
        suites, {"date": ("timestamp",), "future": ("timestamp",), "number": ("count",), "known": ("file_name",)}
    )
    frame = pd.DataFrame(
        {name: pd.Series([row.get(name) for row in table.rows], dtype=object) for name in table.columns},
        columns=list(table.columns),
    )
    view = _view(frame, _spoken_of(suites))
    if "timestamp" in view:
        view["timestamp.date"] = days = _days(view["timestamp"])
        view["timestamp.future"] = (days > pd.Timestamp(today)).map({True: "yes", False: "no"})
    if "count" in view:
        view["count.number"] = pd.to_numeric(view["count"], errors="coerce").astype(float)
    if "file_name" in view:
        view["file_name.known"] = view["file_name"].isin(set(known_files)).map({True: "yes", False: "no"})
    return run_suites(
        SEARCH_LOG,
        view,
        suites,
        labels=lambda row: str(table.rows[row - 1].get("file_name") or ""),
        optional=lambda column: column.partition(".")[0] in _LOG_COLUMNS,
        shown=_SHOWN,
    )


def log_suites(own: Sequence[Suite] = ()) -> tuple[Suite, ...]:
    """The suite for search logs that comes with the product, and people's own."""
    return (read_suite(LOG_SUITE), *own)


def _spoken_of(suites: Sequence[Suite]) -> frozenset[str]:
    return frozenset(
        column.partition(".")[0] for suite in suites for item in suite.expectations for column in item.columns
    )


def _derived_of(suites: Sequence[Suite], readings: Mapping[str, Collection[str]]) -> None:
    """Raises: SuiteError for a typed reading of a column that has none."""
    for suite in suites:
        for item in suite.expectations:
            for column in item.columns:
                base, _, derived = column.partition(".")
                if derived in readings and base not in readings[derived]:
                    refuse(suite.place, f"`.{derived}` of {', '.join(readings[derived])}", column)


def _view(frame: pd.DataFrame, wanted: Collection[str]) -> pd.DataFrame:
    """The columns that are spoken of, and `file_name`: rows numbered from 1, unknown as null, lists as text."""
    import pandas as pd

    rows = pd.RangeIndex(1, len(frame) + 1)
    names = [str(name) for name in frame.columns if name in wanted or name == "file_name"]
    cells = {name: [_shown(name, cell) for cell in frame[name]] for name in names}
    # dtype=object: the library must meet None and text, not what pandas would make of them.
    view = pd.DataFrame(
        {name: pd.Series(values, index=rows, dtype=object) for name, values in cells.items()}, index=rows
    )
    for name in names:
        if name in DATE_COLUMNS:
            view[f"{name}.date"] = _days(view[name])
        if name in NUMBER_COLUMNS:
            view[f"{name}.number"] = pd.to_numeric(view[name], errors="coerce").astype(float)
    return view


def _days(column: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    import pandas as pd

    # Of ISO 8601, with and without dashes: the day as it is written, whatever the zone.
    compact = column.astype("str").str.replace("-", "").str.slice(0, 8)
    return pd.to_datetime(compact, format="%Y%m%d", errors="coerce")


def _shown(column: str, cell: Cell) -> str | None:
    if cell is None:
        return None
    if column in LIST_COLUMNS or column.partition("_")[0] in LIST_COLUMNS:
        return "|".join(sorted(list_of(cell)))
    return (cell if isinstance(cell, str) else " | ".join(cell)).strip() or None
