"""Faces, plates and codes in the pixels: their level, what is searched of a payload, what stays open."""

from __future__ import annotations

from datetime import date

import pytest

from curate.finding import Channel, Check, Screening, Severity
from curate.picture import PictureFacts, SeenCode, SeenFace, SeenPlate
from curate.record import TrainingText
from curate.screen.screener import Screener
from tests.curate.fakes import make_picture_facts, make_record

SCREENER = Screener()


def screen(facts: PictureFacts) -> Screening:
    record = make_record(texts=(TrainingText("title", "ja", "六角ボルト M8"),))
    return SCREENER.screen([record], {record.image_id: facts}, today=date(2025, 6, 1))[record.image_id]


@pytest.mark.parametrize(
    ("box", "severity"),
    [
        ((10, 10, 90, 110), Severity.HIGH),  # large, at the edge
        ((300, 60, 40, 50), Severity.HIGH),  # a person standing in the middle
        ((20, 60, 40, 50), Severity.MEDIUM),  # the same size at the edge
        ((300, 60, 20, 24), Severity.MEDIUM),  # far away
    ],
)
def test_a_face_is_the_subject_or_in_the_background(box: tuple[int, int, int, int], severity: Severity) -> None:
    (found,) = screen(make_picture_facts(faces=(SeenFace(0.9, box),))).findings
    assert (found.kind, found.severity, found.where.box) == ("privacy.face", severity, box)
    assert found.where.channel is Channel.PIXEL and found.masked == ""


def test_a_number_plate_is_personal() -> None:
    (found,) = screen(make_picture_facts(plates=(SeenPlate(0.8, (5, 5, 80, 40)),))).findings
    assert (found.kind, found.severity) == ("privacy.number_plate", Severity.MEDIUM)


def test_the_payload_of_a_code_is_searched_and_the_finding_shows_the_code() -> None:
    code = SeenCode("QRCode", "mail j.smith@example.com", (5, 6, 70, 71))
    (found,) = screen(make_picture_facts(codes=(code,))).findings
    assert (found.kind, found.where.box, found.where.span) == ("privacy.email", (5, 6, 70, 71), None)
    assert "smith" not in str(found.to_document())


@pytest.mark.parametrize("symbology", ["EAN13", "EAN8", "UPCA", "ITF14"])
def test_the_number_of_a_trade_article_says_nothing_about_a_person(symbology: str) -> None:
    result = screen(make_picture_facts(codes=(SeenCode(symbology, "4912345678904", (5, 6, 70, 71)),)))
    assert result.findings == () and Check.PIXEL_CODES in result.done


def test_a_code_that_cannot_be_read_is_not_clean() -> None:
    result = screen(make_picture_facts(codes=(SeenCode("QRCode", "", (5, 6, 70, 71), "checksum"),)))
    assert Check.PIXEL_CODES not in result.done
    assert [note.check for note in result.unscreened] == [Check.PIXEL_CODES]
    assert "QRCode: checksum" in result.unscreened[0].reason


@pytest.mark.parametrize(
    ("part", "check"), [("faces", Check.PIXEL_FACES), ("codes", Check.PIXEL_CODES), ("plates", Check.PIXEL_PLATES)]
)
def test_a_part_that_nobody_looked_for_stays_open(part: str, check: Check) -> None:
    result = screen(make_picture_facts(**{part: None, f"{part}_unscreened": "no model"}))
    assert [(note.check, note.reason) for note in result.unscreened] == [(check, "no model")]
    assert check not in result.done
