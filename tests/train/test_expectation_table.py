"""Manifest ⊆ approvals: read from the ledger's entries, whatever the gate thought."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from audit.casebook import open_casebook
from audit.expectations.tables import refuse_record
from curate.expectations.result import TableResult
from curate.expectations.suite import OnFailure
from tests.train.fakes import Factory
from train.expectations.table import MemorizedRow, check_manifest, rows_to_be


def check(factory: Factory, rows: tuple[MemorizedRow, ...]) -> TableResult:
    world = factory.world
    entries = {entry.index: entry for entry in world.ledger.entries()}
    return check_manifest(rows, open_casebook(entries.values(), world.now, world.ledger.workspace_id), entries)[0]


def stopping(result: TableResult) -> dict[str, tuple[int, ...]]:
    return {check.column: check.failed for check in result.with_effect(OnFailure.STOP)}


def test_what_the_gate_admits_passes_and_identifiers_are_asked_for_once_there_are_any(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path, parts=3)
    rows = rows_to_be(factory.admit())
    result = check(factory, rows)
    refuse_record([result])
    assert [c.column for c in result.checks if c.skipped] == ["identifier"]
    named = tuple(replace(row, identifier=f"img-{n}") for n, row in enumerate(rows))
    assert not any(c.skipped for c in check(factory, named).checks)
    twice = tuple(replace(row, identifier="img-0") for row in rows)
    assert stopping(check(factory, twice)) == {"identifier": (1, 2, 3)}


@pytest.mark.parametrize(
    ("wrong", "columns"),
    [
        ({"approval_indices": ()}, {"people, people_needed"}),
        ({"approval_indices": (0,)}, {"people, people_needed", "no_approvals"}),  # the workspace's entry
        ({"decision_index": None}, {"decision", "people, people_needed", "no_approvals"}),
        ({"decision_index": 0}, {"decision", "people, people_needed", "no_approvals"}),
        ({"decision_index": 10**6}, {"decision", "people, people_needed", "no_approvals"}),
        ({"image_id": "ab" * 32}, {"decision", "people, people_needed", "no_approvals"}),
    ],
)
def test_a_row_that_is_not_covered_is_named(tmp_path: Path, wrong: dict[str, object], columns: set[str]) -> None:
    factory = Factory.make(tmp_path, parts=3)
    rows = rows_to_be(factory.admit())
    found = stopping(check(factory, (rows[0], replace(rows[1], **wrong), rows[2])))  # type: ignore[arg-type]
    assert set(found) == columns
    assert set(found.values()) == {(2,)}


def test_the_decision_and_approval_of_another_image_cover_nothing(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path, parts=2)
    a, b = rows_to_be(factory.admit())
    swapped = replace(a, decision_index=b.decision_index)
    assert set(stopping(check(factory, (swapped, b))).values()) == {(1,)}


def test_an_approval_that_a_new_decision_voided_covers_the_old_decision_only(tmp_path: Path) -> None:
    factory = Factory.make(tmp_path, parts=2)
    rows = rows_to_be(factory.admit())
    image = next(image for image in factory.ids if image == rows[0].image_id)
    name = factory.paths[image].stem
    later = factory.world.ledger.size
    factory.add(name, factory.paths[image].read_bytes(), ())  # other texts
    refuse_record([check(factory, rows)])
    moved = replace(rows[0], decision_index=later)
    assert "no_approvals" in stopping(check(factory, (moved, rows[1])))
