"""Who may know what others said: a second person judges without knowing the first one's verdict, on every page.

A verdict is kept back from whoever still may have to give one of his own (`Case.sees_others`). Questions and their answers are
no verdicts: they are facts, and all may read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from audit.entry import EntryKind, LedgerEntry
from audit.review.board import Board, images_in
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
        said: set[str] = set()
        for entry in board.spoken():  # the few that somebody decided on, not the thousands that wait
            if (
                entry.kind in VERDICTS
                and entry.at <= written + _SLACK
                and entry.body.get("reviewer") != person.reviewer
            ):
                said.update(images_in(entry))
        return tuple(sorted(image for image in said if _tells(board, image, person, written)))


def _tells(board: Board, image: str, person: ReviewerRecord, written: datetime) -> bool:
    found = board.find(image)
    if found is None or not found[1].blind or not found[1].asks_of(person.roles):
        return False
    kept = kept_from(person.reviewer, board.history(image), found[1])
    return any(entry.at <= written + _SLACK for entry in kept)
