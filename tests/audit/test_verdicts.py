"""What people can say besides yes and no: to the index, not before I know more, on a condition, without a key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from audit.approving import ApprovalRefused, Signer, Verdict, Wish, draft, record
from audit.entry import EntryKind
from audit.keys import SigningKey
from audit.ledger import Ledger
from audit.recheck.ledger import verify
from audit.reviewers import resolve
from audit.standing import StandingState as S
from audit.standing import docket
from audit.statements import CONDITIONAL_TYPE, verify_approval
from audit.store_errors import LedgerMoved
from tests.audit.fakes import START, Person, World

FLAGGED = {
    "outcome": "review",
    "lift": "approval",
    "approval": {"people": 2, "roles": ["compliance"], "valid_days": 30},
}
LENIENT = {"approval": {"people": 1, "roles": ["compliance"], "valid_days": 30, "self_asserted": True}}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.make(tmp_path)


def sound(world: World) -> bool:
    return verify(world.ledger.path, world.key.public.pem).ok


def self_assert(world: World, person: Person, image: str, verdict: Verdict = Verdict.APPROVE) -> None:
    signer = Signer(resolve(world.ledger, person.reviewer), world.key, self_asserted=True)
    record(world.ledger, signer, Wish(verdict, (image,), "reviewed"), world.now)


def test_an_image_left_to_the_index_is_shown_there_and_not_memorized(world: World) -> None:
    anna, ben = world.reviewer("Anna"), world.reviewer("Ben")
    image = world.decide("a")
    world.say(anna, Verdict.TO_INDEX, image)
    standing = world.standing(image)
    assert (standing.state, standing.reasons, standing.may_be_shown) == (S.EXCLUDED, ("sent-to-index",), True)
    with pytest.raises(ApprovalRefused, match="left it to the index"):
        world.approve(ben, image)
    world.say(ben, Verdict.APPROVE, image, second_opinion=True)
    assert not world.standing(image).cleared
    assert sound(world)


def test_a_held_image_is_shown_by_the_index_when_as_many_people_agree_as_memorizing_needs(world: World) -> None:
    anna, ben = world.reviewer("Anna"), world.reviewer("Ben")
    image = world.decide("a", **FLAGGED)
    world.say(anna, Verdict.TO_INDEX, image)
    assert world.standing(image).reasons == ("sent-to-index", "index-approvals-missing:1-of-2")
    assert not world.standing(image).may_be_shown
    world.say(ben, Verdict.TO_INDEX, image)
    assert world.standing(image).may_be_shown
    assert not world.standing(image).cleared
    world.pass_time(days=31)
    assert not world.standing(image).may_be_shown  # the permission ends as an approval does, the restriction stays
    assert world.standing(image).reasons[0] == "sent-to-index"


def test_a_question_holds_until_the_asker_approves_or_the_image_changes(world: World) -> None:
    anna, ben = world.reviewer("Anna"), world.reviewer("Ben")
    image = world.decide("a")
    world.approve(anna, image)
    (entry,) = world.say(ben, Verdict.ASK, image, reason="who-is-in-the-picture", note="who is this?")
    assert world.ledger.payload(entry.index) == {"note": "who is this?"}
    assert "who is this" not in str(entry.body)
    standing = world.standing(image)
    assert (standing.state, standing.reasons[0], standing.may_be_shown) == (S.AWAITING, "information-asked", True)
    with pytest.raises(ApprovalRefused, match="approved it already"):
        world.approve(anna, image)  # she did, and it is not her question
    world.approve(ben, image)
    assert world.standing(image).cleared
    world.say(anna, Verdict.ASK, image)
    assert not world.standing(image).cleared
    world.decide("a", findings_digest="7" * 64)
    assert world.standing(image).reasons[0] == "approvals-missing:0-of-1"  # another image to judge, no question open


def test_who_asked_after_approving_may_approve_again(world: World) -> None:
    anna = world.reviewer("Anna")
    image = world.decide("a")
    world.approve(anna, image)
    world.say(anna, Verdict.ASK, image)
    assert not world.standing(image).cleared
    world.approve(anna, image)
    assert world.standing(image).cleared


def test_a_question_shows_nothing_that_was_held(world: World) -> None:
    anna, ben = world.reviewer("Anna"), world.reviewer("Ben")
    image = world.decide("a", **FLAGGED)
    world.approve(anna, image)
    world.approve(ben, image)
    assert world.standing(image).may_be_shown
    world.say(ben, Verdict.ASK, image)
    assert not world.standing(image).may_be_shown


def test_conditions_are_signed_in_a_type_of_their_own_and_stay_with_the_image(world: World) -> None:
    anna = world.reviewer("Anna")
    image = world.decide("a")
    (entry,) = world.say(anna, Verdict.APPROVE, image, conditions=("internal-only", "credit-owner"))
    statement = verify_approval(entry.body["envelope"], anna.key.public)
    assert statement.conditions == ("credit-owner", "internal-only")
    assert world.standing(image).conditions == ("credit-owner", "internal-only")
    import base64

    assert CONDITIONAL_TYPE.encode() in base64.b64decode(entry.body["envelope"]["payload"])
    assert sound(world)


def test_a_condition_nobody_knows_voids_the_approval(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = world.reviewer("Anna")
    image = world.decide("a")
    with monkeypatch.context() as patched:
        patched.setattr("audit.approving.CONDITIONS", ("sing-a-song",))
        world.say(anna, Verdict.APPROVE, image, conditions=("sing-a-song",))
    assert world.standing(image).reasons == (
        "approvals-missing:0-of-1",
        "role-missing:compliance",
        "approval-void:condition-unknown",
    )
    with pytest.raises(ApprovalRefused, match="Conditions of"):
        world.say(anna, Verdict.APPROVE, image, conditions=("sing-a-song",))
    with pytest.raises(ApprovalRefused, match="Conditions of"):
        world.say(anna, Verdict.REJECT, image, conditions=("internal-only",))


def test_without_the_reviewers_key_nothing_counts_unless_the_policy_says_so(world: World) -> None:
    anna = world.reviewer("Anna")
    strict, lenient = world.decide("strict"), world.decide("lenient", **LENIENT)
    with pytest.raises(ApprovalRefused, match="self_asserted: refuse"):
        self_assert(world, anna, strict)
    self_assert(world, anna, lenient)
    standing = world.standing(lenient)
    assert (standing.state, standing.reasons) == (S.CLEARED, ("self-asserted",))
    world.decide("lenient", approval={"people": 1, "roles": ["compliance"], "valid_days": 30})
    assert "approval-void:self-asserted-refused" in world.standing(lenient).reasons
    assert sound(world)


def test_a_no_needs_no_key(world: World) -> None:
    anna = world.reviewer("Anna")
    image = world.decide("a")
    self_assert(world, anna, image, Verdict.REJECT)
    assert world.standing(image).reasons == ("rejected",)
    assert sound(world)


def test_a_self_asserted_approval_signed_by_anybody_else_is_void_and_found(world: World) -> None:
    anna = world.reviewer("Anna")
    image = world.decide("lenient", **LENIENT)
    cases = docket(world.ledger.entries(), START, workspace_id=world.ledger.workspace_id)
    signer = Signer(resolve(world.ledger, anna.reviewer), SigningKey.generate(), self_asserted=True)
    world.ledger.append(draft(cases, signer, Wish(Verdict.APPROVE, (image,), "reviewed"), START))
    assert not world.standing(image).cleared
    assert not sound(world)


def test_looking_is_recorded_and_changes_nothing(world: World) -> None:
    anna = world.reviewer("Anna")
    image = world.decide("a")
    world.approve(anna, image)
    before = world.standing(image)
    world.record(EntryKind.ACCESS, {"image_id": image, "reviewer": anna.reviewer, "action": "unblur"})
    assert world.standing(image) == before
    assert sound(world)


def test_a_draft_is_recorded_only_on_top_of_what_it_was_drafted_from(world: World) -> None:
    image = world.decide("a")
    size = world.ledger.size
    world.decide("b")
    cases = docket(world.ledger.entries(), START, workspace_id=world.ledger.workspace_id)
    anna = world.reviewer("Anna")
    signer = Signer(resolve(world.ledger, anna.reviewer), anna.key)
    new = draft(cases, signer, Wish(Verdict.REJECT, (image,), "no"), START)
    with pytest.raises(LedgerMoved):
        world.ledger.append(new, expected_size=size)
    assert world.standing(image).state is S.AWAITING


def test_an_approval_meets_a_no_that_came_in_between(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The no is recorded after the approval was drafted and before it is appended: it is drafted again, and refused."""
    anna, ben = world.reviewer("Anna"), world.reviewer("Ben")
    image = world.decide("a")
    append = Ledger.append
    done: list[Any] = []

    def slow(ledger: Ledger, entries: Any, **expected: Any) -> Any:
        if not done:
            done.append(1)
            world.say(ben, Verdict.REJECT, image, reason="no")
        return append(ledger, entries, **expected)

    monkeypatch.setattr(Ledger, "append", slow)
    with pytest.raises(ApprovalRefused, match="rejected"):
        world.approve(anna, image)
    assert [e.kind for e in world.ledger.entries()].count(EntryKind.APPROVAL) == 0


