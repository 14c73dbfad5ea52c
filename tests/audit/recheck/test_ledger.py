"""What the recheck finds after somebody edited the database, with and without the key."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audit import note
from audit.entry import EntryKind, commit, leaf_bytes
from audit.merkle import leaf_hash, root_of
from audit.note import Checkpoint
from audit.recheck.ledger import verify
from audit.recheck.run import RecheckReport
from audit.store_errors import LedgerCorrupt
from tests.audit.fakes import START, World, signing_key

ROOM = Path(__file__).parents[3]
PARTS = ("canonical", "container", "entries", "ledger", "postgres", "run", "signed", "witnesses")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Nine entries, every kind of thing the recheck looks into."""
    world = World.make(tmp_path)
    anna = world.reviewer("Anna")
    images = [world.decide(name) for name in ("a", "b", "c")]
    world.approve(anna, *images[:2])
    world.plan()
    world.withdraw(images[2])
    world.ledger.close()
    return world


def check(world: World, **arguments: Any) -> RecheckReport:
    return verify(world.ledger.path, world.key.public.pem, **arguments)


def edit(world: World, *statements: str | tuple[str, tuple[Any, ...]]) -> None:
    with sqlite3.connect(world.ledger.path) as connection:
        for statement in statements:
            connection.execute(*((statement,) if isinstance(statement, str) else statement))
    connection.close()


def test_a_sound_ledger_is_sound(world: World) -> None:
    report = check(world, against=world.ledger.checkpoint())
    assert report.ok, report.problems
    assert (report.entries, report.checkpoints, report.signatures, report.erased) == (9, 9, 1, ())
    assert report.root == world.ledger.root().hex()


def test_an_erased_payload_is_listed_and_is_no_problem(world: World) -> None:
    world.ledger.erase_payload(2)
    report = check(world)
    assert (report.ok, report.erased) == (True, (2,))


EDITS: list[tuple[str, str]] = [
    ("leaf changed", "UPDATE entry SET leaf = CAST(replace(leaf, 'memorize', 'memorise') AS BLOB) WHERE idx = 3"),
    ("leaf of another type", "UPDATE entry SET leaf = CAST(leaf AS TEXT) WHERE idx = 3"),
    ("leaf with spaces", "UPDATE entry SET leaf = CAST(replace(leaf, ',', ', ') AS BLOB) WHERE idx = 3"),
    ("last entry deleted", "DELETE FROM entry WHERE idx = 8"),
    ("middle entry deleted", "DELETE FROM entry WHERE idx = 4"),
    ("first entry deleted", "DELETE FROM entry WHERE idx = 0"),
    ("all entries deleted", "DELETE FROM entry"),
    ("salt changed", "UPDATE payload SET salt = zeroblob(32) WHERE idx = 2"),
    ("payload changed", "UPDATE payload SET content = CAST(replace(content, 'Anna', 'Hana') AS BLOB) WHERE idx = 2"),
    ("payload moved", "UPDATE payload SET idx = 8 WHERE idx = 2"),
    ("payload without an entry", "UPDATE payload SET idx = 80 WHERE idx = 2"),
    ("payload as text", "UPDATE payload SET content = CAST(content AS TEXT) WHERE idx = 2"),
    ("checkpoint deleted", "DELETE FROM checkpoint WHERE size = 9"),
    ("all checkpoints deleted", "DELETE FROM checkpoint"),
    ("old checkpoint changed", "UPDATE checkpoint SET note = replace(note, 'ws-test', 'ws-tset') WHERE size = 4"),
    ("checkpoint moved", "UPDATE checkpoint SET size = 99 WHERE size = 9"),
    ("checkpoint before the first", "UPDATE checkpoint SET size = -1 WHERE size = 4"),
    ("checkpoint as bytes", "UPDATE checkpoint SET note = CAST(note AS BLOB) WHERE size = 9"),
    ("checkpoint repeated", "INSERT INTO checkpoint SELECT 10, note FROM checkpoint WHERE size = 9"),
    ("signature line added", "UPDATE checkpoint SET note = note || '— x AAAAAAAA' || char(10) WHERE size = 9"),
    ("tree node invented", "INSERT INTO node VALUES (1, 0, zeroblob(32))"),
    ("table added", "CREATE TABLE more (x)"),
    ("trigger added", "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM payload; END"),
    ("view added", "CREATE VIEW v AS SELECT 1"),
    ("index added", "CREATE INDEX i ON entry (leaf)"),
    ("column added", "ALTER TABLE entry ADD COLUMN more TEXT"),
    ("revision changed", "UPDATE alembic_version SET version_num = '0009'"),
    ("format changed", "PRAGMA user_version = 3"),
    ("application changed", "PRAGMA application_id = 1"),
    ("journal mode changed", "PRAGMA journal_mode = WAL"),
]


