"""Who is signed in: sessions in memory, one-time links on disk by their digest, and a brake on guessing."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from audit.keys import SigningKey
from audit.review.deciding import Draft
from curate.atomic import write_atomic

IDLE = timedelta(minutes=30)  # without a request a session ends
LONGEST = timedelta(hours=10)  # a working day
KEY_OPEN = timedelta(minutes=15)  # since the last signature; then the passphrase is asked again
UNBLURRED = timedelta(minutes=10)  # how long one picture stays as it is after somebody asked to see it
TRIES, WINDOW = 5, timedelta(minutes=5)  # failed sign-ins from one place or for one person


@dataclass
class Session:
    """One signed-in reviewer. `csrf` goes into every form. `key` is held only in this process, only for a while."""

    reviewer: str
    csrf: str
    started: datetime
    seen: datetime
    key: SigningKey | None = None
    key_until: datetime | None = None
    unblurred: dict[str, datetime] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)  # what was decided and not yet recorded

    def open_key(self, now: datetime) -> SigningKey | None:
        """The reviewer's key while it may be used without asking again."""
        if self.key_until is None or now >= self.key_until:
            self.key = self.key_until = None
        return self.key

    def hold_key(self, key: SigningKey, now: datetime) -> None:
        self.key, self.key_until = key, now + KEY_OPEN

    def sees_clearly(self, image_id: str, now: datetime) -> bool:
        until = self.unblurred.get(image_id)
        return until is not None and now < until


class Sessions:
    """Safe for threads. The cookie's value is 256 random bits; only its digest is kept."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, Session] = {}

    def begin(self, reviewer: str) -> tuple[str, Session]:
        """A new session and the value of its cookie."""
        token, now = secrets.token_urlsafe(32), self._clock()
        session = Session(reviewer, secrets.token_urlsafe(24), now, now)
        with self._lock:
            self._open[_digest(token)] = session
        return token, session

    def find(self, token: str | None) -> Session | None:
        """The session of this cookie, unless it ended; finding it keeps it alive."""
        if not token:
            return None
        now = self._clock()
        with self._lock:
            for key in [k for k, s in self._open.items() if now - s.seen > IDLE or now - s.started > LONGEST]:
                del self._open[key]
            session = self._open.get(_digest(token))
            if session is not None:
                session.seen = now
            return session

    def end(self, token: str | None) -> None:
        with self._lock:
            self._open.pop(_digest(token or ""), None)


class Links:
    """One-time sign-in links: a file of digests that `serve` and `review link` share. Mode 0600."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._clock = clock

    def mint(self, reviewer: str, valid: timedelta) -> str:
        """A token with which `reviewer` signs in once, until it expires."""
        token = secrets.token_urlsafe(32)
        with self._locked() as links:
            links[_digest(token)] = [reviewer, (self._clock() + valid).isoformat()]
        return token

    def owner(self, token: str) -> str | None:
        """Whose link it is, while it is good; looking does not use it up."""
        with self._locked() as links:
            found = links.get(_digest(token))
        return found[0] if found else None

    def redeem(self, token: str) -> str | None:
        """As `owner`, and the link is used up: of two who try at once one gets it."""
        with self._locked() as links:
            found = links.pop(_digest(token), None)
        return found[0] if found else None

    @contextmanager
    def _locked(self) -> Iterator[dict[str, list[str]]]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            try:
                before = json.loads(self._path.read_text())
            except FileNotFoundError:
                before = {}
            now = self._clock()
            links = {key: value for key, value in before.items() if datetime.fromisoformat(value[1]) > now}
            yield links
            if links != before:
                write_atomic(self._path, json.dumps(links).encode(), mode=0o600)
        finally:
            os.close(handle)


class Brake:
    """Counts failures by name (a peer, a reviewer); after TRIES within WINDOW there is a pause until they grow old."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: dict[str, list[datetime]] = {}

    def holds(self, *names: str) -> bool:
        """Whether any of these must wait."""
        since = self._clock() - WINDOW
        with self._lock:
            self._failures = {
                name: kept
                for name, at in self._failures.items()
                if (kept := [moment for moment in at if moment > since])
            }
            return any(len(self._failures.get(name, ())) >= TRIES for name in names)

    def failed(self, *names: str) -> None:
        with self._lock:
            for name in names:
                self._failures.setdefault(name, []).append(self._clock())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
