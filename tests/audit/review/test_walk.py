"""The walk of a working day: sign in, look, decide, be told, see the ledger."""

from __future__ import annotations

import re

import pytest

from audit.approving import Verdict
from audit.entry import EntryKind
from audit.recheck.ledger import verify
from audit.standing import StandingState
from tests.audit.review.desk import FLAGGED, Desk, place_of, text


def test_an_approval_is_signed_recorded_and_shown(desk: Desk) -> None:
    anna = desk.person("Anna")
    image = desk.decide_picture("part")
    reply = anna.decide(image, Verdict.APPROVE, "reviewed", condition=["internal-only"])
    entry = list(desk.world.ledger.entries())[-1]
    assert reply.status == 200 and entry.kind is EntryKind.APPROVAL
    assert entry.leaf_hash in text(reply) and "Cleared" in text(reply)
    standing = desk.world.standing(image)
    assert (standing.state, standing.conditions) == (StandingState.CLEARED, ("internal-only",))
    assert verify(desk.world.ledger.path, desk.world.key.public.pem).ok


def test_a_draft_is_not_recorded_and_can_be_dropped(desk: Desk) -> None:
    anna = desk.person("Anna")
    image = desk.decide_picture("part")
    size = desk.world.ledger.size
    drafted = anna.draft(image, Verdict.REJECT, "privacy")
    assert "nothing is recorded yet" in text(anna.get(place_of(drafted)))
    assert anna.post(f"{place_of(drafted)}/drop").status == 303
    assert anna.post(f"{place_of(drafted)}/record").status == 409
    assert desk.world.ledger.size == size


def test_two_people_and_the_second_judges_blind(desk: Desk) -> None:
    anna, ben = desk.person("Anna"), desk.person("Ben")
    image = desk.decide_picture("part", **FLAGGED)
    anna.decide(image, Verdict.APPROVE, "consent-on-file", note="I asked Carla")
    page = text(ben.get(f"/image/{image}"))
    assert "A second person has to decide" in page
    assert "1 decision of a colleague is shown after you have decided" in page
    assert "consent-on-file" not in page and "Carla" not in page and "Anna" not in page
    assert "I asked Carla" in text(anna.get(f"/image/{image}"))  # who decided sees everything
    ben.decide(image, Verdict.APPROVE, "reviewed")
    assert desk.world.standing(image).cleared
    assert "I asked Carla" in text(ben.get(f"/image/{image}"))


def test_a_first_no_stays_hidden_and_a_second_yes_makes_a_disagreement(desk: Desk) -> None:
    anna, ben = desk.person("Anna"), desk.person("Ben")
    image = desk.decide_picture("part", **FLAGGED)
    anna.decide(image, Verdict.REJECT, "privacy")
    assert "A second person has to decide" in text(ben.get(f"/image/{image}"))
    ben.decide(image, Verdict.APPROVE, "reviewed")
    assert desk.world.standing(image).reasons == ("rejected",)
    assert "People disagree" in text(ben.get(f"/image/{image}"))
    assert "1" in re.search(r"Disagreement (\d+)", text(ben.get("/")))[1]  # type: ignore[index]


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(desk: Desk) -> None:
    anna, ben = desk.person("Anna"), desk.person("Ben")
    image = desk.decide_picture("part")
    drafted = [seat.draft(image, verdict, why) for seat, verdict, why in (
        (anna, Verdict.APPROVE, "reviewed"), (ben, Verdict.REJECT, "privacy"))]  # fmt: skip
    assert ben.post(f"{place_of(drafted[1])}/record").status == 200
    told = anna.post(f"{place_of(drafted[0])}/record")
    assert told.status == 409 and "A colleague recorded a decision" in text(told)
    assert desk.world.standing(image).reasons == ("rejected",)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d, i: d.world.decide(d.picture("part"), findings_digest="9" * 64), "changed since you opened it"),
        (lambda d, i: d.world.withdraw(i), "was withdrawn"),
        (lambda d, i: d.policy.__setitem__(0, "0" * 64), "policy was edited"),
        (lambda d, i: (d.folder / "pictures/part.png").write_bytes(b"other"), "file was changed"),
        (lambda d, i: (d.folder / "pictures/part.png").unlink(), "not in the catalogue"),
    ],
)
def test_what_changed_since_the_card_was_opened_is_refused_with_its_reason(
    desk: Desk, change: object, told: str
) -> None:
    anna = desk.person("Anna")
    image = desk.decide_picture("part")
    drafted = anna.draft(image, Verdict.APPROVE, "reviewed")
    change(desk, image)  # type: ignore[operator]
    size = desk.world.ledger.size
    reply = anna.post(f"{place_of(drafted)}/record")
    assert reply.status == 409 and told in text(reply)
    assert desk.world.ledger.size == size


def test_an_old_card_is_refused_at_the_draft(desk: Desk) -> None:
    anna, ben = desk.person("Anna"), desk.person("Ben")
    image = desk.decide_picture("part")
    seen = desk.site.board.find(image)
    assert seen is not None
    ben.decide(image, Verdict.REJECT, "privacy")
    assert anna.draft(image, Verdict.APPROVE, "reviewed", seen=seen[1].touched).status == 409


def test_a_question_needs_words_and_a_denial_a_reason(desk: Desk) -> None:
    anna = desk.person("Anna")
    image = desk.decide_picture("part")
    assert anna.draft(image, Verdict.REJECT, "").status == 422
    assert anna.draft(image, Verdict.REJECT, "other").status == 422
    assert anna.draft(image, Verdict.ASK, "who-is-shown").status == 422
    anna.decide(image, Verdict.ASK, "who-is-shown", note="左の人は誰ですか")
    assert desk.world.standing(image).reasons[0] == "information-asked"
    assert "左の人は誰ですか" in text(anna.get(f"/image/{image}"))
    assert "左の人" not in "".join(str(e.body) for e in desk.world.ledger.entries())


