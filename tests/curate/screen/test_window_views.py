"""Views of windows against plain means, fits against known crops, and candidates looked at cheaply against all of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from curate.screen import comparing, likeness
from curate.screen.colour_distances import DARK, GREY, colour_distances
from curate.screen.comparing import alike
from curate.screen.likeness import candidates
from curate.screen.looks import Looks
from curate.screen.picture_kinds import PHOTO, PRODUCT, kinds_of
from curate.screen.settings import DuplicateLimits
from curate.screen.window_views import (
    CELLS,
    SQUEEZED,
    Matches,
    Sums,
    correlation,
    edges_of,
    fit,
    fit_roughly,
    in_proportion,
    positioned,
    sums_of,
    view,
)
from curate.screen.windows import POSITIONS, SIDE, in_position, rectangles

LIMITS = DuplicateLimits()


def waves(seed: int, side: int = SIDE) -> NDArray[np.uint8]:
    """A scene of soft shapes, (side, side)."""
    rng, places = np.random.default_rng(seed), (np.arange(side) + 0.5) / side
    slopes = np.cos(np.pi * np.outer(places, np.arange(12)) + rng.uniform(0, 6, 12))
    found = slopes @ (rng.normal(size=(12, 12)) / (1 + np.hypot(*np.mgrid[0:12, 0:12]))) @ slopes.T
    return np.asarray((found - found.min()) / (found.max() - found.min()) * 255, dtype=np.uint8)


def matches(rows: list[tuple[int, int, int, int]]) -> Matches:
    outer, inner, window, position = np.array(rows, dtype=np.intp).T
    return Matches(outer, inner, window, position, np.full(len(rows), 9))


@given(st.integers(0, 1000), st.integers(0, SIDE - 16), st.integers(0, SIDE - 16), st.sampled_from([8, 16]))
@settings(max_examples=30, deadline=None)
def test_a_view_holds_the_means_of_its_cells(seed: int, top: int, left: int, side: int) -> None:
    thumbs = np.random.default_rng(seed).integers(0, 256, (2, SIDE, SIDE), dtype=np.uint8)
    edges = np.array([[top, top + side, left, left + side]], dtype=np.float64) / SIDE
    seen = view(sums_of(thumbs, np.array([1])), edges, 4)[0]
    part = thumbs[1, top : top + side, left : left + side].astype(np.float64)
    assert seen == pytest.approx(part.reshape(4, side // 4, 4, side // 4).mean(axis=(1, 3)), abs=0.02)


@given(st.integers(0, 1000), st.integers(0, 20), st.integers(0, 20))
@settings(max_examples=30, deadline=None)
def test_coarse_sums_tell_the_same_where_edges_lie_between_their_cells(seed: int, top: int, left: int) -> None:
    thumbs = np.random.default_rng(seed).integers(0, 256, (2, SIDE, SIDE), dtype=np.uint8)
    sums = sums_of(thumbs, np.array([1, 0]))
    edges = np.array([[top * 2, top * 2 + 16, left * 2, left * 2 + 16], [0, SIDE, 0, SIDE]], dtype=np.float64) / SIDE
    assert view(sums.coarse(), edges, 8) == pytest.approx(view(sums, edges, 8), abs=0.02)


@pytest.mark.parametrize("position", range(POSITIONS))
def test_the_inner_picture_is_put_into_position(position: int) -> None:
    thumbs = np.stack([waves(1), waves(2)])
    found = positioned(thumbs, matches([(0, 1, 0, position), (1, 0, 0, 0)]))
    size = SIDE // CELLS
    whole = in_position(thumbs[1], position).reshape(CELLS, size, CELLS, size).mean(axis=(1, 3))
    assert found[0] == pytest.approx(whole, abs=1e-3)


@pytest.mark.parametrize("seed", range(8))
def test_both_fits_find_the_crop(seed: int) -> None:
    big, rng = waves(seed, 640), np.random.default_rng(seed)
    top, left = rng.integers(20, 90, 2) // 2 * 2
    side = 512
    crop = big[top : top + side, left : left + side].reshape(SIDE, 8, SIDE, 8).mean(axis=(1, 3)).astype(np.uint8)
    thumbs = np.stack([big.reshape(SIDE, 10, SIDE, 10).mean(axis=(1, 3)).astype(np.uint8), crop])
    true = np.array([top, top + side, left, left + side]) / 640
    start = (true + rng.uniform(-0.025, 0.025, 4))[None]
    pair = matches([(0, 1, 1, 0)])
    sums, inner = sums_of(thumbs, pair.outer), positioned(thumbs, pair)
    small = inner.reshape(1, 16, 2, 16, 2).mean(axis=(2, 4))
    for found in (fit(sums, inner, start), fit_roughly(sums, small, start)):
        assert correlation(view(sums, found), inner)[0] > 0.98
        assert found[0] == pytest.approx(true, abs=0.03)


def test_sums_are_shared_between_pairs_of_one_picture() -> None:
    thumbs = np.stack([waves(1), waves(2), waves(3)])
    sums = sums_of(thumbs, np.array([2, 0, 2]))
    assert isinstance(sums, Sums)
    assert len(sums.down) == 2
    assert sums.down[sums.row, -1, -1].tolist() == [thumbs[n].sum() for n in (2, 0, 2)]


@given(st.integers(0, 1000), st.integers(0, len(rectangles()) - 1), st.integers(0, POSITIONS - 1), st.booleans())
@settings(max_examples=40, deadline=None)
def test_colours_of_many_pairs_are_those_of_each(seed: int, window: int, position: int, grey: bool) -> None:
    colours = np.random.default_rng(seed).random((3, 8, 8, 3), dtype=np.float32)
    if grey:
        colours[2] = colours[2].mean(axis=2, keepdims=True)
    pairs = matches([(0, 1, window, position), (1, 2, window, position)])
    edges = edges_of(pairs.window)
    found = colour_distances(colours, pairs, edges)
    for row, (outer, inner) in enumerate([(0, 1), (1, 2)]):
        top, bottom, left, right = edges[row]
        fine = 400  # a picture of so many points a cell, cut at the edges
        points = [np.minimum((a + (b - a) * (np.arange(4 * fine) + 0.5) / (4 * fine)) * 8, 7.999).astype(int)
                  for a, b in ((top, bottom), (left, right))]  # fmt: skip
        one = colours[outer][points[0]].reshape(4, fine, 8, 3).mean(axis=1)
        one = one[:, points[1]].reshape(4, 4, fine, 3).mean(axis=2)
        other = in_position(colours[inner], position).reshape(4, 2, 4, 2, 3).mean(axis=(1, 3))
        one, other = one / max(one.mean(), DARK), other / max(other.mean(), DARK)
        plain = min(np.ptp(one, axis=2).max(), np.ptp(other, axis=2).max()) < GREY
        apart = np.abs(one.mean(axis=2) - other.mean(axis=2)) if plain else np.abs(one - other)
        assert bool(found.one_grey[row]) == plain
        assert found.mean[row] == pytest.approx(apart.mean(), abs=0.01)
        assert found.worst[row] == pytest.approx(np.abs(one - other).mean(axis=2).max(), abs=0.02)


@given(st.lists(st.tuples(*[st.floats(0, 0.6), st.floats(0.3, 1)] * 2), min_size=1, max_size=6), st.floats(0.5, 2.0))
@settings(max_examples=60, deadline=None)
def test_a_window_in_proportion_lies_in_the_picture_and_has_them(spans: list[tuple[float, ...]], wanted: float) -> None:
    edges = np.array([(top, min(1, top + high), left, min(1, left + wide)) for top, high, left, wide in spans])
    found = in_proportion(edges, np.full(len(edges), wanted))
    high, wide = found[:, 1] - found[:, 0], found[:, 3] - found[:, 2]
    assert (found >= -1e-9).all() and (found <= 1 + 1e-9).all()
    assert (np.abs(np.log(wide / high / wanted)) <= np.log1p(SQUEEZED) + 1e-9).all()
    before = (edges[:, 1] - edges[:, 0]) * (edges[:, 3] - edges[:, 2])
    assert (high * wide <= before + 1e-9).all()
    again = in_proportion(found, np.full(len(found), wanted))
    assert again == pytest.approx(found, abs=1e-9)  # what is in proportion stays where it is


def looks_of_grey(thumbs: NDArray[np.uint8]) -> Looks:
    colours = np.repeat(thumbs.reshape(-1, 8, 8, 8, 8).mean(axis=(2, 4))[..., None] / 255, 3, axis=3).astype(np.float32)
    return Looks(thumbs, colours, kinds_of(thumbs, np.zeros(len(thumbs)), LIMITS), np.ones(len(thumbs)))


def world(count: int) -> NDArray[np.uint8]:
    """Scenes, and of each a crop turned by a quarter."""
    pictures = []
    for seed in range(count):
        big = waves(seed, 640)
        top, left = np.random.default_rng(seed).integers(0, 128, 2)
        crop = big[top : top + 512, left : left + 512].reshape(SIDE, 8, SIDE, 8).mean(axis=(1, 3))
        pictures += [big.reshape(SIDE, 10, SIDE, 10).mean(axis=(1, 3)), np.rot90(crop)]
    return np.stack(pictures).astype(np.uint8)


def world_on_white(count: int) -> NDArray[np.uint8]:
    """Things in the middle of white, and of each a crop of the picture."""
    pictures = []
    places = np.linspace(-1, 1, 640)
    for seed in range(count):
        rng = np.random.default_rng(seed)
        high, wide = rng.uniform(0.4, 0.7, 2)
        inside = (places[:, None] / high) ** 2 + (places / wide) ** 2 < 1
        big = np.where(inside, waves(seed, 640) * 0.8, 255)
        top, left = rng.integers(0, 128, 2)
        crop = big[top : top + 512, left : left + 512].reshape(SIDE, 8, SIDE, 8).mean(axis=(1, 3))
        pictures += [big.reshape(SIDE, 10, SIDE, 10).mean(axis=(1, 3)), crop]
    return np.stack(pictures).astype(np.uint8)


@pytest.mark.parametrize(("made", "kind"), [(world, PHOTO), (world_on_white, PRODUCT)])
def test_a_cheap_look_drops_no_pair_that_a_whole_one_finds(
    made: Callable[[int], NDArray[np.uint8]], kind: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = looks_of_grey(made(24))
    assert np.mean(looks.kinds == kind) > 0.9
    found = candidates(looks, LIMITS)
    quick = alike(found, looks, LIMITS)
    monkeypatch.setattr(comparing, "_hopeful", lambda pairs, *_: np.arange(len(pairs)))
    assert quick.tolist() == alike(found, looks, LIMITS).tolist()
    assert 20 <= quick.sum() < len(found)


def test_candidates_are_the_same_with_and_without_a_table_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = looks_of_grey(world(12))
    searched = candidates(looks, LIMITS)
    monkeypatch.setattr(likeness, "TABLE_FROM", 1)
    read = candidates(looks, LIMITS)
    for name in ("outer", "inner", "window", "position", "bits"):
        assert getattr(searched, name).tolist() == getattr(read, name).tolist()
    assert len(read) >= 12


def test_a_picture_is_compared_with_those_that_correlate_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four sheets that are nearly one, and a copy of the first that is nearer than all of them."""
    base = waves(1).astype(np.float64)
    near = [0.8 * base + 0.2 * waves(seed) for seed in range(2, 6)]
    thumbs = np.stack([base, *near, np.clip(base + 2, 0, 255)]).round().astype(np.uint8)
    looks = looks_of_grey(thumbs)
    every = candidates(looks, LIMITS)
    assert len(set(zip(every.outer.tolist(), every.inner.tolist(), strict=True))) > 6
    monkeypatch.setattr(likeness, "MOST", 1)
    few = candidates(looks, LIMITS)
    of_first = {
        other for pair in zip(few.outer.tolist(), few.inner.tolist(), strict=True) for other in pair if 0 in pair
    }
    assert 5 in of_first
    assert len(
        set(zip(np.minimum(few.outer, few.inner).tolist(), np.maximum(few.outer, few.inner).tolist(), strict=True))
    ) <= len(thumbs)


