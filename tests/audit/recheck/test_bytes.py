"""Every byte of a small ledger's file, changed one at a time.

A change is either reported, or it lies where no stored value is:
- space of a page that SQLite does not use (mapped by `sqlite_pages.used_bytes`, an independent walk of the file);
- the schema cookie (header bytes 40-43): SQLite's counter for "re-read the schema", any number is right;
- the low three bytes of the SQLite version that wrote last (header bytes 97-99): information for people.
"""

from __future__ import annotations

import hashlib
import os
import random
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from audit import note
from audit.cosignature import WitnessKey
from audit.recheck.ledger import verify
from audit.witness import Witness
from audit.witnessing import add, request_for
from tests.audit.fakes import World
from tests.audit.sqlite_pages import used_bytes

BOOKKEEPING = {*range(40, 44), *range(97, 100)}


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.make(tmp_path)
    anna = world.reviewer("Anna")
    images = [world.decide(name) for name in ("a", "b", "c")]
    world.approve(anna, *images[:2])
    world.withdraw(images[2])
    world.ledger.close()
    return world


def unreported(world: World, offsets: Iterable[int], mask: int) -> set[int]:
    """Offsets whose change (exclusive or with `mask`) the recheck does not report."""
    path, pem = world.ledger.path, world.key.public.pem
    data = path.read_bytes()
    missed: set[int] = set()
    handle = os.open(path, os.O_RDWR)
    try:
        for offset in offsets:
            os.pwrite(handle, bytes([data[offset] ^ mask]), offset)
            if verify(path, pem).ok:
                missed.add(offset)
            os.pwrite(handle, data[offset : offset + 1], offset)
    finally:
        os.close(handle)
    assert path.read_bytes() == data
    assert verify(path, pem).ok
    return missed


@pytest.mark.parametrize("mask", [0xFF, 0x01, 0x80])
def test_a_sample_of_the_bytes(world: World, mask: int) -> None:
    used = used_bytes(world.ledger.path)
    assert 5_000 < len(used) < world.ledger.path.stat().st_size
    sample = random.Random(mask).sample(sorted(used), 300)
    assert unreported(world, sample, mask) <= BOOKKEEPING


def test_the_file_header(world: World) -> None:
    assert unreported(world, range(100), 0xFF) <= BOOKKEEPING


@pytest.fixture
def full(tmp_path: Path) -> World:
    """Something in every table: parts beside a leaf, tree nodes, a cosignature, a timestamp's token."""
    world = World.make(tmp_path)
    anna = world.reviewer("Anna")
    world.approve(anna, *world.decide_many([f"p{number}" for number in range(270)]))
    witness = Witness.create(tmp_path / "witness", "w.example/1")
    witness.trust(note.verifier_key(world.ledger.origin, world.key.public))
    add(
        world.ledger, witness.add_checkpoint(request_for(world.ledger, 0)).body, [WitnessKey.read(witness.verifier_key)]
    )
    head = note.verify(world.ledger.checkpoint(), world.key.public)
    world.ledger.keep_stamp(head.size, b"a token over " + hashlib.sha256(head.text.encode()).digest())
    world.ledger.close()
    return world


TABLES = ("entry", "payload", "beside", "node", "checkpoint", "cosignature", "stamp")


def test_a_byte_of_every_table_of_a_larger_ledger(full: World) -> None:
    """A few bytes of each table's pages; `test_every_byte` and the slow sample look at more."""
    sample = [place for table in TABLES for place in some_of(full, table, 12)]
    assert unreported(full, sample, 0x01) == set()


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mask", [0xFF, 0x01])
def test_many_bytes_of_a_larger_ledger(full: World, mask: int) -> None:
    used = sorted(used_bytes(full.ledger.path))
    sample = random.Random(mask).sample(used, 700)
    for table in TABLES:
        sample += some_of(full, table, 50)
    assert unreported(full, sample, mask) <= BOOKKEEPING


def some_of(world: World, table: str, count: int) -> list[int]:
    """Offsets of stored bytes of one table, found by what stands there."""
    data = world.ledger.path.read_bytes()
    column = {"entry": "leaf", "node": "hash", "checkpoint": "note", "cosignature": "line", "stamp": "token"}
    with sqlite3.connect(world.ledger.path) as connection:
        query = f"SELECT {column.get(table, 'content')} FROM {table}"
        values = [v if isinstance(v, bytes) else v.encode() for (v,) in connection.execute(query)]
    connection.close()
    chosen = random.Random(table)
    places = []
    for _ in range(count):
        value = chosen.choice(values)
        start = chosen.randrange(max(1, len(value) - 20))
        found = data.find(value[start : start + 20])
        if found >= 0:  # else it crosses two pages
            places.append(found + chosen.randrange(min(20, len(value))))
    assert places
    return places


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mask", [0xFF, 0x01])
def test_every_byte(world: World, mask: int) -> None:
    used = used_bytes(world.ledger.path)
    size = world.ledger.path.stat().st_size
    missed = unreported(world, range(size) if mask == 0xFF else sorted(used), mask)
    assert missed & used <= BOOKKEEPING
