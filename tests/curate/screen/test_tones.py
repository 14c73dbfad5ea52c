"""What brightening and contrast cut off in one of two views is cut off in the other; other views stay as they are."""

from __future__ import annotations

import numpy as np
import pytest

from curate.screen.tones import equally_clipped

SHADED = np.ones(4, dtype=np.bool_)


def views() -> np.ndarray:
    rng = np.random.default_rng(3)
    soft = np.kron(rng.uniform(20, 230, (4, 8, 8)), np.ones((4, 4))) + rng.normal(0, 6, (4, 32, 32))
    return soft.clip(0, 255).astype(np.float32)


@pytest.mark.parametrize(("times", "more"), [(1.4, 0.0), (1.5, -60.0), (1.9, -30.0)])
@pytest.mark.parametrize("swapped", [False, True])
def test_what_was_cut_off_in_one_is_cut_off_in_the_other(times: float, more: float, swapped: bool) -> None:
    plain = views()
    edited = np.clip(plain * np.float32(times) + np.float32(more), 0, 255)
    one, other = equally_clipped(edited, plain, SHADED) if swapped else equally_clipped(plain, edited, SHADED)
    assert np.abs(one - other).mean() < 1.5
    assert np.abs(plain * times + more - edited).mean() > 2  # something was cut off


def test_a_caption_does_not_pass_for_contrast() -> None:
    plain = views()
    edited = np.clip(plain * np.float32(1.4), 0, 255)
    edited[:, 26:30, 2:14] = 0
    one, other = equally_clipped(plain, edited, SHADED)
    clear = np.ones(one.shape, dtype=np.bool_)
    clear[:, 26:30, 2:14] = False
    assert np.abs(one - other)[clear].mean() < 2


def test_views_of_one_tone_and_blank_ones_stay_as_they_are() -> None:
    plain = views()
    for pair in ((plain, plain.copy()), (np.full_like(plain, 255), plain), (plain * 0.2, plain)):
        one, other = equally_clipped(*pair, SHADED)
        assert np.array_equal(one, pair[0])
        assert np.array_equal(other, pair[1])


def test_contrast_is_told_of_what_is_shaded_and_brightness_of_everything() -> None:
    plain = views()
    for times, more, told in ((1.5, -60.0, False), (1.4, 0.0, True)):
        edited = np.clip(plain * np.float32(times) + np.float32(more), 0, 255)
        one, other = equally_clipped(plain, edited, ~SHADED)
        assert bool(np.abs(one - other).mean() < 2) is told
