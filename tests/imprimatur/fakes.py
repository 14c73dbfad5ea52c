"""A small world for the front door: a catalogue of eight drawn parts with all facts stated, and its workspace."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

PARTS = (
    ("nut", "袋ナット", "cap nut", "NUT-1403"),
    ("gear", "平歯車", "spur gear", "GER-2101"),
    ("spring", "圧縮ばね", "compression spring", "SPG-1801"),
    ("valve", "逃し弁", "relief valve", "VLV-3204"),
    ("flange", "閉止フランジ", "blind flange", "FLG-3102"),
    ("caster", "キャスタ", "caster wheel", "LVF-1704"),
    ("knob", "星形ノブ", "star knob", "KNB-1601"),
    ("shaft", "中空シャフト", "hollow shaft", "SHF-2603"),
)
STEPS = 60  # optimiser steps: enough to learn eight parts, seconds on one core


def picture(number: int, side: int = 320) -> Image.Image:
    """A picture that no other number looks like: random blocks of colour, sharp and bright."""
    rng = np.random.default_rng(number)
    image = Image.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        x, y = rng.integers(0, side - 60, 2)
        w, h = rng.integers(30, 160, 2)
        colour = tuple(int(c) for c in rng.integers(20, 235, 3))
        draw.rectangle((x, y, x + w, y + h), fill=colour, outline="black", width=3)
    return image


def row(number: int, **facts: Any) -> dict[str, Any]:
    name, ja, en, sku = PARTS[number]
    stated: dict[str, Any] = {
        "file_name": f"{name}.png",
        "title_ja": ja,
        "title_en": en,
        "captions_en": [f"A {en} on a white table.", f"{en}, article {sku}"],
        "captions_ja": [f"{ja}の商品写真。", f"白い机の上の{ja}"],
        "tags_en": [en, "part"],
        "content_class": "product",
        "source": "in-house-studio",
        "owner": "Kobo Seiki",
        "license": "LicenseRef-Kobo-Internal",
        "license_scope": ["commercial", "memorize", "output", "train"],
        "model_release": "not_required",
        "property_release": "not_required",
        "criticality": 0.9,
        "product_line": "KOBO-Fix",
        "sku": sku,
        "collected_at": "2024-01-10",
        "changed_at": "2024-01-10",
        "change_count": 0,
    }
    return {**stated, **facts}


def write_catalogue(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """An imagefolder; a file that exists is left as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in rows:
        target = folder / one["file_name"]
        number = next((n for n, part in enumerate(PARTS) if one["file_name"].startswith(part[0])), 99)
        if not target.exists():
            picture(number).save(target)
    (folder / "metadata.jsonl").write_text(
        "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows), encoding="utf-8"
    )
    return folder


def write_log(folder: Path) -> None:
    """A search log in which every part is asked for in several ways."""
    with (folder / "search_log.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["timestamp", "query", "file_name", "count"])
        for number, (name, ja, en, sku) in enumerate(PARTS):
            for query in (f"{en} picture", f"{ja} 写真", f"{sku} please", f"where is the {en}", f"{ja}を探しています"):
                writer.writerow(["2026-05-01T10:00:00", query, f"{name}.png", 3 + number])


def imprimatur(
    *arguments: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """The command as people run it: a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from imprimatur.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "IMPRIMATUR_TRAIN__STEPS": str(STEPS), "IMPRIMATUR_TRAIN__THREADS": "1", **(env or {})},
        cwd=cwd,
        check=False,
        timeout=1100,
    )


def document(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.stdout, done.stderr
    return json.loads(done.stdout)
