"""Half a year of the company's search log: few pictures are asked for often, most now and then, some never."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from imprimatur.sample.pictures import Draft

DAYS = 180
_TOP = 260.0  # askings of the most popular ordinary picture
_EXPONENT = 0.85  # of Zipf's law, for pictures and for the questions about one of them


@dataclass(frozen=True, slots=True)
class Asked:
    """One row of the log; `count` askings of the same question on one day, `timestamp` of the last one."""

    timestamp: datetime
    query: str
    file_name: str
    count: int


def search_log(drafts: Sequence[Draft], *, today: date) -> tuple[Asked, ...]:
    """The log of the `DAYS` days before `today`, in the order of time."""
    ranked = [draft for draft in drafts if draft.asked]
    Random("popularity").shuffle(ranked)
    rows: list[Asked] = []
    for rank, draft in enumerate(ranked, start=1):
        rng = Random(f"demand {draft.file_name}")
        # A demand above 1 is a promise of popularity, whatever the lot says.
        place = 1 if draft.demand > 1 else rank
        total = _TOP * min(draft.demand, 1.0) / place**_EXPONENT + rng.uniform(4, 9)
        weights = [1 / (k + 1) ** _EXPONENT for k in range(len(draft.asked))]
        for query, weight in zip(draft.asked, weights, strict=True):
            rows += _spread(rng, query, draft.file_name, max(1, round(total * weight / sum(weights))), today)
    return tuple(sorted(rows, key=lambda row: (row.timestamp, row.file_name, row.query)))


def _spread(rng: Random, query: str, file_name: str, askings: int, today: date) -> list[Asked]:
    """`askings` laid over several days, during working hours."""
    days = rng.sample(range(1, DAYS + 1), min(askings, rng.randint(1, 6)))
    counts = [1] * len(days)
    for _ in range(askings - len(days)):
        counts[rng.randrange(len(days))] += 1
    return [
        Asked(
            datetime.combine(today - timedelta(days=day), time(rng.randint(8, 18), rng.randint(0, 59))),
            query,
            file_name,
            count,
        )
        for day, count in zip(days, counts, strict=True)
    ]
