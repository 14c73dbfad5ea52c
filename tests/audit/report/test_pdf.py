"""The report on paper: text comes out of it as it was typed, fonts travel in it, and it stays short."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import ImageFile

from audit.report import pdf
from audit.report.data import ReportData
from audit.report.pdf import PdfUnavailable, render_pdf, with_styled_drawings
from audit.report.wording import Lang
from tests.audit.report.fakes import Factory


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> ReportData:
    return Factory.make(tmp_path_factory.mktemp("factory"), parts=6).data()


def on_paper(data: ReportData, lang: Lang, folder: Path) -> Path:
    try:
        made = render_pdf(data, lang)
    except PdfUnavailable as error:
        pytest.skip(f"no PDF can be made here: {error.message}; {error.hint}")
    path = folder / f"report.{lang.value}.pdf"
    path.write_bytes(made)
    return path


def text_of(path: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: apt install poppler-utils")
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
    return done.stdout


def test_japanese_comes_out_as_it_was_typed(data: ReportData, tmp_path: Path) -> None:
    path = on_paper(data, Lang.JA, tmp_path)
    text = text_of(path)
    assert "個人情報" in text and "二者承認" in text
    assert "佐藤 安奈" in text and "六角ボルト" in text
    fonts = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in fonts.splitlines()[2:]]
    assert rows and all(row[-5] == "yes" for row in rows), "every font is embedded"
    assert any("Report-Japanese" in row[0] for row in rows)


@pytest.mark.parametrize("lang", list(Lang))
def test_every_word_stands_inside_the_margins(data: ReportData, lang: Lang, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: apt install poppler-utils")
    talkative = tuple(
        replace(
            line,
            version="1+rapidocr-3.10.0+tesseract-5.3.0+onnxruntime-1.27.1",
            licence="LicenseRef-Engine-and-models Apache-2.0",
            blind_spots_en="Vertical lines, handwriting, seals without an ink of their own. " * 9,
            blind_spots_ja="縦書き・手書き文字・白抜きの印影・欠けた印影は検出できません。" * 9,
            available=False,
            hint="pip install 'imprimatur[vision]' && apt install tesseract-ocr tesseract-ocr-jpn",
        )
        for line in data.detectors
    )
    assert talkative
    path = on_paper(replace(data, detectors=talkative), lang, tmp_path)
    boxes = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True).stdout
    for page in boxes.split("<page ")[1:]:
        width = float(re.findall(r'width="([\d.]+)"', page)[0])
        words = re.findall(r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">([^<]*)<', page)
        margin = 15 / 25.4 * 72 - 1  # 15 mm, less a point for what overhangs a glyph
        outside = [word for left, right, word in words if float(left) < margin or float(right) > width - margin]
        assert words and not outside


def test_a_long_catalogue_makes_a_short_paper(
    data: ReportData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "IMAGES_LISTED", 12)
    many = replace(data, images=data.images * 40)
    text = text_of(on_paper(many, Lang.EN, tmp_path))
    assert f"The first 12 of {len(many.images):,} images" in " ".join(text.split())


def test_half_a_file_is_no_picture_after_a_report_either(data: ReportData, tmp_path: Path) -> None:
    on_paper(data, Lang.EN, tmp_path)
    assert not ImageFile.LOAD_TRUNCATED_IMAGES  # WeasyPrint sets it for the whole process


def test_what_is_missing_is_named(data: ReportData, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(PdfUnavailable) as refused:
        render_pdf(data, Lang.JA)
    assert refused.value.code == "IMP-E334"
    assert "imprimatur[pdf]" in str(refused.value.hint) and "libpango" in str(refused.value.hint)


def test_a_font_that_no_wheel_carries_is_named() -> None:
    with pytest.raises(PdfUnavailable, match=r"no-such\.ttf"):
        pdf._font("matplotlib", "no-such.ttf")


def test_drawings_carry_their_own_rules() -> None:
    drawn = with_styled_drawings('<p>x</p><svg viewBox="0 0 1 1"><rect class="tone-deny"/></svg>')
    assert drawn.startswith('<p>x</p><svg viewBox="0 0 1 1"><style>') and "var(" not in drawn
