"""Sizes and ratings as people write them (M12, φ56, 80×50, 50A, 10K, 90°): alike in form, a different number contradicts.

A number counts only where a letter or a sign stands at it: a bare number may mean anything. Spelling as `curate.ngrams`
normalises it; article numbers, which have hyphens, are none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import zip_longest

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_SIZE = re.compile(
    rf"(?<![0-9a-z.\-_/])(?:[a-z]{{1,3}}|[φ⌀])?{_NUMBER}(?:[×x]{_NUMBER})*(?:[a-z]{{1,2}}|°)?(?![0-9a-z\-_/])"
)
_KIND = re.compile(r"([a-z]{1,3}|[φ⌀])9(?:×9)*$")  # forms that begin with a letter or a sign and end with a number
PITCH = 0.3  # of a thread's diameter: no pitch of ISO 261 is larger (M1 has 0.25 mm, M3 0.5, M64 6), no bolt so short


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
    """(the size asked for, those of the picture) where the picture has sizes of that kind and none of them can be meant.

    Of a size behind a letter or a sign less may be said than the catalogue says: M8 fits M8×40 and does not fit M12×50.
    """
    for form in asked:
        wanted, there = _of_kind(form, asked), _of_kind(form, own)
        if there and not any(_may_be(one, other) for one in wanted for other in there):
            return min(asked[form]), ", ".join(sorted(there))
    return None


def _of_kind(form: str, sizes: Mapping[str, frozenset[str]]) -> set[str]:
    """Those of the same form, or behind the same letter or sign: a query for a bolt with its nut may name two."""
    kind = _KIND.match(form)
    alike = (
        name for name in sizes if name == form or (kind and (k := _KIND.match(name)) and k.group(1) == kind.group(1))
    )
    return {size for name in alike for size in sizes[name]}


def _may_be(one: str, other: str) -> bool:
    if one == other:
        return True
    if not (_KIND.match(re.sub(_NUMBER, "9", one)) and _KIND.match(re.sub(_NUMBER, "9", other))):
        return False
    return all(a is None or b is None or a == b for a, b in zip_longest(_parts(one), _parts(other)))


def _parts(size: str) -> list[float | None]:
    """Its numbers in order; of a metric thread diameter, pitch (None where it is not said), and what follows."""
    numbers: list[float | None] = [float(number) for number in re.findall(_NUMBER, size)]
    if re.match("m[0-9]", size):
        diameter, *rest = numbers
        said = bool(rest) and (rest[0] or 0.0) <= PITCH * (diameter or 0.0)
        return [diameter, *rest] if said else [diameter, None, *rest]
    return numbers
