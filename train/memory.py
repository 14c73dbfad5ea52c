"""A trained model as recall uses it: text questions in, log-probabilities of identifiers out, no picture involved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from train.manifest import Manifest
from train.model import MemoryModel, load_saved

Floats: TypeAlias = NDArray[np.float32]

_TEXTS_AT_ONCE = 64


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """`log_probabilities` [Q, N], normalised over the identifiers in manifest order (rows sum to 1 as probabilities);
    `mass` [Q] is their share of the whole vocabulary's probability: small when the model would rather say nothing."""

    log_probabilities: Floats
    mass: Floats


class Memory:
    """Identifiers are numbered as in the manifest, withdrawn ones included: who may be shown is recall's business."""

    def __init__(self, model: MemoryModel, manifest: Manifest) -> None:
        self.manifest = manifest
        self._model = model
        self.token_sequences: tuple[tuple[int, ...], ...] = tuple((token,) for token in model.identifier_ids)

    @classmethod
    def load(cls, model_dir: Path, manifest: Manifest) -> Memory:
        """The model in `model_dir`; `manifest` is what `read_manifest` verified there.

        Raises:
            BaseModelUnavailable: the folder does not hold such a model.
        """
        return cls(load_saved(model_dir, [entry.token for entry in manifest.entries]), manifest)

    def __len__(self) -> int:
        return len(self.token_sequences)

    def score(self, queries: Sequence[str]) -> Floats:
        """[Q, N] log-probabilities over all identifiers, in manifest order."""
        return self.evaluate(queries).log_probabilities

    def evaluate(self, queries: Sequence[str]) -> Scores:
        """Log-probabilities and the mass on identifiers."""
        import torch

        rows = torch.tensor(self._model.identifier_ids, device=self._model.device)
        scores, mass = [np.zeros((0, len(self)), dtype=np.float32)], [np.zeros(0, dtype=np.float32)]
        for start in range(0, len(queries), _TEXTS_AT_ONCE):
            logits = self._logits(queries[start : start + _TEXTS_AT_ONCE], None)
            chosen = logits[:, rows]
            total = chosen.logsumexp(dim=1)
            scores.append((chosen - total[:, None]).cpu().numpy())
            mass.append((total - logits.logsumexp(dim=1)).exp().cpu().numpy())
        return Scores(np.concatenate(scores), np.concatenate(mass))

    def next_logits(self, queries: Sequence[str]) -> Callable[[NDArray[np.int64], NDArray[np.int64]], Floats]:
        """For identifiers of several tokens: (query numbers [B], prefixes [B, depth]) -> logits [B, vocabulary]."""

        def following(numbers: NDArray[np.int64], prefixes: NDArray[np.int64]) -> Floats:
            asked = [queries[int(number)] for number in numbers]
            found: Floats = self._logits(asked, prefixes.tolist()).cpu().numpy()
            return found

        return following

    def name_pictures(self, pictures: Sequence[Any]) -> NDArray[np.int64]:
        """Number of the likeliest identifier of each picture (PIL, RGB): the first stage, for measuring only."""
        import torch

        rows = torch.tensor(self._model.identifier_ids, device=self._model.device)
        found = [np.zeros(0, dtype=np.int64)]
        with torch.inference_mode():
            for start in range(0, len(pictures), _TEXTS_AT_ONCE):
                batch = self._model.read_pictures(pictures[start : start + _TEXTS_AT_ONCE])
                found.append(self._model.next_logits(batch)[:, rows].argmax(dim=1).cpu().numpy())
        return np.concatenate(found)

    def _logits(self, queries: Sequence[str], then: Sequence[Sequence[int]] | None) -> Any:
        import torch

        with torch.inference_mode():
            return self._model.next_logits(self._model.read_texts(queries, then))
