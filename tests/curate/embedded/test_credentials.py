"""C2PA manifests: every label and use in every container, tampered ones, trust, and no way to the network."""

from __future__ import annotations

import http.server
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from benchmarks.screening import rights_material as made
from curate.decode import DecodeLimits, DecodePool
from curate.embedded.credentials import read_credentials
from curate.picture import PictureFacts
from curate.picture_metadata import read_metadata
from curate.rights_verdict import Strength
from curate.screen.rights.manifests import of_manifests

NO = made.mining("cawg.training-mining", ai_training="notAllowed")


@pytest.mark.parametrize("container", made.CONTAINERS)
def test_a_signed_statement_is_read_in_every_container(container: str) -> None:
    found = read_metadata(made.signed(container, [NO])).credentials
    assert found is not None and found.state == "valid" and found.reason == ""
    assert [(s.label, s.key, s.use, s.active) for s in found.statements] == [
        ("cawg.training-mining", "cawg.ai_training", "notAllowed", True)
    ]


@pytest.mark.parametrize("label", ["c2pa.training-mining", "cawg.training-mining", "cawg.ai_training_and_data_mining"])
def test_every_key_and_a_reason(label: str) -> None:
    said = made.mining(label, ai_training="allowed", ai_generative_training="constrained: ask us", data_mining="constrained", ai_inference="notAllowed")  # fmt: skip
    found = read_metadata(made.signed("JPEG", [said])).credentials
    assert found is not None
    assert sorted((s.key.partition(".")[2], s.use, s.explained) for s in found.statements) == [
        ("ai_generative_training", "constrained", True),
        ("ai_inference", "notAllowed", False),
        ("ai_training", "allowed", False),
        ("data_mining", "constrained", False),
    ]


def test_ingredients_count_and_are_marked() -> None:
    found = read_metadata(made.signed("PNG", (), ingredient=made.signed("JPEG", [NO]))).credentials
    assert found is not None
    assert [(s.use, s.active) for s in found.statements] == [("notAllowed", False)]


def test_trust_needs_the_certificate() -> None:
    data = made.signed("JPEG", [NO])
    mine = read_credentials(data, data, trust_anchors=made.root_certificate())
    assert mine is not None and mine.state == "trusted"


def test_a_permission_counts_only_with_the_anchors_of_the_workspace(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(made.signed("JPEG", [made.mining("cawg.training-mining", ai_training="allowed")]))
    said = []
    for anchors in ("", made.root_certificate()):
        with DecodePool(DecodeLimits(), 1, trust_anchors=anchors) as pool:
            ((_, facts),) = pool.look([("a", path, frozenset())])
        assert isinstance(facts, PictureFacts) and facts.credentials is not None
        said.append([(facts.credentials.state, statement.strength) for statement in of_manifests(facts.credentials)])
    assert said == [[("valid", Strength.SILENT)], [("trusted", Strength.ALLOWS)]]


@pytest.mark.parametrize(
    ("old", "new"), [(b"jumd", b"jumx"), (b"c2pa.signature", b"c2pa.signaturo"), (b"c2pa.assertions", b"c2pa.assertionz")]
)  # fmt: skip
def test_a_damaged_manifest_is_searched_and_is_not_clean(old: bytes, new: bytes) -> None:
    found = read_metadata(made.signed("JPEG", [NO]).replace(old, new)).credentials
    assert found is not None
    assert found.reason
    assert any(s.use == "notAllowed" for s in found.statements)


def test_a_changed_picture_leaves_the_words_of_its_manifest() -> None:
    data = bytearray(made.signed("JPEG", [NO]))
    data[-20] ^= 0x55
    found = read_metadata(bytes(data)).credentials
    assert found is not None and found.state == "invalid"
    assert [s.use for s in found.statements] == ["notAllowed"]


def test_authors_and_metadata_of_a_manifest() -> None:
    work = {"@context": "http://schema.org/", "@type": "CreativeWork", "author": [{"@type": "Person", "name": "A. Uthor"}]}  # fmt: skip
    found = read_metadata(made.signed("JPEG", [("stds.schema-org.CreativeWork", work)])).credentials
    assert found is not None and ("schema:author", "A. Uthor") in found.values


def test_a_manifest_in_a_file_that_no_reader_takes_is_searched() -> None:
    store = made.signed("JPEG", [NO])
    found = read_metadata(b"BM" + b"\0" * 50 + store[2:]).credentials
    assert found is not None and found.state == "unreadable"
    assert [s.use for s in found.statements] == ["notAllowed"]


def test_a_manifest_kept_elsewhere_is_never_fetched() -> None:
    """A server that counts: Python's own sockets are not the ones that the library would use."""
    asked: list[str] = []

    class Counting(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Counting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/manifest.c2pa"
        data = made.signed("JPEG", [NO], remote=address)
        found = read_metadata(data)
        assert any(address in text for text in found.xmp)
        forced = read_credentials(data, b"a store was seen")  # also where the reader itself is asked
        server.shutdown()
    assert asked == []
    assert forced is not None and forced.state == "unreadable"


def test_the_package_that_reads_manifests_is_loaded_only_when_there_is_one(tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(made.embed("JPEG", xmp=[made.packet()]))
    code = (
        "import sys, pathlib; from curate.picture_metadata import read_metadata;"
        f"read_metadata(pathlib.Path({str(picture)!r}).read_bytes()); sys.exit('c2pa' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0
