"""The tree of words matches exactly its words, the longest first."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from curate.screen.literal_trie import trie_pattern

WORD = st.text(alphabet="ab番.", min_size=1, max_size=4)


@given(st.sets(WORD, min_size=1, max_size=8), st.text(alphabet="ab番.", max_size=8))
def test_the_longest_word_at_each_place(words: set[str], text: str) -> None:
    match = re.compile(trie_pattern(words)).match(text)
    fitting = [word for word in words if text.startswith(word)]
    assert (match.group() if match else None) == (max(fitting, key=len) if fitting else None)


def test_ends_and_stand_ins() -> None:
    pattern = re.compile(
        trie_pattern(["tel", "sn", "ヶ丘"], widen={"ヶ": "[ケヶ]"}, latin_end="(?![a-z])", short_end="(?![a-z0-9])")
    )
    assert (
        pattern.match("tel03") and not pattern.match("telling") and not pattern.match("sn03") and pattern.match("ケ丘")
    )
