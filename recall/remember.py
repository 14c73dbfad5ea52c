"""A trained model (`train.memory.Memory`) as one of the sources of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

import numpy as np
from numpy.typing import NDArray

from recall.propose import Remembered
from train import threads
from train.manifest import Manifest
from train.memory import Memory
from train.settings import EMBEDDED

_LEAST_MASS = 1e-12


class IdentifierScores:
    """Log-probabilities of identifiers among everything the model could say: what it would rather not name stays low.

    The model is also trained to say nothing of the kind for foreign text; normalising over the identifiers alone would
    throw that evidence away.
    """

    def __init__(self, memory: Memory, *, small: bool) -> None:
        """`small`: a query's work is too little to share; beside other programs a second thread costs more than it brings."""
        self._memory = memory
        self._small = small

    def score(self, queries: Sequence[str]) -> NDArray[np.floating]:
        """[queries, identifiers], in the order of the manifest; rows sum to at most 1 as probabilities."""
        with threads.using(1) if self._small else nullcontext():
            scores = self._memory.evaluate(queries)
        mass = np.log(np.maximum(scores.mass.astype(np.float64), _LEAST_MASS))
        total: NDArray[np.floating] = scores.log_probabilities + mass[:, None]
        return total


def remembered(memory: Memory, manifest: Manifest, manifest_sha256: str) -> Remembered:
    """The memory with its verified manifest (`train.manifest.read_manifest`); `manifest_sha256` names it in statements."""
    return Remembered(
        IdentifierScores(memory, small=manifest.base_model == EMBEDDED),
        manifest.entries,
        manifest_sha256,
        manifest.unsafe,
    )
