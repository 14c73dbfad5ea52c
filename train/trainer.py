"""One training run: from an admission to a model folder and a statement of what was read.

Both stages of the method are trained together: picture -> identifier (memorize) and text -> identifier (recall). The
manifest is not written here: it is the caller's last act, once the ledger knows of the run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from audit.entry import moment_text
from audit.keys import SigningKey
from audit.live_standing import SteadyClock
from audit.standing import StandingBook
from audit.statements import STATEMENT_TYPE
from curate.canonical import digest
from curate.ngrams import normalise
from curate.progress import Progress, silent
from train import adapters, augment, checkpoint, threads
from train.dataset import TextStream, lesson_of
from train.embedded import build_embedded
from train.emission import EmissionLog, Emitted, read_emitted
from train.features import aligned
from train.feed import Feed
from train.gate import Admission, AdmittedImage, GateRefusal, require
from train.identifiers import Described, Identifier, identifiers_of
from train.loop import Loop
from train.model import MemoryModel, load_base
from train.pictures import PictureSource
from train.ranks import Ranks
from train.run_folder import MODEL_FOLDER, run_folder, save_whole
from train.run_state import RunState, continued_state, fresh_state
from train.schemes import SCHEMES
from train.sentry import Sentry, as_admitted
from train.settings import TrainSettings
from train.vision_features import FOLDER as FEATURES_FOLDER
from train.vision_features import VisionFeatures

TRAINING_TYPE = "https://imprimatur.example/training-run/v1"
_KEPT_SIDE = 112  # pixels, embedded model: a crop of it is about what the vision tower sees
_KEPT_SIDE_LARGE = 768  # pixels, other models
_FORMAT = 7  # of what a checkpoint binds; raise it when training itself changes


@dataclass(frozen=True, slots=True)
class TrainResult:
    """What a finished run leaves. `statement` is an in-toto statement without personal data: what was read, how often.

    `seconds` is the wall time up to the last step, interrupted parts included; `resumed_from` is the step at which this
    call took up an interrupted run, 0 for a fresh one. `settings` has threads and steps filled in.
    """

    run: str
    model_dir: Path
    statement: Mapping[str, Any]
    seconds: float
    identifiers: tuple[Identifier, ...]
    times_seen: tuple[tuple[int, int], ...]  # per identifier: texts, pictures
    settings: TrainSettings
    scheme: str
    resumed_from: int
    emitted: tuple[Emitted, ...]  # by rank: what the data loader handed to the model


def train(
    admission: Admission,
    plan: Mapping[str, Any],
    settings: TrainSettings,
    out_dir: Path,
    *,
    progress: Progress = silent,
    at: datetime,
    standing: Callable[[], StandingBook] | None = None,
    seal: SigningKey | None = None,
    ranks: Ranks | None = None,
    features: Path | None = None,
) -> TrainResult:
    """Memorize the admitted images into `out_dir`/model; interrupted, the next call with the same arguments goes on.

    Queries held out by `plan` teach nothing: no text, no teacher document and no augmentation may equal one. `at` names
    the moment of the run (aware). `standing` gives the standing of all images at the moment it is asked, which is before
    every step; without it that of the admission is asked until it ends. `seal` is the workspace's key: a checkpoint
    which it did not seal is not gone on with. The first `progress` stage is `prepare`, the second `train` (in steps).
    `features` is the folder below which frozen vision features are kept between runs (`train.vision_features`), by default
    `out_dir`. With several `ranks` every one of them calls this, each with an admission of its own; `out_dir` is one folder that all
    of them see, and the first writes it, but for the emission logs.

    Raises:
        GateRefusal: an image was refused, a file changed since, or `plan` is not the recorded one.
        StandingLost: an image lost its standing meanwhile; no checkpoint is left.
        NothingCleared: nothing to memorize.
        BaseModelUnavailable, PictureUnreadable, TrainingBusy: see there.
        OSError: the disk is full; the last checkpoint stays usable.
    """
    ranks = ranks or Ranks()
    images = ranks.together(lambda: require(admission))
    if digest(dict(plan)) != admission.plan_digest:
        raise GateRefusal("The recorded evaluation plan was expected, found another one.", hint="imprimatur pilot plan")
    held_out = frozenset(
        normalise(str(item["query"])) for item in (*plan.get("held_out", ()), *plan.get("index_queries", ()))
    )
    binding = digest([_FORMAT, asdict(settings), admission.digest, admission.plan_digest, ranks.count])
    _require_one(ranks, binding)
    sentry = Sentry(images, standing or as_admitted(images, SteadyClock(lambda: max(admission.at, datetime.now(UTC)))))
    with run_folder(out_dir, ranks), EmissionLog(out_dir, ranks.rank) as log:
        started = time.monotonic()
        found = _taken_up(out_dir, binding, seal, log, ranks)
        run = ranks.from_first(fresh_state(len(images), settings, at) if found is None else continued_state(found))
        if not ranks.first:
            progress = silent
            run.texts_seen, run.pictures_seen = np.zeros_like(run.texts_seen), np.zeros_like(run.pictures_seen)
        before = run.seconds
        with threads.using(run.threads):
            lessons = [lesson_of(image.record, held_out) for image in images]
            texts = TextStream(lessons, held_out, seed=settings.seed, teacher_share=settings.teacher_share)
            pictures = PictureSource(
                images,
                side=_KEPT_SIDE if settings.embedded else _KEPT_SIDE_LARGE,
                square=settings.embedded,
                cache_bytes=settings.picture_cache_mib << 20,
            )
            feed = Feed(admission, texts, pictures, sentry, log, ranks=ranks.count)
            if found is None:
                ranks.together(feed.prepared)
                run.spellings = ranks.together(
                    lambda: _spellings(settings.scheme, images, run.salt, texts, feed) if ranks.first else ()
                )
                run.spellings = ranks.from_first(run.spellings)
            identifiers = identifiers_of([image.image_id for image in images], run.salt, run.spellings)
            model = ranks.together(lambda: _model(settings, texts, identifiers))
            if found is None:
                ranks.together(lambda: _begin(model, settings, texts, feed, run, progress) if ranks.first else None)
                ranks.take_weights(model.network)
            adapters.prepare(model, settings)
            kept = ranks.together(lambda: _features(model, settings, images, pictures, features or out_dir, seal))
            loop = Loop(model, settings, feed, run, ranks, kept)
            if found is not None:
                loop.restore(found)
            resumed_from = run.step
            if run.step < loop.steps:
                run.admitted_at = ranks.from_first(moment_text(admission.at))
            while run.step < loop.steps:
                loop.advance()
                run.seconds = before + time.monotonic() - started
                if run.step % settings.checkpoint_every == 0 or run.step == loop.steps:
                    run.emission = tuple(ranks.all_of(log.flush()))
                    whole = _of_all(run, ranks)
                    if ranks.first:
                        checkpoint.save_checkpoint(out_dir, binding, loop.snapshot(whole), seal)
                progress("train", run.step, loop.steps)
            ranks.together(sentry.check)
            run = _of_all(run, ranks)
            model = adapters.merged(model)
            model_dir = ranks.together(lambda: save_whole(model, out_dir) if ranks.first else out_dir / MODEL_FOLDER)
    used = replace(settings, threads=run.threads, steps=loop.together, picture_steps=loop.alone)
    seen = tuple(zip(run.texts_seen.tolist(), run.pictures_seen.tolist(), strict=True))
    statement = _statement(admission, used, run, identifiers, seen, len(held_out))
    return TrainResult(
        run.run, model_dir, statement, run.seconds, identifiers, seen, used, settings.scheme, resumed_from, run.emission
    )


def _require_one(ranks: Ranks, binding: str) -> None:
    """Refuse to begin unless every rank was let through with the same images, texts, plan and settings."""
    if len(set(ranks.all_of(binding))) > 1:
        raise GateRefusal(
            f"All {ranks.count} ranks were expected to be cleared for the same images and settings, found differences.",
            hint="imprimatur review list",
        )


def _taken_up(
    out_dir: Path, binding: str, seal: SigningKey | None, log: EmissionLog, ranks: Ranks
) -> checkpoint.Checkpoint | None:
    """The half-way point to go on from, the rank's log taken up behind it; None when there is none that all can use."""
    public = seal.public if seal else None
    found = checkpoint.latest_checkpoint(out_dir, binding, public) if ranks.first else None
    if not ranks.from_first(found is not None):
        log.take_up(None)
        return None
    if not ranks.first:
        found = checkpoint.latest_checkpoint(out_dir, binding, public)
    same = found is not None and log.take_up(read_emitted(found.state["emission"][ranks.rank]))
    if not all(ranks.all_of(same)):
        if ranks.first:
            checkpoint.discard_checkpoints(out_dir)  # a log is not the one that this checkpoint knew
        found = None
        log.take_up(None)
    return found


