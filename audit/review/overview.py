"""The figures of the overview: what waits and how long, where every image is, what people decided. Pure.

Counts of decisions are not split by verdict: with few images in the queue the split would tell a second person what the
first one said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median

from audit.entry import LedgerEntry
from audit.report.trained import images_read
from audit.review.board import images_in
from audit.review.endings import denied
from audit.review.lanes import Case, Lane
from audit.review.rows import Row
from audit.standing import StandingState

WEEKS = 8
ASKING = (Lane.WAITING, Lane.SECOND, Lane.DISAGREEMENT)
_DAY = timedelta(days=1)


class Stage(StrEnum):
    """Every recorded image is in exactly one: `memorized` is cleared and in the last manifest's model, `cleared` is not
    in it yet."""

    MEMORIZED = "memorized"
    CLEARED = "cleared"
    WAITING = "waiting"
    HELD = "held"
    INDEX = "index"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Waits:
    """How many wait, and the longest and the median wait in days; None where nothing waits."""

    count: int
    oldest: float | None
    middle: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: `images` in it, of which `in_model` are in the model of the last manifest."""

    stage: Stage
    images: int
    in_model: int


@dataclass(frozen=True, slots=True)
class Week:
    """`start` is a Monday; `decisions` counts an image once for each person who decided on it."""

    start: date
    decisions: int


def waits(starts: Iterable[datetime], now: datetime) -> Waits:
    """Since these moments; one that lies ahead (another clock) has waited no time."""
    days = [max(0.0, (now - start) / _DAY) for start in starts]
    return Waits(len(days), max(days), median(days)) if days else Waits(0, None, None)


def lane_waits(cases: Sequence[Case], lane: Lane, now: datetime) -> Waits:
    return waits((case.waiting_since for case in cases if lane in case.lanes), now)


def stage_of(case: Case, in_model: bool) -> Stage:
    """Where the image is. What fits nowhere else is held: unknown is not permitted, and not denied either."""
    standing = case.standing
    if standing.state is StandingState.WITHDRAWN:
        return Stage.WITHDRAWN
    if any(lane in ASKING for lane in case.lanes):
        return Stage.WAITING
    if Lane.HELD in case.lanes:
        return Stage.HELD
    if standing.cleared:
        return Stage.MEMORIZED if in_model else Stage.CLEARED
    if denied(case):
        return Stage.DENIED
    return Stage.INDEX if standing.may_be_shown else Stage.HELD


def funnel(images: Iterable[tuple[Row, Case]], memory: Collection[str]) -> tuple[Step, ...]:
    """Every image once; `memory` are the ids in the model of the last manifest."""
    counted = {stage: [0, 0] for stage in Stage}
    for row, case in images:
        known = row.image_id in memory
        cell = counted[stage_of(case, known)]
        cell[0] += 1
        cell[1] += known
    return tuple(Step(stage, *cell) for stage, cell in counted.items())


def memory_of(manifest: LedgerEntry | None, runs: Iterable[LedgerEntry]) -> frozenset[str] | None:
    """The images in the model of this manifest, from the statement of its run; None when the ledger does not name them.

    Nothing is memorized without a manifest.
    """
    if manifest is None:
        return frozenset()
    run = next((entry for entry in runs if entry.body.get("run") == manifest.body.get("run")), None)
    return None if run is None else images_read(run.body.get("statement"))


def weeks(spoken: Iterable[LedgerEntry], now: datetime) -> tuple[Week, ...]:
    """The last WEEKS weeks, the running one included, oldest first, as this machine's calendar counts days."""
    today = now.astimezone().date()
    monday = today - timedelta(days=today.weekday())
    counted = {monday - timedelta(weeks=back): 0 for back in reversed(range(WEEKS))}
    for entry in spoken:
        day = entry.at.astimezone().date()
        start = day - timedelta(days=day.weekday())
        if start in counted:
            counted[start] += len(images_in(entry))
    return tuple(Week(start, number) for start, number in counted.items())


def pace(cases: Iterable[Case], first: date) -> tuple[int, float | None]:
    """Of the images that stand cleared since people approved them on `first` or later: how many, and the median days from decision to cleared."""
    took = [
        max(0.0, (case.cleared_at - case.decided_at) / _DAY)
        for case in cases
        if case.cleared_at is not None and case.cleared_at.astimezone().date() >= first
    ]
    return len(took), median(took) if took else None
