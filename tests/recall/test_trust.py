"""How far a stated probability may be trusted."""

from __future__ import annotations

import random

import pytest

from recall.trust import Judged, trust_document


def drawn(count: int, honest: float = 1.0) -> list[Judged]:
    """Answers that are right as often as they say (`honest` = 1) or less."""
    draw = random.Random(4)
    chances = [draw.random() for _ in range(count)]
    return [Judged(p, draw.random() < p * honest, draw.random() < 0.8, draw.uniform(-5, 0)) for p in chances]


def test_answers_that_say_what_they_are_lie_on_the_diagonal_and_boasts_below_it() -> None:
    honest = trust_document(drawn(4000), threshold=0.5, max_error=0.1)["reliability"]
    assert len(honest) == 8 and sum(part["answers"] for part in honest) == 4000
    assert all(part["right"] == pytest.approx(part["stated"], abs=0.06) for part in honest)
    boasts = trust_document(drawn(4000, 0.6), threshold=0.5, max_error=0.1)["reliability"]
    assert all(part["right"] < part["stated"] for part in boasts[2:])


def test_more_answers_cost_more_errors_and_the_curve_ends_at_everything() -> None:
    judged = [*drawn(300), Judged(None, False, True, None)]
    curve = trust_document(judged, threshold=0.5, max_error=0.1)["risk_coverage"]
    assert len(curve) <= 40 and curve[-1]["answered"] == pytest.approx(300 / 301, abs=1e-6)
    assert [point["answered"] for point in curve] == sorted(point["answered"] for point in curve)
    right = sum(one.right for one in judged)
    assert curve[-1]["wrong"] == pytest.approx(1 - right / 300, abs=1e-6)


def test_false_accepts_are_compared_where_equally_many_are_answered() -> None:
    known = [Judged(0.9, True, True, -0.1)] * 8 + [Judged(0.2, False, True, -4.0)] * 2
    foreign = [Judged(0.1, False, False, -0.05)] * 3 + [Judged(0.95, False, False, -9.0)]
    found = trust_document([*known, *foreign], threshold=0.5, max_error=0.1)["none"]
    assert found == {"queries": 4, "coverage": 0.8, "by_probability": 0.25, "by_sequence_probability": 0.75}


def test_where_nothing_was_there_to_judge_nothing_is_said() -> None:
    assert trust_document([], threshold=0.5, max_error=0.1)["none"]["coverage"] is None
    silent = trust_document([Judged(None, False, False, None)], threshold=0.5, max_error=0.1)
    assert silent["reliability"] == [] and silent["risk_coverage"] == []
    assert silent["none"]["by_sequence_probability"] is None and silent["none"]["by_probability"] == 0.0
