"""One question, one answer: the memory proposes, the index completes, everything shown was confirmed, or it is none.

query -> propose (live identifiers of the trie, n-grams of the index) -> weigh -> confirm -> show, or none
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from audit.standing import StandingBook
from curate.errors import ExitCode, ImprimaturError
from curate.record import ImageRecord
from recall.asked import Asked, Lexicon, read_query, respelled
from recall.confirm import Candidate, Catalogue, Confirmed, Confirmer, Withheld
from recall.index import ExternalIndex
from recall.propose import DEPTH, Proposal, Proposer, weigh
from recall.propose import Remembered as Remembered
from recall.result import Hit as Hit
from recall.result import RecallResult as RecallResult
from recall.scoring import Calibration, Mode

LONGEST_QUERY = 1000  # characters
MOST_WITHHELD = 20  # contradicted or fallen candidates passed over before the search for a showable one ends
ALTERNATIVE_SHARE = 0.05  # of the best probability: what is less likely is no help as an alternative


class QueryRefusedError(ImprimaturError):
    """A query that cannot be asked."""

    code = "IMP-E502"
    exit_code = ExitCode.USAGE


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
    `clock` returns aware times; `keeps` are the conditions of approvals that are kept where answers are shown.
    """

    memory: Remembered | None
    index: Callable[[], ExternalIndex]
    catalogue: Catalogue
    standings: Callable[[], StandingBook]
    recorded: Callable[[int], ImageRecord | None]
    clock: Callable[[], datetime]
    keeps: frozenset[str] = frozenset()


class Recaller:
    """Answers queries from `sources`; `calibration` says from which probability on."""

    def __init__(self, sources: Sources, calibration: Calibration) -> None:
        self.sources = sources
        self.calibration = calibration
        entries = sources.memory.entries if sources.memory is not None else ()
        self._proposer = Proposer(entries)
        identifiers = {entry.identifier: entry.image_id for entry in entries}
        self._confirmer = Confirmer(identifiers, sources.catalogue, sources.recorded, sources.keeps)

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
        (words,) = self._words([query], moment.lexicon)
        scores = self._scores([words], mode, moment.book)
        return self._answered(query, words, scores[0], moment, top_k, mode, started)

    def answer_many(self, queries: Sequence[str], top_k: int = 5, mode: Mode = Mode.HYBRID) -> tuple[RecallResult, ...]:
        """Answers of several queries, the model asked once for all of them and its time shared out evenly.

        Raises:
            QueryRefusedError: one of them cannot be asked.
        """
        started = perf_counter()
        moment = self.moment()
        words = self._words(queries, moment.lexicon)
        scores = self._scores(words, mode, moment.book)
        shared = (perf_counter() - started) / max(len(queries), 1)
        return tuple(
            self._answered(query, said, row, moment, top_k, mode, perf_counter() - shared)
            for query, said, row in zip(queries, words, scores, strict=True)
        )

    def moment(self) -> Moment:
        """Standing, time and names of the catalogue, as of now."""
        return Moment(self.sources.standings(), self.sources.clock(), self.sources.catalogue.lexicon())

    def propose(
        self, query: str, mode: Mode = Mode.HYBRID, *, depth: int = DEPTH, without: Collection[str] = ()
    ) -> tuple[Proposal, ...]:
        """The candidates of a query, unweighed and unconfirmed: what calibration learns from; `without` some images, as
        if neither memory nor index had ever known them.

        Raises:
            QueryRefusedError: the query cannot be asked.
        """
        (words,) = self._words([query], self.sources.catalogue.lexicon())
        scores = self._scores([words], mode, book := self.sources.standings())[0]
        return self._proposer.propose(words, scores, self.sources.index(), book, mode, depth, without)

    def confirm(self, query: str, candidate: Candidate, moment: Moment) -> Confirmed | Withheld:
        """The confirmation of one candidate for `query`."""
        return self._confirm(candidate, read_query(query, moment.lexicon), moment)

    def _confirm(self, candidate: Candidate, asked: Asked, moment: Moment) -> Confirmed | Withheld:
        return self._confirmer.confirm(candidate, asked, moment.lexicon, moment.book, moment.now)

    def _words(self, queries: Sequence[str], lexicon: Lexicon) -> list[str]:
        """The queries as memory and index are asked them."""
        for query in queries:
            if not query.strip() or len(query) > LONGEST_QUERY:
                found = "an empty one" if not query.strip() else f"{len(query)} characters"
                raise QueryRefusedError(
                    f"Expected a query of 1 to {LONGEST_QUERY} characters, found {found}.",
                    hint='imprimatur recall "hexagon bolt M8"',
                )
        return [respelled(query, lexicon) for query in queries]

    def _scores(self, queries: Sequence[str], mode: Mode, book: StandingBook) -> Sequence[NDArray[np.floating] | None]:
        memory = self.sources.memory
        if memory is None or mode is Mode.INDEX or not memory.entries or not queries:
            return [None] * len(queries)
        return list(memory.scorer.score(queries, self._proposer.live(book)))

    def _answered(
        self,
        query: str,
        words: str,
        scores: NDArray[np.floating] | None,
        moment: Moment,
        top_k: int,
        mode: Mode,
        started: float,
    ) -> RecallResult:
        depth = max(DEPTH, 2 * top_k + MOST_WITHHELD)
        proposals = self._proposer.propose(words, scores, self.sources.index(), moment.book, mode, depth)
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
                item.conditions,
                item.credit,
            )
            for place, item in enumerate(shown, start=1)
        )
        memory = self.sources.memory
        unsafe = any(item.unsafe for item in shown) or (memory is not None and memory.unsafe)
        proposed = tuple(_unconfirmed(candidates, threshold, top_k))
        return RecallResult(query, hits, tuple(withheld), (perf_counter() - started) * 1000, unsafe, proposed)


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
