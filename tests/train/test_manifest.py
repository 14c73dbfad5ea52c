"""The manifest binds every file of a model; a byte, a file or a key that is not ours shows."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import dsse
from curate.canonical import canonical_bytes
from curate.errors import ExitCode
from curate.record import TrainingText
from tests.audit.fakes import signing_key
from tests.train.fakes import QUICK, Factory, draw, png
from train.gate import Admission
from train.manifest import (
    FILE_NAME,
    MANIFEST_TYPE,
    Manifest,
    ManifestError,
    NoManifest,
    build_manifest,
    read_manifest,
    write_manifest,
)
from train.trainer import TrainResult, train

KEY = signing_key("ledger of ws-test")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Admission, TrainResult, Manifest]:
    factory = Factory.make(tmp_path_factory.mktemp("factory"), parts=3)
    admission = factory.admit()
    result = train(admission, admission.plan, replace(QUICK, steps=1), factory.folder / "run", at=admission.at)
    with pytest.raises(NoManifest):
        read_manifest(result.model_dir, KEY.public)
    manifest = build_manifest(result, admission, created=factory.world.now, checkpoint="checkpoint text\n")
    write_manifest(result.model_dir, manifest, KEY)
    return admission, result, manifest


@pytest.fixture
def copy(trained: tuple[Admission, TrainResult, Manifest], tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained[1].model_dir, tmp_path / "model"))


def test_what_is_read_is_what_was_written(trained: tuple[Admission, TrainResult, Manifest], copy: Path) -> None:
    assert read_manifest(copy, KEY.public) == trained[2]


def test_every_identifier_is_linked_to_source_licence_and_ledger(
    trained: tuple[Admission, TrainResult, Manifest],
) -> None:
    admission, result, manifest = trained
    for entry, image, spelt in zip(manifest.entries, admission.cleared, result.identifiers, strict=True):
        assert (entry.image_id, entry.identifier, entry.token) == (image.image_id, spelt.public, spelt.token)
        assert (entry.source, entry.license) == ("own studio", "CC-BY-4.0")
        assert entry.decision_index == image.standing.decision_index
        assert entry.approval_indices == image.standing.approval_indices != ()
        assert entry.value == 0.75 and entry.times_seen.pictures >= 1 and entry.times_seen.texts >= 1
    assert manifest.settings["threads"] == 1 and manifest.settings["steps"] == 1
    assert manifest.policy[0].id == "default" and manifest.unsafe is False and manifest.base_model == "embedded"


def test_it_is_an_in_toto_statement_in_a_dsse_envelope(copy: Path) -> None:
    envelope = json.loads((copy / FILE_NAME).read_bytes())
    statement = json.loads(base64.b64decode(envelope["payload"]))
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    assert (statement["_type"], statement["predicateType"]) == ("https://in-toto.io/Statement/v1", MANIFEST_TYPE)
    assert {s["name"] for s in statement["subject"]} == {p.name for p in copy.iterdir()} - {FILE_NAME}


def delete_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def add_pickle(folder: Path) -> None:
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04.")


def add_code(folder: Path) -> None:
    (folder / "modeling_custom.py").write_text("import os\n")


def add_json(folder: Path) -> None:
    (folder / "adapter_config.json").write_text("{}")


def add_hidden(folder: Path) -> None:
    (folder / ".cache").mkdir()
    (folder / ".cache" / "x.json").write_text("{}")


def link_weights(folder: Path) -> None:
    target = folder.parent / "elsewhere.safetensors"
    (folder / "model.safetensors").rename(target)
    (folder / "model.safetensors").symlink_to(target)


def swap_files(folder: Path) -> None:
    config, other = folder / "config.json", folder / "generation_config.json"
    held = config.read_bytes()
    config.write_bytes(other.read_bytes())
    other.write_bytes(held)


def no_json(folder: Path) -> None:
    (folder / FILE_NAME).write_bytes(b"[" * 100_000)


def no_envelope(folder: Path) -> None:
    (folder / FILE_NAME).write_bytes(b"[]")


def unsigned(folder: Path) -> None:
    envelope = json.loads((folder / FILE_NAME).read_bytes())
    (folder / FILE_NAME).write_bytes(canonical_bytes({**envelope, "signatures": []}))


@pytest.mark.parametrize(
    "tamper",
    [
        delete_weights,
        add_pickle,
        add_code,
        add_json,
        add_hidden,
        link_weights,
        swap_files,
        no_json,
        no_envelope,
        unsigned,
    ],
)
def test_a_folder_that_was_tampered_with_is_an_integrity_failure(copy: Path, tamper: Callable[[Path], None]) -> None:
    tamper(copy)
    with pytest.raises(ManifestError) as caught:
        read_manifest(copy, KEY.public)
    assert caught.value.exit_code == ExitCode.INTEGRITY


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_flipped_byte_shows(copy: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(copy.iterdir())))
    original = path.read_bytes()
    place = data.draw(st.integers(0, len(original) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    if path.name == FILE_NAME and place == len(original) - 1:
        return  # the final newline is white space to JSON, and nothing is read from it
    path.write_bytes(original[:place] + bytes([original[place] ^ bit]) + original[place + 1 :])
    try:
        with pytest.raises(ManifestError):
            read_manifest(copy, KEY.public)
    finally:
        path.write_bytes(original)
    read_manifest(copy, KEY.public)


def resigned(folder: Path, change: Callable[[dict], None], key=KEY) -> None:  # type: ignore[no-untyped-def,type-arg]
    envelope = json.loads((folder / FILE_NAME).read_bytes())
    statement = json.loads(base64.b64decode(envelope["payload"]))
    change(statement)
    (folder / FILE_NAME).write_bytes(canonical_bytes(dsse.seal(canonical_bytes(statement), key)))


def test_another_key_is_refused(copy: Path) -> None:
    resigned(copy, lambda statement: None, signing_key("somebody else"))
    with pytest.raises(ManifestError, match="signature"):
        read_manifest(copy, KEY.public)


def other_kind(statement: dict) -> None:  # type: ignore[type-arg]
    statement["predicateType"] = "https://imprimatur.example/approval/v1"


def twice(statement: dict) -> None:  # type: ignore[type-arg]
    statement["predicate"]["entries"] *= 2


def lacking(statement: dict) -> None:  # type: ignore[type-arg]
    del statement["predicate"]["run"]


@pytest.mark.parametrize("change", [other_kind, twice, lacking])
def test_a_signed_document_of_another_form_is_refused(copy: Path, change: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
    resigned(copy, change)
    with pytest.raises(ManifestError):
        read_manifest(copy, KEY.public)


def test_files_that_changed_before_signing_are_not_signed(
    trained: tuple[Admission, TrainResult, Manifest], copy: Path
) -> None:
    (copy / FILE_NAME).unlink()
    (copy / "config.json").write_text("{}")
    with pytest.raises(ManifestError, match=r"config\.json"):
        write_manifest(copy, trained[2], KEY)
    assert not (copy / FILE_NAME).exists()


def test_a_manifest_is_not_built_for_other_images(
    trained: tuple[Admission, TrainResult, Manifest], tmp_path: Path
) -> None:
    factory = Factory.make(tmp_path, parts=3)
    factory.add("other", png(draw("pink", "gear")), [TrainingText("title", "en", "other")])
    factory.world.approve(factory.world.people[0], factory.ids[-1])
    with pytest.raises(ManifestError, match="other images"):
        build_manifest(trained[1], factory.admit(), created=factory.world.now, checkpoint="")
