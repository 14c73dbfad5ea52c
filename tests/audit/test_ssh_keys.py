"""Keys that people have already: OpenSSH's Ed25519 files, with a passphrase and without, and what is not one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from audit.approving import ApprovalRefused, approve
from audit.keys import KeyUnusable, PassphraseNeeded, PublicKey, SigningKey
from audit.reviewers import ReviewerRefused, register_reviewer
from tests.audit.fakes import World, signing_key

PRIVATE, PUBLIC = serialization.PrivateFormat, serialization.PublicFormat
SSH_KEYGEN = shutil.which("ssh-keygen")


def ssh_pair(folder: Path, key: Any, passphrase: bytes | None = None) -> tuple[Path, Path]:
    """`key` as OpenSSH writes it: id and id.pub."""
    locked: Any = serialization.NoEncryption()
    if passphrase:
        locked = PRIVATE.OpenSSH.encryption_builder().kdf_rounds(1).build(passphrase)
    private, public = folder / "id_ed25519", folder / "id_ed25519.pub"
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, PRIVATE.OpenSSH, locked))
    line = key.public_key().public_bytes(serialization.Encoding.OpenSSH, PUBLIC.OpenSSH)
    public.write_bytes(line + " 山田@laptop\n".encode())
    return private, public


@pytest.mark.parametrize("passphrase", [None, b"correct horse battery"])
def test_one_key_is_one_key_in_either_form(tmp_path: Path, passphrase: bytes | None) -> None:
    raw = ed25519.Ed25519PrivateKey.generate()
    private, public = ssh_pair(tmp_path, raw, passphrase)
    key = SigningKey.load(private, passphrase)
    assert PublicKey.load(public) == key.public
    key.save(tmp_path / "same.pem")
    key.public.save(tmp_path / "same.pub.pem")
    assert SigningKey.load(tmp_path / "same.pem").key_id == key.key_id
    assert PublicKey.load(tmp_path / "same.pub.pem") == PublicKey.load(public)


@pytest.mark.skipif(SSH_KEYGEN is None, reason="OpenSSH is not installed")
@pytest.mark.parametrize("passphrase", ["", "long enough"])
def test_what_ssh_keygen_makes_is_read(tmp_path: Path, passphrase: str) -> None:
    file = tmp_path / "id_ed25519"
    made = [str(SSH_KEYGEN), "-q", "-t", "ed25519", "-a", "1", "-N", passphrase, "-C", "x@y", "-f", str(file)]
    subprocess.run(made, check=True)
    key = SigningKey.load(file, passphrase.encode() or None)
    assert key.public == PublicKey.load(file.with_suffix(".pub"))


def test_a_locked_key_says_what_it_needs(tmp_path: Path) -> None:
    private, _ = ssh_pair(tmp_path, ed25519.Ed25519PrivateKey.generate(), b"right")
    with pytest.raises(PassphraseNeeded, match="passphrase was expected"):
        SigningKey.load(private)
    with pytest.raises(KeyUnusable, match="passphrase is wrong"):
        SigningKey.load(private, b"wrong")
    SigningKey.generate().save(tmp_path / "plain.pem")
    assert SigningKey.load(tmp_path / "plain.pem", b"one for another key")  # not needed, so not used


def test_other_kinds_are_named(tmp_path: Path) -> None:
    for key in (rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())):
        private, public = ssh_pair(tmp_path, key)
        with pytest.raises(KeyUnusable, match="Ed25519 key was expected"):
            SigningKey.load(private)
        with pytest.raises(KeyUnusable, match="ssh-ed25519"):
            PublicKey.load(public)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh-ed25519 AAAA\n",
        "sk-ssh-ed25519@openssh.com AAAA x\n",
        "ssh-ed25519-cert-v01@openssh.com AAAA x\n",
        'command="rm" ssh-ed25519 AAAA x\n',
        "{line}{line}",
    ],
)
def test_what_is_no_single_public_key_is_refused(tmp_path: Path, text: str) -> None:
    _, public = ssh_pair(tmp_path, ed25519.Ed25519PrivateKey.generate())
    public.write_text(text.replace("{line}", public.read_text()))
    with pytest.raises(KeyUnusable):
        PublicKey.load(public)


def test_a_private_key_is_not_taken_for_a_public_one(tmp_path: Path) -> None:
    private, _ = ssh_pair(tmp_path, ed25519.Ed25519PrivateKey.generate())
    with pytest.raises(KeyUnusable, match="private one"):
        PublicKey.load(private)


def test_an_approval_by_an_ssh_key_counts_and_the_key_is_one_person(tmp_path: Path) -> None:
    world = World.make(tmp_path)
    private, public = ssh_pair(tmp_path, ed25519.Ed25519PrivateKey.generate(), b"secret")
    register_reviewer(world.ledger, "Anna", ["compliance"], PublicKey.load(public), at=world.now)
    image = world.decide("part")
    with pytest.raises(ApprovalRefused, match="registered for"):
        approve(world.ledger, "Anna", signing_key("other"), [image], "reviewed", None, world.now)
    approve(world.ledger, "Anna", SigningKey.load(private, b"secret"), [image], "reviewed", None, world.now)
    assert world.standing(image).cleared
    assert "laptop" not in str(list(world.ledger.entries()))  # the comment of a key file may be a name
    SigningKey.load(private, b"secret").public.save(tmp_path / "same.pem")
    with pytest.raises(ReviewerRefused, match="One key is one person"):
        register_reviewer(world.ledger, "Bella", ["legal"], PublicKey.load(tmp_path / "same.pem"), at=world.now)
