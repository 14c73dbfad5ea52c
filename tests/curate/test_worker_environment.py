"""A worker that opens hostile files knows no passphrase."""

from __future__ import annotations

from pathlib import Path

import pytest

from curate.worker_environment import worker_environment


def test_neither_passphrases_nor_settings_go_along(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IMPRIMATUR_KEY_PASSPHRASE", "IMPRIMATUR_REVIEWER_PASSPHRASE", "IMPRIMATUR_POLICY", "imprimatur_x"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    found = worker_environment(OMP_NUM_THREADS="1")
    assert "secret" not in found.values()
    assert (found["LANG"], found["OMP_NUM_THREADS"]) == ("ja_JP.UTF-8", "1") and found["PYTHONPATH"]


@pytest.mark.parametrize("module", ["curate.decode", "curate.picture_view"])
def test_every_worker_is_started_with_it(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts a process for hostile files takes its environment from there."""
    import importlib

    source = importlib.import_module(module).__file__
    assert source is not None
    text = Path(source).read_text(encoding="utf-8")
    assert "env=environment" in text and "os.environ" not in text
