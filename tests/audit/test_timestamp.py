"""RFC 3161 against a small authority of the test's own (OpenSSL's `ts` behind a port); nothing leaves the machine."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from audit import note
from audit.recheck.ledger import verify
from audit.timestamp import (
    TimestampInvalid,
    TimestampUnavailable,
    load_roots,
    request_timestamp,
    verify_timestamp,
)
from tests.audit.fakes import signing_key
from tests.audit.logs import grow, plain_ledger

pytest.importorskip("rfc3161_client")
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl, which is the test's authority")
PEM = signing_key("golden").public.pem
CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def certify(folder: Path, name: str) -> None:
    """A root and a certificate under it that may stamp times."""
    day = datetime.now(UTC)

    def build(subject: str, issuer: str, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
        names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (subject, issuer)]
        builder = x509.CertificateBuilder().subject_name(names[0]).issuer_name(names[1]).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        return builder.not_valid_before(day - timedelta(days=1)).not_valid_after(day + timedelta(days=9))

    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root = build(f"{name} root", f"{name} root", root_key).add_extension(x509.BasicConstraints(True, None), True)
    stamp = build(f"{name} tsa", f"{name} root", key).add_extension(
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
    )
    for path, builder in ((f"{name}.root.pem", root), (f"{name}.tsa.pem", stamp)):
        signed = builder.sign(root_key, hashes.SHA256())
        (folder / path).write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / f"{name}.key.pem").write_bytes(private)
    (folder / "serial").write_text("01")
    (folder / "ts.cnf").write_text(CONFIG.format(folder=folder))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Its address and its folder."""
    folder = tmp_path_factory.mktemp("tsa")
    certify(folder, "good")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            command = f"openssl ts -reply -config {folder}/ts.cnf -section here -queryfile {folder}/query"
            signer = f"-signer {folder}/good.tsa.pem -inkey {folder}/good.key.pem -out {folder}/reply"
            subprocess.run(f"{command} {signer}".split(), check=True, capture_output=True)
            data = (folder / "reply").read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", folder
        server.shutdown()


def test_a_checkpoint_is_stamped_kept_and_rechecked(authority: tuple[str, Path], tmp_path: Path) -> None:
    url, folder = authority
    roots = load_roots([folder / "good.root.pem"])
    with plain_ledger(tmp_path, 20) as ledger:
        text = note.verify(ledger.checkpoint(), ledger.public_key).text
        token = request_timestamp(url, text, roots)
        at = verify_timestamp(token, text, roots)
        assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)
        ledger.keep_stamp(20, token)
        grow(ledger, 25)
        assert ledger.stamps() == ((20, token),)
        path = ledger.path
    assert (verify(path, PEM).ok, verify(path, PEM).stamps) == (True, 1)
    with pytest.raises(TimestampInvalid):
        verify_timestamp(token, text.replace("20", "21"), roots)
    with pytest.raises(TimestampInvalid):
        verify_timestamp(token, text, roots, nonce=5)
    certify(tmp_path, "other")
    for wrong in ([], load_roots([tmp_path / "other.root.pem"])):
        with pytest.raises(TimestampInvalid):
            verify_timestamp(token, text, wrong)
    for broken in (b"", b"noise", token[:-1]):
        with pytest.raises(TimestampInvalid):
            verify_timestamp(broken, text, roots)


def test_every_byte_of_a_kept_token_counts(authority: tuple[str, Path], tmp_path: Path) -> None:
    url, folder = authority
    with plain_ledger(tmp_path, 20) as ledger:
        text = note.verify(ledger.checkpoint(), ledger.public_key).text
        token = request_timestamp(url, text, load_roots([folder / "good.root.pem"]))
        ledger.keep_stamp(20, token)
        path = ledger.path
    with sqlite3.connect(path, isolation_level=None) as connection:
        for place in range(0, len(token), 97):
            changed = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
            connection.execute("UPDATE stamp SET token = ?", (changed,))
            assert not verify(path, PEM).ok, place
        connection.execute("UPDATE stamp SET token = ?, size = 19", (token,))
        assert "over the checkpoint" in str(verify(path, PEM).problems[0])
        connection.execute("UPDATE stamp SET size = 20, digest = 'x'")
        assert not verify(path, PEM).ok
    connection.close()


def test_an_authority_that_is_not_there(tmp_path: Path, authority: tuple[str, Path]) -> None:
    roots = load_roots([authority[1] / "good.root.pem"])
    with pytest.raises(TimestampUnavailable):
        request_timestamp("http://127.0.0.1:9/", "x\n", roots)
    for text in ("noise", ""):
        (tmp_path / "bad.pem").write_text(text)
        with pytest.raises(TimestampUnavailable):
            load_roots([tmp_path / "bad.pem"])
    with pytest.raises(TimestampUnavailable):
        load_roots([tmp_path / "absent.pem"])
