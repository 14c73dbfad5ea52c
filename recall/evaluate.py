"""A pilot's evaluation: memory alone, index alone, both, and the search in use today, on the same queries.

Ranking quality before confirmation is what would have been shown without it: measured, never shown. Safety is counted
by looking at every shown result again with other eyes than those of `recall.confirm`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from audit.standing import StandingBook, StandingState
from curate.ngrams import BM25, normalise
from curate.progress import Progress, silent
from recall.agreement import Metadata
from recall.answer import Recaller
from recall.confirm import Live, Origin
from recall.measures import Answered, Measures, measure
from recall.queries import PresentAnswer, QueryCase
from recall.result import Hit, RecallResult
from recall.scoring import Mode, Threshold
from recall.trust import Judged, trust_document
from recall.verdicts import SafetyCounts, judge

TOP_K = 10  # results asked for, as hit@10 needs
UPDATE_KIND = "full retrain"


@dataclass(frozen=True, slots=True)
class _System:
    """One system's answers to all queries."""

    answered: tuple[Answered, ...]
    unconfirmed: tuple[Answered, ...] | None  # what it would have shown without confirmation

    def measured(self, seed: int) -> Measures:
        return measure(self.answered, seed=seed)

    def to_document(self, seed: int) -> dict[str, Any]:
        document = self.measured(seed).to_document()
        if self.unconfirmed is not None:
            for name, part in (("before_confirmation", self.unconfirmed), ("after_confirmation", self.answered)):
                found = measure(part, seed=seed)
                document[name] = {
                    "hit_at_1": found.hit_at_1.to_document(),
                    "error_among_answered": found.error_among_answered.to_document(),
                }
        return document


def evaluate(
    recaller: Recaller,
    cases: Sequence[QueryCase],
    thresholds: Mapping[str, Any],
    *,
    fresh_book: Callable[[], StandingBook],
    update_seconds: float | None,
    seed: int,
    present: Mapping[str, PresentAnswer] | None = None,
    lexical_documents: Sequence[tuple[str, str]] = (),
    progress: Progress = silent,
) -> dict[str, Any]:
    """The evaluation document of interfaces.md.

    The right answer depends on what a system can hold. For memory alone, a query whose images are not memorized (or no
    longer cleared) has the right answer none; for the index and for both together, one whose images may not be shown.
    The present search is judged by the answers as given.

    `fresh_book` computes standing from the ledger for the recheck of safety; `present` is by normalised query;
    `lexical_documents` (image id, text) adds the BM25 baseline, which cannot say none. Latency is wall-clock time per
    query at batch size 1, after one query that is not counted.
    """
    if not cases:
        raise ValueError("expected at least one query")
    systems: dict[str, _System] = {}
    shown: list[RecallResult] = []
    stopped = 0
    for mode in Mode:
        recaller.answer(cases[0].query, TOP_K, mode)
        results = []
        for done, case in enumerate(cases, start=1):
            results.append(recaller.answer(case.query, TOP_K, mode))
            progress(f"ask {mode.value}", done, len(cases))
        held = _held_by(recaller, mode, recaller.sources.standings())
        systems[mode.value] = _System(
            tuple(_answered(r, _shown(r), c, held) for r, c in zip(results, cases, strict=True)),
            tuple(_answered(r, r.proposed, c, held) for r, c in zip(results, cases, strict=True)),
        )
        shown += results
        if mode is Mode.HYBRID:
            stopped = sum(item.contradicted for result in results for item in result.withheld)
    if present is not None:
        systems["present"] = _present(present, cases)
    if lexical_documents:
        systems["bm25"] = _bm25(lexical_documents, cases, _held_by(recaller, Mode.HYBRID, recaller.sources.standings()))
    safety = recheck(recaller, shown, fresh_book(), stopped)
    memory = recaller.sources.memory
    unsafe = any(result.unsafe for result in shown) or (memory is not None and memory.unsafe)
    verdicts = judge(
        systems[Mode.HYBRID.value].measured(seed),
        thresholds,
        update_seconds=update_seconds,
        safety=safety,
        unsafe=unsafe,
        present=systems["present"].measured(seed) if "present" in systems else None,
    )
    return {
        "version": 1,
        "queries": len(cases),
        "none_queries": sum(not case.relevant for case in cases),
        "bootstrap_seed": seed,
        "calibration": recaller.calibration.to_statement(),
        "trust": _trust(recaller, cases),
        "systems": {name: system.to_document(seed) for name, system in systems.items()},
        "present_without_results": _missing(present, cases),
        "update_cost": {"seconds": update_seconds, "kind": UPDATE_KIND},
        "safety": safety.to_document(),
        "verdicts": {name: judgement.to_document() for name, judgement in verdicts.items()},
        "unsafe": unsafe,
    }


