"""The quick look at a question says what the library says, and steps back where it would not."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from train import text_pass
from train.embedded import build_embedded
from train.model import MemoryModel

TEXTS = ["red bolt", "a much longer question about a green gear", "弁"]
SPELLINGS = [[f"<|a{n}|>", f"<|b{n}|>"] for n in range(4)]


@pytest.fixture(scope="module")
def model() -> MemoryModel:
    model = build_embedded(TEXTS, SPELLINGS, seed=0)
    with torch.no_grad():
        for name, weight in model.network.named_parameters():
            weight.mul_(3.0 if "proj" in name else 1.0)  # far from the flat answers of fresh weights
    model.network.eval()
    return model


def test_padded_questions_get_the_logits_of_the_library(model: MemoryModel) -> None:
    assert text_pass.fits(model)
    batch = model.read_texts(TEXTS)
    with torch.inference_mode():
        expected, found = model.next_logits(batch), text_pass.next_logits(model, batch)
    assert float(expected.std()) > 0.05
    assert torch.allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("texts", [TEXTS, TEXTS[:1]])
def test_tokens_said_behind_what_was_read_get_the_logits_of_the_whole(model: MemoryModel, texts: list[str]) -> None:
    parent = torch.tensor([len(texts) - 1, 0, 0])
    said = [[model.spellings[n][0]] for n in (1, 2, 3)]
    batch = model.read_texts(texts)
    with torch.inference_mode():
        _, seen = text_pass.read(model, batch["input_ids"], batch["position_ids"], batch["attention_mask"].bool())
        places = batch["position_ids"][parent, -1:] + 1
        told = torch.ones((3, 1), dtype=torch.bool)
        hidden, _ = text_pass.read(model, torch.tensor(said), places, told, seen.of(parent))
        found = hidden @ model.network.lm_head.weight.T
        expected = model.next_logits(model.read_texts([texts[n] for n in parent.tolist()], said))
    assert torch.allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "value"),
    [("hidden_act", "gelu"), ("attention_bias", True), ("num_key_value_heads", 2), ("model_type", "mistral")],
)
def test_another_architecture_is_left_to_the_library(
    model: MemoryModel, monkeypatch: pytest.MonkeyPatch, name: str, value: Any
) -> None:
    batch = model.read_texts(TEXTS)
    monkeypatch.setattr(model.network.model.text_model.config, name, value)
    monkeypatch.setattr(text_pass, "read", None)  # not to be called
    assert not text_pass.fits(model)
    monkeypatch.setattr(MemoryModel, "next_logits", lambda self, batch: batch["input_ids"])
    assert text_pass.next_logits(model, batch) is batch["input_ids"]
