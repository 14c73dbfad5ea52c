"""`curate`: the first room's verdicts, with the record as the one thing that remembers what is barred."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from audit.entry import LedgerEntry
from audit.report.checks_page import Occasion
from audit.standing import StandingBook, StandingState
from curate.atomic import write_atomic
from curate.decode import DecodeLimits
from curate.embedding import embed
from curate.errors import ImprimaturError
from curate.expectations.result import TableRefused
from curate.odd_input import odd_input
from curate.picture import PictureFacts
from curate.pipeline import Intake, Judged, Source, judge, take_in
from curate.policy.document import Policy, load_policy
from curate.policy.passable import nothing_passed
from curate.progress import Progress, silent
from curate.screen.barred_prints import BarredPrint
from curate.screen.in_shards import ScreenShards
from curate.screen.screener import Screener
from curate.sealed_store import SealedStore
from curate.value.budget import Budget
from curate.value.placing import Wishes
from curate.value.what_if import Trial, budget_for, parse_what_if
from imprimatur.acting import actor, check_operator
from imprimatur.capacity import budget_of, value_settings
from imprimatur.catalogue_place import remember_catalogue, resolve_source
from imprimatur.checking import checks_document, tell_refusal, write_checks
from imprimatur.division import Division
from imprimatur.held import why_held
from imprimatur.record_book import ledger_exists, now, open_ledger, standing_now
from imprimatur.recording import Before, Recorded, record_run
from imprimatur.screening import screen_settings, semantic_settings, trust_anchors
from imprimatur.voided import voided_notice
from imprimatur.waivers import check_waivers
from imprimatur.what_if_page import what_if_page
from imprimatur.workspace import Workspace

_APPROVED = ("texts_digest", "findings_digest", "facts_digest")  # of what a person approves, in a decision's body

# A licence may be renewed, and what is denied for looking like a barred picture is no reason of its own: two pictures
# that bar each other would stay barred for ever. What is denied for these alone bars no other picture.
PASSING = frozenset({"deny-licence-expired", "deny-near-barred"})


@dataclass(frozen=True)
class CurateRun:
    """What one `curate` did; `recorded` is None for a dry run."""

    policy: Policy
    intake: Intake
    judged: Judged
    recorded: Recorded | None
    seconds: float
    notices: tuple[ImprimaturError, ...]  # what is odd about the input, and what was done about it
    unit: str  # of update costs
    pages: tuple[Path, ...] = ()  # what the suites said of the tables


def barred_prints(last: Mapping[str, LedgerEntry], book: StandingBook) -> tuple[BarredPrint, ...]:
    """Fingerprints of denied, rejected and withdrawn images: their near-duplicates do not come in by the back door.

    `last`: the last decision on each image.
    """
    barred = []
    for image_id, entry in last.items():
        withdrawn = book.of(image_id).state is StandingState.WITHDRAWN
        prints = entry.body.get("fingerprint")
        denied = entry.body["outcome"] == "deny" and set(entry.body["rules"]) - PASSING
        if prints and (withdrawn or denied):
            why = "withdrawn" if withdrawn else "denied"
            barred.append(BarredPrint(image_id, prints["phash"], prints["dhash"], why, prints.get("windows", "")))
    return tuple(barred)


def lifted_holds(last: Mapping[str, LedgerEntry], book: StandingBook) -> dict[str, tuple[str, ...]]:
    """Images that people cleared from a hold, with the digests that they approved: texts, findings, facts, policy."""
    return {
        image_id: (*(str(entry.body[name]) for name in _APPROVED), str(entry.body["policy"]["sha256"]))
        for image_id, entry in last.items()
        if entry.body["outcome"] == "review" and book.of(image_id).cleared
    }


def curate(
    workspace: Workspace,
    catalogue: str | None,
    *,
    search_log: Path | None = None,
    dry_run: bool = False,
    fresh: bool = False,
    budget: Budget | None = None,
    by: str | None = None,
    at: datetime | None = None,
    division: Division | None = None,
    progress: Progress = silent,
) -> CurateRun:
    """Judge a catalogue and record what changed. Resumable: results are kept, the record is one transaction.

    `fresh`: believe no kept result; look at every picture and read every text again. `by`: the reviewer (id or name) who
    runs it and may then not be the only approver; default: the settings' `operator`, else the machine's account alone.
    `budget`, `division` of the work: None = the settings'.

    Raises:
        ImprimaturError: bad table, policy, settings or ledger; nothing was recorded.
    """
    moment = at or now()
    started = datetime.now(UTC)
    today: date = moment.date()
    settings = workspace.settings.curate
    division = division or Division.of(workspace.settings)
    value, wishes = value_settings(workspace.settings), Wishes(settings.pins, settings.barred)
    budget = budget or budget_of(workspace.settings, workspace.models)
    policy = load_policy(workspace.policy_folder)
    if not dry_run:
        check_operator(workspace, by)
    check_waivers(workspace, policy)
    source: Source = resolve_source(workspace, catalogue, search_log, policy_folder=workspace.policy_folder)
    barred: tuple[BarredPrint, ...] = ()
    approved: Mapping[str, tuple[str, ...]] = {}
    lost: ImprimaturError | None = None
    before = Before()
    if ledger_exists(workspace):
        with open_ledger(workspace) as ledger:
            entries = list(ledger.entries())
            before = before.joined(entries)
            book = standing_now(ledger, moment, entries=entries)
            barred, approved = barred_prints(before.last, book), lifted_holds(before.last, book)
            lost = voided_notice(policy, before.last, book)
            del entries
    with SealedStore(workspace.cache, fresh=fresh) as kept:
        limits = DecodeLimits(pixels=settings.max_pixels, seconds=settings.max_seconds)
        try:
            intake = take_in(
                source,
                policy,
                limits=limits,
                workers=division.workers,
                kept=kept,
                trust_anchors=trust_anchors(workspace.folder, workspace.settings),
                today=today,
                progress=progress,
            )
        except TableRefused as error:
            if not dry_run:
                tell_refusal(workspace, error, Occasion.INTAKE)
            raise
        log = None if source.search_log is None else intake.log
        notices = odd_input(intake.records, log, wishes, today=today, quotas=budget.quotas)
        pictures = {i: p for i, p in intake.paths.items() if isinstance(intake.pictures.get(i), PictureFacts)}
        semantic = semantic_settings(workspace)
        embedded = embed(pictures, semantic, limits=limits, kept=kept, progress=progress)
        judged = judge(
            intake,
            policy,
            Screener(screen_settings(workspace.settings), kept),
            today=today,
            barred=barred,
            passing=PASSING,
            budget=budget,
            wishes=wishes,
            value_settings=value,
            embedded=embedded,
            approved=approved,
            in_shards=(
                ScreenShards(screen_settings(workspace.settings), today, workspace.cache, fresh),
                division.sharding(workspace, kept, fresh=fresh),
            ),
            progress=progress,
        )
        notices = notices if lost is None else (lost, *notices)
        if (told := nothing_passed(judged.decisions.values(), policy)) is not None:
            notices = (*notices, told)
        recorded = None
        pages: tuple[Path, ...] = ()
        if not dry_run:
            pages = write_checks(workspace, intake.checks, Occasion.INTAKE)
            with open_ledger(workspace, write=True, make=True) as ledger:
                # Recorded when it is known: meanwhile hours may have passed, and others may have appended.
                who = actor(workspace, ledger, by)
                recorded = record_run(ledger, intake, judged, policy, at=at or now(), by=who, before=before, kept=kept)
            remember_catalogue(workspace, source)
    seconds = (datetime.now(UTC) - started).total_seconds()
    return CurateRun(policy, intake, judged, recorded, seconds, notices, value.update_cost_unit, pages)


def budgets_to_try(workspace: Workspace, wanted: str) -> tuple[str, tuple[tuple[float, Budget], ...]]:
    """What the budgets of `wanted` (`budget=100,500`) count, and each of them; read before anything long is done.

    Raises:
        WhatIfError, BudgetError, QuotaError: a budget cannot be read or cannot be met.
    """
    kind, numbers = parse_what_if(wanted)
    base = budget_of(workspace.settings, workspace.models)
    return kind, tuple((number, budget_for(kind, number, base)) for number in numbers)


def write_what_if(workspace: Workspace, run: CurateRun, kind: str, trials: tuple[Trial, ...]) -> tuple[Path, ...]:
    """The simulator's pages in both languages, in `reports/`; returns their paths."""
    pages = []
    for lang in ("en", "ja"):
        path = workspace.reports / f"what-if.{lang}.html"
        write_atomic(path, what_if_page(trials, kind=kind, unit=run.unit, lang=lang).encode())
        pages.append(path)
    return tuple(pages)


