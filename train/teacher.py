"""The lexical teacher: which image a text is about, going by its characters and its words, at once and in closed form.

Character n-grams meet words that nobody taught; whole words, and pairs of characters where no space divides them, tell
apart what shares its letters. The space joins both: a cosine in it is a weighted mean of the two cosines, so that one
matrix of documents serves the soft labels of training and the singular vectors of the warm start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from curate.ngrams import NgramSpace, word_tokens

_WORDS = 0.5  # weight of the words' cosine beside that of the characters; measured, flat from 0.3 to 1


@dataclass(frozen=True, eq=False)
class TeacherSpace:
    """Rows of `matrix` are the documents, L2 length 1 (shorter where a document has nothing of one kind)."""

    grams: NgramSpace
    words: NgramSpace
    matrix: Any  # scipy.sparse.csr_array of float32

    @classmethod
    def fit(cls, documents: Sequence[str]) -> TeacherSpace:
        grams, words = NgramSpace.fit(documents), NgramSpace.fit(documents, tokens_of=word_tokens)
        return cls(grams, words, _joined(grams.matrix, words.matrix))

    def __len__(self) -> int:
        return int(self.matrix.shape[0])

    def transform(self, texts: Sequence[str]) -> Any:
        """[texts, n-grams and words] as sparse rows like those of `matrix`; what no document holds is left out."""
        return _joined(self.grams.transform(texts), self.words.transform(texts))


def _joined(grams: Any, words: Any) -> Any:
    total = 1 + _WORDS
    parts = [grams * np.float32(total**-0.5), words * np.float32((_WORDS / total) ** 0.5)]
    return sparse.csr_array(sparse.hstack(parts, format="csr"))
