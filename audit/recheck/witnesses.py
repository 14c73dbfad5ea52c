"""Who else has seen this ledger: cosignatures by witnesses and timestamps, as the recheck reads them.

https://c2sp.org/tlog-cosignature (Ed25519, type 0x04) · https://c2sp.org/signed-note · RFC 3161. A stored cosignature
has to hold under the key stored with it, whoever that is; only keys that the reader trusts count as witnesses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from typing import Any

from audit.recheck.run import Problem, Run, Tree
from audit.recheck.signed import cosigned_at, open_verifier_key


def cosignature_problems(
    row: tuple[Any, Any, Any], tree: Tree, origin: str, trusted: Collection[str], run: Run, valid: dict[int, set[str]]
) -> Iterator[Problem]:
    """One stored cosignature about the leaves so far; when it holds and its key is `trusted`, `valid` gains it."""
    size, witness, line = row
    where = f"cosignature of {str(witness).partition('+')[0]} at {size}"
    run.cosignatures += 1
    try:
        name, key = open_verifier_key(witness)
        if cosigned_at(line, name, key, tree.text(origin)) is None:
            raise ValueError("a line of another key")
    except (ValueError, AttributeError, TypeError) as error:
        yield Problem(where, f"a cosignature over the first {tree.size} entries", str(error))
        return
    if witness in trusted:
        valid.setdefault(size, set()).add(witness)


def kept_cosignatures(note: str, trusted: Collection[str]) -> set[str]:
    """The trusted witnesses that cosigned the checkpoint `note`, which somebody kept.

    Raises:
        ValueError: a line by one of them does not hold.
    """
    text, _, tail = note.partition("\n\n")
    found: set[str] = set()
    for witness in trusted:
        name, key = open_verifier_key(witness)
        for line in tail.splitlines():
            if cosigned_at(line, name, key, f"{text}\n".encode()) is not None:
                found.add(witness)
    return found


def stamp_problems(row: tuple[Any, Any, Any], tree: Tree, origin: str, run: Run) -> Iterator[Problem]:
    """A stored timestamp: no byte of it loose, and about this checkpoint. Its signature is checked by `audit.timestamp`."""
    size, digest, token = row
    where = f"timestamp at {size}"
    run.stamps += 1
    if not isinstance(token, bytes) or hashlib.sha256(token).hexdigest() != digest:
        yield Problem(where, f"a token with digest {digest}", "another token")
    elif hashlib.sha256(tree.text(origin)).digest() not in token:
        yield Problem(where, f"a token over the checkpoint of {tree.size} entries", "one over something else")


def quorum_problems(valid: dict[int, set[str]], required: int, run: Run) -> Iterator[Problem]:
    """Whether enough trusted witnesses cosigned one and the same size."""
    enough = [size for size, witnesses in valid.items() if len(witnesses) >= max(1, required)]
    run.witnessed = max(enough, default=None)
    if required and run.witnessed is None:
        most = max(map(len, valid.values()), default=0)
        yield Problem("witnesses", f"valid cosignatures of {required} trusted witnesses over one checkpoint", str(most))
