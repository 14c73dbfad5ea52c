"""Entry by entry: canonical spelling, what lies beside, payload, and the signatures that an entry carries."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.recheck.canonical import is_canonical
from audit.recheck.run import Problem, Run
from audit.recheck.signed import key_id, load_key, open_statement

SALT_BYTES = 32
FIELDS = ["at", "body", "commitment", "index", "kind", "v"]
FIELDS_2 = ["at", "beside", *FIELDS[1:]]  # version 2: long values of the body lie beside the leaf
KINDS = frozenset(
    (
        *("workspace", "policy", "reviewer", "reviewer-revoked", "curate-run", "decision", "approval", "rejection"),
        *("to-index", "information-request", "information-answer", "access"),
        *("withdrawal", "wrong-answer", "wrong-answer-closed", "pilot-plan", "training-run", "manifest"),
        *("calibration", "evaluation"),
    )
)
PREDICATES = {
    "approval": (
        "https://imprimatur.example/approval/v1",
        "https://imprimatur.example/conditional-approval/v1",
    ),
    "rejection": ("https://imprimatur.example/rejection/v1",),
    "to-index": ("https://imprimatur.example/to-index/v1",),
    "information-request": ("https://imprimatur.example/information-request/v1",),
    "information-answer": ("https://imprimatur.example/information-answer/v1",),
    "wrong-answer-closed": ("https://imprimatur.example/case-closed/v1",),
}
SELF_ASSERTED = ("https://imprimatur.example/self-asserted-approval/v1",)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def leaf_problems(
    index: int,
    leaf: bytes,
    beside: Mapping[str, Any],
    salt: Any,
    content: Any,
    key: Ed25519PublicKey,
    run: Run,
) -> Iterator[Problem]:
    """All that can be wrong with entry `index`; `key` is the ledger's."""
    where = f"entry {index}"
    spelled, document = is_canonical(leaf)
    if not spelled or not isinstance(document, dict) or list(document) not in (FIELDS, FIELDS_2):
        yield Problem(where, "canonical JSON with the fields of a leaf", repr(leaf[:60]))
        return
    at, body, commitment, kind = document["at"], document["body"], document["commitment"], document["kind"]
    known = isinstance(kind, str) and kind in KINDS and isinstance(body, dict)
    version = 2 if "beside" in document else 1
    if not known or type(document["v"]) is not int or document["v"] != version or document["index"] != index:
        yield Problem(where, f"version {version}, index {index}, a known kind", f"{document['index']}, {kind}")
        return
    if not isinstance(at, str) or not _MOMENT.fullmatch(at) or at < run.last_at:
        yield Problem(where, f"a UTC time from {run.last_at or 'any'} on", str(at))
    else:
        run.last_at = at
    if beside or version == 2:
        problems = list(_beside_problems(index, document.get("beside", {}), beside, body))
        yield from problems
        if problems:
            return
    yield from _payload_problems(where, index, commitment, salt, content, run)
    if (index == 0) != (kind == "workspace"):
        yield Problem(where, "one workspace entry, at index 0", kind)
    elif kind == "workspace":
        yield from _workspace_problems(where, body, key, run)
    elif kind == "reviewer":
        yield from _reviewer_problems(where, body, run)
    elif kind in PREDICATES and (kind != "wrong-answer-closed" or "envelope" in body):  # a withdrawn image needs none
        yield from _statement_problems(where, kind, body, key, run)


def _beside_problems(index: int, named: Any, found: Mapping[str, Any], body: dict[str, Any]) -> Iterator[Problem]:
    """Compares with the digests in the leaf; what holds is put into `body`."""
    where = f"beside entry {index}"
    if not isinstance(named, dict) or (not named and not found) or named.keys() & body.keys():
        yield Problem(where, "names with their digests, none of them in the body", str(named)[:60])
        return
    for name in sorted({*named, *found}, key=str):
        data = found.get(name)
        if not isinstance(data, bytes):
            yield Problem(f"{where}, {name}", "bytes", type(data).__name__)
            continue
        expected = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        spelled, body[name] = is_canonical(data)
        if named.get(name) != expected or not spelled:
            yield Problem(f"{where}, {name}", f"canonical JSON with {named.get(name)}", str(expected))


def _payload_problems(where: str, index: int, commitment: Any, salt: Any, content: Any, run: Run) -> Iterator[Problem]:
    if commitment is not None and not (isinstance(commitment, str) and _DIGEST.fullmatch(commitment)):
        yield Problem(where, "a commitment of 64 hex digits or none", str(commitment))
    elif salt is None and content is None:
        if commitment is not None:
            run.erased.append(index)
    elif not isinstance(salt, bytes) or not isinstance(content, bytes) or len(salt) != SALT_BYTES:
        yield Problem(f"payload {index}", f"{SALT_BYTES} bytes of salt, and content", "something else")
    elif hashlib.sha256(salt + content).hexdigest() != commitment:
        yield Problem(f"payload {index}", f"content committed to as {commitment}", "another content or salt")
    # Nothing is parsed: the commitment binds every byte, and reading payloads would be half of the time.


def _workspace_problems(where: str, body: dict[str, Any], key: Ed25519PublicKey, run: Run) -> Iterator[Problem]:
    run.workspace = str(body.get("workspace_id"))
    if body.get("ledger_key_id") != key_id(key):
        yield Problem(where, f"the ledger of key {key_id(key)}", str(body.get("ledger_key_id")))


def _reviewer_problems(where: str, body: dict[str, Any], run: Run) -> Iterator[Problem]:
    reviewer = str(body.get("reviewer"))
    try:
        key = load_key(body.get("public_key"))
    except ValueError as error:
        yield Problem(where, "a reviewer's public key", str(error))
        return
    if body.get("key_id") != key_id(key):
        yield Problem(where, f"key id {key_id(key)}", str(body.get("key_id")))
    if reviewer in run.reviewers or key_id(key) in run.keys:
        yield Problem(where, "a new reviewer with a key of their own", f"{reviewer}, registered before")
        return
    run.reviewers[reviewer], run.keys[key_id(key)] = key, reviewer


def _statement_problems(
    where: str, kind: str, body: dict[str, Any], ledger_key: Ed25519PublicKey, run: Run
) -> Iterator[Problem]:
    key, predicates, signer = run.reviewers.get(str(body.get("reviewer"))), PREDICATES[kind], body.get("reviewer")
    if key is None:
        yield Problem(where, "a reviewer registered before", str(body.get("reviewer")))
        return
    if body.get("assurance") == "self-asserted":
        key, signer = ledger_key, "the ledger's key"
        predicates = SELF_ASSERTED if kind == "approval" else predicates
    run.signatures += 1
    try:
        predicate = open_statement(body.get("envelope"), key, predicates)
    except ValueError as error:
        yield Problem(where, f"a {kind} signed by {signer}", str(error))
        return
    said = (predicate.get("reviewer"), predicate.get("workspace_id"), [i["image_id"] for i in predicate["items"]])
    if said != (body.get("reviewer"), run.workspace, body.get("image_ids")):
        yield Problem(where, "reviewer, workspace and images as signed", f"{said[0]}, {said[1]}, {len(said[2])} images")
