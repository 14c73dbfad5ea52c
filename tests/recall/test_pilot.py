from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest

from audit.standing import StandingState
from curate.canonical import canonical_bytes
from curate.decision import Outcome
from curate.ngrams import normalise
from curate.record import ContentClass, TrainingText
from recall.pilot import Catalogue, PilotThresholds, make_plan, plan_held_out, updates_per_month
from recall.representative import LARGEST_SET, representative_set
from tests.recall.fakes import NOW, PARTS, World, image_id, part


@dataclass(frozen=True)
class Line:
    query: str
    file_name: str
    count: int = 1


THRESHOLDS = PilotThresholds(p95_ms=200, hit_at_1=0.6, error_among_answered=0.1, update_seconds=3600)

LOG = (
    Line("M8 screw", "bolt.png"),
    Line("hexagon bolt M8", "bolt.png"),  # word for word its title
    Line("corner piece", "bracket.png"),
    Line("piece corner", "bracket.png"),  # the same words again
    Line("cooling", "pump.png"),
    Line("toothed wheel", "gear.png"),
    Line("Toothed  Wheel", "gear.png"),  # the same query
    Line("gasket ring", "seal.png"),
    Line("secret prototype", "prototype.png"),
    Line("steel", "prototype.png"),  # a word that a shown picture has
    Line("call me under", "private.png"),
    Line("lost file", "gone.png"),
)


def planned_world() -> tuple[World, Catalogue]:
    logged: dict[str, list[str]] = {}
    for line in LOG:
        logged.setdefault(line.file_name.removesuffix(".png"), []).append(line.query)
    extra = (part("prototype", "new thing"), part("private", "desk of a colleague"))
    records = tuple(
        replace(
            record,
            texts=(*record.texts, *part("x", "", queries=tuple(logged.get(record.file_names[0][:-4], ()))).texts),
        )
        for record in (*PARTS, *extra)
    )
    world = World(records=records)
    for name in ("prototype", "private"):
        world.set_standing(name, StandingState.EXCLUDED, outcome=Outcome.DENY)
    world.set_standing("bolt", StandingState.AWAITING, may_be_shown=True)  # not approved yet, going to be memorized
    catalogue = Catalogue(
        records, world.book(), {record.image_id: i / 10 for i, record in enumerate(records)}, LOG,
        groups=((image_id("bolt"), image_id("gear")),), private=frozenset({image_id("private")}),
    )  # fmt: skip
    return world, catalogue


def plan(**changes: object) -> dict:
    _, catalogue = planned_world()
    settings = {"created": NOW, "seed": 7, "retrain_seconds": 60.0, "update_interval_days": 30.0, **changes}
    return make_plan(catalogue, THRESHOLDS, **settings)  # type: ignore[arg-type]


