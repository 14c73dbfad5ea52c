from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from curate.decision import Decision, Lift, Outcome, ValueScore
from curate.finding import Category, Channel, Check, Detector, Finding, Screening, Severity, Unscreened, Where
from curate.policy.compare import Subject, compare
from curate.policy.decide import Routing, decide, is_volatile
from curate.policy.document import Policy, load_policy, policy_from_json
from curate.record import ImageRecord
from curate.screen.hit import finding as hit_finding
from tests.curate.fakes import make_record

POLICIES = Path(__file__).parents[3] / "policies"
DEFAULT = load_policy(POLICIES / "default")
TODAY = date(2026, 1, 15)
CALM = Routing(over_budget=False, behind=None, changes_per_month=0.1, pinned=False)


def finding(image_id: str, kind: str, severity: Severity = Severity.MEDIUM, field: str | None = None) -> Finding:
    where = Where(Channel.TEXT, field)
    return Finding(image_id, Detector("d", "1"), Category(kind.split(".")[0]), kind, 0.9, severity, where, "***", "e")


def screening(record: ImageRecord, *findings: Finding, **changes: Any) -> Screening:
    return replace(Screening(record.image_id, findings, (), frozenset(Check)), **changes)


def value(record: ImageRecord, score: float = 0.8) -> ValueScore:
    return ValueScore(record.image_id, score, (("demand", score),), "", "", "test")


def verdict(
    record: ImageRecord, found: Screening, *, score: float = 0.8, routing: Routing = CALM, policy: Policy = DEFAULT
) -> Decision:
    return decide(record, found, value(record, score), routing, policy, today=TODAY)


def variant(**changes: Any) -> Policy:
    return policy_from_json({**DEFAULT.canonical, **changes}, where="variant")


def test_a_check_that_nobody_reported_is_not_done() -> None:
    record = make_record()
    decision = verdict(record, screening(record, done=frozenset()))
    assert decision.outcome is Outcome.REVIEW
    assert decision.lift is Lift.FACT
    assert "check:text.pii" in decision.unknowns
    assert "unscreened-decode" in decision.rules


def test_a_check_done_in_part_holds_and_says_why() -> None:
    record = make_record()
    part = Unscreened(record.image_id, Detector("d", "1"), Check.TEXT_PII, "no reader for French")
    decision = verdict(record, screening(record, unscreened=(part,)))
    assert decision.rules == ("unscreened-text.pii",)
    assert "no reader for French" in decision.hits[0].reason_en


def test_a_blank_fact_is_unknown() -> None:
    for stated in ({"source": "  "}, {"license_scope": ()}, {"owner": None}):
        record = make_record(**stated)
        decision = verdict(record, screening(record))
        assert decision.rules == (f"unknown-{next(iter(stated))}",)
        assert decision.lift is Lift.FACT
        assert f"`{next(iter(stated))}`" in decision.hits[0].reason_en


def test_deny_wins_and_every_rule_that_applied_is_listed() -> None:
    record = make_record(source=None)
    kinds = ("privacy.phone", "rights.data_mining_prohibited")
    decision = verdict(record, screening(record, *(finding(record.image_id, kind) for kind in kinds)), score=0.1)
    assert decision.outcome is Outcome.DENY
    assert decision.rules == ("deny-no-train-reservation",)
    assert [hit.outcome.rank for hit in decision.hits] == sorted(hit.outcome.rank for hit in decision.hits)
    assert {"review-personal-data", "unknown-source", "low-value"} <= {hit.rule for hit in decision.hits}


def test_a_score_that_is_no_number_is_held() -> None:
    record = make_record()
    decision = verdict(record, screening(record), score=float("nan"))
    assert decision.rules == ("default-hold",)
    assert decision.lift is Lift.NOBODY


def test_a_finding_never_stands_in_for_a_place() -> None:
    record = make_record()
    policy = variant(rules=[r for r in DEFAULT.canonical["rules"] if r["id"] in ("poor-picture", "cleared")])
    blurred = screening(record, finding(record.image_id, "quality.blurred"))
    assert verdict(record, blurred, score=0.1, policy=policy).rules == ("default-hold",)
    assert verdict(record, blurred, score=0.9, policy=policy).rules == ("poor-picture",)


def test_the_policy_overrules_severities_in_decision_and_rules() -> None:
    record = make_record()
    found = screening(record, finding(record.image_id, "privacy.email", Severity.LOW))
    assert verdict(record, found).outcome is Outcome.MEMORIZE
    decision = verdict(record, found, policy=variant(severity=[{"kind": "privacy.email", "severity": "medium"}]))
    assert decision.rules == ("review-personal-data",)
    assert decision.findings[0].severity is Severity.MEDIUM


