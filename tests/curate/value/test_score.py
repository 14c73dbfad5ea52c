from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from curate.decision import ValueScore
from curate.record import BusinessFacts, ImageRecord, RightsFacts, TrainingText
from curate.search_log import LoggedQuery
from curate.value.change import change_history, changes_per_month
from curate.value.demand import demands, squash
from curate.value.score import Unknowns, ValueSettings, ValueSettingsError, score_values
from tests.curate.fakes import image_id, make_picture_facts, make_record

TODAY = date(2026, 1, 15)
SETTINGS = ValueSettings()
THRESHOLD = 0.55  # of policies/default


def asked(query: str, file_name: str, count: int = 1, days_ago: int | None = 0) -> LoggedQuery:
    moment = None if days_ago is None else datetime(2026, 1, 15, 9, tzinfo=UTC) - timedelta(days=days_ago)
    return LoggedQuery(timestamp=moment, query=query, file_name=file_name, count=count)


def score_of(record: ImageRecord, log: list[LoggedQuery]) -> ValueScore:
    others = [make_record(f"other-{n}.png", texts=(TrainingText("title", "en", f"part {n}"),)) for n in range(5)]
    pictures = {r.image_id: make_picture_facts(r.file_names[0]) for r in (record, *others)}
    return score_values([record, *others], log, pictures, today=TODAY, settings=SETTINGS)[record.image_id]


def credits(log: list[LoggedQuery], *names: str) -> list[float]:
    records = [make_record(name) for name in names]
    found = demands(records, log, today=TODAY, half_life_days=90, window_days=90)
    return [found[image_id(name)].credit for name in names]


def test_an_asking_a_half_life_old_counts_half_and_an_undated_one_too() -> None:
    assert credits([asked("bolt", "a.png", 8, 90)], "a.png") == [4.0]
    assert credits([asked("bolt", "a.png", 8, None)], "a.png") == [4.0]


def test_a_future_asking_counts_as_todays() -> None:
    assert credits([asked("bolt", "a.png", 8, -400)], "a.png") == [8.0]


def test_credit_is_shared_among_images_that_answer_the_same_normalised_query() -> None:
    log = [asked("Ｂolt ", "a.png", 6), asked("bolt", "b.png", 2), asked("nut", "b.png", 1), asked("bolt", "gone.png")]
    assert credits(log, "a.png", "b.png") == [pytest.approx(2.0), pytest.approx(2 / 3 + 1)]


def test_the_log_scale_runs_from_nothing_to_full() -> None:
    assert squash(0, 50) == 0
    assert squash(50, 50) == squash(5000, 50) == 1
    assert squash(1, 50) < squash(2, 50) < squash(49, 50) < 1


def test_change_rate_needs_a_count_and_a_period() -> None:
    def rate(**facts: object) -> float | None:
        record = make_record(**facts)
        return changes_per_month(record.business, record.rights, today=TODAY)

    year_ago = TODAY - timedelta(days=360)
    assert rate(change_count=52, collected_at=year_ago) == pytest.approx(52 / 12)
    assert rate(change_count=0, collected_at=None) == 0
    assert rate(change_count=None, collected_at=year_ago) is None
    assert rate(change_count=3, collected_at=None, changed_at=None) is None
    assert rate(change_count=1, collected_at=TODAY) == 1  # one early change is not thirty a month
    # Without the date of collection the time since the last change stands in: never too low a rate.
    assert rate(change_count=6, collected_at=None, changed_at=TODAY - timedelta(days=60)) == 3
    assert rate(change_count=6, collected_at=TODAY + timedelta(days=60), changed_at=None) is None


def test_stability_falls_with_the_rate_and_rises_with_time() -> None:
    def stability(count: int, days: int) -> float:
        rights = RightsFacts(collected_at=TODAY - timedelta(days=days))
        found = change_history(BusinessFacts(change_count=count), rights, today=TODAY).stability(3)
        assert found is not None
        return found

    assert stability(0, 30) < stability(0, 400) < 1
    assert stability(0, 400) > stability(2, 400) > stability(50, 400)
    assert stability(60, 400) < 0.05


def test_a_quiet_but_critical_image_is_valuable() -> None:
    log = [asked("something else", "other-0.png", 40)]
    assert score_of(make_record(criticality=0.95), log).score >= THRESHOLD
    assert score_of(make_record(criticality=0.1), log).score < THRESHOLD


def test_a_popular_image_is_valuable_without_a_stated_criticality() -> None:
    assert score_of(make_record(criticality=None), [asked("bolt", "bolt.png", 20, 10)]).score >= THRESHOLD


def test_when_nothing_is_known_nothing_passes_as_valuable() -> None:
    bare = make_record(criticality=None, change_count=None, collected_at=None, texts=())
    value = score_values([bare], [], {}, today=TODAY, settings=SETTINGS)[bare.image_id]
    assert value.score < THRESHOLD - 0.2
    assert dict(value.parts) == {
        "demand": 0.15,
        "stability": 0.3,
        "criticality": 0.15,
        "representativeness": 0.15,
    }
    assert value.explanation.count("unknown") == 4
    assert value.explanation_ja.count("不明") == 4


