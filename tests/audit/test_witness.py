"""Witnesses: what they cosign, what they refuse, and what the recheck makes of their cosignatures."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from audit import note
from audit.cosignature import WitnessKey, WitnessKeyUnusable, cosign, verify_line
from audit.dsse import SignatureInvalid
from audit.ledger import EntryKind, Ledger, NewEntry
from audit.publish import FolderShelf, publish
from audit.recheck.ledger import verify
from audit.recheck.signed import cosigned_at, open_verifier_key
from audit.store_errors import NotWitnessed
from audit.witness import Witness, WitnessUnusable
from audit.witness_http import serve
from audit.witnessing import NotCosigned, WitnessAway, add, ask, request_for
from tests.audit.fakes import START, signing_key
from tests.audit.logs import grow, plain_ledger

PEM = signing_key("golden").public.pem
LOG_KEY = note.verifier_key("imprimatur.example/ledger/golden", signing_key("golden").public)
BODY = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return plain_ledger(tmp_path, 20)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    made = Witness.create(tmp_path / "witness", "w.example/1")
    made.trust(LOG_KEY)
    return made


def key_of(witness: Witness) -> WitnessKey:
    return WitnessKey.read(witness.verifier_key)


def fork_of(ledger: Ledger, folder: Path, size: int) -> Ledger:
    """The same log up to now, continued otherwise to `size` entries."""
    shutil.copy(ledger.path, folder / "fork.db")
    fork = Ledger.open(folder / "fork.db", signing_key("golden"))
    fork.append([NewEntry(EntryKind.EVALUATION, {"other": n}, at=START) for n in range(fork.size, size)])
    return fork


def test_the_line_is_the_one_of_the_specification() -> None:
    """Message and line are put together here by hand from c2sp.org/tlog-cosignature; Ed25519 gives the same bytes."""
    key = signing_key("witness")
    line = cosign(BODY, "witness.example.com/w1", key, 1_679_315_147)
    import base64
    import hashlib

    raw = key.public.raw
    hint = hashlib.sha256(b"witness.example.com/w1\n\x04" + raw).digest()[:4]
    signature = key.sign(b"cosignature/v1\ntime 1679315147\n" + BODY.encode())
    blob = base64.b64encode(hint + bytes.fromhex("00000000641850cb") + signature).decode()
    assert line == f"— witness.example.com/w1 {blob}"
    assert blob[6:16] == "AAAABkGFDL"  # as in the specification's example: the same time
    witness = WitnessKey("witness.example.com/w1", key.public)
    assert verify_line(line, witness, BODY) == 1_679_315_147
    assert cosigned_at(line, *open_verifier_key(witness.text), BODY.encode()) == 1_679_315_147
    assert verify_line(line, WitnessKey("other", key.public), BODY) is None
    with pytest.raises(SignatureInvalid):
        verify_line(line, witness, BODY.replace("20852163", "20852164"))


@pytest.mark.parametrize("text", ["", "w", "w+00000000+AAAA", "w x+1+2", LOG_KEY])
def test_what_is_no_witness_key_is_refused(text: str) -> None:
    with pytest.raises(WitnessKeyUnusable):
        WitnessKey.read(text)
    with pytest.raises(ValueError):
        open_verifier_key(text)


def test_a_log_that_grows_is_cosigned_again_and_again(ledger: Ledger, witness: Witness, tmp_path: Path) -> None:
    for size in (20, 20, 21, 300, 301):
        grow(ledger, size)
        assert ask(ledger, str(tmp_path / "witness"), [key_of(witness)]).size == size
        assert witness.logs()[0].size == size
    report = verify(ledger.path, PEM, witnesses=[witness.verifier_key], required=1)
    assert (report.ok, report.witnessed, report.cosignatures) == (True, 301, 4), report.problems
    assert len(note.read(ledger.checkpoint(cosigned=True))[1]) == 2
    assert note.verify(ledger.checkpoint(cosigned=True), ledger.public_key).size == 301


def test_answers_have_the_statuses_of_the_specification(ledger: Ledger, witness: Witness, tmp_path: Path) -> None:
    request = request_for(ledger, 0)
    assert witness.add_checkpoint("noise").status == 400
    assert witness.add_checkpoint(request.replace("old 0", "old 00")).status == 400
    assert witness.add_checkpoint(request.replace("old 0", "old 21")).status == 400
    assert witness.add_checkpoint(request.replace("old 0\n", "old 0\n" + "A" * 43 + "=\n")).status == 422
    assert witness.add_checkpoint(request.replace("/golden\n", "/silver\n", 1)).status == 404
    assert witness.add_checkpoint(request.replace("\n20\n", "\n21\n")).status == 403
    assert witness.add_checkpoint(request).status == 200
    grow(ledger, 25)
    assert (witness.add_checkpoint(request).status, witness.add_checkpoint(request).body) == (409, "20\n")
    honest = request_for(ledger, 20)
    lines = honest.split("\n")
    assert witness.add_checkpoint("\n".join([lines[0], *lines[2:]])).status == 422
    fork = fork_of(ledger, tmp_path, 30)
    assert witness.add_checkpoint(honest).status == 200
    assert witness.add_checkpoint(request_for(fork, 25)).status == 200  # it continues what was seen
    grow(ledger, 40)
    assert witness.add_checkpoint(request_for(ledger, 30)).status == 422
    forked = fork_of(plain_ledger(tmp_path / "witness", 3), tmp_path, 30)
    assert witness.add_checkpoint(request_for(forked, 30)).status == 409
    assert witness.logs()[0].size == 30


def test_a_rewritten_or_shortened_log_gets_no_cosignature(ledger: Ledger, witness: Witness, tmp_path: Path) -> None:
    place, trusted = str(tmp_path / "witness"), [key_of(witness)]
    fork = fork_of(ledger, tmp_path, 25)
    grow(ledger, 25)
    ask(ledger, place, trusted)
    grow(fork, 40)
    with pytest.raises(NotCosigned, match="422"):
        ask(fork, place, trusted)
    (tmp_path / "short").mkdir()
    with pytest.raises(NotCosigned, match="does not continue"):
        ask(plain_ledger(tmp_path / "short", 22), place, trusted)


def test_a_witness_remembers_across_processes_and_trusts_one_key(
    witness: Witness, ledger: Ledger, tmp_path: Path
) -> None:
    ask(ledger, str(tmp_path / "witness"), [key_of(witness)])
    again = Witness.open(tmp_path / "witness")
    assert again.logs() == witness.logs()
    assert again.trust(LOG_KEY).size == 20
    with pytest.raises(WitnessKeyUnusable):
        again.trust(note.verifier_key("imprimatur.example/ledger/golden", signing_key("other").public))
    for wrong in ("", "a+b+c", witness.verifier_key):
        with pytest.raises(WitnessKeyUnusable):
            again.trust(wrong)
    with pytest.raises(WitnessUnusable):
        Witness.create(tmp_path / "witness", "w.example/2")
    with pytest.raises(WitnessUnusable):
        Witness.open(tmp_path)
    with pytest.raises(WitnessKeyUnusable):
        Witness.create(tmp_path / "other", "two words")
    next((tmp_path / "witness/logs").glob("*/checkpoint")).write_text("noise")
    with pytest.raises(WitnessUnusable, match="last cosigned"):
        again.add_checkpoint(request_for(ledger, 20))


def test_only_lines_of_trusted_witnesses_are_kept(ledger: Ledger, witness: Witness) -> None:
    stranger = signing_key("stranger")
    head = note.verify(ledger.checkpoint(), ledger.public_key)
    with pytest.raises(NotCosigned):
        add(ledger, cosign(head.text, "w.example/1", stranger, 5), [key_of(witness)])
    good = witness.add_checkpoint(request_for(ledger, 0)).body
    with pytest.raises(SignatureInvalid):
        add(ledger, good[:60] + ("A" if good[60] != "A" else "B") + good[61:], [key_of(witness)])
    assert add(ledger, "noise\n" + good, [key_of(witness)]).size == 20


def test_over_http(ledger: Ledger, witness: Witness) -> None:
    with serve(witness, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        assert ask(ledger, url, [key_of(witness)]).size == 20
        grow(ledger, 30)
        witness.add_checkpoint(request_for(ledger, 20))  # somebody else asked in between
        grow(ledger, 33)
        assert ask(ledger, url, [key_of(witness)]).size == 33
        server.shutdown()
    with pytest.raises(WitnessAway):
        ask(ledger, url, [key_of(witness)])


@pytest.fixture
def seen(ledger: Ledger, witness: Witness, tmp_path: Path) -> tuple[Ledger, list[str]]:
    """A ledger cosigned by two witnesses at 20 entries, that went on to 25; their keys."""
    second = Witness.create(tmp_path / "second", "w.example/2")
    second.trust(LOG_KEY)
    for one in (witness, second):
        add(ledger, one.add_checkpoint(request_for(ledger, 0)).body, [key_of(one)])
    grow(ledger, 25)
    return ledger, [witness.verifier_key, second.verifier_key]


def test_the_recheck_counts_trusted_witnesses(seen: tuple[Ledger, list[str]]) -> None:
    ledger, trusted = seen
    assert verify(ledger.path, PEM, witnesses=trusted, required=2).witnessed == 20
    stranger = WitnessKey("w.example/3", signing_key("stranger").public).text
    for keys in (trusted[:1], [], [trusted[0], stranger]):
        assert "2 trusted witnesses" in str(verify(ledger.path, PEM, witnesses=keys, required=2).problems[0])
    assert verify(ledger.path, PEM).ok
    with pytest.raises(NotWitnessed):
        ledger.cosigned_checkpoint(3)
    assert note.verify(ledger.cosigned_checkpoint(2), ledger.public_key).size == 20


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM cosignature WHERE witness LIKE 'w.example/1%'",
        "UPDATE cosignature SET line = replace(line, 'A', 'B')",
        "UPDATE cosignature SET line = 'noise'",
        "UPDATE cosignature SET line = CAST(line AS BLOB)",
        "UPDATE cosignature SET witness = replace(witness, 'example', 'exemple')",
        "UPDATE cosignature SET size = 21",
        "UPDATE cosignature SET size = 99",
        "INSERT INTO cosignature SELECT 19, witness, line FROM cosignature",
    ],
)
def test_every_change_of_a_cosignature_is_found(seen: tuple[Ledger, list[str]], statement: str) -> None:
    ledger, trusted = seen
    ledger.close()
    with sqlite3.connect(ledger.path) as connection:
        connection.execute(statement)
    connection.close()
    assert not verify(ledger.path, PEM, witnesses=trusted, required=2).ok


def test_every_character_of_a_cosignature_counts(seen: tuple[Ledger, list[str]]) -> None:
    ledger, trusted = seen
    ledger.close()
    with sqlite3.connect(ledger.path, isolation_level=None) as connection:
        (key, line) = connection.execute("SELECT witness, line FROM cosignature ORDER BY witness").fetchone()
        for column, text in (("line", line), ("witness", key)):
            for place in range(0, len(text), 3):
                changed = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
                connection.execute(f"UPDATE cosignature SET {column} = ? WHERE {column} = ?", (changed, text))
                assert not verify(ledger.path, PEM).ok, (column, place)
                connection.execute(f"UPDATE cosignature SET {column} = ? WHERE {column} = ?", (text, changed))
    connection.close()
    assert verify(ledger.path, PEM, witnesses=trusted, required=2).ok


def test_a_checkpoint_kept_with_its_cosignatures_counts_too(seen: tuple[Ledger, list[str]], tmp_path: Path) -> None:
    ledger, trusted = seen
    kept = ledger.cosigned_checkpoint(2)
    publish(ledger, FolderShelf(tmp_path / "log"), required=2)
    assert (tmp_path / "log/checkpoint").read_text() == kept
    ledger.close()
    with sqlite3.connect(ledger.path) as connection:
        connection.execute("DELETE FROM cosignature")
    connection.close()
    assert not verify(ledger.path, PEM, witnesses=trusted, required=2).ok
    assert verify(ledger.path, PEM, against=kept, witnesses=trusted, required=2).witnessed == 20
    bent = kept.replace(kept[-20:-10], kept[-10:-20:-1])
    assert not verify(
        ledger.path, PEM, against=bent[:-12] + ("A" if bent[-12] != "A" else "B") + bent[-11:], witnesses=trusted
    ).ok