def test_reasons_are_filled_in_both_languages() -> None:
    record = make_record()
    found = screening(record, finding(record.image_id, "privacy.phone", field="captions"))
    hit = verdict(record, found).hits[0]
    assert hit.reason_en == "Personal data in: captions."
    assert hit.reason_ja == "個人情報が含まれています: captions。"
    weekly = verdict(record, screening(record), routing=replace(CALM, changes_per_month=4.33)).hits[0]
    assert "4.3 times a month" in weekly.reason_en and "30" in weekly.reason_en
    budget = verdict(record, screening(record), routing=replace(CALM, over_budget=True, behind="ab12 (0.61)")).hits[0]
    assert "ab12 (0.61)" in budget.reason_en and "ab12 (0.61)" in budget.reason_ja


def test_a_poor_picture_is_told_which_fault_it_has() -> None:
    record = make_record()
    blurred = hit_finding(record.image_id, Detector("quality", "3"), "quality.blurred", Where(Channel.PIXEL))
    hit = verdict(record, screening(record, blurred)).hits[0]
    assert hit.rule == "poor-picture"
    assert hit.reason_en.startswith("The picture is blurred. ") and hit.reason_ja.startswith("画像がぼけています。")


def test_a_row_that_fails_the_table_says_what_it_fails_in_both_languages() -> None:
    record = replace(
        make_record(),
        held_by_table=("changed_at: expected a date",),
        held_by_table_ja=("changed_at: 日付であること",),
        conflicts=("owner",),
    )
    reasons = {hit.rule: (hit.reason_en, hit.reason_ja) for hit in verdict(record, screening(record)).hits}
    assert "(changed_at: expected a date)" in reasons["hold-table-expectation"][0]
    assert "(changed_at: 日付であること)" in reasons["hold-table-expectation"][1]
    assert all("(owner)" in reason for reason in reasons["hold-conflicting-rows"])
    older = replace(record, held_by_table_ja=(), conflicts=())
    assert "(changed_at: expected a date)" in verdict(older, screening(older)).hits[0].reason_ja


def test_volatile_depends_on_the_update_interval() -> None:
    routing = replace(CALM, changes_per_month=2.0)
    assert is_volatile(routing, DEFAULT)
    assert not is_volatile(routing, variant(update_interval_days=15))
    assert not is_volatile(replace(CALM, changes_per_month=None), DEFAULT)


def test_an_unknown_change_rate_is_explained() -> None:
    record = make_record()
    decision = verdict(record, screening(record), routing=replace(CALM, changes_per_month=None))
    assert decision.rules == ("cleared",)
    assert "change_count" in decision.hits[0].reason_en and "不明" in decision.hits[0].reason_ja


def test_an_unsafe_policy_marks_every_decision() -> None:
    record = make_record(source=None, license=None)
    unsafe = load_policy(POLICIES / "unsafe_benchmark")
    decision = verdict(record, screening(record, done=frozenset({Check.DECODE})), score=0.0, policy=unsafe)
    assert decision.outcome is Outcome.MEMORIZE
    assert decision.unsafe
    assert decision.approval.people == 0


def test_facts_of_another_image_are_refused() -> None:
    record, other = make_record(), make_record("other.png")
    with pytest.raises(ValueError, match="another image"):
        verdict(record, screening(other))


def test_compare_lists_what_changes_and_why() -> None:
    records = [make_record("a.png"), make_record("b.png", source=None), make_record("c.png")]
    subjects = [Subject(r, screening(r), value(r, 0.9 if r is not records[2] else 0.2), CALM) for r in records]
    facts = {"all": ["source", "owner", "license", "license_scope", "contract_ref", "consent_ref"]}
    changes = compare(subjects, DEFAULT, variant(required_facts=facts), today=TODAY)
    assert {(c.file_names[0], c.before, c.after) for c in changes} == {
        ("a.png", Outcome.MEMORIZE, Outcome.REVIEW),
        ("c.png", Outcome.INDEX, Outcome.REVIEW),
    }
    first = next(change for change in changes if change.file_names == ("a.png",))
    assert first.rules_before == ("cleared",)
    assert first.rules_after == ("unknown-consent_ref",)
    assert "consent_ref" in first.why_en and "consent_ref" in first.why_ja
    assert first.to_document()["after"] == "review"
    assert compare(subjects, DEFAULT, DEFAULT, today=TODAY) == ()
    assert compare(subjects[::-1], DEFAULT, variant(required_facts=facts), today=TODAY) == changes


def test_compare_names_rules_that_no_longer_apply() -> None:
    record = make_record(source=None)
    subject = Subject(record, screening(record), value(record), CALM)
    (change,) = compare([subject], DEFAULT, variant(required_facts={"all": ["owner"]}), today=TODAY)
    assert (change.before, change.after) == (Outcome.REVIEW, Outcome.MEMORIZE)
    assert "No longer applies: unknown-source." in change.why_en
