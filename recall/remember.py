"""A trained model (`train.memory.Memory`) as one of the sources of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

import numpy as np
from numpy.typing import NDArray

from recall.decode import beam_search
from recall.propose import Remembered
from recall.trie import Bools, Trie
from train import threads
from train.manifest import Manifest
from train.memory import Memory
from train.settings import EMBEDDED

_LEAST_MASS = 1e-12
_BEAMS = 32  # more than any answer goes through (`recall.propose.DEPTH`)
_QUERIES_AT_ONCE = 32


class IdentifierScores:
    """Log-probabilities of identifiers among everything the model could say: what it would rather not name stays low.

    The model is also trained to say nothing of the kind for foreign text; normalising over the identifiers alone would
    throw that evidence away. Identifiers of one token are all ranked exactly; of longer ones beams reach the likeliest.
    """

    def __init__(self, memory: Memory, *, small: bool) -> None:
        """`small`: a query's work is too little to share; beside other programs a second thread costs more than it brings."""
        self._memory = memory
        self._small = small
        self._trie = None if memory.atomic else Trie(memory.token_sequences)

    def score(self, queries: Sequence[str], live: Bools) -> NDArray[np.floating]:
        """[queries, identifiers], in the order of the manifest; rows sum to at most 1 as probabilities."""
        with threads.using(1) if self._small else nullcontext():
            if self._trie is not None:
                return self._by_beams(self._trie, queries, live)
            scores = self._memory.evaluate(queries)
        mass = np.log(np.maximum(scores.mass.astype(np.float64), _LEAST_MASS))
        total: NDArray[np.floating] = scores.log_probabilities + mass[:, None]
        return total

    def _by_beams(self, trie: Trie, queries: Sequence[str], live: Bools) -> NDArray[np.floating]:
        trie.set_live(live)
        total = np.full((len(queries), len(live)), -np.inf)
        for start in range(0, len(queries), _QUERIES_AT_ONCE):
            some = queries[start : start + _QUERIES_AT_ONCE]
            steps = self._memory.steps(some)
            found = beam_search(trie, steps, len(some), width=_BEAMS, top_k=_BEAMS)
            mass = np.log(np.maximum(steps.mass.double().cpu().numpy(), _LEAST_MASS))
            for row, ranked in enumerate(found):
                for item in ranked:
                    total[start + row, item.identifier] = item.log_probability + mass[row]
        return total


def remembered(memory: Memory, manifest: Manifest, manifest_sha256: str) -> Remembered:
    """The memory with its verified manifest (`train.manifest.read_manifest`); `manifest_sha256` names it in statements."""
    return Remembered(
        IdentifierScores(memory, small=manifest.base_model == EMBEDDED),
        manifest.entries,
        manifest_sha256,
        manifest.unsafe,
        memory if memory.describes else None,
    )
