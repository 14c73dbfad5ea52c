"""Text from outside, made safe for a terminal: what a terminal would obey is shown instead of sent."""

from __future__ import annotations

import unicodedata

from rich.markup import escape as escape_markup

# Control, format (bidirectional overrides, zero width), broken and private characters, and line separators.
_OBEYED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """`text` with such characters as backslash escapes; everything else, Japanese included, stays as it is."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode("ascii") if unicodedata.category(character) in _OBEYED else character
        for character in text
    )


def escape(text: str) -> str:
    """`visible`, with brackets kept from being read as markup."""
    return escape_markup(visible(text))
