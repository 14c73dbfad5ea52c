"""Settings of one training run: the same settings, images and plan give the same weights on the same machine."""

from __future__ import annotations

from dataclasses import dataclass

from curate.errors import ExitCode, ImprimaturError

EMBEDDED = "embedded"
SCHEME_NAMES = ("atomic", "structured", "semantic", "string", "numeric")


class TrainSettingsError(ImprimaturError):
    """A training setting is out of range."""

    code = "IMP-E407"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """`base_model`: ``embedded`` (built from config, nothing is fetched), a local folder, or a hub id.

    `steps` None chooses from the number of images. `picture_steps` more follow in which the embedded model is shown
    pictures alone and learns to see: its vision tower and connector change and nothing else, so that what it says to
    questions stays; None chooses as many as `steps`, and none for other models, whose vision tower is frozen. `threads` 0
    measures at the start. `batch_size` counts texts per step; every `image_every`-th step also carries `image_batch_size` pictures. `teacher_share` in [0, 1] is the weight
    of the character TF-IDF teacher's soft labels beside the hard ones. `checkpoint_every` counts steps.
    `picture_cache_mib` bounds the decoded pictures kept in memory (mebibytes); what does not fit is read, and checked,
    again. `scheme` spells identifiers (`train.schemes`). `lora` trains low-rank adapters instead of all weights (base
    models other than the embedded one). `most_at_once` bounds the texts or pictures of one look at the model (gradients
    of a step accumulate over several looks), None: as many as suit the embedded model. `describe` also teaches what the
    catalogue says of an image, from its identifier alone (`train.descriptions`); the embedded model cannot. `picture_edits` 0
    edits a picture anew each time; N > 0 shows it in N edits and keeps their frozen vision features (`train.vision_features`;
    base models with LoRA, whose vision tower and connector do not learn).
    """

    base_model: str = EMBEDDED
    seed: int = 0
    steps: int | None = None
    picture_steps: int | None = None
    threads: int = 0
    batch_size: int = 64
    image_batch_size: int = 48
    image_every: int = 1
    learning_rate: float = 1e-3
    teacher_share: float = 0.5
    warm_start: bool = True
    checkpoint_every: int = 100
    picture_cache_mib: int = 512
    lora: bool = True
    lora_rank: int = 16
    scheme: str = "atomic"
    most_at_once: int | None = None
    describe: bool = False
    picture_edits: int = 0

    def __post_init__(self) -> None:
        ranges: tuple[tuple[str, float, float, float], ...] = (
            ("steps", 1 if self.steps is None else self.steps, 1, 10_000_000),
            ("picture_steps", self.picture_steps or 0, 0, 10_000_000),
            ("threads", self.threads, 0, 1024),
            ("batch_size", self.batch_size, 1, 65_536),
            ("image_batch_size", self.image_batch_size, 1, 65_536),
            ("image_every", self.image_every, 1, 1_000),
            ("learning_rate", self.learning_rate, 1e-8, 1.0),
            ("teacher_share", self.teacher_share, 0.0, 1.0),
            ("checkpoint_every", self.checkpoint_every, 1, 10_000_000),
            ("picture_cache_mib", self.picture_cache_mib, 0, 1 << 20),
            ("most_at_once", 1 if self.most_at_once is None else self.most_at_once, 1, 65_536),
            ("picture_edits", self.picture_edits, 0, 1_000),
            ("lora_rank", self.lora_rank, 1, 4_096),
        )
        if self.scheme not in SCHEME_NAMES:
            raise TrainSettingsError(
                f"The training setting 'scheme' was expected as one of {', '.join(SCHEME_NAMES)}, found {self.scheme!r}.",
                hint="edit [train] in imprimatur.toml, then: imprimatur train",
            )
        if self.describe and self.embedded:
            raise TrainSettingsError(
                "With the training setting 'describe' a base model that knows a language was expected, found the embedded "
                "one, which learns to name images and nothing else.",
                hint="name a pretrained model as base_model under [train] in imprimatur.toml, or leave describe out",
            )
        if self.picture_edits and (self.embedded or not self.lora):
            raise TrainSettingsError(
                "With the training setting 'picture_edits' a vision tower that does not learn was expected (a pretrained base "
                f"model with lora), found {'the embedded model' if self.embedded else 'lora = false'}.",
                hint="leave picture_edits out under [train] in imprimatur.toml, then: imprimatur train",
            )
        if self.picture_steps and not self.embedded:
            raise TrainSettingsError(
                "With the training setting 'picture_steps' the embedded model was expected, whose vision tower learns, found "
                f"{self.base_model!r}.",
                hint="leave picture_steps out under [train] in imprimatur.toml, then: imprimatur train",
            )
        for name, value, low, high in ranges:
            if not low <= value <= high:
                raise TrainSettingsError(
                    f"The training setting '{name}' was expected between {low:g} and {high:g}, found {value!r}.",
                    hint="edit [train] in imprimatur.toml, then: imprimatur train",
                )

    @property
    def embedded(self) -> bool:
        return self.base_model == EMBEDDED

    def steps_for(self, images: int) -> int:
        """Optimiser steps for `images` pictures when the user chose none: from measurements (docs/benchmarks.md)."""
        if self.steps is not None:
            return self.steps
        return min(60 + (3 * images) // 5, 12_000) if self.embedded else max(200, 4 * images)

    def picture_steps_for(self, images: int) -> int:
        """Optimiser steps on pictures alone that follow those of `steps_for`."""
        if self.picture_steps is not None:
            return self.picture_steps
        return self.steps_for(images) if self.embedded else 0
