"""What waits for people, and why, as the terminal lists it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from audit.entry import LedgerEntry
from audit.standing import Standing, StandingState, docket
from curate.errors import ExitCode, ImprimaturError
from curate.policy.wording import worth_saying
from imprimatur.record_book import now, open_ledger
from imprimatur.recording import last_decisions
from imprimatur.workspace import Workspace


class NoSuchQueue(ImprimaturError):
    """A queue was named that does not exist."""

    code = "IMP-E147"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class Waiting:
    """One image or case in a queue, with why it is there."""

    image_id: str
    file_name: str
    state: str
    outcome: str
    reasons: tuple[str, ...]
    rules: tuple[str, ...]
    why: tuple[tuple[str, str], ...]  # (en, ja)
    value: float
    report_id: str | None = None

    def to_document(self) -> dict[str, Any]:
        return {
            "image_id": self.image_id,
            "file_name": self.file_name,
            "state": self.state,
            "outcome": self.outcome,
            "reasons": list(self.reasons),
            "rules": list(self.rules),
            "why": [{"en": en, "ja": ja} for en, ja in self.why],
            "value": self.value,
            "report_id": self.report_id,
        }


def queue(workspace: Workspace, which: str) -> tuple[Waiting, ...]:
    """`awaiting` approvals (lifted holds included), `held` for a fact or a judgement, `wrong` answers, or `all`."""
    if which not in ("awaiting", "held", "wrong", "all"):
        raise NoSuchQueue(
            f"Expected awaiting, held, wrong or all, found '{which}'.", hint="imprimatur review list --state all"
        )
    with open_ledger(workspace) as ledger:
        entries = list(ledger.entries())
        moment = max(now(), entries[-1].at)  # a clock that was set back is not believed
        cases = docket(entries, moment, workspace_id=ledger.workspace_id)
        last = last_decisions(entries)
        reports = {image: report for report, image in cases.book.open_reports.items()}

        def fits(entry: LedgerEntry, standing: Standing) -> bool:
            return {
                "awaiting": standing.state is StandingState.AWAITING,
                "held": entry.body["outcome"] == "review" and standing.state is not StandingState.CLEARED,
                "wrong": standing.image_id in reports,
                "all": True,
            }[which]

        standings = {image_id: cases.standing(image_id) for image_id in last}
        chosen = [entry for image_id, entry in last.items() if fits(entry, standings[image_id])]
        found = [
            _waiting(entry, standings[entry.body["image_id"]], payload or {}, reports)
            for entry, payload in ledger.payloads(sorted(chosen, key=attrgetter("index")))
        ]
    return tuple(sorted(found, key=lambda item: (-item.value, item.image_id)))


def _waiting(entry: LedgerEntry, standing: Standing, payload: Mapping[str, Any], reports: Mapping[str, str]) -> Waiting:
    body, hits = entry.body, payload.get("hits", [])
    said = worth_saying([hit["rule"] for hit in hits])
    return Waiting(
        standing.image_id,
        payload.get("record", {}).get("file_names", ["(erased)"])[0],
        standing.state.value,
        body["outcome"],
        standing.reasons,
        tuple(body["rules"]),
        tuple(
            (hit["reason_en"], hit["reason_ja"])
            for hit in hits
            if hit["outcome"] == body["outcome"] and hit["rule"] in said
        ),
        body["value"],
        reports.get(standing.image_id),
    )
