"""The whole screening on small worlds: what is done, what is open, what is found, and that nothing is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.finding import Channel, Check, Screening, Severity
from curate.picture import PictureFacts, TextLine, Undecoded
from curate.record import ImageRecord, TrainingText
from curate.screen import names
from curate.screen.hit import SEVERITY, Hit
from curate.screen.screener import Screener
from curate.screen.settings import ScreenSettings
from curate.screen.wording import NO_REASON, SENTENCES
from tests.curate.fakes import make_picture_facts, make_record
from tests.curate.screen.worlds import filled

TODAY = date(2025, 6, 1)
SCREENER = Screener(ScreenSettings())
ENGLISH_MISSING = "no English model in this world"


@pytest.fixture(autouse=True)
def small_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Language models that know one name between them."""

    def find(texts: Sequence[str], language: str, *, progress: Callable[[int, int], None] | None = None) -> Any:
        hits = []
        for text in texts:
            at = text.find("花巻一郎")
            hits.append((Hit("privacy.person_name", at, at + 4, 0.7, Severity.MEDIUM, NO_REASON),) if at >= 0 else ())
        return hits

    monkeypatch.setattr(names, "missing_for", lambda language: None)
    monkeypatch.setattr(names, "find_names", find)


@pytest.fixture
def no_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "missing_for", lambda language: None if language == "ja" else ENGLISH_MISSING)


def screen(record: ImageRecord, facts: PictureFacts | Undecoded | None = None) -> Screening:
    pictures = {record.image_id: facts or make_picture_facts(image_id=record.image_id)}
    return SCREENER.screen([record], pictures, today=TODAY)[record.image_id]


def kinds(screening: Screening) -> list[str]:
    return sorted(found.kind for found in screening.findings)


JAPANESE = (TrainingText("title", "ja", "六角ボルト M8"),)


def test_a_clean_record_has_every_check_done_and_nothing_found() -> None:
    result = screen(make_record(texts=JAPANESE))
    assert result.findings == () and result.unscreened == ()
    assert result.done == frozenset(Check)


@pytest.mark.usefixtures("no_english")
def test_english_texts_without_a_model_leave_names_open_and_nothing_else() -> None:
    result = screen(make_record())
    assert [(note.check, note.reason) for note in result.unscreened] == [(Check.TEXT_NAMES, ENGLISH_MISSING)]
    assert result.done == frozenset(Check) - {Check.TEXT_NAMES}


def test_japanese_texts_without_a_model_leave_names_open_in_texts_and_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "missing_for", lambda language: "not installed")
    facts = make_picture_facts(text_lines=(TextLine("外観", 0.9, (0, 0, 9, 9)),))
    assert {note.check for note in screen(make_record(texts=JAPANESE), facts).unscreened} == {
        Check.TEXT_NAMES,
        Check.PIXEL_TEXT,
    }


@pytest.mark.parametrize(
    ("change", "field", "channel"),
    [
        ({"texts": (TrainingText("title", "en", "write to j.smith@example.com"),)}, "title[en][0]", Channel.TEXT),
        ({"texts": (TrainingText("query", "ja", "担当 j.smith@example.com"),)}, "query[ja][0]", Channel.TEXT),
        ({"texts": (*JAPANESE, TrainingText("tags", "und", "j.smith@example.com"))}, "tags[und][0]", Channel.TEXT),
        ({"extra": (("note", "j.smith@example.com"),)}, "note", Channel.TEXT),
        ({"file_names": ("mail j.smith@example.com.png",)}, "file_name", Channel.FILE),
    ],
)
def test_every_text_of_the_record_is_searched(change: dict[str, Any], field: str, channel: Channel) -> None:
    (found,) = screen(make_record(**change)).findings
    assert (found.kind, found.where.field, found.where.channel) == ("privacy.email", field, channel)
    assert found.where.span is not None
    assert "smith" not in json.dumps(found.to_document())


def test_metadata_texts_are_searched_for_personal_data() -> None:
    facts = make_picture_facts(exif=(("ImageDescription", "ask 090-1234-5678"),))
    (found,) = screen(make_record(texts=JAPANESE), facts).findings
    assert (found.kind, found.where.channel, found.where.field) == (
        "privacy.phone",
        Channel.METADATA,
        "exif:ImageDescription",
    )


