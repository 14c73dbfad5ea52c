"""The gate: what may be memorized comes from the ledger and nowhere else, and every file is proved when it is read.

`admit` takes the images that stand cleared at one moment, checks the record behind each decision against the digests
that people approved, and each file against its identity. A forgotten record excludes an image; it cannot leak one.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from audit.conditions import unmet
from audit.entry import EntryKind, LedgerEntry
from audit.standing import Standing, StandingBook, StandingState, standings
from curate.canonical import digest, from_json
from curate.errors import ExitCode, ImprimaturError
from curate.record import ImageRecord

MOST_BYTES = 1 << 30  # of one picture file; an approved picture is far smaller

_WORDS = {
    StandingState.AWAITING: "it awaits approval",
    StandingState.EXPIRED: "its approval or licence has expired",
    StandingState.SUSPENDED: "it is suspended",
    StandingState.WITHDRAWN: "it was withdrawn",
    StandingState.EXCLUDED: "its decision does not let it be memorized",
}


# Why an approval does not count, in words; the code stands behind them.
_VOID = {
    "texts-changed": "its training texts have changed since they were approved",
    "findings-changed": "its findings have changed since they were approved",
    "facts-changed": "its licence facts have changed since they were approved",
    "policy-changed": "it was approved under another policy",
    "purpose-changed": "it was approved for another purpose",
    "other-workspace": "its approval was made for another workspace",
    "signature-invalid": "the signature of its approval does not hold",
    "role-not-held": "its approver does not hold the role it was given in",
    "before-the-decision": "its approval is older than its decision",
    "self-asserted-refused": "its policy wants the reviewer's own key",
    "reviewer-revoked": "its approver's key was revoked",
}


class GateRefusal(ImprimaturError):
    """Something that was to be memorized is not what was cleared, or was not cleared."""

    code = "IMP-E401"
    exit_code = ExitCode.REFUSED


class NothingCleared(ImprimaturError):
    """No image stands cleared; people have to approve first."""

    code = "IMP-E402"
    exit_code = ExitCode.WAITING


class NoPlan(ImprimaturError):
    """No evaluation plan is on record; it has to be there before anything is trained."""

    code = "IMP-E403"
    exit_code = ExitCode.WAITING


@dataclass(frozen=True, slots=True)
class AdmittedImage:
    """One cleared image with everything the manifest will say about it. `value` in [0, 1]; `path` held the approved
    bytes when it was admitted."""

    image_id: str
    path: Path
    record: ImageRecord
    standing: Standing
    value: float
    policy: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one image is not admitted. `code` is a standing state, or `unknown`, `record-missing`, `record-changed`,
    `file-missing`, `file-changed`, `not-a-file`, `condition-unmet`, `expectation-failed`."""

    image_id: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Admission:
    """What the gate let through at `at` (UTC). `waiting` counts images that only lack approvals; `cleared` is sorted by
    image id; `plan` is the recorded evaluation plan that applies. `held` were approved on a condition that is not kept
    here, or are held by an expectation, and nobody asked for them by name."""

    workspace_id: str
    at: datetime
    cleared: tuple[AdmittedImage, ...]
    refused: tuple[Refusal, ...]
    waiting: int
    unsafe: bool
    plan: Mapping[str, Any]
    plan_digest: str
    held: tuple[Refusal, ...] = ()

    @property
    def digest(self) -> str:
        """Digest of what would be memorized: images, their texts and facts. A resumed run must find it unchanged."""
        return digest([[a.image_id, a.record.texts_digest, a.record.facts_digest] for a in self.cleared])


def admit(
    entries: Iterable[LedgerEntry],
    at: datetime,
    workspace_id: str,
    *,
    payload_of: Callable[[int], Any],
    locate: Callable[[str], Path | None],
    asked: Sequence[str] | None = None,
    keeps: Collection[str] = (),
) -> Admission:
    """What may be memorized at `at` (aware), or at the time of the ledger's last entry where that is later: a clock that
    was set back brings no approval back. `keeps` are the conditions of approvals that the company keeps.

    `entries` is the whole ledger in order, `payload_of(index)` the erasable part of an entry or None, `locate` the
    local file of an image or None. With `asked`, each of those images is admitted or refused; without, every cleared
    image is.

    Raises:
        NoPlan: no readable evaluation plan is recorded.
    """
    ledger = {entry.index: entry for entry in entries}
    ordered = [ledger[index] for index in sorted(ledger)]
    plan, plan_digest = _recorded_plan(ordered, payload_of)
    at = max(at, *(entry.at for entry in ordered[-1:]))
    book = standings(ordered, at, workspace_id=workspace_id)
    wanted = [standing.image_id for standing in book.cleared()] if asked is None else sorted(set(asked))
    cleared: list[AdmittedImage] = []
    refused: list[Refusal] = []
    held: list[Refusal] = []
    for image_id in wanted:
        verdict = _admit_one(book, image_id, ledger, payload_of, locate, keeps)
        if isinstance(verdict, Refusal):
            (held if verdict.code == "condition-unmet" and asked is None else refused).append(verdict)
        else:
            cleared.append(verdict)
    waiting = sum(standing.state is StandingState.AWAITING for standing in book.all())
    unsafe = any(image.standing.unsafe for image in cleared)
    return Admission(
        workspace_id,
        at.astimezone(UTC),
        tuple(cleared),
        tuple(refused),
        waiting,
        unsafe,
        plan,
        plan_digest,
        tuple(held),
    )


