"""The ordinary pictures of the sample: a shot or a drawing with its catalogue row, before anything is planted."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from PIL import Image

from imprimatur.sample.assortment import ASSORTMENT
from imprimatur.sample.draw import BACKDROPS, Shot, photograph
from imprimatur.sample.drawing import draw_article
from imprimatur.sample.layouts import LAYOUTS, varied
from imprimatur.sample.mesh import Mesh
from imprimatur.sample.parts import COMPANY_JA, Article
from imprimatur.sample.scene import scene
from imprimatur.sample.wording import Wording, of_drawing, of_shot

Cell = str | int | float | list[str] | None

_FORMATS = ((400, 300), (400, 300), (360, 360), (320, 400), (440, 280))  # pixels
_DRAWN = {"GER": (1, 4), "VLV": (1, 3, 5)}  # positions of the articles that have a drawing; else the first and third
_DEPARTMENTS = ("設計一課", "設計二課", "生産技術課")


@dataclass(frozen=True, slots=True)
class Draft:
    """A picture with its row; `asked` are its questions, `demand` >= 0 scales how often they are asked."""

    file_name: str
    data: bytes
    row: Mapping[str, Cell]
    asked: tuple[str, ...]
    demand: float


def encoded(image: Image.Image, file_name: str, *, quality: int = 88, exif: bytes = b"", xmp: bytes = b"") -> bytes:
    """The file's bytes, by its suffix: JPEG or PNG."""
    out = io.BytesIO()
    if file_name.endswith(".jpg"):
        extra: dict[str, bytes] = {name: value for name, value in (("exif", exif), ("xmp", xmp)) if value}
        image.save(out, "JPEG", quality=quality, subsampling=0, **extra)
    else:
        image.save(out, "PNG", optimize=False)
    return out.getvalue()


def pose(article: Article) -> tuple[Mesh, ...]:
    """The article as it lies on the table; some are photographed as a pair."""
    family = article.family
    meshes = tuple(mesh.turned(*family.rest) for mesh in family.build(article.variant))
    if (family.number + article.position) % 6:
        return meshes
    flat = scene(meshes).corners.reshape(-1, 3)
    across, deep = (flat.max(0) - flat.min(0))[:2].tolist()
    if across > deep:
        return (*(mesh.moved(y=deep * 1.25) for mesh in meshes), *meshes)
    return (*(mesh.moved(x=across * 1.2) for mesh in meshes), *meshes)


def shot_of(article: Article) -> Shot:
    """Camera, format and backdrop of an article: its own, and always the same."""
    rng = Random(f"lens {article.sku}")
    width, height = _FORMATS[rng.randrange(len(_FORMATS))]
    wall, floor = BACKDROPS[rng.choice(sorted(BACKDROPS))]
    return Shot(
        width=width,
        height=height,
        yaw=rng.uniform(*article.family.yaw),
        elevation=rng.uniform(20, 60),
        fill=rng.uniform(0.6, 0.84),
        shift=(rng.uniform(-0.07, 0.07), rng.uniform(-0.05, 0.07)),
        wall=wall,
        floor=floor,
        glow=(rng.uniform(0.1, 0.9), rng.uniform(0.0, 0.6)),
        slant=rng.uniform(-0.7, 0.7),
    )


def row_of(wording: Wording, rng: Random, *, today: date, drawing: bool, sku: str, line: str) -> dict[str, Cell]:
    """A catalogue row with every governance fact stated. The company owns the picture; some rights run out one day."""
    collected = today - timedelta(days=rng.randint(420, 1400))
    changes = rng.choice((0, 0, 0, 1, 1, 2))
    changed = collected if changes == 0 else today - timedelta(days=rng.randint(120, 400))
    row: dict[str, Cell] = {
        "title_ja": wording.title_ja,
        "title_en": wording.title_en,
        "captions_ja": list(wording.captions_ja),
        "captions_en": list(wording.captions_en),
        "tags_ja": list(wording.tags_ja),
        "tags_en": list(wording.tags_en),
        "content_class": "drawing" if drawing else "product",
        "source": "cad-vault" if drawing else "in-house-studio",
        "collected_at": collected.isoformat(),
        "collector": rng.choice(("EG1", "EG2") if drawing else ("MK1", "MK2", "QC1")),
        "method": "cad-export" if drawing else "studio-photo",
        "owner": COMPANY_JA,
        "license": "LicenseRef-Kobo-Internal",
        "license_scope": ["commercial", "memorize", "output", "train"],
        "model_release": "not_required",
        "property_release": "not_required",
        "criticality": round(rng.uniform(0.4, 0.85) if drawing else rng.uniform(0.3, 0.7), 2),
        "product_line": line,
        "sku": sku,
        "changed_at": changed.isoformat(),
        "change_count": changes,
    }
    if rng.random() < 0.2:
        row["license_end"] = (today + timedelta(days=rng.randint(240, 900))).isoformat()
        row["contract_ref"] = f"KOBO-C-{rng.randint(11, 99)}"
    if rng.random() < 0.17:
        row["valid_until"] = (today + timedelta(days=rng.randint(120, 700))).isoformat()
    return row


def shots(today: date) -> Iterator[Draft]:
    """A product shot of every article."""
    for article in ASSORTMENT.articles:
        rng = Random(f"row {article.sku}")
        wording = of_shot(article)
        lossless = (article.family.number * 3 + article.position) % 7 == 1
        file_name = f"products/{article.sku.lower()}.{'png' if lossless else 'jpg'}"
        yield Draft(
            file_name,
            encoded(photograph(pose(article), shot_of(article)), file_name),
            row_of(wording, rng, today=today, drawing=False, sku=article.sku, line=article.family.line),
            wording.asked,
            demand=1.0,
        )


def drawn_articles() -> tuple[Article, ...]:
    """The articles that have a drawing."""
    return tuple(
        article for article in ASSORTMENT.articles if article.position in _DRAWN.get(article.family.code, (1, 3))
    )


def drawings(today: date, font: Path, *, stamped: Mapping[str, str], renamed: Mapping[str, str]) -> Iterator[Draft]:
    """The drawings. `stamped` and `renamed` give a stamp or another part name by drawing number."""
    for order, article in enumerate(drawn_articles()):
        number = article.drawing_number
        rng = Random(f"row {number}")
        wording = of_drawing(article)
        image = draw_article(
            article,
            varied(LAYOUTS[(order * 5 + 2) % len(LAYOUTS)], order // len(LAYOUTS) + 1),
            font,
            drawn_on=today - timedelta(days=rng.randint(300, 1400)),
            designed_by=rng.choice(_DEPARTMENTS),
            hatch=rng.choice((45.0, 30.0, 60.0)),
            stamp=stamped.get(number),
            name_ja=renamed.get(number),
        )
        file_name = f"drawings/{number.lower()}.png"
        yield Draft(
            file_name,
            encoded(image, file_name),
            row_of(wording, rng, today=today, drawing=True, sku=article.sku, line=article.family.line),
            wording.asked,
            demand=0.6,
        )
