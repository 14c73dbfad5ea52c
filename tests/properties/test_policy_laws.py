"""Laws of `decide`, for generated policies and images: no combination of rules a file may hold breaks them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from curate.decision import Decision, Lift, Outcome, ValueScore
from curate.finding import Category, Channel, Check, Detector, Finding, Screening, Severity, Unscreened, Where
from curate.policy.decide import Routing, decide, lacks_what_is_required
from curate.policy.document import Policy, load_policy, policy_from_json
from curate.record import BusinessFacts, ContentClass, ImageRecord, RightsFacts
from curate.screen.hit import SEVERITY

TODAY = date(2026, 1, 15)
IMAGE = "ab" * 32
BUNDLES = {
    place.parent.name: load_policy(place.parent)
    for place in sorted((Path(__file__).parents[2] / "policies").glob("*/policy.yaml"))
}
LIFTS = (Lift.NOBODY, Lift.FACT, Lift.APPROVAL)

some = {"min_size": 1, "max_size": 3, "unique": True}
# Few kinds and facts, so that generated rules and generated images meet often.
FEW_KINDS = ("privacy.phone", "privacy.gps", "rights.data_mining_prohibited", "quality.blurred", "duplicate.near")
kinds = st.sampled_from(FEW_KINDS)
facts = st.sampled_from(["source", "owner", "license_scope", "sku", "valid_until"])
classes = st.sampled_from([c.value for c in ContentClass])

finding_conditions = st.fixed_dictionaries(
    {},
    optional={
        "category": st.lists(st.sampled_from([c.value for c in Category]), **some),
        "kind": st.lists(kinds, **some),
        "except_kind": st.lists(kinds, **some),
        "severity": st.sampled_from(["low", "high"]),
        "channel": st.lists(st.sampled_from([c.value for c in Channel]), **some),
    },
)
calm_leaves = st.one_of(
    st.fixed_dictionaries({"value": st.fixed_dictionaries({"at_least": st.sampled_from([0, 0.3, 0.6])})}),
    st.fixed_dictionaries({"value": st.fixed_dictionaries({"below": st.sampled_from([0.3, 0.6, 1])})}),
    st.fixed_dictionaries({"class": st.lists(classes, **some)}),
    st.fixed_dictionaries({"routing": st.fixed_dictionaries({"volatile": st.booleans(), "pinned": st.booleans()})}),
    st.just({"date": {"name": "license_end", "lies": "past"}}),
    st.just({"fact": {"name": "license", "one_of": ["MIT"]}}),
)
trouble_leaves = st.one_of(
    st.fixed_dictionaries({"finding": finding_conditions}),
    st.fixed_dictionaries({"unknown": st.lists(facts, **some)}),
    st.fixed_dictionaries({"rows": st.just(["conflict"])}),
)


def grown(children: st.SearchStrategy[Any], *, negate: bool) -> st.SearchStrategy[Any]:
    branches = [
        st.fixed_dictionaries({"all": st.lists(children, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(children, min_size=1, max_size=3)}),
    ]
    return st.one_of(*branches, st.fixed_dictionaries({"not": children})) if negate else st.one_of(*branches)


calm = st.recursive(calm_leaves, lambda children: grown(children, negate=True), max_leaves=4)
troubled = st.recursive(st.one_of(calm, trouble_leaves), lambda children: grown(children, negate=False), max_leaves=4)
troubled = st.one_of(troubled, trouble_leaves)
finding_only = st.one_of(calm, st.fixed_dictionaries({"finding": finding_conditions}))

bodies = st.one_of(
    st.fixed_dictionaries({"outcome": st.just("memorize"), "when": calm}),
    st.fixed_dictionaries({"outcome": st.just("index"), "when": troubled}),
    st.fixed_dictionaries({"outcome": st.just("deny"), "when": troubled}),
    st.fixed_dictionaries({"outcome": st.just("review"), "lift": st.just("fact"), "when": troubled}),
    st.fixed_dictionaries({"outcome": st.just("review"), "lift": st.just("approval"), "when": finding_only}),
)


@st.composite
def policies(draw: st.DrawFn, *, facts_at_least: int = 0) -> Policy:
    if draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(list(BUNDLES.values())))
    rules = draw(st.lists(bodies, min_size=1, max_size=6))
    overrides = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "when": st.one_of(
                        st.fixed_dictionaries({"class": st.lists(classes, **some)}),
                        st.fixed_dictionaries({"finding": finding_conditions}),
                        st.just({"outcome": ["review"]}),
                        st.just({"rule": ["rule-0"]}),
                    ),
                    "people": st.integers(0, 3),
                    "roles": st.lists(st.sampled_from(["legal", "engineering"]), max_size=2, unique=True),
                    "valid_days": st.integers(1, 400),
                }
            ),
            max_size=3,
        )
    )
    checks = st.lists(st.sampled_from([c.value for c in Check]), max_size=3, unique=True)
    open_to_waivers = [
        n for n, body in enumerate(rules) if body["outcome"] in ("deny", "review") and draw(st.booleans())
    ]
    for n in open_to_waivers:
        rules[n] = {**rules[n], "waivable": True}
    waived = st.sampled_from([*(f"rule-{n}" for n in open_to_waivers), "unknown-source", "unscreened-decode"])
    waivers = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "waives": st.lists(waived, **some),
                    "select": st.sampled_from([{"file_name": ["a.*"]}, {"file_name": ["b.png"]}, {"image": [IMAGE]}]),
                    "expires": st.sampled_from(["2026-01-14", "2026-01-15", "2027-01-01"]),
                }
            ),
            max_size=2,
        )
    )
    document = {
        "id": "generated",
        "version": "1",
        "purpose": "laws",
        "update_interval_days": draw(st.integers(1, 60)),
        "approval": {"people": draw(st.integers(1, 3)), "roles": [], "valid_days": 90, "overrides": overrides},
        "required_checks": {"all": draw(checks), "drawing": draw(checks)},
        "required_facts": {"all": draw(st.lists(facts, min_size=facts_at_least, max_size=3, unique=True))},
        "rules": [{"id": f"rule-{n}", "reason": {"en": "a", "ja": "あ"}, **body} for n, body in enumerate(rules)],
        "waivers": [
            {"id": f"w{n}", "reason": {"en": "a", "ja": "あ"}, "approver": "r-0123456789ab", **waiver}
            for n, waiver in enumerate(waivers)
        ],
    }
    return policy_from_json(document, where="generated")


def findings_of(kinds: st.SearchStrategy[str]) -> st.SearchStrategy[Finding]:
    return st.builds(
        lambda kind, severity, channel: Finding(
            IMAGE, Detector("d", "1"), Category(kind.split(".")[0]), kind, 0.5, severity, Where(channel), "*", "e"
        ),
        kinds,
        st.sampled_from(Severity),
        st.sampled_from(Channel),
    )


findings = findings_of(kinds)
unscreened = st.builds(
    lambda check, reason: Unscreened(IMAGE, Detector("d", "1"), check, reason),
    st.sampled_from(Check),
    st.sampled_from(["not installed", "timed out"]),
)
texts = st.one_of(st.none(), st.sampled_from(["", "MIT", "stated"]))
dates = st.one_of(st.none(), st.dates(date(2024, 1, 1), date(2028, 1, 1)))
records = st.builds(
    lambda content_class, rights, business, conflicts: ImageRecord(
        IMAGE, ("a.png",), content_class, False, (), rights, business, conflicts=conflicts
    ),
    st.sampled_from(ContentClass),
    st.builds(
        RightsFacts,
        source=texts,
        owner=texts,
        license=texts,
        license_scope=st.one_of(st.none(), st.just(()), st.just(("memorize", "train"))),
        license_end=dates,
        collected_at=dates,
    ),
    st.builds(BusinessFacts, criticality=st.one_of(st.none(), st.floats(0, 1)), sku=texts, valid_until=dates),
    st.sampled_from([(), ("license",)]),
)
screenings = st.builds(
    lambda found, parts, missing: Screening(IMAGE, tuple(found), tuple(parts), frozenset(Check) - missing),
    st.lists(findings, max_size=3),
    st.lists(unscreened, max_size=1),
    st.frozensets(st.sampled_from(Check), max_size=1),
)
values = st.builds(
    lambda score: ValueScore(IMAGE, score, (("demand", score),), "", "", "laws"),
    st.one_of(st.floats(0, 1), st.just(float("nan"))),
)
routings = st.builds(
    Routing,
    over_budget=st.booleans(),
    behind=st.none(),
    changes_per_month=st.one_of(st.none(), st.floats(0, 50)),
    pinned=st.booleans(),
)
subjects = st.tuples(records, screenings, values, routings)
Case = tuple[ImageRecord, Screening, ValueScore, Routing]


def verdict(case: Case, policy: Policy) -> Decision:
    return decide(*case, policy, today=TODAY)


def permissiveness(decision: Decision) -> tuple[int, int]:
    """Higher permits more: outcome first, then, for a hold, who may lift it."""
    lift = LIFTS.index(decision.lift) if decision.outcome is Outcome.REVIEW else 0
    return decision.outcome.rank, lift


def no_more_permissive(after: Decision, before: Decision) -> None:
    assert permissiveness(after) <= permissiveness(before)
    if after.outcome.rank >= Outcome.REVIEW.rank and before.outcome in (Outcome.REVIEW, Outcome.MEMORIZE):
        assert after.approval.people >= before.approval.people
        assert set(after.approval.roles) >= set(before.approval.roles)
        assert after.approval.valid_days <= before.approval.valid_days


laws = settings(max_examples=100, deadline=None)  # each of them draws a policy, and parses it


@laws
@given(subjects, policies(), findings)
def test_another_finding_never_permits_more(case: Case, policy: Policy, finding: Finding) -> None:
    record, screening, value, routing = case
    worse = replace(screening, findings=(*screening.findings, finding))
    no_more_permissive(verdict((record, worse, value, routing), policy), verdict(case, policy))


@laws
@given(subjects, policies(), unscreened)
def test_another_unscreened_part_never_permits_more(case: Case, policy: Policy, part: Unscreened) -> None:
    record, screening, value, routing = case
    worse = replace(screening, unscreened=(*screening.unscreened, part))
    no_more_permissive(verdict((record, worse, value, routing), policy), verdict(case, policy))


@laws
@given(subjects, policies(), st.sampled_from(Check))
def test_a_check_that_was_not_done_never_permits_more(case: Case, policy: Policy, check: Check) -> None:
    record, screening, value, routing = case
    worse = replace(screening, done=screening.done - {check})
    no_more_permissive(verdict((record, worse, value, routing), policy), verdict(case, policy))


@laws
@given(subjects, policies(facts_at_least=1), st.data())
def test_a_required_fact_that_becomes_unknown_holds_and_no_approval_lifts_it(
    case: Case, policy: Policy, data: st.DataObject
) -> None:
    record, screening, value, routing = case
    required = policy.required_facts_for(record.content_class)
    assume(required)
    fact = data.draw(st.sampled_from(required)).value
    if hasattr(record.rights, fact):
        worse = replace(record, rights=replace(record.rights, **{fact: None}))
    else:
        worse = replace(record, business=replace(record.business, **{fact: None}))
    decision = verdict((worse, screening, value, routing), policy)
    assert decision.outcome in (Outcome.DENY, Outcome.REVIEW)
    assert decision.lift is not Lift.APPROVAL or any(w.rule == f"unknown-{fact}" for w in decision.waived)
    assert fact in decision.unknowns


@laws
@given(subjects, policies(), st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter_and_nothing_else_is_drawn_on(
    case: Case, policy: Policy, random: Any
) -> None:
    record, screening, value, routing = case
    found, parts = list(screening.findings), list(screening.unscreened)
    random.shuffle(found)
    random.shuffle(parts)
    shuffled = replace(screening, findings=tuple(found), unscreened=tuple(parts))
    expected = verdict(case, policy)
    again = policy_from_json(policy.canonical, where="again")
    assert repr(verdict((record, shuffled, value, routing), again)) == repr(expected)  # repr: nan differs from itself


@laws
@given(subjects, policies(), st.randoms(use_true_random=False))
def test_the_order_of_rules_changes_neither_outcome_nor_way_out(case: Case, policy: Policy, random: Any) -> None:
    rules = list(policy.canonical["rules"])
    random.shuffle(rules)
    shuffled = verdict(case, policy_from_json({**policy.canonical, "rules": rules}, where="shuffled"))
    expected = verdict(case, policy)
    assert (shuffled.outcome, shuffled.lift, sorted(shuffled.rules), shuffled.approval) == (
        expected.outcome,
        expected.lift,
        sorted(expected.rules),
        expected.approval,
    )


@laws
@given(subjects, policies())
def test_decisions_are_total_and_consistent(case: Case, policy: Policy) -> None:
    decision = verdict(case, policy)
    assert lacks_what_is_required(case[0], case[1], policy) is bool(decision.unknowns)
    assert decision.rules  # somebody is always told why
    assert decision.outcome.rank == min(hit.outcome.rank for hit in decision.hits)
    assert (decision.lift is Lift.FACT) <= (decision.outcome is Outcome.REVIEW)
    if decision.outcome is Outcome.MEMORIZE:
        assert not decision.unknowns
        assert any(rule.id in decision.rules and rule.outcome is Outcome.MEMORIZE for rule in policy.rules)
    if decision.unknowns:
        assert decision.outcome in (Outcome.DENY, Outcome.REVIEW)
        set_aside = {waived.rule for waived in decision.waived}
        missing = {f"unknown-{u}" if not u.startswith("check:") else f"unscreened-{u[6:]}" for u in decision.unknowns}
        assert decision.lift is not Lift.APPROVAL or missing <= set_aside


@laws
@given(subjects, policies())
def test_a_waiver_never_clears_and_never_touches_what_it_may_not(case: Case, policy: Policy) -> None:
    without = policy_from_json({**policy.canonical, "waivers": []}, where="without")
    plain, decision = verdict(case, without), verdict(case, policy)
    assert decision.outcome.rank <= max(plain.outcome.rank, Outcome.REVIEW.rank)
    for waived in decision.waived:
        assert decision.outcome.rank <= Outcome.REVIEW.rank
        assert waived.expires >= TODAY
        assert waived.rule in {hit.rule for hit in plain.hits}
        rule = next((rule for rule in policy.rules if rule.id == waived.rule), None)
        assert rule.waivable if rule is not None else waived.rule.startswith(("unknown-", "unscreened-"))
    if not decision.waived:
        assert decision.outcome is plain.outcome
    assert decision.approval.people >= plain.approval.people or plain.outcome.rank < decision.outcome.rank


every_bundle = pytest.mark.parametrize("bundle", sorted(BUNDLES))
bundle_laws = settings(laws, max_examples=30)


@every_bundle
@bundle_laws
@given(subjects)
def test_under_the_bundles_routing_never_rescues_a_held_or_denied_image(bundle: str, case: Case) -> None:
    record, screening, value, routing = case
    decision = verdict(case, BUNDLES[bundle])
    kept = replace(value, score=1.0), replace(routing, pinned=True, over_budget=False, changes_per_month=0.0)
    best = decide(record, screening, *kept, BUNDLES[bundle], today=TODAY)
    assert permissiveness(decision) <= permissiveness(best)


@every_bundle
@bundle_laws
@given(subjects, findings_of(st.sampled_from(sorted(SEVERITY))), unscreened, st.sampled_from(Check))
def test_under_the_bundles_trouble_never_permits_more(
    bundle: str, case: Case, finding: Finding, part: Unscreened, check: Check
) -> None:
    policy, (record, screening, value, routing) = BUNDLES[bundle], case
    before = verdict(case, policy)
    assert before.rules
    assert lacks_what_is_required(record, screening, policy) is bool(before.unknowns)
    assert not (before.unknowns and before.outcome.rank > Outcome.REVIEW.rank)
    for worse in (
        replace(screening, findings=(finding, *screening.findings)),
        replace(screening, unscreened=(*screening.unscreened, part)),
        replace(screening, done=screening.done - {check}),
    ):
        no_more_permissive(verdict((record, worse, value, routing), policy), before)
