"""Rows of a Parquet file, as cells. The only module that reads a catalogue with pyarrow."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from curate.cells import Cell, LongCell, TableError, cell_of, checked_columns, is_cp932, refuse_long
from curate.embedded.lettering import is_utf8

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # byte order marks
LONG = 48  # bytes; of 10,000 digests of that length 24 hold no control character


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
                cells = [_cells(column, found, name) for column, found in zip(read, values, strict=True)]
                yield [dict(zip(read, row, strict=True)) for row in zip(*cells, strict=True)]
        except (pa.ArrowException, OSError) as error:
            raise damaged(error) from error
        finally:
            file.close()

    return columns, int(file.metadata.num_rows), batches()


def _cells(column: str, values: Sequence[object], name: str) -> list[Cell]:
    try:
        return [cell_of(value) for value in values]
    except LongCell as error:
        refuse_long(f"{name}, column {column!r}", error)


def _refuse_other_encodings(column: str, values: Sequence[object], name: str, before: int) -> None:
    """Bytes that are no UTF-8 and read as text are a name, or a reservation of rights, that nobody would see. Pictures and
    digests stand as their length (`cell_of`): a short digest may read as text by chance, so that most of a column have to
    do so, or one of LONG bytes. `before`: rows of the file before these.

    Raises:
        TableError: such a column, or such a field in it.
    """
    places: dict[str, list[tuple[int, bytes]]] = {}
    for row, value in enumerate(values, before + 1):
        for place, item in _bytes_in(value, column):
            if not is_utf8(item):
                places.setdefault(place, []).append((row, item))
    for place, items in places.items():
        read = [(row, item) for row, item in items if item.startswith(_UTF_16) or not _CONTROL.search(item)]
        if 2 * len(read) > len(items) or any(len(item) >= LONG for _, item in read):
            found = "Shift_JIS (CP932)" if all(is_cp932(item) for _, item in read) else "another encoding"
            found = "UTF-16" if all(item.startswith(_UTF_16) for _, item in read) else found
            raise TableError(
                f"{name}: expected text in UTF-8, found {found} in column {place!r}, row {read[0][0]}",
                hint=f"store {place!r} as text (or leave the column out), then imprimatur curate again",
            )


def _bytes_in(value: object, place: str) -> Iterator[tuple[str, bytes]]:
    """All bytes in a value, each with the column or field where it stands."""
    if isinstance(value, bytes):
        yield place, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _bytes_in(part, f"{place}.{key}")
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _bytes_in(part, place)
