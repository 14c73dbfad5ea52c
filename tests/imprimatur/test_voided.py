"""A new policy voids approvals: said before it is adopted, for exactly the images that lose theirs."""

from __future__ import annotations

from pathlib import Path

from audit.ledger import EntryKind
from curate.policy.document import Policy, load_policy, policy_from_json
from imprimatur.recording import last_decisions
from imprimatur.voided import voided_by, voided_notice
from tests.audit.fakes import World

DEFAULT = load_policy(Path(__file__).parents[2] / "policies" / "default")


def under(policy: Policy) -> dict[str, str]:
    return {"id": policy.ref.id, "version": policy.ref.version, "sha256": policy.ref.sha256}


def test_the_same_content_voids_nothing_and_another_voids_what_was_approved(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    world.record(EntryKind.POLICY, {**under(DEFAULT), "unsafe": False}, DEFAULT.canonical)
    anna = world.reviewer("Anna")
    approved, held = world.decide("a", policy=under(DEFAULT)), world.decide("b", policy=under(DEFAULT))
    withdrawn = world.decide("c", policy=under(DEFAULT))
    world.approve(anna, approved, withdrawn)
    world.withdraw(withdrawn)
    last = last_decisions(world.ledger.entries())
    again = policy_from_json(dict(reversed(list(DEFAULT.canonical.items()))), where="again")
    assert voided_by(again, last, world.book()) == () and voided_notice(again, last, world.book()) is None
    other = policy_from_json({**DEFAULT.canonical, "version": "2"}, where="other")
    (lost,) = voided_by(other, last, world.book())
    assert (lost.image_id, lost.state) == (approved, "cleared") and held != approved
    notice = voided_notice(other, last, world.book())
    assert notice is not None and approved[:12] in notice.message and "policy diff" in notice.hint
    # What was said comes true once the policy is adopted.
    world.record(EntryKind.POLICY, {**under(other), "unsafe": False}, other.canonical)
    world.decide("a", policy=under(other))
    assert "approval-void:policy-changed" in world.standing(approved).reasons
