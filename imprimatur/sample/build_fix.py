"""Shapes of KOBO-Fix: bolts, nuts, eye bolts, knobs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from imprimatur.sample.mesh import Mesh, ball, bar, disc, joined, turned_part
from imprimatur.sample.parts import Variant
from imprimatur.sample.shapes import circle, hexagonal, lobes, ring, rod, teeth, threaded


def bolt(variant: Variant) -> Sequence[Mesh]:
    d, length, plain = variant.dims["d"], variant.dims["length"], variant.dims.get("plain", 0.0)
    r, head = d / 2, d * 0.68
    shank = [threaded(r, -length, -plain, d * 0.2, variant.finish)]
    if plain:
        shank.append(turned_part(rod(r, -plain, 0), variant.finish, segments=36))
    if variant.style == "cap":
        knurl = teeth(36, 0.05)
        cap = turned_part(
            rod(d * 0.78, 0, d, chamfer=d * 0.08),
            variant.finish,
            contour=knurl,
            contour_from=d * 0.77,
            segments=144,
            pieces=3.0,
        )
        socket = disc(d * 0.46, "hole", lift=d * 0.2, segments=6).moved(z=d + 0.05)
        return [*shank, cap, socket]
    if variant.style == "button":
        dome = [
            (0.0, 0.0),
            *((d * 0.95 * np.cos(a), d * 0.55 * np.sin(a)) for a in np.linspace(0, 1.2, 7)),
            (0, d * 0.52),
        ]
        socket = disc(d * 0.34, "hole", lift=d * 0.2, segments=6).moved(z=d * 0.53)
        return [*shank, turned_part(dome, variant.finish, pieces=3.0), socket]
    parts = [*shank, hexagonal(d * 1.55, 0, head, variant.finish)]
    if variant.style == "flange":
        skirt = [(0, -d * 0.02), (d * 1.12, -d * 0.02), (d * 1.12, d * 0.1), (d * 0.8, d * 0.24), (0, d * 0.24)]
        parts.insert(len(shank), turned_part(skirt, variant.finish))
    return parts


def nut(variant: Variant) -> Sequence[Mesh]:
    d, height = variant.dims["d"], variant.dims["height"]
    body = hexagonal(d * 1.6, 0, height, variant.finish, bore=d * 0.46)
    if variant.style == "nylon":
        collar = turned_part(ring(d * 0.44, d * 0.7, height, height * 1.3, chamfer=d * 0.06), variant.finish)
        insert = turned_part(ring(d * 0.4, d * 0.56, height * 1.3, height * 1.36), "blue")
        return [body, collar, insert]
    if variant.style == "cap":
        dome = [(0.0, height), *((d * 0.72 * np.cos(a), height + d * 0.8 * np.sin(a)) for a in np.linspace(0, 1.5, 9))]
        return [
            hexagonal(d * 1.6, 0, height, variant.finish),
            turned_part([*dome, (0, height + d * 0.8)], variant.finish, pieces=4.0),
        ]
    if variant.style == "flange":
        skirt = [
            (d * 0.46, -d * 0.14),
            (d * 1.16, -d * 0.14),
            (d * 1.16, 0),
            (d * 0.84, d * 0.14),
            (d * 0.46, d * 0.14),
        ]
        grooves = teeth(30, 0.05)
        return [turned_part(skirt, variant.finish, contour=grooves, contour_from=d * 1.1, segments=120), body]
    if variant.style == "wing":
        hub = turned_part(ring(d * 0.46, d * 0.9, 0, height, chamfer=d * 0.1), variant.finish)
        wings = [
            bar(
                np.array(
                    [
                        [s * d * 0.7, 0, height * 0.5],
                        [s * d * 1.2, 0, height * 0.9],
                        [s * d * 1.7, 0, height * 1.5],
                        [s * d * 1.9, 0, height * 1.9],
                    ]
                ),
                np.array([d * 0.34, d * 0.36, d * 0.42, d * 0.2]),
                variant.finish,
            )
            for s in (-1, 1)
        ]
        return [hub, *wings]
    return [body]


def eye_bolt(variant: Variant) -> Sequence[Mesh]:
    d, eye = variant.dims["d"], variant.dims["eye"]
    length = variant.dims["length"]
    loop = bar(circle(eye, steps=44), variant.dims.get("wire", eye * 0.32), variant.finish, closed=True, sides=18)
    parts = [threaded(d / 2, -length, 0, d * 0.2, "zinc" if variant.paint else variant.finish)]
    parts.append(turned_part(rod(d * 1.05, 0, d * 0.5, chamfer=d * 0.15), variant.finish))
    if variant.style == "swivel":
        parts.append(turned_part(rod(d * 0.8, d * 0.5, d * 1.4, chamfer=d * 0.2), variant.finish))
        parts.append(bar(np.array([[-eye * 1.25, 0, d * 1.0], [eye * 1.25, 0, d * 1.0]]), d * 0.34, "dark"))
        return [*parts, loop.turned(x=90).moved(z=d * 1.3 + eye * 0.75)]
    if variant.style == "nut":
        parts[0] = turned_part(ring(d * 0.45, d * 1.1, -d * 0.8, 0, chamfer=d * 0.1), variant.finish)
    return [*parts, loop.turned(x=90).moved(z=d * 0.5 + eye * 1.15)]


def knob(variant: Variant) -> Sequence[Mesh]:
    r, height = variant.dims["r"], variant.dims["height"]
    if variant.style == "ball":
        return [
            threaded(r * 0.24, -r * 1.6, 0, r * 0.14, "zinc"),
            turned_part(rod(r * 0.42, -r * 0.1, r * 0.3), "zinc"),
            ball(r, variant.finish, segments=36).moved(z=r * 1.05),
        ]
    if variant.style == "lever":
        arm = np.array(
            [
                [0, 0, height * 0.7],
                [r * 0.8, 0, height * 0.95],
                [r * 2.0, 0, height * 1.25],
                [r * 3.2, 0, height * 1.35],
            ]
        )
        return [
            threaded(r * 0.3, -height * 1.4, 0, r * 0.16, "zinc"),
            turned_part(rod(r * 0.75, 0, height, chamfer=2), "dark"),
            bar(arm, np.array([r * 0.5, r * 0.42, r * 0.46, r * 0.5]), variant.finish, sides=18),
        ]
    if variant.style == "tee":
        return [
            threaded(r * 0.18, -r, 0, r * 0.1, "zinc"),
            turned_part(rod(r * 0.34, 0, height * 0.6, chamfer=1), variant.finish),
            bar(
                np.array(
                    [
                        [-r, 0, height * 0.8],
                        [-r * 0.4, 0, height * 0.8],
                        [r * 0.4, 0, height * 0.8],
                        [r, 0, height * 0.8],
                    ]
                ),
                np.array([r * 0.26, r * 0.32, r * 0.32, r * 0.26]),
                variant.finish,
                sides=18,
            ),
        ]
    count = int(variant.dims["lobes"])
    profile = [
        (0, 0),
        (r * 0.86, 0),
        (r, height * 0.25),
        (r, height * 0.7),
        (r * 0.84, height),
        (r * 0.3, height * 1.05),
        (0, height * 1.05),
    ]
    grip = turned_part(
        profile, variant.finish, contour=lobes(count, 0.26), contour_from=r * 0.8, segments=96, pieces=6.0
    )
    stem = turned_part(rod(r * 0.4, -height * 0.5, 0), variant.finish if variant.style == "star" else "brass")
    parts = [stem, grip]
    if variant.style == "star":
        parts.insert(0, threaded(r * 0.17, -height * 0.5 - r * 1.3, -height * 0.5, r * 0.09, "zinc"))
    else:
        parts.append(joined([disc(r * 0.3, "brass", lift=r * 0.3).moved(z=height * 1.06)]))
    return parts
