"""The sample holds what it promises: 120 pictures, thirteen planted cases, a log, and the same bytes every time."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import imagehash
import numpy as np
import phonenumbers
import pytest
from PIL import Image

from curate.decision import Outcome
from curate.screen.codes import CodeReader
from imprimatur.sample.catalogue import SampleCatalogue, make_sample
from imprimatur.sample.plant import CARD, MY_NUMBER, PHONE, Planted

TODAY = date(2026, 3, 4)
Row = dict[str, Any]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleCatalogue:
    return make_sample(tmp_path_factory.mktemp("sample"), today=TODAY)


@pytest.fixture(scope="module")
def rows(sample: SampleCatalogue) -> dict[str, Row]:
    lines = (sample.folder / "metadata.jsonl").read_text("utf-8").splitlines()
    return {row["file_name"]: row for row in map(json.loads, lines)}


@pytest.fixture(scope="module")
def log(sample: SampleCatalogue) -> list[dict[str, str]]:
    with sample.search_log.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def cases(sample: SampleCatalogue) -> dict[str, Planted]:
    return {planted.expected_rule: planted for planted in sample.planted}


def _texts(row: Row) -> Iterator[str]:
    for name, cell in row.items():
        if name.startswith(("title", "captions", "tags")):
            yield from cell if isinstance(cell, list) else [cell]


def test_counts(sample: SampleCatalogue, rows: dict[str, Row]) -> None:
    there = {path.relative_to(sample.folder).as_posix() for path in sample.folder.rglob("*.[jp][pn]g")}
    assert set(rows) == there
    assert sample.images == len(rows) == 120
    assert sum(name.startswith("drawings/") for name in rows) == 35
    assert sum(name.startswith("products/") for name in rows) == 85


def test_every_row_is_complete_but_for_the_planted_gap(rows: dict[str, Row], cases: dict[str, Planted]) -> None:
    facts = ("source", "collected_at", "collector", "method", "owner", "license", "license_scope", "model_release",
             "property_release", "criticality", "product_line", "sku", "changed_at", "change_count", "content_class")  # fmt: skip
    gaps = [(name, fact) for name, row in rows.items() for fact in facts if fact not in row]
    assert gaps == [(cases["unknown-source"].file_name, "source")]
    for row in rows.values():
        assert len(set(row["captions_ja"])) == len(set(row["captions_en"])) == 3
        assert row["license_scope"] == ["commercial", "memorize", "output", "train"]
        assert 0 <= row["criticality"] <= 1
        assert date.fromisoformat(row["collected_at"]) <= date.fromisoformat(row["changed_at"]) < TODAY
    ended = [name for name, row in rows.items() if row.get("license_end", "9999") < TODAY.isoformat()]
    assert ended == [cases["deny-licence-expired"].file_name]
    assert all(row.get("valid_until", "9999") > TODAY.isoformat() for row in rows.values())
    assert 10 < sum("license_end" in row for row in rows.values()) < 50


def test_each_rule_has_one_planted_case(
    sample: SampleCatalogue, rows: dict[str, Row], cases: dict[str, Planted]
) -> None:
    assert len(sample.planted) == len(cases) == 13
    assert len({planted.file_name for planted in sample.planted} & set(rows)) == 13
    by_outcome = Counter(planted.expected_outcome for planted in sample.planted)
    assert by_outcome == {Outcome.DENY: 4, Outcome.REVIEW: 6, Outcome.INDEX: 2, Outcome.MEMORIZE: 1}
    for planted in sample.planted:
        assert planted.explanation_en.endswith(".") and planted.explanation_ja.endswith("。")


def test_personal_data_stands_in_the_planted_captions_and_nowhere_else(
    rows: dict[str, Row], log: list[dict[str, str]], cases: dict[str, Planted]
) -> None:
    said = [(name, text) for name, row in rows.items() for text in _texts(row)]
    said += [(row["file_name"], row["query"]) for row in log]
    phones = {name for name, text in said if phonenumbers.PhoneNumberMatcher(text, "JP").has_next()}
    numbers = {name for name, text in said if re.search(r"\d{9,}", text)}
    assert phones == {cases["review-personal-data"].file_name}
    assert numbers == {cases["deny-my-number"].file_name}
    assert any(PHONE in text for text in _texts(rows[cases["review-personal-data"].file_name]))
    assert any(MY_NUMBER in text for text in _texts(rows[cases["deny-my-number"].file_name]))


def test_the_planted_numbers_are_valid_in_form() -> None:
    assert phonenumbers.is_valid_number(phonenumbers.parse(PHONE, "JP"))
    digits = [int(digit) for digit in reversed(MY_NUMBER[:11])]
    rest = sum(digit * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(digits, start=1)) % 11
    assert int(MY_NUMBER[11]) == (0 if rest <= 1 else 11 - rest)


def test_the_label_carries_the_contact_card(sample: SampleCatalogue, cases: dict[str, Planted]) -> None:
    with Image.open(sample.folder / cases["review-shown-in-picture"].file_name) as image:
        found = CodeReader().read(np.asarray(image.convert("RGB")))
    assert [code.text for code in found] == [CARD]


def test_what_is_planted_in_the_files_is_there_once(
    sample: SampleCatalogue, rows: dict[str, Row], cases: dict[str, Planted]
) -> None:
    placed, reserved, broken, coloured = [], [], [], []
    for name in rows:
        with Image.open(sample.folder / name) as image:
            if image.getexif().get_ifd(0x8825):
                placed.append(name)
            if b"DMI-PROHIBITED" in image.info.get("xmp", b""):
                reserved.append(name)
            try:
                image.load()
            except OSError:
                broken.append(name)
                continue
            if name.startswith("drawings/"):
                red = sum(r > 180 and g < 80 and b < 80 for r, g, b in _pixels(image))
                if red > 2000:
                    coloured.append(name)
    assert placed == [cases["review-location-in-file"].file_name]
    assert reserved == [cases["deny-no-train-reservation"].file_name]
    assert broken == [cases["hold-undecodable"].file_name]
    assert coloured == [cases["deny-secret-marking"].file_name]
    assert "社外秘" not in json.dumps(list(rows.values()), ensure_ascii=False)


def _pixels(image: Image.Image) -> Iterator[tuple[int, int, int]]:
    raw = image.convert("RGB").tobytes()
    return zip(raw[::3], raw[1::3], raw[2::3], strict=True)


def test_only_the_planted_copy_looks_like_another_picture(
    sample: SampleCatalogue, rows: dict[str, Row], cases: dict[str, Planted]
) -> None:
    prints = {}
    for name in rows:
        if name != cases["hold-undecodable"].file_name:
            with Image.open(sample.folder / name) as image:
                grey = image.convert("L")
            prints[name] = (imagehash.phash(grey), imagehash.dhash(grey))
    alike = [
        (a, b)
        for a, b in itertools.combinations(sorted(prints), 2)
        if prints[a][0] - prints[b][0] <= 10 or prints[a][1] - prints[b][1] <= 6
    ]
    assert alike == [("products/ger-2102.jpg", cases["review-near-duplicate"].file_name)]
    twin, copy = (sample.folder / name for name in alike[0])
    assert hashlib.sha256(twin.read_bytes()).digest() != hashlib.sha256(copy.read_bytes()).digest()


def test_the_log_is_half_a_year_of_uneven_demand(
    rows: dict[str, Row], log: list[dict[str, str]], cases: dict[str, Planted]
) -> None:
    asked: Counter[str] = Counter()
    queries: dict[str, set[str]] = {name: set() for name in rows}
    for entry in log:
        age = (TODAY - datetime.fromisoformat(entry["timestamp"]).date()).days
        assert 1 <= age <= 180
        assert int(entry["count"]) >= 1
        asked[entry["file_name"]] += int(entry["count"])
        queries[entry["file_name"]].add(entry["query"])
    silent = {cases[rule].file_name for rule in ("low-value", "cleared", "review-near-duplicate")}
    assert {name for name in rows if not queries[name]} == silent
    assert min(len(found) for name, found in queries.items() if name not in silent) >= 6
    ranked = [count for _, count in asked.most_common()]
    assert sum(ranked[:12]) > 0.35 * sum(ranked)
    assert asked.most_common(3)[0][1] < 0.3 * sum(ranked)
    volatile = cases["volatile"].file_name
    assert volatile in [name for name, _ in asked.most_common(2)]
    assert rows[volatile]["change_count"] == 26
    assert rows[cases["cleared"].file_name]["criticality"] == 0.95
    text = " ".join(found for mine in queries.values() for found in mine)
    assert re.search(r"[ぁ-んァ-ン一-龥]", text) and "drawing" in text and "BLT-11" in text


def test_the_same_question_seldom_means_two_pictures(log: list[dict[str, str]]) -> None:
    meant: dict[str, set[str]] = {}
    for entry in log:
        meant.setdefault(entry["query"], set()).add(entry["file_name"])
    ambiguous = sum(len(names) > 1 for names in meant.values())
    assert ambiguous < 0.05 * len(meant)


@pytest.mark.slow
def test_two_generations_are_byte_identical(sample: SampleCatalogue, tmp_path: Path) -> None:
    """In another process, with another hash seed, where sets and dicts of strings would show their order."""
    code = (
        "import sys; from datetime import date; from pathlib import Path;"
        "from imprimatur.sample.catalogue import make_sample;"
        f"make_sample(Path(sys.argv[1]), today=date.fromisoformat('{TODAY.isoformat()}'))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=os.environ | {"PYTHONHASHSEED": "77"})
    assert _digests(tmp_path) == _digests(sample.folder)


def _digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.slow
def test_the_stamp_and_the_title_block_can_be_read(sample: SampleCatalogue, cases: dict[str, Planted]) -> None:
    from curate.screen.ocr import TextReader

    if TextReader.missing() is not None:
        pytest.skip(str(TextReader.missing()))
    reader = TextReader()
    for rule, marked in (("deny-secret-marking", True), ("cleared", False)):
        with Image.open(sample.folder / cases[rule].file_name) as image:
            lines = reader.read(np.asarray(image.convert("RGB")))
        text = "".join(line.text for line in lines)
        assert ("社外秘" in text) is marked
        assert "工房精機株式会社" in text and "図番" in text
        assert Path(cases[rule].file_name).stem.upper() in text
