"""What people asked for, as arrays over images and days: the search log made ready for counting and forecasting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from curate.record import ImageRecord
from curate.search_log import LoggedQuery
from curate.value.queries import query_key

GONE = -1  # the image of a row whose file is not in the catalogue

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AskedLog:
    """The rows up to a day. `image`: index into the records or GONE; `day`: proleptic ordinal; `count`: times asked;
    `credit`: the row's share of its askings, in askings; `query`: index of the normalised query.

    One asking may have been answered by several images: rows of the same moment and query share its credit equally.
    """

    image: Ints
    day: Ints
    count: Floats
    credit: Floats
    query: Ints
    first: int  # day on which the log begins
    last: int  # day on which it ends, at most the day it is read for

    @property
    def days(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Demand:
    """`asked`: times within `window_days` up to `until`; `queries`: distinct normalised queries of all time;
    `credit`: askings of all time, shared among the images that answered the same asking; `per_month`: expected
    askings in the coming month, with its 90 % interval `low`..`high`."""

    asked: int
    queries: int
    credit: float
    per_month: float
    low: float
    high: float
    until: date


def asked_log(
    records: Iterable[ImageRecord], log: Sequence[LoggedQuery], *, until: date, window_days: int
) -> AskedLog | None:
    """The log up to and including `until`; None when no row of it is that old, i.e. when demand is unknown.

    A row without a timestamp counts as half a window old. Rows dated after `until` are left out.
    """
    asked_for = {row.file_name for row in log}
    owner = {name: place for place, record in enumerate(records) for name in record.file_names if name in asked_for}
    keys: dict[str, int] = {}
    codes: dict[str, int] = {}
    undated = until.toordinal() - window_days // 2
    image, day, count, query = [], [], [], []
    shared: dict[tuple[object, int], set[int | str]] = defaultdict(set)
    moments: list[tuple[object, int]] = []
    for row in log:
        ordinal = undated if row.timestamp is None else row.timestamp.date().toordinal()
        if ordinal > until.toordinal() or row.count <= 0:
            continue
        code = codes.get(row.query)
        if code is None:
            code = codes[row.query] = keys.setdefault(query_key(row.query), len(keys))
        image.append(owner.get(row.file_name, GONE))
        day.append(ordinal)
        count.append(row.count)
        query.append(code)
        # A file that left the catalogue still answered: it keeps its share of the asking.
        shared[row.timestamp, code].add(owner.get(row.file_name, row.file_name))
        moments.append((row.timestamp, code))
    if not image:
        return None
    answers = np.asarray([len(shared[moment]) for moment in moments], dtype=np.float64)
    images, days = np.asarray(image, dtype=np.int64), np.asarray(day, dtype=np.int64)
    counts, queries = np.asarray(count, dtype=np.float64), np.asarray(query, dtype=np.int64)
    order = np.lexsort((answers, counts, days, images))  # sums of fractions must not depend on the order of the file
    credits = (counts / answers)[order]
    return AskedLog(
        images[order], days[order], counts[order], credits, queries[order], int(days.min()), int(days.max())
    )


def summed(log: AskedLog, weight: Floats, images: int, *, rows: NDArray[np.bool_] | None = None) -> Floats:
    """`weight` per row summed by image, [images]."""
    known = log.image != GONE if rows is None else rows & (log.image != GONE)
    total: Floats = np.bincount(log.image[known], weights=weight[known], minlength=images).astype(np.float64)
    return total


def first_asked(log: AskedLog, images: int) -> Ints:
    """Day of each image's first asking, [images]; a day after the log where it has none."""
    first = np.full(images, log.last + 1, dtype=np.int64)
    known = log.image != GONE
    np.minimum.at(first, log.image[known], log.day[known])
    return first


@dataclass(frozen=True, eq=False)
class Demands:
    """The demand of every image, as columns in the order of the records."""

    asked: Ints
    queries: Ints
    credit: Floats
    per_month: Floats
    low: Floats
    high: Floats
    until: date

    def of(self, place: int) -> Demand:
        return Demand(
            int(self.asked[place]), int(self.queries[place]), float(self.credit[place]), float(self.per_month[place]),
            float(self.low[place]), float(self.high[place]), self.until,
        )  # fmt: skip


def demands(log: AskedLog, per_month: Floats, low: Floats, high: Floats, *, images: int, window_days: int) -> Demands:
    """Demand of each image, in the order of the records."""
    recent = log.day > log.last - window_days
    asked = summed(log, log.count, images, rows=recent).astype(np.int64)
    # An image and a query make a pair once; pairs are counted by image.
    width = int(log.query.max()) + 1
    known = log.image != GONE
    pairs = np.unique(log.image[known] * width + log.query[known]) // width
    queries = np.bincount(pairs, minlength=images)
    credit = summed(log, log.credit, images)
    return Demands(asked, queries, credit, per_month, low, high, date.fromordinal(log.last))
