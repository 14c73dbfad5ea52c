"""The texts of an image that are searched for people: which they are, where they stand, how each is to be read."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from curate.finding import Channel, Check, Where
from curate.record import ImageRecord
from curate.screen import names
from curate.screen.pixel_text import TextRow


@dataclass(frozen=True, slots=True)
class Passage:
    """One text to be searched; `row` where it was read from pixels; `check` is the question it belongs to.

    `names_in`: only names of this language are looked for in it; it is another spelling of what another passage holds.
    """

    image_id: str
    check: Check
    where: Where
    text: str
    language: str | None = None
    row: TextRow | None = None
    names_in: str | None = None


def texts_of(record: ImageRecord) -> list[Passage]:
    """Titles, captions, tags, descriptions, logged queries, file names, unknown columns."""
    counts: defaultdict[tuple[str, str], int] = defaultdict(int)
    passages = []
    for text in record.texts:
        name = f"{text.field}[{text.language}][{counts[text.field, text.language]}]"
        counts[text.field, text.language] += 1
        where = Where(Channel.TEXT, name)
        passages.append(Passage(record.image_id, Check.TEXT_PII, where, text.text, text.language))
    passages += [
        Passage(record.image_id, Check.TEXT_PII, Where(Channel.FILE, "file_name"), name) for name in record.file_names
    ]
    passages += [
        Passage(record.image_id, Check.TEXT_PII, Where(Channel.TEXT, name), text) for name, text in record.extra
    ]
    for name in record.file_names:
        words, where = names.words_of_file_name(name), Where(Channel.FILE, "file_name")
        passages.append(Passage(record.image_id, Check.TEXT_PII, where, words, names_in="en"))
    return passages


def reading(passage: Passage) -> tuple[str, ...]:
    """A text and how it is to be read: equal ones are read once."""
    return passage.text, passage.language or "", "pixels" if passage.row is not None else ""


def is_file_name(passage: Passage) -> bool:
    """As it is written; the passage in which its words stand apart is another one."""
    return passage.where.field == "file_name" and passage.names_in is None
