"""The verdict on one model as statements that other tools read: SLSA VSA v1, in-toto SVR v0.1, and our own withdrawals.

https://slsa.dev/verification_summary/v1, https://in-toto.io/attestation/svr/v0.1. Neither says that nobody could have
forged the record: they say what this verifier found in it, at one moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audit.entry import moment_text
from audit.report.data import ReportData
from audit.statements import STATEMENT_TYPE

VSA_TYPE = "https://slsa.dev/verification_summary/v1"
SVR_TYPE = "https://in-toto.io/attestation/svr/v0.1"
WAIVER_TYPE = "https://imprimatur.example/waiver/v1"
WITHDRAWAL_TYPE = "https://imprimatur.example/withdrawal/v1"
VERIFIER = "https://imprimatur.example/verifier/v1"
POLICY_URI = "https://imprimatur.example/policy"

LEDGER_HOLDS = "IMPRIMATUR_LEDGER_HOLDS"
TRAINED_IS_APPROVED = "IMPRIMATUR_TRAINED_MINUS_APPROVED_IS_EMPTY"
ACCOUNTED = "IMPRIMATUR_EVERY_IMAGE_ACCOUNTED_FOR"
NAMED_PERSON = "IMPRIMATUR_NAMED_PERSON_BEHIND_EVERY_IMAGE"


def properties_of(run: str, data: ReportData) -> tuple[str, ...]:
    """What holds for the model of `run`; a property that could not be looked at is not among them."""
    found = data.reconciliation
    mine = next((line for line in found.runs if line.run == run), None)
    judged = mine is not None and mine.complete and mine.manifest_read and run not in found.unrecorded_runs
    approved = judged and not any(line.run == run for line in found.not_approved)
    holds = (
        (LEDGER_HOLDS, data.ledger.holds),
        (TRAINED_IS_APPROVED, approved),
        (ACCOUNTED, data.funnel.adds_up),
        (NAMED_PERSON, approved and mine is not None and not mine.unsafe),
    )
    return tuple(name for name, true in holds if true)


def summary(
    manifest: Mapping[str, Any], data: ReportData, inputs: Sequence[Mapping[str, Any]], version: str
) -> dict[str, Any]:
    """The verification summary (VSA) of one model: PASSED only when all properties hold.

    Args:
        manifest: the model's manifest statement; its subjects are the model's files.
        inputs: resource descriptors (uri, digest) of the attestations that were looked at.
    """
    run = str(manifest["predicate"]["run"])
    properties = properties_of(run, data)
    passed = set(properties) == {LEDGER_HOLDS, TRAINED_IS_APPROVED, ACCOUNTED, NAMED_PERSON}
    policies = manifest["predicate"]["policy"]
    return _statement(
        manifest["subject"],
        VSA_TYPE,
        {
            "verifier": {"id": VERIFIER, "version": {"imprimatur": version}},
            "timeVerified": moment_text(data.at),
            "resourceUri": f"urn:imprimatur:{data.workspace_id}:{run}",
            "policy": _policy(policies[-1]) if policies else {"uri": POLICY_URI},
            "inputAttestations": [dict(one) for one in inputs],
            "verificationResult": "PASSED" if passed else "FAILED",
            "verifiedLevels": list(properties) if passed else [],
        },
    )


def simple_result(manifest: Mapping[str, Any], data: ReportData, version: str) -> dict[str, Any]:
    """The simple verification result (SVR) of one model: the properties that hold, be they all or some."""
    policies = manifest["predicate"]["policy"]
    verifier = {"id": VERIFIER, "version": {"imprimatur": version}}
    return _statement(
        manifest["subject"],
        SVR_TYPE,
        {
            "verifier": {**verifier, **({"policy": _policy(policies[-1])} if policies else {})},
            "timeCreated": moment_text(data.at),
            "properties": list(properties_of(str(manifest["predicate"]["run"]), data)),
        },
    )


def withdrawals(data: ReportData) -> dict[str, Any] | None:
    """All withdrawals in one statement, the pictures by digest, with the models they are in; None when there are none."""
    if not data.withdrawals:
        return None
    images = sorted({line.image_id for line in data.withdrawals})
    return _statement(
        [{"name": image_id, "digest": {"sha256": image_id}} for image_id in images],
        WITHDRAWAL_TYPE,
        {
            "workspace_id": data.workspace_id,
            "as_of": moment_text(data.at),
            "withdrawals": [
                {
                    "image_id": line.image_id,
                    "ledger_index": line.index,
                    "at": moment_text(line.at),
                    "reason": line.reason,
                    "in_models": [model.run for model in line.in_models],
                }
                for line in data.withdrawals
            ],
        },
    )


def waivers(data: ReportData, checkpoint_root: str) -> dict[str, Any] | None:
    """All waivers on which decisions rest, in one statement about the ledger at its root; None when there are none."""
    if not data.waivers:
        return None
    return _statement(
        [{"name": "ledger", "digest": {"sha256": checkpoint_root}}],
        WAIVER_TYPE,
        {
            "workspace_id": data.workspace_id,
            "as_of": moment_text(data.at),
            "waivers": [
                {
                    "waiver": line.waiver,
                    "rules": list(line.rules),
                    "approver": line.approver,
                    "expires": line.expires.isoformat(),
                    "images": line.images,
                }
                for line in data.waivers
            ],
        },
    )


def _policy(policy: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "uri": f"{POLICY_URI}/{policy['id']}/{policy['version']}",
        "digest": {"sha256": policy["sha256"]},
    }


def _statement(subject: Sequence[Mapping[str, Any]], kind: str, predicate: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "_type": STATEMENT_TYPE,
        "subject": [dict(one) for one in subject],
        "predicateType": kind,
        "predicate": dict(predicate),
    }
