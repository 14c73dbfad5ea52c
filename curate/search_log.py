"""What people asked for and which file answered: the search log, one line per query and file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from curate.catalogue_files import CatalogueUnavailable
from curate.cells import Cell
from curate.errors import ExitCode, ImprimaturError
from curate.table_reading import RawTable, read_table

REQUIRED = ("query", "file_name")


class SearchLogError(ImprimaturError):
    """The search log lacks a column, or rows of it cannot be read."""

    code = "IMP-E205"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class LoggedQuery:
    """`query` as typed; `count` >= 1 times asked; `timestamp` aware (UTC if the log gives no zone), None if unknown."""

    timestamp: datetime | None
    query: str
    file_name: str
    count: int


def read_search_log(path: Path) -> tuple[LoggedQuery, ...]:
    """Rows of a CSV, JSON Lines or Parquet file: `query`, `file_name`, optionally `timestamp` and `count` (default 1).

    Raises:
        SearchLogError, TableError, CatalogueUnavailable: as `read_log_table` and `logged_queries`.
    """
    return logged_queries(read_log_table(path), path.name)


def read_log_table(path: Path) -> RawTable:
    """The table of a search log, nothing of it interpreted.

    Raises:
        TableError: the file is no table. SearchLogError: a column is missing.
        CatalogueUnavailable: the file is not there.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CatalogueUnavailable(
            f"expected a search log at {path}, it cannot be opened: {error.strerror or error}",
            hint="imprimatur curate PATH/TO/CATALOGUE --search-log PATH/TO/LOG",
        ) from error
    table = read_table(data, path.name)
    if not set(REQUIRED) <= set(table.columns):
        raise SearchLogError(
            f"{path.name}: expected the columns {', '.join(REQUIRED)}, found {', '.join(table.columns) or 'none'}",
            hint=f"name the columns of {path.name} timestamp, query, file_name, count, then imprimatur curate again",
        )
    return table


def logged_queries(table: RawTable, name: str) -> tuple[LoggedQuery, ...]:
    """What the rows of the log `name` say.

    Raises:
        SearchLogError: rows are not usable; it names them, counted from 1.
    """
    lines: list[LoggedQuery] = []
    bad: list[str] = []
    for number, row in enumerate(table.rows, start=1):
        try:
            lines.append(_line(row))
        except ValueError as error:
            bad.append(f"row {number}: {error}")
    if bad:
        more = f" and {len(bad) - 5} rows more" if len(bad) > 5 else ""
        raise SearchLogError(
            f"{name}: {'; '.join(bad[:5])}{more}", hint=f"correct {name}, then imprimatur curate again"
        )
    return tuple(lines)


def _line(row: Mapping[str, Cell]) -> LoggedQuery:
    """Raises: ValueError says what was expected; it never shows the query."""
    query, file_name = row.get("query"), row.get("file_name")
    if not isinstance(query, str) or not isinstance(file_name, str):
        raise ValueError("expected a query and a file_name, found none")
    return LoggedQuery(_timestamp(row.get("timestamp")), query, file_name, _count(row.get("count")))


def _timestamp(cell: Cell) -> datetime | None:
    if cell is None:
        return None
    try:
        moment = datetime.fromisoformat(str(cell).strip())
    except ValueError:
        raise ValueError("expected a timestamp in ISO 8601, found something else") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _count(cell: Cell) -> int:
    if cell is None:
        return 1
    try:
        count = int(str(cell).strip())
    except ValueError:
        count = 0
    if count < 1:
        raise ValueError("expected a count of 1 or more, found something else")
    return count
