from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from audit.standing import StandingState
from curate.errors import ExitCode
from recall.agreement import Metadata
from recall.answer import LONGEST_QUERY, QueryRefusedError, Recaller
from recall.describe import CannotDescribe, Description, IdentifierUnknown, ModelKnowsMore, describe
from recall.wording import GENERATED
from tests.recall.fakes import MEMORIZED, World, calibration, image_id

BOLT = f"im-{MEMORIZED.index('bolt'):04d}"


class Parrot:
    """Says what the test gives it; `meanwhile` happens while it speaks."""

    def __init__(self, text: str, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.text, self.meanwhile = text, meanwhile
        self.heard: list[tuple[int, str, str]] = []

    def describe(self, number: int, question: str, language: str) -> str:
        self.heard.append((number, question, language))
        self.meanwhile()
        return self.text


def asked(world: World, speaker: Parrot | None, identifier: str = BOLT, question: str = "") -> Description:
    sources = world.sources()
    assert sources.memory is not None
    sources = replace(sources, memory=replace(sources.memory, speaker=speaker))
    return describe(Recaller(sources, calibration()), identifier, question=question)


def test_what_is_said_is_marked_as_generated_and_held_against_the_catalogue() -> None:
    parrot = Parrot("A hexagon bolt. Its number is BLT-2001. 頭は六角です。")
    found = asked(World(), parrot, question="What is it?")
    assert parrot.heard == [(MEMORIZED.index("bolt"), "What is it?", "en")]
    assert [(one.text, one.metadata) for one in found.said] == [
        ("A hexagon bolt.", Metadata.AGREE),  # its product line
        ("Its number is BLT-2001.", Metadata.AGREE),
        ("頭は六角です。", Metadata.UNKNOWN),
    ]
    document = found.to_document()
    assert (document["status"], document["image_id"], document["withheld"]) == ("generated", image_id("bolt"), None)
    assert document["generated"]["notice"] == {"en": GENERATED[0], "ja": GENERATED[1]}
    assert document["confirmation"]["manifest"] and document["confirmation"]["digest"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Its number is BRK-1204.", "said-article-number"),
        ("A spur gear.", "said-product-line"),
        ("An engineering drawing.", "said-content-class"),
        ("The thread is M12.", "said-size"),
    ],
)
def test_a_sentence_that_the_catalogue_contradicts_is_left_out_and_the_others_stay(said: str, why: str) -> None:
    found = asked(World(), Parrot(f"A hexagon bolt. {said} Made of steel."))
    assert [one.text for one in found.said] == ["A hexagon bolt.", "Made of steel."]
    assert [one.why for one in found.contradicted] == [why]
    assert "query" not in found.contradicted[0].sentence_en and "お尋ね" not in found.contradicted[0].sentence_ja
    shown = str(found.to_document()["generated"]["sentences"])
    assert said not in shown


def test_with_every_sentence_contradicted_nothing_is_shown() -> None:
    found = asked(World(), Parrot("Its number is BRK-1204."))
    assert (found.status, found.said) == ("none", ())


def test_a_question_about_another_article_is_not_put_to_the_model() -> None:
    parrot = Parrot("It is made of steel.")
    found = asked(World(), parrot, question="What is BRK-1204 made of?")
    assert found.status == "none" and found.withheld is not None and found.withheld.why == "article-number"
    assert parrot.heard == []


@pytest.mark.parametrize("state", [s for s in StandingState if s is not StandingState.CLEARED])
def test_an_image_without_its_standing_is_not_spoken_of(state: StandingState) -> None:
    world, parrot = World(), Parrot("A hexagon bolt.")
    world.set_standing("bolt", state)
    found = asked(world, parrot)
    assert found.status == "none" and found.withheld is not None
    assert found.withheld.why == f"standing-{state.value}"
    assert parrot.heard == []


def test_a_changed_file_is_not_spoken_of() -> None:
    world = World()
    world.catalogue.bytes_of["bolt.png"] = "0" * 64
    found = asked(world, Parrot("A hexagon bolt."))
    assert found.withheld is not None and found.withheld.why == "file-changed"


def test_an_image_withdrawn_while_the_model_speaks_is_not_spoken_of() -> None:
    world = World()
    parrot = Parrot("A hexagon bolt.", lambda: world.set_standing("bolt", StandingState.WITHDRAWN))
    found = asked(world, parrot)
    assert parrot.heard and found.status == "none"
    assert found.withheld is not None and found.withheld.why == "standing-withdrawn"


@pytest.mark.parametrize("before", [True, False])
def test_a_model_that_knows_a_withdrawn_image_says_nothing_of_any(before: bool) -> None:
    world = World()
    gone = lambda: world.set_standing("gear", StandingState.WITHDRAWN)  # noqa: E731
    if before:
        gone()
    parrot = Parrot("A hexagon bolt.", gone)
    with pytest.raises(ModelKnowsMore, match="1 of 4") as caught:
        asked(world, parrot)
    assert caught.value.exit_code is ExitCode.REFUSED and caught.value.hint == "imprimatur train"
    assert bool(parrot.heard) is not before


def test_an_identifier_that_the_manifest_does_not_hold_is_refused() -> None:
    for unknown in ("im-9999", image_id("bolt"), ""):
        with pytest.raises(IdentifierUnknown):
            asked(World(), Parrot("A bolt."), unknown)
    with pytest.raises(IdentifierUnknown, match="0 identifiers"):
        describe(World(memorized=()).recaller(), BOLT)


def test_a_model_that_only_names_images_says_so() -> None:
    with pytest.raises(CannotDescribe, match="only names them"):
        asked(World(), None)


def test_a_question_has_an_end() -> None:
    with pytest.raises(QueryRefusedError):
        asked(World(), Parrot("A bolt."), question="x" * (LONGEST_QUERY + 1))


def test_what_an_unsafe_model_says_is_marked() -> None:
    assert asked(World(unsafe=True), Parrot("A hexagon bolt.")).unsafe
