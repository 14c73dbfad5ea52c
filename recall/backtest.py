"""Does the value hold? What is chosen on the log up to a day is judged by what people asked after it.

An asking (rows of the same moment and query) counts as answered from memory when one of the images it led to was chosen.
Beside the value stand, at the same budget: random, most asked only, newest first, and the best possible choice with
hindsight. Intervals are 95 % bootstrap over the days after the cut, the same days for all, so that differences are paired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curate.errors import ExitCode, ImprimaturError
from curate.record import ImageRecord
from curate.search_log import LoggedQuery
from curate.value.demand import GONE, AskedLog, asked_log, summed
from recall.measures import RESAMPLES, Estimate

VALUE, MOST_ASKED, NEWEST, RANDOM, HINDSIGHT = "value", "most-asked", "newest", "random", "hindsight"
STRATEGIES = (VALUE, MOST_ASKED, NEWEST, RANDOM, HINDSIGHT)
SHARES = (0.01, 0.05, 0.1, 0.2)  # of the images: the budgets where none are named
_DRAWS = 50  # random choices that are averaged
_LATER_SHARE = 1 / 3  # of the log's days, where no day is named

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


class NoBacktest(ImprimaturError):
    """The log does not reach to both sides of the day."""

    code = "IMP-E520"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True, eq=False)
class _Later:
    """The askings after the cut: `images` of each (places, GONE left out), how often, and on which day (from 0)."""

    images: tuple[Places, ...]
    times: Floats
    day: Places
    owner: Places  # asking of each pair (asking, image)
    image: Places  # image of each pair

    @property
    def days(self) -> int:
        return int(self.day.max()) + 1


def cut_of(log: Sequence[LoggedQuery], at: date | None, *, today: date) -> date:
    """The day up to which the log is known: `at`, or two thirds into the log.

    Raises:
        NoBacktest: the log has no dated rows on both sides of it.
    """
    days = sorted({row.timestamp.date() for row in log if row.timestamp is not None and row.timestamp.date() <= today})
    hint = "imprimatur evaluate --backtest --search-log LOG --at DATE   (a day within the log, with askings after it)"
    if not days:
        raise NoBacktest("backtest: expected a search log with timestamps, found none", hint=hint)
    if len(days) == 1:
        raise NoBacktest(
            f"backtest: expected askings on at least two days, found them on {days[0]} only",
            hint="imprimatur evaluate --backtest --search-log LOG   (a log that reaches further back)",
        )
    two_thirds = days[0] + timedelta(days=round((days[-1] - days[0]).days * (1 - _LATER_SHARE)))
    cut = at or min(two_thirds, days[-1] - timedelta(days=1))
    if not days[0] <= cut < days[-1]:
        raise NoBacktest(
            f"backtest: expected a day from {days[0]} to the day before {days[-1]}, found {cut}", hint=hint
        )
    return cut


def backtest(
    records: Sequence[ImageRecord],
    log: Sequence[LoggedQuery],
    choose: Callable[[Sequence[ImageRecord], Sequence[LoggedQuery], date, int], Sequence[str]],
    *,
    at: date | None = None,
    budgets: Sequence[int] = (),
    today: date,
    seed: int = 0,
) -> dict[str, Any]:
    """The document of a backtest.

    Args:
        choose: ids of the images that the value puts into memory: of these records, with this log up to that day, at most
            so many. It gets neither records of images that were not there on the day, nor later rows.
        at: the day; default two thirds into the log. `budgets` in images; default 1, 5, 10 and 20 % of them.

    Raises:
        NoBacktest: there is nothing before or after the day.
    """
    cut = cut_of(log, at, today=today)
    there = sorted((r for r in records if r.rights.collected_at is None or r.rights.collected_at <= cut), key=_id)
    known = [row for row in log if row.timestamp is None or row.timestamp.date() <= cut]
    after = [row for row in log if row.timestamp is not None and cut < row.timestamp.date() <= today]
    before = asked_log(there, known, until=cut, window_days=90)
    later = _later(there, after, cut)
    if before is None or later is None or not there:
        raise NoBacktest(
            f"backtest: expected images and askings on both sides of {cut}, found none on one",
            hint="name another day: imprimatur evaluate --backtest --at DATE",
        )
    sizes = sorted({min(max(budget, 1), len(there)) for budget in budgets or [round(s * len(there)) for s in SHARES]})
    ids = [record.image_id for record in there]
    place = {image_id: number for number, image_id in enumerate(ids)}
    rankings = {MOST_ASKED: _most_asked(before, len(there)), NEWEST: _newest(there, before)}
    samples = np.random.default_rng(seed).integers(0, later.days, size=(RESAMPLES, later.days))
    rows = []
    for size in sizes:
        chosen = [place[image_id] for image_id in choose(there, known, cut, size)]
        answered = {
            VALUE: _answered(later, [np.asarray(chosen, dtype=np.int64)], len(there)),
            **{name: _answered(later, [ranking[:size]], len(there)) for name, ranking in rankings.items()},
            RANDOM: _answered(later, _random(len(there), size, seed), len(there)),
            HINDSIGHT: _answered(later, [_hindsight(later, len(there), size)], len(there)),
        }
        rows.append(_row(size, len(there), answered, later, samples))
    return {
        "version": 1,
        "at": cut.isoformat(),
        "images": len(there),
        "newcomers": len(records) - len(there),
        "askings_before": int(before.count.sum()),
        "askings_after": int(later.times.sum()),
        "days_after": later.days,
        "unanswerable": round(
            float(later.times[[not len(images) for images in later.images]].sum() / later.times.sum()), 6
        ),
        "budgets": rows,
        "zipf": _zipf(later, len(there)),
    }


def _id(record: ImageRecord) -> str:
    return record.image_id


def _later(records: Sequence[ImageRecord], rows: Sequence[LoggedQuery], cut: date) -> _Later | None:
    owner = {name: number for number, record in enumerate(records) for name in record.file_names}
    askings: dict[tuple[object, str], tuple[set[int], int, int]] = {}
    for row in rows:
        assert row.timestamp is not None
        key = (row.timestamp, row.query)
        images, times, day = askings.setdefault(key, (set(), 0, (row.timestamp.date() - cut).days - 1))
        images.add(owner.get(row.file_name, GONE))
        askings[key] = (images, max(times, row.count), day)
    if not askings:
        return None
    sets = [np.asarray(sorted(images - {GONE}), dtype=np.int64) for images, _, _ in askings.values()]
    return _Later(
        images=tuple(sets),
        times=np.asarray([times for _, times, _ in askings.values()], dtype=np.float64),
        day=np.asarray([day for _, _, day in askings.values()], dtype=np.int64),
        owner=np.repeat(np.arange(len(sets)), [len(images) for images in sets]),
        image=np.concatenate(sets) if sets else np.zeros(0, dtype=np.int64),
    )


def _most_asked(before: AskedLog, images: int) -> Places:
    """By times asked in all of the known log: what a company does without any of this."""
    return np.argsort(-summed(before, before.count, images), kind="stable")


def _newest(records: Sequence[ImageRecord], before: AskedLog) -> Places:
    """By the day of collection, else of the last change, else of the first asking."""
    first = np.full(len(records), np.iinfo(np.int64).max)
    known = before.image != GONE
    np.minimum.at(first, before.image[known], before.day[known])
    days = []
    for number, record in enumerate(records):
        stated = record.rights.collected_at or record.business.changed_at
        days.append(stated.toordinal() if stated else int(first[number]) if first[number] < 10**9 else 0)
    return np.argsort(-np.asarray(days, dtype=np.int64), kind="stable")


def _random(images: int, size: int, seed: int) -> list[Places]:
    rng = np.random.default_rng(seed + size)
    return [rng.choice(images, size, replace=False) for _ in range(_DRAWS)]


def _hindsight(later: _Later, images: int, size: int) -> Places:
    """The most asked for after the day: what nobody could know."""
    times = np.bincount(later.image, weights=later.times[later.owner], minlength=images)
    return np.argsort(-times, kind="stable")[:size]


def _answered(later: _Later, choices: Sequence[Places], images: int) -> Floats:
    """Askings answered on each day, [days]; the mean over `choices`."""
    total = np.zeros(later.days)
    for choice in choices:
        chosen = np.zeros(images, dtype=np.bool_)
        chosen[choice] = True
        hit = np.bincount(later.owner, weights=chosen[later.image], minlength=len(later.times)) > 0
        total += np.bincount(later.day, weights=later.times * hit, minlength=later.days)
    return total / len(choices)


def _row(size: int, images: int, answered: Mapping[str, Floats], later: _Later, samples: Places) -> dict[str, Any]:
    of: Floats = np.bincount(later.day, weights=later.times, minlength=later.days).astype(np.float64)
    gap = answered[VALUE] - answered[MOST_ASKED]
    return {
        "images": size,
        "share_of_images": round(size / images, 6),
        "answered": {name: _share(days, of, samples).to_document() for name, days in answered.items()},
        "value_minus_most_asked": _share(gap, of, samples).to_document(),
    }


def _share(part: Floats, of: Floats, samples: Places) -> Estimate:
    whole = of[samples].sum(axis=1)
    drawn = part[samples].sum(axis=1)[whole > 0] / whole[whole > 0]
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Estimate(float(part.sum() / of.sum()), float(low), float(high))


def _zipf(later: _Later, images: int) -> dict[str, Any]:
    """How uneven the later demand is: share of askings of the most asked-for images, and the exponent of Zipf's law,
    fitted to the ranks of images asked for at least five times."""
    times = np.sort(np.bincount(later.image, weights=later.times[later.owner], minlength=images))[::-1]
    total = max(float(times.sum()), 1e-9)
    head = times[times >= 5]
    exponent = None
    if len(head) >= 5:
        exponent = round(-float(np.polyfit(np.log(np.arange(1, len(head) + 1)), np.log(head), 1)[0]), 3)
    return {
        "top_share": {
            f"{share:g}": round(float(times[: max(round(share * images), 1)].sum() / total), 6) for share in SHARES
        },
        "exponent": exponent,
        "never_asked": int((times == 0).sum()),
    }
