"""Labels: found in every spelling, not inside words; fields go up to the next label."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.screen.label_words import WORDS
from curate.screen.labels import fields_of, governing, labels_in, numbers_a_thing, read


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("個人番号123 型番ABC TEL03", ["my_number", "part", "phone"]),
        ("マイナンバ一:1 マイナンバ-カード", ["my_number", "my_number"]),
        ("ロ座番号 在留力ード 生年月曰", ["account", "residence", "birth"]),
        ("P.O. No. 1 My-Number dwg.no. Part_No.", ["part", "my_number", "part", "part"]),
        ("telling reference partner", []),
        ("SN17173983MC", []),
        ("Driver’s licence", ["licence"]),
        ("パスポートケース マイナンバーカードリーダー 電話機", []),
        ("passport cover phone sockets mobile rack", []),
        ("passport covered", ["passport"]),
        ("İstanbul tel 1", ["phone"]),  # a capital whose small form has two characters
    ],
)
def test_spellings(text: str, names: list[str]) -> None:
    assert [label.name for label in labels_in(text)] == names


@given(st.sampled_from([(name, word) for name, words in WORDS.items() for word in words]))
def test_every_word_is_found_alone(item: tuple[str, str]) -> None:
    name, word = item
    labels = labels_in(word)
    assert labels and labels[0].start == 0
    assert name in {label.name for label in labels}


def test_a_field_ends_at_the_next_label_and_a_row_of_labels_shares_one() -> None:
    text = "社員番号 12 電話 34"
    assert [text[start:end] for start, end in fields_of(read(text), "employee")] == [" 12 "]
    text = "生年月日・社員番号: 1980.1.1 / 12"
    for name in ("birth", "employee"):
        assert [text[start:end] for start, end in fields_of(read(text), name)] == [": 1980.1.1 / 12"]


def test_a_label_that_has_its_value_governs_nothing_more() -> None:
    text = "品番 AB-1234 5678"
    assert governing(labels_in(text), text, 11, 15) is None
    text = "品番 AB-1234,5678"
    label = governing(labels_in(text), text, 11, 15)
    assert label is not None and label.name == "part"
    for text in ("図番 BL96 rev.D 5678", "内径 18.6mm、5678"):
        assert governing(labels_in(text), text, len(text) - 4, len(text)) is None


def test_a_bare_number_belongs_to_whatever_label_follows() -> None:
    for text, things in (("番号 12", False), ("部品番号 12", True)):
        label = governing(labels_in(text), text, len(text) - 2, len(text))
        assert label is not None and numbers_a_thing(text, label) is things


@given(st.text(max_size=60))
def test_labels_lie_inside_and_do_not_overlap(text: str) -> None:
    labels = labels_in(text)
    assert all(0 <= label.start < label.end <= len(text) for label in labels)
    assert all(first.end <= second.start for first, second in pairwise(labels))
