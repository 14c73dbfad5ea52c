"""Whitening is the same in whatever order the pictures come, takes correlation away, and waits for enough of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curate.screen.whitening import FROM, Whitening
from curate.screen.windows import POSITIONS, SIDE, whole_cosines


def things(count: int) -> NDArray[np.uint8]:
    """Something grey in the middle of white, each of another size and shade."""
    rng = np.random.default_rng(4)
    found = np.full((count, SIDE, SIDE), 255, dtype=np.uint8)
    for levels in found:
        high, wide = rng.integers(10, 26, 2)
        inside = levels[32 - high : 32 + high, 32 - wide : 32 + wide]
        inside[:] = rng.integers(40, 200) + rng.integers(-20, 20, inside.shape)
    return found


def test_the_order_of_the_pictures_changes_no_bit() -> None:
    wholes = whole_cosines(things(FROM + 20))
    one, other = Whitening.of(wholes), Whitening.of(wholes[::-1])
    assert one.mean.tobytes() == other.mean.tobytes()
    assert one.matrix.tobytes() == other.matrix.tobytes()
    assert one(wholes)[::-1].tobytes() == other(wholes[::-1]).tobytes()


def test_what_all_have_in_common_is_gone() -> None:
    wholes = whole_cosines(things(FROM))
    white = Whitening.of(wholes)
    before = wholes[:, 0, 1:] / np.linalg.norm(wholes[:, 0, 1:], axis=1, keepdims=True)
    after = white(wholes)[:, 0]
    apart = ~np.eye(FROM, dtype=np.bool_)
    assert (before @ before.T)[apart].mean() > 0.6
    assert abs((after @ after.T)[apart].mean()) < 0.15


def test_a_turned_picture_turns_what_is_left_of_it() -> None:
    thumbs = things(FROM)
    white = Whitening.of(whole_cosines(thumbs))
    turned = white(whole_cosines(thumbs[:5, ::-1, ::-1].swapaxes(1, 2)))
    plain = white(whole_cosines(thumbs[:5]))
    best = np.einsum("pic,pjc->pij", turned, plain).max(axis=2)
    assert best.shape == (5, POSITIONS)
    assert best.min() > 0.999


def test_of_few_pictures_nothing_is_taken_away_and_nothing_asked() -> None:
    wholes = whole_cosines(things(FROM - 1))
    white = Whitening.of(wholes)
    assert white.near == -1
    assert np.allclose(white(wholes)[0, 0, 1:], wholes[0, 0, 1:] / np.linalg.norm(wholes[0, 0, 1:]), atol=1e-5)
