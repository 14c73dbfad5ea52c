from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.value.select import BudgetError, select

CANDIDATES = [("a" * 64, 0.2, True), ("b" * 64, 0.9, False), ("c" * 64, 0.5, False), ("d" * 64, 0.5, False)]


def test_without_a_budget_everything_is_chosen() -> None:
    selection = select(CANDIDATES, None)
    assert len(selection.chosen) == 4
    assert selection.behind == {}


def test_pinned_first_then_value_then_id_and_the_rest_learn_behind_whom() -> None:
    selection = select(CANDIDATES, 3)
    assert selection.chosen == {"a" * 64, "b" * 64, "c" * 64}
    assert selection.behind == {"d" * 64: f"{'c' * 12} (0.50)"}


def test_impossible_budgets_are_refused() -> None:
    with pytest.raises(BudgetError, match="at least 1 image, found 0"):
        select(CANDIDATES, 0)
    with pytest.raises(BudgetError, match="the 2 pinned images, found 1"):
        select([*CANDIDATES, ("e" * 64, 0.1, True)], 1)


@given(
    st.dictionaries(st.text("0123456789abcdef", min_size=4, max_size=4), st.floats(0, 1), min_size=1, max_size=20),
    st.integers(1, 25),
    st.randoms(use_true_random=False),
)
def test_the_budget_is_filled_with_the_best_in_any_order(scores: dict[str, float], budget: int, random: object) -> None:
    candidates = [(image_id, score, False) for image_id, score in scores.items()]
    selection = select(candidates, budget)
    assert len(selection.chosen) == min(budget, len(scores))
    assert selection.chosen | selection.behind.keys() == scores.keys()
    assert selection.chosen.isdisjoint(selection.behind)
    if selection.behind:
        assert min(scores[i] for i in selection.chosen) >= max(scores[i] for i in selection.behind)
    random.shuffle(candidates)  # type: ignore[attr-defined]
    assert select(candidates, budget) == selection
