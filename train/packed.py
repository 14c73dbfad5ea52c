"""One look for one step: questions and pictures of the embedded model packed into few rows, each blind to the others.

Questions are five tokens long on average and twenty at most: one a row, padding would be most of the work, and sorted
into groups of like length, a model this small spends its time on starting each group.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from train.embedded import picture_prompt, pixels_of
from train.model import MemoryModel

if TYPE_CHECKING:
    import torch

_ROOM = 64  # tokens of a row, where no single question is longer; attention costs the square of it


def next_logits(
    model: MemoryModel, texts: Sequence[str], squares: torch.Tensor | None, rows: torch.Tensor
) -> torch.Tensor:
    """[texts + pictures, rows] float32 logits of those vocabulary rows for the token that follows each question, then
    each picture.

    `squares` [P, 3, IMAGE_SIDE, IMAGE_SIDE] in [0, 1], or None without pictures. The same as `MemoryModel.next_logits`
    gives for each alone, up to rounding.
    """
    import torch

    said = model.token_rows(texts)
    if squares is not None:
        said += [picture_prompt(model)] * len(squares)
    room = max(_ROOM, *map(len, said))
    # In the order of `said`: pictures are met in the order in which their prompts stand.
    row, start, filled = np.zeros(len(said), dtype=np.int64), np.zeros(len(said), dtype=np.int64), room
    for number, tokens in enumerate(said):
        fits = number > 0 and filled + len(tokens) <= room
        row[number] = 0 if number == 0 else row[number - 1] + (not fits)
        start[number] = filled if fits else 0
        filled = int(start[number]) + len(tokens)
    shape = (int(row[-1]) + 1, room)
    ids = np.full(shape, int(model.tokenizer.pad_token_id))
    owner, place = np.full(shape, -1), np.zeros(shape, dtype=np.int64)
    for number, tokens in enumerate(said):
        here = (row[number], slice(start[number], start[number] + len(tokens)))
        ids[here], owner[here], place[here] = tokens, number, np.arange(len(tokens))
    sees = (owner[:, :, None] == owner[:, None, :]) & np.tri(room, dtype=np.bool_)  # its own, up to itself
    inputs = {"input_ids": ids, "attention_mask": sees[:, None], "position_ids": place}
    batch = {name: torch.from_numpy(value).to(model.device) for name, value in inputs.items()}
    if squares is not None:
        batch["pixel_values"] = pixels_of(model, squares)[None]
    hidden = model.network.model(**batch, use_cache=False).last_hidden_state
    ends = start + [len(tokens) - 1 for tokens in said]
    followed = hidden[torch.from_numpy(row), torch.from_numpy(ends)]
    logits: torch.Tensor = (followed @ model.network.lm_head.weight[rows].T).float()
    return logits
