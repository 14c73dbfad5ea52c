"""Most recognizers are not asked about most texts; asking every one about every text finds the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curate.screen.folding import Folded, fold, small_letters
from curate.screen.hit import Hit, strongest
from curate.screen.label_words import WORDS
from curate.screen.labelled_names import beside_english, beside_japanese, find_labelled_names
from curate.screen.labels import read
from curate.screen.secret_marks import find_secret_marks, may_be_marked
from curate.screen.text import TextScreener, packs
from tests.curate.screen.worlds import PERSONAL, THINGS, filled

_EMPLOYEES = ("E-[0-9]{5}",)
_LABELS = [word for words in WORDS.values() for word in words]
_VALUES = [
    "090-1234-5678", "０３―１２３４―５６７８", "1234 5678 9018", "123456789018", "4111 1111 1111 1111", "GB82 WEST 1234 5698 7654 32", "078-05-1120",
    "AB1234567", "4929-123456", "昭和60年3月2日", "平成元年三月", "生まれ", "東京都品川区西五反田2-3-4", "竜ヶ崎市12-3", "〒141-0031", "品川 300 あ 12-34", "1-2-3, Sakura-cho",
    "山田 太郎", "佐藤様", "担当 Tanaka Hiroshi", "設計:森", "Drawn by J. Smith", "Mr. Brown", "a.b@example.com", "x[at]example.com", "E-12345", "社 外 秘", "㊙",
    "CONFIDENTIAL", "ＳＥＣＲＥＴ", "c o n f idential", "password: hunter2!", "gps 35.12345, 139.54321", "35°41'22\"N 139°41'30\"E", "@tanaka", "instagram: tanaka_h", "普通 1234567",
    "記号 12345 番号 678", "M6×20", "SUS304", "2024-03-15", "JAN 4901234567894", "氏 名", "ſecret", "lıne id", "番号", "会 議 室",
    "license_305012345672", "番号 第305012345672号", "交付", "在留資格", "AB12345678CD", "symbol 12 number 345", "0121 496 0456", "(代)", "Designer: Ann Lee", "P.I.C.: Ann Lee", "Signed off by Ann Lee",
    "Technician: SATO Aya", "Engineer: Ann Lee", "Attn: TARO YAMADA", "Written by Ann Lee", "通帳番号 12345671", "_", "号",
]  # fmt: skip
_PIECES = st.one_of(
    st.sampled_from(_LABELS),
    st.sampled_from(_VALUES),
    st.sampled_from([filled(text) for text in (*PERSONAL, *THINGS)]),
    st.text(st.sampled_from("0123456789-ー一 .:/()〒都府県市区町生誕様氏緯度°@aAiIsSkKſKıİ　"), max_size=12),
    st.text(max_size=6),
)
_JOINS = st.sampled_from(["", " ", "　", "\n", "、", ":"])
_TEXTS = st.lists(st.tuples(_PIECES, _JOINS), max_size=6).map(lambda parts: "".join(a + b for a, b in parts))


def _moved(hits: list[Hit], folded: Folded) -> set[tuple[object, ...]]:
    spans = [(hit, folded.span(hit.start, hit.end)) for hit in strongest(hits)]
    return {(hit.kind, *span, hit.score, hit.severity, hit.why) for hit, span in spans}


def _asked_of_everyone(text: str) -> set[tuple[object, ...]]:
    folded = fold(text)
    reading = read(folded.text)
    hits = [hit for _, _, _, find in packs(_EMPLOYEES) for hit in find(reading)]
    hits += strongest([*beside_japanese(folded.text), *beside_english(folded.text)])
    found = _moved(hits, folded)
    if "㊙" in text:
        return found | _moved(find_secret_marks(text), Folded(text, text))
    return found | _moved(find_secret_marks(folded.text), folded)


_SCREENER = TextScreener(_EMPLOYEES)


@given(_TEXTS)
def test_a_recognizer_that_is_not_asked_would_have_found_nothing(text: str) -> None:
    found = {(hit.kind, hit.start, hit.end, hit.score, hit.severity, hit.why) for hit in _SCREENER.find(text)}
    assert found == _asked_of_everyone(text)


@given(_TEXTS)
def test_words_that_are_looked_for_first_stand_beside_every_name_and_marking(text: str) -> None:
    folded = fold(text).text
    every = strongest([*beside_japanese(folded), *beside_english(folded)])
    assert tuple(find_labelled_names(folded)) == every
    assert may_be_marked(small_letters(folded)) or not find_secret_marks(folded)


def test_presidio_returns_what_the_screener_finds() -> None:
    text = "担当 090-1234-5678 a.b@example.com"
    results = _SCREENER.engine.analyze(text, language="ja")
    found = {(result.entity_type, result.start, result.end) for result in results}
    assert found == {(hit.kind, hit.start, hit.end) for hit in _SCREENER.find(text)} != set()


def test_a_marking_in_full_width_letters_is_found() -> None:
    (hit,) = _SCREENER.find("図面 ＣＯＮＦＩＤＥＮＴＩＡＬ")
    assert (hit.kind, hit.start, hit.end) == ("content.secret_marking", 3, 15)
