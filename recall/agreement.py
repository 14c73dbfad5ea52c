"""The catalogue's facts against the query, and against what was decided on: agree, contradict or unknown.

A valid identifier can still be the wrong picture. Each rule here looks at one fact and says nothing where it cannot
tell; a contradiction names its reason by a code of `recall.wording`. All rules are pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from curate.article_numbers import compact
from curate.record import ImageRecord
from recall.asked import Asked, Lexicon, Mention, lines_of, numbers_of, own_text
from recall.sizes import another_size, sizes_of


class Metadata(StrEnum):
    """What the facts say of a result; `contradict` is never shown."""

    AGREE = "agree"
    CONTRADICT = "contradict"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Agreement:
    """`why` is the code of the first contradiction, None without one; `asked` and `found` are what it is about."""

    metadata: Metadata
    why: str | None = None
    asked: str = ""
    found: str = ""


_UNKNOWN = Agreement(Metadata.UNKNOWN)
_AGREE = Agreement(Metadata.AGREE)


def _contradict(why: str, asked: str, found: str) -> Agreement:
    return Agreement(Metadata.CONTRADICT, why, asked, found)


def against_decision(live: ImageRecord, decided: ImageRecord, today: date) -> Agreement:
    """Stale facts: the catalogue no longer says what the decision was made on, or the picture's validity has passed.

    Compared are article number, product line, validity, class and licence (terms, scope, dates, conflicts).
    """
    for why, now, then in (
        ("stale-article-number", live.business.sku, decided.business.sku),
        ("stale-product-line", live.business.product_line, decided.business.product_line),
        ("stale-validity", live.business.valid_until, decided.business.valid_until),
        ("stale-content-class", live.content_class, decided.content_class),
        ("stale-licence", _licence(live), _licence(decided)),
    ):
        if now != then:
            return _contradict(why, "" if then is None else str(then), "" if now is None else str(now))
    end = live.business.valid_until
    if end is not None and end < today:
        return _contradict("validity-passed", today.isoformat(), end.isoformat())
    return _UNKNOWN


def against_query(live: ImageRecord, asked: Asked, lexicon: Lexicon) -> Agreement:
    """The facts of the catalogue against those the query states: one contradiction wins over any agreement."""
    verdicts = [
        _article_number(live, asked, lexicon),
        _product_line(live, asked, lexicon),
        _content_class(live, asked),
        _language(live, asked),
        _size(live, asked),
    ]
    for wanted in (Metadata.CONTRADICT, Metadata.AGREE):
        for verdict in verdicts:
            if verdict.metadata is wanted:
                return verdict
    return _UNKNOWN


def _licence(record: ImageRecord) -> str:
    rights = record.rights
    terms = (rights.license, rights.license_scope, rights.license_start, rights.license_end)
    conflicts = tuple(name for name in record.conflicts if name.startswith("license"))
    return " ".join(str(term) for term in (*terms, *conflicts) if term is not None)


def _article_number(live: ImageRecord, asked: Asked, lexicon: Lexicon) -> Agreement:
    if not asked.article_numbers:
        return _UNKNOWN
    own = numbers_of(live)
    own_compact = {compact(number) for number in own}
    if any(compact(number) in own_compact for number in asked.article_numbers):
        return _AGREE
    texts = compact(own_text(live).upper())
    for number in asked.article_numbers:
        another = compact(number) in lexicon.spelled
        if not another and any(_begins(mine, number) for mine in own):
            continue  # only the first part of the number was asked for
        if not another and (not own or compact(number) in texts):
            continue  # nothing to compare with, or a number of the picture's own caption
        return _contradict("article-number", number, ", ".join(sorted(own)))
    return _UNKNOWN


def _begins(mine: str, number: str) -> bool:
    return any(mine.startswith(number + separator) for separator in "-_/.")


def _product_line(live: ImageRecord, asked: Asked, lexicon: Lexicon) -> Agreement:
    own = lines_of(live)
    if not own or not asked.product_lines:
        return _UNKNOWN
    if any(mention.word in own for mention in asked.product_lines):
        return _AGREE
    text = own_text(live)
    names = [mention for mention in asked.product_lines if mention.word not in lexicon.ordinary_words]
    others = [mention for mention in names if not _part_of_its_name(mention, text)]
    if not others:
        return _UNKNOWN
    return _contradict("product-line", others[0].word, " / ".join(sorted(own)))


def _content_class(live: ImageRecord, asked: Asked) -> Agreement:
    if not asked.classes:
        return _UNKNOWN
    if any(live.content_class in meant for _, meant in asked.classes):
        return _AGREE
    if live.class_inferred:
        return _UNKNOWN  # a guess from words, `document` in doubt: no ground to refuse
    text = own_text(live)
    others = [mention for mention, _ in asked.classes if not _part_of_its_name(mention, text)]
    return _contradict("content-class", others[0].word, live.content_class.value) if others else _UNKNOWN


def _language(live: ImageRecord, asked: Asked) -> Agreement:
    own = {text.language for text in live.texts if text.field != "query"} - {"und"}
    if len(own) != 1 or len(asked.languages) != 1:
        return _UNKNOWN  # texts in both languages do not tell which one the picture is lettered in
    if own == asked.languages:
        return _AGREE
    return _contradict("language", *(next(iter(side)) for side in (asked.languages, own)))


def _size(live: ImageRecord, asked: Asked) -> Agreement:
    """A size that fits is no agreement: many pictures have it."""
    differs = another_size(asked.sizes, sizes_of(own_text(live))) if asked.sizes else None
    return _UNKNOWN if differs is None else _contradict("size", *differs)


def _part_of_its_name(mention: Mention, text: str) -> bool:
    return any(window in text for window in mention.windows)
