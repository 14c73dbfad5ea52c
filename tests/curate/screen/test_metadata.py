"""Traces of people in the file's metadata."""

from __future__ import annotations

from typing import Any

import pytest

from curate.finding import Check, Severity
from curate.screen.metadata import metadata_texts, screen_beside, screen_metadata
from curate.screen.xmp import ReadXmp, XmpValue, read_packets
from curate.sidecars import Beside
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


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (XmpValue("http://www.digikam.org/ns/1.0/", "TagsList", "People/Emily Carter"), "privacy.person_name"),
        (XmpValue("http://ns.adobe.com/lightroom/1.0/", "hierarchicalSubject", "人物|山田太郎"), "privacy.person_name"),
        (XmpValue("http://ns.iview-multimedia.com/mediapro/1.0/", "People", "Emily Carter"), "privacy.person_name"),
        (XmpValue("http://ns.acdsee.com/iptc/1.0/", "author", "Emily Carter"), "privacy.owner_name"),
        (XmpValue("http://ns.adobe.com/xmp/1.0/DynamicMedia/", "artist", "Emily Carter"), "privacy.owner_name"),
        (XmpValue(DC, "source", "\\\\files\\home\\ecarter\\a.tif"), "privacy.path_user"),
        (XmpValue("http://www.digikam.org/ns/1.0/", "TagsList", "Parts/Pumps"), None),
        (XmpValue("http://ns.adobe.com/lightroom/1.0/", "hierarchicalSubject", "Places|Kyoto"), None),
        (XmpValue("http://example.com/x/", "Creator", "Some Tool 1.0"), None),
    ],
)
def test_people_in_schemes_of_other_programs(value: XmpValue, kind: str | None) -> None:
    findings, _ = screen_metadata(make_picture_facts(), RIGHTS, ReadXmp((value,)))
    assert [found.kind for found in findings] == ([kind] if kind else [])


def test_words_of_unknown_schemes_are_handed_on() -> None:
    unknown = "http://ns.acdsee.com/iptc/1.0/"
    values = (
        XmpValue(unknown, "notes", "call 090-1234-5678"),
        XmpValue(unknown, "id", "a b"),
        XmpValue(unknown, "n", "7f3a"),
    )
    assert [item.field for item in metadata_texts(make_picture_facts(), ReadXmp(values))] == ["notes"]


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


SIDECAR = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" exif:GPSLatitude="35,40.5N">'
    "<dc:creator><rdf:Seq><rdf:li>Taro Yamada</rdf:li></rdf:Seq></dc:creator>"
    "<i:PersonInImage><rdf:Bag><rdf:li>Hanako Yamada</rdf:li></rdf:Bag></i:PersonInImage>"
    "<dc:description>call 090-1234-5678</dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def test_people_and_places_in_sidecars_count_like_those_in_the_file() -> None:
    findings, notes, texts = screen_beside("a" * 64, Beside(packets=(("a.jpg.xmp", SIDECAR),)), RIGHTS)
    assert sorted((found.kind, found.where.field) for found in findings) == [
        ("privacy.gps", "sidecar exif:GPSLatitude"),
        ("privacy.owner_name", "sidecar dc:creator"),
        ("privacy.person_name", "sidecar Iptc4xmpExt:PersonInImage"),
    ]
    assert notes == [] and "amada" not in repr(findings)
    assert ("sidecar dc:description", "call 090-1234-5678") in [(item.field, item.text) for item in texts]


@pytest.mark.parametrize(
    ("key", "text", "kind"),
    [
        ("people.name", "Hanako Yamada", "privacy.person_name"),
        ("geoData.latitude", "35.6762", "privacy.gps"),
        ("geoData.latitude", "0.0", None),
        ("EXIF:GPSPosition", "35 deg 40' N, 139 deg 45' E", "privacy.gps"),
        ("EXIF:Artist", "Taro Yamada", "privacy.owner_name"),
        ("SerialNumber", "4711", "privacy.device_trace"),
        ("title", "bolt", None),
        ("creationTime.timestamp", "1700000000", None),
    ],
)
def test_keys_of_json_sidecars(key: str, text: str, kind: str | None) -> None:
    findings, _, texts = screen_beside("a" * 64, Beside(values=(("a.jpg.json", key, text),)), RIGHTS)
    assert [found.kind for found in findings] == ([kind] if kind else [])
    assert "timestamp" not in repr(texts)


def test_a_sidecar_that_cannot_be_read_leaves_its_people_open() -> None:
    beside = Beside(packets=(("a.xmp", "<x:xmpmeta"),), unread=(".json sidecar: no regular file", "tdmrep.json: no"))
    _, notes, _ = screen_beside("a" * 64, beside, RIGHTS)
    assert [note.check for note in notes] == [Check.METADATA_PRIVACY] * 2
    assert all("サイドカー" in note.reason_ja for note in notes)
