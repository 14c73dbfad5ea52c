"""Long values of an entry lie beside its leaf, which names their digests: nothing changes for who reads entries."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from audit.entry import BESIDE_FROM, LEAF_BYTES, EntryRefused, LeafUnreadable, read_leaf, spell
from audit.keys import PublicKey
from audit.ledger import EntryKind, Ledger, NewEntry
from audit.recheck.ledger import verify
from audit.store_errors import LedgerCorrupt
from tests.audit.fakes import START, World

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """One approval over 300 images."""
    world = World.make(tmp_path)
    anna = world.reviewer("Anna")
    images = world.decide_many([f"p{number}" for number in range(300)])
    world.approve(anna, *images)
    world.ledger.close()
    return world


def edit(world: World, statement: str) -> None:
    with sqlite3.connect(world.ledger.path) as connection:
        connection.execute(statement)
    connection.close()


def test_an_approval_of_many_images_has_a_small_leaf_and_reads_as_before(world: World) -> None:
    *_, entry = world.ledger.entries(EntryKind.APPROVAL)
    leaf = world.ledger.leaf_and_proof(entry.index)[0]
    assert len(leaf) < 1_000
    assert sorted(json.loads(leaf)["beside"]) == ["envelope", "image_ids"]
    assert len(entry.body["image_ids"]) == 300
    assert world.ledger.entry(entry.index) == entry
    assert world.standing(entry.body["image_ids"][299]).cleared
    report = verify(world.ledger.path, world.key.public.pem)
    assert (report.ok, report.signatures) == (True, 1), report.problems
    assert world.withdraw(entry.body["image_ids"][0]).index == entry.index + 1  # recorded on top of it


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM beside",
        "DELETE FROM beside WHERE name = 'envelope'",
        "UPDATE beside SET content = CAST(replace(content, '1', '2') AS BLOB) WHERE name = 'image_ids'",
        "UPDATE beside SET content = CAST(content AS TEXT) WHERE name = 'image_ids'",
        "UPDATE beside SET name = 'purpose' WHERE name = 'envelope'",
        "UPDATE beside SET idx = idx - 1 WHERE name = 'envelope'",
        "INSERT INTO beside SELECT idx, 'more', content FROM beside LIMIT 1",
    ],
)
def test_whatever_is_done_to_it_is_found(world: World, statement: str) -> None:
    edit(world, statement)
    assert not verify(world.ledger.path, world.key.public.pem).ok
    if "idx - 1" not in statement:
        with Ledger.open(world.ledger.path) as ledger, pytest.raises(LedgerCorrupt):
            list(ledger.entries(EntryKind.APPROVAL))


def test_something_beside_an_entry_that_names_nothing_is_found(world: World) -> None:
    edit(world, "INSERT INTO beside VALUES (1, 'more', x'31')")
    assert "beside entry 1" in str(verify(world.ledger.path, world.key.public.pem).problems[0])
    edit(world, "UPDATE beside SET idx = 9999 WHERE idx = 1")
    assert "beside 9999" in str(verify(world.ledger.path, world.key.public.pem).problems[0])


def test_only_long_values_lie_beside_and_no_leaf_is_too_long() -> None:
    body = {"short": "x", "long": "y" * BESIDE_FROM, "edge": "z" * (BESIDE_FROM - 2)}
    leaf, beside = spell(3, EntryKind.EVALUATION, START, body, None)
    assert {name: len(data) for name, data in beside.items()} == {"long": BESIDE_FROM + 2}
    assert read_leaf(leaf, beside).body == body
    for wrong in ({}, {"long": b'"y"'}, {**beside, "more": b"1"}):
        with pytest.raises(LeafUnreadable):
            read_leaf(leaf, wrong)
    many = {f"key{n}": "x" * (BESIDE_FROM - 3) for n in range(9)}
    with pytest.raises(EntryRefused, match=f"{LEAF_BYTES} bytes"):
        spell(3, EntryKind.EVALUATION, START, many, None)


def test_a_ledger_of_the_first_format_is_read_rechecked_and_carried_on(tmp_path: Path) -> None:
    """Golden: written by the version before anything lay beside."""
    path = tmp_path / "ledger.db"
    shutil.copy(GOLDEN / "ledger-format-1.db", path)
    pem = (GOLDEN / "ledger-format-1.pub.pem").read_text()
    assert verify(path, pem).ok  # as it is, before anything is brought up to date
    key = World.make(tmp_path / "other").key
    with Ledger.open(path, key, public_key=PublicKey.from_pem(pem)) as ledger:
        assert [entry.kind for entry in ledger.entries()][-2:] == [EntryKind.APPROVAL, EntryKind.WITHDRAWAL]
        ledger.append([NewEntry(EntryKind.EVALUATION, {"long": "x" * 10_000}, at=START)])
    report = verify(path, pem)
    assert (report.ok, report.entries) == (True, 9), report.problems
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    connection.close()
