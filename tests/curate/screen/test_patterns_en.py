"""Web and IP addresses, ages and postcodes in English text, and numbers that only look like them."""

from __future__ import annotations

import pytest

from curate.screen.patterns_en import find_details


def forms(text: str) -> list[tuple[str, str]]:
    return [(detail.form, text[detail.start : detail.end]) for detail in find_details(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://example.org/a?b=1, please", [("web", "https://example.org/a?b=1")]),
        ("www.example.co.uk is down", [("web", "www.example.co.uk")]),
        ("requests from 203.0.113.9", [("network", "203.0.113.9")]),
        ("host 2001:db8::1 answers", [("network", "2001:db8::1")]),
        ("a 35-year-old nurse", [("age", "35")]),
        ("she is 7 years old", [("age", "7")]),
        ("Age: 44", [("age", "44")]),
        ("71 yo male", [("age", "71")]),
        ("I'm 52.", [("age", "52")]),
        ("she turned 16 last week", [("age", "16")]),
        ("zip code 48226", [("postcode", "48226")]),
        ("my postcode is now LS6 2QP", [("postcode", "LS6 2QP")]),
        ("is 60614 the right postal code?", [("postcode", "60614")]),
    ],
)
def test_details(text: str, expected: list[tuple[str, str]]) -> None:
    assert forms(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "write to j.smith@example.com",
        "version 1.2.3",
        "1.2.3.4.5",
        "300.1.2.3 rpm",
        "12:30",
        "scale 1:10",
        "drawing.dwg",
        "package of 12",
        "aged 18 months cheese",
        "ratio 10:20:30",
        "999 years old",
        "I'm 52 mm short",
        "turned 16.5 mm",
        "part 48226 in a zip bag",
        "zip tie 48226",
        "M12 2AB",
    ],
)
def test_what_only_looks_like_one(text: str) -> None:
    assert forms(text) == []


def test_only_a_routable_address_that_the_text_calls_one_is_public() -> None:
    def public(text: str) -> list[bool]:
        return [detail.public for detail in find_details(text)]

    assert public("login from 8.8.8.8") == [True]
    assert public("firmware 8.8.8.8") == [False]
    assert public("login from 192.168.0.1") == [False]


def test_only_a_page_that_is_somebodys_own_is_public() -> None:
    for text, own in (
        ("have a look at my blog, femi.example.net", True),
        ("see www.example.net for spare parts", False),
    ):
        assert [detail.public for detail in find_details(text)] == [own]
