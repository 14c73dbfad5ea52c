"""Questions that the model is asked, with the teacher's soft labels.

A batch depends on the seed and the step number alone, so a resumed run sees exactly what an uninterrupted one would
have seen. Held-out queries are barred three times over: as catalogue texts, as teacher documents, and as whatever
augmentation happens to produce.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curate.ngrams import normalise
from curate.record import ImageRecord
from train import augment
from train.teacher import TeacherSpace
from train.tokenizer import CUT

_TEXT_STREAM = 1  # random stream of one seed
_TEMPERATURE = 0.05  # of the teacher's cosines
_SPLICED, _FOREIGN = 0.20, 0.05  # shares of a batch
_FOREIGN_COSINE = 0.25  # above it, nonsense is too close to a document to be called foreign


@dataclass(frozen=True, slots=True)
class Lesson:
    """What teaches one image: its (language, text) parts, held-out ones left out, in the record's order. `statements` are
    those of them that say something of the image; what people typed to find it does not."""

    image_id: str
    parts: tuple[tuple[str, str], ...]
    statements: tuple[tuple[str, str], ...] = ()


def lesson_of(record: ImageRecord, held_out: frozenset[str]) -> Lesson:
    """The lesson of `record`; `held_out` holds normalised queries that nothing may teach."""
    taught = [text for text in record.texts if normalise(text.text) and normalise(text.text) not in held_out]
    parts = dict.fromkeys((text.language, text.text.strip()) for text in taught)
    statements = dict.fromkeys((text.language, text.text.strip()) for text in taught if text.field != "query")
    return Lesson(record.image_id, tuple(parts), tuple(statements))


@dataclass(frozen=True, slots=True, eq=False)
class TextBatch:
    """`targets` [B, identifiers + 1] sum to 1 per row; the last column means none of these.

    `taught` counts per identifier the texts of this batch that were drawn from its own record; `owners` [B] numbers that
    record for each text, negative where the text was put together from words of several.
    """

    texts: tuple[str, ...]
    targets: NDArray[np.float32]
    taught: NDArray[np.int64]
    owners: NDArray[np.int64]


class TextStream:
    """Questions made from the lessons, with targets from the catalogue and from the lexical teacher (`train.teacher`)."""

    def __init__(self, lessons: Sequence[Lesson], held_out: frozenset[str], *, seed: int, teacher_share: float) -> None:
        self.lessons = tuple(lessons)
        self._held_out = held_out
        self._seed = seed
        self._teacher_share = teacher_share
        self._speaking = np.asarray([i for i, lesson in enumerate(lessons) if lesson.parts], dtype=np.int64)
        self.space = TeacherSpace.fit(["\n".join(text for _, text in lesson.parts) for lesson in lessons])
        self._words = sorted({word for lesson in lessons for _, text in lesson.parts for word in text.split()})

    def texts(self) -> tuple[str, ...]:
        """Every distinct text that teaches, sorted."""
        return tuple(sorted({text for lesson in self.lessons for _, text in lesson.parts}))

    def batch(self, step: int, size: int) -> TextBatch | None:
        """The questions of `step`; None when no image has any text."""
        if not len(self._speaking):
            return None
        rng = np.random.default_rng([self._seed, _TEXT_STREAM, step])
        texts: list[str] = []
        owners: list[int] = []
        while len(texts) < size:
            owner, text = self._draw(rng)
            if normalise(text.replace(CUT, "")) not in self._held_out:
                texts.append(text)
                owners.append(owner)
        return self._labelled(texts, np.asarray(owners))

    def _draw(self, rng: np.random.Generator) -> tuple[int, str]:
        """(owner, question); owner -1 for a spliced word, -2 for foreign text."""
        kind = rng.random()
        if kind < _SPLICED:
            return -1, augment.splice(self._word(rng), self._word(rng), rng)
        if kind < _SPLICED + _FOREIGN:
            word = "".join(self._word(rng) for _ in range(2))
            return -2, "".join(word[int(i)] for i in rng.permutation(len(word)))
        owner = int(self._speaking[int(rng.integers(len(self._speaking)))])
        text = augment.excerpt(augment.compose(self.lessons[owner].parts, rng), rng)
        if rng.random() < 0.15:
            text = augment.with_typo(text, rng)
        if rng.random() < 0.15:
            text = augment.with_junk(text, rng)
        if rng.random() < 0.25:
            text = augment.framed(text, rng)
        if rng.random() < 0.3:
            text = augment.with_cuts(text, rng)
        return owner, text

    def _word(self, rng: np.random.Generator) -> str:
        return self._words[int(rng.integers(len(self._words)))]

    def _labelled(self, texts: list[str], owners: NDArray[np.int64]) -> TextBatch:
        count = len(self.lessons)
        cosines = (self.space.transform([text.replace(CUT, "") for text in texts]) @ self.space.matrix.T).toarray()
        nearest = cosines.max(axis=1, keepdims=True)
        weights = np.exp((cosines - nearest) / _TEMPERATURE)
        soft = weights / weights.sum(axis=1, keepdims=True)
        targets = np.zeros((len(texts), count + 1), dtype=np.float32)
        targets[:, :count] = soft
        own = np.flatnonzero(owners >= 0)
        targets[own, :count] *= self._teacher_share
        targets[own, owners[own]] += 1 - self._teacher_share
        # A text that shares no n-gram with any document has no nearest image: the teacher says none.
        none = np.flatnonzero((owners < 0) & (nearest[:, 0] < np.where(owners == -2, _FOREIGN_COSINE, 1e-6)))
        targets[none] = 0.0
        targets[none, count] = 1.0
        taught = np.bincount(owners[own], minlength=count).astype(np.int64)
        return TextBatch(tuple(texts), targets, taught, owners)
