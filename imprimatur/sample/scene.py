"""Facets before a camera: which ones look at it, in which order they are painted, which of their edges are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imprimatur.sample.mesh import Floats, Ints, Mesh, normals

_SHARP = float(np.cos(np.radians(30)))  # facets which meet at more than 30 degrees have a visible edge


@dataclass(frozen=True, eq=False, slots=True)
class Scene:
    """Several meshes in one: `part` [N] is the index into `finishes`; see `Mesh` for the rest."""

    corners: Floats
    normals: Floats
    neighbours: Ints
    sharp: NDArray[np.bool_]  # [N, 4]
    lift: Floats  # [N] mm
    part: Ints
    finishes: tuple[str, ...]

    @property
    def middle(self) -> Floats:
        """Centre of the bounding box, mm."""
        flat = self.corners.reshape(-1, 3)
        return np.asarray((flat.min(0) + flat.max(0)) / 2)

    @property
    def reach(self) -> float:
        """Half the diagonal of the bounding box, mm."""
        flat = self.corners.reshape(-1, 3)
        return float(np.linalg.norm(flat.max(0) - flat.min(0)) / 2)


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """What a camera sees, back to front. `points` [M, 4, 2] (x right, y up), `facing` the camera-space normals,
    `index` into the scene's facets, `drawn` [M, 4]: edges that are sharp or bound the silhouette; `depth` [M] and
    `edge_depth` [M, 4] in mm, larger is nearer."""

    points: Floats
    facing: Floats
    index: Ints
    drawn: NDArray[np.bool_]
    depth: Floats
    edge_depth: Floats


def scene(meshes: Sequence[Mesh]) -> Scene:
    """All facets of `meshes`, in their order."""
    offsets = np.cumsum([0, *(len(mesh.corners) for mesh in meshes)])
    corners = np.concatenate([mesh.corners for mesh in meshes])
    neighbours = np.concatenate(
        [np.where(m.neighbours >= 0, m.neighbours + at, -1) for m, at in zip(meshes, offsets[:-1], strict=True)]
    )
    directions = normals(corners)
    bend = np.einsum("nk,nek->ne", directions, directions[neighbours])
    counts = [len(mesh.corners) for mesh in meshes]
    return Scene(
        corners=corners,
        normals=directions,
        neighbours=neighbours,
        sharp=(neighbours < 0) | (bend < _SHARP),
        lift=np.repeat(np.array([mesh.lift for mesh in meshes]), counts),
        part=np.repeat(np.arange(len(meshes)), counts),
        finishes=tuple(mesh.finish for mesh in meshes),
    )


def look(subject: Scene, turn: Floats, *, distance: float | None = None) -> Seen:
    """The scene turned by the matrix `turn`, seen from +z. `distance` of the eye from the origin in mm gives
    perspective; None is a parallel projection."""
    corners = subject.corners @ turn.T
    directions = subject.normals @ turn.T
    centres = corners.mean(axis=1)
    if distance is None:
        towards = directions[:, 2]
        points = corners[:, :, :2]
    else:
        eye = np.array([0.0, 0.0, distance])
        towards = np.einsum("nk,nk->n", directions, eye - centres)
        points = corners[:, :, :2] * (distance / (distance - corners[:, :, 2:3]))
    front = towards > 1e-6
    outline = ~front[subject.neighbours] | (subject.neighbours < 0)
    order = np.argsort(np.where(front, centres[:, 2] + subject.lift, -np.inf), kind="stable")
    index = order[np.count_nonzero(~front) :]
    height = corners[index, :, 2] + subject.lift[index, None]
    return Seen(
        points=points[index],
        facing=directions[index],
        index=index,
        drawn=(subject.sharp | outline)[index],
        depth=height.mean(axis=1),
        edge_depth=(height + np.roll(height, -1, axis=1)) / 2,
    )


def section(subject: Scene, turn: Floats) -> list[tuple[int, Floats]]:
    """Cut through the turned scene at z = 0: for each part, its index and segments [K, 2, 2] in x, y (mm)."""
    corners = subject.corners @ turn.T
    height = corners[:, :, 2]
    cuts: list[tuple[int, Floats]] = []
    for part in range(len(subject.finishes)):
        mine = (subject.part == part) & (height.min(axis=1) < 0) & (height.max(axis=1) > 0)
        segments = []
        for quad in corners[mine]:
            # Two triangles: a quadrilateral of a bent surface is not flat.
            for triangle in (quad[[0, 1, 2]], quad[[0, 2, 3]]):
                crossing = []
                for a, b in ((0, 1), (1, 2), (2, 0)):
                    if (triangle[a, 2] < 0) != (triangle[b, 2] < 0):
                        share = triangle[a, 2] / (triangle[a, 2] - triangle[b, 2])
                        crossing.append(triangle[a, :2] + share * (triangle[b, :2] - triangle[a, :2]))
                if len(crossing) == 2:
                    segments.append(np.stack(crossing))
        if segments:
            cuts.append((part, np.stack(segments)))
    return cuts


def hatching(segments: Floats, angle: float, spacing: float) -> Floats:
    """Hatch lines [K, 2, 2] inside the closed outline made of `segments`, at `angle` degrees, `spacing` mm apart."""
    a = np.radians(angle)
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    level = segments @ turn.T
    low, high = level[:, :, 1].min(), level[:, :, 1].max()
    lines = []
    for y in np.arange(low + spacing / 2, high, spacing):
        first, second = level[:, 0], level[:, 1]
        crossed = (first[:, 1] < y) != (second[:, 1] < y)
        share = (y - first[crossed, 1]) / (second[crossed, 1] - first[crossed, 1])
        x = np.sort(first[crossed, 0] + share * (second[crossed, 0] - first[crossed, 0]))
        lines += [((x[k], y), (x[k + 1], y)) for k in range(0, len(x) - 1, 2)]
    return np.asarray(np.array(lines, dtype=np.float64).reshape(-1, 2, 2) @ turn)
