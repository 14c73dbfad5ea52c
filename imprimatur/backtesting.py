"""`evaluate --backtest`: would the value, on the log up to a day, have chosen what was asked for afterwards?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from curate.atomic import write_atomic
from curate.errors import ImprimaturError
from curate.odd_input import odd_input
from curate.policy.document import load_policy
from curate.search_log import read_search_log
from curate.value.budget import Budget
from curate.value.placing import Wishes
from curate.value.what_if import parse_what_if
from imprimatur.backtest_page import backtest_page
from imprimatur.capacity import value_settings
from imprimatur.catalogue_place import resolve_source
from imprimatur.record_book import now, open_ledger
from imprimatur.which_image import recorded_records
from imprimatur.workspace import Workspace
from recall.backtest import NoBacktest
from recall.backtest import backtest as look_back
from recall.value_choice import value_choice


@dataclass(frozen=True)
class Backtested:
    """The document of a backtest, what is odd about the log, and the pages."""

    document: dict[str, Any]
    notices: tuple[ImprimaturError, ...]
    pages: tuple[Path, ...]


def backtest(
    workspace: Workspace,
    *,
    at: date | None = None,
    budgets: str | None = None,
    search_log: Path | None = None,
) -> Backtested:
    """Judge the value on the workspace's log, or on `search_log`, over the recorded images. Records nothing.

    Raises:
        NoBacktest: no log, or it does not reach to both sides of the day. WhatIfError: `budgets` are no numbers.
    """
    today = now().date()
    sizes = (
        [Budget(images=int(number)).images or 0 for number in parse_what_if(f"budget={budgets}")[1]] if budgets else []
    )
    policy = load_policy(workspace.policy_folder)
    source = resolve_source(workspace, None, search_log, policy_folder=workspace.policy_folder)
    if source.search_log is None:
        raise NoBacktest(
            "backtest: expected a search log, found none named and none beside the catalogue",
            hint="imprimatur evaluate --backtest --search-log PATH/TO/LOG.csv",
        )
    log = read_search_log(source.search_log)
    with open_ledger(workspace) as ledger:
        records = tuple(recorded_records(ledger).values())
    notices = odd_input(records, log, Wishes(), today=today)
    choice = value_choice(value_settings(workspace.settings), update_interval_days=policy.update_interval_days)
    document = look_back(records, log, choice, at=at, budgets=sizes, today=today)
    pages = []
    for lang in ("en", "ja"):
        path = workspace.reports / f"backtest.{lang}.html"
        write_atomic(path, backtest_page(document, lang).encode())
        pages.append(path)
    return Backtested(document, notices, tuple(pages))
