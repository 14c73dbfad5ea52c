"""How a sheet is divided: eight layouts and their variations. Places in pixels of the finished sheet."""

from __future__ import annotations

from dataclasses import dataclass, replace

from imprimatur.sample.sheet import Box, Colour


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
        (("space", (50, 60, 600, 395)), ("cut", (90, 458, 560, 604))),
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
        (("space", (80, 190, 590, 540)), ("side", (60, 600, 400, 860)), ("end", (430, 670, 600, 850))),
        (440, 575),
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
        notes=(wide - layout.notes[0] - 140, layout.notes[1]),
        stamp=mirrored(layout.stamp),
    )
