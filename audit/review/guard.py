"""The walls in front of every handler: which host, which origin, which form, and what every answer forbids the browser."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from audit.review.exchange import Refused, Request

# One page, its own style, script and pictures, forms back to itself, no frame around it, nothing else.
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; connect-src 'none'"
)
HEADERS = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),  # no-referrer would make browsers send Origin: null with our own forms
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
)
READING, WRITING = ("GET", "HEAD"), ("POST",)
LOG_BYTES = 5_000_000  # then the log is put aside; three of them are kept
LOGS = 3


@dataclass(frozen=True, slots=True)
class Guard:
    """`hosts` are the values of Host under which the page is reached (`127.0.0.1:8765`); `scheme` is http or https."""

    hosts: frozenset[str]
    scheme: str = "http"

    def check(self, request: Request) -> None:
        """Raises: Refused for another host (DNS rebinding), another site's request, or a method that is not served."""
        if request.headers.get("host", "").lower() not in self.hosts:
            raise Refused("host", 421)
        if request.method in READING:
            site = request.headers.get("sec-fetch-site", "none")
            mode = request.headers.get("sec-fetch-mode", "navigate")
            if site not in ("same-origin", "none") and mode != "navigate":
                raise Refused("cross-site")
            return
        if request.method not in WRITING:
            raise Refused("method", 405)
        origin, sent_from = request.headers.get("origin"), request.headers.get("sec-fetch-site")
        if origin is None and sent_from is None:
            raise Refused("origin-missing")
        if origin is not None and origin.lower() not in {f"{self.scheme}://{host}" for host in self.hosts}:
            raise Refused("origin")
        if sent_from is not None and sent_from != "same-origin":
            raise Refused("cross-site")


def check_form(request: Request, expected: str) -> None:
    """Raises: Refused unless the form carries this session's token."""
    if not hmac.compare_digest(request.field("csrf").encode(), expected.encode()):
        raise Refused("form-token")


class AccessLog:
    """One JSON object a line: when, what, which wall or person. Codes and addresses only, never what was typed."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()

    def note(self, what: str, **about: str | int | None) -> None:
        """Append one line; raises OSError when it cannot be written: what cannot be logged does not happen."""
        line = json.dumps({"at": self._clock().isoformat(), "what": what, **about}, sort_keys=True) + "\n"
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._path.exists() and self._path.stat().st_size > LOG_BYTES:
                for number in range(LOGS - 1, 0, -1):
                    older = self._path.with_suffix(f".{number}.jsonl")
                    if older.exists():
                        older.replace(self._path.with_suffix(f".{number + 1}.jsonl"))
                self._path.replace(self._path.with_suffix(".1.jsonl"))
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(line)
