"""A small convolutional tagger of English text: which words are people, addresses, places, firms, dates and the like.

Made by us from generated text (`benchmarks/screening/train_names_en.py`, docs/adr/0011); its weights travel in the
package. It runs in numpy alone. A token is described by hashed letter groups of its own, its shape and four word lists
kept as Bloom filters; four residual convolutions (dilated as in Strubell et al., 2017, arXiv:1702.02098) let it see
eight tokens to either side.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LABELS = ("O", "PER", "ADR", "LOC", "ORG", "DATE", "ROLE", "GROUP", "AGE", "NUM", "NET")
WEIGHTS = Path(__file__).with_name("english_tagger.safetensors")
LISTS = ("common", "given", "surname", "place")

BUCKETS = 32_768  # rows of the table of letter groups
DILATIONS = (1, 1, 2, 4)
REACH = sum(DILATIONS)  # tokens to either side that a decision sees
_LONGEST = 24  # letters of a word that are looked at
_SHAPES = ("lower", "Title", "UPPER", "Mixed", "digits", "break", "other")
_PUNCTUATION = ",.:;'\"()-/&@#|"
SPECIALS = len(_SHAPES) + len(_PUNCTUATION) + len(LISTS) + 6  # six: glued to the token before; lengths of numbers
_TOKEN = re.compile(r"[^\W\d_]+|\d+|\n|[^\s]")
_BATCH = 4_096  # tokens computed at once

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Token:
    """`start` and `end` count code points of the tagged text."""

    start: int
    end: int
    text: str
    glued: bool  # nothing stands between it and the token before


def tokens_of(text: str) -> list[Token]:
    """Runs of letters, runs of digits, line breaks and single marks, in order."""
    tokens: list[Token] = []
    last = -1
    for match in _TOKEN.finditer(text):
        tokens.append(Token(match.start(), match.end(), match.group(), match.start() == last))
        last = match.end()
    return tokens


def rows_of(word: str) -> list[int]:
    """Rows of the table that describe `word`: the whole, its beginnings and endings, its groups of three and four."""
    low = word.lower()[:_LONGEST]
    if low.isdigit():
        groups = {f"d{len(low)}", f"y{low[:2]}" if len(low) == 4 else f"v{low}" if len(low) < 3 else f"z{low[0]}"}
    else:
        edged = f"^{low}$"
        groups = {f"w{low}", *(f"p{low[:n]}" for n in (1, 2, 3)), *(f"s{low[-n:]}" for n in (1, 2, 3, 4))}
        groups.update(edged[at : at + n] for n in (3, 4) for at in range(len(edged) - n + 1))
    return sorted(zlib.crc32(group.encode("utf-8", "surrogatepass")) % BUCKETS for group in groups)


def places_in_filter(word: str, bits: int) -> list[int]:
    """The three bits of a Bloom filter of `bits` bits that stand for `word` (Bloom, 1970)."""
    data = word.lower().encode()
    return [zlib.crc32(data, seed) % bits for seed in (1, 77, 4242)]


def specials_of(word: str, lists: Sequence[NDArray[np.uint8]]) -> Floats:
    """Shape, mark and list membership of `word`; (SPECIALS,), zeros and ones. "Glued" is left for the caller."""
    vector = np.zeros(SPECIALS, dtype=np.float32)
    if word == "\n":
        shape = "break"
    elif word.isdigit():
        shape = "digits"
    elif word.isalpha():
        shape = "lower" if word.islower() else "Title" if word.istitle() else "UPPER" if word.isupper() else "Mixed"
    else:
        shape = "other"
    vector[_SHAPES.index(shape)] = 1.0
    at = len(_SHAPES)
    if word in _PUNCTUATION:
        vector[at + _PUNCTUATION.index(word)] = 1.0
    at += len(_PUNCTUATION)
    if word.isalpha():
        for number, bits in enumerate(lists):
            if all(bits[place >> 3] >> (place & 7) & 1 for place in places_in_filter(word, len(bits) * 8)):
                vector[at + number] = 1.0
    at += len(LISTS)
    if shape == "digits":
        vector[at + 1 + min((len(word) - 1) // 2, 4)] = 1.0
    return vector


GLUED = SPECIALS - 6  # index of "glued to the token before" in the specials


class Tagger:
    """The trained network. Weights as `WEIGHTS` holds them; equal input gives equal output."""

    def __init__(self, weights: dict[str, Any]) -> None:
        self._table: Floats = weights["table"].astype(np.float32) * weights["table_scale"].astype(np.float32)
        self._lists = [weights[f"list_{name}"] for name in LISTS]
        self._in: Floats = weights["in_weight"].astype(np.float32)
        self._in_bias: Floats = weights["in_bias"].astype(np.float32)
        self._layers: list[tuple[Doubles, Floats, Floats, Floats]] = [
            (
                _on_grid(weights[f"conv{number}_weight"], 2.0**16, 7.9),  # (3, width, width): left, own, right
                weights[f"conv{number}_bias"].astype(np.float32),
                weights[f"norm{number}_weight"].astype(np.float32),
                weights[f"norm{number}_bias"].astype(np.float32),
            )
            for number in range(len(DILATIONS))
        ]
        self._out = _on_grid(weights["out_weight"], 2.0**16, 7.9)
        self._out_bias: Floats = weights["out_bias"].astype(np.float32)
        self._known: dict[str, Floats] = {}

    def _vector(self, word: str) -> Floats:
        vector = self._known.get(word)
        if vector is None:
            described = np.concatenate([self._table[rows_of(word)].mean(axis=0), specials_of(word, self._lists)])
            vector = (described @ self._in + self._in_bias).astype(np.float32)
            if len(self._known) > 200_000:  # a catalogue's vocabulary; bounded so that a hostile one cannot fill memory
                self._known.clear()
            self._known[word] = vector
        return vector

    def knows_as_name(self, word: str) -> bool:
        """Whether `word` is in the list of given names or of surnames (one word in a thousand is there by chance)."""
        vector = specials_of(word, self._lists)
        first = GLUED - len(LISTS)
        return bool(vector[first + LISTS.index("given")] or vector[first + LISTS.index("surname")])

    def probabilities(self, texts: Sequence[Sequence[Token]]) -> list[Floats]:
        """For each text (tokens, LABELS): how probable each label is for each token; rows sum to 1."""
        results: list[Floats] = []
        batch: list[Sequence[Token]] = []
        size = 0
        for tokens in texts:
            batch.append(tokens)
            size += len(tokens) + REACH
            if size >= _BATCH:
                results.extend(self._compute(batch))
                batch, size = [], 0
        results.extend(self._compute(batch))
        return results

    def _compute(self, batch: Sequence[Sequence[Token]]) -> list[Floats]:
        """All texts behind each other, with REACH empty places between them that are kept at zero."""
        length = sum(len(tokens) + REACH for tokens in batch) + REACH
        width = self._in.shape[1]
        hidden = np.zeros((length, width), dtype=np.float32)
        inside = np.zeros((length, 1), dtype=np.float32)
        starts = []
        at = REACH
        for tokens in batch:
            starts.append(at)
            for token in tokens:
                hidden[at] = self._vector(token.text)
                if token.glued:
                    hidden[at] += self._in[self._table.shape[1] + GLUED]
                inside[at] = 1.0
                at += 1
            at += REACH
        np.maximum(hidden, 0.0, out=hidden)
        hidden *= inside
        for (weight, bias, scale, shift), step in zip(self._layers, DILATIONS, strict=True):
            new = _times(hidden, weight[1]) + bias
            new[step:] += _times(hidden, weight[0])[:-step]
            new[:-step] += _times(hidden, weight[2])[step:]
            hidden = hidden + np.maximum(new, 0.0)
            centred = hidden - hidden.mean(axis=1, keepdims=True)
            spread = np.sqrt((centred * centred).mean(axis=1, keepdims=True) + 1e-5)
            hidden = (centred / spread * scale + shift) * inside
        logits = _times(hidden, self._out) + self._out_bias
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        shares = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
        return [shares[start : start + len(tokens)] for start, tokens in zip(starts, batch, strict=True)]


def _times(rows: Floats, weight: Doubles) -> Floats:
    """The product, exact: rows on a grid of 2**-20 below 64 times weights on one of 2**-16 below 8, 26 + 19 bits, summed over
    at most 128 columns, fit into the 53 of a double. A rounded sum depends on its order, and libraries choose that by the
    shape of the whole and the place of a row in it: what is found in a text would depend on those read with it."""
    product: Floats = (_on_grid(rows, 2.0**20, 63.0) @ weight).astype(np.float32)
    return product


def _on_grid(values: Floats, steps: float, most: float) -> Doubles:
    """Multiples of 1/`steps` within `most` of zero."""
    grid: Doubles = np.rint(np.clip(values, -most, most).astype(np.float64) * steps) / steps
    return grid


@lru_cache(maxsize=1)
def weights_digest() -> str:
    """First eight hexadecimal digits of the weights' SHA-256, `absent` where there is no file."""
    return hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()[:8] if WEIGHTS.is_file() else "absent"


@lru_cache(maxsize=1)
def tagger() -> Tagger:
    """The tagger of the package, read on first use. Raises FileNotFoundError where the weights are missing."""
    from safetensors.numpy import load_file

    return Tagger(load_file(WEIGHTS))
