"""The history of one image in words: who, by name, and what, not as the ledger spells it."""

from __future__ import annotations

from typing import Any

import pytest

from audit.report.wording import Lang
from audit.review.wording import Words
from imprimatur.cli.show_history import what_was_said, who_did, worded

NAMES = {"r-1": "森 彩", "r-2": None}


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ({"reviewer": "r-1", "by": {"person": "r-1", "account": "a-7"}}, "森 彩"),
        ({"reviewer": "r-2"}, "r-2"),  # the name was erased
        ({"by": {"person": None, "account": "a-7"}}, "a-7"),
        ({"by": "r-1"}, "森 彩"),
        ({}, ""),
    ],
)
def test_who_did_it(line: dict[str, Any], who: str) -> None:
    assert who_did(line, NAMES) == who


@pytest.mark.parametrize(
    ("line", "en", "ja"),
    [
        (
            {"outcome": "deny", "rules": ["secret"], "run": "curate-1"},
            "deny (secret); curate-1",
            "拒否 (secret)、curate-1",
        ),
        ({"reason": "privacy"}, "shows or tells personal data", "個人情報を含む"),
        ({"reason": "a-code-of-ours"}, "a-code-of-ours", "a-code-of-ours"),
        ({"report_id": "w-1", "cause": "stale-fact"}, "cause stale-fact; case w-1", "原因 stale-fact、番号 w-1"),
        ({}, "", ""),
    ],
)
def test_what_was_said(line: dict[str, Any], en: str, ja: str) -> None:
    assert what_was_said(line, Words(Lang.EN), "en") == en
    assert what_was_said(line, Words(Lang.JA), "ja") == ja


def test_an_entry_that_has_no_words_is_told_by_its_code() -> None:
    assert worded(Words(Lang.JA), "kind", "evaluation") == "evaluation"
    assert worded(Words(Lang.EN), "kind", "withdrawal") == "Withdrawal"
