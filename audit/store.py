"""The ledger's tables and how they are reached: SQLAlchemy on SQLite. Rows in, rows out; no rules live here.

Durability: rollback journal with synchronous=EXTRA, so a commit that returned survives kill -9 and a power cut, and
the ledger is one file whenever nobody writes. Writers take the write lock first (BEGIN IMMEDIATE), so two processes
queue instead of colliding. secure_delete overwrites erased payloads with zeros in the file; copies that the file
system, its snapshots or a flash drive kept are outside its reach.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DBAPIError

from audit.store_errors import (
    LedgerBusy,
    LedgerCorrupt,
    LedgerDiskFull,
    LedgerExists,
    LedgerMissing,
    LedgerNotWritable,
)

APPLICATION_ID = 0x494D5052  # "IMPR" in the SQLite header: `file` and recheck know the ledger by it
FORMAT = 1  # user_version; a reader refuses what it does not know
BUSY_SECONDS = 30.0  # how long a writer waits for another before it gives up

METADATA = sa.MetaData()
ENTRY = sa.Table(
    "entry",
    METADATA,
    sa.Column("idx", sa.Integer, primary_key=True),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
)
NODE = sa.Table(  # roots of complete subtrees with 256**level leaves, see audit.tiles
    "node",
    METADATA,
    sa.Column("level", sa.Integer, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)
PAYLOAD = sa.Table(
    "payload",
    METADATA,
    sa.Column("idx", sa.Integer, primary_key=True),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
CHECKPOINT = sa.Table(
    "checkpoint",
    METADATA,
    sa.Column("size", sa.Integer, primary_key=True),
    sa.Column("note", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Payload:
    """The erasable part of one entry: 32 bytes of salt and canonical JSON."""

    index: int
    salt: bytes
    content: bytes


class Store:
    """One ledger database. Every method that reads or writes works on a connection from `reading` or `writing`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # check_same_thread is off in SQLAlchemy's file pool; mode=rw refuses to make a file by mistake
        self._engine = sa.create_engine(
            "sqlite://", creator=self._connect, poolclass=sa.pool.QueuePool, pool_size=2, max_overflow=14
        )
        sa.event.listen(self._engine, "begin", _begin)

    @staticmethod
    def create(path: Path) -> Store:
        """A store for a file that need not exist yet; `build_schema` fills it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.touch(mode=0o600, exist_ok=True)
        except OSError as error:
            raise LedgerNotWritable(
                f"A ledger was to be made at {path}: {error.strerror}.", hint="imprimatur doctor"
            ) from error
        return Store(path)

    @staticmethod
    def open(path: Path) -> Store:
        """The store at `path`, which must be a ledger of a known format.

        Raises:
            LedgerMissing, LedgerCorrupt, LedgerBusy: see there.
        """
        if not path.is_file() or path.stat().st_size == 0:
            raise LedgerMissing(f"A ledger was expected at {path}, found none.", hint="imprimatur init")
        store = Store(path)
        with store.reading() as connection:
            found = _pragma(connection, "application_id"), _pragma(connection, "user_version")
            if found != (APPLICATION_ID, FORMAT):
                raise LedgerCorrupt.of(path, f"application id and format {APPLICATION_ID}, {FORMAT}", str(found))
        return store

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the database until the block ends."""
        with self._translated(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection that holds the write lock; commits when the block ends, rolls back when it raises."""
        with self._translated(), self._engine.connect() as raw:
            connection = raw.execution_options(imprimatur_begin="BEGIN IMMEDIATE")
            with connection.begin():
                yield connection

    def build_schema(self, connection: sa.Connection) -> None:
        """Run all migrations inside the caller's transaction: a ledger is whole or not there.

        Raises:
            LedgerExists: the file already holds tables.
        """
        if sa.inspect(connection).get_table_names():
            raise LedgerExists(f"No ledger was expected at {self.path} yet, found one.", hint="imprimatur init DIR")
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {FORMAT}")
        with as_file(files("audit") / "migrations") as scripts:
            config = Config()
            config.set_main_option("script_location", str(scripts).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

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
            raise LedgerCorrupt.of(self.path, f"entries {start} to {stop - 1}", f"{len(rows)} of them")
        return [row[1] for row in rows]

    def nodes(self, connection: sa.Connection, level: int, start: int, stop: int) -> list[bytes]:
        """Stored subtree roots of one level, complete and in order."""
        query = sa.select(NODE.c.hash).where(NODE.c.level == level, NODE.c.position >= start, NODE.c.position < stop)
        hashes = list(connection.scalars(query.order_by(NODE.c.position)))
        if len(hashes) != stop - start or not all(type(h) is bytes and len(h) == 32 for h in hashes):
            raise LedgerCorrupt.of(self.path, f"tree nodes {start} to {stop - 1} of level {level}", f"{len(hashes)}")
        return hashes

    def last_checkpoint(self, connection: sa.Connection) -> str:
        note = connection.scalar(sa.select(CHECKPOINT.c.note).order_by(CHECKPOINT.c.size.desc()).limit(1))
        if not isinstance(note, str):
            raise LedgerCorrupt.of(self.path, "a signed checkpoint", "none")
        return note

    def payload(self, connection: sa.Connection, index: int) -> Payload | None:
        row = connection.execute(sa.select(PAYLOAD).where(PAYLOAD.c.idx == index)).one_or_none()
        return None if row is None else Payload(row.idx, row.salt, row.content)

    def payloads(self, connection: sa.Connection, start: int, stop: int) -> dict[int, Payload]:
        query = sa.select(PAYLOAD).where(PAYLOAD.c.idx >= start, PAYLOAD.c.idx < stop)
        return {row.idx: Payload(row.idx, row.salt, row.content) for row in connection.execute(query)}

    def payload_indices(self, connection: sa.Connection) -> frozenset[int]:
        return frozenset(connection.scalars(sa.select(PAYLOAD.c.idx)))

    def insert(
        self,
        connection: sa.Connection,
        *,
        leaves: Sequence[tuple[int, bytes]],
        nodes: Sequence[tuple[int, int, bytes]],
        payloads: Sequence[Payload],
        checkpoint: tuple[int, str],
    ) -> None:
        """Everything one append writes."""
        if leaves:
            connection.execute(sa.insert(ENTRY), [{"idx": index, "leaf": leaf} for index, leaf in leaves])
        if nodes:
            rows = [{"level": level, "position": position, "hash": value} for level, position, value in nodes]
            connection.execute(sa.insert(NODE), rows)
        if payloads:
            written = [{"idx": p.index, "salt": p.salt, "content": p.content} for p in payloads]
            connection.execute(sa.insert(PAYLOAD), written)
        connection.execute(sa.insert(CHECKPOINT), {"size": checkpoint[0], "note": checkpoint[1]})

    def delete_payload(self, connection: sa.Connection, index: int) -> bool:
        return connection.execute(sa.delete(PAYLOAD).where(PAYLOAD.c.idx == index)).rowcount == 1

    # connection

    def _connect(self) -> sqlite3.Connection:
        uri = f"{self.path.resolve().as_uri()}?mode=rw"
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            for pragma in ("secure_delete = ON", "synchronous = EXTRA", "trusted_schema = OFF", "cell_size_check = ON"):
                connection.execute(f"PRAGMA {pragma}")
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
            if mode != "delete":
                raise LedgerCorrupt.of(self.path, "a rollback journal", f"journal mode {mode}")
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """SQLite's errors as ours."""
        try:
            yield
        except DBAPIError as error:
            raise self._ours(error.orig) from error
        except sqlite3.Error as error:
            raise self._ours(error) from error

    def _ours(self, error: BaseException | None) -> Exception:
        code = getattr(error, "sqlite_errorcode", -1) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return LedgerBusy(
                f"The ledger {self.path} was expected to be free within {BUSY_SECONDS:.0f} s; "
                "another program still holds it.",
                hint="imprimatur doctor",
            )
        if code == sqlite3.SQLITE_FULL:
            return LedgerDiskFull(
                f"Room for one more entry was expected on the disk of {self.path}, found none; nothing was recorded.",
                hint="imprimatur doctor",
            )
        if code == sqlite3.SQLITE_IOERR:
            return LedgerDiskFull(
                f"The disk of {self.path} was expected to read and write, found: {error}; nothing was recorded.",
                hint="imprimatur doctor",
            )
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            return LedgerNotWritable(f"The ledger {self.path} cannot be opened: {error}.", hint="imprimatur doctor")
        return LedgerCorrupt.of(self.path, "a sound SQLite database", str(error))


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("imprimatur_begin", "BEGIN"))


def _pragma(connection: sa.Connection, name: str) -> Any:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar()
