"""The table's expectations: what stops, what holds, and that the library neither writes files nor opens connections."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from curate.cells import Cell
from curate.errors import ExitCode
from curate.expectations.intake import check_catalogue, check_search_log, log_suites
from curate.expectations.result import TableRefused, TableResult, refuse_if_stopped
from curate.expectations.suite import OnFailure, SuiteError, own_suites, read_suite
from curate.table_reading import RawTable

ROOT = Path(__file__).resolve().parents[2]
SUITE = ROOT / "policies" / "default" / "expectations" / "catalogue.json"


def frame(*rows: dict[str, Cell]) -> pd.DataFrame:
    columns = dict.fromkeys(column for row in rows for column in row)
    return pd.DataFrame({column: pd.Series([row.get(column) for row in rows], dtype=object) for column in columns})


def validate(rows: pd.DataFrame, path: Path) -> TableResult:
    return check_catalogue(rows, (read_suite(path),))


def stops(result: TableResult) -> list[tuple[int, ...]]:
    return [check.failed for check in result.with_effect(OnFailure.STOP)]


def judged(*rows: dict[str, Cell]) -> TableResult:
    return validate(frame(*rows), SUITE)


GOOD: dict[str, Cell] = {
    "file_name": "a.png",
    "content_class": "photo",
    "license_scope": ("train", "memorize"),
    "license_start": "2024-01-01",
    "license_end": "2024-01-01",
    "collected_at": "2023-05-05T10:00:00Z",
    "criticality": "1",
    "change_count": "0",
    "anything": "x",
}


def test_good_rows_and_rows_that_state_nothing_pass() -> None:
    for verdict in (judged(GOOD, {**dict.fromkeys(GOOD), "file_name": "b.png"}), judged({"file_name": "a.png"})):
        assert all(check.holds for check in verdict.checks)
        assert verdict.held == {}
        refuse_if_stopped([verdict])
    assert any(check.skipped for check in verdict.checks)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("content_class", "cat"),
        ("license_scope", "train|anything"),
        ("license_start", "01.02.2024"),
        ("license_end", "2023-12-31"),
        ("changed_at", "2023-05-04"),
        ("criticality", "1.2"),
        ("criticality", "high"),
        ("change_count", "-3"),
        ("change_count", "2.5"),
    ],
)
def test_bad_value_holds_its_row_only_and_the_reason_names_the_column(column: str, value: str) -> None:
    verdict = judged({**GOOD, "file_name": "b.png"}, {**GOOD, column: value})
    assert stops(verdict) == []
    assert list(verdict.held) == [2]
    for said in (*(fault.en for fault in verdict.held[2]), *(fault.ja for fault in verdict.held[2])):
        assert column in said and value not in said


def test_same_file_twice_holds_both_rows() -> None:
    assert set(judged({"file_name": "a"}, {"file_name": "b"}, {"file_name": "a"}).held) == {1, 3}


def test_row_without_file_name_stops_and_is_named() -> None:
    verdict = judged({"file_name": "a"}, {"file_name": ""})
    assert stops(verdict) == [(2,)]
    with pytest.raises(
        TableRefused, match="catalogue: file_name: expected a file name in every row; found otherwise in row 2"
    ) as caught:
        refuse_if_stopped([verdict])
    assert caught.value.exit_code is ExitCode.USAGE
    assert caught.value.results == (verdict,)


def suite(tmp_path: Path, *expectations: dict[str, Any]) -> Path:
    path = tmp_path / "suite.json"
    path.write_text(json.dumps({"name": "own", "expectations": list(expectations)}))
    return path


def expectation(kind: str, on_failure: str | None = None, **kwargs: Any) -> dict[str, Any]:
    meta = {"imprimatur": {"on_failure": on_failure}} if on_failure else {}
    return {"type": kind, "kwargs": kwargs, "meta": meta}


def test_the_suite_says_what_stops(tmp_path: Path) -> None:
    rows = frame({"file_name": "a", "plant": None}, {"file_name": "a", "plant": "Ōsaka"})
    unique = suite(tmp_path, expectation("expect_column_values_to_be_unique", "stop", column="file_name"))
    assert stops(validate(rows, unique)) == [(1, 2)]
    plant = suite(tmp_path, expectation("expect_column_values_to_not_be_null", "hold", column="plant"))
    assert set(validate(rows, plant).held) == {1}
    silent = suite(tmp_path, expectation("expect_column_values_to_not_be_null", column="plant"))
    assert stops(validate(rows, silent)) == [(1,)]
    warned = validate(
        rows, suite(tmp_path, expectation("expect_column_values_to_be_unique", "warn", column="file_name"))
    )
    assert (stops(warned), warned.held) == ([], {})
    assert [check.failed for check in warned.with_effect(OnFailure.WARN)] == [(1, 2)]


def test_failure_of_the_whole_table_that_holds_holds_every_row(tmp_path: Path) -> None:
    rows = frame({"file_name": "a"}, {"file_name": "b"})
    count = suite(tmp_path, expectation("expect_table_row_count_to_be_between", "hold", min_value=5))
    assert set(validate(rows, count).held) == {1, 2}


def test_column_that_only_the_suite_knows_must_be_there(tmp_path: Path) -> None:
    own = suite(tmp_path, expectation("expect_column_values_to_not_be_null", "hold", column="plant"))
    verdict = validate(frame({"file_name": "a"}), own)
    assert "could not be checked: the table has no column plant" in verdict.with_effect(OnFailure.STOP)[0].message
    with pytest.raises(TableRefused) as caught:
        refuse_if_stopped([verdict])
    assert "the suite" in caught.value.hint and "rows" not in caught.value.hint


@pytest.mark.parametrize(
    "broken",
    [
        [],
        [{"type": "expect_column_values_to_be_unique"}],
        [expectation("expect_nonsense", column="file_name")],
        [expectation("expect_column_values_to_be_unique")],
        [expectation("expect_column_values_to_be_unique", "ignore", column="file_name")],
        [expectation("expect_column_values_to_be_unique", "hold", column="sku.date")],
    ],
)
def test_broken_suite_is_an_error_not_a_pass(tmp_path: Path, broken: list[dict[str, Any]]) -> None:
    with pytest.raises(SuiteError) as caught:
        validate(frame({"file_name": "a"}), suite(tmp_path, *broken))
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_suite_that_cannot_be_read(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "suite.json").write_text(content)
    with pytest.raises(SuiteError):
        validate(frame({"file_name": "a"}), tmp_path / "suite.json")


OFFLINE = """
import socket, sys
from pathlib import Path

