"""Reviewers' keys on this machine: files that only the reviewer's own passphrase opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from audit.keys import KeyUnusable, PublicKey, SigningKey
from curate.errors import ExitCode, ImprimaturError

SHORTEST = 12  # characters of a passphrase


class KeyState(StrEnum):
    """`absent`: the key is elsewhere · `unprotected`: nobody chose a passphrase yet, so it does not sign here ·
    `locked`: the reviewer's passphrase opens it."""

    ABSENT = "absent"
    UNPROTECTED = "unprotected"
    LOCKED = "locked"


class PassphraseRefused(ImprimaturError):
    """The passphrase is wrong, too short, or the key file is not the reviewer's."""

    code = "IMP-E316"
    exit_code = ExitCode.REFUSED


@dataclass(frozen=True)
class KeyRing:
    """`path_of(reviewer)` is where the reviewer's private key lies, if it lies here."""

    path_of: Callable[[str], Path]

    def state(self, reviewer: str) -> KeyState:
        path = self.path_of(reviewer)
        if not path.is_file():
            return KeyState.ABSENT
        try:
            SigningKey.load(path, None)
        except KeyUnusable:
            return KeyState.LOCKED
        return KeyState.UNPROTECTED

    def unlock(self, reviewer: str, passphrase: str, registered: PublicKey) -> SigningKey:
        """The reviewer's key.

        Raises:
            PassphraseRefused: it does not open, has no passphrase yet, or is not the key that is registered.
        """
        if self.state(reviewer) is not KeyState.LOCKED:
            raise PassphraseRefused(
                "A key protected by its reviewer's passphrase was expected, found none.", hint="imprimatur review serve"
            )
        return self._load(reviewer, passphrase.encode() or None, registered)

    def protect(self, reviewer: str, old: str, new: str, registered: PublicKey) -> SigningKey:
        """Encrypt the key with the passphrase `new`; `old` opens it now (empty when it has none).

        Raises:
            PassphraseRefused: `old` does not open it, or `new` is shorter than SHORTEST.
        """
        if len(new) < SHORTEST:
            raise PassphraseRefused(
                f"A passphrase of at least {SHORTEST} characters was expected, found {len(new)}.",
                hint="imprimatur review serve",
            )
        key = self._load(reviewer, old.encode() or None, registered)
        key.save(self.path_of(reviewer), new.encode())
        return key

    def _load(self, reviewer: str, passphrase: bytes | None, registered: PublicKey) -> SigningKey:
        try:
            key = SigningKey.load(self.path_of(reviewer), passphrase)
        except KeyUnusable as error:
            raise PassphraseRefused(
                f"The passphrase of {reviewer}'s key was expected, found another.", hint="imprimatur review serve"
            ) from error
        if key.public != registered:
            raise PassphraseRefused(
                f"The key registered for {reviewer} was expected, found another.", hint="imprimatur reviewer list"
            )
        return key
