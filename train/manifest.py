"""The manifest: what each identifier of a model stands for and who said so, signed over every file of the model.

It is written last; a folder without one is no finished model. Form: in-toto Statement v1 in a DSSE envelope, subjects =
the model's files. https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from audit import dsse
from audit.keys import PublicKey, SigningKey
from audit.statements import STATEMENT_TYPE
from curate.atomic import write_atomic
from curate.canonical import canonical_bytes, digest, from_json, to_json
from curate.decision import PolicyRef
from curate.errors import ExitCode, ImprimaturError
from train import card, signature
from train.emission import Emitted
from train.gate import Admission
from train.signature import ModelSigningKey
from train.trainer import TrainResult

FILE_NAME = "manifest.json"
MANIFEST_TYPE = "https://imprimatur.example/manifest/v1"
# What a model folder may hold. Nothing in this list can run code when it is loaded; a pickle (.bin, .pt) can.
_SUFFIXES = frozenset({".safetensors", ".json", ".txt", ".jinja", ".model"})
_NAMED = frozenset({card.FILE_NAME, signature.FILE_NAME})  # at the top of the folder only


class ManifestError(ImprimaturError):
    """The model and its manifest do not belong together, or the manifest is not by our key."""

    code = "IMP-E405"
    exit_code = ExitCode.INTEGRITY


class NoManifest(ImprimaturError):
    """The folder holds no finished model."""

    code = "IMP-E409"
    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class TimesSeen:
    """How many texts and pictures training read for one identifier, repetitions counted."""

    texts: int
    pictures: int


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One identifier: `identifier` is public, `token` its spelling in the model. `value` in [0, 1]; the indices point
    into the ledger."""

    identifier: str
    token: str
    image_id: str
    file_names: tuple[str, ...]
    source: str | None
    license: str | None
    decision_index: int
    approval_indices: tuple[int, ...]
    value: float
    times_seen: TimesSeen


@dataclass(frozen=True, slots=True)
class Manifest:
    """`checkpoint` is the ledger's signed checkpoint after the training run was recorded; `policy` names every policy
    under which an entry was decided (normally one); `files` maps paths inside the folder to SHA-256 (hex);
    `training_digest` is of the training statement; `settings` are those of the run, threads and steps filled in;
    `emission` has size and root of each rank's emission log, empty in manifests from before there was one."""

    run: str
    workspace_id: str
    created: datetime
    base_model: str
    scheme: str
    settings: Mapping[str, Any]
    seed: int
    policy: tuple[PolicyRef, ...]
    plan_digest: str
    training_digest: str
    checkpoint: str
    unsafe: bool
    entries: tuple[ManifestEntry, ...]
    files: Mapping[str, str]
    emission: tuple[Emitted, ...] = ()

    @property
    def model_digest(self) -> str:
        """One digest for all files of the model."""
        return digest(dict(self.files))

    def to_document(self) -> dict[str, Any]:
        """The in-toto statement that is signed."""
        predicate = to_json(self)
        files = predicate.pop("files")
        return {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": name, "digest": {"sha256": files[name]}} for name in sorted(files)],
            "predicateType": MANIFEST_TYPE,
            "predicate": predicate,
        }


def write_signature(model_dir: Path, run: str, key: ModelSigningKey) -> Path:
    """Sign the model's files in the form of OpenSSF Model Signing, before the manifest, which covers the signature too.

    Raises:
        ManifestError: the folder holds something a model must not hold.
    """
    path = model_dir / signature.FILE_NAME
    path.unlink(missing_ok=True)  # of a run that was broken off between the two
    left_out = (signature.FILE_NAME, FILE_NAME)
    write_atomic(path, signature.sign_model(run, _files(model_dir), key, left_out=left_out))
    return path


def build_manifest(result: TrainResult, admission: Admission, *, created: datetime, checkpoint: str) -> Manifest:
    """The manifest of a finished run, over the files that lie in its model folder now.

    Raises:
        ManifestError: the folder holds something a model must not hold, or the run belongs to another admission.
    """
    if [image.image_id for image in admission.cleared] != [found.image_id for found in result.identifiers]:
        raise ManifestError(
            f"The admission of run {result.run} was expected, found one of other images.", hint="imprimatur train"
        )
    entries = []
    for image, identifier, (texts, pictures) in zip(
        admission.cleared, result.identifiers, result.times_seen, strict=True
    ):
        decision = image.standing.decision_index
        if decision is None:
            raise ManifestError(
                f"A decision was expected for {image.image_id[:12]}…, found none.", hint="imprimatur curate"
            )
        entries.append(
            ManifestEntry(
                identifier=identifier.public,
                token=identifier.token,
                image_id=image.image_id,
                file_names=image.record.file_names,
                source=image.record.rights.source,
                license=image.record.rights.license,
                decision_index=decision,
                approval_indices=image.standing.approval_indices,
                value=image.value,
                times_seen=TimesSeen(texts, pictures),
            )
        )
    policies = {tuple(sorted(image.policy.items())) for image in admission.cleared}
    return Manifest(
        run=result.run,
        workspace_id=admission.workspace_id,
        created=created,
        base_model=result.settings.base_model,
        scheme=result.scheme,
        settings=asdict(result.settings),
        seed=result.settings.seed,
        policy=tuple(from_json(PolicyRef, dict(policy)) for policy in sorted(policies)),
        plan_digest=admission.plan_digest,
        training_digest=digest(dict(result.statement)),
        checkpoint=checkpoint,
        unsafe=admission.unsafe,
        entries=tuple(entries),
        files=_files(result.model_dir),
        emission=result.emitted,
    )