def test_pixels_are_searched_across_boxes_and_findings_carry_a_box() -> None:
    lines = (
        TextLine("個人番号", 0.98, (10, 10, 80, 20)),
        TextLine(filled("{mn4}"), 0.9, (100, 11, 160, 20)),
        TextLine("社 外 秘", 0.95, (300, 200, 90, 30)),
        TextLine("花巻一郎", 0.95, (10, 300, 60, 20)),
    )
    result = screen(make_record(texts=JAPANESE), make_picture_facts(text_lines=lines))
    found = {item.kind: item for item in result.findings}
    assert set(found) == {"privacy.jp_my_number", "content.secret_marking", "privacy.person_name"}
    assert found["privacy.jp_my_number"].severity is Severity.CRITICAL
    assert found["privacy.jp_my_number"].where.box == (100, 11, 160, 20)
    assert found["content.secret_marking"].where.box == (300, 200, 90, 30)
    assert all(item.where.channel is Channel.PIXEL for item in result.findings)
    assert Check.PIXEL_TEXT in result.done


def test_pixels_that_nobody_read_are_open() -> None:
    result = screen(make_record(texts=JAPANESE), make_picture_facts(text_lines=None, text_unscreened="no OCR engine"))
    assert [(note.check, note.reason) for note in result.unscreened] == [(Check.PIXEL_TEXT, "no OCR engine")]
    assert Check.PIXEL_TEXT not in result.done


def test_cells_seals_and_second_readings_are_reported_once_each() -> None:
    lines = (
        TextLine("照査", 0.95, (10, 10, 40, 20)),
        TextLine("轟 亮", 0.95, (60, 10, 60, 20)),
        TextLine("TEL 03-1234-5678", 0.9, (10, 100, 160, 20), others=("TEL 03-1234-5678.", "TEL 03-1284-5678")),
        TextLine("山田", 0.9, (300, 300, 40, 40), seal=True),
    )
    result = screen(make_record(texts=JAPANESE), make_picture_facts(text_lines=lines))
    found = sorted((item.kind, item.where.box) for item in result.findings)
    assert found == [
        ("privacy.person_name", (60, 10, 60, 20)),
        ("privacy.phone", (10, 100, 160, 20)),
        ("privacy.seal", (300, 300, 40, 40)),
    ]


def test_poorly_read_pixels_are_searched_and_stay_open() -> None:
    lines = (TextLine("CONFIDENTIAL", 0.4, (0, 0, 90, 20)),)
    result = screen(make_record(texts=JAPANESE), make_picture_facts(text_lines=lines))
    assert kinds(result) == ["content.secret_marking"]
    assert Check.PIXEL_TEXT not in result.done


@pytest.mark.parametrize("given_as_undecoded", [True, False])
def test_an_undecoded_file_leaves_all_its_checks_open(given_as_undecoded: bool) -> None:
    record = make_record(texts=JAPANESE)
    pictures = {record.image_id: Undecoded(record.image_id, "truncated")} if given_as_undecoded else {}
    result = SCREENER.screen([record], pictures, today=TODAY)[record.image_id]
    assert kinds(result) == ["content.undecodable"]
    assert result.done == {Check.TEXT_PII, Check.TEXT_NAMES, Check.CATALOGUE_RIGHTS}
    assert {note.check for note in result.unscreened} == frozenset(Check) - result.done


def test_a_broken_xmp_packet_is_not_clean() -> None:
    result = screen(make_record(texts=JAPANESE), make_picture_facts(xmp="<x:xmpmeta"))
    assert not {Check.METADATA_RIGHTS, Check.METADATA_PRIVACY} & result.done


def test_rows_with_the_same_bytes_are_named() -> None:
    assert kinds(screen(make_record(texts=JAPANESE, file_names=("a.png", "b.png")))) == ["duplicate.exact_rows"]


def test_look_alikes_are_grouped_in_the_screening() -> None:
    first, second = make_record("a", texts=JAPANESE), make_record("b", texts=JAPANESE)
    same = {"phash": "0123456789abcdef", "dhash": "fedcba9876543210", "colour_grid": (0.5,) * 192}
    pictures = {r.image_id: make_picture_facts(image_id=r.image_id, **same) for r in (first, second)}
    result = SCREENER.screen([first, second], pictures, today=TODAY)
    group = tuple(sorted((first.image_id, second.image_id)))
    assert all(item.duplicate_group == group for item in result.values())
    assert sorted(len(item.findings) for item in result.values()) == [0, 1]


