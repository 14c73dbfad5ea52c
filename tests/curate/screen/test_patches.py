"""What is finer than the neighbourhood, and the worst patch, against their plain definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from curate.screen.patches import PATCH, patches, sharp, without_worst, worst_patch


def two(seed: int, side: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rng = np.random.default_rng(seed)
    one, other = rng.uniform(0, 255, (2, 3, side, side)).astype(np.float32)
    return one, other


@given(st.integers(0, 1000), st.sampled_from([16, 32]))
@settings(max_examples=30, deadline=None)
def test_sharp_is_what_a_cell_has_above_the_mean_of_five_by_five(seed: int, side: int) -> None:
    cells, _ = two(seed, side)
    wide = np.pad(cells, ((0, 0), (2, 2), (2, 2)), mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(wide, (5, 5), axis=(1, 2))
    assert sharp(cells) == pytest.approx(cells - around.mean(axis=(3, 4)), abs=1e-3)


def test_no_picture_is_sharpened_by_its_neighbours() -> None:
    cells, _ = two(3, 32)
    assert all((sharp(cells)[row] == sharp(cells[row : row + 1])[0]).all() for row in range(3))


@given(st.integers(0, 1000), st.sampled_from([16, 32]))
@settings(max_examples=30, deadline=None)
def test_the_worst_patch_is_that_whose_level_differs_most_at_one_spread(seed: int, side: int) -> None:
    one, other = two(seed, side)
    found = worst_patch(one, other)
    for row in range(3):
        a, b = ((cells[row] - cells[row].mean()) / cells[row].std() for cells in (one, other))
        levels = [cells.reshape(side // PATCH, PATCH, -1, PATCH).mean(axis=(1, 3)) for cells in (a, b)]
        assert found[row] == pytest.approx(np.abs(levels[0] - levels[1]).max() / np.ptp(b), rel=1e-3)


def test_the_worst_patch_of_nothing_is_nothing() -> None:
    none = np.empty((0, 32, 32), dtype=np.float32)
    assert len(worst_patch(none, none)) == len(without_worst(none, none, 1.0)) == 0


def test_leaving_nothing_out_is_correlating_all() -> None:
    one, other = two(5, 32)
    whole = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(one, other, strict=True)]
    assert without_worst(one, other, 1.0) == pytest.approx(whole, abs=1e-4)
    other[:, :PATCH, :PATCH] = 0  # something stands on one patch
    assert (without_worst(other, other + 9, 1 - 1 / len(patches(other)[0])) > 0.999).all()
