"""Runs suites on a table, offline. The only module that imports great_expectations, and only when something is run."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from curate.expectations.result import ROWS_NAMED, Checked, Example, TableResult
from curate.expectations.suite import HINT, Expectation, Suite, SuiteError, refuse

if TYPE_CHECKING:
    import pandas as pd

LONGEST_CELL = 80  # characters of a cell that is shown as an example


def run_suites(
    table: str,
    view: pd.DataFrame,
    suites: Sequence[Suite],
    *,
    labels: Callable[[int], str],
    optional: Callable[[str], bool] = lambda column: False,
    shown: Collection[str] = (),
) -> TableResult:
    """Every expectation of `suites` on `view`, whose index numbers the rows from 1 and whose nulls are the unknown.

    Args:
        labels: how people know a row, by its number.
        optional: columns that the table need not have; an expectation about one that it has not is skipped.
        shown: columns whose cells may be shown as examples.

    Raises:
        SuiteError: a suite names an expectation or an argument that the library does not know.
    """
    checks: list[Checked] = []
    for suite in suites:
        absent = {e for e, item in enumerate(suite.expectations) if _absent(item, view, optional)}
        wanted = [item for e, item in enumerate(suite.expectations) if e not in absent and not _lost(item, view)]
        results = iter(_run(view, wanted, suite)) if wanted else iter(())
        for number, item in enumerate(suite.expectations):
            if number in absent:
                checks.append(Checked(suite.name, suite.own, item, holds=True, skipped=True))
            elif lost := _lost(item, view):
                checks.append(
                    Checked(suite.name, suite.own, item, holds=False, trouble=f"the table has no column {lost}")
                )
            else:
                checks.append(_checked(next(results), item, suite, view, labels, shown))
    return TableResult(table, len(view), tuple(checks))


def _absent(item: Expectation, view: pd.DataFrame, optional: Callable[[str], bool]) -> bool:
    return any(column not in view and optional(column) for column in item.columns)


def _lost(item: Expectation, view: pd.DataFrame) -> str:
    """Columns that the expectation needs and the table lacks; one that asks which columns there are judges that itself."""
    if item.kind == "expect_column_to_exist" or item.kind.startswith("expect_table_"):
        return ""
    return ", ".join(column for column in item.columns if column not in view)


def _run(view: pd.DataFrame, wanted: Sequence[Expectation], suite: Suite) -> list[Any]:
    """The library's results, in the order of `wanted`."""
    gx, context = _library()
    # The number of an expectation is the only thing that surely comes back with its result.
    numbered = [
        {
            "type": item.kind,
            "kwargs": dict(item.kwargs),
            "meta": {"number": number},
            **({} if item.severity is None else {"severity": item.severity}),
        }
        for number, item in enumerate(wanted)
    ]
    try:
        known = gx.ExpectationSuite(name=suite.name, expectations=numbered)
    except Exception as error:  # the library refuses bad arguments with several types of its own
        raise SuiteError(
            f"{suite.place}: expected arguments that Great Expectations accepts, "
            f"it says {' '.join(str(error).split())[:300]}",
            hint=HINT,
        ) from error
    if len(known.expectations) != len(numbered):  # it drops an unknown type with a log line only
        kept = {(expectation.meta or {}).get("number") for expectation in known.expectations}
        lost = ", ".join(item.kind for number, item in enumerate(wanted) if number not in kept)
        refuse(suite.place, "expectations that Great Expectations knows", lost)
    asset = context.data_sources.add_pandas("tables").add_dataframe_asset("table")
    batch = asset.add_batch_definition_whole_dataframe("rows").get_batch({"dataframe": view})
    form = {"result_format": "COMPLETE", "return_unexpected_index_query": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas remarks on how a pattern is written; results say all that counts
        results = batch.validate(known, result_format=form).results
    answered = {result.expectation_config.meta["number"]: result for result in results if result.expectation_config}
    if set(answered) != set(range(len(wanted))):
        refuse(suite.place, f"{len(wanted)} results", str(len(answered)))
    return [answered[number] for number in range(len(wanted))]


def _library() -> tuple[Any, Any]:
    """The library, and a new context in memory: it goes with the run, and the table's rows with it."""
    # Read by the library when it is imported: nothing is reported to anybody.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)  # what it has to say is in the results
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return gx, context


def _checked(
    result: Any,
    item: Expectation,
    suite: Suite,
    view: pd.DataFrame,
    labels: Callable[[int], str],
    shown: Collection[str],
) -> Checked:
    if result.success:
        return Checked(suite.name, suite.own, item, holds=True)
    trouble = _exception(result.exception_info)
    if trouble is not None:  # it could not be judged: not a pass, and not for a row to answer for
        return Checked(suite.name, suite.own, item, holds=False, trouble=trouble)
    rows = tuple(sorted({int(row) for row in (result.result or {}).get("unexpected_index_list") or ()}))
    examples = tuple(Example(row, labels(row), _found(item, view, row, shown)) for row in rows[:ROWS_NAMED])
    return Checked(suite.name, suite.own, item, holds=False, failed=rows, examples=examples)


def _found(item: Expectation, view: pd.DataFrame, row: int, shown: Collection[str]) -> str | None:
    """The cells that failed, in the reading people wrote, or None where one of them may hold personal text."""
    columns = list(dict.fromkeys(name.partition(".")[0] for name in item.columns))
    if not columns or not all(name in shown and name in view for name in columns):
        return None
    cells: list[object] = [view.at[row, name] for name in columns]
    return ", ".join("–" if cell is None else str(cell)[:LONGEST_CELL] for cell in cells)


def _exception(info: Any) -> str | None:
    """The library's message if checking itself failed; `info` is one document, or one per failed part."""
    if not isinstance(info, Mapping):
        return None
    parts = [info] if "raised_exception" in info else [part for part in info.values() if isinstance(part, Mapping)]
    for part in parts:
        if part.get("raised_exception"):
            return " ".join(str(part.get("exception_message") or "no message").split())[:200]
    return None
