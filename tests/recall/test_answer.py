from __future__ import annotations

import inspect

import pytest

from audit.standing import StandingState
from recall.agreement import Metadata
from recall.answer import QueryRefusedError, Recaller
from recall.confirm import Confirmer, Origin
from recall.scoring import Mode
from tests.recall.fakes import World, image_id


def names(result) -> list[str]:
    return [hit.file_name.removesuffix(".png") for hit in result.results]


def test_memory_answers_in_both_languages() -> None:
    recaller = World().recaller()
    for query, name in (("hexagon bolt", "bolt"), ("平歯車", "gear"), ("BRK-1204 bracket", "bracket")):
        result = recaller.answer(query)
        assert result.status == "confirmed"
        first = result.results[0]
        assert (first.file_name, first.origin, first.rank) == (f"{name}.png", Origin.MEMORY, 1)
        assert first.identifier is not None and first.confirmation.manifest


def test_the_index_completes_what_was_not_memorized() -> None:
    result = World().recaller().answer("rubber shaft seal")
    assert (names(result)[0], result.results[0].origin, result.results[0].identifier) == ("seal", Origin.INDEX, None)
    assert not result.results[0].confirmation.manifest


def test_no_image_is_shown_twice() -> None:
    result = World().recaller(threshold=0.01).answer("bolt gear bracket seal", top_k=10)
    shown = [hit.image_id for hit in result.results]
    assert len(shown) == len(set(shown)) > 1
    assert [hit.rank for hit in result.results] == list(range(1, len(shown) + 1))


@pytest.mark.parametrize("query", ["annual report of the tax office", "猫の写真集", "zzzz qqqq"])
def test_a_question_without_an_answer_gets_none(query: str) -> None:
    result = World().recaller().answer(query)
    assert (result.status, result.results) == ("none", ())
    assert result.to_document()["status"] == "none"


def test_a_wrong_identifier_is_withheld_and_named_with_its_reason() -> None:
    world = World(mistakes={"BLT-2001 hexagon bolt": image_id("bracket")})
    result = world.recaller(threshold=0.02).answer("BLT-2001 hexagon bolt", mode=Mode.MEMORY)
    assert result.withheld[0].image_id == image_id("bracket")
    assert result.withheld[0].why == "article-number"
    assert "bracket" not in names(result)
    assert result.proposed[0] == image_id("bracket")  # it would have been shown
    assert names(world.recaller(threshold=0.05).answer("BLT-2001 hexagon bolt")) == ["bolt"]


def test_the_next_candidate_takes_the_place_of_a_withheld_one() -> None:
    world = World()
    world.catalogue.change("bolt", sku="BLT-2002")
    result = world.recaller(threshold=0.02).answer("hexagon bolt M8 module two spur gear")
    assert [item.why for item in result.withheld] == ["stale-article-number"]
    assert names(result)[0] == "gear"


def test_withdrawal_works_on_the_next_query_and_hands_nothing_to_neighbours() -> None:
    world = World()
    recaller = world.recaller()
    assert names(recaller.answer("hexagon bolt M8"))[0] == "bolt"
    world.set_standing("bolt", StandingState.WITHDRAWN)
    after = recaller.answer("hexagon bolt M8")
    assert after.status == "none"
    world.set_standing("bolt", StandingState.CLEARED, may_be_shown=True)
    assert names(recaller.answer("hexagon bolt M8"))[0] == "bolt"


def test_an_index_older_than_the_withdrawal_shows_nothing_withdrawn() -> None:
    world = World()
    world.set_standing("seal", StandingState.WITHDRAWN)
    result = world.recaller().answer("rubber shaft seal")
    assert "seal" not in names(result)
    assert result.withheld[0].why == "standing-withdrawn"


def test_the_near_miss_of_an_article_number_gets_none() -> None:
    result = World().recaller().answer("BRK-1203 steel angle bracket")
    assert result.status == "none"
    assert result.withheld[0].why == "article-number"


