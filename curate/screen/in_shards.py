"""Screening as work on shards: a file with records and looks in, a file with what was found out.

The detectors see one image at a time, so that a shard's findings do not depend on what else is in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from curate.canonical import from_json_bytes, json_bytes
from curate.picture import UNOPENED, PictureFacts, Undecoded
from curate.progress import Progress, silent
from curate.record import ImageRecord
from curate.screen.kept_results import KeptPage, pages_version
from curate.screen.screener import Screener
from curate.screen.settings import ScreenSettings
from curate.sealed_store import SealedStore
from curate.shards.engine import Do, Task
from curate.shards.folder import Folder
from curate.shards.plan import Sharding
from curate.shards.table import Column, from_parquet, to_parquet
from curate.sidecars import Beside

PAGE = "page"


@dataclass(frozen=True)
class ScreenShards:
    """The work of `curate.shards`. `cache`: folder of kept results, from which known pages and texts are taken and to
    which new ones go; None: nothing is kept but the shards themselves."""

    settings: ScreenSettings
    today: date
    cache: Path | None = None
    fresh: bool = False

    def opened(self) -> Do:
        whole = Screener(self.settings)  # its models stay loaded from shard to shard

        def do(task: Task) -> str:
            folder = Folder(task.folder)
            image_ids, columns = from_parquet(folder.read(task.source) or b"")
            if self.cache is None:
                found = self._screened(whole, image_ids, columns)
            else:
                with SealedStore(self.cache, fresh=self.fresh) as kept:
                    found = self._screened(whole.keeping(kept), image_ids, columns)
            data = to_parquet(image_ids, {PAGE: found})
            folder.write(task.target, data)
            return hashlib.sha256(data).hexdigest()

        return do

    def _screened(
        self, screener: Screener, image_ids: Sequence[str], columns: Mapping[str, Column]
    ) -> list[bytes | None]:
        records, pictures, beside = read_source(image_ids, columns)
        pages = screener.pages(records, pictures, beside=beside, today=self.today)
        return [json_bytes(pages[image_id]) for image_id in image_ids]


def source_columns(
    records: Sequence[ImageRecord],
    pictures: Mapping[str, PictureFacts | Undecoded],
    beside: Mapping[str, Beside],
) -> dict[str, Column]:
    """What a shard is told of its images."""
    looks = [pictures.get(record.image_id) for record in records]
    near = [beside.get(record.image_id) for record in records]
    return {
        "record": [json_bytes(record) for record in records],
        "picture": [json_bytes(look) if isinstance(look, PictureFacts) else None for look in looks],
        "undecoded": [json_bytes(look) if isinstance(look, Undecoded) else None for look in looks],
        "beside": [None if item is None else json_bytes(item) for item in near],
    }


def unopened_columns(image_ids: Sequence[str], records: Column) -> dict[str, Column]:
    """The same of images whose files nobody opens, from records as `json_bytes` wrote them."""
    nothing: Column = [None] * len(image_ids)
    return {
        "record": records,
        "picture": nothing,
        "undecoded": [json_bytes(Undecoded(image_id, UNOPENED)) for image_id in image_ids],
        "beside": nothing,
    }


def read_source(
    image_ids: Sequence[str], columns: Mapping[str, Column]
) -> tuple[list[ImageRecord], dict[str, PictureFacts | Undecoded], dict[str, Beside]]:
    """The inverse of `source_columns`."""
    records = [from_json_bytes(ImageRecord, cell or b"") for cell in columns["record"]]
    pictures: dict[str, PictureFacts | Undecoded] = {}
    beside: dict[str, Beside] = {}
    for image_id, look, reason, near in zip(
        image_ids, columns["picture"], columns["undecoded"], columns["beside"], strict=True
    ):
        if look is not None:
            pictures[image_id] = from_json_bytes(PictureFacts, look)
        elif reason is not None:
            pictures[image_id] = from_json_bytes(Undecoded, reason)
        if near is not None:
            beside[image_id] = from_json_bytes(Beside, near)
    return records, pictures, beside


def read_pages(columns: Mapping[str, Column]) -> list[KeptPage]:
    """The pages of a result, in its order."""
    return [from_json_bytes(KeptPage, cell or b"") for cell in columns[PAGE]]


def pages_in_shards(
    records: Sequence[ImageRecord],
    pictures: Mapping[str, PictureFacts | Undecoded],
    beside: Mapping[str, Beside],
    work: ScreenShards,
    sharding: Sharding,
    progress: Progress = silent,
) -> dict[str, KeptPage]:
    """What `Screener.pages` says, shard by shard, those that an earlier run finished taken as they are."""
    stage = sharding.stage(pages_version(work.settings, work.today))
    for part in sharding.parts(records):
        stage.add([record.image_id for record in part], source_columns(part, pictures, beside))
    stage.run(sharding.engine, work, f"screen ({sharding.engine.name})", progress)
    pages: dict[str, KeptPage] = {}
    for image_ids, columns in stage.results():
        pages.update(zip(image_ids, read_pages(columns), strict=True))
    stage.forget_others()
    return pages
