"""One shard as a Parquet file: rows by image id, every other column a JSON document in UTF-8 or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from curate.errors import ExitCode, ImprimaturError

IMAGE = "image_id"

Column = Sequence[bytes | None]


class ShardUnreadable(ImprimaturError):
    """A file that should be a shard is none."""

    code = "IMP-E247"
    exit_code = ExitCode.INTEGRITY


def to_parquet(image_ids: Sequence[str], columns: Mapping[str, Column]) -> bytes:
    """The file's bytes. Columns are as long as `image_ids`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = [pa.array(image_ids, pa.string()), *(pa.array(column, pa.binary()) for column in columns.values())]
    sink = pa.BufferOutputStream()
    # Statistics of JSON documents would store the documents a second time.
    pq.write_table(
        pa.table(arrays, names=[IMAGE, *columns]),
        sink,
        compression="zstd",
        use_dictionary=False,
        write_statistics=False,
    )
    return bytes(sink.getvalue())


def from_parquet(data: bytes) -> tuple[list[str], dict[str, list[bytes | None]]]:
    """Image ids and the other columns.

    Raises:
        ShardUnreadable: the bytes are no shard.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # Not pq.read_table: its threads may still hold `data` when Python ends, and then abort the process.
        table = pq.ParquetFile(pa.BufferReader(data)).read(use_threads=False)
        ids: list[str] = table.column(IMAGE).to_pylist()
    except (pa.ArrowException, KeyError, OSError) as error:
        raise ShardUnreadable(
            f"expected a shard in Parquet, found something else ({type(error).__name__})",
            hint="run imprimatur curate again: the shard is made anew",
        ) from error
    return ids, {name: table.column(name).to_pylist() for name in table.column_names if name != IMAGE}


def digest_of_rows(image_ids: Sequence[str], columns: Mapping[str, Column]) -> str:
    """SHA-256 of what the rows say, whatever wrote the file: hex."""
    state = hashlib.sha256("\0".join(columns).encode())
    for row, image_id in enumerate(image_ids):
        state.update(image_id.encode())
        for column in columns.values():
            cell = column[row]
            state.update(b"-" if cell is None else b"%d:" % len(cell))
            state.update(cell or b"")
    return state.hexdigest()
