"""Half-way points of a run: written beside, renamed into place, so that a kill at any moment leaves the last whole one.

A checkpoint belongs to one *binding* (settings, admitted images with their texts, plan). Under another binding it is
deleted, not used: weights which saw a since withdrawn image must not live on in the next run. It is sealed with the
workspace's key: weights that somebody else put there, trained on who knows what, are deleted as well.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit import dsse
from audit.keys import PublicKey, SigningKey
from curate.canonical import canonical_bytes

if TYPE_CHECKING:
    import torch

FOLDER = "checkpoint"
_STATE = "state.json"
_TENSORS = "tensors.safetensors"
_SEALED = "application/vnd.imprimatur.checkpoint+json"
_FORMAT = 2


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """`step` optimiser steps are done; `state` is JSON; `tensors` holds weights and optimiser moments by name."""

    step: int
    state: Mapping[str, Any]
    tensors: Mapping[str, torch.Tensor]


def save_checkpoint(out_dir: Path, binding: str, checkpoint: Checkpoint, seal: SigningKey | None = None) -> None:
    """Write `checkpoint` below `out_dir`, sealed with the key `seal`, then drop the older ones.

    Raises:
        OSError: the disk is full or the folder is not writable; the previous checkpoint is untouched.
    """
    from safetensors.torch import save_file

    root = out_dir / FOLDER
    root.mkdir(parents=True, exist_ok=True)
    final = root / f"step-{checkpoint.step:08d}"
    beside = root / f".writing-{checkpoint.step:08d}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        save_file({name: tensor.contiguous() for name, tensor in checkpoint.tensors.items()}, beside / _TENSORS)
        document = {
            "version": _FORMAT,
            "binding": binding,
            "step": checkpoint.step,
            "state": dict(checkpoint.state),
            "tensors_sha256": hashlib.sha256((beside / _TENSORS).read_bytes()).hexdigest(),
        }
        content = canonical_bytes(document)
        sealed = content if seal is None else canonical_bytes(dsse.seal(content, seal, _SEALED))
        (beside / _STATE).write_bytes(sealed)
        for written in sorted(beside.iterdir()):
            _flush(written)
        shutil.rmtree(final, ignore_errors=True)
        beside.rename(final)
        _flush(root)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    for older in root.iterdir():
        if older.name != final.name:
            shutil.rmtree(older)


def latest_checkpoint(out_dir: Path, binding: str, seal: PublicKey | None = None) -> Checkpoint | None:
    """The last whole checkpoint made under `binding` and sealed with the key `seal`; everything else found there is
    deleted, a damaged one too: nothing is lost but time."""
    from safetensors.torch import load

    root = out_dir / FOLDER
    if not root.is_dir():
        return None
    whole = sorted(path for path in root.iterdir() if path.name.startswith("step-") and not path.is_symlink())
    document = _described(whole[-1], binding, seal) if whole else None
    if document is None:
        discard_checkpoints(out_dir)
        return None
    data = (whole[-1] / _TENSORS).read_bytes()
    if hashlib.sha256(data).hexdigest() != document["tensors_sha256"]:
        discard_checkpoints(out_dir)
        return None
    return Checkpoint(int(document["step"]), document["state"], load(data))


def _described(folder: Path, binding: str, seal: PublicKey | None) -> dict[str, Any] | None:
    """The description of a checkpoint, if it is readable, of this format, of this binding and under this seal."""
    try:
        document = json.loads((folder / _STATE).read_bytes())
        if seal is not None:
            document = json.loads(dsse.verify(document if isinstance(document, dict) else {}, seal, _SEALED))
    except (OSError, ValueError, dsse.SignatureInvalid):
        return None  # damaged on disk: training starts anew, which is always right
    usable = isinstance(document, dict) and (document.get("version"), document.get("binding")) == (_FORMAT, binding)
    return document if usable else None


def discard_checkpoints(out_dir: Path) -> None:
    """Delete all half-way points below `out_dir`."""
    if (out_dir / FOLDER).exists():
        shutil.rmtree(out_dir / FOLDER)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
