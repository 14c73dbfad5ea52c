"""Tesseract (Apache-2.0), where it is installed: a second reader for lines of which the first one is not sure.

An optional program of its own, found on the PATH, never required: what it reads is searched in addition, and a line that
was read poorly stays poorly read. The only module that starts it.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SECONDS = 60.0  # for all strips of one picture, on a busy machine too; a reader that takes longer says nothing
GAP = 28  # pixels of white between strips on the sheet that it is given
LANGUAGES = ("jpn", "eng")
LEAST_CONFIDENCE = 30.0  # of 100; words below it are noise


@cache
def _program() -> str | None:
    return shutil.which("tesseract")


@cache
def tesseract_version() -> str:
    """Version of a Tesseract with Japanese and English, or `absent`."""
    program = _program()
    if program is None:
        return "absent"
    try:
        listed = _run([program, "--list-langs"], b"", SECONDS)
        about = _run([program, "--version"], b"", SECONDS)
    except (OSError, subprocess.SubprocessError):
        return "absent"
    if not set(LANGUAGES) <= set(listed.split()):
        return "absent"
    number = re.search(r"\d+(?:\.\d+)+", about)
    return number.group() if number is not None else "absent"


def second_readings(strips: Sequence[NDArray[np.uint8]]) -> list[str]:
    """What Tesseract reads on each strip (uint8, shape (height, length, 3)); "" where it reads nothing or is absent."""
    program = _program()
    if not strips or program is None or tesseract_version() == "absent":
        return [""] * len(strips)
    wide = max(strip.shape[1] for strip in strips) + 2 * GAP
    sheet = Image.new("RGB", (wide, GAP + sum(strip.shape[0] + GAP for strip in strips)), "white")
    tops: list[int] = []
    y = GAP
    for strip in strips:
        tops.append(y)
        sheet.paste(Image.fromarray(strip), (GAP, y))
        y += strip.shape[0] + GAP
    picture = io.BytesIO()
    sheet.save(picture, "PNG")
    command = [program, "stdin", "stdout", "-l", "+".join(LANGUAGES), "--psm", "6", "tsv"]
    try:
        table = _run(command, picture.getvalue(), SECONDS)
    except (OSError, subprocess.SubprocessError):
        return [""] * len(strips)
    return _by_strip(table, tops, [strip.shape[0] for strip in strips])


def _run(command: Sequence[str], given: bytes, seconds: float) -> str:
    """Raises: OSError, subprocess.SubprocessError."""
    done = subprocess.run(
        command,
        input=given,
        capture_output=True,
        timeout=seconds,
        check=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    )
    return done.stdout.decode("utf-8", "replace")


def _by_strip(table: str, tops: Sequence[int], heights: Sequence[int]) -> list[str]:
    """Words of Tesseract's TSV, put together by the strip in which their middle lies. Spaces between kanji are its own."""
    words: list[list[str]] = [[] for _ in tops]
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != "5" or not cells[11].strip() or float(cells[10]) < LEAST_CONFIDENCE:
            continue
        middle = int(cells[7]) + int(cells[9]) / 2
        for number, (top, height) in enumerate(zip(tops, heights, strict=True)):
            if top - GAP / 2 <= middle < top + height + GAP / 2:
                words[number].append(cells[11].strip())
    return [re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", " ".join(line)) for line in words]
