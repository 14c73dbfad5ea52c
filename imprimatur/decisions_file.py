"""Decisions as one Parquet file, on this machine or in an object store, written batch by batch and whole or not there."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from curate.catalogue_files import open_remote, protocol_of
from curate.decision import Decision
from curate.errors import ExitCode, ImprimaturError
from curate.record import ImageRecord


class DecisionsNotWritten(ImprimaturError):
    """The file of decisions cannot be written where it was asked for."""

    code = "IMP-E160"
    exit_code = ExitCode.UNAVAILABLE


class DecisionsFile:
    """Context manager over the file at `place`, a path or a URL. Columns: `image_id`, `file_names`, `outcome`, `lift`,
    `rules`, `unknowns`, `value` in [0, 1], `unsafe`, and `decision`, the whole document as JSON (docs/formats.md)."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._writer: Any = None
        self._part: Path | None = None

    def __enter__(self) -> DecisionsFile:
        import pyarrow as pa
        import pyarrow.parquet as pq

        texts = pa.list_(pa.string())
        self._schema = pa.schema(
            [
                ("image_id", pa.string()), ("file_names", texts), ("outcome", pa.string()), ("lift", pa.string()),
                ("rules", texts), ("unknowns", texts), ("value", pa.float64()), ("unsafe", pa.bool_()),
                ("decision", pa.string()),
            ]
        )  # fmt: skip
        try:
            # Beside the target, so that the last step is a rename; a store gets the finished file.
            folder = None if protocol_of(self._place) else Path(self._place).absolute().parent
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            self._part = Path(tempfile.mkdtemp(prefix=".decisions-", dir=folder)) / "part.parquet"
            self._writer = pq.ParquetWriter(self._part, self._schema, compression="zstd")
        except OSError as error:
            raise self._refused(error) from error
        return self

    def add(self, items: Sequence[tuple[ImageRecord, Decision]]) -> None:
        """The next rows."""
        import pyarrow as pa

        rows = [
            {
                "image_id": decision.image_id,
                "file_names": list(record.file_names),
                "outcome": decision.outcome.value,
                "lift": decision.lift.value,
                "rules": list(decision.rules),
                "unknowns": list(decision.unknowns),
                "value": round(decision.value.score, 6),
                "unsafe": decision.unsafe,
                "decision": json.dumps(decision.to_document(), ensure_ascii=False, sort_keys=True),
            }
            for record, decision in items
        ]
        self._writer.write_table(pa.Table.from_pylist(rows, self._schema))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._part is not None  # made when the block began
        try:
            self._writer.close()
            if kind is None:
                self._put(self._part)
        except ImprimaturError:
            raise
        except Exception as failed:  # every store raises its own types
            raise self._refused(failed) from failed
        finally:
            shutil.rmtree(self._part.parent, ignore_errors=True)

    def _put(self, part: Path) -> None:
        if protocol_of(self._place) is None:
            part.replace(self._place)
            return
        system, path = open_remote(self._place)
        system.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
        system.put_file(str(part), path)

    def _refused(self, error: Exception) -> DecisionsNotWritten:
        return DecisionsNotWritten(
            f"expected to write decisions to {self._place}, found {type(error).__name__}: {str(error)[:200]}",
            hint="imprimatur curate --out decisions.parquet",
        )
