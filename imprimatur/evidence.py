"""What an auditor asks of a workspace: recheck, proofs of one image, the signed checkpoint, what another policy would do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

from audit import note
from audit.cosignature import WitnessKey
from audit.entry import EntryKind
from audit.proof import SUFFIX, Proof, ProofRefused, prove
from audit.recheck.ledger import verify
from audit.recheck.proof import Proven, check_proof
from audit.recheck.run import Problem, RecheckReport
from audit.recheck.tiles import tile_problems
from audit.store_errors import LedgerCorrupt
from audit.timestamp import TimestampInvalid, load_roots, verify_timestamp
from curate.atomic import write_atomic
from curate.errors import ExitCode, ImprimaturError
from curate.policy.compare import Change, compare
from curate.policy.document import load_policy
from imprimatur.kept_checkpoints import require_continued
from imprimatur.record_book import ledger_exists, missing_ledger, now, open_ledger, standing_now
from imprimatur.recording import last_decisions
from imprimatur.replaying import subject_of
from imprimatur.voided import VoidedApproval, voided_by
from imprimatur.which_image import which_image
from imprimatur.workspace import Workspace


class EvidenceMissing(ImprimaturError):
    """A file the check needs is not there."""

    code = "IMP-E117"
    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True)
class Rechecked:
    """The recheck's report with the place it was made of."""

    place: str
    report: RecheckReport
    stamped: tuple[tuple[int, datetime], ...] = ()  # timestamps whose signature was verified: size, time

    @property
    def ok(self) -> bool:
        return self.report.ok

    def to_document(self) -> dict[str, Any]:
        return {
            "ledger": self.place,
            "ok": self.report.ok,
            "entries": self.report.entries,
            "root": self.report.root,
            "checkpoints": self.report.checkpoints,
            "signatures": self.report.signatures,
            "erased": list(self.report.erased),
            "cosignatures": self.report.cosignatures,
            "witnessed": self.report.witnessed,
            "timestamps": self.report.stamps,
            "timestamps_verified": [{"size": size, "at": at.isoformat()} for size, at in self.stamped],
            "problems": [
                {"where": item.where, "expected": item.expected, "found": item.found} for item in self.report.problems
            ],
        }


