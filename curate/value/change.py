"""How fast an image goes out of date, from what the catalogue states. One month is 30 days, one year 365.25 days."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from curate.record import BusinessFacts, RightsFacts

DAYS_PER_MONTH = 30.0
_SHORTEST_PERIOD_MONTHS = 1.0  # one change on the second day is not yet fifteen a month
# Gamma prior of the change rate: half a change in three months. It keeps a young image from passing as eternal.
_PRIOR_CHANGES = 0.5
_PRIOR_MONTHS = 3.0


@dataclass(frozen=True, slots=True)
class ChangeHistory:
    """`rate` in changes a month, None when unknown; `at_most`: the rate is an upper bound, since only the last change
    is dated; `unchanged_months`: since the last change, None when unknown; `hazard`: smoothed rate in changes a month,
    None when nothing at all is known; `evidence` = (changes, months) behind it, those of the prior included."""

    count: int | None
    months: float | None
    rate: float | None
    at_most: bool
    unchanged_months: float | None
    evidence: tuple[float, float] | None

    @property
    def hazard(self) -> float | None:
        return None if self.evidence is None else self.evidence[0] / self.evidence[1]


def current_share(hazard: float, update_months: float) -> float:
    """Share in (0, 1] of the time between two updates of the model, `update_months` apart, in which what it memorized is
    still the picture in use, when changes come at `hazard` a month (Poisson): (1 - exp(-h u)) / (h u)."""
    expected = hazard * update_months
    return 1.0 if expected < 1e-9 else -math.expm1(-expected) / expected


def _months(since: date | None, today: date) -> float | None:
    """None for an unknown date, and for one in the future, which tells nothing about the past."""
    return None if since is None or since > today else (today - since).days / DAYS_PER_MONTH


def change_history(business: BusinessFacts, rights: RightsFacts, *, today: date) -> ChangeHistory:
    """What the stated facts say about change.

    The count is over the time since collection. Where that date is unknown the time since the last change stands in:
    it is shorter, so the rate errs on the high side.
    """
    count = business.change_count
    since_collected = _months(rights.collected_at, today)
    since_changed = _months(business.changed_at, today)
    observed = since_collected if since_collected is not None else since_changed
    at_most = bool(count) and since_collected is None

    rate: float | None = None
    if count == 0:
        rate = 0.0
    elif count is not None and observed is not None:
        rate = count / max(observed, _SHORTEST_PERIOD_MONTHS)

    unchanged = since_changed
    if count == 0 and since_collected is not None:
        unchanged = since_collected if since_changed is None else min(since_changed, since_collected)

    evidence: tuple[float, float] | None = None
    if rate is not None:
        evidence = ((count or 0) + _PRIOR_CHANGES, (observed or 0.0) + _PRIOR_MONTHS)
    elif since_changed is not None:  # at least the one change that is dated
        evidence = (1 + _PRIOR_CHANGES, since_changed + _PRIOR_MONTHS)
    return ChangeHistory(count, observed, rate, at_most, unchanged, evidence)


def changes_per_month(business: BusinessFacts, rights: RightsFacts, *, today: date) -> float | None:
    """Changes a month as stated, unsmoothed: what the routing rule `volatile` compares. None: unknown."""
    return change_history(business, rights, today=today).rate
