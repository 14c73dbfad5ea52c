"""Who may approve: keys made, reviewers registered, listed and revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from audit.entry import LedgerEntry
from audit.keys import PublicKey, SigningKey
from audit.reviewers import register_reviewer, reviewers, revoke_reviewer
from curate.errors import ExitCode, ImprimaturError
from imprimatur.acting import actor
from imprimatur.record_book import now, open_ledger, passphrase
from imprimatur.workspace import Workspace


class KeyThere(ImprimaturError):
    """A key file would have been overwritten."""

    code = "IMP-E115"
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
