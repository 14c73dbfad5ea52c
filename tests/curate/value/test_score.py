from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from curate.canonical import from_json, to_json
from curate.decision import ValueScore
from curate.finding import Category, Channel, Check, Detector, Finding, Screening, Severity, Where
from curate.picture import PictureFacts
from curate.record import BusinessFacts, ImageRecord, RightsFacts, TrainingText
from curate.search_log import LoggedQuery
from curate.value.change import change_history, changes_per_month, current_share
from curate.value.demand import asked_log, summed
from curate.value.forecast import choose_habit, forecast
from curate.value.neighbours import likeness_of
from curate.value.part import score_of
from curate.value.queries import query_key
from curate.value.score import score_values
from curate.value.settings import Unknowns, ValueSettings, ValueSettingsError
from tests.curate.fakes import image_id, make_picture_facts, make_record

TODAY = date(2026, 1, 15)
SETTINGS = ValueSettings()
THRESHOLD = 0.55  # of policies/default


def asked(query: str, file_name: str, count: int = 1, days_ago: int | None = 0) -> LoggedQuery:
    moment = None if days_ago is None else datetime(2026, 1, 15, 9, tzinfo=UTC) - timedelta(days=days_ago)
    return LoggedQuery(timestamp=moment, query=query, file_name=file_name, count=count)


def clean(*records: ImageRecord) -> dict[str, Screening]:
    return {r.image_id: Screening(r.image_id, (), (), frozenset(Check)) for r in records}


def valued(
    records: list[ImageRecord],
    log: list[LoggedQuery],
    pictures: dict[str, PictureFacts] | None = None,
    settings: ValueSettings = SETTINGS,
    screenings: dict[str, Screening] | None = None,
) -> dict[str, ValueScore]:
    seen = {r.image_id: make_picture_facts(r.file_names[0]) for r in records} if pictures is None else pictures
    return score_values(
        records,
        log,
        seen,
        clean(*records) if screenings is None else screenings,
        likeness_of(records, seen, k=settings.neighbours),
        today=TODAY,
        update_interval_days=30,
        settings=settings,
    )


def score_of_record(record: ImageRecord, log: list[LoggedQuery]) -> ValueScore:
    others = [make_record(f"other-{n}.png", texts=(TrainingText("title", "en", f"part {n}"),)) for n in range(5)]
    return valued([record, *others], log)[record.image_id]


def credits(log: list[LoggedQuery], *names: str) -> list[float]:
    rows = asked_log([make_record(name) for name in names], log, until=TODAY, window_days=90)
    assert rows is not None
    return [float(credit) for credit in summed(rows, rows.credit, len(names))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｈｅｘ Bolt　M8", "m8 hex bolts"),
        ("サーバー 部品", "さーば 部品 "),
        ("六角ボルト、M8", "M8 六角ぼると"),
        ("“spur gear”?", "Gear, spur"),
    ],
)
def test_queries_that_ask_for_the_same_are_one(one: str, other: str) -> None:
    assert query_key(one) == query_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("M8-1.25", "M8 1.25"), ("glass", "glas"), ("ビル", "ビール"), ("bolt M8", "bolt M6")]
)
def test_queries_that_differ_stay_apart(one: str, other: str) -> None:
    assert query_key(one) != query_key(other)


def test_credit_is_shared_among_images_that_answered_the_same_asking() -> None:
    log = [asked("Ｂolt ", "a.png", 6), asked("bolt", "b.png", 2), asked("nut", "b.png", 1), asked("bolt", "gone.png")]
    assert credits(log, "a.png", "b.png") == [pytest.approx(2.0), pytest.approx(2 / 3 + 1)]
    apart = [asked("bolt", "a.png", 6), asked("bolt", "b.png", 2, days_ago=3)]
    assert credits(apart, "a.png", "b.png") == [6.0, 2.0]  # two askings, each answered by one


def test_an_asking_fades_and_an_undated_one_is_half_a_window_old() -> None:
    records = [make_record("a.png"), make_record("b.png"), make_record("c.png")]
    log = [asked("bolt", "a.png", 20, 1), asked("bolt", "b.png", 20, 100), asked("bolt", "c.png", 20, None)]
    found = valued(records, log)
    expected = [dict(found[r.image_id].parts)["demand"] for r in records]
    assert expected[0] > expected[2] > expected[1] > 0


def test_rows_after_the_day_are_not_known_yet() -> None:
    only_later = score_of_record(make_record(), [asked("bolt", "bolt.png", 8, -400)])
    assert not next(part for part in only_later.details if part.name == "demand").known


def test_a_newcomer_is_measured_over_its_own_time() -> None:
    old = make_record("old.png", collected_at=TODAY - timedelta(days=600))
    new = make_record("new.png", collected_at=TODAY - timedelta(days=30))
    log = [asked("old", "old.png", 10, 10 * n) for n in range(40)]
    log += [asked("new", "new.png", 10, 10 * n) for n in range(3)]
    amounts = {
        name: next(p for p in valued([old, new], log)[image_id(name)].details if p.name == "demand").amount
        for name in ("old.png", "new.png")
    }
    assert amounts["new.png"] == pytest.approx(amounts["old.png"], rel=0.35)


