"""The read model says what the ledger says: kept up entry by entry it is what a fresh reading gives."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.approving import ApprovalRefused, Verdict
from audit.review.board import SORTS, Board
from audit.review.exchange import Request
from audit.review.facets import FACETS, FacetIndex, bits, in_order
from audit.review.lanes import Lane
from audit.review.listing import read_search
from audit.standing import docket
from audit.withdrawal import report_wrong
from tests.audit.fakes import World
from tests.audit.review.desk import FLAGGED


@pytest.mark.parametrize("seed", range(6))
def test_kept_up_it_is_what_a_fresh_reading_gives(tmp_path: Path, seed: int) -> None:
    """Random histories, with time passing: approvals run out, reviewers leave, twins are withdrawn."""
    dice = random.Random(seed)
    world = World.make(tmp_path)
    people = [world.reviewer(name) for name in ("Anna", "Ben", "Carla")]
    board = Board(world.ledger, lambda: world.now)
    images: list[str] = []

    def act() -> None:
        what = dice.choice(["decide", "decide", "say", "say", "say", "withdraw", "report", "close", "revoke", "later"])
        if what == "decide" or not images:
            twin = [dice.choice(images)] if images and dice.random() < 0.3 else []
            flagged: dict[str, Any] = FLAGGED if dice.random() < 0.5 else {}
            again = dice.choice(("a", "b", "c", "d"))
            images.append(
                world.decide(again, **{**flagged, "duplicate_group": twin, "findings_digest": dice.choice("12") * 64})
            )
        elif what == "say":
            person, verdict = dice.choice(people), dice.choice(list(Verdict))
            try:
                world.say(person, verdict, dice.choice(images), second_opinion=dice.random() < 0.5)
            except ApprovalRefused:
                return
        elif what == "withdraw" and dice.random() < 0.3:
            world.withdraw(dice.choice(images))
        elif what == "report":
            report_wrong(world.ledger, "query", dice.choice(images), at=world.now)
        elif what == "close":
            book = docket(world.ledger.entries(), world.now, workspace_id=world.ledger.workspace_id).book
            for report, image in list(book.open_reports.items())[:1]:
                try:
                    world.say(dice.choice(people), Verdict.CLOSE, image, report=report)
                except ApprovalRefused:
                    return
        elif what == "revoke" and dice.random() < 0.2:
            world.revoke(dice.choice(people))
        elif what == "later":
            world.pass_time(days=dice.choice((1, 15, 40)))

    for _ in range(40):
        act()
        if dice.random() < 0.5:
            continue
        fresh = Board(world.ledger, lambda: world.now)
        assert {row.image_id: (row, case) for row, case in board.all()} == {
            row.image_id: (row, case) for row, case in fresh.all()
        }
        assert board.lane_counts() == fresh.lane_counts()
        for sort in SORTS:
            one, two = (b.list({"lane": ("waiting",)}, "", sort, 0, 99) for b in (board, fresh))
            assert [row.image_id for row, _ in one.rows] == [row.image_id for row, _ in two.rows]
            assert {f: dict(c) for f, c in one.counts.items()} == {f: dict(c) for f, c in two.counts.items()}
        book = world.book()
        assert all(case.standing == book.of(row.image_id) for row, case in board.all())


def test_words_that_were_erased_are_not_kept_in_memory(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    image = world.decide("part")
    board = Board(world.ledger, lambda: world.now)
    found = board.find(image)
    assert found is not None and found[0].title_en == "picture of part"
    world.ledger.erase_payload(found[0].decision_index)
    again = board.find(image)
    assert again is not None
    assert (again[0].title_en, again[0].file_name, again[0].folded.strip()) == (None, None, "none cleared")
    assert board.list({}, "picture", "name", 0, 9).total == 0


def test_an_approval_that_ran_out_comes_back_to_the_queue(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    anna = world.reviewer("Anna")
    image = world.decide("part")
    board = Board(world.ledger, lambda: world.now)
    world.approve(anna, image)
    assert board.lane_counts() == {Lane.DONE: 1}
    world.pass_time(days=61)
    assert board.lane_counts() == {Lane.DONE: 1, Lane.EXPIRING: 1}
    world.pass_time(days=30)
    assert board.lane_counts() == {Lane.WAITING: 1, Lane.EXPIRING: 1}


rows = st.lists(
    st.fixed_dictionaries(
        {f: st.lists(st.sampled_from("abc"), max_size=2, unique=True).map(tuple) for f in FACETS[:3]}
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(
    rows, rows, st.dictionaries(st.sampled_from(FACETS[:3]), st.lists(st.sampled_from("abc"), max_size=2).map(tuple))
)
def test_bit_sets_count_as_a_loop_over_all_rows_does(
    before: list[Any], after: list[Any], wanted: dict[str, Any]
) -> None:
    index = FacetIndex()
    for place, values in enumerate(before):
        index.put(place, values)
    kept = {**dict(enumerate(before)), **dict(enumerate(after))}
    for place, values in enumerate(after):
        index.put(place, values)

    def fits(row: dict[str, Any], but: str = "") -> bool:
        return all(f == but or not values or set(values) & set(row[f]) for f, values in wanted.items())

    selection = index.select(wanted)
    assert list(in_order(selection.hits, range(len(kept)))) == [p for p in sorted(kept) if fits(kept[p])]
    for facet in FACETS[:3]:
        for value in "abc":
            loop = sum(1 for row in kept.values() if value in row[facet] and fits(row, facet))
            assert selection.counts[facet].get(value, 0) == loop


@given(st.sets(st.integers(0, 300)))
def test_a_set_of_places_is_its_bits(places: set[int]) -> None:
    assert list(in_order(bits(places), range(301))) == sorted(places)
    assert bits(places).bit_count() == len(places)


@pytest.mark.parametrize(
    "query",
    [
        (
            ("lane", "waiting"),
            ("kind", "privacy.face"),
            ("kind", "privacy.phone"),
            ("q", "袋ナット"),
            ("sort", "value"),
            ("page", "3"),
        ),
        (),
    ],
)
def test_an_address_reads_back_as_it_was_written(query: tuple[tuple[str, str], ...]) -> None:
    search = read_search(Request("GET", "/", query))
    assert read_search(Request("GET", "/", tuple(search.pairs()))) == search


@pytest.mark.parametrize(
    "bad", [("page", "-1"), ("page", "9" * 30), ("page", "٣"), ("sort", "../x"), ("colour", "red")]
)
def test_what_an_address_says_wrongly_is_left_out(bad: tuple[str, str]) -> None:
    search = read_search(Request("GET", "/", (bad,)), Lane.WAITING)
    assert (search.page, search.sort, search.lane) == (1, "severity", "waiting")
