"""What is said of a model in the forms of other tools: their own validators are asked."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.export import bom, croissant, identifiers, verdict
from audit.report.data import ReportData
from tests.audit.report.fakes import MY_NUMBER, PHONE, RUN, Factory

VERSION = "9.9"


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Factory:
    return Factory.make(tmp_path_factory.mktemp("factory"), parts=6)


@pytest.fixture(scope="module")
def data(factory: Factory) -> ReportData:
    return factory.data()


@pytest.fixture(scope="module")
def manifest(factory: Factory) -> dict[str, Any]:
    """The manifest statement as training writes it, over what the factory trained on."""
    entries = [
        {
            **entry,
            "file_names": ["x.jpg"],
            "source": "own studio",
            "license": licence,
            "approval_indices": [42, 43],
            "value": 0.75,
            "times_seen": {"texts": 4, "pictures": 2},
        }
        for entry, licence in zip(factory.manifests[0]["predicate"]["entries"], ["CC-BY-4.0", None] * 9, strict=False)
    ]
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "model.safetensors", "digest": {"sha256": "ab" * 32}}],
        "predicateType": "https://imprimatur.example/manifest/v1",
        "predicate": {
            "run": RUN,
            "created": "2030-01-10T09:00:00Z",
            "base_model": "embedded",
            "unsafe": False,
            "training_digest": "cd" * 32,
            "policy": [{"id": "default", "version": "1", "sha256": "ef" * 32}],
            "entries": entries,
        },
    }


def test_the_summary_passes_only_when_everything_holds(manifest: dict[str, Any], factory: Factory) -> None:
    good = verdict.summary(manifest, factory.data(), [{"uri": "m", "digest": {}}], VERSION)["predicate"]
    assert good["verificationResult"] == "PASSED" and len(good["verifiedLevels"]) == 4
    assert not any(level.startswith("SLSA_") for level in good["verifiedLevels"])  # those are SLSA's own
    bad = verdict.summary(manifest, factory.data(manifests=[]), [], VERSION)["predicate"]
    assert (bad["verificationResult"], bad["verifiedLevels"]) == ("FAILED", [])


def test_the_simple_result_names_what_holds_and_nothing_else(manifest: dict[str, Any], factory: Factory) -> None:
    statement = verdict.simple_result(manifest, factory.data(), VERSION)
    assert statement["predicateType"] == "https://in-toto.io/attestation/svr/v0.1"
    assert statement["subject"] == manifest["subject"]
    assert len(statement["predicate"]["properties"]) == 4
    without = verdict.properties_of("run-of-somebody-else", factory.data())
    assert verdict.TRAINED_IS_APPROVED not in without and verdict.NAMED_PERSON not in without


def test_an_unsafe_model_has_no_person_behind_it(manifest: dict[str, Any], tmp_path: Path) -> None:
    data = Factory.make(tmp_path, unsafe=True, parts=6).data()
    assert verdict.NAMED_PERSON not in verdict.properties_of(RUN, data)
    assert verdict.summary(manifest, data, [], VERSION)["predicate"]["verificationResult"] == "FAILED"


def test_withdrawals_name_pictures_by_digest_and_models(data: ReportData) -> None:
    statement = verdict.withdrawals(data)
    assert statement is not None
    (gone,) = statement["predicate"]["withdrawals"]
    assert gone["in_models"] == [RUN] and gone["reason"] == "owner-request"
    assert statement["subject"] == [{"name": gone["image_id"], "digest": {"sha256": gone["image_id"]}}]
    assert verdict.withdrawals(replace(data, withdrawals=())) is None


def test_the_bill_of_materials_fits_the_schema(manifest: dict[str, Any], data: ReportData) -> None:
    pytest.importorskip("cyclonedx", reason="pip install cyclonedx-python-lib jsonschema")
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    document = bom.bill(manifest, data, VERSION)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(document)) is None
    model = document["metadata"]["component"]
    assert model["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]
    assert sum(int(c["data"][0]["contents"]["properties"][0]["value"]) for c in document["components"][1:]) == len(
        manifest["predicate"]["entries"]
    )
    assert document == bom.bill(manifest, data, VERSION)


def test_the_table_keeps_every_identifier_and_hides_what_may_not_be_shown(
    manifest: dict[str, Any], data: ReportData
) -> None:
    table = identifiers.rows([manifest], data)
    assert len(table) == len(manifest["predicate"]["entries"])
    gone = [row for row in table if row.withdrawn]
    assert len(gone) == 1 and gone[0].source is None and gone[0].standing == "withdrawn"
    read = list(csv.DictReader(io.StringIO(identifiers.as_csv(table).decode())))
    assert [row["identifier"] for row in read] == [row.identifier for row in table]
    assert PHONE not in str(read) and MY_NUMBER not in str(read)


def test_a_spreadsheet_runs_nothing(manifest: dict[str, Any], data: ReportData) -> None:
    first = identifiers.rows([manifest], data)[0]
    text = identifiers.as_csv([replace(first, file_names=("=HYPERLINK(1)",), source="@cmd")]).decode()
    assert "'=HYPERLINK(1)" in text and "'@cmd" in text


def test_parquet_holds_the_same(manifest: dict[str, Any], data: ReportData) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = identifiers.rows([manifest], data)
    read = pq.read_table(pa.BufferReader(identifiers.as_parquet(table))).to_pylist()
    assert [row["identifier"] for row in read] == [row.identifier for row in table]
    assert read[0]["approval_indices"] == [42, 43] and read[0]["withdrawn"] in (True, False)


@pytest.mark.slow
def test_croissant_is_accepted_by_its_own_tool(manifest: dict[str, Any], data: ReportData, tmp_path: Path) -> None:
    pytest.importorskip("mlcroissant", reason="pip install mlcroissant")
    table = identifiers.rows([manifest], data)
    as_csv, as_parquet = identifiers.as_csv(table), identifiers.as_parquet(table)
    (tmp_path / croissant.CSV_NAME).write_bytes(as_csv)
    (tmp_path / croissant.PARQUET_NAME).write_bytes(as_parquet)
    document = croissant.describe(data, as_csv, as_parquet)
    (tmp_path / "croissant.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    script = (
        "import sys; import mlcroissant as mlc; d = mlc.Dataset(jsonld=sys.argv[1]);"
        "rows = list(d.records('identifiers')); print(d.metadata.conforms_to, len(rows), len(d.metadata.ctx.issues.errors),"
        " sorted(d.metadata.ctx.issues.warnings))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "croissant.json")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert f" {len(table)} 0 []" in done.stdout and "not standard" not in done.stderr, done.stdout + done.stderr[-3000:]
