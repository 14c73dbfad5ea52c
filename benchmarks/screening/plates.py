"""Number plates drawn at random into photographs: how many are found by width, and false alarms on the photographs.

    python benchmarks/screening/plates.py FOLDER [--plates 300] [--seed 1]

FOLDER holds photographs without vehicles; each is brought to one megapixel. A plate counts as found when the middle of a
box found lies in it. The plates are drawings (see plate_drawing.py): true photographs of vehicles may be harder.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.screening.plate_drawing import COLOURS, Scene, scene
from curate.screen.plates import PlateDetector
from imprimatur.sample.font import find_font

WIDTHS = (50, 60, 80, 110, 160, 240, 400)  # pixels, before the plate is turned away


def megapixel(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB").resize((1152, 864)), np.uint8)


def found(place: Scene, boxes: list[tuple[int, int, int, int]]) -> bool:
    low, high = place.corners.min(axis=0), place.corners.max(axis=0)
    middles = [np.array([x + w / 2, y + h / 2]) for x, y, w, h in boxes]
    return any(bool(((low <= middle) & (middle <= high)).all()) for middle in middles)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--plates", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    photos = sorted(p for p in arguments.folder.rglob("*") if p.suffix.lower() in {".jpg", ".jpeg", ".png"})
    font, detector = find_font().path, PlateDetector()
    drawn: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    elsewhere = 0
    for number in range(arguments.plates):
        kind = tuple(COLOURS)[number % len(COLOURS)]
        width = WIDTHS[(number // len(COLOURS)) % len(WIDTHS)]
        place = scene(rng, megapixel(photos[number % len(photos)]), font, kind, width)
        boxes = [plate.box for plate in detector.find(place.picture)]
        hit = found(place, boxes)
        elsewhere += len(boxes) - hit
        for key in (kind, f"{width} px"):
            drawn[key] += 1
            hits[key] += hit
    seconds, false = [], []
    for path in photos:
        picture = megapixel(path)
        started = time.process_time()
        false += [path.name] * len(detector.find(picture))
        seconds.append(time.process_time() - started)
    report = {
        "found": {key: f"{hits[key]}/{drawn[key]}" for key in drawn},
        "60_px_and_more": round(
            sum(hits[f"{w} px"] for w in WIDTHS[1:]) / max(1, sum(drawn[f"{w} px"] for w in WIDTHS[1:])), 3
        ),
        "boxes_elsewhere": elsewhere,
        "photos": len(photos),
        "false_alarms": false,
        "ms_median": round(1000 * float(np.median(seconds)), 1),
        "ms_p95": round(1000 * float(np.percentile(seconds, 95)), 1),
    }
    for key in drawn:
        print(f"{key:10} {hits[key]}/{drawn[key]} = {hits[key] / drawn[key]:.2f}")
    print(f"without plates: {len(photos)} photos, false alarms {false}, CPU ms median {report['ms_median']}")
    print(json.dumps(report, ensure_ascii=False))


if __name__ == "__main__":
    main()
