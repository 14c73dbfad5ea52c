"""Drawings of an article: views without hidden lines, hatched sections, dimensions, on sheets of eight layouts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image

from imprimatur.sample.mesh import Floats, rotation
from imprimatur.sample.parts import COMPANY_EN, COMPANY_JA, Article
from imprimatur.sample.scene import Scene, hatching, look, scene, section
from imprimatur.sample.sheet import Box, Colour, Sheet, TitleBlock

# How the part's own axis z comes to lie on the paper.
_TURNS: Mapping[str, Floats] = {
    "end": rotation(),
    "side": rotation(y=90),
    "front": rotation(x=-90),
    "space": rotation(x=-58) @ rotation(z=38),
    "space-left": rotation(x=-62) @ rotation(z=-42),
    "cut": rotation(z=-90)
    @ rotation(x=-90)
    @ rotation(z=0.37),  # a hair off, so that no corner lies in the cutting plane
    "cut-up": rotation(x=-90) @ rotation(z=0.37),
}
_CAPTIONS = {"cut": "断面 A-A", "cut-up": "断面 A-A", "space": "外観", "space-left": "外観"}


@dataclass(frozen=True, slots=True)
class Layout:
    """Size of the sheet, its frame, its title block and where which view goes (pixels)."""

    size: tuple[int, int]
    frame: int
    title: Box
    columns: int
    views: tuple[tuple[str, Box], ...]
    notes: tuple[float, float]
    stamp: Box
    paper: Colour = (255, 255, 255)
    squares: Colour | None = None
    tone: Colour | None = None  # of the part's surfaces; none leaves them the colour of the paper


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        (900, 640),
        2,
        (470, 500, 885, 625),
        2,
        (("side", (70, 70, 520, 360)), ("end", (560, 60, 860, 360)), ("space", (60, 400, 300, 610))),
        (318, 560),
        (640, 396, 860, 476),
    ),
    Layout(
        (900, 640),
        1,
        (14, 540, 885, 625),
        4,
        (("cut", (60, 110, 500, 470)), ("end", (530, 90, 850, 480))),
        (40, 50),
        (650, 24, 870, 90),
    ),
    Layout(
        (640, 900),
        3,
        (14, 740, 625, 885),
        2,
        (("front", (60, 60, 400, 420)), ("end", (120, 460, 460, 720)), ("space", (420, 70, 615, 300))),
        (430, 360),
        (440, 640, 610, 710),
    ),
    Layout(
        (900, 640),
        0,
        (650, 14, 885, 400),
        1,
        (("space", (50, 60, 600, 420)), ("cut", (90, 440, 560, 600))),
        (660, 450),
        (664, 540, 870, 606),
        (253, 250, 240),
    ),
    Layout(
        (640, 900),
        2,
        (330, 620, 625, 885),
        1,
        (("cut-up", (60, 60, 330, 620)), ("end", (380, 70, 600, 310)), ("space-left", (380, 360, 610, 590))),
        (30, 720),
        (36, 800, 230, 870),
    ),
    Layout(
        (900, 640),
        3,
        (14, 500, 430, 625),
        2,
        (("end", (50, 50, 430, 450)), ("front", (520, 50, 860, 450))),
        (470, 560),
        (690, 540, 870, 606),
        (246, 250, 255),
        (222, 234, 246),
    ),
    Layout(
        (900, 640),
        1,
        (530, 480, 885, 625),
        2,
        (("space-left", (360, 40, 870, 390)), ("side", (50, 60, 330, 300)), ("cut", (50, 350, 480, 590))),
        (600, 420),
        (36, 24, 220, 84),
    ),
    Layout(
        (640, 900),
        0,
        (14, 14, 625, 150),
        2,
        (("space", (80, 190, 590, 560)), ("side", (60, 600, 400, 860)), ("end", (430, 640, 600, 850))),
        (420, 600),
        (440, 180, 610, 250),
        (253, 252, 246),
    ),
)


def varied(layout: Layout, turn: int) -> Layout:
    """The layout as another draughtsman would use it: odd turns are mirrored, higher ones let the views change places,
    and some shade the part in grey."""
    wide = layout.size[0]

    def mirrored(box: Box) -> Box:
        return wide - box[2], box[1], wide - box[0], box[3]

    shift = (turn // 2) % len(layout.views)
    kinds = [kind for kind, _ in layout.views]
    boxes = [box for _, box in layout.views]
    views = tuple(zip(kinds[shift:] + kinds[:shift], boxes, strict=True))
    layout = replace(layout, views=views, tone=(None, (214, 217, 221), (236, 238, 240))[(turn + layout.frame) % 3])
    if turn % 2 == 0:
        return layout
    return replace(
        layout,
        title=mirrored(layout.title),
        views=tuple((kind, mirrored(box)) for kind, box in layout.views),
        notes=(wide - layout.notes[0] - 150, layout.notes[1]),
        stamp=mirrored(layout.stamp),
    )


def draw_article(
    article: Article,
    layout: Layout,
    font: Path,
    *,
    drawn_on: date,
    designed_by: str,
    name_ja: str | None = None,
    hatch: float = 45.0,
    stamp: str | None = None,
) -> Image.Image:
    """The sheet of an article, greyscale or RGB. `stamp` is lettered big and red; `name_ja` replaces the part name."""
    width, height = layout.size
    sheet = Sheet(width, height, font, layout.paper)
    if layout.squares is not None:
        sheet.squared(20, layout.squares)
    sheet.frame(layout.frame)
    subject = scene(tuple(article.family.build(article.variant)))
    scale = _common_scale(subject, layout.views)
    for kind, box in layout.views:
        own = _scale(subject, kind, box, margin=0) if kind.startswith("space") else scale
        _view(sheet, subject, kind, box, own, hatch, layout.tone or layout.paper)
    material = article.material
    sheet.title(
        TitleBlock(
            number=article.drawing_number,
            name_ja=name_ja or article.variant.name_ja,
            name_en=article.variant.name_en,
            material=f"{material.code} {material.ja}",
            scale=_stated_scale(scale),
            designed_by=designed_by,
            drawn_on=drawn_on.isoformat(),
            revision="A 初版",
            company_ja=COMPANY_JA,
            company_en=COMPANY_EN,
            sku=article.sku,
        ),
        layout.title,
        columns=layout.columns,
    )
    x, y = layout.notes
    sheet.notes((x, y), ("注記", "1. 角部は面取りC0.5", f"2. 呼び {article.variant.size}"))
    sheet.projection_mark((x + 66, y - 5))
    if stamp is not None:
        sheet.stamp(stamp, layout.stamp)
    return sheet.finished()


def _extent(subject: Scene, kind: str) -> tuple[Floats, Floats]:
    flat = (subject.corners.reshape(-1, 3) @ _TURNS[kind].T)[:, :2]
    return flat.min(0), flat.max(0)


def _scale(subject: Scene, kind: str, box: Box, *, margin: float) -> float:
    """Pixels per mm that fill `box` but for `margin` pixels kept for dimensions."""
    low, high = _extent(subject, kind)
    return float(min((box[2] - box[0] - margin) / (high[0] - low[0]), (box[3] - box[1] - margin) / (high[1] - low[1])))


def _common_scale(subject: Scene, views: Sequence[tuple[str, Box]]) -> float:
    return min(_scale(subject, kind, box, margin=46) for kind, box in views if not kind.startswith("space"))


def _stated_scale(pixels_per_mm: float) -> str:
    """The nearest standard scale, taking four pixels as a millimetre of paper."""
    ratio = pixels_per_mm / 4
    standard = {"5:1": 5.0, "2:1": 2.0, "1:1": 1.0, "1:2": 0.5, "1:5": 0.2, "1:10": 0.1}
    return min(standard, key=lambda name: abs(np.log(standard[name] / ratio)))


def _view(sheet: Sheet, subject: Scene, kind: str, box: Box, scale: float, hatch: float, tone: Colour) -> None:
    low, high = _extent(subject, kind)
    middle = (low + high) / 2
    centre = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])

    def on_paper(points: Floats) -> Floats:
        return (points - middle) * [scale, -scale] + centre

    if kind.startswith("cut"):
        _cut(sheet, subject, kind, on_paper, scale, hatch)
    else:
        seen = look(subject, _TURNS[kind])
        width = 0.8 if kind.startswith("space") else 1.1
        corners = on_paper(seen.points)
        facet, side = np.nonzero(seen.drawn)
        # An edge is inked a little later than its facet, so that the facet beside it does not cover half the line.
        moment = np.concatenate([seen.depth, seen.edge_depth[facet, side] + 0.09 * subject.reach])
        edges = np.stack([corners[facet, side], corners[facet, (side + 1) % 4]], axis=1)
        for turn in np.argsort(moment, kind="stable").tolist():
            if turn < len(corners):
                sheet.facet(corners[turn], tone)
            else:
                sheet.line(edges[turn - len(corners)].tolist(), width=width)
    (left, bottom), (right, top) = on_paper(np.stack([low, high])).tolist()
    if kind in _CAPTIONS:
        sheet.text(((left + right) / 2, top - 14), _CAPTIONS[kind], 13, anchor="ms")
    if kind.startswith("space"):
        return
    across, up = (high - low).tolist()
    x, y = centre.tolist()
    sheet.chain((left - 10, y), (right + 10, y))
    if kind == "end":
        sheet.chain((x, top - 10), (x, bottom + 10))
    if kind == "end" and _is_round(subject):
        sheet.dimension(left, right, bottom + 24, f"φ{across:.0f}", vertical=False, object_edge=bottom)
        return
    sheet.dimension(left, right, bottom + 24, _millimetres(across), vertical=False, object_edge=bottom)
    sheet.dimension(top, bottom, right + 22, _millimetres(up), vertical=True, object_edge=right)


def _is_round(subject: Scene) -> bool:
    """Whether the part's outline along its axis is a circle, so that φ may stand before its size."""
    flat = subject.corners.reshape(-1, 3)[:, :2]
    low, high = flat.min(0), flat.max(0)
    across, up = (high - low).tolist()
    furthest = float(np.linalg.norm(flat - (low + high) / 2, axis=1).max())
    return abs(across - up) < 0.02 * across and furthest < 0.52 * across


def _millimetres(length: float) -> str:
    return f"{length:.0f}" if abs(length - round(length)) < 0.05 else f"{length:.1f}"


def _cut(
    sheet: Sheet, subject: Scene, kind: str, on_paper: Callable[[Floats], Floats], scale: float, hatch: float
) -> None:
    for order, (_, segments) in enumerate(section(subject, _TURNS[kind])):
        for start, end in on_paper(
            hatching(segments, hatch + 90 * (order % 2), (5.0 + 2 * (order % 3)) / scale)
        ).tolist():
            sheet.line([tuple(start), tuple(end)], width=0.5)
        for start, end in on_paper(segments).tolist():
            sheet.line([tuple(start), tuple(end)], width=1.4)
