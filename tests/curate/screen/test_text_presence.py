"""The look that lets a picture skip the OCR engine may err to one side only."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from curate.screen.text_presence import letters_are_possible
from tests.curate.screen.worlds import japanese_font


@pytest.mark.parametrize("turn", [0, 30, 90])
@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (130, 170), (30, 60)])
@pytest.mark.parametrize("size", [8, 10, 40])
def test_one_word_anywhere_is_enough(size: int, paper: int, ink: int, turn: int) -> None:
    picture = Image.new("L", (300, 200), paper)
    ImageDraw.Draw(picture).text((117, 83), "社外秘", fill=ink, font=ImageFont.truetype(str(japanese_font()), size))
    turned = picture.rotate(turn, fillcolor=paper, resample=Image.Resampling.BICUBIC)
    assert letters_are_possible(np.asarray(turned.convert("RGB")))


def test_blank_smooth_and_striped_pictures_have_no_letters() -> None:
    ramp = np.repeat(np.linspace(0, 255, 400, dtype=np.uint8)[None, :], 300, axis=0)
    stripes = np.repeat((np.arange(400) % 40 < 20)[None, :] * np.uint8(255), 300, axis=0)
    for grey in (np.full((300, 400), 200, np.uint8), ramp, stripes):
        assert not letters_are_possible(np.repeat(grey[:, :, None], 3, axis=2))
