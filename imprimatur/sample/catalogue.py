"""Writes the sample catalogue: an imagefolder with `metadata.jsonl`, and the search log beside the pictures."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from curate.atomic import write_atomic
from imprimatur.sample.demand import Asked, search_log
from imprimatur.sample.font import JapaneseFont, find_font
from imprimatur.sample.pictures import Draft, drawings, shots
from imprimatur.sample.plant import QUIET_DRAWING, SECRET_DRAWING, SECRET_MARK, Planted, plant

METADATA = "metadata.jsonl"
SEARCH_LOG = "search_log.csv"


@dataclass(frozen=True, slots=True)
class SampleCatalogue:
    """What was made: `folder` is the catalogue, `planted` what should happen to which picture."""

    folder: Path
    planted: tuple[Planted, ...]
    search_log: Path
    images: int
    font: JapaneseFont


def make_sample(folder: Path, *, today: date) -> SampleCatalogue:
    """Draw the sample catalogue of the fictional 工房精機 into `folder`. The same `today` gives the same bytes.

    Files of the same names are replaced, others are left alone; `metadata.jsonl` is written last, so that its presence
    means a complete catalogue.

    Raises:
        FontMissing: no font with Japanese letters is installed.
        OSError: the folder cannot be written.
    """
    font = find_font()
    ordinary = [
        *shots(today),
        *drawings(
            today, font.path, stamped={SECRET_DRAWING: SECRET_MARK}, renamed={QUIET_DRAWING: "非常遮断弁 組立図"}
        ),
    ]
    drafts, planted = plant(ordinary, today=today, font=font.path)
    for draft in drafts:
        write_atomic(folder / draft.file_name, draft.data)
    log = folder / SEARCH_LOG
    write_atomic(log, _csv(search_log(drafts, today=today)))
    write_atomic(folder / METADATA, _jsonl(drafts))
    return SampleCatalogue(folder, planted, log, len(drafts), font)


def _jsonl(drafts: Sequence[Draft]) -> bytes:
    rows = ({"file_name": draft.file_name, **_stated(draft)} for draft in drafts)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _stated(draft: Draft) -> dict[str, object]:
    """The row without cells nobody filled in."""
    return {name: cell for name, cell in draft.row.items() if cell is not None}


def _csv(rows: Sequence[Asked]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("timestamp", "query", "file_name", "count"))
    writer.writerows((row.timestamp.isoformat(), row.query, row.file_name, row.count) for row in rows)
    return out.getvalue().encode()
