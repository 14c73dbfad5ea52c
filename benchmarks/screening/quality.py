"""Which defects the quality check catches, by content class and level, and what it says of clean pictures.

python benchmarks/screening/quality.py photo=FOLDER product=FOLDER drawing=FOLDER [--images 60]

`drawing=generated` draws its own sheets. Every picture is judged clean, then with each defect at each level.
"""

from __future__ import annotations

import argparse
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFile, ImageFilter

from benchmarks.screening.duplicates import read  # the same reading of whatever is in a folder
from curate.picture import PictureFacts
from curate.picture_facts import look_at
from curate.picture_opening import PixelLimits
from curate.record import ContentClass
from curate.screen.quality import screen_quality
from curate.screen.settings import ScreenSettings

Edit = Callable[[Image.Image], bytes]


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def jpeg(quality: int) -> Edit:
    def edit(picture: Image.Image) -> bytes:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality)
        return buffer.getvalue()

    return edit


def cut_off(share: float) -> Edit:
    """A JPEG that lost its end, opened by a forgiving program and saved again."""

    def edit(picture: Image.Image) -> bytes:
        data = jpeg(90)(picture)
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            forgiven = Image.open(io.BytesIO(data[: int(len(data) * (1 - share))])).convert("RGB")
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        return jpeg(90)(forgiven)

    return edit


def blurred(share: float) -> Edit:
    """Gaussian blur whose radius is a share of the long side."""
    return lambda picture: png(picture.filter(ImageFilter.GaussianBlur(share * max(picture.size))))


DEFECTS: dict[str, Edit] = {
    "clean": png,
    "clean, JPEG quality 75": jpeg(75),
    "blur, 0.3 % of the long side": blurred(0.003),
    "blur, 0.6 %": blurred(0.006),
    "blur, 1.2 %": blurred(0.012),
    "dark, 0.3": lambda p: png(ImageEnhance.Brightness(p).enhance(0.3)),
    "dark, 0.15": lambda p: png(ImageEnhance.Brightness(p).enhance(0.15)),
    "overexposed, 2.5": lambda p: png(ImageEnhance.Brightness(p).enhance(2.5)),
    "overexposed, 4": lambda p: png(ImageEnhance.Brightness(p).enhance(4)),
    "contrast, 0.3": lambda p: png(ImageEnhance.Contrast(p).enhance(0.3)),
    "contrast, 0.12": lambda p: png(ImageEnhance.Contrast(p).enhance(0.12)),
    "cut off, 10 %": cut_off(0.1),
    "cut off, 40 %": cut_off(0.4),
    "JPEG quality 5": jpeg(5),
    "reduced to 90 px": lambda p: png(
        p.resize((max(1, p.width * 90 // min(p.size)), max(1, p.height * 90 // min(p.size))))
    ),
    "blank": lambda p: png(Image.new("RGB", p.size, "white")),
}


def drawn(count: int) -> list[Image.Image]:
    """Sheets with thin lines, circles and lettering, 1600 x 1130."""
    sheets = []
    for number in range(count):
        rng = np.random.default_rng(1000 + number)
        sheet = Image.new("RGB", (1600, 1130), "white")
        draw = ImageDraw.Draw(sheet)
        draw.rectangle((40, 40, 1560, 1090), outline="black", width=3)
        draw.rectangle((1000, 900, 1560, 1090), outline="black", width=2)
        for row in range(int(rng.integers(3, 30))):
            x, y = int(rng.integers(80, 1200)), int(rng.integers(80, 750))
            w, h = (int(side) for side in rng.integers(20, 330, 2))
            width = int(rng.integers(1, 4))
            shape = (draw.ellipse, draw.rectangle)[int(rng.integers(0, 2))]
            shape((x, y, x + w, y + min(h, 140)), outline="black", width=width)
            draw.text((1010, 905 + row % 8 * 22), f"DWG {number}-{row} {x}", fill="black", font_size=16)
        sheets.append(sheet)
    return sheets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", metavar="CLASS=FOLDER")
    parser.add_argument("--images", type=int, default=60)
    options = parser.parse_args()
    settings, limits = ScreenSettings(), PixelLimits(64_000_000, 10)
    for item in options.sets:
        name, _, folder = item.partition("=")
        content_class = ContentClass(name)
        if folder == "generated":
            pictures = drawn(options.images)
        else:
            paths = sorted(path for path in Path(folder).rglob("*") if path.is_file())
            paths = paths[:: max(1, len(paths) // options.images)]
            pictures = [picture for picture in map(read, paths) if picture is not None][: options.images]
        print(f"\n{name}, {len(pictures)} pictures of {folder}\n| defect | reported | as |\n|---|---|---|")
        for defect, edit in DEFECTS.items():
            kinds: dict[str, int] = {}
            reported = 0
            for picture in pictures:
                data = edit(picture)
                facts = look_at(data, hashlib.sha256(data).hexdigest(), limits)
                assert isinstance(facts, PictureFacts), facts
                found = {one.kind.partition(".")[2] for one in screen_quality(facts, content_class, settings)}
                reported += bool(found)
                for kind in found:
                    kinds[kind] = kinds.get(kind, 0) + 1
            shown = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items(), key=lambda pair: -pair[1]))
            print(f"| {defect} | {reported / len(pictures):.2f} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
