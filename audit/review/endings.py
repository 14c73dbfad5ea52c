"""What ends, and how soon: approvals and licences, a pure reading of an image's case."""

from __future__ import annotations

from datetime import datetime, timedelta

from audit.review.lanes import Case
from audit.review.rows import Row
from audit.standing import StandingState, licence_end
from curate.decision import Outcome

HORIZONS = (7, 30, 90)  # days ahead
ENDS = tuple(f"{what}-{when}" for what in ("approval", "licence") for when in ("ended", *HORIZONS))


def ends_of(row: Row, case: Case, at: datetime) -> tuple[str, ...]:
    """Which of ENDS hold: ended, or ending within so many days; what ends within 7 ends within 30 too.

    A licence counts while the image is of use, that is neither withdrawn nor denied; one person's no does not show here
    while another still has to judge without knowing it. An approval counts while it clears the
    image, and when it ends before the licence does.
    """
    standing = case.standing
    if standing.state is StandingState.WITHDRAWN or (denied(case) and not case.blind):
        return ()
    licence = None if row.not_after is None else licence_end(row.not_after)
    found: list[str] = []
    if standing.state is StandingState.EXPIRED and "approval-expired" in standing.reasons:
        found.append("approval-ended")
    if standing.cleared and standing.expires_at is not None and standing.expires_at != licence:
        found += _within("approval", standing.expires_at, at)
    if licence is not None:
        found += ["licence-ended"] if licence <= at else _within("licence", licence, at)
    return tuple(found)


def denied(case: Case) -> bool:
    """Whether the policy or a person says no to it, in any form."""
    return case.standing.outcome is Outcome.DENY or "reject" in case.said.values()


def _within(what: str, end: datetime, at: datetime) -> list[str]:
    return [f"{what}-{days}" for days in HORIZONS if end - at <= timedelta(days=days)]
