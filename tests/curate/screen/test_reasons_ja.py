"""The catalogue of reasons: what the readers report has its Japanese, and what it does not know is quoted as a report."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from curate.finding import Check, Detector, OpenCause
from curate.screen.reasons_ja import cause_of, in_both, in_japanese, unscreened

ROOT = Path(__file__).resolve().parents[3]
JAPANESE = re.compile("[ぁ-んァ-ヴ一-龥]")
# A value for each place of a template that is filled in at run time.
_FILLED = "7"


def reported() -> list[str]:
    """The templates of every `….fail(part, reason)`, `Undecoded(…, reason)` and `….unread.append(…)` of the readers."""
    found = []
    files = [*(ROOT / "curate" / "embedded").glob("*.py"), *(ROOT / "curate").glob("*.py")]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name == "fail" and len(node.args) == 2:
                text = _text(node.args[1])
                found += [f"exif: {text}"] if text else []
            elif name == "_fail" and len(node.args) == 1:
                text = _text(node.args[0])
                found += [f"exif: {text}"] if text else []
            elif name == "Undecoded" and len(node.args) >= 2:
                text = _text(node.args[1])
                found += [text] if text else []
    return sorted(set(found))


def _text(node: ast.expr) -> str:
    """The text of a literal, its holes filled; empty where it is made elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(p.value if isinstance(p, ast.Constant) else _FILLED for p in node.values)  # type: ignore[misc]
    return ""


def test_every_sentence_of_the_readers_is_in_the_catalogue() -> None:
    sentences = [text.replace("0x7", "0x0110") for text in reported()]
    assert len(sentences) > 30
    known = {"exif: an item of type 7, coding 7: 7"}
    missing = [text for text in sentences if in_japanese(text) is None and text not in known]
    assert missing == []
    # The part is named in Japanese, and so is what is wrong with it, down to the terms of the format.
    raw = [
        t for t in sentences if t.startswith("exif: ") and not JAPANESE.search((in_japanese(t) or "").split("（")[1])
    ]
    assert [text for text in raw if re.search("[a-z]{4}", text.removeprefix("exif: "))] == []


@pytest.mark.parametrize(
    ("said", "japanese"),
    [
        ("the file cannot be opened: Permission denied", "ファイルを開けません（Permission denied）"),
        ("OSError: image file is truncated (8 bytes not processed)", "ファイルが途中で切れています"),
        (
            "XMP packet: not well-formed XML at line 3",
            "XMPパケットを読み取れません（3行目がXMLとして正しくありません）",
        ),
        (".json sidecar: longer than 9 bytes", "JSONサイドカーを読み取れません（上限（9バイト）を超えています）"),
        ("the file was not decoded: decoding failed: took longer than 20 seconds.", None),
        ("looking into the pixels failed: the process ended (signal 9)", None),
        ("27 characters in 3 lines were read with a confidence below 0.60, e.g. at 0, 0, 90 x 20", None),
        ("a code was located and could not be read (QRCode: ChecksumError)", None),
    ],
)
def test_what_is_inside_is_put_into_japanese_as_well(said: str, japanese: str | None) -> None:
    why = in_both(said)
    assert why.en == said.rstrip(".")
    assert japanese is None or why.ja == japanese
    assert JAPANESE.search(why.ja) and "報告" not in why.ja and re.search("took|process|characters", why.ja) is None


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("the text reader stopped: TextReaderUnavailableError: expected an OCR engine to read the pixels, found none: "
         "rapidocr is not installed", OpenCause.NOT_INSTALLED),
        ("the face detector stopped: FaceDetectorUnavailableError: expected a network that finds faces, found none: "
         "something new", OpenCause.NOT_INSTALLED),
        ("no language model for Japanese: ginza is not installed (extra 'ja')", OpenCause.NOT_INSTALLED),
        ("the file was not decoded: only the table was read", OpenCause.NOT_ASKED),
        ("nobody asked for faces in the pixels", OpenCause.NOT_ASKED),
        ("the text reader stopped: ValueError: no language model of mine", OpenCause.IN_THE_FILE),
        ("exif: it is no TIFF structure", OpenCause.IN_THE_FILE),
        ("the network is not in this installation, it says", OpenCause.UNKNOWN),
    ],
)  # fmt: skip
def test_a_report_has_the_cause_of_what_it_reports(said: str, cause: OpenCause) -> None:
    assert cause_of(said) is cause
    assert unscreened("a" * 64, Detector("x", "1"), Check.QUALITY, said).cause is cause


def test_what_the_catalogue_does_not_know_is_quoted() -> None:
    note = unscreened("a" * 64, Detector("x", "1"), Check.QUALITY, "something new")
    assert note.reason == "something new" and note.reason_ja == "読み取り処理の報告は「something new」です"
    assert in_both("").en == ""
