"""The reader of text in pixels: its contract without the engine, and the engine on a drawn label."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path

import numpy as np
import pytest

from curate.screen import ocr
from curate.screen.ocr import TextReader, TextReadError, TextReaderUnavailableError

WHITE = np.full((40, 60, 3), 255, np.uint8)


class Answer:
    def __init__(self, boxes: object, txts: object, scores: object) -> None:
        self.boxes, self.txts, self.scores = boxes, txts, scores


def reader_that_answers(answer: object) -> TextReader:
    reader = TextReader()

    def engine(_picture: object, **_options: object) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    reader._engine = engine
    return reader


def box(x: float, y: float, width: float, height: float) -> list[list[float]]:
    return [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]


def test_lines_come_from_top_to_bottom_with_upright_boxes() -> None:
    boxes = np.array([box(5.4, 20.2, 30, 9.5), box(1, 2, 10, 8)])
    lines = reader_that_answers(Answer(boxes, ("below", "above"), (0.5, 0.9))).read(WHITE)
    assert [(line.text, line.box) for line in lines] == [("above", (1, 2, 10, 8)), ("below", (5, 20, 31, 10))]


def test_no_text_is_an_empty_tuple() -> None:
    assert reader_that_answers(Answer(None, None, None)).read(WHITE) == ()


def test_places_without_texts_and_breakdowns_are_errors_and_not_clean() -> None:
    for answer in (Answer(np.array([box(0, 0, 5, 5)]), None, None), RuntimeError("engine")):
        with pytest.raises(TextReadError):
            reader_that_answers(answer).read(WHITE)


def test_a_wrong_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        reader_that_answers(Answer(None, None, None)).read(WHITE.astype(np.float32))  # type: ignore[arg-type]


def test_a_wheel_without_models_makes_the_reader_unavailable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ocr, "_model_folder", lambda: tmp_path)
    assert not TextReader.available()
    with pytest.raises(TextReaderUnavailableError, match=r"PP-OCRv6_det_small\.onnx"):
        TextReader().read(WHITE)


@pytest.mark.slow
@pytest.mark.skipif(not TextReader.available(), reason="the vision extra is not installed")
def test_the_engine_reads_a_label_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image, ImageDraw, ImageFont

    def refuse(*_args: object) -> None:
        raise AssertionError("the OCR engine tried to reach the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    spec = importlib.util.find_spec("matplotlib_fontja")
    assert spec is not None and spec.submodule_search_locations
    font = next(Path(spec.submodule_search_locations[0]).rglob("*.ttf"))
    picture = Image.new("RGB", (500, 200), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((20, 20), "社外秘", fill="red", font=ImageFont.truetype(str(font), 36))
    draw.text((20, 100), "電話 03-1234-5678", fill="black", font=ImageFont.truetype(str(font), 24))
    lines = TextReader().read(np.array(picture))
    assert "社外秘" in lines[0].text
    assert "03-1234-5678" in lines[1].text
    assert abs(lines[0].box[0] - 20) < 12 and abs(lines[0].box[1] - 20) < 12
