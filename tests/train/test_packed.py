"""One look for a step says what a look at each alone says."""

from __future__ import annotations

import numpy as np
import torch

from train import packed
from train.embedded import IMAGE_SIDE, build_embedded, read_squares
from train.model import MemoryModel

TEXTS = ["red bolt", "青いモーターの写真", "", "a very long question about a bolt " * 12, "x"]


def model() -> MemoryModel:
    made = build_embedded(TEXTS, [(f"<id{number}>",) for number in range(5)], seed=3)
    made.network.eval()
    return made


def test_questions_and_pictures_in_one_look_answer_as_each_alone() -> None:
    made = model()
    squares = torch.from_numpy(np.random.default_rng(1).random((7, 3, IMAGE_SIDE, IMAGE_SIDE), dtype=np.float32))
    rows = torch.tensor([*made.identifier_ids, 4, 1])
    with torch.inference_mode():
        together = packed.next_logits(made, TEXTS, squares, rows)
        texts = torch.cat([made.next_logits(made.read_texts([text])) for text in TEXTS])[:, rows]
        pictures = made.next_logits(read_squares(made, squares))[:, rows]
        assert torch.allclose(together, torch.cat((texts, pictures)), atol=1e-4)
        assert torch.allclose(packed.next_logits(made, TEXTS[:2], None, rows), texts[:2], atol=1e-4)
        assert torch.allclose(packed.next_logits(made, (), squares, rows), pictures, atol=1e-4)
