"""What the ledger keeps and how it is read and written: rows in, rows out; no rules live here.

SQLAlchemy on the database that `place` names: a file (`store_sqlite`) or a PostgreSQL address (`store_postgres`).
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from audit.store_errors import LedgerCorrupt, LedgerExists
from audit.store_postgres import PostgresDatabase
from audit.store_sqlite import SqliteDatabase
from audit.store_tables import BESIDE, CHECKPOINT, COSIGNATURE, ENTRY, NODE, PAYLOAD, STAMP, migrate


@dataclass(frozen=True, slots=True)
class Payload:
    """The erasable part of one entry: 32 bytes of salt and canonical JSON."""

    index: int
    salt: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class NewRows:
    """What one batch of an append writes: leaves from index `start` on, tree nodes as (level, position, hash)."""

    start: int
    leaves: Sequence[bytes]
    beside: Sequence[tuple[int, str, bytes]]
    nodes: Sequence[tuple[int, int, bytes]]
    payloads: Sequence[Payload]


class Database(Protocol):
    """How one database is reached."""

    @property
    def place(self) -> Path | str: ...
    @property
    def engine(self) -> sa.Engine: ...
    def prepare(self) -> None: ...
    def exists(self) -> bool: ...
    def fingerprint(self) -> tuple[int, ...]: ...
    def check(self) -> None: ...
    def mark(self, connection: sa.Connection) -> None: ...
    def reading(self) -> AbstractContextManager[sa.Connection]: ...
    def writing(self) -> AbstractContextManager[sa.Connection]: ...
    def erasing(self) -> AbstractContextManager[sa.Connection]: ...
    def ours(self, error: BaseException | None) -> Exception: ...


class Store:
    """One ledger database. Every method that reads or writes works on a connection from `reading` or `writing`."""

    def __init__(self, place: Path | str) -> None:
        self._database = _database(place)

    @property
    def place(self) -> Path | str:
        """The file, or the database's address without its password."""
        return self._database.place

    @staticmethod
    def create(place: Path | str) -> Store:
        """A store that need not exist yet; `build_schema` fills it."""
        store = Store(place)
        with store._translated():
            store._database.prepare()
        return store

    @staticmethod
    def open(place: Path | str) -> Store:
        """The store at `place`, which must be a ledger of a known format.

        Raises:
            LedgerMissing, LedgerCorrupt, LedgerBusy: see there.
        """
        store = Store(place)
        with store._translated():
            store._database.check()
        return store

    def exists(self) -> bool:
        """Whether there is a ledger."""
        with self._translated():
            return self._database.exists()

    def fingerprint(self) -> tuple[int, ...]:
        """Numbers that change whenever something was recorded or erased; cheap to ask."""
        with self._translated():
            return self._database.fingerprint()

    def close(self) -> None:
        self._database.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the database until the block ends."""
        with self._translated(), self._database.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection that holds the write lock; commits when the block ends, rolls back when it raises."""
        with self._translated(), self._database.writing() as connection:
            yield connection

    @contextmanager
    def erasing(self) -> Iterator[sa.Connection]:
        """As `writing`; what is removed inside is gone from the database's files afterwards, as far as it can be."""
        with self._translated(), self._database.erasing() as connection:
            yield connection

    def build_schema(self, connection: sa.Connection) -> None:
        """Make the tables inside the caller's transaction: a ledger is whole or not there.

        Raises:
            LedgerExists: the database already holds tables.
        """
        if sa.inspect(connection).get_table_names():
            raise LedgerExists(f"No ledger was expected at {self.place} yet, found one.", hint="imprimatur init DIR")
        self._database.mark(connection)
        migrate(connection)

    # rows

    def size(self, connection: sa.Connection) -> int:
        """One more than the last index. Counting rows would read the whole table; `leaves` finds every gap."""
        last = connection.scalar(sa.select(sa.func.max(ENTRY.c.idx)))
        return 0 if last is None else int(last) + 1

    def leaves(self, connection: sa.Connection, start: int, stop: int) -> list[bytes]:
        """The leaves start..stop-1, complete and in order.

        Raises:
            LedgerCorrupt: one of them is not there.
        """
        query = sa.select(ENTRY.c.idx, ENTRY.c.leaf).where(ENTRY.c.idx >= start, ENTRY.c.idx < stop)
        rows = connection.execute(query.order_by(ENTRY.c.idx)).all()
        if [row[0] for row in rows] != list(range(start, stop)) or not all(type(row[1]) is bytes for row in rows):
            raise LedgerCorrupt.of(self.place, f"entries {start} to {stop - 1}", f"{len(rows)} of them")
        return [row[1] for row in rows]

    def beside(self, connection: sa.Connection, start: int, stop: int) -> Mapping[int, Mapping[str, bytes]]:
        """What lies beside the leaves start..stop-1, by index and name; whoever reads it compares the digests."""
        found: dict[int, dict[str, bytes]] = defaultdict(dict)
        for row in connection.execute(sa.select(BESIDE).where(BESIDE.c.idx >= start, BESIDE.c.idx < stop)):
            if type(row.content) is not bytes:
                raise LedgerCorrupt.of(self.place, f"bytes beside entry {row.idx}", type(row.content).__name__)
            found[row.idx][row.name] = row.content
        return found

    def nodes(self, connection: sa.Connection, level: int, start: int, stop: int) -> list[bytes]:
        """Stored subtree roots of one level, complete and in order."""
        query = sa.select(NODE.c.hash).where(NODE.c.level == level, NODE.c.position >= start, NODE.c.position < stop)
        hashes = list(connection.scalars(query.order_by(NODE.c.position)))
        if len(hashes) != stop - start or not all(type(h) is bytes and len(h) == 32 for h in hashes):
            raise LedgerCorrupt.of(self.place, f"tree nodes {start} to {stop - 1} of level {level}", f"{len(hashes)}")
        return hashes

    def last_checkpoint(self, connection: sa.Connection) -> str:
        note = connection.scalar(sa.select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.size.desc()).limit(1))
        if not isinstance(note, str):
            raise LedgerCorrupt.of(self.place, "a signed checkpoint", "none")
        return note

    def checkpoint(self, connection: sa.Connection, size: int) -> str | None:
        """The note that was signed when the ledger had `size` entries, if an append ended there."""
        return connection.scalar(sa.select(CHECKPOINT.c.note).where(CHECKPOINT.c.size == size))

    def cosignatures(self, connection: sa.Connection) -> Mapping[int, tuple[tuple[str, str], ...]]:
        """Verifier key and signature line of every cosignature, by size, largest size first."""
        found: dict[int, list[tuple[str, str]]] = defaultdict(list)
        query = sa.select(COSIGNATURE).order_by(COSIGNATURE.c.size.desc(), COSIGNATURE.c.witness)
        for row in connection.execute(query):
            found[row.size].append((row.witness, row.line))
        return {size: tuple(lines) for size, lines in found.items()}

    def add_cosignature(self, connection: sa.Connection, size: int, witness: str, line: str) -> None:
        """Keep a cosignature; a newer one of the same witness about the same size takes the place of the older."""
        same = (COSIGNATURE.c.size == size) & (COSIGNATURE.c.witness == witness)
        connection.execute(sa.delete(COSIGNATURE).where(same))
        connection.execute(sa.insert(COSIGNATURE), {"size": size, "witness": witness, "line": line})

    def stamps(self, connection: sa.Connection) -> tuple[tuple[int, str, bytes], ...]:
        """Size, digest and bytes of every timestamp token, oldest first."""
        query = sa.select(STAMP).order_by(STAMP.c.size, STAMP.c.digest)
        return tuple((row.size, row.digest, row.token) for row in connection.execute(query))

    def add_stamp(self, connection: sa.Connection, size: int, digest: str, token: bytes) -> None:
        connection.execute(sa.insert(STAMP), {"size": size, "digest": digest, "token": token})

    def payload(self, connection: sa.Connection, index: int) -> Payload | None:
        row = connection.execute(sa.select(PAYLOAD).where(PAYLOAD.c.idx == index)).one_or_none()
        return None if row is None else Payload(row.idx, row.salt, row.content)

    def payloads(self, connection: sa.Connection, start: int, stop: int) -> dict[int, Payload]:
        query = sa.select(PAYLOAD).where(PAYLOAD.c.idx >= start, PAYLOAD.c.idx < stop)
        return {row.idx: Payload(row.idx, row.salt, row.content) for row in connection.execute(query)}

    def payload_count(self, connection: sa.Connection, below: int) -> int:
        """How many entries before `below` have their payload."""
        query = sa.select(sa.func.count()).select_from(PAYLOAD).where(PAYLOAD.c.idx < below)
        return int(connection.scalar(query) or 0)

    def payload_indices(self, connection: sa.Connection) -> frozenset[int]:
        return frozenset(connection.scalars(sa.select(PAYLOAD.c.idx)))

    def insert(self, connection: sa.Connection, new: NewRows) -> None:
        """One batch of an append; its checkpoint follows when the last batch is there."""
        tables = {
            ENTRY: [{"idx": index, "leaf": leaf} for index, leaf in enumerate(new.leaves, new.start)],
            BESIDE: [{"idx": index, "name": name, "content": data} for index, name, data in new.beside],
            NODE: [{"level": level, "position": place, "hash": value} for level, place, value in new.nodes],
            PAYLOAD: [{"idx": p.index, "salt": p.salt, "content": p.content} for p in new.payloads],
        }
        for table, rows in tables.items():
            if rows:
                connection.execute(sa.insert(table), rows)

    def add_checkpoint(self, connection: sa.Connection, size: int, note: str) -> None:
        """The signed note over the first `size` entries."""
        connection.execute(sa.insert(CHECKPOINT), {"size": size, "note": note})

    def erase_payload(self, index: int) -> bool:
        """Remove a payload so that its bytes are gone from the database's files, as far as the database can."""
        with self.erasing() as connection:
            return connection.execute(sa.delete(PAYLOAD).where(PAYLOAD.c.idx == index)).rowcount == 1

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """The database's errors as ours."""
        try:
            yield
        except DBAPIError as error:
            raise self._database.ours(error.orig) from error
        except sqlite3.Error as error:
            raise self._database.ours(error) from error


def _database(place: Path | str) -> Database:
    if isinstance(place, str) and "://" in place:
        return PostgresDatabase(place)
    return SqliteDatabase(Path(place))
