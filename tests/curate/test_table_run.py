"""A run over a table alone: the decisions of the run that holds everything in memory, however its rows are divided."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curate.assemble import assemble
from curate.canonical import digest, to_json
from curate.catalogue import CatalogueError, open_catalogue, read_catalogue
from curate.catalogue_files import TROUBLE_JA, RowTrouble
from curate.expectations.intake import check_catalogue
from curate.expectations.suite import read_suite
from curate.picture import UNOPENED, Undecoded
from curate.pipeline import Intake, judge
from curate.policy.document import Policy, load_policy, policy_from_json
from curate.screen.in_shards import ScreenShards
from curate.screen.screener import Screener
from curate.screen.settings import ScreenSettings
from curate.sealed_store import SealedStore
from curate.search_log import LoggedQuery
from curate.shards.engine import EngineName
from curate.shards.engines import open_engine
from curate.shards.folder import Folder
from curate.shards.plan import Sharding
from curate.table_run.expectations import check_in_batches
from curate.table_run.identity import NO_DIGEST, identity
from curate.table_run.intake import take_in_table
from curate.table_run.judging import judge_table
from curate.value.budget import Budget
from curate.value.placing import Wishes
from curate.value.settings import ValueSettings
from tests.curate.fakes import image_id

TODAY = date(2026, 6, 30)
POLICIES = Path(__file__).parents[2] / "policies"
SUITE = read_suite(POLICIES / "default" / "expectations" / "catalogue.json")
WORDS = ("六角ボルト", "spur gear", "圧縮ばね 田中 太郎", "hollow shaft")
LOG = (
    *(LoggedQuery(None, f"query {n % 3}", f"{n}.png", 1 + n % 4) for n in range(6)),
    LoggedQuery(None, "gone", "elsewhere.png", 1),
)


def without_pixels() -> Policy:
    """A policy for measuring, as `unsafe_benchmark`, which does not ask for the pixels."""
    document: dict[str, Any] = {**load_policy(POLICIES / "unsafe_benchmark").canonical}
    return policy_from_json({**document, "required_checks": {"all": ["text.pii"]}}, where="test")


def rows() -> list[dict[str, Any]]:
    """Rows of which one repeats another's bytes with other facts, one states no digest, and some fail expectations."""
    found: list[dict[str, Any]] = [
        {
            "file_name": f"{n}.png", "sha256": image_id(f"{n}.png"), "title_ja": f"{WORDS[n % 4]} B-{n:03d}",
            "tags": [WORDS[n % 4], f"M{n}"], "content_class": ("product", "photo", "drawing")[n % 3], "source": "PIM",
            "owner": "Example Seiki K.K.", "license": "LicenseRef-own", "license_scope": "train|memorize|output|commercial",
            "criticality": str(n / 20), "product_line": f"line {n % 2}", "changed_at": "2025-03-01", "change_count": str(n % 4),
            "collected_at": "2024-04-01", "memo": "03-1234-5678" if n == 5 else None,
        }
        for n in range(14)
    ]  # fmt: skip
    found[3]["sha256"] = found[2]["sha256"]
    found[3]["license"] = "CC-BY-4.0"
    found[4]["sha256"] = None
    found[6]["criticality"] = "high"
    found[7]["file_name"] = "8.png"
    return found


def write(place: Path, found: Sequence[dict[str, Any]], group: int = 5) -> Path:
    pq.write_table(pa.Table.from_pylist(list(found)), place, row_group_size=group)
    return place


def in_memory(place: Path, policy: Policy, budget: Budget) -> dict[str, str]:
    """Digests of the decisions as `judge` makes them."""
    table = read_catalogue(place)
    held = {row: list(why) for row, why in check_catalogue(table.frame, [SUITE]).held.items()}
    digests = {}
    for number, row in enumerate(table.frame.to_dict("records"), start=1):
        digests[row["file_name"]], why = identity(row)
        held.setdefault(number, []).extend([] if why is None else [why])
    records = assemble(table, digests, {row: tuple(why) for row, why in held.items()}, LOG)
    unseen = {record.image_id: Undecoded(record.image_id, UNOPENED) for record in records}
    intake = Intake(table, records, unseen, {}, (), LOG, 0)
    judged = judge(
        intake, policy, Screener(), today=TODAY, budget=budget, wishes=Wishes({"9.png": "needed"}, {"1.png": "a gift"})
    )
    return {
        image: digest([to_json(judged.decisions[image]), to_json(judged.routings[image])]) for image in judged.decisions
    }


