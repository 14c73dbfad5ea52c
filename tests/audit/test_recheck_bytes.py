"""Every byte of a small ledger's file, changed one at a time.

A change is either reported, or it lies where no stored value is:
- space of a page that SQLite does not use (mapped by `sqlite_pages.used_bytes`, an independent walk of the file);
- the schema cookie (header bytes 40-43): SQLite's counter for "re-read the schema", any number is right;
- the low three bytes of the SQLite version that wrote last (header bytes 97-99): information for people.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from audit.recheck import verify
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


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("mask", [0xFF, 0x01])
def test_every_byte(world: World, mask: int) -> None:
    used = used_bytes(world.ledger.path)
    size = world.ledger.path.stat().st_size
    missed = unreported(world, range(size) if mask == 0xFF else sorted(used), mask)
    assert missed & used <= BOOKKEEPING
