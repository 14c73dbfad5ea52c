"""From the tagger's probabilities to spans of text with a label: joining what belongs together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from curate.screen.english_tagger import LABELS, Floats, Token

# Marks that may stand inside one item, by label; a line break only inside an address.
_INSIDE = {
    "PER": frozenset("'’-."),
    "ADR": frozenset("'’-.,/#\n;:()"),
    "LOC": frozenset("'’-."),
    "ORG": frozenset("'’-.&,"),
    "DATE": frozenset("-./:,"),
    "ROLE": frozenset("-/.,'’"),
    "NUM": frozenset("-./()+"),
    "NET": frozenset("-./:@_~?=&%"),
}
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Span:
    """`start` and `end` count code points of the tagged text; `score`: mean probability of `label` in [0, 1]."""

    start: int
    end: int
    label: str
    score: float


def spans_of(tokens: Sequence[Token], shares: Floats) -> list[Span]:
    """Spans of one text in order. Marks between two tokens of one label join them where that label allows the mark."""
    best = _completed(tokens, [int(label) for label in shares.argmax(axis=1)])
    spans: list[Span] = []
    place = 0
    while place < len(tokens):
        label = best[place]
        if label == 0 or not _is_word(tokens[place]):
            place += 1
            continue
        last, members, ahead = place, [place], place + 1
        allowed = _INSIDE.get(LABELS[label], _NOTHING)
        while ahead < len(tokens):
            if _is_word(tokens[ahead]):
                if best[ahead] != label:
                    break
                members.append(ahead)
                last = ahead
            elif tokens[ahead].text not in allowed:
                break
            ahead += 1
        # A number that was added says nothing about how sure the tagger was, unless there is nothing else.
        sure = [member for member in members if int(shares[member].argmax()) == label] or members
        score = float(shares[sure, label].mean())
        spans.append(Span(tokens[place].start, tokens[last].end, LABELS[label], score))
        place = last + 1
    return spans


def _is_word(token: Token) -> bool:
    return token.text.isalnum()


def _completed(tokens: Sequence[Token], best: list[int]) -> list[int]:
    """`best` with the digits that stand right beside an account number or an address counted to it.

    People write "5521 119 Elm Close" and "781 1704": half a number found is a number missed.
    """
    labels = list(best)
    wanted = (LABELS.index("NUM"), LABELS.index("ADR"))
    for order in (range(1, len(tokens)), range(len(tokens) - 2, -1, -1)):
        step = 1 if order.step > 0 else -1
        for place in order:
            near = place - step
            if not tokens[near].text.isalnum() and tokens[near].text in "-." and 0 <= near - step < len(tokens):
                near -= step  # over one mark
            if tokens[place].text.isdigit() and labels[place] not in wanted and labels[near] in wanted:
                if tokens[near].text.isdigit() or labels[near] == wanted[1]:
                    labels[place] = labels[near]
    return labels
