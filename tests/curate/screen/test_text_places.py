"""Geometry of lines at any angle."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from curate.screen.text_places import Place, apart, grouped, half_turn, place_of, strip, whole_turn

angles = st.floats(-720, 720, allow_nan=False)


@given(angles, angles)
def test_angles_are_brought_into_their_range_and_stay_the_same(a: float, b: float) -> None:
    assert -90 < half_turn(a) <= 90 and apart(half_turn(a), a) < 1e-6
    assert -180 < whole_turn(a) <= 180 and apart(whole_turn(a), a, 360.0) < 1e-6
    assert 0 <= apart(a, b) <= 90 and apart(a, b) == pytest.approx(apart(b, a), abs=1e-9)


@given(st.floats(-89, 90), st.floats(30, 300), st.floats(5, 25), st.permutations(range(4)))
def test_a_rectangle_is_known_from_its_corners_in_any_order(
    angle: float, length: float, height: float, order: list[int]
) -> None:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    ends = [(-length, -height), (length, -height), (length, height), (-length, height)]
    corners = np.array([(400 + (a * cos + b * sin) / 2, 300 + (-a * sin + b * cos) / 2) for a, b in ends])
    place = place_of(corners[order])
    assert (place.x, place.y) == pytest.approx((400, 300))
    assert (place.length, place.height) == pytest.approx((length, height))
    assert apart(place.angle, angle) < 1e-6
    left, top, wide, high = place.upright_box(2000, 2000)
    assert left <= corners[:, 0].min() + 1e-6 and left + wide >= corners[:, 0].max() - 1e-6
    assert top <= corners[:, 1].min() + 1e-6 and top + high >= corners[:, 1].max() - 1e-6


def test_lines_of_one_direction_make_a_group_and_short_ones_join_the_largest_that_fits() -> None:
    places = [
        Place(0, 0, 200, 20, 20.0),
        Place(0, 50, 180, 20, 22.0),
        Place(9, 9, 100, 20, -68.0),  # across the others: a dimension
        Place(5, 5, 20, 19, -70.0),  # a square shows its sides only
    ]
    (main, first), (across, second) = grouped(places)
    assert main == 20.0 and sorted(first) == [0, 1, 3]
    assert across == pytest.approx(-68.0) and second == [2]


@pytest.mark.parametrize("direction", [0.0, 30.0, 90.0, 151.0, 180.0, -60.0])
def test_a_strip_reads_to_the_right(direction: float) -> None:
    page = Image.new("RGB", (300, 300), "white")
    ImageDraw.Draw(page).rectangle((110, 144, 140, 156), fill="black")  # the beginning of the line
    turned = page.rotate(direction, fillcolor="white", resample=Image.Resampling.BICUBIC)
    cut = strip(turned, Place(150, 150, 90, 16, half_turn(direction)), direction)
    assert cut.shape[0] == 48
    columns = cut.mean(axis=(0, 2))
    assert columns[: len(columns) // 3].mean() < 130 < columns[len(columns) // 2 :].mean()
