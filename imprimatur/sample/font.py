"""A font that really has Japanese letters, or an error that says how to get one. Nothing here imports matplotlib."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import ImageFont

from curate.errors import ExitCode, ImprimaturError

PROBE = "社外秘あア図番"  # letters the sample drawings need; a font without one of them would print empty boxes
_NO_SUCH_LETTER = "\U0010ffff"  # a noncharacter: every font answers with its box for missing letters
_CARRIER = "matplotlib_fontja"  # its wheel carries IPAexGothic


class FontMissing(ImprimaturError):
    """No font with Japanese letters is installed."""

    code = "IMP-E130"
    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class JapaneseFont:
    """A font file which passed the glyph check. `origin` says where it was found, for `doctor`."""

    path: Path
    name: str
    licence: str
    origin: str


# file name -> licence; the first that is found and passes the check is taken
_KNOWN: tuple[tuple[str, str], ...] = (
    ("ipaexg.ttf", "IPA Font License 1.0"),
    ("ipag.ttf", "IPA Font License 1.0"),
    ("NotoSansCJK-Regular.ttc", "SIL OFL 1.1"),
    ("NotoSansCJKjp-Regular.otf", "SIL OFL 1.1"),
    ("NotoSansJP-Regular.ttf", "SIL OFL 1.1"),
    ("NotoSansJP-Regular.otf", "SIL OFL 1.1"),
    ("NotoSansJP[wght].ttf", "SIL OFL 1.1"),
    ("HaranoAjiGothic-Regular.otf", "SIL OFL 1.1"),
    ("TakaoGothic.ttf", "IPA Font License 1.0"),
    ("VL-Gothic-Regular.ttf", "M+ and BSD-3-Clause"),
    ("YuGothM.ttc", "comes with Windows"),
    ("meiryo.ttc", "comes with Windows"),
    ("msgothic.ttc", "comes with Windows"),
    ("ヒラギノ角ゴシック W3.ttc", "comes with macOS"),
)


def system_folders() -> tuple[Path, ...]:
    """Where Linux, macOS and Windows keep fonts."""
    home = Path.home()
    return (
        home / ".local/share/fonts",
        home / ".fonts",
        home / "Library/Fonts",
        Path("/usr/local/share/fonts"),
        Path("/usr/share/fonts"),
        Path("/Library/Fonts"),
        Path("/System/Library/Fonts"),
        Path(os.environ.get("WINDIR", "C:\\Windows")) / "Fonts",
    )


def _from_package() -> Iterator[tuple[Path, str, str]]:
    spec = importlib.util.find_spec(_CARRIER)  # finds a top-level package without importing it
    if spec is None:
        return
    for place in spec.submodule_search_locations or ():
        yield Path(place) / "fonts" / "ipaexg.ttf", "IPA Font License 1.0", f"Python package {_CARRIER}"


def _from_system(folders: Sequence[Path]) -> Iterator[tuple[Path, str, str]]:
    there: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            there.setdefault(path.name, path)
    for name, licence in _KNOWN:
        if name in there:
            yield there[name], licence, "system fonts"


def has_letters(path: Path, letters: str = PROBE) -> bool:
    """Whether every letter has a glyph of its own: not empty and not the box which stands for a missing one."""
    try:
        font = ImageFont.truetype(str(path), 32, layout_engine=ImageFont.Layout.BASIC)
    except OSError:
        return False  # not a font FreeType can read
    box = bytes(font.getmask(_NO_SUCH_LETTER))
    drawn = [bytes(font.getmask(letter)) for letter in letters]
    return all(any(glyph) and glyph != box for glyph in drawn)


def find_font(folders: Sequence[Path] | None = None, *, package: bool = True) -> JapaneseFont:
    """The font of the sample: IPAexGothic from the installed package, else a known system font.

    `folders` replaces the system's font folders, `package` turns the installed package off (both for tests and for
    `doctor`).

    Raises:
        FontMissing: nothing installed has Japanese letters.
    """
    looked = tuple(system_folders() if folders is None else folders)
    if package:
        for path, licence, origin in _from_package():
            if path.is_file() and has_letters(path):
                return _described(path, licence, origin)
    for path, licence, origin in _from_system(looked):
        if has_letters(path):
            return _described(path, licence, origin)
    raise FontMissing(
        "expected a font with Japanese letters (IPAexGothic, Noto Sans CJK or a similar one), found none",
        hint="pip install matplotlib-fontja (or install a Japanese system font), then: imprimatur doctor",
    )


def _described(path: Path, licence: str, origin: str) -> JapaneseFont:
    family, style = ImageFont.truetype(str(path), 16, layout_engine=ImageFont.Layout.BASIC).getname()
    return JapaneseFont(path, " ".join(part for part in (family, style) if part), licence, origin)


@cache
def lettering(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """The font at `size` pixels. Basic layout: the same pixels whether or not Pillow was built with Raqm."""
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
