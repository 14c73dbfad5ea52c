"""Rows from the bytes of a CSV, JSON Lines or Parquet file, as text: nothing is guessed to be a number or a date.

A cell is a text, a tuple of texts (lists), or None (empty, null or blank: unknown). So `007` stays an article number.
"""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any, NoReturn

from curate.errors import ExitCode, ImprimaturError

Cell = str | tuple[str, ...] | None

PARQUET = ".parquet"
SUFFIXES = (".jsonl", ".csv", PARQUET)


class TableError(ImprimaturError):
    """A table cannot be read as the format its name says."""

    code = "IMP-E201"
    exit_code = ExitCode.USAGE


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


def _refuse(name: str, expected: str, found: str) -> NoReturn:
    raise TableError(
        f"{name}: expected {expected}, found {found}", hint=f"correct {name}, then imprimatur curate again"
    )


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        japanese = _is_cp932(data)
        found = "Shift_JIS (CP932)" if japanese else "another encoding"
        convert = f"iconv -f CP932 -t UTF-8 '{name}' > utf8.csv, or " if japanese else ""
        raise TableError(
            f"{name}: expected text in UTF-8, found {found} in line {line}",
            hint=f"{convert}save it as “CSV UTF-8”, then imprimatur curate again",
        ) from error


def _is_cp932(data: bytes) -> bool:
    """Whether the bytes read as what Windows in Japan writes. It is said, not acted on: other encodings may read so too."""
    try:
        return re.search("[ぁ-んァ-ヶ一-龥ｱ-ﾝ]", data.decode("cp932")) is not None
    except UnicodeDecodeError:
        return False


def cell_of(value: object) -> Cell:
    """One value of JSON or Parquet as a cell."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))  # tables store whole numbers as floats as soon as one of them is missing
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return _text_of(value)
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=_plainly)
    if isinstance(value, Iterable):
        items = (cell_of(item) for item in value)
        return tuple(item if isinstance(item, str) else " ".join(item) for item in items if item)
    return str(value)


def _text_of(value: bytes) -> str | None:
    """Writers of Parquet that know no text type store it as bytes; what is no text is named by its length."""
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return f"({len(value)} bytes)"
    return text if text.strip() else None


def _plainly(value: object) -> str | None:
    return _text_of(value) if isinstance(value, bytes) else str(value)


def _checked(columns: Iterable[str], name: str) -> tuple[str, ...]:
    found = tuple(columns)
    twice = sorted({column for column in found if found.count(column) > 1})
    if twice:
        _refuse(name, "every column name once", f"twice: {', '.join(map(repr, twice))}")
    return found


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
    columns = _checked([str(cell).strip() for cell in values[0]], name)
    rows = [{column: cell_of(value) for column, value in zip(columns, row, strict=True)} for row in values[1:]]
    return RawTable(columns, tuple(rows))


def _read_jsonl(data: bytes, name: str) -> RawTable:
    columns: dict[str, None] = {}
    rows: list[dict[str, Cell]] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        _checked((key for key, _ in found), f"{name}, row {len(rows) + 1}")
        return dict(found)

    for line in _text(data, name).split("\n"):  # not splitlines: it breaks at characters that JSON allows in text
        if not line.strip():
            continue
        try:
            row = json.loads(line, object_pairs_hook=pairs)
        except (json.JSONDecodeError, RecursionError) as error:
            raise TableError(
                f"{name}: expected one JSON object a line, row {len(rows) + 1} is none ({error})",
                hint=f"correct {name}, then imprimatur curate again",
            ) from error
        if not isinstance(row, dict):
            _refuse(name, "one JSON object a line", f"{type(row).__name__} in row {len(rows) + 1}")
        columns.update(dict.fromkeys(row))
        rows.append({key: cell_of(value) for key, value in row.items()})
    return RawTable(tuple(columns), tuple({column: row.get(column) for column in columns} for row in rows))


def _read_parquet(data: bytes, name: str) -> RawTable:
    columns, _, batches = parquet_batches(io.BytesIO(data), name, len(data) + 1)
    return RawTable(columns, tuple(row for rows in batches for row in rows))


def parquet_batches(
    source: Path | IO[bytes], name: str, size: int, wanted: Container[str] | None = None
) -> tuple[tuple[str, ...], int, Iterator[list[dict[str, Cell]]]]:
    """Columns, number of rows, and the rows in lists of at most `size`: of a large file only one list is in memory, with the
    `wanted` columns only where they are given.

    Raises:
        TableError: no Parquet file, or a column name twice; while rows are read: it is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    def damaged(error: Exception) -> TableError:
        return TableError(
            f"{name}: expected a Parquet file, found something else ({' '.join(str(error).split())[:200]})",
            hint=f"write {name} again, then imprimatur curate again",
        )

    try:
        file = pq.ParquetFile(source)
    except (pa.ArrowException, OSError) as error:
        raise damaged(error) from error
    columns = _checked(file.schema_arrow.names, name)
    read = columns if wanted is None else tuple(column for column in columns if column in wanted)

    def batches() -> Iterator[list[dict[str, Cell]]]:
        try:
            for batch in file.iter_batches(batch_size=size, columns=None if wanted is None else list(read)):
                # Column by column: one value after the other would build every row twice.
                cells = [[cell_of(value) for value in batch.column(column).to_pylist()] for column in read]
                yield [dict(zip(read, row, strict=True)) for row in zip(*cells, strict=True)]
        except (pa.ArrowException, OSError) as error:
            raise damaged(error) from error
        finally:
            file.close()

    return columns, int(file.metadata.num_rows), batches()
