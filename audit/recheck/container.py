"""The recheck's first half: is this file the SQLite database our writer leaves behind, and nothing else?

SQLite itself ignores some header fields and reads others generously; here every field with a fixed meaning is compared
(https://www.sqlite.org/fileformat2.html, section 1.3). Not compared, because they carry no stored value: the schema
cookie, and the exact number of the SQLite version that wrote last.
"""

from __future__ import annotations

import re
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path

from audit.recheck.run import Problem

APPLICATION_ID = 0x494D5052
FORMATS = {1: "0001", 2: "0002"}  # user version and schema revision; older ones are read for ever
SHOWN = 20  # complaints of SQLite's own integrity check that are passed on

SCHEMA = {
    "alembic_version": (
        "table",
        "alembic_version",
        "CREATE TABLE alembic_version ( version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num) )",
    ),
    "sqlite_autoindex_alembic_version_1": ("index", "alembic_version", None),
    "entry": ("table", "entry", "CREATE TABLE entry ( idx INTEGER NOT NULL, leaf BLOB NOT NULL, PRIMARY KEY (idx) )"),
    "node": (
        "table",
        "node",
        "CREATE TABLE node ( level INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL, "
        "PRIMARY KEY (level, position) )",
    ),
    "sqlite_autoindex_node_1": ("index", "node", None),
    "payload": (
        "table",
        "payload",
        "CREATE TABLE payload ( idx INTEGER NOT NULL, salt BLOB NOT NULL, content BLOB NOT NULL, PRIMARY KEY (idx) )",
    ),
    "checkpoint": (
        "table",
        "checkpoint",
        "CREATE TABLE checkpoint ( size INTEGER NOT NULL, note TEXT NOT NULL, PRIMARY KEY (size) )",
    ),
}
SCHEMA_2 = SCHEMA | {
    "beside": (
        "table",
        "beside",
        "CREATE TABLE beside ( idx INTEGER NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL, "
        "PRIMARY KEY (idx, name) )",
    ),
    "sqlite_autoindex_beside_1": ("index", "beside", None),
    "cosignature": (
        "table",
        "cosignature",
        "CREATE TABLE cosignature ( size INTEGER NOT NULL, witness TEXT NOT NULL, line TEXT NOT NULL, "
        "PRIMARY KEY (size, witness) )",
    ),
    "sqlite_autoindex_cosignature_1": ("index", "cosignature", None),
    "stamp": (
        "table",
        "stamp",
        "CREATE TABLE stamp ( size INTEGER NOT NULL, digest TEXT NOT NULL, token BLOB NOT NULL, "
        "PRIMARY KEY (size, digest) )",
    ),
    "sqlite_autoindex_stamp_1": ("index", "stamp", None),
}


def open_read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot change the ledger. Only after a crash SQLite is let finish its own rollback first.

    Raises:
        sqlite3.Error: SQLite refuses the file.
    """
    journal = path.with_name(path.name + "-journal")
    if journal.exists() and journal.stat().st_size:
        with sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=30.0) as recovery:
            recovery.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        recovery.close()
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30.0, isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # from here on: one state of the file
    return connection


def header_problems(header: bytes, file_size: int) -> Iterator[Problem]:
    """Compare the 100 bytes at the start of the file with what the writer leaves there."""
    if len(header) < 100:
        yield Problem("file header", "100 bytes", f"{len(header)}")
        return
    page = struct.unpack(">H", header[16:18])[0]
    page = 65536 if page == 1 else page
    counter, pages, _trunk, free, _cookie = struct.unpack(">5I", header[24:44])
    fixed = (
        ("magic", header[:16], b"SQLite format 3\0"),
        ("write and read version", header[18:20], b"\x01\x01"),  # rollback journal
        ("reserved space", header[20:21], b"\0"),
        ("payload fractions", header[21:24], bytes((64, 32, 32))),
        ("schema format", header[44:48], struct.pack(">I", 4)),
        ("cache size", header[48:52], bytes(4)),
        ("auto-vacuum root", header[52:56], bytes(4)),
        ("text encoding", header[56:60], struct.pack(">I", 1)),  # UTF-8
        ("incremental vacuum", header[64:68], bytes(4)),
        ("application id", header[68:72], struct.pack(">I", APPLICATION_ID)),
        ("reserved bytes", header[72:92], bytes(20)),
        ("version valid for", header[92:96], struct.pack(">I", counter)),
    )
    if struct.unpack(">I", header[60:64])[0] not in FORMATS:
        yield Problem("file header, user version", f"one of {list(FORMATS)}", header[60:64].hex())
    for name, found, expected in fixed:
        if found != expected:
            yield Problem(f"file header, {name}", expected.hex(), found.hex())
    if page < 512 or page & (page - 1) or pages * page != file_size:
        yield Problem("file header, size", f"{file_size} bytes", f"{pages} pages of {page} bytes")
    if free > pages:
        yield Problem("file header, free pages", f"at most {pages}", str(free))
    version = struct.unpack(">I", header[96:100])[0]
    if not 3_000_000 <= version < 4_000_000:
        yield Problem("file header, SQLite version", "3.x", str(version))


def stored_format(connection: sqlite3.Connection) -> int:
    """The user version as SQLite reads it: what is compared is what is read."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def database_problems(connection: sqlite3.Connection) -> Iterator[Problem]:
    """SQLite's own check of its pages, and the schema, word for word."""
    version = stored_format(connection)
    schema = SCHEMA if version == 1 else SCHEMA_2
    for (message,) in connection.execute(f"PRAGMA integrity_check({SHOWN})"):
        if message != "ok":
            yield Problem("database pages", "integrity", str(message))
    rows = connection.execute("SELECT rowid, type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid").fetchall()
    if [row[0] for row in rows] != list(range(1, len(schema) + 1)):
        yield Problem("schema", f"rows 1 to {len(schema)}", str([row[0] for row in rows]))
    found = {
        name: (kind, table, None if sql is None else re.sub(r"[ \n\t]+", " ", str(sql)))
        for _, kind, name, table, sql in rows
    }
    for name in sorted({*found, *schema}, key=str):
        if found.get(name) != schema.get(name):
            yield Problem(f"schema, {name}", str(schema.get(name)), str(found.get(name)))
    revisions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    if revisions != [(FORMATS.get(version),)]:
        yield Problem("schema revision", str(FORMATS.get(version)), str(revisions))
