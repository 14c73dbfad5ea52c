from __future__ import annotations

import pytest

from recall.measures import Answered, measure, paired_difference

RIGHT = frozenset({"a"})


def asked(*shown: str, relevant: frozenset[str] = RIGHT, ms: float | None = 1.0) -> Answered:
    return Answered(shown, relevant, ms)


def test_measures_by_hand() -> None:
    found = measure(
        [
            asked("a", "b"),  # right
            asked("b", "a"),  # second
            asked("b", "c", "d", "e", "f", "a"),  # sixth
            asked(),  # no answer
            asked("x", relevant=frozenset()),  # should have been none
            asked(relevant=frozenset()),  # rightly none
        ],
        seed=0,
    )
    assert (found.answerable, found.none) == (4, 2)
    assert found.hit_at_1.value == 1 / 4
    assert found.hit_at_5.value == 2 / 4
    assert found.hit_at_10.value == 3 / 4
    assert found.mrr.value == pytest.approx((1 + 1 / 2 + 1 / 6) / 4)
    assert found.coverage.value == 3 / 4
    assert found.error_among_answered.value == 3 / 4
    assert found.false_accept_rate.value == 1 / 2


def test_intervals_hold_the_value_shrink_with_the_sample_and_repeat() -> None:
    few = measure([asked("a"), asked("b")] * 5, seed=1)
    many = measure([asked("a"), asked("b")] * 200, seed=1)
    for found in (few, many):
        assert found.hit_at_1.low <= found.hit_at_1.value == 0.5 <= found.hit_at_1.high
    assert many.hit_at_1.high - many.hit_at_1.low < few.hit_at_1.high - few.hit_at_1.low
    assert measure([asked("a"), asked("b")] * 5, seed=1) == few


def test_nothing_to_measure_is_none_and_not_zero() -> None:
    found = measure([asked(relevant=frozenset(), ms=None)], seed=0)
    assert found.hit_at_1.value is found.error_among_answered.value is found.p95_ms is None
    assert found.false_accept_rate.value == 0
    assert found.to_document()["hit_at_1"] == {"value": None, "low": None, "high": None}
    assert measure([], seed=0).coverage.value is None


def test_latency_percentiles_ignore_queries_without_one() -> None:
    found = measure([asked("a", ms=float(i)) for i in range(1, 101)] + [asked("a", ms=None)], seed=0)
    assert found.p50_ms == pytest.approx(50.5)
    assert found.p95_ms == pytest.approx(95.05)


def test_a_paired_difference_sees_what_two_intervals_hide() -> None:
    one = [asked("a") if i % 10 else asked("b") for i in range(200)]
    other = [asked("a") if i % 5 else asked("b") for i in range(200)]
    gap = paired_difference(one, other, lambda item: float(item.first_hit == 1), seed=0)
    assert gap.value == pytest.approx(0.1)
    assert gap.low is not None and gap.low > 0
