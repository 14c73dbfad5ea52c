"""Decisions of a table's run into the ledger: one append, batch by batch, and only what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.duties import Actor
from audit.ledger import EntryKind, Ledger, LedgerEntry, NewEntry
from curate.canonical import canonical_bytes
from curate.errors import ExitCode, ImprimaturError
from curate.table_run.judging import Decided, TableJudged
from imprimatur.kept_bodies import VOLATILE
from imprimatur.recording import (
    ABSENT,
    Read,
    absent_entry,
    decision_body,
    decision_payload,
    note_policy,
    policy_entries,
    run_entry,
    run_name,
)

_BATCH = 2_000  # entries of images that left the catalogue


class WouldReplaceLooks(ImprimaturError):
    """Decisions that were made with a look at the files would be replaced by a run over the table alone."""

    code = "IMP-E162"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Known:
    """The last decision on an image: its entry, the digest of what it says, whether it says that the image was absent, and
    whether somebody opened the file for it."""

    index: int
    said: bytes
    absent: bool
    looked: bool


class Remembered:
    """What a ledger says of images and policies, as little of each as the next record needs: `last` by the 32 bytes of
    the image id. `replace_looks`: decisions made with a look at the files may be replaced."""

    def __init__(self, *, replace_looks: bool = False) -> None:
        self.size = 0
        self.last: dict[bytes, Known] = {}
        self.policies: dict[str, bool] = {}
        self._replace_looks = replace_looks

    def read(self, entries: Iterable[LedgerEntry]) -> None:
        """The entries that follow.

        Raises:
            WouldReplaceLooks: some of the decisions that stand were made with a look at the file.
        """
        for entry in entries:
            self.size = entry.index + 1
            note_policy(self.policies, entry)
            if entry.kind is EntryKind.DECISION:
                image, body = bytes.fromhex(entry.body["image_id"]), entry.body
                self.last[image] = Known(entry.index, _said(body), body["rules"] == [ABSENT], _looked(body))
        looks = 0 if self._replace_looks else sum(known.looked and not known.absent for known in self.last.values())
        if looks:
            raise WouldReplaceLooks(
                f"expected a ledger without decisions that were made with a look at the files, found {looks}; this run "
                "opens no file and would hold those images, or count them as gone",
                hint="imprimatur curate --metadata-only --dry-run --out decisions.parquet, or --replace-looks to record",
            )


def _looked(body: Mapping[str, Any]) -> bool:
    """Whether the file was opened for this decision: it left a fingerprint, or turned out not to be readable. Decisions
    that do not speak of a fingerprint are older than runs over a table alone."""
    undecodable = any(item["kind"] == "content.undecodable" for item in body["findings"])
    return body.get("fingerprint", "unstated") is not None or undecodable


def _said(body: Mapping[str, Any]) -> bytes:
    """Digest of what makes a decision another one; a run or a score that moved does not."""
    return hashlib.sha256(canonical_bytes({k: v for k, v in body.items() if k not in VOLATILE})).digest()


@dataclass(frozen=True)
class TableRecorded:
    """What a run wrote, in images: `changed` got a new decision, `unchanged` kept theirs, `absent` left the catalogue."""

    run: str
    changed: int
    unchanged: int
    absent: int


def record_table(
    ledger: Ledger,
    remembered: Remembered,
    judged: TableJudged,
    decided: Iterable[list[Decided]],
    outcomes: Mapping[str, int],
    *,
    at: datetime,
    by: Actor,
) -> TableRecorded:
    """Append policy (when new), changed decisions, absent images and the run itself, all or nothing.

    `outcomes` is filled while `decided` passes by: the run's entry, which counts them, comes last.

    Raises:
        LedgerMoved: somebody recorded meanwhile. WouldReplaceLooks: as `Remembered.read`. As `Ledger.append`.
    """
    policy, intake = judged.verdicts.policy, judged.intake
    remembered.read(ledger.entries(start=remembered.size))
    run = run_name(judged.catalogue_digest, policy, at, ledger.size)
    counts = {"changed": 0, "images": 0}
    gone = {image: known for image, known in remembered.last.items() if not known.absent}

    def entries(items: list[Decided]) -> Iterator[NewEntry]:
        for item in items:
            counts["images"] += 1
            image = bytes.fromhex(item.record.image_id)
            gone.pop(image, None)
            body = decision_body(item.record, None, item.screening, item.decision, policy)
            known = remembered.last.get(image)
            if known is not None and known.said == _said(body):
                continue
            counts["changed"] += 1
            score = round(item.decision.value.score, 6)
            payload = decision_payload(item.record, item.screening, item.decision, item.routing)
            yield NewEntry(EntryKind.DECISION, {**body, "run": run, "value": score}, payload=payload, at=at)

    # The ledger is not read while it is written: images that left are looked up before.
    here = {bytes.fromhex(record.image_id) for record in intake.records} if gone else set()
    indices = sorted(known.index for image, known in gone.items() if image not in here)
    left = [absent_entry(ledger.entry(index), ledger.payload(index), run, at) for index in indices]

    def batches() -> Iterator[list[NewEntry]]:
        yield policy_entries(policy, remembered.policies.get(policy.ref.sha256), by, at)
        for items in decided:
            yield list(entries(items))
        for start in range(0, len(left), _BATCH):
            yield left[start : start + _BATCH]
        read = Read(intake.location, intake.rows, len(intake.records), [row.to_document() for row in intake.rejected])
        yield [run_entry(run, judged.catalogue_digest, read, outcomes, policy, by, at)]

    ledger.append_batches(batches(), expected_size=remembered.size)
    return TableRecorded(run, counts["changed"], counts["images"] - counts["changed"], len(left))
