"""The catalogue as it is now: its facts read again when its table changed, its files hashed for every answer."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

from curate.assemble import assemble
from curate.catalogue import CatalogueTable
from curate.errors import ImprimaturError
from curate.record import ImageRecord
from recall.asked import Lexicon
from recall.confirm import Live, NotLive

REMOTE_SECONDS = 60.0  # a table behind a URL shows no cheap sign of change: it is read again when older than this


class LiveCatalogue:
    """Looks images up in the table that `read` gives. Rows are merged as curate merges them (`curate.assemble`)."""

    def __init__(self, read: Callable[[], CatalogueTable]) -> None:
        self._read = read
        self._table: CatalogueTable | None = None
        self._sign: object = None
        self._by_file: Mapping[str, ImageRecord] = {}
        self._lexicon = Lexicon.of(())

    def lexicon(self) -> Lexicon:
        """Article numbers and product lines of all rows, as of now: the table is read again if it was written again.

        Raises:
            ImprimaturError: the catalogue cannot be read; nothing is confirmed without it.
        """
        self._refresh()
        return self._lexicon

    def look(self, image_id: str, file_names: Sequence[str]) -> Live | NotLive:
        """The image under those of `file_names` that are in the table as last read and whose file has its bytes now."""
        table = self._table if self._table is not None else self._refresh()
        present = [name for name in file_names if name in self._by_file]
        if not present:
            return NotLive("not-in-catalogue")
        digests = {name: _digest_now(table, name) for name in present}
        same = [name for name in present if digests[name] == image_id]
        if not same:
            readable = any(digest is not None for digest in digests.values())
            return NotLive("file-changed" if readable else "file-missing")
        if len(same) == 1:
            return Live(same[0], replace(self._by_file[same[0]], image_id=image_id))
        (merged,) = assemble(table, dict.fromkeys(same, image_id), {}, ())
        return Live(same[0], merged)

    def _refresh(self) -> CatalogueTable:
        sign = _sign_of_change(self._table) if self._table is not None else None
        if self._table is None or sign != self._sign:
            table = self._read()
            names = dict.fromkeys(str(name) for name in table.frame["file_name"])
            # One stand-in id per name: the facts of all rows without hashing a single file.
            stand_in = {name: hashlib.sha256(name.encode()).hexdigest() for name in names}
            records = assemble(table, stand_in, {}, ())
            self._by_file = {name: record for record in records for name in record.file_names}
            self._lexicon = Lexicon.of(records)
            self._table, self._sign = table, _sign_of_change(table)
        return self._table


def _sign_of_change(table: CatalogueTable) -> object:
    """What differs when the table's file was written again; for a remote one, the minute."""
    if "://" in table.location:
        return int(monotonic() / REMOTE_SECONDS)
    place = Path(table.location)
    if place.is_dir():
        candidates = sorted(place.glob("metadata.*"))
        watched = candidates or [place, *(path for path in place.rglob("*") if path.is_dir())]
    else:
        watched = [place]
    return tuple((str(path), *_stamp(path)) for path in watched)


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        state = path.stat()
    except FileNotFoundError:
        return ()
    return (state.st_mtime_ns, state.st_size, state.st_ino)


def _digest_now(table: CatalogueTable, name: str) -> str | None:
    """SHA-256 of the file's bytes as they are now; None when it is gone, no regular file or not to be read."""
    try:
        path = table.local_path(name)
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return None
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ImprimaturError):
        return None  # the caller withholds the image and says that its file cannot be read
