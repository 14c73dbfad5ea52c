"""How good a greedy choice is at least: what is proved for the kind of constraint, and a bound for the very case.

| constraint | share of the best choice that is certain | proof |
|---|---|---|
| a number of images | 1 - 1/e = 0.632 | Nemhauser, Wolsey and Fisher 1978 |
| and at_most quotas in p groupings | 1/(p + 1) | Fisher, Nemhauser and Wolsey 1978 (p matroids) |
| and at_least quotas in the only grouping | 1/2 | the same, groups filled one by one |
| bits or update cost, alone | (1 - 1/e)/2 = 0.316 | Leskovec et al. 2007 |
| anything else together | none | the bound below |

Pinned images are given; the share is of what can be added to them. The bound is computed in each run: whatever is chosen,
F(best) <= F(S) + what the allowed images would add to S one by one (Leskovec et al. 2007), for S the choice and for S
the pinned and approved images alone.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curate.value.budget import Budget, Grouping
from curate.value.problem import Problem


@dataclass(frozen=True, slots=True)
class Guarantee:
    """`proved`: share of the best choice that is certain for this kind of constraint, None where nothing is proved;
    `certified`: share that is certain in this very case; `rule_en`, `rule_ja`: what `proved` rests on."""

    proved: float | None
    certified: float
    rule_en: str
    rule_ja: str


def guarantee_of(budget: Budget, *, total: float, bound: float, everything: bool) -> Guarantee:
    certified = 1.0 if bound <= 0 else min(total / bound, 1.0)
    if everything:
        return Guarantee(1.0, 1.0, "every candidate fits", "すべての候補が収まります")
    knapsacks = (budget.bits is not None) + (budget.update_cost is not None)
    capped = {quota.grouping for quota in budget.quotas if quota.at_most is not None}
    floored = {quota.grouping for quota in budget.quotas if quota.at_least > 0}
    if knapsacks == 0 and not floored - capped and len(floored) <= 1 and len(capped) == 1:
        return Guarantee(1 / 2, certified, "one grouping of quotas: 1/2", "区分が1つの割当: 1/2")
    if knapsacks == 0 and len(floored) == 1 and not capped:
        return Guarantee(1 / 2, certified, "one grouping of quotas: 1/2", "区分が1つの割当: 1/2")
    if knapsacks == 0 and not floored:
        if not capped:
            return Guarantee(1 - 1 / math.e, certified, "a number of images: 1 - 1/e", "枚数の上限: 1 - 1/e")
        share = 1 / (len(capped) + 1)
        named = f"1/{len(capped) + 1}"
        return Guarantee(
            share, certified, f"at_most quotas in {len(capped)} groupings: {named}", f"{len(capped)}区分の上限: {named}"
        )
    if knapsacks == 1 and budget.images is None and not capped and not floored:
        return Guarantee(
            (1 - 1 / math.e) / 2,
            certified,
            "one budget of bits or cost: (1 - 1/e)/2",
            "容量または費用の上限: (1 - 1/e)/2",
        )
    return Guarantee(
        None, certified, "several kinds of limits together: nothing is proved", "複数種の制限の併用: 理論保証なし"
    )


def upper_bound(problem: Problem, budget: Budget, order: Sequence[int], free: Sequence[int]) -> float:
    """No allowed choice that holds the pinned images is worth more than this, answers a month."""
    pinned = [place for place in order if problem.candidates[place].fixed]
    return min(_bound(problem, budget, pinned, base, free) for base in (pinned, list(order)))


def _bound(problem: Problem, budget: Budget, pinned: Sequence[int], base: list[int], free: Sequence[int]) -> float:
    cover = np.zeros(len(problem.candidates))
    for place in base:
        problem.cover(place, cover)
    held = set(base)
    gains = problem.gains(cover) if base else problem.first_gains
    others = np.asarray([place for place in free if place not in held], dtype=np.int64)
    adds = gains[others]
    possible = [float(adds.sum())]
    if budget.images is not None:
        possible.append(float(np.sort(adds)[::-1][: max(budget.images - len(pinned), 0)].sum()))
    for limit, costs in (
        (budget.bits, [c.bits for c in problem.candidates]),
        (budget.update_cost, [c.update_cost for c in problem.candidates]),
    ):
        if limit is not None:
            left = max(limit - sum(costs[place] for place in pinned), 0.0)
            possible.append(_fractional(adds, np.asarray(costs)[others], left))
    for grouping in {quota.grouping for quota in budget.quotas if quota.at_most is not None}:
        possible.append(_capped(problem, budget, grouping, others, adds, pinned))
    return problem.value(base) + min(possible)


def _fractional(adds: NDArray[np.float64], costs: NDArray[np.float64], left: float) -> float:
    """The fractional knapsack, which no whole choice beats."""
    order = np.argsort(-adds / np.maximum(costs, 1e-300), kind="stable")
    spent = np.cumsum(costs[order])
    whole = int(np.searchsorted(spent, left, side="right"))
    total = float(adds[order[:whole]].sum())
    if whole < len(order):
        before = spent[whole - 1] if whole else 0.0
        total += float(adds[order[whole]]) * max(left - before, 0.0) / max(float(costs[order[whole]]), 1e-300)
    return total


def _capped(
    problem: Problem,
    budget: Budget,
    grouping: Grouping,
    others: NDArray[np.int64],
    adds: NDArray[np.float64],
    pinned: Sequence[int],
) -> float:
    """The best additions under the quotas of one grouping and the number of images."""
    most = {q.name: q.at_most for q in budget.quotas if q.grouping is grouping and q.at_most is not None}
    names = [candidate.groups.get(grouping, "") for candidate in problem.candidates]
    used: defaultdict[str, int] = defaultdict(int)
    for place in pinned:
        used[names[place]] += 1
    left = math.inf if budget.images is None else budget.images - len(pinned)
    total = 0.0
    for index in np.argsort(-adds, kind="stable"):
        name = names[others[index]]
        if left <= 0:
            break
        if name in most and used[name] >= most[name]:
            continue
        used[name] += 1
        left -= 1
        total += float(adds[index])
    return total
