"""The demo: every planted case meets its rule, and every promise of the story is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.imprimatur.fakes import document, imprimatur


@pytest.mark.slow
def test_the_demo_keeps_its_promises(tmp_path: Path) -> None:
    done = imprimatur("demo", tmp_path / "demo", "--json", env={"IMPRIMATUR_TRAIN__STEPS": "250"})
    assert done.returncode == 0, done.stderr
    seen = document(done)
    assert seen["planted"]["met"] == seen["planted"]["cases"] >= 11
    assert seen["cleared"] == seen["trained"]
    assert any(answer["status"] == "confirmed" for answer in seen["answers"])
    assert seen["answers"][-1]["status"] == "none"  # nobody has a picture of a blue elephant
    assert any(item["why"] == "article-number" for item in seen["wrong-article"]["withheld"])
    assert seen["stale-fact"]["withheld"]
    gone = seen["withdrawn"]
    assert gone["file_name"] not in [hit["file_name"] for hit in gone["after"]["results"]]
    assert set(seen["verdicts"]) == {"speed", "accuracy", "update_cost", "safety"}
    assert all(Path(path).is_file() for path in seen["reports"])
    assert seen["verify"] == {"before": True, "after_one_flipped_byte": False}
    assert imprimatur("-w", tmp_path / "demo", "audit", "verify").returncode == 0  # the byte was put back


def test_the_demo_does_not_write_into_a_folder_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = imprimatur("demo", tmp_path)
    assert done.returncode == 2 and (tmp_path / "mine.txt").read_text() == "mine"
