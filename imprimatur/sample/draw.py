"""Product shots: a part on a softly lit table, painted facet by facet at twice the size and reduced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from imprimatur.sample.mesh import Floats, Ints, Mesh, rotation
from imprimatur.sample.parts import FINISHES
from imprimatur.sample.scene import Scene, look, scene

_FINE = 2  # painted pixels per pixel, each way
_LAMP = np.array([-0.52, 0.66, 0.54]) / np.linalg.norm([-0.52, 0.66, 0.54])  # camera space: upper left, in front
_EYE_DISTANCE = 5.5  # in units of the subject's reach


@dataclass(frozen=True, slots=True)
class Shot:
    """How a picture is taken. Angles in degrees; `fill` is the share of the frame the subject takes; `shift` moves it
    by shares of the frame; `wall` and `floor` are RGB, `glow` the place of the bright spot in shares of the frame."""

    width: int = 400
    height: int = 300
    yaw: float = 30.0
    elevation: float = 28.0
    fill: float = 0.72
    shift: tuple[float, float] = (0.0, 0.0)
    wall: tuple[int, int, int] = (247, 249, 251)
    floor: tuple[int, int, int] = (214, 219, 225)
    glow: tuple[float, float] = (0.4, 0.3)
    slant: float = 0.0


def photograph(meshes: Sequence[Mesh], shot: Shot) -> Image.Image:
    """RGB picture of `meshes` (z up, resting on their lowest point) as `shot` says."""
    wide, high = shot.width * _FINE, shot.height * _FINE
    subject = scene(meshes)
    turn = rotation(x=-90 + shot.elevation) @ rotation(z=shot.yaw)
    middle, reach = subject.middle, subject.reach
    subject = _centred(subject, middle)
    distance = _EYE_DISTANCE * reach
    seen = look(subject, turn, distance=distance)
    shade = _shadow(subject, turn, distance)

    flat = seen.points.reshape(-1, 2)
    low, top = flat.min(0), flat.max(0)
    scale = float(min(wide * shot.fill / (top[0] - low[0]), high * shot.fill / (top[1] - low[1])))
    offset = np.array([wide * (0.5 + shot.shift[0]), high * (0.5 + shot.shift[1])]) - (low + top) / 2 * [scale, -scale]

    def on_canvas(points: Floats) -> Floats:
        return np.asarray(points * [scale, -scale] + offset)

    canvas = _backdrop(shot, wide, high)
    canvas = Image.composite(
        Image.new("RGB", (wide, high), tuple(round(c * 0.42) for c in shot.floor)),
        canvas,
        _soft_mask(on_canvas(shade), wide, high, reach * scale),
    )
    brush = ImageDraw.Draw(canvas)
    colours = _colours(subject, seen.index, seen.facing, turn, distance)
    for polygon, colour in zip(on_canvas(seen.points).reshape(-1, 8).tolist(), colours.tolist(), strict=True):
        brush.polygon(polygon, fill=tuple(colour))
    return canvas.resize((shot.width, shot.height), Image.Resampling.BOX, reducing_gap=None)


def _centred(subject: Scene, middle: Floats) -> Scene:
    return Scene(
        subject.corners - middle,
        subject.normals,
        subject.neighbours,
        subject.sharp,
        subject.lift,
        subject.part,
        subject.finishes,
    )


def _backdrop(shot: Shot, wide: int, high: int) -> Image.Image:
    """A wall that runs into the floor without a corner, with a bright spot; drawn small, since it is smooth."""
    x = np.linspace(0, 1, wide // 8)[None, :]
    y = np.linspace(0, 1, high // 8)[:, None]
    descent = 1 / (1 + np.exp(-(y + shot.slant * (x - 0.5) - 0.55) * 9))
    wall, floor = np.array(shot.wall, float), np.array(shot.floor, float)
    field = wall * (1 - descent[..., None]) + floor * descent[..., None]
    spot = np.exp(-(((x - shot.glow[0]) / 0.5) ** 2) - ((y - shot.glow[1]) / 0.5) ** 2)[..., None]
    field = field * (0.9 + 0.12 * spot)
    small = Image.fromarray(np.clip(field, 0, 255).astype(np.uint8))
    return small.resize((wide, high), Image.Resampling.BICUBIC)


def _shadow(subject: Scene, turn: Floats, distance: float) -> Floats:
    """The facets thrown onto the floor along the lamp's rays, as the camera sees them [K, 4, 2]."""
    lamp = _LAMP @ turn  # camera to world
    floor = subject.corners[:, :, 2].min()
    lit = subject.normals @ lamp > 0
    corners = subject.corners[lit]
    thrown = corners - lamp * ((corners[:, :, 2:3] - floor) / lamp[2])
    camera = thrown @ turn.T
    return np.asarray(camera[:, :, :2] * (distance / (distance - camera[:, :, 2:3])))


