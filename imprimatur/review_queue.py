"""What waits for people, and why, as the terminal lists it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audit.standing import StandingState, docket
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
        found = []
        for image_id, entry in last.items():
            standing = cases.standing(image_id)
            body = entry.body
            fits = {
                "awaiting": standing.state is StandingState.AWAITING,
                "held": body["outcome"] == "review" and standing.state is not StandingState.CLEARED,
                "wrong": image_id in reports,
                "all": True,
            }[which]
            if not fits:
                continue
            payload = ledger.payload(entry.index) or {}
            names = payload.get("record", {}).get("file_names", ["(erased)"])
            said = worth_saying([hit["rule"] for hit in payload.get("hits", [])])
            hits = [hit for hit in payload.get("hits", []) if hit["outcome"] == body["outcome"] and hit["rule"] in said]
            found.append(
                Waiting(
                    image_id,
                    names[0],
                    standing.state.value,
                    body["outcome"],
                    standing.reasons,
                    tuple(body["rules"]),
                    tuple((hit["reason_en"], hit["reason_ja"]) for hit in hits),
                    body["value"],
                    reports.get(image_id),
                )
            )
    return tuple(sorted(found, key=lambda item: (-item.value, item.image_id)))
