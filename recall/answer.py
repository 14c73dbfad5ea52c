"""One question, one answer: the memory proposes, the index completes, everything shown was confirmed, or it is none.

    query -> propose (live identifiers of the trie, n-grams of the index) -> weigh -> confirm -> show, or none
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from audit.standing import StandingBook, StandingState
from curate.errors import ExitCode, ImprimaturError
from curate.record import ImageRecord
from recall.asked import Asked, Lexicon, read_query
from recall.confirm import Candidate, Catalogue, Confirmation, Confirmed, Confirmer, Origin, Withheld
from recall.decode import rank
from recall.index import ExternalIndex
from recall.scoring import Calibration, Evidence, Mode
from recall.trie import Trie

LONGEST_QUERY = 1000  # characters
DEPTH = 20  # candidates that each source proposes, at least
MOST_WITHHELD = 20  # contradicted or fallen candidates passed over before the search for a showable one ends
ALTERNATIVE_SHARE = 0.05  # of the best probability: what is less likely is no help as an alternative


class QueryRefusedError(ImprimaturError):
    """A query that cannot be asked."""

    code = "IMP-E502"
    exit_code = ExitCode.USAGE


class Scorer(Protocol):
    """The model's side (`train.memory.Memory`): text only, no picture at query time."""

    def score(self, queries: Sequence[str]) -> NDArray[np.floating]:
        """[queries, identifiers] log-probabilities, in the order of the manifest."""
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
    """A trained model: its scorer and its verified manifest. `unsafe`: made without named approvals."""

    scorer: Scorer
    entries: Sequence[RememberedImage]
    manifest_sha256: str
    unsafe: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A result that is shown. `rank` from 1; `probability` in [0, 1] that it is a right answer."""

    rank: int
    image_id: str
    identifier: str | None
    file_name: str
    probability: float
    origin: Origin
    confirmation: Confirmation

    def to_document(self) -> dict[str, Any]:
        return {
            "rank": self.rank,
            "image_id": self.image_id,
            "identifier": self.identifier,
            "file_name": self.file_name,
            "probability": round(self.probability, 6),
            "origin": self.origin.value,
            "confirmation": {
                "manifest": self.confirmation.manifest,
                "standing": self.confirmation.standing,
                "digest": self.confirmation.digest,
                "metadata": self.confirmation.metadata.value,
                "ledger_index": self.confirmation.ledger_index,
            },
        }


@dataclass(frozen=True, slots=True)
class RecallResult:
    """The answer. `proposed` are the image ids that would have stood there without confirmation: for measuring only."""

    query: str
    results: tuple[Hit, ...]
    withheld: tuple[Withheld, ...]
    latency_ms: float
    unsafe: bool
    proposed: tuple[str, ...]

    @property
    def status(self) -> str:
        """`confirmed` with at least one result, else `none`."""
        return "confirmed" if self.results else "none"

    def to_document(self) -> dict[str, Any]:
        """The answer as interfaces.md spells it, with what was withheld and why."""
        return {
            "query": self.query,
            "status": self.status,
            "results": [hit.to_document() for hit in self.results],
            "withheld": [item.to_document() for item in self.withheld],
            "latency_ms": round(self.latency_ms, 3),
            "unsafe": self.unsafe,
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate before it is weighed."""

    image_id: str
    identifier: str | None
    file_names: tuple[str, ...]
    evidence: Evidence

    def weighed(self, probability: float) -> Candidate:
        return Candidate(self.image_id, self.identifier, self.evidence.origin, self.file_names, probability)


@dataclass(frozen=True, slots=True)
class Moment:
    """What an answer is confirmed against: one standing, one clock reading, one state of the catalogue's names."""

    book: StandingBook
    now: datetime
    lexicon: Lexicon


