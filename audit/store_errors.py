"""What can be wrong with the ledger's file. Apart from `store`, so that naming an error imports no database library."""

from __future__ import annotations

from curate.errors import ExitCode, ImprimaturError


class LedgerCorrupt(ImprimaturError):
    """The file is not a ledger, is damaged, or was changed behind the product's back."""

    code = "IMP-E301"
    exit_code = ExitCode.INTEGRITY

    @classmethod
    def of(cls, path: object, expected: str, found: str) -> LedgerCorrupt:
        return cls(
            f"The ledger {path} does not hold: expected {expected}, found {found}.", hint="imprimatur audit verify"
        )


class LedgerMissing(ImprimaturError):
    """There is no ledger at that path."""

    code = "IMP-E302"
    exit_code = ExitCode.UNAVAILABLE


class LedgerBusy(ImprimaturError):
    """Another program holds the ledger for too long."""

    code = "IMP-E303"
    exit_code = ExitCode.UNAVAILABLE


class LedgerDiskFull(ImprimaturError):
    """The disk is full or fails; nothing was recorded."""

    code = "IMP-E304"
    exit_code = ExitCode.UNAVAILABLE


class LedgerNotWritable(ImprimaturError):
    """The file or its folder may not be written, or the ledger was opened without its key."""

    code = "IMP-E305"
    exit_code = ExitCode.UNAVAILABLE


class LedgerExists(ImprimaturError):
    """A new ledger was asked for where there is one."""

    code = "IMP-E306"
    exit_code = ExitCode.USAGE


class ClockWentBack(ImprimaturError):
    """An entry's time lies before the last recorded one by more than the tolerance."""

    code = "IMP-E309"
    exit_code = ExitCode.USAGE


class LedgerMoved(ImprimaturError):
    """Somebody recorded something between reading and recording."""

    code = "IMP-E315"
    exit_code = ExitCode.REFUSED


class NotWitnessed(ImprimaturError):
    """No checkpoint has as many cosignatures of witnesses as are asked for."""

    code = "IMP-E342"
    exit_code = ExitCode.INTEGRITY
