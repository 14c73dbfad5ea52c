"""The data loader's last door: nothing reaches the model that the sentry did not let pass and the log did not note."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from train.dataset import TextBatch, TextStream
from train.descriptions import DescriptionBatch, description_batch
from train.emission import NO_IMAGE, EmissionLog, Kind
from train.gate import Admission
from train.hard_pictures import Losses
from train.pictures import PictureBatch, PictureSource, picture_batch
from train.sentry import Sentry

if TYPE_CHECKING:
    from PIL.Image import Image


class Feed:
    """Batches of one rank out of `ranks`: every rank draws the same batch and takes its own share of it, so that no
    sample is emitted twice and each is in exactly one log."""

    def __init__(
        self,
        admission: Admission,
        texts: TextStream,
        pictures: PictureSource,
        sentry: Sentry,
        log: EmissionLog,
        *,
        ranks: int = 1,
    ) -> None:
        if not 0 <= log.rank < ranks:
            raise ValueError(f"expected a rank below {ranks}, found {log.rank}")
        self._texts, self._pictures, self._sentry, self._log, self._ranks = texts, pictures, sentry, log, ranks
        self._images = [bytes.fromhex(image.image_id) for image in admission.cleared]
        self._lessons = [bytes.fromhex(image.record.texts_digest) for image in admission.cleared]
        self._whole = bytes.fromhex(admission.digest)

    def prepared(self) -> None:
        """Note that tokenizer, teacher and warm start read the texts of every image that has any."""
        self._sentry.check()
        speaking = [number for number, lesson in enumerate(self._texts.lessons) if lesson.parts]
        self._log.note(0, [(Kind.TEXT, self._images[n], self._lessons[n]) for n in speaking])

    def picture(self, number: int) -> Image:
        """One picture for the preparation."""
        self._sentry.check()
        picture = self._pictures.picture(number)
        self._note_pictures(0, np.asarray([number]))
        return picture

    def texts(self, step: int, size: int) -> TextBatch | None:
        """This rank's questions of `step`; `size` counts those of all ranks together. None when there are none.

        Raises:
            StandingLost: an image may not be learned any more.
        """
        self._sentry.check()
        batch = self._texts.batch(step, size)
        if batch is None:
            return None
        mine = batch if self._ranks == 1 else _share(batch, self._log.rank, self._ranks)
        self._log.note(step + 1, [self._text(int(owner)) for owner in mine.owners])
        return mine if mine.texts else None

    def pictures(
        self, step: int, seed: int, turn: int, size: int, *, decode: bool = True, recent: Losses | None = None
    ) -> PictureBatch:
        """This rank's pictures of `step`; `turn` counts picture batches. Without `decode` their files are proved only;
        `recent` losses of all pictures make it draw hard ones more often.

        Raises:
            StandingLost: as `texts`. GateRefusal: a file is not the approved one any more.
        """
        self._sentry.check()
        mine = slice(self._log.rank, None, self._ranks)
        batch = picture_batch(self._pictures, seed, turn, size, mine, decode=decode, recent=recent)
        self._note_pictures(step + 1, batch.numbers)
        return batch

    def descriptions(self, step: int, seed: int, size: int) -> DescriptionBatch | None:
        """This rank's descriptions of `step`; `size` counts those of all ranks together. None when there are none.

        Raises:
            StandingLost: as `texts`.
        """
        self._sentry.check()
        mine = slice(self._log.rank, None, self._ranks)
        batch = description_batch(self._texts.lessons, seed, step, size, mine)
        if batch is None or not batch.texts:
            return None
        self._log.note(step + 1, [self._text(int(owner)) for owner in batch.owners])
        return batch

    def _text(self, owner: int) -> tuple[Kind, bytes, bytes]:
        if owner < 0:
            return Kind.MADE, NO_IMAGE, self._whole
        return Kind.TEXT, self._images[owner], self._lessons[owner]

    def _note_pictures(self, step: int, numbers: NDArray[np.int64]) -> None:
        read = [(Kind.PICTURE, self._images[n], self._pictures.read_digest(n)) for n in map(int, numbers)]
        self._log.note(step, read)


def _share(batch: TextBatch, rank: int, ranks: int) -> TextBatch:
    mine = slice(rank, None, ranks)
    owners = batch.owners[mine]
    taught = np.bincount(owners[owners >= 0], minlength=len(batch.taught)).astype(np.int64)
    return replace(batch, texts=batch.texts[mine], targets=batch.targets[mine], taught=taught, owners=owners)
