"""What screening says of an image does not depend on who else is in its shard, nor on which engine looks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.canonical import json_bytes
from curate.finding import Check
from curate.picture import PictureFacts, Undecoded
from curate.record import ImageRecord, TrainingText
from curate.screen.in_shards import ScreenShards, pages_in_shards, read_source, source_columns
from curate.screen.screener import Screener
from curate.screen.settings import ScreenSettings
from curate.sealed_store import SealedStore
from curate.shards.engine import EngineName
from curate.shards.engines import open_engine
from curate.shards.folder import Folder
from curate.shards.plan import Sharding
from curate.sidecars import Beside
from tests.curate.fakes import image_id, make_picture_facts, make_record

TODAY = date(2026, 6, 30)
WORK = ScreenShards(ScreenSettings(), TODAY)
TEXTS = (
    ("ja", "六角ボルト M8 担当 田中 太郎 電話 03-1234-5678"),
    ("en", "Spur gear, drawn by John Smith, john.smith@example.com"),
    ("ja", "社外秘 中空軸の組立図"),
    ("en", "Ball bearing 6204"),
    ("und", "Κωνσταντίνος"),
    ("ja", "圧縮ばね"),
)


def records(count: int = 9) -> list[ImageRecord]:
    return [
        make_record(f"{n}.png", texts=(TrainingText("title", *TEXTS[n % len(TEXTS)]),), extra=(("memo", f"no. {n}"),))
        for n in range(count)
    ]


def pictures(found: Sequence[ImageRecord]) -> dict[str, PictureFacts | Undecoded]:
    seen: dict[str, PictureFacts | Undecoded] = {found[0].image_id: make_picture_facts("0.png")}
    return seen | {found[1].image_id: Undecoded(found[1].image_id, "took longer than 20 seconds")}


def screened(
    place: Path, found: Sequence[ImageRecord], *, size: int, workers: int = 1, engine: EngineName = EngineName.LOCAL
) -> dict[str, bytes]:
    with SealedStore(place / "cache") as kept:
        sharding = Sharding(open_engine(engine, workers), Folder(str(place / "shards")), kept.seal_of, size)
        pages = pages_in_shards(found, pictures(records()), {}, WORK, sharding)
    return {image: json_bytes(page) for image, page in pages.items()}


def alone(found: Sequence[ImageRecord]) -> dict[str, bytes]:
    pages = Screener().pages(found, pictures(records()), today=TODAY)
    return {image: json_bytes(page) for image, page in pages.items()}


@pytest.fixture(scope="module")
def expected() -> dict[str, bytes]:
    return alone(records())


@settings(max_examples=3)
@given(st.permutations(range(9)), st.integers(1, 10))
def test_the_same_findings_in_whatever_shards_and_order(
    tmp_path_factory: pytest.TempPathFactory, expected: dict[str, bytes], order: list[int], size: int
) -> None:
    found = [records()[n] for n in order]
    assert screened(tmp_path_factory.mktemp("shards"), found, size=size) == expected


def test_a_shard_tells_all_that_is_known_of_its_images() -> None:
    near = Beside(
        (("2.xmp", "<x:xmpmeta/>"),), (("2.json", "creator", "誰か"),), (), (("tdmrep.json", "1"),), ("2.c2pa",)
    )
    found, beside = records(3), {image_id("2.png"): near}
    columns = source_columns(found, pictures(found), beside)
    assert read_source([r.image_id for r in found], columns) == (found, pictures(found), beside)


@pytest.mark.slow
@pytest.mark.parametrize("engine", list(EngineName))
def test_the_same_findings_by_processes_and_by_ray(
    tmp_path: Path, expected: dict[str, bytes], engine: EngineName
) -> None:
    if engine is EngineName.RAY:
        pytest.importorskip("ray", reason="extra `scale` is not installed: pip install 'imprimatur[scale]'")
    assert screened(tmp_path, records(), size=2, workers=2, engine=engine) == expected
    assert expected[image_id("0.png")].count(Check.TEXT_PII.encode())
