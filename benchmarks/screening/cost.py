"""What screening costs: images/s on one core, the share of each detector, and a second run over an unchanged catalogue.

python benchmarks/screening/cost.py [FOLDER] [--megapixel 200] [--small 10000]

FOLDER holds photographs to make the material from (noise without). Part one: 1-megapixel JPEGs through bytes, digest,
look (measures, hashes, metadata), rights, quality and metadata findings, in this process, pinned to one core. Part two:
the first room (`take_in`, `judge`) twice over a catalogue of small pictures, workers and language models included; then
once more with one picture changed. Starting Python and importing is left out; loading of models is in the first run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.screening.duplicates import read
from curate.decode import DecodeLimits
from curate.picture import PictureFacts
from curate.picture_facts import look_at
from curate.picture_opening import PixelLimits
from curate.pipeline import Source, judge, take_in
from curate.policy.document import load_policy
from curate.record import BusinessFacts, ContentClass, ImageRecord, RightsFacts
from curate.screen.duplicates import find_duplicates
from curate.screen.quality import screen_quality
from curate.screen.screener import Screener
from curate.screen.settings import DuplicateLimits, ScreenSettings
from curate.sealed_store import SealedStore

TODAY = date(2026, 1, 1)
POLICY = Path(__file__).resolve().parents[2] / "policies" / "default"
FACTS = {"source": "own", "owner": "Example K.K.", "license": "LicenseRef-own", "content_class": "product",
         "license_scope": ["train", "memorize", "output", "commercial"], "license_start": "2020-01-01", "license_end": "2099-12-31",
         "model_release": "not_required", "property_release": "not_required", "criticality": 0.5, "contract_ref": "C-1"}  # fmt: skip


def material(folder: Path | None, into: Path, count: int, width: int, height: int) -> None:
    """Crops and blends of the photographs with a little grain, so that files compress as photographs do."""
    rng = np.random.default_rng(7)
    paths = sorted(folder.rglob("*.jpg"))[:80] if folder else []
    sources = [picture for picture in map(read, paths) if picture is not None and min(picture.size) > 150]
    sources = sources or [Image.fromarray(rng.integers(0, 255, (200, 200, 3), dtype=np.uint8)) for _ in range(20)]
    into.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        one, other = (sources[int(rng.integers(len(sources)))] for _ in range(2))
        x, y = int(rng.integers(0, one.width // 3)), int(rng.integers(0, one.height // 3))
        left = one.crop((x, y, x + one.width // 2, y + one.height // 2)).resize(
            (width, height), Image.Resampling.BICUBIC
        )
        right = other.resize((width, height)).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        levels = np.asarray(Image.blend(left, right, 0.4), dtype=np.int16) + rng.integers(
            -8, 9, (height, width, 1), dtype=np.int16
        )
        Image.fromarray(levels.clip(0, 255).astype(np.uint8)).save(into / f"{number:06d}.jpg", quality=88)


def one_core(folder: Path) -> None:
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})
    paths = sorted(folder.glob("*.jpg"))
    limits, settings, screener = PixelLimits(64_000_000, 100), ScreenSettings(), Screener(ScreenSettings())
    spent: dict[str, float] = {}

    def timed(name: str, start: float) -> float:
        now = time.process_time()
        spent[name] = spent.get(name, 0.0) + now - start
        return now

    looks, records = [], []
    look_at(paths[0].read_bytes(), "0" * 64, limits)  # what loads on first use
    screener.screen_texts(["電話 03-1234-5678", "ask John Smith, 090-1234-5678"])
    begun = time.process_time()
    for path in paths:
        at = time.process_time()
        data = path.read_bytes()
        image_id = hashlib.sha256(data).hexdigest()
        at = timed("read and hash bytes", at)
        seen = look_at(data, image_id, limits)
        at = timed("look: decode, measures, hashes, metadata", at)
        assert isinstance(seen, PictureFacts), seen
        screen_quality(seen, ContentClass.PHOTO, settings)
        timed("quality findings", at)
        looks.append(seen)
        records.append(
            ImageRecord(image_id, (path.name,), ContentClass.PHOTO, False, (), RightsFacts(), BusinessFacts())
        )
    at = time.process_time()
    find_duplicates(looks, [], DuplicateLimits())
    timed("duplicates", at)
    total = time.process_time() - begun
    at = time.process_time()
    screener.screen(records, {facts.image_id: facts for facts in looks}, today=TODAY)
    whole = time.process_time() - at
    mean = sum(facts.byte_size for facts in looks) / len(looks)
    print(f"{len(paths)} JPEGs of {looks[0].width} x {looks[0].height}, {mean / 1024:.0f} KiB, one core, CPU time")
    print("| part | ms per image | share |\n|---|---|---|")
    for name, seconds in spent.items():
        print(f"| {name} | {1000 * seconds / len(paths):.2f} | {seconds / total:.0%} |")
    rest = max(0.0, whole - spent["quality findings"] - spent["duplicates"])
    print(
        f"| rights, metadata and names, of {1000 * whole / len(paths):.2f} ms in the screener | {1000 * rest / len(paths):.2f} | |"
    )
    alone = total + rest - spent["duplicates"]
    print(f"metadata, rights, hashes, quality: {len(paths) / alone:.0f} images/s")
    print(f"with the search for duplicates among them: {len(paths) / (total + rest):.0f} images/s")


def twice(folder: Path, count: int) -> None:
    rows = [{"file_name": path.name, "title_ja": f"六角ボルト M{n % 40} 品番 AB-{n:05d}", "title_en": f"Hexagon bolt M{n % 40}, part AB-{n:05d}", **FACTS}
            for n, path in enumerate(sorted(folder.glob("*.jpg")))]  # fmt: skip
    (folder / "metadata.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    policy = load_policy(POLICY)
    print(
        f"\n| {count:,} pictures, `take_in` and screening | looked at | intake, s | screening, s | value and decision, s |\n|---|---|---|---|---|"
    )
    sums = []
    with tempfile.TemporaryDirectory() as cache:
        for name in ("first run", "second run", "one picture changed"):
            if name.startswith("one"):
                material(None, folder, 1, 200, 150)
            with SealedStore(Path(cache)) as kept:
                start = time.perf_counter()
                intake = take_in(Source(str(folder)), policy, limits=DecodeLimits(), workers=2, kept=kept)
                middle = time.perf_counter()
                screener = Screener(ScreenSettings(), kept)
                screener.screen(intake.records, intake.pictures, beside=intake.beside, today=TODAY)
                end = time.perf_counter()
                judge(intake, policy, screener, today=TODAY)
                rest = time.perf_counter() - end
            sums.append(end - start)
            print(f"| {name} | {intake.looked} | {middle - start:.2f} | {end - middle:.2f} | {rest:.2f} |", flush=True)
    print(f"first to second, intake and screening: {sums[0] / sums[1]:.0f} times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--megapixel", type=int, default=200)
    parser.add_argument("--small", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        if options.small:
            material(options.folder, Path(place) / "small", options.small, 240, 180)
            twice(Path(place) / "small", options.small)
        if options.megapixel:
            material(options.folder, Path(place) / "large", options.megapixel, 1152, 864)
            one_core(Path(place) / "large")


if __name__ == "__main__":
    main()
