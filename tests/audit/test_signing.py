"""Keys, DSSE envelopes, signed checkpoints: what holds, and that nothing near it does."""

from __future__ import annotations

import base64
import copy
import string
from pathlib import Path
from typing import Any

import pytest

from audit import dsse, note
from audit.dsse import SignatureInvalid
from audit.keys import KeyUnusable, PublicKey, SigningKey
from audit.note import Checkpoint
from audit.recheck.signed import load_key, open_checkpoint
from tests.audit.fakes import signing_key

KEY, OTHER = signing_key("one"), signing_key("two")
CHECKPOINT = Checkpoint("imprimatur.example/ledger/w", 3, bytes(range(32)))


def test_keys_come_back_from_their_files(tmp_path: Path) -> None:
    key = SigningKey.generate()
    key.save(tmp_path / "plain.pem")
    key.save(tmp_path / "locked.pem", b"passphrase")
    key.public.save(tmp_path / "public.pem")
    assert (tmp_path / "plain.pem").stat().st_mode & 0o777 == 0o600
    assert SigningKey.load(tmp_path / "plain.pem").public == key.public
    assert SigningKey.load(tmp_path / "locked.pem", b"passphrase").public == key.public
    assert PublicKey.load(tmp_path / "public.pem") == key.public
    assert len(key.key_id) == 64


def test_unusable_key_files_are_named(tmp_path: Path) -> None:
    SigningKey.generate().save(tmp_path / "locked.pem", b"passphrase")
    (tmp_path / "noise.pem").write_bytes(b"not a key")
    for name, passphrase in (("locked.pem", None), ("locked.pem", b"wrong"), ("noise.pem", None), ("absent.pem", None)):
        with pytest.raises(KeyUnusable, match=name):
            SigningKey.load(tmp_path / name, passphrase)
    with pytest.raises(KeyUnusable):
        PublicKey.from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    with pytest.raises(KeyUnusable, match=r"absent\.pem"):
        PublicKey.load(tmp_path / "absent.pem")


def test_pre_authentication_encoding_of_the_protocol() -> None:
    encoded = dsse.pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_envelope_holds_under_its_key_only() -> None:
    envelope = dsse.seal(b"{}", KEY)
    assert dsse.verify(envelope, KEY.public) == b"{}"
    with pytest.raises(SignatureInvalid):
        dsse.verify(envelope, OTHER.public)
    with pytest.raises(SignatureInvalid):
        dsse.verify(envelope, KEY.public, "text/plain")


def _without(envelope: dict[str, Any], key: str) -> None:
    del envelope[key]


@pytest.mark.parametrize(
    "damage",
    [
        lambda e: e.update(payload=base64.b64encode(b"[]").decode()),
        lambda e: e.update(payload="e31="),
        lambda e: e.update(payload="%%%"),
        lambda e: e.update(payload=7),
        lambda e: e.update(payloadType="text/plain"),
        lambda e: e.update(signatures=[]),
        lambda e: e.update(signatures=e["signatures"] * 2),
        lambda e: e["signatures"][0].update(keyid=OTHER.key_id),
        lambda e: e["signatures"][0].update(sig=base64.b64encode(bytes(64)).decode()),
        lambda e: _without(e, "payload"),
        lambda e: _without(e, "signatures"),
    ],
)
def test_damaged_envelopes_are_refused(damage: Any) -> None:
    envelope = copy.deepcopy(dsse.seal(b"{}", KEY))
    damage(envelope)
    with pytest.raises(SignatureInvalid):
        dsse.verify(envelope, KEY.public)


def test_verifier_key_of_a_well_known_log() -> None:
    """The key hint is that of the signed-note format: the public key of Go's checksum database names itself with it."""
    known = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    key = PublicKey(base64.b64decode(known.split("+", 2)[2])[1:])
    assert note.verifier_key("sum.golang.org", key) == known


def test_checkpoint_round_trip_in_writer_and_recheck() -> None:
    signed = note.sign(CHECKPOINT, KEY)
    assert note.verify(signed, KEY.public) == CHECKPOINT
    assert open_checkpoint(signed, load_key(KEY.public.pem)) == (CHECKPOINT.origin, 3, CHECKPOINT.root)
    with pytest.raises(SignatureInvalid, match="did not sign"):
        note.verify(signed, OTHER.public)
    with pytest.raises(SignatureInvalid, match="of other"):
        note.verify(signed, KEY.public, "other")


def test_signatures_of_witnesses_are_passed_over() -> None:
    signed = note.sign(CHECKPOINT, KEY) + "— witness.example/w " + base64.b64encode(bytes(76)).decode() + "\n"
    assert note.verify(signed, KEY.public) == CHECKPOINT
    assert open_checkpoint(signed, load_key(KEY.public.pem))[1] == 3


def test_every_changed_character_of_a_checkpoint_is_refused() -> None:
    signed = note.sign(CHECKPOINT, KEY)
    alphabet = string.ascii_letters + string.digits + "+/="
    for place in range(len(signed)):
        for other in alphabet if "=" in signed[place : place + 2] else "\n 7Az+":  # unused bits stand before "="
            changed = signed[:place] + other + signed[place + 1 :]
            if changed == signed:
                continue
            with pytest.raises(SignatureInvalid):
                note.verify(changed, KEY.public)
            with pytest.raises(ValueError):
                open_checkpoint(changed, load_key(KEY.public.pem))
