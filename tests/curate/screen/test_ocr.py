"""The reader of text in pixels: the search for the direction with an engine of paper, and the real engine on drawn pages."""

from __future__ import annotations

import math
import socket
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from curate.screen import ocr_engine
from curate.screen.ocr import TextReader, TextReadError, TextReaderUnavailableError
from curate.screen.ocr_engine import Corners, Rgb, TextEngine
from curate.screen.text_places import LONGEST_STRIP, Place, strip
from tests.curate.screen.worlds import japanese_font


def noise(height: int = 120, width: int = 200) -> Rgb:
    return np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8)


def corners(x: float, y: float, length: float, height: float, angle: float = 0.0) -> Corners:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    ends = [(-length, -height), (length, -height), (length, height), (-length, height)]
    return np.array([(x + (a * cos + b * sin) / 2, y + (-a * sin + b * cos) / 2) for a, b in ends])


class PaperEngine:
    """Finds what it is told; the n-th strip that it is shown reads as the n-th answer, and again the last one."""

    def __init__(self, places: list[Corners], answers: Sequence[tuple[str, float]]) -> None:
        self._places, self._answers, self.strips = places, list(answers), 0

    def places(self, rgb: Rgb) -> list[Corners]:
        return self._places

    def texts(self, strips: Sequence[Rgb]) -> list[tuple[str, float]]:
        first, self.strips = self.strips, self.strips + len(strips)
        return [self._answers[min(first + k, len(self._answers) - 1)] for k in range(len(strips))]


def test_lines_come_from_top_to_bottom_with_upright_boxes_and_cost_one_reading_each() -> None:
    engine = PaperEngine([corners(60, 90, 80, 20), corners(50, 20, 40, 16)], [("below", 0.99), ("above", 0.99)])
    lines = TextReader(engine).read(noise())
    assert [(line.text, line.box, line.direction) for line in lines] == [
        ("above", (30, 12, 40, 16), 0.0),
        ("below", (20, 80, 80, 20), 0.0),
    ]
    assert engine.strips == 2


def test_a_page_upside_down_is_read_the_other_way_round() -> None:
    engine = PaperEngine([corners(100, 60, 90, 20, 10)], [("ɐp", 0.5), ("設計", 0.98)])
    (line,) = TextReader(engine).read(noise())
    assert (line.text, line.direction, line.extent) == ("設計", -170.0, (90, 20))


def test_a_place_that_is_as_wide_as_high_is_tried_four_ways() -> None:
    engine = PaperEngine([corners(100, 60, 20, 20)], [("", 0.0), ("", 0.0), ("", 0.0), ("", 0.1), ("秘", 0.97)])
    (line,) = TextReader(engine).read(noise())
    assert line.text == "秘" and abs(line.direction) == 90.0


def test_a_stamp_askew_is_read_at_its_own_angle() -> None:
    places = [corners(100, 30, 120, 16), corners(60, 90, 40, 28, 14)]
    answers = [("品名 軸受", 0.99), *[("x", 0.3)] * 6, ("極秘", 0.97)]
    lines = TextReader(PaperEngine(places, answers)).read(noise())
    (stamp,) = [line for line in lines if line.text == "極秘"]
    assert abs(stamp.direction) in (14.0, 166.0) and stamp.extent == (40, 28)


def test_a_blank_page_has_no_text_and_asks_nothing_of_the_engine() -> None:
    engine = PaperEngine([corners(60, 90, 80, 20)], [("ghost", 0.9)])
    assert TextReader(engine).read(np.full((400, 600, 3), 250, np.uint8)) == ()
    assert engine.strips == 0


def test_what_is_found_in_two_tiles_of_a_large_sheet_is_one_line() -> None:
    class Tiles(PaperEngine):
        def places(self, rgb: Rgb) -> list[Corners]:
            # One line at (1500, 100) of the sheet: whole in the first tile, cut off at the left of the second.
            return {2300: [], 1600: [corners(1500, 100, 160, 20)]}.get(rgb.shape[1], [])

    sheet = np.tile(noise(200, 230), (1, 10, 1))
    engine = Tiles([], [("図番", 0.99)])
    lines = TextReader(engine).read(sheet)
    assert {line.text for line in lines} == {"図番"}


