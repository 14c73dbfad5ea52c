"""When to say none: weights and thresholds from the development half of the held-out queries.

The other half is for `recall.evaluate` and is never looked at here. Weights are fitted with one fold of the queries
left out in turn; the threshold is set on those left-out scores, so that it is not flattered by its own fit.

Where few of the queries ask for what is not there, each is asked once more as if its pictures had never been taken in:
what a company's own people ask for in vain looks much like what they find.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scipy.special import betaincinv

from curate.canonical import digest
from curate.ngrams import normalise
from recall.answer import Moment, Recaller
from recall.confirm import Candidate, Confirmed
from recall.propose import Proposal, weigh
from recall.queries import QueryCase
from recall.scoring import UNCALIBRATED_THRESHOLD, Calibration, Mode, Threshold, fit_weights, uncalibrated

CONFIDENCE = 0.8  # that the error stays below `max_error`, by the sample of development queries
NONE_SHARE = 0.2  # of all questions are taken to ask for what is not there, or more where the sample has more
_FOLDS = 5
_BY_BOUND = f"most right minus wrong where the one-sided {CONFIDENCE:.0%} Clopper-Pearson bound of the error is within max_error"
_TOO_FEW = "too few development queries for max_error: above every wrong answer seen"
_LEARNT_PER_SOURCE = 3  # candidates of each source and query that the weights learn from


@dataclass(frozen=True, slots=True)
class Scored:
    """The answer one development query would get without a threshold. `score` is None when nothing can be shown;
    `weight` is 1 for a query as it was asked, less for one asked again without its pictures (`again`)."""

    score: float | None
    right: bool
    weight: float = 1.0
    again: bool = False


def calibrate(recaller: Recaller, cases: Sequence[QueryCase], *, max_error: float, seed: int) -> Calibration:
    """Weights, and one threshold per mode so that at most `max_error` of what is answered is wrong.

    `cases` are development queries; an empty `relevant` means that none is right. For an image that memory does not
    hold, memory alone is right to say none. With no cases at all the calibration is the cautious one set by hand.
    """
    memory = recaller.sources.memory
    manifest_sha256 = "" if memory is None else memory.manifest_sha256
    start = uncalibrated(manifest_sha256, max_error=max_error)
    if not cases:
        return start
    n_none = sum(not case.relevant for case in cases)
    asked = [_Asked(case, 1.0) for case in cases]
    if (weight := _weight_again(len(cases) - n_none, n_none)) > 0:
        asked += [_Asked(replace(case, relevant=frozenset()), weight, case.relevant) for case in cases if case.relevant]
    moment = recaller.moment()
    offered = {mode: [recaller.propose(a.case.query, mode, without=a.without) for a in asked] for mode in Mode}
    lessons = [
        [(p.evidence, p.image_id in a.case.relevant, a.weight) for p in _learnt_from(m, i, h)]
        for a, m, i, h in zip(asked, *(offered[mode] for mode in Mode), strict=True)
    ]
    fold_of = dict(zip([case.query for case in cases], _folds([case.query for case in cases], seed), strict=True))
    folds = [fold_of[a.case.query] for a in asked]
    left_out = [
        replace(start, weights=fit_weights([x for n, given in enumerate(lessons) if folds[n] != fold for x in given]))
        for fold in range(_FOLDS)
    ]
    sure = _Confirmations(recaller, moment)
    thresholds = {}
    for mode in Mode:
        scored = [
            _first_showable(a, weigh(proposals, left_out[folds[number]], mode), sure)
            for number, (a, proposals) in enumerate(zip(asked, offered[mode], strict=True))
        ]
        thresholds[mode.value] = choose_threshold(scored, max_error=max_error, n_none=n_none)
    weights = fit_weights([example for given in lessons for example in given])
    return Calibration(manifest_sha256, max_error, weights, **thresholds)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A development query; `without` its pictures where it is asked again."""

    case: QueryCase
    weight: float
    without: frozenset[str] = frozenset()


def _weight_again(answerable: int, none: int) -> float:
    """What each answerable query counts when it is asked again without its pictures, so that queries whose right answer
    is none make up NONE_SHARE of all."""
    wanted = NONE_SHARE / (1 - NONE_SHARE) * answerable
    return max(0.0, wanted - none) / answerable if answerable else 0.0


