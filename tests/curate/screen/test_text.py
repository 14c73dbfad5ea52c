"""Personal data is found in Japanese and English texts, the numbers of things are not, and nothing is fetched."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.finding import Severity
from curate.screen.hit import MASK, mask
from curate.screen.text import TextScreener
from tests.curate.screen.worlds import PERSONAL, THINGS, filled


@pytest.fixture(scope="module")
def screener() -> Iterator[TextScreener]:
    """A screener built and used with every way to the network closed."""

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a detector tried to reach the network")

    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex", "sendto"):
        patch.setattr(socket.socket, name, refuse)
    patch.setattr(socket, "getaddrinfo", refuse)
    patch.setattr(socket, "create_connection", refuse)
    yield TextScreener()
    patch.undo()


@pytest.mark.parametrize(("text", "kind"), PERSONAL.items())
def test_personal_data_is_found(screener: TextScreener, text: str, kind: str) -> None:
    found = screener.find(filled(text))
    assert kind in {hit.kind for hit in found if hit.severity.rank >= Severity.MEDIUM.rank}


@pytest.mark.parametrize("text", THINGS)
def test_numbers_of_things_are_not_personal(screener: TextScreener, text: str) -> None:
    serious = [hit for hit in screener.find(filled(text)) if hit.severity.rank >= Severity.MEDIUM.rank]
    assert serious == []


def test_kana_right_before_and_behind_a_number_do_not_hide_it(screener: TextScreener) -> None:
    number = filled("{mn}")
    text = f"わたしのマイナンバーは{number}なので"
    (hit,) = screener.find(text)
    assert (hit.kind, hit.severity, text[hit.start : hit.end]) == ("privacy.jp_my_number", Severity.CRITICAL, number)


def test_spans_refer_to_the_original_text(screener: TextScreener) -> None:
    text = "㈱ﾀﾞｲﾜ 電話０３－１２３４－５６７８（内線）"
    (hit,) = screener.find(text)
    assert text[hit.start : hit.end] == "０３－１２３４－５６７８"


def test_a_wrong_check_digit_under_a_label_is_still_reported_but_not_as_certain(screener: TextScreener) -> None:
    number = filled("{mn}")
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    (hit,) = screener.find(f"個人番号 {wrong}")
    assert hit.severity is Severity.HIGH


def test_the_nearer_label_decides(screener: TextScreener) -> None:
    text = filled("電話 03-1234-5678 型番 {mn4}")
    assert [hit.kind for hit in screener.find(text)] == ["privacy.phone"]
    text = filled("型番 A-100 担当の個人番号 {mn4}")
    assert [hit.kind for hit in screener.find(text)] == ["privacy.jp_my_number"]


def test_public_contacts_of_a_firm_are_low(screener: TextScreener) -> None:
    texts = ("info@example.com", "フリーダイヤル 0120-444-444", "例示株式会社 本社 東京都千代田区千代田1-1")
    for text in texts:
        (hit,) = screener.find(text)
        assert hit.severity is Severity.LOW, text


def test_random_numbers_of_twelve_digits_are_not_my_numbers(screener: TextScreener) -> None:
    texts = [f"ボルト {seed * 7919 % 10**12:012d} 入荷" for seed in range(10**9, 10**9 + 300)]
    assert not [hit for text in texts for hit in screener.find(text) if hit.severity.rank >= Severity.MEDIUM.rank]


@settings(max_examples=80, deadline=None)
@given(before=st.text(max_size=12), after=st.text(max_size=12))
def test_any_text_around_is_survived_and_spans_are_inside(before: str, after: str) -> None:
    text = f"{before}taro@example.jp{after}"
    for hit in _SHARED.find(text):
        assert 0 <= hit.start < hit.end <= len(text)


_SHARED = TextScreener()


@given(st.text(max_size=80))
def test_a_mask_shows_no_letter_and_no_digit(value: str) -> None:
    assert not any(character.isalnum() for character in mask(value))


def test_a_mask_keeps_the_shape() -> None:
    assert mask("03-1234-5678") == f"{MASK * 2}-{MASK * 4}-{MASK * 4}"


def test_plain_captions_are_fast(screener: TextScreener) -> None:
    """Not a benchmark: a guard against an engine call per caption, which would be ten times slower than this bound."""
    texts = [f"六角ボルト M{size} 全ねじ ステンレス SUS304 図番 KD-{size:03d}-01A" for size in range(1000)]
    screener.find(texts[0])
    begin = time.process_time()
    for text in texts:
        screener.find(text)
    assert time.process_time() - begin < 2.0
