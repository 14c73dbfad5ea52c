"""From the rows of a table to records in shards by image id, in bounded memory whatever the order of the rows.

The catalogue is read twice: once to learn which image each row speaks of and whether it may be used, once to lay every row
beside the others of its shard. Shard n holds the images n·size to (n + 1)·size in the order of their ids, so that neither the
order of rows nor the way they are batched changes anything that follows.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from curate.assemble import record_of
from curate.canonical import from_json_bytes, json_bytes
from curate.catalogue import CatalogueError, OpenCatalogue
from curate.catalogue_files import FileNameRefused, checked_name, protocol_of
from curate.cells import Cell
from curate.progress import Progress, silent
from curate.record import ImageRecord, RowFault
from curate.rejected_row import Rejected
from curate.row_facts import DIGEST_COLUMN
from curate.search_log import LoggedQuery
from curate.shards.table import Column, from_parquet, to_parquet
from curate.table_run.identity import identity

_BATCH = 10_000  # rows
_SPOOLED_BYTES = 32 * 1024 * 1024  # that wait in memory to be laid to their shards
_RECORD = "record"


@dataclass(frozen=True)
class RecordShards:
    """Records in the order of image ids, in files of `folder`; can be gone through again and again."""

    folder: Path
    sizes: tuple[int, ...]

    def __len__(self) -> int:
        return sum(self.sizes)

    def __iter__(self) -> Iterator[ImageRecord]:
        for shard in self.shards():
            yield from shard

    def shards(self) -> Iterator[list[ImageRecord]]:
        for _, cells in self.spelt():
            yield [from_json_bytes(ImageRecord, cell or b"") for cell in cells]

    def spelt(self) -> Iterator[tuple[list[str], Column]]:
        """Image ids and records of each shard as they were written, without reading what the records say."""
        for number in range(len(self.sizes)):
            ids, columns = from_parquet(_place(self.folder, number).read_bytes())
            yield ids, columns[_RECORD]


@dataclass(frozen=True)
class TableIntake:
    """What a table says. Every row is in a record's `file_names` or in `rejected`."""

    location: str
    rows: int
    records: RecordShards
    rejected: tuple[Rejected, ...]
    log: tuple[LoggedQuery, ...]
    asked: frozenset[str] = frozenset()  # files of the table that the log names


def _place(folder: Path, number: int) -> Path:
    return folder / f"records-{number:06d}.parquet"