def _soft_mask(polygons: Floats, wide: int, high: int, size: float) -> Image.Image:
    """Shadow density, drawn at a quarter of the canvas: it is blurred anyway."""
    mask = Image.new("L", (wide // 4, high // 4), 0)
    brush = ImageDraw.Draw(mask)
    for polygon in (polygons / 4).reshape(-1, 8).tolist():
        brush.polygon(polygon, fill=255)
    near = mask.filter(ImageFilter.GaussianBlur(max(1.2, size * 0.008)))
    far = mask.filter(ImageFilter.GaussianBlur(max(3.0, size * 0.035)))
    both = np.asarray(near, dtype=np.float64) * 0.26 + np.asarray(far, dtype=np.float64) * 0.34
    return Image.fromarray(both.astype(np.uint8)).resize((wide, high), Image.Resampling.BILINEAR)


def _colours(subject: Scene, index: Ints, facing: Floats, turn: Floats, distance: float) -> NDArray[np.uint8]:
    """RGB [M, 3] of the facets: a lamp, its highlight, and a studio of window, strip light and dark floor which
    metal mirrors."""
    of_part = [FINISHES[name] for name in subject.finishes]
    part = subject.part[index]
    base = np.array([finish.colour for finish in of_part], float)[part]
    metal = np.array([finish.metal for finish in of_part])[part]
    gloss = np.array([finish.gloss for finish in of_part])[part]
    lit = np.clip(facing @ _LAMP, 0, 1)
    towards = np.array([0.0, 0.0, distance]) - subject.corners[index].mean(axis=1) @ turn.T
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    mirrored = 2 * np.einsum("nk,nk->n", facing, towards)[:, None] * facing - towards
    sky = 1 / (1 + np.exp(-mirrored[:, 1] * 5.0))
    window = np.exp(-(((mirrored[:, 0] + 0.55) / 0.28) ** 2) - ((mirrored[:, 1] - 0.35) / 0.45) ** 2)
    strip = np.exp(-(((mirrored[:, 0] - 0.72) / 0.14) ** 2)) * (mirrored[:, 1] > -0.5)
    dull = 0.34 + 0.72 * lit
    mirror = 0.44 + 0.46 * sky + 0.62 * window + 0.3 * strip
    bright = base * ((1 - metal) * dull + metal * mirror)[:, None]
    highlight = np.clip(mirrored @ _LAMP, 0, 1) ** 22 * gloss * 150
    return np.asarray(np.clip(bright + highlight[:, None], 0, 255).astype(np.uint8))


BACKDROPS: Mapping[str, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    "white": ((250, 251, 252), (222, 226, 231)),
    "sky": ((238, 245, 252), (196, 212, 228)),
    "sand": ((252, 248, 240), (226, 216, 200)),
    "mint": ((242, 250, 246), (204, 222, 214)),
    "mist": ((232, 235, 240), (188, 194, 203)),
    "lilac": ((246, 244, 251), (210, 206, 224)),
}
