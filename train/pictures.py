"""Pictures that the model is shown: opened through the gate, reduced, drawn in batches.

A batch depends on the seed, the turn and, in the last phase, on the losses of the steps before (`train.hard_pictures`).
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
from train import hard_pictures
from train.gate import AdmittedImage, open_sample

if TYPE_CHECKING:
    from PIL.Image import Image

_PICTURE_STREAM = 2  # random stream of one seed


class PictureUnreadable(ImprimaturError):
    """An approved picture cannot be decoded when it is to be memorized."""

    code = "IMP-E406"
    exit_code = ExitCode.UNAVAILABLE


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
    source: PictureSource,
    seed: int,
    turn: int,
    size: int,
    part: slice = slice(None),
    *,
    decode: bool = True,
    recent: hard_pictures.Losses | None = None,
) -> PictureBatch:
    """The `turn`-th batch of pictures as they are: every image once per round, in an order of that round; with their
    `recent` losses, a part of the batch is drawn by those instead. Of it, only `part` is read and returned; without
    `decode` its files are read and proved, and no picture is made of them."""
    count = len(source)
    hard = 0 if recent is None else hard_pictures.room(size, count)
    positions = np.arange(turn * (size - hard), turn * (size - hard) + min(size - hard, count))
    numbers = np.empty(len(positions), dtype=np.int64)
    for round_number in np.unique(positions // count):
        order = np.random.default_rng([seed, _PICTURE_STREAM, int(round_number)]).permutation(count)
        here = positions // count == round_number
        numbers[here] = order[positions[here] % count]
    rounds = positions // count
    if recent is not None and hard:
        chance = np.random.default_rng([seed, _PICTURE_STREAM, 1 << 31, turn])
        numbers = np.concatenate((numbers, hard_pictures.drawn(recent, hard, numbers, chance)))
        rounds = np.concatenate((rounds, np.repeat(rounds[-1], hard)))
    numbers, rounds = numbers[part], rounds[part]
    offset = part.start or 0
    rng = np.random.default_rng([seed, _PICTURE_STREAM, 1 << 30, turn, *([offset] if offset else [])])
    if decode:
        return PictureBatch(tuple(source.picture(int(number)) for number in numbers), numbers, rounds, rng)
    for number in numbers:
        source.prove(int(number))
    return PictureBatch((), numbers, rounds, rng)
