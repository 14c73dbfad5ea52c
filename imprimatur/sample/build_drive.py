"""Shapes of KOBO-Drive: gears, sprockets, pulleys, bearings, couplings, shafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from imprimatur.sample.mesh import Mesh, ball, block, disc, joined, turned_part
from imprimatur.sample.parts import Variant
from imprimatur.sample.shapes import Profile, holes, ring, rod, teeth, threaded


def gear(variant: Variant) -> Sequence[Mesh]:
    r, width, bore = variant.dims["r"], variant.dims["width"], variant.dims["bore"]
    count = int(variant.dims["teeth"])
    deep = 4.4 / count
    contour = teeth(count, deep, pointed=0.62, twist=variant.dims.get("twist", 0.0))
    root = r * (1 - deep) * 0.9
    if variant.style == "bevel":
        cone = [(bore, 0), (r * 0.98, 0), (r, width * 0.25), (r * 0.55, width), (bore, width)]
        return [
            turned_part(
                cone,
                variant.finish,
                contour=teeth(count, deep, pointed=0.62),
                contour_from=r * 0.5,
                segments=count * 6,
                pieces=5.0,
            )
        ]
    if variant.style == "web":
        profile: Profile = [(root * 0.82, 0), (r, 0), (r, width), (root * 0.82, width)]
        rim = turned_part(
            profile, variant.finish, contour=contour, contour_from=r * 0.99, segments=count * 6, pieces=9.0
        )
        web = turned_part(ring(bore, root * 0.83, width * 0.3, width * 0.7), variant.finish)
        hub = turned_part(ring(bore, bore * 1.9, -width * 0.1, width * 1.1, chamfer=1), variant.finish)
        bored = holes(root * 0.6, int(variant.dims.get("holes", 5)), root * 0.13, width * 0.71, lift=r * 0.16)
        return [web, rim, bored, hub]
    profile = [(bore, 0), (root, 0), (r, 0), (r, width), (root, width), (bore, width)]
    gear = turned_part(
        profile,
        variant.finish,
        contour=contour,
        contour_from=r * 0.99,
        segments=count * 6,
        pieces=18.0 if "twist" in variant.dims else 8.0,
    )
    if variant.style == "hub":
        return [gear, turned_part(ring(bore, bore * 1.7, width, width * 1.7, chamfer=1), variant.finish)]
    return [gear]


def sprocket(variant: Variant) -> Sequence[Mesh]:
    r, width, bore = variant.dims["r"], variant.dims["width"], variant.dims["bore"]
    count, rows = int(variant.dims["teeth"]), int(variant.dims.get("rows", 1))
    contour = teeth(count, 6.2 / count, pointed=0.95)
    discs = [
        turned_part(
            [
                (bore, z),
                (r * 0.78, z),
                (r, z + width * 0.3),
                (r, z + width * 0.7),
                (r * 0.78, z + width),
                (bore, z + width),
            ],
            variant.finish,
            contour=contour,
            contour_from=r * 0.99,
            segments=count * 6,
            pieces=9.0,
        )
        for z in (row * width * 2.4 for row in range(rows))
    ]
    top = (rows - 1) * width * 2.4 + width
    parts: list[Mesh] = [discs[0]]
    for row in range(1, rows):
        parts.append(turned_part(ring(bore, r * 0.6, width + (row - 1) * width * 2.4, row * width * 2.4), "dark"))
        parts.append(discs[row])
    if variant.style == "hub":
        parts.append(turned_part(ring(bore, bore * 1.75, top, top + width * 2.2, chamfer=1.5), variant.finish))
    if variant.style == "light":
        parts.append(holes(r * 0.56, 6, r * 0.14, top + 0.05, lift=r * 0.16))
    return parts


def pulley(variant: Variant) -> Sequence[Mesh]:
    r, bore, grooves = variant.dims["r"], variant.dims["bore"], int(variant.dims.get("grooves", 1))
    pitch = variant.dims.get("pitch", 14.0)
    if variant.style == "timing":
        width, count = variant.dims["width"], int(variant.dims["teeth"])
        drum = turned_part(
            ring(bore, r, 0, width),
            variant.finish,
            contour=teeth(count, 0.1, pointed=0.5),
            contour_from=r * 0.99,
            segments=count * 6,
            pieces=6.0,
        )
        cheeks = [turned_part(ring(bore, r * 1.16, z, z + 2.0), "zinc", pieces=8.0) for z in (-2.0, width)]
        hub = turned_part(ring(bore, r * 0.62, width + 2, width + 2 + r * 0.4, chamfer=1), variant.finish)
        return [cheeks[0], drum, cheeks[1], hub]
    profile: Profile = [(bore, 0), (r * 0.97, 0), (r, 1.0)]
    for k in range(grooves):
        z = k * pitch + 2.0
        profile += [
            (r, z),
            (r - pitch * 0.7, z + pitch * 0.3),
            (r - pitch * 0.7, z + pitch * 0.5),
            (r, z + pitch * 0.8),
        ]
    high = grooves * pitch + 2.0
    if variant.style == "idler":
        groove: Profile = [
            (bore, 0),
            (r, 0),
            (r, 3.0),
            (r * 0.84, 8.0),
            (r * 0.84, 12.0),
            (r, 17.0),
            (r, 20.0),
            (bore, 20.0),
        ]
        core = turned_part(ring(bore * 0.55, bore, -2, 22, chamfer=1), "stainless")
        return [turned_part(groove, variant.finish), core]
    if variant.style == "spoke":
        rim = turned_part([(r * 0.76, 0), *profile[1:], (r, high), (r * 0.76, high)], variant.finish, pieces=9.0)
        spokes = [
            block((r * 0.62, r * 0.16, high * 0.5), variant.finish).moved(x=r * 0.46, z=high / 2).turned(z=72 * k)
            for k in range(5)
        ]
        return [*spokes, rim, turned_part(ring(bore, bore * 1.8, 0, high * 1.15, chamfer=1.5), variant.finish)]
    body = turned_part(
        [*profile, (r, high), (r * 0.94, high), (r * 0.86, high - 3), (bore * 1.7, high - 3), (bore, high - 3)],
        variant.finish,
        pieces=11.0,
    )
    return [body, turned_part(ring(bore, bore * 1.6, high - 3, high + 5, chamfer=1), variant.finish)]


def bearing(variant: Variant) -> Sequence[Mesh]:
    r, bore, width = variant.dims["r"], variant.dims["bore"], variant.dims["width"]
    if variant.style == "thrust":
        low = turned_part(ring(bore, r, 0, width * 0.3, chamfer=1), variant.finish)
        high = turned_part(ring(bore * 1.06, r, width * 0.7, width, chamfer=1), variant.finish)
        return [low, *_balls((r + bore) / 2, width * 0.25, 14, width * 0.5, "stainless"), high]
    if variant.style == "block":
        seat = block((r * 4.0, r * 0.9, r * 0.5), variant.finish)
        feet = holes(r * 1.55, 2, r * 0.2, r * 0.26, lift=r * 0.3)
        house = (
            turned_part(ring(r * 0.8, r * 1.25, -r * 0.42, r * 0.42, chamfer=3), variant.finish)
            .turned(x=90)
            .moved(z=r * 1.2)
        )
        core = (
            turned_part(ring(bore, r * 0.78, -r * 0.5, r * 0.5, chamfer=1), "stainless").turned(x=90).moved(z=r * 1.2)
        )
        return [seat, feet, house, core]
    outer = turned_part(ring(r * 0.82, r, 0, width, chamfer=1.2), variant.finish)
    inner = turned_part(ring(bore, bore + r * 0.17, 0, width, chamfer=0.8), variant.finish)
    if variant.style == "sealed":
        seal = turned_part(ring(bore + r * 0.17, r * 0.82, width * 0.08, width * 0.94), "rubber")
        return [outer, seal, inner]
    if variant.style == "taper":
        cone = turned_part(
            [(bore, -width * 0.1), (r * 0.62, -width * 0.1), (r * 0.54, width * 1.1), (bore, width * 1.1)],
            variant.finish,
        )
        rollers = [
            turned_part(rod(r * 0.085, -width * 0.42, width * 0.42, chamfer=0.6), "stainless", segments=12)
            .turned(y=-9)
            .moved(x=r * 0.69, z=width * 0.6)
            .turned(z=360 / 18 * k)
            for k in range(18)
        ]
        return [turned_part(ring(r * 0.84, r, -width * 0.1, width * 0.8, chamfer=1.2), variant.finish), cone, *rollers]
    race = turned_part(ring(bore + r * 0.17, r * 0.82, width * 0.1, width * 0.3), "dark")
    cage = turned_part(ring((r + bore) / 2 - 1.4, (r + bore) / 2 + 1.4, width * 0.7, width * 0.85), "brass")
    return [
        outer,
        race,
        inner,
        *_balls((r * 0.82 + bore + r * 0.17) / 2, r * 0.135, int(variant.dims["balls"]), width * 0.74, "stainless"),
        cage,
    ]


def _balls(circle: float, radius: float, count: int, height: float, finish: str) -> list[Mesh]:
    angles = np.arange(count) * 2 * np.pi / count
    return [
        joined([ball(radius, finish, segments=14).moved(float(circle * np.cos(a)), float(circle * np.sin(a)), height)])
        for a in angles
    ]


def coupling(variant: Variant) -> Sequence[Mesh]:
    r, length, bore = variant.dims["r"], variant.dims["length"], variant.dims["bore"]
    half = length / 2
    if variant.style == "bellows":
        waves: Profile = [(bore, -half * 0.45)]
        for k in range(6):
            z = -half * 0.45 + half * 0.9 * k / 6
            waves += [
                (r * 0.72, z),
                (r * 0.96, z + half * 0.05),
                (r * 0.96, z + half * 0.1),
                (r * 0.72, z + half * 0.145),
            ]
        waves.append((bore, half * 0.45))
        ends = [
            turned_part(ring(bore, r, a, b, chamfer=1), "aluminium")
            for a, b in ((-half, -half * 0.45), (half * 0.45, half))
        ]
        return [ends[0], turned_part(waves, variant.finish, pieces=14.0), ends[1]]
    if variant.style == "disc":
        hubs = [
            turned_part(ring(bore, r * 0.72, a, b, chamfer=1), variant.finish)
            for a, b in ((-half, -half * 0.16), (half * 0.16, half))
        ]
        plates = [
            turned_part(ring(bore, r, z - 1.2, z + 1.2), "stainless", pieces=8.0) for z in (-half * 0.12, half * 0.12)
        ]
        middle = turned_part(ring(bore, r * 0.9, -half * 0.1, half * 0.1), "dark")
        return [hubs[0], plates[0], middle, plates[1], hubs[1]]
    if variant.style == "rigid":
        sleeve = turned_part(ring(bore, r, -half, half, chamfer=1.5), variant.finish, pieces=12.0)
        split = replace(block((0.3, 0.9, length * 0.98), "hole"), lift=r * 0.1).moved(x=-r)
        screws = [
            disc(r * 0.2, "hole", lift=r * 0.3).turned(y=-90).moved(x=-r, z=z).turned(z=24)
            for z in (-half * 0.65, -half * 0.22, half * 0.22, half * 0.65)
        ]
        return [sleeve, split, *screws]
    gap = half * 0.26
    claw = teeth(3 if variant.style == "jaw" else 2, 0.24, pointed=0.14)
    hubs = [turned_part(ring(bore, r, a, b, chamfer=1.2), variant.finish) for a, b in ((-half, -gap), (gap, half))]
    spider = turned_part(
        [(bore, -gap), (r * 0.98, -gap), (r * 0.98, gap), (bore, gap)],
        "orange" if variant.style == "jaw" else "ivory",
        contour=claw,
        contour_from=r * 0.9,
        segments=72,
    )
    jaws = turned_part(ring(bore, r * 0.86, -gap, gap), variant.finish)
    return [hubs[0], jaws, spider, hubs[1]]


def shaft(variant: Variant) -> Sequence[Mesh]:
    steps = [(variant.dims[f"r{k}"], variant.dims[f"l{k}"]) for k in range(1, 6) if f"r{k}" in variant.dims]
    z = 0.0
    parts: list[Mesh] = []
    for k, (radius, length) in enumerate(steps):
        if variant.style == "spline" and k == len(steps) - 1:
            parts.append(
                turned_part(
                    rod(radius, z, z + length),
                    variant.finish,
                    contour=teeth(10, 0.16, pointed=0.4),
                    contour_from=radius,
                    segments=60,
                    pieces=6.0,
                )
            )
        elif variant.style == "thread" and k == len(steps) - 1:
            parts.append(threaded(radius, z, z + length, 3.0, variant.finish))
        elif variant.style == "hollow":
            parts.append(
                turned_part(ring(radius * 0.55, radius, z, z + length, chamfer=1), variant.finish, pieces=12.0)
            )
        elif variant.style == "eccentric" and k == 2:
            parts.append(
                turned_part(rod(radius, z, z + length, chamfer=1), "stainless").moved(x=variant.dims["offset"])
            )
        else:
            parts.append(turned_part(rod(radius, z, z + length, chamfer=1.2), variant.finish, segments=42, pieces=6.0))
        z += length
    if variant.style == "key":
        radius, length = steps[0]
        parts.append(
            replace(block((0.4, radius * 0.5, length * 0.6), "hole"), lift=radius * 0.5)
            .moved(x=-radius, z=length * 0.45)
            .turned(z=20)
        )
    return parts
