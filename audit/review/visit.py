"""One request of one signed-in person, and the table that leads it to its handler."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.review.exchange import Reply, Request
from audit.review.sessions import Session
from audit.review.wording import Words
from audit.reviewers import ReviewerRecord

IMAGE = r"(?P<image>[0-9a-f]{64})"
REPORT = r"(?P<report>w-[0-9a-f]{12})"


@dataclass(frozen=True, slots=True)
class Visit:
    """`names` are the parts of the path that the route names; `now` is the moment of the request."""

    request: Request
    session: Session
    person: ReviewerRecord
    words: Words
    names: dict[str, str]
    now: datetime

    @property
    def frame(self) -> dict[str, Any]:
        """What every page of a signed-in person shows around its content."""
        return {"person": self.person, "csrf": self.session.csrf, "drafts": len(self.session.drafts)}


Handler = Callable[[Visit], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """`pattern` matches the whole path."""

    method: str
    pattern: re.Pattern[str]
    handler: Handler


def route(method: str, pattern: str, handler: Handler) -> Route:
    return Route(method, re.compile(pattern), handler)


def find_route(routes: Sequence[Route], method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The first route for this method and path with the named parts of the path."""
    for candidate in routes:
        match = candidate.pattern.fullmatch(path)
        if match and candidate.method == ("GET" if method == "HEAD" else method):
            return candidate, match.groupdict()
    return None
