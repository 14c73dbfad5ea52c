"""The first room on one screen: catalogue -> table check -> look -> screen -> value -> select -> decide."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from curate.assemble import assemble
from curate.catalogue import CatalogueError, CatalogueTable, read_catalogue
from curate.catalogue_files import CatalogueUnavailable, FileNameRefused, RowTrouble
from curate.decision import Decision, Lift, Outcome, ValueScore
from curate.decode import DecodeLimits, DecodePool
from curate.embedding import Embedded
from curate.expectations.intake import CATALOGUE, SEARCH_LOG, check_catalogue, check_search_log, log_suites
from curate.expectations.result import TableResult, refuse_if_stopped
from curate.expectations.suite import own_suites, read_suite
from curate.finding import Screening
from curate.picture import PIXEL_PARTS, PictureFacts, Undecoded
from curate.picture_cache import PictureCache
from curate.policy.decide import Routing, decide
from curate.policy.document import Policy
from curate.progress import Progress, silent
from curate.record import ImageRecord
from curate.rejected_row import Rejected
from curate.screen.barred_prints import BarredPrint, near_barred, print_of
from curate.screen.in_shards import ScreenShards, pages_in_shards
from curate.screen.screener import Screener
from curate.screen.semantic import semantic_findings
from curate.sealed_store import SealedStore
from curate.search_log import LoggedQuery, logged_queries, read_log_table
from curate.shards.plan import Sharding
from curate.sidecars import Beside, SidecarReader
from curate.table_reading import RawTable
from curate.value.budget import Budget
from curate.value.change import changes_per_month
from curate.value.left_out import Selection, select
from curate.value.neighbours import likeness_of
from curate.value.placing import Wishes, candidates_of
from curate.value.problem import Problem
from curate.value.score import score_values
from curate.value.settings import ValueSettings


@dataclass(frozen=True)
class Source:
    """What to read: the catalogue, how its columns are called, the search log, what the tables must fulfil (`suite` of the
    policy, and people's own in the folders `catalogue` and `search_log` of `own_suites`)."""

    location: str
    columns: Mapping[str, str] = field(default_factory=dict)
    search_log: Path | None = None
    suite: Path | None = None
    own_suites: Path | None = None
    fetched: Path | None = None  # where files of a remote catalogue are kept


@dataclass(frozen=True)
class Intake:
    """What is there. `pictures` and `paths` are by image id; every row is in a record's `file_names` or in `rejected`."""

    table: CatalogueTable
    records: tuple[ImageRecord, ...]
    pictures: Mapping[str, PictureFacts | Undecoded]
    paths: Mapping[str, Path]
    rejected: tuple[Rejected, ...]
    log: tuple[LoggedQuery, ...]
    looked: int  # pictures decoded in this run, the rest came from the cache
    beside: Mapping[str, Beside] = field(default_factory=dict)  # sidecars and reservations, by image id
    checks: tuple[TableResult, ...] = ()  # what the suites said of the tables


@dataclass(frozen=True)
class Judged:
    """What was found, what it is worth, how selection placed it and what policy says, by image id."""

    screenings: Mapping[str, Screening]
    values: Mapping[str, ValueScore]
    routings: Mapping[str, Routing]
    decisions: Mapping[str, Decision]
    problem: Problem  # what selection chose from
    selection: Selection

    def outcomes(self) -> dict[str, int]:
        """Images per outcome; every outcome is named, also with 0."""
        return {o.value: sum(d.outcome is o for d in self.decisions.values()) for o in Outcome}


def _digest_of_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def take_in(
    source: Source,
    policy: Policy,
    *,
    limits: DecodeLimits,
    workers: int,
    kept: SealedStore,
    trust_anchors: str = "",
    today: date | None = None,
    progress: Progress = silent,
) -> Intake:
    """Read and check the tables, hash every file, look at every picture whose look is not in `kept`.

    `trust_anchors`: PEM certificates of trusted signers of C2PA manifests. `today`: None = the day in UTC.

    Raises:
        TableRefused: an expectation of severity `stop` failed. SuiteError: a suite cannot be used.
        CatalogueError, CatalogueUnavailable, SearchLogError: the input cannot be used.
    """
    table = read_catalogue(source.location, source.columns, fetched=source.fetched)
    log_table = read_log_table(source.search_log) if source.search_log is not None else None
    checks = _check_tables(source, table, log_table, today or datetime.now(UTC).date())
    refuse_if_stopped(checks)
    held = next((result.held for result in checks if result.table == CATALOGUE), {})
    log: tuple[LoggedQuery, ...] = ()
    if log_table is not None and source.search_log is not None:
        left_out = next((result.held for result in checks if result.table == SEARCH_LOG), {})
        log = logged_queries(log_table.without(left_out), source.search_log.name)

    digests, paths, beside, rejected = _hash_files(table, workers, progress)
    if not digests:
        raise CatalogueError(
            f"{source.location}: expected at least one readable file among {len(table.frame)} rows, found none; "
            f"row 1: {rejected[0].reason}",
            hint="check file_name against the folder, or map the column in imprimatur.toml, then imprimatur curate again",
        )
    records = assemble(table, digests, held, log)
    cache = PictureCache(kept, asdict(limits), trust_anchors)
    pictures, looked = _look(records, paths, policy, limits=limits, workers=workers, cache=cache, progress=progress)
    return Intake(table, records, pictures, paths, tuple(rejected), log, looked, beside, checks)


def _check_tables(source: Source, table: CatalogueTable, log: RawTable | None, today: date) -> tuple[TableResult, ...]:
    """The suites on what comes in; a table for which there is no suite is not among the results."""
    own = {
        name: () if source.own_suites is None else own_suites(source.own_suites / name)
        for name in (CATALOGUE, SEARCH_LOG)
    }
    results = []
    suites = (*(() if source.suite is None else (read_suite(source.suite),)), *own[CATALOGUE])
    if suites:
        results.append(check_catalogue(table.frame, suites))
    if log is not None:
        known = {str(name) for name in table.frame["file_name"]}
        results.append(check_search_log(log, log_suites(own[SEARCH_LOG]), known, today=today))
    return tuple(results)


def _hash_files(
    table: CatalogueTable, workers: int, progress: Progress
) -> tuple[dict[str, str], dict[str, Path], dict[str, Beside], list[Rejected]]:
    """Digest by file name, path and what stands beside it by digest, and the rows whose file is not there or not allowed."""
    names = [str(name) for name in table.frame["file_name"]]
    rejected: list[Rejected] = []

    def place(name: str) -> tuple[Path, str] | tuple[RowTrouble, str]:
        try:
            path = table.local_path(name)
            return path, _digest_of_file(path)
        except (FileNameRefused, CatalogueUnavailable) as error:
            return error.trouble, error.message
        except OSError as error:
            return RowTrouble.UNREADABLE, error.strerror or str(error)

    digests: dict[str, str] = {}
    paths: dict[str, Path] = {}
    beside: dict[str, Beside] = {}
    sidecars = SidecarReader(table.files)
    sources = table.frame["source"] if "source" in table.frame else [None] * len(names)
    with ThreadPoolExecutor(workers) as threads:  # hashing and reading let go of the interpreter lock
        for row, (name, found, source) in enumerate(zip(names, threads.map(place, names), sources, strict=True)):
            progress("hash files", row + 1, len(names))
            if isinstance(found[0], RowTrouble):
                rejected.append(Rejected(row + 1, name, found[0], found[1]))
            else:
                digests[name] = found[1]
                paths.setdefault(found[1], found[0])
                near = sidecars.beside(found[0], name, source if isinstance(source, str) else None)
                if near != Beside():
                    beside[found[1]] = beside.get(found[1], Beside()).joined(near)
    return digests, paths, beside, rejected


def _look(
    records: Sequence[ImageRecord],
    paths: Mapping[str, Path],
    policy: Policy,
    *,
    limits: DecodeLimits,
    workers: int,
    cache: PictureCache,
    progress: Progress,
) -> tuple[dict[str, PictureFacts | Undecoded], int]:
    parts = frozenset(PIXEL_PARTS)
    known = cache.find({r.image_id: parts.intersection(policy.required_checks_for(r.content_class)) for r in records})
    pictures = {image_id: look.seen for image_id, look in known.items() if look.seen is not None}
    open_items = [(image_id, paths[image_id], look.missing) for image_id, look in known.items() if look.seen is None]
    if open_items:
        read_pixels = any(missing for _, _, missing in open_items)
        size = min(workers, len(open_items))
        with DecodePool(limits, size, read_pixels, cache.trust_anchors) as pool:
            for done, (image_id, seen) in enumerate(pool.look(open_items), start=1):
                progress("look at pictures", done, len(open_items))
                if seen.image_id is not None and seen.image_id != image_id:
                    pictures[image_id] = Undecoded(image_id, "the file changed while it was being read")
                else:
                    pictures[image_id] = cache.keep(seen)
    return pictures, len(open_items)


def _barring(
    intake: Intake, screenings: Mapping[str, Screening], denied: set[str], screener: Screener
) -> dict[str, Screening]:
    """Screenings of images that look like one of `denied`, with the finding which says so."""
    seen = [facts for facts in intake.pictures.values() if isinstance(facts, PictureFacts)]
    prints = [
        BarredPrint(facts.image_id, why="denied", **print_of(facts)) for facts in seen if facts.image_id in denied
    ]
    groups = {image_id: screening.duplicate_group for image_id, screening in screenings.items()}
    changed = {}
    for image_id, found in near_barred(seen, prints, groups, screener.settings.duplicates).items():
        known = screenings[image_id].findings
        new = tuple(item for item in found if item not in known)
        if new:
            changed[image_id] = replace(screenings[image_id], findings=(*known, *new))
    return changed


def stays_approved(
    record: ImageRecord, screening: Screening, decision: Decision, approved: Mapping[str, tuple[str, ...]]
) -> bool:
    """Whether the hold on which people let it pass is the same in this run, so that it keeps its place in memory."""
    known = approved.get(record.image_id)
    if known is None or decision.outcome is not Outcome.REVIEW or decision.lift is not Lift.APPROVAL:
        return False
    return known == (record.texts_digest, screening.findings_digest, record.facts_digest, decision.policy.sha256)


def judge(
    intake: Intake,
    policy: Policy,
    screener: Screener,
    *,
    today: date,
    barred: Sequence[BarredPrint] = (),
    passing: frozenset[str] = frozenset(),
    budget: Budget | None = None,
    wishes: Wishes | None = None,
    value_settings: ValueSettings | None = None,
    embedded: Embedded | None = None,
    approved: Mapping[str, tuple[str, ...]] | None = None,
    in_shards: tuple[ScreenShards, Sharding] | None = None,
    progress: Progress = silent,
) -> Judged:
    """Screen, value, select and decide; pure but for what `screener` loads and for the shards, where there are any.

    An image that is denied in this run bars its look-alikes in this run already, unless for `passing` rules only.
    `approved`: by image id the digests (texts, findings, facts, policy) of holds which people lifted; such an image has its
    place in memory and takes room there.
    """
    records, wishes, settings = intake.records, wishes or Wishes(), value_settings or ValueSettings()
    if in_shards is not None and in_shards[1].wanted(len(records)):
        pages = pages_in_shards(records, intake.pictures, intake.beside, *in_shards, progress)
    else:
        pages = screener.pages(records, intake.pictures, beside=intake.beside, today=today, progress=progress)
    screenings = screener.compared(records, pages, intake.pictures, barred)
    if embedded is not None:
        for image_id, found in semantic_findings(embedded.vectors, embedded.detector, embedded.cosine).items():
            known = screenings[image_id]
            screenings[image_id] = replace(known, findings=(*known.findings, found))
    likeness = likeness_of(records, intake.pictures, k=settings.neighbours)
    values = score_values(
        records,
        intake.log,
        intake.pictures,
        screenings,
        likeness,
        today=today,
        update_interval_days=policy.update_interval_days,
        settings=settings,
    )
    routings = {
        record.image_id: Routing(
            over_budget=False,
            behind=None,
            changes_per_month=changes_per_month(record.business, record.rights, today=today),
            pinned=wishes.pinned(record),
        )
        for record in records
    }

    def verdict(record: ImageRecord) -> Decision:
        image_id = record.image_id
        return decide(record, screenings[image_id], values[image_id], routings[image_id], policy, today=today)

    decisions = {record.image_id: verdict(record) for record in records}
    denied = {i for i, d in decisions.items() if d.outcome is Outcome.DENY and set(d.rules) - passing}
    barring = _barring(intake, screenings, denied, screener)
    screenings |= barring
    decisions |= {r.image_id: verdict(r) for r in records if r.image_id in barring and r.image_id not in denied}
    wanted = [record for record in records if decisions[record.image_id].outcome is Outcome.MEMORIZE]
    placed = [r for r in records if stays_approved(r, screenings[r.image_id], decisions[r.image_id], approved or {})]
    taken = frozenset(record.image_id for record in placed)
    problem = Problem.of(candidates_of([*wanted, *placed], values, screenings, wishes, taken), likeness)
    selection = select(problem, budget or Budget())
    for record in wanted:
        if (left := selection.left_out.get(record.image_id)) is not None:
            routings[record.image_id] = replace(
                routings[record.image_id],
                over_budget=True,
                behind=None if left.behind is None else left.behind[:12],
                cause=left.cause.value,
                not_chosen_en=left.reason_en,
                not_chosen_ja=left.reason_ja,
            )
            decisions[record.image_id] = verdict(record)
    return Judged(screenings, values, routings, decisions, problem, selection)
