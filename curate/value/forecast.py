"""How often each image will be asked for in the coming month, from what was asked so far.

Gamma-Poisson estimates in two steps: the long run (credit + k) / (exposure + k / family mean), then what was asked lately,
weighed against the long run. Exposure counts only the time since an image was there to be found, so that a newcomer is
not held to have been ignored for years. The shape k is small, as demand is uneven: an image that was watched for months
and never asked for is expected to stay so. How fast the past fades, and whether last year's season says anything, is not
assumed but chosen on the log itself: by which choice would have foretold its last months best (Dawid's prequential
principle, 1984). Logs too short for that keep the half-life of the settings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from curate.value.change import DAYS_PER_MONTH
from curate.value.demand import AskedLog, Floats, Ints, first_asked, summed
from curate.value.interval import gamma_interval

HALF_LIVES = (14.0, 30.0, 60.0, 120.0, 240.0, 480.0, 960.0)  # days; those longer than the log say the same
SEASONS = (0.0, 0.3, 0.7)  # weights of last year's season
_AHEAD = 30  # days that each trial foretells
_TRIALS = (30, 60, 90, 180, 270)  # days before the end of the log from which months are foretold
_FEWEST_DAYS = 60  # of log before the first trial
_YEAR = 365  # days
LONG_RUN = 960.0  # days: the half-life of what an image draws in the long run
_LATELY_MONTHS = 1.0  # of watching at which what was asked lately counts as much as the long run
_SHAPE = 0.25  # of the prior: few images draw most askings
_SHORTEST_MONTHS = 1.0  # forty askings on the first day are not yet 1,200 a month
_AROUND = 10  # days before and after last year's month that are read as its season


@dataclass(frozen=True, slots=True)
class Habit:
    """How the past is read: askings fade by half in `half_life` days; `season` in [0, 1]: weight of what was asked for in
    the same season last year."""

    half_life: float
    season: float


@dataclass(frozen=True, eq=False)
class Forecast:
    """Expected askings a month per image with its 90 % interval, [images] each, and how the past was read."""

    per_month: Floats
    low: Floats
    high: Floats
    habit: Habit


def forecast(log: AskedLog, there_since: Ints, family: Ints, *, half_life: float | None, default: float) -> Forecast:
    """Forecast from the last day of `log`.

    Args:
        there_since: day (proleptic ordinal) from which each image could be found, [images]; 0 where nobody knows.
        family: family of each image as numbers from 0, [images].
        half_life: days, or None to choose it on the log; `default` is taken where the log is too short to choose.
    """
    images = len(there_since)
    since = np.maximum(np.minimum(there_since, first_asked(log, images)), log.first)
    habit = choose_habit(log, since, family, default) if half_life is None else Habit(half_life, 0.0)
    credit, months = _watched(log, since, log.last, habit.half_life)
    a, b = _posterior(log, credit, months, since, family, log.last)
    expected = _with_season(log, a / b, since, family, log.last, habit)
    low, high = gamma_interval(a, b)
    factor = expected / (a / b)
    return Forecast(expected, low * factor, high * factor, habit)


def choose_habit(log: AskedLog, since: Ints, family: Ints, default: float) -> Habit:
    """The habit under which months of the log would have been foretold best: first the half-life, then the season."""
    origins = [day for back in _TRIALS if (day := log.last - back) - log.first + 1 >= _FEWEST_DAYS]
    if not origins:
        return Habit(default, 0.0)

    def best(habits: list[Habit], days: list[int]) -> Habit:
        return max(habits, key=lambda habit: sum(_foretold(log, since, family, day, habit) for day in days))

    habit = best([Habit(half_life, 0.0) for half_life in HALF_LIVES], origins)
    years = [day for day in origins if day - _YEAR - log.first + 1 >= _FEWEST_DAYS]
    return best([Habit(habit.half_life, season) for season in SEASONS], years) if years else habit


def _foretold(log: AskedLog, since: Ints, family: Ints, day: int, habit: Habit) -> float:
    """Mean log-likelihood of the askings in the month after `day`, by the shares expected on `day`."""
    later = (log.day > day) & (log.day <= day + _AHEAD)
    came = summed(log, log.credit, len(since), rows=later)
    came[since > day] = 0.0  # nobody can foretell what is not there yet
    if not came.any():
        return 0.0
    credit, months = _watched(log, since, day, habit.half_life)
    shape, time = _posterior(log, credit, months, since, family, day)
    rate = _with_season(log, shape / time, since, family, day, habit)
    rate[since > day] = 0.0
    rate = rate + 1e-6 * max(float(rate.mean()), 1e-12)
    return float(came @ np.log(rate / rate.sum()) / came.sum())


def _watched(log: AskedLog, since: Ints, day: int, half_life: float) -> tuple[Floats, Floats]:
    """Decayed askings up to `day`, and the decayed months over which they were counted."""
    rows = log.day <= day
    weight = np.where(rows, log.credit * 0.5 ** ((day - np.minimum(log.day, day)) / half_life), 0.0)
    credit = summed(log, weight, len(since), rows=rows)
    seen = np.maximum(day - since + 1, 0).astype(np.float64)  # days
    lifetime = half_life / math.log(2)
    months = lifetime * -np.expm1(-seen / lifetime) / DAYS_PER_MONTH
    shortest = lifetime * -math.expm1(-_SHORTEST_MONTHS * DAYS_PER_MONTH / lifetime) / DAYS_PER_MONTH
    return credit, np.maximum(months, shortest)


def _posterior(
    log: AskedLog, credit: Floats, months: Floats, since: Ints, family: Ints, day: int
) -> tuple[Floats, Floats]:
    """Shape and rate (months) of the Gamma distribution of each image's askings a month.

    What was asked lately is weighed against what the image drew in the long run, and that against its family: the few
    askings of a quiet image say more over years than over weeks.
    """
    long_credit, long_months = _watched(log, since, day, LONG_RUN)
    mean = np.maximum(_family_mean(long_credit, long_months, family), 1e-3)
    usual = (long_credit + _SHAPE) / (long_months + _SHAPE / mean)
    lately = (credit + _SHAPE) / (months + _SHAPE / mean)
    time = months + _LATELY_MONTHS
    return lately * months + usual * _LATELY_MONTHS, time


def _family_mean(credit: Floats, months: Floats, family: Ints) -> Floats:
    """Askings a month of the image's family per member; of all images where the family was hardly watched."""
    overall = float(credit.sum()) / max(float(months.sum()), 1e-9)
    families = int(family.max()) + 1 if len(family) else 0
    by_credit = np.bincount(family, weights=credit, minlength=families)
    by_months = np.bincount(family, weights=months, minlength=families)
    weight = 5.0  # months of watching at which a family's own mean counts as much as the overall one
    mean: Floats = ((by_credit + overall * weight) / (by_months + weight))[family]
    return mean


