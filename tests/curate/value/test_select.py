"""The greedy choice against the best of all choices, and a reason for each image that was left out."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.value.budget import Budget, BudgetError, Grouping, Quota, QuotaError, image_bits
from curate.value.guarantee import guarantee_of
from curate.value.left_out import Cause, Selection, select
from curate.value.problem import Candidate, Problem
from curate.value.select import choose
from tests.curate.fakes import image_id

GROUPS = st.fixed_dictionaries(
    {Grouping.PRODUCT_LINE: st.sampled_from(["a", "b"]), Grouping.CONTENT_CLASS: st.sampled_from(["photo", "drawing"])}
)


def candidate(name: str, worth: float, **more: object) -> Candidate:
    given_ = {"update_cost": 1.0, "bits": 10.0, "groups": {}, **more}
    return Candidate(image_id=image_id(name), worth=worth, **given_)  # type: ignore[arg-type]


def problem_of(candidates: list[Candidate], like: np.ndarray | None = None, *, covered: float = 0.25) -> Problem:
    """A problem with a dense likeness in the order of `candidates`."""
    order = sorted(range(len(candidates)), key=lambda place: candidates[place].image_id)
    ordered = tuple(candidates[place] for place in order)
    matrix = np.eye(len(candidates)) if like is None else np.maximum(like, np.eye(len(candidates)))
    matrix = matrix[np.ix_(order, order)]
    rows, columns = np.nonzero(matrix)
    starts = np.searchsorted(rows, np.arange(len(candidates) + 1))
    worth = np.array([c.worth for c in ordered])
    return Problem(ordered, worth, starts, columns, matrix[rows, columns], covered)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    size = draw(st.integers(2, 8))
    numbers = st.floats(0.01, 10)
    candidates = [
        candidate(
            f"c{n}",
            draw(numbers),
            update_cost=draw(st.floats(0.05, 3)),
            bits=draw(st.floats(1, 30)),
            groups=draw(GROUPS),
            pinned=n == 0 and draw(st.booleans()),
            barred="asked for" if n == 1 and draw(st.booleans()) else None,
        )
        for n in range(size)
    ]
    like = np.zeros((size, size))
    for one, other in combinations(range(size), 2):
        like[one, other] = like[other, one] = draw(st.sampled_from([0.0, 0.0, 0.5, 0.7, 0.95, 1.0]))
    return problem_of(candidates, like, covered=draw(st.sampled_from([0.25, 0.6, 1.0])))


def allowed(problem: Problem, budget: Budget, places: tuple[int, ...]) -> bool:
    chosen = [problem.candidates[place] for place in places]
    held = {quota: sum(c.groups.get(quota.grouping) == quota.name for c in chosen) for quota in budget.quotas}
    return (
        all(c in chosen for c in problem.candidates if c.pinned)
        and not any(c.barred for c in chosen)
        and (budget.images is None or len(chosen) <= budget.images)
        and (budget.bits is None or sum(c.bits for c in chosen) <= budget.bits * (1 + 1e-9))
        and (budget.update_cost is None or sum(c.update_cost for c in chosen) <= budget.update_cost * (1 + 1e-9))
        and all(quota.at_most is None or number <= quota.at_most for quota, number in held.items())
    )


def best(problem: Problem, budget: Budget, *, floors: bool) -> float | None:
    """The worth of the best allowed choice, by looking at all of them; None where none meets every at_least."""
    found = None
    for wanted in product((False, True), repeat=len(problem.candidates)):
        places = tuple(place for place, take in enumerate(wanted) if take)
        met = all(
            sum(problem.candidates[p].groups.get(q.grouping) == q.name for p in places) >= q.at_least
            for q in budget.quotas
        )
        if allowed(problem, budget, places) and (met or not floors):
            found = max(found or 0.0, problem.value(places))
    return found


def check(problem: Problem, budget: Budget) -> None:
    try:
        chosen = choose(problem, budget)
    except (BudgetError, QuotaError):
        # Refused only when the pinned images alone, or pinned and barred, cannot be allowed.
        pinned = tuple(place for place, c in enumerate(problem.candidates) if c.pinned)
        assert not allowed(problem, budget, pinned)
        return
    assert allowed(problem, budget, chosen.order)
    assert chosen.total == pytest.approx(problem.value(chosen.order))
    best_possible = best(problem, budget, floors=True)
    if best_possible is None:
        assert chosen.unmet
        return
    assert chosen.bound >= best_possible - 1e-9
    everything = len(chosen.order) == len(problem.candidates)
    proved = guarantee_of(budget, total=chosen.total, bound=chosen.bound, everything=everything).proved
    pinned_worth = problem.value([place for place, c in enumerate(problem.candidates) if c.pinned])
    if proved is not None and not chosen.unmet:
        assert chosen.total - pinned_worth >= proved * (best_possible - pinned_worth) - 1e-9


@given(problems(), st.integers(1, 6))
def test_a_number_of_images(problem: Problem, images: int) -> None:
    check(problem, Budget(images=images))


@given(problems(), st.floats(5, 100), st.booleans())
def test_bits_or_cost(problem: Problem, limit: float, bits: bool) -> None:
    check(problem, Budget(bits=limit) if bits else Budget(update_cost=limit / 20))


@given(problems(), st.integers(1, 6), st.integers(0, 3), st.integers(0, 3), st.booleans())
def test_quotas(problem: Problem, images: int, most: int, least: int, both: bool) -> None:
    quotas = [Quota(Grouping.PRODUCT_LINE, "a", at_most=most)]
    quotas.append(
        Quota(Grouping.CONTENT_CLASS, "photo", at_most=least)
        if both
        else Quota(Grouping.PRODUCT_LINE, "b", at_least=min(least, images))
    )
    check(problem, Budget(images=images, quotas=tuple(quotas)))


@given(problems(), st.integers(1, 6), st.floats(5, 60))
def test_everything_at_once(problem: Problem, images: int, bits: float) -> None:
    check(problem, Budget(images, bits, 4.0, (Quota(Grouping.PRODUCT_LINE, "a", 0, 2),)))


@given(problems(), st.integers(1, 6), st.randoms(use_true_random=False))
def test_the_choice_does_not_depend_on_the_order(problem: Problem, images: int, random: object) -> None:
    like = np.zeros((len(problem.candidates),) * 2)
    for place in range(len(problem.candidates)):
        row = slice(problem.starts[place], problem.starts[place + 1])
        like[place, problem.near[row]] = problem.like[row]
    order = list(range(len(problem.candidates)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = problem_of([problem.candidates[p] for p in order], like[np.ix_(order, order)], covered=problem.covered)
    try:
        expected = select(problem, Budget(images=images))
    except BudgetError:
        return
    assert select(shuffled, Budget(images=images)) == expected


def reasons(selection: Selection) -> dict[str, Cause]:
    return {image: left.cause for image, left in selection.left_out.items()}


def test_without_a_limit_everything_is_chosen() -> None:
    selection = select(problem_of([candidate("a", 2), candidate("b", 0)]), Budget())
    assert len(selection.chosen) == 2 and not selection.left_out
    assert selection.guarantee.certified == 1


def test_pinned_first_then_worth_and_the_rest_learn_behind_whom() -> None:
    candidates = [candidate("a", 0.2, pinned=True), candidate("b", 9), candidate("c", 5), candidate("d", 4.4)]
    selection = select(problem_of(candidates), Budget(images=3))
    assert selection.chosen == (image_id("a"), image_id("b"), image_id("c"))
    left = selection.left_out[image_id("d")]
    assert (left.cause, left.behind) == (Cause.OVER_BUDGET, image_id("c"))
    assert f"The budget (3 images) ended behind {image_id('c')[:12]}, which is worth 5.0 answers" in left.reason_en
    assert f"記憶枠(3枚)は {image_id('c')[:12]}(月5.0回の回答に相当)で埋まりました。" in left.reason_ja


def test_a_near_copy_of_a_chosen_image_is_told_so() -> None:
    like = np.array([[0, 0.95, 0], [0.95, 0, 0], [0, 0, 0]])
    candidates = [candidate("a", 5), candidate("b", 4.5), candidate("c", 4)]
    selection = select(problem_of(candidates, like), Budget(images=2))
    assert selection.chosen == (image_id("a"), image_id("c"))
    assert reasons(selection) == {image_id("b"): Cause.DUPLICATE}
    assert selection.left_out[image_id("b")].behind == image_id("a")


def test_a_full_quota_a_bar_and_a_cost_are_told_apart() -> None:
    line = {Grouping.PRODUCT_LINE: "bolts"}
    candidates = [candidate("a", 5, groups=line), candidate("b", 4, groups=line), candidate("c", 9, barred="campaign")]
    quota = Quota(Grouping.PRODUCT_LINE, "bolts", at_most=1)
    selection = select(problem_of(candidates), Budget(quotas=(quota,)))
    assert reasons(selection) == {image_id("b"): Cause.QUOTA, image_id("c"): Cause.BARRED}
    assert "campaign" in selection.left_out[image_id("c")].reason_ja

    volatile = [candidate("v", 6, update_cost=4.0), *(candidate(f"s{n}", 2, update_cost=0.5) for n in range(8))]
    selection = select(problem_of(volatile), Budget(update_cost=4.0))
    assert reasons(selection) == {image_id("v"): Cause.TOO_VOLATILE}
    large = [candidate("v", 6, bits=400), *(candidate(f"s{n}", 2, bits=50) for n in range(8))]
    assert reasons(select(problem_of(large), Budget(bits=400))) == {image_id("v"): Cause.TOO_LARGE}


def test_a_quota_that_too_few_meet_is_reported() -> None:
    candidates = [candidate("a", 5, groups={Grouping.CONTENT_CLASS: "drawing"}), candidate("b", 4)]
    quota = Quota(Grouping.CONTENT_CLASS, "drawing", at_least=2)
    selection = select(problem_of(candidates), Budget(images=2, quotas=(quota,)))
    assert selection.unmet == ((quota, 1),) and len(selection.chosen) == 2


def test_at_least_takes_a_place_from_better_ones() -> None:
    drawing = {Grouping.CONTENT_CLASS: "drawing"}
    candidates = [candidate("a", 5), candidate("b", 4), candidate("d", 0.1, groups=drawing)]
    quota = Quota(Grouping.CONTENT_CLASS, "drawing", at_least=1)
    assert set(select(problem_of(candidates), Budget(images=2, quotas=(quota,))).chosen) == {
        image_id("a"),
        image_id("d"),
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"images": 0}, "at least 1 image, found 0"),
        ({"images": -3}, "at least 1 image, found -3"),
        ({"bits": 0.0}, "more than 0 bits, found 0"),
        ({"update_cost": float("nan")}, "found nan"),
    ],
)
def test_impossible_budgets_are_refused(wrong: dict[str, float], said: str) -> None:
    with pytest.raises(BudgetError, match=said):
        Budget(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("images", "quotas", "said"),
    [
        (None, [Quota(Grouping.CONTENT_CLASS, "photo", 3, 2)], "at_least 3 and at_most 2"),
        (4, [Quota(Grouping.CONTENT_CLASS, "photo", 3), Quota(Grouping.CONTENT_CLASS, "drawing", 2)], "4 images at most, found 5"),
        (None, [Quota(Grouping.CONTENT_CLASS, "photo", -1)], "found -1"),
        (None, [Quota(Grouping.CONTENT_CLASS, "picture", 0, 5)], "among photo, product, drawing, document, found 'picture'"),
        (None, [Quota(Grouping.LICENCE_CLASS, "sharealike", 0, 0)], "found 'sharealike'"),
        (None, [Quota(Grouping.CONTENT_CLASS, "photo"), Quota(Grouping.CONTENT_CLASS, "photo", 1)], "found 2"),
    ],
)  # fmt: skip
def test_quotas_that_contradict_are_refused(images: int | None, quotas: list[Quota], said: str) -> None:
    with pytest.raises(QuotaError, match=said):
        Budget(images=images, quotas=tuple(quotas))


def test_pins_that_cannot_be_kept_are_refused() -> None:
    pins = [candidate("a", 1, pinned=True), candidate("b", 1, pinned=True, groups={Grouping.PRODUCT_LINE: "x"})]
    with pytest.raises(BudgetError, match="the 2 pinned images, found 1"):
        select(problem_of(pins), Budget(images=1))
    with pytest.raises(QuotaError, match="the 1 pinned images, found at_most 0"):
        select(problem_of(pins), Budget(quotas=(Quota(Grouping.PRODUCT_LINE, "x", 0, 0),)))
    both = [candidate("a", 1, pinned=True, barred="no")]
    with pytest.raises(BudgetError, match="a pin or a bar, found both"):
        select(problem_of(both), Budget())


def test_bits_grow_with_texts_and_with_the_number_of_images() -> None:
    assert image_bits(0, 1024) == 10
    assert image_bits(4, 1024) == 50


def test_approved_images_take_their_room_first_and_never_fail() -> None:
    line = {Grouping.PRODUCT_LINE: "a"}
    people = [candidate("a", 1.0, approved=True, groups=line), candidate("b", 2.0, approved=True, groups=line)]
    both = problem_of([*people, candidate("c", 9.0, groups=line), candidate("d", 8.0, groups=line)])
    a, b, c, d = (image_id(name) for name in "abcd")
    assert set(select(both, Budget(images=3)).chosen) == {a, b, c}
    assert set(select(both, Budget(bits=31.0)).chosen) == {a, b, c}
    crowded = select(both, Budget(images=1))
    assert set(crowded.chosen) == {a, b}  # approved is approved; nothing else gets a place
    assert set(crowded.left_out) == {c, d} and 0 <= crowded.guarantee.certified <= 1
    assert set(select(both, Budget(quotas=(Quota(Grouping.PRODUCT_LINE, "a", at_most=1),))).chosen) == {a, b}