def to_document(run: CurateRun) -> dict[str, Any]:
    """The JSON document of `curate`: every row is in exactly one image or in `rejected`."""
    names = {record.image_id: record.file_names for record in run.intake.records}
    held = why_held(run.judged.decisions.values())
    return {
        "policy": {"id": run.policy.ref.id, "version": run.policy.ref.version, "sha256": run.policy.ref.sha256},
        "unsafe": run.policy.unsafe,
        "rows": len(run.intake.table.frame),
        "images": len(run.intake.records),
        "rejected": [item.to_document() for item in run.intake.rejected],
        "outcomes": run.judged.outcomes(),
        "decisions": [
            {**decision.to_document(), "file_names": list(names[image_id]), **_left_out(run, image_id)}
            for image_id, decision in sorted(run.judged.decisions.items())
        ],
        **held.to_document(),
        "recorded": None
        if run.recorded is None
        else {
            "run": run.recorded.run,
            "changed": run.recorded.changed,
            "unchanged": run.recorded.unchanged,
            "absent": run.recorded.absent,
        },
        "selection": selection_document(run),
        "checks": checks_document(run.intake.checks, run.pages),
        "notices": [notice.to_json() for notice in run.notices],
        "seconds": round(run.seconds, 3),
        "looked_at": run.intake.looked,
    }


def selection_document(run: CurateRun) -> dict[str, Any]:
    """What memory would hold, what it is worth and how good the choice is at least."""
    selection = run.judged.selection
    return {
        "candidates": len(run.judged.problem.candidates),
        "chosen": len(selection.chosen),
        "left_out": dict(sorted(Counter(left.cause.value for left in selection.left_out.values()).items())),
        "answers_per_month": round(selection.answers, 3),
        "update_cost_per_month": round(selection.update_cost, 3),
        "update_cost_unit": run.unit,
        "bits": round(selection.bits),
        "guarantee": {
            "proved": selection.guarantee.proved,
            "certified": round(selection.guarantee.certified, 4),
            "rule": selection.guarantee.rule_en,
        },
        "unmet_quotas": [
            {"grouping": quota.grouping.value, "name": quota.name, "at_least": quota.at_least, "found": found}
            for quota, found in selection.unmet
        ],
    }


def _left_out(run: CurateRun, image_id: str) -> dict[str, Any]:
    """Why selection gave the image no place, where it did not."""
    left = run.judged.selection.left_out.get(image_id)
    if left is None:
        return {}
    return {
        "left_out": {
            "cause": left.cause.value,
            "behind": left.behind,
            "reason_en": left.reason_en,
            "reason_ja": left.reason_ja,
        }
    }
