"""Every way to tempt the gate, and what it says."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from audit.approving import Verdict
from audit.conditions import unmet
from audit.entry import EntryKind
from curate.canonical import to_json
from curate.errors import ExitCode
from curate.record import TrainingText
from tests.audit.fakes import licence_until
from tests.train.fakes import Factory, draw, png
from train.gate import GateRefusal, NoPlan, NothingCleared, open_sample, require

TEXTS = [TrainingText("title", "en", "a new part")]


@pytest.fixture
def factory(tmp_path: Path) -> Factory:
    return Factory.make(tmp_path / "factory", parts=3)


def test_cleared_images_pass_with_everything_the_manifest_needs(factory: Factory) -> None:
    admission = factory.admit()
    assert [image.image_id for image in admission.cleared] == sorted(factory.ids)
    assert (admission.refused, admission.waiting, admission.unsafe) == ((), 0, False)
    first = admission.cleared[0]
    assert first.record.rights.license == "CC-BY-4.0"
    assert first.standing.approval_indices and first.value == 0.75 and first.policy["id"] == "default"
    assert open_sample(first) == factory.paths[first.image_id].read_bytes()


def not_approved(factory: Factory) -> str:
    return factory.add("new", png(draw("pink", "gear")), TEXTS)


def expired_approval(factory: Factory) -> str:
    factory.world.pass_time(days=100)
    return factory.ids[0]


def expired_licence(factory: Factory) -> str:
    last_day = (factory.world.now + timedelta(days=1)).date()
    image = factory.add("licensed", png(draw("pink", "motor")), TEXTS, **licence_until(last_day))
    factory.world.approve(factory.world.people[0], image)
    factory.world.pass_time(days=3)
    return image


def withdrawn(factory: Factory) -> str:
    factory.world.withdraw(factory.ids[1])
    return factory.ids[1]


def suspended(factory: Factory) -> str:
    factory.world.revoke(factory.world.people[0], start=factory.world.now)
    return factory.ids[0]


def wrong_answer(factory: Factory) -> str:
    body = {"report_id": "w-1", "image_id": factory.ids[2], "cause": "unexamined"}
    factory.world.record(EntryKind.WRONG_ANSWER, body, {"query": "?"})
    return factory.ids[2]


def denied(factory: Factory) -> str:
    return factory.add("denied", png(draw("pink", "valve")), TEXTS, outcome="deny")


def only_indexed(factory: Factory) -> str:
    return factory.add("indexed", png(draw("pink", "washer")), TEXTS, outcome="index")


def never_decided(factory: Factory) -> str:
    return "0" * 64


def file_changed(factory: Factory) -> str:
    path = factory.paths[factory.ids[0]]
    path.write_bytes(path.read_bytes() + b"\0")
    return factory.ids[0]


def file_replaced_by_another_cleared_one(factory: Factory) -> str:
    factory.paths[factory.ids[0]] = factory.paths[factory.ids[1]]
    return factory.ids[0]


def file_gone(factory: Factory) -> str:
    factory.paths[factory.ids[0]].unlink()
    return factory.ids[0]


def not_in_the_catalogue(factory: Factory) -> str:
    del factory.paths[factory.ids[0]]
    return factory.ids[0]


def a_link(factory: Factory) -> str:
    path = factory.paths[factory.ids[0]]
    path.rename(path.with_suffix(".moved"))
    path.symlink_to(path.with_suffix(".moved"))
    return factory.ids[0]


def a_pipe(factory: Factory) -> str:
    path = factory.paths[factory.ids[0]]
    path.unlink()
    os.mkfifo(path)
    return factory.ids[0]


def a_folder(factory: Factory) -> str:
    factory.paths[factory.ids[0]] = factory.folder
    return factory.ids[0]


@pytest.mark.parametrize(
    ("tempt", "code"),
    [
        (not_approved, "awaiting"),
        (expired_approval, "expired"),
        (expired_licence, "expired"),
        (withdrawn, "withdrawn"),
        (suspended, "suspended"),
        (wrong_answer, "suspended"),
        (denied, "excluded"),
        (only_indexed, "excluded"),
        (never_decided, "unknown"),
        (file_changed, "file-changed"),
        (file_replaced_by_another_cleared_one, "file-changed"),
        (file_gone, "file-missing"),
        (not_in_the_catalogue, "file-missing"),
        (a_link, "not-a-file"),
        (a_pipe, "not-a-file"),
        (a_folder, "not-a-file"),
    ],
)
def test_what_is_not_cleared_is_refused_by_name(factory: Factory, tempt: Callable[[Factory], str], code: str) -> None:
    image = tempt(factory)
    admission = factory.admit([image])
    assert [(refusal.image_id, refusal.code) for refusal in admission.refused] == [(image, code)]
    assert admission.cleared == ()
    with pytest.raises(GateRefusal, match=image[:12]) as caught:
        require(admission)
    assert caught.value.exit_code == ExitCode.REFUSED and image in caught.value.hint


@pytest.mark.parametrize("tempt", [file_changed, file_gone, a_link])
def test_a_cleared_image_with_a_bad_file_is_refused_even_when_nobody_asked_for_it(
    factory: Factory, tempt: Callable[[Factory], str]
) -> None:
    image = tempt(factory)
    admission = factory.admit()
    assert [refusal.image_id for refusal in admission.refused] == [image]
    assert len(admission.cleared) == 2


def test_images_that_only_lack_approval_are_counted_not_refused(factory: Factory) -> None:
    not_approved(factory)
    admission = factory.admit()
    assert (len(admission.cleared), admission.refused, admission.waiting) == (3, (), 1)


@pytest.mark.parametrize("change", ["texts", "license", "identity", "class", "erased", "nonsense", "extra-key"])
def test_a_record_that_is_not_the_one_decided_on_is_refused(factory: Factory, change: str) -> None:
    image = factory.ids[0]
    index = factory.admit([image]).cleared[0].standing.decision_index
    payload = factory.world.ledger.payload(index or 0)
    assert payload is not None
    document = payload["record"]
    match change:
        case "texts":
            document["texts"].append(to_json(TrainingText("tags", "en", "smuggled")))
        case "license":
            document["rights"]["license"] = "CC0-1.0"
        case "identity":
            document["image_id"] = factory.ids[1]
        case "class":
            document["content_class"] = "drawing"
        case "erased":
            payload = None
        case "nonsense":
            payload = {"record": 7}
        case "extra-key":
            payload = {"document": document}

    def payload_of(asked: int) -> object:
        return payload if asked == index else factory.world.ledger.payload(asked)

    admission = factory.admit([image], payload_of=payload_of)
    assert admission.cleared == ()
    assert admission.refused[0].code in ("record-changed", "record-missing")


def test_without_a_recorded_plan_nothing_is_admitted(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path, parts=1, approve=False)
    factory.world.approve(factory.world.people[0], *factory.ids)
    with pytest.raises(NoPlan) as caught:
        factory.admit()
    assert caught.value.exit_code == ExitCode.WAITING and caught.value.hint == "imprimatur pilot plan"


@pytest.mark.parametrize("plan", [None, {"version": 1, "held_out": [{"query": "other"}]}])
def test_a_plan_that_was_erased_or_changed_is_no_plan(factory: Factory, plan: object) -> None:
    last = factory.world.ledger.size - 1
    with pytest.raises(NoPlan):
        factory.admit(payload_of=lambda i: plan if i == last else factory.world.ledger.payload(i))


def test_nothing_cleared_waits_for_people(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path, parts=2, approve=False, plan={"version": 1})
    with pytest.raises(NothingCleared, match="2 await") as caught:
        require(factory.admit())
    assert caught.value.exit_code == ExitCode.WAITING


def test_an_unsafe_policy_passes_but_marks_everything(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path, parts=1, approve=True)
    nobody = {"people": 0, "roles": [], "valid_days": 90}
    factory.add("unsafe", png(draw("pink", "bolt")), TEXTS, approval=nobody, unsafe=True)
    admission = factory.admit()
    assert len(admission.cleared) == 2 and admission.unsafe


def test_a_file_that_changes_after_admission_is_refused_when_it_is_opened(factory: Factory) -> None:
    image = factory.admit().cleared[0]
    image.path.write_bytes(b"something else")
    with pytest.raises(GateRefusal, match="has changed"):
        open_sample(image)


def test_another_workspace_s_ledger_clears_nothing(factory: Factory) -> None:
    from train.gate import admit

    ledger = factory.world.ledger
    admission = admit(
        ledger.entries(), factory.world.now, "ws-other", payload_of=ledger.payload, locate=factory.paths.get
    )
    assert admission.cleared == ()


def test_a_clock_set_back_brings_no_approval_back(factory: Factory) -> None:
    factory.world.pass_time(days=100)  # the approvals have ended by now
    factory.world.withdraw("f" * 64)  # something is recorded, so the ledger knows what time it was
    factory.world.now -= timedelta(days=99)
    admission = factory.admit([factory.ids[0]])
    assert [refusal.code for refusal in admission.refused] == ["expired"]
    assert admission.at > factory.world.now


def test_an_image_on_a_condition_that_is_not_kept_is_held_and_refused_when_asked_for(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path, parts=3, approve=False, plan={"version": 1})
    anna = factory.world.people[0]
    image, *rest = factory.ids
    factory.world.approve(anna, *rest)
    factory.world.say(anna, Verdict.APPROVE, image, conditions=("internal-only", "credit-owner"))
    admission = factory.admit()
    assert {a.image_id for a in admission.cleared} == set(rest) and not admission.refused
    assert [(h.image_id, h.code) for h in admission.held] == [(image, "condition-unmet")]
    assert "internal-only" in admission.held[0].message and "[use] keeps" in admission.held[0].message
    assert require(admission)  # the others are trained
    with pytest.raises(GateRefusal, match="condition that is not kept"):
        require(factory.admit([image]))
    half = factory.admit(keeps=("internal-only",))
    assert [h.code for h in half.held] == ["condition-unmet"] and "(credit-owner)" in half.held[0].message
    assert image in {a.image_id for a in factory.admit(keeps=("internal-only", "credit-owner")).cleared}


def test_nobody_can_be_credited_without_a_known_owner() -> None:
    assert unmet(("credit-owner",), ("credit-owner",), " ") == ("credit-owner",)
    assert unmet(("credit-owner",), ("credit-owner",), "Example KK") == ()
    assert unmet(("sing-a-song",), ("sing-a-song",), "Example KK") == ("sing-a-song",)  # unknown is never kept
