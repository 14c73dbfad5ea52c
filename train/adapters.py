"""Which weights of a base model learn: low-rank adapters on the language model, and the identifier rows in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from train.model import MemoryModel
from train.settings import TrainSettings

if TYPE_CHECKING:
    import torch

# Attention and MLP of the language model by their usual names; the vision tower and the connector stay as they are.
_TARGETS = r"^(?!.*(vision|visual|image)).*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)$"


def start_identifier_rows(model: MemoryModel, texts_of: list[list[str]], seed: int) -> None:
    """Give each new identifier the mean of the rows of its image's words, and a little noise to tell twins apart.

    `texts_of[i]` are texts about identifier i; without any, the mean of the whole vocabulary is used.
    """
    import torch

    tables = [model.network.get_input_embeddings().weight]
    head = model.network.get_output_embeddings()
    if head is not None and head.weight is not tables[0]:
        tables.append(head.weight)
    generator = torch.Generator().manual_seed(seed)
    about: dict[int, list[str]] = {row: [] for row in model.identifier_ids}
    for spelling, texts in zip(model.spellings, texts_of, strict=True):
        for row in dict.fromkeys(spelling):
            about[row] += texts
    with torch.no_grad():
        for table in tables:
            known = table[: min(model.identifier_ids)]
            spread = float(known.float().std()) or 1.0
            for row, texts in about.items():
                words = sorted({token for ids in model.pieces_of(texts) for token in ids})
                mean = table[words].mean(dim=0) if words else known.mean(dim=0)
                noise = torch.randn(mean.shape, generator=generator).to(mean) * (0.1 * spread)
                table[row] = mean + noise


def prepare(model: MemoryModel, settings: TrainSettings) -> None:
    """Mark what learns: all (embedded model), adapters and identifier rows (LoRA), or all but the vision tower."""
    if settings.embedded:
        return
    if not settings.lora:
        for name, parameter in model.network.named_parameters():
            parameter.requires_grad = "vision" not in name and "visual" not in name
        return
    import torch
    from peft import LoraConfig, get_peft_model

    head = model.network.get_output_embeddings()
    tied = head is None or head.weight is model.network.get_input_embeddings().weight
    rows = list(model.identifier_ids)
    config = LoraConfig(
        r=settings.lora_rank,
        lora_alpha=2 * settings.lora_rank,
        lora_dropout=0.0,
        target_modules=_TARGETS,
        # Saving whole embedding modules would untie them; training single rows keeps the tie.
        trainable_token_indices={"embed_tokens": rows} if tied else {"embed_tokens": rows, "lm_head": rows},
    )
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)  # adapters begin at random: alike on every rank, and in a run made again
        model.network = get_peft_model(model.network, config)


def merged(model: MemoryModel) -> MemoryModel:
    """The model as one plain network again, adapters folded into the weights."""
    if hasattr(model.network, "merge_and_unload"):
        model.network = model.network.merge_and_unload()
    return model


def learning(model: MemoryModel) -> dict[str, torch.nn.Parameter]:
    """The parameters that learn, by name, in a fixed order."""
    return {name: parameter for name, parameter in model.network.named_parameters() if parameter.requires_grad}