def test_many_at_once_are_denied_or_indexed_and_never_approved(desk: Desk) -> None:
    anna = desk.person("Anna")
    plain = [desk.decide_picture(f"plain-{n}") for n in range(2)]
    held = desk.world.decide("held", **FLAGGED)
    seen = {image: found[1].touched for image in (*plain, held) if (found := desk.site.board.find(image))}

    def pick(verdict: Verdict, reason: str, *images: str) -> object:
        return anna.post(
            "/bulk", {"verdict": verdict.value, "reason": reason, "pick": [f"{i}:{seen[i]}" for i in images]}
        )

    assert pick(Verdict.APPROVE, "reviewed", *plain).status == 403  # type: ignore[attr-defined]
    assert pick(Verdict.TO_INDEX, "low-value", *plain, held).status == 409  # type: ignore[attr-defined]
    drafted = pick(Verdict.TO_INDEX, "low-value", *plain)
    assert "Draft: nothing is recorded yet" in text(anna.get(place_of(drafted)))  # type: ignore[arg-type]
    anna.post(f"{place_of(drafted)}/record")  # type: ignore[arg-type]
    assert {desk.world.standing(image).reasons[0] for image in plain} == {"sent-to-index"}
    denied = pick(Verdict.REJECT, "privacy", held)
    anna.post(f"{place_of(denied)}/record")  # type: ignore[arg-type]
    assert desk.world.standing(held).reasons == ("rejected",)


def test_a_key_without_a_passphrase_does_not_sign_and_one_elsewhere_only_asserts(desk: Desk) -> None:
    bare = desk.person("Bare", passphrase=None)
    image = desk.decide_picture("part")
    drafted = bare.draft(image, Verdict.APPROVE, "reviewed")
    assert bare.post(f"{place_of(drafted)}/record").status == 403
    assert not desk.world.standing(image).cleared
    (desk.folder / "keys" / f"{bare.person.reviewer}.pem").unlink()  # type: ignore[union-attr]
    refused = bare.post(f"{place_of(drafted)}/record")
    assert refused.status == 422 and "self_asserted" in text(refused)
    lenient = desk.decide_picture(
        "lenient", approval={"people": 1, "roles": ["compliance"], "valid_days": 9, "self_asserted": True}
    )
    assert "self-asserted" in text(bare.decide(lenient, Verdict.APPROVE, "reviewed"))
    assert desk.world.standing(lenient).reasons == ("self-asserted",)


def test_choosing_a_passphrase_locks_the_key_for_everybody_else(desk: Desk) -> None:
    anna = desk.person("Anna", passphrase=None)
    new = {"new": "a long enough phrase", "again": "a long enough phrase"}
    assert anna.post("/account/passphrase", {"new": "short", "again": "short"}).status == 422
    assert anna.post("/account/passphrase", new).status == 303
    assert anna.post("/account/passphrase", {**new, "old": "wrong"}).status == 422
    image = desk.decide_picture("part")
    assert anna.decide(image, Verdict.APPROVE, "reviewed").status == 200
    desk.world.pass_time(minutes=16)  # the key closed itself
    other = desk.decide_picture("other", **{"value": 0.2})
    drafted = anna.draft(other, Verdict.REJECT, "rights")
    assert anna.post(f"{place_of(drafted)}/record").status == 403
    assert anna.post(f"{place_of(drafted)}/record", {"passphrase": "wrong wrong wrong"}).status == 403
    assert anna.post(f"{place_of(drafted)}/record", {"passphrase": "a long enough phrase"}).status == 200


def test_a_question_is_answered_by_others_and_closed_by_whoever_asked(desk: Desk) -> None:
    anna, ben = desk.person("Anna"), desk.person("Ben")
    image = desk.decide_picture("part")
    anna.decide(image, Verdict.ASK, "who-is-shown", note="左の人は誰ですか")
    asked = list(desk.world.ledger.entries())[-1].index
    page = text(ben.get(f"/image/{image}"))
    assert "Anna asks" in page and "左の人は誰ですか" in page and "Close the question" not in page
    assert ben.draft(image, Verdict.ANSWER, "answered", question=str(asked)).status == 422  # an answer has words
    assert ben.draft(image, Verdict.ANSWER, "answered", question="x", note="y").status == 400
    ben.decide(image, Verdict.ANSWER, "answered", question=str(asked), note="展示会の来場者です")
    assert "information-asked" in desk.world.standing(image).reasons
    page = text(anna.get(f"/image/{image}?verdict=answer&question={asked}"))
    assert "展示会の来場者です" in page and "This closes the question" in page
    anna.decide(image, Verdict.ANSWER, "asked-elsewhere", question=str(asked))
    assert desk.world.standing(image).reasons[0] == "approvals-missing:0-of-1"
    assert "Ben answers" not in text(anna.get(f"/image/{image}"))  # it is history now
    assert "展示会の来場者です" in text(anna.get(f"/image/{image}"))
    assert anna.draft(image, Verdict.ANSWER, "asked-elsewhere", question=str(asked)).status in (303, 409, 422)
    assert "来場者" not in "".join(str(e.body) for e in desk.world.ledger.entries())
    assert verify(desk.world.ledger.path, desk.world.key.public.pem).ok
