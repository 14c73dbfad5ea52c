"""The OpenSSF Model Signing signature of a model folder: `model.sig`, which the released `model_signing verify` accepts.

A Sigstore bundle (v0.3) around a DSSE envelope around an in-toto statement that lists every file by SHA-256. Key mode takes
NIST curves only, so this is a second, named key beside the ledger's Ed25519: P-256, ECDSA over SHA-256.
Format: https://github.com/ossf/model-signing-spec, and the docstring of `Payload` in the released tool.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from audit.dsse import IN_TOTO, pre_authentication_encoding
from audit.keys import KeyUnusable
from audit.statements import STATEMENT_TYPE
from curate.atomic import write_atomic
from curate.canonical import canonical_bytes

FILE_NAME = "model.sig"
PREDICATE_TYPE = "https://model_signing/signature/v1.0"  # not a mistake: the released tool spells it with no dot
BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
# What the verifier leaves out beside what we name: files of git, which no model folder of ours holds anyway.
_OF_GIT = (".git", ".gitattributes", ".github", ".gitignore")


class ModelSigningKey:
    """A P-256 private key; never printed, written only by `save` with mode 0600."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    @staticmethod
    def generate() -> ModelSigningKey:
        return ModelSigningKey(ec.generate_private_key(ec.SECP256R1()))

    @staticmethod
    def load(path: Path, passphrase: bytes | None = None) -> ModelSigningKey:
        """The private key in the PKCS #8 PEM file `path`.

        Raises:
            KeyUnusable: missing, damaged, on another curve, passphrase wrong or lacking.
        """
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=passphrase)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyUnusable(
                f"The model signing key {path} cannot be opened: {error}.", hint="restore the key from your copy"
            ) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise KeyUnusable(
                f"A P-256 key was expected in {path}, found {type(key).__name__}.",
                hint="restore the key from your copy",
            )
        return ModelSigningKey(key)

    def save(self, path: Path, passphrase: bytes | None = None) -> None:
        """Write PKCS #8 PEM, mode 0600, encrypted when there is a passphrase."""
        protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase:
            protection = serialization.BestAvailableEncryption(passphrase)
        pem = self._key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)
        write_atomic(path, pem, mode=0o600)

    @property
    def public_pem(self) -> str:
        """SubjectPublicKeyInfo in PEM, for `model_signing verify key --public_key`."""
        return (
            self._key.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode("ascii")
        )

    def sign(self, message: bytes) -> bytes:
        """ECDSA over SHA-256, DER."""
        return self._key.sign(message, ec.ECDSA(hashes.SHA256()))


def sign_model(name: str, files: Mapping[str, str], key: ModelSigningKey, *, left_out: tuple[str, ...]) -> bytes:
    """The bundle over `files` (path inside the folder -> SHA-256, hex) of the model called `name`.

    Args:
        left_out: files of the folder that are not signed here: the signature itself, and the manifest, which is
            written after it and covers it in turn.
    """
    payload = canonical_bytes(_statement(name, files, left_out))
    signature = key.sign(pre_authentication_encoding(IN_TOTO, payload))
    bundle = {
        "mediaType": BUNDLE_TYPE,
        "verificationMaterial": {
            "publicKey": {"hint": hashlib.sha256(key.public_pem.encode()).hexdigest()},
            "tlogEntries": [],
        },
        "dsseEnvelope": {
            "payload": base64.b64encode(payload).decode("ascii"),
            "payloadType": IN_TOTO,
            "signatures": [{"sig": base64.b64encode(signature).decode("ascii"), "keyid": ""}],
        },
    }
    return json.dumps(bundle, separators=(",", ":")).encode() + b"\n"


def _statement(name: str, files: Mapping[str, str], left_out: tuple[str, ...]) -> dict[str, Any]:
    """Subject digest: SHA-256 over the files' digests in the order of their names."""
    names = sorted(files)
    whole = hashlib.sha256(b"".join(bytes.fromhex(files[path]) for path in names)).hexdigest()
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": whole}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "serialization": {
                "method": "files",
                "hash_type": "sha256",
                "allow_symlinks": False,
                "ignore_paths": sorted({*left_out, *_OF_GIT}),
            },
            "resources": [{"name": path, "algorithm": "sha256", "digest": files[path]} for path in names],
        },
    }