def write_manifest(model_dir: Path, manifest: Manifest, key: SigningKey) -> str:
    """Sign `manifest` and put it into `model_dir`, as the last file of the run.

    Returns:
        Hex SHA-256 of the manifest file, for the ledger.

    Raises:
        ManifestError: the files are not those that the manifest names.
    """
    _compare(manifest.files, _files(model_dir))
    data = canonical_bytes(dsse.seal(canonical_bytes(manifest.to_document()), key)) + b"\n"
    write_atomic(model_dir / FILE_NAME, data)
    return hashlib.sha256(data).hexdigest()


def read_manifest(model_dir: Path, public_key: PublicKey) -> Manifest:
    """The manifest in `model_dir`, its signature and the digest of every file verified.

    Raises:
        NoManifest: there is none; the run was not finished.
        ManifestError: bad signature, another key, a file changed, missing or not named, or a malformed manifest.
    """
    manifest = read_signed(model_dir, public_key)
    _compare(manifest.files, _files(model_dir))
    return manifest


def read_signed(model_dir: Path, public_key: PublicKey) -> Manifest:
    """The manifest in `model_dir` with its signature verified; nobody has looked at the model's files.

    Raises:
        NoManifest, ManifestError: as `read_manifest`.
    """
    path = model_dir / FILE_NAME
    try:
        envelope = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise NoManifest(
            f"A finished model was expected in {model_dir}, found no manifest.", hint="imprimatur train"
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise _broken(model_dir, f"a manifest that cannot be read ({type(error).__name__})") from error
    if not isinstance(envelope, dict):
        raise _broken(model_dir, "a manifest that is no envelope")
    try:
        payload = dsse.verify(envelope, public_key)
        manifest = _from_document(json.loads(payload))
    except dsse.SignatureInvalid as error:
        raise _broken(model_dir, f"a signature that does not hold ({error.message})") from error
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        raise _broken(model_dir, "a signed document that is no manifest of a known form") from error
    for name in ("identifier", "token", "image_id"):
        values = [getattr(entry, name) for entry in manifest.entries]
        if len(set(values)) != len(values):
            raise _broken(model_dir, f"two entries with one {name}")
    return manifest


def require_of(manifest: Manifest, admission: Admission, statement: Mapping[str, Any] | None) -> None:
    """Refuse a manifest that is whole and signed, but of another day: `admission` must be what its run was given.

    Args:
        statement: the training statement that the ledger holds of the manifest's run, None when it holds none.

    Raises:
        ManifestError: it is of other images, texts, facts, plan or workspace, or the ledger knows nothing of the run.
    """
    stated = {} if statement is None else dict(statement.get("predicate", {}))
    wanted = (admission.digest, admission.plan_digest, admission.workspace_id)
    found = tuple(stated.get(name) for name in ("admission_digest", "plan_digest", "workspace_id"))
    same_run = statement is not None and digest(dict(statement)) == manifest.training_digest
    same_images = {image.image_id for image in admission.cleared} == {entry.image_id for entry in manifest.entries}
    if not (same_run and same_images and wanted == found):
        raise ManifestError(
            f"The manifest of the {len(admission.cleared)} images cleared now was expected, found that of run "
            f"{manifest.run} over {len(manifest.entries)} images, which does not belong here.",
            hint="remove that model folder, then: imprimatur train",
        )


def _from_document(document: Mapping[str, Any]) -> Manifest:
    if document["_type"] != STATEMENT_TYPE or document["predicateType"] != MANIFEST_TYPE:
        raise ValueError("another kind of statement")
    files = {subject["name"]: subject["digest"]["sha256"] for subject in document["subject"]}
    return from_json(Manifest, {**document["predicate"], "files": files})


def _files(model_dir: Path) -> dict[str, str]:
    """Path inside the folder -> SHA-256 of every file but the manifest.

    Raises:
        ManifestError: a link, a device, or a file of a kind that no model folder may hold.
    """
    found: dict[str, str] = {}
    for path in sorted(model_dir.rglob("*")):
        name = path.relative_to(model_dir).as_posix()
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode) or name == FILE_NAME:
            continue
        if not stat.S_ISREG(mode) or (path.suffix not in _SUFFIXES and name not in _NAMED):
            raise _broken(model_dir, f"'{name}', which no model folder may hold")
        found[name] = _sha256(path)
    return found


def _sha256(path: Path) -> str:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _compare(named: Mapping[str, str], found: Mapping[str, str]) -> None:
    for name in sorted({*named, *found}):
        if name not in found:
            raise ManifestError(f"The model file '{name}' was expected, found none.", hint="imprimatur train")
        if name not in named:
            raise ManifestError(
                f"Only files that the manifest names were expected, found '{name}'.", hint="imprimatur train"
            )
        if named[name] != found[name]:
            raise ManifestError(
                f"The model file '{name}' was expected with SHA-256 {named[name][:12]}…, found {found[name][:12]}….",
                hint="imprimatur train",
            )


def _broken(model_dir: Path, found: str) -> ManifestError:
    return ManifestError(
        f"A model with a valid manifest was expected in {model_dir}, found {found}.", hint="imprimatur train"
    )
