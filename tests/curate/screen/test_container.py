"""What is behind a picture, and what its name says it is."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image

from curate.finding import Severity
from curate.picture import PictureFacts
from curate.picture_facts import PixelLimits, look_at
from curate.screen.container import screen_container

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")


def file_of(format_: str, **options: object) -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((96, 96), 60).convert("RGB").save(stream, format_, **options)
    return stream.getvalue()


def kinds(data: bytes, *names: str) -> list[str]:
    facts = look_at(data, "0" * 64, PixelLimits(10**7, 50))
    assert isinstance(facts, PictureFacts), facts
    found = list(screen_container(facts, names))
    assert all(item.severity is Severity.LOW for item in found)
    return [item.kind for item in found]


def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("run.sh", "echo hello")
        packed.writestr("inner.jpg", file_of("JPEG"))
    return stream.getvalue()


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("behind", [archive(), b"<script>alert(1)</script>", b"%PDF-1.7\n%%EOF\n"])
def test_a_polyglot_is_named(format_: str, behind: bytes) -> None:
    assert kinds(file_of(format_) + behind) == ["content.appended_data"]


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("padding", [b"", b"\0" * 300, b"\r\n", b"\xff\xff\0", b"\x21"])
def test_a_plain_file_and_one_that_is_filled_up_are_not(format_: str, padding: bytes) -> None:
    assert kinds(file_of(format_) + padding, f"part.{format_.lower()}") == []


def test_further_pictures_of_an_animation_belong_to_the_file() -> None:
    frames = [Image.effect_noise((96, 96), 50 + n).convert("RGB") for n in range(3)]
    for format_ in ("GIF", "WEBP", "PNG", "MPO"):
        assert kinds(file_of(format_, save_all=True, append_images=frames)) == [], format_


def test_a_name_that_says_another_format() -> None:
    assert kinds(file_of("PNG"), "a/part.JPG") == ["content.other_format"]
    assert kinds(file_of("PNG"), "part.txt") == ["content.other_format"]
    assert kinds(file_of("JPEG"), "part.jpeg", "copy.png") == ["content.other_format"]
    assert kinds(file_of("JPEG"), "part", "PART.JPE") == []
