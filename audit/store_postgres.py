"""The ledger in a PostgreSQL database, for teams: ``postgresql+psycopg://user@host/name``.

Durability: a commit that returned has been written to the log on disk; a server that was told otherwise (fsync or
synchronous_commit off) is refused. Writers queue on one table lock; readers see one state and wait for nobody.
Erasing rewrites the payload table, so that its files hold nothing of what was erased. The server's write-ahead log,
its archive, replicas and backups keep the old pages until they are recycled: the server's administrator sees to those.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from audit.store_errors import (
    LedgerBusy,
    LedgerCorrupt,
    LedgerDiskFull,
    LedgerMissing,
    LedgerNotWritable,
)
from audit.store_tables import REVISION, migrate, revision

BUSY_MILLISECONDS = 30_000  # how long a writer waits for another before it gives up
MINIMUM_VERSION = (13, 0)
_DISK_FULL, _LOCKED, _READ_ONLY = "53100", ("55P03", "57014"), "25006"  # SQLSTATE


class PostgresDatabase:
    """How one PostgreSQL database is reached; `audit.store` knows what is in it."""

    def __init__(self, url: str) -> None:
        try:
            parsed = sa.make_url(url)
            if parsed.drivername != "postgresql+psycopg":
                raise ArgumentError(f"the driver {parsed.drivername}")
            self.place = parsed.render_as_string(hide_password=True)
            self.engine = sa.create_engine(parsed, pool_size=2, max_overflow=14, pool_pre_ping=True)
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise LedgerNotWritable(
                "An address such as postgresql+psycopg://user@host/name and the driver for it were expected, found: "
                f"{error}.",
                hint="pip install 'imprimatur[postgres]'",
            ) from error

    def prepare(self) -> None:
        """Nothing: the database is made by the server's administrator (createdb)."""

    def exists(self) -> bool:
        with self.engine.connect() as connection:
            return revision(connection) is not None

    def fingerprint(self) -> tuple[int, ...]:
        """Appending moves the size; an erasure writes the payload table to a new file."""
        query = "SELECT coalesce(max(size), 0), coalesce(pg_relation_filenode('payload'), 0)::bigint FROM checkpoint"
        with self.engine.connect() as connection:
            return tuple(int(number) for number in connection.exec_driver_sql(query).one())

    def check(self) -> None:
        """Refuse what is no ledger of ours; bring an older one to the present schema.

        Raises:
            LedgerMissing, LedgerCorrupt, LedgerNotWritable: see there.
        """
        with self.engine.connect() as connection:
            found = revision(connection)
        if found is None:
            raise LedgerMissing(f"A ledger was expected in {self.place}, found none.", hint="imprimatur init")
        if found < REVISION:
            with self.writing() as connection:
                migrate(connection)
                found = revision(connection)
        if found != REVISION:
            raise LedgerCorrupt.of(self.place, f"schema revision {REVISION}", str(found))

    def mark(self, connection: sa.Connection) -> None:
        """A server that forgets commits, or is too old, gets no ledger."""
        self._durable(connection)
        if (connection.dialect.server_version_info or (0,)) < MINIMUM_VERSION:
            raise LedgerNotWritable(
                f"PostgreSQL {MINIMUM_VERSION[0]} or newer was expected, found {connection.dialect.server_version_info}.",
                hint="upgrade the server",
            )

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the database until the block ends."""
        with self.engine.connect() as raw:
            connection = raw.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection that holds the write lock; commits when the block ends, rolls back when it raises."""
        with self.engine.connect() as raw:
            connection = raw.execution_options(isolation_level="READ COMMITTED")  # sees all that was there at the lock
            with connection.begin():
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_MILLISECONDS}")
                connection.exec_driver_sql("SET LOCAL synchronous_commit = on")
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7379210)")  # also where no table is yet
                self._durable(connection)
                yield connection

    @contextmanager
    def erasing(self) -> Iterator[sa.Connection]:
        """As `writing`; afterwards the payload table is written anew without what was removed, and the old files go."""
        with self.writing() as connection:
            yield connection
        with self.engine.connect() as raw:
            connection = raw.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql(f"SET lock_timeout = {BUSY_MILLISECONDS}")
            connection.exec_driver_sql("VACUUM (FULL) payload")
            connection.exec_driver_sql("SET lock_timeout = DEFAULT")

    def _durable(self, connection: sa.Connection) -> None:
        if connection.exec_driver_sql("SHOW fsync").scalar() != "on":
            raise LedgerNotWritable(
                f"A server that keeps what it commits was expected at {self.place}, found fsync = off.",
                hint="set fsync = on in postgresql.conf",
            )

    def ours(self, error: BaseException | None) -> Exception:
        """PostgreSQL's error as ours."""
        state = str(getattr(error, "sqlstate", None) or "")
        if state in _LOCKED or state[:2] == "40":
            return LedgerBusy(
                f"The ledger {self.place} was expected to be free within {BUSY_MILLISECONDS // 1000} s; "
                "another program still holds it.",
                hint="imprimatur doctor",
            )
        if state == _DISK_FULL:
            return LedgerDiskFull(
                f"Room for one more entry was expected on the disk of {self.place}, found none; nothing was recorded.",
                hint="imprimatur doctor",
            )
        if state == _READ_ONLY or state[:2] in ("08", "28", "3D", "42", "57", ""):
            return LedgerNotWritable(f"The ledger {self.place} cannot be used: {error}.", hint="imprimatur doctor")
        return LedgerCorrupt.of(self.place, "a sound database", str(error))
