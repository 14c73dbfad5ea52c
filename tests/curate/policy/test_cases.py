from __future__ import annotations

from pathlib import Path

import pytest

from curate.policy.cases import CaseResult, run_cases, uncovered_rules
from curate.policy.document import PolicyError, load_policy

POLICIES = Path(__file__).parents[3] / "policies"
BUNDLES = sorted(path.parent for path in POLICIES.glob("*/policy.yaml"))


@pytest.mark.parametrize(
    "result", [result for bundle in BUNDLES for result in run_cases(bundle)], ids=lambda result: str(result.name)
)
def test_worked_case(result: CaseResult) -> None:
    assert result.found == result.expected


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.name)
def test_every_rule_has_a_worked_case(bundle: Path) -> None:
    parent = None if bundle.name == "default" else load_policy(POLICIES / "default")
    assert uncovered_rules(load_policy(bundle), run_cases(bundle), parent=parent) == ()


def copy_of(tmp_path: Path, old: str, new: str) -> Path:
    for name in ("policy.yaml", "cases.yaml"):
        text = (POLICIES / "default" / name).read_text(encoding="utf-8")
        if name == "cases.yaml":
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_wrong_expectation_fails_and_says_both(tmp_path: Path) -> None:
    wrong = [
        r
        for r in run_cases(
            copy_of(tmp_path, "{outcome: deny, rules: [deny-my-number]}", "{outcome: index, rules: [x]}")
        )
        if not r.ok
    ]
    assert [(r.expected, r.found) for r in wrong] == [("index by x", "deny by deny-my-number")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("today: 2026-01-15", "today: soon", "today"),
        ("class: product", "class: statue", "base.class"),
        ("{facts: {license_end: 2026-01-14}}", "{facts: {license_end: never}}", "license_end"),
        ("{facts: {license_end: 2026-01-14}}", "{facts: {licence_end: 2026-01-14}}", "facts"),
        ("  value: 0.8\n", "", "class and value in base"),
        ("a photo with GPS in its EXIF is looked at", "a near-duplicate is looked at", "twice"),
    ],
)
def test_broken_cases_are_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(PolicyError, match=said) as caught:
        run_cases(copy_of(tmp_path, old, new))
    assert "cases.yaml" in caught.value.message


def test_a_bundle_without_cases_is_refused(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_bytes((POLICIES / "default" / "policy.yaml").read_bytes())
    with pytest.raises(PolicyError, match="worked cases"):
        run_cases(tmp_path)
