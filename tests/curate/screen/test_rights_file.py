"""Reservations in the file: PLUS in every XMP form, notices, licence dates; a broken packet is not a clean one."""

from __future__ import annotations

from datetime import date

import pytest

from curate.finding import Check, Finding, Severity, Unscreened
from curate.picture import PictureFacts
from curate.screen.rights_file import screen_file_rights
from curate.screen.xmp import BrokenXmp, read_xmp
from tests.curate.fakes import make_picture_facts, make_record

TODAY = date(2025, 6, 1)
OWNER = make_record().rights
NAMES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:p="http://ns.useplus.org/ldf/xmp/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:tdm="http://www.w3.org/ns/tdmrep#"'
)
VOCABULARY = "http://ns.useplus.org/ldf/vocab/"


def packet(inside: str, attributes: str = "") -> str:
    return (
        f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {NAMES}>'
        f'<rdf:Description rdf:about="" {attributes}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )


def screen(facts: PictureFacts) -> tuple[list[Finding], list[Unscreened]]:
    xmp = read_xmp(facts.xmp) if facts.xmp is not None else ()
    return screen_file_rights(facts, OWNER, xmp, today=TODAY)


def kinds(xmp: str) -> list[str]:
    return [found.kind for found in screen(make_picture_facts(xmp=xmp))[0]]


def forms(value: str) -> list[str]:
    """The ways in which RDF/XML may spell one property."""
    return [
        packet("", f'p:DataMining="{value}"'),
        packet(f"<p:DataMining>{value}</p:DataMining>"),
        packet(f'<p:DataMining rdf:resource="{value}"/>'),
        packet(f"<p:DataMining><rdf:Bag><rdf:li>{value}</rdf:li></rdf:Bag></p:DataMining>"),
        packet(f"<p:DataMining><rdf:Description><rdf:value>{value}</rdf:value></rdf:Description></p:DataMining>"),
    ]


PROHIBITED = (
    "DMI-PROHIBITED", "DMI-PROHIBITED-AIMLTRAINING", "DMI-PROHIBITED-GENAIMLTRAINING", "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
    "DMI-PROHIBITED-SEECONSTRAINT", "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR", "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR", "DMI-WHATEVER", "no",
)  # fmt: skip


@pytest.mark.parametrize("term", PROHIBITED)
def test_a_prohibition_is_found_in_every_form(term: str) -> None:
    for value in (VOCABULARY + term, term):
        for xmp in forms(value):
            found = screen(make_picture_facts(xmp=xmp))[0]
            assert [(item.kind, item.severity) for item in found] == [
                ("rights.data_mining_prohibited", Severity.CRITICAL)
            ], xmp


@pytest.mark.parametrize("term", ["DMI-ALLOWED", "DMI-UNSPECIFIED"])
def test_no_prohibition_is_invented(term: str) -> None:
    for xmp in forms(VOCABULARY + term):
        assert kinds(xmp) == []


def test_a_broken_packet_leaves_the_question_open_and_its_prohibition_counts() -> None:
    facts = make_picture_facts(xmp=packet(f'<p:DataMining rdf:resource="{VOCABULARY}DMI-PROHIBITED"')[:-20])
    findings, unscreened = screen(facts)
    assert [found.kind for found in findings] == ["rights.data_mining_prohibited"]
    assert [note.check for note in unscreened] == [Check.METADATA_RIGHTS]


@pytest.mark.parametrize(
    "xmp",
    [
        "<x",
        "",
        "<a/>",
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<!DOCTYPE a SYSTEM "http://example.com/x.dtd"><a/>',
        "x" * 4_000_001,
    ],
)
def test_what_cannot_be_read_is_said(xmp: str) -> None:
    assert isinstance(read_xmp(xmp), BrokenXmp)


def test_unread_parts_of_the_metadata_leave_the_question_open() -> None:
    _, unscreened = screen(make_picture_facts(metadata_unread=("iptc: ValueError", "gps: ValueError")))
    assert [note.reason for note in unscreened] == ["iptc: ValueError"]


def test_notices_of_others_are_medium_and_own_ones_low_and_repeats_are_one() -> None:
    other = make_picture_facts(
        exif=(("Copyright", "(c) 2020 Somebody Else"),), iptc=(("CopyrightNotice", "(C) 2020 somebody else"),)
    )
    (found,) = screen(other)[0]
    assert (found.kind, found.severity) == ("rights.reserved_notice", Severity.MEDIUM)
    assert "Somebody" not in found.masked + found.explanation
    own = make_picture_facts(
        xmp=packet(
            "<dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>© Example Seiki K.K.</rdf:li></rdf:Alt></dc:rights>"
        )
    )
    (found,) = screen(own)[0]
    assert found.severity is Severity.LOW


@pytest.mark.parametrize(
    "notice",
    ["No AI training permitted", "AI学習禁止", "機械学習への利用を禁じます", "not be used for machine learning"],
)
def test_a_prohibition_in_words_counts(notice: str) -> None:
    found = screen(make_picture_facts(exif=(("Copyright", notice),)))[0]
    assert "rights.data_mining_prohibited" in {item.kind for item in found}


def test_dates_releases_and_tdm_in_the_file() -> None:
    assert kinds(packet("", 'p:LicenseEndDate="2025-05-31"')) == ["rights.license_expired"]
    assert kinds(packet("", 'p:LicenseEndDate="2025-06-01"')) == []
    assert kinds(packet("", 'p:LicenseStartDate="2025-07-01T00:00:00Z"')) == ["rights.license_not_started"]
    assert kinds(packet("", f'p:ModelReleaseStatus="{VOCABULARY}MR-NON"')) == ["rights.release_missing"]
    assert kinds(packet("", f'p:ModelReleaseStatus="{VOCABULARY}MR-NAP"')) == []
    assert kinds(packet("", 'tdm:reservation="1"')) == ["rights.data_mining_prohibited"]
    assert kinds(packet("", 'tdm:reservation="0"')) == []
