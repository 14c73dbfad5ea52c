"""What an image is worth to memory: eight named parts, a score in [0, 1], and a number of answers a month.

    need  = (askings + criticality) × share of time in which memory is current × small factors for what it represents,
            its quality, how easily it is taken for another and what it risks         (curate.value.settings)
    score = 1 - 1 / √(1 + 5 × need)                                                    (curate.value.part.score_of)
    worth = the same with a criticality that adds to an image's askings in proportion: what its place in memory gives

The score says whether an image deserves a place at all, and a critical one does though nobody asks for it. When places are
few, selection fills them by worth: a place answers nothing that is not asked. What has to be there is pinned.

A part nobody can know is stated as unknown and counted low, and the interval of the score says how far it could be off:
it never passes as full, and never as zero. The threshold that makes a score "valuable" is the policy's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

import numpy as np

from curate.decision import ValuePart, ValueScore
from curate.finding import Screening
from curate.picture import PictureFacts, Undecoded
from curate.record import ImageRecord
from curate.search_log import LoggedQuery
from curate.value.change import DAYS_PER_MONTH, change_history
from curate.value.demand import Demands, asked_log, demands
from curate.value.forecast import Habit, families_of, forecast
from curate.value.neighbours import Likeness, Neighbourhood
from curate.value.part import (
    criticality_part,
    demand_part,
    likeness_parts,
    quality_part,
    risk_part,
    score_of,
    stability_part,
)
from curate.value.settings import ValueSettings
from curate.value.wording import Known, explain, explain_ja


def score_values(
    records: Sequence[ImageRecord],
    log: Sequence[LoggedQuery],
    pictures: Mapping[str, PictureFacts | Undecoded],
    screenings: Mapping[str, Screening],
    likeness: Likeness,
    *,
    today: date,
    update_interval_days: float,
    settings: ValueSettings,
) -> dict[str, ValueScore]:
    """Value per image id, independent of the order of `records` and `log`.

    A log without a row up to `today` means that demand is unknown; an image which a log never names was not asked for,
    and that is knowledge. An image without a picture or screening has unknown quality or risk.
    """
    ordered = sorted(records, key=lambda record: record.image_id)
    asked, _ = demand_of(ordered, log, today=today, settings=settings)
    valuer = Valuer(asked, today, update_interval_days, settings)
    return {
        record.image_id: valuer.value(
            place,
            record,
            likeness.around.get(record.image_id),
            pictures.get(record.image_id),
            screenings.get(record.image_id),
        )
        for place, record in enumerate(ordered)
    }


@dataclass(frozen=True)
class Valuer:
    """Values one image after the other, given what is known of all of them: their demand, None where it is unknown."""

    demands: Demands | None
    today: date
    update_interval_days: float
    settings: ValueSettings

    @cached_property
    def _scorer(self) -> str:
        return self.settings.scorer

    def value(
        self,
        place: int,
        record: ImageRecord,
        around: Neighbourhood | None,
        picture: PictureFacts | Undecoded | None,
        screening: Screening | None,
    ) -> ValueScore:
        """The value of the image at `place` in the order of image ids."""
        settings, today = self.settings, self.today
        demand = None if self.demands is None else self.demands.of(place)
        end = record.rights.license_end
        known = Known(
            demand=demand,
            window_days=settings.window_days,
            log_ended=demand.until if demand is not None and (today - demand.until).days > _FRESH_DAYS else None,
            change=change_history(record.business, record.rights, today=today),
            criticality=record.business.criticality,
            neighbourhood=around,
        )
        parts = (
            demand_part(demand, settings),
            stability_part(known.change, settings, self.update_interval_days / DAYS_PER_MONTH),
            criticality_part(known.criticality, settings),
            *likeness_parts(around, settings),
            quality_part(picture, settings),
            risk_part(screening, None if end is None else (end - today).days, settings),
        )
        return _value(record.image_id, known, parts, settings, self._scorer)


class Records(Protocol):
    """Records that can be gone through again, in the order of image ids."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[ImageRecord]: ...


def demand_of(
    ordered: Records, log: Sequence[LoggedQuery], *, today: date, settings: ValueSettings
) -> tuple[Demands | None, Habit | None]:
    """Demand of the records, None when the log says nothing, and how the log's past was read."""
    rows = asked_log(ordered, log, until=today, window_days=settings.window_days) if log else None
    if rows is None or not len(ordered):
        return None, None
    since: list[int] = []
    lines: list[str | None] = []
    for record in ordered:
        since.append(record.rights.collected_at.toordinal() if record.rights.collected_at else 0)
        lines.append(record.business.product_line)
    expected = forecast(
        rows,
        np.asarray(since),
        families_of(lines),
        half_life=settings.half_life_days,
        default=settings.default_half_life_days,
    )
    found = demands(
        rows, expected.per_month, expected.low, expected.high, images=len(ordered), window_days=settings.window_days
    )
    return found, expected.habit


def _factor(shares: Mapping[str, float], s: ValueSettings) -> float:
    """What turns askings a month into answers a month, from parts in [0, 1]."""
    place = 1 + s.weight_representativeness * shares["representativeness"] + s.weight_diversity * shares["diversity"]
    care = (
        (1 - s.weight_quality * (1 - shares["quality"]))
        * (1 - s.weight_confusability * shares["confusability"])
        * (1 - s.weight_risk * shares["risk"])
    )
    return shares["stability"] * place * care


_FRESH_DAYS = 30  # a log that ended earlier is said to
_AGAINST = frozenset({"confusability", "risk"})  # parts that lower the value


def _value(
    image_id: str, known: Known, parts: tuple[ValuePart, ...], settings: ValueSettings, scorer: str
) -> ValueScore:
    by_name = {part.name: part for part in parts}
    demand = by_name["demand"].amount or 0.0
    if known.demand is None:
        fewest, _, most = settings.unknown.askings_per_month
    else:
        fewest, most = known.demand.low, max(known.demand.high, demand)

    def shares(end: str) -> dict[str, float]:
        ends = {"low": ("low", "high"), "high": ("high", "low"), "share": ("share", "share")}[end]
        return {part.name: getattr(part, ends[part.name in _AGAINST]) for part in parts}

    def need(askings: float, end: str) -> float:
        found = shares(end)
        return (askings + settings.criticality_askings * found["criticality"]) * _factor(found, settings)

    counted = shares("share")
    score, low, high = (score_of(need(*case)) for case in ((demand, "share"), (fewest, "low"), (most, "high")))
    return ValueScore(
        image_id=image_id,
        score=score,
        parts=tuple((part.name, part.share) for part in parts),
        explanation=explain(known, score, (low, high)),
        explanation_ja=explain_ja(known, score, (low, high)),
        scorer=scorer,
        low=min(low, score),
        high=max(high, score),
        worth=demand * (1 + settings.weight_criticality * counted["criticality"]) * _factor(counted, settings),
        changes=by_name["stability"].amount,
        update_cost=(by_name["stability"].amount or 0.0) * settings.update_cost,
        details=parts,
    )
