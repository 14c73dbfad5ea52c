"""Numbers of employees by the company's own patterns, which stand in its settings. Pure.

A labelled number ("社員番号 …") needs no setting; a bare `E-12345` is known only to the company that issues it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from curate.errors import ExitCode, ImprimaturError
from curate.finding import Severity
from curate.screen.hit import Hit
from curate.screen.labels import PART, Reading, governing
from curate.screen.wording import Reason

MAX_LENGTH = 120  # characters of one pattern
_NESTED = re.compile(r"[*+}]\)?[*+{]|\([^)]*[*+][^)]*\)[*+{]")


class BadPattern(ImprimaturError):
    """A pattern of employee numbers cannot be used."""

    code = "IMP-E270"
    exit_code = ExitCode.USAGE


def compile_patterns(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    """The patterns, each bounded so that it fires on a whole number and not inside a longer code.

    Raises:
        BadPattern: not a regular expression, longer than `MAX_LENGTH`, matches the empty text, has no digit or letter to
            hold on to, or repeats a repetition (which may take for ever).
    """
    return tuple(_compiled(pattern) for pattern in patterns)


def _compiled(pattern: str) -> re.Pattern[str]:
    hint = r'in imprimatur.toml, for example: [screen] employee_numbers = ["E-[0-9]{5}"]'
    try:
        re.compile(pattern)  # alone: a bracket left open would close over the bounds
        compiled = re.compile(rf"(?<![A-Za-z0-9])(?:{pattern})(?![A-Za-z0-9])")
    except re.error as error:
        raise BadPattern(f"Expected a regular expression, found {pattern!r}: {error}.", hint=hint) from error
    if len(pattern) > MAX_LENGTH:
        raise BadPattern(f"Expected at most {MAX_LENGTH} characters, found {len(pattern)}.", hint=hint)
    if compiled.search("") is not None or compiled.search("。") is not None:
        raise BadPattern(f"Expected a pattern that needs digits, found {pattern!r}, which matches nothing.", hint=hint)
    if _NESTED.search(pattern):
        raise BadPattern(f"Expected no repetition of a repetition, found {pattern!r}.", hint=hint)
    return compiled


def find_employee_numbers(reading: Reading, patterns: Sequence[re.Pattern[str]]) -> list[Hit]:
    """Hits in a folded text: full-width spellings match a pattern of ASCII letters and digits."""
    hits = []
    for pattern in patterns:
        for match in pattern.finditer(reading.text):
            label = governing(reading.labels, reading.text, *match.span())
            if match.end() > match.start() and (label is None or label.name != PART):
                why = Reason("the form of the company's employee numbers", "会社の社員番号として設定された形です")
                hits.append(Hit("privacy.other_id", *match.span(), 0.8, Severity.MEDIUM, why))
    return hits
