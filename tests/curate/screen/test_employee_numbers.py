"""The company's own patterns fire on whole numbers, in any width, and unusable ones are refused with a hint."""

from __future__ import annotations

import pytest

from curate.finding import Severity
from curate.screen.employee_numbers import BadPattern, compile_patterns
from curate.screen.screener import Screener
from curate.screen.settings import ScreenSettings
from curate.screen.text import TextScreener

SCREENER = TextScreener(("E-[0-9]{5}", "KS[0-9]{4}"))


@pytest.mark.parametrize("text", ["溶接 E-12345", "Ｅ－１２３４５の作業", "担当KS0123", "E-12345"])
def test_a_pattern_of_the_settings_is_found(text: str) -> None:
    (hit,) = SCREENER.find(text)
    assert (hit.kind, hit.severity) == ("privacy.other_id", Severity.MEDIUM)


@pytest.mark.parametrize("text", ["AE-12345", "E-123456", "品番E-12345", "E12345"])
def test_pieces_of_codes_and_part_numbers_are_not(text: str) -> None:
    assert SCREENER.find(text) == ()


def test_without_the_setting_nothing_is_found() -> None:
    assert TextScreener().find("溶接 E-12345") == ()


def test_the_screener_passes_its_settings_on() -> None:
    findings, _ = Screener(ScreenSettings(employee_numbers=("E-[0-9]{5}",))).screen_text("E-12345", language="en")
    assert [finding.kind for finding in findings] == ["privacy.other_id"]


@pytest.mark.parametrize("pattern", ["[", "[0-9]*", "(?:)", "([0-9]+)+", "[0-9]{5}" * 20])
def test_unusable_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(BadPattern) as caught:
        compile_patterns((pattern,))
    assert "employee_numbers" in caught.value.hint
