"""How often people asked for an image: recent askings count more, an answer given by several images is shared."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from curate.ngrams import normalise
from curate.record import ImageRecord
from curate.search_log import LoggedQuery


@dataclass(frozen=True, slots=True)
class Demand:
    """`asked`: times within the window (undated rows included); `queries`: distinct normalised queries of all time;
    `credit`: askings after decay and sharing, >= 0."""

    asked: int
    queries: int
    credit: float


NOBODY_ASKED = Demand(asked=0, queries=0, credit=0.0)


def demands(
    records: Sequence[ImageRecord],
    log: Sequence[LoggedQuery],
    *,
    today: date,
    half_life_days: float,
    window_days: int,
) -> dict[str, Demand]:
    """Demand per image id, for every record.

    An asking `half_life_days` old counts half; a row without a timestamp counts as exactly that old; one dated after
    `today` counts as today's. When n images answered the same normalised query, each of their rows gets 1/n.
    """
    owner = {name: record.image_id for record in records for name in record.file_names}
    answered_by: dict[str, set[str]] = defaultdict(set)
    for row in log:
        # A file that left the catalogue still answered: it keeps its share of the query.
        answered_by[normalise(row.query)].add(owner.get(row.file_name, f"gone:{row.file_name}"))
    asked: dict[str, int] = defaultdict(int)
    queries: dict[str, set[str]] = defaultdict(set)
    credits: dict[str, list[float]] = defaultdict(list)
    for row in log:
        image_id = owner.get(row.file_name)
        if image_id is None or row.count <= 0:
            continue
        query = normalise(row.query)
        age = half_life_days if row.timestamp is None else max((today - row.timestamp.date()).days, 0)
        if row.timestamp is None or age <= window_days:
            asked[image_id] += row.count
        queries[image_id].add(query)
        credits[image_id].append(row.count * 0.5 ** (age / half_life_days) / len(answered_by[query]))
    # fsum: the sum does not depend on the order of the log.
    return {
        record.image_id: Demand(
            asked[record.image_id], len(queries[record.image_id]), math.fsum(credits[record.image_id])
        )
        if record.image_id in credits
        else NOBODY_ASKED
        for record in records
    }


def squash(credit: float, full_at: float) -> float:
    """Credit on a log scale in [0, 1]: 0 askings are 0, `full_at` or more are 1.

    The scale is absolute, so that one image's fame does not lower another's value and a score stays comparable from
    one catalogue version to the next.
    """
    return min(1.0, math.log1p(max(credit, 0.0)) / math.log1p(full_at))
