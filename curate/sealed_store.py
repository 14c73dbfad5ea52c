"""Results already computed, kept between runs in one SQLite file, every row sealed with a key of this workspace.

What is kept here decides what may be memorized, so a row is believed only if its seal fits: BLAKE2b (RFC 7693, keyed)
over kind, key and body with 32 random bytes that lie beside the file, readable by the owner only. A row that was damaged,
edited, copied from another row or from another workspace counts as absent and is computed again. Who can read the
owner's files can also make seals; against that person only `--fresh` and the ledger help (docs/threat-model.md).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType

from curate.canonical import Json
from curate.errors import ExitCode, ImprimaturError

FILE_NAME = "results.db"
KEY_NAME = "results.key"
_KEY_BYTES = 32
_SEAL_BYTES = 16
_PAGE = 500  # keys in one question; SQLite allows 32,766 variables, older builds 999
_PENDING = 200  # rows written in one transaction: an interrupted run loses no more work than these
_WAIT_SECONDS = 30.0  # for another run that is writing


class StoreUnavailable(ImprimaturError):
    """Results cannot be kept: the folder is not writable or the disk is full."""

    code = "IMP-E209"
    exit_code = ExitCode.UNAVAILABLE


class SealedStore:
    """Context manager over ``results.db`` in `folder`. Documents are JSON values, addressed by kind and key.

    `kind` says what made the document, with its version (`look.text@1`): another version is another kind. Several
    runs may read and write at once. A file that is no database any more is replaced by an empty one.

    Args:
        folder: made when absent.
        fresh: believe nothing that is there; what this run computes replaces it.
    """

    def __init__(self, folder: Path, *, fresh: bool = False) -> None:
        self._folder = folder
        self._path = folder / FILE_NAME
        self._fresh = fresh
        self._written: set[tuple[str, str]] = set()  # in a fresh run only its own rows are believed
        self._pending: list[tuple[str, str, bytes, bytes]] = []
        self._base: sqlite3.Connection | None = None
        self._key = b""

    def __enter__(self) -> SealedStore:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._key = _key_of(self._folder / KEY_NAME)
            self._base = self._opened()
        except (OSError, sqlite3.Error) as error:
            self._unavailable(error)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self.flush()
        finally:
            if self._base is not None:
                self._base.close()
                self._base = None

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.OperationalError:
            raise  # locked, or the disk: the file may be sound
        except sqlite3.DatabaseError:  # no database any more
            self._replace()
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        base = sqlite3.connect(self._path, timeout=_WAIT_SECONDS)
        try:
            base.execute("PRAGMA synchronous=NORMAL")
            base.execute(
                "CREATE TABLE IF NOT EXISTS kept "
                "(kind TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, seal BLOB NOT NULL)"
            )
            base.execute("CREATE UNIQUE INDEX IF NOT EXISTS kept_by_key ON kept (kind, key)")
            base.commit()
        except sqlite3.Error:
            base.close()
            raise
        return base

    def _replace(self) -> None:
        for name in (FILE_NAME, FILE_NAME + "-journal", FILE_NAME + "-wal", FILE_NAME + "-shm"):
            (self._folder / name).unlink(missing_ok=True)

    def _unavailable(self, error: Exception) -> None:
        raise StoreUnavailable(
            f"expected to keep results in {self._path}, found: {error}",
            hint=f"make room or give write access: ls -ld {self._folder}",
        ) from error

    def _seal(self, kind: str, key: str, body: bytes) -> bytes:
        # Lengths first, so that no part can pass for the beginning of the next.
        head = f"{len(kind.encode())}:{kind}{len(key.encode())}:{key}".encode()
        return hashlib.blake2b(head + body, key=self._key, digest_size=_SEAL_BYTES).digest()

    def seal_of(self, body: bytes) -> str:
        """The seal of what lies outside of this store, in hex."""
        return self._seal("outside", "", body).hex()

    def get_many(self, kind: str, keys: Iterable[str]) -> dict[str, Json]:
        """Documents by key; keys that are unknown, or whose row does not bear this workspace's seal, are left out."""
        if self._base is None:
            raise RuntimeError("SealedStore is used outside its `with` block")
        self.flush()
        wanted = [key for key in dict.fromkeys(keys) if not self._fresh or (kind, key) in self._written]
        found: dict[str, Json] = {}
        for start in range(0, len(wanted), _PAGE):
            page = wanted[start : start + _PAGE]
            marks = ",".join("?" * len(page))
            try:
                rows = self._base.execute(
                    f"SELECT key, body, seal FROM kept WHERE kind = ? AND key IN ({marks})", (kind, *page)
                ).fetchall()
            except sqlite3.OperationalError as error:
                self._unavailable(error)
            except sqlite3.DatabaseError:  # damaged pages: what cannot be read is computed again
                self._base.close()
                self._replace()
                self._base = self._connect()
                return found
            for key, body, seal in rows:
                if isinstance(body, bytes) and hmac.compare_digest(bytes(seal), self._seal(kind, key, body)):
                    found[key] = json.loads(body)
        return found

    def get(self, kind: str, key: str) -> Json | None:
        return self.get_many(kind, [key]).get(key)

    def put(self, kind: str, key: str, document: Json) -> None:
        """Keep `document`; it is on the disk after at most 200 more, and when the block ends."""
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        self._pending.append((kind, key, body, self._seal(kind, key, body)))
        if self._fresh:
            self._written.add((kind, key))
        if len(self._pending) >= _PENDING:
            self.flush()

    def put_many(self, kind: str, documents: Mapping[str, Json]) -> None:
        for key, document in documents.items():
            self.put(kind, key, document)

    def forget_other_versions(self, kind: str) -> None:
        """Drop the rows of every other version of `kind` (`name@version`)."""
        if self._base is None:
            raise RuntimeError("SealedStore is used outside its `with` block")
        name = kind.partition("@")[0] + "@"
        try:
            with self._base:
                self._base.execute(
                    "DELETE FROM kept WHERE substr(kind, 1, ?) = ? AND kind <> ?", (len(name), name, kind)
                )
        except sqlite3.DatabaseError as error:
            self._unavailable(error)

    def flush(self) -> None:
        if self._base is None or not self._pending:
            return
        try:
            with self._base:
                self._base.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", self._pending)
        except sqlite3.OperationalError as error:
            self._unavailable(error)
        except sqlite3.DatabaseError:  # damaged while it was open: begin again with what this run has
            self._base.close()
            self._replace()
            self._base = self._connect()
            with self._base:
                self._base.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", self._pending)
        self._pending.clear()


def _key_of(path: Path) -> bytes:
    """The key in `path`, made when absent or cut short: then every older row is void."""
    if path.is_file() and len(key := path.read_bytes()) == _KEY_BYTES:
        return key
    key = os.urandom(_KEY_BYTES)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(key)
    if path.is_file() and path.stat().st_size == _KEY_BYTES:  # another run was first
        part.unlink()
        return path.read_bytes()
    part.replace(path)
    return key
