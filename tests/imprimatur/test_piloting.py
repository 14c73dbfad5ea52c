from __future__ import annotations

import pytest

from imprimatur.piloting import embedded_seconds
from train.settings import TrainSettings


@pytest.mark.parametrize(("images", "measured"), [(73, 26.0), (270, 76.0), (500, 105.6), (1_900, 472.8)])
def test_the_estimate_before_any_run_is_near_what_was_measured(images: int, measured: float) -> None:
    # measured before there was a last phase on pictures alone
    estimated = embedded_seconds(images, TrainSettings().steps_for(images), 0)
    assert 0.8 < estimated / measured < 1.25


def test_more_images_and_more_steps_take_longer() -> None:
    assert embedded_seconds(10, 60, 0) < embedded_seconds(20, 60, 0) < embedded_seconds(20, 90, 0)
    assert embedded_seconds(20, 90, 0) < embedded_seconds(20, 90, 60) < embedded_seconds(20, 150, 0)
