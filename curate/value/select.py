"""Who gets a place in memory when places are few: the images that together answer most, and why the others do not.

The objective (`curate.value.problem`) is maximised by the lazy greedy algorithm (Minoux 1978): pinned images first, then
those which a quota wants at least, then whoever adds most. What that guarantees stands in `curate.value.guarantee`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curate.value.budget import Budget, BudgetError, Quota, QuotaError
from curate.value.guarantee import Guarantee, guarantee_of, upper_bound
from curate.value.problem import Candidate, Problem

_CHEAPEST = 1e-12
_HINT = "set a larger budget, or unpin images: imprimatur curate --dry-run shows the effect"


@dataclass(frozen=True, eq=False)
class Chosen:
    """The outcome in numbers. `order` holds the places of chosen candidates as they were chosen, pinned ones first; `gain`
    what each added, answers a month; `blocked` the quota that was full for a place; `unmet` quotas whose at_least
    found too few candidates, with the number found. `bound`: no allowed choice is worth more."""

    order: tuple[int, ...]
    gain: tuple[float, ...]
    blocked: Mapping[int, Quota]
    unmet: tuple[tuple[Quota, int], ...]
    bound: float

    @property
    def total(self) -> float:
        return sum(self.gain)


class _Room:
    """How much of budget and quotas is left."""

    def __init__(self, candidates: Sequence[Candidate], budget: Budget) -> None:
        self.costs = [
            (limit, costs)
            for limit, costs in (
                (budget.images, [1.0] * len(candidates)),
                (budget.bits, [c.bits for c in candidates]),
                (budget.update_cost, [c.update_cost for c in candidates]),
            )
            if limit is not None
        ]
        self.spent = [0.0] * len(self.costs)
        self.held = dict.fromkeys(budget.quotas, 0)
        by_name = {(quota.grouping, quota.name): quota for quota in budget.quotas}
        groupings = sorted({quota.grouping for quota in budget.quotas})
        self.quotas = [
            tuple(quota for g in groupings if (quota := by_name.get((g, candidate.groups.get(g, "")))) is not None)
            for candidate in candidates
        ]

    def full(self, place: int) -> Quota | None:
        """The quota that has no room left for the candidate."""
        return next((q for q in self.quotas[place] if q.at_most is not None and self.held[q] >= q.at_most), None)

    def fits(self, place: int) -> bool:
        return all(
            spent + costs[place] <= limit * (1 + 1e-12)
            for spent, (limit, costs) in zip(self.spent, self.costs, strict=True)
        )

    def wanted(self, place: int) -> bool:
        """Whether a quota still wants at least one more like it."""
        return any(self.held[quota] < quota.at_least for quota in self.quotas[place])

    def take(self, place: int) -> None:
        for number, (_, costs) in enumerate(self.costs):
            self.spent[number] += costs[place]
        for quota in self.quotas[place]:
            self.held[quota] += 1

    def price(self, place: int) -> float:
        """Share of the budgets that the candidate takes."""
        return max(sum(costs[place] / limit for limit, costs in self.costs), _CHEAPEST)


def choose(problem: Problem, budget: Budget) -> Chosen:
    """The best choice the greedy algorithm finds under `budget`; order-free, ties go to the smaller image id.

    Under a budget of bits or cost it runs twice, by gain and by gain per cost, and the better choice stands: either alone
    can be arbitrarily bad (Khuller, Moss and Naor 1999).

    Raises:
        BudgetError, QuotaError: the pinned images alone break the budget or a quota, or an image is pinned and barred.
    """
    runs = [_greedy(problem, budget, by_price=False)]
    if budget.bits is not None or budget.update_cost is not None:
        runs.append(_greedy(problem, budget, by_price=True))
    best = max(runs, key=lambda run: run.total)
    free = [place for place, candidate in enumerate(problem.candidates) if not candidate.barred]
    return Chosen(best.order, best.gain, best.blocked, best.unmet, upper_bound(problem, budget, best.order, free))


def _greedy(problem: Problem, budget: Budget, *, by_price: bool) -> Chosen:
    room = _Room(problem.candidates, budget)
    cover = np.zeros(len(problem.candidates))
    order: list[int] = []
    gain: list[float] = []
    blocked: dict[int, Quota] = {}

    def take(place: int, added: float) -> None:
        order.append(place)
        gain.append(added)
        problem.cover(place, cover)
        room.take(place)

    _pin(problem, room, take, cover)
    price = [room.price(place) if by_price else 1.0 for place in range(len(problem.candidates))]
    for only_wanted in (True, False):
        taken = set(order)
        open_places = [
            place
            for place, candidate in enumerate(problem.candidates)
            if place not in taken and not candidate.barred and (not only_wanted or room.wanted(place))
        ]
        first = problem.gains(cover) if order else problem.first_gains
        heap = [(-float(first[place]) / price[place], place, len(order)) for place in open_places]
        heapq.heapify(heap)
        while heap:
            negative, place, seen = heapq.heappop(heap)
            if only_wanted and not room.wanted(place):
                continue
            full = room.full(place)
            if full is not None:
                blocked.setdefault(place, full)
                continue
            if not room.fits(place):
                continue
            if seen != len(order):  # gains only fall: whoever is still on top after a fresh look is the best
                fresh = -problem.gain(place, cover) / price[place]
                if heap and (fresh, place) > heap[0][:2]:
                    heapq.heappush(heap, (fresh, place, len(order)))
                    continue
                negative = fresh
            take(place, -negative * price[place])
    unmet = tuple((quota, held) for quota, held in room.held.items() if held < quota.at_least)
    return Chosen(tuple(order), tuple(gain), blocked, unmet, 0.0)


def _pin(problem: Problem, room: _Room, take: Callable[[int, float], None], cover: NDArray[np.float64]) -> None:
    pinned = [place for place, candidate in enumerate(problem.candidates) if candidate.pinned]
    for done, place in enumerate(pinned):
        candidate = problem.candidates[place]
        if candidate.barred:
            raise BudgetError(
                f"image {candidate.image_id[:12]}: expected a pin or a bar, found both",
                hint="remove it from [curate.pins] or from [curate.barred] in imprimatur.toml",
            )
        full = room.full(place)
        if full is not None:
            wanted = sum(full in room.quotas[other] for other in pinned)
            raise QuotaError(
                f"quotas: {full.grouping} '{full.name}': expected room for the {wanted} pinned images, found at_most "
                f"{full.at_most}",
                hint="raise at_most in [curate.quotas] of imprimatur.toml, or unpin images",
            )
        if not room.fits(place):
            limits = ", ".join(f"{limit:g}" for limit, _ in room.costs)
            raise BudgetError(
                f"budget: expected room for the {len(pinned)} pinned images, found {limits}, which end after {done}",
                hint=_HINT,
            )
        take(place, problem.gain(place, cover))
    for place, candidate in enumerate(problem.candidates):
        if candidate.approved and not candidate.pinned:
            # Approved is approved: where budget or quota have no room for it, they have none for anything else either.
            take(place, problem.gain(place, cover))


def guarantee(problem: Problem, budget: Budget, chosen: Chosen) -> Guarantee:
    """What is known about how good the choice is."""
    everything = len(chosen.order) == sum(not candidate.barred for candidate in problem.candidates)
    return guarantee_of(budget, total=chosen.total, bound=chosen.bound, everything=everything)
