"""The read model of the page: every image with its case, kept in memory and brought up to the ledger's head.

What is shown comes from here; what is decided is drafted from here and recorded only on top of exactly the entries read
here. Nothing is ever taken from the board that the ledger could not give again.
"""

from __future__ import annotations

import gc
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from audit.casebook import open_casebook, read_into
from audit.cases import CaseBook
from audit.entry import EntryKind, LedgerEntry
from audit.ledger import Ledger
from audit.review.endings import ends_of
from audit.review.facets import FacetIndex, Selection, in_order
from audit.review.lanes import Case, Lane, case_of
from audit.review.rows import Row, fold, row_of
from audit.reviewers import ReviewerRecord, reviewer_records
from audit.standing import Docket

RECOUNT = timedelta(minutes=10)  # lanes depend on the day too: how long "soon" may be late
FREEZE = 1000  # entries read at once, from which on what was read is set aside from garbage collection

SPOKEN = (EntryKind.APPROVAL, EntryKind.REJECTION, EntryKind.TO_INDEX, EntryKind.INFORMATION_REQUEST)

SORTS: Mapping[str, Callable[[Row, Case], tuple[object, ...]]] = {
    "severity": lambda row, case: (-row.severity_rank, -row.value, row.image_id),
    "value": lambda row, case: (-row.value, row.image_id),
    "oldest": lambda row, case: (case.waiting_since, row.image_id),
    "expiry": lambda row, case: (case.standing.expires_at is None, case.standing.expires_at, row.image_id),
    "name": lambda row, case: (row.file_name or "~", row.image_id),
}
BY_ROW = ("severity", "value", "name")  # orders that what people say does not change


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the queue: rows with their cases, how many there are in all, and the counts of every facet."""

    rows: tuple[tuple[Row, Case], ...]
    total: int
    counts: Mapping[str, Mapping[str, int]]


class Board:
    """Safe for threads. `clock` gives the moment (aware)."""

    def __init__(self, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._lock = threading.RLock()
        self._start_over()

    def _start_over(self) -> None:
        self._held = 0  # blocks in which nothing is read anew
        self._book: CaseBook = open_casebook((), self._clock(), self._ledger.workspace_id)
        self._docket = Docket(self._book)
        self._size = 0
        self._rows: list[Row] = []
        self._cases: list[Case] = []
        self._place: dict[str, int] = {}
        self._touched: dict[str, int] = {}
        self._history: dict[str, list[LedgerEntry]] = {}
        self._people: list[LedgerEntry] = []
        self._reports: list[LedgerEntry] = []
        self._closings: dict[str, LedgerEntry] = {}
        self._runs: list[LedgerEntry] = []
        self._spoken: list[LedgerEntry] = []
        self._manifest: LedgerEntry | None = None
        self._index = FacetIndex()
        self._orders: dict[str, list[int]] = {}
        self._mark: tuple[int, ...] | None = None  # the fingerprint of the ledger when its payloads were last counted
        self._worded = 0  # entries read that have their payload
        self._next: datetime | None = None  # when time alone may change a standing
        self._ahead: datetime | None = None  # the first entry dated after the moment it was read at
        self._counted = self._clock()

    # keeping up

    @contextmanager
    def current(self) -> Iterator[Docket]:
        """The cases as of now, held still: nobody else reads entries into them until the block ends."""
        with self._lock:
            self._keep_up()
            self._held += 1
            try:
                yield self._docket
            finally:
                self._held -= 1

    @property
    def size(self) -> int:
        """Entries read so far: what a draft must be recorded on top of."""
        return self._size

    def _keep_up(self) -> None:
        if self._held:
            return
        self._catch_up()
        self._forget_erased()

    def _catch_up(self) -> None:
        now, size = self._clock(), self._ledger.size
        if self._ahead is not None and now >= self._ahead:
            self._start_over()
        due = (self._next is not None and now >= self._next) or now - self._counted >= RECOUNT
        if size == self._size and not due:
            return
        self._book.moment = now
        new = list(self._ledger.entries(start=self._size)) if size != self._size else []
        changed = self._read(new, now)
        self._docket = Docket(self._book)
        if due:
            changed, self._next, self._counted = set(self._place), None, now
        for image in changed:
            self._judge(image, now)
        decided = any(entry.kind is EntryKind.DECISION for entry in new)
        self._orders = {} if decided else {sort: o for sort, o in self._orders.items() if sort in BY_ROW}
        if len(new) > FREEZE:
            # Tens of thousands of long-lived values: a full collection would walk them again and again (0.7 s seen).
            gc.collect()
            gc.freeze()

    def _forget_erased(self) -> None:
        """When the ledger changed, look whether a payload went: words that were erased are not kept here either."""
        mark = self._ledger.fingerprint()
        if mark == self._mark:
            return
        if self._ledger.payload_count(self._size) != self._worded:
            there = self._ledger.with_payload()
            for place, row in enumerate(self._rows):
                if row.worded and row.decision_index not in there:
                    entry = next(e for e in self._history[row.image_id] if e.index == row.decision_index)
                    self._rows[place] = row_of(entry, None)
                    self._index.put(place, _facets(self._rows[place], self._cases[place], self._book.moment))
            self._orders.clear()
            self._worded = sum(index < self._size for index in there)
        self._mark = mark

    def _read(self, new: Sequence[LedgerEntry], now: datetime) -> set[str]:
        """Take in new entries; the images whose case they may have changed."""
        changed: set[str] = set()
        for entry in new:
            read_into(self._book, entry)
            self._size = entry.index + 1
            self._worded += entry.payload_commitment is not None
            if entry.at > now:
                self._ahead = min(entry.at, self._ahead or entry.at)
            for image in images_in(entry):
                self._history.setdefault(image, []).append(entry)
                changed |= {image, *self._book.twins.get(image, ())}
                if entry.kind is not EntryKind.ACCESS:
                    self._touched[image] = entry.index
            if entry.kind in (EntryKind.REVIEWER, EntryKind.REVIEWER_REVOKED):
                self._people.append(entry)
                changed |= set(self._place)
            if entry.kind is EntryKind.WRONG_ANSWER:
                self._reports.append(entry)
            if entry.kind is EntryKind.TRAINING_RUN:
                self._runs.append(entry)
            if entry.kind is EntryKind.MANIFEST:
                self._manifest = entry
            if entry.kind in SPOKEN:
                self._spoken.append(entry)
            if entry.kind is EntryKind.WRONG_ANSWER_CLOSED:
                self._closings.setdefault(str(entry.body.get("report_id")), entry)
                changed |= {str(r.body.get("image_id")) for r in self._reports}
        decisions = {str(e.body.get("image_id")): e for e in new if e.kind is EntryKind.DECISION}
        fresh = Docket(self._book)
        for entry, payload in self._ledger.payloads(list(decisions.values())) if decisions else ():
            row = row_of(entry, payload)
            place = self._place.setdefault(row.image_id, len(self._rows))
            if place == len(self._rows):
                self._rows.append(row)
                self._cases.append(case_of(fresh, row.image_id, entry.index, self._history[row.image_id]))
            self._rows[place] = row
        return changed

    def _judge(self, image: str, now: datetime) -> None:
        place = self._place.get(image)
        if place is None:
            return  # withdrawn or twin of something never decided here: not in any queue
        case = case_of(self._docket, image, self._touched.get(image, -1), self._history[image])
        self._cases[place] = case
        self._index.put(place, _facets(self._rows[place], case, now))
        later = [end for end in self._docket.ends(image) if end > now]
        if later:
            self._next = min((self._next, *later) if self._next else later)

    # asking

    def list(self, wanted: Mapping[str, Sequence[str]], search: str, sort: str, start: int, count: int) -> Listing:
        """Rows `start`..`start + count - 1` of those that fit; `sort` is a key of SORTS."""
        with self._lock:
            self._keep_up()
            selection = self._select(wanted, search)
            places = list(in_order(selection.hits, self._order(sort)))[start : start + count]
            rows = tuple((self._rows[place], self._cases[place]) for place in places)
            return Listing(rows, selection.total, selection.counts)

    def next_after(
        self, image_id: str, wanted: Mapping[str, Sequence[str]], search: str, sort: str, unless: str
    ) -> str | None:
        """The first image of the same listing that `unless` (a reviewer) has not decided on, other than this one; the
        one behind it in the order when it is listed."""
        with self._lock:
            self._keep_up()
            order = list(in_order(self._index.hits(wanted, self._found(search)), self._order(sort)))
            here = self._place.get(image_id)
            at = order.index(here) + 1 if here in order else 0
            for place in (*order[at:], *order[:at]):
                if place != here and unless not in self._cases[place].said:
                    return self._rows[place].image_id
            return None

    def lane_counts(self) -> Mapping[Lane, int]:
        with self._lock:
            self._keep_up()
            return Counter(lane for case in self._cases for lane in case.lanes)

    def withdrawn(self) -> tuple[str, ...]:
        with self._lock:
            self._keep_up()
            return tuple(self._book.withdrawn)

    def find(self, image_id: str) -> tuple[Row, Case] | None:
        """The image of exactly this id, if a decision on it is recorded."""
        with self._lock:
            self._keep_up()
            place = self._place.get(image_id)
            return None if place is None else (self._rows[place], self._cases[place])

    def history(self, image_id: str) -> tuple[LedgerEntry, ...]:
        """Every entry that names the image, oldest first."""
        with self._lock:
            self._keep_up()
            return tuple(self._history.get(image_id, ()))

    def reviewers(self) -> tuple[ReviewerRecord, ...]:
        with self._lock:
            self._keep_up()
            entries = list(self._people)
        return reviewer_records(entries, self._ledger.payloads)

    def reports(self) -> tuple[LedgerEntry, ...]:
        """Every report of a wrong answer, oldest first."""
        with self._lock:
            self._keep_up()
            return tuple(self._reports)

    def closing(self, report_id: str) -> LedgerEntry | None:
        """The entry that closed the report, while it stands closed."""
        with self._lock:
            self._keep_up()
            return None if report_id in self._book.open_reports else self._closings.get(report_id)

    def training_runs(self) -> tuple[LedgerEntry, ...]:
        with self._lock:
            self._keep_up()
            return tuple(self._runs)

    def manifest(self) -> LedgerEntry | None:
        """The entry of the last manifest."""
        with self._lock:
            self._keep_up()
            return self._manifest

    def spoken(self) -> tuple[LedgerEntry, ...]:
        """Every entry in which a person decided something, oldest first; one may be about many images."""
        with self._lock:
            self._keep_up()
            return tuple(self._spoken)

    def is_open(self, report_id: str) -> bool:
        with self._lock:
            self._keep_up()
            return report_id in self._book.open_reports

    def all(self) -> tuple[tuple[Row, Case], ...]:
        with self._lock:
            self._keep_up()
            return tuple(zip(self._rows, self._cases, strict=True))

    def _select(self, wanted: Mapping[str, Sequence[str]], search: str) -> Selection:
        return self._index.select(wanted, self._found(search))

    def _found(self, search: str) -> int | None:
        """The rows that hold every word of the search; None without words."""
        words = fold(search).split()
        rows = self._rows

        def passes(place: int) -> bool:
            row = rows[place]
            return all(word in row.folded or row.image_id.startswith(word) for word in words)

        return self._index.matching(passes) if words else None

    def _order(self, sort: str) -> Sequence[int]:
        if sort not in self._orders:
            key, latest = SORTS[sort], datetime.max.replace(tzinfo=self._counted.tzinfo)

            def by(place: int) -> tuple[object, ...]:
                return tuple(latest if part is None else part for part in key(self._rows[place], self._cases[place]))

            self._orders[sort] = sorted(range(len(self._rows)), key=by)
        return self._orders[sort]


def images_in(entry: LedgerEntry) -> tuple[str, ...]:
    body = entry.body
    named = (body.get("image_id"), *(body.get("image_ids") or ()))
    return tuple(dict.fromkeys(image for image in named if isinstance(image, str)))


def _facets(row: Row, case: Case, at: datetime) -> dict[str, tuple[str, ...]]:
    return {
        "lane": tuple(lane.value for lane in case.lanes),
        "severity": (row.severity or "none",),
        "kind": row.kinds or ("none",),
        "class": (row.content_class,),
        "line": (row.product_line,),
        "value": (row.band,),
        "licence": (row.license,),
        "ends": ends_of(row, case, at),
        "detector": row.detectors or ("none",),
        # who decided shows only where nobody is to decide blindly any more
        "reviewer": () if case.blind else tuple(sorted(case.said)),
    }
