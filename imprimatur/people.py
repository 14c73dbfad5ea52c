"""What people do to the record: register, approve, reject, revoke, withdraw, report a wrong answer, close its case."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from getpass import getpass
from pathlib import Path
from typing import Any

from audit import approving, withdrawal
from audit.entry import EntryKind, LedgerEntry
from audit.keys import PassphraseNeeded, PublicKey, SigningKey
from audit.ledger import Ledger
from audit.review.pictures import forget_views
from audit.reviewers import register_reviewer, resolve, reviewers, revoke_reviewer
from audit.standing import StandingState
from curate.errors import ExitCode, ImprimaturError
from imprimatur.acting import account_of, actor
from imprimatur.record_book import now, open_ledger, passphrase, reviewer_passphrase, standing_now
from imprimatur.recording import last_decisions
from imprimatur.which_image import recorded_records, which_image
from imprimatur.workspace import Workspace

BY_OPERATOR = "operator"  # who acted when no reviewer was named


class KeyMissing(ImprimaturError):
    """The reviewer's private key is not where it was looked for."""

    code = "IMP-E114"
    exit_code = ExitCode.UNAVAILABLE


class KeyThere(ImprimaturError):
    """A key file would have been overwritten."""

    code = "IMP-E115"
    exit_code = ExitCode.USAGE


class NobodyNamed(ImprimaturError):
    """No image was named, or a queue that does not exist."""

    code = "IMP-E116"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class NewKey:
    private: Path
    public: Path
    key_id: str


def new_key(file: Path) -> NewKey:
    """A fresh Ed25519 pair; the passphrase comes from IMPRIMATUR_KEY_PASSPHRASE when set.

    Raises:
        KeyThere: the file exists; a key is never overwritten.
    """
    if file.exists():
        raise KeyThere(
            f"Expected no file at {file}, found one; keys are never overwritten.", hint=f"imprimatur key new {file}.new"
        )
    key = SigningKey.generate()
    key.save(file, passphrase())
    public = file.with_suffix(".pub.pem")
    key.public.save(public)
    return NewKey(file, public, key.key_id)


@dataclass(frozen=True)
class Reviewer:
    """A person as the list shows them; `private_key` only when the pair was made here."""

    reviewer: str
    name: str | None
    roles: tuple[str, ...]
    key_id: str
    ledger_index: int
    revoked_from: str | None = None
    private_key: Path | None = None

    def to_document(self) -> dict[str, Any]:
        return {
            "reviewer": self.reviewer,
            "name": self.name,
            "roles": list(self.roles),
            "key_id": self.key_id,
            "ledger_index": self.ledger_index,
            "revoked_from": self.revoked_from,
            "private_key": str(self.private_key) if self.private_key else None,
        }


def add_reviewer(workspace: Workspace, name: str, *, roles: tuple[str, ...], public_key: Path | None) -> Reviewer:
    """Register who may approve; without a public key a pair is made in the workspace's key folder."""
    made: SigningKey | None = None
    if public_key is None:
        made = SigningKey.generate()
        public = made.public
    else:
        public = PublicKey.load(public_key)
    with open_ledger(workspace, write=True, make=True) as ledger:
        entry = register_reviewer(ledger, name, roles, public, at=now(), by=actor(workspace, ledger))
    reviewer = str(entry.body["reviewer"])
    private: Path | None = None
    if made is not None:
        private = workspace.reviewer_key_path(reviewer)
        made.save(private, passphrase())
    return Reviewer(reviewer, name, tuple(entry.body["roles"]), public.key_id, entry.index, private_key=private)


def list_reviewers(workspace: Workspace) -> tuple[Reviewer, ...]:
    """Everyone ever registered, in order."""
    with open_ledger(workspace) as ledger:
        return tuple(
            Reviewer(
                record.reviewer,
                record.name,
                record.roles,
                record.public_key.key_id,
                record.index,
                record.revoked_from.isoformat() if record.revoked_from else None,
            )
            for record in reviewers(ledger)
        )


