"""The dictionary's words: where they stand, and what else their spelling can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.screen.japanese_words import NOTHING, Sense, senses_of, words_of


@pytest.mark.parametrize(
    ("spelling", "sense"),
    [
        ("福井", Sense.SURNAME),
        ("福井", Sense.PLACE),
        ("健一", Sense.GIVEN),
        ("ジョン", Sense.NAME),
        ("ボルト", Sense.COMMON),
    ],
)
def test_a_spelling_has_every_sense_of_the_dictionary(spelling: str, sense: Sense) -> None:
    assert senses_of(spelling) & sense


def test_what_the_dictionary_does_not_know_has_no_sense() -> None:
    (word,) = words_of("ゾニョボルペ")
    assert word.senses is NOTHING
    assert word.chosen is NOTHING


@given(st.text(alphabet="山田太郎花子ボルトの、はA1- 　\n𠮷ーｶﾞ", max_size=60))
def test_words_tile_the_text(text: str) -> None:
    words = words_of(text)
    assert "".join(word.text for word in words) == text
    assert all(text[word.start : word.end] == word.text for word in words)


def test_a_text_longer_than_the_tokenizer_takes_is_read_in_pieces() -> None:
    text = "山田太郎と" * 9_000
    words = words_of(text)
    assert "".join(word.text for word in words) == text
    assert words[-1].end == len(text)
