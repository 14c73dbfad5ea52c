"""What rests on a waiver stands no longer than the waiver, whatever the approval says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from audit.standing import StandingState
from tests.audit.fakes import START, World

LAST = START.date() + timedelta(days=10)


def waiver(day: object) -> dict[str, object]:
    return {"waiver": "poster", "rule": "deny-secret-marking", "approver": "r-0123456789ab", "expires": str(day)}


def test_an_approval_ends_with_the_waiver(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    anna = world.reviewer("Anna", "compliance")
    # Even where the entry forgot to say so in `not_after`.
    image = world.decide("poster", outcome="review", lift="approval", waivers=[waiver(LAST), waiver("2099-01-01")])
    world.approve(anna, image)
    before = world.standing(image)
    assert before.cleared
    assert before.expires_at is not None and before.expires_at.date() == LAST + timedelta(days=1)
    world.now = START + timedelta(days=11)
    after = world.standing(image)
    assert (after.state, after.reasons) == (StandingState.EXPIRED, ("waiver-ended",))


def test_a_waiver_that_cannot_be_read_permits_nothing(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    anna = world.reviewer("Anna", "compliance")
    for name, waivers in (("a", [waiver("some day")]), ("b", [{}]), ("c", 7)):
        image = world.decide(name, outcome="review", lift="approval", waivers=waivers)
        assert world.standing(image).reasons == ("decision-unreadable",)
    assert anna
