"""A policy that no image can pass is found, and the rules that are to blame are named; a passable one is never accused."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.decision import Outcome
from curate.policy.decide import decide
from curate.policy.document import Policy, load_policy, policy_from_json
from curate.policy.passable import Impassable, NoImagePasses, impassable, refuse_impassable
from tests.properties.test_policy_laws import TODAY, Case, policies, subjects

POLICIES = Path(__file__).parents[3] / "policies"


def policy(*rules: dict[str, Any], facts: tuple[str, ...] = ()) -> Policy:
    return policy_from_json(
        {
            "id": "p", "version": "1", "purpose": "test", "update_interval_days": 30,
            "approval": {"people": 1, "roles": [], "valid_days": 90},
            "required_checks": {"all": []}, "required_facts": {"all": list(facts)},
            "rules": [{"id": f"r{n}", "reason": {"en": "a", "ja": "あ"}, **rule} for n, rule in enumerate(rules)],
        },
        where="test",
    )  # fmt: skip


def deny(**when: Any) -> dict[str, Any]:
    return {"outcome": "deny", "when": when}


def memorize(**when: Any) -> dict[str, Any]:
    return {"outcome": "memorize", "when": when}


def held(lift: str, **when: Any) -> dict[str, Any]:
    return {"outcome": "review", "lift": lift, "when": when}


VALUABLE = memorize(value={"at_least": 0.5})


@pytest.mark.parametrize("name", sorted(path.parent.name for path in POLICIES.glob("*/policy.yaml")))
def test_every_bundle_lets_something_in(name: str) -> None:
    assert impassable(load_policy(POLICIES / name)) is None


@pytest.mark.parametrize(
    ("rules", "blamed"),
    [
        ((deny(value={"at_least": 0}),), ()),  # no memorize rule
        ((VALUABLE, deny(value={"at_least": 0})), ("r1",)),
        ((memorize(value={"at_least": 0.9}), deny(value={"part": "demand", "below": 0.5}), deny(value={"at_least": 0.3})), ("r2",)),
        ((memorize(any=[{"value": {"at_least": 0.5}}, {"routing": {"pinned": True}}]), deny(value={"at_least": 0})), ("r1",)),
        ((VALUABLE, deny(**{"class": ["photo", "product", "drawing", "document"]})), ("r1",)),
        ((VALUABLE, deny(**{"class": ["photo", "product"]}), deny(**{"class": ["drawing", "document"]})), ("r1", "r2")),
        ((VALUABLE, deny(value={"at_least": 0.4}), deny(finding={"severity": "low"})), ("r1",)),
        ((VALUABLE, held("fact", value={"at_least": 0})), ("r1",)),
        ((held("approval", value={"at_least": 0}),), ()),  # nothing gives the image a place
        ((memorize(all=[{"value": {"at_least": 0.6}}, {"value": {"below": 0.6}}]),), ()),
        ((memorize(fact={"name": "owner", "one_of": ["A"]}), deny(fact={"name": "owner", "one_of": ["A", "B"]})), ("r1",)),
        ((VALUABLE, deny(any=[{"unknown": ["owner"]}, {"not": {"fact": {"name": "owner", "one_of": ["A"]}}}]),
          deny(fact={"name": "owner", "one_of": ["A"]})), ("r1", "r2")),
        ((VALUABLE, deny(routing={"volatile": True}), deny(routing={"volatile": False})), ("r1", "r2")),
        ((memorize(date={"name": "valid_until", "lies": "future"}), deny(date={"name": "valid_until", "lies": "future"})), ("r1",)),
    ],
)  # fmt: skip
def test_what_lets_nothing_in(rules: tuple[dict[str, Any], ...], blamed: tuple[str, ...]) -> None:
    found = impassable(policy(*rules))
    assert isinstance(found, Impassable) and found.rules == blamed
    with pytest.raises(NoImagePasses, match="expected an image that could be memorized, found none possible") as caught:
        refuse_impassable(policy(*rules))
    assert all(rule in caught.value.message for rule in blamed) and "policy test" in caught.value.hint


@pytest.mark.parametrize(
    "rules",
    [
        (VALUABLE, deny(value={"at_least": 0.6})),
        (VALUABLE, deny(finding={"severity": "info"}), deny(unknown=["owner", "sku"]), deny(rows=["conflict"])),
        (VALUABLE, deny(**{"class": ["photo", "product", "drawing"]})),
        (VALUABLE, deny(date={"name": "license_end", "lies": "past"})),
        (VALUABLE, held("approval", value={"at_least": 0})),  # people look at every image
        (held("approval", value={"at_least": 0}), {"outcome": "index", "when": {"value": {"at_least": 0}}}),
        (memorize(fact={"name": "license_scope", "one_of": ["train"]}),
         deny(**{"not": {"fact": {"name": "license_scope", "one_of": ["memorize"]}}})),
    ],
)  # fmt: skip
def test_what_lets_something_in(rules: tuple[dict[str, Any], ...]) -> None:
    assert impassable(policy(*rules)) is None


def test_a_fact_that_is_required_cannot_be_left_unknown() -> None:
    only_unknown = (
        memorize(**{"not": {"fact": {"name": "owner", "one_of": ["A"]}}}),
        deny(**{"not": {"fact": {"name": "owner", "one_of": ["A"]}}}),
    )
    assert impassable(policy(*only_unknown)) is not None
    tight = (VALUABLE, deny(fact={"name": "owner", "one_of": ["A"]}))
    assert impassable(policy(*tight, facts=("owner",))) is None


@given(policies(), st.lists(subjects, min_size=1, max_size=5))
def test_where_an_image_passes_the_policy_is_not_accused(policy: Policy, cases: list[Case]) -> None:
    numbers = [
        case for case in cases if not math.isnan(case[2].score)
    ]  # a score that is no number is a defect elsewhere
    decisions = [decide(*case, policy, today=TODAY) for case in numbers]
    if any(decision.outcome is Outcome.MEMORIZE for decision in decisions):
        assert impassable(policy) is None
