"""What the report says of a factory, and what makes its verdict fail."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.entry import EntryKind
from audit.recheck.run import Problem
from audit.report.collect import ReportRefused
from audit.report.data import ReleaseKind, VerdictState
from audit.report.trained import ManifestUnreadable
from audit.standing import StandingState
from curate.decision import Outcome
from tests.audit.report.fakes import PHONE, RUN, Factory


@pytest.fixture
def factory(tmp_path: Path) -> Factory:
    return Factory.make(tmp_path, parts=6)


def fault_codes(factory: Factory, **changes: Any) -> list[str]:
    return [fault.code for fault in factory.data(**changes).faults]


def test_a_good_record_holds(factory: Factory) -> None:
    data = factory.data()
    assert (data.verdict, data.faults, data.unsafe) == (VerdictState.HOLDS, (), False)
    assert data.ledger.entries == factory.world.ledger.size
    assert data.ledger.root == factory.world.ledger.root().hex()
    assert data.reconciliation.trained == data.reconciliation.approved == 8


def test_every_row_and_every_image_is_in_exactly_one_place(factory: Factory) -> None:
    flow = factory.data().funnel
    assert flow.rows == flow.rejected + flow.repeated + flow.present
    assert (flow.rejected, flow.repeated) == (1, 1)
    assert flow.present + flow.absent + flow.undecided == flow.images == len(factory.images)
    assert sum(flow.count(outcome=outcome) for outcome in Outcome) == flow.images
    assert sum(flow.count(state=state) for state in StandingState) == flow.images
    assert flow.count(trained=True) + flow.count(trained=False) == flow.images
    assert flow.adds_up and len(flow.equations) == 7
    listed = Counter(line.image_id for line in factory.data().images)
    assert set(listed) == set(factory.images.values()) and set(listed.values()) == {1}


def test_a_decision_that_is_missing_from_the_record_shows(factory: Factory) -> None:
    """An image that the run counted and the ledger has not: the sums do not come out."""
    kept = [e for e in factory.entries() if e.body.get("image_id") != factory.images["promo-1"]]
    data = factory.data(entries=kept)
    assert data.verdict is VerdictState.FAILS
    assert {"sums", "checkpoint"} <= {fault.code for fault in data.faults}
    assert {e.name for e in data.funnel.equations if not e.holds} >= {"present", "outcome-index"}


def test_more_images_than_rows_do_not_add_up(factory: Factory) -> None:
    entries = [
        replace(e, body={**e.body, "rows": 3}) if e.kind is EntryKind.CURATE_RUN else e for e in factory.entries()
    ]
    assert fault_codes(factory, entries=entries) == ["sums"]


def test_a_problem_of_the_recheck_fails_the_verdict(factory: Factory) -> None:
    data = factory.data(recheck_problems=[Problem("entry 3", "hash a", "hash b")])
    assert data.verdict is VerdictState.FAILS and not data.holds
    assert dict(data.faults[0].values)["where"] == "entry 3"


def test_images_trained_without_approval_are_found(factory: Factory) -> None:
    factory.train(also=["with-phone", "late", "with-my-number"], run="run-bad")
    data = factory.data()
    assert [fault.code for fault in data.faults] == ["not-approved"]
    found = {line.image_id: line for line in data.reconciliation.not_approved}
    assert set(found) == {factory.images[name] for name in ("with-phone", "late", "with-my-number")}
    assert found[factory.images["late"]].state is StandingState.AWAITING
    assert found[factory.images["with-my-number"]].file_name == "•••.jpg"


def test_an_approval_that_comes_after_the_training_does_not_help(factory: Factory) -> None:
    factory.train(also=["late"], run="run-early")
    factory.world.pass_time(days=1)
    factory.world.approve(factory.people[1], factory.images["late"])
    assert factory.world.standing(factory.images["late"]).cleared
    assert fault_codes(factory) == ["not-approved"]


def test_a_withdrawal_after_the_training_is_no_fault_but_is_told(factory: Factory) -> None:
    data = factory.data()
    gone = {line.image_id: line.state for line in data.reconciliation.no_longer}
    assert gone == {
        factory.images["bolt-03"]: StandingState.WITHDRAWN,
        factory.images["bolt-04"]: StandingState.SUSPENDED,
        factory.images["ends-soon"]: StandingState.EXPIRED,
    }
    assert data.withdrawals[0].in_models[0].run == RUN


def test_a_manifest_that_the_ledger_does_not_know(factory: Factory) -> None:
    factory.train(run="run-secret", record=False)
    assert fault_codes(factory) == ["unrecorded-manifest"]


def test_a_recorded_model_whose_content_is_not_here_cannot_pass(factory: Factory) -> None:
    data = factory.data(manifests=[])
    assert [fault.code for fault in data.faults] == ["unread-manifest"]
    assert data.reconciliation.incomplete_runs == data.reconciliation.unread_runs == (RUN,)


def test_a_training_statement_stands_in_for_a_manifest(factory: Factory) -> None:
    cleared = [entry["image_id"] for entry in factory.manifests[0]["predicate"]["entries"]]
    statement = {
        "predicate": {
            "read": [{"image_id": image, "times_seen": {"texts": 3}} for image in cleared],
            "refused": [{"image_id": factory.images["late"], "code": "awaiting"}],
        }
    }
    entries = [
        replace(e, kind=EntryKind.TRAINING_RUN, body={"run": RUN, "statement": statement})
        if e.kind is EntryKind.MANIFEST
        else e
        for e in factory.entries()
    ]
    data = factory.data(entries=entries, manifests=[])
    assert data.faults == () and data.reconciliation.trained == len(cleared)


@pytest.mark.parametrize("document", [{}, {"run": "r"}, {"predicate": {"run": "r", "entries": [{"identifier": "x"}]}}])
def test_a_manifest_of_another_shape_is_refused(factory: Factory, document: dict[str, Any]) -> None:
    with pytest.raises(ManifestUnreadable):
        factory.data(manifests=[document])


def test_an_unsafe_policy_marks_everything_made_under_it(tmp_path: Path) -> None:
    data = Factory.make(tmp_path, unsafe=True, parts=4).data()
    assert data.verdict is VerdictState.UNSAFE and data.unsafe
    assert {mark.kind for mark in data.unsafe_marks} == {"policy", "decision", "manifest", "evaluation"}
    assert data.groups[0].people == ()


def test_a_manifest_that_does_not_say_that_it_is_safe_is_not(factory: Factory) -> None:
    del factory.manifests[0]["predicate"]["unsafe"]
    assert [mark.kind for mark in factory.data().unsafe_marks] == ["manifest"]


def test_a_fault_outranks_unsafe(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path, unsafe=True, parts=2)
    assert factory.data(manifests=[]).verdict is VerdictState.FAILS


def test_what_is_held_and_what_releases_it(factory: Factory) -> None:
    held = {line.rules[0]: line for line in factory.data().held}
    assert held["unknown-source"].release is ReleaseKind.COLUMN and held["unknown-source"].release_by == "source"
    assert held["unscreened-pixel.text"].release is ReleaseKind.CHECK
    assert held["review-personal-data"].release is ReleaseKind.APPROVAL
    assert factory.data().missing_columns == (("source", 1),)


def test_checks_that_fail_for_one_damaged_file_are_one_line(factory: Factory) -> None:
    body = {"rules": ["hold-undecodable", "unscreened-decode", "unscreened-quality"], "unknowns": ["check:decode"]}
    factory.part("broken", outcome="review", lift="fact", rule="unscreened-pixel.text", body=body)
    held = {line.rules: line for line in factory.data().held}
    together = held["unscreened-decode", "unscreened-quality"]
    assert together.release is ReleaseKind.CORRECTION and together.images == 1
    assert ("hold-undecodable",) in held


def test_who_approved_and_in_which_pairs(factory: Factory) -> None:
    data = factory.data()
    assert [person.name for person in data.people] == ["佐藤 安奈", "Ken <Abe>"]
    assert [(len(group.people), group.images) for group in data.groups] == [(2, 5)]
    assert {line.counting for line in data.approvals} == {5, 1}
    assert set(data.approvals[0].flaws) == {"withdrawn", "suspended", "licence-ended"}
    assert sum(month.images for month in data.expiries) == 5


def test_a_revoked_reviewer_takes_the_approvals_along(factory: Factory) -> None:
    factory.world.revoke(factory.people[1], factory.world.now.replace(year=2029))
    data = factory.data()
    assert data.people[1].revoked_from is not None
    assert data.groups == () and "reviewer-revoked" in data.approvals[1].flaws
    assert not data.faults  # they counted when the model was made; they are named among those that no longer may
    assert len({line.image_id for line in data.reconciliation.no_longer}) == data.reconciliation.trained


def test_an_erased_name_and_an_erased_record(factory: Factory) -> None:
    erased = {"佐藤 安奈": EntryKind.REVIEWER, "bolt": EntryKind.DECISION}
    first = {kind: next(e.index for e in factory.entries() if e.kind is kind) for kind in erased.values()}
    for index in first.values():
        assert factory.world.ledger.erase_payload(index)
    data = factory.data()
    assert data.verdict is VerdictState.HOLDS
    assert data.people[0].name is None and data.people[0].reviewer.startswith("r-")
    line = next(line for line in data.images if line.image_id == factory.images["bolt-00"])
    assert (line.file_names, line.title_en, data.erased_decisions) == ((), None, 1)
    assert [reason.rule for reason in line.reasons] == ["cleared"]


def test_wrong_answers_without_their_questions(factory: Factory) -> None:
    opened, closed = factory.data().wrong_answers
    assert (opened.closed_at, closed.remedy, closed.closed_by) == (None, "corrected", factory.people[0].reviewer)
    assert PHONE not in repr(factory.data())


def test_an_image_that_left_the_catalogue_stays_accounted_for(factory: Factory) -> None:
    last = next(e for e in factory.entries() if e.body.get("image_id") == factory.images["promo-0"])
    body = {**last.body, "outcome": "review", "lift": "fact", "rules": ["absent-from-catalogue"]}
    factory.world.record(EntryKind.DECISION, body)
    run = next(e for e in factory.entries() if e.kind is EntryKind.CURATE_RUN)
    outcomes = {**run.body["outcomes"], "index": run.body["outcomes"]["index"] - 1}
    left = run.body["images"] - 1
    factory.world.record(
        EntryKind.CURATE_RUN, {**run.body, "images": left, "rows": left + 1, "outcomes": outcomes}, {"rejected": []}
    )
    data = factory.data()
    assert (data.verdict, data.funnel.absent) == (VerdictState.HOLDS, 1)
    assert data.funnel.images == len(factory.images)
    line = next(line for line in data.images if line.image_id == factory.images["promo-0"])
    assert line.file_names == ("products/promo-0.jpg",)


def test_a_withdrawn_image_nobody_decided_on_is_counted(factory: Factory) -> None:
    factory.world.withdraw("e" * 64)
    data = factory.data()
    assert (data.verdict, data.funnel.undecided) == (VerdictState.HOLDS, 1)


def test_an_empty_workspace_has_a_report(tmp_path: Path) -> None:
    from tests.audit.fakes import World

    data = Factory(World.make(tmp_path)).data()
    assert (data.verdict, data.images, data.pilot) == (VerdictState.HOLDS, (), None)


def test_without_a_ledger_there_is_no_report(factory: Factory) -> None:
    with pytest.raises(ReportRefused):
        factory.data(entries=[])
