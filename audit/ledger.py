"""The append-only ledger: a Merkle log with a signed checkpoint, and erasable payloads beside it. Here it is made, opened
and added to; `audit.ledger_reading` is all that can be asked of it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from audit import note, tiles
from audit.casebook import CLOCK_TOLERANCE
from audit.entry import EntryKind as EntryKind
from audit.entry import LeafUnreadable, canonical_or_refused, commit, moment_text, read_leaf, read_moment, spell
from audit.entry import LedgerEntry as LedgerEntry
from audit.entry import NewEntry as NewEntry
from audit.keys import KeyUnusable, PublicKey, SigningKey
from audit.ledger_reading import SALT_BYTES, LedgerReader
from audit.merkle import Frontier, leaf_hash
from audit.store_errors import ClockWentBack, LedgerCorrupt, LedgerMoved, LedgerNotWritable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from audit.store import Store

FORMAT = 1


class Ledger(LedgerReader):
    """One ledger. Opened with its signing key it can append, without it only read."""

    def __init__(self, store: Store, key: SigningKey | None, public_key: PublicKey, workspace_id: str) -> None:
        super().__init__(store, public_key, workspace_id)
        self._key = key

    @staticmethod
    def exists(place: Path | str) -> bool:
        """Whether there is a ledger at a path or a database address."""
        from audit.store import Store

        store = Store(place)
        try:
            return store.exists()
        finally:
            store.close()

    @staticmethod
    def create(place: Path | str, key: SigningKey, *, workspace_id: str, at: datetime | None = None) -> Ledger:
        """A new ledger whose entry 0 names the workspace and the key that signs.

        Raises:
            LedgerExists, LedgerNotWritable, LedgerDiskFull: see there; nothing is left half made.
        """
        from audit.store import Store

        store = Store.create(place)
        ledger = Ledger(store, key, key.public, workspace_id)
        body = {
            "workspace_id": workspace_id,
            "ledger_key_id": key.key_id,
            "public_key": key.public.pem,
            "format": FORMAT,
        }
        with store.writing() as connection:
            store.build_schema(connection)
            _, frontier, _ = ledger._add(connection, Frontier(), None, [NewEntry(EntryKind.WORKSPACE, body, at=at)])
            ledger._sign(connection, frontier)
        return ledger

    @staticmethod
    def open(place: Path | str, key: SigningKey | None = None, *, public_key: PublicKey | None = None) -> Ledger:
        """The ledger at `place`, a path or a database address. Pass the public key you trust when you have no signing key; with neither, the ledger
        is checked only against the key that it names itself.

        Raises:
            LedgerMissing: no such file. LedgerCorrupt: not a ledger, or not the ledger of this key.
        """
        from audit.store import Store

        store = Store.open(place)
        with store.reading() as connection:
            (first,) = store.leaves(connection, 0, 1)
            head = store.last_checkpoint(connection)
        try:
            workspace = read_leaf(first).body
            stated = PublicKey.from_pem(str(workspace.get("public_key")))
        except (LeafUnreadable, KeyUnusable) as error:
            raise LedgerCorrupt.of(store.place, "a workspace entry with its public key", str(error)) from error
        trusted = key.public if key else public_key or stated
        ledger = Ledger(store, key, trusted, str(workspace.get("workspace_id")))
        if stated != trusted:
            raise LedgerCorrupt.of(
                store.place, f"a ledger signed by key {trusted.key_id[:16]}…", f"{stated.key_id[:16]}…"
            )
        ledger._verified(head)
        return ledger

    def append(self, entries: Sequence[NewEntry], *, expected_size: int | None = None) -> tuple[LedgerEntry, ...]:
        """Record `entries` in this order, all or none, with a fresh signed checkpoint in the same transaction.

        When this returns, they are on the disk. Entry times never run backwards: one that lies up to five minutes
        before the last recorded time is recorded with that time. With `expected_size` (entries) they are recorded only
        on top of exactly what the caller has read; compared under the write lock.

        Raises:
            LedgerMoved: somebody else recorded in between; nothing was recorded.
            ClockWentBack: a time lies further back. EntryRefused: a body is not canonical JSON.
            LedgerNotWritable: opened without the key. LedgerCorrupt: the tail is not what was signed.
            LedgerBusy, LedgerDiskFull: see there.
        """
        if not entries:
            return ()
        with self._store.writing() as connection:
            frontier, last = self._tail(connection, expected_size)
            start = frontier.size
            written, frontier, _ = self._add(connection, frontier, last, entries)
            self._sign(connection, frontier)
            return tuple(self._entry(index, leaf, long) for index, (leaf, long) in enumerate(written, start))

    def append_batches(self, batches: Iterable[Sequence[NewEntry]], *, expected_size: int | None = None) -> int:
        """As `append` for more entries than fit into memory: all batches in one transaction under one checkpoint, or none
        of them; only one batch is held at a time. Others who want to record wait meanwhile.

        Returns the number of entries recorded.

        Raises:
            As `append`; whatever `batches` raises, and then nothing was recorded.
        """
        with self._store.writing() as connection:
            last: datetime | None
            frontier, last = self._tail(connection, expected_size)
            before = frontier.size
            for entries in batches:
                _, frontier, last = self._add(connection, frontier, last, entries)
            if frontier.size > before:
                self._sign(connection, frontier)
        return frontier.size - before

    def keep_cosignatures(self, size: int, lines: Mapping[str, str]) -> None:
        """Keep what witnesses (by verifier key) signed about the first `size` entries; the caller has verified it."""
        with self._store.writing() as connection:
            for witness, line in lines.items():
                self._store.add_cosignature(connection, size, witness, line)

    def keep_stamp(self, size: int, token: bytes) -> None:
        """Keep a timestamp response about the first `size` entries; the caller has verified it."""
        with self._store.writing() as connection:
            self._store.add_stamp(connection, size, hashlib.sha256(token).hexdigest(), token)

    def signing_key(self) -> SigningKey:
        """The ledger's own key, for what the ledger's keeper states about others.

        Raises:
            LedgerNotWritable: opened without it.
        """
        if self._key is None:
            raise LedgerNotWritable(
                f"The ledger {self.place} was opened without its key; the key is needed to record.",
                hint="imprimatur doctor",
            )
        return self._key

    def erase_payload(self, index: int) -> bool:
        """Overwrite the payload of entry `index`; the entry and its commitment stay. True when there was one."""
        return self._store.erase_payload(index)

    def _tail(self, connection: Connection, expected_size: int | None) -> tuple[Frontier, datetime]:
        """The growing edge and the time of the last entry, checked against what was signed.

        Raises:
            LedgerNotWritable, LedgerMoved, LedgerCorrupt: see `append`.
        """
        self.signing_key()  # nothing is spelt in vain
        size = self._store.size(connection)
        if expected_size is not None and size != expected_size:
            raise LedgerMoved(
                f"A ledger of {expected_size} entries was expected, found {size}; nothing was recorded.",
                hint="run the same command again",
            )
        head = self._verified(self._store.last_checkpoint(connection))
        frontier = tiles.frontier(self._hashes(connection), size)
        if (head.size, head.root) != (size, frontier.root()):
            raise LedgerCorrupt.of(self.place, f"the signed tree of {head.size} entries", f"{size} other entries")
        leaves = self._store.leaves(connection, size - 1, size)
        beside = self._beside(connection, size - 1, leaves)
        return frontier, self._entry(size - 1, leaves[0], beside.get(size - 1, {})).at

    def _add(
        self, connection: Connection, frontier: Frontier, last: datetime | None, entries: Sequence[NewEntry]
    ) -> tuple[list[tuple[bytes, dict[str, bytes]]], Frontier, datetime | None]:
        """Entries without a checkpoint over them yet, as leaf and what lies beside it; the edge and the time after
        them."""
        from audit.store import NewRows, Payload

        leaves: list[bytes] = []
        beside: list[tuple[int, str, bytes]] = []
        payloads: list[Payload] = []
        written: list[tuple[bytes, dict[str, bytes]]] = []
        for index, new in enumerate(entries, frontier.size):
            last = self._time_of(new, last)
            commitment = None
            if new.payload is not None:
                content = canonical_or_refused(new.payload, f"the payload of a '{new.kind.value}' entry")
                payloads.append(Payload(index, secrets.token_bytes(SALT_BYTES), content))
                commitment = commit(payloads[-1].salt, content)
            leaf, long = spell(index, new.kind, last, new.body, commitment)
            leaves.append(leaf)
            beside += [(index, name, data) for name, data in long.items()]
            written.append((leaf, long))
        added = [leaf_hash(leaf) for leaf in leaves]
        nodes = tiles.completed(self._hashes(connection), frontier.size, added)
        self._store.insert(connection, NewRows(frontier.size, leaves, beside, nodes, payloads))
        return written, frontier.add(added), last

    def _sign(self, connection: Connection, frontier: Frontier) -> None:
        """A checkpoint over all entries up to `frontier`."""
        signed = note.sign(note.Checkpoint(self.origin, frontier.size, frontier.root()), self.signing_key())
        self._store.add_checkpoint(connection, frontier.size, signed)

    def _time_of(self, new: NewEntry, last: datetime | None) -> datetime:
        at = read_moment(moment_text(new.at or datetime.now(UTC)))
        if last is None or at >= last:
            return at
        if last - at > CLOCK_TOLERANCE:
            raise ClockWentBack(
                f"A time from {last.isoformat()} on was expected, found {at.isoformat()}; is the clock set back?",
                hint="imprimatur doctor",
            )
        return last
