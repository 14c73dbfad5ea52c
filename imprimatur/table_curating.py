"""`curate --metadata-only`: a catalogue judged by its table alone, in bounded memory, as long as the table may be."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from curate.catalogue import open_catalogue
from curate.decision import Outcome
from curate.errors import ExitCode, ImprimaturError
from curate.expectations.result import refuse_if_stopped
from curate.expectations.suite import own_suites, read_suite
from curate.odd_input import odd_log
from curate.pipeline import Source
from curate.policy.document import Policy, load_policy
from curate.progress import Progress, silent
from curate.screen.in_shards import ScreenShards
from curate.sealed_store import SealedStore
from curate.search_log import read_search_log
from curate.table_run.expectations import check_in_batches
from curate.table_run.intake import TableIntake, take_in_table
from curate.table_run.judging import Decided, TableJudged, judge_table
from curate.value.budget import Budget
from curate.value.placing import Wishes
from imprimatur.acting import actor, check_operator
from imprimatur.capacity import budget_of, value_settings
from imprimatur.catalogue_place import remember_catalogue, resolve_source
from imprimatur.decisions_file import DecisionsFile
from imprimatur.division import Division
from imprimatur.held import Held
from imprimatur.record_book import ledger_exists, now, open_ledger
from imprimatur.screening import screen_settings
from imprimatur.table_recording import Remembered, TableRecorded, record_table
from imprimatur.waivers import check_waivers
from imprimatur.workspace import Workspace


class RunBusy(ImprimaturError):
    """Another run over a table works in this workspace."""

    code = "IMP-E161"
    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True)
class TableRun:
    """What one run over a table did; `recorded` is None for a dry run."""

    policy: Policy
    intake: TableIntake
    outcomes: dict[str, int]
    held: Held
    chosen: int
    candidates: int
    recorded: TableRecorded | None
    out: str | None
    seconds: float
    screened_shards: int
    notices: tuple[ImprimaturError, ...] = ()  # what is odd about the search log

    def to_document(self) -> dict[str, Any]:
        """The JSON document of the command. Decisions are in the file that `--out` names, and in the ledger."""
        return {
            "policy": {"id": self.policy.ref.id, "version": self.policy.ref.version, "sha256": self.policy.ref.sha256},
            "unsafe": self.policy.unsafe,
            "metadata_only": True,
            "rows": self.intake.rows,
            "images": len(self.intake.records),
            "rejected": [item.to_document() for item in self.intake.rejected],
            "outcomes": self.outcomes,
            **self.held.to_document(),
            "selection": {"candidates": self.candidates, "chosen": self.chosen},
            "recorded": None
            if self.recorded is None
            else {
                "run": self.recorded.run,
                "changed": self.recorded.changed,
                "unchanged": self.recorded.unchanged,
                "absent": self.recorded.absent,
            },
            "notices": [notice.to_json() for notice in self.notices],
            "decisions_file": self.out,
            "seconds": round(self.seconds, 3),
            "shards_screened": self.screened_shards,
        }


def curate_table(
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
    out: str | None = None,
    replace_looks: bool = False,
    progress: Progress = silent,
) -> TableRun:
    """Judge every row and record what changed; no file is opened, and every check of a file counts as not done.

    `out`: where the decisions go as Parquet beside the ledger, a path or a URL. `replace_looks`: record even where this
    replaces decisions that were made with a look at the files. The rest is as in `curating.curate`.

    Raises:
        WouldReplaceLooks: there are such decisions.
        ImprimaturError: bad table, policy, settings or ledger; nothing was recorded.
    """
    moment = at or now()
    started = datetime.now(UTC)
    division = division or Division.of(workspace.settings)
    policy = load_policy(workspace.policy_folder)
    if not dry_run:
        check_operator(workspace, by)
    check_waivers(workspace, policy)
    remembered = Remembered(replace_looks=replace_looks)
    if not dry_run and ledger_exists(workspace):
        with open_ledger(workspace) as ledger:
            remembered.read(ledger.entries())  # a refusal comes before the work
    source = resolve_source(workspace, catalogue, search_log, policy_folder=workspace.policy_folder)
    wishes = Wishes(workspace.settings.curate.pins, workspace.settings.curate.barred)
    with ExitStack() as stack:
        folder = stack.enter_context(_spool(workspace.cache / "table-run"))
        kept = stack.enter_context(SealedStore(workspace.cache, fresh=fresh))
        intake = _taken_in(source, division, folder, progress)
        log = None if source.search_log is None else intake.log
        notices = odd_log(intake.asked, log, today=moment.date())
        judged = judge_table(
            intake,
            policy,
            ScreenShards(screen_settings(workspace.settings), moment.date()),
            division.sharding(workspace, kept, fresh=fresh),
            budget=budget or budget_of(workspace.settings, workspace.models),
            wishes=wishes,
            settings=value_settings(workspace.settings),
            progress=progress,
        )
        outcomes = {outcome.value: 0 for outcome in Outcome}
        held, recorded = Held(unopened=True), None
        file = None if out is None else stack.enter_context(DecisionsFile(out))
        decided = _told(judged, outcomes, held, file, progress)
        if dry_run:
            for _ in decided:
                continue  # counted, and written to the file, while they pass by
        else:
            with open_ledger(workspace, write=True, make=True) as ledger:
                who = actor(workspace, ledger, by)
                recorded = record_table(ledger, remembered, judged, decided, outcomes, at=at or now(), by=who)
            remember_catalogue(workspace, source)
    seconds = (datetime.now(UTC) - started).total_seconds()
    return TableRun(
        policy,
        judged.intake,
        outcomes,
        held,
        len(judged.selection.chosen),
        len(judged.problem.candidates),
        recorded,
        out,
        seconds,
        judged.looked,
        notices,
    )


def _taken_in(source: Source, division: Division, folder: Path, progress: Progress) -> TableIntake:
    opened = open_catalogue(source.location, source.columns, fetched=source.fetched)
    own = () if source.own_suites is None else own_suites(source.own_suites / "catalogue")
    suites = (*(() if source.suite is None else (read_suite(source.suite),)), *own)
    result = check_in_batches(opened, suites, progress)
    refuse_if_stopped(() if result is None else (result,))
    log = () if source.search_log is None else read_search_log(source.search_log)
    held = {} if result is None else result.held
    return take_in_table(opened, held, log, size=division.shard_size, folder=folder, progress=progress)


def _told(
    judged: TableJudged, outcomes: dict[str, int], held: Held, file: DecisionsFile | None, progress: Progress
) -> Iterator[list[Decided]]:
    """The decisions, counted and written to `file` while they pass by."""
    done = 0
    for items in judged.decided():
        for item in items:
            outcomes[item.decision.outcome.value] += 1
            held.add(item.decision)
        if file is not None:
            file.add([(item.record, item.decision) for item in items])
        done += len(items)
        progress("record decisions", done, len(judged.intake.records))
        yield items


@contextmanager
def _spool(folder: Path) -> Iterator[Path]:
    """An empty folder for one run at a time; what an earlier one left there is removed.

    Raises:
        RunBusy: another run is at work.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunBusy(
                f"expected no other run over a table in {folder.parent}, found one at work",
                hint="wait for it, then run the same command again",
            ) from error
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
