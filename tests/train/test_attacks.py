"""An attacker's half hour: each way that was tried to get an unapproved image trained, and what refuses it."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.entry import EntryKind
from audit.ledger import Ledger
from audit.statements import ApprovalStatement, ApprovedItem, sign_approval
from audit.store_errors import LedgerCorrupt
from curate.record import TrainingText
from tests.audit.fakes import POLICY, PURPOSE, World, signing_key
from tests.train.fakes import QUICK, Factory, draw, png
from train import gate
from train.gate import GateRefusal, open_sample, require
from train.manifest import ManifestError, build_manifest, read_manifest, require_of, write_manifest
from train.pictures import PictureSource, decoded
from train.trainer import train

EVIL = png(draw("pink", "gear"))
TEXTS = [TrainingText("title", "en", "a new part")]


@pytest.fixture
def factory(tmp_path: Path) -> Factory:
    return Factory.make(tmp_path / "factory", parts=3)


# the file


def test_a_folder_swapped_for_a_link_to_another_one(factory: Factory, tmp_path: Path) -> None:
    image = factory.admit().cleared[0]
    evil = tmp_path / "evil"
    shutil.copytree(factory.folder, evil)
    (evil / image.path.name).write_bytes(EVIL)
    factory.folder.rename(tmp_path / "real")
    factory.folder.symlink_to(evil)
    with pytest.raises(GateRefusal, match="has changed"):
        open_sample(image)


def test_a_file_changed_through_its_other_name_after_it_was_opened(
    factory: Factory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hard link outside the catalogue leads to the same bytes; they change between open and read."""
    image = factory.admit().cleared[0]
    other = tmp_path / "other-name"
    os.link(image.path, other)
    fstat = os.fstat

    def changed_meanwhile(handle: int) -> os.stat_result:
        other.write_bytes(EVIL)
        return fstat(handle)

    monkeypatch.setattr(gate.os, "fstat", changed_meanwhile)
    with pytest.raises(GateRefusal, match="has changed"):
        open_sample(image)


