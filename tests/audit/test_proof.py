"""Proof files (c2sp.org/tlog-proof): written by the ledger, read by code that shares nothing with it."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest

from audit.cosignature import WitnessKey, cosign
from audit.proof import prove
from audit.recheck.proof import check_proof, read_proof
from tests.audit.fakes import signing_key
from tests.audit.logs import plain_ledger

GOLDEN = Path(__file__).parents[1] / "golden" / "entry-77.tlog-proof"
PEM = signing_key("golden").public.pem


def test_the_file_is_golden_and_proves_its_entry(tmp_path: Path) -> None:
    with plain_ledger(tmp_path, 260) as ledger:
        proof = prove(ledger, 77)
    assert proof.text() == GOLDEN.read_text(encoding="utf-8")
    proven = check_proof(proof.text(), PEM, leaf=proof.leaf)
    assert (proven.index, proven.size, proven.origin) == (77, 260, "imprimatur.example/ledger/golden")
    assert check_proof(proof.text(with_entry=True), PEM) == proven
    with pytest.raises(ValueError, match="entry itself"):
        check_proof(proof.text(), PEM)


def test_every_entry_of_logs_of_all_small_sizes_is_proven(tmp_path: Path) -> None:
    for size in (2, 3, 5, 8, 13):
        (tmp_path / str(size)).mkdir()
        with plain_ledger(tmp_path / str(size), size) as ledger:
            for index in range(size):
                assert check_proof(prove(ledger, index).text(with_entry=True), PEM).index == index


def test_no_byte_of_it_can_be_changed(tmp_path: Path) -> None:
    with plain_ledger(tmp_path, 260) as ledger:
        leaf = prove(ledger, 77).leaf
    data = GOLDEN.read_bytes()
    for place in range(len(data)):
        for mask in (0x01, 0x20):
            broken = data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :]
            with pytest.raises(ValueError):
                check_proof(broken.decode(), PEM, leaf=leaf)
    with pytest.raises(ValueError):
        check_proof(data.decode(), PEM, leaf=leaf[:-1] + b"]")
    with pytest.raises(ValueError):
        check_proof(data.decode(), signing_key("stranger").public.pem, leaf=leaf)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("index 77", "index 077"),
        lambda t: t.replace("index 77", "index 76"),
        lambda t: t.replace("index 77\n", "index 77\n\n"),
        lambda t: t.replace("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        lambda t: t.replace("index 77\n", "extra ?\nindex 77\n"),
        lambda t: t.replace("index 77\n", "extra YQ==\nextra YQ==\nindex 77\n"),
        lambda t: t.partition("\n\n")[0],
        lambda t: "",
        lambda t: "\n".join(t.split("\n")[:2] + t.split("\n")[3:]),
    ],
)
def test_other_spellings_are_refused(change: object, tmp_path: Path) -> None:
    with plain_ledger(tmp_path, 260) as ledger:
        leaf = prove(ledger, 77).leaf
    with pytest.raises(ValueError):
        check_proof(change(GOLDEN.read_text(encoding="utf-8")), PEM, leaf=leaf)  # type: ignore[operator]


def test_witnesses_are_counted() -> None:
    text = GOLDEN.read_text(encoding="utf-8")
    leaf = read_leaf_of_the_golden_log(77)
    body = read_proof(text).checkpoint.partition("\n\n")[0] + "\n"
    keys = {name: signing_key(name) for name in ("w.example/1", "w.example/2")}
    trusted = [WitnessKey(name, key.public).text for name, key in keys.items()]
    seen = text + "".join(cosign(body, name, key, 1_900_000_000) + "\n" for name, key in keys.items())
    assert check_proof(seen, PEM, leaf=leaf, witnesses=trusted, required=2).witnesses == set(trusted)
    for few in (text, seen.rsplit("— ", 1)[0]):
        with pytest.raises(ValueError, match="2 trusted"):
            check_proof(few, PEM, leaf=leaf, witnesses=trusted, required=2)
    place = random.Random(1).randrange(len(text) + 20, len(seen) - 10)
    with pytest.raises(ValueError):
        check_proof(
            seen[:place] + ("A" if seen[place] != "A" else "B") + seen[place + 1 :], PEM, leaf=leaf, witnesses=trusted
        )


def read_leaf_of_the_golden_log(index: int) -> bytes:
    data = (GOLDEN.parent / "log/tile/entries/000").read_bytes()
    at = 0
    for _ in range(index):
        at += 2 + int.from_bytes(data[at : at + 2], "big")
    return data[at + 2 : at + 2 + int.from_bytes(data[at : at + 2], "big")]


def test_a_million_entries_fit_in_one_and_a_half_kilobytes() -> None:
    """Twenty hashes and a checkpoint whose size has seven digits, of a workspace id as `init` makes it."""
    head = GOLDEN.read_text(encoding="utf-8").replace("golden", "0" * 32)
    text = head.replace("index 77", "index 1000000", 1).replace("\n260\n", "\n1000001\n")
    more = base64.b64encode(bytes(32)).decode() + "\n"
    text = text.replace("\n\n", "\n" + more * (20 - len(read_proof(text).path)) + "\n", 1)
    assert len(read_proof(text).path) == 20
    assert len(text.encode()) <= 1_300
