"""Ed25519 keys (RFC 8032): made, kept as PEM files, named by a digest of the public half."""

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
    def load(path: Path) -> PublicKey:
        """The public key in the PEM file `path`.

        Raises:
            KeyUnusable: the file cannot be read or holds something else.
        """
        try:
            return PublicKey.from_pem(path.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError) as error:
            raise KeyUnusable(f"The public key {path} cannot be read: {error}.", hint="imprimatur key new") from error

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
        """The private key in the PKCS #8 PEM file `path`.

        Raises:
            KeyUnusable: missing, damaged, of another kind, passphrase wrong or lacking.
        """
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=passphrase)
        except FileNotFoundError as error:
            raise KeyUnusable(
                f"A private key was expected at {path}, found no file.", hint=f"imprimatur key new {path}"
            ) from error
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            # TypeError: a passphrase is needed and none was given, or the reverse
            raise KeyUnusable(
                f"The private key {path} cannot be opened: {error}.", hint=f"imprimatur key new {path}"
            ) from error
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
