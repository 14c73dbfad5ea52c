"""Approvals and rejections as signed in-toto statements, bound to everything a person looked at.

A statement names image bytes, training texts, findings, rights facts, policy and purpose by digest: when one of them
changes, the statement is about something else and counts no longer. https://in-toto.io/Statement/v1
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit import dsse
from audit.dsse import SignatureInvalid
from audit.entry import moment_text, read_moment
from audit.keys import PublicKey, SigningKey
from curate.canonical import canonical_bytes

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
APPROVAL_TYPE = "https://imprimatur.example/approval/v1"
REJECTION_TYPE = "https://imprimatur.example/rejection/v1"


@dataclass(frozen=True, slots=True)
class ApprovedItem:
    """One image as the reviewer saw it: SHA-256 (hex) of its bytes, its training texts, its findings, its facts."""

    image_id: str
    texts_digest: str
    findings_digest: str
    facts_digest: str


@dataclass(frozen=True, slots=True)
class ApprovalStatement:
    """The content of an approval or a rejection. Times are aware UTC; valid while issued_at <= t < expires_at."""

    workspace_id: str
    reviewer: str
    role: str
    reason: str
    purpose: str
    issued_at: datetime
    expires_at: datetime
    policy_sha256: str
    items: tuple[ApprovedItem, ...]


def sign_approval(
    key: SigningKey,
    reviewer: str,
    role: str,
    items: Sequence[ApprovedItem],
    policy_sha256: str,
    workspace_id: str,
    purpose: str,
    reason: str,
    issued_at: datetime,
    expires_at: datetime,
) -> dict[str, Any]:
    """The DSSE envelope with which `reviewer` approves `items` in `role`; `reason` is a code, never free text."""
    statement = ApprovalStatement(
        workspace_id, reviewer, role, reason, purpose, issued_at, expires_at, policy_sha256, tuple(items)
    )
    return _seal(key, statement, APPROVAL_TYPE)


def sign_rejection(
    key: SigningKey,
    reviewer: str,
    role: str,
    items: Sequence[ApprovedItem],
    policy_sha256: str,
    workspace_id: str,
    purpose: str,
    reason: str,
    issued_at: datetime,
    expires_at: datetime,
) -> dict[str, Any]:
    """As `sign_approval`, the other way: `reviewer` refuses `items`."""
    statement = ApprovalStatement(
        workspace_id, reviewer, role, reason, purpose, issued_at, expires_at, policy_sha256, tuple(items)
    )
    return _seal(key, statement, REJECTION_TYPE)


def verify_approval(envelope: Mapping[str, Any], public_key: PublicKey) -> ApprovalStatement:
    """The statement in `envelope`, if `public_key` signed it as an approval.

    Raises:
        SignatureInvalid: malformed, a statement of another type, or the signature does not hold.
    """
    return _read(dsse.verify(envelope, public_key), APPROVAL_TYPE)


def verify_rejection(envelope: Mapping[str, Any], public_key: PublicKey) -> ApprovalStatement:
    """As `verify_approval`, for rejections."""
    return _read(dsse.verify(envelope, public_key), REJECTION_TYPE)


def read_rejection_unverified(envelope: Mapping[str, Any]) -> ApprovalStatement:
    """The statement in `envelope`, whoever signed it: good enough to refuse, never to permit.

    Raises:
        SignatureInvalid: malformed, or a statement of another type.
    """
    return _read(dsse.payload_of(envelope), REJECTION_TYPE)


def _seal(key: SigningKey, statement: ApprovalStatement, predicate_type: str) -> dict[str, Any]:
    document = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": item.image_id, "digest": {"sha256": item.image_id}} for item in statement.items],
        "predicateType": predicate_type,
        "predicate": {
            "workspace_id": statement.workspace_id,
            "reviewer": statement.reviewer,
            "role": statement.role,
            "reason": statement.reason,
            "purpose": statement.purpose,
            "issued_at": moment_text(statement.issued_at),
            "expires_at": moment_text(statement.expires_at),
            "policy_sha256": statement.policy_sha256,
            "items": [
                {
                    "image_id": item.image_id,
                    "texts_digest": item.texts_digest,
                    "findings_digest": item.findings_digest,
                    "facts_digest": item.facts_digest,
                }
                for item in statement.items
            ],
        },
    }
    return dsse.seal(canonical_bytes(document), key)


def _read(payload: bytes, predicate_type: str) -> ApprovalStatement:
    try:
        document = json.loads(payload)
        if document["_type"] != STATEMENT_TYPE or document["predicateType"] != predicate_type:
            raise ValueError(f"{predicate_type} expected, {document['predicateType']!r} found")
        predicate = document["predicate"]
        items = tuple(
            ApprovedItem(
                _text(item["image_id"]),
                _text(item["texts_digest"]),
                _text(item["findings_digest"]),
                _text(item["facts_digest"]),
            )
            for item in predicate["items"]
        )
        if [subject["digest"]["sha256"] for subject in document["subject"]] != [item.image_id for item in items]:
            raise ValueError("subjects and items name different images")
        return ApprovalStatement(
            workspace_id=_text(predicate["workspace_id"]),
            reviewer=_text(predicate["reviewer"]),
            role=_text(predicate["role"]),
            reason=_text(predicate["reason"]),
            purpose=_text(predicate["purpose"]),
            issued_at=read_moment(predicate["issued_at"]),
            expires_at=read_moment(predicate["expires_at"]),
            policy_sha256=_text(predicate["policy_sha256"]),
            items=items,
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SignatureInvalid(
            f"A signed statement of type {predicate_type} was expected, found: {error}.",
            hint="imprimatur audit verify",
        ) from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, {type(value).__name__} found")
    return value
