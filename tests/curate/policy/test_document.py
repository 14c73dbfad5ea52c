from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from curate.decision import Outcome, Requirement, RuleHit
from curate.errors import ExitCode
from curate.finding import Check
from curate.policy.condition import KINDS
from curate.policy.document import PolicyError, load_policy, policy_from_json, policy_from_text, schema_text
from curate.record import ContentClass
from tests.curate.fakes import make_record

POLICIES = Path(__file__).parents[3] / "policies"
DEFAULT = (POLICIES / "default" / "policy.yaml").read_text(encoding="utf-8")


def document(**changes: Any) -> dict[str, Any]:
    value: dict[str, Any] = yaml.safe_load(DEFAULT)
    return {**value, **changes}


def rule(**changes: Any) -> dict[str, Any]:
    base = {"id": "r", "outcome": "deny", "when": {"class": ["photo"]}, "reason": {"en": "a", "ja": "い"}}
    return {**base, **changes}


def refused(value: Any) -> str:
    with pytest.raises(PolicyError) as caught:
        policy_from_json(value, where="policy.yaml")
    assert caught.value.exit_code is ExitCode.USAGE
    assert caught.value.hint == "imprimatur policy check"
    assert "expected" in caught.value.message and "found" in caught.value.message
    return caught.value.message


def test_comments_spacing_and_key_order_do_not_change_the_digest() -> None:
    policy = policy_from_text(DEFAULT, where="policy.yaml")
    reordered = dict(reversed(list(document().items())))
    assert policy_from_text(f"# another comment\n{DEFAULT}", where="x").ref == policy.ref
    assert policy_from_text(yaml.safe_dump(reordered, allow_unicode=True, sort_keys=False), where="x").ref == policy.ref


def test_any_change_of_content_changes_the_digest() -> None:
    before = policy_from_json(document(), where="x").ref.sha256
    assert policy_from_json(document(purpose="another purpose"), where="x").ref.sha256 != before
    assert policy_from_json(document(rules=document()["rules"][1:]), where="x").ref.sha256 != before


def test_the_canonical_document_reads_back_as_the_same_policy() -> None:
    policy = policy_from_text(DEFAULT, where="x")
    assert policy_from_json(json.loads(json.dumps(policy.canonical)), where="ledger") == policy


def test_the_schema_is_the_generated_one() -> None:
    assert (POLICIES / "schema.json").read_text(encoding="utf-8") == schema_text(), "write schema_text() to schema.json"


def test_the_schema_names_every_kind() -> None:
    assert all(f'"{kind}"' in schema_text() for kind in KINDS)


def test_every_key_is_explained() -> None:
    readme = (POLICIES / "README.md").read_text(encoding="utf-8")
    models = [json.loads(schema_text()), *json.loads(schema_text())["$defs"].values()]
    keys = {key for model in models for key in model.get("properties", {})}
    assert {"except_kind", "update_interval_days"} <= keys
    assert [key for key in sorted(keys) if key not in readme] == []


@pytest.mark.parametrize(
    ("change", "path", "found"),
    [
        ({"id": None}, "id", "nothing"),
        ({"version": 1}, "version", "1"),
        ({"rules": []}, "rules", "[]"),
        ({"update_interval_days": 0}, "update_interval_days", "0"),
        ({"colour": "red"}, "colour", "an unknown key"),
        ({"rules": [rule(outcome="alow")]}, "rules[0].outcome", "'alow'"),
        ({"rules": [rule(when={})]}, "rules[0].when", "an empty one"),
        ({"rules": [rule(when={"finding": {"kind": ["privacy.fone"]}})]}, "rules[0].when.finding", "'privacy.fone'"),
        ({"rules": [rule(when={"value": {}})]}, "rules[0].when.value", "{}"),
        ({"rules": [rule(when={"routing": {}})]}, "rules[0].when.routing", "{}"),
        ({"rules": [rule(when={"class": []})]}, "rules[0].when.class", "[]"),
        ({"rules": [rule(), rule()]}, "the whole file", "'r' twice"),
        ({"rules": [rule(id="unknown-source")]}, "rules[0]", "'unknown-source'"),
        ({"rules": [rule(id="default-hold")]}, "rules[0]", "'default-hold'"),
        ({"rules": [rule(reason={"en": "{secret}", "ja": "い"})]}, "rules[0].reason.en", "{secret}"),
        ({"rules": [rule(reason={"en": "a"})]}, "rules[0].reason.ja", "nothing"),
        ({"required_checks": {"all": ["pixel.moods"]}}, "required_checks.all[0]", "'pixel.moods'"),
        ({"required_facts": {"all": ["colour"]}}, "required_facts.all[0]", "'colour'"),
        ({"severity": [{"kind": "privacy.fone", "severity": "low"}]}, "severity[0]", "'privacy.fone'"),
    ],
)
def test_a_broken_policy_says_where_what_was_expected_and_found(change: dict[str, Any], path: str, found: str) -> None:
    value = document(**change)
    if value["id"] is None:
        del value["id"]
    message = refused(value)
    assert message.startswith(f"policy.yaml: {path}: ")
    assert found in message.split(", found ", 1)[1]


