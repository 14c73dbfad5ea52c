"""Measures of search over single queries, with intervals. Nothing here knows where the answers came from.

A query whose right answer is none has no hit to score; it counts in `false_accept_rate` and in `error_among_answered`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from recall.scoring import Floats

RESAMPLES = 1000
_SHARES = ("hit_at_1", "hit_at_5", "hit_at_10", "mrr", "coverage", "error_among_answered", "false_accept_rate")
_INTERVAL = (2.5, 97.5)  # percentiles of the bootstrap: 95 %

Numbers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Answered:
    """One query as one system answered it: `shown` image ids best first, `relevant` the right ones for this system."""

    shown: tuple[str, ...]
    relevant: frozenset[str]
    latency_ms: float | None

    @property
    def first_hit(self) -> int:
        """Rank of the first right result from 1, or 0 without one."""
        return next((place for place, image in enumerate(self.shown, start=1) if image in self.relevant), 0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % bootstrap interval over queries; None where nothing was there to measure."""

    value: float | None
    low: float | None
    high: float | None

    def to_document(self) -> dict[str, float | None]:
        return {"value": _rounded(self.value), "low": _rounded(self.low), "high": _rounded(self.high)}


@dataclass(frozen=True, slots=True)
class Measures:
    """`answerable`: queries with a right answer for this system; `none`: the rest. Shares in [0, 1], milliseconds.

    `coverage` is the share of answerable queries that got any answer. `error_among_answered` is the share of answered
    queries whose first result is wrong, none-queries included.
    """

    answerable: int
    none: int
    hit_at_1: Estimate
    hit_at_5: Estimate
    hit_at_10: Estimate
    mrr: Estimate
    coverage: Estimate
    error_among_answered: Estimate
    false_accept_rate: Estimate
    p50_ms: float | None
    p95_ms: float | None

    def to_document(self) -> dict[str, Any]:
        document: dict[str, Any] = {"answerable": self.answerable, "none": self.none}
        for name in _SHARES:
            document[name] = getattr(self, name).to_document()
        return {**document, "p50_ms": _rounded(self.p50_ms), "p95_ms": _rounded(self.p95_ms)}


def measure(asked: Sequence[Answered], *, seed: int) -> Measures:
    """All measures of one system; the same `seed` and number of queries resample the same queries for each system."""
    rank = np.asarray([item.first_hit for item in asked], dtype=np.int64)
    wants = np.asarray([bool(item.relevant) for item in asked], dtype=np.bool_)
    answered = np.asarray([bool(item.shown) for item in asked], dtype=np.bool_)
    reciprocal = np.divide(1.0, rank, out=np.zeros(len(rank)), where=rank > 0)
    samples = _resampled(len(asked), seed)

    def share(part: NDArray[Any], of: NDArray[np.bool_]) -> Estimate:
        return _ratio(part.astype(np.float64) * of, of.astype(np.float64), samples)

    latencies = [item.latency_ms for item in asked if item.latency_ms is not None]
    return Measures(
        answerable=int(wants.sum()),
        none=int((~wants).sum()),
        hit_at_1=share(rank == 1, wants),
        hit_at_5=share((rank > 0) & (rank <= 5), wants),
        hit_at_10=share((rank > 0) & (rank <= 10), wants),
        mrr=share(reciprocal, wants),
        coverage=share(answered, wants),
        error_among_answered=share(rank != 1, answered),
        false_accept_rate=share(answered, ~wants),
        p50_ms=_percentile(latencies, 50),
        p95_ms=_percentile(latencies, 95),
    )


def paired_difference(
    one: Sequence[Answered], other: Sequence[Answered], score: Callable[[Answered], float], *, seed: int
) -> Estimate:
    """Mean of score(one) - score(other) over the same queries in the same order, with its interval."""
    gaps = np.asarray([score(a) - score(b) for a, b in zip(one, other, strict=True)], dtype=np.float64)
    return _ratio(gaps, np.ones(len(gaps)), _resampled(len(gaps), seed))


def _resampled(number: int, seed: int) -> Numbers:
    return np.random.default_rng(seed).integers(0, max(number, 1), size=(RESAMPLES, number))


def _ratio(part: Floats, whole: Floats, samples: Numbers) -> Estimate:
    if not whole.sum():
        return Estimate(None, None, None)
    parts, wholes = part[samples].sum(axis=1), whole[samples].sum(axis=1)
    drawn = parts[wholes > 0] / wholes[wholes > 0]  # a resample without any such query says nothing
    low, high = np.percentile(drawn, _INTERVAL)
    return Estimate(float(part.sum() / whole.sum()), float(low), float(high))


def _percentile(values: Sequence[float], percent: float) -> float | None:
    return float(np.percentile(values, percent)) if values else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
