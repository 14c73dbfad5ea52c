"""What would have to change: every set that is named was tried, none of it can be left out, and nothing is promised in vain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from curate.decision import Decision, Outcome, ValueScore
from curate.finding import Category, Channel, Check, Detector, Finding, Screening, Severity, Where
from curate.policy.change_wording import change_document, change_lines
from curate.policy.compare import Subject
from curate.policy.decide import Routing, decide
from curate.policy.document import Policy, load_policy
from curate.policy.levers import LeverKind
from curate.policy.would_change import would_change
from tests.curate.fakes import make_record
from tests.properties.test_policy_laws import TODAY, Case, policies, subjects

DEFAULT = load_policy(Path(__file__).parents[3] / "policies" / "default")
DAY = date(2026, 1, 15)


def subject(
    *findings: Finding, score: float = 0.8, not_done: frozenset[Check] = frozenset(), **facts: object
) -> Subject:
    record = make_record(**facts)
    found = tuple(replace(finding, image_id=record.image_id) for finding in findings)
    return Subject(
        record,
        Screening(record.image_id, found, (), frozenset(Check) - not_done),
        ValueScore(record.image_id, score, (("demand", score),), "", "", "t"),
        Routing(over_budget=False, behind=None, changes_per_month=0.1, pinned=False),
    )


def finding(kind: str, severity: Severity, channel: Channel, field: str | None = None) -> Finding:
    return Finding(
        "", Detector("d", "1"), Category(kind.split(".")[0]), kind, 1.0, severity, Where(channel, field), "", ""
    )


def told(case: Subject, outcome: Outcome) -> list[set[tuple[str, str, str | None]]]:
    ways = would_change(case, DEFAULT, today=DAY).ways
    return [{(c.kind.value, c.name, c.to) for c in way.changes} for way in ways if way.outcome is outcome]


def test_low_value_names_the_value_or_a_pin() -> None:
    assert told(subject(score=0.3), Outcome.MEMORIZE) == [{("value", "score", "0.55")}, {("pin", "pinned", None)}]


def test_several_obstacles_are_one_set() -> None:
    case = subject(score=0.3, source=None, not_done=frozenset({Check.PIXEL_TEXT}))
    shared = {("state-fact", "source", None), ("make-check", "pixel.text", None)}
    assert {("value", "score", "0.55"), *shared} in told(case, Outcome.MEMORIZE)
    assert told(case, Outcome.INDEX) == [shared]


def test_a_licence_in_the_catalogue_can_be_corrected() -> None:
    case = subject(finding("rights.license_noncommercial", Severity.HIGH, Channel.FILE, "license"))
    ways = told(case, Outcome.MEMORIZE)
    assert [{("clear-finding", "rights.license_noncommercial", None)}] == ways
    assert "license" in change_lines(would_change(case, DEFAULT, today=DAY))[-1][0]


def test_nothing_may_change_what_a_file_says_of_itself_where_it_is_forbidden() -> None:
    case = subject(finding("rights.data_mining_prohibited", Severity.CRITICAL, Channel.METADATA, "xmp:tdm"))
    found = would_change(case, DEFAULT, today=DAY)
    assert found.nothing_may and found.fixed == ("deny-no-train-reservation",)
    assert all(change.kind is LeverKind.FINDING_IN_FILE for way in found.ways for change in way.changes)
    en, ja = change_lines(found)[0]
    assert "forbid wins" in en and "deny-no-train-reservation" in en and "禁止が優先" in ja


def test_what_people_may_approve_says_so() -> None:
    case = subject(finding("privacy.phone", Severity.MEDIUM, Channel.TEXT, "title"))
    found = would_change(case, DEFAULT, today=DAY)
    assert found.approval and not found.nothing_may
    assert told(case, Outcome.MEMORIZE) == [{("clear-finding", "privacy.phone", None)}]


def test_what_is_memorized_has_nothing_to_change() -> None:
    found = would_change(subject(), DEFAULT, today=DAY)
    assert found.ways == () and not found.fixed


def decided(case: Subject, policy: Policy) -> Decision:
    return decide(case.record, case.screening, case.value, case.routing, policy, today=TODAY)


@settings(max_examples=60)
@given(subjects, policies())
def test_each_set_does_what_it_says_and_no_part_of_it_does(drawn: Case, policy: Policy) -> None:
    case = Subject(*drawn)
    found = would_change(case, policy, today=TODAY)
    before = decided(case, policy)
    for way in found.ways:
        assert way.outcome.rank > before.outcome.rank
        for left in (None, *way.changes):
            changed = case
            for change in way.changes:
                changed = changed if change is left else change.pull(changed, policy, TODAY)
            assert (decided(changed, policy).outcome is way.outcome) == (left is None)
    assert all(en and ja for en, ja in change_lines(found))
    assert change_document(found)["nothing_may"] == found.nothing_may


@pytest.mark.parametrize("lang", [0, 1])
def test_sentences_are_in_their_language(lang: int) -> None:
    case = subject(finding("privacy.gps", Severity.LOW, Channel.METADATA), score=0.2, owner=None, model_release=None)
    text = " ".join(line[lang] for line in change_lines(would_change(case, DEFAULT, today=DAY)))
    assert any("ぁ" <= letter <= "ん" for letter in text) == (lang == 1)
