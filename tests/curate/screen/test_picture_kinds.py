"""Kinds of many pictures at once are those of each picture alone, with its border cut off the long way."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from curate.screen.picture_kinds import BORDER, FLAT_ART, GROUND, LINE_ART, PHOTO, PRODUCT, SHADE, SHADES, kinds_of
from curate.screen.settings import DuplicateLimits
from curate.screen.windows import INK, SIDE

LIMITS = DuplicateLimits()


def thumb(seed: int) -> NDArray[np.uint8]:
    """Something with or without a border, in few or in many levels, filled or as lines."""
    rng = np.random.default_rng(seed)
    levels = rng.integers(60, 61 + rng.choice([1, 12, 180]), (SIDE, SIDE))
    if rng.random() < 0.3:
        levels = np.where(rng.random((SIDE, SIDE)) < 0.1, 20, 255)
    top, bottom, left, right = rng.integers(0, 24, 4)
    level = int(rng.integers(0, 250))
    framed = level + rng.integers(0, rng.integers(1, 7), (SIDE, SIDE))
    framed[top : SIDE - bottom, left : SIDE - right] = levels[top : SIDE - bottom, left : SIDE - right]
    return framed.clip(0, 255).astype(np.uint8)


def alone(levels: NDArray[np.uint8], white_share: float) -> int:
    ink = levels < INK
    around = ink[1:-1, 1:-1] & ink[:-2, 1:-1] & ink[2:, 1:-1] & ink[1:-1, :-2] & ink[1:-1, 2:]
    if white_share >= LIMITS.line_art_white_share and around.sum() < LIMITS.solid_share * ink.sum():
        return LINE_ART
    whole = levels
    for _ in range(2):
        ends = [n for n, row in enumerate(levels)
                if int(row.max()) - int(row.min()) > BORDER or abs(int(row[0]) - int(levels[0, 0])) > BORDER]  # fmt: skip
        if ends and ends[-1] - ends[0] >= len(levels) // 2:
            levels = levels[ends[0] : ends[-1] + 1]
        levels = levels.T
    counts = np.bincount(levels[levels < INK] // SHADE, minlength=1)
    if np.sort(counts)[-SHADES:].sum() >= LIMITS.flat_share * counts.sum():
        return FLAT_ART
    ground = max(((whole >= level) & (whole < level + GROUND)).mean() for level in range(256))
    return PRODUCT if ground >= LIMITS.plain_share else PHOTO


@given(st.lists(st.tuples(st.integers(0, 10_000), st.floats(0, 1)), min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_kinds_of_many_are_the_kinds_of_each(pictures: list[tuple[int, float]]) -> None:
    thumbs, white = np.stack([thumb(seed) for seed, _ in pictures]), np.array([share for _, share in pictures])
    expected = [alone(levels, share) for levels, share in zip(thumbs, white.tolist(), strict=True)]
    assert kinds_of(thumbs, white, LIMITS).tolist() == expected
