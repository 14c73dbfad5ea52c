from __future__ import annotations

import random
from math import comb

import pytest

from recall.calibrate import CONFIDENCE, Scored, calibrate, choose_threshold, halves, upper_bound
from recall.confirm import Origin
from recall.queries import QueryCase
from recall.scoring import (
    UNCALIBRATED_THRESHOLD,
    Calibration,
    CalibrationError,
    Evidence,
    Mode,
    Weights,
    fit_weights,
    uncalibrated,
)
from tests.recall.fakes import MANIFEST, PARTS, World, part

COLOURS = ("red", "blue", "green", "white", "black", "grey", "amber", "violet")
THINGS = ("hook", "lever", "clamp", "valve", "spring")


def shop() -> tuple[World, list[QueryCase]]:
    records = tuple(part(f"{colour}-{thing}", f"{colour} {thing}") for colour in COLOURS for thing in THINGS)
    world = World(records=records, memorized=tuple(f"{c}-{t}" for c in COLOURS for t in THINGS))
    cases = [
        QueryCase(f"{text.text.split()[1]} in {text.text.split()[0]}", frozenset({record.image_id}))
        for record in records
        for text in record.texts
    ]
    cases += [QueryCase(f"{word} report", frozenset()) for word in ("tax", "annual", "travel", "medical", "weather")]
    return world, cases


def test_calibration_answers_what_it_knows_and_refuses_the_rest() -> None:
    world, cases = shop()
    recaller = world.recaller()
    found = calibrate(recaller, cases, max_error=0.1, seed=3)
    assert found.hybrid.n == len(cases) and found.hybrid.n_none == 5
    assert found.hybrid.answered > 30
    assert found.hybrid.bound is not None and found.hybrid.wrong / found.hybrid.answered < found.hybrid.bound <= 0.1
    assert found.hybrid.again == len(cases) - 5  # five queries for what is not there are less than a fifth
    tuned = recaller.with_calibration(found)
    assert tuned.answer("lever in blue").status == "confirmed"
    assert tuned.answer("holiday report").status == "none"


def test_calibration_depends_on_cases_and_seed_alone() -> None:
    world, cases = shop()
    recaller = world.recaller()
    assert calibrate(recaller, cases, max_error=0.1, seed=3) == calibrate(recaller, cases, max_error=0.1, seed=3)


def test_no_cases_leave_the_cautious_setting() -> None:
    found = calibrate(World().recaller(), [], max_error=0.05, seed=0)
    assert found == uncalibrated(MANIFEST, max_error=0.05)
    assert found.hybrid.value >= UNCALIBRATED_THRESHOLD and found.hybrid.n == 0


def test_the_threshold_keeps_the_bound_and_lets_no_wrong_answer_in_that_brings_no_right_one() -> None:
    right = [Scored(0.5 + i / 100, True) for i in range(40)]
    found = choose_threshold([*right, Scored(0.3, False), Scored(0.2, False), Scored(None, False)], max_error=0.1)
    assert (found.value, found.answered, found.wrong, found.n) == (0.5, 40, 0, 43)
    assert found.bound == pytest.approx(upper_bound(0, 40), abs=1e-6)
    among = choose_threshold([*right, Scored(0.605, False)], max_error=0.1)
    assert (among.value, among.answered, among.wrong) == (0.5, 41, 1)  # ten right answers are worth that one
    strict = choose_threshold([*right, Scored(0.605, False)], max_error=0.04)
    assert strict.value > 0.605 and strict.wrong == 0 and "too few" in strict.method


@pytest.mark.parametrize(("wrong", "answered"), [(0, 31), (3, 60), (10, 150), (1, 2)])
def test_the_bound_is_where_so_few_errors_become_unlikely(wrong: int, answered: int) -> None:
    bound = upper_bound(wrong / answered, answered)
    chance = sum(comb(answered, k) * bound**k * (1 - bound) ** (answered - k) for k in range(wrong + 1))
    assert chance == pytest.approx(1 - CONFIDENCE, abs=1e-6)
    assert upper_bound(1.0, answered) == 1.0


def test_queries_asked_again_weigh_what_is_missing_of_the_share_of_nones() -> None:
    right = [Scored(0.9, True)] * 80
    again = [Scored(0.95, False, 0.25, True)] * 80
    found = choose_threshold([*right, *again], max_error=0.1)
    assert found.value > 0.95 and found.n == 80 and found.again == 80
    harmless = choose_threshold([*right, *[Scored(0.1, False, 0.25, True)] * 80], max_error=0.1)
    assert harmless.value == 0.9 and (harmless.answered, harmless.wrong) == (80, 0)


