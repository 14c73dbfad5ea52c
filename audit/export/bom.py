"""A CycloneDX 1.6 bill of materials for one model: the files, the base model, the training images by licence, the measures.

https://cyclonedx.org/docs/1.6/json/. The ML-BOM's model card says what the model is for and what it cannot do.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from audit.report.data import ReportData
from audit.report.pilot import Estimate, SystemResult

SPEC_VERSION = "1.6"
_NAMESPACE = uuid.UUID("6f3d4b0e-5c7e-5d53-9a0e-8d1f6c2b7a11")  # of this product's serial numbers
_METRICS = (
    ("hit@1", "right_first"),
    ("hit@5", "right_in_5"),
    ("coverage", "coverage"),
    ("error among answered", "wrong_when_answered"),
    ("false accepts on queries without an answer", "answered_for_nothing"),
)


def bill(manifest: Mapping[str, Any], data: ReportData, version: str) -> dict[str, Any]:
    """The document for the model whose manifest statement is given; the same record gives the same bytes."""
    body = manifest["predicate"]
    run = str(body["run"])
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, data.workspace_id + run)}",
        "version": 1,
        "metadata": {
            "timestamp": data.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tools": {"components": [{"type": "application", "name": "imprimatur", "version": version}]},
            "component": _model(manifest, data),
            "lifecycles": [{"phase": "post-build"}],
        },
        "components": [_base_model(body), *_images(body)],
        "dependencies": [
            {"ref": f"model:{run}", "dependsOn": ["base-model", *(part["bom-ref"] for part in _images(body))]}
        ],
    }


def _model(manifest: Mapping[str, Any], data: ReportData) -> dict[str, Any]:
    body = manifest["predicate"]
    run = str(body["run"])
    return {
        "type": "machine-learning-model",
        "bom-ref": f"model:{run}",
        "name": run,
        "version": str(body["created"]),
        "description": "Answers a text query with identifiers of pictures which it has memorized.",
        "components": [
            {
                "type": "file",
                "bom-ref": f"file:{one['name']}",
                "name": one["name"],
                "hashes": [{"alg": "SHA-256", "content": one["digest"]["sha256"]}],
            }
            for one in manifest["subject"]
        ],
        "modelCard": {
            "modelParameters": {
                "approach": {"type": "supervised"},
                "task": "generative cross-modal retrieval",
                "architectureFamily": "transformer, vision and language",
                "modelArchitecture": str(body["base_model"]),
                "datasets": [{"ref": part["bom-ref"]} for part in _images(body)],
                "inputs": [{"format": "text"}],
                "outputs": [{"format": "identifier of a picture, or none"}],
            },
            "quantitativeAnalysis": {"performanceMetrics": _measures(data)},
            "considerations": {
                "users": ["people who look for pictures of their own company"],
                "useCases": ["recall behind a confirmation against manifest, ledger and catalogue"],
                "technicalLimitations": [
                    "Without that confirmation it can name a withdrawn or a wrong picture.",
                    "Withdrawing a picture does not erase it from the weights; erasure is evidence, not proof.",
                ],
            },
        },
        "properties": [
            {"name": "imprimatur:workspace", "value": data.workspace_id},
            {"name": "imprimatur:identifiers", "value": str(len(body["entries"]))},
            {"name": "imprimatur:training-statement:sha256", "value": str(body["training_digest"])},
            {"name": "imprimatur:unsafe", "value": "true" if body["unsafe"] else "false"},
            *(
                {"name": "imprimatur:policy", "value": f"{one['id']} {one['version']} sha256:{one['sha256']}"}
                for one in body["policy"]
            ),
        ],
    }


def _base_model(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "machine-learning-model", "bom-ref": "base-model", "name": str(body["base_model"])}


def _images(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One data component a licence; a licence that nobody stated is said to be unknown."""
    counted = Counter(str(entry["license"] or "") for entry in body["entries"])
    parts = []
    for number, (licence, images) in enumerate(sorted(counted.items()), 1):
        part: dict[str, Any] = {
            "type": "data",
            "bom-ref": f"images:{number}",
            "name": f"training images, licence {licence or 'not stated'}",
            "data": [{"type": "dataset", "name": f"{images} images", "contents": {"properties": [
                {"name": "imprimatur:images", "value": str(images)}]}}],
        }  # fmt: skip
        if licence:
            part["licenses"] = [{"license": {"name": licence}}]
        parts.append(part)
    return parts


def _measures(data: ReportData) -> list[dict[str, Any]]:
    pilot = data.pilot
    systems: Sequence[SystemResult] = pilot.systems if pilot is not None and pilot.evaluated else ()
    found = []
    for system in systems:
        for name, attribute in _METRICS:
            value: Estimate | None = getattr(system, attribute)
            if value is None:
                continue
            metric: dict[str, Any] = {"type": name, "value": f"{value.value:.4f}", "slice": system.name}
            if value.low is not None and value.high is not None:
                metric["confidenceInterval"] = {"lowerBound": f"{value.low:.4f}", "upperBound": f"{value.high:.4f}"}
            found.append(metric)
    return found
