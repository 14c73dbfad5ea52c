"""The last phase shows hard pictures more often, and none so often that another is forgotten."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from train import hard_pictures


@given(st.integers(2, 40), st.integers(0, 2**32 - 1), st.data())
def test_what_is_drawn_is_drawn_once_and_was_not_there_yet(pictures: int, seed: int, data: st.DataObject) -> None:
    there = np.asarray(data.draw(st.lists(st.integers(0, pictures - 1), unique=True, max_size=pictures - 1)), dtype=int)
    count = data.draw(st.integers(0, pictures - len(there)))
    found = hard_pictures.drawn(hard_pictures.unseen(pictures), count, there, np.random.default_rng(seed))
    assert len(set(found.tolist())) == count and not set(found.tolist()) & set(there.tolist())


def test_what_is_taken_for_another_comes_more_often() -> None:
    recent = hard_pictures.unseen(100)
    for _ in range(30):  # all but the picture 7 are known by now
        recent = hard_pictures.renewed(recent, np.arange(100), np.where(np.arange(100) == 7, 2.0, 0.0).astype("f4"))
    rng = np.random.default_rng(0)
    times = np.zeros(100)
    for _ in range(50):
        times[hard_pictures.drawn(recent, 5, np.asarray([1, 2]), rng)] += 1
    assert times[7] > 40 and times[[1, 2]].sum() == 0
    assert (np.delete(times, [1, 2, 7]) > 0).mean() > 0.7  # the others are looked at as well


def test_a_picture_is_judged_by_what_it_was_lately() -> None:
    recent = hard_pictures.renewed(hard_pictures.unseen(3), np.asarray([2]), np.asarray([0.0], dtype=np.float32))
    assert recent[0] == recent[1] > recent[2] > 0
    again = hard_pictures.renewed(recent, np.asarray([2]), np.asarray([9.0], dtype=np.float32))
    assert again[2] > recent[2]


def test_a_batch_that_holds_every_picture_has_no_room_for_more() -> None:
    assert hard_pictures.room(48, 48) == hard_pictures.room(48, 3) == 0
    assert 0 < hard_pictures.room(48, 49) <= 24