@pytest.mark.parametrize(("high", "wide"), [(20, 1600), (1600, 20), (30, 300), (1, 1600), (480, 2000), (600, 40)])
def test_a_thin_strip_gets_a_margin_and_is_not_blown_up(high: int, wide: int) -> None:
    strip = noise(high, wide)
    padded, left, top = ocr_engine.with_margin(strip)
    scale = max(1.0, ocr_engine.SHORTEST_SIDE / min(padded.shape[:2]))
    assert scale * max(padded.shape[:2]) <= ocr_engine.LONGEST_ENLARGED + ocr_engine.SHORTEST_SIDE
    assert np.array_equal(padded[top : top + high, left : left + wide], strip)


def test_places_in_a_strip_are_told_in_its_own_pixels_and_none_in_its_margin() -> None:
    engine = object.__new__(TextEngine)
    found = np.array([corners(100, 192, 80, 16), corners(100, 20, 80, 16)])
    engine._detector = lambda _picture: type("Found", (), {"boxes": found})
    (place,) = engine.places(noise(20, 1600))
    assert place.mean(axis=0).tolist() == [100.0, 10.0]


def test_a_hairline_across_a_sheet_is_no_strip_of_a_hundred_thousand_pixels() -> None:
    place = Place(5000.0, 50.0, 10_000.0, 4.0, 0.0)
    assert strip(Image.new("RGB", (10_000, 100), "white"), place, 0.0).shape[1] <= LONGEST_STRIP


def test_a_wrong_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        TextReader(PaperEngine([], [])).read(noise().astype(np.float32))  # type: ignore[arg-type]


def test_a_wheel_without_models_makes_the_reader_unavailable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ocr_engine, "model_folder", lambda: tmp_path)
    assert not TextReader.available()
    with pytest.raises(TextReaderUnavailableError, match=r"PP-OCRv6_det_small\.onnx"):
        TextReader().read(np.full((40, 60, 3), 255, np.uint8))  # a blank page is no excuse: nobody could have read it


def test_breakdowns_and_missing_texts_are_errors_and_not_clean() -> None:
    engine = object.__new__(TextEngine)

    def stops(_picture: object) -> None:
        raise RuntimeError("model")

    engine._detector = stops
    with pytest.raises(TextReadError, match="RuntimeError"):
        engine.places(noise())
    engine._strips = dict
    engine._recognizer = lambda _strips: type("Read", (), {"txts": None, "scores": None})
    with pytest.raises(TextReadError, match="gave none"):
        engine.texts([noise(48, 96)])


@pytest.fixture(scope="module")
def reader() -> TextReader:
    if TextReader.missing() is not None:
        pytest.skip(str(TextReader.missing()))
    return TextReader()


def card() -> Image.Image:
    picture = Image.new("RGB", (320, 120), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((20, 14), "社外秘", fill="red", font=ImageFont.truetype(str(japanese_font()), 30))
    draw.text((20, 70), "電話 03-1234-5678", fill="black", font=ImageFont.truetype(str(japanese_font()), 22))
    return picture


def test_the_engine_reads_a_card_without_a_network(reader: TextReader, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise AssertionError("the OCR engine tried to reach the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    lines = reader.read(np.array(card()))
    assert "社外秘" in lines[0].text and "03-1234-5678" in lines[1].text
    assert abs(lines[0].box[0] - 20) < 12 and abs(lines[0].box[1] - 14) < 12


@pytest.mark.parametrize(("tilt", "quarter"), [(0, 1), (25, 2), (-30, 3), (12, 0)])
def test_the_engine_reads_a_card_turned(reader: TextReader, tilt: float, quarter: int) -> None:
    turned = card().rotate(tilt, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
    lines = reader.read(np.array(turned.rotate(90 * quarter, expand=True)))
    assert {"社外秘"} <= {line.text for line in lines}
    (phone,) = [line for line in lines if "03-1234-5678" in line.text]
    expected = (tilt + 90 * quarter + 180) % 360 - 180
    assert abs((phone.direction - expected + 180) % 360 - 180) < 4


def test_the_engine_reads_columns(reader: TextReader) -> None:
    picture = Image.new("RGB", (120, 260), "white")
    draw, letters = ImageDraw.Draw(picture), ImageFont.truetype(str(japanese_font()), 24)
    for row, letter in enumerate("担当山田太郎"):
        draw.text((40, 20 + 28 * row), letter, fill="black", font=letters)
    (line,) = reader.read(np.array(picture))
    assert line.text == "担当山田太郎" and abs(line.direction + 90) < 3
