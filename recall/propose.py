"""What memory and index propose for a query, with the evidence for each, and how the two are merged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from audit.standing import StandingBook, StandingState
from curate.ngrams import NgramSpace
from recall.confirm import Candidate, Origin
from recall.decode import rank
from recall.index import ExternalIndex
from recall.scoring import LOWEST_LOG_PROBABILITY, Calibration, Evidence, Mode
from recall.trie import Bools

DEPTH = 20  # candidates of each source, at least


class Scorer(Protocol):
    """The model's side (`train.memory.Memory`): text only, no picture at query time."""

    def score(self, queries: Sequence[str], live: Bools) -> NDArray[np.floating]:
        """[queries, identifiers] log-probabilities, in the order of the manifest; -inf for what was not reached.

        `live` [identifiers] says which may be reached at all; what a model knows of the others still takes its share.
        """
        ...


class Speaker(Protocol):
    """A model that was taught to speak of its images (`train.memory.Memory`)."""

    def describe(self, number: int, question: str, language: str) -> str:
        """Generated text about identifier `number`, from the identifier alone."""
        ...


class RememberedImage(Protocol):
    """The part of `train.manifest.ManifestEntry` that answering needs."""

    @property
    def identifier(self) -> str: ...
    @property
    def image_id(self) -> str: ...
    @property
    def file_names(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, eq=False)
