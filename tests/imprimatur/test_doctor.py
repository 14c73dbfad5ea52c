"""What `doctor` says about who would notice that the ledger was written anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from imprimatur import doctor
from imprimatur.doctor import Level, Line, examine
from imprimatur.publishing import publish_log
from imprimatur.record_book import ledger_key, now, open_ledger
from imprimatur.workspace import open_workspace
from tests.imprimatur.test_log_commands import append, place, run, trust
from train.manifest import Manifest, write_manifest

__all__ = ["place"]  # the fixture


@pytest.fixture(autouse=True)
def _workspace_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        doctor, "_detectors", lambda: iter(())
    )  # loading them takes seconds, and they are not asked here


def lines(place: Path) -> dict[str, Line]:
    return {line.what: line for line in examine(place)}


def test_nobody_watches(place: Path) -> None:
    found = lines(place)
    assert found["ledger"].level is Level.OK
    assert (found["witnesses"].level, found["witnesses"].found[:15]) == (Level.OK, "none is trusted")
    assert found["checkpoints in models"].found.split()[-5] == "0"
    assert not {"published log", "timestamps"} & set(found)


def test_what_the_settings_ask_for_and_nobody_did_is_a_warning(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = run(capsys, "audit", "witness", "new", str(tmp_path / "w"), "--name", "w.example/1").strip()
    (tmp_path / "root.pem").write_text("")
    trust(place, key, publish="published", timestamp_roots=[str(tmp_path / "root.pem")])
    found = lines(place)
    for what, fix in (("witnesses", "cosign"), ("published log", "publish"), ("timestamps", "timestamp")):
        assert (found[what].level, found[what].fix.split()[2]) == (Level.WARN, fix)
    publish_log(open_workspace(place), None)
    append(place, 3)
    assert lines(place)["published log"].found == "published: 2 of 5 entries"


def test_an_older_copy_of_the_ledger_is_a_wall(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(place / "state" / "ledger.db", place / "old.db")
    append(place, 3)
    workspace = open_workspace(place)
    folder = workspace.models / "run-a" / "model"
    folder.mkdir(parents=True)
    with open_ledger(workspace) as ledger:
        manifest = Manifest(
            run="run-a", workspace_id=ledger.workspace_id, created=now(), base_model="embedded", scheme="atomic",
            settings={}, seed=0, policy=(), plan_digest="0" * 64, training_digest="0" * 64,
            checkpoint=ledger.checkpoint(), unsafe=False, entries=(), files={},
        )  # fmt: skip
    write_manifest(folder, manifest, ledger_key(workspace))
    assert lines(place)["checkpoints in models"].found.split()[-5] == "1"
    shutil.copy(place / "old.db", place / "state" / "ledger.db")
    found = lines(place)["ledger"]
    assert found.level is Level.FAIL
    assert "continues the 5 entries known to run-a" in found.found
    for words in (("recall", "bolt"), ("audit", "verify"), ("withdraw", "bolt", "--reason", "owner-request")):
        run(capsys, *words, code=3)
