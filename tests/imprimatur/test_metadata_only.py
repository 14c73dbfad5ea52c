"""`curate --metadata-only` from the table to the ledger: what is recorded, what a second run records, what a kill leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import fsspec
import pyarrow.parquet as pq
import pytest

from audit.ledger import EntryKind, NewEntry
from audit.recheck.ledger import verify
from curate.canonical import canonical_bytes, digest, from_json, to_json
from curate.decision import Outcome, RuleHit
from curate.finding import Screening
from curate.odd_input import UnknownImagesInLog
from curate.record import ImageRecord
from curate.shards.engine import EngineName
from imprimatur.division import Division
from imprimatur.record_book import now, open_ledger
from imprimatur.recording import ABSENT
from imprimatur.table_curating import RunBusy, TableRun, _spool, curate_table
from imprimatur.table_recording import WouldReplaceLooks
from imprimatur.workspace import Workspace, init_workspace, open_workspace
from tests.curate.test_table_run import rows, write

ONE = Division(EngineName.LOCAL, workers=1, shard_size=4)


def made(folder: Path) -> Workspace:
    init_workspace(folder)
    return open_workspace(folder)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return made(tmp_path / "w")


def run(workspace: Workspace, place: Path | str, **options: object) -> TableRun:
    return curate_table(workspace, str(place), division=ONE, **options)  # type: ignore[arg-type]


def test_a_log_of_other_images_is_told_as_in_any_run(workspace: Workspace, tmp_path: Path) -> None:
    found = rows()[:3]
    table, log = write(tmp_path / "r.parquet", found), tmp_path / "log.csv"
    log.write_text(
        f"timestamp,query,file_name,count\n2026-01-02,bolt,{found[0]['file_name']},1\n2026-01-02,nut,gone.png,1\n"
    )
    done = run(workspace, table, search_log=log, dry_run=True)
    assert [notice["error"] for notice in done.to_document()["notices"]] == ["IMP-E210"]
    log.write_text("timestamp,query,file_name,count\n2026-01-02,nut,gone.png,1\n")
    with pytest.raises(UnknownImagesInLog):
        run(workspace, table, search_log=log, dry_run=True)


def test_decisions_are_recorded_once_and_those_of_rows_that_left_are_held(workspace: Workspace, tmp_path: Path) -> None:
    found = rows()
    out = f"memory://{uuid4().hex}/decisions.parquet"
    first = run(workspace, write(tmp_path / "r.parquet", found), out=out)
    images = len(first.intake.records)
    assert first.outcomes == {"deny": 0, "review": images, "index": 0, "memorize": 0}
    assert first.recorded is not None
    assert (first.recorded.changed, first.recorded.unchanged, first.recorded.absent) == (images, 0, 0)
    with fsspec.open(out, "rb") as stream:
        table = pq.read_table(stream)
    assert table.num_rows == images
    assert set(table.column("outcome").to_pylist()) == {Outcome.REVIEW.value}
    assert all("unscreened-decode" in rules for rules in table.column("rules").to_pylist())
    assert [line.rule for line in first.held.lines].count("unscreened-decode") == 1

    again = run(workspace, tmp_path / "r.parquet")
    assert again.recorded is not None
    assert (again.recorded.changed, again.recorded.unchanged, again.screened_shards) == (0, images, 0)

    fewer = run(workspace, write(tmp_path / "r.parquet", found[:-2]))
    assert fewer.recorded is not None
    assert (fewer.recorded.changed, fewer.recorded.absent) == (0, 2)
    with open_ledger(workspace) as ledger:
        left = [entry for entry in ledger.entries() if entry.body.get("rules") == [ABSENT]]
        assert len(left) == 2
        assert ledger.payload(left[0].index)
    assert verify(Path(workspace.ledger_place), workspace.ledger_public_path.read_text()).ok


def test_what_is_recorded_beside_a_decision(workspace: Workspace, tmp_path: Path) -> None:
    run(workspace, write(tmp_path / "r.parquet", rows()))
    with open_ledger(workspace) as ledger:
        for entry, payload in ledger.openings(list(ledger.entries(EntryKind.DECISION))):
            document = json.loads(payload.content)
            assert payload.content == canonical_bytes(document)
            screening = from_json(Screening, document["screening"])
            record = from_json(ImageRecord, document["record"])
            assert screening.findings_digest == entry.body["findings_digest"] and screening.unscreened
            assert (record.texts_digest, record.facts_digest) == (
                entry.body["texts_digest"],
                entry.body["facts_digest"],
            )
            assert document["screening"] == {**to_json(screening), "done": sorted(screening.done)}
            assert document["decision"]["rules"] == entry.body["rules"]
            assert document["hits"] == [to_json(from_json(RuleHit, hit)) for hit in document["hits"]]
            coded = [{"check": part.check.value, "detector": part.detector.name} for part in screening.unscreened]
            assert entry.body["unscreened"] == sorted(coded, key=digest)


def test_a_dry_run_records_nothing_and_two_runs_do_not_meet(workspace: Workspace, tmp_path: Path) -> None:
    place = write(tmp_path / "r.parquet", rows())
    assert run(workspace, place, dry_run=True).recorded is None
    assert not Path(workspace.ledger_place).exists()
    with _spool(workspace.cache / "table-run"), pytest.raises(RunBusy):
        run(workspace, place)


@pytest.mark.parametrize(
    "looked",
    [
        {"fingerprint": {"phash": "00" * 8}},
        {"findings": [{"category": "content", "kind": "content.undecodable", "severity": "medium", "channel": "file"}]},
    ],
    ids=["decoded", "undecodable"],
)
def test_decisions_made_with_a_look_are_replaced_on_request_only(
    workspace: Workspace, tmp_path: Path, looked: dict[str, object]
) -> None:
    place = write(tmp_path / "r.parquet", rows())
    run(workspace, place)
    with open_ledger(workspace, write=True) as ledger:
        entry = next(entry for entry in ledger.entries(EntryKind.DECISION))
        ledger.append([NewEntry(EntryKind.DECISION, {**entry.body, **looked}, payload={}, at=now())])
        size = ledger.size
    with pytest.raises(WouldReplaceLooks, match="found 1;"):
        run(workspace, place)
    with pytest.raises(WouldReplaceLooks):  # a table in which the image is no longer would end it as well
        run(workspace, write(tmp_path / "other.parquet", rows()[10:]))
    assert run(workspace, place, dry_run=True).recorded is None
    with open_ledger(workspace) as ledger:
        assert ledger.size == size
    replaced = run(workspace, place, replace_looks=True)
    assert replaced.recorded is not None and replaced.recorded.changed == 1
    again = run(workspace, place)
    assert again.recorded is not None and again.recorded.changed == 0


@pytest.mark.slow
def test_kill_minus_nine_of_the_driver_resumes(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    found = [{**row, "file_name": f"{n}-{row['file_name']}", "sha256": None, "memo": f"note {n}"} for n, row in
             enumerate(rows() * 20)]  # fmt: skip
    place = write(tmp_path / "r.parquet", found, group=50)
    command = [
        sys.executable, "-c", "from imprimatur.cli import main; main()", "-w", str(workspace.folder), "curate", str(place),
        "--metadata-only", "--shard-size", "20", "--workers", "2",
    ]  # fmt: skip
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    shards = workspace.cache / "shards" / "out"
    deadline = time.monotonic() + 600
    while len(list(shards.glob("*.done"))) < 3 and started.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(started.pid, signal.SIGKILL)
    started.wait()
    finished = len(list(shards.glob("*.done")))
    assert finished >= 3
    assert not Path(workspace.ledger_place).exists() or finished == 14

    resumed = curate_table(workspace, str(place), division=Division(EngineName.LOCAL, workers=1, shard_size=20))
    assert resumed.screened_shards == 14 - finished
    whole = made(tmp_path / "whole")
    other = curate_table(whole, str(place), division=Division(EngineName.LOCAL, workers=1, shard_size=1000))
    assert resumed.outcomes == other.outcomes
    assert _said(workspace) == _said(whole)


def _said(workspace: Workspace) -> dict[str, dict[str, object]]:
    """What the ledger says of each image."""
    with open_ledger(workspace) as ledger:
        bodies = [dict(entry.body) for entry in ledger.entries() if "image_id" in entry.body]
    return {str(body["image_id"]): {name: body[name] for name in body if name != "run"} for body in bodies}
