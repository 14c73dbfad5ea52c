"""QR and bar codes: payloads read of a folder of pictures, beside plain zxing-cpp on the same pictures.

    python benchmarks/screening/codes.py FOLDER [--empty FOLDER]

FOLDER holds, at any depth, pictures; `NAME.txt` beside `NAME.png|jpg|webp` is the payload of the code in it (the layout
of zxing-cpp's own test samples). A payload counts as read when one of the codes found has exactly this text. The
denominator is every picture with such a text, of any symbology, also where nothing can read it. Pictures without a text
in folders whose name begins with `falsepositives` hold no code: each code found there is a false one. Pictures of
`--empty` are taken to hold no code either; they show the cost of the usual case. Prints a table and one JSON line.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from curate.picture import PictureFacts, SeenCode
from curate.picture_facts import look_at
from curate.picture_opening import PixelLimits
from curate.pixel_parts import PixelReaders
from curate.screen.codes import CodeReader

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
Read = Callable[[NDArray[np.uint8]], tuple[SeenCode, ...]]


def plain(rgb: NDArray[np.uint8]) -> tuple[SeenCode, ...]:
    """zxing-cpp with its defaults."""
    import zxingcpp

    found = zxingcpp.read_barcodes(np.asarray(Image.fromarray(rgb).convert("L")), text_mode=zxingcpp.TextMode.Plain)
    return tuple(SeenCode(str(code.format.name), code.text, (0, 0, 1, 1)) for code in found)


class Timed:
    """A reader that counts its seconds."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.seconds: list[float] = []

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[SeenCode, ...]:
        started = time.process_time()
        found = self._read(rgb)
        self.seconds.append(time.process_time() - started)
        return found


def codes_in(path: Path, read: Read) -> tuple[SeenCode, ...] | None:
    """Codes of one file by the product's own way of looking; None if it is no picture."""
    seen = look_at(path.read_bytes(), "0" * 64, PixelLimits(64_000_000, 1000), PixelReaders(codes=read))
    if not isinstance(seen, PictureFacts):
        return None
    if seen.codes is None:
        raise SystemExit(f"{path}: {seen.codes_unscreened}")
    return seen.codes


def run(folder: Path, empty: Path | None) -> dict[str, object]:
    pictures = sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURES)
    with_text = [p for p in pictures if p.with_suffix(".txt").is_file()]
    without = [p for p in pictures if p not in with_text and p.parent.name.startswith("falsepositives")]
    nothing = sorted(p for p in empty.rglob("*") if p.suffix.lower() in PICTURES) if empty is not None else []
    report: dict[str, object] = {"pictures_with_payload": len(with_text), "pictures_without_code": len(without)}
    for name, read in (("plain zxing-cpp", plain), ("imprimatur", CodeReader().read)):
        timed = Timed(read)
        per_folder: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        missed = []
        for path in with_text:
            codes = codes_in(path, timed) or ()
            hit = any(code.text == path.with_suffix(".txt").read_bytes().decode("utf-8", "replace") for code in codes)
            per_folder[path.parent.name][0] += hit
            per_folder[path.parent.name][1] += 1
            if not hit:
                missed.append(path.relative_to(folder).as_posix() + (" (located)" if codes else ""))
        found = Timed(read)
        false = [f"{p.name}: {c.symbology}" for p in without for c in codes_in(p, found) or () if c.trouble is None]
        unread = sum(c.trouble is not None for p in without for c in codes_in(p, read) or ())
        quiet = Timed(read)
        symbologies = Counter(
            (c.symbology if c.trouble is None else f"unread {c.symbology}")
            for path in nothing
            for c in codes_in(path, quiet) or ()
        )
        read_count = sum(hits for hits, _ in per_folder.values())
        report[name] = {
            "read": read_count,
            "share": round(read_count / max(1, len(with_text)), 4),
            "per_folder": {key: f"{hits}/{all_}" for key, (hits, all_) in sorted(per_folder.items())},
            "missed": missed,
            "false_codes": false,
            "unread_where_none_is": unread,
            "empty_pictures": len(nothing),
            "empty_found": dict(symbologies),
            "empty_ms_median": round(1000 * float(np.median(quiet.seconds)), 1) if nothing else None,
            "empty_ms_p95": round(1000 * float(np.percentile(quiet.seconds, 95)), 1) if nothing else None,
            "ms_median": round(1000 * float(np.median(timed.seconds)), 1),
            "ms_p95": round(1000 * float(np.percentile(timed.seconds, 95)), 1),
        }
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--empty", type=Path)
    arguments = parser.parse_args()
    report = run(arguments.folder, arguments.empty)
    for name in ("plain zxing-cpp", "imprimatur"):
        row = report[name]
        assert isinstance(row, dict)
        print(f"{name:16} read {row['read']}/{report['pictures_with_payload']} = {row['share']:.3f}", file=sys.stdout)
        print(f"{'':16} {row['per_folder']}")
        print(f"{'':16} false {row['false_codes']}, CPU ms median {row['ms_median']}, p95 {row['ms_p95']}")
        if row["empty_pictures"]:
            print(f"{'':16} empty: {row['empty_found']}, ms {row['empty_ms_median']}, p95 {row['empty_ms_p95']}")
        print(f"{'':16} missed {row['missed']}")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