def test_a_file_replaced_between_open_and_read_is_read_as_it_was_opened(
    factory: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = factory.admit().cleared[0]
    approved, fstat = image.path.read_bytes(), os.fstat

    def replaced_meanwhile(handle: int) -> os.stat_result:
        evil = image.path.with_suffix(".evil")
        evil.write_bytes(EVIL)
        evil.rename(image.path)
        return fstat(handle)

    monkeypatch.setattr(gate.os, "fstat", replaced_meanwhile)
    assert open_sample(image) == approved


def test_what_was_checked_is_what_is_decoded(factory: Factory) -> None:
    """The race between check and use: the file changes as soon as its bytes were proved."""
    image = factory.admit().cleared[0]
    approved = image.path.read_bytes()

    def proved_then_changed(sample: Any) -> bytes:
        data = open_sample(sample)
        sample.path.write_bytes(EVIL)
        return data

    source = PictureSource((image,), side=64, cache_bytes=0, opened=proved_then_changed)
    assert source.picture(0).tobytes() == decoded(approved, "x", 64).tobytes()
    assert source.read_digest(0).hex() == image.image_id


def test_a_loader_that_reads_past_the_gate_leaves_the_true_digest_behind(factory: Factory) -> None:
    """Whatever opens the file: the log gets the digest of the bytes that are decoded, not the name they go by."""
    image = factory.admit().cleared[0]
    source = PictureSource((image,), side=64, cache_bytes=0, opened=lambda _: EVIL)
    source.picture(0)
    assert source.read_digest(0) == hashlib.sha256(EVIL).digest() != bytes.fromhex(image.image_id)


# the record


def test_a_payload_edited_in_the_database(factory: Factory) -> None:
    path = factory.world.ledger.path
    with sqlite3.connect(path) as base:
        tables = {name for (name,) in base.execute("select name from sqlite_master where type = 'table'")}
        (table,) = [t for t in tables if "payload" in t]
        columns = [row[1] for row in base.execute(f"pragma table_info({table})")]
        content = next(c for c in columns if "content" in c)
        changed = base.execute(
            f"update {table} set {content} = replace({content}, cast('red bolt' as blob), cast('bad bolt' as blob))"
        ).rowcount
    assert changed
    with pytest.raises(LedgerCorrupt):
        factory.admit()


def test_an_entry_edited_in_the_database(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path / "factory", parts=1)
    denied = factory.add("denied", EVIL, TEXTS, outcome="review", lift="fact")
    path = factory.world.ledger.path
    factory.world.ledger.close()
    data = path.read_bytes()
    assert data.count(b'"lift":"fact"') >= 1
    path.write_bytes(data.replace(b'"lift":"fact"', b'"lift":"fac7"'))
    with pytest.raises(LedgerCorrupt), Ledger.open(path, public_key=factory.world.key.public) as ledger:
        list(ledger.entries())
    assert denied


def statement(factory: Factory, image: str, **changes: Any) -> ApprovalStatement:
    body = next(e.body for e in factory.world.ledger.entries(EntryKind.DECISION) if e.body["image_id"] == image)
    fields: dict[str, Any] = {
        "workspace_id": factory.world.ledger.workspace_id,
        "reviewer": factory.world.people[0].reviewer,
        "role": "compliance",
        "reason": "reviewed",
        "purpose": PURPOSE,
        "issued_at": factory.world.now,
        "expires_at": factory.world.now + timedelta(days=30),
        "policy_sha256": POLICY["sha256"],
        "items": (ApprovedItem(image, body["texts_digest"], body["findings_digest"], body["facts_digest"]),),
    }
    return ApprovalStatement(**fields | changes)


def slip_in(factory: Factory, image: str, made: ApprovalStatement, key: Any = None) -> None:
    person = factory.world.people[0]
    envelope = sign_approval(key or person.key, made)
    body = {"envelope": envelope, "reviewer": person.reviewer, "image_ids": [image]}
    factory.world.record(EntryKind.APPROVAL, body)


def of_another_purpose(f: Factory, image: str) -> None:
    slip_in(f, image, statement(f, image, purpose="advertising"))


def of_another_workspace(f: Factory, image: str) -> None:
    slip_in(f, image, statement(f, image, workspace_id="ws-other"))


def of_another_log(f: Factory, image: str) -> None:
    slip_in(f, image, statement(f, image, ledger_key_id=signing_key("copy").key_id))


def of_other_texts(f: Factory, image: str) -> None:
    made = statement(f, image)
    slip_in(f, image, statement(f, image, items=(ApprovedItem(image, "0" * 64, *_rest(made)),)))


def _rest(made: ApprovalStatement) -> tuple[str, str]:
    return made.items[0].findings_digest, made.items[0].facts_digest


def of_other_findings(f: Factory, image: str) -> None:
    item = statement(f, image).items[0]
    changed = ApprovedItem(image, item.texts_digest, "0" * 64, item.facts_digest)
    slip_in(f, image, statement(f, image, items=(changed,)))


def of_another_licence(f: Factory, image: str) -> None:
    item = statement(f, image).items[0]
    changed = ApprovedItem(image, item.texts_digest, item.findings_digest, "0" * 64)
    slip_in(f, image, statement(f, image, items=(changed,)))


def of_another_policy(f: Factory, image: str) -> None:
    slip_in(f, image, statement(f, image, policy_sha256="0" * 64))


def by_the_ledger_s_key(f: Factory, image: str) -> None:
    slip_in(f, image, statement(f, image), f.world.key)


def in_another_role(f: Factory, image: str) -> None:
    slip_in(f, image, statement(f, image, role="director"))


@pytest.mark.parametrize(
    ("attack", "told"),
    [
        (of_another_purpose, "another purpose"),
        (of_another_workspace, "another workspace"),
        (of_another_log, "another workspace"),
        (of_other_texts, "training texts"),
        (of_other_findings, "findings"),
        (of_another_licence, "licence"),
        (of_another_policy, "policy"),
        (by_the_ledger_s_key, "signature"),
        (in_another_role, "role"),
    ],
)
def test_an_approval_written_straight_into_the_ledger_says_why_it_is_void(
    factory: Factory, attack: Callable[[Factory, str], None], told: str
) -> None:
    image = factory.add("evil", EVIL, TEXTS)
    attack(factory, image)
    with pytest.raises(GateRefusal, match=told):
        require(factory.admit([image]))


def test_another_picture_is_another_identity(factory: Factory) -> None:
    """A changed picture has no approval to lose: it never had one."""
    image = factory.ids[0]
    factory.paths[image].write_bytes(EVIL)
    with pytest.raises(GateRefusal, match="has changed since"):
        require(factory.admit([image]))
    new = hashlib.sha256(EVIL).hexdigest()
    factory.paths[new] = factory.paths[image]
    with pytest.raises(GateRefusal, match="no decision"):
        require(factory.admit([new]))


@pytest.mark.parametrize(
    "spell",
    [
        str.upper,
        lambda i: i + "\n",
        lambda i: " " + i,
        lambda i: "".join(chr(0xFF10 + int(c)) if c.isdigit() else c for c in i),
        lambda i: i.replace("a", "а"),
        lambda i: i[:12],
        lambda i: "",
        lambda i: "../" + i,
    ],
)
def test_an_id_spelled_in_another_way_is_nobody_s(factory: Factory, spell: Callable[[str], str]) -> None:
    image = next(i for i in factory.ids if "a" in i)
    admission = factory.admit([spell(image)])
    assert admission.cleared == () and admission.refused[0].code == "unknown"


def test_asked_twice_is_trained_once(factory: Factory) -> None:
    assert len(factory.admit([factory.ids[0]] * 3).cleared) == 1


def test_the_record_of_another_image_behind_a_cleared_decision(factory: Factory) -> None:
    """Two decisions swapped in the erasable store: each record belongs to its own image only."""
    ledger = factory.world.ledger
    first, second = (i.standing.decision_index for i in factory.admit().cleared[:2])
    swapped = {first: second, second: first}
    admission = factory.admit(payload_of=lambda index: ledger.payload(swapped.get(index, index)))
    assert {refusal.code for refusal in admission.refused} == {"record-changed"}


def test_two_workspaces_do_not_lend_each_other_approvals(factory: Factory, tmp_path: Path) -> None:
    """The same reviewers, keys, picture, texts and policy; the approval is copied entry by entry."""
    (tmp_path / "other").mkdir()
    other = World.make(tmp_path / "other", workspace_id="ws-other")
    for person in factory.world.people:
        other.reviewer(person.name, *person.roles, key=person.key)
    for entry in factory.world.ledger.entries():
        if entry.kind in (EntryKind.DECISION, EntryKind.APPROVAL):
            other.record(entry.kind, entry.body)
    assert all(factory.world.standing(image).cleared for image in factory.ids)
    assert not any(other.standing(image).cleared for image in factory.ids)
    assert "approval-void:other-workspace" in other.standing(factory.ids[0]).reasons


def test_a_log_forked_under_the_same_workspace_id(factory: Factory, tmp_path: Path) -> None:
    """Somebody without the ledger's key starts a log of the same name and leaves the withdrawal out."""
    key = signing_key("not the ledger's")
    fork = World(Ledger.create(tmp_path / "fork.db", key, workspace_id=factory.world.ledger.workspace_id), key)
    fork.now = factory.world.now
    factory.world.withdraw(factory.ids[0])
    for entry in factory.world.ledger.entries():
        if entry.index and entry.kind is not EntryKind.WITHDRAWAL:
            fork.record(entry.kind, entry.body)
    assert not any(fork.standing(image).cleared for image in factory.ids)


# what was trained before


def test_a_manifest_of_an_earlier_day_is_not_taken_for_today_s(factory: Factory, tmp_path: Path) -> None:
    """Signed, whole, and over an image that was withdrawn since: put in the place of the new model."""
    from dataclasses import replace

    before = factory.admit()
    result = train(before, before.plan, replace(QUICK, steps=1), tmp_path / "run", at=before.at)
    manifest = build_manifest(result, before, created=factory.world.now, checkpoint="")
    write_manifest(result.model_dir, manifest, factory.world.key)
    old = read_manifest(result.model_dir, factory.world.key.public)
    require_of(old, before, result.statement)
    factory.world.withdraw(factory.ids[0])
    for admission, statement in (
        (factory.admit(), result.statement),
        (replace(before, plan_digest="0" * 64), result.statement),
        (replace(before, workspace_id="ws-other"), result.statement),
        (before, None),
        (before, {**result.statement, "predicate": {**result.statement["predicate"], "seconds": 1}}),
    ):
        with pytest.raises(ManifestError, match="does not belong here"):
            require_of(old, admission, statement)
