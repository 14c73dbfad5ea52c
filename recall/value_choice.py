"""What the value would have put into memory on some day: the choice that a backtest judges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from curate.record import ImageRecord
from curate.search_log import LoggedQuery
from curate.value.budget import Budget
from curate.value.left_out import select
from curate.value.neighbours import Likeness, likeness_of
from curate.value.placing import Wishes, candidates_of
from curate.value.problem import Problem
from curate.value.score import score_values
from curate.value.settings import ValueSettings

Choice = Callable[[Sequence[ImageRecord], Sequence[LoggedQuery], date, int], Sequence[str]]


def value_choice(settings: ValueSettings, *, update_interval_days: float) -> Choice:
    """A choice by value as `curate` makes it, without what was not known on the day.

    Policy, pins and quotas are left out, and so are pictures and findings: the question is whether the value foretells
    what is asked for. Changes after the day count as unknown; the number of changes is taken as the catalogue has it now.
    """
    problems: dict[tuple[date, int], Problem] = {}

    def choose(records: Sequence[ImageRecord], log: Sequence[LoggedQuery], day: date, images: int) -> Sequence[str]:
        problem = problems.get((day, len(records)))
        if problem is None:
            likeness: Likeness = likeness_of(records, {}, k=settings.neighbours)
            values = score_values(
                records,
                log,
                {},
                {},
                likeness,
                today=day,
                update_interval_days=update_interval_days,
                settings=settings,
            )
            problem = problems[day, len(records)] = Problem.of(candidates_of(records, values, {}, Wishes()), likeness)
        return select(problem, Budget(images=images)).chosen

    return choose