def _read(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EvidenceMissing(f"Expected {what} at {path}, found: {error}.", hint=f"ls -l {path}") from error


def verify_ledger(
    workspace: Workspace,
    *,
    against: Path | None = None,
    public_key: Path | None = None,
    tiles: Path | None = None,
) -> Rechecked:
    """Check the ledger with the recheck's own code; `public_key` and `against` are copies kept elsewhere, `tiles` a
    folder to which the log was published (default: that of the settings, when there is one). As many trusted witnesses
    as the settings ask for must have cosigned one checkpoint.

    Raises:
        LedgerMissing: there is no ledger. EvidenceMissing: a named file cannot be read.
    """
    if not ledger_exists(workspace):
        raise missing_ledger(workspace)
    key = _read(public_key or workspace.ledger_public_path, "the ledger's public key")
    kept = [_read(against, "a checkpoint")] if against is not None else []
    tiles = tiles or published_folder(workspace)
    found: list[Problem] = []
    if tiles is not None:
        found = list(tile_problems(tiles, key))
        kept += [_read(tiles / "checkpoint", "a published checkpoint")] if not found else []
    settings = workspace.settings.ledger
    trusted = [WitnessKey.read(text).text for text in settings.witnesses]
    report = verify(workspace.ledger_place, key, against=kept, witnesses=trusted, required=settings.cosignatures)
    if report.ok:
        try:
            with open_ledger(workspace) as ledger:
                require_continued(workspace, ledger)
        except LedgerCorrupt as error:
            found.append(Problem("models", "a ledger that continues the checkpoints in its models", error.message))
    stamped: tuple[tuple[int, datetime], ...] = ()
    if report.ok and report.stamps and settings.timestamp_roots:
        try:
            stamped = timestamps(workspace)
        except TimestampInvalid as error:
            found.append(Problem("timestamps", "valid under the trusted certificates", error.message))
    report = replace(report, ok=report.ok and not found, problems=(*found, *report.problems))
    return Rechecked(workspace.ledger_shown, report, stamped)


def timestamps(workspace: Workspace) -> tuple[tuple[int, datetime], ...]:
    """Size and time of every timestamp, each verified against the certificates that the settings trust.

    Raises:
        TimestampInvalid: one does not hold. TimestampUnavailable: the extra or a certificate file is missing.
    """
    roots = load_roots([workspace.folder / path for path in workspace.settings.ledger.timestamp_roots])
    with open_ledger(workspace) as ledger:
        return tuple(
            (size, verify_timestamp(token, note.Checkpoint(ledger.origin, size, ledger.root_at(size)).text, roots))
            for size, token in ledger.stamps()
        )


def published_folder(workspace: Workspace) -> Path | None:
    """The folder to which the settings publish, once something is there."""
    place = workspace.settings.ledger.publish
    if place is None or place.startswith(("http://", "https://")):
        return None
    folder = workspace.folder / place
    return folder if folder.exists() else None


def published_size(workspace: Workspace) -> int | None:
    """How many entries the published folder of the settings holds; None while there is none, or it is elsewhere."""
    folder = published_folder(workspace)
    return note.read(_read(folder / "checkpoint", "a published checkpoint"))[0].size if folder is not None else None


@dataclass(frozen=True)
class ProvenImage:
    """Proofs of every entry that names the image, oldest first; `file` holds that of `entry`."""

    image_id: str
    public_key: str
    proofs: tuple[tuple[EntryKind, Proof], ...]
    entry: int
    file: Path

    def to_document(self) -> dict[str, Any]:
        return {
            "image_id": self.image_id,
            "public_key": self.public_key,
            "file": str(self.file),
            "entry": self.entry,
            "proofs": [{"kind": kind.value, **proof.to_document()} for kind, proof in self.proofs],
        }


def prove_image(
    workspace: Workspace, typed: str, *, entry: int | None = None, output: Path | None = None, with_entry: bool = False
) -> ProvenImage:
    """Write the proof (c2sp.org/tlog-proof) of one entry about the image: `entry`, default its last decision.

    Raises:
        ImageUnknown: nothing, or more than one image, fits. EvidenceMissing: `entry` is not about it.
    """
    with open_ledger(workspace) as ledger:
        image_id = which_image(ledger, typed)
        about = [
            found
            for found in ledger.entries()
            if found.body.get("image_id") == image_id or image_id in found.body.get("image_ids", ())
        ]
        chosen = entry
        if chosen is None:
            chosen = max(found.index for found in about if found.kind is EntryKind.DECISION)
        if chosen not in [found.index for found in about]:
            raise EvidenceMissing(
                f"One of the entries {', '.join(str(found.index) for found in about)} about this image was expected, "
                f"found {chosen}.",
                hint="imprimatur explain IMAGE",
            )
        proofs = tuple((found.kind, prove(ledger, found.index)) for found in about)
        (proof,) = [proof for _, proof in proofs if proof.index == chosen]
        file = output or Path(f"{image_id[:16]}.{chosen}{SUFFIX}")
        write_atomic(file, proof.text(with_entry=with_entry).encode())
        return ProvenImage(image_id, ledger.public_key.pem, proofs, chosen, file)


def check_proof_file(workspace: Workspace | None, file: Path, entry: Path | None, public_key: Path | None) -> Proven:
    """Check a proof file with the recheck's own code; the keys come from the workspace, or from `public_key` alone.

    Raises:
        ProofRefused: it does not prove what it says. EvidenceMissing: a file cannot be read.
    """
    if public_key is None and workspace is None:
        raise EvidenceMissing("A public key or a workspace was expected, found neither.", hint="--public-key FILE")
    path = public_key or (workspace.ledger_public_path if workspace else Path())
    text, key = _read(file, "a proof"), _read(path, "the ledger's public key")
    trusted = workspace.settings.ledger if workspace is not None else None
    try:
        return check_proof(
            text,
            key,
            leaf=entry.read_bytes() if entry is not None else None,
            witnesses=trusted.witnesses if trusted else (),
            required=trusted.cosignatures if trusted else 0,
        )
    except OSError as error:
        raise EvidenceMissing(f"Expected an entry at {entry}, found: {error.strerror}.", hint="ls -l") from error
    except ValueError as error:
        raise ProofRefused(f"A proof was expected to hold, found: {error}.", hint="imprimatur audit prove") from error


def checkpoint(workspace: Workspace, *, cosigned: bool = True) -> str:
    """The signed checkpoint (C2SP signed note) as it stands, with the cosignatures that it has; when the settings ask
    for cosignatures, the newest one that has as many.

    Raises:
        NotWitnessed: the settings ask for cosignatures and no checkpoint has as many.
    """
    required = workspace.settings.ledger.cosignatures
    with open_ledger(workspace) as ledger:
        return ledger.cosigned_checkpoint(required) if required and cosigned else ledger.checkpoint(cosigned=cosigned)


def verifier_key(workspace: Workspace) -> str:
    """The line by which witnesses and tools of the C2SP family know this log."""
    with open_ledger(workspace) as ledger:
        return note.verifier_key(ledger.origin, ledger.public_key)


@dataclass(frozen=True)
class PolicyChange:
    """One image that the second policy would treat otherwise."""

    change: Change

    def to_document(self) -> dict[str, Any]:
        change = self.change
        return {
            "image_id": change.image_id,
            "file_names": list(change.file_names),
            "before": {
                "outcome": change.before.value,
                "lift": change.lift_before.value,
                "rules": list(change.rules_before),
            },
            "after": {
                "outcome": change.after.value,
                "lift": change.lift_after.value,
                "rules": list(change.rules_after),
            },
            "why": {"en": change.why_en, "ja": change.why_ja},
        }


@dataclass(frozen=True)
class PolicyDiff:
    """`changes`: images that the second policy would treat otherwise. `voided`: images whose approvals count now and would
    count no more once it is adopted, whether or not their outcome changes."""

    changes: tuple[PolicyChange, ...]
    voided: tuple[VoidedApproval, ...]

    def to_document(self) -> dict[str, Any]:
        return {
            "changes": [change.to_document() for change in self.changes],
            "voided_approvals": [item.to_document() for item in self.voided],
        }


def diff_policies(workspace: Workspace, a: Path, b: Path) -> PolicyDiff:
    """Replay what was recorded about every image under both policies; nothing is looked at again."""
    first, second = load_policy(a), load_policy(b)
    subjects = []
    with open_ledger(workspace) as ledger:
        last = last_decisions(ledger.entries(EntryKind.DECISION))
        voided = voided_by(second, last, standing_now(ledger))
        for _, payload in ledger.payloads(sorted(last.values(), key=attrgetter("index"))):
            if (subject := subject_of(payload)) is not None:
                subjects.append(subject)
    changes = compare(subjects, first, second, today=now().date())
    return PolicyDiff(tuple(PolicyChange(change) for change in changes), voided)