class Remembered:
    """A trained model: its scorer and its verified manifest. `unsafe`: made without named approvals. `speaker`: None where
    the model only names images."""

    scorer: Scorer
    entries: Sequence[RememberedImage]
    manifest_sha256: str
    unsafe: bool
    speaker: Speaker | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate before it is weighed."""

    image_id: str
    identifier: str | None
    file_names: tuple[str, ...]
    evidence: Evidence

    def weighed(self, probability: float) -> Candidate:
        return Candidate(self.image_id, self.identifier, self.evidence.origin, self.file_names, probability)


class Proposer:
    """Knows which identifiers are live: those whose image is cleared at the moment asked."""

    def __init__(self, entries: Sequence[RememberedImage]) -> None:
        self._entries = entries
        self._number_of = {entry.image_id: number for number, entry in enumerate(entries)}
        self._live: Bools = np.zeros(len(entries), dtype=np.bool_)
        self._live_of: StandingBook | None = None

    def live(self, book: StandingBook) -> Bools:
        """[identifiers] whether each image is cleared at the moment of `book`."""
        if self._live_of is not book:
            cleared = [book.of(entry.image_id).state is StandingState.CLEARED for entry in self._entries]
            self._live, self._live_of = np.asarray(cleared, dtype=np.bool_), book
        return self._live

    def propose(
        self,
        query: str,
        scores: NDArray[np.floating] | None,
        index: ExternalIndex,
        book: StandingBook,
        mode: Mode,
        depth: int = DEPTH,
        without: Collection[str] = (),
    ) -> tuple[Proposal, ...]:
        """Up to `depth` candidates of each source that `mode` asks, memory first, each source in its own order.

        What the index finds and memory holds too comes from both, so that what memory knows of it counts as well. `scores`
        [identifiers] are the model's log-probabilities, None where the model was not asked. `without` names images that
        neither source is to know, as if they had never been memorized or indexed.
        """
        words = _Words.of_query(index.space, query)
        known = _Known(scores, self.live(book)) if scores is not None and len(scores) else None
        if without:
            words = words.without([row for image in without if (row := index.row_of(image)) is not None])
        if without and known is not None:
            known = known.without([self._number_of[image] for image in without if image in self._number_of])
        proposals = [self._remembered(number, known, index, words) for number in known.best(depth)] if known else []
        if mode is Mode.MEMORY:
            return tuple(proposals)
        there = {proposal.image_id for proposal in proposals}
        order = np.lexsort((np.arange(len(words.cosines)), -words.cosines))[:depth]
        for row in order.tolist():
            image = index.images[row]
            if words.cosines[row] <= 0:
                continue
            number = self._number_of.get(image.image_id)
            if known is not None and number is not None and image.image_id not in there and known.reached(number):
                proposals.append(self._remembered(number, known, index, words))
            evidence = Evidence(Origin.INDEX, 0.0, 0.0, *words.of(row))
            proposals.append(Proposal(image.image_id, None, image.file_names, evidence))
        return tuple(proposals)

    def _remembered(self, number: int, known: _Known, index: ExternalIndex, words: _Words) -> Proposal:
        entry = self._entries[number]
        evidence = Evidence(Origin.MEMORY, *known.of(number), *words.of(index.row_of(entry.image_id)))
        return Proposal(entry.image_id, entry.identifier, entry.file_names, evidence)


class _Known:
    """What the model says of each identifier, and how far each is ahead of the best other one."""

    def __init__(self, scores: NDArray[np.floating], live: Bools) -> None:
        self._scores, self._live = scores, live
        self._ahead = _Leads(np.maximum(scores, LOWEST_LOG_PROBABILITY))

    def without(self, numbers: Sequence[int]) -> _Known:
        """The same model without some identifiers: what it gave them falls to all others alike (Luce's choice axiom)."""
        scores = np.asarray(self._scores, dtype=np.float64).copy()
        gone = float(np.exp(scores[list(numbers)]).sum())
        scores[list(numbers)] = -np.inf
        return _Known(scores - np.log1p(-min(gone, 1 - 1e-9)), self._live)

    def best(self, depth: int) -> list[int]:
        ranked = rank(self._scores[None, :], self._live, depth)[0]
        return [found.identifier for found in ranked if self.reached(found.identifier)]

    def reached(self, number: int) -> bool:
        return bool(self._live[number]) and bool(np.isfinite(self._scores[number]))

    def of(self, number: int) -> tuple[float, float]:
        return min(float(self._scores[number]), 0.0), self._ahead.of(number)


def weigh(proposals: Sequence[Proposal], calibration: Calibration, mode: Mode) -> tuple[Candidate, ...]:
    """Candidates in the order of the answer, each image once: one source keeps its own order, two are merged by
    probability, and an image that both propose goes by the one that is surer of it."""
    candidates = [proposal.weighed(calibration.weights.probability(proposal.evidence)) for proposal in proposals]
    if mode is Mode.HYBRID:
        candidates.sort(key=lambda candidate: -candidate.probability)  # stable: ties keep memory first
    once: dict[str, Candidate] = {}
    for candidate in candidates:
        once.setdefault(candidate.image_id, candidate)
    return tuple(once.values())


class _Words:
    """What the index's words say for each of its rows."""

    def __init__(
        self, cosines: NDArray[np.floating], covered: NDArray[np.floating], covered_words: NDArray[np.floating]
    ) -> None:
        self.cosines = cosines
        self._covered, self._covered_words = covered, covered_words
        self._ahead, self._words_ahead = _Leads(cosines), _Leads(covered_words)

    @classmethod
    def of_query(cls, space: NgramSpace, query: str) -> _Words:
        return cls(space.scores(query), space.coverage(query), space.word_coverage(query))

    def without(self, rows: Sequence[int]) -> _Words:
        kept = np.ones(len(self.cosines), dtype=np.float32)
        kept[list(rows)] = 0.0
        return _Words(self.cosines * kept, self._covered * kept, self._covered_words * kept)

    def of(self, row: int | None) -> tuple[float, float, float, float, float]:
        """The lexical part of `Evidence`, in its order; all 0 for an image that the index does not hold."""
        if row is None:
            return (0.0, 0.0, 0.0, 0.0, 0.0)
        return (
            float(self.cosines[row]),
            self._ahead.of(row),
            float(self._covered[row]),
            float(self._covered_words[row]),
            self._words_ahead.of(row),
        )


class _Leads:
    """How far each of `values` is ahead of the best other one."""

    def __init__(self, values: NDArray[np.floating]) -> None:
        self._values = values
        self._best = int(np.argmax(values)) if len(values) else 0
        self._second = float(np.partition(values, -2)[-2]) if len(values) > 1 else None

    def of(self, place: int) -> float:
        """Negative behind the best; 0 when there is no other."""
        if self._second is None:
            return 0.0
        other = self._second if place == self._best else float(self._values[self._best])
        return float(self._values[place]) - other
