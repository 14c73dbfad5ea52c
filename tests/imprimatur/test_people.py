"""Approvals through the front door: the key one has, no key at all, and whose account it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from audit.approving import ApprovalRefused, Verdict
from audit.duties import Actor, read_actor
from audit.entry import EntryKind, NewEntry
from audit.reviewers import ReviewerRefused
from imprimatur import acting
from imprimatur.acting import account_of, actor, check_operator
from imprimatur.people import add_reviewer
from imprimatur.record_book import now, open_ledger, standing_now
from imprimatur.verdicts import Draft, sign
from imprimatur.workspace import Workspace, init_workspace, open_workspace
from tests.audit.fakes import POLICY, decision_body, decision_payload, record_of
from tests.audit.test_ssh_keys import ssh_pair


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    init_workspace(tmp_path / "w")
    return open_workspace(tmp_path / "w")


def decided(workspace: Workspace, by: Actor | None, **needs: Any) -> str:
    """A decision as `curate` records it, by `by` or by whoever runs this process."""
    record = record_of("part")
    approval = {"people": 1, "roles": ["compliance"], "valid_days": 90, "separation": "person"} | needs
    body = decision_body(record, approval=approval, run="run-1")
    with open_ledger(workspace, write=True, make=True) as ledger:
        stated = (by or actor(workspace, ledger)).to_body()
        ledger.append(
            [
                NewEntry(EntryKind.POLICY, {**POLICY, "unsafe": False, "separation": "person", "by": stated}, at=now()),
                NewEntry(EntryKind.CURATE_RUN, {"run": "run-1", "by": stated}, at=now()),
                NewEntry(EntryKind.DECISION, body, decision_payload(record, body), now()),
            ]
        )
    return record.image_id


def approve(workspace: Workspace, image: str, **how: Any) -> tuple[str, ...]:
    sign(workspace, Draft(verdict=Verdict.APPROVE, images=(image,), reviewer="Aya", reason="reviewed", **how))
    with open_ledger(workspace) as ledger:
        standing = standing_now(ledger).of(image)
    assert standing.cleared
    return standing.reasons


def test_the_ssh_key_one_has(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private, public = ssh_pair(tmp_path, ed25519.Ed25519PrivateKey.generate(), b"long enough")
    add_reviewer(workspace, "Aya", roles=("compliance",), public_key=public)
    image = decided(workspace, Actor(None, "a-elsewhere"))
    monkeypatch.setenv("IMPRIMATUR_REVIEWER_PASSPHRASE", "long enough")  # the ledger's own key has none
    assert approve(workspace, image, key=private) == ()
    with open_ledger(workspace, write=True) as ledger:
        (entry,) = ledger.entries(EntryKind.APPROVAL)
        assert read_actor(entry.body["by"]).account == account_of(ledger)


def test_one_account_for_everything_is_said(workspace: Workspace) -> None:
    add_reviewer(workspace, "Aya", roles=("compliance",), public_key=None)
    assert approve(workspace, decided(workspace, None)) == ("same-account",)


def test_an_approval_without_a_key_is_refused_by_default_and_by_the_account_that_curated(workspace: Workspace) -> None:
    add_reviewer(workspace, "Aya", roles=("compliance",), public_key=None)
    image = decided(workspace, Actor(None, "a-elsewhere"))
    with pytest.raises(ApprovalRefused, match="self_asserted: refuse"):
        approve(workspace, image, without_key=True)
    image = decided(workspace, None, self_asserted=True)
    with pytest.raises(ApprovalRefused, match="account you are using"):
        approve(workspace, image, without_key=True)


def test_an_approval_without_a_key_is_marked_where_the_policy_lets_it(workspace: Workspace) -> None:
    add_reviewer(workspace, "Aya", roles=("compliance",), public_key=None)
    image = decided(workspace, Actor(None, "a-elsewhere"), self_asserted=True)
    assert approve(workspace, image, without_key=True) == ("self-asserted",)


def test_who_runs_curate_is_named_by_flag_or_setting(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ReviewerRefused, match="found none"):
        check_operator(workspace, "Osamu")  # before there is a ledger
    added = add_reviewer(workspace, "Osamu", roles=("curator",), public_key=None)
    with pytest.raises(ReviewerRefused, match="found none"):
        check_operator(workspace, "Somebody")
    with open_ledger(workspace, write=True) as ledger:
        assert actor(workspace, ledger, "Osamu") == Actor(added.reviewer, account_of(ledger))
        assert actor(workspace, ledger).person is None
        monkeypatch.setenv("IMPRIMATUR_OPERATOR", "Osamu")
        named = open_workspace(workspace.folder)
        assert actor(named, ledger).person == added.reviewer


def test_the_account_is_not_taken_from_the_environment(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_ledger(workspace, write=True, make=True) as ledger:
        before = account_of(ledger)
        for name in ("USER", "LOGNAME", "USERNAME", "HOSTNAME", "HOME"):
            monkeypatch.setenv(name, "somebody-else")
        assert account_of(ledger) == before
        monkeypatch.setattr(acting.os, "getuid", lambda: 54321)
        assert account_of(ledger) != before
