"""DSSE v1 envelopes: a signature over a typed payload, so that one kind of statement cannot pass for another.

Protocol: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

from audit.keys import PublicKey, SigningKey
from curate.errors import ExitCode, ImprimaturError

IN_TOTO = "application/vnd.in-toto+json"
_REMEMBERED = 65_536  # verdicts, about 150 bytes each


class SignatureInvalid(ImprimaturError):
    """An envelope or note is malformed, or its signature does not hold under the key that was asked."""

    code = "IMP-E308"
    exit_code = ExitCode.INTEGRITY


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """PAE: ``DSSEv1 <length> <type> <length> <payload>``, lengths in decimal bytes."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def seal(payload: bytes, key: SigningKey, payload_type: str = IN_TOTO) -> dict[str, Any]:
    """The JSON envelope around `payload`, signed by `key`."""
    signature = key.sign(pre_authentication_encoding(payload_type, payload))
    return {
        "payloadType": payload_type,
        "payload": base64.b64encode(payload).decode("ascii"),
        "signatures": [{"keyid": key.key_id, "sig": base64.b64encode(signature).decode("ascii")}],
    }


def payload_of(envelope: Mapping[str, Any]) -> bytes:
    """The payload as it was signed; nobody has checked the signature yet.

    Raises:
        SignatureInvalid: not an envelope.
    """
    try:
        return _strict_base64(envelope["payload"])
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(f"a base64 payload, found {type(error).__name__}") from error


def verify(envelope: Mapping[str, Any], key: PublicKey, payload_type: str = IN_TOTO) -> bytes:
    """The payload, if exactly one signature is there and it is by `key`.

    Raises:
        SignatureInvalid: malformed, another payload type, another key, or the signature does not hold.
    """
    payload = payload_of(envelope)
    try:
        found_type, signatures = envelope["payloadType"], envelope["signatures"]
        (entry,) = signatures
        key_id, signature = entry["keyid"], _strict_base64(entry["sig"])
    except (KeyError, TypeError, ValueError) as error:
        raise _broken("one signature with keyid and sig, found something else") from error
    if found_type != payload_type:
        raise _broken(f"payload type {payload_type}, found {found_type!r}")
    if key_id != key.key_id:
        raise _broken(f"a signature by key {key.key_id[:16]}…, found key {str(key_id)[:16]}…")
    if not _holds(key, signature, pre_authentication_encoding(payload_type, payload)):
        raise _broken(f"a valid signature by key {key.key_id[:16]}…, found one that does not hold")
    return payload


def _strict_base64(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError("base64 text expected")
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError("not base64") from error
    if base64.b64encode(data).decode("ascii") != text:
        raise ValueError("not the canonical base64 of its bytes")  # else a changed byte could go unnoticed
    return data


def _broken(expected: str) -> SignatureInvalid:
    return SignatureInvalid(f"A signed envelope was expected to hold {expected}.", hint="imprimatur audit verify")


_verdicts: OrderedDict[tuple[bytes, bytes, bytes], bool] = OrderedDict()
_lock = Lock()


def _holds(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Verification is pure, so its verdict is remembered: standing asks about the same envelopes at every query."""
    question = (key.raw, signature, hashlib.sha256(message).digest())
    with _lock:
        if question in _verdicts:
            _verdicts.move_to_end(question)
            return _verdicts[question]
    verdict = key.verifies(signature, message)
    with _lock:
        _verdicts[question] = verdict
        while len(_verdicts) > _REMEMBERED:
            _verdicts.popitem(last=False)
    return verdict
