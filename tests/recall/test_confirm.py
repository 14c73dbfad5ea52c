"""Each reason for which a candidate is withheld, one world each; the world is otherwise in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from audit.standing import StandingState
from curate.canonical import to_json
from recall.asked import Lexicon, read_query
from recall.confirm import Candidate, Confirmed, Confirmer, Origin, RecordedFacts, Withheld
from recall.wording import SENTENCES, standing_code
from tests.recall.fakes import NOW, PARTS, World, image_id


def confirm(
    world: World,
    query: str = "steel angle",
    *,
    origin: Origin = Origin.MEMORY,
    name: str = "bracket",
    keeps: tuple[str, ...] = (),
    **changes: str,
):
    identifiers = {entry.identifier: entry.image_id for entry in world.entries}
    own = next((entry.identifier for entry in world.entries if entry.image_id == image_id(name)), None)
    candidate = Candidate(image_id(name), own if origin is Origin.MEMORY else None, origin, (f"{name}.png",), 0.9)
    candidate = replace(candidate, **changes)
    confirmer = Confirmer(identifiers, world.catalogue, world.recorded.get, keeps)
    lexicon: Lexicon = world.catalogue.lexicon()
    return confirmer.confirm(candidate, read_query(query, lexicon), lexicon, world.book(), world.now)


def test_a_candidate_in_order_is_confirmed_with_everything_checked() -> None:
    found = confirm(World(), "BRK-1204")
    assert isinstance(found, Confirmed)
    assert to_json(found.confirmation) == {
        "manifest": True,
        "standing": "cleared",
        "digest": True,
        "metadata": "agree",
        "ledger_index": 0,
    }


def test_the_index_may_show_what_was_not_memorized_and_memory_may_not() -> None:
    found = confirm(World(), "rubber", origin=Origin.INDEX, name="seal")
    assert isinstance(found, Confirmed)
    assert found.confirmation.manifest is False
    assert confirm(World(), "rubber", name="seal", identifier="im-0000").why == "not-in-manifest"


def _standing(state: StandingState) -> Callable[[World], None]:
    return lambda world: world.set_standing("bracket", state)


def _licence_over(world: World) -> None:
    row = world.catalogue.rows["bracket.png"]
    world.catalogue.rows["bracket.png"] = replace(row, rights=replace(row.rights, license_end=date(2025, 6, 1)))


BREAKS: list[tuple[Callable[[World], object], str]] = [
    (_standing(StandingState.AWAITING), "standing-awaiting"),
    (_standing(StandingState.EXPIRED), "standing-expired"),
    (_standing(StandingState.SUSPENDED), "standing-suspended"),
    (_standing(StandingState.WITHDRAWN), "standing-withdrawn"),
    (_standing(StandingState.EXCLUDED), "standing-excluded"),
    (lambda w: w.set_standing("bracket", StandingState.CLEARED, may_be_shown=True, expires_at=NOW), "standing-expired"),
    (lambda w: w.recorded.pop(0), "no-recorded-facts"),
    (lambda w: w.recorded.update({0: PARTS[1]}), "no-recorded-facts"),
    (
        lambda w: w.set_standing("bracket", StandingState.CLEARED, may_be_shown=True, decision_index=None),
        "no-recorded-facts",
    ),
    (lambda w: w.catalogue.rows.pop("bracket.png"), "not-in-catalogue"),
    (lambda w: w.catalogue.bytes_of.update({"bracket.png": None}), "file-missing"),
    (lambda w: w.catalogue.bytes_of.update({"bracket.png": image_id("other")}), "file-changed"),
    (_licence_over, "licence-ended"),
    (lambda w: w.catalogue.change("bracket", sku="BRK-1205"), "stale-article-number"),
    (lambda w: w.catalogue.change("bracket", product_line="hooks"), "stale-product-line"),
]


@pytest.mark.parametrize(("broken", "why"), BREAKS)
def test_one_thing_out_of_order_withholds_it_from_either_origin(broken: Callable[[World], object], why: str) -> None:
    world = World()
    broken(world)
    for origin in Origin:
        found = confirm(world, origin=origin)
        assert isinstance(found, Withheld), origin
        assert found.why == why
        assert found.sentence_en and found.sentence_ja


def test_an_identifier_of_another_image_is_withheld() -> None:
    assert confirm(World(), identifier="im-0001").why == "not-in-manifest"
    assert confirm(World(), identifier="im-9999").why == "not-in-manifest"


def test_expired_approvals_leave_the_index_where_standing_says_so() -> None:
    world = World()
    world.set_standing("bracket", StandingState.EXPIRED, may_be_shown=True)
    assert confirm(world).why == "standing-expired"
    assert isinstance(confirm(world, origin=Origin.INDEX), Confirmed)


def test_a_contradiction_carries_what_was_asked_and_what_it_is() -> None:
    found = confirm(World(), "BRK-1203")
    assert found.why == "article-number"
    assert found.contradicted
    assert found.sentence_en == "The query asks for BRK-1203; this image is BRK-1204."
    assert found.sentence_ja == "お尋ねの品番は BRK-1203 ですが、この画像は BRK-1204 です。"


def test_validity_counts_to_the_end_of_its_last_day() -> None:
    parts = (replace(PARTS[0], business=replace(PARTS[0].business, valid_until=NOW.date())), *PARTS[1:])
    assert isinstance(confirm(World(records=parts)), Confirmed)
    assert confirm(World(records=parts, now=NOW + timedelta(days=1))).why == "validity-passed"


def test_every_standing_has_its_sentence() -> None:
    assert {standing_code(state) for state in StandingState} - {"standing-cleared"} <= set(SENTENCES)


def test_recorded_facts_that_were_erased_or_mangled_are_no_facts() -> None:
    payloads = {1: {"record": to_json(PARTS[0])}, 2: {"record": {"image_id": "x"}}, 3: {"other": 1}}
    recorded = RecordedFacts(payloads.get)
    assert recorded.of(1) == PARTS[0]
    assert recorded.of(2) is recorded.of(3) is recorded.of(4) is None


@pytest.mark.parametrize("origin", list(Origin))
def test_a_condition_is_kept_or_the_picture_is_not_shown(origin: Origin) -> None:
    world = World()
    asks = ("credit-owner", "internal-only")
    world.set_standing("bracket", StandingState.CLEARED, may_be_shown=True, conditions=asks)
    row = world.catalogue.rows["bracket.png"]
    world.catalogue.rows["bracket.png"] = replace(row, rights=replace(row.rights, owner="Example KK"))
    assert confirm(world, origin=origin).why == "condition-unmet"
    assert confirm(world, origin=origin, keeps=("internal-only",)).sentence_en.endswith("(credit-owner).")
    found = confirm(world, origin=origin, keeps=asks)
    assert isinstance(found, Confirmed) and (found.conditions, found.credit) == (asks, "Example KK")
    world.catalogue.rows["bracket.png"] = row  # nobody to name
    assert confirm(world, origin=origin, keeps=asks).why == "condition-unmet"
