"""The value judged by what was asked afterwards, on logs of which the answer is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from curate.record import ImageRecord, TrainingText
from curate.search_log import LoggedQuery
from curate.value.settings import ValueSettings
from imprimatur.backtest_page import backtest_page
from imprimatur.sample.history import Habits, history
from recall.backtest import NoBacktest, backtest
from recall.value_choice import value_choice
from tests.curate.fakes import make_record

TODAY = date(2026, 6, 1)
FIRST = TODAY - timedelta(days=299)


def asked(day: int, image: str, times: int = 1, query: str | None = None) -> LoggedQuery:
    moment = datetime.combine(FIRST, datetime.min.time(), tzinfo=UTC) + timedelta(days=day)
    return LoggedQuery(moment, query or image, image, times)


def records_of(number: int) -> list[ImageRecord]:
    start = FIRST - timedelta(days=100)
    lines = ("bolts", "gears", "valves")
    return [
        make_record(
            f"{n}.png",
            texts=(TrainingText("title", "en", f"{lines[n % 3]} {n}"),),
            product_line=lines[n % 3],
            collected_at=start,
            criticality=(n * 7 % 10) / 10,
            change_count=n % 4,
        )
        for n in range(number)
    ]


def first_ones(records: Sequence[ImageRecord], log: Sequence[LoggedQuery], day: date, images: int) -> list[str]:
    """A choice that looks at nothing but the names, and may look at nothing later than the day."""
    assert all(row.timestamp is None or row.timestamp.date() <= day for row in log)
    return [record.image_id for record in sorted(records, key=lambda r: int(r.file_names[0][:-4]))[:images]]


def shares(document: dict[str, object], place: int = 0) -> dict[str, float]:
    return {name: found["value"] for name, found in document["budgets"][place]["answered"].items()}  # type: ignore[index]


def test_shares_are_those_one_can_count() -> None:
    log = [asked(day, "1.png", 3) for day in range(200)] + [asked(day, "0.png") for day in range(200, 300)]
    log += [asked(day, "1.png") for day in range(200, 300, 2)]
    found = backtest(records_of(4), log, first_ones, budgets=[1], today=TODAY, at=FIRST + timedelta(days=199))
    assert found["askings_before"] == 600 and found["askings_after"] == 150
    counted = shares(found)
    assert counted["value"] == pytest.approx(2 / 3) == counted["hindsight"]
    assert counted["most-asked"] == pytest.approx(1 / 3)
    assert found["budgets"][0]["value_minus_most_asked"]["low"] > 0
    assert 0 < counted["random"] < 0.6


def test_an_asking_that_led_to_two_images_is_answered_by_either_and_counts_once() -> None:
    log = [asked(0, "2.png"), asked(250, "0.png", 4, "q"), asked(250, "1.png", 4, "q"), asked(251, "3.png", 4)]
    found = backtest(records_of(4), log, first_ones, budgets=[1, 2], today=TODAY, at=FIRST)
    assert [shares(found, place)["value"] for place in (0, 1)] == [0.5, 0.5]


def test_an_image_that_was_not_there_yet_is_not_chosen_and_its_askings_stay_unanswered() -> None:
    records = records_of(3)
    late = replace(records[0], rights=replace(records[0].rights, collected_at=TODAY - timedelta(days=10)))
    log = [asked(0, "1.png"), asked(290, "0.png"), asked(290, "1.png")]
    found = backtest([late, *records[1:]], log, first_ones, budgets=[3], today=TODAY, at=FIRST)
    assert found["newcomers"] == 1 and found["images"] == 2 and found["unanswerable"] == 0.5
    assert shares(found)["hindsight"] == 0.5


@pytest.mark.parametrize("at", [FIRST - timedelta(days=1), TODAY])
def test_a_day_outside_of_the_log_is_refused(at: date) -> None:
    log = [asked(0, "0.png"), asked(299, "0.png")]
    with pytest.raises(NoBacktest, match=f"found {at}"):
        backtest(records_of(2), log, first_ones, at=at, today=TODAY)


def test_two_days_are_enough_and_one_is_told() -> None:
    log = [asked(0, "0.png"), asked(1, "0.png")]
    assert backtest(records_of(2), log, first_ones, budgets=[1], today=TODAY)["images"] == 2
    with pytest.raises(NoBacktest, match=f"expected askings on at least two days, found them on {FIRST} only"):
        backtest(records_of(2), log[:1], first_ones, today=TODAY)


def test_a_log_without_dates_is_refused() -> None:
    with pytest.raises(NoBacktest, match="expected a search log with timestamps"):
        backtest(records_of(2), [LoggedQuery(None, "q", "0.png", 1)], first_ones, today=TODAY)


def test_the_value_foretells_a_drifting_demand_better_than_counting() -> None:
    records = records_of(150)
    gaps = []
    for seed in (1, 2, 3):
        log, there = history(records, until=TODAY, days=400, habits=Habits(drift=2.5, per_day=25), seed=seed)
        dated = [
            replace(r, rights=replace(r.rights, collected_at=there.get(r.image_id, r.rights.collected_at)))
            for r in records
        ]
        choose = value_choice(ValueSettings(), update_interval_days=30)
        found = backtest(dated, log, choose, budgets=[8, 15], today=TODAY, at=TODAY - timedelta(days=60))
        gaps += [row["value_minus_most_asked"]["value"] for row in found["budgets"]]
        for row in found["budgets"]:
            counted = {name: estimate["value"] for name, estimate in row["answered"].items()}
            assert counted["hindsight"] >= counted["value"] > max(counted["newest"], counted["random"])
    assert np.mean(gaps) > 0.02


def test_the_history_is_the_same_each_time_and_uneven() -> None:
    records = records_of(60)
    log, there = history(records, until=TODAY, days=100, seed=4)
    assert (log, there) == history(records, until=TODAY, days=100, seed=4)
    assert log[0].timestamp is not None and log[0].timestamp.date() >= TODAY - timedelta(days=99)
    assert all(row.timestamp is not None and row.timestamp.date() <= TODAY for row in log)
    by_image = {r.file_names[0]: r.image_id for r in records}
    assert all(
        row.timestamp is not None and row.timestamp.date() >= there.get(by_image[row.file_name], date.min)
        for row in log
    )
    counts = np.unique([row.file_name for row in log], return_counts=True)[1]
    assert np.sort(counts)[::-1][:6].sum() > 0.4 * len(log)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_page_shows_every_way_of_choosing(lang: str) -> None:
    log = [asked(day, f"{day % 5}.png") for day in range(300)]
    page = backtest_page(backtest(records_of(6), log, first_ones, budgets=[2], today=TODAY), lang)
    assert f'<html lang="{lang}">' in page and page.count("<rect") == 5 and "<script" not in page
