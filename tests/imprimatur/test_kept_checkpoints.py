"""A ledger put back to an earlier copy, in which a withdrawal is missing, is found by the models that were made since."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from audit.ledger import Ledger
from audit.store_errors import LedgerCorrupt
from imprimatur.kept_checkpoints import require_continued
from imprimatur.settings import Settings
from imprimatur.workspace import Workspace
from tests.audit.fakes import World, signing_key
from train.manifest import Manifest, write_manifest


def model(workspace: Workspace, world: World, name: str, checkpoint: str, key: str = "ledger of ws-test") -> None:
    folder = workspace.models / name / "model"
    folder.mkdir(parents=True)
    manifest = Manifest(
        run=f"run-{name}", workspace_id="ws-test", created=world.now, base_model="embedded", scheme="atomic",
        settings={}, seed=0, policy=(), plan_digest="0" * 64, training_digest="0" * 64, checkpoint=checkpoint,
        unsafe=False, entries=(), files={},
    )  # fmt: skip
    write_manifest(folder, manifest, signing_key(key))


def test_an_older_copy_of_the_ledger_is_refused(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w", Settings())
    world = World.make(tmp_path)
    world.decide("part")
    world.ledger.close()
    shutil.copy(world.ledger.path, tmp_path / "old.db")
    world.ledger = Ledger.open(tmp_path / "ledger.db", world.key)
    require_continued(workspace, world.ledger)  # nothing was trained yet
    world.withdraw("f" * 64)
    model(workspace, world, "a", world.ledger.checkpoint())
    require_continued(workspace, world.ledger)
    world.decide("more")
    require_continued(workspace, world.ledger)
    with (
        Ledger.open(tmp_path / "old.db", world.key) as old,
        pytest.raises(LedgerCorrupt, match="continues the 4 entries"),
    ):
        require_continued(workspace, old)


def test_another_history_of_the_same_length_is_refused(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w", Settings())
    world, other = World.make(tmp_path), World.make(tmp_path, name="other.db")
    world.withdraw("f" * 64)
    other.now += timedelta(days=1)
    for _ in range(3):
        other.decide("part")
    model(workspace, world, "a", world.ledger.checkpoint())
    with pytest.raises(LedgerCorrupt, match="another history"):
        require_continued(workspace, other.ledger)


def test_a_model_that_somebody_else_signed_says_nothing(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w", Settings())
    world, other = World.make(tmp_path), World.make(tmp_path, workspace_id="ws-other", name="other.db")
    for _ in range(9):
        other.decide("part")
    model(workspace, other, "a", other.ledger.checkpoint(), "ledger of ws-other")
    model(workspace, world, "b", "no checkpoint at all\n")
    (workspace.models / "c" / "model").mkdir(parents=True)
    require_continued(workspace, world.ledger)
