"""Who may know what others said: a second person judges without knowing the first one's verdict, on every page.

A verdict is kept back from whoever still may have to give one of his own (`Case.sees_others`). Questions and their answers are
no verdicts: they are facts, and all may read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from audit.entry import EntryKind, LedgerEntry
from audit.review.board import Board
from audit.review.lanes import Case
from audit.reviewers import ReviewerRecord

VERDICTS = (EntryKind.APPROVAL, EntryKind.REJECTION, EntryKind.TO_INDEX)
_SLACK = timedelta(minutes=5)  # a report that was being written while somebody decided counts as knowing it


def kept_from(viewer: str, entries: Sequence[LedgerEntry], case: Case) -> tuple[LedgerEntry, ...]:
    """Of `entries` about one image: what others decided about it as it is, and `viewer` must not know yet."""
    if case.sees_others(viewer):
        return ()
    others = [entry for entry in entries if entry.index > case.since and entry.body.get("reviewer") != viewer]
    return tuple(entry for entry in others if entry.kind in VERDICTS)


def told_by_report(board: Board, person: ReviewerRecord, written: datetime) -> tuple[str, ...]:
    """Images of which a report written at this moment may tell `person` a verdict before the own one.

    Whoever holds no role that is asked for decides on none of them, and may read every report.
    """
    with board.current():
        return tuple(
            row.image_id
            for row, case in board.all()
            if case.blind
            and case.asks_of(person.roles)
            and any(
                entry.at <= written + _SLACK for entry in kept_from(person.reviewer, board.history(row.image_id), case)
            )
        )
