"""Suites on a table that does not fit into memory: batch by batch where a row answers for itself, whole columns where not."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from curate.catalogue import OpenCatalogue, frame_of, frame_of_cells
from curate.cells import Cell
from curate.expectations.intake import check_catalogue
from curate.expectations.result import ROWS_NAMED, Checked, TableResult
from curate.expectations.suite import Expectation, Suite
from curate.progress import Progress, silent

if TYPE_CHECKING:
    import pandas as pd

_BATCH = 50_000  # rows; every batch costs the library most of a second, however short
# Expectations of which every row's part depends on that row alone (Great Expectations' map expectations without `unique`).
_BY_ROW = frozenset(
    f"expect_column_{name}"
    for name in (
        "to_exist", "values_to_not_be_null", "values_to_be_null", "values_to_be_in_set", "values_to_not_be_in_set",
        "values_to_match_regex", "values_to_not_match_regex", "values_to_be_between", "value_lengths_to_be_between",
        "value_lengths_to_equal", "pair_values_a_to_be_greater_than_b", "pair_values_to_be_equal",
    )
)  # fmt: skip


def check_in_batches(
    catalogue: OpenCatalogue, suites: Sequence[Suite], progress: Progress = silent
) -> TableResult | None:
    """What `check_catalogue` says of the whole table; None without suites. An expectation that may look at several rows at
    once is run on all rows of the columns that it speaks of.

    Raises:
        SuiteError: a suite cannot be used. TableError: the catalogue is damaged.
    """
    if not suites:
        return None
    merged: dict[tuple[int, int], Checked] = {}
    by_row = _only(suites, alone=True)
    columns, first = _columns(catalogue, suites, by_row), 0
    for rows in catalogue.batches(_BATCH, columns):
        _merge(merged, by_row, _checked(frame_of(columns, rows), _suites(suites, by_row)), first)
        first += len(rows)
        progress("check the table", first, catalogue.rows)
    together = _only(suites, alone=False)
    if together:
        cells: dict[str, list[Cell]] = {name: [] for name in _columns(catalogue, suites, together)}
        for rows in catalogue.batches(_BATCH, cells):
            for name, column in cells.items():
                column.extend(row[name] for row in rows)
        _merge(merged, together, _checked(frame_of_cells(cells), _suites(suites, together)), 0)
    return TableResult("catalogue", catalogue.rows, tuple(merged[place] for place in sorted(merged)))


def _checked(frame: pd.DataFrame, suites: Sequence[Suite]) -> TableResult:
    """The suites on one frame, of which nothing stays in memory: the library leaves it in circles, half a kilobyte a row."""
    result = check_catalogue(frame, suites)
    del frame
    gc.collect()
    return result


def _columns(catalogue: OpenCatalogue, suites: Sequence[Suite], places: Sequence[tuple[int, int]]) -> list[str]:
    """Those that the expectations speak of, and the one that rows are named by."""
    named = {column.partition(".")[0] for s, e in places for column in suites[s].expectations[e].columns}
    return [name for name in catalogue.columns if name in named or name == "file_name"]


def _only(suites: Sequence[Suite], *, alone: bool) -> list[tuple[int, int]]:
    """Places (suite, expectation) of those whose rows answer for themselves, or of the others."""
    return [
        (s, e) for s, suite in enumerate(suites) for e, item in enumerate(suite.expectations) if _by_row(item) is alone
    ]


def _by_row(item: Expectation) -> bool:
    return item.kind in _BY_ROW and "mostly" not in item.kwargs


def _suites(suites: Sequence[Suite], places: Sequence[tuple[int, int]]) -> list[Suite]:
    kept = []
    for s, suite in enumerate(suites):
        wanted = tuple(suite.expectations[e] for place, e in places if place == s)
        if wanted:
            kept.append(replace(suite, expectations=wanted))
    return kept


def _merge(
    merged: dict[tuple[int, int], Checked], places: Sequence[tuple[int, int]], result: TableResult, before: int
) -> None:
    """Add a result whose row 1 is row `before` + 1 of the table."""
    for place, check in zip(places, result.checks, strict=True):
        failed = tuple(row + before for row in check.failed)
        examples = tuple(replace(example, row=example.row + before) for example in check.examples)
        moved = replace(check, failed=failed, examples=examples)
        earlier = merged.get(place)
        if earlier is not None:
            moved = replace(
                moved,
                holds=earlier.holds and moved.holds,
                failed=(*earlier.failed, *moved.failed),
                examples=(*earlier.examples, *moved.examples)[:ROWS_NAMED],
                trouble=earlier.trouble or moved.trouble,
                skipped=earlier.skipped and moved.skipped,
            )
        merged[place] = moved
