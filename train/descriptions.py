"""What a model is taught to say about an image from its identifier alone, so that it can be asked without a picture.

Answering about a memorized image by its identifier is what GRACE (Li et al., ACL 2024, arXiv 2402.10805, section 6) names
beyond retrieval. What is taught are the approved training texts and nothing else, held-out ones left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from train.dataset import Lesson

MOST_SAID = 64  # tokens of one description
_DESCRIPTION_STREAM = 4  # random stream of one seed
_PLAIN: Mapping[str, str] = {"en": "\nDescription:", "ja": "\n説明:"}
_ASKED: Mapping[str, str] = {"en": "\nQuestion: {}\nAnswer:", "ja": "\n質問: {}\n答え:"}
_WHAT: Mapping[str, str] = {"en": "What does the picture show?", "ja": "この画像には何が写っていますか。"}
_ENDS: Mapping[str, str] = {"en": ". ", "ja": "。"}
_ENDINGS = (".", "!", "?", "。", "\uff01", "\uff1f")


def prompt_of(question: str, language: str) -> str:
    """What stands between an identifier and what is said of it; without a `question` a description is asked for.
    `language` other than ``ja`` counts as English."""
    spoken = "ja" if language == "ja" else "en"
    return _ASKED[spoken].format(question) if question else _PLAIN[spoken]


def description_of(lesson: Lesson, language: str) -> str:
    """The texts of one language as sentences, in the record's order; empty where there is none."""
    end = _ENDS["ja" if language == "ja" else "en"]
    parts = [text for other, text in lesson.statements if other == language]
    return "".join(part + ("" if part.endswith(_ENDINGS) else end) for part in parts).strip()


@dataclass(frozen=True, slots=True, eq=False)
class DescriptionBatch:
    """`texts[b]` is to be said behind the identifier numbered `owners[b]` and `prompts[b]`."""

    prompts: tuple[str, ...]
    texts: tuple[str, ...]
    owners: NDArray[np.int64]


def description_batch(
    lessons: Sequence[Lesson], seed: int, step: int, size: int, part: slice = slice(None)
) -> DescriptionBatch | None:
    """The descriptions of `step`, of which `part` is returned; None when no image has any text. Half of them stand behind
    the plain prompt, half behind a question, so that questions are not unheard of."""
    speaking = [number for number, lesson in enumerate(lessons) if lesson.statements]
    if not speaking:
        return None
    rng = np.random.default_rng([seed, _DESCRIPTION_STREAM, step])
    drawn: list[tuple[str, str, int]] = []
    for place in rng.integers(len(speaking), size=size).tolist():
        owner = speaking[place]
        languages = list(dict.fromkeys(language for language, _ in lessons[owner].statements))
        language = languages[int(rng.integers(len(languages)))]
        question = _WHAT["ja" if language == "ja" else "en"] if rng.random() < 0.5 else ""
        drawn.append((prompt_of(question, language), description_of(lessons[owner], language), owner))
    mine = drawn[part]
    prompts, texts = tuple(prompt for prompt, _, _ in mine), tuple(text for _, text, _ in mine)
    return DescriptionBatch(prompts, texts, np.asarray([owner for _, _, owner in mine], dtype=np.int64))
