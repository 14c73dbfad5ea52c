"""What people read on a terminal: text from outside made safe (what it would obey is shown instead), and counted things."""

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


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 image`, `3 images`; `plural` where it is not the noun and an s."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
