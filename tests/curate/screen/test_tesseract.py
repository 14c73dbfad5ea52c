"""The optional second reader: used where it is there, and nothing breaks where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from curate.screen import tesseract
from curate.screen.tesseract import second_readings, tesseract_version
from tests.curate.screen.worlds import japanese_font


@pytest.fixture(autouse=True)
def looked_for_anew() -> Iterator[None]:
    for cached in (tesseract._program, tesseract_version):
        cached.cache_clear()
    yield
    for cached in (tesseract._program, tesseract_version):
        cached.cache_clear()


def strip(text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    letters = ImageFont.truetype(str(japanese_font()), 34)
    picture = Image.new("RGB", (int(letters.getlength(text)) + 20, 48), "white")
    ImageDraw.Draw(picture).text((10, 24), text, fill="black", font=letters, anchor="lm")
    return np.asarray(picture)


def test_without_the_program_nothing_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tesseract_version() == "absent"
    assert second_readings([strip("電話"), strip("番号")]) == ["", ""]


def test_a_program_that_fails_reads_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "tesseract"
    script.write_text(
        '#!/bin/sh\ncase "$1" in --list-langs) echo jpn; echo eng;; --version) echo tesseract 5.3.0;; *) exit 1;; esac\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tesseract_version() == "5.3.0"
    assert second_readings([strip("電話")]) == [""]


def test_words_go_to_the_strip_in_which_they_lie() -> None:
    rows = ["level\t…", "5\t1\t1\t1\t1\t1\t28\t30\t60\t40\t92.0\t電", "5\t1\t1\t1\t1\t2\t90\t30\t60\t40\t92.0\t話"]
    rows += [
        "5\t1\t1\t1\t2\t1\t28\t106\t60\t40\t88.0\tA-12",
        "5\t1\t1\t1\t2\t2\t98\t106\t60\t40\t5.0\t~~",
        "4\t1\t1\t1\t1\t0\t0\t0\t9\t9\t-1\t",
    ]
    assert tesseract._by_strip("\n".join(rows), [28, 104], [48, 48]) == ["電話", "A-12"]


@pytest.mark.slow
def test_the_program_reads_strips_one_by_one() -> None:
    if tesseract_version() == "absent":
        pytest.skip("tesseract with jpn and eng is not installed")
    first, second = second_readings([strip("CONFIDENTIAL"), strip("090-1234-5678")])
    assert "CONFIDENTIAL" in first and "1234" in second
