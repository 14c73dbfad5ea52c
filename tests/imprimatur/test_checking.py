"""Suites at the front door: what stops `curate` and `train`, what is held, which page says so."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.approving import Verdict
from audit.entry import EntryKind, NewEntry
from audit.expectations.tables import RecordRefused
from audit.keys import SigningKey
from audit.ledger import LedgerCorrupt
from curate.canonical import digest
from curate.expectations.result import TableRefused
from curate.expectations.suite import SuiteError
from imprimatur.checking import check_record, check_written
from imprimatur.curating import curate
from imprimatur.people import add_reviewer
from imprimatur.record_book import now, open_ledger
from imprimatur.training import gate, train
from imprimatur.verdicts import Draft, sign
from imprimatur.workspace import Workspace, init_workspace, open_workspace
from tests.audit.fakes import POLICY, Person, decision_body, decision_payload, record_of
from tests.audit.test_expectation_tables import inject
from tests.imprimatur.fakes import row, write_catalogue, write_log
from train.gate import Admission
from train.manifest import Manifest, ManifestEntry, TimesSeen


def suite(workspace: Path, table: str, text: str | None = None, **kwargs: Any) -> None:
    """An own suite over one table with one expectation: the file is not gear.png."""
    kwargs = kwargs or {"column": "file_name", "value_set": ["gear.png"]}
    meta = {"imprimatur": {"on_failure": kwargs.pop("on_failure", "stop"), "expects": "no gears"}}
    one = {"type": kwargs.pop("type", "expect_column_values_to_not_be_in_set"), "kwargs": kwargs, "meta": meta}
    folder = workspace / "expectations" / table
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ours.json").write_text(text or json.dumps({"name": "ours", "expectations": [one]}))


@pytest.fixture
def cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Two images decided, approved and in their catalogue, with a plan; nothing was trained."""
    init_workspace(tmp_path / "w")
    workspace = open_workspace(tmp_path / "w")
    write_catalogue(tmp_path / "catalogue", [row(0), row(1)])
    images = []
    with open_ledger(workspace, write=True, make=True) as ledger:
        by = {"reviewer": None, "account": "a-elsewhere"}
        ledger.append(
            [NewEntry(EntryKind.POLICY, {**POLICY, "unsafe": False, "separation": "off", "by": by}, at=now())]
        )
        for name in ("nut.png", "gear.png"):
            image = hashlib.sha256((tmp_path / "catalogue" / name).read_bytes()).hexdigest()
            record = record_of(name, image_id=image, file_names=(name,))
            body = decision_body(record)
            ledger.append([NewEntry(EntryKind.DECISION, body, decision_payload(record, body), now())])
            images.append(image)
        plan: dict[str, Any] = {"held_out": []}
        ledger.append([NewEntry(EntryKind.PILOT_PLAN, {"plan_digest": digest(plan)}, plan, now())])
    monkeypatch.setenv("IMPRIMATUR_CATALOGUE__LOCATION", str(tmp_path / "catalogue"))
    workspace = open_workspace(tmp_path / "w")
    add_reviewer(workspace, "Aya", roles=("compliance",), public_key=None)
    sign(workspace, Draft(verdict=Verdict.APPROVE, images=tuple(images), reviewer="Aya", reason="reviewed"))
    return workspace


def checked(workspace: Workspace, *, asked: bool = False) -> Admission:
    with open_ledger(workspace) as ledger:
        return check_record(workspace, ledger, gate(workspace, ledger, None), asked=asked)[1]


def test_an_honest_record_passes_and_an_own_suite_holds_what_it_says(cleared: Workspace) -> None:
    assert len(checked(cleared).cleared) == 2
    suite(cleared.folder, "manifest", on_failure="hold", column="file_name", value_set=["gear.png"])
    held = checked(cleared)
    assert [image.record.file_names for image in held.cleared] == [("nut.png",)]
    assert [refusal.code for refusal in held.held] == ["expectation-failed"]
    assert [refusal.code for refusal in checked(cleared, asked=True).refused] == ["expectation-failed"]
    suite(cleared.folder, "manifest")
    with pytest.raises(RecordRefused, match="no gears; found otherwise in row"):
        checked(cleared)


@pytest.mark.parametrize("table", ["decisions", "approvals", "manifest"])
@pytest.mark.parametrize(
    "text", ["{", '{"expectations": []}', '{"expectations": [{"type": "expect_x", "kwargs": {}}]}']
)
def test_a_broken_own_suite_is_refused_and_passes_nothing(cleared: Workspace, table: str, text: str) -> None:
    suite(cleared.folder, table, text)
    with pytest.raises(SuiteError, match=r"ours\.json") as caught:
        checked(cleared)
    assert "docs/how-to/expectations.md" in caught.value.hint


