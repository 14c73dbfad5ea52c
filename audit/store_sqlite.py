"""The ledger in one SQLite file.

Durability: rollback journal with synchronous=EXTRA, so a commit that returned survives kill -9 and a power cut, and
the ledger is one file whenever nobody writes. Writers take the write lock first (BEGIN IMMEDIATE), so two processes
queue instead of colliding. secure_delete overwrites erased payloads with zeros in the file, and `erasing` does so in
the journal of the erasure; copies that the file system, its snapshots or a flash drive kept are outside its reach.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from audit.store_errors import LedgerBusy, LedgerCorrupt, LedgerDiskFull, LedgerMissing, LedgerNotWritable
from audit.store_tables import migrate

APPLICATION_ID = 0x494D5052  # "IMPR" in the SQLite header: `file` and recheck know the ledger by it
FORMAT = 2  # user_version; a reader refuses what it does not know
UPGRADABLE = 1  # the format before BESIDE, COSIGNATURE and STAMP
BUSY_SECONDS = 30.0  # how long a writer waits for another before it gives up
_BLANK = bytes(1 << 16)


class SqliteDatabase:
    """How one SQLite file is reached; `audit.store` knows what is in it."""

    def __init__(self, path: Path) -> None:
        self.place = path
        # check_same_thread is off in SQLAlchemy's file pool; mode=rw refuses to make a file by mistake
        self.engine = sa.create_engine(
            "sqlite://", creator=self._connect, poolclass=sa.pool.QueuePool, pool_size=2, max_overflow=14
        )
        sa.event.listen(self.engine, "begin", _begin)

    def prepare(self) -> None:
        """Make the empty file that a new ledger fills."""
        self.place.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.place.touch(mode=0o600, exist_ok=True)
        except OSError as error:
            raise LedgerNotWritable(
                f"A ledger was to be made at {self.place}: {error.strerror}.", hint="imprimatur doctor"
            ) from error

    def exists(self) -> bool:
        return self.place.is_file() and self.place.stat().st_size > 0

    def fingerprint(self) -> tuple[int, ...]:
        about = self.place.stat()
        return about.st_ino, about.st_size, about.st_mtime_ns

    def check(self) -> None:
        """Refuse what is no ledger of ours; bring an older one to the present format.

        Raises:
            LedgerMissing, LedgerCorrupt, LedgerNotWritable: see there.
        """
        if not self.exists():
            raise LedgerMissing(f"A ledger was expected at {self.place}, found none.", hint="imprimatur init")
        with self.reading() as connection:
            found = _marks(connection)
        if found == (APPLICATION_ID, UPGRADABLE):
            with self.writing() as connection:
                if _marks(connection) == found:  # nobody else was faster
                    migrate(connection)
                    connection.exec_driver_sql(f"PRAGMA user_version = {FORMAT}")
                found = _marks(connection)
        if found != (APPLICATION_ID, FORMAT):
            raise LedgerCorrupt.of(self.place, f"application id and format {APPLICATION_ID}, {FORMAT}", str(found))

    def mark(self, connection: sa.Connection) -> None:
        """Name the file as a ledger."""
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {FORMAT}")

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the database until the block ends."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection that holds the write lock; commits when the block ends, rolls back when it raises."""
        with self.engine.connect() as raw:
            connection = raw.execution_options(imprimatur_begin="BEGIN IMMEDIATE")
            with connection.begin():
                yield connection

    @contextmanager
    def erasing(self) -> Iterator[sa.Connection]:
        """As `writing`; afterwards the journal, which held the old pages, is overwritten before it is removed."""
        with self.engine.connect() as raw:
            connection = raw.execution_options(imprimatur_begin="BEGIN EXCLUSIVE")
            driver = cast(sqlite3.Connection, connection.connection.dbapi_connection)
            driver.execute("PRAGMA journal_mode = PERSIST")
            try:
                with connection.begin():
                    yield connection
                with connection.begin():  # nobody writes while its bytes are overwritten
                    blank(self.place.with_name(self.place.name + "-journal"))
            finally:
                driver.execute("PRAGMA journal_mode = DELETE")

    def _connect(self) -> sqlite3.Connection:
        uri = f"{self.place.resolve().as_uri()}?mode=rw"
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            for pragma in ("secure_delete = ON", "synchronous = EXTRA", "trusted_schema = OFF", "cell_size_check = ON"):
                connection.execute(f"PRAGMA {pragma}")
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
            if mode != "delete":
                raise LedgerCorrupt.of(self.place, "a rollback journal", f"journal mode {mode}")
        except BaseException:
            connection.close()
            raise
        return connection

    def ours(self, error: BaseException | None) -> Exception:
        """SQLite's error as ours."""
        code = getattr(error, "sqlite_errorcode", -1) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return LedgerBusy(
                f"The ledger {self.place} was expected to be free within {BUSY_SECONDS:.0f} s; "
                "another program still holds it.",
                hint="imprimatur doctor",
            )
        if code == sqlite3.SQLITE_FULL:
            return LedgerDiskFull(
                f"Room for one more entry was expected on the disk of {self.place}, found none; nothing was recorded.",
                hint="imprimatur doctor",
            )
        if code == sqlite3.SQLITE_IOERR:
            return LedgerDiskFull(
                f"The disk of {self.place} was expected to read and write, found: {error}; nothing was recorded.",
                hint="imprimatur doctor",
            )
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            return LedgerNotWritable(f"The ledger {self.place} cannot be opened: {error}.", hint="imprimatur doctor")
        return LedgerCorrupt.of(self.place, "a sound SQLite database", str(error))


def blank(path: Path) -> None:
    """Overwrite every byte of `path` with zeros, to the disk. A file that is not there needs none."""
    if not path.exists():
        return
    with path.open("r+b", buffering=0) as stream:
        left = os.fstat(stream.fileno()).st_size
        while left > 0:
            left -= stream.write(_BLANK[:left])
        os.fsync(stream.fileno())


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("imprimatur_begin", "BEGIN"))


def _marks(connection: sa.Connection) -> tuple[Any, Any]:
    found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("application_id", "user_version")]
    return found[0], found[1]
