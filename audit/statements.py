"""What people say about images, as signed in-toto statements bound to everything they looked at.

A statement names image bytes, training texts, findings, rights facts, policy and purpose by digest: when one of them
changes, the statement is about something else and counts no longer. https://in-toto.io/Statement/v1
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit import dsse
from audit.dsse import SignatureInvalid
from audit.entry import moment_text, read_moment
from audit.keys import PublicKey, SigningKey
from curate.canonical import canonical_bytes, digest

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
APPROVAL_TYPE = "https://imprimatur.example/approval/v1"
# A type of its own: a reader who does not know conditions must not take it for an unconditional approval.
CONDITIONAL_TYPE = "https://imprimatur.example/conditional-approval/v1"
# Signed by the ledger's key for a reviewer who signed in and has no key here; counts only where the policy lets it.
SELF_ASSERTED_TYPE = "https://imprimatur.example/self-asserted-approval/v1"
REJECTION_TYPE = "https://imprimatur.example/rejection/v1"
TO_INDEX_TYPE = "https://imprimatur.example/to-index/v1"
INFORMATION_TYPE = "https://imprimatur.example/information-request/v1"
# Says what the answer to a question is; whoever asked closes the question with it.
ANSWER_TYPE = "https://imprimatur.example/information-answer/v1"
# Says what was done about a reported wrong answer; the picture may be shown again.
CASE_CLOSED_TYPE = "https://imprimatur.example/case-closed/v1"

_WITH_CONDITIONS = (CONDITIONAL_TYPE, SELF_ASSERTED_TYPE)


@dataclass(frozen=True, slots=True)
class ApprovedItem:
    """One image as the reviewer saw it: SHA-256 (hex) of its bytes, its training texts, its findings, its facts."""

    image_id: str
    texts_digest: str
    findings_digest: str
    facts_digest: str


@dataclass(frozen=True, slots=True)
class ApprovalStatement:
    """The content of any of these statements. Times are aware UTC; valid while issued_at <= t < expires_at.

    `conditions` are codes of audit.conditions, only in approvals; `self_asserted`: not signed with the reviewer's own key;
    `question`: the ledger index of the request that an answer is about, only in answers; `report`: the id of the report that
    is closed, only when closing one, where `reason` is the remedy.
    `ledger_key_id` names the key of the log it was made for: another log under the same workspace id is another one.
    """

    workspace_id: str
    reviewer: str
    role: str
    reason: str
    purpose: str
    issued_at: datetime
    expires_at: datetime
    policy_sha256: str
    items: tuple[ApprovedItem, ...]
    conditions: tuple[str, ...] = ()
    self_asserted: bool = False
    ledger_key_id: str | None = None
    question: int | None = None
    report: str | None = None


def sign_approval(key: SigningKey, statement: ApprovalStatement) -> dict[str, Any]:
    """The DSSE envelope with which the reviewer approves the items; `key` is the reviewer's, or the ledger's when the
    statement is self-asserted. `reason` and `conditions` are codes, never free text."""
    if statement.self_asserted:
        return _seal(key, statement, SELF_ASSERTED_TYPE)
    return _seal(key, statement, CONDITIONAL_TYPE if statement.conditions else APPROVAL_TYPE)


def sign_rejection(key: SigningKey, statement: ApprovalStatement) -> dict[str, Any]:
    """The reviewer refuses the items as they are."""
    return _seal(key, statement, REJECTION_TYPE)


def sign_to_index(key: SigningKey, statement: ApprovalStatement) -> dict[str, Any]:
    """The reviewer keeps the items out of memory and lets the external index hold them."""
    return _seal(key, statement, TO_INDEX_TYPE)


def sign_information_request(key: SigningKey, statement: ApprovalStatement) -> dict[str, Any]:
    """The reviewer wants to know something before the items are memorized."""
    return _seal(key, statement, INFORMATION_TYPE)


def sign_answer(key: SigningKey, statement: ApprovalStatement) -> dict[str, Any]:
    """The reviewer answers the request `statement.question`; whoever asked closes it so."""
    return _seal(key, statement, ANSWER_TYPE)


def sign_case_closed(key: SigningKey, statement: ApprovalStatement) -> dict[str, Any]:
    """The reviewer closes the report `statement.report`; the suspension that it caused ends."""
    return _seal(key, statement, CASE_CLOSED_TYPE)


def verify_approval(envelope: Mapping[str, Any], public_key: PublicKey) -> ApprovalStatement:
    """The statement in `envelope`, if `public_key` (the reviewer's) signed it as an approval, conditional or not.

    Raises:
        SignatureInvalid: malformed, a statement of another type, or the signature does not hold.
    """
    return _read(dsse.verify(envelope, public_key), APPROVAL_TYPE, CONDITIONAL_TYPE)


def verify_self_asserted(envelope: Mapping[str, Any], ledger_key: PublicKey) -> ApprovalStatement:
    """As `verify_approval`, for a self-asserted one, which the ledger's key signs."""
    return _read(dsse.verify(envelope, ledger_key), SELF_ASSERTED_TYPE)


def verify_rejection(envelope: Mapping[str, Any], public_key: PublicKey) -> ApprovalStatement:
    """As `verify_approval`, for rejections."""
    return _read(dsse.verify(envelope, public_key), REJECTION_TYPE)


def verify_to_index(envelope: Mapping[str, Any], public_key: PublicKey) -> ApprovalStatement:
    """As `verify_approval`, for what is sent to the index."""
    return _read(dsse.verify(envelope, public_key), TO_INDEX_TYPE)


def verify_answer(envelope: Mapping[str, Any], public_key: PublicKey) -> ApprovalStatement:
    """As `verify_approval`, for answers to questions."""
    return _read(dsse.verify(envelope, public_key), ANSWER_TYPE)


def verify_case_closed(envelope: Mapping[str, Any], public_key: PublicKey) -> ApprovalStatement:
    """As `verify_approval`, for closed reports of wrong answers."""
    return _read(dsse.verify(envelope, public_key), CASE_CLOSED_TYPE)


def read_restriction_unverified(envelope: Mapping[str, Any]) -> ApprovalStatement:
    """A rejection, a sending to the index or a request for information, whoever signed it: good enough to refuse,
    never to permit.

    Raises:
        SignatureInvalid: malformed, or a statement of another type.
    """
    return _read(dsse.payload_of(envelope), REJECTION_TYPE, TO_INDEX_TYPE, INFORMATION_TYPE)


def stated_reason(envelope: Mapping[str, Any]) -> str | None:
    """The coded reason in an envelope whoever signed it, for people to read; None when it cannot be read."""
    try:
        return _text(json.loads(dsse.payload_of(envelope))["predicate"]["reason"])
    except (SignatureInvalid, ValueError, KeyError, TypeError, RecursionError):
        return None  # what is broken in it, recheck says


def _seal(key: SigningKey, statement: ApprovalStatement, predicate_type: str) -> dict[str, Any]:
    stated: dict[str, Any] = {}
    if predicate_type in _WITH_CONDITIONS:
        stated |= {"conditions": list(statement.conditions)}
    if predicate_type == ANSWER_TYPE:
        stated |= {"question": statement.question}
    if predicate_type == CASE_CLOSED_TYPE:
        stated |= {"report": statement.report}
    if statement.ledger_key_id is not None:
        stated |= {"ledger_key_id": statement.ledger_key_id}
    items = [
        {
            "image_id": item.image_id,
            "texts_digest": item.texts_digest,
            "findings_digest": item.findings_digest,
            "facts_digest": item.facts_digest,
        }
        for item in statement.items
    ]
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
            **stated,
            "items_digest": digest(items),  # the exact list: what a page or a mail can show, and a person compare
            "items": items,
        },
    }
    return dsse.seal(canonical_bytes(document), key)


