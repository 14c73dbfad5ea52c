"""Folding finds its way back: a span of the folded text is the span of what it came from."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from curate.screen.folding import fold

LETTERS = st.text(alphabet=st.sampled_from("０１９Ａｂﾀﾞｶﾞ㈱①－ー 氏-電話é１2\u0301"), max_size=30)


@given(LETTERS)
def test_each_folded_character_comes_from_a_part_of_the_original(text: str) -> None:
    folded = fold(text)
    previous = 0
    for index in range(len(folded.text)):
        start, end = folded.span(index, index + 1)
        assert 0 <= start < end <= len(text)
        assert start >= previous
        previous = start


@given(st.text(max_size=40))
def test_folding_never_fails_and_is_stable(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once or not unicodedata.is_normalized("NFKC", once)


def test_full_width_digits_are_found_where_they_stand() -> None:
    text = "番号は１２３４です"
    folded = fold(text)
    at = folded.text.index("1234")
    start, end = folded.span(at, at + 4)
    assert text[start:end] == "１２３４"


def test_half_width_kana_joins_its_mark() -> None:
    folded = fold("ﾀﾞ12")
    assert folded.text == "ダ12"
    assert folded.span(0, 1) == (0, 2)
    assert folded.span(1, 3) == (2, 4)


def test_dashes_of_any_kind_between_digits_become_one() -> None:
    assert fold("03―1234ー5678").text == "03-1234-5678"
    assert fold("サーボ").text == "サーボ"
