"""Quality by content class: a line drawing is no bad photograph."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from curate.picture import PictureFacts
from curate.picture_facts import look_at
from curate.picture_opening import PixelLimits
from curate.record import ContentClass
from curate.screen.quality import screen_quality
from curate.screen.settings import ScreenSettings
from tests.curate.fakes import make_picture_facts

SETTINGS = ScreenSettings()


def kinds(content_class: ContentClass, **change: Any) -> list[str]:
    return [found.kind for found in screen_quality(make_picture_facts(**change), content_class, SETTINGS)]


@pytest.mark.parametrize("content_class", list(ContentClass))
def test_an_ordinary_picture_is_good_enough_in_every_class(content_class: ContentClass) -> None:
    assert kinds(content_class) == []


def test_faults_of_a_photograph() -> None:
    photo = ContentClass.PHOTO
    assert kinds(photo, width=100) == ["quality.too_small"]
    assert kinds(photo, edge_steepness=0.3) == ["quality.blurred"]
    assert kinds(photo, brightest=70.0) == ["quality.dark"]
    assert kinds(photo, clipped_share=0.5) == ["quality.overexposed"]
    assert kinds(photo, burnt_share=0.3) == ["quality.overexposed"]
    assert kinds(photo, clipped_share=0.5, burnt_share=0.3) == ["quality.overexposed"]  # said once
    assert kinds(photo, darkest=100.0, brightest=150.0) == ["quality.low_contrast"]
    assert kinds(photo, jpeg_quality=8) == ["quality.compressed"]
    assert kinds(photo, grey_tail_share=0.2) == ["quality.damaged"]
    assert kinds(photo, sharpness=2.0) == ["quality.blurred"]
    assert kinds(photo, luminance_mean=8.0) == ["quality.dark"]
    assert kinds(photo, luminance_std=0.5, sharpness=0.0, luminance_mean=0.0) == ["quality.blank"]


def test_white_ground_and_thin_lines_are_fine_in_a_drawing() -> None:
    sheet = {
        "luminance_mean": 250.0,
        "luminance_std": 12.0,
        "white_share": 0.95,
        "entropy_bits": 0.8,
        "sharpness": 150.0,
    }
    assert kinds(ContentClass.DRAWING, **sheet) == []
    assert kinds(ContentClass.PRODUCT, **sheet) == []


def test_a_blueprint_is_dark_and_fine() -> None:
    assert kinds(ContentClass.DRAWING, luminance_mean=15.0, dark_share=0.95) == []
    assert kinds(ContentClass.PHOTO, luminance_mean=15.0, dark_share=0.95) == ["quality.dark"]


def test_an_empty_sheet_is_blank_in_every_class() -> None:
    for content_class in ContentClass:
        assert kinds(content_class, luminance_std=0.2, sharpness=0.1) == ["quality.blank"]


def test_the_ground_of_a_product_may_be_white_and_the_product_may_not() -> None:
    assert kinds(ContentClass.PRODUCT, clipped_share=0.9, burnt_share=0.02) == []
    assert kinds(ContentClass.PRODUCT, clipped_share=0.9, burnt_share=0.6) == ["quality.overexposed"]
    assert kinds(ContentClass.DRAWING, clipped_share=0.9, burnt_share=0.6) == []


# --- on real pixels -----------------------------------------------------------------------------------------------------


def line_art(seed: int) -> Image.Image:
    """A sheet with thin black lines, as a plotter draws it."""
    rng = np.random.default_rng(seed)
    paper = Image.new("L", (1200, 850), 255)
    draw = ImageDraw.Draw(paper)
    draw.rectangle((30, 30, 1170, 820), outline=0, width=2)
    for _ in range(12):
        x, y, r = rng.integers(80, 900), rng.integers(80, 600), rng.integers(20, 160)
        (draw.ellipse if rng.random() < 0.5 else draw.rectangle)((x, y, x + r, y + r), outline=0, width=2)
    return paper.convert("RGB")


def found_in(picture: Image.Image, content_class: ContentClass, **save: Any) -> list[str]:
    buffer = io.BytesIO()
    picture.save(buffer, **{"format": "PNG", **save})
    facts = look_at(buffer.getvalue(), "0" * 64, PixelLimits(10_000_000, 5))
    assert isinstance(facts, PictureFacts)
    return [item.kind for item in screen_quality(facts, content_class, SETTINGS)]


@pytest.mark.parametrize("seed", range(5))
def test_line_art_is_fine_as_a_drawing_and_its_blurred_copy_is_not(seed: int) -> None:
    assert found_in(line_art(seed), ContentClass.DRAWING) == []
    assert found_in(ImageOps.invert(line_art(seed)), ContentClass.DRAWING) == []  # a blueprint
    blurred = line_art(seed).filter(ImageFilter.GaussianBlur(14))
    assert "quality.blurred" in found_in(blurred, ContentClass.DRAWING) or "quality.low_contrast" in found_in(
        blurred, ContentClass.DRAWING
    )


def test_a_cut_off_jpeg_that_was_saved_again_is_damaged() -> None:
    soft = Image.fromarray(np.random.default_rng(2).integers(0, 255, (12, 16, 3), dtype=np.uint8))
    picture = soft.resize((640, 480), Image.Resampling.NEAREST)
    assert found_in(picture, ContentClass.PHOTO) == []
    picture.paste((128, 128, 128), (0, 400, 640, 480))
    assert found_in(picture, ContentClass.PHOTO, format="JPEG", quality=85) == ["quality.damaged"]
    assert found_in(picture, ContentClass.PHOTO, format="JPEG", quality=5)[:2] == [
        "quality.damaged",
        "quality.compressed",
    ]


def test_jpeg_quality_is_read_from_the_table() -> None:
    picture = line_art(1)
    for quality in (5, 12, 30, 50, 75, 90):
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality)
        facts = look_at(buffer.getvalue(), "0" * 64, PixelLimits(10_000_000, 5))
        assert isinstance(facts, PictureFacts)
        assert facts.jpeg_quality == pytest.approx(quality, abs=2)
