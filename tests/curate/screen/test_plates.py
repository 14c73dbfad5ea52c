"""Number plates: what two rows have to read like, drawn plates found by the real engine, and what is no plate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from curate.screen.ocr_engine import TextReaderUnavailableError
from curate.screen.plates import PlateDetector, likeness, rows_of_letters
from imprimatur.sample.font import find_font

FONT = str(find_font().path)


class Read:
    """An engine that reads the same in every strip of a kind: the lower rows, then the upper."""

    def __init__(self, serial: str, head: str) -> None:
        self.texts_given = [serial, head]
        self.asked = 0

    def texts(self, strips: Sequence[np.ndarray]) -> list[tuple[str, float]]:
        self.asked += len(strips)
        return [(self.texts_given[(self.asked - 1) % 2], 0.95) for _ in strips]


def plate(
    serial: str = "12-34", head: str = "品川 500", kana: str = "さ", ground: str = "white", ink: str = "#145434"
) -> Image.Image:
    """A Japanese plate 330 pixels wide on a grey car."""
    car = Image.new("RGB", (640, 420), (96, 98, 104))
    drawn = Image.new("RGB", (330, 165), ground)
    pen = ImageDraw.Draw(drawn)
    pen.text((165, 38), head, font=ImageFont.truetype(FONT, 44), fill=ink, anchor="mm")
    pen.text((36, 108), kana, font=ImageFont.truetype(FONT, 42), fill=ink, anchor="mm")
    for x, letter in zip((92, 146, 186, 226, 280), serial, strict=True):
        if letter == "-":
            pen.rectangle((x - 8, 105, x + 8, 112), fill=ink)
            continue
        digit = Image.new("L", (120, 160), 0)
        ImageDraw.Draw(digit).text(
            (60, 80), letter, font=ImageFont.truetype(FONT, 110), fill=255, anchor="mm", stroke_width=2
        )
        digit = digit.crop(digit.getbbox()).resize((16 if letter == "1" else 40, 80))
        drawn.paste(Image.new("RGB", digit.size, ink), (x - digit.width // 2, 68), digit)
    car.paste(drawn, (150, 130))
    return car


def shown(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, np.uint8)


@pytest.mark.parametrize(
    ("serial", "head", "like"),
    [
        ("さ12-34", "品川500", True),
        ("12-34", "品川500", True),
        ("さ 12ー34", "", True),
        ("れ・・12", "なにわ 33A", True),
        ("・395", "札幌457", True),
        ("12-34", "", False),  # a date, a part of a number
        ("12-34", "TYPE", False),
        ("1234567", "品川500", False),
        ("395", "SALE", False),
        ("", "品川500", False),
    ],
)
def test_what_reads_like_a_plate(serial: str, head: str, like: bool) -> None:
    assert (likeness(serial, head) >= 0.6) is like


@pytest.mark.parametrize(("ground", "ink"), [("white", "#145434"), ("#f6c828", "#181818"), ("#1a6042", "white"), ("#181818", "#f0c428")])  # fmt: skip
def test_plates_of_every_colour_are_found_by_the_real_engine(ground: str, ink: str) -> None:
    picture = plate(ground=ground, ink=ink).rotate(5, resample=Image.Resampling.BICUBIC, fillcolor=(96, 98, 104))
    (found,) = PlateDetector().find(shown(picture.resize((320, 210), Image.Resampling.LANCZOS)))
    x, y, width, height = found.box
    assert abs(x + width / 2 - 158) < 25 and abs(y + height / 2 - 106) < 25


def test_a_row_of_digits_that_does_not_read_like_a_plate_is_none() -> None:
    assert PlateDetector(Read("12-34", "TOTAL")).find(shown(plate(head="TOTAL", kana=" "))) == ()


def test_a_part_number_on_a_label_is_no_plate() -> None:
    label = Image.new("RGB", (400, 200), (96, 98, 104))
    label.paste(Image.new("RGB", (260, 70), "white"), (60, 60))
    ImageDraw.Draw(label).text((190, 95), "KD-32-05A", font=ImageFont.truetype(FONT, 44), fill="black", anchor="mm")
    assert rows_of_letters(shown(label))
    assert PlateDetector().find(shown(label)) == ()


def test_a_picture_without_rows_is_not_read() -> None:
    engine = Read("さ12-34", "品川500")
    smooth = Image.linear_gradient("L").resize((640, 480)).convert("RGB")
    assert PlateDetector(engine).find(shown(smooth)) == () and engine.asked == 0
    assert rows_of_letters(np.zeros((1, 1, 3), np.uint8)) == []


def test_without_an_engine_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curate.screen.ocr_engine.missing", lambda: "rapidocr is not installed")
    with pytest.raises(TextReaderUnavailableError):
        PlateDetector().find(shown(plate()))
