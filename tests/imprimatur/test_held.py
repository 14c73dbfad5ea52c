"""Why pictures are stopped, and what would release a held one: a detector that is missing is installed, a picture that cannot be read is replaced."""

from __future__ import annotations

from dataclasses import replace

import pytest

from curate.decision import Decision, Outcome, RuleHit
from curate.screen.detectors import DetectorInfo, all_detectors
from imprimatur import held
from tests.curate.fakes import make_record
from tests.curate.policy.test_decide import finding, screening, verdict


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


def _decided(name: str, outcome: Outcome, rule: str, reason: str) -> Decision:
    record = make_record(name)
    decision = verdict(record, screening(record))
    return replace(decision, outcome=outcome, hits=(RuleHit(rule, outcome, reason, reason),))


def test_the_summary_says_why_images_are_denied_or_stay_in_the_index() -> None:
    found = held.why_held(
        [
            _decided("a", Outcome.DENY, "deny-scope", "The scope ends."),
            _decided("b", Outcome.INDEX, "low-value", "Its value 0.41 is low."),
            _decided("c", Outcome.INDEX, "low-value", "Its value 0.12 is low."),
            _decided("d", Outcome.MEMORIZE, "cleared", "Valuable."),
        ]
    ).to_document()
    assert [(line["rule"], line["images"], line["why"]["en"]) for line in found["denied"]] == [
        ("deny-scope", 1, "The scope ends.")
    ]
    (line,) = found["kept_in_index"]
    assert (line["images"], line["why"]["en"]) == (2, "e.g. Its value 0.41 is low.") and "例: " in line["why"]["ja"]
    assert "explain" in line["release"]["en"] and found["held"] == []


def test_a_hold_that_no_fact_lifts_asks_for_a_rule() -> None:
    (line,) = held.why_held([_decided("a", Outcome.REVIEW, "default-hold", "No rule gives it a place.")]).lines
    assert "policy test" in line.release_en and "policy test" in line.release_ja


def test_what_releases_a_hold_follows_from_its_own_rule() -> None:
    record = make_record("a", source=None)
    found = screening(record, finding(record.image_id, "privacy.email"))
    lines = {line.rule: line.release_en for line in held.why_held([verdict(record, found)]).lines}
    assert "review approve" in lines["review-personal-data"] and "'source'" in lines["unknown-source"]
