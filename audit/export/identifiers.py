"""One row per identifier of every model, as CSV and Parquet: what it stands for, under which licence, who approved, and
what it is worth today."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from audit.report.data import ImageLine, ReportData
from audit.report.table_csv import harmless
from audit.standing import StandingState

SEPARATOR = " | "  # between several values of one CSV cell


@dataclass(frozen=True, slots=True)
class IdentifierRow:
    """`standing` and `withdrawn` as of the report; `approved_by` are names, ids where they were erased; times ISO 8601."""

    run: str
    identifier: str
    image_id: str
    file_names: tuple[str, ...]
    source: str | None
    license: str | None
    value: float | None
    texts_seen: int | None
    pictures_seen: int | None
    decision_index: int | None
    approval_indices: tuple[int, ...]
    approved_by: tuple[str, ...]
    valid_until: str | None
    standing: str
    withdrawn: bool


def rows(manifests: Sequence[Mapping[str, Any]], data: ReportData) -> tuple[IdentifierRow, ...]:
    """The entries of all manifests (statements whose predicate is the manifest), joined with what the report says now.

    What the report may not show (words with a privacy finding, withdrawn pictures) is left out here too.
    """
    lines = {line.image_id: line for line in data.images}
    return tuple(
        _row(str(body["run"]), entry, lines.get(str(entry["image_id"])))
        for body in (manifest.get("predicate", manifest) for manifest in manifests)
        for entry in body["entries"]
    )


def _row(run: str, entry: Mapping[str, Any], line: ImageLine | None) -> IdentifierRow:
    seen: Mapping[str, Any] = entry.get("times_seen") or {}
    return IdentifierRow(
        run=run,
        identifier=str(entry["identifier"]),
        image_id=str(entry["image_id"]),
        file_names=line.file_names if line else (),
        source=line.source if line else None,
        license=line.license if line else None,
        value=entry.get("value"),
        texts_seen=seen.get("texts"),
        pictures_seen=seen.get("pictures"),
        decision_index=entry.get("decision_index"),
        approval_indices=tuple(entry.get("approval_indices", ())),
        approved_by=tuple(person.name or person.reviewer for person in line.approvers) if line else (),
        valid_until=line.expires_at.isoformat() if line and line.expires_at else None,
        standing=(line.state if line else StandingState.EXCLUDED).value,
        withdrawn=line is not None and line.state is StandingState.WITHDRAWN,
    )


def as_csv(table: Sequence[IdentifierRow]) -> bytes:
    """UTF-8 without a mark, RFC 4180; no cell can be run as a formula by a spreadsheet."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([column.name for column in fields(IdentifierRow)])
    for row in table:
        writer.writerow([harmless(_cell(value)) for value in asdict(row).values()])
    return stream.getvalue().encode("utf-8")


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        return SEPARATOR.join(str(part) for part in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def as_parquet(table: Sequence[IdentifierRow]) -> bytes:
    """The same table with typed columns: lists stay lists, a missing value is null."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text, texts = pa.string(), pa.list_(pa.string())
    schema = pa.schema(
        [
            *((name, text) for name in ("run", "identifier", "image_id")),
            ("file_names", texts),
            *((name, text) for name in ("source", "license")),
            ("value", pa.float64()),
            *((name, pa.int64()) for name in ("texts_seen", "pictures_seen", "decision_index")),
            ("approval_indices", pa.list_(pa.int64())),
            ("approved_by", texts),
            *((name, text) for name in ("valid_until", "standing")),
            ("withdrawn", pa.bool_()),
        ]
    )
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist([asdict(row) for row in table], schema=schema), sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())
