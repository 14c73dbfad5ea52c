"""How article numbers are spelt: two spellings of one number are one number."""

from __future__ import annotations

import re
import unicodedata

DASH = "\u2010-\u2015\u2212\u30fc"  # after NFKC; U+30FC is typed for a dash by mistake
_DASHES = re.compile(f"[{DASH}](?=[0-9A-Za-z])")


def article_number(text: str) -> str:
    """One spelling of an article number: NFKC, upper case, one kind of dash."""
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip().upper()


def compact(number: str) -> str:
    """An article number without its separators: BRK-1204 and BRK1204 are the same."""
    return re.sub(r"[-_/. ]", "", number)
