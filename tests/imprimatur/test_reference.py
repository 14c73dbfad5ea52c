"""Generated pages are current, and every error code is one class."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imprimatur.reference import PAGES, commands_page, error_classes

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_page_is_current(name: str) -> None:
    assert (ROOT / "docs" / "reference" / name).read_text() == PAGES[name](), (
        "run: python -m imprimatur.reference docs/reference"
    )


def test_codes_are_well_formed_and_in_the_range_of_their_room() -> None:
    first = {"imprimatur": "01", "curate": "2", "audit": "3", "train": "4", "recall": "5"}
    for kind in error_classes():
        assert re.fullmatch(r"IMP-E\d{3}", kind.code)
        assert kind.code[5] in first[kind.__module__.split(".")[0]], kind


def test_commands_named_in_the_readme_exist() -> None:
    named = {
        tuple(found.split())
        for page in ("README.md", "README.ja.md")
        for found in re.findall(r"imprimatur(?: -w \S+)? ([a-z]+(?: [a-z]+)?)", (ROOT / page).read_text())
    }
    documented = commands_page()
    known = {"demo", "init", "doctor", "curate", "inspect", "explain", "train", "withdraw", "recall", "evaluate", "report",
             "review", "reviewer", "pilot", "audit", "policy", "index", "key"}  # fmt: skip
    for words in named:
        if words[0] in known:
            assert re.search(rf"## `imprimatur {words[0]}( |`)", documented), words
