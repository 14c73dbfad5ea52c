"""What would release a held picture: a detector that is missing is installed, a picture that cannot be read is replaced."""

from __future__ import annotations

from dataclasses import replace

import pytest

from curate.screen.detectors import DetectorInfo, all_detectors
from imprimatur import held


def _all_but(check: str, hint: str) -> tuple[DetectorInfo, ...]:
    return tuple(
        replace(info, available=check not in info.checks, hint=hint if check in info.checks else "")
        for info in all_detectors()
    )


def test_a_missing_detector_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "all_detectors", lambda: _all_but("pixel.faces", "pip install 'imprimatur[vision]'"))
    en, ja = held._make_possible("pixel.faces")
    assert "pip install 'imprimatur[vision]'" in en and "pip install 'imprimatur[vision]'" in ja


def test_an_unreadable_picture_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "all_detectors", lambda: tuple(replace(i, available=True) for i in all_detectors()))
    en, ja = held._make_possible("pixel.text")
    assert "pip" not in en and "replace the picture" in en and "差し替え" in ja