def test_the_half_life_is_chosen_on_the_log() -> None:
    rng = np.random.default_rng(5)
    names = [f"{n}.png" for n in range(30)]
    records = [make_record(name) for name in names]
    since, family = np.zeros(30, dtype=np.int64), np.zeros(30, dtype=np.int64)

    def chosen(popular: list[np.ndarray]) -> float:
        log = [
            asked(f"q{image}", names[image], 1, day)
            for day in range(360)
            for image in rng.choice(30, size=12, p=popular[day // 20])
        ]
        rows = asked_log(records, log, until=TODAY, window_days=90)
        assert rows is not None
        return choose_habit(rows, np.maximum(since, rows.first), family, 90.0).half_life

    steady = rng.dirichlet(np.full(30, 0.3))
    turned = [rng.dirichlet(np.full(30, 0.3))] * 8 + [steady] * 10  # newest first
    assert chosen([steady] * 18) > 2 * chosen(turned)


def test_a_season_seen_last_year_is_expected_again() -> None:
    records = [make_record("heater.png", product_line="heat"), make_record("fan.png", product_line="cool")]
    log = [
        asked(name, f"{name}.png", 6, day)
        for day in range(1, 800, 2)
        for name in ["heater" if (day + 20) % 365 < 180 else "fan"]
    ]
    rows = asked_log(records, log, until=TODAY - timedelta(days=165), window_days=90)
    assert rows is not None
    found = forecast(rows, np.zeros(2, dtype=np.int64), np.array([0, 1]), half_life=None, default=90)
    assert found.habit.season > 0
    assert found.per_month[0] > found.per_month[1]  # the heater's months begin, though the fan was asked for last


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


def test_memory_is_current_for_less_of_the_time_the_faster_an_image_changes() -> None:
    def share(count: int, days: int) -> float:
        rights = RightsFacts(collected_at=TODAY - timedelta(days=days))
        hazard = change_history(BusinessFacts(change_count=count), rights, today=TODAY).hazard
        assert hazard is not None
        return current_share(hazard, 1.0)

    assert share(0, 30) < share(0, 400) < 1
    assert share(0, 400) > share(2, 400) > share(50, 400)
    assert share(200, 400) < 0.1
    assert current_share(0.0, 1.0) == 1


def test_a_quiet_but_critical_image_is_valuable() -> None:
    log = [asked("something else", "other-0.png", 40)]
    assert score_of_record(make_record(criticality=0.95, change_count=0), log).score >= THRESHOLD
    assert score_of_record(make_record(criticality=0.1), log).score < THRESHOLD


def test_a_popular_image_is_valuable_without_a_stated_criticality() -> None:
    assert score_of_record(make_record(criticality=None), [asked("bolt", "bolt.png", 20, 10)]).score >= THRESHOLD


def test_when_nothing_is_known_nothing_passes_as_valuable_nor_as_worthless() -> None:
    bare = make_record(criticality=None, change_count=None, collected_at=None, texts=())
    value = valued([bare], [], {}, screenings={})[bare.image_id]
    assert value.low is not None and value.high is not None
    assert value.low < 0.05 and value.high > 0.9 and value.low < value.score < THRESHOLD
    assert not any(part.known for part in value.details)
    assert value.explanation.count("unknown") == 4
    assert value.explanation_ja.count("不明") == 4


def test_each_missing_fact_widens_the_interval() -> None:
    log = [asked("bolt", "bolt.png", 20, 10)]
    known = score_of_record(make_record(criticality=0.5, change_count=1), log)
    for missing in (make_record(criticality=None, change_count=1), make_record(change_count=None, changed_at=None)):
        vague = score_of_record(missing, log)
        assert vague.high - vague.low > known.high - known.low  # type: ignore[operator]
    no_log = score_of_record(make_record(criticality=0.5, change_count=1), [])
    assert no_log.high - no_log.low > known.high - known.low  # type: ignore[operator]


def test_more_askings_never_lower_the_score() -> None:
    scores = [score_of_record(make_record(), [asked("bolt", "bolt.png", n)]).score for n in (1, 2, 10, 100, 10_000)]
    assert scores == sorted(set(scores))  # and it never saturates: the head of the list keeps its order
    assert all(0 <= score <= 1 for score in scores)
    assert score_of(0) == 0


def finding(severity: Severity) -> Finding:
    where = Where(Channel.TEXT, "title")
    return Finding("", Detector("t", "1"), Category.PRIVACY, "privacy.phone", 1.0, severity, where, "", "")


def test_more_findings_never_raise_the_score() -> None:
    record = make_record()
    scores = []
    for number in range(4):
        found = tuple(finding(Severity.MEDIUM) for _ in range(number))
        screened = {record.image_id: Screening(record.image_id, found, (), frozenset(Check))}
        scores.append(valued([record], [], screenings=screened)[record.image_id].score)
    assert scores == sorted(scores, reverse=True) and scores[0] > scores[-1]


def test_the_sentence_a_manager_reads() -> None:
    record = make_record(criticality=0.9, change_count=0, collected_at=TODAY - timedelta(days=420))
    value = score_of_record(record, [asked("bolt", "bolt.png", 30, 5), asked("ボルト", "bolt.png", 11, 80)])
    assert value.explanation.startswith("Asked 41 times in 90 days, about ")
    assert "; unchanged for 14 months; criticality 0.90 as stated;" in value.explanation
    assert value.explanation_ja.startswith("直近90日間に41回検索(今後は月")
    assert "、14か月変更なし、重要度0.90(登録値)、" in value.explanation_ja
    assert f"value {value.score:.2f} of 1 ({value.low:.2f}–{value.high:.2f})." in value.explanation
    weekly = score_of_record(
        replace(record, business=replace(record.business, change_count=60)), [asked("bolt", "bolt.png")]
    )
    assert "Asked 1 time in 90 days" in weekly.explanation and "changes 4.3 times a month" in weekly.explanation
    assert "月4.3回変更" in weekly.explanation_ja
    rare = make_record(change_count=2, collected_at=TODAY - timedelta(days=1050))
    assert re.search(r"changes 0\.0\d times a month", score_of_record(rare, []).explanation)
    assert re.search(r"月0\.0\d回変更", score_of_record(rare, []).explanation_ja)
    old = score_of_record(record, [asked("bolt", "bolt.png", 3, 200)])
    assert "in 90 days up to 2025-06-29" in old.explanation and "2025-06-29までの90日間に3回" in old.explanation_ja


def test_a_member_of_a_family_represents_more_than_a_loner() -> None:
    family = [
        make_record(f"bolt-{n}.png", texts=(TrainingText("title", "en", f"hexagon bolt M{n}"),)) for n in range(9)
    ]
    loner = make_record("yacht.png", texts=(TrainingText("title", "en", "sailing yacht"),))
    values = valued([*family, loner], [], {})
    member = dict(values[family[0].image_id].parts)
    alone = dict(values[loner.image_id].parts)
    assert member["representativeness"] > alone["representativeness"] + 0.3
    assert member["diversity"] < alone["diversity"]
    assert "represents" in values[family[0].image_id].explanation
    assert "no near neighbour" in values[loner.image_id].explanation


def test_texts_that_say_the_same_are_confusable_whatever_the_pictures_show() -> None:
    texts = (TrainingText("title", "ja", "六角ボルト M8 ステンレス"),)
    records = [make_record("a.png", texts=texts), make_record("b.png", texts=texts), make_record("c.png")]
    values = valued(records, [])
    parts = [dict(values[record.image_id].parts)["confusability"] for record in records]
    assert parts[0] == parts[1] == pytest.approx(1, abs=1e-3) and parts[2] < 0.5


def test_like_pictures_count_as_neighbours_without_any_text() -> None:
    records = [make_record(f"{n}.png", texts=()) for n in range(4)]
    grey, red = (0.5,) * 192, (1.0, 0.0, 0.0) * 64
    pictures = {
        record.image_id: make_picture_facts(record.file_names[0], colour_grid=grid)
        for record, grid in zip(records, (grey, grey, grey, red), strict=True)
    }
    values = valued(records, [], pictures)
    parts = [dict(values[record.image_id].parts)["representativeness"] for record in records]
    assert parts[0] == pytest.approx(2 / 3, abs=0.01)
    assert parts[3] == pytest.approx(0, abs=0.01)


def test_order_of_catalogue_and_log_does_not_matter() -> None:
    records = [make_record(f"bolt-{n}.png", texts=(TrainingText("title", "en", f"bolt M{n}"),)) for n in range(12)]
    log = [asked(f"bolt {n % 3}", f"bolt-{n}.png", n + 1, n * 7) for n in range(12)]
    expected = valued(records, log)
    random.Random(7).shuffle(records)
    random.Random(8).shuffle(log)
    assert valued(records, log) == expected


def test_a_score_of_before_is_still_read() -> None:
    value = score_of_record(make_record(), [])
    assert from_json(ValueScore, to_json(value)) == value
    old = {
        key: to_json(value)[key] for key in ("image_id", "score", "parts", "explanation", "explanation_ja", "scorer")
    }
    assert from_json(ValueScore, old).worth is None


def test_the_scorer_names_its_settings() -> None:
    assert SETTINGS.scorer == ValueSettings().scorer
    assert SETTINGS.scorer != ValueSettings(criticality_askings=10).scorer
    assert SETTINGS.scorer != ValueSettings(unknown=Unknowns(risk=(0.0, 0.1, 1.0))).scorer


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight_risk": 1.1},
        {"weight_quality": -0.1},
        {"half_life_days": 0},
        {"criticality_askings": float("nan")},
        {"update_cost": -1},
        {"unknown": Unknowns(risk=(0.5, 0.1, 1.0))},
        {"unknown": Unknowns(quality=(0.0, 0.1, 2.0))},
    ],
)
def test_settings_outside_their_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueSettingsError, match="expected"):
        ValueSettings(**wrong)  # type: ignore[arg-type]
