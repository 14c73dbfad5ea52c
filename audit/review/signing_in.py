"""Coming in: a one-time link, the passphrase of one's own key, or a proxy that is trusted to say who it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.approving import Signer
from audit.ledger import Ledger
from audit.review import rendering
from audit.review.board import Board
from audit.review.exchange import Refused, Reply, Request, see_other
from audit.review.guard import AccessLog
from audit.review.keyring import KeyRing, KeyState, PassphraseRefused
from audit.review.sessions import Brake, Links, Session, Sessions
from audit.review.site import COOKIE, LANGUAGE_COOKIE
from audit.review.visit import Route, Visit, route
from audit.review.wording import Words
from audit.reviewers import ReviewerRecord


@dataclass(frozen=True, slots=True)
class Proxy:
    """A reverse proxy in front: the request header in which it names the reviewer (lower case), and the addresses from
    which that header is believed. Off when there is no header."""

    header: str | None = None
    trusted: frozenset[str] = frozenset()


class SigningIn:
    """Handlers for people who are not signed in, and for leaving, the language and the passphrase."""

    def __init__(
        self,
        board: Board,
        sessions: Sessions,
        links: Links,
        keys: KeyRing,
        log: AccessLog,
        clock: Callable[[], datetime],
        proxy: Proxy,
    ) -> None:
        self._board, self._sessions, self._links, self._keys = board, sessions, links, keys
        self._log, self._clock, self._proxy = log, clock, proxy
        self._brake = Brake(clock)
        self.routes: Sequence[Route] = (
            route("POST", "/sign-out", self._leave),
            route("POST", "/language", self._language),
            route("GET", "/account", self._account),
            route("POST", "/account/passphrase", self._passphrase),
        )

    def by_proxy(self, request: Request) -> str | None:
        """The reviewer whom a trusted proxy names. The header of anybody else is not read at all.

        Raises:
            Refused: a trusted proxy names somebody who is no reviewer in office.
        """
        header = self._proxy.header
        if header is None or request.peer not in self._proxy.trusted or header not in request.headers:
            return None
        named = request.headers[header]
        fits = [p for p in self._in_office() if named in (p.reviewer, p.name)]
        if len(fits) != 1:
            raise Refused("proxy-names-nobody")
        return fits[0].reviewer

    def open_pages(self, request: Request, words: Words) -> Reply | None:
        """The pages that need no session; None for every other address but the start."""
        if request.path.startswith("/sign-in/") and request.method in ("GET", "HEAD"):
            return self._link_page(request, words)
        if request.path.startswith("/sign-in/") and request.method == "POST":
            return self._by_link(request)
        if request.path == "/sign-in" and request.method == "POST":
            return self._by_passphrase(request, words)
        if request.path == "/language" and request.method == "POST":
            return _language(request)
        if request.method in ("GET", "HEAD"):
            return self._page(words, 200 if request.path in ("/", "/sign-in") else 401)
        return None

    def _page(self, words: Words, status: int = 200, problem: str | None = None) -> Reply:
        with_key = [p for p in self._in_office() if self._keys.state(p.reviewer) is KeyState.LOCKED]
        return rendering.page("sign_in.html.j2", words, status, people=with_key, problem=problem, person=None)

    def _link_page(self, request: Request, words: Words) -> Reply:
        """Shows whose link it is; only the button uses it up, so that a preview of the link does not."""
        token = request.path.removeprefix("/sign-in/")
        owner = self._links.owner(token)
        if owner is None:
            self._fail(request, "link")
            return self._page(
                words, 403, "This link is used up or too old. Ask for a new one: imprimatur review link NAME"
            )
        record = next((p for p in self._in_office() if p.reviewer == owner), None)
        return rendering.page("sign_in_link.html.j2", words, token=token, who=record, person=None)

    def _by_link(self, request: Request) -> Reply:
        if self._brake.holds(f"peer:{request.peer}"):
            raise Refused("too-many-tries", 429)
        owner = self._links.redeem(request.path.removeprefix("/sign-in/"))
        if owner is None or owner not in {p.reviewer for p in self._in_office()}:
            self._fail(request, "link")
            raise Refused("link")
        return self._begin(request, owner, "link")

    def _by_passphrase(self, request: Request, words: Words) -> Reply:
        reviewer = request.field("reviewer")
        if self._brake.holds(f"peer:{request.peer}", f"who:{reviewer}"):
            raise Refused("too-many-tries", 429)
        record = next((p for p in self._in_office() if p.reviewer == reviewer), None)
        try:
            if record is None:
                raise PassphraseRefused("A reviewer in office was expected.", hint="imprimatur reviewer list")
            key = self._keys.unlock(reviewer, request.field("passphrase"), record.public_key)
        except PassphraseRefused:
            self._fail(request, "passphrase", reviewer if record else None)
            return self._page(words, 403, "Name and passphrase do not belong together.")
        reply = self._begin(request, reviewer, "passphrase")
        opened = self._sessions.find(dict(reply.cookies)[COOKIE])
        if opened is not None:
            opened.hold_key(key, self._clock())
        return reply

    def _begin(self, request: Request, reviewer: str, how: str) -> Reply:
        self._sessions.end(request.cookies.get(COOKIE))
        token, _ = self._sessions.begin(reviewer)
        self._log.note("signed-in", how=how, reviewer=reviewer, peer=request.peer)
        ready = self._keys.state(reviewer) is not KeyState.UNPROTECTED
        return see_other("/" if ready else "/account", cookies=((COOKIE, token),))

    def _fail(self, request: Request, how: str, reviewer: str | None = None) -> None:
        self._log.note("sign-in-failed", how=how, reviewer=reviewer, peer=request.peer)
        self._brake.failed(f"peer:{request.peer}", *([f"who:{reviewer}"] if reviewer else []))

    def _in_office(self) -> list[ReviewerRecord]:
        return [record for record in self._board.reviewers() if record.active(self._clock())]

    # signed in

    def _leave(self, visit: Visit) -> Reply:
        self._sessions.end(visit.request.cookies.get(COOKIE))
        self._log.note("signed-out", reviewer=visit.person.reviewer, peer=visit.request.peer)
        return see_other("/sign-in", cookies=((COOKIE, None),))

    def _language(self, visit: Visit) -> Reply:
        return _language(visit.request)

    def _account(self, visit: Visit, status: int = 200, problem: str | None = None) -> Reply:
        return rendering.page(
            "account.html.j2",
            visit.words,
            status,
            **visit.frame,
            key=self._keys.state(visit.person.reviewer).value,
            problem=problem,
        )

    def _passphrase(self, visit: Visit) -> Reply:
        """Choose or change the passphrase of one's own key: from then on only it signs here."""
        request, person, session = visit.request, visit.person, visit.session
        if self._brake.holds(f"peer:{request.peer}", f"who:{person.reviewer}"):
            raise Refused("too-many-tries", 429)
        new = request.field("new")
        if new != request.field("again"):
            return self._account(visit, 422, "The two new passphrases differ.")
        try:
            key = self._keys.protect(person.reviewer, request.field("old"), new, person.public_key)
        except PassphraseRefused:
            self._fail(request, "passphrase", person.reviewer)
            return self._account(visit, 422, "The new passphrase is too short, or the present one is wrong.")
        session.hold_key(key, visit.now)
        self._log.note("passphrase-chosen", reviewer=person.reviewer, peer=request.peer)
        return see_other("/")


def unlocked(session: Session, keys: KeyRing, person: ReviewerRecord, passphrase: str, now: datetime) -> None:
    """Open the reviewer's key for this session when a passphrase was typed.

    Raises:
        PassphraseRefused: it is not the one.
    """
    if passphrase:
        session.hold_key(keys.unlock(person.reviewer, passphrase, person.public_key), now)


def signer_of(visit: Visit, keys: KeyRing, ledger: Ledger) -> Signer | None:
    """Whose key signs: the reviewer's own when it is open; the ledger's, marked, only when there is no key here."""
    key = visit.session.open_key(visit.now)
    if key is not None:
        visit.session.hold_key(key, visit.now)
        return Signer(visit.person, key)
    if keys.state(visit.person.reviewer) is KeyState.ABSENT:
        return Signer(visit.person, ledger.signing_key(), self_asserted=True)
    return None


def _language(request: Request) -> Reply:
    wanted, back = request.field("lang"), request.field("back", "/")
    safe = back if back.startswith("/") and not back.startswith("//") and "\\" not in back else "/"
    return see_other(safe, cookies=((LANGUAGE_COOKIE, wanted if wanted in ("en", "ja") else None),))
