"""Sizes and ratings as people write them (M12, φ56, 80×50, 50A, 10K, 90°): alike in form, a different number contradicts.

A number counts only where a letter or a sign stands at it: a bare number may mean anything. Spelling as `curate.ngrams`
normalises it; article numbers, which have hyphens, are none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_SIZE = re.compile(
    rf"(?<![0-9a-z.\-_/])(?:[a-z]{{1,3}}|[φ⌀])?{_NUMBER}(?:[×x]{_NUMBER})*(?:[a-z]{{1,2}}|°)?(?![0-9a-z\-_/])"
)


def sizes_of(text: str) -> dict[str, frozenset[str]]:
    """Form -> the sizes of that form in a normalised text; in a form each number is a 9: `m12×50` is of the form `m9×9`."""
    found: dict[str, set[str]] = {}
    for match in _SIZE.finditer(text):
        size = match.group().replace("x", "×") if re.search(r"[0-9]x[0-9]", match.group()) else match.group()
        form = re.sub(_NUMBER, "9", size)
        if form != "9":
            found.setdefault(form, set()).add(size)
    return {form: frozenset(sizes) for form, sizes in found.items()}


def another_size(asked: Mapping[str, frozenset[str]], own: Mapping[str, frozenset[str]]) -> tuple[str, str] | None:
    """(the size asked for, those of the picture) of the first form of which both have sizes and none in common; one that
    only begins alike, `m12` beside `m12×50`, is of another form and says nothing."""
    for form, wanted in asked.items():
        there = own.get(form, frozenset())
        if there and not wanted & there:
            return min(wanted), ", ".join(sorted(there))
    return None
