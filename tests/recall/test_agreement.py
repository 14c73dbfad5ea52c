from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from curate.record import ContentClass, ImageRecord
from recall.agreement import Metadata, against_decision, against_query
from recall.asked import Lexicon, read_query
from tests.recall.fakes import PARTS, part

BRACKET, BOLT, PUMP, GEAR, SEAL = PARTS
LEXICON = Lexicon.of(PARTS)
TODAY = date(2025, 6, 2)


def verdict(query: str, record: ImageRecord) -> tuple[str, str | None]:
    found = against_query(record, read_query(query, LEXICON), LEXICON)
    return found.metadata.value, found.why


@pytest.mark.parametrize(
    ("query", "record", "expected"),
    [
        # article number
        ("BRK-1204", BRACKET, ("agree", None)),
        ("BRK-1203", BRACKET, ("contradict", "article-number")),  # near miss that exists nowhere
        ("BLT-2001", BRACKET, ("contradict", "article-number")),  # another image's number
        ("BRK-1204 と BLT-2001", BRACKET, ("agree", None)),
        ("BRK-1204-A", BRACKET, ("contradict", "article-number")),  # a variant was asked for
        # product line
        ("六角ボルト", BOLT, ("agree", None)),
        ("steel bolt", BRACKET, ("contradict", "product-line")),
        ("ボルト", BRACKET, ("contradict", "product-line")),
        ("something of steel", BRACKET, ("unknown", None)),
        # class
        ("図面 PMP-3300", PUMP, ("agree", None)),
        ("BRK-1204 図面", BRACKET, ("contradict", "content-class")),
        ("photo of the coolant thing", PUMP, ("contradict", "content-class")),
        ("歯車の写真", GEAR, ("agree", None)),
        ("BRK-1204 寸法図", BRACKET, ("contradict", "content-class")),
        # size
        ("hexagon m10", BOLT, ("contradict", "size")),
        ("hexagon m8", BOLT, ("unknown", None)),
        ("hexagon m8×30", BOLT, ("unknown", None)),  # another form: the length was never stated
        ("two of the hexagon ones", BOLT, ("unknown", None)),
        ("hexagon 80A", BOLT, ("unknown", None)),
    ],
)
def test_facts_against_the_query(query: str, record: ImageRecord, expected: tuple[str, str | None]) -> None:
    assert verdict(query, record) == expected


def test_part_of_a_number_is_no_contradiction() -> None:
    variant = part("v", "bracket variant", sku="BRK-1204-A")
    lexicon = Lexicon.of([variant])
    assert against_query(variant, read_query("BRK-1204", lexicon), lexicon).metadata is Metadata.UNKNOWN


def test_a_picture_without_number_is_contradicted_only_by_the_number_of_another() -> None:
    bare = part("bare", "bracket of unknown number")
    assert verdict("BRK-1203", bare) == ("unknown", None)
    assert verdict("BRK-1204", bare) == ("contradict", "article-number")


def test_a_number_of_its_own_caption_or_drawing_does_not_contradict() -> None:
    captioned = part("c", "drawing to order XY-77001", sku="BRK-1204")
    assert verdict("XY-77001", captioned) == ("unknown", None)
    numbered = part("d", "drawing", sku="BRK-1204", extra=(("drawing_number", "DWG-55012"),))
    assert verdict("DWG-55012", numbered) == ("agree", None)


def test_a_word_that_is_part_of_its_name_does_not_contradict() -> None:
    cover = part("cover", "seal cover for pump housing", product_line="covers")
    assert verdict("pump housing", cover) == ("unknown", None)
    pin = part("pin", "drawing pin")
    assert verdict("drawing pin", pin) == ("unknown", None)
    assert verdict("drawing", pin) == ("contradict", "content-class")


def test_a_line_whose_name_is_an_ordinary_word_speaks_for_but_not_against() -> None:
    hearts = [part(f"h{i}", f"heart number {i}", product_line="heart") for i in range(5)]
    faces = [part(f"f{i}", f"smiling face with hearts {i}", product_line="face") for i in range(2)]
    plain = part("plain", "smiling face in love", product_line="face")
    lexicon = Lexicon.of([*hearts, *faces, plain])
    assert lexicon.ordinary_words == {"heart"}
    asked = read_query("heart", lexicon)
    assert against_query(plain, asked, lexicon).metadata is Metadata.UNKNOWN
    assert against_query(hearts[0], asked, lexicon).metadata is Metadata.AGREE
    assert "heart" not in Lexicon.of([*hearts, faces[0], plain]).ordinary_words  # one caption is no usage


def test_a_guessed_class_refuses_nothing() -> None:
    guessed = replace(part("g", "some part"), content_class=ContentClass.DOCUMENT, class_inferred=True)
    assert verdict("photo of some part", guessed) == ("unknown", None)


def test_what_people_typed_is_no_statement_about_the_picture() -> None:
    logged = part("l", "angle piece", product_line="ブラケット / brackets", queries=("bolt for angle",))
    assert verdict("bolt for angle", logged) == ("contradict", "product-line")


@pytest.mark.parametrize(
    ("query", "record", "expected"),
    [
        ("pump English version", part("e", "", "ポンプ 銘板"), ("contradict", "language")),
        ("銘板 日本語版", part("e", "", "銘板"), ("agree", None)),
        ("label in English", part("e", "label", "銘板"), ("unknown", None)),
    ],
)
def test_language_versions(query: str, record: ImageRecord, expected: tuple[str, str | None]) -> None:
    assert verdict(query, record) == expected


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sku": "BRK-1205"}, "stale-article-number"),
        ({"sku": None}, "stale-article-number"),
        ({"product_line": "hooks"}, "stale-product-line"),
        ({"valid_until": date(2030, 1, 1)}, "stale-validity"),
    ],
)
def test_facts_that_changed_since_the_decision_contradict(changes: dict[str, object], why: str) -> None:
    live = replace(BRACKET, business=replace(BRACKET.business, **changes))  # type: ignore[arg-type]
    found = against_decision(live, BRACKET, TODAY)
    assert (found.metadata, found.why) == (Metadata.CONTRADICT, why)


def test_a_changed_class_or_licence_is_stale_and_changed_texts_are_not() -> None:
    as_drawing = replace(BRACKET, content_class=ContentClass.DRAWING)
    assert against_decision(as_drawing, BRACKET, TODAY).why == "stale-content-class"
    for change in ({"license": "CC-BY-4.0"}, {"license_end": date(2026, 1, 1)}, {"license_scope": ("train",)}):
        live = replace(BRACKET, rights=replace(BRACKET.rights, **change))
        assert against_decision(live, BRACKET, TODAY).why == "stale-licence"
    assert against_decision(replace(BRACKET, texts=()), BRACKET, TODAY).metadata is Metadata.UNKNOWN


def test_validity_includes_its_last_day() -> None:
    ends_today = part("v", "x", valid_until=TODAY)
    assert against_decision(ends_today, ends_today, TODAY).metadata is Metadata.UNKNOWN
    assert against_decision(ends_today, ends_today, date(2025, 6, 3)).why == "validity-passed"
