"""Signs of windows: a turned picture has the signs of its position, a crop has those of its window."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.screen.windows import (
    POSITIONS,
    SIDE,
    in_position,
    intervals,
    pack_thumbnail,
    positions_of,
    rectangles,
    signs_from_text,
    signs_of,
    signs_to_text,
    unpack_thumbnails,
    whole_cosines,
    window_signs,
)


def scene(seed: int, side: int = SIDE) -> np.ndarray:
    """Smooth random levels, uint8 (side, side)."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : side * 1j, 0 : 1 : side * 1j]
    waves = sum(
        rng.normal() * np.cos(np.pi * (u * y + v * x) + rng.uniform(0, 6)) for u in range(-4, 5) for v in range(5)
    )
    return np.asarray((waves - waves.min()) / (waves.max() - waves.min()) * 255, dtype=np.uint8)


@given(st.integers(0, 10_000), st.integers(0, POSITIONS - 1))
@settings(deadline=None, max_examples=30)
def test_the_eight_positions_come_out_of_one_transform(seed: int, position: int) -> None:
    picture = scene(seed)
    turned = np.ascontiguousarray(in_position(picture, position))
    ours = signs_of(whole_cosines(picture[None]))[0, position]
    theirs = window_signs(turned[None])[0, 0]
    assert int(ours ^ theirs).bit_count() <= 1  # a cosine of about zero may fall on either side
    from_signs = positions_of(signs_of(whole_cosines(picture[None]))[0, 0])[position]
    assert int(from_signs ^ theirs).bit_count() <= 1


def test_windows_cover_every_crop_down_to_the_shortest() -> None:
    whole, *rest = intervals()
    assert whole == (0.0, 1.0)
    assert all(start >= 0 and start + length <= 1 + 1e-9 for start, length in rest)
    assert tuple(rectangles()[0]) == (0, 0)
    for length in {length for _, length in rest}:
        starts = sorted(start for start, other in rest if other == length)
        assert starts[0] == 0
        assert starts[-1] == pytest.approx(1 - length)


@pytest.mark.parametrize("seed", range(6))
def test_a_crop_has_the_signs_of_its_window(seed: int) -> None:
    big = scene(seed, 10 * SIDE)
    small = big.reshape(SIDE, 10, SIDE, 10).mean(axis=(1, 3)).astype(np.uint8)
    spans, pairs = intervals(), rectangles()
    all_windows = window_signs(small[None])[0]
    for number in range(0, len(pairs), 7):
        (top, high), (left, wide) = spans[pairs[number][0]], spans[pairs[number][1]]
        cut = big[round(top * 640) : round((top + high) * 640), round(left * 640) : round((left + wide) * 640)]
        rows = np.linspace(0, cut.shape[0] - 1, 640).round().astype(int)
        columns = np.linspace(0, cut.shape[1] - 1, 640).round().astype(int)
        cut_small = cut[rows][:, columns].reshape(SIDE, 10, SIDE, 10).mean(axis=(1, 3)).astype(np.uint8)
        own = window_signs(cut_small[None])[0, 0]
        assert int(all_windows[number] ^ own).bit_count() <= 8


def test_thumbnails_and_signs_survive_as_text() -> None:
    pictures = np.stack([scene(seed) for seed in range(3)])
    assert (unpack_thumbnails([pack_thumbnail(item) for item in pictures]) == pictures).all()
    assert unpack_thumbnails([]).shape == (0, SIDE, SIDE)
    signs = window_signs(pictures)[1]
    assert (signs_from_text(signs_to_text(signs)) == signs).all()
    with pytest.raises(ValueError):
        unpack_thumbnails(["AAAA"])
    with pytest.raises(ValueError):
        signs_from_text("no base64!")