def _of_all(run: RunState, ranks: Ranks) -> RunState:
    """`run` with the counts of all ranks."""
    return replace(run, texts_seen=ranks.total(run.texts_seen), pictures_seen=ranks.total(run.pictures_seen))


def _spellings(
    scheme: str, images: Sequence[AdmittedImage], salt: bytes, texts: TextStream, feed: Feed
) -> tuple[str, ...]:
    """How each image is spelt. It is kept with the run: clusters may come out otherwise on another machine."""
    about = Described(
        [[text for _, text in lesson.parts] for lesson in texts.lessons], lambda: aligned(texts.space, feed.picture)
    )
    return tuple(found.token for found in SCHEMES[scheme].assign([image.image_id for image in images], salt, about))


def _features(
    model: MemoryModel,
    settings: TrainSettings,
    images: Sequence[AdmittedImage],
    pictures: PictureSource,
    folder: Path,
    seal: SigningKey | None,
) -> VisionFeatures | None:
    if not settings.picture_edits:
        return None
    return VisionFeatures(
        model,
        [image.image_id for image in images],
        pictures.picture,
        folder / FEATURES_FOLDER,
        edits=settings.picture_edits,
        seed=settings.seed,
        side=_KEPT_SIDE_LARGE,
        seal=seal,
    )