@pytest.mark.parametrize(
    "broken_rule",
    [
        rule(outcome="review"),  # a hold without a way out
        rule(outcome="review", lift="nobody"),
        rule(lift="approval"),
        rule(outcome="review", lift="approval", when={"unknown": ["source"]}),
        rule(outcome="review", lift="approval", when={"any": [{"class": ["photo"]}, {"rows": ["conflict"]}]}),
        rule(outcome="memorize", when={"finding": {"category": ["quality"]}}),
        rule(outcome="memorize", when={"all": [{"unknown": ["owner"]}]}),
        rule(when={"not": {"finding": {"category": ["privacy"]}}}),
        rule(outcome="memorize", when={"not": {"any": [{"class": ["photo"]}, {"unknown": ["source"]}]}}),
        rule(when={"not": {"not": {"rows": ["expectation"]}}}),
    ],
)
def test_rules_that_could_make_trouble_permissive_are_refused(broken_rule: dict[str, Any]) -> None:
    assert "rules[0]" in refused(document(rules=[broken_rule]))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "found nothing"),
        ("- a", "a mapping"),
        ("id: [", "line 1: expected valid YAML"),
        ("id: a\nid: b", "line 2: expected the key 'id' once"),
        ("a: &x [1]\nb: *x", "line 2: expected no aliases"),
        ("1: a", "a text as key"),
        ("a: " + "[" * 60 + "]" * 60, "nested levels"),
        ("version: 2026-02-31", "expected valid YAML"),
        ("a: .nan", "finite numbers"),
        ("!!python/object/apply:os.system ['true']", "expected valid YAML"),
    ],
)
def test_text_that_is_no_policy_is_refused(text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said.replace("(", r"\(")):
        policy_from_text(text, where="policy.yaml")


def test_missing_and_unreadable_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"policy\.yaml: expected a readable policy file, found No such file"):
        load_policy(tmp_path)
    (tmp_path / "policy.yaml").write_bytes(b"id: \xff")
    with pytest.raises(PolicyError, match="UTF-8"):
        load_policy(tmp_path)


def test_required_checks_and_facts_add_up_per_class() -> None:
    policy = load_policy(POLICIES / "default")
    assert all(Check.PIXEL_TEXT in policy.required_checks_for(kind) for kind in ContentClass)
    assert Check.TEXT_NAMES in policy.required_checks_for(ContentClass.DRAWING)
    assert len(policy.required_facts_for(ContentClass.PHOTO)) == 4


def test_unsafe_is_judged_by_content_and_not_by_the_name() -> None:
    def reasons(**approval: Any) -> tuple[str, ...]:
        base = {"people": 1, "roles": ["compliance"], "valid_days": 30}
        return policy_from_json(
            document(id="perfectly_safe", approval={**base, **approval}), where="x"
        ).unsafe_reasons()

    assert load_policy(POLICIES / "unsafe_benchmark").unsafe
    assert not load_policy(POLICIES / "default").unsafe
    assert policy_from_json(document(id="unsafe_benchmark"), where="x").unsafe_reasons() == ()
    assert reasons() == ()
    assert reasons(people=0, roles=[])[0].startswith("approval.people is 0")
    assert reasons(overrides=[{"when": {"class": ["photo"]}, "people": 0}])[0].startswith(
        "approval.overrides[0].people"
    )
    assert reasons(overrides=[{"when": {"class": ["photo"]}, "people": 1}]) == ()


def test_overrides_only_tighten() -> None:
    approval = {
        "people": 2,
        "roles": ["compliance"],
        "valid_days": 100,
        "overrides": [
            {"when": {"class": ["product"]}, "people": 1, "valid_days": 300},
            {"when": {"rule": ["low-value"], "outcome": ["index"]}, "people": 3, "roles": ["legal"], "valid_days": 10},
        ],
    }
    policy = policy_from_json(document(approval=approval), where="x")
    hit = RuleHit("low-value", Outcome.INDEX, "", "")
    assert policy.approval_for(make_record(), Outcome.MEMORIZE, set(), ()) == Requirement(2, ("compliance",), 100)
    assert policy.approval_for(make_record(), Outcome.INDEX, {hit.rule}, ()) == Requirement(
        3, ("compliance", "legal"), 10
    )
    assert policy.approval_for(make_record(), Outcome.REVIEW, {hit.rule}, ()) == Requirement(2, ("compliance",), 100)


def test_an_override_may_not_ask_fewer_people_for_an_image_with_findings() -> None:
    override = {"when": {"outcome": ["memorize"]}, "people": 3}
    approval = {"people": 1, "roles": [], "valid_days": 30, "overrides": [override]}
    assert "review beside memorize" in refused(document(approval=approval))
    wrong_rule = {"when": {"rule": ["no-such-rule"]}, "people": 3}
    assert "no-such-rule" in refused(document(approval={**approval, "overrides": [wrong_rule]}))
