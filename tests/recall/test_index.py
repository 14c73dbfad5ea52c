from __future__ import annotations

from pathlib import Path

import pytest

from audit.standing import StandingState
from recall.index import build_index, document_of, load_index, open_index, purge_index, save_index, source_digest
from tests.recall.fakes import PARTS, World, image_id, part

ROOT = bytes(32)


def test_only_what_may_be_shown_is_indexed() -> None:
    world = World()
    world.set_standing("gear", StandingState.WITHDRAWN)
    world.set_standing("bolt", StandingState.AWAITING, may_be_shown=True)
    index = world.built_index()
    assert {image.image_id for image in index.images} == {record.image_id for record in PARTS} - {image_id("gear")}
    assert index.row_of(image_id("gear")) is None
    row, cosine = index.space.search("rubber shaft seal", 1)[0]
    assert index.images[row].image_id == image_id("seal")
    assert 0 < cosine <= 1
    assert "gear" not in "".join(index.space.vocabulary)


def test_the_document_has_texts_queries_number_and_line_but_nothing_held_out() -> None:
    record = part("a", "steel hook", sku="HK-1", product_line="hooks", queries=("Hang it here", "wall hook"))
    assert document_of(record, frozenset()) == "steel hook\nHang it here\nwall hook\nHK-1\nhooks"
    assert "hang" not in document_of(record, frozenset({"hang it here"})).casefold()


def test_the_source_is_ledger_head_and_held_out_queries() -> None:
    assert source_digest(ROOT, frozenset({"a", "b"})) == source_digest(ROOT, frozenset({"b", "a"}))
    assert source_digest(ROOT, frozenset()) != source_digest(b"\1" * 32, frozenset())
    assert source_digest(ROOT, frozenset()) != source_digest(ROOT, frozenset({"a"}))


def test_a_stored_index_answers_as_before(tmp_path: Path) -> None:
    index = World().built_index()
    save_index(index, tmp_path / "index")
    again = load_index(tmp_path / "index", "now")
    assert again is not None
    assert again.images == index.images
    assert again.space.search("六角ボルト", 3) == index.space.search("六角ボルト", 3)


def test_it_is_built_again_when_the_ledger_moved(tmp_path: Path) -> None:
    world = World()
    built = []

    def build(source: str):
        def make():
            built.append(source)
            return build_index(world.records, world.book(), source=source)

        return make

    open_index(tmp_path, "one", build("one"))
    open_index(tmp_path, "one", build("one"))
    world.set_standing("seal", StandingState.WITHDRAWN)
    moved = open_index(tmp_path, "two", build("two"))
    assert built == ["one", "two"]
    assert moved.row_of(image_id("seal")) is None
    assert b"rubber" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize("damage", ["index.json", "ngrams.npz"])
def test_a_damaged_or_half_written_index_counts_as_none(tmp_path: Path, damage: str) -> None:
    index = World().built_index()
    save_index(index, tmp_path)
    data = (tmp_path / damage).read_bytes()
    (tmp_path / damage).write_bytes(data[: len(data) // 2])
    assert load_index(tmp_path, "now") is None
    save_index(index, tmp_path)
    (tmp_path / damage).unlink()
    assert load_index(tmp_path, "now") is None


def test_purging_leaves_nothing(tmp_path: Path) -> None:
    save_index(World().built_index(), tmp_path)
    assert purge_index(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not purge_index(tmp_path)


def test_an_index_of_nothing_is_an_index(tmp_path: Path) -> None:
    empty = build_index((), World().book(), source="now")
    save_index(empty, tmp_path)
    again = load_index(tmp_path, "now")
    assert again is not None and again.images == ()
    world = World(records=(), memorized=())
    assert world.recaller().answer("anything").status == "none"


def test_drawing_numbers_are_found_too() -> None:
    record = part("sheet", "flange", sku="FLG-1", extra=(("drawing_number", "KD-31-02A"), ("note", "old")))
    assert document_of(record, frozenset()).splitlines() == ["flange", "FLG-1", "KD-31-02A"]
