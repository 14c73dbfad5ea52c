"""One entry of the ledger: what it says, and the exact bytes that the Merkle tree hashes.

A leaf is the RFC 8785 spelling of ``{"v":1,"index","kind","at","body","commitment"}``. Its body holds digests, coded
reasons and pseudonymous ids; whatever is personal goes to the payload beside it, which may be erased and of which the
leaf keeps a salted commitment only.

A leaf has to fit a bundle of c2sp.org/tlog-tiles, whose lengths have 16 bits. Long values of a body (the signed
statement over a batch, its list of images) therefore lie beside the leaf, which names their digests: version 2 with
``"beside":{name: {"sha256","size"}}``. They are part of the entry and are never erased.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from curate.canonical import Json, Spelled, canonical_bytes
from curate.errors import ExitCode, ImprimaturError

PLAIN, WITH_BESIDE = 1, 2  # versions of a leaf
LEAF_BYTES = 65_535  # at most: c2sp.org/tlog-tiles, "Log entries"
BESIDE_FROM = 8_192  # bytes of canonical JSON from which a value of the body lies beside the leaf
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z")
_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class EntryRefused(ImprimaturError):
    """A new entry cannot be written as canonical JSON, or its time has no zone."""

    code = "IMP-E313"
    exit_code = ExitCode.USAGE


class LeafUnreadable(ValueError):
    """Leaf bytes that no writer of ours can have made; the message says what is wrong with them."""


class EntryKind(StrEnum):
    """What an entry records; the body of each kind is described in docs/formats.md."""

    WORKSPACE = "workspace"
    POLICY = "policy"
    REVIEWER = "reviewer"
    REVIEWER_REVOKED = "reviewer-revoked"
    CURATE_RUN = "curate-run"
    DECISION = "decision"
    APPROVAL = "approval"
    REJECTION = "rejection"
    TO_INDEX = "to-index"
    INFORMATION_REQUEST = "information-request"
    INFORMATION_ANSWER = "information-answer"
    ACCESS = "access"
    WITHDRAWAL = "withdrawal"
    WRONG_ANSWER = "wrong-answer"
    WRONG_ANSWER_CLOSED = "wrong-answer-closed"
    PILOT_PLAN = "pilot-plan"
    TRAINING_RUN = "training-run"
    MANIFEST = "manifest"
    CALIBRATION = "calibration"
    EVALUATION = "evaluation"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What a caller wants recorded. `at` is aware; None means now. `payload` is the part that may be erased later, spelt
    already where many are alike."""

    kind: EntryKind
    body: Mapping[str, Any]
    payload: Json | Spelled | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One recorded entry. `at` is UTC and aware; `payload_commitment` and `leaf_hash` are 64 lower-case hex digits.
    `body` is whole: what lies beside the leaf is in it."""

    index: int
    kind: EntryKind
    at: datetime
    body: Mapping[str, Any]
    payload_commitment: str | None
    leaf_hash: str


def moment_text(at: datetime) -> str:
    """RFC 3339 in UTC with exactly six decimals and `Z`: one moment has one spelling.

    Raises:
        EntryRefused: `at` is naive; a time without a zone means two things.
    """
    if at.tzinfo is None:
        raise EntryRefused(f"A time with a zone was expected, found {at.isoformat()}.", hint="imprimatur doctor")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_moment(text: object) -> datetime:
    """The aware UTC moment of `moment_text`.

    Raises:
        ValueError: another spelling, or no such date.
    """
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise ValueError(f"expected a time such as 2030-01-31T12:00:00.000000Z, found {text!r}")
    return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)


def spell(
    index: int, kind: EntryKind, at: datetime, body: Mapping[str, Any], commitment: str | None
) -> tuple[bytes, dict[str, bytes]]:
    """The leaf of an entry, and the canonical bytes of what lies beside it, by name: every value of `body` that is
    longer than BESIDE_FROM.

    Raises:
        EntryRefused: the body is not canonical JSON (NaN, huge integers, other types), the leaf is too long even so,
            or `at` has no zone.
    """
    what = f"the body of a '{kind.value}' entry"
    leaf = leaf_bytes(index, kind, at, body, commitment)
    if len(leaf) <= BESIDE_FROM:
        return leaf, {}
    spelled = {name: canonical_or_refused(value, what) for name, value in body.items()}
    beside = {name: data for name, data in spelled.items() if len(data) > BESIDE_FROM}
    if beside:
        inline = {name: value for name, value in body.items() if name not in beside}
        leaf = leaf_bytes(index, kind, at, inline, commitment, beside)
    if len(leaf) > LEAF_BYTES:
        raise EntryRefused(
            f"A '{kind.value}' entry of at most {LEAF_BYTES} bytes was expected, found {len(leaf)}.",
            hint="imprimatur doctor",
        )
    return leaf, beside


def leaf_bytes(
    index: int,
    kind: EntryKind,
    at: datetime,
    body: Mapping[str, Any],
    commitment: str | None,
    beside: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    """The bytes that are hashed for this entry, as `spell` divides it.

    Raises:
        EntryRefused: not canonical JSON, or `at` has no zone.
    """
    document = {
        "v": WITH_BESIDE if beside else PLAIN,
        "index": index,
        "kind": kind.value,
        "at": moment_text(at),
        "body": dict(body),
        "commitment": commitment,
    }
    if beside:
        document["beside"] = {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in beside.items()
        }
    return canonical_or_refused(document, f"the body of a '{kind.value}' entry")


def canonical_or_refused(document: Json, what: str) -> bytes:
    """Canonical bytes of `document`, which may be spelt already; `what` names it in the error.

    Raises:
        EntryRefused: RFC 8785 has no spelling for it.
    """
    if isinstance(document, Spelled):
        return bytes(document)
    try:
        return canonical_bytes(document)
    except (ValueError, TypeError) as error:
        raise EntryRefused(f"JSON was expected in {what}, found: {error}.", hint="imprimatur doctor") from error


def read_leaf(leaf: bytes, beside: Mapping[str, bytes] = MappingProxyType({})) -> LedgerEntry:
    """The entry that `leaf` spells, together with what lies `beside` it.

    Raises:
        LeafUnreadable: not our JSON, an unknown version or kind, fields of the wrong type, or what lies beside is not
            what the leaf names.
    """
    try:
        document = json.loads(leaf)
        if not isinstance(document, dict):
            raise ValueError("an object was expected")
        named = document.pop("beside", None)
        if set(document) != {"v", "index", "kind", "at", "body", "commitment"}:
            raise ValueError("the six fields of a leaf were expected")
        if document["v"] != (PLAIN if named is None else WITH_BESIDE):
            raise ValueError(f"leaf version {PLAIN} or {WITH_BESIDE} was expected, found {document['v']!r}")
        index, body, commitment = document["index"], document["body"], document["commitment"]
        if type(index) is not int or not isinstance(body, dict) or not isinstance(commitment, str | None):
            raise ValueError("a field has the wrong type")
        if named is not None or beside:
            body |= _whole(named or {}, beside)
        return LedgerEntry(
            index=index,
            kind=EntryKind(document["kind"]),
            at=read_moment(document["at"]),
            body=body,
            payload_commitment=commitment,
            leaf_hash=hashlib.sha256(b"\x00" + leaf).hexdigest(),  # RFC 6962, 2.1
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise LeafUnreadable(str(error)) from error


def _whole(named: Mapping[str, Any], beside: Mapping[str, bytes]) -> dict[str, Any]:
    found = {name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in beside.items()}
    if found != named:
        raise ValueError(f"beside it {', '.join(sorted(named)) or 'nothing'} as named, found something else")
    return {name: json.loads(data) for name, data in beside.items()}


def kind_marks(kind: EntryKind) -> tuple[bytes, ...]:
    """How leaves of this kind end: `kind` and `v` are the last keys in canonical order."""
    return tuple(f'"kind":"{kind.value}","v":{version}}}'.encode() for version in (PLAIN, WITH_BESIDE))


def has_beside(leaf: bytes) -> bool:
    """Whether something lies beside `leaf`."""
    return leaf.endswith(f'"v":{WITH_BESIDE}}}'.encode())


def commit(salt: bytes, content: bytes) -> str:
    """Hex SHA-256 of salt and canonical payload: without the salt a guessed payload cannot be confirmed."""
    return hashlib.sha256(salt + content).hexdigest()


def coded(text: str, what: str) -> str:
    """`text`, if it is a code; free text could name a person, and the ledger cannot forget.

    Raises:
        EntryRefused: it is not made of a-z, 0-9, point, hyphen and underscore, 64 characters at most.
    """
    if not _CODE.fullmatch(text):
        raise EntryRefused(
            f"A code such as 'owner-request' was expected as {what}, found {text!r}: the ledger keeps no free text.",
            hint="imprimatur withdraw IMAGE --reason owner-request",
        )
    return text
