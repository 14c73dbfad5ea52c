"""A log without salts, so that every byte of it is the same in each run: for golden files and published tiles."""

from __future__ import annotations

from pathlib import Path

from audit.ledger import EntryKind, Ledger, NewEntry
from tests.audit.fakes import START, signing_key


def plain_ledger(folder: Path, size: int, name: str = "golden") -> Ledger:
    """A ledger of `size` entries: the workspace entry and evaluations that differ in a number."""
    key = signing_key(name)
    ledger = Ledger.create(folder / f"{name}.db", key, workspace_id=name, at=START)
    grow(ledger, size)
    return ledger


def grow(ledger: Ledger, size: int) -> None:
    """Append until there are `size` entries."""
    ledger.append([NewEntry(EntryKind.EVALUATION, {"number": n}, at=START) for n in range(ledger.size, size)])
