"""Recall per kind of edit, false pairs, time and memory of the duplicate search. Folders are arguments.

python benchmarks/screening/duplicates.py FOLDER... [--images 200] [--scale 10000,100000] [--parts 1000,10000] [--white 10000,100000]

Every picture below the folders (up to --images, evenly spread) is edited in every way; a copy counts as found when it is
grouped with its original (second column: when its print alone meets it). False pairs: pictures of the folders that are
put into one group although they are different files; look at them, some are real repetitions. --parts: generated parts on
white (`generated_parts`), of every twentieth an edited copy among them, the edits in turn; without article numbers, and
with one for each part. --white: the same, but only the parts with a copy are drawn as large and read as a file is; the
others are drawn at half the size, of which thumbnail and colours are taken at once: a quarter of the time, for 100,000.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from benchmarks.screening.generated_parts import drawn, parts
from curate.picture import PictureFacts
from curate.picture_facts import look_at
from curate.picture_opening import FORMATS, PixelLimits
from curate.picture_quality import level_measures
from curate.screen.barred_prints import BarredPrint, near_barred, print_of
from curate.screen.duplicates import find_duplicates
from curate.screen.settings import DuplicateLimits
from curate.screen.windows import pack_thumbnail

LIMITS = DuplicateLimits()
COPIED = 20  # parts, of one of which there is a copy
Edit = Callable[[Image.Image], Image.Image]
chance = np.random.default_rng(11)


def crop(share: float, corner: tuple[float, float] | None = None, *, one_side: bool = False) -> Edit:
    def edit(picture: Image.Image) -> Image.Image:
        across, down = share, 1.0 if one_side else share
        x, y = corner if corner is not None else tuple(chance.uniform(0, 1, 2))
        left, top = x * (1 - across) * picture.width, y * (1 - down) * picture.height
        return picture.crop(
            (round(left), round(top), round(left + across * picture.width), round(top + down * picture.height))
        )

    return edit


def recompressed(quality: int) -> Edit:
    def edit(picture: Image.Image) -> Image.Image:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality)
        return Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")

    return edit


def caption(picture: Image.Image) -> Image.Image:
    copy = picture.copy()
    draw, w, h = ImageDraw.Draw(copy), picture.width, picture.height
    draw.rectangle((w * 0.03, h * 0.9, w * 0.4, h * 0.97), fill="white")
    draw.text((w * 0.05, h * 0.91), "SAMPLE 2024", fill="black", font_size=max(6, h // 20))
    return copy


def watermark(picture: Image.Image) -> Image.Image:
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    draw.text(
        (picture.width * 0.1, picture.height * 0.4),
        "COPYRIGHT",
        fill=(255, 255, 255, 140),
        font_size=picture.width // 7,
    )
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")


EDITS: dict[str, Edit] = {
    "recompressed, quality 30": recompressed(30),
    "recompressed, quality 10": recompressed(10),
    "reduced to a third": lambda p: p.resize((max(1, p.width // 3), max(1, p.height // 3))),
    "another aspect, 80 %": lambda p: p.resize((p.width, p.height * 4 // 5)),
    "turned by 90": lambda p: p.transpose(Image.Transpose.ROTATE_90),
    "turned by 180": lambda p: p.transpose(Image.Transpose.ROTATE_180),
    "turned by 270": lambda p: p.transpose(Image.Transpose.ROTATE_270),
    "mirrored": lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "brighter, 1.4": lambda p: ImageEnhance.Brightness(p).enhance(1.4),
    "darker, 0.6": lambda p: ImageEnhance.Brightness(p).enhance(0.6),
    "contrast, 1.5": lambda p: ImageEnhance.Contrast(p).enhance(1.5),
    "grey": lambda p: ImageOps.grayscale(p).convert("RGB"),
    "caption on 3 %": caption,
    "watermark across": watermark,
    "white border, 5 %": lambda p: ImageOps.expand(p, max(1, p.width // 20), "white"),
    "black border, 10 %": lambda p: ImageOps.expand(p, max(1, p.width // 10), "black"),
    "cropped to 90 % a side": crop(0.9),
    "cropped to 80 % a side": crop(0.8),
    "cropped to a corner, 80 %": crop(0.8, (0, 0)),
    "cropped to the other corner, 80 %": crop(0.8, (1, 1)),
    "cropped to 75 % a side": crop(0.75),
    "cropped to 70 % a side": crop(0.7),
    "15 % cut off one side": crop(0.85, one_side=True),
    "cropped to 80 % and turned": lambda p: crop(0.8)(p).transpose(Image.Transpose.ROTATE_270),
}


def read(path: Path) -> Image.Image | None:
    Image.init()  # before that Pillow knows of no format
    try:
        with Image.open(path, formats=[name for name in FORMATS if name in Image.OPEN]) as picture:
            clear = picture.convert("RGBA")
    except Exception:  # a benchmark of duplicates: files that are none are another benchmark's
        return None
    return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")


def facts_of(picture: Image.Image) -> PictureFacts:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    data = buffer.getvalue()
    seen = look_at(data, hashlib.sha256(data).hexdigest(), PixelLimits(64_000_000, 10))
    assert isinstance(seen, PictureFacts), seen
    return seen


def edits_table(folders: list[Path], images: int) -> dict[str, object]:
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    paths = paths[:: max(1, len(paths) // images)][:images]
    pictures = [picture for picture in map(read, paths) if picture is not None and min(picture.size) >= 32]
    originals = [facts_of(picture) for picture in pictures]
    before = find_duplicates(originals, [], LIMITS)
    pairs = sum(len(group) - 1 for group in before.groups.values()) // 2
    print(
        f"{len(originals)} pictures; in groups before any edit: {len(before.groups)}, pairs per 1,000 images "
        f"{1000 * pairs / max(1, len(originals)):.1f}"
    )
    print("| edit | grouped with the original | met by its print alone |\n|---|---|---|")
    rows: dict[str, object] = {"pictures": len(originals), "pairs_per_1000": 1000 * pairs / max(1, len(originals))}
    for name, edit in EDITS.items():
        copies = [facts_of(edit(picture)) for picture in pictures]
        groups = find_duplicates([*originals, *copies], [], LIMITS).groups
        found = [
            copy.image_id == one.image_id or one.image_id in groups.get(copy.image_id, ())
            for one, copy in zip(originals, copies, strict=True)
        ]
        barred = [BarredPrint(one.image_id, why="denied", **print_of(one)) for one in originals]
        met = find_duplicates(copies, barred, LIMITS).findings
        alone = [
            copy.image_id == one.image_id or any(one.image_id[:12] in f.explanation for f in met.get(copy.image_id, ()) if f.kind == "duplicate.near_barred")
            for one, copy in zip(originals, copies, strict=True)
        ]  # fmt: skip
        rows[name] = {"grouped": float(np.mean(found)), "print": float(np.mean(alone))}
        print(f"| {name} | {np.mean(found):.3f} | {np.mean(alone):.3f} |", flush=True)
    half = len(originals) // 2
    barred = [BarredPrint(one.image_id, why="denied", **print_of(one)) for one in originals[:half]]
    alarms = [
        f
        for found in find_duplicates(originals[half:], barred, LIMITS).findings.values()
        for f in found
        if f.kind == "duplicate.near_barred"
    ]
    print(
        f"\nhalf of them barred: {len(alarms)} false meetings in {half * (len(originals) - half)} pairs, "
        f"on {len({f.image_id for f in alarms})} of {len(originals) - half} images"
    )
    return rows


def synthetic(count: int) -> list[PictureFacts]:
    """Facts as of natural scenes: random waves whose strength falls with their frequency; one in fifty is a copy."""
    base = facts_of(Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)))
    rng = np.random.default_rng(5)
    strength = 1.0 / (1.0 + np.hypot(*np.mgrid[0:64, 0:64])) ** 1.3
    waves = np.cos(np.pi * np.outer(np.arange(64), (np.arange(64) + 0.5) / 64))
    found: list[PictureFacts] = []
    levels = np.zeros((64, 64))

    for number in range(count):
        if number % 50 == 49:
            levels = levels[::-1] + rng.normal(0, 3, (64, 64))
        else:
            levels = waves.T @ (rng.normal(size=(64, 64)) * strength) @ waves
            levels = (levels - levels.mean()) / levels.std() * 45 + 128
        grid = levels.clip(0, 255).reshape(8, 8, 8, 8).mean(axis=(1, 3)).ravel() / 255
        found.append(
            replace(base, image_id=f"{number:064x}", phash=f"{rng.integers(0, 2**63):016x}", dhash=f"{rng.integers(0, 2**63):016x}",
                    white_share=0.1, thumbnail=pack_thumbnail(levels.clip(0, 255).astype(np.uint8)),
                    colour_grid=tuple(np.repeat(grid, 3).round(4).tolist()))
        )  # fmt: skip
    return found


def row(search: str, count: int, seconds: float, found: str) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {count:,} | {search} | {seconds:.0f} | {found} | {peak:,.0f} |", flush=True)


def scale_table(counts: list[int]) -> list[dict[str, float]]:
    print("\n| pictures (synthetic facts) | search | CPU seconds | found | peak MiB |\n|---|---|---|---|---|")
    rows = []
    for count in counts:
        facts = synthetic(count)
        start = time.process_time()
        groups = set(find_duplicates(facts, [], LIMITS).groups.values())
        alone = time.process_time() - start
        row("groups", count, alone, f"{len(groups)} of {count // 50} planted groups")
        barred = [BarredPrint(f"{n:064d}", why="denied", **print_of(item)) for n, item in enumerate(synthetic(100))]
        start = time.process_time()
        met = near_barred(facts, barred, {}, LIMITS)
        prints = time.process_time() - start
        row("100 barred prints", count, prints, f"{len(met)} met")
        rows.append(
            {"pictures": count, "seconds": alone, "groups": len(groups), "barred_seconds": prints, "met": len(met)}
        )
    return rows


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`part_of`: number of the part by image id; `copies`: originals and their edited copies."""

    facts: list[PictureFacts]
    part_of: dict[str, int]
    copies: list[tuple[str, str]]


