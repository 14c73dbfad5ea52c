"""A `c2sp.org/tlog-proof@v1` file read by somebody who has nothing but public keys: no ledger, no code of the writer.

https://c2sp.org/tlog-proof · https://c2sp.org/tlog-checkpoint · https://c2sp.org/tlog-cosignature
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass

from audit.recheck.merkle import check_inclusion
from audit.recheck.signed import load_key, open_checkpoint
from audit.recheck.witnesses import kept_cosignatures

HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class ProofFile:
    """What a proof file says; nothing is verified. `extra` is opaque and never trusted by itself."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None


@dataclass(frozen=True, slots=True)
class Proven:
    """`leaf` is entry `index` of the log `origin` of `size` entries; `witnesses` cosigned that."""

    leaf: bytes
    index: int
    origin: str
    size: int
    root: bytes
    witnesses: frozenset[str]


def read_proof(text: str) -> ProofFile:
    """The parts of a proof file.

    Raises:
        ValueError: not spelled as the specification says.
    """
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if lines[0] != HEADER or not gap:
        raise ValueError(f"a file that begins with {HEADER} was expected")
    extra: bytes | None = None
    if len(lines) > 1 and lines[1].startswith("extra "):
        extra = _decode(lines.pop(1).removeprefix("extra "))
    if len(lines) < 2 or not (found := _INDEX.fullmatch(lines[1])):
        raise ValueError("a line with the index of the entry was expected")
    return ProofFile(int(found[1]), tuple(_decode(line) for line in lines[2:]), checkpoint, extra)


def check_proof(
    text: str,
    public_key_pem: str,
    *,
    leaf: bytes | None = None,
    witnesses: Collection[str] = (),
    required: int = 0,
) -> Proven:
    """The entry that `text` proves to be in the log signed by this key.

    Args:
        leaf: the entry as it was hashed; None when the file carries it as its extra data.
        witnesses: verifier keys of trusted witnesses, of which `required` must have cosigned the checkpoint.

    Raises:
        ValueError: malformed, of another log, not signed, or the hashes do not lead from the entry to the root.
    """
    proof = read_proof(text)
    origin, size, root = open_checkpoint(proof.checkpoint, load_key(public_key_pem))
    entry = proof.extra if leaf is None else leaf
    if entry is None:
        raise ValueError("the file does not carry the entry, so the entry itself is needed")
    check_inclusion(proof.index, size, hashlib.sha256(b"\x00" + entry).digest(), proof.path, root)
    seen = kept_cosignatures(proof.checkpoint, witnesses)
    if len(seen) < required:
        raise ValueError(f"cosignatures of {required} trusted witnesses expected, found {len(seen)}")
    return Proven(entry, proof.index, origin, size, root, frozenset(seen))


def _decode(text: str) -> bytes:
    data = base64.b64decode(text.encode("ascii"), validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 is not canonical")
    return data
