"""Mild edits of whole batches of pictures, as tensors: what `augment.edited` does one by one, at a tenth of its cost.

For the embedded model, whose vision tower sees a small square: a batch is cropped and scaled by one bilinear sampling.
Everything draws from the generator it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

_LEAST_KEPT = 0.86  # of width and height; cropping more, or strongly more often, costs details of whole pictures


def as_tensor(pictures: Sequence[Image]) -> torch.Tensor:
    """[B, 3, height, width] float32 in [0, 1]; all pictures have one size."""
    import torch

    stacked = np.stack([np.asarray(picture, dtype=np.uint8) for picture in pictures])
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).float() / 255


def plain(batch: torch.Tensor, side: int) -> torch.Tensor:
    """[B, 3, side, side] the whole pictures, scaled down without aliasing."""
    import torch

    return torch.nn.functional.interpolate(batch, (side, side), mode="bilinear", antialias=True, align_corners=False)


def mostly_edited(batch: torch.Tensor, side: int, rng: np.random.Generator, whole: float) -> torch.Tensor:
    """As `edited`, but for a share `whole` of the pictures, which are shown exactly as they are."""
    import torch

    seen = edited(batch, side, rng)
    as_they_are = torch.from_numpy(rng.random(len(batch)) < whole)
    if as_they_are.any():
        seen[as_they_are.to(seen.device)] = plain(batch[as_they_are], side)
    return seen


def edited(batch: torch.Tensor, side: int, rng: np.random.Generator) -> torch.Tensor:
    """[B, 3, side, side] each picture cropped, relit and softened at random; about one in eight is not cropped.

    Half of the crops end in a corner, where everything else moves furthest: at the far end of a crop to 90 % by more than
    half a patch.
    """
    import torch

    count = len(batch)
    both, each = rng.random((count, 1)), rng.random((count, 2))
    kept = 1 - (1 - _LEAST_KEPT) * np.where(rng.random((count, 1)) < 0.6, both, each)
    kept[rng.random(count) < 0.12] = 1.0
    corner = rng.integers(0, 2, (count, 2)) * 2.0 - 1.0
    place = np.where(rng.random((count, 1)) < 0.5, corner, rng.uniform(-1, 1, (count, 2)))
    # Where each pixel of the square lies in the picture, from -1 to 1: a crop keeps rows and columns apart.
    middle = (np.arange(side) + 0.5) / side * 2 - 1
    across = torch.from_numpy((kept[:, :, None] * middle + (place * (1 - kept))[:, :, None]).astype(np.float32))
    columns, lines = across[:, 0, None, :].expand(-1, side, -1), across[:, 1, :, None].expand(-1, -1, side)
    grid = torch.stack((columns, lines), dim=-1).to(batch.device)
    seen = torch.nn.functional.grid_sample(batch, grid, mode="bilinear", padding_mode="border", align_corners=False)
    if rng.random() < 0.4:  # resized somewhere on its way: a whole batch at one factor
        small = max(16, int(side * rng.uniform(0.5, 1.0)))
        softer = torch.nn.functional.interpolate(
            seen, (small, small), mode="bilinear", antialias=True, align_corners=False
        )
        seen = torch.nn.functional.interpolate(softer, (side, side), mode="bilinear", align_corners=False)
    gain = np.where(rng.random(count) < 0.6, rng.uniform(0.72, 1.28, count), 1.0).astype(np.float32)
    seen = seen * torch.from_numpy(gain).to(batch.device)[:, None, None, None]
    noisy = np.flatnonzero(rng.random(count) < 0.4)
    # One field of noise, met by each picture at another place: drawing it for every pixel cost as much as the crop.
    field = torch.from_numpy(rng.standard_normal((3, 2 * side, 2 * side), dtype=np.float32)).to(batch.device)
    for number, level, (top, left) in zip(
        noisy.tolist(), rng.uniform(0, 0.04, len(noisy)), rng.integers(0, side, (len(noisy), 2)), strict=True
    ):
        seen[number] += field[:, top : top + side, left : left + side] * float(level)
    return seen.clamp(0, 1)
