"""What the model is shown: texts with the teacher's soft labels, and pictures opened through the gate.

A batch depends on the seed and the step number alone, so a resumed run sees exactly what an uninterrupted one would
have seen. Held-out queries are barred three times over: as catalogue texts, as teacher documents, and as whatever
augmentation happens to produce.
"""

from __future__ import annotations

import hashlib
import io
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from curate.errors import ExitCode, ImprimaturError
from curate.ngrams import normalise
from curate.record import ImageRecord
from train import augment
from train.gate import AdmittedImage, open_sample
from train.teacher import TeacherSpace
from train.tokenizer import CUT

if TYPE_CHECKING:
    from PIL.Image import Image

_TEXT_STREAM, _PICTURE_STREAM = 1, 2  # separate random streams of one seed
_TEMPERATURE = 0.05  # of the teacher's cosines
_SPLICED, _FOREIGN = 0.20, 0.05  # shares of a batch
_FOREIGN_COSINE = 0.25  # above it, nonsense is too close to a document to be called foreign


class PictureUnreadable(ImprimaturError):
    """An approved picture cannot be decoded when it is to be memorized."""

    code = "IMP-E406"
    exit_code = ExitCode.UNAVAILABLE


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


class PictureSource:
    """Decoded pictures of admitted images: read through the gate, reduced, kept while they fit into the cache."""

    def __init__(
        self,
        images: Sequence[AdmittedImage],
        *,
        side: int,
        square: bool = False,
        cache_bytes: int,
        opened: Callable[[AdmittedImage], bytes] = open_sample,
    ) -> None:
        """`side`: longest side kept, in pixels; `square`: every picture is brought to `side` x `side`."""
        self._images = tuple(images)
        self._side = side
        self._square = square
        self._cache: OrderedDict[int, Image] = OrderedDict()
        self._room = cache_bytes
        self._opened = opened
        self._read: dict[int, bytes] = {}

    def __len__(self) -> int:
        return len(self._images)

    def picture(self, number: int) -> Image:
        """Upright RGB picture `number` (transparency on white), reduced as this source reduces.

        Raises:
            GateRefusal: the file is not the approved one any more.
            PictureUnreadable: the approved bytes cannot be decoded.
        """
        if number in self._cache:
            return self._cache[number]
        image = self._images[number]
        data = self._opened(image)
        self._read[number] = hashlib.sha256(data).digest()
        picture = decoded(data, image.image_id, self._side)
        if self._square:
            picture = picture.resize((self._side, self._side), resample=1)  # 1 = Lanczos
        size = picture.width * picture.height * 3
        if size <= self._room:
            self._room -= size
            self._cache[number] = picture
        return picture

    def prove(self, number: int) -> None:
        """Read picture `number` and prove its bytes, once, without decoding them.

        Raises:
            GateRefusal: the file is not the approved one any more.
        """
        if number not in self._read:
            self._read[number] = hashlib.sha256(self._opened(self._images[number])).digest()

    def read_digest(self, number: int) -> bytes:
        """SHA-256 of the bytes of picture `number` when it was last read: 32 bytes."""
        return self._read[number]


def decoded(data: bytes, image_id: str, side: int) -> Image:
    """The first frame of `data` as upright RGB, transparency on white, longest side at most `side` pixels.

    Raises:
        PictureUnreadable: Pillow cannot read the bytes.
    """
    from PIL import Image as Pillow
    from PIL import ImageOps

    try:
        with Pillow.open(io.BytesIO(data)) as opened:
            opened.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(opened)
            if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                clear = upright.convert("RGBA")
                ground = Pillow.new("RGBA", clear.size, "white")
                ground.alpha_composite(clear)
                upright = ground
            picture = upright.convert("RGB")
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError) as error:
        raise PictureUnreadable(
            f"Image {image_id} was expected to decode as a picture, found: {error}.",
            hint=f"imprimatur explain {image_id}",
        ) from error
    if max(picture.size) > side:
        picture.thumbnail((side, side), resample=Pillow.Resampling.LANCZOS, reducing_gap=3.0)
    return picture


@dataclass(frozen=True, slots=True, eq=False)
class PictureBatch:
    """`numbers[b]` is the identifier that picture b belongs to, shown for the `rounds[b]`-th time; edits draw from `rng`.
    `pictures` is empty where features stand for them."""

    pictures: tuple[Image, ...]
    numbers: NDArray[np.int64]
    rounds: NDArray[np.int64]
    rng: np.random.Generator

    def parts(self, most: int | None) -> Iterator[PictureBatch]:
        """The batch in pieces of at most `most` pictures, one after another; edits of all draw from one `rng`."""
        size = most or max(len(self.numbers), 1)
        for start in range(0, len(self.numbers), size):
            some = slice(start, start + size)
            yield PictureBatch(self.pictures[some], self.numbers[some], self.rounds[some], self.rng)


def picture_batch(
    source: PictureSource, seed: int, turn: int, size: int, part: slice = slice(None), *, decode: bool = True
) -> PictureBatch:
    """The `turn`-th batch of pictures as they are: every image once per round, in an order of that round. Of it, only
    `part` is read and returned; without `decode` its files are read and proved, and no picture is made of them."""
    count = len(source)
    positions = np.arange(turn * size, turn * size + min(size, count))
    numbers = np.empty(len(positions), dtype=np.int64)
    for round_number in np.unique(positions // count):
        order = np.random.default_rng([seed, _PICTURE_STREAM, int(round_number)]).permutation(count)
        here = positions // count == round_number
        numbers[here] = order[positions[here] % count]
    numbers, rounds = numbers[part], positions[part] // count
    offset = part.start or 0
    rng = np.random.default_rng([seed, _PICTURE_STREAM, 1 << 30, turn, *([offset] if offset else [])])
    if decode:
        return PictureBatch(tuple(source.picture(int(number)) for number in numbers), numbers, rounds, rng)
    for number in numbers:
        source.prove(int(number))
    return PictureBatch((), numbers, rounds, rng)
