"""The recheck's way into a PostgreSQL database: psycopg alone, one read-only state, rows one batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from audit.recheck.run import Problem

REVISION = "0002"
BATCH = 2_000  # rows fetched at once
COLUMNS = {
    "beside": {"idx": "integer", "name": "text", "content": "bytea"},
    "checkpoint": {"size": "integer", "note": "text"},
    "cosignature": {"size": "integer", "witness": "text", "line": "text"},
    "entry": {"idx": "integer", "leaf": "bytea"},
    "node": {"level": "integer", "position": "integer", "hash": "bytea"},
    "payload": {"idx": "integer", "salt": "bytea", "content": "bytea"},
    "stamp": {"size": "integer", "digest": "text", "token": "bytea"},
}
KEYS = {"beside": 2, "checkpoint": 1, "cosignature": 2, "entry": 1, "node": 2, "payload": 1, "stamp": 2}

Rows = Callable[[str], Iterator[tuple[Any, ...]]]


class DatabaseUnreadable(Exception):
    """The server cannot be reached or refuses a query."""


@contextmanager
def open_rows(url: str) -> Iterator[Rows]:
    """A function from a query to its rows, all of one moment.

    Raises:
        DatabaseUnreadable: no driver, no server, no such database, or a query fails.
    """
    try:
        import psycopg
    except ImportError as error:
        raise DatabaseUnreadable("the driver is missing: pip install 'imprimatur[postgres]'") from error
    try:
        with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1)) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            numbers = iter(range(1 << 30))

            def rows(query: str) -> Iterator[tuple[Any, ...]]:
                cursor = connection.cursor(name=f"recheck_{next(numbers)}")  # on the server: memory stays bounded
                cursor.itersize = BATCH
                with cursor:
                    cursor.execute(query.encode())
                    yield from cursor

            yield rows
    except psycopg.Error as error:
        raise DatabaseUnreadable(str(error)) from error


def schema_problems(rows: Rows) -> Iterator[Problem]:
    """The tables as the writer makes them, and nothing beside them that could act on them."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows(
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name <> 'alembic_version'"
    ):
        found.setdefault(table, {})[column] = kind
    for table in sorted({*found, *COLUMNS}):
        if found.get(table) != COLUMNS.get(table):
            yield Problem(f"table {table}", str(COLUMNS.get(table)), str(found.get(table)))
    keys: dict[str, int] = dict(
        rows(
            "SELECT t.relname, i.indnkeyatts::int FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid "
            "WHERE i.indisprimary AND i.indisvalid AND t.relnamespace = current_schema()::regnamespace "
            "AND t.relname <> 'alembic_version'"
        )
    )
    if keys != KEYS:
        yield Problem("primary keys", str(KEYS), str(keys))
    for what, query in (
        ("trigger", "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"),
        ("rule", "SELECT rulename FROM pg_rules WHERE schemaname = current_schema()"),
        (
            "row security",
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = current_schema()::regnamespace",
        ),
    ):
        for (name,) in rows(query):
            yield Problem(what, "none", str(name))
    revisions = list(rows("SELECT version_num FROM alembic_version"))
    if revisions != [(REVISION,)]:
        yield Problem("schema revision", REVISION, str(revisions))
