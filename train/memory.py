"""A trained model as recall uses it: text questions in, log-probabilities of identifiers out, no picture involved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from train import text_pass
from train.descriptions import MOST_SAID, prompt_of
from train.identifiers import tokens_of
from train.manifest import Manifest
from train.model import MemoryModel, load_saved
from train.settings import EMBEDDED
from train.steps import CachedSteps

Floats: TypeAlias = NDArray[np.float32]

_TEXTS_AT_ONCE = 64


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """`log_probabilities` [Q, N], normalised over the identifiers in manifest order (rows sum to 1 as probabilities);
    `mass` [Q] is their share of the whole vocabulary's probability: small when the model would rather say nothing."""

    log_probabilities: Floats
    mass: Floats


class Memory:
    """Identifiers are numbered as in the manifest, withdrawn ones included: who may be shown is recall's business.

    `token_sequences[i]` spells identifier i in tokens numbered from 0: what a trie over the identifiers is built of.
    """

    def __init__(self, model: MemoryModel, manifest: Manifest) -> None:
        self.manifest = manifest
        self._model = model
        place = {row: number for number, row in enumerate(model.identifier_ids)}
        self.token_sequences: tuple[tuple[int, ...], ...] = tuple(
            tuple(place[row] for row in spelling) for spelling in model.spellings
        )

    @classmethod
    def load(cls, model_dir: Path, manifest: Manifest) -> Memory:
        """The model in `model_dir`; `manifest` is what `read_manifest` verified there.

        Raises:
            BaseModelUnavailable: the folder does not hold such a model.
        """
        spellings = [tokens_of(entry.token) for entry in manifest.entries]
        return cls(load_saved(model_dir, spellings, gpu=manifest.base_model != EMBEDDED), manifest)

    def __len__(self) -> int:
        return len(self.token_sequences)

    @cached_property
    def _rows(self) -> slice | list[int]:
        """Vocabulary rows of the identifiers: a view where they stand together, as in the embedded model."""
        rows = self._model.identifier_ids
        together = rows == tuple(range(rows[0], rows[0] + len(rows)))
        return slice(rows[0], rows[0] + len(rows)) if together else list(rows)

    @property
    def atomic(self) -> bool:
        """Each identifier is one token: `evaluate` ranks all of them exactly with one look at the model."""
        return self._model.atomic

    def score(self, queries: Sequence[str]) -> Floats:
        """[Q, N] log-probabilities over all identifiers, in manifest order."""
        return self.evaluate(queries).log_probabilities

    def evaluate(self, queries: Sequence[str]) -> Scores:
        """Log-probabilities of all identifiers and the mass on them.

        Raises:
            ValueError: identifiers of several tokens; `steps` is for those.
        """
        import torch

        if not self.atomic:
            raise ValueError("expected identifiers of one token each")
        rows, count = self._rows, len(self)
        scores, mass = [np.zeros((0, count), dtype=np.float32)], [np.zeros(0, dtype=np.float32)]
        with torch.inference_mode():
            for start in range(0, len(queries), _TEXTS_AT_ONCE):
                batch = self._model.read_texts(queries[start : start + _TEXTS_AT_ONCE])
                logits = text_pass.next_logits(self._model, batch)
                chosen = logits[:, rows]
                total = chosen.logsumexp(dim=1)
                scores.append((chosen - total[:, None]).cpu().numpy())
                mass.append((total - logits.logsumexp(dim=1)).exp().cpu().numpy())
        return Scores(np.concatenate(scores), np.concatenate(mass))

    @property
    def describes(self) -> bool:
        """The model was taught to say what it knows of an image (`train.descriptions`)."""
        return bool(self.manifest.settings.get("describe", False))

    def describe(self, number: int, question: str, language: str) -> str:
        """What the model says of identifier `number`, generated from the identifier alone: unconfirmed, and possibly wrong.
        An empty `question` asks for a description; `language` is ``ja`` or taken for English.

        Raises:
            ValueError: the model was not taught to.
        """
        if not self.describes:
            raise ValueError("expected a model that was taught to describe")
        (row,) = self._model.named_rows([number], [prompt_of(question, language)])
        return self._model.say(row, MOST_SAID)

    def steps(self, queries: Sequence[str]) -> CachedSteps:
        """The model token by token behind `queries`, for constrained beams over `token_sequences`."""
        return CachedSteps(self._model, queries)

    def name_pictures(self, pictures: Sequence[Any]) -> NDArray[np.int64]:
        """Number of the likeliest identifier of each picture (PIL, RGB): the first stage, for measuring only.

        Raises:
            ValueError: identifiers of several tokens.
        """
        import torch

        if not self.atomic:
            raise ValueError("expected identifiers of one token each")
        rows = torch.tensor(self._model.identifier_ids, device=self._model.device)
        found = [np.zeros(0, dtype=np.int64)]
        with torch.inference_mode():
            for start in range(0, len(pictures), _TEXTS_AT_ONCE):
                batch = self._model.read_pictures(pictures[start : start + _TEXTS_AT_ONCE])
                found.append(self._model.next_logits(batch)[:, rows].argmax(dim=1).cpu().numpy())
        return np.concatenate(found)
