"""Shapes of KOBO-Frame: brackets, levelling feet, springs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from imprimatur.sample.mesh import Floats, Mesh, bar, block, disc, joined, turned_part
from imprimatur.sample.parts import Variant
from imprimatur.sample.shapes import hexagonal, line, ring, rod, threaded


def _bores(positions: Sequence[tuple[float, float]], radius: float, height: float, lift: float) -> Mesh:
    return joined([disc(radius, "hole", lift=lift).moved(x, y, height) for x, y in positions])


def _rib(reach: float, height: float, thick: float, finish: str) -> Mesh:
    """A triangular plate: a block that narrows to nothing at its top."""
    corners = block((reach, thick, height), finish).corners
    up = corners[:, :, 2] / height + 0.5
    along = (corners[:, :, 0] + reach / 2) * (1 - up * 0.97)
    bent = np.stack([along, corners[:, :, 1], corners[:, :, 2] + height / 2], axis=2)
    return Mesh(bent, block((reach, thick, height), finish).neighbours, finish)


def bracket(variant: Variant) -> Sequence[Mesh]:
    a, b, w, t = (variant.dims[key] for key in ("a", "b", "w", "t"))
    foot = block((a, w, t), variant.finish, pieces=9.0).moved(x=a / 2, z=t / 2)
    back = block((t, w, b), variant.finish, pieces=9.0).moved(x=t / 2, z=b / 2 + t)
    spots = [(a * 0.45, -w * 0.25), (a * 0.45, w * 0.25), (a * 0.8, -w * 0.25), (a * 0.8, w * 0.25)]
    bores = _bores(spots, w * 0.08, t + 0.1, w * 0.15)
    wall = (
        _bores([(-b * 0.72, -w * 0.25), (-b * 0.72, w * 0.25)], w * 0.08, 0, w * 0.15)
        .turned(y=90)
        .moved(x=t + 0.1, z=t)
    )
    if variant.style == "gusset":
        return [foot, back, bores, wall, _rib(a * 0.8, b * 0.8, t, variant.finish).moved(x=t, z=t)]
    if variant.style == "u":
        other = block((t, w, b), variant.finish, pieces=9.0).moved(x=a - t / 2, z=b / 2 + t)
        return [foot, back, other, _bores([(a * 0.5, 0)], w * 0.22, t + 0.1, w * 0.15), wall]
    if variant.style == "z":
        top = block((a * 0.7, w, t), variant.finish, pieces=9.0).moved(x=-a * 0.35 + t, z=b + t * 1.5)
        return [
            foot,
            back,
            top,
            bores,
            _bores([(-a * 0.35, -w * 0.22), (-a * 0.35, w * 0.22)], w * 0.08, b + t * 2 + 0.1, w * 0.15),
        ]
    if variant.style == "plate":
        slots = joined(
            [block((a * 0.3, w * 0.09, 0.4), "hole").moved(a * 0.5, y, t + 0.1) for y in (-w * 0.28, 0, w * 0.28)]
        )
        corners = _bores(
            [(a * 0.1, -w * 0.38), (a * 0.1, w * 0.38), (a * 0.9, -w * 0.38), (a * 0.9, w * 0.38)],
            w * 0.06,
            t + 0.1,
            w * 0.1,
        )
        return [foot, Mesh(slots.corners, slots.neighbours, "hole", w * 0.2), corners]
    return [foot, back, bores, wall]


def foot(variant: Variant) -> Sequence[Mesh]:
    r, d, length = variant.dims["r"], variant.dims["d"], variant.dims["length"]
    height = r * 0.32
    base = turned_part([(0, 0), (r, 0), (r, height * 0.4), (r * 0.45, height), (0, height)], variant.finish)
    pad = turned_part(rod(r * 0.98, -height * 0.35, 0), "rubber")
    stud = threaded(d / 2, height * 1.6, height * 1.6 + length, d * 0.2, "zinc")
    joint = turned_part(rod(d * 0.75, height, height * 1.6, chamfer=d * 0.15), "dark")
    lock = hexagonal(
        d * 1.6, height * 1.6 + length * 0.35, height * 1.6 + length * 0.35 + d * 0.7, "zinc", bore=d * 0.4
    )
    if variant.style == "caster":
        wheel = (
            turned_part(ring(r * 0.2, r * 0.8, -r * 0.22, r * 0.22, chamfer=3), variant.finish)
            .turned(x=90)
            .moved(z=r * 0.8)
        )
        hub = turned_part(ring(0, r * 0.22, -r * 0.26, r * 0.26), "zinc").turned(x=90).moved(z=r * 0.8)
        forks = [
            block((r * 0.5, r * 0.08, r * 1.1), "zinc").moved(x=-r * 0.12, y=y, z=r * 1.25)
            for y in (-r * 0.34, r * 0.34)
        ]
        plate = block((r * 1.7, r * 1.3, r * 0.14), "zinc").moved(x=-r * 0.2, z=r * 1.87)
        return [
            forks[1],
            wheel,
            hub,
            forks[0],
            plate,
            _bores(
                [(-r * 0.85, -r * 0.45), (-r * 0.85, r * 0.45), (r * 0.45, -r * 0.45), (r * 0.45, r * 0.45)],
                r * 0.1,
                r * 1.95,
                r * 0.2,
            ),
        ]
    if variant.style == "anchor":
        plate = block((r * 2.8, r * 1.2, height * 0.6), variant.finish).moved(z=height * 0.3)
        return [
            plate,
            _bores([(-r * 1.1, 0), (r * 1.1, 0)], r * 0.17, height * 0.61, r * 0.2),
            replace(base, lift=r * 0.2).moved(z=height * 0.45),
            replace(joint, lift=r * 0.3),
            stud,
            lock,
        ]
    if variant.style == "damper":
        bellows = [
            turned_part(rod(r * (0.95 - 0.12 * (k % 2)), height * 0.5 * k, height * 0.5 * (k + 1), chamfer=1), "rubber")
            for k in range(5)
        ]
        top = turned_part(rod(r * 0.9, height * 2.5, height * 2.9, chamfer=1), variant.finish)
        return [*bellows, top, threaded(d / 2, height * 2.9, height * 2.9 + length, d * 0.2, "zinc")]
    return [pad, base, joint, stud, lock]


def _helix(radius: Floats, height: float, turns: float) -> Floats:
    steps = len(radius)
    angle = np.linspace(0, 2 * np.pi * turns, steps)
    # End coils lie flat, as ground ends do.
    share = np.linspace(0, 1, steps)
    rise = np.clip((share * turns - 0.75) / max(turns - 1.5, 0.5), 0, 1)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), rise * height], axis=1)


def spring(variant: Variant) -> Sequence[Mesh]:
    r, wire, height, turns = (variant.dims[key] for key in ("r", "wire", "height", "turns"))
    steps = int(turns * 22)
    radius = np.full(steps, r)
    if variant.style == "conical":
        radius = np.linspace(r, r * 0.45, steps)
    if variant.style == "barrel":
        radius = r * (0.6 + 0.4 * np.sin(np.linspace(0, np.pi, steps)))
    if variant.style == "tension":
        path = _helix(radius, wire * 2.1 * turns, turns)
        top = float(path[-1, 2])
        hooks = []
        for end, sign in ((0.0, -1), (top, 1)):
            angle = np.radians(np.linspace(-60, 220, 26))
            hooks.append(
                bar(
                    np.stack(
                        [np.zeros(26), r * 0.8 * np.cos(angle), end + sign * (r + r * 0.8 * np.sin(angle))], axis=1
                    ),
                    wire / 2 * 0.98,
                    variant.finish,
                )
            )
        return [bar(path, wire / 2, variant.finish, sides=10), *hooks]
    coil = bar(_helix(radius, height, turns), wire / 2, variant.finish, sides=10)
    if variant.style == "torsion":
        legs = [
            bar(line((r, 0, z), (r, s * r * 2.6, z)), wire / 2, variant.finish, sides=10)
            for z, s in ((0, -1), (height, 1))
        ]
        return [coil, *legs]
    return [coil]
