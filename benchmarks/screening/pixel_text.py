"""Personal data and secret marks on generated drawings, labels and name plates: recall, false alarms, seconds.

    python benchmarks/screening/pixel_text.py                        development pages
    python benchmarks/screening/pixel_text.py --style held-out       other fonts, words and layouts
    python benchmarks/screening/pixel_text.py --photos FOLDER…       also pictures without planted text: what they cost

An item counts as found when a finding of severity medium or more and of the same category lies over its middle. A false
alarm is such a finding that touches no item. `--json FILE` writes the figures.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import itertools
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.screening.pixel_text_pages import DEVELOPMENT, HELD_OUT, KINDS, Item, Page, Setting, Style, make_page
from curate.finding import Check, Finding, Severity
from curate.picture import PictureFacts
from curate.picture_facts import look_at
from curate.picture_opening import PixelLimits
from curate.record import BusinessFacts, ContentClass, ImageRecord, RightsFacts
from curate.screen.ocr import TextReader
from curate.screen.screener import Screener

LETTERS = (10, 14, 20, 28, 40)
TILTS = (0.0, 5.0, -12.0, 20.0, -30.0)
HARMS = ("none", "faint", "noise", "jpeg")
TODAY = date(2026, 1, 15)
Box = tuple[int, int, int, int]


def settings() -> list[tuple[str, Setting]]:
    """One page for each cell of letters x tilt x quarter x language; kinds and harms take turns."""
    cells = itertools.product(LETTERS, TILTS, range(4), ("ja", "en"))
    turn = itertools.cycle(itertools.product(KINDS, HARMS))
    pages = [
        (kind, Setting(letters, tilt, quarter, language, harm))
        for (letters, tilt, quarter, language), (kind, harm) in zip(cells, turn, strict=False)
    ]
    random.Random(0).shuffle(pages)  # so that every n-th page is a fair sample
    return pages


class Desk:
    """Reads and screens one picture, as `inspect` does."""

    def __init__(self) -> None:
        self.reader, self.screener = TextReader(), Screener()
        self.reader.read(np.asarray(make_page("label", DEVELOPMENT, Setting(20), 0).image))  # loads the models

    def look(self, image: Image.Image) -> tuple[list[Finding], bool, int, float]:
        """(findings of medium severity or more, whether the text counts as read, lines, CPU seconds of the reader)."""
        rgb = np.asarray(image.convert("RGB"))
        start = time.process_time()
        lines = self.reader.read(rgb)
        seconds = time.process_time() - start
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        image_id = hashlib.sha256(buffer.getvalue()).hexdigest()
        facts = look_at(buffer.getvalue(), image_id, PixelLimits(64_000_000, 1))
        assert isinstance(facts, PictureFacts)
        record = ImageRecord(image_id, ("page.png",), ContentClass.DRAWING, True, (), RightsFacts(), BusinessFacts())
        seen = replace(facts, text_lines=lines, text_unscreened=None)
        screening = self.screener.screen([record], {image_id: seen}, today=TODAY)[image_id]
        found = [
            item
            for item in screening.findings
            if item.severity.rank >= Severity.MEDIUM.rank and item.where.box is not None
        ]
        return found, Check.PIXEL_TEXT in screening.done, len(lines), seconds


def touches(box: Box, item: Item, *, middle: bool) -> bool:
    x, y, w, h = box
    xs, ys = [p[0] for p in item.quad], [p[1] for p in item.quad]
    if middle:
        return x <= sum(xs) / 4 <= x + w and y <= sum(ys) / 4 <= y + h
    return x < max(xs) and min(xs) < x + w and y < max(ys) and min(ys) < y + h


def judge(page: Page, found: Sequence[Finding]) -> tuple[list[tuple[Item, bool, bool]], list[Finding]]:
    """(item, found at all, found under its own kind) for each item, and the false alarms."""
    items = []
    for item in page.items:
        over = [f for f in found if f.where.box is not None and touches(f.where.box, item, middle=True)]
        same = [f for f in over if f.kind.split(".")[0] == item.kind.split(".")[0]]
        items.append((item, bool(same), any(f.kind == item.kind for f in same)))
    alarms = [
        f
        for f in found
        if f.where.box is not None and not any(touches(f.where.box, i, middle=False) for i in page.items)
    ]
    return items, alarms


def share(hits: Sequence[bool]) -> str:
    return f"{sum(hits)}/{len(hits)} = {sum(hits) / len(hits):.3f}" if hits else "-"


def run_pages(desk: Desk, style: Style, seed: int, *, every: int, verbose: bool) -> dict[str, Any]:
    by: defaultdict[str, list[bool]] = defaultdict(list)
    seconds: defaultdict[str, list[float]] = defaultdict(list)
    alarms: Counter[str] = Counter()
    pages = unread = 0
    for number, (kind, setting) in enumerate(settings()[::every]):
        page = make_page(kind, style, setting, seed + number)
        found, read, _, cost = desk.look(page.image)
        items, false = judge(page, found)
        pages, unread = pages + 1, unread + (not read)
        alarms.update(f.kind for f in false)
        turned = setting.tilt != 0 or setting.quarter != 0
        seconds[f"{kind}, {'turned' if turned else 'upright'}"].append(cost)
        for item, hit, exact in items:
            for cell in (
                "all", f"letters {setting.letters:2d}", f"tilt {setting.tilt:+.0f}", f"turned {90 * setting.quarter}",
                f"language {setting.language}", f"{setting.harm}", f"kind {item.kind}", f"page {kind}", f"letters {setting.letters:2d} {setting.language}",
            ):  # fmt: skip
                by[cell].append(hit)
            by["all, under its own kind"].append(exact)
            if verbose and not hit:
                print(f"MISSED {number} {kind} {setting}: {item.kind} {item.text}")
        if verbose:
            for f in false:
                print(f"ALARM {number} {kind} {setting}: {f.kind} {f.masked} {f.explanation}")
    return {
        "style": style.name,
        "pages": pages,
        "pages_left_unread": unread,
        "recall": {cell: [sum(hits), len(hits)] for cell, hits in sorted(by.items())},
        "false_alarms_per_page": sum(alarms.values()) / pages,
        "false_alarms": dict(alarms),
        "reader_seconds": {cell: sum(costs) / len(costs) for cell, costs in sorted(seconds.items())},
    }


def run_photos(desk: Desk, folder: Path, limit: int) -> dict[str, Any]:
    names = {".png", ".jpg", ".jpeg", ".webp"}
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in names)
    files = files[:: max(1, len(files) // limit)][:limit]
    kinds: Counter[str] = Counter()
    costs, skipped, unread = [], 0, 0
    for path in files:
        with Image.open(path) as opened:
            clear = opened.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
        found, read, lines, cost = desk.look(image)
        kinds.update(f.kind for f in found)
        costs.append(cost)
        skipped, unread = skipped + (lines == 0), unread + (not read)
    return {
        "folder": folder.name, "pictures": len(files), "no_text_found": skipped, "left_unread": unread,
        "findings": dict(kinds), "reader_seconds": sum(costs) / max(1, len(costs)),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--style", choices=("development", "held-out"), default="development")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=int, default=1, help="take every n-th page")
    parser.add_argument("--photos", type=Path, nargs="*", default=[])
    parser.add_argument("--photo-limit", type=int, default=60)
    parser.add_argument("--no-pages", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="name each miss and each false alarm")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if TextReader.missing() is not None:
        sys.exit(f"no reader: {TextReader.missing()}")
    desk = Desk()
    report: dict[str, Any] = {}
    if not options.no_pages:
        style = DEVELOPMENT if options.style == "development" else HELD_OUT
        report["pages"] = result = run_pages(desk, style, options.seed, every=options.every, verbose=options.verbose)
        print(f"{result['pages']} pages of the {style.name} style, {result['pages_left_unread']} left unread")
        for cell, (hits, total) in result["recall"].items():
            print(f"  {cell:32s} {hits:4d} / {total:4d} = {hits / total:.3f}")
        print(f"  false alarms per page {result['false_alarms_per_page']:.3f} {result['false_alarms']}")
        for cell, mean in result["reader_seconds"].items():
            print(f"  {cell:32s} {mean:.2f} s")
    for folder in options.photos:
        report[str(folder.name)] = photos = run_photos(desk, folder, options.photo_limit)
        print(photos)
    if options.json is not None:
        options.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
