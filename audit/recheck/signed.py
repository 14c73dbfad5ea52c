"""Signatures as the recheck reads them: DSSE envelopes and signed checkpoints, from their specifications again.

https://github.com/secure-systems-lab/dsse/blob/master/protocol.md · https://c2sp.org/signed-note ·
https://c2sp.org/tlog-checkpoint · https://c2sp.org/tlog-cosignature
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
COSIGNATURE_V1 = b"\x04"


def load_key(pem: object) -> Ed25519PublicKey:
    """The Ed25519 key in a PEM text.

    Raises:
        ValueError: anything else.
    """
    try:
        key = load_pem_public_key(pem.encode()) if isinstance(pem, str) else None
    except Exception as error:  # the library raises several unrelated classes for bytes that are no key
        raise ValueError(f"no public key: {type(error).__name__}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("no Ed25519 public key")
    return key


def key_id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def open_checkpoint(note: str, key: Ed25519PublicKey) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint that `key` signed.

    Raises:
        ValueError: malformed, or not signed by `key`.
    """
    text, gap, tail = note.partition("\n\n")
    lines = text.split("\n")
    if not gap or len(lines) != 3 or not tail.endswith("\n") or not lines[0]:
        raise ValueError("three lines, an empty line and a signature expected")
    origin, size, root = lines[0], lines[1], _decode(lines[2])
    if not size.isascii() or not size.isdigit() or str(int(size)) != size or len(root) != 32:
        raise ValueError("a decimal size and a root of 32 bytes expected")
    public = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    hint = hashlib.sha256(b"%s\n\x01%s" % (origin.encode(), public)).digest()[:4]
    valid = 0
    for line in tail[:-1].split("\n"):
        dash, name, blob = line.split(" ")
        data = _decode(blob)
        if dash != "—":
            raise ValueError("a signature line begins with an em dash")
        if name == origin and data[:4] == hint:
            _check(key, data[4:], (text + "\n").encode())
            valid += 1
    if not valid:
        raise ValueError("not signed by this key")
    return origin, int(size), root


def open_verifier_key(text: object) -> tuple[str, Ed25519PublicKey]:
    """Name and key of a witness, from the line ``name+hint+base64`` (signed-note, "Verifier keys"; type 0x04).

    Raises:
        ValueError: another kind of key, or a hint that does not fit.
    """
    if not isinstance(text, str) or text.count("+") < 2:
        raise ValueError("no verifier key")
    name, hint, blob = text.split("+", 2)
    data = _decode(blob)
    if not name or any(c.isspace() for c in name) or len(data) != 33 or data[:1] != COSIGNATURE_V1:
        raise ValueError("no key of a witness (type 0x04)")
    if hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8] != hint:
        raise ValueError("the key's hint does not fit")
    return name, Ed25519PublicKey.from_public_bytes(data[1:])


def cosigned_at(line: str, name: str, key: Ed25519PublicKey, text: bytes) -> int | None:
    """When (POSIX seconds) the witness cosigned the checkpoint `text`; None when the line is by another key.

    Raises:
        ValueError: the line is by this key and does not hold, or is no signature line.
    """
    dash, signer, blob = line.split(" ")
    data = _decode(blob)
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    hint = hashlib.sha256(name.encode() + b"\n" + COSIGNATURE_V1 + raw).digest()[:4]
    if dash != "—":
        raise ValueError("a signature line begins with an em dash")
    if signer != name or data[:4] != hint:
        return None
    seconds = int.from_bytes(data[4:12], "big")
    if len(data) != 76 or seconds >= 1 << 63:
        raise ValueError("a time of 8 bytes and a signature of 64 expected")
    _check(key, data[12:], b"cosignature/v1\ntime %d\n" % seconds + text)
    return seconds


def open_statement(envelope: Any, key: Ed25519PublicKey, predicate_types: tuple[str, ...]) -> dict[str, Any]:
    """The predicate of an in-toto statement of one of these types in a DSSE envelope signed by `key`.

    Raises:
        ValueError: malformed, of another type, or not signed by `key`.
    """
    try:
        (signature,) = envelope["signatures"]
        payload = _decode(envelope["payload"])
        kind = envelope["payloadType"]
        if kind != PAYLOAD_TYPE or signature["keyid"] != key_id(key):
            raise ValueError("another payload type or another key is named")
        message = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
        _check(key, _decode(signature["sig"]), message)
        document = json.loads(payload)
        predicate = document["predicate"]
        if document["_type"] != STATEMENT or document["predicateType"] not in predicate_types:
            raise ValueError(f"a statement of type {document['predicateType']!r}")
        subjects = [(s["name"], s["digest"]["sha256"]) for s in document["subject"]]
        if subjects != [(item["image_id"], item["image_id"]) for item in predicate["items"]]:
            raise ValueError("subjects and items differ")
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not an envelope: {type(error).__name__}") from error
    if not isinstance(predicate, dict):
        raise ValueError("no predicate")
    return predicate


def _check(key: Ed25519PublicKey, signature: bytes, message: bytes) -> None:
    try:
        key.verify(signature, message)
    except InvalidSignature as error:
        raise ValueError("the signature does not hold") from error


def _decode(text: str) -> bytes:
    data = base64.b64decode(text.encode("ascii"), validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 is not canonical")
    return data
