"""Quality by content class: a line drawing is no bad photograph."""

from __future__ import annotations

from typing import Any

import pytest

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
