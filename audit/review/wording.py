"""The page's words: English in the code, Japanese in a gettext catalogue, read with Babel; codes as the report says them.

A sentence without a translation is an error of ours: a test finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from audit.approving import ApprovalRefused
from audit.report.wording import Lang, sentences
from audit.report.wording import Words as Codes
from audit.review.codes import CODES
from audit.sentences import read_sentences
from curate.errors import ImprimaturError


class Words:
    """All wording of one language. Texts are plain; the templates escape them."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.codes = Codes(lang)
        self._table = japanese() if lang is Lang.JA else None

    def __call__(self, english: str, **values: object) -> str:
        """The sentence in this language with its placeholders filled; whole numbers get separators.

        Raises:
            KeyError: a placeholder without a value.
        """
        text = CODES.get(english, english) if self._table is None else self._table.get(english, english)
        if not values:
            return text
        return text.format(**{name: f"{v:,}" if type(v) is int else v for name, v in values.items()})

    def short(self, kind: str) -> str:
        """A kind of finding in two or three words; the report's sentence where it has none here."""
        key = f"short:{kind}"
        return self(key) if key in CODES else self.codes.finding(kind).rstrip("。.")

    def coded(self, table: str, code: str) -> str:
        """The words for a code of this table of CODES; the code itself where it has none (another tool recorded it)."""
        key = f"{table}:{code}"
        return self(key) if key in CODES else code

    def refusal(self, error: ImprimaturError) -> str:
        """Why nothing was recorded, in this language where the error has a code of ours, else in its own words."""
        why = error.why if isinstance(error, ApprovalRefused) else error.code
        said = self.coded("refusal", why)
        return error.message if said == why else said

    def known(self, key: str, otherwise: str) -> str:
        """The report's words for `key`, where it has any."""
        return sentences(self.lang).plain.get(key, otherwise)

    def count(self, number: int, one: str, many: str) -> str:
        """`one` or `many` with {n} filled, as the language counts."""
        return self(one if number == 1 else many, n=number)

    def pick(self, english: str | None, japanese: str | None) -> str:
        """The text that exists in this language, else the other one."""
        return self.codes.pick(english, japanese) or ""

    def found(self, kind: str, english: str, japanese: str) -> str:
        """What was found and why, in this language; the sentence of the kind where none was recorded in it."""
        return (japanese if self.lang is Lang.JA else english) or self.codes.finding(kind)

    def day(self, moment: datetime | date) -> str:
        """A day as people write it here, in the time zone of this machine."""
        from babel.dates import format_date

        local = moment.astimezone().date() if isinstance(moment, datetime) else moment
        return format_date(local, "long" if self.lang is Lang.JA else "d MMM y", locale=self.lang.value)

    def moment(self, moment: datetime) -> str:
        """Day and time of day, in the time zone of this machine."""
        return f"{self.day(moment)} {moment.astimezone():%H:%M}"

    def ago(self, then: datetime, now: datetime) -> str:
        """How long ago, roughly: `3 days`, `3 日`."""
        from babel.dates import format_timedelta

        return format_timedelta(now - then, locale=self.lang.value, threshold=0.9)


def japanese() -> Mapping[str, str]:
    """English sentence to Japanese sentence, out of the catalogue."""
    return read_sentences("audit.review", "review", Lang.JA.value).plain


def chosen(cookie: str | None, accepted: str | None, default: Lang) -> Lang:
    """The reviewer's own choice, else the browser's, else the workspace's."""
    for wish in (cookie, *_by_preference(accepted or "")):
        if wish in set(Lang):
            return Lang(wish)
    return default


def _by_preference(header: str) -> list[str]:
    """Languages of an Accept-Language header, best first (RFC 9110, 12.5.4)."""
    weighed = []
    for number, part in enumerate(header.split(",")[:20]):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weighed.append((-float(quality or 1), number, tag.strip().lower()[:2]))
        except ValueError:
            continue
    return [tag for weight, _, tag in sorted(weighed) if weight < 0]
