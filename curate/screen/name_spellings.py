"""How much a spelling looks like a name: three linear models over dictionary entries, 70 kB of weights beside this file.

`foreign` and `given` read the letters (katakana; kanji) as hashed n-grams and know words that no dictionary has;
`usage` reads GiNZA's word vector, that is, how a word is used in running text. Trained on the entries of SudachiDict
(Apache-2.0) and the vectors of ja_ginza (MIT) by `benchmarks/screening/train_name_spellings.py`; no sentence was used.
All values are log-odds of being a name among dictionary entries of that script, held in [-LIMIT, LIMIT].
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from curate.screen.names_model import vector

PACKAGE = "ja_ginza"
WEIGHTS = Path(__file__).with_name("name_spellings.npz")
BUCKETS = 1 << 15
LONGEST_GRAM = 4
LIMIT = 4.0


def buckets(spelling: str) -> list[int]:
    """Hashed n-grams of 1 to 4 letters, the borders of the word among them."""
    text = f"^{spelling}$"
    return [
        zlib.crc32(f"{size}{text[start : start + size]}".encode()) % BUCKETS
        for size in range(1, LONGEST_GRAM + 1)
        for start in range(len(text) - size + 1)
    ]


@lru_cache(maxsize=1)
def _weights() -> dict[str, NDArray[np.float32]]:
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return {
            name: stored[name].astype(np.float32) * stored[f"{name}_scale"] for name in ("foreign", "given", "usage")
        } | {f"{name}_bias": stored[f"{name}_bias"] for name in ("foreign", "given", "usage")}


def _bounded(value: float) -> float:
    return min(LIMIT, max(-LIMIT, value))


@lru_cache(maxsize=50_000)
def foreign(spelling: str) -> float:
    """Log-odds that a katakana spelling is a name."""
    weights = _weights()
    return _bounded(float(weights["foreign"][buckets(spelling)].sum() + weights["foreign_bias"]))


@lru_cache(maxsize=50_000)
def given(spelling: str) -> float:
    """Log-odds that a kanji spelling is a given name."""
    weights = _weights()
    return _bounded(float(weights["given"][buckets(spelling)].sum() + weights["given_bias"]))


@lru_cache(maxsize=50_000)
def usage(word: str) -> float:
    """Log-odds that `word` is used as a person's name; 0 where ja_ginza has no vector for it. Loads the model."""
    direction = vector(PACKAGE, word)
    if direction is None:
        return 0.0
    weights = _weights()
    return _bounded(float(direction @ weights["usage"] + weights["usage_bias"]))
