"""Traces of people in the file's metadata."""

from __future__ import annotations

from typing import Any

import pytest

from curate.finding import Check, Severity
from curate.screen.metadata import metadata_texts, screen_metadata
from curate.screen.xmp import ReadXmp, XmpValue, read_packets
from tests.curate.fakes import make_picture_facts, make_record

RIGHTS = make_record().rights
DC, REGIONS = "http://purl.org/dc/elements/1.1/", "http://www.metadataworkinggroup.com/schemas/regions/"


@pytest.mark.parametrize(
    ("change", "kind", "severity"),
    [
        ({"gps": True}, "privacy.gps", Severity.HIGH),
        ({"exif": (("Artist", "Taro Yamada"),)}, "privacy.owner_name", Severity.MEDIUM),
        ({"exif": (("CameraOwnerName", "山田太郎"),)}, "privacy.owner_name", Severity.MEDIUM),
        ({"exif": (("Artist", "Example Photo Agency Inc."),)}, "privacy.owner_name", Severity.LOW),
        ({"exif": (("Artist", RIGHTS.owner),)}, "privacy.owner_name", Severity.LOW),
        ({"iptc": (("By-line", "Taro Yamada"),)}, "privacy.owner_name", Severity.MEDIUM),
        ({"comments": (("Author", "Taro Yamada"),)}, "privacy.owner_name", Severity.MEDIUM),
        ({"exif": (("BodySerialNumber", "0123456"),)}, "privacy.device_trace", Severity.LOW),
        ({"exif": (("Software", "C:\\Users\\tyamada\\edit.exe"),)}, "privacy.path_user", Severity.LOW),
        ({"exif": (("Software", "/Users/tyamada/bin/edit 1.0"),)}, "privacy.path_user", Severity.LOW),
        ({"comments": (("Software", "/home/tyamada/x"),)}, "privacy.path_user", Severity.LOW),
        ({"exif": (("XPAuthor", "Taro Yamada"),)}, "privacy.owner_name", Severity.MEDIUM),
        ({"iptc": (("Writer-Editor", "Taro Yamada"),)}, "privacy.owner_name", Severity.MEDIUM),
        ({"maker_note": True}, "privacy.maker_note", Severity.INFO),
        ({"thumbnail_difference": 0.4}, "privacy.thumbnail_differs", Severity.MEDIUM),
        ({"exif": (("UserComment", "seen at noon"),)}, "privacy.file_comment", Severity.LOW),
        ({"comments": (("comment", "seen at noon"),)}, "privacy.file_comment", Severity.LOW),
    ],
)
def test_a_trace_is_found_and_not_shown(change: dict[str, Any], kind: str, severity: Severity) -> None:
    findings, unscreened = screen_metadata(make_picture_facts(**change), RIGHTS, ReadXmp())
    assert [(found.kind, found.severity) for found in findings] == [(kind, severity)]
    assert unscreened == []
    assert "amada" not in repr(findings) and "山田" not in repr(findings)


@pytest.mark.parametrize(
    "change",
    [
        {"exif": (("Artist", "  "),)},
        {"exif": (("Software", "C:\\Users\\Public\\edit.exe"),)},
        {"exif": (("Software", "see https://example.com/home/bolts"),)},
        {"thumbnail_difference": 0.1},
        {"exif": (("BodySerialNumber", "0000"),)},
        {"exif": (("Make", "Canon"), ("FNumber", "2.8"))},
    ],
)
def test_empty_and_technical_values_are_nothing(change: dict[str, Any]) -> None:
    assert screen_metadata(make_picture_facts(**change), RIGHTS, ReadXmp()) == ([], [])


def test_people_named_in_xmp_regions() -> None:
    values = (XmpValue(REGIONS, "Name", "Hanako", "RegionList"), XmpValue(DC, "creator", "Taro"))
    findings, _ = screen_metadata(make_picture_facts(), RIGHTS, ReadXmp(values))
    assert [found.kind for found in findings] == ["privacy.owner_name", "privacy.person_name"]


def test_a_broken_packet_and_unread_parts_leave_the_question_open() -> None:
    facts = make_picture_facts(metadata_unread=("exif: ValueError",))
    _, unscreened = screen_metadata(facts, RIGHTS, ReadXmp(broken=("not well-formed",)))
    assert {note.check for note in unscreened} == {Check.METADATA_PRIVACY}
    assert len(unscreened) == 2


def test_free_texts_are_handed_on_and_technical_ones_are_not() -> None:
    facts = make_picture_facts(
        exif=(("ImageDescription", "a bolt"), ("DateTime", "2024:01:01 10:00:00")),
        iptc=(("Caption-Abstract", "a nut"),),
    )
    packet = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:m="http://ns.adobe.com/xap/1.0/mm/" '
        f'xmlns:dc="{DC}"><rdf:Description m:DocumentID="uuid:123456789012"><dc:description>a screw</dc:description>'
        "</rdf:Description></rdf:RDF>"
    )
    assert [item.text for item in metadata_texts(facts, read_packets([packet]))] == ["a bolt", "a nut", "a screw"]
