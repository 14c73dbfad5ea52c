"""The ledger checked from its bytes up, by code that shares nothing with the code that wrote it.

Needs the standard library and `cryptography`. `verify` never raises for what is in the ledger: damage is a problem in
the report. It finds every change of a stored value; a rewritten or shortened history that was signed again with the
real key it finds only `against` a checkpoint kept elsewhere, or by the cosignatures of witnesses.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.recheck.container import database_problems, header_problems, open_read_only, stored_format
from audit.recheck.entries import leaf_problems
from audit.recheck.postgres import DatabaseUnreadable, open_rows, schema_problems
from audit.recheck.run import Problem, RecheckReport, Run, Tree
from audit.recheck.signed import load_key, open_checkpoint
from audit.recheck.witnesses import cosignature_problems, kept_cosignatures, quorum_problems, stamp_problems

MAX_PROBLEMS = 1000  # then the recheck stops: the verdict is clear

Rows = Callable[[str], Iterator[tuple[Any, ...]]]  # a query -> its rows, one at a time


def verify(
    place: Path | str,
    public_key_pem: str,
    *,
    against: str | Collection[str] | None = None,
    witnesses: Collection[str] = (),
    required: int = 0,
) -> RecheckReport:
    """Check the ledger at `place` against the public key of whoever may write it.

    Args:
        place: a file, or the address of a PostgreSQL database (``postgresql+psycopg://…``).
        against: signed checkpoints of this ledger that somebody kept; the ledger must begin with each of those trees.
        witnesses: verifier keys of the witnesses that are trusted.
        required: how many of them must have cosigned one checkpoint (of the ledger's, or `against`).
    """
    run = Run()
    try:
        key = load_key(public_key_pem)
    except ValueError as error:
        run.problems.append(Problem("public key", "an Ed25519 key in PEM", str(error)))
        return run.report()
    kept = (against,) if isinstance(against, str) else tuple(against or ())
    look = _Look(key, kept, witnesses, required, run)
    for problem in _file_problems(place, look) if isinstance(place, Path) else _database_problems(place, look):
        run.problems.append(problem)
        if len(run.problems) >= MAX_PROBLEMS:
            break
    return run.report()


class _Look:
    """What is asked of a recheck, and where its findings go."""

    def __init__(
        self, key: Ed25519PublicKey, against: Collection[str], trusted: Collection[str], required: int, run: Run
    ) -> None:
        self.key, self.against, self.trusted, self.required, self.run = key, against, trusted, required, run
        self.kept: dict[int, list[tuple[str, bytes]]] = {}  # size -> checkpoints kept elsewhere, with their roots
        self.valid: dict[int, set[str]] = {}  # trusted witnesses by the size that they cosigned


def _file_problems(path: Path, look: _Look) -> Iterator[Problem]:
    try:
        # The descriptor stays open until SQLite's own are closed: closing it earlier would drop SQLite's locks.
        handle = os.open(path, os.O_RDONLY)
    except OSError as error:
        yield Problem(str(path), "a readable file", str(error.strerror))
        return
    try:
        for suffix in ("-wal", "-shm"):
            if path.with_name(path.name + suffix).exists():
                yield Problem(path.name + suffix, "no such file: the ledger uses a rollback journal", "a file")
        connection = open_read_only(path)
        try:
            yield from header_problems(os.pread(handle, 100, 0), os.fstat(handle).st_size)
            yield from database_problems(connection)
            yield from content_problems(connection.execute, look, stored_format(connection) > 1)
        finally:
            connection.close()
    except (sqlite3.Error, OverflowError, UnicodeError) as error:
        yield Problem("database", "readable pages", f"{type(error).__name__}: {error}")
    finally:
        os.close(handle)


def _database_problems(place: str, look: _Look) -> Iterator[Problem]:
    try:
        with open_rows(place) as rows:
            yield from schema_problems(rows)
            yield from content_problems(rows, look, True)
    except DatabaseUnreadable as error:
        yield Problem("database", "tables that can be read", str(error))


def content_problems(rows: Rows, look: _Look, beside: bool) -> Iterator[Problem]:
    """What is stored, whatever the database. `beside`: it has the tables of the second format."""
    run = look.run
    for kept in look.against:
        try:
            _, size, root = open_checkpoint(kept, look.key)
            look.kept.setdefault(size, []).append((kept, root))
        except ValueError as error:
            yield Problem("the checkpoint given", "one signed by the ledger's key", str(error))
    yield from _entry_problems(rows, look, beside)
    for table in ("payload", "beside") if beside else ("payload",):
        lost = f"SELECT idx FROM {table} WHERE idx NOT IN (SELECT idx FROM entry) LIMIT {MAX_PROBLEMS}"
        for (index,) in rows(lost):
            yield Problem(f"{table} {index}", "an entry with this index", "none")
    yield from quorum_problems(look.valid, look.required, run)


def _entry_problems(rows: Rows, look: _Look, beside: bool) -> Iterator[Problem]:
    tree, run, key = Tree(), look.run, look.key
    notes = _Merged(rows("SELECT size, note FROM checkpoint ORDER BY size"))
    long = _Merged(rows("SELECT idx, name, content FROM beside ORDER BY idx, name") if beside else iter(()))
    witnessed = _Merged(rows("SELECT size, witness, line FROM cosignature ORDER BY size") if beside else iter(()))
    stamped = _Merged(rows("SELECT size, digest, token FROM stamp ORDER BY size") if beside else iter(()))
    last_signed: int | None = None
    query = "SELECT e.idx, e.leaf, p.salt, p.content FROM entry e LEFT JOIN payload p ON p.idx = e.idx ORDER BY e.idx"
    for index, leaf, salt, content in rows(query):
        if index != run.entries:
            yield Problem(f"entry {run.entries}", "indices without a gap", f"index {index}")
            return
        if not isinstance(leaf, bytes):
            yield Problem(f"entry {index}", "bytes", type(leaf).__name__)
            return
        run.entries += 1
        tree.push(leaf)
        parts = {name: data for _, name, data in long.up_to(index)} if beside else {}
        yield from leaf_problems(index, leaf, parts, salt, content, key, run)
        origin = f"imprimatur.example/ledger/{run.workspace}"
        for row in notes.up_to(tree.size):
            yield from _checkpoint_problems(row, tree, key, origin, run)
            last_signed = row[0]
        for row in witnessed.up_to(tree.size):
            yield from cosignature_problems(row, tree, origin, look.trusted, run, look.valid)
        for row in stamped.up_to(tree.size):
            yield from stamp_problems(row, tree, origin, run)
        for kept, root in look.kept.get(tree.size, ()):
            yield from _kept_problems(kept, root, tree, look)
    run.root = tree.root()
    for what, merged in (("checkpoints", notes), ("cosignatures", witnessed), ("timestamps", stamped)):
        if merged.upcoming is not None:
            yield Problem(what, f"none beyond {tree.size} entries", f"one for {merged.upcoming[0]}")
    if last_signed != tree.size or tree.size == 0:
        yield Problem("last checkpoint", f"one for all {tree.size} entries", f"one for {last_signed}")
    for size in look.kept:
        if size > tree.size:
            yield Problem("entries", f"at least the {size} of the kept checkpoint", str(tree.size))
    yield from _node_problems(rows, tree)


class _Merged:
    """Rows in the order of their first column, read along with the entries."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._rows = iter(rows)
        self.upcoming: tuple[Any, ...] | None = next(self._rows, None)

    def up_to(self, last: int) -> Iterator[tuple[Any, ...]]:
        while self.upcoming is not None and isinstance(self.upcoming[0], int) and self.upcoming[0] <= last:
            row, self.upcoming = self.upcoming, next(self._rows, None)
            yield row


def _kept_problems(kept: str, root: bytes, tree: Tree, look: _Look) -> Iterator[Problem]:
    if root != tree.root():
        yield Problem(f"the first {tree.size} entries", f"the kept root {root.hex()}", tree.root().hex())
        return
    try:
        look.valid.setdefault(tree.size, set()).update(kept_cosignatures(kept, look.trusted))
    except ValueError as error:
        yield Problem("the checkpoint given", "cosignatures that hold", str(error))


def _checkpoint_problems(
    row: tuple[Any, ...], tree: Tree, key: Ed25519PublicKey, origin: str, run: Run
) -> Iterator[Problem]:
    size, note = row
    where = f"checkpoint {size}"
    run.checkpoints += 1
    if not isinstance(note, str):
        yield Problem(where, "text", type(note).__name__)
        return
    try:
        signed_origin, signed_size, root = open_checkpoint(note, key)
    except ValueError as error:
        yield Problem(where, "a checkpoint signed by the ledger's key", str(error))
        return
    if note.count("\n") != 5:
        yield Problem(where, "one signature line", f"{note.count(chr(10)) - 4}")
    expected = (origin, tree.size, tree.root().hex())
    if (signed_origin, signed_size, root.hex()) != expected or size != signed_size:
        yield Problem(where, f"{expected}", f"{(signed_origin, signed_size, root.hex())} stored for {size}")


def _node_problems(rows: Rows, tree: Tree) -> Iterator[Problem]:
    stored = {(level, place): value for level, place, value in rows("SELECT level, position, hash FROM node")}
    for place in sorted({*stored, *tree.tiles}, key=str):
        if stored.get(place) != tree.tiles.get(place):
            yield Problem(f"tree node {place}", _hex(tree.tiles.get(place)), _hex(stored.get(place)))


def _hex(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
