"""`inspect` screens loose files and lines without a workspace."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from PIL import Image

from tests.imprimatur.fakes import imprimatur, picture


def test_one_object_for_every_line_of_stdin() -> None:
    text = "六角ボルト M8×40 品番 BLT-1104\n連絡先 03-3581-4111\n\n"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from imprimatur.cli import main; main()",
            "inspect",
            "--text",
            "-",
            "--format",
            "jsonl",
        ],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["line"] for line in lines] == [1, 2, 3]
    assert lines[0]["findings"] == [] and lines[2]["findings"] == []
    (phone,) = lines[1]["findings"]
    start, end = phone["where"]["span"]
    assert "連絡先 03-3581-4111"[start:end] == "03-3581-4111" and "3581" not in phone["masked"]


def test_fail_on_severity() -> None:
    assert imprimatur("inspect", "--text", "電話 03-3581-4111", "--fail-on", "medium").returncode == 1
    assert imprimatur("inspect", "--text", "平歯車 m2 z24", "--fail-on", "low").returncode == 0


def test_what_nobody_could_look_at_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"not a picture")
    done = imprimatur("inspect", tmp_path, "--fail-on", "critical")
    assert done.returncode == 1 and "not looked at in full 1" in done.stdout, done.stdout + done.stderr


def test_a_product_on_white_is_overexposed_as_a_photo_only(tmp_path: Path) -> None:
    sheet = Image.new("RGB", (400, 400), "white")
    sheet.paste(picture(1, 200), (100, 100))
    sheet.save(tmp_path / "p.png")
    for content_class, reported in (("photo", True), ("product", False)):
        done = imprimatur("inspect", tmp_path, "--content-class", content_class, "--format", "jsonl")
        kinds = {found["kind"] for found in json.loads(done.stdout)["findings"]}
        assert ("quality.overexposed" in kinds) is reported, done.stderr


def test_findings_that_differ_in_nothing_but_the_place_are_one_line() -> None:
    text = "電話 03-3581-4111、電話 03-3581-4112、電話 03-3581-4113、電話 03-3581-4114"
    done = imprimatur("inspect", "--text", text, env={"COLUMNS": "200"})
    (line,) = [line for line in done.stdout.splitlines() if "privacy.phone" in line]
    assert "×4" in line and "1 input: medium 1" in done.stdout, done.stdout


def test_a_file_that_is_no_picture_is_unscreened_not_clean(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"not a picture")
    picture(1).save(tmp_path / "b.png")
    done = imprimatur("inspect", tmp_path, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    by_name = {Path(item["input"]).name: item for item in map(json.loads, done.stdout.splitlines())}
    assert by_name["a.jpg"]["unscreened"]
    assert len(by_name["b.png"]["image_id"]) == 64


def test_a_reservation_in_the_folder_counts_for_its_files(tmp_path: Path) -> None:
    picture(1, 120).save(tmp_path / "b.png")
    (tmp_path / "tdmrep.json").write_text('[{"location": "/", "tdm-reservation": 1}]')
    for named in (tmp_path, tmp_path / "b.png"):
        done = imprimatur("inspect", named, "--format", "jsonl")
        (item,) = map(json.loads, done.stdout.splitlines())  # the reservation is read, not listed as a picture
        assert item["rights"]["answer"] == "reserved", done.stderr


def test_neither_files_nor_text_is_a_usage_error() -> None:
    assert imprimatur("inspect").returncode == 2


def test_the_workspace_says_in_which_language_findings_are_explained(tmp_path: Path) -> None:
    text = ("inspect", "--text", "連絡先 03-3581-4111")
    wide = {"COLUMNS": "240"}
    assert "A telephone number: labelled" in imprimatur(*text, cwd=tmp_path, env=wide).stdout
    (tmp_path / "imprimatur.toml").write_text('lang = "ja"\n', encoding="utf-8")
    done = imprimatur(*text, cwd=tmp_path, env=wide)
    assert "電話番号が含まれています。電話番号を示す見出しがあります。" in done.stdout, done.stdout + done.stderr
    assert "telephone" not in done.stdout and "3581" not in done.stdout
    both = json.loads(imprimatur(*text, "--format", "jsonl", cwd=tmp_path).stdout)["findings"][0]
    assert both["explanation"].startswith("A telephone number") and both["explanation_ja"].startswith("電話番号")
