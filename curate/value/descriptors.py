"""Texts and pictures as short vectors, without a model: hashed character n-grams and colour grids.

Windows of 2, 3 and 4 characters are hashed into buckets, weighted by how rare they are, and projected to TEXT_WIDTH
numbers by a sparse Johnson-Lindenstrauss transform (Kane and Nelson 2014): cosines hold within about 0.06. Everything
is numpy in blocks of images, so that memory is bounded and 100,000 images take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from curate.ngrams import normalise
from curate.picture import PictureFacts, Undecoded
from curate.record import ImageRecord

TEXT_WIDTH = 256
_BUCKETS = 1 << 18
_WINDOWS = (2, 3, 4)  # characters
_LONGEST = 600  # characters of one image's texts that are read
_BLOCK = 2048  # images at a time
_COMMON_AT_LEAST = 100  # images
_COMMON_SHARE = 0.05
_PRIME = np.uint64(0x9E3779B97F4A7C15)

_COUNTS_KEPT = 1 << 17  # images whose n-grams are counted once; of more, twice, so that memory stays bounded

Vectors = NDArray[np.float32]
Halves = NDArray[np.float16]


@dataclass(frozen=True, eq=False)
class Descriptors:
    """`texts` [images, TEXT_WIDTH], rows of length 1 or 0, in half precision: what is lost, a thousandth, is a fiftieth of
    what the projection loses, and a million images take half a gigabyte; `grids` [images, 192] mean colours in [0, 1]; `has_text` and
    `has_grid` say which rows mean something."""

    texts: Halves
    has_text: NDArray[np.bool_]
    grids: Vectors
    has_grid: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.texts)


def describe(records: Sequence[ImageRecord], pictures: Mapping[str, PictureFacts | Undecoded]) -> Descriptors:
    """Descriptors in the order of `records`; logged queries are no description."""
    documents = [document_of(record) for record in records]
    texts, has_text = text_vectors(documents)
    looked = [pictures.get(record.image_id) for record in records]
    width = next((len(facts.colour_grid) for facts in looked if isinstance(facts, PictureFacts)), 1)
    grids = np.zeros((len(records), width), dtype=np.float32)
    has_grid = np.zeros(len(records), dtype=np.bool_)
    for row, facts in enumerate(looked):
        if isinstance(facts, PictureFacts):
            grids[row] = facts.colour_grid
            has_grid[row] = True
    return Descriptors(texts, has_text, grids, has_grid)


def document_of(record: ImageRecord) -> str:
    """What describes an image in words; logged queries are no description."""
    return normalise_lines(sorted({text.text for text in record.texts if text.field != "query"}))


def normalise_lines(texts: Iterable[str]) -> str:
    """The texts in one spelling, a line each, at most _LONGEST characters."""
    return "\n".join(f" {normalise(text)} " for text in texts)[:_LONGEST]


def text_vectors(documents: Sequence[str]) -> tuple[Halves, NDArray[np.bool_]]:
    """[documents, TEXT_WIDTH] and which documents have text."""

    def blocks() -> Iterator[Sequence[str]]:
        for start in range(0, len(documents), _BLOCK):
            yield documents[start : start + _BLOCK]

    return vectors_of_blocks(blocks, len(documents))


def vectors_of_blocks(blocks: Callable[[], Iterable[Sequence[str]]], size: int) -> tuple[Halves, NDArray[np.bool_]]:
    """`text_vectors` of `size` documents that come in blocks; `blocks` is called up to twice, for the same documents."""
    frequency = np.zeros(_BUCKETS, dtype=np.int64)
    kept: list[Any] | None = [] if size <= _COUNTS_KEPT else None
    for block in blocks():
        counted = _counted(block)
        frequency += np.bincount(counted.indices, minlength=_BUCKETS)
        if kept is not None:
            kept.append(counted)
    rarity = (np.log((1 + size) / (1 + frequency)) + 1).astype(np.float32)
    # What very many texts share (a template, a maker's name) tells no neighbours apart.
    rarity[frequency > max(_COMMON_AT_LEAST, int(_COMMON_SHARE * size))] = 0.0
    projection = _projection()
    vectors = np.zeros((size, TEXT_WIDTH), dtype=np.float16)
    present = np.zeros(size, dtype=np.bool_)
    start = 0
    for counted in kept if kept is not None else map(_counted, blocks()):
        rows = slice(start, start + counted.shape[0])
        counted.data = (1 + np.log(counted.data)) * rarity[counted.indices]
        whole = (counted @ projection).toarray()
        length = np.linalg.norm(whole, axis=1, keepdims=True)
        vectors[rows] = whole / np.where(length > 0, length, 1)
        present[rows] = np.diff(counted.indptr) > 0
        start = rows.stop
    return vectors, present


def _counted(documents: Sequence[str]) -> Any:
    """[documents, _BUCKETS] occurrences of n-grams, sparse."""
    joined = "\n".join(documents)
    characters = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(documents)), [len(document) + 1 for document in documents])[: len(characters)]
    within = characters != ord("\n")
    keys = []
    for size in _WINDOWS:
        if len(characters) < size:
            continue
        places = len(characters) - size + 1
        whole = np.ones(places, dtype=np.bool_)
        hashed = np.full(places, size, dtype=np.uint64)
        for step in range(size):
            whole &= within[step : step + places]
            hashed = (hashed ^ characters[step : step + places]) * _PRIME
            hashed ^= hashed >> np.uint64(29)
        bucket = (hashed[whole] >> np.uint64(20)) % np.uint64(_BUCKETS)
        keys.append(owner[:places][whole].astype(np.uint64) * np.uint64(_BUCKETS) + bucket)
    found, count = np.unique(np.concatenate(keys) if keys else np.zeros(0, np.uint64), return_counts=True)
    rows, columns = found // np.uint64(_BUCKETS), (found % np.uint64(_BUCKETS)).astype(np.int32)
    starts = np.searchsorted(rows, np.arange(len(documents) + 1, dtype=np.uint64)).astype(np.int64)
    return sparse.csr_array((count.astype(np.float32), columns, starts), shape=(len(documents), _BUCKETS))


def _projection() -> Any:
    """[_BUCKETS, TEXT_WIDTH] with two entries of ±1/√2 a row, the same in every run."""
    rng = np.random.default_rng(20240711)
    first = rng.integers(0, TEXT_WIDTH, _BUCKETS)
    second = (first + rng.integers(1, TEXT_WIDTH, _BUCKETS)) % TEXT_WIDTH
    columns = np.stack([first, second], axis=1).ravel().astype(np.int32)
    signs = (rng.integers(0, 2, 2 * _BUCKETS) * 2 - 1).astype(np.float32) / np.float32(np.sqrt(2))
    return sparse.csr_array((signs, columns, np.arange(0, 2 * _BUCKETS + 1, 2)), shape=(_BUCKETS, TEXT_WIDTH))
