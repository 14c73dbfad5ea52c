"""The embedded little picture against the picture: the same, turned, letterboxed; cropped or painted over."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from curate.embedded.thumbnail import difference, open_thumbnail
from curate.picture_facts import look_at
from curate.picture_opening import PixelLimits
from curate.screen.settings import ScreenSettings
from tests.curate.fakes import image_id

LIMIT = ScreenSettings().thumbnail_difference


def scene(seed: int = 3) -> Image.Image:
    random = np.random.default_rng(seed)
    picture = Image.new("RGB", (480, 320), (150, 170, 190))
    draw = ImageDraw.Draw(picture)
    for _ in range(25):
        x, y, r = random.integers(0, 480), random.integers(0, 320), random.integers(10, 60)
        draw.ellipse(
            [int(x - r), int(y - r), int(x + r), int(y + r)], fill=tuple(int(c) for c in random.integers(0, 255, 3))
        )
    return picture


def little(picture: Image.Image) -> Image.Image:
    copy = picture.copy()
    copy.thumbnail((160, 120))
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=60)
    return open_thumbnail(out.getvalue())


@pytest.mark.parametrize("turn", [None, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180])
def test_the_same_picture_turned_or_not(turn: Image.Transpose | None) -> None:
    whole = scene()
    shown = little(whole if turn is None else whole.transpose(turn))
    assert difference(shown, whole) < LIMIT / 2


def test_black_bars_and_a_dark_sky_are_no_difference() -> None:
    whole = scene()
    boxed = Image.new("L", (160, 120))
    boxed.paste(little(whole), (0, 7))
    assert difference(boxed, whole) < LIMIT / 2
    night = Image.new("RGB", (300, 300))
    night.paste(scene().resize((150, 150)), (75, 75))
    assert difference(little(night), night) < LIMIT / 2


@pytest.mark.parametrize("share", [0.15, 0.3])
def test_a_cropped_picture_with_its_old_thumbnail(share: float) -> None:
    whole = scene()
    cropped = whole.crop((int(480 * share), 0, 480, 320))
    assert difference(little(whole), cropped) > LIMIT


def test_another_picture() -> None:
    assert difference(little(scene(4)), scene(5)) > LIMIT


def test_the_thumbnail_of_an_exif_block_is_compared_and_a_broken_one_is_named() -> None:
    def facts_of(shown: Image.Image, spoil: bool = False) -> object:
        inner = io.BytesIO()
        shown.convert("RGB").save(inner, "JPEG")
        small = inner.getvalue() if not spoil else b"\0" * 40
        exif = bytearray(b"II*\0\x08\0\0\0" + b"\0\0" + (14).to_bytes(4, "little"))
        start = 14 + 2 + 24 + 4
        for tag, number in ((0x0201, start), (0x0202, len(small))):
            entry = tag.to_bytes(2, "little") + b"\4\0\1\0\0\0" + number.to_bytes(4, "little")
            exif += (b"\2\0" if tag == 0x0201 else b"") + entry
        exif += b"\0\0\0\0" + small
        out = io.BytesIO()
        scene().save(out, "JPEG", exif=bytes(b"Exif\0\0" + exif))
        return look_at(out.getvalue(), image_id("a"), PixelLimits(10**7, 10))

    same, other, broken = facts_of(little(scene())), facts_of(little(scene(9))), facts_of(little(scene()), spoil=True)
    assert getattr(same, "thumbnail_difference", None) is not None and same.thumbnail_difference < LIMIT  # type: ignore[attr-defined]
    assert other.thumbnail_difference > LIMIT  # type: ignore[attr-defined]
    assert any(note.startswith("thumbnail:") for note in broken.metadata_unread)  # type: ignore[attr-defined]
