from __future__ import annotations

import pytest

from curate.article_numbers import article_number
from curate.record import ContentClass
from recall.asked import Lexicon, lines_of, read_query, respelled
from tests.recall.fakes import PARTS, part

LEXICON = Lexicon.of(PARTS)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("BRK-1204", ("BRK-1204",)),
        ("brk-1204 steel bracket", ("BRK-1204",)),
        ("ＢＲＫ－１２０４の図面", ("BRK-1204",)),
        ("BRKー1204 ブラケット", ("BRK-1204",)),
        ("BRK–1204", ("BRK-1204",)),
        ("BRK1204", ("BRK1204",)),
        ("BRK 1204 bracket", ("BRK-1204",)),
        ("BRK-1203", ("BRK-1203",)),  # not in the catalogue, but of the shape of its numbers
        ("XX-90210-A", ("XX-90210-A",)),
        ("hexagon bolt M8", ()),
        ("bolt M8x20", ()),
        ("3-way valve, 4-hole flange", ()),
        ("type-2 plug", ()),
        ("10-20mm shaft", ()),
        ("M8-1.25MM", ()),
        ("covid 19", ()),
        ("", ()),
    ],
)
def test_article_numbers_in_a_query(query: str, numbers: tuple[str, ...]) -> None:
    assert read_query(query, LEXICON).article_numbers == numbers


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("brk1204", "BRK-1204"),
        ("ＢＲＫ１２０４の図面", "BRK-1204の図面"),
        ("BRKー1204", "BRK-1204"),  # the long vowel mark, typed for a dash
        ("brk−1204, new", "BRK-1204, new"),
        ("BRK 1204 bracket", "BRK-1204 bracket"),
        ("brk_1204", "BRK-1204"),
        ("BRK-1204", "BRK-1204"),
        ("モーター200V", "モーター200V"),  # no number of the catalogue: nothing is touched
        ("brk120", "brk120"),
        ("Ｍ８ ボルト", "Ｍ８ ボルト"),
    ],
)
def test_a_number_is_asked_for_as_the_catalogue_spells_it(query: str, words: str) -> None:
    assert respelled(query, LEXICON) == words


def test_one_spelling_of_a_number() -> None:
    assert article_number(" ｂｒｋ−１２０４ ") == "BRK-1204"


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ("brackets", {"brackets"}),
        ("a bracket of steel", {"brackets"}),
        ("ブラケットの写真", {"ブラケット"}),
        ("六角ボルト", {"ボルト"}),
        ("アイボルト", set()),  # another word that ends alike
        ("boltless", set()),
        ("not a bolt", set()),
        ("ボルト以外", set()),
    ],
)
def test_product_lines_in_a_query(query: str, lines: set[str]) -> None:
    assert {mention.word for mention in read_query(query, LEXICON).product_lines} == lines


def test_the_longer_line_name_is_the_one_meant() -> None:
    lexicon = Lexicon.of([part("a", "x", product_line="bolts"), part("b", "y", product_line="bolt cutters")])
    assert [mention.word for mention in read_query("red bolt cutter", lexicon).product_lines] == ["bolt cutters"]


def test_language_variants_of_a_line() -> None:
    assert lines_of(part("a", "x", product_line="ボルト / Bolts")) == {"ボルト", "bolts"}
    assert lines_of(part("a", "x", product_line="bolts", extra=(("product_line_ja", "ボルト"),))) == {"bolts", "ボルト"}


@pytest.mark.parametrize(
    ("query", "classes"),
    [
        ("drawing of the bracket", {ContentClass.DRAWING}),
        ("ブラケットの図面", {ContentClass.DRAWING}),
        ("ブラケットの写真", {ContentClass.PHOTO, ContentClass.PRODUCT}),
        ("product shot of a bolt", {ContentClass.PHOTO, ContentClass.PRODUCT}),
        ("データ 仕様書", {ContentClass.DOCUMENT}),
        ("図面以外", set()),
        ("without a drawing", set()),
        ("drawer slide", set()),
    ],
)
def test_kinds_of_picture_in_a_query(query: str, classes: set[ContentClass]) -> None:
    asked = read_query(query, LEXICON)
    assert {content_class for _, meant in asked.classes for content_class in meant} == classes


@pytest.mark.parametrize(
    ("query", "languages"),
    [
        ("English version", {"en"}),
        ("ポンプ 英語版", {"en"}),
        ("label in Japanese", {"ja"}),
        ("和文カタログ", {"ja"}),
        ("pump", set()),
    ],
)
def test_language_versions_in_a_query(query: str, languages: set[str]) -> None:
    assert read_query(query, LEXICON).languages == languages