def pairs_of(found: Matches) -> set[tuple[int, int]]:
    return {(min(pair), max(pair)) for pair in zip(found.outer.tolist(), found.inner.tolist(), strict=True)}


def test_of_many_pictures_each_is_compared_with_the_nearest_and_with_all_that_are_close(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    base = waves(1).astype(np.float64)
    near = [0.8 * base + 0.2 * waves(seed) for seed in range(2, 8)]
    looks = looks_of_grey(np.stack([base, *near, np.clip(base + 2, 0, 255)]).round().astype(np.uint8))
    every = pairs_of(candidates(looks, LIMITS))
    monkeypatch.setattr(likeness, "FROM", 1)  # many, from here
    monkeypatch.setattr(likeness, "CLOSE", -3.0)
    assert pairs_of(candidates(looks, LIMITS)) == every
    monkeypatch.setattr(likeness, "CLOSE", 3.0)
    monkeypatch.setattr(likeness, "FIRST", 1)
    few = pairs_of(candidates(looks, LIMITS))
    assert (0, 7) in few
    assert few < every
    assert {picture for pair in few for picture in pair} == set(range(8))  # nobody is left without
    assert len(few) <= 8


def test_of_pictures_of_the_same_greys_the_nearest_is_that_of_the_same_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = looks_of_grey(np.stack([waves(1)] * 4 + [waves(2)]))
    looks.colours[:2, ..., 0] *= 0.4
    monkeypatch.setattr(likeness, "FROM", 1)
    monkeypatch.setattr(likeness, "CLOSE", 3.0)
    monkeypatch.setattr(likeness, "FIRST", 1)
    assert pairs_of(candidates(looks, LIMITS)) == {(0, 1), (2, 3)}


@given(st.integers(1, 10**9))
def test_twice_as_many_pictures_are_met_by_keys_of_one_sign_more(entries: int) -> None:
    one, two = likeness._key_bits(entries), likeness._key_bits(2 * entries)
    low, high = likeness.KEY_BITS
    assert low <= one <= two <= min(high, one + 1)
    if entries >= likeness.ENTRIES and two < high:
        assert two == one + 1
        assert 0.5 <= entries / likeness.ENTRIES / 2 ** (one - low) <= 2


@pytest.mark.parametrize("bits", range(likeness.KEY_BITS[0], likeness.KEY_BITS[1] + 1))
def test_no_key_asks_for_one_sign_twice_and_no_two_for_the_same(bits: int) -> None:
    sets = likeness._strong_cosines(bits)
    assert all(len(set(places)) == bits and 0 not in places for places in sets)
    assert len(set(sets)) == len(sets) == 6
