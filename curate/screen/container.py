"""Whether a file is what it looks like from outside: nothing behind the picture, and the format that its name says.

Neither is memorized and neither harms by itself; both are how a file passes as another one (polyglots), and how a video or a
note travels with a picture unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from curate.finding import Channel, Finding, Where
from curate.picture import PictureFacts
from curate.screen.hit import finding
from curate.screen.metadata_people import DETECTOR
from curate.screen.wording import Reason

LEAST = 4  # bytes: some cameras leave a stray one, and fewer say nothing

# Suffixes in use for the formats that are read (curate.picture_facts.FORMATS); MPO is a JPEG with more pictures.
_SUFFIXES: dict[str, frozenset[str]] = {
    "JPEG": frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"}),
    "PNG": frozenset({".png", ".apng"}),
    "GIF": frozenset({".gif"}),
    "BMP": frozenset({".bmp", ".dib"}),
    "TIFF": frozenset({".tif", ".tiff"}),
    "WEBP": frozenset({".webp"}),
    "AVIF": frozenset({".avif", ".avifs"}),
    "HEIF": frozenset({".heic", ".heif", ".hif"}),
    "JPEG2000": frozenset({".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"}),
    "PPM": frozenset({".ppm", ".pgm", ".pbm", ".pnm", ".pfm"}),
}


def screen_container(facts: PictureFacts, file_names: Sequence[str]) -> Iterator[Finding]:
    """Findings about the file as a file; a name without a suffix says nothing that could be wrong."""
    if facts.appended >= LEAST:
        why = Reason(f"{facts.appended:,} bytes", f"{facts.appended:,}バイト")
        yield finding(facts.image_id, DETECTOR, "content.appended_data", Where(Channel.FILE), why=why)
    usual = _SUFFIXES.get("JPEG" if facts.file_format == "MPO" else facts.file_format)
    stated = sorted({PurePath(name).suffix.lower() for name in file_names} - {""})
    if usual is not None and (other := [suffix for suffix in stated if suffix not in usual]):
        named, real = ", ".join(other), facts.file_format
        why = Reason(f"{named}, and it is {real}", f"拡張子は {named}、実際は {real} です")
        yield finding(facts.image_id, DETECTOR, "content.other_format", Where(Channel.FILE), why=why)
