"""Names that only the neighbouring cell gives away."""

from __future__ import annotations

import math

import pytest

from curate.picture import TextLine
from curate.screen.title_block import people_in_cells
from curate.screen.title_block_words import is_role, name_in


def line(text: str, x: float, y: float, height: int = 20, direction: float = 0.0) -> TextLine:
    """A line of `text` whose left end lies at (x, y) of a page that is turned about its corner by `direction`."""
    length = height * sum(1.0 if ord(c) > 255 else 0.6 for c in text)
    cos, sin = math.cos(math.radians(direction)), math.sin(math.radians(direction))
    middle_x, middle_y = x + length / 2, y + height / 2
    at_x, at_y = middle_x * cos + middle_y * sin + 2000, -middle_x * sin + middle_y * cos + 2000
    wide, high = length * abs(cos) + height * abs(sin), length * abs(sin) + height * abs(cos)
    box = (round(at_x - wide / 2), round(at_y - high / 2), round(wide), round(high))
    return TextLine(text, 0.95, box, direction, (round(length), height))


@pytest.mark.parametrize("direction", [0.0, 25.0, 90.0, -150.0])
def test_names_beside_and_below_their_role_on_a_turned_page(direction: float) -> None:
    cells = [
        ("設計", 0, 0), ("東海林", 60, 0), ("図番", 200, 0), ("KB-1234", 260, 0),
        ("検図", 0, 34), ("榊原 亮", 60, 34), ("日付", 200, 34), ("2024.10.1", 260, 34),
        ("承認", 500, 0), ("照査", 620, 0), ("品名", 740, 0),
        ("轟", 500, 36), ("K.ITO", 600, 36), ("ブラケット", 720, 36),
    ]  # fmt: skip
    lines = [line(text, x, y, direction=direction) for text, x, y in cells]
    found = {cell.text[cell.start : cell.end] for cell in people_in_cells(lines)}
    assert found == {"東海林", "榊原 亮", "轟", "K.ITO"}


def test_headings_of_several_cells_read_as_one_line() -> None:
    heads, left, right = line("CHECKED BY Prepared by", 0, 0), line("S. Ito", 20, 36), line("R. Patel", 160, 36)
    found = {cell.text[cell.start : cell.end] for cell in people_in_cells([heads, left, right])}
    assert found == {"S. Ito", "R. Patel"}


def test_a_role_and_a_name_in_one_line() -> None:
    lines = [
        line(text, 0, 40 * k)
        for k, text in enumerate(
            ("設計 勅使河原", "検図:早乙女", "Drawn by: K. Tanaka", "承認済", "お名前森花子", "名前入り")
        )
    ]
    found = {cell.text[cell.start : cell.end] for cell in people_in_cells(lines)}
    assert found == {"勅使河原", "早乙女", "K. Tanaka", "森花子"}


@pytest.mark.parametrize(
    "text", ["設計", "承 認", "検図者：", "DRAWN BY", "CHK'D", "製図/DRAWN", "Approved", "担当者名", "検囡"]
)
def test_words_for_a_role(text: str) -> None:
    assert is_role(text)


@pytest.mark.parametrize("text", ["図番", "設計部", "承認日", "DRAWING NO.", "山田", "", "検査成績書"])
def test_words_that_are_no_role(text: str) -> None:
    assert not is_role(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("山田", "山田"), ("渡部 誠", "渡部 誠"), ("長谷部", "長谷部"), ("阿部", "阿部"), ("林", "林"), ("馬場", "馬場"),
        ("田中 24.3.1", "田中"), ("鈴木印", "鈴木"), ("J. Smith", "J. Smith"), ("K.ITO", "K.ITO"), ("MARY O'NEILL", "MARY O'NEILL"),
        ("Taro Yamada 2024-01-05", "Taro Yamada"), ("T.S.", "T.S"), ("設楽", "設楽"), ("横内", "横内"), ("棟方", "棟方"), ("ジョン・スミス", "ジョン・スミス"),
    ],
)  # fmt: skip
def test_names(text: str, name: str) -> None:
    span = name_in(text)
    assert span is not None and text[span[0] : span[1]] == name


@pytest.mark.parametrize(
    "text",
    [
        "技術部", "設計1課", "開発グループ", "株式会社山田製作所", "2024.10.1", "KB-1234", "1:2", "開発2G", "SUS304", "三角法", "済", "承認済", "軸受",
        "N/A", "SCALE", "REV. C", "ENGINEERING DEPT", "BEARING HOUSING", "A", "", "品質保証室", "本社", "工場", "φ20", "未定",
        "樂図", "承期", "設甜", "裝園",
    ],
)  # fmt: skip
def test_cells_that_hold_no_name(text: str) -> None:
    assert name_in(text) is None
