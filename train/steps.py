"""Token after token behind some questions: read once, their keys and values kept, every further token costs one look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from train.model import MemoryModel

if TYPE_CHECKING:
    import torch


class CachedSteps:
    """`recall.decode.NextLogits` of a model. Tokens are numbered as in `MemoryModel.identifier_ids`, so that only their
    rows of the output layer are multiplied, whatever the size of the vocabulary.

    `mass` [queries] is, after `begin`, the share of the whole vocabulary's probability on tokens that begin identifiers.
    """

    def __init__(self, model: MemoryModel, queries: Sequence[str]) -> None:
        import torch

        self._model = model
        self._batch = model.read_texts(queries)
        self._rows = torch.tensor(model.identifier_ids, device=model.device)
        place = {row: number for number, row in enumerate(model.identifier_ids)}
        firsts = sorted({place[spelling[0]] for spelling in model.spellings})
        self._firsts = torch.tensor(firsts, device=model.device)
        self.mass: torch.Tensor = torch.zeros(len(queries), device=model.device)

    def begin(self) -> torch.Tensor:
        """[queries, identifier tokens] float32 logits of the first token."""
        import torch

        with torch.inference_mode():
            said = self._model.network(**self._batch, use_cache=True, logits_to_keep=1)
            logits: torch.Tensor = said.logits[:, -1].float()
            self._cache: Any = said.past_key_values
            self._mask, self._place = self._batch["attention_mask"], self._batch["position_ids"][:, -1]
            chosen = logits[:, self._rows]
            self.mass = (chosen[:, self._firsts].logsumexp(dim=1) - logits.logsumexp(dim=1)).exp()
            return chosen

    def follow(self, parent: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
        """[rows, identifier tokens] logits after `token` behind row `parent` of the last answer."""
        import torch

        with torch.inference_mode():
            self._cache.batch_select_indices(parent)
            self._mask = torch.nn.functional.pad(self._mask[parent], (0, 1), value=1)
            self._place = self._place[parent] + 1
            return self._model.identifier_logits(
                self._rows,
                input_ids=self._rows[token][:, None],
                attention_mask=self._mask,
                position_ids=self._place[:, None],
                past_key_values=self._cache,
                use_cache=True,
            )
