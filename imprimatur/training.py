"""`train`: gate -> memorize and retrieve -> statement -> manifest, last -> calibration. Resumable at every point.

The folder of a run is named by what it would memorize, so that the same command after a crash finds its own work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from audit.entry import EntryKind, NewEntry
from audit.expectations.tables import RecordRefused
from audit.ledger import Ledger
from audit.live_standing import LiveStanding, SteadyClock
from audit.report.checks_page import Occasion
from curate.canonical import digest
from curate.expectations.result import TableResult
from curate.progress import Progress, silent
from imprimatur.catalogue_place import live_table, locator
from imprimatur.checking import check_record, check_written, checks_document, tell_refusal, write_checks
from imprimatur.recalling import calibrate_model
from imprimatur.record_book import last_manifest, ledger_key, model_key, now, open_ledger
from imprimatur.which_image import recorded_records, which_images
from imprimatur.workspace import Workspace
from train import trainer
from train.card import write_card
from train.checkpoint import discard_checkpoints
from train.expectations.table import MANIFEST
from train.gate import Admission, admit, require
from train.manifest import (
    FILE_NAME,
    Manifest,
    build_manifest,
    read_manifest,
    require_of,
    write_manifest,
    write_signature,
)
from train.ranks import Ranks, joined
from train.run_folder import MODEL_FOLDER, discard_run
from train.sentry import Sentry, StandingLost
from train.settings import TrainSettings


@dataclass(frozen=True)
class TrainingRun:
    """`admission` is what the gate let through; the rest is None for a dry run. `fresh` is false when this very set was
    trained before and its model is whole. `checks`: what the suites said of record and manifest, `pages` show it."""

    admission: Admission
    manifest: Manifest | None = None
    model_dir: Path | None = None
    seconds: float | None = None
    fresh: bool = False
    checks: tuple[TableResult, ...] = ()
    pages: tuple[Path, ...] = ()
    rank: int = 0  # of several processes that train together, the first alone has something to tell

    def to_document(self) -> dict[str, Any]:
        return {
            "images": len(self.admission.cleared),
            "waiting": self.admission.waiting,
            "held": [asdict(refusal) for refusal in self.admission.held],
            "refused": [asdict(refusal) for refusal in self.admission.refused],
            "unsafe": self.admission.unsafe,
            "run": self.manifest.run if self.manifest else None,
            "model": str(self.model_dir) if self.model_dir else None,
            "manifest": str(self.model_dir / FILE_NAME) if self.model_dir else None,
            "seconds": self.seconds,
            "fresh": self.fresh,
            "checks": checks_document(self.checks, self.pages),
        }


def train_settings(workspace: Workspace) -> TrainSettings:
    """The room's settings out of `[train]` in imprimatur.toml."""
    wanted = workspace.settings.train
    return TrainSettings(
        base_model=wanted.base_model,
        seed=wanted.seed,
        steps=wanted.steps,
        picture_steps=wanted.picture_steps,
        threads=wanted.threads,
        batch_size=wanted.batch_size,
        image_batch_size=wanted.image_batch_size,
        most_at_once=wanted.most_at_once,
        learning_rate=wanted.learning_rate,
        lora=wanted.lora,
        lora_rank=wanted.lora_rank,
        scheme=wanted.scheme,
        describe=wanted.describe,
        picture_edits=wanted.picture_edits,
    )


def gate(workspace: Workspace, ledger: Ledger, images: Sequence[str] | None) -> Admission:
    """What may be memorized now; `images` as people type them, None for all that are cleared."""
    asked = list(which_images(ledger, images)) if images is not None else None
    records = recorded_records(ledger)

    def names_of(image_id: str) -> tuple[str, ...]:
        return records[image_id].file_names if image_id in records else ()

    return admit(
        ledger.entries(),
        now(),
        ledger.workspace_id,
        payload_of=ledger.payload,
        locate=locator(live_table(workspace), names_of),
        asked=asked,
        keeps=workspace.settings.use.keeps,
    )


