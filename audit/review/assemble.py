"""Puts the page together out of its parts: the one place where they all meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from audit.entry import EntryKind
from audit.ledger import Ledger
from audit.report.wording import Lang
from audit.review.board import Board
from audit.review.card_pages import CardPages
from audit.review.case_pages import CasePages
from audit.review.cases import Cases
from audit.review.decide_pages import DecidePages
from audit.review.deciding import Deciding
from audit.review.guard import AccessLog, Guard
from audit.review.keyring import KeyRing
from audit.review.overview_pages import KeptReport, OverviewPages
from audit.review.pictures import Pictures
from audit.review.queue_pages import QueuePages
from audit.review.sessions import Brake, Links, Sessions
from audit.review.signing_in import Proxy, SigningIn
from audit.review.site import Site
from curate.picture_view import ViewPool


@dataclass(frozen=True)
class Place:
    """What the page needs of the machine: folders of its own, where a reviewer's key is, where a picture with these
    file names is now, the digest of the policy in force, the time, the last report written in a language, None where there is
    none, and the conditions of approvals that are kept where answers are shown."""

    state: Path
    cache: Path
    key_of: Callable[[str], Path]
    file_of: Callable[[tuple[str, ...]], Path | None]
    policy_now: Callable[[], str | None]
    clock: Callable[[], datetime]
    report_of: Callable[[Lang], KeptReport | None]
    account: str | None = None  # pseudonym of the account the page runs in
    keeps: frozenset[str] = frozenset()


def review_site(ledger: Ledger, pool: ViewPool, place: Place, guard: Guard, proxy: Proxy, lang: Lang) -> Site:
    """The site over a ledger opened for writing."""
    board = Board(ledger, place.clock)

    def file_of(image_id: str) -> Path | None:
        decision = next((e for e in reversed(board.history(image_id)) if e.kind is EntryKind.DECISION), None)
        payload = None if decision is None else ledger.payload(decision.index)
        names = ((payload or {}).get("record") or {}).get("file_names") or ()
        return place.file_of(tuple(str(name) for name in names))

    keys = KeyRing(place.key_of)
    log = AccessLog(place.state / "access.jsonl", place.clock)
    sessions, brake = Sessions(place.clock), Brake(place.clock)
    links = Links(place.state / "links.json", place.clock)
    pictures = Pictures(pool, place.cache, file_of)
    for image in board.withdrawn():  # while nothing was served, somebody may have withdrawn at a terminal
        pictures.forget(image)
    deciding = Deciding(board, ledger, place.clock, file_of, place.policy_now, place.account)
    pages = (
        QueuePages(board),
        OverviewPages(board, place.report_of),
        CardPages(board, ledger, pictures, deciding, keys, place.keeps),
        DecidePages(board, ledger, deciding, keys, brake, place.keeps),
        CasePages(board, ledger, Cases(board, ledger, place.clock), keys, brake),
    )
    return Site(
        board=board,
        guard=guard,
        sessions=sessions,
        log=log,
        clock=place.clock,
        default_lang=lang,
        sign_in=SigningIn(board, sessions, links, keys, log, place.clock, proxy),
        routes=tuple(route for page in pages for route in page.routes),
    )
