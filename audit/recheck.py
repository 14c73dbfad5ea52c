"""The ledger checked from its bytes up, by code that shares nothing with the code that wrote it.

Needs the standard library and `cryptography`. `verify` never raises for what is in the file: damage is a problem in the
report. It finds every change of a stored value; a rewritten or shortened history that was signed again with the real
key it finds only `against` a checkpoint kept elsewhere.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.recheck_canonical import is_canonical
from audit.recheck_container import Problem as Problem
from audit.recheck_container import database_problems, header_problems, open_read_only
from audit.recheck_signed import key_id, load_key, open_checkpoint, open_statement

MAX_PROBLEMS = 1000  # then the recheck stops: the verdict is clear
SALT_BYTES = 32
FIELDS = ["at", "body", "commitment", "index", "kind", "v"]
KINDS = frozenset(
    (
        *("workspace", "policy", "reviewer", "reviewer-revoked", "curate-run", "decision", "approval", "rejection"),
        *("to-index", "information-request", "access"),
        *("withdrawal", "wrong-answer", "wrong-answer-closed", "pilot-plan", "training-run", "manifest"),
        *("calibration", "evaluation"),
    )
)
PREDICATES = {
    "approval": (
        "https://imprimatur.example/approval/v1",
        "https://imprimatur.example/conditional-approval/v1",
    ),
    "rejection": ("https://imprimatur.example/rejection/v1",),
    "to-index": ("https://imprimatur.example/to-index/v1",),
    "information-request": ("https://imprimatur.example/information-request/v1",),
}
SELF_ASSERTED = ("https://imprimatur.example/self-asserted-approval/v1",)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class RecheckReport:
    """`ok` means no problem. `root` is the hex root over the leaves as stored (None when they could not be read);
    `erased` lists entries whose payload was erased, which is allowed; the counts say how much was checked."""

    ok: bool
    problems: tuple[Problem, ...]
    entries: int
    root: str | None
    erased: tuple[int, ...]
    checkpoints: int
    signatures: int


def verify(path: Path, public_key_pem: str, *, against: str | None = None) -> RecheckReport:
    """Check the ledger at `path` against the public key of whoever may write it.

    Args:
        against: a signed checkpoint of this ledger that somebody kept; the ledger must begin with that tree.
    """
    run = _Run()
    try:
        key = load_key(public_key_pem)
    except ValueError as error:
        run.problems.append(Problem("public key", "an Ed25519 key in PEM", str(error)))
        return run.report()
    try:
        # The descriptor stays open until SQLite's own are closed: closing it earlier would drop SQLite's locks.
        handle = os.open(path, os.O_RDONLY)
    except OSError as error:
        run.problems.append(Problem(str(path), "a readable file", str(error.strerror)))
        return run.report()
    try:
        for problem in _problems(path, handle, key, against, run):
            run.problems.append(problem)
            if len(run.problems) >= MAX_PROBLEMS:
                break
    except (sqlite3.Error, OverflowError, UnicodeError) as error:
        run.problems.append(Problem("database", "readable pages", f"{type(error).__name__}: {error}"))
    finally:
        os.close(handle)
    return run.report()


@dataclass
class _Run:
    """What one recheck has seen so far."""

    problems: list[Problem] = field(default_factory=list)
    entries: int = 0
    erased: list[int] = field(default_factory=list)
    checkpoints: int = 0
    signatures: int = 0
    root: bytes | None = None
    workspace: str | None = None
    last_at: str = ""
    reviewers: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def report(self) -> RecheckReport:
        return RecheckReport(
            ok=not self.problems,
            problems=tuple(self.problems),
            entries=self.entries,
            root=self.root.hex() if self.root is not None else None,
            erased=tuple(self.erased),
            checkpoints=self.checkpoints,
            signatures=self.signatures,
        )


class _Tree:
    """RFC 6962 hashing of leaves in order: complete subtrees as (height, hash), and the roots of 256-leaf tiles."""

    def __init__(self) -> None:
        self.size = 0
        self.stack: list[tuple[int, bytes]] = []
        self.tiles: dict[tuple[int, int], bytes] = {}

    def push(self, leaf: bytes) -> None:
        height, value = 0, hashlib.sha256(b"\x00" + leaf).digest()
        self.size += 1
        while self.stack and self.stack[-1][0] == height:
            value = hashlib.sha256(b"\x01" + self.stack.pop()[1] + value).digest()
            height += 1
            if height % 8 == 0:
                self.tiles[(height // 8, (self.size >> height) - 1)] = value
        self.stack.append((height, value))

    def root(self) -> bytes:
        if not self.stack:
            return hashlib.sha256(b"").digest()
        value = self.stack[-1][1]
        for _, left in reversed(self.stack[:-1]):
            value = hashlib.sha256(b"\x01" + left + value).digest()
        return value


def _problems(path: Path, handle: int, key: Ed25519PublicKey, against: str | None, run: _Run) -> Iterator[Problem]:
    for suffix in ("-wal", "-shm"):
        if path.with_name(path.name + suffix).exists():
            yield Problem(path.name + suffix, "no such file: the ledger uses a rollback journal", "a file")
    connection = open_read_only(path)
    try:
        yield from header_problems(os.pread(handle, 100, 0), os.fstat(handle).st_size)
        yield from database_problems(connection)
        kept: tuple[int, bytes] | None = None
        if against is not None:
            try:
                _, size, root = open_checkpoint(against, key)
                kept = (size, root)
            except ValueError as error:
                yield Problem("the checkpoint given", "one signed by the ledger's key", str(error))
        yield from _content_problems(connection, key, kept, run)
        count = f"SELECT idx FROM payload WHERE idx NOT IN (SELECT idx FROM entry) LIMIT {MAX_PROBLEMS}"
        for (index,) in connection.execute(count):
            yield Problem(f"payload {index}", "an entry with this index", "none")
    finally:
        connection.close()


def _content_problems(
    connection: sqlite3.Connection, key: Ed25519PublicKey, kept: tuple[int, bytes] | None, run: _Run
) -> Iterator[Problem]:
    tree = _Tree()
    notes = connection.execute("SELECT size, note FROM checkpoint ORDER BY size")
    upcoming = notes.fetchone()
    last_signed: int | None = None
    rows = connection.execute(
        "SELECT e.idx, e.leaf, p.salt, p.content FROM entry e LEFT JOIN payload p ON p.idx = e.idx ORDER BY e.idx"
    )
    for index, leaf, salt, content in rows:
        if index != run.entries:
            yield Problem(f"entry {run.entries}", "indices without a gap", f"index {index}")
            return
        if not isinstance(leaf, bytes):
            yield Problem(f"entry {index}", "bytes", type(leaf).__name__)
            return
        run.entries += 1
        tree.push(leaf)
        yield from _leaf_problems(index, leaf, salt, content, key, run)
        while upcoming is not None and isinstance(upcoming[0], int) and upcoming[0] <= tree.size:
            yield from _checkpoint_problems(upcoming, tree, key, run)
            last_signed = upcoming[0]
            upcoming = notes.fetchone()
        if kept is not None and kept[0] == tree.size and kept[1] != tree.root():
            yield Problem(f"the first {kept[0]} entries", f"the kept root {kept[1].hex()}", tree.root().hex())
    run.root = tree.root()
    if upcoming is not None:
        yield Problem("checkpoints", f"none beyond {tree.size} entries", f"one for {upcoming[0]}")
    if last_signed != tree.size or tree.size == 0:
        yield Problem("last checkpoint", f"one for all {tree.size} entries", f"one for {last_signed}")
    if kept is not None and kept[0] > tree.size:
        yield Problem("entries", f"at least the {kept[0]} of the kept checkpoint", str(tree.size))
    yield from _node_problems(connection, tree)


def _checkpoint_problems(row: tuple[Any, Any], tree: _Tree, key: Ed25519PublicKey, run: _Run) -> Iterator[Problem]:
    size, note = row
    where = f"checkpoint {size}"
    run.checkpoints += 1
    if not isinstance(note, str):
        yield Problem(where, "text", type(note).__name__)
        return
    try:
        origin, signed_size, root = open_checkpoint(note, key)
    except ValueError as error:
        yield Problem(where, "a checkpoint signed by the ledger's key", str(error))
        return
    if note.count("\n") != 5:
        yield Problem(where, "one signature line", f"{note.count(chr(10)) - 4}")
    expected = (f"imprimatur.example/ledger/{run.workspace}", tree.size, tree.root().hex())
    if (origin, signed_size, root.hex()) != expected or size != signed_size:
        yield Problem(where, f"{expected}", f"{(origin, signed_size, root.hex())} stored for {size}")


def _node_problems(connection: sqlite3.Connection, tree: _Tree) -> Iterator[Problem]:
    stored = {(level, place): value for level, place, value in connection.execute("SELECT * FROM node")}
    for place in sorted({*stored, *tree.tiles}, key=str):
        if stored.get(place) != tree.tiles.get(place):
            yield Problem(f"tree node {place}", _hex(tree.tiles.get(place)), _hex(stored.get(place)))


def _leaf_problems(
    index: int, leaf: bytes, salt: Any, content: Any, key: Ed25519PublicKey, run: _Run
) -> Iterator[Problem]:
    where = f"entry {index}"
    spelled, document = is_canonical(leaf)
    if not spelled or not isinstance(document, dict) or sorted(document) != FIELDS:
        yield Problem(where, "canonical JSON with the fields of a leaf", repr(leaf[:60]))
        return
    at, body, commitment, kind = document["at"], document["body"], document["commitment"], document["kind"]
    known = isinstance(kind, str) and kind in KINDS and isinstance(body, dict)
    if not known or type(document["v"]) is not int or document["v"] != 1 or document["index"] != index:
        yield Problem(where, f"version 1, index {index}, a known kind", f"{document['index']}, {kind}")
        return
    if not isinstance(at, str) or not _MOMENT.fullmatch(at) or at < run.last_at:
        yield Problem(where, f"a UTC time from {run.last_at or 'any'} on", str(at))
    else:
        run.last_at = at
    yield from _payload_problems(where, index, commitment, salt, content, run)
    if (index == 0) != (kind == "workspace"):
        yield Problem(where, "one workspace entry, at index 0", kind)
    elif kind == "workspace":
        yield from _workspace_problems(where, body, key, run)
    elif kind == "reviewer":
        yield from _reviewer_problems(where, body, run)
    elif kind in PREDICATES:
        yield from _statement_problems(where, kind, body, key, run)


def _payload_problems(where: str, index: int, commitment: Any, salt: Any, content: Any, run: _Run) -> Iterator[Problem]:
    if commitment is not None and not (isinstance(commitment, str) and _DIGEST.fullmatch(commitment)):
        yield Problem(where, "a commitment of 64 hex digits or none", str(commitment))
    elif salt is None and content is None:
        if commitment is not None:
            run.erased.append(index)
    elif not isinstance(salt, bytes) or not isinstance(content, bytes) or len(salt) != SALT_BYTES:
        yield Problem(f"payload {index}", f"{SALT_BYTES} bytes of salt, and content", "something else")
    elif hashlib.sha256(salt + content).hexdigest() != commitment:
        yield Problem(f"payload {index}", f"content committed to as {commitment}", "another content or salt")
    elif not is_canonical(content)[0]:
        yield Problem(f"payload {index}", "canonical JSON", repr(content[:60]))


def _workspace_problems(where: str, body: dict[str, Any], key: Ed25519PublicKey, run: _Run) -> Iterator[Problem]:
    run.workspace = str(body.get("workspace_id"))
    if body.get("ledger_key_id") != key_id(key):
        yield Problem(where, f"the ledger of key {key_id(key)}", str(body.get("ledger_key_id")))


def _reviewer_problems(where: str, body: dict[str, Any], run: _Run) -> Iterator[Problem]:
    reviewer = str(body.get("reviewer"))
    try:
        key = load_key(body.get("public_key"))
    except ValueError as error:
        yield Problem(where, "a reviewer's public key", str(error))
        return
    if body.get("key_id") != key_id(key):
        yield Problem(where, f"key id {key_id(key)}", str(body.get("key_id")))
    if reviewer in run.reviewers or key_id(key) in run.keys:
        yield Problem(where, "a new reviewer with a key of their own", f"{reviewer}, registered before")
        return
    run.reviewers[reviewer], run.keys[key_id(key)] = key, reviewer


def _statement_problems(
    where: str, kind: str, body: dict[str, Any], ledger_key: Ed25519PublicKey, run: _Run
) -> Iterator[Problem]:
    key, predicates, signer = run.reviewers.get(str(body.get("reviewer"))), PREDICATES[kind], body.get("reviewer")
    if key is None:
        yield Problem(where, "a reviewer registered before", str(body.get("reviewer")))
        return
    if body.get("assurance") == "self-asserted":
        key, signer = ledger_key, "the ledger's key"
        predicates = SELF_ASSERTED if kind == "approval" else predicates
    run.signatures += 1
    try:
        predicate = open_statement(body.get("envelope"), key, predicates)
    except ValueError as error:
        yield Problem(where, f"a {kind} signed by {signer}", str(error))
        return
    said = (predicate.get("reviewer"), predicate.get("workspace_id"), [i["image_id"] for i in predicate["items"]])
    if said != (body.get("reviewer"), run.workspace, body.get("image_ids")):
        yield Problem(where, "reviewer, workspace and images as signed", f"{said[0]}, {said[1]}, {len(said[2])} images")


def _hex(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
