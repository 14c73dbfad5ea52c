"""Thresholds for "none" hold for the evidence on which they were measured."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from audit.ledger import Ledger
from imprimatur.recalling import _calibration
from recall.answer import Remembered
from recall.scoring import STATEMENT_VERSION, UNCALIBRATED_THRESHOLD, Calibration, Threshold, Weights

SHA = "ab" * 32


def ledger_of(*statements: dict[str, Any]) -> Ledger:
    entries = [SimpleNamespace(body={"manifest_sha256": SHA, "statement": one}) for one in statements]
    return cast(Ledger, SimpleNamespace(entries=lambda kind: iter(entries)))


def test_a_threshold_that_was_measured_on_other_evidence_is_not_taken_over() -> None:
    low = Threshold(0.2, "measured", 40, 10, 30, 1)
    now = Calibration(SHA, 0.1, Weights(), low, low, low).to_statement()
    then = {**now, "version": STATEMENT_VERSION - 1}
    memory = cast(Remembered, SimpleNamespace(manifest_sha256=SHA))
    assert _calibration(ledger_of(then, now), memory, 0.1).hybrid == low
    assert _calibration(ledger_of(now, then), memory, 0.1).hybrid == low
    cautious = _calibration(ledger_of(then), memory, 0.1).hybrid
    assert cautious.value >= UNCALIBRATED_THRESHOLD and cautious.n == 0
