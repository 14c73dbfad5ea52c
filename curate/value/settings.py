"""How value is counted: exchange rates between demand, criticality and the rest, and what an unknown fact may be."""

from __future__ import annotations

from dataclasses import dataclass, field

from curate.canonical import digest, to_json
from curate.errors import ExitCode, ImprimaturError

_VERSION = 3  # of the formula: a score says which formula and which settings made it


class ValueSettingsError(ImprimaturError):
    """A setting of the value score lies outside its range."""

    code = "IMP-E242"
    exit_code = ExitCode.USAGE


Range = tuple[float, float, float]  # lowest, what is counted, highest


@dataclass(frozen=True, slots=True)
class Unknowns:
    """What a fact may be that nobody stated: (lowest, counted, highest). The ends widen the score's interval; what is
    counted is low, because missing knowledge is no merit."""

    askings_per_month: Range = (0.0, 0.3, 20.0)
    changes_per_month: Range = (0.02, 1.0, 5.0)
    criticality: Range = (0.0, 0.15, 1.0)
    likeness: Range = (0.0, 0.15, 1.0)
    quality: Range = (0.0, 0.5, 1.0)
    risk: Range = (0.0, 0.3, 1.0)


@dataclass(frozen=True, slots=True)
class ValueSettings:
    """Two numbers in answers a month, which differ in how criticality counts:

        need  = (askings + criticality_askings × criticality) × factors          is it worth a place at all? -> the score
        worth = askings × (1 + w_crit × criticality) × factors                   what does a place give? -> selection
        factors = current × (1 + w_rep × representativeness + w_div × diversity) × (1 - w_qual × (1 - quality))
                  × (1 - w_conf × confusability) × (1 - w_risk × risk)

    `criticality_askings`: askings a month that a criticality of 1 counts for. `half_life_days`: None = chosen on the log;
    `default_half_life_days` where the log is too short for that. `update_cost` per changed image, in `update_cost_unit`.
    """

    half_life_days: float | None = None
    default_half_life_days: float = 90.0
    window_days: int = 90  # of the sentence "asked n times in … days"
    criticality_askings: float = 1.0
    neighbours: int = 8
    weight_criticality: float = 0.10
    weight_representativeness: float = 0.10
    weight_diversity: float = 0.05
    weight_quality: float = 0.20
    weight_confusability: float = 0.20
    weight_risk: float = 0.20
    update_cost: float = 1.0
    update_cost_unit: str = "image updates"
    unknown: Unknowns = field(default_factory=Unknowns)

    def __post_init__(self) -> None:
        for name in ("default_half_life_days", "window_days", "neighbours"):
            if not getattr(self, name) > 0:
                _refuse(name, "a number above 0", getattr(self, name))
        if self.half_life_days is not None and not self.half_life_days > 0:
            _refuse("half_life_days", "a number above 0", self.half_life_days)
        for name in ("criticality_askings", "update_cost"):
            if not 0 <= getattr(self, name) < float("inf"):
                _refuse(name, "a number of at least 0", getattr(self, name))
        for part in ("criticality", "representativeness", "diversity", "quality", "confusability", "risk"):
            if not 0 <= getattr(self, f"weight_{part}") <= 1:
                _refuse(f"weight_{part}", "a number from 0 to 1", getattr(self, f"weight_{part}"))
        for name in self.unknown.__dataclass_fields__:
            low, counted, high = getattr(self.unknown, name)
            if not 0 <= low <= counted <= high:
                _refuse(f"unknown.{name}", "three numbers of at least 0 in rising order", (low, counted, high))
            if not name.endswith("per_month") and high > 1:
                _refuse(f"unknown.{name}", "numbers up to 1", high)

    @property
    def scorer(self) -> str:
        """Name, version and digest of the settings: two scores with the same scorer are comparable."""
        return f"imprimatur-value/{_VERSION}+{digest(to_json(self))[:12]}"


def _refuse(name: str, expected: str, found: object) -> None:
    raise ValueSettingsError(
        f"value settings: {name}: expected {expected}, found {found}",
        hint="correct the [value] table of imprimatur.toml, then: imprimatur curate CATALOG --dry-run",
    )
