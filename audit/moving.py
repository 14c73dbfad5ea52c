"""A ledger carried from its file into a database: every row as it is, rechecked there, then gone here.

Two copies of one ledger could be continued apart, and an erasure would reach one of them only. So the file is emptied and
removed, but not before the copy holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import sqlalchemy as sa

from audit.recheck.ledger import verify
from audit.store import Store
from audit.store_errors import LedgerCorrupt, LedgerExists, LedgerNotWritable
from audit.store_tables import ENTRY, METADATA

_ROWS = 2000  # copied at once


@dataclass(frozen=True, slots=True)
class Moved:
    """What lies at `place` now, an address without its password."""

    place: str
    entries: int
    payloads: int


def move(file: Path, address: str, public_key_pem: str) -> Moved:
    """Move the ledger in `file` into the empty database at `address` (``postgresql+psycopg://…``).

    Nobody reads or writes the file meanwhile; a writer that waited finds no ledger any more. When it was interrupted the same
    call goes on: a database with the very same rows counts as copied.

    Raises:
        LedgerExists: the database holds another ledger. LedgerCorrupt: the file does not hold, or not what came out of the
            database; the file is untouched then. LedgerMissing, LedgerBusy, LedgerNotWritable: see there.
    """
    if "://" not in address:
        raise LedgerNotWritable(
            f"The address of a database was expected, found the path {address}.",
            hint="imprimatur audit move postgresql+psycopg://user@host/name",
        )
    old, new = Store.open(file), Store.create(address)
    try:
        if not _emptied(old):
            _require_sound(file, public_key_pem)
            with old.erasing() as here:
                if not new.exists():
                    _copy(here, new)
                _require_same(old, here, new)
                _require_sound(address, public_key_pem, against=old.last_checkpoint(here))
                METADATA.drop_all(here)
        _require_sound(address, public_key_pem)
        with new.reading() as there:
            size = new.size(there)
            moved = Moved(str(new.place), size, new.payload_count(there, size))
        file.unlink()
        return moved
    finally:
        old.close()
        new.close()


def _emptied(store: Store) -> bool:
    """Whether an interrupted move had come so far that only the removal of the file is left."""
    with store.reading() as connection:
        return not sa.inspect(connection).has_table(ENTRY.name)


def _copy(here: sa.Connection, new: Store) -> None:
    with new.writing() as there:
        new.build_schema(there)
        for table in METADATA.sorted_tables:
            rows = here.execute(_ordered(table), execution_options={"yield_per": _ROWS})
            for part in rows.mappings().partitions():
                there.execute(sa.insert(table), [dict(row) for row in part])


def _ordered(table: sa.Table) -> sa.Select[tuple[object, ...]]:
    return sa.select(table).order_by(*table.primary_key.columns)


def _require_same(old: Store, here: sa.Connection, new: Store) -> None:
    """Row for row: a payload that did not arrive would look as if it had been erased."""
    with new.reading() as there:
        for table in METADATA.sorted_tables:
            sides = [side.execute(_ordered(table), execution_options={"yield_per": _ROWS}) for side in (here, there)]
            if any(tuple(one or ()) != tuple(other or ()) for one, other in zip_longest(*sides)):
                raise LedgerExists(
                    f"An empty database or a copy of {old.place} was expected at {new.place}, found another ledger "
                    f"(table {table.name}); the file is untouched.",
                    hint="createdb NAME   (and move into that one)",
                )


def _require_sound(place: Path | str, public_key_pem: str, against: str | None = None) -> None:
    report = verify(place, public_key_pem, against=against)
    if not report.ok:
        first = report.problems[0]
        shown = place if isinstance(place, Path) else sa.make_url(place).render_as_string(hide_password=True)
        raise LedgerCorrupt.of(shown, f"{first.where}: {first.expected}", first.found)
