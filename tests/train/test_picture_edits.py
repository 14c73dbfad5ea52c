"""Edits of whole batches: the right part of the picture, the same for the same generator."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from tests.train.fakes import PARTS, draw
from train.embedded import IMAGE_SIDE, build_embedded, read_squares
from train.picture_edits import as_tensor, edited, mostly_edited, plain


def squares(count: int = 4, side: int = 112) -> torch.Tensor:
    return as_tensor([draw(part[2], part[3]).resize((side, side)) for part in PARTS[:count]])


def test_edits_depend_on_the_generator_alone_and_stay_in_range() -> None:
    batch = squares()
    first, again = (edited(batch, IMAGE_SIDE, np.random.default_rng(3)) for _ in range(2))
    other = edited(batch, IMAGE_SIDE, np.random.default_rng(4))
    assert first.shape == (4, 3, IMAGE_SIDE, IMAGE_SIDE) and torch.equal(first, again)
    assert not torch.equal(first, other) and first.min() >= 0 and first.max() <= 1


def test_a_share_is_shown_as_it_is() -> None:
    batch = squares(8)
    assert torch.equal(mostly_edited(batch, IMAGE_SIDE, np.random.default_rng(3), 1.0), plain(batch, IMAGE_SIDE))
    edits = edited(batch, IMAGE_SIDE, np.random.default_rng(3))
    assert torch.equal(mostly_edited(batch, IMAGE_SIDE, np.random.default_rng(3), 0.0), edits)


def test_an_edit_shows_at_least_most_of_the_picture() -> None:
    # Red grows to the right, green downwards: the corners say which part is seen.
    ramp = np.linspace(0, 255, 112).astype(np.uint8)
    picture = np.stack([np.tile(ramp, (112, 1)), np.tile(ramp[:, None], (1, 112)), np.zeros((112, 112), np.uint8)], -1)
    batch = as_tensor([Image.fromarray(picture)] * 64)
    rng = np.random.default_rng(0)
    touched = 0
    for _ in range(5):
        seen = edited(batch, IMAGE_SIDE, rng)
        shares = (seen[:, 0, 0, -1] - seen[:, 0, 0, 0]) / seen[:, 0].amax(dim=(1, 2)).clamp(min=1e-3)
        assert float(shares.median()) > 0.8
        touched += int((seen[:, 0, 0, 0] > 0.1).sum())
    assert touched > 0  # some crops end in the far corner


@pytest.mark.parametrize("then", [None, [[5, 6], []]])
def test_squares_are_read_as_the_processor_reads_pictures(then: list[list[int]] | None) -> None:
    model = build_embedded([text for part in PARTS for text in part[:2]], [["<|im-a|>"], ["<|im-b|>"]], seed=1)
    pictures = [draw("red", "bolt", IMAGE_SIDE), draw("green", "gear", IMAGE_SIDE)]
    slow = model.read_pictures(pictures, then)
    fast = read_squares(model, plain(as_tensor(pictures), IMAGE_SIDE), then)
    assert torch.equal(slow["input_ids"], fast["input_ids"])
    assert torch.equal(slow["attention_mask"], fast["attention_mask"])
    assert torch.allclose(slow["pixel_values"], fast["pixel_values"], atol=1e-4)
    with torch.inference_mode():
        assert torch.allclose(model.next_logits(slow), model.next_logits(fast), atol=1e-3)
