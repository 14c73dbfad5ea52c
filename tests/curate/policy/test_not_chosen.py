"""An image without a place in memory goes to the index, also under a policy that is silent about budgets."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date
from pathlib import Path

from curate.canonical import from_json, to_json
from curate.decision import Outcome, ValueScore
from curate.finding import Check, Screening
from curate.policy.decide import Routing, decide
from curate.policy.document import Policy, load_policy, policy_from_json
from tests.curate.fakes import make_record

POLICY = load_policy(Path(__file__).parents[3] / "policies" / "default")
LEFT = Routing(
    True, "ab12", 0.1, False, "over-budget", "The budget ended behind ab12.", "記憶枠は ab12 で埋まりました。"
)


def outcome(policy: Policy, routing: Routing) -> tuple[Outcome, tuple[str, ...], str, str]:
    record = make_record()
    value = ValueScore(record.image_id, 0.9, (), "", "", "t")
    screening = Screening(record.image_id, (), (), frozenset(Check))
    found = decide(record, screening, value, routing, policy, today=date(2026, 1, 15))
    return found.outcome, found.rules, found.hits[0].reason_en, found.hits[0].reason_ja


def silent() -> Policy:
    document = copy.deepcopy(POLICY.canonical)
    document["rules"] = [rule for rule in document["rules"] if rule["id"] != "over-budget"]
    return policy_from_json(document, where="test")


def test_the_rule_of_the_policy_says_why() -> None:
    assert outcome(POLICY, LEFT) == (
        Outcome.INDEX,
        ("over-budget",),
        "Not chosen for memory. The budget ended behind ab12.",
        "記憶の対象に選ばれませんでした。記憶枠は ab12 で埋まりました。",
    )


def test_a_policy_that_is_silent_does_not_make_memory_larger() -> None:
    found = outcome(silent(), LEFT)
    assert found[:2] == (Outcome.INDEX, ("not-chosen",)) and "behind ab12" in found[2] and "ab12" in found[3]
    assert outcome(silent(), replace(LEFT, over_budget=False))[0] is Outcome.MEMORIZE
    assert outcome(silent(), replace(LEFT, pinned=True))[0] is Outcome.MEMORIZE


def test_a_routing_of_before_is_still_read() -> None:
    old = {key: to_json(LEFT)[key] for key in ("over_budget", "behind", "changes_per_month", "pinned")}
    assert "ended behind ab12" in outcome(POLICY, from_json(Routing, old))[2]
