"""The training images as a Croissant 1.1 data set description with responsible-AI fields: the table of identifiers, typed.

http://mlcommons.org/croissant/1.1, http://mlcommons.org/croissant/RAI/1.0. The pictures themselves are not handed out.
"""

from __future__ import annotations

import hashlib
from typing import Any

from audit.report.data import ReportData

CSV_NAME, PARQUET_NAME = "identifiers.csv", "identifiers.parquet"
_SC = "https://schema.org/"
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": _SC,
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": _SC,
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_FIELDS = (
    ("run", "sc:Text", "training run whose model knows the picture"),
    ("identifier", "sc:Text", "what the model answers"),
    ("image_id", "sc:Text", "SHA-256 of the picture's original bytes"),
    ("file_names", "sc:Text", "files with these bytes; empty where the name may not be shown"),
    ("source", "sc:Text", "where the picture came from, as the catalogue states"),
    ("license", "sc:Text", "licence, as the catalogue states"),
    ("value", "sc:Float", "score in [0, 1] when it was chosen"),
    ("texts_seen", "sc:Integer", "texts read for it in training, repetitions counted"),
    ("pictures_seen", "sc:Integer", "pictures read for it in training, repetitions counted"),
    ("decision_index", "sc:Integer", "ledger entry of the decision"),
    ("approval_indices", "sc:Text", "ledger entries of the approvals"),
    ("approved_by", "sc:Text", "who approved"),
    ("valid_until", "sc:Text", "when the approval ends, ISO 8601"),
    ("standing", "sc:Text", "standing at the time of export"),
    ("withdrawn", "sc:Boolean", "withdrawn since"),
)


def describe(data: ReportData, csv_file: bytes, parquet_file: bytes) -> dict[str, Any]:
    """The JSON-LD document beside both tables; `csv_file` and `parquet_file` are their bytes."""
    licences = sorted({line.name for line in data.licences if line.name and line.trained})
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": f"imprimatur-{data.workspace_id[:16]}",
        "description": "Pictures that a model was allowed to memorize and did, one row per identifier, with origin, licence, "
        "decision and approvals. The pictures themselves are not part of it.",
        "url": f"urn:imprimatur:{data.workspace_id}",
        "version": f"{data.at.year}.{data.at.month}.{data.at.day}",
        "datePublished": data.at.date().isoformat(),
        "license": licences or ["not stated"],
        "citeAs": f"imprimatur export of ledger {data.ledger.root}, {data.ledger.entries} entries",
        "isLiveDataset": False,
        "distribution": [
            _file(CSV_NAME, "text/csv", csv_file),
            _file(PARQUET_NAME, "application/x-parquet", parquet_file),
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "identifiers",
                "name": "identifiers",
                "key": [{"@id": "identifiers/run"}, {"@id": "identifiers/identifier"}],
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"identifiers/{name}",
                        "name": name,
                        "description": text,
                        "dataType": kind,
                        "source": {"fileObject": {"@id": CSV_NAME}, "extract": {"column": name}},
                    }
                    for name, kind, text in _FIELDS
                ],
            }
        ],
        **_responsible(data),
    }


def _file(name: str, kind: str, content: bytes) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{len(content)} B",
        "encodingFormat": kind,
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _responsible(data: ReportData) -> dict[str, Any]:
    """What the record says for the fields of the responsible-AI vocabulary; no field is filled with hopes."""
    flow = data.funnel
    personal = sorted({line.kind for line in data.findings if line.category == "privacy"})
    misses = [f"{line.name}: not measured" for line in data.detectors if not line.measured]
    return {
        "rai:dataCollection": "; ".join(
            f"{line.name or line.code}{f', {line.detail}' if line.detail else ''}: {line.images} images"
            for line in data.sources
        ),
        "rai:dataPreprocessingProtocol": [
            f"{flow.rows} rows, {flow.images} images; decided by policy "
            + ", ".join(sorted({f"{policy.id} {policy.version}" for policy in data.policies})),
            *(f"{line.outcome.value}: {' '.join(line.rules)}: {line.images} images" for line in data.rules),
        ],
        "rai:dataAnnotationProtocol": f"{data.two_person} cleared images carry the approvals of two or more people.",
        "rai:personalSensitiveInformation": personal or ["no finding"],
        "rai:dataLimitations": [
            *(f"{line.check} not done for {line.images} images" for line in data.unscreened),
            *misses,
            "What the catalogue states about rights is taken as stated.",
        ],
        "rai:dataBiases": "Not examined.",
        "rai:dataUseCases": [*data.purposes] or ["not stated"],
        "rai:dataReleaseMaintenancePlan": "Withdrawn pictures leave every answer at once and the next model; "
        f"withdrawals so far: {len(data.withdrawals)}.",
    }
