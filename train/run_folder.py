"""The folder of one run: its lock, the whole model in it, and what is thrown away."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from curate.errors import ExitCode, ImprimaturError
from train import checkpoint
from train.model import MemoryModel
from train.ranks import Ranks
from train.sentry import StandingLost

MODEL_FOLDER = "model"


class TrainingBusy(ImprimaturError):
    """Another process trains into the same folder."""

    code = "IMP-E408"
    exit_code = ExitCode.UNAVAILABLE


@contextmanager
def run_folder(out_dir: Path, ranks: Ranks) -> Iterator[None]:
    """The first rank holds the folder's lock. Weights that learned from an image which may not be learned any more do
    not stay on the disk."""
    if not ranks.first:
        ranks.together(lambda: None)
        yield
        return
    with sole_user(out_dir, ranks):
        try:
            yield
        except StandingLost:
            discard_run(out_dir)
            raise


def discard_run(out_dir: Path) -> None:
    """Delete half-way points and a model without a manifest below `out_dir`."""
    checkpoint.discard_checkpoints(out_dir)
    if not (out_dir / MODEL_FOLDER / "manifest.json").exists():
        shutil.rmtree(out_dir / MODEL_FOLDER, ignore_errors=True)


@contextmanager
def sole_user(out_dir: Path, ranks: Ranks) -> Iterator[None]:
    """Hold the folder's lock; the system lets go of it when the process ends, however it ends."""
    out_dir.mkdir(parents=True, exist_ok=True)
    handle = os.open(out_dir / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)

    def lock() -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TrainingBusy(
                f"{out_dir} was expected to be free, but another process trains into it.", hint="imprimatur train"
            ) from error

    try:
        ranks.together(lock)
        yield
    finally:
        os.close(handle)


def save_whole(model: MemoryModel, out_dir: Path) -> Path:
    """Save into a folder beside, then rename: `out_dir`/model is a whole model or the one before."""
    beside, final = out_dir / f".{MODEL_FOLDER}-writing", out_dir / MODEL_FOLDER
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        model.save(beside)
        shutil.rmtree(final, ignore_errors=True)
        beside.rename(final)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return final
