"""The funnel: every catalogue row and every image in exactly one place, and the sums that prove it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from audit.entry import EntryKind, LedgerEntry
from audit.report.data import Cell, Equation, Funnel, ImageLine, Rejected
from audit.report.images import Decided
from audit.report.shield import masked_name
from audit.standing import StandingState
from curate.canonical import Json
from curate.decision import Outcome


def funnel(
    entries: Sequence[LedgerEntry],
    payload: Callable[[int], Json | None],
    decided: Mapping[str, Decided],
    images: Sequence[ImageLine],
) -> Funnel:
    """Rows as the last curation counted them, images as the ledger holds them now.

    The two sides of each equation are counted from different entries: the run entry on one side, decisions and standing
    on the other. A difference means that something is missing from the record.
    """
    run = next((entry for entry in reversed(entries) if entry.kind is EntryKind.CURATE_RUN), None)
    body: Mapping[str, Any] = run.body if run else {}
    stored = payload(run.index) if run else None
    details: Mapping[str, Any] = stored if isinstance(stored, Mapping) else {}
    listed = details.get("rejected") or ()
    present = int(body.get("images", 0))
    rejected = int(body.get("rejected", len(listed)))
    rows = int(body.get("rows", details.get("rows", present + rejected)))

    cells = Counter((line.outcome, line.state, bool(line.in_models)) for line in images)
    absent = sum(one.absent for one in decided.values())
    undecided = sum(line.image_id not in decided for line in images)
    outcomes: Mapping[str, int] = body.get("outcomes", {})
    last = Counter(one.entry.body.get("outcome") for one in decided.values() if not one.absent)
    return Funnel(
        rows=rows,
        rejected=rejected,
        repeated=max(0, rows - rejected - present),
        present=present,
        absent=absent,
        undecided=undecided,
        cells=tuple(Cell(*key, number) for key, number in sorted(cells.items(), key=_cell_order)),
        equations=(
            Equation("rows", rows, rejected + max(0, rows - rejected - present) + present),
            Equation("present", present, len(decided) - absent),
            *(Equation(f"outcome-{o.value}", int(outcomes.get(o.value, 0)), last[o.value]) for o in Outcome),
            Equation("images", present + absent + undecided, sum(cells.values())),
        ),
        rejected_rows=tuple(
            Rejected(
                item.get("row"),
                masked_name(str(item.get("file_name"))),
                masked_name(str(item.get("reason"))),
                item.get("reason_ja"),
            )
            for item in listed
        ),
    )


def _cell_order(item: tuple[tuple[Outcome | None, StandingState, bool], int]) -> tuple[int, int, bool]:
    outcome, state, trained = item[0]
    return (-1 if outcome is None else -outcome.rank, list(StandingState).index(state), not trained)
