"""What is stated about the rights in each image, and what follows: signals by precedence, conflicts, whom to name.

The verdict was made by screening and recorded with the decision; here it is read, never made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from audit.report.data import ImageLine, RightsCount, RightsSignal, RightsVerdictLine
from curate.rights_verdict import Answer, RightsChannel, Strength

_SPEAKS = tuple(strength.value for strength in Strength if strength is not Strength.SILENT)


def rights_of(payload: Mapping[str, Any], *, words: bool) -> RightsVerdictLine | None:
    """The recorded verdict; None where none was recorded or the words of the decision were erased.

    `words` false: whom to name is personal text that may not be shown here.
    """
    stated = (payload.get("screening") or {}).get("rights")
    if not isinstance(stated, Mapping) or stated.get("answer") not in set(Answer):
        return None
    signals = tuple(
        RightsSignal(Strength(s["strength"]), RightsChannel(s["channel"]), str(s["field"]), str(s["statement"]))
        for s in stated.get("signals") or ()
        if s.get("strength") in set(Strength) and s.get("channel") in set(RightsChannel)
    )
    credit = tuple(str(name) for name in stated.get("credit") or ())
    return RightsVerdictLine(
        answer=Answer(stated["answer"]),
        signals=tuple(sorted(signals, key=lambda signal: signal.strength.rank)),
        conflict=stated.get("conflict") is True,
        credit=credit if words else (),
        credit_withheld=bool(credit) and not words,
        attribution=any("attribut" in s.strength.value or "name the author" in s.statement for s in signals),
    )


def rights_counts(images: Sequence[ImageLine]) -> tuple[RightsCount, ...]:
    """Images by answer, the strictest first; those with no recorded verdict last, with None."""
    answers = Counter(line.rights.answer if line.rights else None for line in images)
    clashes = Counter(line.rights.answer for line in images if line.rights and line.rights.conflict)
    order: list[Answer | None] = [*Answer, None]
    return tuple(
        RightsCount(answer, answers[answer], clashes[answer] if answer is not None else 0)
        for answer in order
        if answers[answer]
    )


def worth_listing(images: Sequence[ImageLine]) -> tuple[ImageLine, ...]:
    """Images of which something is stated, the strictest answers first, then in the order of the table of images."""
    order = list(Answer)
    told = [line for line in images if line.rights and any(s.strength.value in _SPEAKS for s in line.rights.signals)]
    return tuple(sorted(told, key=lambda line: order.index(line.rights.answer) if line.rights else len(order)))
