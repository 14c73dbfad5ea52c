"""What every refusal of the product has in common: a stable code, one sentence, a hint with a command.

Exit codes follow the table of docs/reference/exit-codes.md, which is generated from `ExitCode`.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Process exit status of every command."""

    OK = 0
    REFUSED = 1  # a gate refused: finding at or above --fail-on, unapproved item
    USAGE = 2  # usage, configuration or input table
    INTEGRITY = 3  # ledger, signature, digest or manifest does not hold
    WAITING = 4  # waits for people
    UNAVAILABLE = 5  # an input or a service is not there
    INTERNAL = 70  # a defect of ours
    INTERRUPTED = 130  # Ctrl-C


class ImprimaturError(Exception):
    """Base of all errors a user can meet.

    A concrete error sets `code` (``IMP-E`` + three digits: 1xx front door, 2xx curate, 3xx audit, 4xx train,
    5xx recall) and `exit_code`; the message says what was expected and what was found, `hint` names a command.
    """

    code: ClassVar[str] = "IMP-E000"
    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def to_json(self) -> dict[str, str | int]:
        return {"error": self.code, "message": self.message, "hint": self.hint, "exit_code": int(self.exit_code)}