@dataclass(frozen=True, eq=False)
class Sources:
    """Where answers come from. The callables are asked anew for each answer, so a withdrawal works on the next one.

    `memory` is None before anything was trained; `index` gives the index as of now; `recorded` is `RecordedFacts.of`;
    `clock` returns aware times.
    """

    memory: Remembered | None
    index: Callable[[], ExternalIndex]
    catalogue: Catalogue
    standings: Callable[[], StandingBook]
    recorded: Callable[[int], ImageRecord | None]
    clock: Callable[[], datetime]


class Recaller:
    """Answers queries from `sources`; `calibration` says from which probability on."""

    def __init__(self, sources: Sources, calibration: Calibration) -> None:
        self.sources = sources
        self.calibration = calibration
        self._entries = sources.memory.entries if sources.memory is not None else ()
        self._trie = Trie((number,) for number in range(len(self._entries)))
        self._live_of: StandingBook | None = None
        identifiers = {entry.identifier: entry.image_id for entry in self._entries}
        self._confirmer = Confirmer(identifiers, sources.catalogue, sources.recorded)

    def with_calibration(self, calibration: Calibration) -> Recaller:
        """The same sources under another calibration."""
        return Recaller(self.sources, calibration)

    def answer(self, query: str, top_k: int = 5, mode: Mode = Mode.HYBRID) -> RecallResult:
        """The confirmed images for `query`, best first, or none.

        Raises:
            QueryRefusedError: an empty query, or one of more than 1,000 characters.
        """
        started = perf_counter()
        moment = self.moment()
        scores = self._scores([query], mode)
        return self._answered(query, scores[0], moment, top_k, mode, started)

    def answer_many(self, queries: Sequence[str], top_k: int = 5, mode: Mode = Mode.HYBRID) -> tuple[RecallResult, ...]:
        """Answers of several queries, the model asked once for all of them and its time shared out evenly.

        Raises:
            QueryRefusedError: one of them cannot be asked.
        """
        started = perf_counter()
        moment = self.moment()
        scores = self._scores(queries, mode)
        shared = (perf_counter() - started) / max(len(queries), 1)
        return tuple(
            self._answered(query, row, moment, top_k, mode, perf_counter() - shared)
            for query, row in zip(queries, scores, strict=True)
        )

    def moment(self) -> Moment:
        """Standing, time and names of the catalogue, as of now."""
        return Moment(self.sources.standings(), self.sources.clock(), self.sources.catalogue.lexicon())

    def propose(self, query: str, mode: Mode = Mode.HYBRID, *, depth: int = DEPTH) -> tuple[Proposal, ...]:
        """The candidates of a query, unweighed and unconfirmed: what calibration learns from.

        Raises:
            QueryRefusedError: the query cannot be asked.
        """
        return self._proposals(query, self._scores([query], mode)[0], self.sources.standings(), mode, depth)

    def confirm(self, query: str, candidate: Candidate, moment: Moment) -> Confirmed | Withheld:
        """The confirmation of one candidate for `query`."""
        return self._confirm(candidate, read_query(query, moment.lexicon), moment)

    def _confirm(self, candidate: Candidate, asked: Asked, moment: Moment) -> Confirmed | Withheld:
        return self._confirmer.confirm(candidate, asked, moment.lexicon, moment.book, moment.now)

    def _scores(self, queries: Sequence[str], mode: Mode) -> Sequence[NDArray[np.floating] | None]:
        for query in queries:
            if not query.strip() or len(query) > LONGEST_QUERY:
                found = "an empty one" if not query.strip() else f"{len(query)} characters"
                raise QueryRefusedError(
                    f"Expected a query of 1 to {LONGEST_QUERY} characters, found {found}.",
                    hint='imprimatur recall "hexagon bolt M8"',
                )
        memory = self.sources.memory
        if memory is None or mode is Mode.INDEX or not memory.entries or not queries:
            return [None] * len(queries)
        return list(memory.scorer.score(queries))

    def _answered(
        self,
        query: str,
        scores: NDArray[np.floating] | None,
        moment: Moment,
        top_k: int,
        mode: Mode,
        started: float,
    ) -> RecallResult:
        proposals = self._proposals(query, scores, moment.book, mode, max(DEPTH, 2 * top_k + MOST_WITHHELD))
        candidates = weigh(proposals, self.calibration, mode)
        threshold = self.calibration.threshold(mode).value
        asked = read_query(query, moment.lexicon)
        shown: list[Confirmed] = []
        withheld: list[Withheld] = []
        for candidate in candidates:
            first = shown[0].candidate.probability if shown else None
            if not _worth_showing(candidate.probability, first, threshold):
                break
            verdict = self._confirm(candidate, asked, moment)
            if isinstance(verdict, Withheld):
                withheld.append(verdict)
            else:
                shown.append(verdict)
            if len(shown) == top_k or len(withheld) == MOST_WITHHELD:
                break
        hits = tuple(
            Hit(
                place,
                item.candidate.image_id,
                item.candidate.identifier,
                item.file_name,
                item.candidate.probability,
                item.candidate.origin,
                item.confirmation,
            )
            for place, item in enumerate(shown, start=1)
        )
        memory = self.sources.memory
        unsafe = any(item.unsafe for item in shown) or (memory is not None and memory.unsafe)
        proposed = tuple(_unconfirmed(candidates, threshold, top_k))
        return RecallResult(query, hits, tuple(withheld), (perf_counter() - started) * 1000, unsafe, proposed)

    def _proposals(
        self, query: str, scores: NDArray[np.floating] | None, book: StandingBook, mode: Mode, depth: int
    ) -> tuple[Proposal, ...]:
        index = self.sources.index()
        cosines = index.space.scores(query)
        proposals = list(self._from_memory(scores, book, index, cosines, depth)) if scores is not None else []
        if mode is Mode.MEMORY:
            return tuple(proposals)
        ahead = _Leads(cosines)
        order = np.lexsort((np.arange(len(cosines)), -cosines))[:depth]
        for row in order.tolist():
            image = index.images[row]
            if cosines[row] > 0:
                lexical = (float(cosines[row]), ahead.of(row))
                evidence = Evidence(Origin.INDEX, 0.0, 0.0, *lexical)
                proposals.append(Proposal(image.image_id, None, image.file_names, evidence))
        return tuple(proposals)

    def _from_memory(
        self,
        scores: NDArray[np.floating],
        book: StandingBook,
        index: ExternalIndex,
        cosines: NDArray[np.floating],
        depth: int,
    ) -> Iterator[Proposal]:
        if self._live_of is not book:
            self._trie.set_live([book.of(entry.image_id).state is StandingState.CLEARED for entry in self._entries])
            self._live_of = book
        ahead, ahead_in_words = _Leads(scores), _Leads(cosines)
        for found in rank(scores[None, :], self._trie.live, depth)[0]:
            entry = self._entries[found.identifier]
            row = index.row_of(entry.image_id)
            evidence = Evidence(
                Origin.MEMORY,
                min(found.log_probability, 0.0),
                ahead.of(found.identifier),
                0.0 if row is None else float(cosines[row]),
                0.0 if row is None else ahead_in_words.of(row),
            )
            yield Proposal(entry.image_id, entry.identifier, entry.file_names, evidence)


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


def _worth_showing(probability: float, first: float | None, threshold: float) -> bool:
    """The first result must reach the threshold; an alternative only a share of the first one's probability."""
    return probability >= (threshold if first is None else first * ALTERNATIVE_SHARE)


def _unconfirmed(candidates: Sequence[Candidate], threshold: float, top_k: int) -> Iterator[str]:
    first: float | None = None
    for candidate in candidates[:top_k]:
        if not _worth_showing(candidate.probability, first, threshold):
            return
        first = candidate.probability if first is None else first
        yield candidate.image_id


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
