"""Why an image that policy allows has no place in memory, in a sentence, English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from curate.value.budget import Budget, Quota
from curate.value.guarantee import Guarantee
from curate.value.problem import Candidate, Problem
from curate.value.select import Chosen, choose, guarantee

_COPY = 0.9  # likeness from which one of two images says what the other says


class Cause(StrEnum):
    OVER_BUDGET = "over-budget"
    DUPLICATE = "duplicate-of"
    QUOTA = "quota-full"
    TOO_VOLATILE = "too-volatile"
    TOO_LARGE = "too-large"
    BARRED = "barred"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`behind`: id of the image that stands where this one would, None where there is none."""

    cause: Cause
    behind: str | None
    reason_en: str
    reason_ja: str


@dataclass(frozen=True)
class Selection:
    """`chosen` in the order of choice, pinned ones first; every other candidate is in `left_out`; `unmet`: quotas for
    which too few images qualify, with the number found. Totals are a month's."""

    chosen: tuple[str, ...]
    left_out: Mapping[str, LeftOut]
    unmet: tuple[tuple[Quota, int], ...]
    guarantee: Guarantee
    answers: float
    update_cost: float
    bits: float


def select(problem: Problem, budget: Budget) -> Selection:
    """Choose under `budget`, and tell every candidate that was not chosen why.

    Raises:
        BudgetError, QuotaError: see `choose`.
    """
    found = choose(problem, budget)
    chosen = [problem.candidates[place] for place in found.order]
    return Selection(
        chosen=tuple(candidate.image_id for candidate in chosen),
        left_out=_left_out(problem, budget, found),
        unmet=found.unmet,
        guarantee=guarantee(problem, budget, found),
        answers=sum(candidate.worth for candidate in chosen),
        update_cost=sum(candidate.update_cost for candidate in chosen),
        bits=sum(candidate.bits for candidate in chosen),
    )


def _left_out(problem: Problem, budget: Budget, found: Chosen) -> dict[str, LeftOut]:
    places = set(found.order)
    chosen_ids = {problem.candidates[place].image_id: place for place in found.order}
    last = found.order[-1] if found.order else None
    last_gain = found.gain[-1] if found.gain else 0.0
    last_of: dict[Quota, int] = {}
    for place in found.order:
        for quota in budget.quotas:
            if problem.candidates[place].groups.get(quota.grouping) == quota.name:
                last_of[quota] = place
    reasons = {}
    for place, candidate in enumerate(problem.candidates):
        if place in places:
            continue
        copy = _copy_of(problem, place, candidate, places, chosen_ids)
        if candidate.barred is not None:
            reason = _barred(candidate)
        elif place in found.blocked:
            full = found.blocked[place]
            reason = _quota(full, problem.candidates[last_of[full]] if full in last_of else None, candidate)
        elif copy is not None:
            reason = _duplicate(problem.candidates[copy])
        elif problem.first_gains[place] > last_gain and _too_dear(candidate, budget):
            reason = _dear(candidate, budget)
        else:
            reason = _behind(None if last is None else problem.candidates[last], candidate, budget)
        reasons[candidate.image_id] = reason
    return reasons


def _copy_of(
    problem: Problem, place: int, candidate: Candidate, places: set[int], chosen_ids: Mapping[str, int]
) -> int | None:
    """The place of a chosen image that says the same, or None."""
    row = slice(problem.starts[place], problem.starts[place + 1])
    alike = [
        (-float(like), int(other))
        for other, like in zip(problem.near[row], problem.like[row], strict=True)
        if other != place and int(other) in places and like >= _COPY
    ]
    if alike:
        return min(alike)[1]
    twins = sorted(candidate.twins & chosen_ids.keys())
    return chosen_ids[twins[0]] if twins else None


def _short(candidate: Candidate) -> str:
    return candidate.image_id[:12]


def _answers(number: float) -> str:
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}" if number >= 0.1 else f"{number:.2f}"


