from __future__ import annotations

from pathlib import Path

import pytest

from recall.queries import ImageNames, QueriesError, QueryCase, cases_of_plan, read_cases, read_present
from tests.recall.fakes import PARTS, image_id

NAMES = ImageNames.of(PARTS)


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "queries"
    path.write_bytes(text.encode(encoding))
    return path


def test_relevant_images_by_id_or_file_name_and_none(tmp_path: Path) -> None:
    lines = (
        '{"query": "hexagon bolt", "relevant": ["bolt.png"]}\n\n'
        f'{{"query": "歯車", "relevant": ["{image_id("gear")}", "gear.png"], "language": "ja"}}\n'
        '{"query": "tax office", "relevant": []}\n'
    )
    assert read_cases(written(tmp_path, lines, "utf-8-sig"), NAMES) == (
        QueryCase("hexagon bolt", frozenset({image_id("bolt")})),
        QueryCase("歯車", frozenset({image_id("gear")}), "ja"),
        QueryCase("tax office", frozenset()),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"query": "a", "relevant": []}\n{"query": ', "line 2: expected one JSON object a line"),
        ('["a"]', "line 1.*found no query"),
        ('{"query": "  ", "relevant": []}', "found no query"),
        ('{"query": "a"}', "found no list 'relevant'"),
        ('{"query": "a", "relevant": "bolt.png"}', "found no list 'relevant'"),
        ('{"query": "a", "relevant": ["nut.png"]}', "line 1.*unknown 'nut.png'"),
        ('{"query": "a", "relevant": []}\n{"query": "Ａ", "relevant": ["bolt.png"]}', "line 2.*each query once"),
        ("\n\n", "found no line"),
    ],
)
def test_bad_query_files_name_the_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(QueriesError, match=message):
        read_cases(written(tmp_path, text), NAMES)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(QueriesError, match="nowhere"):
        read_cases(tmp_path / "nowhere", NAMES)
    with pytest.raises(QueriesError, match="utf-8"):
        read_cases(written(tmp_path, '{"query": "図面", "relevant": []}', "cp932"), NAMES)


CASES = (QueryCase("hexagon bolt", frozenset({image_id("bolt")})), QueryCase("図面", frozenset()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_present_results_in_either_encoding(tmp_path: Path, encoding: str) -> None:
    text = (
        "query,rank,file_name,latency_ms\r\nHexagon Bolt,2,bolt.png,41.5\r\nhexagon bolt,1,nut.png,40\r\n図面,1,,12\r\n"
    )
    found = read_present(written(tmp_path, text, encoding), NAMES, CASES)
    assert found["hexagon bolt"].images == ("not in the catalogue: nut.png", image_id("bolt"))
    assert found["hexagon bolt"].latency_ms == 41.5
    assert found["図面"].images == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("query,rank,file_name\nhexagon bolt,1,bolt.png\n", "latency_ms missing"),
        ("", "no header"),
        ("query,rank,file_name,latency_ms\nhexagon bolt,first,bolt.png,3\n", "line 2: expected a number.*'rank'"),
        ("query,rank,file_name,latency_ms\nhexagon bolt,0,bolt.png,3\n", "rank of 1 or more"),
        ("query,rank,file_name,latency_ms\nhexagon bolt,1.5,bolt.png,3\n", "rank of 1 or more"),
        ("query,rank,file_name,latency_ms\nhexagon bolt,1,bolt.png,-3\n", "'latency_ms'"),
        ("query,rank,file_name,latency_ms\nhexagon bolt,1,bolt.png,nan\n", "'latency_ms'"),
        ("query,rank,file_name,latency_ms\nhexagon bolt,1,a,3\nhexagon bolt,1,b,3\n", "line 3.*rank 1 again"),
        ("query,rank,file_name,latency_ms\n,1,a,3\n", "empty field"),
        ("query,rank,file_name,latency_ms\nsomething else,1,bolt.png,3\n", "found none of them"),
    ],
)
def test_bad_result_files_say_what_was_expected(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(QueriesError, match=message):
        read_present(written(tmp_path, text), NAMES, CASES)


def test_queries_of_a_plan() -> None:
    plan = {
        "held_out": [{"query": "a", "relevant": ["1"], "language": "en"}],
        "index_queries": [{"query": "b", "relevant": ["2"], "language": "ja"}],
        "none_queries": ["c"],
    }
    assert cases_of_plan(plan) == (
        QueryCase("a", frozenset({"1"}), "en"),
        QueryCase("b", frozenset({"2"}), "ja"),
        QueryCase("c", frozenset()),
    )
