"""One entry proven to somebody who has nothing but the ledger's public key: audit path and signed checkpoint.

The file format is https://c2sp.org/tlog-proof; `recheck.proof` reads it with its own code.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from audit import note
from audit.ledger import Ledger
from audit.merkle import ProofInvalid
from curate.errors import ExitCode, ImprimaturError

HEADER = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"


class ProofRefused(ImprimaturError):
    """There is no such entry, or a proof does not prove what it says."""

    code = "IMP-E314"
    exit_code = ExitCode.INTEGRITY


@dataclass(frozen=True, slots=True)
class Proof:
    """Entry `index` of `size`: its leaf bytes, the hashes from the leaf's sibling upwards, the signed checkpoint."""

    index: int
    size: int
    leaf: bytes
    path: tuple[bytes, ...]
    checkpoint: str

    def text(self, *, with_entry: bool = False) -> str:
        """The proof file. `with_entry`: it carries the leaf as its extra data, and needs nothing else to be checked."""
        extra = [f"extra {_text(self.leaf)}"] if with_entry else []
        lines = [HEADER, *extra, f"index {self.index}", *map(_text, self.path), "", ""]
        return "\n".join(lines) + self.checkpoint

    def to_document(self) -> dict[str, Any]:
        """The same as JSON, with base64 for bytes."""
        return {
            "index": self.index,
            "size": self.size,
            "leaf": _text(self.leaf),
            "proof": [_text(value) for value in self.path],
            "checkpoint": self.checkpoint,
            "tlog_proof": self.text(),
        }


def prove(ledger: Ledger, index: int, required: int = 0) -> Proof:
    """The proof of entry `index` under the newest checkpoint that at least `required` witnesses cosigned.

    Raises:
        ProofRefused: no such entry, or not among those that were witnessed.
        NotWitnessed: no checkpoint has so many cosignatures.
    """
    head = ledger.cosigned_checkpoint(required) if required else ledger.checkpoint(cosigned=True)
    try:
        leaf, signed, path = ledger.leaf_and_proof(index, head)
    except ProofInvalid as error:
        raise ProofRefused(f"An entry of the ledger was expected: {error}.", hint="imprimatur explain IMAGE") from error
    return Proof(index, note.verify(signed, ledger.public_key).size, leaf, path, signed)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
