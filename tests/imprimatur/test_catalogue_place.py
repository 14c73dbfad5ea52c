"""Which catalogue and which search log a run reads: what is named, what the last run read, what lies beside."""

from __future__ import annotations

from pathlib import Path

import pytest

from curate.expectations.suite import SuiteError
from imprimatur.catalogue_place import checked_suites, remember_catalogue, resolve_source
from imprimatur.workspace import init_workspace, open_workspace


def test_the_log_of_the_last_run_is_read_again_with_its_catalogue(tmp_path: Path) -> None:
    init_workspace(tmp_path / "w")
    place = open_workspace(tmp_path / "w")
    (tmp_path / "cat").mkdir()
    log = tmp_path / "asked.csv"
    log.write_text("timestamp,query,file_name,count\n")
    policy = place.policy_folder
    first = resolve_source(place, str(tmp_path / "cat"), log, policy_folder=policy)
    remember_catalogue(place, first)
    again = resolve_source(place, None, None, policy_folder=policy)
    assert (again.location, again.search_log) == (first.location, log)
    assert resolve_source(place, str(tmp_path / "cat"), None, policy_folder=policy).search_log is None
    other = tmp_path / "other.csv"
    assert resolve_source(place, None, other, policy_folder=policy).search_log == other


@pytest.mark.parametrize("stray", ["catalog/own.json", "own.json"])
def test_a_suite_where_nobody_looks_is_refused(tmp_path: Path, stray: str) -> None:
    init_workspace(tmp_path / "w")
    place = open_workspace(tmp_path / "w")
    suite = place.own_suites / stray
    suite.parent.mkdir(parents=True)
    suite.write_text("{}")
    with pytest.raises(SuiteError, match=f"found {stray.partition('/')[0]}"):
        checked_suites(place)


def test_a_policy_is_named_by_its_folder_or_as_a_bundle_of_the_workspace(tmp_path: Path) -> None:
    init_workspace(tmp_path / "w")
    place = open_workspace(tmp_path / "w")
    assert place.policy_called(Path("strict")) == place.folder / "policies" / "strict"
    assert place.policy_called(place.policy_folder) == place.policy_folder
    assert place.policy_called(Path("nowhere")) == Path("nowhere")
