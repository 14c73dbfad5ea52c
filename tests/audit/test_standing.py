"""Every way to stand, and every approval that must not count."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from audit.approving import Verdict, reject
from audit.entry import EntryKind
from audit.keys import PublicKey, SigningKey
from audit.standing import StandingState, docket
from audit.statements import ApprovalStatement, ApprovedItem, sign_approval, sign_case_closed, sign_rejection
from audit.withdrawal import report_wrong
from curate.decision import Outcome
from curate.record import TrainingText
from tests.audit.fakes import (
    POLICY,
    PURPOSE,
    START,
    WORKSPACE,
    Person,
    World,
    decision_body,
    licence_until,
    record_of,
    signing_key,
)

S = StandingState


@pytest.fixture
def world(tmp_path: Any) -> World:
    return World.make(tmp_path)


def item_of(name: str = "part", **changes: str) -> ApprovedItem:

    body = decision_body(record_of(name))
    fields = {key: body[key] for key in ("image_id", "texts_digest", "findings_digest", "facts_digest")}
    return ApprovedItem(**(fields | changes))


def raw_approval(world: World, person: Person, item: ApprovedItem, **changes: Any) -> None:
    """Record a signed approval past all checks on entry."""
    changes = {"key": person.key} | changes
    arguments: dict[str, Any] = {
        "reviewer": person.reviewer,
        "role": person.roles[0],
        "items": (item,),
        "policy_sha256": POLICY["sha256"],
        "workspace_id": WORKSPACE,
        "purpose": PURPOSE,
        "reason": "reviewed",
        "issued_at": world.now,
        "expires_at": world.now + timedelta(days=30),
    } | {key: value for key, value in changes.items() if key not in ("key", "body", "damage")}
    envelope = sign_approval(changes["key"], ApprovalStatement(**arguments))
    changes.get("damage", lambda e: None)(envelope)
    body = {"envelope": envelope, "reviewer": person.reviewer, "image_ids": [item.image_id]}
    world.record(EntryKind.APPROVAL, body | changes.get("body", {}))


# what a decision alone gives


@pytest.mark.parametrize(
    ("outcome", "lift", "state", "reason", "shown"),
    [
        ("memorize", "nobody", S.AWAITING, "approvals-missing:0-of-1", True),
        ("index", "nobody", S.EXCLUDED, "decision-index", True),
        ("review", "approval", S.AWAITING, "approvals-missing:0-of-1", False),
        ("review", "fact", S.EXCLUDED, "held-for-a-fact", False),
        ("review", "nobody", S.EXCLUDED, "held-for-a-fact", False),
        ("deny", "nobody", S.EXCLUDED, "decision-deny", False),
        ("deny", "approval", S.EXCLUDED, "decision-deny", False),
    ],
)
def test_a_decision_without_approval(
    world: World, outcome: str, lift: str, state: StandingState, reason: str, shown: bool
) -> None:
    image = world.decide("part", outcome=outcome, lift=lift)
    standing = world.standing(image)
    assert (standing.state, standing.reasons[0], standing.may_be_shown) == (state, reason, shown)
    assert standing.outcome is Outcome(outcome)
    assert standing.decision_index == 2


@pytest.mark.parametrize(
    ("outcome", "lift", "cleared"),
    [
        ("memorize", "nobody", True),
        ("review", "approval", True),
        ("review", "fact", False),
        ("index", "nobody", False),
        ("deny", "approval", False),
    ],
)
def test_what_an_approval_can_lift(world: World, outcome: str, lift: str, cleared: bool) -> None:
    anna = world.reviewer("Anna")
    image = world.decide("part", outcome=outcome, lift=lift)
    raw_approval(world, anna, item_of())
    standing = world.standing(image)
    assert standing.cleared is cleared
    if cleared:
        assert standing.approval_indices == (4,)
        assert standing.expires_at == START + timedelta(days=30)
        assert standing.may_be_shown
        assert not standing.unsafe


def test_an_image_the_ledger_does_not_know_is_excluded(world: World) -> None:
    standing = world.standing("f" * 64)
    assert (standing.state, standing.may_be_shown, standing.outcome) == (S.EXCLUDED, False, None)


@pytest.mark.parametrize("field", ["outcome", "approval", "policy", "purpose", "texts_digest", "lift"])
def test_a_decision_that_cannot_be_read_permits_nothing(world: World, field: str) -> None:
    anna = world.reviewer("Anna")
    image = world.decide("part")
    raw_approval(world, anna, item_of())
    assert world.standing(image).cleared
    world.decide("part", **{field: None})
    standing = world.standing(image)
    assert (standing.state, standing.reasons, standing.may_be_shown) == (S.EXCLUDED, ("decision-unreadable",), False)


# approvals that must not count: each case changes one thing about an approval that would clear


def other_key(world: World) -> dict[str, Any]:
    return {"key": SigningKey.generate()}


def broken_signature(world: World) -> dict[str, Any]:
    def damage(envelope: dict[str, Any]) -> None:
        text = envelope["signatures"][0]["sig"]
        envelope["signatures"][0]["sig"] = ("B" if text[0] != "B" else "C") + text[1:]

    return {"damage": damage}


def swapped_payload(world: World) -> dict[str, Any]:
    def damage(envelope: dict[str, Any]) -> None:
        person = world.people[0]
        until = world.now + timedelta(days=30)
        statement = ApprovalStatement(
            WORKSPACE,
            person.reviewer,
            "compliance",
            "reviewed",
            PURPOSE,
            world.now,
            until,
            POLICY["sha256"],
            (item_of(),),
        )
        other = sign_approval(signing_key("stranger"), statement)
        envelope["payload"] = other["payload"].replace("A", "B", 1)

    return {"damage": damage}


VOID: list[tuple[str, Callable[[World], dict[str, Any]]]] = [
    ("other-workspace", lambda w: {"workspace_id": "ws-other"}),
    ("texts-changed", lambda w: {"item": item_of(texts_digest="0" * 64)}),
    ("findings-changed", lambda w: {"item": item_of(findings_digest="0" * 64)}),
    ("facts-changed", lambda w: {"item": item_of(facts_digest="0" * 64)}),
    ("policy-changed", lambda w: {"policy_sha256": "0" * 64}),
    ("purpose-changed", lambda w: {"purpose": "advertising"}),
    ("signature-invalid", other_key),
    ("signature-invalid", broken_signature),
    ("signature-invalid", swapped_payload),
    ("signature-invalid", lambda w: {"body": {"envelope": None}}),
    ("reviewer-unknown", lambda w: {"body": {"reviewer": "r-nobody"}}),
    ("reviewer-differs", lambda w: {"reviewer": "r-somebody-else"}),
    ("role-not-held", lambda w: {"role": "director"}),
    ("signed-after-recording", lambda w: {"issued_at": w.now + timedelta(hours=1)}),
]


@pytest.mark.parametrize(("code", "change"), VOID, ids=[f"{n}-{code}" for n, (code, _) in enumerate(VOID)])
def test_an_approval_with_one_thing_wrong_clears_nothing(
    world: World, code: str, change: Callable[[World], dict[str, Any]]
) -> None:
    anna = world.reviewer("Anna")
    image = world.decide("part")
    arguments = change(world)
    raw_approval(world, anna, arguments.pop("item", item_of()), **arguments)
    standing = world.standing(image)
    assert standing.state is S.AWAITING
    assert f"approval-void:{code}" in standing.reasons
    raw_approval(world, anna, item_of())
    assert world.standing(image).cleared  # the same approval without the flaw does clear


def test_an_approval_of_another_image_clears_only_that_one(world: World) -> None:
    anna = world.reviewer("Anna")
    part, other = world.decide("part"), world.decide("other")
    raw_approval(world, anna, item_of("other"))
    assert [world.standing(image).cleared for image in (part, other)] == [False, True]


def test_an_approval_before_the_decision_clears_nothing(world: World) -> None:
    anna = world.reviewer("Anna")
    raw_approval(world, anna, item_of())
    image = world.decide("part")
    assert "approval-void:before-the-decision" in world.standing(image).reasons


def test_an_approval_by_somebody_registered_later_clears_nothing(world: World) -> None:
    anna = Person("Anna", f"r-{signing_key('Anna').key_id[:12]}", ("compliance",), signing_key("Anna"))
    image = world.decide("part")
    raw_approval(world, anna, item_of())
    world.reviewer("Anna")
    assert not world.standing(image).cleared


TWO = {"approval": {"people": 2, "roles": ["compliance", "engineering"], "valid_days": 90}}


def test_two_people_with_both_roles(world: World) -> None:
    anna, ben = world.reviewer("Anna", "compliance"), world.reviewer("Ben", "engineering")
    image = world.decide("part", **TWO)
    raw_approval(world, anna, item_of())
    assert world.standing(image).reasons == ("approvals-missing:1-of-2", "role-missing:engineering")
    raw_approval(world, ben, item_of())
    assert world.standing(image).cleared
    assert world.standing(image).approval_indices == (5, 6)


def test_one_person_twice_is_one_person(world: World) -> None:
    anna = world.reviewer("Anna", "compliance", "engineering")
    image = world.decide("part", **TWO)
    for role in anna.roles:
        raw_approval(world, anna, item_of(), role=role)
    assert world.standing(image).reasons == ("approvals-missing:1-of-2",)


def test_two_people_of_one_role_do_not_cover_two_roles(world: World) -> None:
    anna, carl = world.reviewer("Anna", "compliance"), world.reviewer("Carl", "compliance")
    image = world.decide("part", **TWO)
    raw_approval(world, anna, item_of())
    raw_approval(world, carl, item_of())
    assert world.standing(image).reasons == ("role-missing:engineering",)


def test_one_key_under_two_names_is_one_person(world: World) -> None:
    anna = world.reviewer("Anna", "compliance")
    body = {
        "reviewer": "r-second",
        "roles": ["engineering"],
        "public_key": anna.key.public.pem,
        "key_id": anna.key.key_id,
    }
    world.record(EntryKind.REVIEWER, body, {"name": "Bella"})
    image = world.decide("part", **TWO)
    raw_approval(world, anna, item_of())
    raw_approval(world, Person("Bella", "r-second", ("engineering",), anna.key), item_of())
    standing = world.standing(image)
    assert standing.state is S.AWAITING
    assert "approval-void:key-not-registered-once" in standing.reasons


def test_a_second_registration_of_one_id_changes_nothing(world: World) -> None:
    anna = world.reviewer("Anna", "engineering")
    thief = signing_key("thief")
    body = {"reviewer": anna.reviewer, "roles": ["compliance"], "public_key": thief.public.pem, "key_id": thief.key_id}
    world.record(EntryKind.REVIEWER, body)
    image = world.decide("part")
    raw_approval(world, Person("Anna", anna.reviewer, ("compliance",), thief), item_of())
    assert not world.standing(image).cleared


# time


def test_approvals_end(world: World) -> None:
    anna = world.reviewer("Anna")
    image = world.decide("part")
    raw_approval(world, anna, item_of(), expires_at=START + timedelta(days=10))
    assert world.standing(image, START + timedelta(days=10, microseconds=-1)).cleared
    standing = world.standing(image, START + timedelta(days=10))
    assert (standing.state, standing.reasons, standing.may_be_shown) == (S.EXPIRED, ("approval-expired",), True)


def test_the_policy_bounds_how_long_an_approval_lasts(world: World) -> None:
    anna = world.reviewer("Anna")
    image = world.decide("part", approval={"people": 1, "roles": [], "valid_days": 5})
    raw_approval(world, anna, item_of(), expires_at=START + timedelta(days=4000))
    assert world.standing(image).expires_at == START + timedelta(days=5)
    assert world.standing(image, START + timedelta(days=5)).state is S.EXPIRED


def test_the_licence_ends_after_its_last_day(world: World) -> None:
    anna = world.reviewer("Anna")
    image, indexed = (
        world.decide("part", **licence_until(date(2030, 1, 3))),
        world.decide("other", outcome="index", **licence_until(date(2030, 1, 3))),
    )
    raw_approval(world, anna, item_of())
    evening = datetime.fromisoformat("2030-01-03T23:59:59+00:00")
    assert world.standing(image, evening).cleared
    assert world.standing(image, evening).expires_at == evening + timedelta(seconds=1)
    for name in (image, indexed):
        standing = world.standing(name, evening + timedelta(seconds=1))
        assert (standing.state, standing.reasons, standing.may_be_shown) == (S.EXPIRED, ("licence-ended",), False)


def test_a_standing_lasts_as_long_as_enough_approvals_do(world: World) -> None:
    people = [world.reviewer(name, "compliance") for name in ("Anna", "Ben", "Carl")]
    image = world.decide("part", approval={"people": 2, "roles": ["compliance"], "valid_days": 90})
    for person, days in zip(people, (10, 20, 30), strict=True):
        raw_approval(world, person, item_of(), expires_at=START + timedelta(days=days))
    assert world.standing(image).expires_at == START + timedelta(days=20)
    assert world.standing(image, START + timedelta(days=15)).cleared
    assert world.standing(image, START + timedelta(days=20)).state is S.EXPIRED


def test_what_is_dated_in_the_future_restricts_but_does_not_permit(world: World) -> None:
    anna = world.reviewer("Anna")
    image, other, third = world.decide("part"), world.decide("other"), world.decide("third")
    raw_approval(world, anna, item_of())
    raw_approval(world, anna, item_of("other"))
    world.pass_time(days=2)
    raw_approval(world, anna, item_of("third"))
    assert world.standing(image, START).cleared
    assert "approval-void:recorded-later" in world.standing(third, START).reasons
    world.withdraw(image)
    assert world.standing(image, START).state is S.WITHDRAWN
    world.decide("other", outcome="deny")
    assert world.standing(other, START).state is S.EXCLUDED
    assert world.standing(other, START).reasons[-1] == "decision-dated-later"
    assert not world.standing(other, START).may_be_shown
    fourth = world.decide("fourth", outcome="index")
    assert not world.standing(fourth, START).may_be_shown
    assert world.standing(fourth).may_be_shown


# reviewers who leave


def test_a_revoked_reviewer_takes_later_approvals_along(world: World) -> None:
    anna = world.reviewer("Anna")
    early, late = world.decide("part"), world.decide("other")
    raw_approval(world, anna, item_of())
    world.pass_time(days=5)
    raw_approval(world, anna, item_of("other"))
    world.pass_time(days=1)
    world.revoke(anna, START + timedelta(days=3))
    assert world.standing(early).cleared
    standing = world.standing(late)
    assert (standing.state, standing.reasons, standing.may_be_shown) == (S.SUSPENDED, ("reviewer-revoked",), False)
    world.revoke(anna, START)
    assert world.standing(early).state is S.SUSPENDED
    ben = world.reviewer("Ben")
    raw_approval(world, ben, item_of("other"))
    assert world.standing(late).cleared


def test_a_backdated_signature_of_a_revoked_reviewer_counts_not(world: World) -> None:
    anna = world.reviewer("Anna")
    image = world.decide("part")
    world.pass_time(days=5)
    world.revoke(anna)
    raw_approval(world, anna, item_of(), issued_at=START, expires_at=START + timedelta(days=30))
    assert not world.standing(image).cleared


def test_a_revocation_without_a_readable_date_revokes_everything(world: World) -> None:
    anna = world.reviewer("Anna")
    image = world.decide("part")
    raw_approval(world, anna, item_of())
    world.record(EntryKind.REVIEWER_REVOKED, {"reviewer": anna.reviewer, "from": "soon", "reason": "x"})
    assert world.standing(image).state is S.SUSPENDED


# what takes standing away


def cleared(world: World, name: str = "part", **changes: Any) -> str:
    anna = world.people[0] if world.people else world.reviewer("Anna")
    image = world.decide(name, **changes)
    world.approve(anna, image)
    assert world.standing(image).cleared
    return image


def test_withdrawn_stays_withdrawn(world: World) -> None:
    image = cleared(world)
    world.withdraw(image)
    world.decide("part")
    raw_approval(world, world.people[0], item_of())
    standing = world.standing(image)
    assert (standing.state, standing.reasons) == (S.WITHDRAWN, ("withdrawn:owner-request",))
    assert not standing.may_be_shown


def test_twins_of_a_withdrawn_image_are_suspended_even_when_named_only_once(world: World) -> None:
    image, twin, stranger = cleared(world), cleared(world, "twin"), cleared(world, "stranger")
    world.decide("third", duplicate_group=sorted([image, record_of("third").image_id]))
    world.decide("twin", duplicate_group=sorted([image, twin]))
    world.decide("twin")  # a later run no longer sees the withdrawn picture
    assert world.standing(twin).cleared
    world.withdraw(image)
    for name in (twin, record_of("third").image_id):
        standing = world.standing(name)
        assert (standing.state, standing.reasons) == (S.SUSPENDED, ("near-duplicate-withdrawn",))
        assert not standing.may_be_shown
    assert world.standing(stranger).cleared


def test_a_wrong_answer_holds_until_it_is_closed(world: World) -> None:
    image, person = cleared(world), world.reviewer("Closer", "compliance")
    first = report_wrong(world.ledger, "六角ボルト", image, at=world.now)
    second = report_wrong(world.ledger, "bolt", image, at=world.now)
    assert world.standing(image).reasons == ("wrong-answer-open",)
    assert world.standing(image).state is S.SUSPENDED
    world.say(person, Verdict.CLOSE, image, report=first.body["report_id"])
    assert world.standing(image).state is S.SUSPENDED
    world.pass_time(days=1)
    world.say(person, Verdict.CLOSE, image, report=second.body["report_id"])
    assert world.standing(image).cleared
    assert world.standing(image, START).state is S.SUSPENDED  # closing permits, so not before its time
    world.pass_time(days=1)
    world.revoke(person)
    assert world.standing(image).cleared  # closed while in office
    world.revoke(person, start=START)
    assert world.standing(image).state is S.SUSPENDED


@pytest.mark.parametrize("how", ["unsigned", "by-the-ledger", "of-another-report", "of-another-image", "beforehand"])
def test_a_report_is_not_talked_away(world: World, how: str) -> None:
    """Closing lets an image be shown again: an entry written past the commands closes nothing."""
    image, person = cleared(world), world.reviewer("Closer", "compliance")
    report = str(report_wrong(world.ledger, "六角ボルト", image, at=world.now).body["report_id"])
    body: dict[str, Any] = {"report_id": report, "image_id": image, "remedy": "not-wrong", "reviewer": person.reviewer}
    if how != "unsigned":
        about = ApprovalStatement(
            workspace_id=WORKSPACE,
            reviewer=person.reviewer,
            role="compliance",
            reason="not-wrong",
            purpose=PURPOSE,
            issued_at=world.now,
            expires_at=world.now + timedelta(days=30),
            policy_sha256=POLICY["sha256"],
            items=(replace(item_of(), image_id=image),),
            report=report,
        )
        match how:
            case "by-the-ledger":
                envelope = sign_case_closed(world.ledger.signing_key(), about)
            case "of-another-report":
                envelope = sign_case_closed(person.key, replace(about, report="w-other"))
            case "of-another-image":
                envelope = sign_case_closed(
                    person.key, replace(about, items=(replace(about.items[0], image_id="f" * 64),))
                )
            case _:
                envelope = sign_case_closed(person.key, replace(about, report="w-1"))
        body |= {"envelope": envelope, "image_ids": [image]}
    if how == "beforehand":
        world.record(EntryKind.WRONG_ANSWER_CLOSED, body | {"report_id": "w-1"})
        world.record(EntryKind.WRONG_ANSWER, {"report_id": "w-1", "image_id": image, "cause": "other"})
        world.say(person, Verdict.CLOSE, image, report=report)
    else:
        world.record(EntryKind.WRONG_ANSWER_CLOSED, body)
    assert world.standing(image).reasons == ("wrong-answer-open",)


def test_the_case_of_a_withdrawn_image_needs_no_key(world: World) -> None:
    image = cleared(world)
    report = str(report_wrong(world.ledger, "六角ボルト", image, at=world.now).body["report_id"])
    world.withdraw(image)
    world.record(EntryKind.WRONG_ANSWER_CLOSED, {"report_id": report, "image_id": image, "remedy": "withdraw"})
    cases = docket(world.ledger.entries(), world.now, workspace_id=world.ledger.workspace_id)
    assert not cases.book.open_reports
    assert world.standing(image).state is S.WITHDRAWN


def test_a_rejection_stands_until_what_was_rejected_changes(world: World) -> None:
    image = cleared(world)
    ben = world.reviewer("Ben")
    reject(world.ledger, ben.reviewer, ben.key, [image], "face-visible", world.now)
    assert (world.standing(image).state, world.standing(image).reasons) == (S.EXCLUDED, ("rejected",))
    assert not world.standing(image).may_be_shown
    world.revoke(ben, START - timedelta(days=1))
    world.decide("part", policy={**POLICY, "sha256": "1" * 64})
    assert world.standing(image).reasons == ("rejected",)  # neither his leaving nor a new policy undoes a no
    world.decide(record_of("part", texts=(TrainingText("title", "en", "another caption"),)))
    assert world.standing(image).state is S.AWAITING


def test_a_damaged_rejection_still_rejects(world: World) -> None:
    image = cleared(world)
    anna = world.people[0]
    statement = ApprovalStatement(
        WORKSPACE, anna.reviewer, "compliance", "no", PURPOSE, START, START, POLICY["sha256"], (item_of(),)
    )
    envelope = sign_rejection(anna.key, statement)
    broken = copy.deepcopy(envelope) | {"payload": "e30="}
    world.record(EntryKind.REJECTION, {"envelope": broken, "reviewer": anna.reviewer, "image_ids": [image]})
    assert world.standing(image).reasons == ("rejected",)


# policies and re-recorded decisions


def test_an_identical_decision_keeps_its_approvals_and_a_changed_one_voids_them(world: World) -> None:
    image = cleared(world)
    world.decide("part", run="run-2", value=0.1)
    assert world.standing(image).cleared
    world.decide("part", findings_digest="2" * 64)
    assert "approval-void:findings-changed" in world.standing(image).reasons
    world.decide("part", outcome="index")
    assert world.standing(image).state is S.EXCLUDED
    world.decide("part")
    assert world.standing(image).cleared


def test_without_a_named_person_an_image_is_cleared_but_unsafe(world: World) -> None:
    nobody = {"approval": {"people": 0, "roles": [], "valid_days": 1}}
    image = world.decide("part", **nobody)  # claims unsafe=False; its content says otherwise
    standing = world.standing(image)
    assert (standing.state, standing.unsafe, standing.expires_at) == (S.CLEARED, True, None)
    judged = world.decide("other", outcome="review", lift="approval", **nobody)
    assert world.standing(judged).state is S.AWAITING  # a person's judgement cannot be nobody's


def test_the_unsafe_mark_follows_the_decision(world: World) -> None:
    image = cleared(world, unsafe=True)
    assert world.standing(image).unsafe
    assert world.standing(image).reasons == ("unsafe-policy",)


def test_the_book_lists_every_image_once(world: World) -> None:
    images = {world.decide(name) for name in ("a", "b", "c")}
    world.withdraw("e" * 64)
    book = world.book()
    assert {standing.image_id for standing in book} == images | {"e" * 64}
    assert len(book) == 4
    assert book.cleared() == ()
    assert book.at == START


def test_a_batch_is_verified_once_however_many_images_it_names(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = world.reviewer("Anna")
    images = world.decide_many([f"part-{number}" for number in range(200)])
    world.approve(anna, *images)
    asked: list[int] = []
    verifies = PublicKey.verifies

    def counted(key: PublicKey, signature: bytes, message: bytes) -> bool:
        asked.append(1) if key == anna.key.public else None
        return verifies(key, signature, message)

    monkeypatch.setattr(PublicKey, "verifies", counted)
    assert len(world.book().cleared()) == 200
    assert len(world.book().cleared()) == 200
    assert len(asked) <= 1