@pytest.mark.parametrize("statement", [edit for _, edit in EDITS], ids=[name for name, _ in EDITS])
def test_an_edited_database_is_found(world: World, statement: str) -> None:
    edit(world, statement)
    report = check(world)
    assert not report.ok
    assert all(problem.where and problem.expected for problem in report.problems)


def test_two_swapped_entries_are_found(world: World) -> None:
    edit(world, *(f"UPDATE entry SET idx = {new} WHERE idx = {old}" for old, new in ((3, -1), (4, 3), (-1, 4))))
    problems = check(world).problems
    assert any("index 3" in problem.expected for problem in problems)


def rewrite(world: World, change: Any, *, key: Any = None, drop: int = 0) -> None:
    """A consistent forgery: leaves changed, all hashes and checkpoints made new and signed."""
    key = key or world.key
    with sqlite3.connect(world.ledger.path) as connection:
        leaves = [json.loads(leaf) for (leaf,) in connection.execute("SELECT leaf FROM entry ORDER BY idx")]
        leaves = leaves[: len(leaves) - drop]
        change(leaves)
        data = [json.dumps(x, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() for x in leaves]
        for table in ("entry", "checkpoint"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("DELETE FROM payload WHERE idx >= ?", (len(data),))
        connection.executemany("INSERT INTO entry VALUES (?, ?)", list(enumerate(data)))
        for size in range(1, len(data) + 1):
            head = Checkpoint("imprimatur.example/ledger/ws-test", size, root_of(map(leaf_hash, data[:size])))
            connection.execute("INSERT INTO checkpoint VALUES (?, ?)", (size, note.sign(head, key)))
    connection.close()


def test_a_log_signed_anew_by_another_key_is_found(world: World) -> None:
    rewrite(world, lambda leaves: None, key=signing_key("forger"))
    report = check(world)
    assert "signed by the ledger's key" in str(report.problems[0])


@pytest.mark.parametrize("drop", [1, 4])
def test_a_shortened_log_with_its_own_checkpoint_shows_only_against_a_kept_one(world: World, drop: int) -> None:
    kept = world.ledger.checkpoint()
    rewrite(world, lambda leaves: None, drop=drop)
    assert check(world).ok  # the operator holds the key: nothing inside the file can tell
    report = check(world, against=kept)
    assert "at least the 9" in str(report.problems[0])


def test_a_rewritten_history_shows_against_a_kept_checkpoint(world: World) -> None:
    kept = world.ledger.checkpoint()
    world.decide("d")
    assert check(world, against=kept).ok

    def soften(leaves: list[dict[str, Any]]) -> None:
        leaves[8]["body"]["reason"] = "never-mind"

    rewrite(world, soften)
    assert check(world).ok
    report = check(world, against=kept)
    assert "first 9 entries" in str(report.problems[0])


def test_a_kept_checkpoint_of_somebody_else_is_refused(world: World) -> None:
    head = Checkpoint("imprimatur.example/ledger/ws-test", 9, world.ledger.root())
    for kept in (note.sign(head, signing_key("stranger")), "noise", ""):
        assert "checkpoint given" in str(check(world, against=kept).problems[0])


STATEMENT_FORGERIES = {
    "signature": lambda body: body["envelope"]["signatures"][0].update(
        sig=body["envelope"]["signatures"][0]["sig"][::-1]
    ),
    "images": lambda body: body.update(image_ids=body["image_ids"][:1]),
    "reviewer": lambda body: body.update(reviewer="r-nobody"),
    "no envelope": lambda body: body.update(envelope=None),
    "payload": lambda body: body["envelope"].update(payload="e30="),
}


@pytest.mark.parametrize("name", STATEMENT_FORGERIES)
def test_a_forged_approval_is_found_even_in_a_log_signed_with_the_real_key(world: World, name: str) -> None:
    rewrite(world, lambda leaves: STATEMENT_FORGERIES[name](leaves[6]["body"]))
    report = check(world)
    assert not report.ok
    assert report.problems[0].where == "entry 6"


def _claim_float(leaves: list[dict[str, Any]]) -> None:
    leaves[3]["body"]["value"] = 1.0  # RFC 8785 spells it 1


LEAF_FORGERIES = {
    "time runs back": lambda leaves: leaves[4].update(at="2029-01-01T00:00:00.000000Z"),
    "time spelled otherwise": lambda leaves: leaves[8].update(at="2031-01-01T00:00:00Z"),
    "unknown kind": lambda leaves: leaves[4].update(kind="blessing"),
    "kind is a list": lambda leaves: leaves[4].update(kind=["decision"]),
    "other version": lambda leaves: leaves[4].update(v=2),
    "version true": lambda leaves: leaves[4].update(v=True),
    "other index": lambda leaves: leaves[4].update(index=5),
    "field missing": lambda leaves: leaves[4].pop("commitment"),
    "field added": lambda leaves: leaves[4].update(more=1),
    "number not canonical": _claim_float,
    "commitment dropped": lambda leaves: leaves[4].update(commitment=None),
    "commitment malformed": lambda leaves: leaves[4].update(commitment="x"),
    "second workspace": lambda leaves: leaves[4].update(kind="workspace"),
    "other workspace": lambda leaves: leaves[0]["body"].update(workspace_id="ws-other"),
    "other ledger key": lambda leaves: leaves[0]["body"].update(ledger_key_id="0" * 64),
    "reviewer without a key": lambda leaves: leaves[2]["body"].update(public_key="none"),
    "reviewer with another key id": lambda leaves: leaves[2]["body"].update(key_id="0" * 64),
    "reviewer twice": lambda leaves: leaves[4].update(kind="reviewer", body=leaves[2]["body"]),
}


@pytest.mark.parametrize("name", LEAF_FORGERIES)
def test_a_leaf_no_writer_of_ours_makes_is_found(world: World, name: str) -> None:
    rewrite(world, LEAF_FORGERIES[name])
    assert not check(world).ok


def test_a_salt_moved_into_the_content_is_found(world: World) -> None:
    """salt || content is one string of bytes to the hash, so the length of the salt must be checked."""
    entry = world.record(EntryKind.POLICY, {"x": 1}, 12)
    salt, content = hashlib.sha256(b"salt").digest(), b"12"
    assert commit(salt, content) == commit(salt + b"1", b"2")
    edit(world, f"UPDATE payload SET salt = CAST(salt || '1' AS BLOB), content = x'32' WHERE idx = {entry.index}")
    assert "bytes of salt" in str(check(world).problems[0])
    with pytest.raises(LedgerCorrupt, match="salt"):
        world.ledger.payload(entry.index)


def test_what_is_no_ledger_is_a_problem_and_no_traceback(tmp_path: Path, world: World) -> None:
    pem = world.key.public.pem
    (tmp_path / "noise").write_bytes(b"noise" * 1000)
    (tmp_path / "empty").touch()
    (tmp_path / "short").write_bytes(world.ledger.path.read_bytes()[:5000])
    for path in (tmp_path / "noise", tmp_path / "empty", tmp_path / "short", tmp_path / "absent", tmp_path):
        report = verify(path, pem)
        assert not report.ok
        assert report.problems
    assert "public key" in str(verify(world.ledger.path, "not a key").problems[0])


def test_a_larger_ledger_with_stored_tree_nodes(world: World) -> None:
    world.decide_many([f"p{number}" for number in range(300)])
    assert check(world).ok
    edit(world, "UPDATE node SET hash = zeroblob(32)")
    assert "tree node" in str(check(world).problems[0])
    edit(world, "DELETE FROM node")
    assert not check(world).ok


def test_an_interrupted_write_is_rolled_back_first(world: World, tmp_path: Path) -> None:
    """A hot journal, as kill -9 leaves it: the recheck lets SQLite finish its rollback and judges the result."""
    folder = tmp_path / "crashed"
    folder.mkdir()
    connection = sqlite3.connect(world.ledger.path, isolation_level=None)
    connection.execute("PRAGMA cache_size = 1")  # forces half a transaction into the file
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE entry SET leaf = zeroblob(50000)")
    for file in world.ledger.path.parent.glob("ledger.db*"):
        shutil.copy(file, folder / file.name)
    connection.execute("ROLLBACK")
    connection.close()
    assert (folder / "ledger.db-journal").stat().st_size > 0
    report = verify(folder / "ledger.db", world.key.public.pem)
    assert report.ok, report.problems
    assert report.entries == 9


def test_the_recheck_shares_no_code_with_the_writer() -> None:
    """It runs with nothing of ours in memory but itself."""
    program = (
        "import sys, audit.recheck.ledger\n"
        "ours = {m for m in sys.modules if m.split('.')[0] in "
        "('curate', 'audit', 'train', 'recall', 'imprimatur', 'sqlalchemy', 'alembic', 'rfc8785', 'pydantic')}\n"
        "print(sorted(ours))"
    )
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOM, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == str(["audit", "audit.recheck", *(f"audit.recheck.{n}" for n in PARTS)])


def test_the_forger_of_these_tests_can_forge(world: World) -> None:
    """Without a change, `rewrite` gives a sound ledger: so what the tests above find is the change itself."""
    rewrite(world, lambda leaves: None)
    assert check(world).ok
    leaf = leaf_bytes(0, EntryKind.WORKSPACE, START, {}, None)
    assert json.loads(leaf)["kind"] == "workspace"
