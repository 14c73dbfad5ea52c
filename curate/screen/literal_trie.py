"""One regular expression for many fixed strings, as a tree of their letters: it reads a text once, whatever their number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

_Node: TypeAlias = "dict[str, _Node]"
_END = ""  # key of a node at which a word ends


def trie_pattern(
    words: Iterable[str],
    *,
    widen: dict[str, str] | None = None,
    latin_end: str = "",
    short_end: str = "",
    not_behind: str = "",
) -> str:
    """Source of a pattern that matches the longest of `words` at a place.

    Args:
        words: fixed strings, none empty.
        widen: what is matched where a word has this character, as pattern source ("ケ" -> "[ケヶ]").
        latin_end: an assertion put behind words that end in a Latin letter ("tel" is not the start of "telling").
        short_end: the same for words of two letters ("sn" is not the start of "SN17173983").
        not_behind: the words do not match behind a character of this class.
    """
    root: _Node = {}
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[_END] = {}
    branches = [
        first + (f"(?<!{not_behind}{first})" if not_behind else "") + rest
        for character, child in sorted(root.items())
        for rest in (_source(child, widen or {}, (latin_end, short_end), character),)
        for first in _firsts((widen or {}).get(character, re.escape(character)))
    ]
    return f"(?:{'|'.join(branches)})"


def _firsts(source: str) -> Iterable[str]:
    """A class of characters at the root as one alternative each: where all begin with a fixed character, the engine skips to
    the next one of these instead of trying every alternative at every place.
    """
    return source[1:-1] if re.fullmatch(r"\[\w+\]", source) else (source,)


def _source(node: _Node, widen: dict[str, str], ends: tuple[str, str], before: str) -> str:
    """Alternatives below `node`, those that go on before the end: the longest word wins."""
    branches = [
        widen.get(character, re.escape(character)) + _source(child, widen, ends, before + character)
        for character, child in sorted(node.items())
        if character != _END
    ]
    if _END in node:
        end = ends[len(before) <= 2] if before.isascii() and before[-1].isalpha() else ""
        if not branches:
            return end
        return f"(?:{'|'.join(branches)}|{end})"
    if len(branches) == 1:
        return branches[0]
    return f"(?:{'|'.join(branches)})"
