"""The workspace's ledger: made once with its key, opened by every command that reads or writes it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from audit.entry import EntryKind
from audit.keys import PublicKey, SigningKey
from audit.ledger import Ledger, LedgerEntry
from audit.standing import StandingBook, standings
from curate.atomic import write_atomic
from curate.errors import ExitCode, ImprimaturError
from imprimatur.workspace import Workspace

if TYPE_CHECKING:
    from audit.moving import Moved
    from train.signature import ModelSigningKey

PASSPHRASE = "IMPRIMATUR_KEY_PASSPHRASE"  # names of variables, not secrets
REVIEWER_PASSPHRASE = "IMPRIMATUR_REVIEWER_PASSPHRASE"


class LedgerMissing(ImprimaturError):
    """The command needs a ledger and none was made yet."""

    code = "IMP-E110"
    exit_code = ExitCode.UNAVAILABLE


class LedgerKeyMissing(ImprimaturError):
    """There is a ledger, but not the key that signs its checkpoints."""

    code = "IMP-E111"
    exit_code = ExitCode.UNAVAILABLE


def now() -> datetime:
    """The moment asked, in UTC. Not rounded: an entry made in the same second must not seem to lie in the future."""
    return datetime.now(UTC)


def passphrase() -> bytes | None:
    """Passphrase of private keys, from the environment; none means unencrypted key files."""
    value = os.environ.get(PASSPHRASE)
    return value.encode() if value else None


def reviewer_passphrase() -> bytes | None:
    """Passphrase of the reviewer's key, where it is another one than that of the keys which are made here."""
    value = os.environ.get(REVIEWER_PASSPHRASE)
    return value.encode() if value else passphrase()


def ledger_key(workspace: Workspace) -> SigningKey:
    """The key that signs this workspace's checkpoints.

    Raises:
        LedgerKeyMissing: the file is not there.
    """
    if not workspace.ledger_key_path.is_file():
        raise LedgerKeyMissing(
            f"Expected the ledger's key at {workspace.ledger_key_path}, found none.",
            hint="restore the key from your copy; without it nothing new can be recorded (imprimatur doctor)",
        )
    return SigningKey.load(workspace.ledger_key_path, passphrase())


def model_key(workspace: Workspace) -> ModelSigningKey:
    """The P-256 key that signs model folders (OpenSSF Model Signing), made on first use with its public half beside it.

    Raises:
        KeyUnusable: the file is there and cannot be opened.
    """
    from train.signature import ModelSigningKey

    if workspace.model_key_path.exists():
        return ModelSigningKey.load(workspace.model_key_path, passphrase())
    key = ModelSigningKey.generate()
    key.save(workspace.model_key_path, passphrase())
    write_atomic(workspace.model_public_path, key.public_pem.encode("ascii"))
    return key


def ledger_exists(workspace: Workspace) -> bool:
    """Whether this workspace has a ledger."""
    place = workspace.ledger_place
    return place.exists() if isinstance(place, Path) else Ledger.exists(place)


def missing_ledger(workspace: Workspace) -> LedgerMissing:
    """Why there is no ledger and what to do: nothing was recorded yet, or it lies elsewhere."""
    if workspace.ledger_key_path.exists():
        return LedgerMissing(
            f"There is a ledger key in {workspace.keys} but no ledger at {workspace.ledger_shown}: "
            "the record was removed or moved.",
            hint="restore it from your copy, name its database in imprimatur.toml if it was moved into one, or start "
            "again in an empty folder: imprimatur init DIR",
        )
    return LedgerMissing(
        f"Expected a ledger at {workspace.ledger_shown}, found none: nothing was curated here yet.",
        hint="imprimatur curate CATALOG",
    )


def move_ledger(workspace: Workspace, address: str) -> Moved:
    """Carry the ledger from its file into the empty database at `address`; the settings have to name it afterwards.

    Raises:
        LedgerMissing: there is no ledger, or it is in a database already. LedgerExists, LedgerCorrupt: see `audit.moving`.
    """
    from audit.moving import move

    place = workspace.ledger_place
    if not isinstance(place, Path) or not ledger_exists(workspace):
        raise LedgerMissing(
            f"Expected a ledger in a file, found {'none' if isinstance(place, Path) else 'one in a database'} at "
            f"{workspace.ledger_shown}.",
            hint="imprimatur doctor   (from one database into another: the server's own pg_dump)",
        )
    return move(place, address, PublicKey.load(workspace.ledger_public_path).pem)


def open_ledger(workspace: Workspace, *, write: bool = False, make: bool = False) -> Ledger:
    """The ledger of `workspace`; with `make` it is created on first use, key included.

    Raises:
        LedgerMissing: there is none and `make` is false.
        LedgerKeyMissing, LedgerCorrupt: it cannot be written or read, or is to be written and older than a model made from it.
    """
    place = workspace.ledger_place
    if not ledger_exists(workspace):
        if not make or workspace.ledger_key_path.exists():
            raise missing_ledger(workspace)
        key = SigningKey.generate()
        key.save(workspace.ledger_key_path, passphrase())
        write_atomic(workspace.ledger_public_path, key.public.pem.encode())
        return Ledger.create(place, key, workspace_id=secrets.token_hex(16))
    public = PublicKey.load(workspace.ledger_public_path)
    ledger = Ledger.open(place, ledger_key(workspace) if write else None, public_key=public)
    if write:
        from imprimatur.kept_checkpoints import require_continued

        try:
            require_continued(workspace, ledger)
        except BaseException:
            ledger.close()
            raise
    return ledger


def standing_now(
    ledger: Ledger, at: datetime | None = None, *, entries: Iterable[LedgerEntry] | None = None
) -> StandingBook:
    """Standing of every image now; `at` is a now that the caller took before, `entries` all of the ledger. A clock that was set back behind the
    ledger's last entry is not believed: it would bring back approvals that have ended."""
    moment = max(at or now(), ledger.entry(ledger.size - 1).at)
    return standings(ledger.entries() if entries is None else entries, moment, workspace_id=ledger.workspace_id)


def last_manifest(ledger: Ledger) -> LedgerEntry | None:
    """The entry of the model in use: the last manifest recorded."""
    found = None
    for entry in ledger.entries(EntryKind.MANIFEST):
        found = entry
    return found
