"""Characters, the common ground of Japanese and English text: TF-IDF over character n-grams, and BM25 beside it.

Words in spaced scripts become n-grams of 3 to 5 characters inside word boundaries (the scheme known as `char_wb`);
runs of Chinese characters and kana, which no space divides, become n-grams of 1 to 3. Rows, weights and order depend on
the documents alone. Everything is `scipy.sparse`: 10,000 catalogue texts fit in seconds and tens of megabytes.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from curate.atomic import write_atomic

Csr: TypeAlias = Any  # scipy.sparse.csr_array of float32; scipy ships no types

SPACED_NGRAMS = (3, 5)  # characters, the two word-boundary spaces included
CJK_NGRAMS = (1, 3)  # characters; without single ones, hit@1 on unseen Japanese tags fell from .20 to .13
_FORMAT = 2  # 2: M12×50 is two words

# Kana without the middle dot U+30FB (a separator), the iteration marks, and the Han blocks.
_CJK = (
    "\u3005-\u3007\u303b\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(f"(?P<cjk>[{_CJK}]+)|(?P<word>[^\\s{_CJK}]+)")
_TIMES = re.compile(r"(?<=[0-9])[×x*](?=[0-9])")  # M12×50 is two words: people ask for M12
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def normalise(text: str) -> str:
    """NFKC, casefold, white space collapsed: the one spelling under which two queries count as the same."""
    # Casefolding may leave NFKC (U+0345 does), so a second normalisation follows it.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def _runs(text: str) -> Iterable[tuple[bool, str]]:
    """(is CJK, run) for each unspaced CJK run and each other word, punctuation at a word's edges dropped."""
    for match in _RUN.finditer(_TIMES.sub(" ", normalise(text))):
        if match["cjk"] is not None:
            yield True, match["cjk"]
        elif word := _EDGES.sub("", match["word"]):
            yield False, word


def character_ngrams(text: str) -> list[str]:
    """The n-grams of `text` with repetitions, in reading order."""
    grams: list[str] = []
    for is_cjk, run in _runs(text):
        if is_cjk:
            for size in range(CJK_NGRAMS[0], CJK_NGRAMS[1] + 1):
                grams.extend(run[i : i + size] for i in range(len(run) - size + 1))
            continue
        padded = f" {run} "
        for size in range(SPACED_NGRAMS[0], SPACED_NGRAMS[1] + 1):
            if size >= len(padded):
                grams.append(padded)  # a short word counts once, whole
                break
            grams.extend(padded[i : i + size] for i in range(len(padded) - size + 1))
    return grams


def word_tokens(text: str) -> list[str]:
    """Words of spaced scripts and bigrams of CJK runs (a single character stays itself): the tokens of `BM25`."""
    tokens: list[str] = []
    for is_cjk, run in _runs(text):
        if is_cjk and len(run) > 1:
            tokens.extend(run[i : i + 2] for i in range(len(run) - 1))
        else:
            tokens.append(run)
    return tokens


def _counts(texts: Sequence[str], vocabulary: dict[str, int], tokens_of: Callable[[str], list[str]]) -> Csr:
    """[texts, vocabulary] occurrences as float32; tokens outside the vocabulary are dropped."""
    starts, columns, values = [0], [], []
    for text in texts:
        for token, count in sorted(Counter(tokens_of(text)).items()):
            column = vocabulary.get(token)
            if column is not None:
                columns.append(column)
                values.append(count)
        starts.append(len(columns))
    data = np.asarray(values, dtype=np.float32)
    indices = np.asarray(columns, dtype=np.int32)
    return sparse.csr_array((data, indices, np.asarray(starts, dtype=np.int64)), shape=(len(texts), len(vocabulary)))


def _vocabulary(documents: Sequence[str], tokens_of: Callable[[str], list[str]]) -> dict[str, int]:
    distinct: set[str] = set()
    for document in documents:
        distinct.update(tokens_of(document))
    return {token: column for column, token in enumerate(sorted(distinct))}


