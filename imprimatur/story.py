"""The whole product on one screen: catalogue -> screen, value, decide, record -> approve -> plan -> train -> recall ->
confirm -> withdraw -> judge -> report -> prove.

`make demo` runs this on the generated factory catalogue. Nothing here is special to the demo: every step calls what the
command of the same name calls, and nothing is faked; `tell` shows each result to whoever watches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from audit.approving import Verdict
from audit.keys import PublicKey
from curate.progress import Progress
from imprimatur.curating import CurateRun, curate
from imprimatur.evidence import Rechecked, verify_ledger
from imprimatur.people import Reviewer, add_reviewer
from imprimatur.piloting import Evaluated, Planned, evaluate, plan
from imprimatur.recalling import open_recaller
from imprimatur.reporting import LANGUAGES, Written, write_report
from imprimatur.review_queue import queue
from imprimatur.sample.catalogue import SampleCatalogue
from imprimatur.taking_back import withdraw_image
from imprimatur.training import TrainingRun, train
from imprimatur.verdicts import Draft, Signed, sign
from imprimatur.workspace import Workspace
from recall.result import RecallResult
from train.manifest import Manifest, read_manifest


class Teller(Protocol):
    """Shows what happened; the progress it lends is for the long steps."""

    def progress(self) -> Progress: ...
    def decided(self, run: CurateRun, sample: SampleCatalogue) -> None: ...
    def approved(self, reviewers: Sequence[Reviewer], signed: Sequence[Signed]) -> None: ...
    def planned(self, planned: Planned) -> None: ...
    def trained(self, run: TrainingRun, verified: Manifest) -> None: ...
    def answered(self, answer: RecallResult) -> None: ...
    def stopped(self, what: str, answer: RecallResult) -> None: ...
    def withdrawn(self, file_name: str, before: RecallResult, after: RecallResult) -> None: ...
    def judged(self, evaluated: Evaluated) -> None: ...
    def reported(self, written: Sequence[Written]) -> None: ...
    def tampered(self, before: Rechecked, after: Rechecked, offset: int) -> None: ...


@dataclass(frozen=True)
class Questions:
    """What the story asks: queries to answer, one whose words fit one picture and whose article
    number is another's, one whose image is then changed
    in the catalogue, one whose image is withdrawn."""

    answered: Sequence[str]
    wrong_article: str
    stale: str
    withdrawn: str


def tell_story(
    workspace: Workspace,
    sample: SampleCatalogue,
    questions: Questions,
    tell: Teller,
    outdated: Callable[[str], AbstractContextManager[None]],
) -> None:
    """Run everything, in the order in which a company would. `outdated(file_name)` lets the catalogue say, while its
    block runs, that the picture is no longer valid."""
    curator = add_reviewer(workspace, "田中 修 (Osamu Tanaka)", roles=("curator",), public_key=None)
    run = curate(workspace, str(sample.folder), by=curator.reviewer, progress=tell.progress())
    tell.decided(run, sample)

    people = [
        add_reviewer(workspace, "森 彩 (Aya Mori)", roles=("compliance",), public_key=None),
        add_reviewer(workspace, "阿部 健 (Ken Abe)", roles=("engineering", "compliance"), public_key=None),
    ]
    by_policy = tuple(item.image_id for item in queue(workspace, "awaiting") if item.outcome == "memorize")
    signed = [
        sign(
            workspace,
            Draft(verdict=Verdict.APPROVE, images=by_policy, reviewer=person.reviewer, reason="reviewed"),
        )
        for person in people
    ]
    tell.approved(people, signed)

    tell.planned(plan(workspace))
    trained = train(workspace, progress=tell.progress())
    tell.trained(trained, verified(workspace, trained))

    with open_recaller(workspace) as recaller:
        for question in questions.answered:
            tell.answered(recaller.answer(question))
        tell.stopped("wrong-article", recaller.answer(questions.wrong_article))
        with outdated(recaller.answer(questions.stale).results[0].file_name):
            tell.stopped("stale-fact", recaller.answer(questions.stale))
        before = recaller.answer(questions.withdrawn)
        gone = before.results[0]
        withdraw_image(workspace, gone.image_id, reason="owner-request", by=people[0].reviewer)
        tell.withdrawn(gone.file_name, before, recaller.answer(questions.withdrawn))

    tell.judged(evaluate(workspace, progress=tell.progress()))
    tell.reported([write_report(workspace, format_="html", lang=lang) for lang in LANGUAGES])

    whole = verify_ledger(workspace)
    offset = flip_one_byte(Path(workspace.ledger_place))
    try:
        tell.tampered(whole, verify_ledger(workspace), offset)
    finally:
        flip_one_byte(Path(workspace.ledger_place), offset)


def verified(workspace: Workspace, run: TrainingRun) -> Manifest:
    """The manifest as an outsider reads it: signature and the digest of every model file checked."""
    if run.model_dir is None:
        raise ValueError("expected a finished training run")
    return read_manifest(run.model_dir, PublicKey.load(workspace.ledger_public_path))


def flip_one_byte(path: Path, offset: int | None = None) -> int:
    """Flip the lowest bit of one byte of the file, by default inside the first stored decision; returns the offset."""
    data = bytearray(path.read_bytes())
    place = data.index(b'"outcome":"') + len(b'"outcome":"') if offset is None else offset
    data[place] ^= 1
    with path.open("r+b") as stream:
        stream.seek(place)
        stream.write(data[place : place + 1])
    return place
