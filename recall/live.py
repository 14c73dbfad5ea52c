"""What may change between two answers, kept as long as it cannot have changed and not a moment longer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from audit.ledger import EntryKind, LedgerEntry
from audit.live_standing import LiveStanding as LiveStanding
from audit.standing import StandingBook
from curate.record import ImageRecord
from recall.index import ExternalIndex, build_index, open_index, source_digest


class ReadableLedger(Protocol):
    """What an index asks of `audit.ledger_reading.LedgerReader`."""

    @property
    def workspace_id(self) -> str: ...
    @property
    def size(self) -> int: ...
    def root(self) -> bytes: ...
    def entries(self, kind: EntryKind | None = None, *, start: int = 0) -> Iterator[LedgerEntry]: ...


class LiveIndex:
    """The external index in `folder`, built again when the ledger has moved."""

    def __init__(
        self,
        folder: Path,
        ledger: ReadableLedger,
        book: Callable[[], StandingBook],
        records: Callable[[], Iterable[ImageRecord]],
        held_out: frozenset[str],
    ) -> None:
        """`records` gives all recorded images; `held_out` the normalised queries of the plan, which stay out."""
        self._folder = folder
        self._ledger = ledger
        self._book = book
        self._records = records
        self._held_out = held_out
        self._index: ExternalIndex | None = None

    def __call__(self) -> ExternalIndex:
        source = source_digest(self._ledger.root(), self._held_out)
        if self._index is None or self._index.source != source:
            self._index = open_index(self._folder, source, lambda: self._build(source))
        return self._index

    def _build(self, source: str) -> ExternalIndex:
        return build_index(self._records(), self._book(), source=source, held_out=self._held_out)
