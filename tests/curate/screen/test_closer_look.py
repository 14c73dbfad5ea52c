"""The closer look: a picture is not apart from itself however it lies, an edge that stands elsewhere is, the more the farther."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from curate.screen.closer_look import distances
from curate.screen.looks import Looks
from curate.screen.picture_kinds import LINE_ART, PRODUCT
from curate.screen.settings import DuplicateLimits
from curate.screen.window_views import Matches
from curate.screen.windows import POSITIONS, SIDE, in_position

COPY = DuplicateLimits().copy_apart
Levels = NDArray[np.uint8]


def looks_of_two(one: Levels, other: Levels, kind: int = PRODUCT) -> Looks:
    thumbs = np.stack([one, other])
    return Looks(thumbs, np.zeros((2, 8, 8, 3), np.float32), np.array([kind, kind], np.uint8), np.ones(2))


def apart(one: Levels, other: Levels, position: int = 0, *, covered: bool = True, kind: int = PRODUCT) -> float:
    none = np.zeros(1, dtype=np.intp)
    pair = Matches(outer=none, inner=none + 1, window=none, position=none + position, bits=none)
    return float(distances(pair, looks_of_two(one, other, kind), covered=covered).apart[0])


def bracket(shaft: int = 10, reach: int = 44, holes: int = 2) -> Levels:
    """A bent sheet with holes on white, lit from the left, its edges soft as in a photograph."""
    fine = np.full((SIDE * 4, SIDE * 4), 255.0)
    light = np.linspace(90, 170, SIDE * 4)[None, :] * np.ones((SIDE * 4, 1))
    mask = np.zeros(fine.shape, dtype=bool)
    mask[32:224, 48 : 48 + 4 * shaft] = True
    mask[224 - 4 * shaft : 224, 48 : 48 + 4 * reach] = True
    y, x = np.mgrid[0 : SIDE * 4, 0 : SIDE * 4]
    for number in range(holes):
        mask &= np.hypot(y - 56 - 40 * number, x - 48 - 2 * shaft) > 10
    fine[mask] = light[mask]
    return fine.reshape(SIDE, 4, SIDE, 4).mean(axis=(1, 3)).round().astype(np.uint8)


@settings(max_examples=25)
@given(st.integers(0, POSITIONS - 1), st.integers(0, 2**32 - 1))
def test_a_picture_is_not_apart_from_itself_in_any_position(position: int, seed: int) -> None:
    levels = np.kron(np.random.default_rng(seed).integers(0, 256, (16, 16)), np.ones((4, 4))).astype(np.uint8)
    turned = next(p for p in range(POSITIONS) if (in_position(in_position(levels, p), position) == levels).all())
    assert apart(levels, in_position(levels, turned), position) < 0.01


@settings(max_examples=25)
@given(st.floats(0.65, 1.0), st.floats(0, 40), st.integers(0, 2**32 - 1))
def test_light_contrast_and_grain_are_no_distance(times: float, more: float, seed: int) -> None:
    grain = np.random.default_rng(seed).normal(0, 2, (SIDE, SIDE))
    copy = (bracket() * times + more + grain).clip(0, 255).astype(np.uint8)
    assert apart(bracket(), copy) < COPY


def test_an_edge_that_stands_elsewhere_is_the_farther_the_more_it_was_moved() -> None:
    found = [apart(bracket(reach=40), bracket(reach=40 + cells), covered=False) for cells in range(4)]
    assert found == sorted(found)
    assert found[0] < 0.01
    assert apart(bracket(shaft=10), bracket(shaft=12)) > COPY


def test_a_hole_more_may_be_something_that_covers_and_is_told_where_nothing_may() -> None:
    assert apart(bracket(holes=2), bracket(holes=3)) < COPY
    assert apart(bracket(holes=2), bracket(holes=3), covered=False) > DuplicateLimits().other_article_apart


@pytest.mark.parametrize("covered", [True, False])
def test_drawings_are_left_to_their_own_rule(covered: bool) -> None:
    assert apart(bracket(), bracket(shaft=20), covered=covered, kind=LINE_ART) == 0


def test_pairs_are_told_apart_one_by_one_as_together() -> None:
    rng = np.random.default_rng(5)
    shown = [bracket(int(rng.integers(8, 16)), int(rng.integers(30, 48)), int(rng.integers(0, 4))) for _ in range(300)]
    looks = Looks(np.stack(shown), np.zeros((300, 8, 8, 3), np.float32), np.full(300, PRODUCT, np.uint8), np.ones(300))
    outer = np.arange(299)
    pairs = Matches(outer, outer + 1, outer % 7, outer * 0, outer * 0)
    together = distances(pairs, looks).apart
    alone = [distances(pairs.of(np.array([row])), looks).apart[0] for row in (0, 127, 128, 298)]
    assert np.allclose(together[[0, 127, 128, 298]], alone, rtol=1e-3, atol=1e-4)
