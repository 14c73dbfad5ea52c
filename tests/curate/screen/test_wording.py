"""Every finding says in Japanese and in English what was found and why, and shows the value in neither."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import curate.screen
from curate.canonical import from_json, to_json
from curate.finding import Category, Channel, Check, Detector, Finding, Screening, Severity, Where
from curate.picture import PictureFacts, SeenCode, SeenFace, SeenPlate, TextLine, Undecoded
from curate.record import ImageRecord, TrainingText
from curate.screen import names
from curate.screen.barred_prints import BarredPrint, print_of
from curate.screen.detectors import all_detectors
from curate.screen.duplicates import find_duplicates
from curate.screen.hit import finding
from curate.screen.screener import Screener
from curate.screen.settings import ScreenSettings
from curate.screen.wording import NO_REASON, SENTENCES, Reason, explained
from tests.curate.fakes import make_picture_facts, make_record
from tests.curate.screen.worlds import PERSONAL, filled

TODAY = date(2025, 6, 1)
JAPANESE = re.compile(r"[ぁ-んァ-ヴ一-龥]")
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" plus:ModelReleaseStatus="MR-NON" plus:MinorModelAgeDisclosure="AG-U14"
 plus:DataMining="DMI-PROHIBITED" plus:LicenseEndDate="2019-02-03" exif:GPSLatitude="35,41N" xmpRights:Marked="True"/>
</rdf:RDF></x:xmpmeta>"""
OTHERS = ("社外秘", "info@example.com", "品川 300 あ 12-34", "個人番号 123456789012", "12-3456", "生年月日 1980-03-04")
LETTER = "Dear Ms Harding, I am 34 years old and live in Bristol. I work as a plumber at Hollis Ltd since 3 March 2011."
CODES = (
    "BEGIN:VCARD\nFN:山田 太郎\nSOUND:ヤマダ\nTEL:03-3581-4111\nBDAY:1980-03-04\nEND:VCARD", "tel:0335814111", "mailto:a.b@example.com",
    "WIFI:T:WPA;S:plant;P:gear-1234;;", "otpauth://totp/x?secret=ABC", "https://u:geheim99@example.com/?employeeid=E10442",
    "MATMSG:TO:h.sato@example.com;;",
)  # fmt: skip


def sample() -> tuple[list[ImageRecord], dict[str, PictureFacts | Undecoded]]:
    """A picture for everything that a detector can say, or close to it."""
    lines = [*map(filled, PERSONAL), *OTHERS]
    texts = [TrainingText("captions", "ja" if JAPANESE.search(line) else "en", line) for line in lines]
    expired = {"license": "CC-BY-NC-SA-4.0", "license_end": date(2020, 1, 1), "license_start": date(2030, 1, 1)}
    worlds: list[tuple[ImageRecord, PictureFacts | None]] = [
        (make_record("texts.png", texts=(*texts, TrainingText("title", "en", LETTER))), make_picture_facts("texts.png")),
        (make_record("broken.png"), None),
        (make_record("terms.png", file_names=("a.png", "b.png"), license_scope=("output",), license_territory="US",
                     conflicts=("license",), model_release="none", **expired), make_picture_facts("terms.png")),
        (make_record("unknown.png", license="??", extra=(("no_train", "yes"), ("tdm-reservation", "1"), ("note", "AI学習禁止"))),
         make_picture_facts("unknown.png")),
        (make_record("none.png", license=None), make_picture_facts("none.png")),
        (make_record("file.png"), make_picture_facts(
            "file.png", gps=True, maker_note=True, thumbnail_difference=0.9, xmp=(XMP,), prohibited_terms=("DMI-PROHIBITED-GENAIMLTRAINING",),
            exif=(("Artist", "Hanako"), ("BodySerialNumber", "77X1"), ("UserComment", "note"), ("Software", r"C:\Users\hanako\x.exe")),
        )),
        (make_record("claim.png"), make_picture_facts("claim.png", exif=(("Copyright", "(c) Somebody Else"),))),
        (make_record("pixels.png"), make_picture_facts(
            "pixels.png", faces=(SeenFace(0.9, (5, 5, 400, 400)), SeenFace(0.9, (600, 9, 9, 9))), plates=(SeenPlate(0.9, (1, 1, 20, 9)),),
            text_lines=(TextLine("設計", 0.9, (10, 10, 40, 20)), TextLine("大橋", 0.9, (60, 10, 40, 20)), TextLine("極秘", 0.9, (10, 90, 40, 20)),
                        TextLine("山田", 0.9, (300, 300, 40, 40), seal=True), TextLine("No AI training.", 0.9, (10, 200, 300, 20))),
            codes=tuple(SeenCode("QRCode", code, (9, 9, 50, 50)) for code in CODES),
        )),
        *((make_record(name), make_picture_facts(name, **bad)) for name, bad in {
            "small.png": {"width": 20, "height": 20, "grey_tail_share": 0.5, "jpeg_quality": 3, "edge_steepness": 0.01},
            "blank.png": {"luminance_std": 0.1},
            "dark.png": {"luminance_mean": 1.0, "brightest": 3.0},
            "white.png": {"clipped_share": 0.99, "brightest": 200.0, "darkest": 199.0, "edge_steepness": 0.01},
        }.items()),
    ]  # fmt: skip
    pictures: dict[str, PictureFacts | Undecoded] = {
        record.image_id: facts or Undecoded(record.image_id, "the file cannot be read whole: truncated")
        for record, facts in worlds
    }
    return [record for record, _ in worlds], pictures


