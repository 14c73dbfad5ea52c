"""`audit publish`: the log as static files that anybody can serve, keep and check (https://c2sp.org/tlog-tiles).

Only what the place lacks is written, each file whole, the checkpoint last: whoever sees a checkpoint finds every tile
that it needs. Nothing personal is in an entry, so nothing personal is published.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from audit import note
from audit.dsse import SignatureInvalid
from audit.ledger import Ledger
from audit.tile_files import CHECKPOINT, TileFile, bundle, tiles_of
from curate.atomic import write_atomic
from curate.errors import ExitCode, ImprimaturError
from curate.progress import Progress, silent

SECONDS = 60.0  # for one request
BYTES, TEXT = "application/octet-stream", "text/plain; charset=utf-8"


class PublishRefused(ImprimaturError):
    """What is published there already is not the beginning of this ledger."""

    code = "IMP-E340"
    exit_code = ExitCode.INTEGRITY


class PublishFailed(ImprimaturError):
    """The place cannot be read or written."""

    code = "IMP-E341"
    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Published:
    """The log at `place` has `size` entries now and had `before`; `files` were written."""

    place: str
    size: int
    before: int
    files: int


class Shelf(Protocol):
    """Where files are published."""

    @property
    def place(self) -> str: ...
    def read(self, path: str) -> bytes | None: ...
    def write(self, path: str, data: bytes, kind: str) -> None: ...


class FolderShelf:
    """A local folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.place = str(folder)

    def read(self, path: str) -> bytes | None:
        try:
            return (self._folder / path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _failed(self.place, path, error) from error

    def write(self, path: str, data: bytes, kind: str) -> None:
        try:
            write_atomic(self._folder / path, data)
        except OSError as error:
            raise _failed(self.place, path, error) from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the standard handler takes the Authorization header along, to whatever host it is sent to."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


class UrlShelf:
    """A web address that takes HTTP PUT and gives back by GET. Credentials may stand in the address."""

    def __init__(self, url: str) -> None:
        self._base, self._headers = _without_credentials(url.rstrip("/"))
        self.place = self._base

    def read(self, path: str) -> bytes | None:
        try:
            return self._send("GET", path, None, {})
        except urllib.error.HTTPError as error:
            # Not 403, though some stores say it of what is not there: behind it could lie a checkpoint of another history.
            if error.code in (404, 410):
                return None
            raise _failed(self.place, path, error) from error
        except OSError as error:
            raise _failed(self.place, path, error) from error

    def write(self, path: str, data: bytes, kind: str) -> None:
        try:
            self._send("PUT", path, data, {"Content-Type": kind})
        except OSError as error:
            raise _failed(self.place, path, error) from error

    def _send(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> bytes:
        request = urllib.request.Request(
            f"{self._base}/{path}", data=data, method=method, headers={**self._headers, **headers}
        )
        with _OPENER.open(request, timeout=SECONDS) as answer:
            return bytes(answer.read())


def publish(ledger: Ledger, shelf: Shelf, *, required: int = 0, progress: Progress = silent) -> Published:
    """Bring what is published at `shelf` up to the newest checkpoint, or with `required` cosignatures to the newest
    one that has so many.

    Raises:
        PublishRefused: what is there is no beginning of this ledger. PublishFailed: it cannot be read or written.
        LedgerCorrupt: the ledger is not what was signed.
    """
    head = ledger.cosigned_checkpoint(required) if required else ledger.checkpoint(cosigned=True)
    size = note.verify(head, ledger.public_key, ledger.origin).size
    published = shelf.read(CHECKPOINT)
    before = 0 if published is None else _published_size(ledger, shelf.place, published, size)
    wanted = list(tiles_of(size, before))
    for number, tile in enumerate(wanted):
        progress("publish", number, len(wanted))
        _put(ledger, shelf, tile)
    if published != head.encode():
        shelf.write(CHECKPOINT, head.encode(), TEXT)
    progress("publish", len(wanted), len(wanted))
    return Published(shelf.place, size, before, len(wanted) + sum(tile.level == 0 for tile in wanted))


def _put(ledger: Ledger, shelf: Shelf, tile: TileFile) -> None:
    stop = tile.first + tile.width
    if tile.level == 0:
        leaves: Sequence[bytes] = list(ledger.leaves(stop, start=tile.first))
        try:
            shelf.write(tile.bundle, bundle(leaves), BYTES)
        except ValueError as error:
            raise PublishFailed(
                f"Entries of at most 65535 bytes were expected among {tile.first} to {stop - 1}, found {error}: the "
                "ledger began under a version that wrote longer ones.",
                hint="imprimatur audit export DIR",
            ) from error
    shelf.write(tile.path, b"".join(ledger.hashes(tile.level, tile.first, stop)), BYTES)


def _published_size(ledger: Ledger, place: str, published: bytes, size: int) -> int:
    try:
        found = note.verify(published.decode(), ledger.public_key, ledger.origin)
    except (SignatureInvalid, UnicodeDecodeError) as error:
        raise PublishRefused(
            f"A checkpoint of this ledger or none was expected at {place}/{CHECKPOINT}, found another one.",
            hint="imprimatur audit publish DIR, into an empty place",
        ) from error
    if found.size > size or ledger.root_at(found.size) != found.root:
        raise PublishRefused(
            f"The beginning of this ledger was expected at {place}, found {found.size} entries of another history: one "
            "of the two was rewritten or cut.",
            hint=f"imprimatur audit verify --against {place}/{CHECKPOINT}",
        )
    return found.size


def _failed(place: str, path: str, error: Exception) -> PublishFailed:
    hint = "try again"
    if isinstance(error, urllib.error.HTTPError) and error.code in (401, 403):
        hint = "allow this account to read and to list: only then is 'not there' told from 'not for you'"
    if isinstance(error, urllib.error.HTTPError) and 300 <= error.code < 400:
        hint = f"redirects are not followed; publish to the address it leads to: {error.headers.get('Location')}"
    return PublishFailed(f"{path} was expected to be read or written at {place}, found: {error}.", hint=hint)


def _without_credentials(url: str) -> tuple[str, dict[str, str]]:
    """The address as it may be shown, and the header that carries what stood before its `@`."""
    from base64 import b64encode
    from urllib.parse import unquote, urlsplit, urlunsplit

    parts = urlsplit(url)
    if parts.username is None:
        return url, {}
    host = parts.netloc.rpartition("@")[2]
    secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    header = {"Authorization": f"Basic {b64encode(secret).decode()}"}
    return urlunsplit(parts._replace(netloc=host)), header