def test_files_are_hashed_again_for_every_answer() -> None:
    world = World()
    recaller = world.recaller()
    recaller.answer("hexagon bolt")
    looked = world.catalogue.looked
    recaller.answer("hexagon bolt")
    assert world.catalogue.looked > looked
    world.catalogue.bytes_of["bolt.png"] = image_id("tampered")
    assert "bolt" not in names(recaller.answer("hexagon bolt"))


def test_modes_answer_from_their_source_alone() -> None:
    recaller = World().recaller(threshold=0.2)
    assert recaller.answer("rubber shaft seal", mode=Mode.MEMORY).status == "none"
    assert {hit.origin for hit in recaller.answer("hexagon bolt", mode=Mode.INDEX).results} == {Origin.INDEX}
    assert {hit.origin for hit in recaller.answer("hexagon bolt", mode=Mode.MEMORY).results} == {Origin.MEMORY}


def test_before_training_the_index_answers_alone() -> None:
    result = World(memorized=()).recaller().answer("hexagon bolt M8")
    assert (names(result)[0], result.results[0].origin) == ("bolt", Origin.INDEX)


def test_what_was_made_under_an_unsafe_policy_says_so() -> None:
    assert World(unsafe=True).recaller().answer("hexagon bolt").unsafe
    world = World()
    assert not world.recaller().answer("hexagon bolt").unsafe
    world.set_standing("bolt", StandingState.CLEARED, may_be_shown=True, unsafe=True)
    assert world.recaller().answer("hexagon bolt").to_document()["unsafe"] is True


def test_many_answers_equal_single_ones_and_ask_the_model_once() -> None:
    world = World()
    recaller = world.recaller()
    queries = ["hexagon bolt", "rubber shaft seal", "tax office"]
    single = [recaller.answer(query) for query in queries]
    asked = world.model.asked
    many = recaller.answer_many(queries)
    assert world.model.asked == asked + 1
    assert [result.results for result in many] == [result.results for result in single]
    assert all(result.latency_ms > 0 for result in many)
    assert recaller.answer_many([]) == ()


@pytest.mark.parametrize("query", ["", " \n\t", "x" * 1001])
def test_queries_that_cannot_be_asked_are_refused(query: str) -> None:
    with pytest.raises(QueryRefusedError, match="1 to 1000 characters"):
        World().recaller().answer(query)


def test_the_document_is_that_of_the_interface() -> None:
    document = World().recaller().answer("BLT-2001 hexagon bolt").to_document()
    assert set(document) == {"query", "status", "results", "withheld", "latency_ms", "unsafe"}
    first = document["results"][0]
    assert set(first) == {"rank", "image_id", "identifier", "file_name", "probability", "origin", "confirmation"}
    assert first["confirmation"] == {
        "manifest": True, "standing": "cleared", "digest": True, "metadata": "agree", "ledger_index": 1,
    }  # fmt: skip


def test_there_is_no_switch_that_skips_confirmation() -> None:
    for function in (Recaller.__init__, Recaller.answer, Recaller.answer_many, Confirmer.__init__, Confirmer.confirm):
        flags = [p.name for p in inspect.signature(function).parameters.values() if isinstance(p.default, bool)]
        assert flags == []


def test_at_most_top_k_results() -> None:
    recaller = World().recaller(threshold=0.001)
    assert len(recaller.answer("bolt gear bracket seal", top_k=5).results) > 2
    assert len(recaller.answer("bolt gear bracket seal", top_k=2).results) == 2


def test_an_article_number_that_only_the_index_knows_finds_a_memorized_image() -> None:
    result = World().recaller().answer("GER-4100")
    assert (names(result)[0], result.results[0].origin) == ("gear", Origin.INDEX)


@pytest.mark.parametrize("query", ["pmp3300", "PMPー3300", "PMP 3300", "ｐｍｐ−３３００"])
def test_an_article_number_is_found_however_it_is_typed(query: str) -> None:
    result = World().recaller().answer(query)
    assert names(result)[0] == "pump"
    assert result.results[0].confirmation.metadata is Metadata.AGREE
    assert result.query == query  # shown as it was asked
