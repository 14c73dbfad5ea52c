"""`pilot plan` and `evaluate`: what the pilot is judged by, recorded before training; then the judgement."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.entry import EntryKind, NewEntry
from audit.ledger import Ledger
from audit.standing import standings
from curate.canonical import digest
from curate.policy.document import load_policy
from curate.progress import Progress, silent
from curate.search_log import read_search_log
from imprimatur.catalogue_place import resolve_source
from imprimatur.recalling import last_plan, recaller_over
from imprimatur.record_book import last_manifest, now, open_ledger, standing_now
from imprimatur.recording import last_decisions
from imprimatur.training import train_settings
from imprimatur.which_image import recorded_records
from imprimatur.workspace import Workspace
from recall import evaluate as judging
from recall.calibrate import halves
from recall.index import document_of
from recall.pilot import Catalogue, PilotThresholds, make_plan, plan_held_out
from recall.queries import ImageNames, cases_of_plan, read_cases, read_present


@dataclass(frozen=True)
class Planned:
    """The plan document and its ledger index (None for a dry run)."""

    document: dict[str, Any]
    ledger_index: int | None


@dataclass(frozen=True)
class Evaluated:
    """The evaluation document, its ledger index and the manager's pages."""

    document: dict[str, Any]
    ledger_index: int
    pages: tuple[Path, ...]


def embedded_seconds(images: int, steps: int, picture_steps: int) -> float:
    """Seconds for which the embedded default trains on one thread, before anything was measured in this workspace: from
    the runs in docs/benchmarks.md ("The memory"). The warm start looks at up to 6,000 edited pictures, at most 20 of each;
    a step compares with every identifier, and one of pictures alone reads no question."""
    begin = 8.0 + 0.004 * min(20 * images, 6_000) + 0.012 * images
    return begin + steps * (0.14 + 0.0001 * images) + picture_steps * 0.11


def _last_training_seconds(ledger: Ledger) -> float | None:
    seconds = None
    for entry in ledger.entries(EntryKind.TRAINING_RUN):
        seconds = float(entry.body["statement"]["predicate"]["seconds"])
    return seconds


def plan(workspace: Workspace, *, dry_run: bool = False) -> Planned:
    """Make the evaluation plan from the record and the search log, and record it."""
    policy = load_policy(workspace.policy_folder)
    source = resolve_source(workspace, None, None, policy_folder=workspace.policy_folder)
    log = read_search_log(source.search_log) if source.search_log is not None else ()
    wanted = workspace.settings.pilot
    moment = now()
    with open_ledger(workspace, write=not dry_run) as ledger:
        records = recorded_records(ledger)
        last = last_decisions(ledger.entries(EntryKind.DECISION))
        book = standing_now(ledger, moment)
        settings = train_settings(workspace)
        to_memorize = sum(entry.body["outcome"] == "memorize" for entry in last.values())
        estimate = _last_training_seconds(ledger)
        if estimate is None and settings.embedded:
            steps = settings.steps_for(to_memorize), settings.picture_steps_for(to_memorize)
            estimate = embedded_seconds(to_memorize, *steps)
        document = make_plan(
            Catalogue(
                records=tuple(records.values()),
                book=book,
                values={image_id: float(entry.body["value"]) for image_id, entry in last.items()},
                log=log,
                groups=tuple({tuple(e.body["duplicate_group"]) for e in last.values() if e.body["duplicate_group"]}),
                private=frozenset(
                    image_id
                    for image_id, entry in last.items()
                    if any(
                        # "info" says nothing personal (severity table); whatever it is beside that keeps words out
                        finding["category"] == "privacy" and finding["severity"] != "info"
                        for finding in entry.body["findings"]
                    )
                ),
            ),
            PilotThresholds(
                p95_ms=wanted.speed_p95_ms,
                hit_at_1=wanted.accuracy_hit_at_1,
                error_among_answered=wanted.accuracy_max_error,
                update_seconds=wanted.update_seconds,
            ),
            created=moment,
            seed=settings.seed,
            retrain_seconds=estimate,
            update_interval_days=policy.update_interval_days,
        )
        if dry_run:
            return Planned(document, None)
        body = {"plan_digest": digest(document), "policy_sha256": policy.ref.sha256}
        entry = ledger.append([NewEntry(EntryKind.PILOT_PLAN, body, payload=document, at=moment)])[0]
        return Planned(document, entry.index)


def evaluate(
    workspace: Workspace, *, queries: Path | None = None, compare: Path | None = None, progress: Progress = silent
) -> Evaluated:
    """Judge memory, index, hybrid and the present search on the same queries, and record the judgement.

    Default queries are the half of the plan's held-out queries on which nothing was calibrated.
    """
    with open_ledger(workspace, write=True) as ledger:
        planned = last_plan(ledger)
        records = recorded_records(ledger)
        names = ImageNames.of(records.values())
        seed = int(planned.get("split_seed", 0))
        cases = read_cases(queries, names) if queries else halves(cases_of_plan(planned), seed=seed)[1]
        recaller = recaller_over(workspace, ledger)
        held_out = plan_held_out(planned)
        shown = {image.image_id for image in recaller.sources.index().images}
        document = judging.evaluate(
            recaller,
            require_cases(cases),
            planned.get("thresholds") or _thresholds(workspace),
            fresh_book=lambda: standings(list(ledger.entries()), now(), workspace_id=ledger.workspace_id),
            update_seconds=_last_training_seconds(ledger),
            seed=seed,
            present=read_present(compare, names, cases) if compare else None,
            lexical_documents=[(i, document_of(r, held_out)) for i, r in records.items() if i in shown],
            progress=progress,
        )
        document["created"] = now().isoformat()
        document["queries_from"] = str(queries.name) if queries else "plan"
        manifest = last_manifest(ledger)
        body = {
            "evaluation_digest": digest(document),
            "plan_digest": digest(planned),
            "run": manifest.body["run"] if manifest else None,
            "queries": document["queries"],
            "verdicts": {name: verdict["verdict"] for name, verdict in document["verdicts"].items()},
            "unsafe": document["unsafe"],
        }
        entry = ledger.append([NewEntry(EntryKind.EVALUATION, body, payload=document, at=now())])[0]
    from imprimatur.reporting import write_pilot_pages

    return Evaluated(document, entry.index, write_pilot_pages(workspace, planned, document))


def _thresholds(workspace: Workspace) -> dict[str, Any]:
    wanted = workspace.settings.pilot
    return PilotThresholds(
        wanted.speed_p95_ms, wanted.accuracy_hit_at_1, wanted.accuracy_max_error, wanted.update_seconds
    ).to_document()


def require_cases(cases: Any) -> Any:
    """The queries, if there is at least one.

    Raises:
        NoCases: the plan holds none out, for want of a search log.
    """
    if not cases:
        from imprimatur.recalling import NoQuery

        raise NoQuery(
            "Expected at least one query, found none: the plan holds none out, since there was no search log.",
            hint='imprimatur evaluate --queries FILE   (JSON Lines: {"query": "…", "relevant": ["file name", …]})',
        )
    return cases
