"""Known confusions of the reader, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.screen.ocr_mending import mended, parted


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("电话番号 03-1234-5678", "電話番号 03-1234-5678"),
        ("设计者", "設計者"),
        ("yamada.taro @example.co.jp", "yamada.taro@example.co.jp"),
        ("h-suzuki@mail example.org", "h-suzuki@mail.example.org"),
        ("anna @ parts.example. com", "anna@parts.example.com"),
        ("O9O-1234-5678", "090-1234-5678"),
        ("TEL 03-l234-5678", "TEL 03-1234-5678"),
    ],
)
def test_what_was_meant(read: str, meant: str) -> None:
    assert mended(read) == meant


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("社員香号353816", "社員番号353816"),
        ("取投注意", "取扱注意"),
        ("愛知保豊田市トヨタ町1香地", "愛知県豊田市トヨタ町1番地"),
        ("マイナソバー 1234", "マイナンバー 1234"),
        ("会員番号 1234", "会員番号 1234"),
        ("個体番号 1234", "個体番号 1234"),
    ],
)
def test_labels_are_completed_in_a_doubtful_line_only(read: str, meant: str) -> None:
    assert mended(read, 0.9) == meant
    assert mended(read, 1.0) == read


@pytest.mark.parametrize("text", ["KB-1O23-45", "© Example 2024", "φ20 ±0.05", "OIL SEAL 20-35-7", "10 @ 25 mm"])
def test_what_is_left_alone(text: str) -> None:
    assert mended(text).replace("@", " @ ").split() == text.split()


@given(st.text(max_size=60))
def test_mending_twice_changes_nothing_more(text: str) -> None:
    assert mended(mended(text)) == mended(text)


def test_words_read_as_one_are_parted_in_another_reading() -> None:
    assert parted("Address:8StationRoad") == "Address: 8 Station Road"
    assert parted("Attn.Mr.K.Tanaka") == "Attn. Mr. K.Tanaka"
    assert parted("taro.Yamada@example.com") == "taro.Yamada@example.com"
