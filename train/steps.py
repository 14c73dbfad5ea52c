"""Token after token behind some questions: read once, their keys and values kept, every further token costs one look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from train import text_pass
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

        self._batch = model.read_texts(queries)
        self._rows = torch.tensor(model.identifier_ids, device=model.device)
        self._firsts = torch.tensor(model.first_tokens, device=model.device)
        self._looks: _Looks = _Quick(model, self._rows) if text_pass.fits(model) else _ByLibrary(model, self._rows)
        self.mass: torch.Tensor = torch.zeros(len(queries), device=model.device)

    def begin(self) -> torch.Tensor:
        """[queries, identifier tokens] float32 logits of the first token."""
        import torch

        with torch.inference_mode():
            logits = self._looks.begin(**self._batch)
            self._place = self._batch["position_ids"][:, -1]
            chosen = logits[:, self._rows]
            self.mass = (chosen[:, self._firsts].logsumexp(dim=1) - logits.logsumexp(dim=1)).exp()
            return chosen

    def follow(self, parent: torch.Tensor, token: torch.Tensor) -> torch.Tensor:
        """[rows, identifier tokens] logits after `token` behind row `parent` of the last answer."""
        import torch

        with torch.inference_mode():
            self._place = self._place[parent] + 1
            return self._looks.follow(parent, self._rows[token][:, None], self._place[:, None])


class _Looks(Protocol):
    """How the model is looked at; it keeps what it has seen."""

    def begin(self, **batch: torch.Tensor) -> torch.Tensor:
        """[queries, vocabulary] logits."""
        ...

    def follow(self, parent: torch.Tensor, ids: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        """[rows, identifier tokens] logits after `ids` [rows, 1] at `places` [rows, 1] behind the rows `parent`."""
        ...


class _Quick:
    def __init__(self, model: MemoryModel, rows: torch.Tensor) -> None:
        self._model, self._rows = model, rows

    def begin(self, **batch: torch.Tensor) -> torch.Tensor:
        whole: torch.Tensor = self._model.network.lm_head.weight
        self._output = whole[self._rows].T
        told = batch["attention_mask"].bool()
        hidden, self._seen = text_pass.read(self._model, batch["input_ids"], batch["position_ids"], told)
        return hidden @ whole.T

    def follow(self, parent: torch.Tensor, ids: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        import torch

        told = torch.ones_like(ids, dtype=torch.bool)
        hidden, self._seen = text_pass.read(self._model, ids, places, told, self._seen.of(parent))
        return hidden @ self._output


class _ByLibrary:
    def __init__(self, model: MemoryModel, rows: torch.Tensor) -> None:
        self._model, self._rows = model, rows

    def begin(self, **batch: torch.Tensor) -> torch.Tensor:
        said = self._model.network(**batch, use_cache=True, logits_to_keep=1)
        self._cache: Any = said.past_key_values
        self._mask = batch["attention_mask"]
        return said.logits[:, -1].float()  # type: ignore[no-any-return]

    def follow(self, parent: torch.Tensor, ids: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        import torch

        self._cache.batch_select_indices(parent)
        self._mask = torch.nn.functional.pad(self._mask[parent], (0, 1), value=1)
        return self._model.identifier_logits(
            self._rows,
            input_ids=ids,
            attention_mask=self._mask,
            position_ids=places,
            past_key_values=self._cache,
            use_cache=True,
        )
