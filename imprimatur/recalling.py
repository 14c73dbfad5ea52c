"""`recall`: the fourth room over this workspace's ledger, model, live catalogue and external index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from audit.entry import EntryKind, NewEntry
from audit.ledger import Ledger
from curate.errors import ExitCode, ImprimaturError
from imprimatur.catalogue_place import live_table
from imprimatur.kept_checkpoints import require_continued
from imprimatur.record_book import last_manifest, now, open_ledger
from imprimatur.which_image import recorded_records
from imprimatur.workspace import Workspace
from recall import calibrate, index, remember
from recall.answer import Recaller, Remembered, Sources
from recall.catalogue_view import LiveCatalogue
from recall.confirm import RecordedFacts
from recall.live import LiveIndex, LiveStanding
from recall.pilot import plan_held_out
from recall.queries import cases_of_plan
from recall.scoring import STATEMENT_VERSION, Calibration, uncalibrated


class NoQuery(ImprimaturError):
    """Nothing was asked, or the file of queries cannot be read."""

    code = "IMP-E118"
    exit_code = ExitCode.USAGE


class ModelMissing(ImprimaturError):
    """The ledger names a model whose folder is not here, or another one."""

    code = "IMP-E119"
    exit_code = ExitCode.INTEGRITY


def read_queries(path: Path) -> list[str]:
    """One query a line; blank lines are skipped.

    Raises:
        NoQuery: the file cannot be read as UTF-8, or holds no query.
    """
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise NoQuery(
            f"Expected a UTF-8 text file at {path}, found: {error}.", hint="imprimatur recall --queries FILE"
        ) from error
    if not any(lines):
        raise NoQuery(f"Expected one query a line in {path}, found none.", hint="imprimatur recall --queries FILE")
    return [line for line in lines if line]


def last_plan(ledger: Ledger) -> dict[str, Any]:
    """The recorded evaluation plan, empty before there is one."""
    plan: dict[str, Any] = {}
    for entry in ledger.entries(EntryKind.PILOT_PLAN):
        plan = ledger.payload(entry.index) or {}
    return plan


def remembered(workspace: Workspace, ledger: Ledger) -> Remembered | None:
    """The model in use, its manifest and every file verified; None before anything was trained.

    Raises:
        ModelMissing: the folder holds another manifest than the ledger names. ManifestError, NoManifest: see there.
    """
    from train.manifest import FILE_NAME, read_manifest
    from train.memory import Memory
    from train.run_folder import MODEL_FOLDER

    entry = last_manifest(ledger)
    if entry is None:
        return None
    folder = workspace.models / str(entry.body["folder"]) / MODEL_FOLDER
    manifest = read_manifest(folder, ledger.public_key)
    found = hashlib.sha256((folder / FILE_NAME).read_bytes()).hexdigest()
    if found != entry.body["manifest_sha256"]:
        raise ModelMissing(
            f"Expected the manifest {str(entry.body['manifest_sha256'])[:16]}… of ledger entry {entry.index}, found {found[:16]}….",
            hint="restore the model folder from your copy, or: imprimatur train",
        )
    return remember.remembered(Memory.load(folder, manifest), manifest, found)


def _statement(ledger: Ledger, manifest_sha256: str) -> Any:
    """The last calibration statement of a model, None where there is none that this version measured."""
    for entry in reversed(list(ledger.entries(EntryKind.CALIBRATION))):
        if entry.body["manifest_sha256"] == manifest_sha256 and entry.body["statement"]["version"] == STATEMENT_VERSION:
            return entry.body["statement"]
    return None


def _calibration(ledger: Ledger, memory: Remembered | None, max_error: float) -> Calibration:
    sha256 = memory.manifest_sha256 if memory else ""
    statement = _statement(ledger, sha256)
    if statement is None:
        return uncalibrated(sha256, max_error=max_error)
    return Calibration.from_statement(statement, manifest_sha256=sha256)


def recaller_over(workspace: Workspace, ledger: Ledger) -> Recaller:
    """A recaller whose sources are asked anew for every answer.

    Raises:
        LedgerCorrupt: an earlier copy of the ledger was put in its place: later withdrawals would be missing.
    """
    require_continued(workspace, ledger)
    memory = remembered(workspace, ledger)
    book = LiveStanding(ledger, now)
    sources = Sources(
        memory=memory,
        index=_live_index(workspace, ledger, book),
        catalogue=LiveCatalogue(lambda: live_table(workspace)),
        standings=book,
        recorded=RecordedFacts(ledger.payload).of,
        clock=now,
        keeps=frozenset(workspace.settings.use.keeps),
    )
    return Recaller(sources, _calibration(ledger, memory, workspace.settings.recall.max_error))


def _live_index(workspace: Workspace, ledger: Ledger, book: LiveStanding) -> LiveIndex:
    return LiveIndex(
        workspace.index_folder,
        ledger,
        book,
        lambda: recorded_records(ledger).values(),
        plan_held_out(last_plan(ledger)),
    )


@contextmanager
def open_recaller(workspace: Workspace) -> Iterator[Recaller]:
    """A recaller over the workspace's ledger, open as long as the block runs."""
    with open_ledger(workspace) as ledger:
        yield recaller_over(workspace, ledger)


def calibrate_model(workspace: Workspace, ledger: Ledger) -> None:
    """Fit thresholds for "none" on the development half of the plan's queries; recorded once per manifest."""
    recaller = recaller_over(workspace, ledger)
    memory = recaller.sources.memory
    if memory is None:
        return
    if _statement(ledger, memory.manifest_sha256) is not None:
        return
    plan = last_plan(ledger)
    seed = int(plan.get("split_seed", 0))
    development, _ = calibrate.halves(cases_of_plan(plan), seed=seed)
    found = calibrate.calibrate(recaller, development, max_error=workspace.settings.recall.max_error, seed=seed)
    body = {"manifest_sha256": memory.manifest_sha256, "statement": found.to_statement()}
    ledger.append([NewEntry(EntryKind.CALIBRATION, body, at=now())])


def build_index(workspace: Workspace) -> int:
    """Build the external index anew; returns how many images it holds."""
    index.purge_index(workspace.index_folder)
    with open_ledger(workspace) as ledger:
        return len(_live_index(workspace, ledger, LiveStanding(ledger, now))().images)


def purge_index(workspace: Workspace) -> bool:
    """Remove the external index; True when there was one."""
    return index.purge_index(workspace.index_folder)
