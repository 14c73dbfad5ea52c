"""The font check must say no to a font without Japanese letters, whatever the file is called."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import ImageFont

from curate.errors import ExitCode
from imprimatur.sample.font import FontMissing, find_font, has_letters


def _latin_font() -> bytes:
    """Pillow's built-in font: real, and without one Japanese letter."""
    built_in = ImageFont.load_default(12)
    assert isinstance(built_in, ImageFont.FreeTypeFont)
    return built_in.font_bytes


def test_the_installed_font_has_the_letters_of_the_sample() -> None:
    font = find_font()
    assert has_letters(font.path, "社外秘あ表題欄図番品名材質尺度設計日付訂正個人番号")
    assert font.name and font.licence and font.origin


def test_a_font_without_japanese_letters_is_not_taken(tmp_path: Path) -> None:
    impostor = tmp_path / "NotoSansJP-Regular.ttf"
    impostor.write_bytes(_latin_font())
    assert has_letters(impostor, "Abc")
    assert not has_letters(impostor, "社")
    with pytest.raises(FontMissing) as caught:
        find_font((tmp_path,), package=False)
    assert caught.value.exit_code is ExitCode.UNAVAILABLE
    assert "matplotlib-fontja" in caught.value.hint


def test_a_file_that_is_no_font_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "ipaexg.ttf").write_text("not a font")
    assert not has_letters(tmp_path / "ipaexg.ttf")


def test_a_system_font_serves_without_the_package(tmp_path: Path) -> None:
    deep = tmp_path / "truetype" / "fonts-ipa"
    deep.mkdir(parents=True)
    shutil.copy(find_font().path, deep / "ipaexg.ttf")
    found = find_font((tmp_path,), package=False)
    assert found.path == deep / "ipaexg.ttf"
    assert found.origin == "system fonts"


def test_finding_the_font_imports_no_matplotlib() -> None:
    code = "import sys; from imprimatur.sample.font import find_font; find_font(); print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
