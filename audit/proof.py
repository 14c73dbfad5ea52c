"""One entry proven to somebody who has nothing but the ledger's public key: leaf, audit path, signed checkpoint."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from audit import note
from audit.dsse import SignatureInvalid
from audit.entry import LeafUnreadable, LedgerEntry, read_leaf
from audit.keys import PublicKey
from audit.ledger import Ledger
from audit.merkle import ProofInvalid, leaf_hash, verify_inclusion
from curate.errors import ExitCode, ImprimaturError

VERSION = 1


class ProofRefused(ImprimaturError):
    """A proof document does not prove what it says."""

    code = "IMP-E314"
    exit_code = ExitCode.INTEGRITY


def prove(ledger: Ledger, index: int) -> dict[str, Any]:
    """The proof document of entry `index`: JSON with base64 `leaf`, `index`, `size`, base64 `proof` hashes from the
    leaf upwards, and the signed `checkpoint`.

    Raises:
        ProofRefused: no such entry.
    """
    try:
        leaf, signed, path = ledger.leaf_and_proof(index)
    except ProofInvalid as error:
        raise ProofRefused(f"An entry of the ledger was expected: {error}.", hint="imprimatur explain IMAGE") from error
    return {
        "version": VERSION,
        "leaf": base64.b64encode(leaf).decode("ascii"),
        "index": index,
        "size": note.verify(signed, ledger.public_key).size,
        "proof": [base64.b64encode(value).decode("ascii") for value in path],
        "checkpoint": signed,
    }


def verify_proof(document: Mapping[str, Any], key: PublicKey) -> LedgerEntry:
    """The entry that `document` proves to be in the log signed by `key`.

    Raises:
        ProofRefused: malformed, of another log, or the hashes do not lead to the signed root.
    """
    try:
        leaf = base64.b64decode(document["leaf"], validate=True)
        path = [base64.b64decode(value, validate=True) for value in document["proof"]]
        index, size, signed = document["index"], document["size"], document["checkpoint"]
        if document["version"] != VERSION or type(index) is not int or not isinstance(signed, str):
            raise ValueError("a proof document of version 1")
        head = note.verify(signed, key)
        entry = read_leaf(leaf)
        if head.size != size or entry.index != index:
            raise ValueError(f"entry {index} of {size}, the documents say {entry.index} of {head.size}")
        verify_inclusion(index, size, leaf_hash(leaf), path, head.root)
    except SignatureInvalid as error:
        raise ProofRefused(f"A proof was expected to hold: {error.message}", hint="imprimatur audit verify") from error
    except (KeyError, TypeError, ValueError, LeafUnreadable) as error:
        raise ProofRefused(f"A proof was expected to hold, found: {error}.", hint="imprimatur audit prove") from error
    return entry
