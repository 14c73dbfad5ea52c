"""Faces: recall and false alarms beside OpenCV's Haar cascade alt2 on the same photographs, by the same rule.

    python benchmarks/screening/faces.py FOLDER...

Each FOLDER holds pictures and may hold `faces.json`: {"NAME": [[x, y, width, height], …]}, boxes in upright pixels. A
picture it does not name holds no face. A box found counts as right when it overlaps a face that no better box took by at
least 0.3 (intersection over union; the cascade's squares are wider than a face), any other one is a false alarm.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from curate.screen.faces import FaceDetector

OVERLAP = 0.3
Box = tuple[int, int, int, int]
Find = Callable[[NDArray[np.uint8]], list[Box]]
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp"})


def overlap(one: Box, other: Box) -> float:
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    shared = max(0, wide) * max(0, high)
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def matched(truth: list[Box], boxes: list[Box]) -> int:
    """Greedy pairs, the best overlap first."""
    pairs = sorted(((overlap(t, b), i, j) for i, t in enumerate(truth) for j, b in enumerate(boxes)), reverse=True)
    taken: set[int] = set()
    used: set[int] = set()
    for value, i, j in pairs:
        if value >= OVERLAP and i not in taken and j not in used:
            taken.add(i)
            used.add(j)
    return len(taken)


def haar_alt2() -> Find:
    cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_alt2.xml"))

    def find(rgb: NDArray[np.uint8]) -> list[Box]:
        grey = cv2.equalizeHist(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))
        return [(int(x), int(y), int(w), int(h)) for x, y, w, h in cascade.detectMultiScale(grey)]

    return find


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    detector = FaceDetector()
    finders: dict[str, Find] = {
        "Haar alt2": haar_alt2(),
        "CenterFace": lambda rgb: [face.box for face in detector.find(rgb)],
    }
    report: dict[str, dict[str, Any]] = {}
    for folder in arguments.folders:
        named = folder / "faces.json"
        truth = json.loads(named.read_text("utf-8")) if named.is_file() else {}
        pictures = sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURES)
        for name, find in finders.items():
            faces = right = alarms = 0
            seconds = []
            wrong = []
            for path in pictures:
                with Image.open(path) as picture:
                    rgb = np.asarray(ImageOps.exif_transpose(picture).convert("RGB"), np.uint8)
                boxes = [tuple(box) for box in truth.get(path.relative_to(folder).as_posix(), [])]
                started = time.process_time()
                found = find(rgb)
                seconds.append(time.process_time() - started)
                hit = matched(boxes, found)
                faces, right, alarms = faces + len(boxes), right + hit, alarms + len(found) - hit
                wrong += [path.name] * (len(found) - hit)
            row = {
                "pictures": len(pictures),
                "faces": faces,
                "found": right,
                "recall": round(right / faces, 3) if faces else None,
                "false_alarms": alarms,
                "false_in": sorted(set(wrong))[:20],
                "ms_median": round(1000 * float(np.median(seconds)), 1),
            }
            report[f"{folder.name}: {name}"] = row
            print(f"{folder.name:20} {name:11} {right}/{faces} found, {alarms} false alarms in {len(pictures)} pictures, "
                  f"CPU ms {row['ms_median']}")  # fmt: skip
    print(json.dumps(report))


if __name__ == "__main__":
    main()