def test_an_empty_log_is_unknown_and_a_log_without_the_image_is_zero() -> None:
    unknown, zero = score_of(make_record(), []), score_of(make_record(), [asked("x", "other-1.png")])
    assert dict(unknown.parts)["demand"] == SETTINGS.unknown.demand
    assert dict(zero.parts)["demand"] == 0


def test_more_askings_never_lower_the_score() -> None:
    scores = [score_of(make_record(), [asked("bolt", "bolt.png", n)]).score for n in (1, 2, 10, 100, 10_000)]
    assert scores == sorted(scores)
    assert all(0 <= score <= 1 for score in scores)


def test_the_sentence_a_manager_reads() -> None:
    record = make_record(criticality=0.9, change_count=0, collected_at=TODAY - timedelta(days=420))
    value = score_of(record, [asked("bolt", "bolt.png", 30, 5), asked("ボルト", "bolt.png", 11, 80)])
    assert value.explanation.startswith(
        "Asked 41 times in 90 days; unchanged for 14 months; criticality 0.90 as stated;"
    )
    assert value.explanation_ja.startswith("直近90日間に41回検索、14か月変更なし、重要度0.90(登録値)、")
    assert f"{value.score:.2f}" in value.explanation
    weekly = score_of(replace(record, business=replace(record.business, change_count=60)), [asked("bolt", "bolt.png")])
    assert "Asked 1 time in 90 days; changes 4.3 times a month" in weekly.explanation
    assert "月4.3回変更" in weekly.explanation_ja


def test_a_member_of_a_family_represents_more_than_a_loner() -> None:
    family = [
        make_record(f"bolt-{n}.png", texts=(TrainingText("title", "en", f"hexagon bolt M{n}"),)) for n in range(9)
    ]
    loner = make_record("yacht.png", texts=(TrainingText("title", "en", "sailing yacht"),))
    values = score_values([*family, loner], [], {}, today=TODAY, settings=SETTINGS)
    in_family = dict(values[family[0].image_id].parts)["representativeness"]
    assert in_family > dict(values[loner.image_id].parts)["representativeness"] + 0.3
    assert "represents" in values[family[0].image_id].explanation
    assert "no near neighbour" in values[loner.image_id].explanation


def test_like_pictures_count_as_neighbours_without_any_text() -> None:
    records = [make_record(f"{n}.png", texts=()) for n in range(4)]
    grey, red = (0.5,) * 192, (1.0, 0.0, 0.0) * 64
    pictures = {
        record.image_id: make_picture_facts(record.file_names[0], colour_grid=grid)
        for record, grid in zip(records, (grey, grey, grey, red), strict=True)
    }
    values = score_values(records, [], pictures, today=TODAY, settings=SETTINGS)
    parts = [dict(values[record.image_id].parts)["representativeness"] for record in records]
    assert parts[0] == pytest.approx(2 / 3, abs=0.01)
    assert parts[3] == pytest.approx(0, abs=0.01)


def test_order_of_catalogue_and_log_does_not_matter() -> None:
    records = [make_record(f"bolt-{n}.png", texts=(TrainingText("title", "en", f"bolt M{n}"),)) for n in range(12)]
    pictures = {record.image_id: make_picture_facts(record.file_names[0]) for record in records}
    log = [asked(f"bolt {n % 3}", f"bolt-{n}.png", n + 1, n * 7) for n in range(12)]
    expected = score_values(records, log, pictures, today=TODAY, settings=SETTINGS)
    random.Random(7).shuffle(records)
    random.Random(8).shuffle(log)
    assert score_values(records, log, pictures, today=TODAY, settings=SETTINGS) == expected


def test_the_scorer_names_its_settings() -> None:
    assert SETTINGS.scorer == ValueSettings().scorer
    assert SETTINGS.scorer != ValueSettings(full_demand=10).scorer
    assert SETTINGS.scorer != ValueSettings(unknown=Unknowns(demand=0.0)).scorer


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight_need": 0.9},
        {"weight_need": -0.1, "weight_stability": 0.95},
        {"half_life_days": 0},
        {"full_demand": float("nan")},
        {"unknown": Unknowns(stability=1.0)},
    ],
)
def test_settings_outside_their_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueSettingsError, match="expected"):
        ValueSettings(**wrong)  # type: ignore[arg-type]


@pytest.mark.slow
def test_ten_thousand_images_are_scored_in_one_pass() -> None:
    records = [
        make_record(f"{n}.png", texts=(TrainingText("title", "ja", f"六角ボルト M{n % 40} 型番 B-{n:05d} ステンレス"),))
        for n in range(10_000)
    ]
    pictures = {record.image_id: make_picture_facts(record.file_names[0]) for record in records}
    values = score_values(records, [], pictures, today=TODAY, settings=SETTINGS)
    assert len(values) == 10_000