def generated(count: int, *, small: bool) -> Catalogue:
    """Parts, of every COPIED-th an edited copy as well, the edits in turn."""
    found = Catalogue([], {}, [])
    base = facts_of(Image.new("RGB", (64, 64), "white"))
    for number, (part, picture) in enumerate(parts(0, count, side=64 if small else 128)):
        if number % COPIED:
            seen = [small_facts(base, f"{number:064x}", picture) if small else facts_of(picture)]
        else:
            whole = drawn(part, np.random.default_rng(number)) if small else picture
            edit = list(EDITS.values())[number // COPIED % len(EDITS)]
            seen = [facts_of(whole), facts_of(edit(whole))]
            found.copies.append((seen[0].image_id, seen[1].image_id))
        found.facts.extend(seen)
        found.part_of.update((item.image_id, number) for item in seen)
    return found


def small_facts(base: PictureFacts, image_id: str, picture: Image.Image) -> PictureFacts:
    """What likeness is told by, of a picture that is as small as its thumbnail; the rest as `base` has it."""
    grey, cells = np.asarray(picture.convert("L")), np.asarray(picture.resize((8, 8), Image.Resampling.BOX)) / 255
    white = level_measures(np.bincount(grey.ravel(), minlength=256)).white_share
    grid = tuple(cells.ravel().round(4).tolist())
    return replace(base, image_id=image_id, white_share=white, colour_grid=grid, thumbnail=pack_thumbnail(grey))


def parts_table(counts: list[int], *, small: bool = False) -> list[dict[str, float]]:
    print(
        "\n| generated parts on white | CPU seconds | copies found | of them sent away | in a group with a different part | "
        "largest of these | parts of which no picture stands | peak MiB |\n|---|---|---|---|---|---|---|---|"
    )
    rows = []
    for count in counts:
        made = generated(count, small=small)
        facts, part_of, copies = made.facts, made.part_of, made.copies
        numbers = {image_id: frozenset({str(number)}) for image_id, number in part_of.items()}
        for name, articles in (("", {}), (", article numbers", numbers)):
            if small and articles:
                continue  # what numbers do to verdicts is told by fewer parts
            start = time.process_time()
            likeness = find_duplicates(facts, [], LIMITS, articles)
            seconds = time.process_time() - start
            groups = likeness.groups
            found = sum(one == copy or copy in groups.get(one, ()) for one, copy in copies)
            wrong = [len(group) for group in groups.values() if len({part_of[item] for item in group}) > 1]
            near = {key for key, said in likeness.findings.items() if any(f.kind == "duplicate.near" for f in said)}
            sent = sum(one == copy or bool({one, copy} & near) for one, copy in copies)
            lost = count - len({part for item, part in part_of.items() if item not in near})
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"| {count:,}{name} | {seconds:.1f} | {found} of {len(copies)} | {sent} | {len(wrong)} | "
                f"{max(wrong, default=0)} | {lost} | {peak:,.0f} |",
                flush=True,
            )
            rows.append(
                {
                    "parts": count,
                    "article_numbers": float(bool(articles)),
                    "seconds": seconds,
                    "found": found,
                    "sent_away": sent,
                    "copies": len(copies),
                    "false": len(wrong),
                    "lost": lost,
                }
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--scale", default="")
    parser.add_argument("--parts", default="")
    parser.add_argument("--white", default="")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result: dict[str, object] = {}
    if options.folders:
        result["edits"] = edits_table(options.folders, options.images)
    if options.scale:
        result["scale"] = scale_table([int(item) for item in options.scale.split(",")])
    if options.parts:
        result["parts"] = parts_table([int(item) for item in options.parts.split(",")])
    if options.white:
        result["white"] = parts_table([int(item) for item in options.white.split(",")], small=True)
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
