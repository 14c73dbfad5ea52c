"""Signed checkpoints: what the ledger was at one size, in a text that others can keep and compare.

Formats: https://c2sp.org/tlog-checkpoint (body) and https://c2sp.org/signed-note (signature lines, Ed25519 = 0x01).
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from audit.dsse import SignatureInvalid
from audit.keys import PublicKey, SigningKey

ED25519 = b"\x01"
_DASH = "— "
_SIZE = re.compile(r"0|[1-9][0-9]*")
MAX_SIGNATURES = 100  # more are refused: a note is read by tools that did not ask for it


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`origin` names the log, `size` counts its leaves, `root` is the RFC 6962 root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"


def key_hint(name: str, key: PublicKey) -> bytes:
    """The four bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + key.raw).digest()[:4]


def sign(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The signed note. The key name is the origin, as the checkpoint format advises."""
    blob = key_hint(checkpoint.origin, key.public) + key.sign(checkpoint.text.encode())
    return f"{checkpoint.text}\n{_DASH}{checkpoint.origin} {base64.b64encode(blob).decode('ascii')}\n"


def verifier_key(origin: str, key: PublicKey) -> str:
    """The one-line public key that tools of the C2SP family take: ``name+hint+base64``."""
    blob = base64.b64encode(ED25519 + key.raw).decode("ascii")
    return f"{origin}+{key_hint(origin, key).hex()}+{blob}"


def read(note: str) -> tuple[Checkpoint, tuple[tuple[str, bytes], ...]]:
    """Checkpoint and signature lines as (key name, hint || signature); nothing is verified yet.

    Raises:
        SignatureInvalid: not a signed checkpoint.
    """
    try:
        body, separator, lines = note.rpartition("\n\n")
        if not separator or not lines.endswith("\n") or any(c < " " and c != "\n" for c in note):
            raise ValueError("a text, an empty line and signature lines")
        origin, size, root, *_extensions = body.split("\n")
        if not origin or not _SIZE.fullmatch(size):
            raise ValueError("origin, decimal size and root")
        signatures = tuple(_signature_line(line) for line in lines[:-1].split("\n"))
        if len(signatures) > MAX_SIGNATURES:
            raise ValueError(f"at most {MAX_SIGNATURES} signatures")
        checkpoint = Checkpoint(origin, int(size), _base64(root))
        if len(checkpoint.root) != 32 or checkpoint.text != body + "\n":
            raise ValueError("a root of 32 bytes and no further lines")
    except ValueError as error:
        raise SignatureInvalid(
            f"A signed checkpoint was expected, with {error}; found something else.", hint="imprimatur audit checkpoint"
        ) from error
    return checkpoint, signatures


def verify(note: str, key: PublicKey, origin: str | None = None) -> Checkpoint:
    """The checkpoint, if `key` signed it (and it is of `origin`, when given). Signatures by others are passed over.

    Raises:
        SignatureInvalid: malformed, of another log, not signed by `key`, or the signature does not hold.
    """
    checkpoint, signatures = read(note)
    if origin is not None and checkpoint.origin != origin:
        raise SignatureInvalid(
            f"A checkpoint of {origin} was expected, found one of {checkpoint.origin}.",
            hint="imprimatur audit checkpoint",
        )
    hint = key_hint(checkpoint.origin, key)
    ours = [blob[4:] for name, blob in signatures if name == checkpoint.origin and blob[:4] == hint]
    if not ours or not all(key.verifies(signature, checkpoint.text.encode()) for signature in ours):
        raise SignatureInvalid(
            f"A checkpoint signed by key {key.key_id[:16]}… was expected; "
            + ("its signature does not hold." if ours else "that key did not sign it."),
            hint="imprimatur audit verify",
        )
    return checkpoint


def _signature_line(line: str) -> tuple[str, bytes]:
    name, _, blob = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not name or "+" in name or len(data := _base64(blob)) < 5:
        raise ValueError("signature lines")
    return name, data


def _base64(text: str) -> bytes:
    data = base64.b64decode(text.encode("ascii"), validate=True)
    if base64.b64encode(data).decode("ascii") != text:
        raise ValueError("canonical base64")
    return data
