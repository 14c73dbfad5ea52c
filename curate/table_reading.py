"""Rows from the bytes of a CSV, JSON Lines or Parquet file, as cells (`curate.cells`)."""

from __future__ import annotations

import io
import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from curate.cells import Cell, LongCell, TableError, cell_of, checked_columns, is_cp932, refuse, refuse_long, whole
from curate.parquet_reading import parquet_batches

PARQUET = ".parquet"
SUFFIXES = (".jsonl", ".csv", PARQUET)


@dataclass(frozen=True)
class RawTable:
    """`columns` in the order of the file; every row has a cell for each. Row numbers for people count from 1."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Cell], ...]

    def without(self, numbers: Container[int]) -> RawTable:
        """The table without these rows."""
        return RawTable(self.columns, tuple(row for n, row in enumerate(self.rows, start=1) if n not in numbers))


def read_table(data: bytes, name: str) -> RawTable:
    """Rows of the file `name`, whose suffix says the format: .csv, .jsonl or .parquet.

    Raises:
        TableError: another suffix, not UTF-8, a row that does not fit, a column name twice.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".csv":
        return _read_csv(data, name)
    if suffix == ".jsonl":
        return _read_jsonl(data, name)
    if suffix == PARQUET:
        return _read_parquet(data, name)
    raise TableError(
        f"{name}: expected a file that ends in {', '.join(SUFFIXES)}, found {suffix or 'no suffix'}",
        hint="imprimatur curate FOLDER, or a table saved in one of these formats",
    )


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        japanese = is_cp932(data)
        found = "Shift_JIS (CP932)" if japanese else "another encoding"
        convert = f"iconv -f CP932 -t UTF-8 '{name}' > utf8.csv, or " if japanese else ""
        raise TableError(
            f"{name}: expected text in UTF-8, found {found} in line {line}",
            hint=f"{convert}save it as “CSV UTF-8”, then imprimatur curate again",
        ) from error


def _read_csv(data: bytes, name: str) -> RawTable:
    import pandas as pd

    text = _text(data, name)
    if not text.strip():
        return RawTable((), ())
    try:
        # header=None: with a header pandas takes a surplus first column for an index and renames double columns.
        frame = pd.read_csv(io.StringIO(text), header=None, dtype=str, keep_default_na=False, na_values=[])
    except (pd.errors.ParserError, ValueError) as error:
        raise TableError(
            f"{name}: expected as many values in each row as the header has ({' '.join(str(error).split())})",
            hint=f"put values that contain a comma in quotes in {name}, then imprimatur curate again",
        ) from error
    values: list[list[Any]] = frame.to_numpy(dtype=object).tolist()
    columns = checked_columns([str(cell).strip() for cell in values[0]], name)
    rows: list[dict[str, Cell]] = []
    try:
        for row in values[1:]:
            rows.append({column: cell_of(value) for column, value in zip(columns, row, strict=True)})
    except LongCell as error:
        refuse_long(f"{name}, row {len(rows) + 1}", error)
    return RawTable(columns, tuple(rows))


def _read_jsonl(data: bytes, name: str) -> RawTable:
    columns: dict[str, None] = {}
    rows: list[dict[str, Cell]] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        checked_columns((key for key, _ in found), f"{name}, row {len(rows) + 1}")
        return dict(found)

    for line in _text(data, name).split("\n"):  # not splitlines: it breaks at characters that JSON allows in text
        if not line.strip():
            continue
        try:
            row = json.loads(line, object_pairs_hook=pairs)
            cells = {whole(key): cell_of(value) for key, value in row.items()} if isinstance(row, dict) else {}
        except LongCell as error:
            refuse_long(f"{name}, row {len(rows) + 1}", error)
        except (ValueError, RecursionError) as error:  # ValueError: also a number of thousands of digits
            why = "it is nested too deeply" if isinstance(error, RecursionError) else error
            raise TableError(
                f"{name}: expected one JSON object a line, row {len(rows) + 1} is none ({why})",
                hint=f"correct {name}, then imprimatur curate again",
            ) from error
        if not isinstance(row, dict):
            refuse(name, "one JSON object a line", f"{type(row).__name__} in row {len(rows) + 1}")
        columns.update(dict.fromkeys(cells))
        rows.append(cells)
    return RawTable(tuple(columns), tuple({column: row.get(column) for column in columns} for row in rows))


def _read_parquet(data: bytes, name: str) -> RawTable:
    columns, _, batches = parquet_batches(io.BytesIO(data), name, len(data) + 1)
    return RawTable(columns, tuple(row for rows in batches for row in rows))
