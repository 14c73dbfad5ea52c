"""What the form of a payload shows, and what is no concern of anybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.screen.code_payload import find_in_payload, readable

VCARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:花巻;一郎;;;\r\nFN:花巻 一郎\r\nORG:架空精機\r\nitem1.TEL;TYPE=CELL:09055550142\r\nEND:VCARD"


def kinds(text: str) -> set[str]:
    return {hit.kind for hit in find_in_payload(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (VCARD, {"privacy.person_name", "privacy.phone"}),
        ("BEGIN:VCARD\nFN:架空精機\nORG:架空精機\nURL:https://example.com\nEND:VCARD", set()),
        ("MECARD:N:花巻,一郎;TEL:0355550142;EMAIL:i@example.com;;", {"privacy.person_name", "privacy.phone", "privacy.email"}),
        ("MECARD:N:;TEL:;X:other;;", set()),
        ("BIZCARD:N:Ichiro;X:Hanamaki;C:Example;B:+81355550142;;", {"privacy.person_name", "privacy.phone"}),
        ("MATMSG:TO:i@example.com;SUB:hello;BODY:x;;", {"privacy.email"}),
        ("tel:+81-90-5555-0142", {"privacy.phone"}),
        ("SMSTO:09055550142:hello", {"privacy.phone"}),
        ("mailto:i.hanamaki@example.com?subject=part", {"privacy.email"}),
        ("WIFI:T:WPA;S:factory;P:pass\\;word;;", {"content.credential"}),
        ("WIFI:T:nopass;S:guests;P:;;", set()),
        ("otpauth://totp/Example:i@example.com?secret=JBSWY3DPEHPK3PXP", {"content.credential"}),
        ("https://i:geheim@example.com/x", {"content.credential"}),
        ("https://example.com/x?employee_id=4711&lang=ja", {"privacy.other_id"}),
        ("https://example.com/x?tel=0355550142&name=%E8%8A%B1%E5%B7%BB", {"privacy.phone", "privacy.person_name"}),
        ("https://example.com/x?access_token=abc123", {"content.credential"}),
        # what goods carry
        ("https://example.com/parts?name=hex-bolt&sku=B-100&rev=3", set()),
        ("KD-21-04A", set()),
        ("4912345678904", set()),
        ("B-100/M8x40 LOT 240312", set()),
    ],
)  # fmt: skip
def test_forms(text: str, expected: set[str]) -> None:
    assert kinds(text) == expected


def test_spans_are_those_of_the_value() -> None:
    hits = find_in_payload(VCARD)
    assert [VCARD[hit.start : hit.end] for hit in hits] == ["花巻;一郎;;;", "花巻 一郎", "09055550142"]


def test_a_link_is_searched_with_its_escapes_resolved() -> None:
    assert readable("https://example.com/?q=i%40example.com") == "https://example.com/?q=i@example.com"
    assert readable("100%25") == "100%25"


@given(st.text(max_size=80), st.sampled_from(["", "BEGIN:VCARD\n", "MECARD:", "WIFI:", "https://", "tel:", "mailto:"]))
def test_no_payload_breaks_it_and_spans_lie_inside(text: str, head: str) -> None:
    payload = head + text
    for hit in find_in_payload(payload):
        assert 0 <= hit.start < hit.end <= len(payload) and not payload[hit.start : hit.end].isspace()
