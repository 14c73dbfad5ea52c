"""The named parts of a value: what each is measured in, how sure it is, and what it does to the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

from curate.decision import ValuePart
from curate.finding import Category, Finding, Screening, Severity
from curate.picture import PictureFacts, Undecoded
from curate.value.change import ChangeHistory, current_share
from curate.value.demand import Demand
from curate.value.interval import gamma_ends
from curate.value.neighbours import Neighbourhood
from curate.value.settings import ValueSettings

_TWIN_FROM = 0.6  # cosine of two texts from which a query begins to fit both
_QUALITY_SIDE = (120, 800)  # pixels of the shorter side that count as 0 and as 1
_QUALITY_EDGE = (0.2, 0.6)  # edge steepness likewise
_QUALITY_RANGE = (30.0, 160.0)  # grey levels between the darkest and the brightest likewise
_RISK = {
    Severity.INFO: 0.0,
    Severity.LOW: 0.1,
    Severity.MEDIUM: 0.4,
    Severity.HIGH: 0.7,
    Severity.CRITICAL: 1.0,
}
_RISK_UNSEEN = 0.3  # what a check that was not made may hide
_RISK_ENDING = 0.2  # a licence that ends within a year: it will have to be erased again


def score_of(worth: float) -> float:
    """Worth in answers a month on a scale from 0 to below 1 that never saturates: 1 - 1 / √(1 + 5 w).

    0.8 answers a month make 0.55, five make 0.80, a hundred 0.96. The scale is absolute: one image's fame does not lower
    another's score, and a score stays comparable from one catalogue version to the next.
    """
    return 1 - 1 / math.sqrt(1 + 5 * max(worth, 0.0))


def demand_part(demand: Demand | None, settings: ValueSettings) -> ValuePart:
    if demand is None:
        low, point, high = settings.unknown.askings_per_month
    else:
        low, point, high = demand.low, demand.per_month, max(demand.high, demand.per_month)
    known = demand is not None
    return ValuePart("demand", score_of(point), score_of(low), score_of(high), point, "askings/month", known)


def stability_part(change: ChangeHistory, settings: ValueSettings, update_months: float) -> ValuePart:
    if change.evidence is None:
        few, point, many = settings.unknown.changes_per_month
    else:
        shape, months = change.evidence
        point = shape / months
        few, many = gamma_ends(shape, months)
    share = current_share(point, update_months)
    low, high = current_share(max(many, point), update_months), current_share(min(few, point), update_months)
    return ValuePart("stability", share, low, high, point, "changes/month", change.evidence is not None)


def criticality_part(criticality: float | None, settings: ValueSettings) -> ValuePart:
    if criticality is None:
        low, point, high = settings.unknown.criticality
    else:
        low = point = high = min(max(criticality, 0.0), 1.0)
    return ValuePart("criticality", point, low, high, amount=point, unit="of 1", known=criticality is not None)


def likeness_parts(around: Neighbourhood | None, settings: ValueSettings) -> tuple[ValuePart, ValuePart, ValuePart]:
    """Representativeness, diversity and confusability."""
    low, point, high = settings.unknown.likeness
    if around is None:
        return (
            ValuePart("representativeness", point, low, high, None, "near neighbours", False),
            ValuePart("diversity", point, low, high, None, "likeness to the nearest", False),
            ValuePart("confusability", point, low, high, None, "likeness of the nearest text", False),
        )
    represents, differs = around.mean_likeness, 1 - around.nearest
    twin = around.text_twin
    confused = point if twin is None else min(max((twin - _TWIN_FROM) / (1 - _TWIN_FROM), 0.0), 1.0)
    bounds = (low, high) if twin is None else (confused, confused)
    return (
        ValuePart("representativeness", represents, represents, represents, around.near, "near neighbours", True),
        ValuePart("diversity", differs, differs, differs, around.nearest, "likeness to the nearest", True),
        ValuePart("confusability", confused, *bounds, twin, "likeness of the nearest text", twin is not None),
    )


def quality_part(picture: PictureFacts | Undecoded | None, settings: ValueSettings) -> ValuePart:
    """The weakest of size, sharpness and tonal range; unknown for a picture nobody looked at."""
    if not isinstance(picture, PictureFacts):
        low, point, high = settings.unknown.quality
        return ValuePart("quality", point, low, high, None, "pixels", False)
    side = min(picture.width, picture.height)
    size = math.log(max(side, 1) / _QUALITY_SIDE[0]) / math.log(_QUALITY_SIDE[1] / _QUALITY_SIDE[0])
    edge = (picture.edge_steepness - _QUALITY_EDGE[0]) / (_QUALITY_EDGE[1] - _QUALITY_EDGE[0])
    tones = (picture.brightest - picture.darkest - _QUALITY_RANGE[0]) / (_QUALITY_RANGE[1] - _QUALITY_RANGE[0])
    quality = min(max(min(size, edge, tones), 0.0), 1.0)
    return ValuePart("quality", quality, quality, quality, side, "pixels", True)


def risk_part(screening: Screening | None, licence_ends_in_days: int | None, settings: ValueSettings) -> ValuePart:
    """What memorizing it could cost: 1 - Π (1 - risk of each finding), quality set aside. More findings, more risk."""
    if screening is None:
        low, point, high = settings.unknown.risk
        return ValuePart("risk", point, low, high, None, "findings", False)
    counted: Sequence[Finding] = [f for f in screening.findings if f.category is not Category.QUALITY]
    clean = math.prod(1 - _RISK[finding.severity] for finding in counted)
    if licence_ends_in_days is not None and licence_ends_in_days <= 365:
        clean *= 1 - _RISK_ENDING
    unseen = len({part.check for part in screening.unscreened})
    worst = clean * (1 - _RISK_UNSEEN) ** unseen
    return ValuePart("risk", 1 - clean, 1 - clean, 1 - worst, len(counted), "findings", unseen == 0)