@pytest.fixture(scope="module")
def screened() -> dict[str, Screening]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names, "missing_for", lambda language: "too slow for this test" if language == "ja" else None)
        return Screener(ScreenSettings(employee_numbers=("[0-9]{2}-[0-9]{4}",))).screen(*sample(), today=TODAY)


def check(found: Finding) -> None:
    sentence = SENTENCES[found.kind]
    assert found.explanation.startswith(sentence.en[:-1]) and found.explanation.endswith(".")
    assert found.explanation_ja.startswith(sentence.ja) and found.explanation_ja.endswith("。")
    reason = found.explanation_ja.removeprefix(sentence.ja)
    assert bool(reason) is (found.explanation != sentence.en), found.explanation
    assert not reason or JAPANESE.search(reason), found.explanation_ja
    assert found.to_document()["explanation_ja"] == found.explanation_ja


def test_whatever_is_found_is_explained_in_both_languages(screened: dict[str, Screening]) -> None:
    found = [one for page in screened.values() for one in page.findings]
    for one in found:
        check(one)
    # The sample has to stay broad: of the detectors those that need a large model, a manifest or a sidecar are silent here.
    loud = {one.detector.name for one in found}
    silent = {info.detector.name for info in all_detectors()} - loud
    assert not [name for name in silent if not re.search("name|manifest|beside", name)], silent
    assert len({one.kind for one in found}) >= 35


def test_no_explanation_shows_what_it_found(screened: dict[str, Screening]) -> None:
    records, _ = sample()
    texts = {record.image_id: {text.text for text in record.texts} for record in records}
    for image_id, page in screened.items():
        for one in page.findings:
            if one.where.span is not None and one.where.field == "captions":
                start, end = one.where.span
                values = {text[start:end] for text in texts[image_id] if len(text) >= end} - {""}
                hidden = [value for value in values if sum(map(str.isdigit, value)) > 3 or "@" in value]
                assert not [value for value in hidden if value in one.explanation + one.explanation_ja]


def test_copies_are_explained_too() -> None:
    one = make_picture_facts("one.png")
    twin = replace(one, image_id="f" * 64)
    barred = [BarredPrint("e" * 64, why=why, **print_of(one)) for why in ("denied", "withdrawn")]
    for prints in ([], barred[:1], barred[1:]):
        like = find_duplicates([one, twin], prints, ScreenSettings().duplicates)
        found = [finding for findings in like.findings.values() for finding in findings]
        assert found
        for each in found:
            check(each)


def test_every_reason_in_the_code_is_written_in_both_languages() -> None:
    """mypy wants a Reason at each place; here: each is written out, its Japanese in Japanese."""
    places = 0
    for path in sorted(Path(curate.screen.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason":
                if all(isinstance(part, ast.Constant) and part.value == "" for part in node.args):
                    continue  # NO_REASON
                assert len(node.args) == 2, f"{path.name}:{node.lineno}"
                assert JAPANESE.search(ast.unparse(node.args[1])), f"{path.name}:{node.lineno}"
                assert not JAPANESE.search(ast.unparse(node.args[0])), f"{path.name}:{node.lineno}"
                places += 1
    assert places > 100


@pytest.mark.parametrize("half", [("why", ""), ("", "理由")])
def test_half_a_reason_is_refused(half: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="English and Japanese"):
        Reason(*half)


@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_a_sentence_stands_alone_or_is_completed(kind: str) -> None:
    assert explained(kind) == SENTENCES[kind] == explained(kind, NO_REASON)
    told = explained(kind, Reason("so it says", "そう書かれています"))
    assert told.en.endswith(": so it says.") and told.ja == SENTENCES[kind].ja + "そう書かれています。"


def test_what_was_recorded_with_english_reasons_only_is_still_read() -> None:
    new = finding("0" * 64, Detector("d", "1"), "privacy.gps", Where(Channel.METADATA))
    document = to_json(new)
    assert isinstance(document, dict) and from_json(Finding, document) == new
    old = from_json(Finding, {key: value for key, value in document.items() if key != "explanation_ja"})
    assert old == replace(new, explanation_ja="")


def test_the_reason_is_part_of_what_an_approval_binds() -> None:
    said = Finding(
        "0" * 64,
        Detector("d", "1"),
        Category.PRIVACY,
        "privacy.gps",
        1.0,
        Severity.HIGH,
        Where(Channel.METADATA),
        "",
        "a",
        "あ",
    )
    pages = [
        Screening("0" * 64, (one,), (), frozenset({Check.DECODE})) for one in (said, replace(said, explanation_ja="い"))
    ]
    assert pages[0].findings_digest != pages[1].findings_digest
