"""Five ways to spell identifiers in model tokens, behind one interface; `atomic` is the default by measurement.

All give each image a spelling of its own, and no spelling begins another: every scheme but `atomic` uses spellings of
one length.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from curate.ngrams import word_tokens
from train.identifiers import Described, Identifier, IdentifierScheme, public_identifiers

Ints = NDArray[np.int64]

_ROUNDS = 12  # of k-means
_SHARED_AT_MOST = 0.25  # of the images may share a first concept word


class Atomic:
    """One new token per image: exact ranking with one look at the logits."""

    name = "atomic"

    def assign(self, image_ids: Sequence[str], salt: bytes, about: Described) -> tuple[Identifier, ...]:
        return tuple(
            Identifier(image_id, public, (f"<|{public}|>",))
            for image_id, public in zip(image_ids, public_identifiers(image_ids, salt), strict=True)
        )


class Structured:
    """Two codes of a balanced residual k-means over text and picture features, then a number within the cell.

    Like images share codes, as in the structured identifiers of GRACE (arXiv 2402.10805), which come from hierarchical
    k-means, too; balance keeps the cells small, and the number makes every spelling unique.
    """

    name = "structured"

    def assign(self, image_ids: Sequence[str], salt: bytes, about: Described) -> tuple[Identifier, ...]:
        vectors = about.vectors()
        codes = max(2, math.ceil(len(image_ids) ** (1 / 3)))
        first, centres = balanced_kmeans(vectors, codes, seed=1)
        second, _ = balanced_kmeans(vectors - centres[first], codes, seed=2)
        cells = [(f"<|a{a}|>", f"<|b{b}|>") for a, b in zip(first.tolist(), second.tolist(), strict=True)]
        return _numbered(image_ids, salt, cells)


class Semantic:
    """Two words that tell about the image (one it shares with others, its rarest one), then a number."""

    name = "semantic"

    def assign(self, image_ids: Sequence[str], salt: bytes, about: Described) -> tuple[Identifier, ...]:
        words = [Counter(word for text in texts for word in word_tokens(text)) for texts in about.texts]
        spread = Counter(word for counted in words for word in counted)
        most = max(2.0, _SHARED_AT_MOST * len(image_ids))
        cells = []
        for counted in words:
            shared = [word for word in counted if 2 <= spread[word] <= most]
            concept = min(shared, key=lambda word: (-counted[word] * math.log(spread[word]), word), default="")
            own = [word for word in counted if word != concept]
            rarest = min(own, key=lambda word: (spread[word], -counted[word], word), default="")
            cells.append((f"<|w:{_plain(concept)}|>", f"<|w:{_plain(rarest)}|>"))
        return _numbered(image_ids, salt, cells)


class String:
    """The letters of the public identifier: says nothing about the image, and has to be learnt by heart."""

    name = "string"

    def assign(self, image_ids: Sequence[str], salt: bytes, about: Described) -> tuple[Identifier, ...]:
        public = public_identifiers(image_ids, salt)
        return tuple(
            Identifier(image_id, name, tuple(f"<|s:{letter}|>" for letter in name.removeprefix("im-")))
            for image_id, name in zip(image_ids, public, strict=True)
        )


class Numeric:
    """The digits of a running number, in the order of the images."""

    name = "numeric"

    def assign(self, image_ids: Sequence[str], salt: bytes, about: Described) -> tuple[Identifier, ...]:
        width = len(str(max(len(image_ids) - 1, 0)))
        return tuple(
            Identifier(image_id, name, tuple(f"<|d:{digit}|>" for digit in f"{number:0{width}d}"))
            for number, (image_id, name) in enumerate(zip(image_ids, public_identifiers(image_ids, salt), strict=True))
        )


SCHEMES: Mapping[str, IdentifierScheme] = {
    scheme.name: scheme for scheme in (Atomic(), Structured(), Semantic(), String(), Numeric())
}


def balanced_kmeans(vectors: NDArray[np.float32], codes: int, *, seed: int) -> tuple[Ints, NDArray[np.float32]]:
    """(code of each vector [N], centres [codes, D]): k-means in which no code takes more than its even share, rounded up."""
    count = len(vectors)
    codes = min(codes, count)
    room = -(-count // codes)
    rng = np.random.default_rng(seed)
    centres = vectors[rng.choice(count, size=codes, replace=False)].astype(np.float32)
    given = np.full(count, -1, dtype=np.int64)
    for _ in range(_ROUNDS):
        before, given = given, _shared_out(_distances(vectors, centres), room)
        if np.array_equal(before, given):
            break
        for code in range(codes):
            if (members := given == code).any():
                centres[code] = vectors[members].mean(axis=0)
    return given, centres


def _distances(vectors: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.float32]:
    """[N, codes] squared distances, up to a constant per vector."""
    return np.asarray((centres**2).sum(axis=1)[None, :] - 2 * vectors @ centres.T, dtype=np.float32)


def _shared_out(distances: NDArray[np.float32], room: int) -> Ints:
    """[N] the nearest code that has room. Where more want a code than fit, those stay that lose most by going on to
    their next best; every round fills a code or serves everybody, so that there are at most as many rounds as codes."""
    count, codes = distances.shape
    given = np.full(count, -1, dtype=np.int64)
    left = np.full(codes, room, dtype=np.int64)
    waiting = np.arange(count)
    while len(waiting):
        offered = np.where(left > 0, distances[waiting], np.inf)
        wanted = offered.argmin(axis=1)
        best = offered[np.arange(len(waiting)), wanted]
        offered[np.arange(len(waiting)), wanted] = np.inf
        loss = offered.min(axis=1) - best
        order = np.lexsort((waiting, -loss, wanted))
        starts = np.searchsorted(wanted[order], np.arange(codes))
        place = np.arange(len(order)) - starts[wanted[order]]
        served = order[place < left[wanted[order]]]
        given[waiting[served]] = wanted[served]
        left -= np.bincount(wanted[served], minlength=codes)
        waiting = np.delete(waiting, served)
    return given


def _numbered(image_ids: Sequence[str], salt: bytes, cells: Sequence[tuple[str, str]]) -> tuple[Identifier, ...]:
    """Each image's cell followed by its place in the cell."""
    taken: Counter[tuple[str, str]] = Counter()
    found = []
    for image_id, name, cell in zip(image_ids, public_identifiers(image_ids, salt), cells, strict=True):
        found.append(Identifier(image_id, name, (*cell, f"<|n{taken[cell]}|>")))
        taken[cell] += 1
    return tuple(found)


def _plain(word: str) -> str:
    return "".join(letter for letter in word if letter not in "<|>")
