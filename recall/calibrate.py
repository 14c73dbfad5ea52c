"""When to say none: weights and thresholds from the development half of the held-out queries.

The other half is for `recall.evaluate` and is never looked at here. Weights are fitted with one fold of the queries
left out in turn; the threshold is set on those left-out scores, so that it is not flattered by its own fit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from curate.canonical import digest
from curate.ngrams import normalise
from recall.answer import Moment, Recaller
from recall.confirm import Candidate, Confirmed
from recall.propose import Proposal, weigh
from recall.queries import QueryCase
from recall.scoring import UNCALIBRATED_THRESHOLD, Calibration, Mode, Threshold, fit_weights, uncalibrated

_FOLDS = 5
_BY_ERROR = "most right minus wrong where (wrong + 1) / (answered + 1) <= max_error, scores out of fold"
_TOO_FEW = "too few development queries for max_error: above every wrong answer seen"
_LEARNT_PER_SOURCE = 3  # candidates of each source and query that the weights learn from


@dataclass(frozen=True, slots=True)
class Scored:
    """The answer one development query would get without a threshold. `score` is None when nothing can be shown."""

    score: float | None
    right: bool


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
    moment = recaller.moment()
    offered = {mode: [recaller.propose(case.query, mode) for case in cases] for mode in Mode}
    lessons = [
        [(p.evidence, p.image_id in case.relevant) for p in _learnt_from(m, i, h)]
        for case, m, i, h in zip(cases, *(offered[mode] for mode in Mode), strict=True)
    ]
    folds = _folds([case.query for case in cases], seed)
    left_out = [
        replace(start, weights=fit_weights([x for n, given in enumerate(lessons) if folds[n] != fold for x in given]))
        for fold in range(_FOLDS)
    ]
    sure = _Confirmations(recaller, moment)
    n_none = sum(not case.relevant for case in cases)
    thresholds = {}
    for mode in Mode:
        scored = [
            _first_showable(case, weigh(proposals, left_out[folds[number]], mode), sure)
            for number, (case, proposals) in enumerate(zip(cases, offered[mode], strict=True))
        ]
        thresholds[mode.value] = choose_threshold(scored, max_error=max_error, n_none=n_none)
    weights = fit_weights([example for given in lessons for example in given])
    return Calibration(manifest_sha256, max_error, weights, **thresholds)


def _learnt_from(memory: Sequence[Proposal], index: Sequence[Proposal], hybrid: Sequence[Proposal]) -> list[Proposal]:
    """The leading candidates of each source, with all that is known of them."""
    leading = {p.image_id for p in (*memory[:_LEARNT_PER_SOURCE], *index[:_LEARNT_PER_SOURCE])}
    return [p for p in hybrid if p.image_id in leading]


def choose_threshold(scored: Sequence[Scored], *, max_error: float, n_none: int = 0) -> Threshold:
    """A threshold at which (wrong + 1) / (answered + 1) is at most `max_error`: of those the one with the most right
    minus wrong answers, the highest where several have that.

    The added one keeps a small sample honest: with `max_error` = 0.05 at least 19 answered queries are needed, all of
    them right. Where no threshold reaches that, the threshold is set above every wrong answer seen, and not below the
    one set by hand; the statement says so.
    """
    ordered = sorted((item.score, item.right) for item in scored if item.score is not None)
    answered, wrong = len(ordered), sum(not right for _, right in ordered)
    best: Threshold | None = None
    for place, (score, right) in enumerate(ordered):
        tied = place > 0 and ordered[place - 1][0] == score
        keeps_error = (wrong + 1) / (answered + 1) <= max_error
        if keeps_error and not tied and (best is None or answered - 2 * wrong >= best.answered - 2 * best.wrong):
            best = Threshold(score, _BY_ERROR, len(scored), n_none, answered, wrong)
        answered -= 1
        wrong -= not right
    if best is not None:
        return best
    highest_wrong = max((score for score, right in ordered if not right), default=0.0)
    value = max(math.nextafter(highest_wrong, math.inf), UNCALIBRATED_THRESHOLD)
    answered = sum(score >= value for score, _ in ordered)
    return Threshold(value, _TOO_FEW, len(scored), n_none, answered, 0)


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


def _first_showable(case: QueryCase, candidates: Sequence[Candidate], sure: _Confirmations) -> Scored:
    for candidate in candidates:
        if sure(case.query, candidate):
            return Scored(candidate.probability, candidate.image_id in case.relevant)
    return Scored(None, False)


def _folds(queries: Sequence[str], seed: int) -> list[int]:
    order = sorted(range(len(queries)), key=lambda number: _order(queries[number], seed))
    folds = [0] * len(queries)
    for place, number in enumerate(order):
        folds[number] = place % _FOLDS
    return folds


def _order(query: str, seed: int) -> str:
    return digest([seed, normalise(query)])
