"""English names and what stands beside them: the same word weighs differently in a sentence and in a caption."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.finding import Severity
from curate.screen import names, names_en
from curate.screen.english_spans import Span
from curate.screen.hit import Hit
from curate.screen.names_en import hits_of


def hits(text: str, *spans: tuple[str, str, float], listed: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    """(kind, value, severity) for what a tagger that said (value, label, score) gives in `text`."""
    given_spans = [
        Span(text.index(value), text.index(value) + len(value), label, score) for value, label, score in spans
    ]
    found = hits_of(text, given_spans, lambda word: word in listed)
    return [(hit.kind.removeprefix("privacy."), text[hit.start : hit.end], hit.severity.value) for hit in found]


@pytest.mark.parametrize(
    ("text", "value", "score", "listed", "expected"),
    [
        ("Mara Oduya repaired it and he was late.", "Mara Oduya", 0.7, (), "medium"),
        ("Mara Oduya repaired it and he was late.", "Mara Oduya", 0.5, (), "low"),
        ("Mara Oduya repaired it and he was late.", "Mara Oduya", 0.5, ("Mara",), "medium"),
        ("The pump was repaired by Mara Oduya.", "Mara Oduya", 0.85, (), "medium"),
        ("The pump came from Mara Oduya.", "Mara Oduya", 0.7, ("Mara",), "low"),
        ("Pump repaired, Mara Oduya", "Mara Oduya", 0.95, ("Mara",), "medium"),
        ("Parker Jotter, blue", "Parker Jotter", 0.95, (), "low"),
        ("Royal Gala apple", "Royal Gala", 0.8, (), "low"),
        ("Gala apple", "Gala", 0.99, ("Gala",), "low"),
        ("Zucchini can be eaten raw.", "Zucchini", 0.9, (), "low"),
        ("Scott can be late.", "Scott", 0.95, ("Scott",), "medium"),
        ("Our range Oskar Lind is made of brass.", "Oskar Lind", 0.98, ("Oskar", "Lind"), "low"),
        ("The Karla Berg sofa is made of oak.", "Karla Berg", 0.98, ("Karla", "Berg"), "low"),
        ("The pumps Oskar Lind is late, he says.", "Oskar Lind", 0.98, ("Oskar", "Lind"), "medium"),
        ("Lind, or Hult as it is also called, is sour.", "Hult", 0.7, ("Hult",), "low"),
        ("Left hand of K. Tanaka", "K. Tanaka", 0.95, (), "medium"),
        ("Left hand of K. Oduya", "K. Oduya", 0.95, ("Oduya",), "low"),
        ("Checked by Oduya", "Oduya", 0.95, (), "medium"),
        ("FRAN LADE", "FRAN LADE", 0.99, ("FRAN",), "low"),
        ("KARLA BERG", "KARLA BERG", 0.99, ("KARLA", "BERG"), "medium"),
        ("I told Zucchini that you can come.", "Zucchini", 0.9, (), "medium"),
        ("They eat muesli in the morning.", "muesli", 0.97, ("muesli",), "low"),
        ("they saw nina in the morning", "nina", 0.97, ("nina",), "medium"),
    ],
)
def test_a_name_is_believed_as_far_as_the_text_lets_us_tell(
    text: str, value: str, score: float, listed: tuple[str, ...], expected: str
) -> None:
    assert hits(text, (value, "PER", score), listed=listed) == [("person_name", value, expected)]


def test_a_detail_alone_identifies_nobody_and_beside_a_name_it_does() -> None:
    place = ("Leeds", "LOC", 0.9)
    assert hits("The plant in Leeds was closed.", place) == [("personal_detail", "Leeds", "info")]
    both = hits("Mara Oduya left the plant in Leeds.", place, ("Mara Oduya", "PER", 0.9))
    assert ("personal_detail", "Leeds", "medium") in both
    assert hits("I live in Leeds.", place) == [("personal_detail", "Leeds", "medium")]
    far = "Mara Oduya was here. " + "x" * (names_en.BESIDE + 10) + " Leeds"
    assert ("personal_detail", "Leeds", "info") in hits(far, place, ("Mara Oduya", "PER", 0.9))


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("My contract with Harlow Freight ended", ("Harlow Freight", "ORG", 0.9)),
        ("As a forklift operator he earns well", ("forklift operator", "ROLE", 0.9)),
        ("I started on 30 June 2024", ("30 June 2024", "DATE", 0.9)),
    ],
)
def test_what_somebody_says_of_himself_is_his(text: str, detail: tuple[str, str, float]) -> None:
    assert hits(text, detail) == [("personal_detail", detail[0], "medium")]
    assert hits(f"The plant: {detail[0]}", detail) == [("personal_detail", detail[0], "info")]


def test_a_weekday_says_nothing_of_the_speaker() -> None:
    assert hits("I booked it for Friday", ("Friday", "DATE", 0.9)) == [("personal_detail", "Friday", "info")]


def test_heads_numbers_and_sizes_of_things_are_nobodys() -> None:
    assert hits("Please send DWG 12 to Ann Lee", ("DWG", "ORG", 0.9)) == []
    assert hits("Please pay invoice PO-2845-309412", ("PO-2845-309412", "NUM", 0.9)) == []
    assert hits("bolt M8, ISO 4762 Zinc Steel", ("M8, ISO 4762 Zinc Steel", "ADR", 0.95)) == []
    assert hits("model JWB588B, Serial Bolt", ("JWB588B, Serial Bolt", "ADR", 0.95)) == []
    assert hits("Please write to PO Box 12, Hull", ("PO Box 12, Hull", "ADR", 0.9)) == [
        ("address", "PO Box 12, Hull", "medium")
    ]


def test_what_a_pattern_found_is_an_anchor_too() -> None:
    text = "Dr. Watson works in Leeds."
    assert hits(text, ("Leeds", "LOC", 0.9)) == [("personal_detail", "Leeds", "medium")]


def test_a_firm_alone_and_a_doubtful_name_are_no_anchor() -> None:
    text = "Royal Gala from Leeds"
    assert hits(text, ("Royal Gala", "PER", 0.5), ("Leeds", "LOC", 0.9))[1] == ("personal_detail", "Leeds", "info")


def test_numbers_count_in_sentences_only_and_need_six_digits() -> None:
    assert hits("Please block 4571 0029 1", ("4571 0029 1", "NUM", 0.9)) == [("other_id", "4571 0029 1", "medium")]
    assert hits("Reach me on 457 1002", ("457 1002", "NUM", 0.9)) == [("phone", "457 1002", "medium")]
    assert hits("My phone is 457 1002", ("457 1002", "NUM", 0.9)) == []  # the pattern pack reports it
    assert hits("Bolt 4571 0029 1", ("4571 0029 1", "NUM", 0.9)) == []
    assert hits("Please take 12", ("12", "NUM", 0.9)) == []


def test_an_address_needs_a_number() -> None:
    exact = ("7 Elm Row, Leeds", "ADR", 0.7)
    assert hits("We met at 7 Elm Row, Leeds", exact) == [("address", "7 Elm Row, Leeds", "medium")]
    assert hits("7 Elm Row, Leeds", exact) == [("address", "7 Elm Row, Leeds", "low")]
    assert hits("We met in Elm Row", ("Elm Row", "ADR", 0.7)) == [("address", "Elm Row", "low")]


@pytest.mark.parametrize(
    "caption",
    [
        "Hex bolt M8x40 stainless",
        "Bosch GSR 18V",
        "Made in Germany",
        "Royal Gala apple",
        "Deep groove ball bearing 6204-2RS",
        "IMG_2034_front.jpg",
        "Phillips screwdriver PH2",
        "flag: Norway",
        "ISO 4762 socket head cap screw",
        "red delicious apples in a crate",
        "Swiss cheese, 200 g",
        "Oil can, Carter type, 500 ml",
    ],
)
def test_captions_of_things_hold_nothing_of_a_person(caption: str) -> None:
    (found,) = names.find_names([caption], "en")
    assert all(hit.severity.rank < Severity.MEDIUM.rank for hit in found)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ask Bronwyn Llewellyn about the invoice, she is in.", "Bronwyn Llewellyn"),
        ("Portrait of Tadeusz Nowicki", "Tadeusz Nowicki"),
        ("please call pedro alvarez, he has the key", "pedro alvarez"),
        ("Ｐｌｅａｓｅ ａｓｋ Ｍａｒｉａ Ｆｅｒｎａｎｄｅｚ, she knows.", "Ｍａｒｉａ Ｆｅｒｎａｎｄｅｚ"),
    ],
)
def test_names_are_found_with_spans_of_the_original(text: str, value: str) -> None:
    (found,) = names.find_names([text], "en")
    people = [
        text[hit.start : hit.end]
        for hit in found
        if hit.kind == "privacy.person_name" and hit.severity is Severity.MEDIUM
    ]
    assert people == [value]


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_read_and_hits_do_not_overlap(text: str) -> None:
    (found,) = names.find_names([text], "en")
    ordered: list[Hit] = sorted(found, key=lambda hit: hit.start)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in ordered)
    assert all(left.end <= right.start for left, right in pairwise(ordered))


def test_a_package_without_the_weights_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names_en, "WEIGHTS", names_en.WEIGHTS.with_name("nowhere.safetensors"))
    assert "nowhere.safetensors" in (names.missing_for("en") or "")
