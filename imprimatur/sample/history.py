"""A search log of years for any catalogue: uneven demand, drift, seasons, newcomers and fashions. For measuring.

Popularity is Zipf's law over images in an order that drifts: log-popularity follows a random walk; product lines have
seasons of a year; some images come later; some are in fashion for weeks. Askings of a day are Poisson.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from curate.record import ImageRecord
from curate.search_log import LoggedQuery


@dataclass(frozen=True, slots=True)
class Habits:
    """`exponent` of Zipf's law; `drift`: standard deviation of log-popularity that a year adds; `season`: strength in
    [0, 1] of the yearly wave of a product line; `fashions`: share of images that are in fashion once; `newcomers`: share
    that come within the log; `per_day` askings."""

    exponent: float = 1.0
    drift: float = 0.8
    season: float = 0.6
    fashions: float = 0.05
    newcomers: float = 0.15
    per_day: float = 60.0


@dataclass(frozen=True, slots=True)
class _Course:
    start: int  # day on which the image is there
    fashion: tuple[int, int] | None
    phase: float


def history(
    records: Sequence[ImageRecord], *, until: date, days: int, habits: Habits | None = None, seed: int = 0
) -> tuple[tuple[LoggedQuery, ...], dict[str, date]]:
    """A log of the `days` before `until`, in the order of time, and the day from which each image (by id) is there.

    The same arguments give the same log.
    """
    wanted = habits or Habits()
    rng = np.random.default_rng(seed)
    size = len(records)
    rank = rng.permutation(size) + 1
    popularity = -wanted.exponent * np.log(rank)
    lines = sorted({record.business.product_line or "" for record in records})
    phases = dict(zip(lines, rng.uniform(0, 2 * np.pi, len(lines)), strict=True))
    courses = [
        _Course(
            start=int(rng.integers(days // 10, days * 9 // 10)) if rng.random() < wanted.newcomers else 0,
            fashion=_fashion(rng, days) if rng.random() < wanted.fashions else None,
            phase=phases[record.business.product_line or ""],
        )
        for record in records
    ]
    starts = np.asarray([course.start for course in courses])
    phase = np.asarray([course.phase for course in courses])
    begins = np.asarray([course.fashion[0] if course.fashion else days + 1 for course in courses])
    ends = np.asarray([course.fashion[1] if course.fashion else days + 1 for course in courses])
    queries = [_queries(record) for record in records]
    rows: list[LoggedQuery] = []
    for day in range(days):
        popularity = popularity + rng.normal(0, wanted.drift / np.sqrt(365), size)
        wave = 1 + wanted.season * np.sin(2 * np.pi * day / 365 + phase)
        weight = np.exp(popularity - popularity.max()) * wave * (day >= starts)
        weight[(day >= begins) & (day < ends)] *= 8
        asked = rng.poisson(wanted.per_day * weight / weight.sum())
        moment = datetime.combine(until - timedelta(days=days - 1 - day), time(9), tzinfo=UTC)
        for image in map(int, np.flatnonzero(asked)):
            for times in range(int(asked[image])):
                query = queries[image][int(rng.zipf(1.7)) % len(queries[image])]
                when = moment + timedelta(minutes=int(rng.integers(0, 540)), seconds=times)
                rows.append(LoggedQuery(when, query, records[image].file_names[0], 1))
    rows.sort(key=lambda row: (row.timestamp, row.file_name))
    first = until - timedelta(days=days - 1)
    return tuple(rows), {
        record.image_id: first + timedelta(days=course.start)
        for record, course in zip(records, courses, strict=True)
        if course.start
    }


def _fashion(rng: np.random.Generator, days: int) -> tuple[int, int]:
    begin = int(rng.integers(0, days))
    return begin, begin + int(rng.integers(20, 90))


def _queries(record: ImageRecord) -> list[str]:
    """What people type for it: its own texts; its file name where it has none."""
    return [text.text for text in record.texts if text.field != "query"] or [record.file_names[0]]