def require(admission: Admission) -> tuple[AdmittedImage, ...]:
    """The cleared images, if nothing was refused and there is at least one.

    Raises:
        GateRefusal: at least one image was refused; the message names the first three.
        NothingCleared: there is nothing to memorize.
    """
    if admission.refused:
        named = " ".join(refusal.message for refusal in admission.refused[:3])
        more = f" … and {len(admission.refused) - 3} more." if len(admission.refused) > 3 else ""
        raise GateRefusal(named + more, hint=f"imprimatur explain {admission.refused[0].image_id}")
    if not admission.cleared:
        raise NothingCleared(
            f"At least one cleared image was expected, found none; {admission.waiting} await approval, "
            f"{len(admission.held)} are approved and held{f': {admission.held[0].message}' if admission.held else '.'}",
            hint="imprimatur review list"
            if admission.waiting or not admission.held
            else f"imprimatur explain {admission.held[0].image_id}",
        )
    return admission.cleared


def open_sample(image: AdmittedImage) -> bytes:
    """The bytes of the image, read once from a regular file and proved to be the approved ones.

    Raises:
        GateRefusal: the file is gone, is a link or no regular file, or its SHA-256 is another one.
    """
    verdict = _read_proved(image.image_id, image.path)
    if isinstance(verdict, Refusal):
        raise GateRefusal(verdict.message, hint=f"imprimatur explain {image.image_id}")
    return verdict


def _admit_one(
    book: StandingBook,
    image_id: str,
    ledger: Mapping[int, LedgerEntry],
    payload_of: Callable[[int], Any],
    locate: Callable[[str], Path | None],
    keeps: Collection[str],
) -> AdmittedImage | Refusal:
    standing = book.of(image_id)
    if not standing.cleared or standing.decision_index is None:
        if standing.decision_index is None and standing.state is StandingState.EXCLUDED:
            return _refusal(image_id, "unknown", "the ledger holds no decision on it")
        reasons = ", ".join(standing.reasons) or "no reason recorded"
        void = [_VOID[code] for reason in standing.reasons if (code := reason.removeprefix("approval-void:")) in _VOID]
        why = "; ".join([_WORDS.get(standing.state, "its decision cannot be found"), *void]) + f" ({reasons})"
        return _refusal(image_id, standing.state.value, why)
    body = ledger[standing.decision_index].body
    record = _recorded(image_id, body, payload_of(standing.decision_index))
    if isinstance(record, Refusal):
        return record
    broken = unmet(standing.conditions, keeps, record.rights.owner)
    if broken:
        why = f"it was approved on a condition that is not kept here ({', '.join(broken)})"
        return _refusal(
            image_id, "condition-unmet", f"{why}; [use] keeps in imprimatur.toml says which are, and the owner"
        )
    path = locate(image_id)
    if path is None:
        return _refusal(image_id, "file-missing", "its file was not found in the catalogue")
    read = _read_proved(image_id, path)
    if isinstance(read, Refusal):
        return read
    policy = {key: str(value) for key, value in dict(body.get("policy", {})).items()}
    return AdmittedImage(image_id, path, record, standing, float(body.get("value", 0.0)), policy)


def _recorded(image_id: str, body: Mapping[str, Any], payload: Any) -> ImageRecord | Refusal:
    """The record behind a decision, if it still is the one whose digests the decision and the approvals name."""
    if not isinstance(payload, Mapping) or "record" not in payload:
        return _refusal(image_id, "record-missing", "the record behind its decision is not in the ledger any more")
    try:
        record = from_json(ImageRecord, payload["record"])
    except ValidationError:
        return _refusal(image_id, "record-changed", "the record behind its decision cannot be read")
    found = (record.image_id, record.texts_digest, record.facts_digest)
    if found != (image_id, body.get("texts_digest"), body.get("facts_digest")) or body.get("image_id") != image_id:
        return _refusal(image_id, "record-changed", "the record behind its decision is not the one that was decided on")
    return record


def _recorded_plan(entries: Sequence[LedgerEntry], payload_of: Callable[[int], Any]) -> tuple[Mapping[str, Any], str]:
    last = next((entry for entry in reversed(entries) if entry.kind is EntryKind.PILOT_PLAN), None)
    if last is None:
        raise NoPlan(
            "A recorded evaluation plan was expected before training, found none.", hint="imprimatur pilot plan"
        )
    plan = payload_of(last.index)
    if not isinstance(plan, Mapping) or digest(plan) != last.body.get("plan_digest"):
        raise NoPlan(
            f"The evaluation plan of ledger entry {last.index} was expected to be readable and unchanged; it is not.",
            hint="imprimatur pilot plan",
        )
    return plan, str(last.body["plan_digest"])


def _read_proved(image_id: str, path: Path) -> bytes | Refusal:
    """Bytes of a regular file whose SHA-256 is `image_id`; links are not followed, pipes are not waited for."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return _refusal(image_id, "file-missing", f"its file {path} is not there")
    except OSError as error:
        return _refusal(image_id, "not-a-file", f"its file {path} is a link or cannot be opened ({error.strerror})")
    try:
        with os.fdopen(handle, "rb") as stream:
            state = os.fstat(stream.fileno())
            if not stat.S_ISREG(state.st_mode):
                return _refusal(image_id, "not-a-file", f"its file {path} is no regular file")
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        return _refusal(image_id, "not-a-file", f"its file {path} cannot be read ({error.strerror})")
    found = hashlib.sha256(data).hexdigest()
    if found != image_id:
        return _refusal(
            image_id, "file-changed", f"its file {path} has changed since it was decided on (found {found[:12]}…)"
        )
    return data


def _refusal(image_id: str, code: str, why: str) -> Refusal:
    return Refusal(image_id, code, f"Image {image_id[:12]}… is refused: {why}.")
