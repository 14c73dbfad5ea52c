"""Screen, value, select and decide, shard after shard. What spans all images is columns: a few hundred bytes an image.

The rules are those of a run that opens files (`curate.pipeline.judge`), called with the same values; a test holds the two to
the same decisions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from curate.canonical import canonical_bytes
from curate.decision import Decision, Outcome
from curate.finding import Screening
from curate.picture import UNOPENED, Undecoded
from curate.policy.decide import Routing, decide, lacks_what_is_required
from curate.policy.document import Policy
from curate.progress import Progress, silent
from curate.record import ImageRecord
from curate.screen.duplicates import Likeness as Duplicates
from curate.screen.in_shards import ScreenShards, read_pages, unopened_columns
from curate.screen.kept_results import pages_version
from curate.screen.page import screening_of
from curate.shards.plan import Sharding
from curate.shards.stage import Stage
from curate.table_run.intake import TableIntake
from curate.value.budget import Budget
from curate.value.change import changes_per_month
from curate.value.descriptors import Descriptors, document_of, vectors_of_blocks
from curate.value.left_out import Selection, select
from curate.value.neighbours import Near, near_of
from curate.value.placing import Wishes, candidate_of, sized, texts_of
from curate.value.problem import Candidate, Problem
from curate.value.score import Valuer, demand_of
from curate.value.settings import ValueSettings

_ALONE = Duplicates({}, {})  # nobody looked whom a picture looks like


@dataclass(frozen=True, slots=True)
class Decided:
    """One image with all that was decided on it."""

    record: ImageRecord
    screening: Screening
    routing: Routing
    decision: Decision


@dataclass(frozen=True)
class Verdicts:
    """The verdict on one image after the other, before selection speaks."""

    policy: Policy
    today: date
    wishes: Wishes
    near: Near
    valuer: Valuer

    def on(self, place: int, record: ImageRecord, screening: Screening) -> Decided:
        """The verdict on the image at `place` in the order of image ids."""
        unopened = Undecoded(record.image_id, UNOPENED)
        value = self.valuer.value(place, record, self.near.around(place), unopened, screening)
        rate = changes_per_month(record.business, record.rights, today=self.today)
        routing = Routing(over_budget=False, behind=None, changes_per_month=rate, pinned=self.wishes.pinned(record))
        decision = decide(record, screening, value, routing, self.policy, today=self.today)
        return Decided(record, screening, routing, decision)

    def decided(self, item: Decided, routing: Routing) -> Decision:
        """The decision with another routing."""
        return decide(item.record, item.screening, item.decision.value, routing, self.policy, today=self.today)


@dataclass(frozen=True)
class TableJudged:
    """`problem` is what selection chose from; `catalogue_digest` as the ledger's entry of a run has it. Decisions come
    from `decided`, as often as they are asked for, in the order of image ids."""

    intake: TableIntake
    stage: Stage
    verdicts: Verdicts
    problem: Problem
    selection: Selection
    catalogue_digest: str
    looked: int  # shards that were screened in this run

    def decided(self, progress: Progress = silent) -> Iterator[list[Decided]]:
        """The images of one shard at a time."""
        left_out, place = self.selection.left_out, 0
        for shard in _screened(self.intake, self.stage):
            items = [self.verdicts.on(row, *pair) for row, pair in enumerate(shard, place)]
            place += len(items)
            yield [self._placed(item) if item.record.image_id in left_out else item for item in items]

    def _placed(self, item: Decided) -> Decided:
        """With what selection says of an image that has no place."""
        left = self.selection.left_out[item.record.image_id]
        routing = replace(
            item.routing,
            over_budget=True,
            behind=None if left.behind is None else left.behind[:12],
            cause=left.cause.value,
            not_chosen_en=left.reason_en,
            not_chosen_ja=left.reason_ja,
        )
        return replace(item, routing=routing, decision=self.verdicts.decided(item, routing))


def judge_table(
    intake: TableIntake,
    policy: Policy,
    work: ScreenShards,
    sharding: Sharding,
    *,
    budget: Budget,
    wishes: Wishes,
    settings: ValueSettings,
    progress: Progress = silent,
) -> TableJudged:
    """Screen the shards by the engine, then compare, value and choose.

    Raises:
        BudgetError, QuotaError: see `curate.value.select.choose`. WorkerLost, EngineMissing: see `curate.shards`.
    """
    today, records = work.today, intake.records
    stage = sharding.stage(pages_version(work.settings, today))
    for ids, cells in records.spelt():
        stage.add(ids, unopened_columns(ids, cells))
    looked = stage.run(sharding.engine, work, f"screen ({sharding.engine.name})", progress)
    stage.forget_others()
    near = _near(intake, settings, progress)
    demands, _ = demand_of(records, intake.log, today=today, settings=settings)
    valuer = Valuer(demands, today, policy.update_interval_days, settings)

    state = hashlib.sha256(b"[")
    wanted: list[Candidate] = []
    texts: list[int] = []
    places = np.full(len(records), -1, dtype=np.int64)
    place = 0
    verdicts = Verdicts(policy, today, wishes, near, valuer)
    for shard in _screened(intake, stage):
        for record, screening in shard:
            line = [record.image_id, list(record.file_names), record.texts_digest, record.facts_digest]
            state.update((b"," if place else b"") + canonical_bytes(line))
            # Who can have no place is not valued yet: for most of a table nobody looked at, that is everybody.
            if not lacks_what_is_required(record, screening, policy):
                item = verdicts.on(place, record, screening)
                if item.decision.outcome is Outcome.MEMORIZE:
                    places[place] = len(wanted)
                    wanted.append(candidate_of(record, item.decision.value, screening, wishes))
                    texts.append(texts_of(record))
            place += 1
        progress("decide", place, len(records))
    state.update(b"]")
    problem = Problem.of_graph(sized(wanted, texts), near.graph(places, len(wanted)))
    selection = select(problem, budget)
    return TableJudged(intake, stage, verdicts, problem, selection, state.hexdigest(), looked)


def _near(intake: TableIntake, settings: ValueSettings, progress: Progress) -> Near:
    """Who is like whom, by texts alone."""
    count = len(intake.records)

    def blocks() -> Iterator[list[str]]:
        for shard in intake.records.shards():
            yield [document_of(record) for record in shard]

    progress("compare texts", 0, count)
    texts, has_text = vectors_of_blocks(blocks, count)
    nothing = np.zeros((count, 1), dtype=np.float32)
    near = near_of(Descriptors(texts, has_text, nothing, np.zeros(count, dtype=np.bool_)), k=settings.neighbours)
    progress("compare texts", count, count)
    return near


def _screened(intake: TableIntake, stage: Stage) -> Iterator[list[tuple[ImageRecord, Screening]]]:
    """What screening says of every image, shard by shard."""
    for records, (ids, columns) in zip(intake.records.shards(), stage.results(), strict=True):
        shard = []
        for record, image_id, page in zip(records, ids, read_pages(columns), strict=True):
            if record.image_id != image_id:
                raise ValueError(f"expected the page of {record.image_id}, found that of {image_id}")
            shard.append((record, screening_of(image_id, page, _ALONE)))
        yield shard