def test_a_question_is_closed_by_whoever_asked_and_by_nobody_else(world: World) -> None:
    anna, ben = world.reviewer("Anna"), world.reviewer("Ben")
    image = world.decide("a")
    world.approve(anna, image)
    (asked,) = world.say(ben, Verdict.ASK, image, note="who is this?")
    with pytest.raises(ApprovalRefused, match="no question with this number"):
        world.say(ben, Verdict.ANSWER, image, question=asked.index - 1)
    world.say(anna, Verdict.ANSWER, image, question=asked.index, note="a colleague")
    assert world.standing(image).reasons[0] == "information-asked"  # she informs; she might be glad to be rid of it
    (closing,) = world.say(ben, Verdict.ANSWER, image, question=asked.index)
    assert closing.kind is EntryKind.INFORMATION_ANSWER and world.standing(image).cleared
    assert sound(world)
    with pytest.raises(ApprovalRefused, match="no question with this number"):
        world.say(ben, Verdict.ANSWER, image, question=asked.index)


def test_a_question_of_somebody_who_left_may_be_closed_by_others_from_then_on(world: World) -> None:
    anna, ben = world.reviewer("Anna"), world.reviewer("Ben")
    image = world.decide("a")
    world.approve(anna, image)
    (asked,) = world.say(ben, Verdict.ASK, image)
    world.say(anna, Verdict.ANSWER, image, question=asked.index)
    world.pass_time(days=1)
    world.revoke(ben)
    assert not world.standing(image).cleared  # what she said before he left closes nothing
    world.pass_time(days=1)
    world.say(anna, Verdict.ANSWER, image, question=asked.index)
    assert world.standing(image).cleared and sound(world)


