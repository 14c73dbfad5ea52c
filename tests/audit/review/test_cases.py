"""A wrong answer on its way: reported, traced to its text and its approval, closed with a remedy."""

from __future__ import annotations

import pytest

from audit.approving import Verdict
from audit.entry import EntryKind
from audit.recheck.ledger import verify
from audit.review.cases import Cases, likeness
from audit.standing import StandingState
from audit.withdrawal import report_wrong
from tests.audit.fakes import record_of
from tests.audit.review.desk import Desk, Seat, text

ANSWER = {
    "rank": 1,
    "image_id": "x",
    "identifier": "im-abc",
    "file_name": "part.png",
    "probability": 0.91,
    "origin": "memory",
    "confirmation": {"manifest": True, "standing": "cleared", "digest": True, "metadata": "agree", "ledger_index": 3},
}


@pytest.fixture
def trained(desk: Desk) -> tuple[Desk, Seat, str, str]:
    """An approved, trained picture and an open report about it."""
    anna = desk.person("Anna")
    image = desk.decide_picture("part")
    anna.decide(image, Verdict.APPROVE, "reviewed")
    read = [{"image_id": image, "identifier": "im-abc", "texts_digest": record_of("part").texts_digest}]
    desk.world.record(EntryKind.TRAINING_RUN, {"run": "run-7", "statement": {"predicate": {"read": read}}})
    entry = report_wrong(
        desk.world.ledger, "picture of a part", image, "wrong-object", answer=ANSWER, at=desk.world.now
    )
    return desk, anna, image, str(entry.body["report_id"])


def test_the_report_shows_query_answer_confirmation_text_and_approval(trained: tuple[Desk, Seat, str, str]) -> None:
    desk, anna, image, report = trained
    assert "picture of a part" in text(anna.get("/cases"))
    page = text(anna.get(f"/cases/{report}"))
    for said in ("Asked: picture of a part", "im-abc", "run-7", "picture of part", "wrong-object", "agree", "Anna"):
        assert said in page
    (approval,) = desk.world.ledger.entries(EntryKind.APPROVAL)
    assert approval.leaf_hash[:12] in page
    assert "its case comes first" in text(anna.get(f"/image/{image}"))


@pytest.mark.parametrize(
    ("remedy", "state", "reason"),
    [
        ("withdraw", StandingState.WITHDRAWN, "withdrawn:wrong-answer"),
        ("hold", StandingState.EXCLUDED, "rejected"),
        ("correct", StandingState.AWAITING, "information-asked"),
        ("not-wrong", StandingState.CLEARED, None),
    ],
)
def test_a_remedy_closes_the_case_with_its_entry(
    trained: tuple[Desk, Seat, str, str], remedy: str, state: StandingState, reason: str | None
) -> None:
    desk, anna, image, report = trained
    reply = anna.post(f"/cases/{report}/close", {"remedy": remedy, "for-ever": "yes", "note": "looked at the log"})
    closing = list(desk.world.ledger.entries())[-1]
    assert closing.kind is EntryKind.WRONG_ANSWER_CLOSED and closing.leaf_hash in text(reply)
    standing = desk.world.standing(image)
    assert (standing.state, standing.reasons[0] if standing.reasons else None) == (state, reason)
    assert "Closed" in text(anna.get(f"/cases/{report}"))
    assert anna.post(f"/cases/{report}/close", {"remedy": "not-wrong"}).status == 422  # it is closed once
    assert verify(desk.world.ledger.path, desk.world.key.public.pem).ok


def test_what_was_to_be_corrected_is_released_by_the_correction_and_a_new_approval_only(
    trained: tuple[Desk, Seat, str, str],
) -> None:
    desk, anna, image, report = trained
    anna.post(f"/cases/{report}/close", {"remedy": "correct"})
    desk.world.decide(desk.picture("part"), texts_digest="8" * 64)
    assert desk.world.standing(image).reasons[0] == "approvals-missing:0-of-1"


def test_a_withdrawal_wants_to_be_meant_and_a_hold_to_be_signed(trained: tuple[Desk, Seat, str, str]) -> None:
    desk, anna, _, report = trained
    size = desk.world.ledger.size
    assert anna.post(f"/cases/{report}/close", {"remedy": "withdraw"}).status == 422
    assert anna.post(f"/cases/{report}/close", {"remedy": "vanish"}).status == 422
    desk.world.pass_time(minutes=16)
    for remedy in ("hold", "correct", "not-wrong"):  # her key closed itself
        assert anna.post(f"/cases/{report}/close", {"remedy": remedy}).status == 403
    assert anna.post("/cases/w-000000000000/close", {"remedy": "hold"}).status == 404
    assert desk.world.ledger.size == size


def test_an_erased_query_and_an_untaught_picture_are_said_to_be_so(desk: Desk) -> None:
    anna = desk.person("Anna")
    image = desk.decide_picture("part")
    entry = report_wrong(desk.world.ledger, "secret words", image, at=desk.world.now)
    desk.world.ledger.erase_payload(entry.index)
    page = text(anna.get(f"/cases/{entry.body['report_id']}"))
    assert "(query erased)" in page and "secret" not in page and "external index" in page


def test_no_report_is_no_page_of_one(desk: Desk) -> None:
    anna = desk.person("Anna")
    assert "No wrong answer was reported." in text(anna.get("/cases"))
    assert Cases(desk.site.board, desk.world.ledger, lambda: desk.world.now).find("w-000000000000") is None


def test_likeness_needs_no_spaces() -> None:
    assert likeness("袋ナット", "袋ナット M8") > 0.5 > likeness("袋ナット", "ゲートバルブ")
    assert likeness("", "") == 0.0 and likeness("ＡＢＣ", "abc") == 1.0