def test_a_sample_that_is_too_small_says_so_and_stays_above_every_wrong_answer() -> None:
    few = [Scored(0.99, True)] * 10 + [Scored(0.9, False)]
    found = choose_threshold(few, max_error=0.05)
    assert found.value > 0.9
    assert "too few" in found.method and found.bound is None
    assert (found.n, found.answered, found.wrong) == (11, 10, 0)
    assert choose_threshold([Scored(0.1, True)], max_error=0.05).value == UNCALIBRATED_THRESHOLD


def test_tied_scores_stand_or_fall_together() -> None:
    scored = [Scored(0.8, True)] * 30 + [Scored(0.8, False)] * 5
    found = choose_threshold(scored, max_error=0.1)
    assert found.value > 0.8


def evidence(cosine: float, origin: Origin = Origin.INDEX) -> Evidence:
    return Evidence(origin, -0.1, 1.0, cosine, cosine / 2, cosine, cosine, cosine / 2)


def test_weights_learn_where_the_boundary_is() -> None:
    draw = random.Random(5)
    examples = [(evidence(c), c > 0.3, 1.0) for c in (draw.random() for _ in range(400))]
    weights = fit_weights(examples)
    assert weights.memory == Weights().memory  # no example spoke for it
    assert weights.probability(evidence(0.1)) < 0.3 < 0.7 < weights.probability(evidence(0.5))


def test_a_handful_of_examples_does_not_overturn_the_prior() -> None:
    weights = fit_weights([(evidence(0.9), False, 1.0)])
    assert weights.probability(evidence(0.9)) > weights.probability(evidence(0.2))


def test_probabilities_stay_numbers_at_the_edges() -> None:
    for log_probability, margin in ((0.0, 1e9), (-1e9, -1e9), (float("-inf"), float("-inf"))):
        found = Weights().probability(Evidence(Origin.MEMORY, log_probability, margin, 0.0, 0.0, 0.0, 0.0, 0.0))
        assert 0 <= found <= 1


def test_the_statement_comes_back_and_belongs_to_one_model() -> None:
    made = calibrate(
        World().recaller(), [QueryCase("hexagon bolt", frozenset({PARTS[1].image_id}))], max_error=0.05, seed=0
    )
    statement = made.to_statement()
    assert {"manifest_sha256", "threshold", "n", "n_none", "method"} <= set(statement)
    assert Calibration.from_statement(statement, manifest_sha256=MANIFEST) == made
    with pytest.raises(CalibrationError, match="calibration of the model"):
        Calibration.from_statement(statement, manifest_sha256="cd" * 32)
    for broken in (
        {},
        {**statement, "weights": {"memory": [1.0], "index": [1.0]}},
        {**statement, "thresholds": {}},
        {**statement, "version": 2},  # measured before queries were weighed word by word
        None,
    ):
        with pytest.raises(CalibrationError):
            Calibration.from_statement(broken, manifest_sha256=MANIFEST)


def test_halves_are_disjoint_even_and_stable() -> None:
    _, cases = shop()
    development, test = halves(cases, seed=1)
    assert not {case.query for case in development} & {case.query for case in test}
    assert len(development) + len(test) == len(cases)
    assert abs(len(development) - len(test)) <= 2
    assert {not case.relevant for case in test} == {True, False}
    assert halves(list(reversed(cases)), seed=1) == (development, test)
    assert halves(cases, seed=2) != (development, test)


def test_each_mode_has_a_threshold() -> None:
    found = uncalibrated(MANIFEST, max_error=0.05)
    assert {mode: found.threshold(mode) for mode in Mode}.keys() == set(Mode)


def test_what_neither_source_knows_is_proposed_by_neither() -> None:
    recaller = World().recaller()
    for mode in Mode:
        for absent in PARTS:
            query = absent.texts[0].text
            there = recaller.propose(query, mode)
            gone = recaller.propose(query, mode, without={absent.image_id})
            assert absent.image_id not in {p.image_id for p in gone}
            others = [p.image_id for p in there if p.image_id != absent.image_id]
            assert [p.image_id for p in gone][: len(others)] == others
            for one in gone:  # nobody is behind a picture that is not there
                if one is gone[0]:
                    assert one.evidence.margin >= 0 or one.evidence.origin is Origin.INDEX