@pytest.mark.parametrize("bend", ["self-asserted", "other-image", "other-key", "later"])
def test_a_closing_that_is_not_the_askers_own_signature_closes_nothing(world: World, bend: str) -> None:
    anna, ben = world.reviewer("Anna"), world.reviewer("Ben")
    image, other = world.decide("a"), world.decide("b")
    world.approve(anna, image)
    world.say(ben, Verdict.ASK, image, other)
    (asked,) = world.ledger.entries(EntryKind.INFORMATION_REQUEST)
    signer = Signer(resolve(world.ledger, ben.reviewer), ben.key)
    wish = Wish(Verdict.ANSWER, (other if bend == "other-image" else image,), "answered", question=asked.index)
    if bend == "self-asserted":
        signer = Signer(signer.person, world.key, self_asserted=True)
    cases = docket(world.ledger.entries(), world.now, workspace_id=world.ledger.workspace_id)
    (new,) = draft(cases, signer, wish, world.now)
    body = dict(new.body)
    if bend == "other-key":
        forged = Signer(resolve(world.ledger, anna.reviewer), anna.key)
        body["envelope"] = draft(cases, forged, wish, world.now)[0].body["envelope"]
    moment = world.now
    if bend == "later":
        world.pass_time(days=1)
    world.record(new.kind, body)
    assert not world.standing(image, moment).cleared