def _limits(budget: Budget) -> tuple[str, str]:
    """The budget in words."""
    en, ja = [], []
    if budget.images is not None:
        en.append(f"{budget.images} images")
        ja.append(f"{budget.images}枚")
    if budget.bits is not None:
        en.append(f"{budget.bits:,.0f} bits")
        ja.append(f"{budget.bits:,.0f}ビット")
    if budget.update_cost is not None:
        en.append(f"an update cost of {budget.update_cost:g} a month")
        ja.append(f"更新費用 月{budget.update_cost:g}")
    return " and ".join(en) or "none", "、".join(ja) or "なし"


def _behind(last: Candidate | None, candidate: Candidate, budget: Budget) -> LeftOut:
    en, ja = _limits(budget)
    own = _answers(candidate.worth)
    if last is None:
        return LeftOut(
            Cause.OVER_BUDGET, None, f"The budget ({en}) has no room for it.", f"記憶枠({ja})に収まりません。"
        )
    return LeftOut(
        Cause.OVER_BUDGET,
        last.image_id,
        f"The budget ({en}) ended behind {_short(last)}, which is worth {_answers(last.worth)} answers a month; this "
        f"one is worth {own}.",
        f"記憶枠({ja})は {_short(last)}(月{_answers(last.worth)}回の回答に相当)で埋まりました。この画像は月{own}回分です。",
    )


def _duplicate(copy: Candidate) -> LeftOut:
    return LeftOut(
        Cause.DUPLICATE,
        copy.image_id,
        f"It says what {_short(copy)} says, which is memorized; a second copy adds little.",
        f"記憶する画像 {_short(copy)} とほぼ同じ内容のため、加えても効果はわずかです。",
    )


def _quota(full: Quota, last: Candidate | None, candidate: Candidate) -> LeftOut:
    behind = "" if last is None else f", last by {_short(last)} ({_answers(last.worth)} answers a month)"
    behind_ja = "" if last is None else f"(最後は {_short(last)}、月{_answers(last.worth)}回分)"
    return LeftOut(
        Cause.QUOTA,
        None if last is None else last.image_id,
        f"The quota of {full.at_most} images for {full.grouping} '{full.name}' is full{behind}; this one is worth "
        f"{_answers(candidate.worth)}.",
        f"{full.grouping}「{full.name}」の割当{full.at_most}枚が埋まっています{behind_ja}。この画像は月"
        f"{_answers(candidate.worth)}回分です。",
    )


def _too_dear(candidate: Candidate, budget: Budget) -> bool:
    return budget.update_cost is not None or budget.bits is not None


def _dear(candidate: Candidate, budget: Budget) -> LeftOut:
    worth = _answers(candidate.worth)
    if budget.update_cost is not None:
        cost = f"{candidate.update_cost:.2g}"
        return LeftOut(
            Cause.TOO_VOLATILE,
            None,
            f"It changes so often that keeping it up to date would cost {cost} of the {budget.update_cost:g} a month; for "
            f"that, other images give more than its {worth} answers a month.",
            f"変更が多く、更新費用が月{cost}(上限{budget.update_cost:g})かかります。同じ費用なら他の画像のほうが多く回答できます"
            f"(この画像は月{worth}回分)。",
        )
    return LeftOut(
        Cause.TOO_LARGE,
        None,
        f"Its texts ask for {candidate.bits:,.0f} bits of memory; for that, other images give more than its {worth} answers "
        "a month.",
        f"テキストが多く{candidate.bits:,.0f}ビットを要します。同じ容量なら他の画像のほうが多く回答できます(この画像は月{worth}回分)。",
    )


def _barred(candidate: Candidate) -> LeftOut:
    return LeftOut(
        Cause.BARRED,
        None,
        f"It is barred from memory by the settings: {candidate.barred}",
        f"設定で記憶の対象外とされています: {candidate.barred}",
    )
