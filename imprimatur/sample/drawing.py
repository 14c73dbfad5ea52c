"""Drawings of an article: views without hidden lines, hatched sections, dimensions, a title block."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image

from imprimatur.sample.layouts import Layout
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
        return np.asarray((points - middle) * [scale, -scale] + centre)

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
    return bool(abs(across - up) < 0.02 * across and furthest < 0.52 * across)


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
