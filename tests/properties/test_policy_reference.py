"""The product and a second evaluator that shares no code with it agree on generated policies and images."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.policy.decide import decide
from curate.policy.document import Policy, load_policy, policy_from_json
from curate.policy.extend import merged
from tests.properties.reference_policy import evaluate, extended
from tests.properties.test_policy_laws import TODAY, Case, policies, subjects

POLICIES = Path(__file__).parents[2] / "policies"
BUNDLES = sorted(path.parent.name for path in POLICIES.glob("*/policy.yaml"))


def plain(case: Case) -> dict[str, Any]:
    """The image as the second evaluator takes it."""
    record, screening, value, routing = case
    facts = {**vars_of(record.rights), **vars_of(record.business)}
    return {
        "image": record.image_id,
        "file_names": list(record.file_names),
        "class": record.content_class.value,
        "facts": facts,
        "findings": [
            {"kind": f.kind, "severity": f.severity.value, "channel": f.where.channel.value} for f in screening.findings
        ],
        "conflicts": list(record.conflicts),
        "held": list(record.held_by_table),
        "done": {check.value for check in screening.done},
        "partly": {part.check.value for part in screening.unscreened},
        "score": value.score,
        "parts": dict(value.parts),
        "rate": routing.changes_per_month,
        "over_budget": routing.over_budget,
        "pinned": routing.pinned,
    }


def vars_of(facts: Any) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in facts.__dataclass_fields__}


def agree(policy: Policy, document: dict[str, Any], case: Case) -> None:
    found = decide(*case, policy, today=TODAY)
    assert evaluate(document, plain(case), TODAY) == {
        "outcome": found.outcome.value,
        "lift": found.lift.value,
        "rules": sorted(found.rules),
        "people": found.approval.people,
        "roles": sorted(found.approval.roles),
        "days": found.approval.valid_days,
        "waived": sorted((waived.waiver, waived.rule) for waived in found.waived),
    }


def written(name: str) -> dict[str, Any]:
    """The bundle's document, extended by the second evaluator."""
    document = json.loads(json.dumps(yaml.safe_load((POLICIES / name / "policy.yaml").read_text()), default=str))
    parent = document.get("extends")
    return document if parent is None else extended(written(parent), document)


def sparse(value: Any) -> Any:
    """A canonical document without what it leaves at its default, as a person would write it."""
    if isinstance(value, dict):
        return {key: sparse(item) for key, item in value.items() if item is not None}
    return [sparse(item) for item in value] if isinstance(value, list) else value


@settings(max_examples=300)
@given(policies(), subjects)
def test_on_generated_policies(policy: Policy, case: Case) -> None:
    agree(policy, sparse(policy.canonical), case)


@pytest.mark.parametrize("name", BUNDLES)
@given(case=subjects)
@settings(max_examples=60)
def test_on_the_bundles(name: str, case: Case) -> None:
    agree(load_policy(POLICIES / name), written(name), case)


@settings(max_examples=100)
@given(policies(), policies(), subjects, st.booleans())
def test_on_policies_that_extend_others(parent: Policy, other: Policy, case: Case, partly: bool) -> None:
    below, above = sparse(parent.canonical), sparse(other.canonical)
    child = {key: above[key] for key in ("id", "version", "rules", "severity", "required_facts", "required_checks")}
    if partly:
        child["approval"] = {"people": above["approval"]["people"], "overrides": above["approval"]["overrides"]}
    # A waiver of the parent may name a rule which the child replaced by one that may not be waived.
    below["waivers"] = (
        []
        if any(rule["id"] in {r["id"] for r in child["rules"]} for rule in below["rules"])
        else below.get("waivers", [])
    )
    whole = policy_from_json(merged(below, child), where="extended")
    agree(whole, extended(below, child), case)