def _with_season(log: AskedLog, rate: Floats, since: Ints, family: Ints, day: int, habit: Habit) -> Floats:
    """`rate` mixed with what was asked for around the coming month last year, at today's level. An image that was not
    there yet takes its family's change of season."""
    if not habit.season:
        return rate
    then = day - _YEAR
    around = (log.day > then - _AROUND) & (log.day <= then + _AHEAD + _AROUND)
    came = summed(log, log.credit, len(since), rows=around) * DAYS_PER_MONTH / (_AHEAD + 2 * _AROUND)
    before, months = _watched(log, since, then, habit.half_life)
    usual = before / months * (since <= then)  # askings a month, on this day last year
    level = float(rate.sum()) / max(float(usual.sum()), 1e-9)
    families = int(family.max()) + 1
    came_of = np.bincount(family, weights=came, minlength=families)
    usual_of = np.bincount(family, weights=usual, minlength=families)
    turn = np.clip((came_of + 1) / (usual_of + 1), 0.1, 10.0)[family]
    last_year = np.where(since <= then - _AROUND, came * level, rate * turn)
    mixed: Floats = (1 - habit.season) * rate + habit.season * last_year
    return mixed


def families_of(names: Sequence[str | None]) -> Ints:
    """Numbers from 0 for the distinct names; images without one are a family of their own together."""
    order = {name: place for place, name in enumerate(sorted({name or "" for name in names}))}
    return np.asarray([order[name or ""] for name in names], dtype=np.int64)
