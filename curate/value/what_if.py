"""What memory would hold, answer, cost and risk under other budgets: the selection made again for each, nothing kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from curate.decision import ValueScore
from curate.errors import ExitCode, ImprimaturError
from curate.value.budget import Budget
from curate.value.left_out import Selection, select
from curate.value.problem import Problem

_KINDS = ("budget", "bits", "update-cost")


class WhatIfError(ImprimaturError):
    """The budgets to try cannot be read."""

    code = "IMP-E245"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class Trial:
    """One budget tried. `traffic`: share in [0, 1] of the askings expected in the coming month that memory would answer
    with a picture that is still current, None while demand is unknown; `traffic_low`..`traffic_high` its 90 % interval,
    from those of the images' demand. `update_cost` and `changes` a month; `risk`: sum of the risk parts of what is memorized,
    i.e. about how many of its images carry a full risk; `riskiest` the highest of them; `last` the score of the last
    image that got a place."""

    budget: Budget
    size: float
    images: int
    traffic: float | None
    traffic_low: float | None
    traffic_high: float | None
    changes: float
    update_cost: float
    bits: float
    risk: float
    riskiest: float
    last: float | None
    proved: float | None
    certified: float

    def to_document(self) -> dict[str, Any]:
        numbers = {
            name: None if (found := getattr(self, name)) is None else round(found, 6)
            for name in (
                "traffic", "traffic_low", "traffic_high", "changes", "update_cost", "bits", "risk", "riskiest", "last",
                "proved", "certified",
            )
        }  # fmt: skip
        return {"budget": self.size, "images": self.images, **numbers}


def parse_what_if(text: str) -> tuple[str, tuple[float, ...]]:
    """Kind (`budget` in images, `bits` or `update-cost`) and the numbers of `budget=100,500,1000`, in rising order.

    Raises:
        WhatIfError: another kind, no number, or a number that is none.
    """
    kind, equals, rest = text.partition("=")
    hint = "imprimatur curate --what-if budget=100,500,1000"
    if not equals or kind.strip() not in _KINDS:
        raise WhatIfError(f"what-if: expected one of {', '.join(f'{k}=…' for k in _KINDS)}, found '{text}'", hint=hint)
    numbers = []
    for part in rest.split(","):
        try:
            numbers.append(float(part.strip()))
        except ValueError:
            raise WhatIfError(f"what-if: expected numbers after {kind}=, found '{part.strip()}'", hint=hint) from None
    if kind == "budget" and not all(number.is_integer() for number in numbers):
        raise WhatIfError("what-if: expected whole numbers of images, found a fraction", hint=hint)
    return kind.strip(), tuple(sorted(set(numbers)))


def budget_for(kind: str, number: float, base: Budget) -> Budget:
    """`base` with another limit of this kind; quotas and other limits stay.

    Raises:
        BudgetError, QuotaError: the number cannot be a budget, or the quotas do not fit it.
    """
    if kind == "bits":
        return replace(base, bits=number)
    if kind == "update-cost":
        return replace(base, update_cost=number)
    return replace(base, images=int(number))


def what_if(
    problem: Problem, values: Mapping[str, ValueScore], budgets: Sequence[tuple[float, Budget]]
) -> tuple[Trial, ...]:
    """A trial per (number, budget). The traffic is that of all images in `values`, whether policy lets them in or not.

    Raises:
        BudgetError, QuotaError: see `curate.value.select.choose`.
    """
    return tuple(_trial(budget, number, select(problem, budget), values) for number, budget in budgets)


def _trial(budget: Budget, number: float, selection: Selection, values: Mapping[str, ValueScore]) -> Trial:
    chosen = [values[image_id] for image_id in selection.chosen]
    risks = [_share(value, "risk") for value in chosen]
    low, point, high = _traffic(selection, values)
    return Trial(
        budget=budget,
        size=number,
        images=len(chosen),
        traffic=point,
        traffic_low=low,
        traffic_high=high,
        changes=sum(value.changes or 0.0 for value in chosen),
        update_cost=selection.update_cost,
        bits=selection.bits,
        risk=sum(risks),
        riskiest=max(risks, default=0.0),
        last=min((value.score for value in chosen), default=None),
        proved=selection.guarantee.proved,
        certified=selection.guarantee.certified,
    )


def _share(value: ValueScore, name: str) -> float:
    return dict(value.parts).get(name, 0.0)


def _traffic(selection: Selection, values: Mapping[str, ValueScore]) -> tuple[float | None, float | None, float | None]:
    """Share of the expected askings that memory answers: low, expected, high."""
    demand = {image: next((part for part in v.details if part.name == "demand"), None) for image, v in values.items()}
    known = {image: part for image, part in demand.items() if part is not None and part.known}
    total = sum(part.amount or 0.0 for part in known.values())
    if not total:
        return None, None, None
    chosen = set(selection.chosen)
    answered = {image: _share(values[image], "stability") if image in chosen else 0.0 for image in known}
    share = sum((part.amount or 0.0) * answered[image] for image, part in known.items()) / total
    # Demands are uncertain independently of each other; what an image adds to the share is (answered - share) / total.
    spread = math.fsum(
        ((answered[image] - share) / total * (askings(part.high) - askings(part.low)) / 2) ** 2
        for image, part in known.items()
    )
    return max(share - math.sqrt(spread), 0.0), share, min(share + math.sqrt(spread), 1.0)


def askings(share: float) -> float:
    """Askings a month behind a demand part's share (the inverse of `curate.value.part.score_of`)."""
    return ((1 / max(1 - share, 1e-6)) ** 2 - 1) / 5
