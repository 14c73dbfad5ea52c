"""One door for every request: the walls, the session, the form token, then the handler; every refusal is logged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Protocol

from audit.report.wording import Lang
from audit.review import rendering
from audit.review.board import Board
from audit.review.deciding import CaseChanged
from audit.review.exchange import Refused, Reply, Request
from audit.review.guard import HEADERS, AccessLog, Guard, check_form
from audit.review.sessions import Session, Sessions
from audit.review.visit import Route, Visit, find_route
from audit.review.wording import Words, chosen
from audit.reviewers import ReviewerRecord
from curate.errors import ImprimaturError

COOKIE, LANGUAGE_COOKIE = "imprimatur-review", "imprimatur-language"
STATIC = {
    "/static/review.css": ("static/review.css", "text/css; charset=utf-8"),
    "/static/review.js": ("static/review.js", "text/javascript; charset=utf-8"),
    "/static/icon.svg": ("static/icon.svg", "image/svg+xml"),
}
_REFUSED_TEXT = {
    "host": "This page answers only under the address that `imprimatur review serve` printed.",
    "cross-site": "The request came from another site and was not carried out.",
    "origin": "The request came from another site and was not carried out.",
    "origin-missing": "The browser did not say where the request came from, so it was not carried out.",
    "form-token": "The form is from another session. Go back, load the page again and repeat.",
    "method": "This page only reads with GET and changes with POST.",
    "report-absent": "No report was written yet. Write one: imprimatur report",
    "report-withheld": "The report tells what colleagues said about pictures on which you still have to decide. Decide first.",
    "not-found": "There is nothing at this address.",
    "too-many-tries": "Too many failed attempts. Wait five minutes.",
    "draft-gone": "This draft was recorded or dropped already.",
    "reason-missing": "A reason has to be chosen.",
    "note-missing": "A few words are needed: what is asked, or what the other reason is.",
    "condition": "No machine here keeps this condition, so nothing is approved on it. Ask, or deny.",
    "bulk-verdict": "Many at once can only be denied or left to the index.",
    "link": "This link is used up or too old. Ask for a new one: imprimatur review link NAME",
    "picture-absent": "The picture is not in the catalogue any more.",
    "picture-changed": "The file has changed since the decision; run imprimatur curate.",
    "picture": "The picture cannot be shown.",
    "not-your-role": "Your role does not allow this.",
}


class SignIn(Protocol):
    """The pages of people who are not signed in yet, and the proxy's identity where one is trusted."""

    routes: Sequence[Route]

    def open_pages(self, request: Request, words: Words) -> Reply | None: ...

    def by_proxy(self, request: Request) -> str | None: ...


@dataclass(frozen=True)
class Site:
    """`routes` are the pages of signed-in people."""

    board: Board
    guard: Guard
    sessions: Sessions
    log: AccessLog
    clock: Callable[[], datetime]
    default_lang: Lang
    sign_in: SignIn
    routes: Sequence[Route]

    def answer(self, request: Request) -> Reply:
        """Never raises for what a request says; a defect of ours does."""
        words = Words(
            chosen(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language"), self.default_lang)
        )
        try:
            self.guard.check(request)
            reply = self._inside(request, words)
        except Refused as refusal:
            self.log.note("refused", wall=refusal.code, status=refusal.status, peer=request.peer)
            reply = self._explain(words, refusal.status, _REFUSED_TEXT.get(refusal.code, refusal.code))
        except CaseChanged as change:
            self.log.note("refused", wall=f"case-{change.why}", status=409, peer=request.peer)
            reply = rendering.page("changed.html.j2", words, 409, why=change.why, image_id=change.image_id, person=None)
        except ImprimaturError as error:
            self.log.note("refused", wall=error.code, status=422, peer=request.peer)
            reply = self._explain(words, 422, words.refusal(error))
        return Reply(reply.body, reply.status, reply.content_type, (*HEADERS, *reply.headers), reply.cookies)

    def _inside(self, request: Request, words: Words) -> Reply:
        if request.method in ("GET", "HEAD") and request.path in STATIC:
            name, kind = STATIC[request.path]
            body = (files("audit.review") / name).read_bytes()
            return Reply(body, content_type=kind, headers=(("cache-control", "no-cache"),))
        session, person, cookies = self._who(request)
        if session is None or person is None:
            reply = self.sign_in.open_pages(request, words)
            if reply is None:
                raise Refused("not-found", 404)
            return reply
        if request.method == "POST":
            check_form(request, session.csrf)
        found = find_route((*self.routes, *self.sign_in.routes), request.method, request.path)
        if found is None:
            raise Refused("not-found", 404)
        visit = Visit(request, session, person, words, found[1], self.clock())
        reply = found[0].handler(visit)
        return Reply(reply.body, reply.status, reply.content_type, reply.headers, (*cookies, *reply.cookies))

    def _who(
        self, request: Request
    ) -> tuple[Session | None, ReviewerRecord | None, tuple[tuple[str, str | None], ...]]:
        """The session, its reviewer while in office, and the cookie to set when a proxy vouched for somebody new."""
        session = self.sessions.find(request.cookies.get(COOKIE))
        vouched = self.sign_in.by_proxy(request)
        cookies: tuple[tuple[str, str | None], ...] = ()
        if vouched is not None and (session is None or session.reviewer != vouched):
            token, session = self.sessions.begin(vouched)
            cookies = ((COOKIE, token),)
            self.log.note("signed-in", how="proxy", reviewer=vouched, peer=request.peer)
        if session is None:
            return None, None, ()
        people = {record.reviewer: record for record in self.board.reviewers()}
        person = people.get(session.reviewer)
        if person is None or not person.active(self.clock()):
            self.sessions.end(request.cookies.get(COOKIE))
            return None, None, ()
        return session, person, cookies

    def _explain(self, words: Words, status: int, english: str) -> Reply:
        return rendering.page("refused.html.j2", words, status, text=english, person=None)
