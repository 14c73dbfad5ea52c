"""Outlines that many parts share: hexagons, teeth, threads, rings, bolt circles. Radii and heights in mm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imprimatur.sample.mesh import Contour, Floats, Mesh, disc, joined, turned_part

Profile = list[tuple[float, float]]


def hexagon(angle: Floats, height: float) -> Floats:
    """Contour of a hexagon whose profile radius is half the width across flats."""
    return np.asarray(1 / np.cos(angle % (np.pi / 3) - np.pi / 6))


def square(angle: Floats, height: float) -> Floats:
    """Contour of a square whose profile radius is half its width."""
    return np.asarray(1 / np.cos((angle + np.pi / 4) % (np.pi / 2) - np.pi / 4))


def lobes(count: int, depth: float) -> Contour:
    """Waves for a grip: the radius falls by the share `depth` between `count` lobes."""

    def contour(angle: Floats, height: float) -> Floats:
        return np.asarray(1 - depth / 2 + depth / 2 * np.cos(count * angle))

    return contour


def teeth(count: int, depth: float, *, pointed: float = 0.5, twist: float = 0.0) -> Contour:
    """Trapezoid teeth: the radius falls by the share `depth`; `pointed` in (0, 1] narrows the tip, `twist` in teeth
    per mm makes them helical."""

    def contour(angle: Floats, height: float) -> Floats:
        phase = (angle * count / (2 * np.pi) + twist * height) % 1.0
        flank = np.clip((0.5 - np.abs(phase - 0.5)) * 2 / max(pointed, 1e-6) - (1 / pointed - 1) * 0.5, 0, 1)
        return np.asarray(1 - depth + depth * flank)

    return contour


def rod(radius: float, low: float, high: float, *, chamfer: float = 0.0) -> Profile:
    """A solid cylinder, its edges broken by `chamfer`."""
    c = min(chamfer, radius * 0.9, (high - low) * 0.45)
    if c <= 0:
        return [(0, low), (radius, low), (radius, high), (0, high)]
    return [(0, low), (radius - c, low), (radius, low + c), (radius, high - c), (radius - c, high), (0, high)]


def ring(inner: float, outer: float, low: float, high: float, *, chamfer: float = 0.0) -> Profile:
    """A tube, its outer edges broken by `chamfer`."""
    c = min(chamfer, (outer - inner) * 0.45, (high - low) * 0.45)
    if c <= 0:
        return [(inner, low), (outer, low), (outer, high), (inner, high)]
    return [(inner, low), (outer - c, low), (outer, low + c), (outer, high - c), (outer - c, high), (inner, high)]


def thread(radius: float, low: float, high: float, pitch: float) -> Profile:
    """A threaded rod as rings of ridges."""
    turns = max(3, round((high - low) / pitch))
    step = (high - low) / turns
    depth = step * 0.45
    profile: Profile = [(0, low)]
    for k in range(turns):
        profile += [(radius - depth, low + k * step), (radius, low + (k + 0.5) * step)]
    return [*profile, (radius - depth, high), (0, high)]


def threaded(radius: float, low: float, high: float, pitch: float, finish: str) -> Mesh:
    return turned_part(thread(radius, low, high, pitch), finish, segments=30, pieces=40.0)


def hexagonal(flats: float, low: float, high: float, finish: str, *, bore: float = 0.0) -> Mesh:
    """A hexagon of width `flats` across flats, as of a bolt head (bore 0) or a nut."""
    c = (high - low) * 0.12
    outer = flats / 2
    profile = [
        (bore, low),
        (outer * 0.96, low),
        (outer, low + c),
        (outer, high - c),
        (outer * 0.96, high),
        (bore, high),
    ]
    # Bending only the outer rings leaves a round seat at both faces, as a turned chamfer does.
    return turned_part(profile, finish, contour=hexagon, contour_from=outer * 0.99, segments=60, pieces=4.0)


def holes(
    circle: float,
    count: int,
    radius: float,
    height: float,
    *,
    first: float = 0.0,
    lift: float = 3.0,
    finish: str = "hole",
) -> Mesh:
    """Dark discs on a bolt circle of radius `circle` at `height`, the first at `first` degrees."""
    angles = np.radians(first + np.arange(count) * 360 / count)
    return joined(
        [
            disc(radius, finish, lift=lift).moved(float(circle * np.cos(a)), float(circle * np.sin(a)), height)
            for a in angles
        ]
    )


def circle(radius: float, *, steps: int = 40, height: float = 0.0) -> Floats:
    """Closed path of a circle about z."""
    angle = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), np.full(steps, height)], axis=1)


def line(start: Sequence[float], end: Sequence[float], *, steps: int = 8) -> Floats:
    """Straight path."""
    share = np.linspace(0, 1, steps)[:, None]
    return np.asarray(np.asarray(start) * (1 - share) + np.asarray(end) * share)
