"""RFC 3161: an authority that the user names states that a checkpoint existed at a time. The only module that needs
`rfc3161-client` (extra `timestamp`); what it checks, it checks offline."""

from __future__ import annotations

import hashlib
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curate.errors import ExitCode, ImprimaturError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

SECONDS = 60.0  # for the request
MAX_TOKEN = 1 << 20  # bytes


class TimestampInvalid(ImprimaturError):
    """An authority's answer is no valid timestamp of this checkpoint under a trusted certificate."""

    code = "IMP-E347"
    exit_code = ExitCode.INTEGRITY


class TimestampUnavailable(ImprimaturError):
    """The authority cannot be reached, the extra is not installed, or a certificate file cannot be read."""

    code = "IMP-E348"
    exit_code = ExitCode.UNAVAILABLE


def load_roots(paths: Sequence[Path]) -> list[Certificate]:
    """The certificates in PEM files.

    Raises:
        TimestampUnavailable: a file cannot be read or holds none.
    """
    from cryptography.x509 import load_pem_x509_certificates

    found: list[Certificate] = []
    for path in paths:
        try:
            found += load_pem_x509_certificates(path.read_bytes())
        except (OSError, ValueError) as error:
            raise TimestampUnavailable(
                f"A certificate in PEM was expected at {path}, found: {error}.", hint="[ledger] timestamp_roots"
            ) from error
    return found


def request_timestamp(url: str, text: str, roots: Sequence[Certificate]) -> bytes:
    """Ask the authority at `url` about the checkpoint body `text`; its answer (DER), which has been verified.

    Only the SHA-256 of the text and a random number leave this machine.

    Raises:
        TimestampUnavailable: no answer. TimestampInvalid: an answer that does not hold under `roots`.
    """
    library = _library()
    builder = library.TimestampRequestBuilder().data(text.encode()).hash_algorithm(library.HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).build()
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        asked = urllib.request.Request(url, request.as_bytes(), headers)
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
            token = bytes(answer.read(MAX_TOKEN))
    except (OSError, ValueError) as error:
        raise TimestampUnavailable(f"An answer of {url} was expected, found: {error}.", hint="try again") from error
    verify_timestamp(token, text, roots, nonce=request.nonce)
    return token


def verify_timestamp(token: bytes, text: str, roots: Sequence[Certificate], *, nonce: int | None = None) -> datetime:
    """The time (UTC) at which the authority saw the checkpoint body `text`; certificates have to be valid at that time.

    Raises:
        TimestampInvalid: another text, another number, a signature or certificate that does not hold.
        TimestampUnavailable: the extra is not installed.
    """
    library = _library()
    if not roots:
        raise TimestampInvalid(
            "A trusted certificate of the authority was expected, found none.",
            hint='[ledger] timestamp_roots = ["authority.pem"]',
        )
    try:
        response = library.decode_timestamp_response(token)
        imprint = response.tst_info.message_imprint
        if imprint.hash_algorithm.dotted_string != "2.16.840.1.101.3.4.2.1":  # SHA-256
            raise ValueError("a digest of another kind")
        builder = library.VerifierBuilder(roots=list(roots), nonce=nonce)
        builder.build().verify(response, hashlib.sha256(text.encode()).digest())
        at: datetime = response.tst_info.gen_time
    except (library.VerificationError, ValueError, TypeError) as error:
        raise TimestampInvalid(
            f"A timestamp of this checkpoint under a trusted certificate was expected, found: {error}.",
            hint="imprimatur audit timestamp URL",
        ) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _library() -> Any:
    """The optional package, imported when it is asked for."""
    try:
        import rfc3161_client
    except ImportError as error:
        raise TimestampUnavailable(
            "The package rfc3161-client was expected for timestamps, found none.",
            hint="pip install 'imprimatur[timestamp]'",
        ) from error
    return rfc3161_client
