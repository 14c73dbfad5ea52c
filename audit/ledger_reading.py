"""Reading the ledger: entries checked against the signed checkpoint, payloads against their commitments, and proofs.

Whoever reads all entries gets them checked on the way; `recheck` does the same again with other code. A rollback to an
older, whole ledger shows only against a checkpoint kept elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from audit import note, tiles
from audit.dsse import SignatureInvalid
from audit.entry import EntryKind, LeafUnreadable, LedgerEntry, commit, has_beside, kind_marks, read_leaf
from audit.keys import PublicKey
from audit.merkle import ProofInvalid, consistency_proof, inclusion_proof, leaf_hash, verify_inclusion
from audit.store_errors import LedgerCorrupt, LedgerMissing, NotWitnessed
from curate.canonical import Json

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from audit.store import Payload, Store

SALT_BYTES = 32
_CHUNK = 4096  # entries read at once; a reader holds no lock between chunks
_SPARSE = 8  # times as many entries between those asked for as are asked for: then each is fetched by itself


def origin_of(workspace_id: str) -> str:
    """The name under which a workspace's log signs."""
    return f"imprimatur.example/ledger/{workspace_id}"


class LedgerReader:
    """What can be asked of a ledger. `audit.ledger.Ledger` is one that can also record."""

    def __init__(self, store: Store, public_key: PublicKey, workspace_id: str) -> None:
        self._store = store
        self.public_key = public_key
        self.workspace_id = workspace_id
        self.origin = origin_of(workspace_id)

    @property
    def place(self) -> Path | str:
        """The file, or the address of the database without its password."""
        return self._store.place

    @property
    def path(self) -> Path:
        """The file.

        Raises:
            LedgerMissing: this ledger is no file.
        """
        if not isinstance(self.place, Path):
            raise LedgerMissing(f"A file was expected, found a ledger in {self.place}.", hint="imprimatur doctor")
        return self.place

    def fingerprint(self) -> tuple[int, ...]:
        """Numbers that change whenever something was recorded or erased, by whomever; cheap to ask."""
        return self._store.fingerprint()

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def size(self) -> int:
        with self._store.reading() as connection:
            return self._verified(self._store.last_checkpoint(connection)).size

    def root(self) -> bytes:
        """The 32-byte root that the last checkpoint signs."""
        return self._verified(self.checkpoint()).root

    def checkpoint(self, *, cosigned: bool = False) -> str:
        """The last signed checkpoint, as a signed note; with the lines of witnesses that it has when `cosigned`."""
        with self._store.reading() as connection:
            signed = self._store.last_checkpoint(connection)
            lines = self._store.cosignatures(connection) if cosigned else {}
        return signed + "".join(line + "\n" for _, line in lines.get(self._verified(signed).size, ()))

    def cosigned_checkpoint(self, required: int) -> str:
        """The newest checkpoint that at least `required` witnesses cosigned, with their lines.

        Raises:
            NotWitnessed: there is none.
        """
        with self._store.reading() as connection:
            for size, lines in self._store.cosignatures(connection).items():
                signed = self._store.checkpoint(connection, size)
                if signed is not None and len(lines) >= required:
                    return signed + "".join(line + "\n" for _, line in lines)
        raise NotWitnessed(
            f"A checkpoint cosigned by {required} witnesses was expected, found none.",
            hint="imprimatur audit cosign WITNESS",
        )

    def cosigned_sizes(self) -> dict[str, int]:
        """The largest size that each witness (verifier key) cosigned."""
        with self._store.reading() as connection:
            stored = self._store.cosignatures(connection)
        return {witness: size for size in sorted(stored) for witness, _ in stored[size]}

    def root_at(self, size: int) -> bytes:
        """The root that the tree of the first `size` entries has as it is stored now."""
        with self._store.reading() as connection:
            return tiles.frontier(self._hashes(connection), size).root()

    def hashes(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        """Hashes of a level of the tree: of leaves at level 0, of complete subtrees of 256**level leaves above."""
        with self._store.reading() as connection:
            return self._hashes(connection)(level, start, stop)

    def entries(self, kind: EntryKind | None = None, *, start: int = 0) -> Iterator[LedgerEntry]:
        """Entries from `start` on, as the ledger is when reading begins; those of one `kind` when given.

        All leaves are hashed on the way. A reader who goes to the end knows that they are what the checkpoint signs
        (from `start` = 0; with a later start, as far as the stored tree nodes tell).

        Raises:
            LedgerCorrupt: a leaf is missing or unreadable, or, at the end, the root is another.
        """
        with self._store.reading() as connection:
            head = self._verified(self._store.last_checkpoint(connection))
            if self._store.size(connection) != head.size:
                raise LedgerCorrupt.of(self.place, f"{head.size} entries", str(self._store.size(connection)))
            frontier = tiles.frontier(self._hashes(connection), min(start, head.size))
        marks = None if kind is None else kind_marks(kind)
        for begin in range(start, head.size, _CHUNK):
            stop = min(begin + _CHUNK, head.size)
            with self._store.reading() as connection:
                leaves = self._store.leaves(connection, begin, stop)
                beside = self._beside(connection, begin, leaves)
            frontier = frontier.add(leaf_hash(leaf) for leaf in leaves)
            for index, leaf in enumerate(leaves, begin):
                if marks is None or leaf.endswith(marks):
                    yield self._entry(index, leaf, beside.get(index, {}))
        if start <= head.size and frontier.root() != head.root:
            raise LedgerCorrupt.of(self.place, f"the signed root {head.root.hex()[:16]}…", frontier.root().hex()[:16])

    def entry(self, index: int) -> LedgerEntry:
        """One entry, shown to be in the signed tree by its inclusion proof.

        Raises:
            ProofInvalid: no such entry. LedgerCorrupt: it is not what was signed.
        """
        leaf, signed, path = self.leaf_and_proof(index)
        with self._store.reading() as connection:
            beside = self._beside(connection, index, [leaf])
        head = self._verified(signed)
        try:
            verify_inclusion(index, head.size, leaf_hash(leaf), path, head.root)
        except ProofInvalid as error:
            raise LedgerCorrupt.of(self.place, f"entry {index} under the signed root", str(error)) from error
        return self._entry(index, leaf, beside.get(index, {}))

    def payload(self, index: int) -> Json | None:
        """The payload of entry `index`; None when it has none or it was erased.

        Raises:
            LedgerCorrupt: the stored payload is not the one that was committed to.
        """
        with self._store.reading() as connection:
            if not 0 <= index < self._store.size(connection):
                return None
            (leaf,) = self._store.leaves(connection, index, index + 1)
            beside = self._beside(connection, index, [leaf])
            stored = self._store.payload(connection, index)
        return self._opened(self._entry(index, leaf, beside.get(index, {})), stored)

    def payloads(
        self, entries: Sequence[LedgerEntry], *, holding: Sequence[bytes] = ()
    ) -> Iterator[tuple[LedgerEntry, Json | None]]:
        """Each entry with its payload, checked against the commitment of the entry as given; quick for many, in the
        order of the ledger most of all. `holding`: only those whose payload holds one of these bytes; the others are
        passed over unopened."""
        for begin in range(0, len(entries), _CHUNK):
            part = entries[begin : begin + _CHUNK]
            with self._store.reading() as connection:
                indices = [entry.index for entry in part]
                low, high = min(indices), max(indices)
                stored: dict[int, Payload | None]
                if high - low > _SPARSE * len(part):
                    stored = {index: self._store.payload(connection, index) for index in indices}
                else:
                    stored = dict(self._store.payloads(connection, low, high + 1))
            for entry in part:
                found = stored.get(entry.index)
                if not holding or (found is not None and _holds(found.content, holding)):
                    yield entry, self._opened(entry, found)

    def leaves(self, stop: int, *, start: int = 0) -> Iterator[bytes]:
        """The bytes of the entries start..stop-1 as they were hashed; whoever reads them checks them against a
        checkpoint."""
        for begin in range(start, stop, _CHUNK):
            with self._store.reading() as connection:
                yield from self._store.leaves(connection, begin, min(begin + _CHUNK, stop))

    def beside(self, stop: int) -> Iterator[tuple[int, str, bytes]]:
        """What lies beside the entries 0..stop-1: index, name, canonical JSON; compared with the leaves' digests by
        whoever reads entries."""
        for begin in range(0, stop, _CHUNK):
            with self._store.reading() as connection:
                found = self._store.beside(connection, begin, min(begin + _CHUNK, stop))
            for index in sorted(found):
                yield from ((index, name, found[index][name]) for name in sorted(found[index]))

    def openings(self, entries: Sequence[LedgerEntry]) -> Iterator[tuple[LedgerEntry, Payload]]:
        """Salt and content of every payload of `entries` that is still there, checked against its commitment."""
        for begin in range(0, len(entries), _CHUNK):
            part = entries[begin : begin + _CHUNK]
            with self._store.reading() as connection:
                stored = self._store.payloads(connection, part[0].index, part[-1].index + 1)
            for entry in part:
                if (payload := stored.get(entry.index)) is not None:
                    self._opened(entry, payload)
                    yield entry, payload

    def payload_count(self, below: int) -> int:
        """How many of the first `below` entries have their payload: as `with_payload`, for those who ask often."""
        with self._store.reading() as connection:
            return self._store.payload_count(connection, below)

    def with_payload(self) -> frozenset[int]:
        """Indices of the entries whose payload is there: fewer than before means that something was erased."""
        with self._store.reading() as connection:
            return self._store.payload_indices(connection)

    def inclusion_proof(self, index: int) -> tuple[bytes, ...]:
        """The audit path of entry `index` in the tree of the last checkpoint (RFC 6962, 2.1.1)."""
        return self.leaf_and_proof(index)[2]

    def leaf_and_proof(self, index: int, signed: str | None = None) -> tuple[bytes, str, tuple[bytes, ...]]:
        """Leaf bytes, signed checkpoint and audit path, of one moment; under the checkpoint `signed` when given.

        Raises:
            ProofInvalid: no such entry.
        """
        with self._store.reading() as connection:
            signed = signed or self._store.last_checkpoint(connection)
            hashes = self._hashes(connection)
            path = inclusion_proof(index, self._verified(signed).size, lambda a, b: tiles.range_root(hashes, a, b))
            return self._store.leaves(connection, index, index + 1)[0], signed, path

    def consistency_proof(self, old_size: int, signed: str | None = None) -> tuple[bytes, ...]:
        """Proof that the log with `old_size` leaves is the beginning of this one (RFC 6962, 2.1.2), as it is now or
        as it was at the checkpoint `signed`."""
        with self._store.reading() as connection:
            head = self._verified(signed or self._store.last_checkpoint(connection))
            hashes = self._hashes(connection)
            return consistency_proof(old_size, head.size, lambda a, b: tiles.range_root(hashes, a, b))

    def stamps(self) -> tuple[tuple[int, bytes], ...]:
        """Timestamp responses (RFC 3161, DER) by the number of entries that they are about."""
        with self._store.reading() as connection:
            return tuple((size, token) for size, _, token in self._store.stamps(connection))

    def _hashes(self, connection: Connection) -> tiles.Hashes:
        def read(level: int, start: int, stop: int) -> Sequence[bytes]:
            if start == stop:
                return ()
            if level:
                return self._store.nodes(connection, level, start, stop)
            return [leaf_hash(leaf) for leaf in self._store.leaves(connection, start, stop)]

        return read

    def _verified(self, head: str) -> note.Checkpoint:
        try:
            return note.verify(head, self.public_key, self.origin)
        except SignatureInvalid as error:
            raise LedgerCorrupt.of(self.place, "a checkpoint with its signature", error.message) from error

    def _beside(self, connection: Connection, start: int, leaves: Sequence[bytes]) -> Mapping[int, Mapping[str, bytes]]:
        if not any(has_beside(leaf) for leaf in leaves):
            return {}
        return self._store.beside(connection, start, start + len(leaves))

    def _entry(self, index: int, leaf: bytes, beside: Mapping[str, bytes]) -> LedgerEntry:
        try:
            entry = read_leaf(leaf, beside)
        except LeafUnreadable as error:
            raise LedgerCorrupt.of(self.place, f"a readable entry {index}", str(error)) from error
        if entry.index != index:
            raise LedgerCorrupt.of(self.place, f"entry {index}", f"entry {entry.index} in its place")
        return entry

    def _opened(self, entry: LedgerEntry, stored: Payload | None) -> Json | None:
        if stored is None:
            return None
        if type(stored.content) is not bytes or type(stored.salt) is not bytes or len(stored.salt) != SALT_BYTES:
            raise LedgerCorrupt.of(self.place, f"salt and content of payload {entry.index}", "something else")
        if commit(stored.salt, stored.content) != entry.payload_commitment:
            raise LedgerCorrupt.of(self.place, f"the payload committed to in entry {entry.index}", "another one")
        return json.loads(stored.content)


def _holds(content: object, pieces: Sequence[bytes]) -> bool:
    """Whether one of `pieces` is in `content`; what is no content at all is to be opened, which names the damage."""
    return type(content) is not bytes or any(piece in content for piece in pieces)
