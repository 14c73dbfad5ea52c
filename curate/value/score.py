"""What an image is worth to memory: four named parts in [0, 1], one score, and sentences a manager reads.

    need  = 1 - (1 - demand) × (1 - criticality)         it is asked often, or it matters when it is asked
    score = 0.60 × need + 0.25 × stability + 0.15 × representativeness

A part nobody can know is stated as unknown and counted at a low default: it never passes as full. The weights are
settings; the threshold that makes a score "valuable" is the policy's business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from curate.canonical import digest, to_json
from curate.decision import ValueScore
from curate.errors import ExitCode, ImprimaturError
from curate.picture import PictureFacts, Undecoded
from curate.record import ImageRecord
from curate.search_log import LoggedQuery
from curate.value.change import change_history
from curate.value.demand import demands, squash
from curate.value.neighbours import neighbourhoods
from curate.value.wording import Known, explain, explain_ja

_VERSION = 1  # of the formula: a score says which formula and which settings made it


class ValueSettingsError(ImprimaturError):
    """A setting of the value score lies outside its range."""

    code = "IMP-E242"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Unknowns:
    """What an unknown part counts, in [0, 1): low, because missing knowledge is no merit."""

    demand: float = 0.15
    stability: float = 0.3
    criticality: float = 0.15
    representativeness: float = 0.15


@dataclass(frozen=True, slots=True)
class ValueSettings:
    """Weights are >= 0 and sum to 1. `full_demand`: decayed, shared askings at which demand counts as 1."""

    half_life_days: float = 90.0
    window_days: int = 90  # of the sentence "asked n times in … days"
    full_demand: float = 50.0
    horizon_months: float = 3.0  # stability = probability of staying unchanged so long
    neighbours: int = 8
    weight_need: float = 0.60
    weight_stability: float = 0.25
    weight_representativeness: float = 0.15
    unknown: Unknowns = field(default_factory=Unknowns)

    def __post_init__(self) -> None:
        weights = (self.weight_need, self.weight_stability, self.weight_representativeness)
        if min(weights) < 0 or abs(sum(weights) - 1) > 1e-9:
            _refuse("the weights", "three numbers of at least 0 that sum to 1", weights)
        for name in ("half_life_days", "window_days", "full_demand", "horizon_months", "neighbours"):
            if not getattr(self, name) > 0:
                _refuse(name, "a number above 0", getattr(self, name))
        for name in ("demand", "stability", "criticality", "representativeness"):
            if not 0 <= getattr(self.unknown, name) < 1:
                _refuse(f"unknown.{name}", "a number from 0 to below 1", getattr(self.unknown, name))

    @property
    def scorer(self) -> str:
        """Name, version and digest of the settings: two scores with the same scorer are comparable."""
        return f"imprimatur-value/{_VERSION}+{digest(to_json(self))[:12]}"


def _refuse(name: str, expected: str, found: object) -> None:
    raise ValueSettingsError(
        f"value settings: {name}: expected {expected}, found {found}",
        hint="correct the [value] table of imprimatur.toml, then: imprimatur curate CATALOG --dry-run",
    )


def score_values(
    records: Sequence[ImageRecord],
    log: Sequence[LoggedQuery],
    pictures: Mapping[str, PictureFacts | Undecoded],
    *,
    today: date,
    settings: ValueSettings,
) -> dict[str, ValueScore]:
    """Value per image id, independent of the order of `records` and `log`. An empty log means that demand is unknown;
    an image which a log never names was not asked for, and that is knowledge."""
    asked = demands(records, log, today=today, half_life_days=settings.half_life_days, window_days=settings.window_days)
    around = neighbourhoods(records, pictures, k=settings.neighbours)
    return {
        record.image_id: _score(
            record.image_id,
            Known(
                demand=asked[record.image_id] if log else None,
                window_days=settings.window_days,
                change=change_history(record.business, record.rights, today=today),
                criticality=record.business.criticality,
                neighbourhood=around[record.image_id],
            ),
            settings,
        )
        for record in records
    }


def _score(image_id: str, known: Known, settings: ValueSettings) -> ValueScore:
    default = settings.unknown
    stability = known.change.stability(settings.horizon_months)
    parts = {
        "demand": default.demand if known.demand is None else squash(known.demand.credit, settings.full_demand),
        "stability": default.stability if stability is None else stability,
        "criticality": default.criticality if known.criticality is None else min(max(known.criticality, 0.0), 1.0),
        "representativeness": default.representativeness
        if known.neighbourhood is None
        else known.neighbourhood.mean_likeness,
    }
    need = 1 - (1 - parts["demand"]) * (1 - parts["criticality"])
    score = (
        settings.weight_need * need
        + settings.weight_stability * parts["stability"]
        + settings.weight_representativeness * parts["representativeness"]
    )
    score = min(max(score, 0.0), 1.0)
    return ValueScore(
        image_id=image_id,
        score=score,
        parts=tuple(parts.items()),
        explanation=explain(known, score),
        explanation_ja=explain_ja(known, score),
        scorer=settings.scorer,
    )
