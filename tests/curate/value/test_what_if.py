"""Budgets tried without keeping anything: more budget answers more, costs more, risks more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from curate.finding import Check, Screening
from curate.record import TrainingText
from curate.search_log import LoggedQuery
from curate.value.budget import Budget, BudgetError
from curate.value.neighbours import likeness_of
from curate.value.placing import Wishes, candidates_of
from curate.value.problem import Problem
from curate.value.score import score_values
from curate.value.settings import ValueSettings
from curate.value.what_if import Trial, WhatIfError, budget_for, parse_what_if, what_if
from imprimatur.what_if_page import what_if_page
from tests.curate.fakes import make_picture_facts, make_record

TODAY = date(2026, 1, 15)


def trials(numbers: list[float], *, kind: str = "budget", asked: bool = True) -> tuple[Trial, ...]:
    records = [
        make_record(f"{n}.png", texts=(TrainingText("title", "en", f"part number {n * 37}"),), change_count=n % 4)
        for n in range(12)
    ]
    log = [
        LoggedQuery(datetime(2026, 1, 15, tzinfo=UTC) - timedelta(days=day), f"q{n}", f"{n}.png", 12 - n)
        for n in range(12)
        for day in range(0, 90, 10)
    ]
    pictures = {r.image_id: make_picture_facts(r.file_names[0]) for r in records}
    screenings = {r.image_id: Screening(r.image_id, (), (), frozenset(Check)) for r in records}
    likeness = likeness_of(records, pictures, k=8)
    values = score_values(
        records,
        log if asked else [],
        pictures,
        screenings,
        likeness,
        today=TODAY,
        update_interval_days=30,
        settings=ValueSettings(),
    )
    problem = Problem.of(candidates_of(records, values, screenings, Wishes()), likeness)
    return what_if(problem, values, [(number, budget_for(kind, number, Budget())) for number in numbers])


@pytest.mark.parametrize(
    ("kind", "numbers"), [("budget", [1, 4, 12]), ("bits", [20, 60, 500]), ("update-cost", [0.1, 0.4, 9])]
)
def test_a_larger_budget_answers_and_costs_more(kind: str, numbers: list[float]) -> None:
    small, middle, large = trials(numbers, kind=kind)
    assert 0 < small.traffic < middle.traffic < large.traffic <= 1  # type: ignore[operator]
    assert small.update_cost < middle.update_cost < large.update_cost
    assert small.images < middle.images < large.images == 12
    for trial in (small, middle, large):
        assert trial.traffic_low <= trial.traffic <= trial.traffic_high  # type: ignore[operator]
        assert 0.3 < trial.certified <= 1


def test_what_everything_answers_is_what_stays_current() -> None:
    (everything,) = trials([12])
    assert 0.8 < everything.traffic < 1  # type: ignore[operator]
    assert everything.certified == 1


def test_without_a_log_the_traffic_is_unknown_not_zero() -> None:
    (trial,) = trials([3], asked=False)
    assert trial.traffic is None and trial.images == 3
    assert trial.to_document()["traffic"] is None
    assert "unknown without a search log" in what_if_page([trial], kind="budget", unit="JPY", lang="en")


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_page_draws_three_charts(lang: str) -> None:
    page = what_if_page(trials([1, 4, 12]), kind="budget", unit="<JPY>", lang=lang)
    assert page.count("<svg") == 3 and page.count("<circle") == 9 and "<script" not in page
    assert "&lt;JPY&gt;" in page and "<JPY>" not in page


def test_budgets_are_read_in_rising_order() -> None:
    assert parse_what_if("budget=500, 100,100") == ("budget", (100.0, 500.0))
    assert parse_what_if("update-cost=2.5") == ("update-cost", (2.5,))


@pytest.mark.parametrize("text", ["budget", "size=3", "budget=", "budget=3,x", "budget=2.5"])
def test_budgets_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(WhatIfError, match="expected"):
        parse_what_if(text)


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(BudgetError, match="found 0"):
        trials([0])
