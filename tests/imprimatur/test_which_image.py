"""What people type means one image by its last decision, or nothing; many are found in one reading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.entry import EntryKind
from audit.ledger import Ledger
from imprimatur import which_image as module
from imprimatur.which_image import ImageUnknown, recorded_records, which_image, which_images
from tests.audit.fakes import World, image_id, record_of


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World.make(tmp_path)
    yield made
    made.ledger.close()


def decide(world: World, name: str, *files: str) -> str:
    return world.decide(record_of(name, file_names=files))


def test_an_id_its_beginning_a_path_and_the_last_part_of_a_path(world: World) -> None:
    bolt = decide(world, "bolt", "a/bolt.png", 'b/六角 "M8".png')
    decide(world, "nut", "a/nut.png")
    for typed in (bolt, bolt[:9], bolt[:9].upper(), "a/bolt.png", " bolt.png ", 'b/六角 "M8".png', '六角 "M8".png'):
        assert which_image(world.ledger, typed) == bolt


def test_a_whole_path_goes_before_the_last_part_of_another(world: World) -> None:
    whole = decide(world, "one", "bolt.png")
    decide(world, "two", "deep/bolt.png")
    assert which_image(world.ledger, "bolt.png") == whole


def test_an_article_number_is_what_people_type(world: World) -> None:
    bolt = decide(world, "BLT-1101", "a/bolt.png")  # its number is its name here
    nut = decide(world, "nut", "a/BLT-1101")
    assert which_images(world.ledger, ["BLT-1101", "a/bolt.png"]) == (nut, bolt)  # a file name goes before a number
    assert which_image(world.ledger, "nut") == nut
    world.decide(record_of("other", business=record_of("nut").business))
    with pytest.raises(ImageUnknown, match="2 images of that name or number") as refused:
        which_image(world.ledger, "nut")
    assert f"{nut[:12]} (a/BLT-1101)" in refused.value.hint


def test_an_article_number_counts_on_every_picture_that_carries_it(world: World) -> None:
    """The second number of a shared picture is one, too: else a withdrawal by number would take one picture of two."""
    world.decide("BLT-2")
    shared = world.decide(record_of("shared", extra=(("part_number", "BLT-2"), ("part_number", "BLT-3"))))
    assert which_image(world.ledger, "BLT-3") == shared
    with pytest.raises(ImageUnknown, match="2 images of that name or number"):
        which_image(world.ledger, "BLT-2")


def test_a_file_name_of_hex_digits_is_found_where_it_begins_no_id(world: World) -> None:
    image = decide(world, "one", "abcdef12")
    assert not image.startswith("abcdef12")
    assert which_image(world.ledger, "abcdef12") == image


@pytest.mark.parametrize("typed", ["none.png", "deadbeef", "", "bol", "M8\\u0022"])
def test_what_fits_nothing_is_refused(world: World, typed: str) -> None:
    decide(world, "bolt", "a/bolt.png")
    with pytest.raises(ImageUnknown, match="found none"):
        which_image(world.ledger, typed)


def test_what_fits_two_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    decide(world, "one", "a/bolt.png")
    decide(world, "two", "b/bolt.png")
    with pytest.raises(ImageUnknown, match="2 images of that name or number"):
        which_image(world.ledger, "bolt.png")


def test_two_ids_with_the_typed_beginning_are_refused(world: World) -> None:
    ids = ("abcdef" + "0" * 58, "abcdef" + "1" * 58)
    for number, one in enumerate(ids):
        world.decide(record_of(str(number), image_id=one))
    with pytest.raises(ImageUnknown, match="begins 2 image ids"):
        which_image(world.ledger, "abcdef")
    assert which_images(world.ledger, [ids[1], ids[0]]) == (ids[1], ids[0])


def test_the_last_decision_says_what_an_image_is_called(world: World) -> None:
    first = decide(world, "one", "old.png")
    decide(world, "one", "new.png")
    second = decide(world, "two", "old.png")
    assert which_images(world.ledger, ["new.png", "old.png"]) == (first, second)
    assert recorded_records(world.ledger)[first].file_names == ("new.png",)


def test_an_erased_payload_names_nothing(world: World) -> None:
    bolt = decide(world, "bolt", "bolt.png")
    (entry,) = world.ledger.entries(EntryKind.DECISION)
    world.ledger.erase_payload(entry.index)
    assert which_image(world.ledger, bolt[:12]) == bolt
    with pytest.raises(ImageUnknown):
        which_image(world.ledger, "bolt.png")
    assert recorded_records(world.ledger) == {}


@pytest.mark.parametrize("few", [0, 100])
def test_many_are_found_in_one_reading(world: World, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """With the names looked for in the bytes, and with every payload understood."""
    names = [f"part {number}" for number in range(40)]
    world.decide_many(names)
    readings = []
    read = Ledger.entries

    def counted(self: Ledger, *args: Any, **options: Any) -> Any:
        readings.append(args)
        return read(self, *args, **options)

    monkeypatch.setattr(module, "_FEW", few)
    monkeypatch.setattr(module, "_AT_ONCE", 7)
    monkeypatch.setattr(Ledger, "entries", counted)
    typed = [f"{name}.png" for name in reversed(names)]
    assert which_images(world.ledger, typed) == tuple(image_id(name) for name in reversed(names))
    assert len(readings) == 1