def by_table(
    place: Path | str, folder: Path, policy: Policy, budget: Budget, *, size: int, workers: int = 1
) -> dict[str, str]:
    """The same by shards."""
    opened = open_catalogue(place)
    result = check_in_batches(opened, [SUITE])
    assert result is not None
    (folder / "spool").mkdir()
    intake = take_in_table(opened, result.held, LOG, size=size, folder=folder / "spool")
    with SealedStore(folder / "cache") as kept:
        sharding = Sharding(open_engine(EngineName.LOCAL, workers), Folder(str(folder / "shards")), kept.seal_of, size)
        judged = judge_table(
            intake,
            policy,
            ScreenShards(ScreenSettings(), TODAY),
            sharding,
            budget=budget,
            wishes=Wishes({"9.png": "needed"}, {"1.png": "a gift"}),
            settings=ValueSettings(),
        )
        return {
            item.record.image_id: digest([to_json(item.decision), to_json(item.routing)])
            for items in judged.decided()
            for item in items
        }


@pytest.fixture(scope="module")
def distinct() -> list[dict[str, Any]]:
    """Rows whose file names are all different: of a name twice, a run in memory knows one file only."""
    return [row for row in rows() if row["file_name"] != "8.png"]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, distinct: list[dict[str, Any]]) -> dict[str, str]:
    """Of a run in memory, under the policy that does not ask for the pixels."""
    place = write(tmp_path_factory.mktemp("memory") / "rows.parquet", distinct)
    return in_memory(place, without_pixels(), Budget(images=4))


def test_the_decisions_of_a_run_in_memory(tmp_path: Path, distinct: list[dict[str, Any]]) -> None:
    policy = load_policy(POLICIES / "default")
    place = write(tmp_path / "rows.parquet", distinct)
    found = by_table(place, tmp_path, policy, Budget(images=4), size=5)
    assert found == in_memory(place, policy, Budget(images=4))
    assert len(found) == len(distinct) - 1


@pytest.mark.parametrize(("seed", "size"), [(1, 1), (2, 4), (3, 13)])
def test_the_same_decisions_whatever_the_order_of_rows_and_the_size_of_shards(
    tmp_path: Path, distinct: list[dict[str, Any]], expected: dict[str, str], seed: int, size: int
) -> None:
    shuffled = random.Random(seed).sample(distinct, len(distinct))
    place = write(tmp_path / "rows.parquet", shuffled, group=1 + seed)
    assert by_table(place, tmp_path, without_pixels(), Budget(images=4), size=size) == expected


@pytest.mark.slow
def test_the_same_decisions_by_processes(
    tmp_path: Path, distinct: list[dict[str, Any]], expected: dict[str, str]
) -> None:
    place = write(tmp_path / "rows.parquet", distinct)
    assert by_table(place, tmp_path, without_pixels(), Budget(images=4), size=3, workers=2) == expected


def test_an_object_store_is_read_like_a_folder(tmp_path: Path, distinct: list[dict[str, Any]]) -> None:
    local = write(tmp_path / "rows.parquet", distinct)
    url = f"memory://{uuid4().hex}/rows.parquet"
    with fsspec.open(url, "wb") as stream:
        stream.write(local.read_bytes())
    batches = [list(open_catalogue(place).batches(4)) for place in (local, url)]
    assert batches[0] == batches[1]
    assert sum(map(len, batches[0])) == len(distinct)


def test_suites_in_batches_say_what_they_say_of_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = write(tmp_path / "rows.parquet", rows())
    whole = check_catalogue(read_catalogue(place).frame, [SUITE])
    monkeypatch.setattr("curate.table_run.expectations._BATCH", 4)
    found = check_in_batches(open_catalogue(place), [SUITE])
    assert found == whole
    assert {8, 9} <= set(whole.held)  # the name that stands twice is in two batches


def test_rows_without_a_digest_are_held_and_rows_without_a_name_are_told(tmp_path: Path) -> None:
    found = [*rows()[:3], {"file_name": "../outside.png"}, {"file_name": "a.png"}]
    intake = take_in_table(open_catalogue(write(tmp_path / "r.parquet", found)), {}, (), size=2, folder=tmp_path)
    assert [(row.row, row.code) for row in intake.rejected] == [(4, RowTrouble.GOES_UP)]
    assert intake.rejected[0].to_document()["reason_ja"] == TROUBLE_JA[RowTrouble.GOES_UP]
    held = {record.file_names: record.held_by_table for record in intake.records}
    assert held[("a.png",)] == (NO_DIGEST.en,)
    assert held[("0.png",)] == ()
    with pytest.raises(CatalogueError, match="names a file"):
        take_in_table(
            open_catalogue(write(tmp_path / "n.parquet", [{"file_name": ".."}])), {}, (), size=2, folder=tmp_path
        )


def test_a_catalogue_that_changes_between_two_readings_is_refused(tmp_path: Path) -> None:
    opened = open_catalogue(write(tmp_path / "r.parquet", rows()[:3]))

    def change(stage: str, done: int, total: int) -> None:
        if stage == "read rows":
            write(tmp_path / "r.parquet", rows()[1:4])

    with pytest.raises(CatalogueError, match="a moment ago"):
        take_in_table(opened, {}, (), size=2, folder=tmp_path, progress=change)
