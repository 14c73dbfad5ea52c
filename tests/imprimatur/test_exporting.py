"""The folder for an outsider, made from a workspace with a real, if tiny, model: complete, checked by its own script."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.entry import EntryKind
from imprimatur import exporting, reporting
from imprimatur.record_book import model_key
from imprimatur.workspace import Workspace, init_workspace, open_workspace
from tests.train.fakes import QUICK, Factory
from train.card import write_card
from train.manifest import build_manifest, write_manifest, write_signature
from train.trainer import train

pytestmark = pytest.mark.slow  # trains a model for one step, exports five times


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Factory]:
    folder = tmp_path_factory.mktemp("export") / "workspace"
    init_workspace(folder)
    place = open_workspace(folder)
    factory = Factory.make(place.folder / "state", parts=2)
    world = factory.world
    world.key.save(place.ledger_key_path)
    place.ledger_public_path.write_text(world.ledger.public_key.pem)
    admission = factory.admit()
    result = train(admission, admission.plan, replace(QUICK, steps=1), place.models / "first", at=admission.at)
    world.record(EntryKind.TRAINING_RUN, {"run": result.run, "statement": dict(result.statement), "unsafe": False})
    write_card(result, admission, created=world.now)
    write_signature(result.model_dir, result.run, model_key(place))
    manifest = build_manifest(result, admission, created=world.now, checkpoint=world.ledger.checkpoint())
    sha256 = write_manifest(result.model_dir, manifest, world.key)
    body = {"run": result.run, "manifest_sha256": sha256, "folder": "first", "entries": 2, "unsafe": False}
    world.record(EntryKind.MANIFEST, {**body, "model_digest": manifest.model_digest})
    counted = {"run": "r", "rows": 2, "images": 2, "rejected": 0, "outcomes": {"memorize": 2}}
    world.record(EntryKind.CURATE_RUN, counted, {"location": "c", "rows": 2, "rejected": []})
    world.pass_time(days=1)
    world.withdraw(factory.ids[1])
    return place, factory


@pytest.fixture
def out(made: tuple[Workspace, Factory], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place, factory = made
    for module in (exporting, reporting):
        monkeypatch.setattr(module, "now", lambda: factory.world.now)
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # paper has tests of its own
    done, no_pdf = exporting.export(place, tmp_path / "out")
    assert done.manifests == 1 and "imprimatur[pdf]" in no_pdf
    return tmp_path / "out"


def said(path: Path) -> dict[str, Any]:
    document = json.loads(base64.b64decode(json.loads(path.read_bytes())["payload"]))
    assert isinstance(document, dict)
    return document


def test_the_folder_is_complete_and_its_script_agrees(made: tuple[Workspace, Factory], out: Path) -> None:
    world = made[1].world
    checked = subprocess.run(
        [sys.executable, "-I", str(out / "verify.py"), "--at", f"{world.now:%Y-%m-%dT%H:%M:%S}"],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "approved by Anna as compliance" in checked.stdout and "WITHDRAWAL" in checked.stdout
    assert "2 identifiers in 1 models" in checked.stdout and "4 statements about models" in checked.stdout
    assert "\n0 samples were fed" not in checked.stdout and "not withdrawn" in checked.stdout


def test_statements_are_about_the_files_of_the_model(made: tuple[Workspace, Factory], out: Path) -> None:
    (manifest,) = (said(path) for path in (out / "manifests").iterdir())
    run = manifest["predicate"]["run"]
    built = said(out / "statements" / f"{run}.provenance.json")
    assert built["predicateType"] == "https://slsa.dev/provenance/v1" and built["subject"] == manifest["subject"]
    inputs = {one["digest"]["sha256"] for one in built["predicate"]["buildDefinition"]["resolvedDependencies"]}
    assert set(made[1].ids) <= inputs
    summary = said(out / "statements" / f"{run}.vsa.json")["predicate"]
    assert summary["verificationResult"] == "PASSED"
    for one in summary["inputAttestations"]:
        assert hashlib.sha256((out / one["uri"]).read_bytes()).hexdigest() == one["digest"]["sha256"]
    gone = said(out / "statements" / "withdrawals.json")["predicate"]["withdrawals"]
    assert [(line["image_id"], line["in_models"]) for line in gone] == [(made[1].ids[1], [run])]


def test_tables_and_descriptions_belong_together(out: Path) -> None:
    described = json.loads((out / "dataset" / "croissant.json").read_text())
    for file in described["distribution"]:
        assert hashlib.sha256((out / "dataset" / file["contentUrl"]).read_bytes()).hexdigest() == file["sha256"]
    (bill,) = (out / "models").glob("*/bom.cdx.json")
    assert json.loads(bill.read_text())["specVersion"] == "1.6"
    assert (bill.parent / "README.md").read_text().startswith("---") and (bill.parent / "model.sig").is_file()


def test_undisclosed_hands_out_no_table_and_no_report(
    made: tuple[Workspace, Factory], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (exporting, reporting):
        monkeypatch.setattr(module, "now", lambda: made[1].world.now)
    exporting.export(made[0], tmp_path / "out", disclose=False)
    assert not (tmp_path / "out" / "dataset").exists() and not (tmp_path / "out" / "reports").exists()
    text = b"".join(p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file() and p.name != "verify.py")
    assert b"Anna" not in text


def test_an_emission_log_that_is_gone_is_named(
    made: tuple[Workspace, Factory], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (exporting, reporting):
        monkeypatch.setattr(module, "now", lambda: made[1].world.now)
    log = made[0].models / "first" / "emission" / "rank-0000.log"
    held = log.read_bytes()
    log.unlink()
    try:
        with pytest.raises(exporting.EvidenceMissing, match="emission log"):
            exporting.export(made[0], tmp_path / "out")
    finally:
        log.write_bytes(held)
