"""A folder of hostile files through the command line: one answer each, nothing followed, nothing obeyed by a terminal."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from curate.finding import Check, Detector, Unscreened
from imprimatur.cli.shell import Out, Shared
from imprimatur.cli.show_inspections import show_inspections
from imprimatur.cli.visible import visible
from imprimatur.inspecting import Inspection


@given(st.text(st.characters()))
def test_nothing_a_terminal_obeys_is_left_and_the_rest_is_untouched(text: str) -> None:
    shown = visible(text)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066\u200f\u2028" for c in shown)
    shown.encode()
    assert visible("山田　図面 M8×30 é") == "山田　図面 M8×30 é"


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _bomb(side: int) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + _chunk(b"IEND", b"")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "files"
    place.mkdir()
    blocks = np.random.default_rng(3).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    good = Image.fromarray(blocks).resize((320, 240), Image.Resampling.BICUBIC)
    for name in ("good.jpg", "new\nline.jpg", "\x1b[31mred.jpg", "\u202egpj.jpg"):
        good.save(place / name, "JPEG")
    good.save(os.fsdecode(os.fsencode(place) + b"/raw-\xff.jpg"), "JPEG")
    (place / "empty.png").write_bytes(b"")
    (place / "four.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (place / "bomb.png").write_bytes(_bomb(30_000))
    (place / "script.svg").write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    data = (place / "good.jpg").read_bytes()
    (place / "cut.jpg").write_bytes(data[: len(data) // 2])
    (place / "zero.png").symlink_to("/dev/zero")
    (place / "out.png").symlink_to(tmp_path / "outside.png")
    good.save(tmp_path / "outside.png")
    os.mkfifo(place / "pipe.png")
    return place


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    code = "from imprimatur.cli import main; raise SystemExit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, timeout=200, check=False
    )


def test_inspect_answers_for_every_entry_of_a_hostile_folder(folder: Path) -> None:
    done = _run("inspect", folder, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    answers = {Path(item["input"]).name: item for item in map(json.loads, done.stdout.splitlines())}
    assert set(answers) == {path.name for path in folder.iterdir()}
    kinds = {name: {found["kind"] for found in item["findings"]} for name, item in answers.items()}
    broken = {"empty.png", "four.jpg", "bomb.png", "script.svg", "cut.jpg", "zero.png", "out.png", "pipe.png"}
    assert {name for name, found in kinds.items() if "content.undecodable" in found} == broken
    assert all(item["unscreened"] for name, item in answers.items() if name in broken)
    assert answers["out.png"]["image_id"] is None


@pytest.fixture
def catalogue(folder: Path) -> Path:
    """The hostile folder with a table that names every file of it, one that is not there and one outside."""
    good = Image.open(folder / "good.jpg")
    good.transpose(Image.Transpose.ROTATE_180).save(folder / "suffix.jpg", "PNG")
    parted = Image.fromarray(np.random.default_rng(8).integers(0, 256, (5, 7, 3), dtype=np.uint8))
    parted.resize((300, 260), Image.Resampling.BICUBIC).save(folder / "polyglot.jpg")
    with (folder / "polyglot.jpg").open("ab") as stream:  # a picture to one program, an archive to another
        stream.write(b"PK\x03\x04" + bytes(26) + b"<script>alert(1)</script>" + b"PK\x05\x06" + bytes(18))
    named = [path.name for path in folder.iterdir()] + ["absent.png", "../outside.png", "/etc/hostname"]
    rows = [{"file_name": name, "title_en": f"part {n}", "content_class": "product"} for n, name in enumerate(named)]
    text = "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows if row["file_name"].isprintable() or "\n" in row["file_name"])  # fmt: skip
    (folder / "metadata.jsonl").write_text(text)
    return folder


@pytest.mark.slow
def test_curate_accounts_for_every_row_of_a_hostile_catalogue(catalogue: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    assert _run("init", workspace).returncode == 0
    policy = workspace / "policies" / "default" / "policy.yaml"
    lines = policy.read_text().splitlines(keepends=True)  # without models for pixels: seconds instead of a minute
    policy.write_text("".join(line for line in lines if line.strip() not in ("- pixel.text", "- pixel.faces", "- pixel.codes")))  # fmt: skip
    done = _run("-w", workspace, "curate", catalogue, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    rows = [json.loads(line)["file_name"] for line in (catalogue / "metadata.jsonl").read_text().splitlines()]
    judged = {name: item for item in document["decisions"] for name in item["file_names"]}
    refused = {item["file_name"]: item["reason"] for item in document["rejected"]}
    assert sorted([*judged, *refused]) == sorted(rows)  # every row once
    assert all(refused.values())
    assert set(refused) >= {"absent.png", "../outside.png", "/etc/hostname", "out.png", "zero.png", "pipe.png"}
    for name in ("empty.png", "four.jpg", "bomb.png", "script.svg", "cut.jpg"):
        assert "content.undecodable" in {found["kind"] for found in judged[name]["findings"]}, name
        assert judged[name]["outcome"] in ("review", "deny")
    for name in ("good.jpg", "suffix.jpg", "polyglot.jpg"):
        assert "content.undecodable" not in {found["kind"] for found in judged[name]["findings"]}, name
        assert "check:decode" not in judged[name]["unknowns"]
    for name, kind in (("suffix.jpg", "content.other_format"), ("polyglot.jpg", "content.appended_data")):
        assert kind in {found["kind"] for found in judged[name]["findings"]}, name
    again = json.loads(_run("-w", workspace, "curate", catalogue, "--json").stdout)
    assert again["looked_at"] == 0
    assert again["recorded"]["changed"] == 0
    assert {item["image_id"]: item["outcome"] for item in again["decisions"]} == {item["image_id"]: item["outcome"] for item in document["decisions"]}  # fmt: skip


def test_the_table_for_people_obeys_no_file_name(capsys: pytest.CaptureFixture[str]) -> None:
    reason = Unscreened("", Detector("decoder", "1"), Check.DECODE, "\x1b]0;title\x07 [red]")
    show_inspections(Out(Shared()), [Inspection("\x1b[31m\u202egpj\n.jpg", None, None, (), (reason,))], "en")
    shown = capsys.readouterr().out
    assert not any(character in shown for character in "\x1b\x07\u202e")
    assert "[red]" in shown
