"""Which words about an image may stand in a report that travels: only those that were screened and found clean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from curate.canonical import Json
from curate.finding import Category, Channel, Check

MASK = "•••"
_EMAIL = re.compile(r"[^\s/\\@<>\"']+@[^\s/\\@<>\"']+")
_LONG_NUMBER = re.compile(r"\d(?:[-. ]?\d){9,}")  # ten digits and more: telephone, My Number, card


@dataclass(frozen=True, slots=True)
class Shield:
    """`words`: titles and source may be shown. `file_name`: the file's name may be shown as it is."""

    words: bool
    file_name: bool

    def name(self, file_name: str) -> str:
        """The file's name, or its extension behind a mask."""
        return file_name if self.file_name else masked_name(file_name, whole=True)


def shield_of(screening: Json | None, *, withdrawn: bool) -> Shield:
    """What screening document `screening` (interfaces.md) lets the report show; None (erased) lets nothing through."""
    if not isinstance(screening, Mapping):
        return Shield(words=False, file_name=False)
    screened = Check.TEXT_PII.value in screening.get("done", ())
    private = [f for f in screening.get("findings", ()) if f.get("category") == Category.PRIVACY.value]
    return Shield(
        words=screened and not private and not withdrawn,
        file_name=screened and not any(_touches_name(finding) for finding in private),
    )


def _touches_name(finding: Mapping[str, Any]) -> bool:
    """Whether a finding sits in the file's name, or does not say where in the text it sits."""
    where = finding.get("where", {})
    channel, field = where.get("channel"), where.get("field")
    return channel == Channel.FILE.value or (channel == Channel.TEXT.value and not field)


def masked_name(file_name: str, *, whole: bool = False) -> str:
    """`file_name` with e-mail addresses and long numbers masked; with `whole`, only the extension is left."""
    if whole:
        suffix = re.search(r"\.[A-Za-z0-9]{1,5}$", file_name)
        return MASK + (suffix[0] if suffix else "")
    return _LONG_NUMBER.sub(MASK, _EMAIL.sub(MASK, file_name))
