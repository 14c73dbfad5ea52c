"""publish, witness, cosign, verify, prove through the command line, on a workspace that has nothing but a ledger."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from audit.ledger import EntryKind, NewEntry
from imprimatur.cli import main
from imprimatur.record_book import open_ledger
from imprimatur.workspace import Workspace, init_workspace, open_workspace
from tests.audit.fakes import decision_body, record_of


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose ledger holds one decision; the current folder."""
    init_workspace(tmp_path / "ws")
    with open_ledger(open_workspace(tmp_path / "ws"), make=True) as ledger:
        ledger.append([NewEntry(EntryKind.DECISION, decision_body(record_of("bolt")))])
    monkeypatch.chdir(tmp_path / "ws")
    return tmp_path / "ws"


def run(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """What a command prints; it must end with `code`."""
    monkey = pytest.MonkeyPatch()
    monkey.setattr("sys.argv", ["imprimatur", *words])
    try:
        with pytest.raises(SystemExit) as ended:
            main()
    finally:
        monkey.undo()
    printed = capsys.readouterr()
    assert (ended.value.code or 0) == code, printed
    return printed.out


def append(place: Path, count: int) -> None:
    with open_ledger(open_workspace(place), write=True) as ledger:
        ledger.append([NewEntry(EntryKind.EVALUATION, {"n": n}) for n in range(count)])


def trust(place: Path, *witnesses: str, **more: object) -> None:
    """Settings with these witnesses."""
    settings = (place / "imprimatur.toml").read_text().partition("\n[ledger]")[0]
    lines = [
        f"witnesses = {json.dumps(list(witnesses))}",
        *(f"{key} = {json.dumps(value)}" for key, value in more.items()),
    ]
    (place / "imprimatur.toml").write_text(settings + "\n[ledger]\n" + "\n".join(lines) + "\n")


def test_a_witnessed_and_published_log(place: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    append(place, 300)
    log_key = run(capsys, "audit", "checkpoint", "--verifier-key").strip()
    witness = run(capsys, "audit", "witness", "new", str(tmp_path / "w"), "--name", "w.example/1").strip()
    run(capsys, "audit", "witness", "trust", str(tmp_path / "w"), log_key)
    run(capsys, "audit", "cosign", str(tmp_path / "w"), code=2)  # not trusted by the settings yet
    trust(place, witness, cosignatures=1, publish="public/log")
    assert "trusted witnesses" in run(capsys, "audit", "verify", code=3)
    run(capsys, "audit", "publish", code=3)  # nothing has been cosigned
    assert "302 entries cosigned" in run(capsys, "audit", "cosign", str(tmp_path / "w"))
    assert "302 entries" in run(capsys, "audit", "publish")
    append(place, 5)
    said = json.loads(run(capsys, "audit", "verify", "--json"))
    assert (said["ok"], said["witnessed"], said["entries"]) == (True, 302, 307)
    checkpoint = run(capsys, "audit", "checkpoint")
    assert checkpoint.count("\n— ") == 2 and "\n302\n" in checkpoint

    # carried by hand: the witness is two steps behind
    request, answer = str(tmp_path / "request"), str(tmp_path / "answer")
    run(capsys, "audit", "cosign", "--request", request, "--old", "302")
    run(capsys, "audit", "witness", "answer", str(tmp_path / "w"), request, "-o", answer)
    assert "307 entries cosigned" in run(capsys, "audit", "cosign", "--request", request, "--answer", answer)
    run(capsys, "audit", "witness", "answer", str(tmp_path / "w"), request, "-o", answer, code=3)  # 302 is past
    assert "307 entries" in run(capsys, "audit", "witness", "show", str(tmp_path / "w"))

    tile = place / "public/log/tile/0/000"
    data = tile.read_bytes()
    tile.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    assert "tile/0/000" in run(capsys, "audit", "verify", code=3)
    tile.write_bytes(data)
    run(capsys, "audit", "verify")
    run(capsys, "audit", "publish")
    run(
        capsys,
        "audit",
        "verify",
        "--tiles",
        str(place / "public/log"),
        "--against",
        str(place / "public/log/checkpoint"),
    )


def test_a_proof_file_that_somebody_else_checks(
    place: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace: Workspace = open_workspace(place)
    image = record_of("bolt").image_id
    assert "decision" in run(capsys, "audit", "prove", image[:12])
    (file,) = place.glob("*.tlog-proof")
    assert re.fullmatch(f"{image[:16]}.1.tlog-proof", file.name)
    document = json.loads(run(capsys, "audit", "prove", image, "--json", "--with-entry", "-o", str(tmp_path / "whole")))
    assert document["proofs"][0]["tlog_proof"] == file.read_text(encoding="utf-8")
    run(capsys, "audit", "prove", image, "--entry", "0", code=5)
    monkeypatch.chdir(tmp_path)
    key = str(workspace.ledger_public_path)
    assert image in run(capsys, "audit", "verify-proof", str(tmp_path / "whole"), "--public-key", key)
    run(capsys, "audit", "verify-proof", str(file), "--public-key", key, code=3)  # the entry is not in it
    with open_ledger(workspace) as ledger:
        (tmp_path / "entry").write_bytes(next(ledger.leaves(2, start=1)))
    run(capsys, "audit", "verify-proof", str(file), "--entry", str(tmp_path / "entry"), "--public-key", key)


def test_an_address_with_a_password_is_shown_without(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPRIMATUR_DATABASE", "postgresql+psycopg://me:geheim@db.example/ledger")
    workspace = open_workspace(place)
    assert workspace.ledger_shown == "postgresql+psycopg://me:***@db.example/ledger"
    assert workspace.ledger_place == "postgresql+psycopg://me:geheim@db.example/ledger"
