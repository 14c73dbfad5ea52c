"""The first room on one screen: catalogue -> table check -> look -> screen -> value -> select -> decide."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from curate.assemble import assemble
from curate.catalogue import CatalogueError, CatalogueTable, read_catalogue
from curate.decision import Decision, Outcome, ValueScore
from curate.decode import DecodeLimits, DecodePool
from curate.errors import ImprimaturError
from curate.expectations import refuse_if_stopped, validate
from curate.finding import Check, Screening
from curate.picture import PIXEL_PARTS, PictureFacts, Undecoded
from curate.picture_cache import PictureCache
from curate.policy.decide import Routing, decide
from curate.policy.document import Policy
from curate.progress import Progress, silent
from curate.record import ImageRecord
from curate.screen.duplicates import BarredPrint
from curate.screen.screener import Screener
from curate.search_log import LoggedQuery, read_search_log
from curate.value.change import changes_per_month
from curate.value.score import ValueSettings, score_values
from curate.value.select import select


@dataclass(frozen=True)
class Source:
    """What to read: the catalogue, how its columns are called, the search log, the table's expectations."""

    location: str
    columns: Mapping[str, str] = field(default_factory=dict)
    search_log: Path | None = None
    suite: Path | None = None
    fetched: Path | None = None  # where files of a remote catalogue are kept


@dataclass(frozen=True, slots=True)
class Rejected:
    """A catalogue row that leads to no image; `row` counts data rows from 1."""

    row: int
    file_name: str
    reason: str


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


@dataclass(frozen=True)
class Judged:
    """What was found, what it is worth, how selection placed it and what policy says, by image id."""

    screenings: Mapping[str, Screening]
    values: Mapping[str, ValueScore]
    routings: Mapping[str, Routing]
    decisions: Mapping[str, Decision]

    def outcomes(self) -> dict[str, int]:
        """Images per outcome; every outcome is named, also with 0."""
        return {o.value: sum(d.outcome is o for d in self.decisions.values()) for o in Outcome}


def _digest_of_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def take_in(
    source: Source, policy: Policy, *, limits: DecodeLimits, workers: int, cache: Path, progress: Progress = silent
) -> Intake:
    """Read and check the table, hash every file, look at every picture once.

    Raises:
        TableRefused: an expectation of severity `stop` failed.
        CatalogueError, CatalogueUnavailable, SearchLogError: the input cannot be used.
    """
    table = read_catalogue(source.location, source.columns, fetched=source.fetched)
    held: Mapping[int, tuple[str, ...]] = {}
    if source.suite is not None:
        verdict = validate(table.frame, source.suite)
        refuse_if_stopped(verdict)
        held = verdict.held
    log = read_search_log(source.search_log) if source.search_log is not None else ()

    names = [str(name) for name in table.frame["file_name"]]
    digests: dict[str, str] = {}
    paths: dict[str, Path] = {}
    rejected: list[Rejected] = []
    for row, name in enumerate(names):
        progress("hash files", row + 1, len(names))
        try:
            path = table.local_path(name)
            digests[name] = _digest_of_file(path)
            paths.setdefault(digests[name], path)
        except (ImprimaturError, OSError) as error:
            reason = error.message if isinstance(error, ImprimaturError) else (error.strerror or str(error))
            rejected.append(Rejected(row + 1, name, reason))
    if not digests:
        raise CatalogueError(
            f"{source.location}: expected at least one readable file among {len(names)} rows, found none; "
            f"row 1: {rejected[0].reason}",
            hint="check file_name against the folder, or map the column in imprimatur.toml, then imprimatur curate again",
        )
    records = assemble(table, digests, held, log)
    pictures, looked = _look(records, paths, policy, limits=limits, workers=workers, cache=cache, progress=progress)
    return Intake(table, records, pictures, paths, tuple(rejected), log, looked)


def _look(
    records: Sequence[ImageRecord],
    paths: Mapping[str, Path],
    policy: Policy,
    *,
    limits: DecodeLimits,
    workers: int,
    cache: Path,
    progress: Progress,
) -> tuple[dict[str, PictureFacts | Undecoded], int]:
    pictures: dict[str, PictureFacts | Undecoded] = {}
    with PictureCache(cache) as known:
        open_items: list[tuple[str, Path, frozenset[Check]]] = []
        for record in records:
            want = frozenset(PIXEL_PARTS).intersection(policy.required_checks_for(record.content_class))
            facts = known.get(record.image_id, want=want)
            if facts is None:
                open_items.append((record.image_id, paths[record.image_id], want))
            else:
                pictures[record.image_id] = facts
        if open_items:
            read_pixels = any(want for _, _, want in open_items)
            with DecodePool(limits, workers=min(workers, len(open_items)), read_pixels=read_pixels) as pool:
                for done, (image_id, seen) in enumerate(pool.look(open_items), start=1):
                    progress("look at pictures", done, len(open_items))
                    if isinstance(seen, PictureFacts) and seen.image_id != image_id:
                        seen = Undecoded(image_id, "the file changed while it was being read")
                    pictures[image_id] = seen
                    # A reader of text that failed may work next time: such a look is not worth keeping.
                    if isinstance(seen, PictureFacts):
                        known.put(seen)
    return pictures, len(open_items)


def judge(
    intake: Intake,
    policy: Policy,
    screener: Screener,
    *,
    today: date,
    barred: Sequence[BarredPrint] = (),
    budget_images: int | None = None,
    pins: frozenset[str] = frozenset(),
    value_settings: ValueSettings | None = None,
    progress: Progress = silent,
) -> Judged:
    """Screen, value, select and decide; pure but for what `screener` loads. `pins` are file names."""
    records = intake.records
    screenings = screener.screen(records, intake.pictures, barred=barred, today=today, progress=progress)
    values = score_values(records, intake.log, intake.pictures, today=today, settings=value_settings or ValueSettings())
    routings = {
        record.image_id: Routing(
            over_budget=False,
            behind=None,
            changes_per_month=changes_per_month(record.business, record.rights, today=today),
            pinned=bool(pins.intersection(record.file_names)),
        )
        for record in records
    }

    def verdict(record: ImageRecord) -> Decision:
        image_id = record.image_id
        return decide(record, screenings[image_id], values[image_id], routings[image_id], policy, today=today)

    decisions = {record.image_id: verdict(record) for record in records}
    wanted = [
        (image_id, values[image_id].score, routings[image_id].pinned)
        for image_id, decision in decisions.items()
        if decision.outcome is Outcome.MEMORIZE
    ]
    selection = select(wanted, budget_images)
    for record in records:
        if record.image_id in selection.behind:
            behind = selection.behind[record.image_id]
            routings[record.image_id] = replace(routings[record.image_id], over_budget=True, behind=behind)
            decisions[record.image_id] = verdict(record)
    return Judged(screenings, values, routings, decisions)