def _learnt_from(memory: Sequence[Proposal], index: Sequence[Proposal], hybrid: Sequence[Proposal]) -> list[Proposal]:
    """The leading candidates of each source, with all that is known of them."""
    leading = {p.image_id for p in (*memory[:_LEARNT_PER_SOURCE], *index[:_LEARNT_PER_SOURCE])}
    return [p for p in hybrid if p.image_id in leading]


def choose_threshold(scored: Sequence[Scored], *, max_error: float, n_none: int = 0) -> Threshold:
    """A threshold at which the upper confidence bound of the error among what is answered is at most `max_error`: of those
    the one with the most right minus wrong answers, the highest where several have that.

    The bound keeps a small sample honest: with `max_error` = 0.05 at least 31 answered queries are needed, all of them
    right, and of 100 answered at most two may be wrong. Where no threshold reaches that, the threshold is set above every
    wrong answer seen, and not below the one set by hand; the statement says so.
    """
    ordered = sorted(((item.score, item) for item in scored if item.score is not None), key=lambda pair: -pair[0])
    n, again = sum(not item.again for item in scored), sum(item.again for item in scored)
    best: Threshold | None = None
    most = -math.inf
    answered = wrong = 0
    total = squares = mistaken = 0.0
    for place, (score, item) in enumerate(ordered):
        answered += not item.again
        wrong += not item.again and not item.right
        total, squares = total + item.weight, squares + item.weight**2
        mistaken += item.weight * (not item.right)
        if place + 1 < len(ordered) and ordered[place + 1][0] == score:
            continue  # tied answers stand or fall together
        bound = upper_bound(mistaken / total, total**2 / squares)
        if bound <= max_error and total - 2 * mistaken > most:
            most = total - 2 * mistaken
            best = Threshold(score, _BY_BOUND, n, n_none, answered, wrong, again, round(bound, 6))
    if best is not None:
        return best
    highest_wrong = max((score for score, item in ordered if not item.right), default=0.0)
    value = max(math.nextafter(highest_wrong, math.inf), UNCALIBRATED_THRESHOLD)
    answered = sum(score >= value and not item.again for score, item in ordered)
    return Threshold(value, _TOO_FEW, n, n_none, answered, 0, again)


def upper_bound(share: float, answered: float) -> float:
    """One-sided upper confidence bound of an error share seen in `answered` answers (Clopper and Pearson 1934); weighted
    answers count by their effective number (Kish 1965, section 8.2), which need not be whole."""
    wrong = share * answered
    return 1.0 if answered - wrong <= 0 else float(betaincinv(wrong + 1, answered - wrong, CONFIDENCE))


def halves(queries: Sequence[QueryCase], *, seed: int) -> tuple[tuple[QueryCase, ...], tuple[QueryCase, ...]]:
    """(development, test): a split by the query's own hash, queries that mean none and others split evenly each."""
    development: list[QueryCase] = []
    test: list[QueryCase] = []
    for wants_none in (False, True):
        chosen = [case for case in queries if (not case.relevant) is wants_none]
        for place, case in enumerate(sorted(chosen, key=lambda case: _order(case.query, seed))):
            (test if place % 2 else development).append(case)
    return tuple(development), tuple(test)


class _Confirmations:
    """Each (query, image, origin) is confirmed once per calibration: the file is hashed for every one of them."""

    def __init__(self, recaller: Recaller, moment: Moment) -> None:
        self._recaller = recaller
        self._moment = moment
        self._known: dict[tuple[str, str, str], bool] = {}

    def __call__(self, query: str, candidate: Candidate) -> bool:
        key = (query, candidate.image_id, candidate.origin.value)
        if key not in self._known:
            verdict = self._recaller.confirm(query, candidate, self._moment)
            self._known[key] = isinstance(verdict, Confirmed)
        return self._known[key]


def _first_showable(asked: _Asked, candidates: Sequence[Candidate], sure: _Confirmations) -> Scored:
    again = bool(asked.without)
    for candidate in candidates:
        if sure(asked.case.query, candidate):
            return Scored(candidate.probability, candidate.image_id in asked.case.relevant, asked.weight, again)
    return Scored(None, False, asked.weight, again)


def _folds(queries: Sequence[str], seed: int) -> list[int]:
    order = sorted(range(len(queries)), key=lambda number: _order(queries[number], seed))
    folds = [0] * len(queries)
    for place, number in enumerate(order):
        folds[number] = place % _FOLDS
    return folds


def _order(query: str, seed: int) -> str:
    return digest([seed, normalise(query)])
