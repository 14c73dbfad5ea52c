"""What a reviewer looks for, spelled in the address: a listing can be bookmarked, sent and come back to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from audit.review.board import SORTS
from audit.review.exchange import Request
from audit.review.facets import FACETS
from audit.review.lanes import Lane

PAGE = 48  # images on one page
_LONGEST = 200  # characters of a search


@dataclass(frozen=True, slots=True)
class Search:
    """`wanted` by facet: values of which one has to fit. `page` from 1. Without `lane`, every lane."""

    wanted: Mapping[str, tuple[str, ...]]
    text: str = ""
    sort: str = "severity"
    page: int = 1

    @property
    def lane(self) -> str | None:
        lanes = self.wanted.get("lane", ())
        return lanes[0] if lanes else None

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values of the query, in a fixed order; what is at its default is left out."""
        found = [(facet, value) for facet in FACETS for value in self.wanted.get(facet, ())]
        found += [("q", self.text)] if self.text else []
        found += [("sort", self.sort)] if self.sort != "severity" else []
        return found + ([("page", str(self.page))] if self.page > 1 else [])

    def query(self) -> str:
        """`?…`, or nothing."""
        pairs = self.pairs()
        return f"?{urlencode(pairs)}" if pairs else ""

    def at(self, page: int) -> Search:
        return replace(self, page=page)

    def by(self, sort: str) -> Search:
        return replace(self, sort=sort, page=1)

    def in_lane(self, lane: str | None) -> Search:
        return replace(self, wanted={**self.wanted, "lane": (lane,) if lane else ()}, page=1)

    def toggled(self, facet: str, value: str) -> Search:
        """With `value` taken in, or taken out when it was in."""
        before = self.wanted.get(facet, ())
        after = tuple(v for v in before if v != value) if value in before else (*before, value)
        return replace(self, wanted={**self.wanted, facet: after}, page=1)

    def without(self) -> Search:
        """The same lane, nothing else."""
        return Search({"lane": self.wanted.get("lane", ())}, sort=self.sort)

    @property
    def narrowed(self) -> bool:
        return bool(self.text) or any(values for facet, values in self.wanted.items() if facet != "lane")


def read_search(request: Request, default_lane: Lane | None = None) -> Search:
    """The search in a request's query; what is not understood is left out. `lane=all` means every lane."""
    wanted: dict[str, tuple[str, ...]] = {}
    for facet in FACETS:
        values = tuple(dict.fromkeys(value[:_LONGEST] for value in request.asked_all(facet)))[:20]
        if values:
            wanted[facet] = values
    if wanted.get("lane") == ("all",):
        wanted["lane"] = ()
    elif "lane" not in wanted and default_lane is not None:
        wanted["lane"] = (default_lane.value,)
    sort, page = request.asked("sort", "severity"), request.asked("page", "1")
    return Search(
        wanted,
        request.asked("q")[:_LONGEST].strip(),
        sort if sort in SORTS else "severity",
        int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 6 and int(page) else 1,
    )
