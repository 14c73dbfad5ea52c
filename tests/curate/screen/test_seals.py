"""Seal impressions, and red things that are none."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from curate.finding import Detector, Severity
from curate.picture import TextLine
from curate.screen.pixel_names import seal_findings
from curate.screen.seals import find_impressions, is_seal
from tests.curate.fakes import make_picture_facts
from tests.curate.screen.worlds import japanese_font

VERMILION = (206, 40, 38)


def sheet() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (300, 200), "white")
    brush = ImageDraw.Draw(picture)
    brush.rectangle((60, 20, 240, 180), outline="black")
    return picture, brush


def press(picture: Image.Image, at: tuple[int, int], size: int, *, square: bool = False, turn: float = 0.0) -> None:
    """A seal of 山田, drawn four times as large and reduced."""
    large = size * 4
    patch = Image.new("RGBA", (2 * large, 2 * large), (0, 0, 0, 0))
    brush, o = ImageDraw.Draw(patch), large // 2
    frame = (o, o, o + large, o + large)
    (brush.rectangle if square else brush.ellipse)(frame, outline=VERMILION, width=max(4, large // 20))
    letters = ImageFont.truetype(str(japanese_font()), int(large * 0.36))
    for k, letter in enumerate("山田"):
        brush.text((large, large + (k - 0.5) * large * 0.37), letter, font=letters, fill=VERMILION, anchor="mm")
    patch = patch.resize((2 * size, 2 * size), Image.Resampling.LANCZOS).rotate(turn, Image.Resampling.BICUBIC)
    picture.paste(patch, (at[0] - size, at[1] - size), patch)


@pytest.mark.parametrize("turn", [0.0, 20.0, -35.0])
@pytest.mark.parametrize("square", [False, True])
@pytest.mark.parametrize("size", [18, 30, 60])
def test_an_impression_is_found_where_it_is(size: int, square: bool, turn: float) -> None:
    picture, brush = sheet()
    brush.line((0, 104, 300, 104), fill="black")
    press(picture, (150, 100), size, square=square, turn=turn)
    (seen,) = find_impressions(np.asarray(picture))
    x, y, wide, high = seen.box
    assert abs(x + wide / 2 - 150) < 4 and abs(y + high / 2 - 100) < 4
    assert size - 3 <= wide <= size * 1.45 + 4


def test_red_things_that_are_no_impressions() -> None:
    picture, brush = sheet()
    brush.ellipse((70, 30, 110, 70), fill=VERMILION)  # a disc
    brush.ellipse((120, 30, 160, 70), outline=VERMILION, width=3)  # an empty ring: a mark on a drawing
    brush.rectangle((170, 30, 230, 50), outline=VERMILION, width=2)  # the frame of a stamp, not square
    brush.text((180, 32), "社外秘", font=ImageFont.truetype(str(japanese_font()), 14), fill=VERMILION)
    brush.ellipse((70, 90, 130, 150), fill="white", outline=VERMILION, width=6)  # a sign with a black bar
    brush.rectangle((84, 114, 116, 126), fill="black")
    assert find_impressions(np.asarray(picture)) == ()


def test_a_seal_on_the_edge_and_a_grey_picture_are_left_out() -> None:
    picture, _ = sheet()
    press(picture, (0, 100), 40)
    assert find_impressions(np.asarray(picture)) == ()
    other, _ = sheet()
    press(other, (150, 100), 40)
    assert find_impressions(np.asarray(other.convert("L").convert("RGB"))) == ()


@pytest.mark.parametrize(("text", "seal"), [("山田", True), ("", True), ("技術部24.3.1山田", True), ("3", False), ("OK", False), ("秘", False)])  # fmt: skip
def test_what_is_legible_decides(text: str, seal: bool) -> None:
    assert is_seal(text) is seal


def test_a_seal_is_reported_without_showing_the_name() -> None:
    lines = (TextLine("山田", 0.9, (10, 20, 40, 40), seal=True), TextLine("山田", 0.9, (12, 22, 20, 40)))
    (found,) = seal_findings(make_picture_facts(text_lines=lines), Detector("pixel-text", "1"))
    assert (found.kind, found.severity, found.where.box) == ("privacy.seal", Severity.MEDIUM, (10, 20, 40, 40))
    assert found.masked == "••"
