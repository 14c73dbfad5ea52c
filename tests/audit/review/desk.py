"""A desk to sit at: the page over a small world, asked directly, without a server.

desk = Desk.at(tmp_path)
anna = desk.person("Anna", "compliance")       # has a passphrase, is signed in
image = desk.world.decide("part")              # as in tests.audit.fakes
page = anna.get(f"/image/{image}")
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

from PIL import Image

from audit.approving import Verdict
from audit.report.wording import Lang
from audit.review.assemble import Place, review_site
from audit.review.exchange import Reply, Request
from audit.review.guard import Guard
from audit.review.overview_pages import KeptReport
from audit.review.sessions import Links
from audit.review.signing_in import Proxy
from audit.review.site import COOKIE, Site
from curate.decode import DecodeLimits
from curate.picture_view import ViewPool
from curate.record import ImageRecord
from tests.audit.fakes import POLICY, Person, World, record_of

HOST = "127.0.0.1:8765"
ORIGIN = f"http://{HOST}"
PASSPHRASE = "correct horse battery"
FLAGGED: dict[str, Any] = {
    "outcome": "review",
    "lift": "approval",
    "rules": ["review-personal-data"],
    "approval": {"people": 2, "roles": ["compliance"], "valid_days": 30},
}


@dataclass
class Seat:
    """One browser: cookies, and the address it comes from. `get` and `post` send what a browser would."""

    desk: Desk
    person: Person | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    peer: str = "127.0.0.1"

    def get(self, path: str, **headers: str) -> Reply:
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, form: Mapping[str, Any] | None = None, **headers: str) -> Reply:
        """A form of this site, with the session's token unless `form` says otherwise."""
        fields: list[tuple[str, str]] = [] if form and "csrf" in form else [("csrf", self.csrf)]
        for name, value in (form or {}).items():
            fields += [(name, str(part)) for part in (value if isinstance(value, list) else [value])]
        sent = {"origin": ORIGIN, "sec-fetch-site": "same-origin"} | headers
        return self.ask("POST", path, tuple(fields), sent)

    def ask(
        self, method: str, path: str, form: tuple[tuple[str, str], ...] = (), headers: Mapping[str, str] | None = None
    ) -> Reply:
        from urllib.parse import parse_qsl, unquote

        place, _, query = path.partition("?")
        sent = {"host": HOST} | {k.replace("_", "-"): v for k, v in (headers or {}).items() if v is not None}
        pairs = tuple(parse_qsl(query, keep_blank_values=True))
        reply = self.desk.site.answer(Request(method, unquote(place), pairs, form, sent, dict(self.cookies), self.peer))
        for name, value in reply.cookies:
            if value is None:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return reply

    @property
    def csrf(self) -> str:
        session = self.desk.site.sessions.find(self.cookies.get(COOKIE))
        return session.csrf if session else ""

    def draft(self, image: str, verdict: Verdict, reason: str, seen: int | None = None, **form: Any) -> Reply:
        """Decide on the card as it is now, or as it was at `seen`."""
        found = self.desk.site.board.find(image)
        assert found is not None
        index = found[1].touched if seen is None else seen
        fields = {"verdict": verdict.value, "reason": reason, "seen": str(index)} | form
        return self.post(f"/image/{image}/draft", fields)

    def decide(self, image: str, verdict: Verdict, reason: str, **form: Any) -> Reply:
        """Draft and record."""
        drafted = self.draft(image, verdict, reason, **form)
        assert drafted.status == 303, text(drafted)
        return self.post(f"{place_of(drafted)}/record")


@dataclass
class Desk:
    world: World
    folder: Path
    site: Site
    pool: ViewPool
    policy: list[str | None]
    reports: dict[Lang, KeptReport]

    @staticmethod
    def at(folder: Path, *, proxy: Proxy | None = None, lang: Lang = Lang.EN) -> Desk:
        world = World.make(folder)
        pool = ViewPool(DecodeLimits(), 1)
        policy: list[str | None] = [POLICY["sha256"]]
        reports: dict[Lang, KeptReport] = {}

        def file_of(names: tuple[str, ...]) -> Path | None:
            return next((p for p in (folder / "pictures" / name for name in names) if p.is_file()), None)

        place = Place(
            state=folder / "state",
            cache=folder / "cache",
            key_of=lambda reviewer: folder / "keys" / f"{reviewer}.pem",
            file_of=file_of,
            policy_now=lambda: policy[0],
            clock=lambda: world.now,
            report_of=reports.get,
        )
        site = review_site(world.ledger, pool, place, Guard(frozenset({HOST})), proxy or Proxy(), lang)
        return Desk(world, folder, site, pool, policy, reports)

    def close(self) -> None:
        self.pool.__exit__(None, None, None)
        self.world.ledger.close()

    def link(self, person: Person) -> str:
        links = Links(self.folder / "state" / "links.json", lambda: self.world.now)
        return f"/sign-in/{links.mint(person.reviewer, timedelta(minutes=15))}"

    def person(self, name: str, *roles: str, passphrase: str | None = PASSPHRASE) -> Seat:
        """A reviewer whose key lies here, protected by a passphrase, signed in with it."""
        person = self.world.reviewer(name, *roles)
        person.key.save(self.folder / "keys" / f"{person.reviewer}.pem", passphrase.encode() if passphrase else None)
        seat = Seat(self, person)
        if passphrase:
            seat.post("/sign-in", {"csrf": "", "reviewer": person.reviewer, "passphrase": passphrase})
        else:
            seat.post(self.link(person), {"csrf": ""})
        assert COOKIE in seat.cookies
        return seat

    def picture(self, name: str, colour: str = "steelblue", size: tuple[int, int] = (400, 300)) -> ImageRecord:
        """A record whose file is a real picture in the catalogue."""
        path = self.folder / "pictures" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, colour).save(path)
        return record_of(name, image_id=hashlib.sha256(path.read_bytes()).hexdigest())

    def decide_picture(self, name: str, **changes: Any) -> str:
        return self.world.decide(self.picture(name), **changes)


def text(reply: Reply) -> str:
    """What a reader of the page sees, roughly: no tags, no double spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", reply.body.decode())).split())


def place_of(reply: Reply) -> str:
    """Where a redirect leads, without its query."""
    return dict(reply.headers)["location"].partition("?")[0]
