"""Measures of quality against their definitions, told the long way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from curate.picture_quality import (
    BURNT,
    FEW,
    GREY_TAIL,
    LITTLE,
    PURE,
    REACH,
    STRONG,
    WHITE,
    burnt_share,
    edge_steepness,
    grey_tail_share,
    laplacian_variance,
)


def levels_of(seed: int, height: int, width: int) -> NDArray[np.uint8]:
    """Soft and hard steps, by turns of the seed."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (height // 6 + 1, width // 6 + 1), dtype=np.uint8))
    way = (Image.Resampling.NEAREST, Image.Resampling.BILINEAR, Image.Resampling.BICUBIC)[seed % 3]
    return np.asarray(coarse.resize((width, height), way), dtype=np.uint8)


def steepness_step_by_step(grey: NDArray[np.uint8]) -> float:
    shares: list[float] = []
    for levels in (grey.astype(int), grey.T.astype(int)):
        width = levels.shape[1]
        if width <= REACH:
            continue
        steps = [abs(int(row[x + REACH] - row[x])) for row in levels for x in range(width - REACH)]
        limit = max(STRONG, sorted(steps)[int(np.ceil(0.95 * len(steps))) - 1])
        for row in levels:
            for x in range(width - REACH):
                if (step := abs(int(row[x + REACH] - row[x]))) > limit:
                    largest = max(abs(int(row[x + n + 1] - row[x + n])) for n in range(REACH))
                    shares.append(min(largest / step, 1.0))
    return float(np.mean(shares)) if len(shares) >= FEW else 1.0


@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 60))
@settings(max_examples=40, deadline=None)
def test_edges_are_as_steep_as_step_by_step(seed: int, height: int, width: int) -> None:
    grey = levels_of(seed, height, width)
    assert edge_steepness(grey) == pytest.approx(steepness_step_by_step(grey), abs=1e-9)


@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_sharpness_is_the_variance_of_the_laplacian(seed: int, height: int, width: int) -> None:
    grey = levels_of(seed, height, width)
    wide = grey.astype(np.float64)
    edges = wide[:-2, 1:-1] + wide[2:, 1:-1] + wide[1:-1, :-2] + wide[1:-1, 2:] - 4 * wide[1:-1, 1:-1]
    expected = edges.var() if min(grey.shape) >= 3 else 0.0
    assert laplacian_variance(grey) == pytest.approx(expected, rel=1e-4, abs=1e-3)


@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(0, 40), st.integers(110, 145), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_a_grey_tail_is_counted_from_the_bottom(seed: int, height: int, tail: int, level: int, noise: int) -> None:
    picture = np.repeat(levels_of(seed, height, 30)[:, :, None], 3, axis=2)
    picture[:, 0] = (10, 200, 30)  # no row of the picture itself is grey
    tail = min(tail, height)
    if tail:
        picture[-tail:] = np.random.default_rng(seed).integers(level, level + noise + 1, (tail, 30, 3))
    grey = GREY_TAIL[0] <= level and level + noise <= GREY_TAIL[1]
    if grey or level > GREY_TAIL[1] or level + noise < GREY_TAIL[0]:
        expected = tail / height if grey and tail < height else 0.0
        assert grey_tail_share(Image.fromarray(picture)) == expected


def burnt(colours: Image.Image) -> float:
    return burnt_share(colours, colours.convert("L"))


@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 40), st.sampled_from([0, 80, 160]))
@settings(max_examples=40, deadline=None)
def test_lost_light_is_counted_on_what_is_not_white(seed: int, height: int, width: int, lighter: int) -> None:
    rng = np.random.default_rng(seed)
    levels = (rng.integers(0, 256, (height, width, 3)) + lighter).clip(0, 255).astype(np.uint8)
    picture = Image.fromarray(levels)
    grey = np.asarray(picture.convert("L"))
    looked = [(y, x) for y in range(0, height, 2) for x in range(0, width, 2)]
    shown = [place for place in looked if grey[place] < WHITE]
    lost = [place for place in shown if sorted(levels[place])[1] >= BURNT and min(levels[place]) >= PURE]
    expected = len(lost) / len(shown) if shown and len(shown) >= LITTLE * len(looked) else 0.0
    assert burnt(picture) == pytest.approx(expected)


def test_a_pure_colour_is_no_lost_light_and_a_bleached_one_is() -> None:
    for pure in ((255, 0, 0), (255, 255, 0), (0, 255, 255), (214, 236, 255)):  # the last is a bright sky
        assert burnt(Image.new("RGB", (40, 40), pure)) == 0.0
    assert burnt(Image.new("RGB", (40, 40), (255, 254, 90))) == 1.0
    assert burnt(Image.new("RGB", (40, 40), "white")) == 0.0
