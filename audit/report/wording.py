"""The report's words: gettext catalogues in `locale`, the same ids and placeholders in both (a test compares them)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from audit.sentences import Sentences, read_sentences
from curate.screen.wording import SENTENCES


class Lang(StrEnum):
    EN = "en"
    JA = "ja"


def sentences(lang: Lang) -> Sentences:
    """All that the report can say in `lang`, by id."""
    return read_sentences("audit.report", "report", lang.value)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Words:
    """All wording of one language. Texts are plain; whoever puts them into HTML escapes them."""

    lang: Lang

    def __call__(self, key: str, **values: object) -> str:
        """The text of `key` with its placeholders filled; whole numbers get separators, `n` chooses the plural.

        Raises:
            KeyError: no such key, or a placeholder without a value.
        """
        text = sentences(self.lang).of(key, values.get("n"))
        if not values and "{" not in text:
            return text
        return text.format(**{name: f"{v:,}" if type(v) is int else v for name, v in values.items()})

    def count(self, noun: str, number: int) -> str:
        """`3 images`, `1 image`, `3枚`; `noun` is a key `count.<noun>`."""
        return self(f"count.{noun}", n=number)

    def code(self, prefix: str, code: str) -> str:
        """The words for a code such as `withdrawn:privacy` or `approvals-missing:1-of-2`; an unknown code is shown as
        it is. The part behind the colon fills the placeholder `detail`, or `given` and `needed`."""
        table = sentences(self.lang).plain
        head, _, detail = code.partition(":")
        if f"{prefix}.{code}" in table:
            return self(f"{prefix}.{code}")
        if f"{prefix}.{head}" in table:
            given, _, needed = detail.partition("-of-")
            worded = table.get(f"{head}-detail.{detail}") or (table.get(f"role.{detail}") if "role" in head else None)
            return self(f"{prefix}.{head}", detail=worded or detail, given=given, needed=needed)
        return code

    def pick(self, en: str | None, ja: str | None) -> str | None:
        """The text in this language, in the other one where it is missing."""
        return (ja or en) if self.lang is Lang.JA else (en or ja)

    def finding(self, kind: str) -> str:
        """What a kind of finding means; the kind itself where the screening room has no sentence for it."""
        sentence = SENTENCES.get(kind)
        return kind if sentence is None else (sentence.ja if self.lang is Lang.JA else sentence.en)

    def day(self, moment: datetime | date) -> str:
        """`24 Nov 2026` or `2026年11月24日`, in UTC."""
        if isinstance(moment, datetime):
            moment = moment.astimezone(UTC)
        if self.lang is Lang.JA:
            return f"{moment.year}年{moment.month}月{moment.day}日"
        return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"

    def moment(self, moment: datetime) -> str:
        """Day and time of day in UTC."""
        return f"{self.day(moment)} {moment.astimezone(UTC):%H:%M} UTC"

    def month(self, month: str) -> str:
        """`Nov 2026` or `2026年11月` from `2026-11`."""
        year, number = month.split("-")
        return f"{year}年{int(number)}月" if self.lang is Lang.JA else f"{_MONTHS[int(number) - 1]} {year}"

    def share(self, value: float, *, like: float | None = None) -> str:
        """A share in [0, 1] as a percentage: a decimal near 0 and 1, or as many as the share `like` has."""
        shown = value if like is None else like
        return f"{value * 100:.{0 if shown in (0, 1) or 0.1 <= shown <= 0.9 else 1}f}%"

    def few(self, value: float) -> str:
        """A small number with at most one decimal: `4`, `0.9`."""
        return f"{value:.1f}".removesuffix(".0")

    def seconds(self, value: float) -> str:
        """A duration as people say it."""
        if value < 90:
            return self("unit.seconds", value=f"{value:.1f}" if value < 10 else f"{value:.0f}")
        if value < 5400:
            return self("unit.minutes", value=f"{value / 60:.0f}")
        return self("unit.hours", value=f"{value / 3600:.1f}")

    def lapse(self, hours: float) -> str:
        """Hours as people say a waiting time: minutes below two hours, days from two days on."""
        if hours < 2:
            return self("unit.minutes", value=f"{max(hours, 0) * 60:.0f}")
        if hours < 48:
            return self("unit.hours", value=self.few(hours))
        return self("unit.days", value=self.few(hours / 24))

    def milliseconds(self, value: float) -> str:
        """A latency as people say it."""
        if value >= 1000:
            return self.seconds(value / 1000)
        if 0 < value < 0.1:
            return self("unit.milliseconds", value="<0.1")
        return self("unit.milliseconds", value=f"{value:.1f}" if value < 10 else f"{value:.0f}")
