from __future__ import annotations

from dataclasses import replace

import pytest

from audit.standing import StandingBook, StandingState
from curate.canonical import canonical_bytes
from recall.evaluate import evaluate, recheck
from recall.measures import Answered, measure
from recall.queries import PresentAnswer, QueryCase
from recall.verdicts import SafetyCounts, judge
from tests.recall.fakes import PARTS, World, image_id

THRESHOLDS = {
    "speed": {"p95_ms": 200.0},
    "accuracy": {"hit_at_1": 0.6, "error_among_answered": 0.1},
    "update_cost": {"seconds": 3600.0},
    "safety": {"unconfirmed_shown": 0, "withdrawn_shown": 0},
}
CASES = (
    QueryCase("hexagon bolt", frozenset({image_id("bolt")})),
    QueryCase("六角ボルト", frozenset({image_id("bolt")})),
    QueryCase("平歯車", frozenset({image_id("gear")})),
    QueryCase("steel angle bracket", frozenset({image_id("bracket")})),
    QueryCase("rubber shaft seal", frozenset({image_id("seal")})),
    QueryCase("tax office", frozenset()),
)


def run(world: World, cases: tuple[QueryCase, ...] = CASES, **changes) -> dict:
    settings = {"fresh_book": world.book, "update_seconds": 60.0, "seed": 0, **changes}
    return evaluate(world.recaller(), cases, THRESHOLDS, **settings)


def test_the_document_compares_all_systems_on_the_same_queries() -> None:
    present = {"hexagon bolt": PresentAnswer((image_id("gear"), image_id("bolt")), 90.0)}
    texts = [(r.image_id, " ".join(t.text for t in r.texts)) for r in PARTS]
    document = run(World(), present=present, lexical_documents=texts)
    assert set(document["systems"]) == {"memory", "index", "hybrid", "present", "bm25"}
    assert (document["queries"], document["none_queries"]) == (6, 1)
    assert document["systems"]["hybrid"]["hit_at_1"]["value"] == 1.0
    assert document["systems"]["present"]["hit_at_1"]["value"] == 0.0
    assert document["systems"]["present"]["hit_at_5"]["value"] == pytest.approx(1 / 5)
    assert document["systems"]["present"]["p95_ms"] == 90.0
    assert document["present_without_results"] == 5
    assert document["update_cost"] == {"seconds": 60.0, "kind": "full retrain"}
    assert set(document["verdicts"]) == {"speed", "accuracy", "update_cost", "safety"}
    trust = document["trust"]
    assert trust["queries"] == 6 and trust["none"]["queries"] == 1 and trust["risk_coverage"][0]["wrong"] == 0
    assert document["systems"]["hybrid"]["coverage"]["value"] == pytest.approx(trust["none"]["coverage"])
    canonical_bytes(document)  # fit for the ledger: no NaN, no odd types


def test_for_memory_alone_an_image_that_is_not_memorized_means_none() -> None:
    systems = run(World())["systems"]
    assert (systems["memory"]["answerable"], systems["memory"]["none"]) == (4, 2)
    assert (systems["hybrid"]["answerable"], systems["hybrid"]["none"]) == (5, 1)
    assert systems["memory"]["false_accept_rate"]["value"] == 0.0


def test_a_withdrawn_image_is_no_longer_a_right_answer_and_is_not_shown() -> None:
    world = World()
    world.set_standing("bolt", StandingState.WITHDRAWN)
    document = run(world)
    assert document["systems"]["hybrid"]["answerable"] == 3
    assert document["safety"]["withdrawn_shown"] == document["safety"]["unconfirmed_shown"] == 0
    assert document["verdicts"]["safety"]["verdict"] == "expand"


def test_confirmation_stops_planted_mistakes_and_the_two_accuracies_say_so() -> None:
    world = World(mistakes={"六角ボルト GER-4100": image_id("bolt")})  # words of the one, article number of the other
    cases = (*CASES, QueryCase("六角ボルト GER-4100", frozenset({image_id("gear")})))
    memory = run(world, cases)["systems"]["memory"]
    assert memory["before_confirmation"]["error_among_answered"]["value"] > 0
    assert memory["after_confirmation"]["error_among_answered"]["value"] == 0


