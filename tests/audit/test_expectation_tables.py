"""The decision and approval tables: what an honest record looks like, and what somebody with the ledger's key might add."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.casebook import open_casebook
from audit.cases import CaseBook
from audit.expectations.tables import RecordRefused, check_approvals, check_decisions, decision_table, refuse_record
from audit.ledger import EntryKind
from audit.statements import ApprovalStatement, ApprovedItem, sign_approval
from curate.errors import ExitCode
from curate.expectations.suite import OnFailure
from curate.record import RightsFacts
from tests.audit.fakes import POLICY, PURPOSE, Person, World, image_id, record_of


def book_of(world: World) -> CaseBook:
    return open_casebook(world.ledger.entries(), world.now, world.ledger.workspace_id)


def inject(world: World, person: Person, *images: str, **digests: str) -> int:
    """An approval that a real reviewer signed, written past every check on entry."""
    bound = {"texts_digest": "0" * 64, "findings_digest": "0" * 64, "facts_digest": "0" * 64} | digests
    statement = ApprovalStatement(
        workspace_id=world.ledger.workspace_id,
        reviewer=person.reviewer,
        role=person.roles[0],
        reason="reviewed",
        purpose=PURPOSE,
        issued_at=world.now,
        expires_at=world.now + timedelta(days=30),
        policy_sha256=str(POLICY["sha256"]),
        items=tuple(ApprovedItem(image, **bound) for image in images),
        conditions=(),
        self_asserted=False,
        ledger_key_id=world.ledger.public_key.key_id,
        question=None,
    )
    body = {"envelope": sign_approval(person.key, statement), "reviewer": person.reviewer, "image_ids": list(images)}
    return world.record(EntryKind.APPROVAL, body).index


def test_an_honest_record_passes_also_after_things_changed(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    anna = world.reviewer("Anna")
    first, second = world.decide("a"), world.decide("b", outcome="review", lift="approval")
    world.approve(anna, first, second)
    world.decide("a", facts_digest="1" * 64)  # voids the approval: it still is of a decision on record
    records = {image: record_of(name) for name, image in (("a", first), ("b", second))}
    for result, held in (check_decisions(book_of(world), records), check_approvals(book_of(world))):
        assert all(check.holds for check in result.checks)
        assert (result.rows, held) == (2, ())


def test_an_approval_without_its_decision_stops_and_names_entry_and_image(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    anna = world.reviewer("Anna")
    decided = world.decide("a")
    world.approve(anna, decided)
    entry = inject(world, anna, image_id("never decided"))
    result, _ = check_approvals(book_of(world))
    (check,) = result.with_effect(OnFailure.STOP)
    assert check.failed == (2,)
    with pytest.raises(RecordRefused, match=f"ledger entry {entry}, image {image_id('never decided')[:12]}") as caught:
        refuse_record([result])
    assert caught.value.exit_code is ExitCode.REFUSED
    world.withdraw(image_id("never decided"))  # the way out: nothing can ever clear it
    refuse_record([check_approvals(book_of(world))[0]])


def test_an_approval_of_other_texts_or_of_a_later_decision_stops(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    anna = world.reviewer("Anna")
    record = record_of("a")
    early = inject(world, anna, record.image_id, texts_digest=record.texts_digest, facts_digest=record.facts_digest)
    decided = world.decide("a")
    other = inject(world, anna, decided)
    found = [e.label.split(",")[0] for e in check_approvals(book_of(world))[0].with_effect(OnFailure.STOP)[0].examples]
    assert found == [f"ledger entry {early}", f"ledger entry {other}"]


def test_an_approval_by_nobody_is_told(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    decided = world.decide("a")
    world.record(EntryKind.APPROVAL, {"envelope": {}, "reviewer": "r-000000000000", "image_ids": [decided]})
    result, _ = check_approvals(book_of(world))
    assert [check.column for check in result.with_effect(OnFailure.WARN)] == ["flaw"]
    refuse_record([result])


def test_a_row_without_a_source_stops_unless_it_is_held(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    bare = record_of("a", rights=RightsFacts(source="  ", owner="Example KK"))
    image = world.decide(bare)
    result, _ = check_decisions(book_of(world), {image: bare})
    with pytest.raises(
        RecordRefused, match=rf"a source, or a decision that holds.*row 1 \(ledger entry .*{image[:12]}"
    ):
        refuse_record([result])
    world.decide(bare, outcome="review", lift="fact")
    refuse_record([check_decisions(book_of(world), {image: bare})[0]])


def test_a_decision_under_a_policy_that_is_not_on_record_holds_its_image(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    image = world.decide("a", policy={**POLICY, "sha256": "2" * 64})
    result, held = check_decisions(book_of(world), {image: record_of("a")})
    assert held == (image,)
    refuse_record([result])


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(["memorize", "index", "review", "deny"]), st.booleans()), max_size=6))
def test_every_image_has_one_row_and_every_row_a_source_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[str, bool]]
) -> None:
    world = World.make(tmp_path_factory.mktemp("w"))
    records = {}
    for number, (outcome, sourced) in enumerate(drawn):
        record = record_of(f"n{number}", rights=RightsFacts(source="studio" if sourced else None))
        records[world.decide(record, outcome=outcome)] = record
        world.decide(record, outcome=outcome)  # decided twice: still one row
    frame = decision_table(book_of(world), records)
    assert list(frame["image_id"]) == list(records)
    without = [not sourced and outcome in ("memorize", "index") for outcome, sourced in drawn]
    assert [cell is None for cell in frame["source_or_hold"]] == without
    stopped = check_decisions(book_of(world), records)[0].with_effect(OnFailure.STOP)
    assert {row for check in stopped for row in check.failed} == {n for n, bad in enumerate(without, start=1) if bad}
