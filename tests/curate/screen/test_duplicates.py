"""Look-alikes: the index misses nothing that a scan of all pairs finds, and barred prints are met."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.picture import PictureFacts
from curate.screen.duplicates import MAX_BITS, BarredPrint, HashIndex, find_duplicates
from curate.screen.settings import DuplicateLimits
from tests.curate.fakes import image_id, make_picture_facts

LIMITS = DuplicateLimits()


def flipped(hash_hex: str, bits: int, *, seed: int = 1) -> str:
    places = random.Random(seed).sample(range(64), bits)
    return f"{int(hash_hex, 16) ^ sum(1 << place for place in places):016x}"


def like(facts: PictureFacts, name: str, *, phash: int = 0, dhash: int = 0) -> PictureFacts:
    return replace(facts, image_id=image_id(name), phash=flipped(facts.phash, phash), dhash=flipped(facts.dhash, dhash))


@given(
    st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=40),
    st.integers(0, 2**64 - 1),
    st.integers(0, MAX_BITS),
    st.randoms(),
)
def test_the_index_answers_like_a_scan(hashes: list[int], query: int, bits: int, chance: random.Random) -> None:
    near = [query ^ sum(1 << place for place in chance.sample(range(64), distance)) for distance in range(0, 12)]
    everything = hashes + near
    found = HashIndex(np.array(everything, dtype=np.uint64)).within(query, bits)
    assert found.tolist() == [row for row, value in enumerate(everything) if (value ^ query).bit_count() <= bits]


def test_the_index_refuses_what_it_cannot_answer_exactly() -> None:
    with pytest.raises(ValueError, match="expected 0 to 7"):
        HashIndex(np.zeros(1, dtype=np.uint64)).within(0, 8)


def test_a_recompressed_copy_is_grouped_and_the_larger_one_stands_for_both() -> None:
    big = make_picture_facts("a", width=2000, height=1500)
    small = like(big, "b", phash=4, dhash=6)
    small = replace(small, width=640, height=480)
    alone = make_picture_facts("c")
    result = find_duplicates([alone, small, big], [], LIMITS)
    group = tuple(sorted((big.image_id, small.image_id)))
    assert dict(result.groups) == {big.image_id: group, small.image_id: group}
    assert {key: [found.kind for found in value] for key, value in result.findings.items()} == {
        small.image_id: ["duplicate.near"]
    }


def test_order_of_the_pictures_changes_nothing() -> None:
    base = make_picture_facts("a")
    world = [base, like(base, "b", phash=3), like(base, "c", dhash=5), make_picture_facts("d"), make_picture_facts("e")]
    expected = find_duplicates(world, [], LIMITS)
    for seed in range(5):
        assert find_duplicates(random.Random(seed).sample(world, len(world)), [], LIMITS) == expected


@pytest.mark.parametrize(("phash", "dhash"), [(7, 0), (0, 11)])
def test_too_far_in_one_measure_is_another_picture(phash: int, dhash: int) -> None:
    base = make_picture_facts("a")
    assert not find_duplicates([base, like(base, "b", phash=phash, dhash=dhash)], [], LIMITS).groups


def test_another_colour_is_another_picture() -> None:
    base = make_picture_facts("a", colour_grid=(0.2,) * 192)
    assert not find_duplicates([base, replace(like(base, "b"), colour_grid=(0.5,) * 192)], [], LIMITS).groups


def test_sheets_with_one_frame_need_to_be_closer() -> None:
    sheet = make_picture_facts("a", white_share=0.9)
    assert not find_duplicates([sheet, like(sheet, "b", phash=6, dhash=7)], [], LIMITS).groups
    assert find_duplicates([sheet, like(sheet, "b", phash=2, dhash=3)], [], LIMITS).groups


def test_a_look_alike_of_a_barred_picture_is_reported_but_not_the_barred_one_itself() -> None:
    barred = make_picture_facts("withdrawn")
    print_ = BarredPrint(barred.image_id, barred.phash, barred.dhash, "withdrawn")
    twin, other = like(barred, "twin", phash=7, dhash=12), make_picture_facts("other")
    result = find_duplicates([twin, other, barred], [print_], LIMITS)
    kinds = {key: [found.kind for found in value] for key, value in result.findings.items()}
    assert kinds == {twin.image_id: ["duplicate.near_barred"]}


def test_ten_thousand_white_sheets_do_not_hang() -> None:
    sheet = make_picture_facts("white", phash="8000000000000000", dhash="0" * 16)
    world = [replace(sheet, image_id=f"{number:064x}") for number in range(10_000)]
    assert len(find_duplicates(world, [], LIMITS).groups) == 10_000
