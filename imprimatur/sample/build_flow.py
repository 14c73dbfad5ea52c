"""Shapes of KOBO-Flow: pipe flanges, valves, cylinders, fittings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from imprimatur.sample.mesh import Floats, Mesh, ball, bar, block, disc, turned_part
from imprimatur.sample.parts import Variant
from imprimatur.sample.shapes import Profile, circle, hexagonal, holes, line, ring, rod, square, threaded


def flange(variant: Variant) -> Sequence[Mesh]:
    r, thick, bore, count = (variant.dims[key] for key in ("r", "thick", "bore", "holes"))
    contour = square if variant.style == "square" else None
    plate = turned_part(
        ring(bore, r, 0, thick, chamfer=1),
        variant.finish,
        contour=contour,
        contour_from=r * 0.9,
        segments=64,
        pieces=9.0,
    )
    first = 45.0 if variant.style == "square" else 360 / count / 2
    face_outer = max(r * 0.56, bore * 1.14)
    on_circle = r * 1.05 if variant.style == "square" else max(r * 0.78, (face_outer + r) / 2)
    bolts = holes(on_circle, int(count), r * 0.08, thick + 0.05, first=first, lift=r * 0.2)
    if variant.style == "blind":
        return [plate, turned_part(rod(face_outer, thick, thick * 1.15), variant.finish), bolts]
    if variant.style == "neck":
        neck: Profile = [
            (bore, thick),
            (r * 0.6, thick),
            (r * 0.42, thick * 2.2),
            (bore + r * 0.1, thick * 3.2),
            (bore, thick * 3.2),
        ]
        return [plate, bolts, turned_part(neck, variant.finish)]
    face = turned_part(ring(bore, face_outer, thick, thick * 1.15), "stainless" if variant.paint else variant.finish)
    return [plate, bolts, replace(face, lift=r * 0.12)]


def valve(variant: Variant) -> Sequence[Mesh]:
    r, half = variant.dims["r"], variant.dims["half"]
    stem = turned_part(rod(r * 0.22, r * 0.8, r * 2.1), "stainless", segments=24)
    body: list[Mesh]
    if variant.style == "butterfly":
        house = turned_part(ring(r * 0.95, r * 1.35, -r * 0.35, r * 0.35, chamfer=2), variant.finish).turned(x=90)
        blade = turned_part(rod(r * 0.93, -r * 0.05, r * 0.05), "stainless", segments=48).turned(x=90).turned(z=28)
        neck = turned_part(rod(r * 0.28, r * 1.25, r * 2.1), variant.finish, segments=24)
        grip = block((r * 2.6, r * 0.2, r * 0.16), "black").moved(x=r * 1.0, z=r * 2.2)
        return [house, blade, neck, grip]
    if variant.style == "gate":
        body = [ball(r * 0.95, variant.finish), turned_part(rod(r * 0.55, r * 0.5, r * 1.5, chamfer=2), variant.finish)]
        wheel = bar(circle(r * 1.05, steps=40, height=r * 2.4), r * 0.13, "red", closed=True)
        spokes = [
            bar(line((0, 0, r * 2.3), (r * np.cos(a), r * np.sin(a), r * 2.4)), r * 0.08, "red")
            for a in np.radians([0, 90, 180, 270])
        ]
        top = [turned_part(rod(r * 0.18, r * 1.5, r * 2.8), "stainless", segments=20), wheel, *spokes]
    elif variant.style == "relief":
        body = [ball(r * 0.85, variant.finish)]
        top = [
            turned_part(rod(r * 0.6, r * 0.5, r * 2.2, chamfer=3), variant.finish),
            turned_part(rod(r * 0.42, r * 2.2, r * 2.9, chamfer=3), "red"),
            bar(line((0, 0, r * 2.7), (r * 1.3, 0, r * 3.1)), r * 0.1, "stainless"),
        ]
    elif variant.style == "shutoff":
        body = [ball(r * 0.95, variant.finish), turned_part(rod(r * 0.4, r * 0.7, r * 1.4), variant.finish)]
        top = [
            turned_part(rod(r * 1.15, r * 1.4, r * 2.2, chamfer=4), "navy"),
            turned_part(rod(r * 0.5, r * 2.2, r * 2.7, chamfer=2), "yellow"),
            turned_part(rod(r * 0.3, r * 2.7, r * 3.0, chamfer=2), "red"),
        ]
    else:
        body = [ball(r * 0.9, variant.finish)]
        lever = "yellow" if variant.style == "ball" else "blue"
        top = [
            stem,
            block((r * 3.2, r * 0.5, r * 0.14), lever).moved(x=r * 1.2, z=r * 2.1),
            hexagonal(r * 0.5, r * 2.15, r * 2.4, "zinc"),
        ]
    ends: list[Mesh] = []
    for side in (-1, 1):
        if variant.style in ("gate", "shutoff", "relief"):
            end = turned_part(ring(r * 0.45, r * 1.05, half - r * 0.32, half, chamfer=1.5), variant.finish)
            pipe = turned_part(ring(r * 0.45, r * 0.62, r * 0.5, half - r * 0.3), variant.finish, segments=40)
        else:
            end = hexagonal(r * 1.7, half - r * 0.75, half, variant.finish, bore=r * 0.5)
            pipe = turned_part(ring(r * 0.5, r * 0.66, r * 0.4, half - r * 0.7), variant.finish, segments=40)
        ends += [pipe.turned(y=90 * side), end.turned(y=90 * side)]
    return [*body, *ends, *top]


def cylinder(variant: Variant) -> Sequence[Mesh]:
    r, stroke, rod_r = variant.dims["r"], variant.dims["stroke"], variant.dims["rod"]
    out = variant.dims.get("out", stroke * 0.4)
    piston = turned_part(rod(rod_r, stroke, stroke + out, chamfer=1), "stainless", segments=30)
    tip = threaded(rod_r * 0.7, stroke + out, stroke + out + rod_r * 2.4, rod_r * 0.35, "zinc")
    if variant.style == "compact":
        side = variant.dims["r"] * 2.1
        body = block((side, side, stroke), variant.finish, pieces=12.0).moved(z=stroke / 2)
        bolts = holes(r * 1.12, 4, r * 0.16, stroke + 0.05, first=45, lift=r * 0.25)
        slots = [
            replace(block((0.4, side * 0.07, stroke * 0.9), "hole"), lift=side * 0.06).moved(
                x=-side / 2, y=y, z=stroke / 2
            )
            for y in (-side * 0.2, side * 0.2)
        ]
        return [body, *slots, bolts, turned_part(ring(rod_r, rod_r * 1.5, stroke, stroke + 1), "brass"), piston]
    if variant.style == "round":
        barrel = turned_part(rod(r, 0, stroke, chamfer=1), "stainless", pieces=10.0)
        caps = [
            turned_part(rod(r * 1.14, a, b, chamfer=2), variant.finish)
            for a, b in ((-r * 0.7, r * 0.5), (stroke - r * 0.5, stroke + r * 0.5))
        ]
        nose = threaded(r * 0.7, stroke + r * 0.5, stroke + r * 1.3, 2.2, "zinc")
        return [caps[0], barrel, caps[1], nose, piston.moved(z=r * 1.3), tip.moved(z=r * 1.3)]
    cap = r * 2.5
    caps = [block((cap, cap, r * 0.9), variant.finish, pieces=5.0).moved(z=z) for z in (0, stroke - r * 0.2)]
    ties = [
        turned_part(rod(r * 0.14, 0, stroke, chamfer=0), "zinc", segments=12).moved(x, y)
        for x in (-r, r)
        for y in (-r, r)
    ]
    barrel = turned_part(rod(r, r * 0.4, stroke - r * 0.6), "aluminium", pieces=10.0)
    parts = [caps[0], *ties, barrel, caps[1], piston.moved(z=r * 0.25), tip.moved(z=r * 0.25)]
    if variant.style == "guided":
        guides = [
            turned_part(rod(rod_r * 0.9, stroke, stroke + out, chamfer=1), "stainless", segments=24).moved(x=x)
            for x in (-r * 0.85, r * 0.85)
        ]
        plate = block((cap, cap * 0.9, r * 0.4), variant.finish, pieces=5.0).moved(z=stroke + out + r * 0.4)
        return [*parts[:-1], *(guide.moved(z=r * 0.25) for guide in guides), plate]
    if variant.style == "clevis":
        fork = [block((r * 0.45, r * 1.3, r * 1.7), variant.finish).moved(x=x, z=-r * 1.2) for x in (-r * 0.7, r * 0.7)]
        pin = bar(line((-r * 1.15, 0, -r * 1.4), (r * 1.15, 0, -r * 1.4)), r * 0.24, "stainless")
        return [*fork, pin, *parts]
    return parts


def _arc(radius: float, start: float, end: float, *, steps: int = 18) -> Floats:
    angle = np.radians(np.linspace(start, end, steps))
    return np.stack([radius * np.cos(angle), np.zeros(steps), radius * np.sin(angle)], axis=1)


def fitting(variant: Variant) -> Sequence[Mesh]:
    r, arm = variant.dims["r"], variant.dims["arm"]
    if variant.style == "tee":
        run = bar(line((-arm, 0, 0), (arm, 0, 0), steps=14), r, variant.finish, sides=32)
        branch = bar(line((0, 0, 0), (0, 0, arm), steps=8), r, variant.finish, sides=32)
        rims = [
            turned_part(ring(r * 0.66, r * 1.25, arm - r * 0.6, arm + 1, chamfer=1), variant.finish).turned(y=y)
            for y in (0, 90, -90)
        ]
        mouths = [disc(r * 0.66, "bore", lift=r * 0.3).moved(z=arm + 1.1).turned(y=y) for y in (0, 90, -90)]
        return [run, branch, *rims, *mouths]
    if variant.style == "barb":
        ridges: Profile = [(0, 0)]
        for k in range(5):
            ridges += [(r * 0.95, k * arm * 0.2), (r * 0.66, (k + 0.92) * arm * 0.2)]
        tube = turned_part([*ridges, (0, arm)], variant.finish, segments=40, pieces=20.0)
        return [
            threaded(r, -arm * 1.1, -arm * 0.3, r * 0.2, variant.finish),
            hexagonal(r * 2.7, -arm * 0.3, 0, variant.finish),
            tube,
        ]
    if variant.style == "push":
        body = turned_part(rod(r * 1.15, 0, arm, chamfer=2), "white", segments=40)
        collar = turned_part(ring(r * 0.7, r * 1.0, arm, arm + r * 0.35, chamfer=1), "blue")
        return [
            threaded(r * 0.8, -arm * 0.9, -arm * 0.3, r * 0.2, variant.finish),
            hexagonal(r * 2.3, -arm * 0.3, 0, variant.finish),
            body,
            collar,
        ]
    bend = bar(_arc(arm, 0, 90), r, variant.finish, sides=32)
    low = turned_part(ring(r * 0.66, r * 1.3, -r * 1.0, 0, chamfer=1), variant.finish).moved(x=arm)
    high = turned_part(ring(r * 0.66, r * 1.3, 0, r * 1.0, chamfer=1), variant.finish).turned(y=-90).moved(z=arm)
    return [bend, low, high]
