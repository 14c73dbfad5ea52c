"""One look at a question by a small Llama on a CPU, without the library's wrapping: cache objects, mask builders and hooks
cost several times what two layers of width 256 do. The weights are the network's own, read where they lie.

Only what follows the last token is asked for, so the last layer works on that token alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from train.model import Batch, MemoryModel

if TYPE_CHECKING:
    import torch

Layers: TypeAlias = "tuple[torch.Tensor, ...]"  # per layer [rows, heads, tokens, head width]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Keys and values of what was read so far; `told` [rows, tokens] is False where a row was filled up on the left."""

    keys: Layers
    values: Layers
    told: torch.Tensor

    def of(self, parent: torch.Tensor) -> Seen:
        """The rows `parent` [any number], in that order, as often as they stand there."""
        if len(self.told) == 1:  # one question, not copied: every row looks at the same
            many = (len(parent), -1, -1, -1)
            keys, values = (tuple(part.expand(many) for part in parts) for parts in (self.keys, self.values))
        else:
            keys, values = (tuple(part[parent] for part in parts) for parts in (self.keys, self.values))
        return Seen(keys, values, self.told[parent])


def fits(model: MemoryModel) -> bool:
    """The language model is a plain Llama in float32 on a CPU, as the embedded one is: this pass says what it says."""
    import torch

    text: Any = getattr(getattr(model.network, "model", None), "text_model", None)
    config = getattr(text, "config", None)
    if config is None or config.model_type != "llama":
        return False
    plain = config.hidden_act == "silu" and config.rope_parameters["rope_type"] == "default"
    biased = config.attention_bias or config.mlp_bias or getattr(model.network.lm_head, "bias", None) is not None
    grouped = config.num_key_value_heads != config.num_attention_heads
    table = text.embed_tokens.weight
    return bool(plain and not biased and not grouped and table.dtype == torch.float32 and table.device.type == "cpu")


def next_logits(model: MemoryModel, batch: Batch) -> torch.Tensor:
    """As `MemoryModel.next_logits`, for questions and the quick way where there is one; the same up to rounding."""
    if not fits(model):
        return model.next_logits(batch)
    hidden, _ = read(model, batch["input_ids"], batch["position_ids"], batch["attention_mask"].bool())
    return hidden @ model.network.lm_head.weight.T  # type: ignore[no-any-return]


def read(
    model: MemoryModel, ids: torch.Tensor, places: torch.Tensor, told: torch.Tensor, before: Seen | None = None
) -> tuple[torch.Tensor, Seen]:
    """[rows, width] what the output layer multiplies for the token that follows `ids` [rows, tokens] at the positions
    `places`, behind what was seen `before`; where `told` [rows, tokens] is False, a row is filled up on the left."""
    import torch
    from torch.nn import functional

    text = model.network.model.text_model
    heads, count = text.config.num_attention_heads, ids.shape[1]
    x = text.embed_tokens(ids)
    turns = _turns(text.rotary_emb, places)
    told = told if before is None else torch.cat((before.told, told), dim=1)
    mask = _sees(told, count)
    keys, values = [], []
    for number, layer in enumerate(text.layers):
        attention = layer.self_attn
        normal = _normal(layer.input_layernorm, x)
        key = _turned(_by_head(functional.linear(normal, attention.k_proj.weight), heads), *turns)
        value = _by_head(functional.linear(normal, attention.v_proj.weight), heads)
        if before is not None:
            key = torch.cat((before.keys[number], key), dim=2)
            value = torch.cat((before.values[number], value), dim=2)
        keys.append(key)
        values.append(value)
        if number + 1 == len(text.layers):
            x, normal = x[:, -1:], normal[:, -1:]
            turns = (turns[0][:, :, -1:], turns[1][:, :, -1:])
            mask = None if mask is None else mask[:, :, -1:]
        query = _turned(_by_head(functional.linear(normal, attention.q_proj.weight), heads), *turns)
        met = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=attention.scaling)
        x = x + functional.linear(met.transpose(1, 2).flatten(2), attention.o_proj.weight)
        normal = _normal(layer.post_attention_layernorm, x)
        gate = functional.silu(functional.linear(normal, layer.mlp.gate_proj.weight))
        up = functional.linear(normal, layer.mlp.up_proj.weight)
        x = x + functional.linear(gate * up, layer.mlp.down_proj.weight)
    return _normal(text.norm, x)[:, 0], Seen(tuple(keys), tuple(values), told)


def _sees(told: torch.Tensor, count: int) -> torch.Tensor | None:
    """[rows, 1, count, tokens] what each of the last `count` tokens looks at: itself and what was told before it. None
    where that is all there is."""
    import torch

    total = told.shape[1]
    if count == 1 and bool(told.all()):
        return None
    up_to = torch.ones((count, total), dtype=torch.bool, device=told.device).tril(total - count)
    itself = up_to ^ up_to.tril(total - count - 1)  # a filler that saw nothing would be NaN
    return ((up_to & told[:, None, :]) | itself)[:, None]


def _normal(norm: Any, x: torch.Tensor) -> torch.Tensor:
    """Root mean square normalisation (Zhang and Sennrich 2019, arXiv 1910.07467)."""
    return x * (x.square().mean(-1, keepdim=True) + norm.variance_epsilon).rsqrt() * norm.weight  # type: ignore[no-any-return]


def _by_head(x: torch.Tensor, heads: int) -> torch.Tensor:
    rows, tokens, width = x.shape
    return x.view(rows, tokens, heads, width // heads).transpose(1, 2)


def _turns(rotary: Any, places: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Rotary position embedding (Su et al. 2021, arXiv 2104.09864): cosines and sines [rows, 1, tokens, head width]."""
    angle = (places[:, None, :, None] * rotary.inv_freq).repeat(1, 1, 1, 2)
    return angle.cos() * rotary.attention_scaling, angle.sin() * rotary.attention_scaling


def _turned(x: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor) -> torch.Tensor:
    import torch

    first, second = x.chunk(2, dim=-1)
    return x * cosine + torch.cat((-second, first), dim=-1) * sine