def revoke(workspace: Workspace, name: str, *, reason: str, start: date | None) -> LedgerEntry:
    """Revoke from the beginning of day `start` (UTC), default now."""
    moment = datetime.combine(start, time.min, UTC) if start else None
    with open_ledger(workspace, write=True) as ledger:
        return revoke_reviewer(ledger, name, start=moment, reason=reason, at=now())


@dataclass(frozen=True)
class Waiting:
    """One image or case in a queue, with why it is there."""

    image_id: str
    file_name: str
    state: str
    outcome: str
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    why: tuple[tuple[str, str], ...]  # (en, ja)
    value: float
    report_id: str | None = None

    def to_document(self) -> dict[str, Any]:
        return {
            "image_id": self.image_id,
            "file_name": self.file_name,
            "state": self.state,
            "outcome": self.outcome,
            "reasons": list(self.reasons),
            "rules": list(self.rules),
            "why": [{"en": en, "ja": ja} for en, ja in self.why],
            "value": self.value,
            "report_id": self.report_id,
        }


def queue(workspace: Workspace, which: str) -> tuple[Waiting, ...]:
    """`awaiting` approvals (lifted holds included), `held` for a fact or a judgement, `wrong` answers, or `all`."""
    if which not in ("awaiting", "held", "wrong", "all"):
        raise NobodyNamed(
            f"Expected awaiting, held, wrong or all, found '{which}'.", hint="imprimatur review list --state all"
        )
    with open_ledger(workspace) as ledger:
        book = standing_now(ledger)
        last = last_decisions(ledger.entries(EntryKind.DECISION))
        reports = {str(e.body["image_id"]): str(e.body["report_id"]) for e in withdrawal.open_reports(ledger)}
        found = []
        for image_id, entry in last.items():
            standing = book.of(image_id)
            body = entry.body
            fits = {
                "awaiting": standing.state is StandingState.AWAITING,
                "held": body["outcome"] == "review" and standing.state is not StandingState.CLEARED,
                "wrong": image_id in reports,
                "all": True,
            }[which]
            if not fits:
                continue
            payload = ledger.payload(entry.index) or {}
            names = payload.get("record", {}).get("file_names", ["(erased)"])
            hits = [hit for hit in payload.get("hits", []) if hit["outcome"] == body["outcome"]]
            found.append(
                Waiting(
                    image_id,
                    names[0],
                    standing.state.value,
                    body["outcome"],
                    standing.reasons,
                    tuple(body["rules"]),
                    tuple((hit["reason_en"], hit["reason_ja"]) for hit in hits),
                    body["value"],
                    reports.get(image_id),
                )
            )
    return tuple(sorted(found, key=lambda item: (-item.value, item.image_id)))


@dataclass(frozen=True)
class Signed:
    """What one verdict recorded: `cleared` and `waiting` count the named images after it."""

    verdict: str
    reviewer: str
    image_ids: tuple[str, ...]
    ledger_index: int
    cleared: int
    waiting: int

    def to_document(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "reviewer": self.reviewer,
            "image_ids": list(self.image_ids),
            "ledger_index": self.ledger_index,
            "cleared": self.cleared,
            "waiting": self.waiting,
        }


def _private_key(workspace: Workspace, ledger: Ledger, reviewer: str, key: Path | None) -> SigningKey:
    path = key or workspace.reviewer_key_path(resolve(ledger, reviewer).reviewer)
    if not path.is_file():
        raise KeyMissing(
            f"Expected {reviewer}'s private key at {path}, found none; an approval without a key is not one.",
            hint="imprimatur review approve IMAGE --as NAME --key FILE",
        )
    try:
        return SigningKey.load(path, reviewer_passphrase())
    except PassphraseNeeded:
        if not sys.stdin.isatty():
            raise
        return SigningKey.load(path, getpass(f"Passphrase of {path}: ").encode())


