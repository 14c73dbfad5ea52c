"""Folding finds its way back: a span of the folded text is the span of what it came from."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from curate.screen.folding import fold

LETTERS = st.text(
    alphabet=st.sampled_from("０１９Ａｂﾀﾞｶﾞﾊﾟ㈱①㍻㎜㌔℡ﬁ½²－ー―‐ｰ~ 　氏名-電話é１2\u0301\u3099\u200b\ufeff〇三五\n"),
    max_size=30,
)


@given(LETTERS)
def test_each_folded_character_comes_from_a_part_of_the_original(text: str) -> None:
    folded = fold(text)
    previous = 0
    for index in range(len(folded.text)):
        start, end = folded.span(index, index + 1)
        assert 0 <= start < end <= len(text)
        assert start >= previous
        previous = start


@given(LETTERS | st.text(max_size=30))
def test_folded_characters_follow_from_the_originals_they_point_at(text: str) -> None:
    """Each stretch of the original that a folded character points at normalises to text that holds it, composed or not
    (a mark on ℡ stays a mark on ☎), or to a mark that folding replaces (dashes, kanji digits)."""
    folded = fold(text)
    for index, character in enumerate(folded.text):
        start, end = folded.span(index, index + 1)
        origin = unicodedata.normalize("NFKC", text[start:end]) + unicodedata.normalize("NFKD", text[start:end])
        replaced = character in "-0123456789☎"
        assert character in origin or replaced, (character, origin)


@given(LETTERS, LETTERS)
def test_a_number_is_found_again_between_any_texts(before: str, after: str) -> None:
    value = "電話０３－１２３４－５６７８"
    text = f"{before}。{value}。{after}"
    folded = fold(text)
    at = folded.text.index("電話03-1234-5678", 0)
    start, end = folded.span(at, at + len("電話03-1234-5678"))
    assert text[start:end] == value


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


def test_ligatures_point_at_their_one_character() -> None:
    folded = fold("㍻元年㈱ﾊﾟｯｷﾝ①㎜")
    assert folded.text == "平成元年(株)パッキン1mm"
    assert folded.span(0, 2) == (0, 1)
    assert folded.span(4, 7) == (3, 4)
    assert folded.span(7, 8) == (4, 6)
    assert folded.span(12, 14) == (10, 11)


def test_letters_spaced_out_on_a_form_close_up() -> None:
    folded = fold("個 人 番 号 | 氏　名：山田")
    assert folded.text == "個人番号 | 氏名:山田"
    assert folded.span(0, 4) == (0, 7)
    assert fold("東京 都 品川").text == "東京 都 品川"


def test_invisible_characters_are_left_out_and_digits_of_any_script_are_digits() -> None:
    assert fold("電090\u200b-1234").text == "電090-1234"
    assert fold("電話〇三-一二三四-五六七八").text == "電話03-1234-5678"
    assert fold("電٠٣").text == "電03"
    assert fold("三月三日").text == "三月三日"