def recheck(recaller: Recaller, results: Sequence[RecallResult], book: StandingBook, stopped: int) -> SafetyCounts:
    """Every shown result looked at again: standing at `book`, manifest, file, and what its confirmation says."""
    recaller.sources.catalogue.lexicon()  # the files and rows as they are now, not as of some earlier answer
    memory = recaller.sources.memory
    pairs = {(entry.identifier, entry.image_id) for entry in (memory.entries if memory is not None else ())}
    unconfirmed = withdrawn = 0
    for hit in (hit for result in results for hit in result.results):
        standing = book.of(hit.image_id)
        withdrawn += standing.state is StandingState.WITHDRAWN
        if hit.origin is Origin.MEMORY:
            admitted = standing.state is StandingState.CLEARED and (hit.identifier, hit.image_id) in pairs
        else:
            admitted = standing.may_be_shown
        unconfirmed += not (admitted and _file_is_the_image(recaller, hit) and _says_confirmed(hit))
    return SafetyCounts(unconfirmed, withdrawn, stopped)


def _file_is_the_image(recaller: Recaller, hit: Hit) -> bool:
    return isinstance(recaller.sources.catalogue.look(hit.image_id, (hit.file_name,)), Live)


def _says_confirmed(hit: Hit) -> bool:
    confirmation = hit.confirmation
    return (
        confirmation.digest
        and confirmation.metadata is not Metadata.CONTRADICT
        and confirmation.manifest is (hit.origin is Origin.MEMORY)
    )


def _trust(recaller: Recaller, cases: Sequence[QueryCase]) -> dict[str, Any]:
    """How far the hybrid's probabilities may be trusted: every query answered without a threshold, for measuring only."""
    calibration = recaller.calibration
    without = recaller.with_calibration(replace(calibration, hybrid=Threshold(0.0, "none, for measuring")))
    held = _held_by(recaller, Mode.HYBRID, recaller.sources.standings())
    judged = []
    for case in cases:
        hits = without.answer(case.query, 1).results
        known = recaller.propose(case.query, Mode.MEMORY, depth=1)
        relevant = case.relevant & held
        judged.append(
            Judged(
                probability=hits[0].probability if hits else None,
                right=bool(hits) and hits[0].image_id in relevant,
                answerable=bool(relevant),
                sequence=known[0].evidence.log_probability if known else None,
            )
        )
    return trust_document(judged, threshold=calibration.hybrid.value, max_error=calibration.max_error)


def _held_by(recaller: Recaller, mode: Mode, book: StandingBook) -> frozenset[str]:
    """The images that a mode can answer with at the moment of `book`."""
    memory = recaller.sources.memory
    entries = memory.entries if memory is not None and mode is not Mode.INDEX else ()
    held = {entry.image_id for entry in entries if book.of(entry.image_id).state is StandingState.CLEARED}
    if mode is not Mode.MEMORY:
        images = recaller.sources.index().images
        held |= {image.image_id for image in images if book.of(image.image_id).may_be_shown}
    return frozenset(held)


def _shown(result: RecallResult) -> tuple[str, ...]:
    return tuple(hit.image_id for hit in result.results)


def _answered(result: RecallResult, images: tuple[str, ...], case: QueryCase, held: frozenset[str]) -> Answered:
    return Answered(images, case.relevant & held, result.latency_ms)


def _present(present: Mapping[str, PresentAnswer], cases: Sequence[QueryCase]) -> _System:
    nothing = PresentAnswer((), None)
    answers = [present.get(normalise(case.query), nothing) for case in cases]
    return _System(
        tuple(Answered(a.images[:TOP_K], case.relevant, a.latency_ms) for a, case in zip(answers, cases, strict=True)),
        None,
    )


def _missing(present: Mapping[str, PresentAnswer] | None, cases: Sequence[QueryCase]) -> int | None:
    """Queries for which the present search's file has no line; they count as not answered."""
    return None if present is None else sum(normalise(case.query) not in present for case in cases)


def _bm25(documents: Sequence[tuple[str, str]], cases: Sequence[QueryCase], held: frozenset[str]) -> _System:
    ranker = BM25.fit([text for _, text in documents])
    answered = []
    for case in cases:
        started = perf_counter()
        found = ranker.search(case.query, TOP_K)
        spent = (perf_counter() - started) * 1000
        answered.append(Answered(tuple(documents[row][0] for row, _ in found), case.relevant & held, spent))
    return _System(tuple(answered), None)