def _best(scores: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
    """The `k` best rows with a score above 0, best first, ties by row."""
    hits = np.flatnonzero(scores > 0)
    if len(hits) > k:
        floor = np.partition(scores[hits], len(hits) - k)[len(hits) - k]
        hits = hits[scores[hits] >= floor]
    order = np.lexsort((hits, -scores[hits]))[: max(k, 0)]
    return [(int(row), float(scores[row])) for row in hits[order]]


@dataclass(frozen=True, eq=False)
class NgramSpace:
    """TF-IDF space fitted on `documents`: rows of `matrix` have L2 length 1 (0 for a text without known n-grams)."""

    vocabulary: dict[str, int]  # n-gram -> column
    idf: NDArray[np.float32]  # [columns], at least 1
    matrix: Csr  # [documents, columns]
    by_gram: Csr  # the transpose as CSR: a query touches only the rows of its own n-grams
    tokens_of: Callable[[str], list[str]] = character_ngrams

    @classmethod
    def fit(cls, documents: Sequence[str], *, tokens_of: Callable[[str], list[str]] = character_ngrams) -> NgramSpace:
        """Space over `documents`, one text each (join several fields of an image with a newline); `word_tokens` in place
        of character n-grams gives the space of their words (which `save` does not write)."""
        vocabulary = _vocabulary(documents, tokens_of)
        counts = _counts(documents, vocabulary, tokens_of)
        frequency = np.bincount(counts.indices, minlength=len(vocabulary))
        # Smoothed as if one more document held every n-gram; an n-gram found everywhere keeps the weight 1.
        idf = (np.log((1 + len(documents)) / (1 + frequency)) + 1).astype(np.float32)
        matrix = _weighted(counts, idf)
        return cls(vocabulary, idf, matrix, sparse.csr_array(matrix.T), tokens_of)

    def __len__(self) -> int:
        return int(self.matrix.shape[0])

    def transform(self, texts: Sequence[str]) -> Csr:
        """[texts, columns] rows of length 1; n-grams which no document holds count for nothing."""
        return _weighted(_counts(texts, self.vocabulary, self.tokens_of), self.idf)

    def scores(self, query: str) -> NDArray[np.float32]:
        """Cosine of `query` with every document, in [0, 1]."""
        row = self.transform([query])
        scores = np.zeros(len(self), dtype=np.float32)
        for column, weight in zip(row.indices, row.data, strict=True):
            start, stop = self.by_gram.indptr[column], self.by_gram.indptr[column + 1]
            scores[self.by_gram.indices[start:stop]] += weight * self.by_gram.data[start:stop]
        return np.minimum(scores, np.float32(1))

    def coverage(self, query: str) -> NDArray[np.float32]:
        """Share in [0, 1] of the query's n-grams, by idf weight, that each document holds; unknown n-grams weigh most."""
        return self._held({gram: self._rarity(gram) for gram in set(self.tokens_of(query))})

    def word_coverage(self, query: str) -> NDArray[np.float32]:
        """Share in [0, 1] of the query's words that each document holds, a word by its n-grams: as `coverage`, but the
        n-grams of one word share the weight of one, so that a long word counts no more than a short one.

        Words are those that spaces and changes between Japanese and other letters divide.
        """
        weight_of: dict[str, np.float32] = {}
        for word in sorted({run for _, run in _runs(query)}):
            grams = sorted(set(self.tokens_of(word)))
            for gram in grams:
                weight_of[gram] = weight_of.get(gram, np.float32(0)) + self._rarity(gram) / np.float32(len(grams))
        return self._held(weight_of)

    def _rarity(self, gram: str) -> np.float32:
        """Its idf; what no document holds is the rarest of all."""
        column = self.vocabulary.get(gram)
        return np.float32(np.log(1 + len(self)) + 1) if column is None else self.idf[column]

    def _held(self, weight_of: Mapping[str, np.float32]) -> NDArray[np.float32]:
        """[documents] share of these weights on n-grams that each document holds."""
        held = np.zeros(len(self), dtype=np.float32)
        for gram in sorted(weight_of.keys() & self.vocabulary.keys()):
            column = self.vocabulary[gram]
            start, stop = self.by_gram.indptr[column], self.by_gram.indptr[column + 1]
            held[self.by_gram.indices[start:stop]] += weight_of[gram]
        total = np.float32(sum(weight_of[gram] for gram in sorted(weight_of)))
        return np.minimum(held / total, np.float32(1)) if weight_of else held

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """Up to `k` (document row, cosine), best first, ties by row; documents sharing no n-gram are left out."""
        return _best(self.scores(query), k)

    def save(self, path: Path) -> None:
        """Write the space as one `.npz` without pickles (same documents, same bytes)."""
        grams = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        stream = io.BytesIO()
        np.savez_compressed(
            stream,
            format=np.asarray([_FORMAT], dtype=np.int64),
            grams=np.frombuffer(json.dumps(grams, ensure_ascii=False).encode(), dtype=np.uint8),
            idf=self.idf,
            data=self.matrix.data,
            indices=self.matrix.indices,
            indptr=self.matrix.indptr,
        )
        write_atomic(path, stream.getvalue())

    @classmethod
    def load(cls, path: Path) -> NgramSpace:
        """The space which `save` wrote.

        Raises:
            OSError: the file cannot be read.
            ValueError: not such a file, or of a format this version does not know.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                if int(stored["format"][0]) != _FORMAT:
                    raise ValueError(f"format {int(stored['format'][0])}")
                grams = json.loads(stored["grams"].tobytes().decode())
                indptr = stored["indptr"]
                shape = (len(indptr) - 1, len(grams))
                matrix = sparse.csr_array((stored["data"], stored["indices"], indptr), shape=shape)
                vocabulary = {gram: column for column, gram in enumerate(grams)}
                return cls(vocabulary, stored["idf"], matrix, sparse.csr_array(matrix.T))
        except (ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile, zlib.error) as cause:
            raise ValueError(f"expected an n-gram space of format {_FORMAT} in {path.name}, found: {cause}") from cause


def _weighted(counts: Csr, idf: NDArray[np.float32]) -> Csr:
    """Sublinear term frequency × idf, rows scaled to L2 length 1."""
    weights = counts.copy()
    weights.data = (1 + np.log(weights.data)) * idf[weights.indices]
    rows = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    length = np.sqrt(np.bincount(rows, weights=weights.data.astype(np.float64) ** 2, minlength=weights.shape[0]))
    length[length == 0] = 1.0
    weights.data = (weights.data / length[rows]).astype(np.float32)
    return weights


@dataclass(frozen=True, eq=False)
class BM25:
    """Okapi BM25 (Robertson and Zaragoza 2009), the usual lexical baseline: words, and bigrams of CJK runs."""

    vocabulary: dict[str, int]
    by_token: Csr  # [tokens, documents] finished weights

    @classmethod
    def fit(cls, documents: Sequence[str], *, k1: float = 1.2, b: float = 0.75) -> BM25:
        """`k1` saturates repetition (>= 0), `b` in [0, 1] corrects for document length."""
        vocabulary = _vocabulary(documents, word_tokens)
        counts = _counts(documents, vocabulary, word_tokens)
        rows = np.repeat(np.arange(len(documents)), np.diff(counts.indptr))
        length = np.bincount(rows, weights=counts.data, minlength=len(documents))
        mean = float(length.mean()) if len(documents) and length.any() else 1.0
        frequency = np.bincount(counts.indices, minlength=len(vocabulary))
        idf = np.log1p((len(documents) - frequency + 0.5) / (frequency + 0.5))
        saturation = k1 * (1 - b + b * length[rows] / mean)
        counts.data = (idf[counts.indices] * counts.data * (k1 + 1) / (counts.data + saturation)).astype(np.float32)
        return cls(vocabulary, sparse.csr_array(counts.T))

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """Up to `k` (document row, score > 0), best first, ties by row."""
        scores = np.zeros(self.by_token.shape[1], dtype=np.float32)
        for token, count in sorted(Counter(word_tokens(query)).items()):
            column = self.vocabulary.get(token)
            if column is None:
                continue
            start, stop = self.by_token.indptr[column], self.by_token.indptr[column + 1]
            scores[self.by_token.indices[start:stop]] += count * self.by_token.data[start:stop]
        return _best(scores, k)
