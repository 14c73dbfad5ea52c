"""Ed25519 keys (RFC 8032): made, kept as PEM files, named by a digest of the public half. OpenSSH's files are read too.

The same 32 bytes are the same key whatever file they come from: one key is one person.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from curate.atomic import write_atomic
from curate.errors import ExitCode, ImprimaturError


class KeyUnusable(ImprimaturError):
    """A key file is missing, damaged, of another kind, or its passphrase is wrong."""

    code = "IMP-E307"
    exit_code = ExitCode.USAGE


class PassphraseNeeded(KeyUnusable):
    """The private key is encrypted and no passphrase was given."""

    code = "IMP-E323"


_OPENSSH_PRIVATE = b"-----BEGIN OPENSSH PRIVATE KEY-----"  # PROTOCOL.key of OpenSSH


@dataclass(frozen=True)
class PublicKey:
    """The public half. Two values are equal when their 32 raw bytes are."""

    raw: bytes

    @staticmethod
    def from_pem(pem: str) -> PublicKey:
        """Read a SubjectPublicKeyInfo PEM.

        Raises:
            KeyUnusable: not PEM, or not an Ed25519 key.
        """
        try:
            key = serialization.load_pem_public_key(pem.encode())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise KeyUnusable(
                "An Ed25519 public key in PEM was expected, found something else.", hint="imprimatur key new"
            ) from error
        if not isinstance(key, Ed25519PublicKey):
            raise KeyUnusable(
                f"An Ed25519 public key was expected, found {type(key).__name__}.", hint="imprimatur key new"
            )
        return PublicKey(key.public_bytes_raw())

    @staticmethod
    def from_openssh(line: str) -> PublicKey:
        """Read one line as in ``~/.ssh/id_ed25519.pub``; its comment (often a name) is dropped.

        Raises:
            KeyUnusable: several lines, a certificate, or a key of another kind.
        """
        found = line.split(maxsplit=1)[0] if line.strip() else "nothing"
        if found != "ssh-ed25519" or len(line.strip().splitlines()) != 1:
            raise KeyUnusable(
                f"One line 'ssh-ed25519 …' was expected, found {found[:40]}.", hint="ssh-keygen -t ed25519"
            )
        try:
            key = serialization.load_ssh_public_key(line.strip().encode())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise KeyUnusable(
                "An OpenSSH public key of type ssh-ed25519 was expected, found a damaged one.",
                hint="ssh-keygen -y -f PRIVATE_KEY",
            ) from error
        if not isinstance(key, Ed25519PublicKey):
            raise KeyUnusable(
                f"An Ed25519 public key was expected, found {type(key).__name__}.", hint="ssh-keygen -t ed25519"
            )
        return PublicKey(key.public_bytes_raw())

    @staticmethod
    def load(path: Path) -> PublicKey:
        """The public key in `path`: PEM, or a line of OpenSSH.

        Raises:
            KeyUnusable: the file cannot be read or holds something else.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise KeyUnusable(f"The public key {path} cannot be read: {error}.", hint="imprimatur key new") from error
        if "PRIVATE KEY" in text:
            raise KeyUnusable(
                f"A public key was expected in {path}, found a private one: it must not leave its owner.",
                hint=f"imprimatur reviewer add NAME --role compliance --key {path}.pub",
            )
        return PublicKey.from_pem(text) if "-----BEGIN" in text else PublicKey.from_openssh(text)

    @cached_property
    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)

    @cached_property
    def pem(self) -> str:
        """SubjectPublicKeyInfo in PEM, as an auditor's tools read it."""
        return self._key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode("ascii")

    @cached_property
    def key_id(self) -> str:
        """64 hex digits: SHA-256 of the DER SubjectPublicKeyInfo."""
        return hashlib.sha256(
            self._key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        ).hexdigest()

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` (64 bytes) over `message` was made by this key."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def save(self, path: Path) -> None:
        write_atomic(path, self.pem.encode("ascii"))


class SigningKey:
    """The private half. It is never printed, and never written except by `save` with mode 0600."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes_raw())

    @staticmethod
    def generate() -> SigningKey:
        return SigningKey(Ed25519PrivateKey.generate())

    @staticmethod
    def load(path: Path, passphrase: bytes | None = None) -> SigningKey:
        """The private key in `path`: PKCS #8 PEM, or OpenSSH's own format. A passphrase that is not needed is not used.

        Raises:
            PassphraseNeeded: it is encrypted and `passphrase` is None.
            KeyUnusable: missing, damaged, of another kind, passphrase wrong.
        """
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise KeyUnusable(
                f"A private key was expected at {path}, found no file.", hint=f"imprimatur key new {path}"
            ) from error
        except OSError as error:
            raise KeyUnusable(
                f"The private key {path} cannot be opened: {error}.", hint=f"imprimatur key new {path}"
            ) from error
        key = _private(data, path, passphrase)
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyUnusable(
                f"An Ed25519 key was expected in {path}, found {type(key).__name__}.",
                hint=f"imprimatur key new {path}",
            )
        return SigningKey(key)

    def save(self, path: Path, passphrase: bytes | None = None) -> None:
        """Write PKCS #8 PEM, mode 0600, encrypted when there is a passphrase."""
        protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase:
            protection = serialization.BestAvailableEncryption(passphrase)
        pem = self._key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)
        write_atomic(path, pem, mode=0o600)

    @property
    def key_id(self) -> str:
        return self.public.key_id

    def sign(self, message: bytes) -> bytes:
        """64 bytes of signature; the same message gives the same bytes."""
        return self._key.sign(message)


def _private(data: bytes, path: Path, passphrase: bytes | None) -> object:
    """What `data` holds, opened without a passphrase where that is possible."""
    load = serialization.load_pem_private_key
    if data.lstrip().startswith(_OPENSSH_PRIVATE):
        load = serialization.load_ssh_private_key
    for offered in (None, passphrase):
        try:
            return load(data, password=offered)
        except TypeError as error:  # encrypted, and nothing was offered
            if passphrase is None:
                raise PassphraseNeeded(
                    f"A passphrase was expected for the private key {path}, found none.",
                    hint="run the command at a terminal, or set IMPRIMATUR_REVIEWER_PASSPHRASE",
                ) from error
        except (ValueError, UnsupportedAlgorithm) as error:
            why = "the passphrase is wrong or the file is damaged" if offered else str(error)
            raise KeyUnusable(
                f"The private key {path} cannot be opened: {why}.", hint=f"imprimatur key new {path}"
            ) from error
    raise AssertionError("not reached: the second try returns or raises")
