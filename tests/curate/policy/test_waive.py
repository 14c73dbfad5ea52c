"""A waiver turns a refusal into a hold for people, for named images, until its last day, and never more than that."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from curate.decision import Lift, Outcome
from curate.finding import Check, Severity
from curate.policy.document import PolicyError, policy_from_json
from tests.curate.fakes import make_record
from tests.curate.policy.test_decide import DEFAULT, finding, screening, variant, verdict

SECRET = "content.secret_marking"
WAIVER: dict[str, Any] = {
    "id": "poster",
    "waives": ["deny-secret-marking"],
    "select": {"file_name": ["bolt*.png"]},
    "reason": {"en": "An old marking.", "ja": "旧い表記。"},
    "approver": "r-0123456789ab",
    "expires": "2026-01-15",
}


def marked(waivers: list[dict[str, Any]], name: str = "bolt.png", **changes: Any) -> Any:
    record = make_record(name, **changes)
    found = screening(record, finding(record.image_id, SECRET, Severity.HIGH))
    return verdict(record, found, policy=variant(waivers=waivers))


def test_what_was_denied_is_held_for_people_until_the_last_day() -> None:
    assert marked([]).outcome is Outcome.DENY
    decision = marked([WAIVER])
    assert (decision.outcome, decision.lift, decision.rules) == (Outcome.REVIEW, Lift.APPROVAL, ("waiver-poster",))
    assert decision.approval.people == 2  # as for every held image
    assert decision.waived_until == date(2026, 1, 15)
    assert decision.to_document()["waivers"] == [
        {"waiver": "poster", "rule": "deny-secret-marking", "approver": "r-0123456789ab", "expires": "2026-01-15"}
    ]
    assert "An old marking." in decision.hits[0].reason_en
    assert "旧い表記。" in decision.hits[0].reason_ja


def test_one_that_has_ended_refuses_and_says_so() -> None:
    decision = marked([{**WAIVER, "expires": "2026-01-14"}])
    assert decision.outcome is Outcome.DENY
    assert decision.rules == ("deny-secret-marking", "waiver-poster-ended")
    assert decision.waived == ()


def test_other_images_are_not_touched() -> None:
    assert marked([WAIVER], "nut.png").outcome is Outcome.DENY
    assert marked([WAIVER], file_names=("bolt.png", "secret/nut.png")).outcome is Outcome.DENY
    assert marked([{**WAIVER, "select": {"file_name": ["[!x]*"]}}]).outcome is Outcome.DENY
    narrow = {**WAIVER, "select": {"file_name": ["bolt.png"], "class": ["drawing"]}}
    assert marked([narrow]).outcome is Outcome.DENY


def test_a_waiver_for_one_rule_leaves_the_others() -> None:
    record = make_record()
    found = screening(
        record,
        finding(record.image_id, SECRET, Severity.HIGH),
        finding(record.image_id, "rights.data_mining_prohibited", Severity.CRITICAL),
    )
    decision = verdict(record, found, policy=variant(waivers=[WAIVER]))
    assert (decision.outcome, decision.rules) == (Outcome.DENY, ("deny-no-train-reservation",))


def test_an_unknown_fact_can_be_waived_and_stays_unknown() -> None:
    record = make_record(source=None)
    waiver = {**WAIVER, "waives": ["unknown-source", "unscreened-pixel.faces"]}
    found = screening(record, done=frozenset(Check) - {Check.PIXEL_FACES})
    decision = verdict(record, found, policy=variant(waivers=[waiver]))
    assert (decision.outcome, decision.lift) == (Outcome.REVIEW, Lift.APPROVAL)
    assert decision.rules == ("waiver-poster",)
    assert set(decision.unknowns) == {"source", "check:pixel.faces"}


def test_a_waived_rule_still_asks_for_its_people() -> None:
    approval = {**DEFAULT.canonical["approval"]}
    approval["overrides"] = [{"when": {"rule": ["deny-secret-marking"]}, "people": 3, "roles": ["legal"]}]
    record = make_record()
    found = screening(record, finding(record.image_id, SECRET, Severity.HIGH))
    decision = verdict(record, found, policy=variant(waivers=[WAIVER], approval=approval))
    assert (decision.approval.people, "legal" in decision.approval.roles) == (3, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"waives": ["deny-no-train-reservation"]}, "waivable: true"),
        ({"waives": ["default-hold"]}, "waivable: true"),
        ({"waives": ["unknown-nothing"]}, "waivable: true"),
        ({"select": {}}, "named images"),
        ({"select": {"class": ["photo"]}}, "named images"),
        ({"select": {"file_name": ["*"]}}, "begins with a name"),
        ({"select": {"file_name": ["*.png"]}}, "begins with a name"),
        ({"select": {"file_name": [""]}}, "begins with a name"),
        ({"approver": "Aya Mori"}, "approver"),
        ({"expires": "some day"}, "expires"),
        ({"reason": {"en": "x"}}, "ja"),
    ],
)
def test_a_waiver_that_says_too_little_or_too_much_is_no_policy(change: dict[str, Any], said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        variant(waivers=[{**WAIVER, **change}])


@pytest.mark.parametrize("key", ["waives", "select", "reason", "approver", "expires"])
def test_every_key_of_a_waiver_is_required(key: str) -> None:
    with pytest.raises(PolicyError, match=key):
        variant(waivers=[{name: value for name, value in WAIVER.items() if name != key}])


def test_a_policy_without_waivers_keeps_its_digest() -> None:
    assert "waivers" not in DEFAULT.canonical
    again = policy_from_json({**DEFAULT.canonical, "waivers": []}, where="x")
    assert again.ref == DEFAULT.ref
    assert replace(again) == DEFAULT
