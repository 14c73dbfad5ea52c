"""The queue: tabs for the lanes, facets with counts, a page of pictures with what was found in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from audit.review import rendering
from audit.review.board import SORTS, Board, Listing
from audit.review.endings import ENDS
from audit.review.exchange import Reply
from audit.review.facets import FACETS
from audit.review.headline import Headline, headline
from audit.review.lanes import Case, Lane
from audit.review.listing import PAGE, Search, read_search
from audit.review.rows import Row
from audit.review.visit import Route, Visit, route
from audit.review.wording import Words

LANE_NAMES = {
    Lane.WAITING: "Waiting",
    Lane.SECOND: "Second person",
    Lane.DISAGREEMENT: "Disagreement",
    Lane.HELD: "Held",
    Lane.EXPIRING: "Expires soon",
    Lane.DONE: "Done",
}
FACET_NAMES = {
    "severity": "Severity",
    "kind": "Finding",
    "class": "Class",
    "line": "Product line",
    "value": "Value",
    "licence": "Licence",
    "ends": "Ends",
    "detector": "Detector",
    "reviewer": "Decided by",
}
SORT_NAMES = {
    "severity": "Most serious first",
    "value": "Most valuable first",
    "oldest": "Longest waiting first",
    "expiry": "Ending soonest first",
    "name": "By file name",
}
SHOWN = 12  # values of a facet before the rest is folded away
_SEVERITIES = ("critical", "high", "medium", "low", "info", "none")


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: how it reads, how many images, where the link leads, whether it is chosen."""

    label: str
    count: int
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Tile:
    """One image of the listing. `bulk`: it may be decided together with others."""

    row: Row
    case: Case
    head: Headline
    title: str
    kinds: Sequence[str]
    href: str
    mine: str | None


class QueuePages:
    """`/` and nothing else: the address says what is shown."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self.routes: Sequence[Route] = (route("GET", "/", self.show),)

    def show(self, visit: Visit) -> Reply:
        words, search = visit.words, read_search(visit.request, Lane.WAITING)
        listing = self._board.list(search.wanted, search.text, search.sort, (search.page - 1) * PAGE, PAGE)
        counts = self._board.lane_counts()
        names = {p.reviewer: p.name or p.reviewer for p in self._board.reviewers()}
        lanes = [
            Choice(
                words(LANE_NAMES[lane]),
                counts.get(lane, 0),
                f"/{Search({'lane': (lane.value,)}).query()}",
                search.lane == lane,
            )
            for lane in Lane
        ]
        return rendering.page(
            "queue.html.j2",
            words,
            **visit.frame,
            search=search,
            total=listing.total,
            lanes=lanes,
            everything=Choice(words("All"), sum(1 for _ in self._board.all()), "/?lane=all", search.lane is None),
            facets=[(words(FACET_NAMES[f]), f, _choices(f, listing, search, words, names)) for f in FACET_NAMES],
            tiles=[tile(row, case, search, visit) for row, case in listing.rows],
            sorts=[Choice(words(SORT_NAMES[s]), 0, s, s == search.sort) for s in SORTS],
            pages=ceil(listing.total / PAGE),
            first=(search.page - 1) * PAGE + 1,
            shown=SHOWN,
            hidden=[pair for pair in search.pairs() if pair[0] not in ("q", "sort", "page")],
        )


def tile(row: Row, case: Case, search: Search, visit: Visit) -> Tile:
    """The image as the listing shows it to this visitor."""
    words = visit.words
    return Tile(
        row=row,
        case=case,
        head=headline(row, case, words, visit.person.roles),
        title=words.pick(row.title_en, row.title_ja) or row.file_name or words("(words erased)"),
        kinds=[words.short(kind) for kind in row.kinds],
        href=f"/image/{row.image_id}{search.query()}",
        mine=case.said.get(visit.person.reviewer),
    )


def _choices(facet: str, listing: Listing, search: Search, words: Words, names: dict[str, str]) -> list[Choice]:
    counted = listing.counts.get(facet, {})
    wanted = search.wanted.get(facet, ())

    def order(value: str) -> tuple[object, ...]:
        if facet == "severity":
            return (_SEVERITIES.index(value) if value in _SEVERITIES else 9,)
        if facet == "value":
            return (("high", "medium", "low").index(value),)
        if facet == "ends":
            return (ENDS.index(value) if value in ENDS else len(ENDS),)
        return (-counted[value], value)

    return [
        Choice(
            facet_label(facet, value, words, names),
            counted[value],
            f"/{search.toggled(facet, value).query()}",
            value in wanted,
        )
        for value in sorted(counted, key=order)
    ]


def facet_label(facet: str, value: str, words: Words, names: dict[str, str]) -> str:
    """A facet's value for people."""
    if value == "none":
        return words("no finding")
    if value == "unknown":
        return words("not stated")
    if facet == "severity":
        return words.codes(f"severity.{value}")
    if facet == "class":
        return words.codes(f"class.{value}")
    if facet == "kind":
        return words.short(value)
    if facet == "value":
        return words(f"band:{value}")
    if facet == "ends":
        return words(f"ends:{value}")
    if facet == "reviewer":
        return names.get(value, value)
    return value


assert set(FACETS) == {"lane", *FACET_NAMES}  # every facet has a name, and the other way round