def test_one_name_found_twice_is_one_finding() -> None:
    record = make_record(texts=(TrainingText("title", "ja", "担当者：花巻一郎"),))
    assert kinds(screen(record)) == ["privacy.person_name"]


@pytest.mark.usefixtures("no_english")
def test_a_single_text() -> None:
    findings, unscreened = SCREENER.screen_text("write to j.smith@example.com", language="en")
    assert [(found.kind, found.image_id) for found in findings] == [("privacy.email", "")]
    assert [note.check for note in unscreened] == [Check.TEXT_NAMES]


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_more_text_never_removes_what_was_found_in_other_fields(first: str, second: str) -> None:
    one = SCREENER.screen([make_record(extra=(("a", first),))], {}, today=TODAY)
    both = SCREENER.screen([make_record(extra=(("a", first), ("b", second)))], {}, today=TODAY)
    (alone,), (together,) = one.values(), both.values()
    assert set(alone.findings) <= set(together.findings)


def test_the_same_input_gives_the_same_digest() -> None:
    record = make_record(texts=(TrainingText("title", "ja", filled("個人番号{mn} 電話03-1234-5678")),))
    assert screen(record).findings_digest == screen(record).findings_digest


def test_every_kind_has_a_severity_and_sentences_in_both_languages() -> None:
    assert set(SEVERITY) == set(SENTENCES)
    for kind, sentence in SENTENCES.items():
        assert sentence.en.endswith(".") and sentence.ja.endswith("。"), kind
        assert kind.split(".")[0] in ("privacy", "rights", "quality", "duplicate", "content")


def test_every_check_has_a_detector_that_says_what_it_cannot_see() -> None:
    detectors = SCREENER.detectors()
    covered = {check for info in detectors for check in info.checks}
    assert covered == frozenset(Check) - {Check.DECODE}
    for info in detectors:
        assert info.licence and info.blind_spots_en and info.blind_spots_ja and info.detector.version
        assert info.available or info.hint


def test_english_names_in_the_pixels_and_in_file_names_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(texts: Sequence[str], language: str, *, progress: object = None) -> list[tuple[Hit, ...]]:
        """Believes Jane Whitfield, doubts Royal Gala."""
        return [
            tuple(
                Hit("privacy.person_name", at, at + len(name), 0.9, severity, NO_REASON)
                for name, severity in (("Jane Whitfield", Severity.MEDIUM), ("Royal Gala", Severity.LOW))
                if (at := text.find(name)) >= 0
            )
            for text in texts
        ]

    monkeypatch.setattr(names, "missing_for", lambda language: None)
    monkeypatch.setattr(names, "find_names", find)
    lines = (
        TextLine("We thank Jane", 0.99, (0, 0, 120, 20)),
        TextLine("Whitfield for her Royal Gala", 0.99, (0, 26, 240, 20)),
    )
    record = replace(make_record(texts=JAPANESE), file_names=("photos/jane_whitfield-2.png",))
    result = screen(record, make_picture_facts(text_lines=lines))
    found = sorted((item.where.channel, item.where.field, item.where.span, item.where.box) for item in result.findings)
    assert found == [
        (Channel.FILE, "file_name", (7, 21), None),
        (Channel.PIXEL, None, None, (0, 0, 240, 46)),
    ]


@pytest.mark.usefixtures("no_english")
def test_without_an_english_model_latin_lines_stay_open() -> None:
    facts = make_picture_facts(text_lines=(TextLine("Handed over to the customer", 0.99, (0, 0, 90, 20)),))
    assert Check.PIXEL_TEXT not in screen(make_record(texts=JAPANESE), facts).done


def test_every_open_part_says_why_in_japanese() -> None:
    facts = make_picture_facts(text_lines=None, text_unscreened="the text reader stopped: TextReadError: it broke off")
    notes = screen(make_record(), facts).unscreened
    assert notes and all(re.search("[ぁ-んァ-ヴ一-龥]", note.reason_ja) for note in notes)
    assert {note.to_document()["unscreened_ja"] for note in notes} == {note.reason_ja for note in notes}
