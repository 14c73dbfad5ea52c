"""Facets in space: the few ways a machine part is made here (turned, swept, cut from a block), and how it is turned.

Lengths in millimetres, angles in degrees, right-handed axes. Facets are quadrilaterals whose corners run
counter-clockwise seen from outside. Parts are convex enough, and facets small enough, for painting back to front.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Contour = Callable[[Floats, float], Floats]  # (angles in radians, height in mm) -> factor on the radius

_THIN = 1e-7  # mm²; facets below have no direction


@dataclass(frozen=True, eq=False, slots=True)
class Mesh:
    """`corners` [N, 4, 3] mm; `neighbours` [N, 4]: the facet across the edge from corner k to k + 1, -1 for none;
    `finish`: key of the surface; `lift` in mm: painted as if that much nearer (a hole's dark disc on its plate)."""

    corners: Floats
    neighbours: Ints
    finish: str
    lift: float = 0.0

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Mesh:
        return replace(self, corners=self.corners + np.array([x, y, z]))

    def turned(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Mesh:
        """Turned about the x axis, then y, then z, by degrees."""
        return replace(self, corners=self.corners @ rotation(x, y, z).T)


def rotation(x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Floats:
    """Rotation matrix: about x first, then y, then z (degrees)."""
    a, b, c = np.radians([x, y, z])
    about_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(about_z @ about_y @ about_x, dtype=np.float64)


def normals(corners: Floats) -> Floats:
    """Unit normals [N, 3] from the diagonals; zero where a facet has no area."""
    across = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    length = np.linalg.norm(across, axis=1, keepdims=True)
    return np.asarray(across / np.maximum(length, _THIN))


def _grid(points: Floats, wrap_u: bool, wrap_v: bool, finish: str, lift: float = 0.0) -> Mesh:
    """Facets between the points of a [U, V, 3] grid; outside is where v × u points."""
    rows, columns = points.shape[:2]
    u = np.arange(rows if wrap_u else rows - 1)
    v = np.arange(columns if wrap_v else columns - 1)
    uu, vv = (axis.ravel() for axis in np.meshgrid(u, v, indexing="ij"))
    nu, nv = (uu + 1) % rows, (vv + 1) % columns
    corners = np.stack([points[uu, vv], points[uu, nv], points[nu, nv], points[nu, vv]], axis=1)

    def facet(at_u: Ints, at_v: Ints) -> Ints:
        if wrap_u:
            at_u = at_u % len(u)
        if wrap_v:
            at_v = at_v % len(v)
        inside = (at_u >= 0) & (at_u < len(u)) & (at_v >= 0) & (at_v < len(v))
        return np.where(inside, at_u * len(v) + at_v, -1)

    neighbours = np.stack([facet(uu - 1, vv), facet(uu, vv + 1), facet(uu + 1, vv), facet(uu, vv - 1)], axis=1)
    area = np.linalg.norm(np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]), axis=1)
    kept = area > 1e-6
    renumbered = np.where(kept, np.cumsum(kept) - 1, -1)
    neighbours = np.where(neighbours >= 0, renumbered[neighbours], -1)
    return Mesh(corners[kept], neighbours[kept], finish, lift)


def _split(line: Sequence[tuple[float, float]], longest: float) -> list[tuple[float, float]]:
    """The closed line with its long pieces divided, so that painting by mean depth stays right."""
    points: list[tuple[float, float]] = []
    for (r0, z0), (r1, z1) in zip(line, [*line[1:], line[0]], strict=True):
        pieces = max(1, int(np.ceil(np.hypot(r1 - r0, z1 - z0) / longest)))
        if r0 == r1 == 0:
            pieces = 1
        points += [(r0 + (r1 - r0) * k / pieces, z0 + (z1 - z0) * k / pieces) for k in range(pieces)]
    return points


def turned_part(
    profile: Sequence[tuple[float, float]],
    finish: str,
    *,
    contour: Contour | None = None,
    contour_from: float = 0.0,
    segments: int = 60,
    pieces: float = 7.0,
) -> Mesh:
    """What a lathe makes: the closed `profile` of (radius, height) turned about z.

    The profile runs upwards on its outer side. `contour` bends the radius by angle (teeth, hexagon) where it is at
    least `contour_from`; `segments` facets go round; `pieces` divides the largest extent into facets.
    """
    extent = max(max(r for r, _ in profile) * 2, max(z for _, z in profile) - min(z for _, z in profile))
    line = _split(profile, extent / pieces)
    angle = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    rings = []
    for radius, height in line:
        bent = np.full(segments, radius)
        if contour is not None and radius >= contour_from and radius > 0:
            bent = radius * contour(angle, height)
        rings.append(np.stack([bent * np.cos(angle), bent * np.sin(angle), np.full(segments, height)], axis=1))
    return _grid(np.stack(rings), True, True, finish)


def bar(path: Floats, radius: float | Floats, finish: str, *, sides: int = 14, closed: bool = False) -> Mesh:
    """A round bar along `path` [K, 3]; ends are capped. `radius` in mm, one or one per point."""
    count = len(path)
    along = np.roll(path, -1, 0) - np.roll(path, 1, 0) if closed else np.gradient(path, axis=0)
    along = along / np.linalg.norm(along, axis=1, keepdims=True)
    side = np.zeros_like(path)
    first = np.array([0.0, 0.0, 1.0]) if abs(along[0, 2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    for k in range(count):  # carry the frame along, so that the bar does not twist
        first = first - along[k] * (first @ along[k])
        first = first / np.linalg.norm(first)
        side[k] = first
    other = np.cross(along, side)
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), (count,))
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = side[:, None] * np.cos(angle)[None, :, None] + other[:, None] * np.sin(angle)[None, :, None]
    points = path[:, None] + ring * radii[:, None, None]
    if not closed:
        start = np.broadcast_to(path[:1, None], (1, sides, 3))
        end = np.broadcast_to(path[-1:, None], (1, sides, 3))
        points = np.concatenate([start, points, end])
    return _grid(points, closed, True, finish)


def block(size: tuple[float, float, float], finish: str, *, pieces: float = 7.0) -> Mesh:
    """A cuboid about the origin; its faces are divided for painting."""
    x, y, z = (half / 2 for half in size)
    longest = max(size) / pieces
    parts: list[Mesh] = []
    faces = (
        ((x, 0, 0), (0, y, 0), (0, 0, z)),
        ((-x, 0, 0), (0, 0, z), (0, y, 0)),
        ((0, y, 0), (0, 0, z), (x, 0, 0)),
        ((0, -y, 0), (x, 0, 0), (0, 0, z)),
        ((0, 0, z), (x, 0, 0), (0, y, 0)),
        ((0, 0, -z), (0, y, 0), (x, 0, 0)),
    )
    for centre, right, up in faces:
        middle, to_right, to_up = (np.array(vector, dtype=np.float64) for vector in (centre, right, up))
        columns = 1 + max(1, int(np.ceil(2 * np.abs(to_right).max() / longest)))
        rows = 1 + max(1, int(np.ceil(2 * np.abs(to_up).max() / longest)))
        a = np.linspace(-1, 1, columns)[None, :, None]
        b = np.linspace(-1, 1, rows)[:, None, None]
        parts.append(_grid(middle + to_right * a + to_up * b, False, False, finish))
    return joined(parts)


def disc(radius: float, finish: str, *, inner: float = 0.0, lift: float = 0.0, segments: int = 28) -> Mesh:
    """A flat disc or ring about the origin that looks along +z: holes, covers, marks."""
    angle = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle), np.zeros(segments)], axis=1)
    return _grid(np.stack([circle * radius, circle * inner]), False, True, finish, lift)


def ball(radius: float, finish: str, *, segments: int = 24) -> Mesh:
    """A sphere about the origin."""
    angle = np.linspace(-np.pi / 2, np.pi / 2, segments // 2 + 1)
    profile = [(float(radius * np.cos(a)), float(radius * np.sin(a))) for a in angle]
    profile[0], profile[-1] = (0.0, -radius), (0.0, radius)
    return turned_part(profile, finish, segments=segments, pieces=1.0)


def joined(parts: Sequence[Mesh]) -> Mesh:
    """One mesh of several with the same finish."""
    offsets = np.cumsum([0, *(len(part.corners) for part in parts[:-1])])
    neighbours = [
        np.where(part.neighbours >= 0, part.neighbours + offset, -1)
        for part, offset in zip(parts, offsets, strict=True)
    ]
    return Mesh(
        np.concatenate([part.corners for part in parts]), np.concatenate(neighbours), parts[0].finish, parts[0].lift
    )