def refuse(*arguments, **named):
    print("CONNECTION", arguments, file=sys.stderr)
    raise OSError("no network in this test")

socket.socket.connect = refuse
socket.getaddrinfo = refuse
import pandas as pd
from curate.expectations.intake import check_catalogue
from curate.expectations.suite import read_suite
suites = (read_suite(Path(sys.argv[1])),)
print(check_catalogue(pd.DataFrame({"file_name": pd.Series(["a", "a"], dtype=object)}), suites).held.keys())
"""


def test_validation_is_offline_quiet_and_leaves_no_files(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("GX_ANALYTICS_ENABLED", None)
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(SUITE)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "dict_keys([1, 2])\n"
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_examples_show_codes_and_dates_and_never_what_may_name_a_person(tmp_path: Path) -> None:
    rows = frame({"file_name": "a.png", "criticality": "9", "owner": "Yamada Hanako"})
    own = suite(
        tmp_path,
        expectation("expect_column_values_to_be_between", "hold", column="criticality.number", max_value=1),
        expectation("expect_column_values_to_match_regex", "hold", column="owner", regex="^.* K.K.$"),
    )
    critical, owner = validate(rows, own).checks
    assert [(e.row, e.label, e.found) for e in critical.examples] == [(1, "a.png", "9")]
    assert [(e.row, e.label, e.found) for e in owner.examples] == [(1, "a.png", None)]
    assert "Yamada" not in json.dumps(validate(rows, own).to_document())


def test_own_suites_are_read_from_a_folder_in_the_order_of_their_names(tmp_path: Path) -> None:
    assert own_suites(tmp_path / "none") == ()
    for name in ("b", "a"):
        suite(tmp_path, expectation("expect_column_to_exist", column="file_name")).rename(tmp_path / f"{name}.json")
    (tmp_path / "notes.txt").write_text("not ours")
    assert [(found.place, found.own) for found in own_suites(tmp_path)] == [
        (f"{tmp_path.name}/{name}.json", True) for name in ("a", "b")
    ]


LOG = [{"query": "bolt", "file_name": "a.png", "timestamp": "2025-05-01T10:00:00", "count": "2"}]


def judged_log(*rows: dict[str, Cell]) -> TableResult:
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    table = RawTable(columns, tuple({column: row.get(column) for column in columns} for row in rows))
    return check_search_log(table, log_suites(), {"a.png"}, today=date(2025, 6, 1))


def test_an_ordinary_log_passes_with_and_without_its_optional_columns() -> None:
    assert all(check.holds for check in judged_log(*LOG).checks)
    assert all(check.holds for check in judged_log({"query": "bolt", "file_name": "a.png"}).checks)


@pytest.mark.parametrize(
    ("column", "value", "effect"),
    [
        ("query", None, OnFailure.STOP),
        ("file_name", None, OnFailure.STOP),
        ("timestamp", "yesterday", OnFailure.STOP),
        ("count", "0", OnFailure.STOP),
        ("count", "two", OnFailure.STOP),
        ("file_name", "elsewhere.png", OnFailure.WARN),
        ("timestamp", "2025-06-02", OnFailure.WARN),
        ("timestamp", "20250602T100000Z", OnFailure.WARN),
    ],
)
def test_what_a_log_must_not_say(column: str, value: str | None, effect: OnFailure) -> None:
    found = judged_log(*LOG, {**LOG[0], column: value})
    assert {check.failed for check in found.with_effect(effect)} == {(2,)}
