"""A ledger is carried from its file into a real PostgreSQL: all of it, once, and never into two places."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from audit import moving
from audit.ledger import EntryKind, Ledger, NewEntry
from audit.moving import move
from audit.recheck.ledger import verify
from audit.store import Store
from audit.store_errors import LedgerCorrupt, LedgerExists, LedgerMissing, LedgerNotWritable
from audit.store_tables import METADATA
from tests.audit import postgres
from tests.audit.fakes import World

pytestmark = pytest.mark.skipif(postgres.why_not() is not None, reason=str(postgres.why_not()))


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    pytest.importorskip("psycopg")
    with postgres.running() as server:
        yield server


@pytest.fixture
def url(server: postgres.Server, request: pytest.FixtureRequest) -> str:
    return server.make(f"m{hashlib.sha256(request.node.name.encode()).hexdigest()[:12]}")


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.make(tmp_path)
    anna = world.reviewer("Anna")
    images = world.decide_many([f"p{number}" for number in range(300)])
    world.approve(anna, *images)
    world.withdraw(images[1])
    world.ledger.erase_payload(4)
    return world


def stopped(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.reading() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            ]
            for table in METADATA.sorted_tables
        }


def test_every_row_arrives_and_the_file_is_gone(world: World, url: str) -> None:
    file, before = world.ledger.path, rows(Store.open(world.ledger.path))
    checkpoint, size = world.ledger.checkpoint(), world.ledger.size
    moved = move(file, url, world.key.public.pem)
    assert (moved.entries, moved.payloads) == (size, len(before["payload"]))
    assert rows(Store.open(url)) == before
    assert verify(url, world.key.public.pem, against=checkpoint).ok
    assert not file.exists()
    with Ledger.open(url, world.key) as there:
        there.append([NewEntry(EntryKind.POLICY, {"id": "next"}, at=world.now)])
        assert verify(url, world.key.public.pem, against=checkpoint).ok
    with pytest.raises((LedgerMissing, LedgerNotWritable, LedgerCorrupt)):  # whoever still had the file open
        world.record(EntryKind.POLICY, {"id": "behind"})
    assert not file.exists()


@pytest.mark.parametrize("after", ["copy", "emptied"])
def test_an_interrupted_move_goes_on(world: World, url: str, after: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows(Store.open(world.ledger.path))

    with monkeypatch.context() as patch:
        patch.setattr(*((moving, "_require_same") if after == "copy" else (Path, "unlink")), stopped)
        with pytest.raises(KeyboardInterrupt):
            move(world.ledger.path, url, world.key.public.pem)
    if after == "copy":
        assert rows(Store.open(world.ledger.path)) == before  # what was being removed came back
    assert move(world.ledger.path, url, world.key.public.pem).entries == len(before["entry"])
    assert rows(Store.open(url)) == before
    assert not world.ledger.path.exists()


def test_what_was_recorded_after_an_interrupted_copy_is_not_lost(
    world: World, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the two have gone apart: nothing is removed, and the sentence says so."""
    with monkeypatch.context() as patch:
        patch.setattr(moving, "_require_same", stopped)
        with pytest.raises(KeyboardInterrupt):
            move(world.ledger.path, url, world.key.public.pem)
    world.record(EntryKind.POLICY, {"id": "later"})
    with pytest.raises(LedgerExists, match="another ledger"):
        move(world.ledger.path, url, world.key.public.pem)
    assert verify(world.ledger.path, world.key.public.pem).ok


def test_a_payload_that_is_missing_over_there_is_no_copy(server: postgres.Server, world: World, url: str) -> None:
    """Without its row it would look erased, and the recheck would find nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moving, "_require_same", stopped)
        with pytest.raises(KeyboardInterrupt):
            move(world.ledger.path, url, world.key.public.pem)
    server.sql(url.split("@/")[1].split("?")[0], "DELETE FROM payload WHERE idx = 7")
    with pytest.raises(LedgerExists, match="table payload"):
        move(world.ledger.path, url, world.key.public.pem)
    assert world.ledger.payload(7) is not None


def test_a_bent_ledger_or_another_place_is_refused(world: World, url: str, tmp_path: Path) -> None:
    with pytest.raises(LedgerNotWritable, match="address"):
        move(world.ledger.path, str(tmp_path / "other.db"), world.key.public.pem)
    world.ledger.close()
    with sqlite3.connect(world.ledger.path) as connection:
        connection.execute("DELETE FROM beside")
    with pytest.raises(LedgerCorrupt, match=r"The ledger .*ledger\.db does not hold: expected .*: "):
        move(world.ledger.path, url, world.key.public.pem)
    assert world.ledger.path.exists()
    assert not Store(url).exists()
