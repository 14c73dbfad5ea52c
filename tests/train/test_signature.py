"""The model folder's OpenSSF signature: the released tool accepts it, and refuses whatever was changed since."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from audit.keys import KeyUnusable
from tests.audit.fakes import signing_key
from train.manifest import FILE_NAME as MANIFEST
from train.manifest import ManifestError, write_signature
from train.signature import FILE_NAME, ModelSigningKey, sign_model

tool = pytest.mark.skipif(
    subprocess.run([sys.executable, "-c", "import model_signing, OpenSSL"], capture_output=True).returncode != 0,
    reason="the released tool is not installed: pip install model-signing pyopenssl",
)


@pytest.fixture(scope="module")
def key() -> ModelSigningKey:
    return ModelSigningKey.generate()


@pytest.fixture
def signed(tmp_path: Path, key: ModelSigningKey) -> Path:
    """A folder as training leaves it, the manifest written after the signature."""
    folder = tmp_path / "model"
    (folder / "tokenizer").mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(os.urandom(4096))
    (folder / "config.json").write_text("{}")
    (folder / "README.md").write_text("---\nlicense: other\n---\n")
    (folder / "tokenizer" / "tokenizer.json").write_text("{}")
    write_signature(folder, "run-1", key)
    (folder / MANIFEST).write_text("{}")
    (tmp_path / "key.pub.pem").write_text(key.public_pem)
    return folder


def accepted(folder: Path) -> bool:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "model_signing", "verify", "key", "--signature", str(folder / FILE_NAME)),
            *("--public_key", str(folder.parent / "key.pub.pem"), str(folder)),
        ],
        capture_output=True,
        text=True,
    )
    return done.returncode == 0


def weights(folder: Path) -> None:
    data = bytearray((folder / "model.safetensors").read_bytes())
    data[77] ^= 1
    (folder / "model.safetensors").write_bytes(data)


def more(folder: Path) -> None:
    (folder / "extra.json").write_text("{}")


def fewer(folder: Path) -> None:
    (folder / "tokenizer" / "tokenizer.json").unlink()


@tool
def test_the_released_tool_accepts_it(signed: Path) -> None:
    assert accepted(signed)


@tool
@pytest.mark.slow
@pytest.mark.parametrize("change", [weights, more, fewer])
def test_the_released_tool_refuses_what_was_changed(signed: Path, change: Callable[[Path], None]) -> None:
    change(signed)
    assert not accepted(signed)


def test_it_names_every_file_but_itself_and_the_manifest(signed: Path) -> None:
    bundle = json.loads((signed / FILE_NAME).read_bytes())
    import base64

    statement = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
    named = {item["name"]: item["digest"] for item in statement["predicate"]["resources"]}
    there = {path.relative_to(signed).as_posix(): path for path in signed.rglob("*") if path.is_file()}
    assert set(named) == set(there) - {FILE_NAME, MANIFEST}
    assert all(hashlib.sha256(there[name].read_bytes()).hexdigest() == digest for name, digest in named.items())
    assert {FILE_NAME, MANIFEST} <= set(statement["predicate"]["serialization"]["ignore_paths"])


def test_signing_again_covers_the_same_files(signed: Path, key: ModelSigningKey) -> None:
    (signed / MANIFEST).unlink()
    write_signature(signed, "run-1", key)
    assert FILE_NAME not in json.loads((signed / FILE_NAME).read_bytes())["dsseEnvelope"]["payload"]


def test_nothing_that_a_model_must_not_hold_is_signed(signed: Path, key: ModelSigningKey) -> None:
    (signed / "tokenizer" / "README.md").write_text("only the card at the top has this name")
    with pytest.raises(ManifestError, match="no model folder may hold"):
        write_signature(signed, "run-1", key)


def test_the_key_is_p256_private_and_named_when_unusable(tmp_path: Path, key: ModelSigningKey) -> None:
    path = tmp_path / "model-signing.pem"
    key.save(path, b"long words")
    assert path.stat().st_mode & 0o777 == 0o600
    assert ModelSigningKey.load(path, b"long words").public_pem == key.public_pem
    other = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "p384.pem").write_bytes(other)
    signing_key("ledger").save(tmp_path / "ed.pem")
    for name, secret in (("model-signing.pem", b"wrong"), ("p384.pem", None), ("ed.pem", None), ("absent.pem", None)):
        with pytest.raises(KeyUnusable):
            ModelSigningKey.load(tmp_path / name, secret)


def test_another_set_of_files_is_another_statement(key: ModelSigningKey) -> None:
    a, b = ({"x.json": hashlib.sha256(word).hexdigest()} for word in (b"1", b"2"))
    payloads = [json.loads(sign_model("m", f, key, left_out=()))["dsseEnvelope"]["payload"] for f in (a, b)]
    assert payloads[0] != payloads[1]
