"""How far a stated probability may be trusted: what was right among the answers of like probability, what error and what
coverage each threshold would have brought, and whether thresholding the model's own sequence probability would do.

Judged are the answers without a threshold, each confirmed like any other. Pure; `recall.evaluate` asks the questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_FEWEST_IN_BIN = 10  # answers; a share of fewer says nothing
_MOST_BINS = 8
_MOST_POINTS = 40  # of the risk-coverage curve


@dataclass(frozen=True, slots=True)
class Judged:
    """The first answer to one query without a threshold. `probability` None: there was nothing to show. `sequence`: the
    model's log-probability of its likeliest identifier, None without a model. `answerable`: some answer is right."""

    probability: float | None
    right: bool
    answerable: bool
    sequence: float | None


def trust_document(judged: Sequence[Judged], *, threshold: float, max_error: float) -> dict[str, Any]:
    """`reliability`: bins of about equally many answers, mean stated probability beside the share that was right;
    `risk_coverage`: share of all queries answered and share of wrong ones among them, by falling threshold;
    `none`: false accepts by probability and by sequence probability where as many answerable queries are answered."""
    return {
        "queries": len(judged),
        "threshold": threshold,
        "max_error": max_error,
        "reliability": _reliability(judged),
        "risk_coverage": _risk_coverage(judged),
        "none": _none(judged, threshold),
    }


def _reliability(judged: Sequence[Judged]) -> list[dict[str, float | int]]:
    answers = sorted((one.probability, one.right) for one in judged if one.probability is not None)
    bins = max(1, min(_MOST_BINS, len(answers) // _FEWEST_IN_BIN))
    return [
        {
            "answers": len(part),
            "stated": round(float(np.mean([probability for probability, _ in part])), 6),
            "right": round(float(np.mean([right for _, right in part])), 6),
        }
        for numbers in np.array_split(np.arange(len(answers)), bins)
        if (part := [answers[number] for number in numbers.tolist()])
    ]


def _risk_coverage(judged: Sequence[Judged]) -> list[dict[str, float]]:
    answers = sorted(((one.probability, one.right) for one in judged if one.probability is not None), reverse=True)
    wrong = np.cumsum([not right for _, right in answers])
    ends = [n for n in range(len(answers)) if n + 1 == len(answers) or answers[n + 1][0] < answers[n][0]]
    kept = (
        ends
        if len(ends) <= _MOST_POINTS
        else [ends[n] for n in np.linspace(0, len(ends) - 1, _MOST_POINTS).astype(int)]
    )
    return [
        {
            "threshold": round(answers[n][0], 6),
            "answered": round((n + 1) / len(judged), 6),
            "wrong": round(float(wrong[n]) / (n + 1), 6),
        }
        for n in kept
    ]


def _none(judged: Sequence[Judged], threshold: float) -> dict[str, float | int | None]:
    """None where there is no query of one kind, or no model to compare with."""
    answerable, none = [one for one in judged if one.answerable], [one for one in judged if not one.answerable]
    accepted = [one.probability is not None and one.probability >= threshold for one in answerable]
    found: dict[str, float | int | None] = {
        "queries": len(none),
        "coverage": round(float(np.mean(accepted)), 6) if answerable else None,
        "by_probability": None,
        "by_sequence_probability": None,
    }
    if none:
        found["by_probability"] = round(
            float(np.mean([one.probability is not None and one.probability >= threshold for one in none])), 6
        )
    sequences = sorted((one.sequence for one in answerable if one.sequence is not None), reverse=True)
    if none and sum(accepted) and len(sequences) == len(answerable):
        cut = sequences[sum(accepted) - 1]  # as many answerable queries are answered from here on, or more where tied
        found["by_sequence_probability"] = round(
            float(np.mean([one.sequence is not None and one.sequence >= cut for one in none])), 6
        )
    return found