def test_an_approval_of_nothing_that_was_decided_stops_train_and_leaves_its_page(cleared: Workspace) -> None:
    class Inside:
        """Somebody with the ledger's key, writing past every check."""

        def __init__(self, ledger: Any) -> None:
            self.ledger, self.now = ledger, now()

        def record(self, kind: EntryKind, body: Any) -> Any:
            return self.ledger.append([NewEntry(kind, body)])[0]

    key_file = next(cleared.keys.glob("reviewers/*.pem"))
    person = Person("Aya", key_file.stem, ("compliance",), SigningKey.load(key_file, None))
    with open_ledger(cleared, write=True) as ledger:
        entry = inject(Inside(ledger), person, "ab" * 32)  # type: ignore[arg-type]
    with pytest.raises(RecordRefused, match=f"ledger entry {entry}, image {'ab' * 6}") as caught:
        train(cleared)
    assert "checks-training.en.html" in caught.value.hint
    for lang, words in (("en", "approvals ⊆ decisions"), ("ja", "承認 ⊆ 判定")):
        page = (cleared.reports / f"checks-training.{lang}.html").read_text()
        assert words in page and f"ledger entry {entry}" in page and "gear" not in page
        assert not re.findall(r"(?:src|href)=|https?://|@import|<script", page)
    assert not (cleared.folder / "state" / "models").exists()


def test_a_row_edited_in_the_database_never_reaches_the_suites(cleared: Workspace) -> None:
    with sqlite3.connect(str(cleared.ledger_place)) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type='table'")]
        for table in tables:
            columns = [column[1] for column in database.execute(f"pragma table_info({table})")]
            if "leaf" in columns:
                database.execute(f"update {table} set leaf = replace(leaf, 'memorize', 'memorise')")
    with pytest.raises(LedgerCorrupt):
        checked(cleared)


def test_a_manifest_that_names_what_nobody_approved_is_refused_after_it_was_written(cleared: Workspace) -> None:
    admission = checked(cleared)

    def manifest(change: Callable[[ManifestEntry], ManifestEntry]) -> Manifest:
        entries = tuple(
            ManifestEntry(
                f"img-{n}", f"<{n}>", image.image_id, image.record.file_names, "s", None,
                image.standing.decision_index or 0, image.standing.approval_indices, 0.5, TimesSeen(1, 1),
            )
            for n, image in enumerate(admission.cleared)
        )  # fmt: skip
        return Manifest(
            "run", admission.workspace_id, now(), "embedded", "scheme", {}, 0, (), "", "", "", False,
            (change(entries[0]), *entries[1:]), {},
        )  # fmt: skip

    with open_ledger(cleared) as ledger:
        assert all(check.holds for check in check_written(cleared, ledger, manifest(lambda entry: entry)).checks)
        for wrong in (
            {"approval_indices": ()},
            {"approval_indices": (1,)},
            {"image_id": "cd" * 32},
            {"decision_index": 0},
        ):
            with pytest.raises(RecordRefused, match="found otherwise in row 1"):
                check_written(cleared, ledger, manifest(lambda entry, wrong=wrong: replace(entry, **wrong)))  # type: ignore[misc]
        suite(cleared.folder, "manifest", on_failure="hold", column="file_name", value_set=["gear.png"])
        with pytest.raises(RecordRefused, match="no gears"):  # too late to hold
            check_written(cleared, ledger, manifest(lambda entry: entry))


def test_intake_stops_before_a_picture_is_opened_and_says_where_to_read(tmp_path: Path) -> None:
    init_workspace(tmp_path / "w")
    catalogue = write_catalogue(tmp_path / "catalogue", [row(0), row(1)])
    write_log(catalogue)
    suite(tmp_path / "w", "catalogue")
    suite(tmp_path / "w", "search_log", on_failure="stop", column="query", value_set=["cap nut picture"])
    with pytest.raises(TableRefused, match=r"row 2 \(gear.png\).*search log: query") as caught:
        curate(open_workspace(tmp_path / "w"), str(catalogue))
    assert "checks-intake.en.html" in caught.value.hint
    page = (tmp_path / "w" / "reports" / "checks-intake.ja.html").read_text()
    assert "停止しました" in page and "gear.png" in page and "cap nut" not in page  # queries are personal
    assert not (tmp_path / "w" / "state" / "ledger.db").exists()
