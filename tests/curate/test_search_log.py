"""The search log: read whole or refused with the rows named, never silently shortened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from curate.catalogue import CatalogueUnavailable
from curate.errors import ExitCode
from curate.search_log import LoggedQuery, SearchLogError, read_search_log


def test_rows_in_order_with_defaults(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(
        "timestamp,query,file_name,count\n2024-05-01T09:00:00+09:00,六角ボルト M8,a.png,3\n2024-05-02,bolt,b.png,\n,NA,a.png,1\n"
    )
    japan = timezone(timedelta(hours=9))
    assert read_search_log(path) == (
        LoggedQuery(datetime(2024, 5, 1, 9, tzinfo=japan), "六角ボルト M8", "a.png", 3),
        LoggedQuery(datetime(2024, 5, 2, tzinfo=UTC), "bolt", "b.png", 1),
        LoggedQuery(None, "NA", "a.png", 1),
    )


def test_only_query_and_file_name_are_required_and_empty_is_fine(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text('{"query": "gear", "file_name": "a.png", "count": 2}\n')
    assert read_search_log(tmp_path / "log.jsonl") == (LoggedQuery(None, "gear", "a.png", 2),)
    (tmp_path / "log.csv").write_text("query,file_name\n")
    assert read_search_log(tmp_path / "log.csv") == ()


@pytest.mark.parametrize(
    "line", ["x,q,a.png,1", "2024-01-01,,a.png,1", "2024-01-01,q,,1", "2024-01-01,q,a,0", "2024-01-01,q,a,many"]
)
def test_bad_rows_are_named_and_the_query_is_not_shown(tmp_path: Path, line: str) -> None:
    (tmp_path / "log.csv").write_text(
        f"timestamp,query,file_name,count\n2024-01-01,tanaka,a.png,1\n{line.replace('q', 'secret')}\n"
    )
    with pytest.raises(SearchLogError, match="row 2: expected") as caught:
        read_search_log(tmp_path / "log.csv")
    assert caught.value.exit_code is ExitCode.USAGE
    assert "secret" not in caught.value.message


def test_missing_column_and_missing_file(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("query,count\nq,1\n")
    with pytest.raises(SearchLogError, match="found query, count"):
        read_search_log(tmp_path / "log.csv")
    with pytest.raises(CatalogueUnavailable) as caught:
        read_search_log(tmp_path / "none.csv")
    assert caught.value.exit_code is ExitCode.UNAVAILABLE
