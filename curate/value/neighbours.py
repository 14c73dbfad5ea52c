"""Which images are like which, and how much of the catalogue an image stands for: in text and in picture.

Up to _LEAF images every pair is compared. Beyond that a few random-projection trees with halves of equal size
(Dasgupta and Freund 2008) bring like images into leaves of _LEAF, and pairs are compared within leaves: the cost is
images × _LEAF × trees however alike the catalogue is, and a count of neighbours is then a lower bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from curate.picture import PictureFacts, Undecoded
from curate.record import ImageRecord
from curate.value.descriptors import Descriptors, Vectors, describe

NEAR = 0.5  # likeness from which people would call two entries neighbours
KEPT = 16  # nearest images that are kept per image
_LEAF = 384  # images
_TREES = 4
_GRID_SCALE = 0.2  # two colour grids that differ by this much (root mean square) are alike by 1/e
_NOISE = 0.2  # cosines of projected texts below this say nothing


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`mean_likeness` in [0, 1] to the k nearest; `near` counts images at likeness 0.5 or more, itself excluded;
    `nearest` in [0, 1]: likeness of the nearest one; `text_twin` in [0, 1]: cosine of the nearest text, None without a
    text; `at_least`: not every pair was compared, so `near` may be more."""

    mean_likeness: float
    near: int
    nearest: float
    text_twin: float | None
    at_least: bool


@dataclass(frozen=True, eq=False)
class Likeness:
    """The images in the order of their ids, and their nearest ones: `neighbours` [images, up to KEPT] places, -1 for
    none, `likeness` in [0, 1] the same shape, best first. `around` is by image id, None where the image has neither a
    text nor a decoded picture."""

    image_ids: tuple[str, ...]
    neighbours: NDArray[np.int32]
    likeness: Vectors
    around: Mapping[str, Neighbourhood | None]

    def graph(self, image_ids: Sequence[str]) -> Any:
        """Symmetric likeness of the given images, [images, images] sparse, entries of NEAR or more, 1 on the diagonal."""
        place = {image_id: row for row, image_id in enumerate(image_ids)}
        renamed = np.asarray([place.get(image_id, -1) for image_id in self.image_ids], dtype=np.int64)
        rows = np.repeat(renamed, self.neighbours.shape[1])
        columns = renamed[self.neighbours.ravel()] if len(renamed) else rows
        wanted = (self.neighbours.ravel() >= 0) & (rows >= 0) & (columns >= 0) & (self.likeness.ravel() >= NEAR)
        size = len(image_ids)
        data = self.likeness.ravel()[wanted].astype(np.float64)
        half = sparse.csr_array((data, (rows[wanted], columns[wanted])), shape=(size, size))
        both = half.maximum(half.T)
        return sparse.csr_array(both + sparse.diags_array(np.ones(size)) if size else both)


def likeness_of(
    records: Sequence[ImageRecord], pictures: Mapping[str, PictureFacts | Undecoded], *, k: int
) -> Likeness:
    """Who is like whom; independent of the order of `records`.

    Likeness of two images is the mean of the cosine of their texts in character n-gram space and the likeness of their
    colour grids, over those of the two that both images have; 0 where they share neither. `k` nearest make the mean.
    """
    ordered = sorted(records, key=lambda record: record.image_id)
    found = describe(ordered, pictures)
    size = len(ordered)
    best = _Best(size, min(max(KEPT, k), max(size - 1, 0)))
    twins, near = np.zeros(size, dtype=np.float32), np.zeros(size, dtype=np.int64)
    leaves = _leaves(found)
    for leaf in leaves:
        like, text = _compared(found, leaf)
        np.fill_diagonal(like, -1.0)
        np.fill_diagonal(text, 0.0)
        twins[leaf] = np.maximum(twins[leaf], text.max(axis=1, initial=0.0))
        near[leaf] = np.maximum(near[leaf], (like >= NEAR).sum(axis=1))
        best.offer(leaf, like)
    places, values = best.sorted()
    nearest = values[:, :k].clip(0.0, 1.0)
    around: dict[str, Neighbourhood | None] = {}
    for row, record in enumerate(ordered):
        if not (found.has_text[row] or found.has_grid[row]):
            around[record.image_id] = None
            continue
        own = nearest[row]
        around[record.image_id] = Neighbourhood(
            mean_likeness=float(own.mean()) if len(own) else 0.0,  # alone in its catalogue, it stands for itself only
            near=int(near[row]),
            nearest=float(own[0]) if len(own) else 0.0,
            text_twin=float(min(twins[row], 1.0)) if found.has_text[row] else None,
            at_least=size > _LEAF,
        )
    return Likeness(tuple(record.image_id for record in ordered), places, values.clip(0.0, 1.0), around)


