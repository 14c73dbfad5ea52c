"""When two queries ask for the same: width, case, kana, word order, punctuation and a plural do not tell them apart."""

from __future__ import annotations

import re

from curate.ngrams import normalise

_HIRAGANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_LONG_AT_END = re.compile("(?<=[ァ-ヺー][ァ-ヺ])ー(?![ァ-ヺー])")  # サーバー and サーバ (JIS Z 8301 left the mark out)
_WORD = re.compile(r"[^\W_]+(?:[-.,/][^\W_]+)*")
_PLURAL = re.compile(r"(?<=[a-z]{3})(?<![su])s$")


def query_key(query: str) -> str:
    """The one spelling for all queries that ask for the same; empty when nothing but punctuation was typed.

    NFKC, casefold, hiragana as katakana, the long mark at a word's end left out, words in alphabetical order,
    an English plural -s left out. Numbers keep their inner signs: `M8-1.25` is no `M8 1.25`.
    """
    text = _LONG_AT_END.sub("", normalise(query).translate(_DASHES).translate(_HIRAGANA))
    return " ".join(sorted(_PLURAL.sub("", word) for word in _WORD.findall(text)))
