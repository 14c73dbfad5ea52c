"""Asking witnesses to cosign: through a file that somebody carries, a folder, or a web address (c2sp.org/tlog-witness)."""

from __future__ import annotations

import base64
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audit import note
from audit.cosignature import WitnessKey, verify_line
from audit.ledger import Ledger
from audit.witness import Answer, Witness
from curate.errors import ExitCode, ImprimaturError

SECONDS = 60.0  # for one request


class NotCosigned(ImprimaturError):
    """A witness refused, or gave no cosignature of a trusted key."""

    code = "IMP-E345"
    exit_code = ExitCode.INTEGRITY


class WitnessAway(ImprimaturError):
    """A witness cannot be reached."""

    code = "IMP-E346"
    exit_code = ExitCode.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Names of the witnesses that cosigned the first `size` entries, and when (POSIX seconds)."""

    size: int
    witnesses: dict[str, int]


def request_for(ledger: Ledger, old: int) -> str:
    """The body of an ``add-checkpoint`` request: from the `old` size that the witness cosigned last to now."""
    signed = ledger.checkpoint()
    size = note.verify(signed, ledger.public_key, ledger.origin).size
    proof = ledger.consistency_proof(old, signed) if 0 < old <= size else ()
    lines = [f"old {old}", *(base64.b64encode(value).decode("ascii") for value in proof), "", ""]
    return "\n".join(lines) + signed


def ask(ledger: Ledger, place: str, trusted: Sequence[WitnessKey], passphrase: bytes | None = None) -> Cosigned:
    """Have the newest checkpoint cosigned by the witness at `place`, a folder or a web address, and keep the lines.

    Raises:
        NotCosigned: it refused: for it, this ledger does not continue what it saw. WitnessAway: no answer.
    """
    known = ledger.cosigned_sizes()
    old = max((known.get(witness.text, 0) for witness in trusted), default=0)
    request = request_for(ledger, old)
    answer = _send(place, request, passphrase)
    if answer.status == 409 and (last := answer.body.strip()).isdigit() and int(last) != old:
        request = request_for(ledger, int(last))
        answer = _send(place, request, passphrase)
    if answer.status != 200:
        raise NotCosigned(
            f"A cosignature of {place} was expected, found its refusal {answer.status}: {answer.body.strip()[:200]}. "
            "A witness refuses what does not continue the log as it saw it.",
            hint="imprimatur audit verify --against CHECKPOINT   (the witness's, or your own copy)",
        )
    return add(ledger, answer.body, trusted, request)


def add(ledger: Ledger, lines: str, trusted: Sequence[WitnessKey], request: str | None = None) -> Cosigned:
    """Keep the cosignature `lines` of trusted witnesses about the checkpoint of `request`, default the newest one.

    Raises:
        NotCosigned: none of them is a trusted witness's over this checkpoint. SignatureInvalid: one does not hold.
    """
    signed = request.partition("\n\n")[2] if request else ledger.checkpoint()
    head = note.verify(signed, ledger.public_key, ledger.origin)
    kept: dict[str, str] = {}
    seen: dict[str, int] = {}
    for line in lines.splitlines():
        for witness in trusted:
            seconds = verify_line(line, witness, head.text)
            if seconds is not None:
                kept[witness.text], seen[witness.name] = line, seconds
    if not kept:
        raise NotCosigned(
            f"A line of one of {len(trusted)} trusted witnesses over {head.size} entries was expected, found none.",
            hint="put the witness's verifier key into [ledger] witnesses of imprimatur.toml",
        )
    ledger.keep_cosignatures(head.size, kept)
    return Cosigned(head.size, seen)


def _send(place: str, request: str, passphrase: bytes | None) -> Answer:
    if not place.startswith(("http://", "https://")):
        return Witness.open(Path(place), passphrase).add_checkpoint(request)
    url = f"{place.rstrip('/')}/add-checkpoint"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, request.encode()), timeout=SECONDS) as answer:
            return Answer(200, answer.read().decode())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read().decode(errors="replace"))
    except (OSError, UnicodeDecodeError) as error:
        raise WitnessAway(f"An answer of {url} was expected, found: {error}.", hint="try again") from error