def _compared(found: Descriptors, leaf: NDArray[np.int64]) -> tuple[Vectors, Vectors]:
    """Likeness and cosine of texts for all pairs of a leaf, [leaf, leaf] each."""
    texts, grids = found.texts[leaf], found.grids[leaf]
    text = texts @ texts.T
    text[text < _NOISE] = 0.0
    squares = np.einsum("ij,ij->i", grids, grids)
    distance = np.maximum(squares[:, None] + squares[None, :] - 2 * (grids @ grids.T), 0) / grids.shape[1]
    both_text = np.outer(found.has_text[leaf], found.has_text[leaf])
    both_grid = np.outer(found.has_grid[leaf], found.has_grid[leaf])
    like = np.exp(-distance / np.float32(_GRID_SCALE**2)) * both_grid + text * both_text
    return like / np.maximum(both_text.astype(np.float32) + both_grid, 1), text


def _leaves(found: Descriptors) -> list[NDArray[np.int64]]:
    """Groups of at most _LEAF images among which pairs are compared: every image is in one group of each tree."""
    size = len(found)
    if size <= _LEAF:
        return [np.arange(size)] if size else []
    rng = np.random.default_rng(size)
    levels = int(np.ceil(np.log2(size / _LEAF)))
    leaves: list[NDArray[np.int64]] = []
    for _ in range(_TREES):
        groups = [rng.permutation(size)]
        for _ in range(levels):
            # The difference of two images is a direction along which the catalogue really varies.
            one, other = rng.integers(0, size, 2)
            along = found.texts @ (found.texts[one] - found.texts[other]) + 2 * (
                found.grids @ (found.grids[one] - found.grids[other])
            ) / np.sqrt(np.float32(found.grids.shape[1]))
            groups = [half for group in groups for half in _halves(group, along)]
        leaves += groups
    return leaves


def _halves(group: NDArray[np.int64], along: Vectors) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    order = group[np.argsort(along[group], kind="stable")]
    return order[: len(order) // 2], order[len(order) // 2 :]


class _Best:
    """The best `kept` neighbours of each image seen so far."""

    def __init__(self, size: int, kept: int) -> None:
        self.kept = kept
        self.places = np.full((size, kept), -1, dtype=np.int32)
        self.values = np.full((size, kept), -1.0, dtype=np.float32)

    def offer(self, leaf: NDArray[np.int64], like: Vectors) -> None:
        """The pairs of one leaf; a pair that is known already is not kept twice."""
        if not self.kept or len(leaf) < 2:
            return
        width = min(self.kept, len(leaf) - 1)
        columns = np.argpartition(-like, width - 1, axis=1)[:, :width]
        places = np.concatenate([self.places[leaf], leaf[columns].astype(np.int32)], axis=1)
        values = np.concatenate([self.values[leaf], np.take_along_axis(like, columns, axis=1)], axis=1)
        order = np.lexsort((places, -values), axis=1)
        places, values = np.take_along_axis(places, order, axis=1), np.take_along_axis(values, order, axis=1)
        by_place = np.argsort(places, axis=1, kind="stable")
        ranked = np.take_along_axis(places, by_place, axis=1)
        again = np.zeros_like(ranked, dtype=np.bool_)
        again[:, 1:] = ranked[:, 1:] == ranked[:, :-1]
        repeated = np.zeros_like(again)
        np.put_along_axis(repeated, by_place, again, axis=1)
        values = np.where(repeated, np.float32(-1.0), values)
        places = np.where(repeated, np.int32(-1), places)
        order = np.argsort(-values, axis=1, kind="stable")[:, : self.kept]
        self.places[leaf] = np.take_along_axis(places, order, axis=1)
        self.values[leaf] = np.take_along_axis(values, order, axis=1)

    def sorted(self) -> tuple[NDArray[np.int32], Vectors]:
        return self.places, self.values
