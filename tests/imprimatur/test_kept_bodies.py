"""Bodies of decisions kept between runs: the same as spelt anew, and no edit of the store makes anything pass."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from curate.sealed_store import FILE_NAME
from imprimatur.curating import CurateRun, curate
from imprimatur.record_book import open_ledger
from imprimatur.workspace import Workspace, init_workspace, open_workspace
from tests.imprimatur.fakes import row, write_catalogue

pytestmark = pytest.mark.slow  # a whole curate, several times


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Path, CurateRun]:
    """Three parts, decided on; no pixels are asked about, so that it takes no time."""
    place = tmp_path_factory.mktemp("kept")
    catalogue = write_catalogue(place / "catalogue", [row(0), row(1), row(2, source=None)])
    init_workspace(place / "workspace")
    policy = place / "workspace" / "policies" / "default" / "policy.yaml"
    lines = policy.read_text().splitlines(keepends=True)
    wanted = [line for line in lines if line.strip() not in ("- pixel.text", "- pixel.faces", "- pixel.codes")]
    policy.write_text("".join(wanted))
    workspace = open_workspace(place / "workspace")
    return workspace, catalogue, curate(workspace, str(catalogue))


def bodies(workspace: Workspace) -> dict[str, dict[str, object]]:
    with open_ledger(workspace) as ledger:
        found = [entry.body for entry in ledger.entries() if entry.kind.value == "decision"]
    return {str(body["image_id"]): {k: v for k, v in body.items() if k not in ("run", "value")} for body in found}


def test_an_unchanged_catalogue_records_no_decision_and_a_fresh_run_agrees(
    world: tuple[Workspace, Path, CurateRun],
) -> None:
    workspace, catalogue, first = world
    assert first.recorded is not None and first.recorded.changed == 3
    again = curate(workspace, str(catalogue))
    assert again.recorded is not None
    assert (again.recorded.changed, again.recorded.unchanged, again.intake.looked) == (0, 3, 0)
    fresh = curate(workspace, str(catalogue), fresh=True)  # every body spelt anew
    assert fresh.recorded is not None and fresh.recorded.changed == 0


def test_an_edited_body_is_spelt_anew(world: tuple[Workspace, Path, CurateRun]) -> None:
    workspace, catalogue, _ = world
    before = bodies(workspace)
    with sqlite3.connect(workspace.cache / FILE_NAME) as base:
        rows = base.execute("SELECT rowid, body FROM kept WHERE kind LIKE 'decision-body@%'").fetchall()
        assert len(rows) == 3
        for number, text in rows:
            body = json.loads(text)
            edited = {**body, "outcome": "memorize", "lift": "approval", "rules": ["memorize"], "unknowns": []}
            base.execute("UPDATE kept SET body = ? WHERE rowid = ?", (json.dumps(edited).encode(), number))
    run = curate(workspace, str(catalogue))
    assert run.recorded is not None and run.recorded.changed == 0
    assert bodies(workspace) == before


def test_a_body_moved_to_another_decision_is_spelt_anew(world: tuple[Workspace, Path, CurateRun]) -> None:
    workspace, catalogue, _ = world
    before = bodies(workspace)
    with sqlite3.connect(workspace.cache / FILE_NAME) as base:
        rows = base.execute("SELECT rowid, body, seal FROM kept WHERE kind LIKE 'decision-body@%'").fetchall()
        for (number, _, _), (_, body, seal) in zip(rows, rows[1:] + rows[:1], strict=True):
            base.execute("UPDATE kept SET body = ?, seal = ? WHERE rowid = ?", (body, seal, number))
    run = curate(workspace, str(catalogue))
    assert run.recorded is not None and run.recorded.changed == 0
    assert bodies(workspace) == before
