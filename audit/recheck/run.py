"""What one recheck has seen so far, and what it says in the end."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not hold: where, what a sound ledger has there, what was found."""

    where: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True)
class RecheckReport:
    """`ok` means no problem. `root` is the hex root over the leaves as stored (None when they could not be read);
    `erased` lists entries whose payload was erased, which is allowed; the counts say how much was checked. `witnessed`
    is the largest number of entries that enough trusted witnesses cosigned (None: never)."""

    ok: bool
    problems: tuple[Problem, ...]
    entries: int
    root: str | None
    erased: tuple[int, ...]
    checkpoints: int
    signatures: int
    cosignatures: int = 0
    stamps: int = 0
    witnessed: int | None = None


@dataclass
class Run:
    """What one recheck has seen so far."""

    problems: list[Problem] = field(default_factory=list)
    entries: int = 0
    erased: list[int] = field(default_factory=list)
    checkpoints: int = 0
    signatures: int = 0
    cosignatures: int = 0
    stamps: int = 0
    witnessed: int | None = None
    root: bytes | None = None
    workspace: str | None = None
    last_at: str = ""
    reviewers: dict[str, Ed25519PublicKey] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def report(self) -> RecheckReport:
        return RecheckReport(
            ok=not self.problems,
            problems=tuple(self.problems),
            entries=self.entries,
            root=self.root.hex() if self.root is not None else None,
            erased=tuple(self.erased),
            checkpoints=self.checkpoints,
            signatures=self.signatures,
            cosignatures=self.cosignatures,
            stamps=self.stamps,
            witnessed=self.witnessed,
        )


class Tree:
    """RFC 6962 hashing of leaves in order: complete subtrees as (height, hash), and the roots of 256-leaf tiles."""

    def __init__(self) -> None:
        self.size = 0
        self.stack: list[tuple[int, bytes]] = []
        self.tiles: dict[tuple[int, int], bytes] = {}

    def push(self, leaf: bytes) -> None:
        height, value = 0, hashlib.sha256(b"\x00" + leaf).digest()
        self.size += 1
        while self.stack and self.stack[-1][0] == height:
            value = hashlib.sha256(b"\x01" + self.stack.pop()[1] + value).digest()
            height += 1
            if height % 8 == 0:
                self.tiles[(height // 8, (self.size >> height) - 1)] = value
        self.stack.append((height, value))

    def root(self) -> bytes:
        if not self.stack:
            return hashlib.sha256(b"").digest()
        value = self.stack[-1][1]
        for _, left in reversed(self.stack[:-1]):
            value = hashlib.sha256(b"\x01" + left + value).digest()
        return value

    def text(self, origin: str) -> bytes:
        """What a checkpoint of `origin` says about the leaves so far (c2sp.org/tlog-checkpoint)."""
        return f"{origin}\n{self.size}\n{base64.b64encode(self.root()).decode()}\n".encode()