def test_stopped_contradictions_are_counted() -> None:
    world = World()
    world.catalogue.change("bolt", sku="BLT-9999")
    document = run(world)
    assert document["safety"]["contradictions_stopped"] >= 2
    assert document["systems"]["hybrid"]["hit_at_1"]["value"] < 1


def test_the_recheck_trusts_no_confirmation() -> None:
    world = World()
    recaller = world.recaller()
    results = [recaller.answer("hexagon bolt"), recaller.answer("rubber shaft seal")]
    assert recheck(recaller, results, world.book(), 0) == SafetyCounts(0, 0, 0)

    moved = World()
    moved.set_standing("bolt", StandingState.WITHDRAWN)
    assert recheck(recaller, results, moved.book(), 0) == SafetyCounts(1, 1, 0)
    assert recheck(recaller, results, StandingBook(world.now, {}), 0).unconfirmed_shown == 2

    world.catalogue.bytes_of["seal.png"] = image_id("tampered")
    assert recheck(recaller, results, world.book(), 0) == SafetyCounts(1, 0, 0)
    world.catalogue.bytes_of["seal.png"] = image_id("seal")

    (hit,) = results[0].results[:1]
    for forged in (
        replace(hit, identifier="im-0003"),
        replace(hit, confirmation=replace(hit.confirmation, digest=False)),
        replace(hit, confirmation=replace(hit.confirmation, manifest=False)),
    ):
        forged_result = replace(results[0], results=(forged,))
        assert recheck(recaller, [forged_result], world.book(), 0).unconfirmed_shown == 1


def test_an_unsafe_policy_stops_the_pilot() -> None:
    document = run(World(unsafe=True))
    assert document["unsafe"] is True
    assert document["verdicts"]["safety"]["verdict"] == "stop"
    assert "UNSAFE" in document["verdicts"]["safety"]["why_en"]


def answers(right: int, wrong: int, ms: float = 10.0) -> list[Answered]:
    relevant = frozenset({"a"})
    return [Answered(("a",), relevant, ms)] * right + [Answered(("b",), relevant, ms)] * wrong


def verdicts(asked: list[Answered], **changes) -> dict[str, str]:
    settings = {"update_seconds": 60.0, "safety": SafetyCounts(0, 0, 0), "unsafe": False, **changes}
    found = judge(measure(asked, seed=0), THRESHOLDS, **settings)
    for judgement in found.values():
        assert judgement.why_en and judgement.why_ja
    return {name: judgement.verdict.value for name, judgement in found.items()}


def test_verdicts_follow_the_thresholds() -> None:
    assert set(verdicts(answers(100, 2)).values()) == {"expand"}
    assert verdicts(answers(10, 0))["accuracy"] == "continue"  # too few to build on
    assert verdicts(answers(65, 35))["accuracy"] == "stop"  # enough hits, far too many errors
    assert verdicts(answers(10, 90))["accuracy"] == "stop"
    assert verdicts(answers(95, 9))["accuracy"] == "expand"
    assert verdicts(answers(92, 11))["accuracy"] == "continue"
    assert verdicts([])["accuracy"] == "continue"


def test_costs_twice_the_threshold_stop() -> None:
    assert verdicts(answers(100, 0, 201.0))["speed"] == "continue"
    assert verdicts(answers(100, 0, 401.0))["speed"] == "stop"
    assert verdicts(answers(100, 0), update_seconds=None)["update_cost"] == "continue"
    assert verdicts(answers(100, 0), update_seconds=7201.0)["update_cost"] == "stop"


def test_one_withdrawn_or_unconfirmed_image_stops() -> None:
    assert verdicts(answers(100, 0), safety=SafetyCounts(1, 0, 0))["safety"] == "stop"
    assert verdicts(answers(100, 0), safety=SafetyCounts(0, 1, 0))["safety"] == "stop"
    assert verdicts(answers(100, 0), safety=SafetyCounts(0, 0, 50))["safety"] == "expand"