def train(
    workspace: Workspace, *, images: Sequence[str] | None = None, dry_run: bool = False, progress: Progress = silent
) -> TrainingRun:
    """Train on what is cleared and on nothing else. Started several times by torchrun or `accelerate launch`, the
    processes train together: each passes the gate, the first alone writes to the ledger.

    Raises:
        GateRefusal: an image asked for was refused, or lost its standing while training ran (exit 1).
        NothingCleared, NoPlan: people have to act first (exit 4).
        RecordRefused: decisions, approvals or manifest fail an expectation that stops (exit 1).
    """
    with joined() as ranks, open_ledger(workspace, write=True) as ledger:
        checks, admission = ranks.together(
            lambda: _let_through(workspace, ledger, images, silent=dry_run or not ranks.first)
        )
        if dry_run:
            return TrainingRun(admission, checks=checks, rank=ranks.rank)
        settings = train_settings(workspace)
        out_dir = workspace.models / digest([admission.digest, admission.plan_digest, asdict(settings)])[:16]
        model_dir = out_dir / MODEL_FOLDER
        if ranks.from_first((model_dir / FILE_NAME).exists()):
            return _as_it_was(workspace, ledger, admission, model_dir) if ranks.first else _silent(admission, ranks)
        standing = LiveStanding(ledger, SteadyClock(now))
        result = trainer.train(
            admission,
            admission.plan,
            settings,
            out_dir,
            progress=progress,
            at=admission.at,
            standing=standing,
            seal=ledger.signing_key(),
            ranks=ranks,
            features=workspace.cache,
        )
        if not ranks.first:
            return _silent(admission, ranks)
        _still_standing(admission, standing, out_dir)
        if _recorded_run(ledger, result.run) is None:
            body = {"run": result.run, "statement": dict(result.statement), "unsafe": admission.unsafe}
            ledger.append([NewEntry(EntryKind.TRAINING_RUN, body, at=now())])
        write_card(result, admission, created=now())
        write_signature(model_dir, result.run, model_key(workspace))
        manifest = build_manifest(result, admission, created=now(), checkpoint=ledger.checkpoint())
        write_manifest(model_dir, manifest, ledger_key(workspace))
        checks, pages = _checked_manifest(workspace, ledger, read_manifest(model_dir, ledger.public_key), checks)
        _record_manifest(ledger, manifest, model_dir)
        discard_checkpoints(out_dir)
        calibrate_model(workspace, ledger)
        return TrainingRun(admission, manifest, model_dir, result.seconds, fresh=True, checks=checks, pages=pages)


def _let_through(
    workspace: Workspace, ledger: Ledger, images: Sequence[str] | None, *, silent: bool
) -> tuple[tuple[TableResult, ...], Admission]:
    """Gate and suites before training; a refusal by the suites leaves its page, unless nothing is to be written.

    Raises:
        GateRefusal, NothingCleared: as `train`. RecordRefused: the record fails an expectation that stops.
    """
    try:
        checks, admission = check_record(workspace, ledger, gate(workspace, ledger, images), asked=images is not None)
        require(admission)
        return checks, admission
    except RecordRefused as error:
        if not silent:
            tell_refusal(workspace, error, Occasion.TRAINING)
        raise


def _checked_manifest(
    workspace: Workspace, ledger: Ledger, manifest: Manifest, before: tuple[TableResult, ...]
) -> tuple[tuple[TableResult, ...], tuple[Path, ...]]:
    """The suite on the manifest as it lies in the model folder. Until it holds the ledger does not name the manifest, and
    a manifest that the ledger does not name is in no use.

    Raises:
        RecordRefused: it fails an expectation.
    """
    try:
        written = check_written(workspace, ledger, manifest)
    except RecordRefused as error:
        tell_refusal(workspace, error, Occasion.TRAINED)
        raise
    results = (*(result for result in before if result.table != MANIFEST), written)
    return results, write_checks(workspace, results, Occasion.TRAINED)


def _as_it_was(workspace: Workspace, ledger: Ledger, admission: Admission, model_dir: Path) -> TrainingRun:
    """The model that memorized exactly this set before; what a crash left undone behind it is done."""
    manifest = read_manifest(model_dir, ledger.public_key)
    require_of(manifest, admission, _recorded_run(ledger, manifest.run))
    _record_manifest(ledger, manifest, model_dir)
    calibrate_model(workspace, ledger)
    return TrainingRun(admission, manifest, model_dir)


def _silent(admission: Admission, ranks: Ranks) -> TrainingRun:
    return TrainingRun(admission, rank=ranks.rank)


def _recorded_run(ledger: Ledger, run: str) -> Mapping[str, Any] | None:
    """The training statement that the ledger holds of this run."""
    found = (entry.body for entry in ledger.entries(EntryKind.TRAINING_RUN) if entry.body["run"] == run)
    return next((body["statement"] for body in found), None)


def _still_standing(admission: Admission, standing: LiveStanding, out_dir: Path) -> None:
    """The last look before the manifest.

    Raises:
        StandingLost: an image may not be remembered any more; the model is thrown away.
    """
    try:
        Sentry(admission.cleared, standing).check()
    except StandingLost:
        discard_run(out_dir)
        raise


def _record_manifest(ledger: Ledger, manifest: Manifest, model_dir: Path) -> None:
    """The ledger's entry for a manifest that is whole; a crash between the two is mended by the next run."""
    import hashlib

    sha256 = hashlib.sha256((model_dir / FILE_NAME).read_bytes()).hexdigest()
    last = last_manifest(ledger)
    if last is not None and last.body["manifest_sha256"] == sha256:
        return
    body = {
        "run": manifest.run,
        "manifest_sha256": sha256,
        "model_digest": manifest.model_digest,
        "folder": model_dir.parent.name,
        "entries": len(manifest.entries),
        "unsafe": manifest.unsafe,
    }
    ledger.append([NewEntry(EntryKind.MANIFEST, body, at=now())])
