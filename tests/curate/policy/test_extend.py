"""A policy that extends another is the other, with what differs; the editor's schema knows both kinds of file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from curate.policy.document import PolicyError, load_policy, schema_text
from tests.curate.policy.test_cases import BUNDLES, POLICIES

DEFAULT = load_policy(POLICIES / "default")
BASE = yaml.safe_load((POLICIES / "default" / "policy.yaml").read_text(encoding="utf-8"))


def child(tmp_path: Path, text: str, name: str = "ours") -> Path:
    for folder, content in (("default", yaml.safe_dump(BASE, allow_unicode=True)), (name, text)):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "policy.yaml").write_text(content, encoding="utf-8")
    return tmp_path / name


def test_what_is_not_said_is_inherited(tmp_path: Path) -> None:
    policy = load_policy(child(tmp_path, 'extends: default\nid: ours\nversion: "2"\n'))
    assert policy.rules == DEFAULT.rules
    assert policy.ref.id == "ours"
    assert {**policy.canonical, "id": "default", "version": "1"} == DEFAULT.canonical


def test_rules_are_replaced_by_id_and_added(tmp_path: Path) -> None:
    rule: dict[str, Any] = {"outcome": "deny", "when": {"class": ["document"]}, "reason": {"en": "a", "ja": "あ"}}
    text = {
        "extends": "default",
        "id": "ours",
        "version": "1",
        "approval": {"people": 3, "overrides": [{"when": {"class": ["photo"]}, "people": 4}]},
        "required_facts": {"all": ["sku"], "photo": ["collector"]},
        "rules": [{"id": "deny-scope", **rule}, {"id": "deny-ours", **rule}],
    }
    policy = load_policy(child(tmp_path, json.dumps(text)))
    assert [r.id for r in policy.rules] == [*(r.id for r in DEFAULT.rules), "deny-ours"]
    assert next(r for r in policy.rules if r.id == "deny-scope").reason.en == "a"
    inherited = DEFAULT.document.approval
    assert policy.document.approval.people == 3
    assert policy.document.approval.valid_days == inherited.valid_days
    assert len(policy.document.approval.overrides) == len(inherited.overrides) + 1
    assert [str(f) for f in policy.document.required_facts.all] == [*BASE["required_facts"]["all"], "sku"]
    assert [str(f) for f in policy.document.required_facts.photo] == ["collector"]


def test_a_change_of_the_parent_is_a_change_of_the_child(tmp_path: Path) -> None:
    folder = child(tmp_path, 'extends: default\nid: ours\nversion: "1"\n')
    before = load_policy(folder).ref.sha256
    parent = tmp_path / "default" / "policy.yaml"
    parent.write_text(
        parent.read_text(encoding="utf-8").replace("update_interval_days: 30", "update_interval_days: 31")
    )
    assert load_policy(folder).ref.sha256 != before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("extends: ../default\nid: x\nversion: '1'\n", "beside this one"),
        ("extends: [default]\nid: x\nversion: '1'\n", "beside this one"),
        ("extends: nowhere\nid: x\nversion: '1'\n", "a readable policy file"),
        ("extends: ours\nid: x\nversion: '1'\n", "a circle"),
        ("extends: default\nid: x\nversion: '1'\nruels: []\n", "unknown key"),
        ("extends: default\nid: x\nversion: '1'\nrules: nothing\n", "rules"),
        ("extends: default\nid: x\nversion: '1'\nrules: [{id: a}, {id: a}]\n", "rules"),
        ("extends: default\nid: x\nversion: '1'\napproval: {people: 0, roles: [], poeple: 1}\n", "unknown key"),
    ],
)
def test_what_cannot_be_extended_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        load_policy(child(tmp_path, text))


def test_no_person_anywhere_is_unsafe_through_a_parent_too(tmp_path: Path) -> None:
    folder = child(tmp_path, "extends: default\nid: x\nversion: '1'\napproval: {people: 0, roles: []}\n")
    assert load_policy(folder).unsafe


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.name)
def test_the_editor_accepts_every_bundle(bundle: Path) -> None:
    document = yaml.safe_load((bundle / "policy.yaml").read_text(encoding="utf-8"))
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "extend": "x"}, schema)


def test_the_editor_refuses_half_a_policy_that_extends_nothing() -> None:
    half = {key: BASE[key] for key in ("id", "version", "rules")}
    jsonschema.validate({**half, "extends": "default"}, json.loads(schema_text()))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(half, json.loads(schema_text()))
