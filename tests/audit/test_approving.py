"""What is checked when people record something: refused with a reason, and nothing recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from audit.approving import ApprovalRefused, Signer, Verdict, Wish, approve, record, reject
from audit.entry import EntryRefused
from audit.keys import SigningKey
from audit.ledger import EntryKind
from audit.recheck.ledger import verify
from audit.reviewers import ReviewerRefused, register_reviewer, resolve, reviewers, revoke_reviewer
from audit.statements import verify_approval
from audit.withdrawal import WithdrawalRefused, report_wrong, reported_image, withdraw
from curate.errors import ExitCode
from tests.audit.fakes import START, World, signing_key

TWO = {"approval": {"people": 2, "roles": ["compliance", "engineering"], "valid_days": 30}}


@pytest.fixture
def world(tmp_path: Any) -> World:
    return World.make(tmp_path)


def test_an_approval_is_signed_over_the_last_decision(world: World) -> None:
    anna = world.reviewer("Anna")
    images = [world.decide(name) for name in ("a", "b")]
    (entry,) = approve(world.ledger, "Anna", anna.key, images, "reviewed", None, START)
    statement = verify_approval(entry.body["envelope"], anna.key.public)
    assert [item.image_id for item in statement.items] == images
    assert statement.expires_at == START + timedelta(days=90)
    assert (statement.role, statement.reviewer) == ("compliance", anna.reviewer)
    assert [world.standing(image).cleared for image in images] == [True, True]
    assert verify(world.ledger.path, world.key.public.pem).ok


def test_images_of_two_policies_become_two_statements(world: World) -> None:
    anna = world.reviewer("Anna")
    images = [world.decide("a"), world.decide("b", policy={"id": "strict", "version": "1", "sha256": "5" * 64})]
    assert len(approve(world.ledger, "Anna", anna.key, images, "reviewed", None, START)) == 2
    assert len(world.book().cleared()) == 2


def test_the_missing_role_is_chosen(world: World) -> None:
    anna, ben = world.reviewer("Anna", "compliance", "engineering"), world.reviewer("Ben", "compliance", "engineering")
    image = world.decide("a", **TWO)
    for person, role in ((anna, "compliance"), (ben, "engineering")):
        (entry,) = world.approve(person, image)
        assert verify_approval(entry.body["envelope"], person.key.public).role == role
    assert world.standing(image).cleared


def test_a_second_person_of_any_role_when_more_people_than_roles_are_asked(world: World) -> None:
    anna, ben = world.reviewer("Anna", "compliance"), world.reviewer("Ben", "sales")
    image = world.decide("a", approval={"people": 2, "roles": ["compliance"], "valid_days": 30})
    world.approve(anna, image)
    world.approve(ben, image)
    assert world.standing(image).cleared


@pytest.mark.parametrize(
    ("prepare", "why"),
    [
        (lambda w: "f" * 64, "no decision"),
        (lambda w: w.decide("x", outcome="deny"), "'deny'"),
        (lambda w: w.decide("x", outcome="index"), "'index'"),
        (lambda w: w.decide("x", outcome="review", lift="fact"), "cannot lift"),
        (lambda w: w.decide("x", approval={"people": 1, "roles": ["director"], "valid_days": 9}), "director"),
        (lambda w: withdrawn(w), "withdrawn"),
        (lambda w: rejected(w), "rejected"),
        (lambda w: approved(w), "another person"),
    ],
)
def test_one_image_that_may_not_be_approved_refuses_all(world: World, prepare: Any, why: str) -> None:
    anna = world.reviewer("Anna")
    good, bad = world.decide("good"), prepare(world)
    size = world.ledger.size
    with pytest.raises(ApprovalRefused, match=why) as caught:
        approve(world.ledger, "Anna", anna.key, [good, bad], "reviewed", None, world.now)
    assert caught.value.exit_code is ExitCode.REFUSED
    assert "found 1 of 2 that may not" in caught.value.message and caught.value.hint == f"imprimatur explain {bad[:12]}"
    assert world.ledger.size == size
    assert not world.standing(good).cleared


def withdrawn(world: World) -> str:
    image = world.decide("x")
    world.withdraw(image)
    return image


def rejected(world: World) -> str:
    image = world.decide("x")
    anna = world.people[0]
    reject(world.ledger, anna.reviewer, anna.key, [image], "face-visible", world.now)
    return image


def approved(world: World) -> str:
    image = world.decide("x", **{**TWO, "approval": {"people": 2, "roles": [], "valid_days": 9}})
    world.approve(world.people[0], image)
    return image


def test_the_key_must_be_the_reviewers(world: World) -> None:
    world.reviewer("Anna")
    image = world.decide("a")
    with pytest.raises(ApprovalRefused, match="registered for"):
        approve(world.ledger, "Anna", SigningKey.generate(), [image], "reviewed", None, START)
    with pytest.raises(ApprovalRefused, match="registered for"):
        reject(world.ledger, "Anna", SigningKey.generate(), [image], "no", START)


def test_a_revoked_reviewer_a_foreign_role_and_a_past_expiry_are_refused(world: World) -> None:
    anna = world.reviewer("Anna")
    image = world.decide("a")
    with pytest.raises(ApprovalRefused, match="role"):
        approve(world.ledger, "Anna", anna.key, [image], "reviewed", None, START, role="director")
    with pytest.raises(ApprovalRefused, match="expiry"):
        approve(world.ledger, "Anna", anna.key, [image], "reviewed", START, START)
    with pytest.raises(ApprovalRefused, match="At least one"):
        approve(world.ledger, "Anna", anna.key, [], "reviewed", None, START)
    with pytest.raises(EntryRefused, match="code"):
        approve(world.ledger, "Anna", anna.key, [image], "Mrs Smith said yes", None, START)
    world.revoke(anna)
    with pytest.raises(ApprovalRefused, match="revoked"):
        approve(world.ledger, anna.reviewer, anna.key, [image], "reviewed", None, START)
    with pytest.raises(ApprovalRefused, match="no decision"):
        other = world.reviewer("Ben")
        reject(world.ledger, "Ben", other.key, ["f" * 64], "no", START)


def test_reviewers_are_known_by_name_only_beside_the_ledger(world: World) -> None:
    anna = world.reviewer("山田 花子", "compliance", "legal")
    (record,) = reviewers(world.ledger)
    assert (record.name, record.roles, record.revoked_from) == ("山田 花子", ("compliance", "legal"), None)
    assert resolve(world.ledger, "山田 花子") == resolve(world.ledger, anna.reviewer) == record
    entry = next(world.ledger.entries(EntryKind.REVIEWER))
    assert "山田" not in str(entry)
    world.ledger.erase_payload(entry.index)
    assert resolve(world.ledger, anna.reviewer).name is None
    with pytest.raises(ReviewerRefused, match="found none"):
        resolve(world.ledger, "山田 花子")


def test_one_key_is_one_person_and_one_name_is_one_person(world: World) -> None:
    anna = world.reviewer("Anna")
    with pytest.raises(ReviewerRefused, match="key"):
        register_reviewer(world.ledger, "Bella", ["legal"], anna.key.public, at=START)
    with pytest.raises(ReviewerRefused, match="name"):
        register_reviewer(world.ledger, "Anna", ["legal"], signing_key("new").public, at=START)
    for name, roles in (("", ["legal"]), ("Carl", [])):
        with pytest.raises(ReviewerRefused):
            register_reviewer(world.ledger, name, roles, signing_key("carl").public, at=START)
    with pytest.raises(EntryRefused, match="code"):
        register_reviewer(world.ledger, "Carl", ["Head of Legal"], signing_key("carl").public, at=START)
    revoke_reviewer(world.ledger, "Anna", reason="key-lost", at=START)
    with pytest.raises(ReviewerRefused, match="key"):
        register_reviewer(world.ledger, "Anna", ["legal"], anna.key.public, at=START)
    again = register_reviewer(world.ledger, "Anna", ["legal"], signing_key("new").public, at=START)
    assert resolve(world.ledger, "Anna").reviewer == again.body["reviewer"]
    assert [record.active(START) for record in reviewers(world.ledger)] == [False, True]


def test_withdrawing_twice_records_once_and_needs_no_decision(world: World) -> None:
    first = withdraw(world.ledger, "a" * 64, "owner-request", "operator", at=START)
    assert withdraw(world.ledger, "a" * 64, "other-reason", "operator", at=START) == first
    assert world.ledger.size == 3
    with pytest.raises(WithdrawalRefused):
        withdraw(world.ledger, "part.png", "owner-request", "operator")
    with pytest.raises(EntryRefused):
        withdraw(world.ledger, "b" * 64, "because Mr Sato asked", "operator", at=START)


def test_reports_wait_until_they_are_closed(world: World) -> None:
    person, image = world.reviewer("Aya", "compliance"), world.decide("part")
    entry = report_wrong(world.ledger, "090-1234-5678 の写真", image, at=START)
    report = str(entry.body["report_id"])
    assert reported_image(world.ledger, report) == image
    assert "090-1234" not in str(entry)  # hyphen: digits alone may stand in a hash by chance
    assert world.ledger.payload(entry.index) == {"query": "090-1234-5678 の写真"}
    with pytest.raises(ApprovalRefused, match="own key"):
        signer = Signer(resolve(world.ledger, "Aya"), world.ledger.signing_key(), self_asserted=True)
        record(world.ledger, signer, Wish(Verdict.CLOSE, (image,), "caption-fixed", report=report), START)
    world.say(person, Verdict.CLOSE, image, reason="caption-fixed", report=report)
    with pytest.raises(ApprovalRefused, match="no report with this id is open"):
        world.say(person, Verdict.CLOSE, image, reason="again", report=report)
    with pytest.raises(WithdrawalRefused, match="id of a report"):
        reported_image(world.ledger, "w-none")
    with pytest.raises(WithdrawalRefused):
        report_wrong(world.ledger, "bolt", "not-an-id")


@pytest.mark.parametrize("name", ["anna", "Ａｎｎａ", " Anna ", "ANNA"])
def test_a_name_that_people_would_take_for_another_s_is_in_use(world: World, name: str) -> None:
    world.reviewer("Anna")
    with pytest.raises(ReviewerRefused, match="not in use"):
        register_reviewer(world.ledger, name, ["legal"], signing_key("other").public, at=START)


@pytest.mark.parametrize("letter", ["\u200b", "\u202e", "\u2066", "\n", "\x1b", "\ue000", "\u2028"])
def test_a_name_with_letters_that_nobody_sees_is_refused(world: World, letter: str) -> None:
    world.reviewer("Anna")
    with pytest.raises(ReviewerRefused, match=r"U\+"):
        register_reviewer(world.ledger, f"An{letter}na", ["legal"], signing_key("other").public, at=START)
