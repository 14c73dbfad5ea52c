"""How one text or picture becomes many: the questions people might ask, and the mild edits a picture meets in use.

Everything draws from the generator it is given, so a step's samples depend on the seed and the step alone.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from train.tokenizer import CUT

if TYPE_CHECKING:
    from PIL.Image import Image

FRAMES_EN = (
    "{}",
    "a picture of {}",
    "show me {}",
    "find {}",
    "image of the {}",
    "photo of a {}",
    "where is the {}?",
    "I am looking for {}",
    "do we have {}?",
    "drawing of {}",
)
FRAMES_JA = (
    "{}",
    "{}の画像",
    "{}の写真",
    "{}を見せて",
    "{}を探しています",
    "{}はどれですか",
    "{}の図面",
    "{}はありますか",
    "{}が写っている画像をください",
)
_JUNK = ("new", "please", "the", "one", "old", "file", "最新", "例の", "あの", "資料")
_MOST_WORDS = 30  # of a sentence asked whole
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def frame_texts() -> tuple[str, ...]:
    """The fixed words of all frames: the tokenizer learns them too."""
    return tuple(frame.format("").strip() for frame in (*FRAMES_EN, *FRAMES_JA)) + _JUNK


def _is_cjk(text: str) -> bool:
    return any("\u3041" <= letter <= "\u9fff" for letter in text)


LONG = 5  # words from which a text is taken for a sentence


def compose(parts: Sequence[tuple[str, str]], rng: np.random.Generator) -> str:
    """One question from the (language, text) parts of one image: one part, or two to four of one language together.

    Sentences mostly stay alone: nobody asks with three of them.
    """
    language, first = parts[int(rng.integers(len(parts)))]
    if rng.random() < (0.85 if _is_long(first) else 0.45):
        return first
    same = [text for other, text in parts if other == language and text != first]
    if not same:
        return first
    count = min(len(same), int(rng.integers(1, 4)))
    chosen = [first, *(same[int(i)] for i in rng.choice(len(same), size=count, replace=False))]
    chosen = [chosen[int(i)] for i in rng.permutation(len(chosen))]
    return (" " if not _is_cjk(first) or rng.random() < 0.7 else "、").join(chosen)


def _is_long(text: str) -> bool:
    return text.count(" ") + 1 >= LONG or (_is_cjk(text) and len(text) > 20)


def excerpt(text: str, rng: np.random.Generator) -> str:
    """A part of a longer text (a caption, a description): a run of its words, or all of them but some; short ones whole.

    Sentences are also asked whole, and with words missing anywhere: what another person would not have said.
    """
    words = text.split(" ")
    kind = rng.random()
    if len(words) >= LONG and kind < 0.35 and len(words) <= _MOST_WORDS:
        return text
    if len(words) >= LONG and kind < 0.75:
        lost = rng.uniform(0.1, 0.5)
        kept = [word for word in words[:_MOST_WORDS] if rng.random() > lost]
        return " ".join(kept) or text
    if len(words) > 3:
        length = int(rng.integers(2, min(len(words), 8) + 1))
        start = int(rng.integers(len(words) - length + 1))
        return " ".join(words[start : start + length])
    if len(words) == 1 and len(text) > 12 and _is_cjk(text):
        length = int(rng.integers(4, 13))
        start = int(rng.integers(len(text) - length + 1))
        return text[start : start + length]
    return text


def framed(text: str, rng: np.random.Generator) -> str:
    """`text` inside a sentence of its language."""
    frames = FRAMES_JA if _is_cjk(text) else FRAMES_EN
    return frames[int(rng.integers(len(frames)))].format(text)


def with_junk(text: str, rng: np.random.Generator) -> str:
    """`text` with a word before or after it that says nothing about any image."""
    word = _JUNK[int(rng.integers(len(_JUNK)))]
    return f"{word} {text}" if rng.random() < 0.5 else f"{text} {word}"


def with_typo(text: str, rng: np.random.Generator) -> str:
    """`text` with one letter lost, doubled, swapped with the next, or replaced (Latin letters only for the last)."""
    if len(text) < 4:
        return text
    place = int(rng.integers(len(text) - 1))
    kind = int(rng.integers(4))
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[: place + 1] + text[place:]
    if kind == 2:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if text[place].isascii() and text[place].isalpha():
        return text[:place] + _LETTERS[int(rng.integers(26))] + text[place + 1 :]
    return text


def with_cuts(text: str, rng: np.random.Generator) -> str:
    """`text` with a word joiner inside about every second word: the same letters, fallen into other pieces."""
    words = text.split(" ")
    for number, word in enumerate(words):
        if len(word) > 2 and rng.random() < 0.5:
            place = int(rng.integers(1, len(word)))
            words[number] = word[:place] + CUT + word[place:]
    return " ".join(words)


def splice(a: str, b: str, rng: np.random.Generator) -> str:
    """A word that nobody wrote: the head of one, the tail of another. Only the teacher knows what is near it."""
    head, tail = a[: int(rng.integers(1, max(2, len(a))))], b[int(rng.integers(0, max(1, len(b) - 1))) :]
    return head if rng.random() < 0.4 else tail if rng.random() < 0.5 else head + tail


def edited(picture: Image, rng: np.random.Generator) -> Image:
    """A mild edit: up to 12 % cropped away, recompressed, resized, relit; about one time in six untouched."""
    if rng.random() < 0.15:
        return picture
    for edit, chance in ((_cropped, 0.75), (_resized, 0.4), (_relit, 0.5), (_recompressed, 0.4)):
        if rng.random() < chance:
            picture = edit(picture, rng)
    return picture


def _cropped(picture: Image, rng: np.random.Generator) -> Image:
    width, height = picture.size
    kept = np.full(2, rng.uniform(0.87, 1.0)) if rng.random() < 0.6 else rng.uniform(0.87, 1.0, size=2)
    # People cut off what is at an edge: half of the crops end in a corner or at a side.
    place = rng.integers(0, 3, size=2) / 2 if rng.random() < 0.5 else rng.uniform(0, 1, size=2)
    left, top = place * (1 - kept) * (width, height)
    # `resize` with a box samples the part directly: one interpolation, and no rounding to whole pixels.
    box = (float(left), float(top), float(left + kept[0] * width), float(top + kept[1] * height))
    return picture.resize(picture.size, resample=2, box=box)  # 2 = bilinear


def _resized(picture: Image, rng: np.random.Generator) -> Image:
    factor = float(rng.uniform(0.5, 1.0))
    return picture.resize((max(16, int(picture.width * factor)), max(16, int(picture.height * factor))), resample=2)


def _relit(picture: Image, rng: np.random.Generator) -> Image:
    gain = float(rng.uniform(0.75, 1.25))
    table: Callable[[int], float] = lambda level: min(255.0, level * gain)  # noqa: E731
    return picture.point([int(table(level)) for level in range(256)] * 3)


def _recompressed(picture: Image, rng: np.random.Generator) -> Image:
    from PIL import Image as Pillow

    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=int(rng.integers(40, 91)))
    return Pillow.open(io.BytesIO(stream.getvalue())).convert("RGB")