def take_in_table(
    catalogue: OpenCatalogue,
    held: Mapping[int, tuple[RowFault, ...]],
    log: Sequence[LoggedQuery],
    *,
    size: int,
    folder: Path,
    progress: Progress = silent,
) -> TableIntake:
    """Read the rows into record shards of at most `size` images in the empty folder `folder`.

    `held`: row number, counted from 1 -> what it fails.

    Raises:
        CatalogueError: no row names a file, or the catalogue changed while it was read. TableError: it is damaged.
    """
    names_in_log = {row.file_name for row in log}
    owners: dict[str, str] = {}
    rejected: list[Rejected] = []
    blocks: list[bytes] = []
    for first, rows in _batches(catalogue, (DIGEST_COLUMN,)):
        ids = []
        for number, row in enumerate(rows, start=first):
            name = str(row["file_name"])
            if (why := _refusal(name)) is not None:
                rejected.append(Rejected(number, name, why.trouble, why.message))
                ids.append("0" * 64)
                continue
            image_id, _ = identity(row)
            ids.append(image_id)
            if name in names_in_log:
                owners[name] = image_id
        blocks.append("".join(ids).encode())
        progress("read rows", first + len(rows) - 1, catalogue.rows)
    of_row = np.frombuffer(b"".join(blocks), dtype="S64")
    known = np.unique(of_row)
    if rejected:
        known = known[known != b"0" * 64]
    if not len(known):
        raise CatalogueError(
            f"{catalogue.location}: expected at least one row that names a file among {catalogue.rows}, found none; "
            f"row {rejected[0].row}: {rejected[0].reason}",
            hint="map the column in imprimatur.toml, then imprimatur curate again",
        )
    shard_of = np.searchsorted(known, of_row) // size
    _spool(catalogue, of_row, shard_of, {item.row for item in rejected}, folder, progress)
    queries: defaultdict[str, list[str]] = defaultdict(list)
    for line in log:
        if line.file_name in owners:
            queries[owners[line.file_name]].append(line.query)
    sizes = []
    for shard in range(-(-len(known) // size)):
        records = _assembled(folder / f"rows-{shard:06d}.jsonl", held, queries)
        ids = [record.image_id for record in records]
        columns = {_RECORD: [json_bytes(record) for record in records]}
        _place(folder, shard).write_bytes(to_parquet(ids, columns))
        sizes.append(len(records))
    return TableIntake(
        catalogue.location,
        catalogue.rows,
        RecordShards(folder, tuple(sizes)),
        tuple(rejected),
        tuple(log),
        frozenset(owners),
    )


def _batches(
    catalogue: OpenCatalogue, columns: Collection[str] | None = None
) -> Iterator[tuple[int, list[dict[str, Cell]]]]:
    """The number of the first row of each batch, and its rows."""
    first = 1
    for rows in catalogue.batches(_BATCH, columns):
        yield first, rows
        first += len(rows)


def _refusal(name: str) -> FileNameRefused | None:
    if protocol_of(name) is not None:
        return None
    try:
        checked_name(name)
    except FileNameRefused as error:
        return error
    return None


def _spool(
    catalogue: OpenCatalogue,
    of_row: np.ndarray[tuple[int], np.dtype[np.bytes_]],
    shard_of: np.ndarray[tuple[int], np.dtype[np.int64]],
    rejected: set[int],
    folder: Path,
    progress: Progress,
) -> None:
    """Lay every row into the file of its shard: number, image id, cells."""
    waiting: defaultdict[int, list[bytes]] = defaultdict(list)
    size = 0

    def lay_down() -> None:
        for shard, lines in waiting.items():
            with (folder / f"rows-{shard:06d}.jsonl").open("ab") as stream:
                stream.writelines(lines)
        waiting.clear()

    for first, rows in _batches(catalogue):
        for number, row in enumerate(rows, start=first):
            if number in rejected:
                continue
            image_id = identity(row)[0] if number <= len(of_row) else ""
            if number > len(of_row) or image_id.encode() != bytes(of_row[number - 1]):
                raise CatalogueError(
                    f"{catalogue.location}: expected the rows that were there a moment ago, found others in row {number}",
                    hint="let nobody write to the catalogue meanwhile: imprimatur curate again",
                )
            line = json.dumps([number, image_id, row], separators=(",", ":")).encode() + b"\n"
            waiting[int(shard_of[number - 1])].append(line)
            size += len(line)
        if size > _SPOOLED_BYTES:
            lay_down()
            size = 0
        progress("sort rows", first + len(rows) - 1, catalogue.rows)
    lay_down()


def _assembled(
    place: Path, held: Mapping[int, tuple[RowFault, ...]], queries: Mapping[str, Sequence[str]]
) -> list[ImageRecord]:
    """The records of one shard; its file of rows is removed."""
    groups: defaultdict[str, list[tuple[int, Mapping[str, Cell]]]] = defaultdict(list)
    faults: dict[int, tuple[RowFault, ...]] = {}
    with place.open("rb") as stream:
        for line in stream:
            number, image_id, cells = json.loads(line)
            row = {name: tuple(cell) if isinstance(cell, list) else cell for name, cell in cells.items()}
            groups[image_id].append((number, row))
            why = identity(row)[1]
            if number in held or why is not None:
                faults[number] = (*held.get(number, ()), *(() if why is None else (why,)))
    place.unlink()
    return [
        record_of(image_id, sorted(groups[image_id], key=lambda item: item[0]), faults, queries.get(image_id, ()))
        for image_id in sorted(groups)
    ]