def sign_verdict(
    workspace: Workspace,
    verdict: approving.Verdict,
    images: list[str],
    *,
    list_file: Path | None = None,
    reviewer: str,
    role: str | None = None,
    reason: str,
    expires: date | None = None,
    key: Path | None = None,
    conditions: tuple[str, ...] = (),
    note: str | None = None,
    without_key: bool = False,
    question: int | None = None,
) -> Signed:
    """Sign one verdict for all images named: all of them, or none and an error. `note` goes to the erasable store.

    `without_key`: nobody proves to be the reviewer; the approval is marked self-asserted and signed by the ledger's key.
    """
    if list_file is not None:
        images = [
            *images,
            *(line.strip() for line in list_file.read_text(encoding="utf-8").splitlines() if line.strip()),
        ]
    if not images:
        raise NobodyNamed(
            "Expected at least one image, found none.", hint="imprimatur review list, then name images or --list FILE"
        )
    moment = now()
    with open_ledger(workspace, write=True) as ledger:
        signing = ledger.signing_key() if without_key else _private_key(workspace, ledger, reviewer, key)
        ids = tuple(dict.fromkeys(which_image(ledger, image) for image in images))
        until = datetime.combine(expires + timedelta(days=1), time.min, UTC) if expires else None
        signer = approving.Signer(resolve(ledger, reviewer), signing, without_key, account_of(ledger))
        wish = approving.Wish(verdict, ids, reason, until, conditions, role, note, question=question)
        entries = approving.record(ledger, signer, wish, moment)
        book = standing_now(ledger, moment)
        states = [book.of(image_id).state for image_id in ids]
    return Signed(
        verdict.value,
        str(entries[-1].body["reviewer"]),
        ids,
        entries[-1].index,
        states.count(StandingState.CLEARED),
        states.count(StandingState.AWAITING),
    )


def withdraw_image(workspace: Workspace, image: str, *, reason: str, by: str | None) -> LedgerEntry:
    """End the standing of one image."""
    with open_ledger(workspace, write=True) as ledger:
        who = resolve(ledger, by).reviewer if by else BY_OPERATOR
        entry = withdrawal.withdraw(ledger, which_image(ledger, image), reason, who, at=now())
    forget_views(workspace.review_cache, str(entry.body["image_id"]))
    return entry


def report_wrong_answer(
    workspace: Workspace, query: str, image: str, *, cause: str, answer: dict[str, Any] | None = None
) -> LedgerEntry:
    """Record a wrong answer; the image is held until its case is closed. `answer` is the recall document that showed
    it: the hit of this image is kept for whoever judges the case.

    Raises:
        NobodyNamed: the image is not among the results of `answer`.
    """
    with open_ledger(workspace, write=True) as ledger:
        image_id = which_image(ledger, image)
        hits = [hit for hit in (answer or {}).get("results", ()) if hit.get("image_id") == image_id]
        if answer is not None and not hits:
            raise NobodyNamed(
                f"An answer that shows {image_id[:12]}… was expected, found one that does not.",
                hint='imprimatur recall "QUERY" --json > answer.json',
            )
        kept = hits[0] if hits else None
        return withdrawal.report_wrong(ledger, query, image_id, cause, answer=kept, at=now())


def close_wrong_answer(workspace: Workspace, report_id: str, *, remedy: str, by: str) -> LedgerEntry:
    """Close a wrong-answer case."""
    with open_ledger(workspace, write=True) as ledger:
        return withdrawal.close_wrong(ledger, report_id, remedy, resolve(ledger, by).reviewer, at=now())


def file_name_of(ledger: Ledger, image_id: str) -> str:
    """A name people know the image by, or its id when its payload was erased."""
    record = recorded_records(ledger).get(image_id)
    return record.file_names[0] if record else image_id
