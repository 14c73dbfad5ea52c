"""What the page's handlers take and give, free of any web framework: `web` translates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is decoded; `headers` have lower-case names; `query` and `form` keep repeated names in order. `peer` is the
    address of whoever connected, None when unknown."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    peer: str | None = None

    def asked(self, name: str, default: str = "") -> str:
        """The last value of `name` in the query."""
        return _last(self.query, name, default)

    def asked_all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.query if key == name)

    def field(self, name: str, default: str = "") -> str:
        """The last value of `name` in the form."""
        return _last(self.form, name, default)

    def fields(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.form if key == name)


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back. `cookies`: (name, value or None to forget it)."""

    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str | None], ...] = ()


class Refused(Exception):
    """A request that is not served. `code` names the wall it met and goes to the log; `status` is HTTP's."""

    def __init__(self, code: str, status: int = 403, *, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.detail = detail


def see_other(
    path: str, query: Sequence[tuple[str, str]] = (), cookies: Sequence[tuple[str, str | None]] = ()
) -> Reply:
    """Go there with GET (RFC 9110, 15.4.4): what every successful POST answers."""
    place = f"{path}?{urlencode(list(query))}" if query else path
    return Reply(b"", 303, headers=(("location", place),), cookies=tuple(cookies))


def _last(pairs: Sequence[tuple[str, str]], name: str, default: str) -> str:
    return next((value for key, value in reversed(pairs) if key == name), default)
