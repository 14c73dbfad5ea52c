"""The spaCy models behind the names: which are installed, loaded on first use. The only module that imports spaCy.

No model is downloaded.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

BATCH = 128  # texts in one call of a model

Told = Callable[[int, int], None]  # (texts read, texts)

# Parsing and tagging are most of a model's loading and reading time and say nothing about names.
_UNUSED = (
    "parser",
    "tagger",
    "lemmatizer",
    "morphologizer",
    "compound_splitter",
    "bunsetu_recognizer",
    "attribute_ruler",
)


def silent(done: int, total: int) -> None:
    """Tells nobody."""


def installed(package: str) -> bool:
    """Whether `package` can be imported. Imports nothing."""
    return importlib.util.find_spec(package) is not None


def package_version(package: str) -> str:
    """Version of an installed model, `absent` where there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


@lru_cache(maxsize=2)
def load(package: str) -> Any:
    """The model of `package`, without the parts that names do not need. Loading takes seconds; it stays."""
    import spacy

    return spacy.load(package, exclude=list(_UNUSED))


def read(package: str, texts: Sequence[str], told: Told = silent) -> Iterator[Any]:
    """spaCy's document of each text, in batches."""
    for done, document in enumerate(load(package).pipe(texts, batch_size=BATCH), start=1):
        yield document
        if done % BATCH == 0 or done == len(texts):
            told(done, len(texts))


def vector(package: str, word: str) -> Any:
    """The word vector of `word`, length 1, or None where the model has none."""
    vocab = load(package).vocab
    if not vocab.has_vector(word):
        return None
    found = vocab.get_vector(word)
    length = float((found @ found) ** 0.5)
    return found / length if length > 0 else None