def _read(payload: bytes, *predicate_types: str) -> ApprovalStatement:
    try:
        document = json.loads(payload)
        found = document["predicateType"]
        if document["_type"] != STATEMENT_TYPE or found not in predicate_types:
            raise ValueError(f"{' or '.join(predicate_types)} expected, {found!r} found")
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
        if "items_digest" in predicate and predicate["items_digest"] != _items_digest(predicate["items"]):
            raise ValueError("the list of items is not the one whose digest is named")
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
            conditions=tuple(_text(code) for code in predicate["conditions"]) if found in _WITH_CONDITIONS else (),
            self_asserted=found == SELF_ASSERTED_TYPE,
            ledger_key_id=_text(predicate["ledger_key_id"]) if "ledger_key_id" in predicate else None,
            question=_number(predicate["question"]) if found == ANSWER_TYPE else None,
            report=_text(predicate["report"]) if found == CASE_CLOSED_TYPE else None,
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SignatureInvalid(
            f"A signed statement of type {' or '.join(predicate_types)} was expected, found: {error}.",
            hint="imprimatur audit verify",
        ) from error


def _items_digest(items: list[dict[str, object]]) -> str:
    """`digest` of the list, in a tenth of the time: of texts under ASCII names, json spells what RFC 8785 asks for."""
    if not all(key.isascii() and type(value) is str for item in items for key, value in item.items()):
        return digest(items)
    spelled = json.dumps(items, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()


def _number(value: object) -> int:
    if type(value) is not int:
        raise TypeError(f"a whole number expected, {type(value).__name__} found")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, {type(value).__name__} found")
    return value
