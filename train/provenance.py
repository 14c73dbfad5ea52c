"""SLSA provenance v1 of a training run: what was built from what, under which settings. https://slsa.dev/provenance/v1"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from audit.entry import moment_text
from audit.statements import STATEMENT_TYPE
from train.manifest import Manifest

PROVENANCE_TYPE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "https://imprimatur.example/train/v1"
BUILDER = "https://imprimatur.example/trainer/v1"


def provenance(manifest: Manifest, training: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The statement about the model's files.

    Args:
        training: the training statement that the ledger holds for this run; `manifest.training_digest` is its digest.
        version: of this product.
    """
    told = training["predicate"]
    started = datetime.fromisoformat(str(told["started_at"]).replace("Z", "+00:00"))
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": manifest.files[name]}} for name in sorted(manifest.files)],
        "predicateType": PROVENANCE_TYPE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {
                    "workspace": manifest.workspace_id,
                    "base_model": manifest.base_model,
                    "settings": dict(manifest.settings),
                },
                "internalParameters": {
                    "seed": manifest.seed,
                    "scheme": manifest.scheme,
                    "unsafe": manifest.unsafe,
                    "admission_sha256": told["admission_digest"],
                    "plan_sha256": manifest.plan_digest,
                },
                "resolvedDependencies": [
                    *(
                        {"name": f"policy {one.id} {one.version}", "digest": {"sha256": one.sha256}}
                        for one in manifest.policy
                    ),
                    *({"name": entry.identifier, "digest": {"sha256": entry.image_id}} for entry in manifest.entries),
                ],
            },
            "runDetails": {
                "builder": {"id": BUILDER, "version": {"imprimatur": version}},
                "metadata": {
                    "invocationId": manifest.run,
                    "startedOn": moment_text(started),
                    "finishedOn": moment_text(started + timedelta(seconds=float(told["seconds"]))),
                },
                "byproducts": [{"name": "training statement", "digest": {"sha256": manifest.training_digest}}],
            },
        },
    }