def _model(settings: TrainSettings, texts: TextStream, identifiers: tuple[Identifier, ...]) -> MemoryModel:
    spellings = [identifier.tokens for identifier in identifiers]
    if settings.embedded:
        return build_embedded([*texts.texts(), *augment.frame_texts()], spellings, settings.seed)
    model = load_base(settings.base_model, spellings, half=settings.lora)
    about = [[text for _, text in lesson.parts] for lesson in texts.lessons]
    adapters.start_identifier_rows(model, about, settings.seed)
    return model


def _begin(
    model: MemoryModel,
    settings: TrainSettings,
    texts: TextStream,
    feed: Feed,
    run: RunState,
    progress: Progress,
) -> None:
    """Read every picture once, which proves all files before the first step, and warm-start the embedded model."""
    count = len(texts.lessons)
    total = count + 1
    for number in range(count):
        feed.picture(number)
        progress("prepare", number, total)
    if settings.embedded and settings.warm_start:
        from train.warm_start import warm_start_pictures, warm_start_text

        warm_start_text(model, texts.space, texts.texts())
        run.texts_seen += [len(lesson.parts) for lesson in texts.lessons]
        run.pictures_seen += warm_start_pictures(model, count, feed.picture, seed=settings.seed, progress=progress)
    progress("prepare", total, total)


def _statement(
    admission: Admission,
    settings: TrainSettings,
    run: RunState,
    identifiers: tuple[Identifier, ...],
    seen: tuple[tuple[int, int], ...],
    held_out: int,
) -> dict[str, Any]:
    """In-toto statement about the images read: no text of a catalogue and no query is in it.

    A run that is taken up after its last step gives the same statement again, so that its ledger entry stays true.
    """
    read = [
        {
            "identifier": identifier.public,
            "image_id": image.image_id,
            "texts_digest": image.record.texts_digest,
            "times_seen": {"texts": texts, "pictures": pictures},
        }
        for image, identifier, (texts, pictures) in zip(admission.cleared, identifiers, seen, strict=True)
    ]
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": item["identifier"], "digest": {"sha256": item["image_id"]}} for item in read],
        "predicateType": TRAINING_TYPE,
        "predicate": {
            "run": run.run,
            "workspace_id": admission.workspace_id,
            "admitted_at": run.admitted_at,
            "started_at": run.started_at,
            "seconds": round(run.seconds, 3),
            "plan_digest": admission.plan_digest,
            "admission_digest": admission.digest,
            "settings": asdict(settings),
            "held_out_queries": held_out,
            "unsafe": admission.unsafe,
            "read": read,
            "emission": [asdict(one) for one in run.emission],
            "refused": [{"image_id": refusal.image_id, "code": refusal.code} for refusal in admission.refused],
        },
    }
