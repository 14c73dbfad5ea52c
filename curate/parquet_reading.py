"""Rows of a Parquet file, as cells. The only module that reads a catalogue with pyarrow."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import IO

from curate.cells import Cell, TableError, cell_of, checked_columns, is_cp932

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def parquet_batches(
    source: Path | IO[bytes], name: str, size: int, wanted: Container[str] | None = None
) -> tuple[tuple[str, ...], int, Iterator[list[dict[str, Cell]]]]:
    """Columns, number of rows, and the rows in lists of at most `size`: of a large file only one list is in memory, with the
    `wanted` columns only where they are given.

    Raises:
        TableError: no Parquet file, or a column name twice; while rows are read: it is damaged, or a column of bytes holds
            text that is not UTF-8.
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
    columns = checked_columns(file.schema_arrow.names, name)
    read = columns if wanted is None else tuple(column for column in columns if column in wanted)

    def batches() -> Iterator[list[dict[str, Cell]]]:
        before = 0
        try:
            for batch in file.iter_batches(batch_size=size, columns=None if wanted is None else list(read)):
                # Column by column: one value after the other would build every row twice.
                values = [batch.column(column).to_pylist() for column in read]
                for column, found in zip(read, values, strict=True):
                    _refuse_other_encodings(column, found, name, before)
                before += batch.num_rows
                cells = [[cell_of(value) for value in found] for found in values]
                yield [dict(zip(read, row, strict=True)) for row in zip(*cells, strict=True)]
        except (pa.ArrowException, OSError) as error:
            raise damaged(error) from error
        finally:
            file.close()

    return columns, int(file.metadata.num_rows), batches()


def _refuse_other_encodings(column: str, values: Sequence[object], name: str, before: int) -> None:
    """`before`: rows of the file before these. Bytes that are no UTF-8 and hold no control character anywhere in the column are text that nobody would read: a name,
    or a reservation of rights. Pictures and digests do hold some, and stand as their length (`cell_of`).

    Raises:
        TableError: such a column.
    """
    other = [
        (row, item)
        for row, value in enumerate(values, before + 1)
        for item in (value if isinstance(value, list) else [value])
        if isinstance(item, bytes) and not _is_utf8(item)
    ]
    if not other or any(_CONTROL.search(item) for _, item in other):
        return
    found = "Shift_JIS (CP932)" if all(is_cp932(item) for _, item in other) else "another encoding"
    raise TableError(
        f"{name}: expected text in UTF-8, found {found} in column {column!r}, row {other[0][0]}",
        hint=f"store {column!r} as text (or leave the column out), then imprimatur curate again",
    )


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