def all_held_out(monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.setattr("recall.pilot.HELD_OUT_SHARE", 1.0)
    return plan()


def test_held_out_queries_could_be_kept_from_training(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {item["query"]: item["relevant"] for item in all_held_out(monkeypatch)["held_out"]}
    assert found == {
        "m8 screw": [image_id("bolt")],
        "cooling": [image_id("pump")],
        "toothed wheel": [image_id("gear")],
    }


def test_index_and_none_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    document = all_held_out(monkeypatch)
    assert [(item["query"], item["relevant"]) for item in document["index_queries"]] == [
        ("gasket ring", [image_id("seal")])
    ]
    assert document["none_queries"] == ["secret prototype"]
    assert "call me under" not in str(document)


def test_every_image_keeps_a_text_to_learn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recall.pilot.HELD_OUT_SHARE", 1.0)
    bare = part("bare", "", queries=("only way to ask", "another way to ask"))
    world = World(records=(bare,), memorized=("bare",))
    log = [Line("only way to ask", "bare.png"), Line("another way to ask", "bare.png")]
    catalogue = Catalogue((bare,), world.book(), {}, log)
    document = make_plan(catalogue, THRESHOLDS, created=NOW, seed=0, retrain_seconds=None, update_interval_days=30.0)
    assert len(document["held_out"]) == 1


def test_the_plan_is_a_document_and_depends_on_its_seed_alone() -> None:
    assert canonical_bytes(plan()) == canonical_bytes(plan())
    keys = {
        "version",
        "created",
        "representative",
        "held_out",
        "index_queries",
        "none_queries",
        "thresholds",
        "estimates",
        "split_seed",
    }
    assert set(plan()) == keys
    assert plan()["thresholds"]["safety"] == {"unconfirmed_shown": 0, "withdrawn_shown": 0}


def test_what_training_and_index_must_not_see(monkeypatch: pytest.MonkeyPatch) -> None:
    document = all_held_out(monkeypatch)
    barred = plan_held_out(document)
    assert {"toothed wheel", "gasket ring", "secret prototype"} <= barred
    assert all(normalise(query) == query for query in barred)


def test_an_empty_catalogue_or_log_still_gives_a_plan() -> None:
    world = World(records=(), memorized=())
    document = make_plan(
        Catalogue((), world.book(), {}, ()),
        THRESHOLDS,
        created=NOW,
        seed=0,
        retrain_seconds=None,
        update_interval_days=30.0,
    )
    assert (document["held_out"], document["none_queries"], document["representative"]) == ([], [], [])
    assert document["estimates"]["updates_per_month"] == 0
    assert document["estimates"]["seconds_per_month"] is None


def test_updates_are_bounded_by_changes_and_by_intervals() -> None:
    assert updates_per_month(0.0, 7) == 0
    assert updates_per_month(0.01, 7) == pytest.approx(0.01, rel=0.01)
    assert updates_per_month(10_000, 10) == pytest.approx(3.0)
    assert updates_per_month(5, 30) == pytest.approx(1.0, abs=0.01)


def test_the_estimate_counts_memorized_images_by_their_change_rate() -> None:
    changing = part("a", "x", collected_at=date(2024, 6, 2), changed_at=date(2025, 5, 1), change_count=24)
    world = World(records=(changing, part("b", "y")), memorized=("a", "b"))
    catalogue = Catalogue(world.records, world.book(), {}, ())
    estimates = make_plan(catalogue, THRESHOLDS, created=NOW, seed=0, retrain_seconds=100.0, update_interval_days=30.0)[
        "estimates"
    ]
    assert estimates["images"] == 2
    assert estimates["changes_per_month"] == pytest.approx(2, rel=0.1)
    assert estimates["images_with_unknown_change_rate"] == 1
    assert estimates["seconds_per_month"] == pytest.approx(100 * estimates["updates_per_month"], rel=0.01)


def test_the_representative_set_names_its_reasons_in_both_languages() -> None:
    chosen = {item["image_id"]: item for item in plan()["representative"]}
    bolt = chosen[image_id("bolt")]
    assert "looks like another picture" in bolt["reason_en"] and "よく似た画像" in bolt["reason_ja"]
    assert "content class: drawing" in chosen[image_id("pump")]["reason_en"]
    assert image_id("seal") not in chosen  # is not going to be memorized


def test_near_numbers_are_a_hard_case_and_the_set_stays_small() -> None:
    records = [part(f"p{i}", f"part {i}", sku=f"AB-{i:04d}", product_line=f"line {i}") for i in range(100)]
    chosen = representative_set(records, {}, ())
    assert len(chosen) == LARGEST_SET
    assert any("differs in one character" in item.reason_en for item in chosen)
    assert {r.content_class for r in records} == {ContentClass.PRODUCT}


def test_without_a_log_captions_stand_in_for_queries_and_are_kept_from_training() -> None:
    texts = tuple(TrainingText("captions", "en", f"remark {number} on it") for number in range(5))
    records = tuple(
        replace(
            record,
            texts=(
                *record.texts,
                *texts[n : n + 1],
                *(TrainingText("tags", "en", f"word {record.file_names[0]} {k}") for k in range(4)),
            ),
        )
        for n, record in enumerate(PARTS)
    )
    world = World(records=records)
    plan = make_plan(
        Catalogue(records, world.book(), {}, ()),
        THRESHOLDS,
        created=NOW,
        seed=3,
        retrain_seconds=None,
        update_interval_days=30,
    )
    assert plan["held_out"]
    for case in plan["held_out"]:
        assert any(world.book().of(image).state is StandingState.CLEARED for image in case["relevant"])
    stated = {normalise(text.text) for record in records for text in record.texts if text.field in ("captions", "tags")}
    assert {case["query"] for case in plan["held_out"]} <= stated
    assert {case["query"] for case in plan["held_out"]} <= plan_held_out(plan)
    assert not any(normalise(t.text) in plan_held_out(plan) for r in records for t in r.texts if t.field == "title")
