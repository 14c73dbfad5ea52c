"""`describe` in a workspace; what is said and refused is in tests/recall/test_describe.py, the whole way in test_chain.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from curate.errors import ExitCode
from imprimatur.describing import DescribingOff, describe
from imprimatur.record_book import LedgerMissing
from imprimatur.workspace import init_workspace, open_workspace


def test_generated_text_is_off_by_default(tmp_path: Path) -> None:
    init_workspace(tmp_path)
    with pytest.raises(DescribingOff) as caught:
        describe(open_workspace(tmp_path), "im-abcdefghij")
    assert caught.value.exit_code is ExitCode.USAGE and "describe = true" in caught.value.hint


def test_allowed_it_asks_the_ledger_which_model_is_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    init_workspace(tmp_path)
    monkeypatch.setenv("IMPRIMATUR_RECALL__DESCRIBE", "true")
    with pytest.raises(LedgerMissing):
        describe(open_workspace(tmp_path), "im-abcdefghij")
