"""Solids are closed and turned the right way out; what lies in front hides what lies behind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imprimatur.sample.assortment import ASSORTMENT
from imprimatur.sample.mesh import Mesh, ball, bar, block, disc, rotation, turned_part
from imprimatur.sample.parts import FINISHES, Article
from imprimatur.sample.scene import hatching, look, scene, section
from imprimatur.sample.shapes import line, ring, rod

_LENGTHS = st.floats(1.0, 200.0)


def _volume(mesh: Mesh) -> float:
    """By the divergence theorem; positive only if facets look outward."""
    a, b, c, d = (mesh.corners[:, k] for k in range(4))
    halves = np.einsum("nk,nk->n", a, np.cross(b, c)) + np.einsum("nk,nk->n", a, np.cross(c, d))
    return float(halves.sum() / 6)


@settings(max_examples=25, deadline=None)
@given(inner=_LENGTHS, wall=_LENGTHS, height=_LENGTHS)
def test_a_turned_ring_has_the_volume_of_a_ring(inner: float, wall: float, height: float) -> None:
    mesh = turned_part(ring(inner, inner + wall, 0, height), "steel", segments=90)
    expected = np.pi * ((inner + wall) ** 2 - inner**2) * height
    assert _volume(mesh) == pytest.approx(expected, rel=0.01)


@settings(max_examples=25, deadline=None)
@given(x=_LENGTHS, y=_LENGTHS, z=_LENGTHS, turn=st.tuples(*[st.floats(-180, 180)] * 3))
def test_a_block_keeps_its_volume_when_turned_and_moved(
    x: float, y: float, z: float, turn: tuple[float, float, float]
) -> None:
    mesh = block((x, y, z), "steel").turned(*turn).moved(5, -7, 11)
    assert _volume(mesh) == pytest.approx(x * y * z, rel=1e-6)


@pytest.mark.parametrize(
    "mesh",
    [turned_part(rod(5, 0, 9, chamfer=1), "steel"), ball(4, "steel"), bar(line((0, 0, 0), (0, 3, 9)), 2, "steel")],
    ids=["rod", "ball", "bar"],
)
def test_neighbours_are_mutual_and_no_edge_is_open(mesh: Mesh) -> None:
    for facet, around in enumerate(mesh.neighbours):
        for other in around:
            assert other == -1 or facet in mesh.neighbours[other]
    corners = np.unique(np.round(mesh.corners.reshape(-1, 3), 6), axis=0, return_inverse=True)[1].reshape(-1, 4)
    edges = [(quad[k], quad[(k + 1) % 4]) for quad in corners.tolist() for k in range(4)]
    forth = {edge for edge in edges if edge[0] != edge[1]}
    assert forth == {(b, a) for a, b in forth}


@pytest.mark.parametrize("article", ASSORTMENT.articles, ids=lambda article: article.sku)
def test_every_article_can_be_built(article: Article) -> None:
    meshes = article.family.build(article.variant)
    assert meshes
    for mesh in meshes:
        assert np.isfinite(mesh.corners).all()
        assert mesh.finish in FINISHES
    assert scene(tuple(meshes)).reach > 3


def test_article_numbers_are_unique_and_have_their_form() -> None:
    numbers = [article.sku for article in ASSORTMENT.articles]
    assert len(set(numbers)) == len(numbers) == 82
    assert ASSORTMENT.article("BRK-1203").variant.style == "u"
    assert len({article.drawing_number for article in ASSORTMENT.articles}) == 82


def test_the_nearer_facet_is_painted_last() -> None:
    seen = look(scene((disc(5, "red").moved(z=3), disc(5, "blue"))), rotation())
    parts = [0 if depth > 2 else 1 for depth in seen.depth]
    assert parts == sorted(parts, reverse=True)
    assert (seen.facing[:, 2] > 0).all()


def test_facets_that_look_away_are_not_seen() -> None:
    assert len(look(scene((disc(5, "red").turned(x=180),)), rotation()).index) == 0


def test_a_ring_cut_through_its_axis_is_two_rectangles_and_hatching_stays_inside() -> None:
    whole = scene((turned_part(ring(10, 20, -5, 5), "steel"),))
    ((part, segments),) = section(whole, rotation(x=-90) @ rotation(z=0.37))
    assert part == 0
    length = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1).sum()
    assert length == pytest.approx(2 * (2 * 10 + 2 * 10), rel=0.01)
    lines = hatching(segments, 45, 1.0)
    assert len(lines) > 10
    assert (np.abs(lines[:, :, 0]) > 9.9).all() and (np.abs(lines[:, :, 0]) < 20.1).all()
    assert (np.abs(lines[:, :, 1]) < 5.1).all()
