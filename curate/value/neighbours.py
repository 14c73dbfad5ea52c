"""Which images are like which, and how much of the catalogue an image stands for: in text and in picture.

Up to _LEAF images every pair is compared. Beyond that a few random-projection trees with halves of equal size
(Dasgupta and Freund 2008) bring like images into leaves of _LEAF, and pairs are compared within leaves: the cost is
images × _LEAF × trees however alike the catalogue is, and a count of neighbours is then a lower bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
_ROWS = 1 << 14  # vectors that are read at a time
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
class Near:
    """Who is near whom, as columns over images: `places` [images, up to KEPT] of the nearest, -1 for none, `values` in
    [0, 1] their likeness, best first; `twins` and `counts` what `Neighbourhood` calls text_twin and near, of the `k`
    nearest its mean; `has_text` and `described` say where there is anything to compare."""

    places: NDArray[np.int32]
    values: Vectors
    twins: Vectors
    counts: NDArray[np.int64]
    has_text: NDArray[np.bool_]
    described: NDArray[np.bool_]
    k: int

    def __len__(self) -> int:
        return len(self.places)

    def around(self, row: int) -> Neighbourhood | None:
        """None where the image has neither a text nor a decoded picture."""
        if not self.described[row]:
            return None
        own = self.values[row, : self.k].clip(0.0, 1.0)
        return Neighbourhood(
            mean_likeness=float(own.mean()) if len(own) else 0.0,  # alone in its catalogue, it stands for itself only
            near=int(self.counts[row]),
            nearest=float(own[0]) if len(own) else 0.0,
            text_twin=float(min(self.twins[row], 1.0)) if self.has_text[row] else None,
            at_least=len(self) > _LEAF,
        )

    def graph(self, renamed: NDArray[np.int64], size: int) -> Any:
        """Symmetric likeness among `size` of the images, [size, size] sparse, entries of NEAR or more, 1 on the diagonal.
        `renamed` [images]: the row of each image in it, -1 for those that are not in it."""
        rows = np.repeat(renamed.astype(np.int32), self.places.shape[1])
        columns = renamed.astype(np.int32)[self.places.ravel()] if len(renamed) else rows
        wanted = (self.places.ravel() >= 0) & (rows >= 0) & (columns >= 0) & (self.values.ravel() >= NEAR)
        data = self.values.ravel()[wanted].clip(0.0, 1.0).astype(np.float64)
        half = sparse.csr_array((data, (rows[wanted], columns[wanted])), shape=(size, size))
        both = half.maximum(half.T)
        return sparse.csr_array(both + sparse.diags_array(np.ones(size)) if size else both)


@dataclass(frozen=True, eq=False)
class Likeness:
    """The images in the order of their ids, and who is near whom. `around` is by image id."""

    image_ids: tuple[str, ...]
    near: Near
    around: Mapping[str, Neighbourhood | None]

    def graph(self, image_ids: Sequence[str]) -> Any:
        """`Near.graph` of the given images, in their order."""
        place = {image_id: row for row, image_id in enumerate(image_ids)}
        renamed = np.asarray([place.get(image_id, -1) for image_id in self.image_ids], dtype=np.int64)
        return self.near.graph(renamed, len(image_ids))


def likeness_of(
    records: Sequence[ImageRecord], pictures: Mapping[str, PictureFacts | Undecoded], *, k: int
) -> Likeness:
    """Who is like whom; independent of the order of `records`.

    Likeness of two images is the mean of the cosine of their texts in character n-gram space and the likeness of their
    colour grids, over those of the two that both images have; 0 where they share neither. `k` nearest make the mean.
    """
    ordered = sorted(records, key=lambda record: record.image_id)
    near = near_of(describe(ordered, pictures), k=k)
    ids = tuple(record.image_id for record in ordered)
    return Likeness(ids, near, {image_id: near.around(row) for row, image_id in enumerate(ids)})


def near_of(found: Descriptors, *, k: int) -> Near:
    """The same from descriptors in the order of image ids."""
    size = len(found)
    best = _Best(size, min(max(KEPT, k), max(size - 1, 0)))
    twins, counts = np.zeros(size, dtype=np.float32), np.zeros(size, dtype=np.int64)
    for leaf in _leaves(found):
        like, text = _compared(found, leaf)
        np.fill_diagonal(like, -1.0)
        np.fill_diagonal(text, 0.0)
        twins[leaf] = np.maximum(twins[leaf], text.max(axis=1, initial=0.0))
        counts[leaf] = np.maximum(counts[leaf], (like >= NEAR).sum(axis=1))
        best.offer(leaf, like)
    places, values = best.sorted()
    return Near(places, values, twins, counts, found.has_text, found.has_text | found.has_grid, k)


def _compared(found: Descriptors, leaf: NDArray[np.int64]) -> tuple[Vectors, Vectors]:
    """Likeness and cosine of texts for all pairs of a leaf, [leaf, leaf] each."""
    texts, grids = found.texts[leaf].astype(np.float32), found.grids[leaf]
    text = texts @ texts.T
    text[text < _NOISE] = 0.0
    squares = np.einsum("ij,ij->i", grids, grids)
    distance = np.maximum(squares[:, None] + squares[None, :] - 2 * (grids @ grids.T), 0) / grids.shape[1]
    both_text = np.outer(found.has_text[leaf], found.has_text[leaf])
    both_grid = np.outer(found.has_grid[leaf], found.has_grid[leaf])
    like = np.exp(-distance / np.float32(_GRID_SCALE**2)) * both_grid + text * both_text
    return like / np.maximum(both_text.astype(np.float32) + both_grid, 1), text


def _leaves(found: Descriptors) -> Iterator[NDArray[np.int64]]:
    """Groups of at most _LEAF images among which pairs are compared: every image is in one group of each tree."""
    size = len(found)
    if size <= _LEAF:
        if size:
            yield np.arange(size)
        return
    rng = np.random.default_rng(size)
    levels = int(np.ceil(np.log2(size / _LEAF)))
    for _ in range(_TREES):
        groups = [rng.permutation(size)]
        for _ in range(levels):
            # The difference of two images is a direction along which the catalogue really varies.
            one, other = rng.integers(0, size, 2)
            along = _along(found, int(one), int(other))
            groups = [half for group in groups for half in _halves(group, along)]
        yield from groups


def _along(found: Descriptors, one: int, other: int) -> Vectors:
    """How far each image lies in the direction in which two of them differ, [images]."""
    apart = found.texts[one].astype(np.float32) - found.texts[other].astype(np.float32)
    texts = [found.texts[start : start + _ROWS].astype(np.float32) @ apart for start in range(0, len(found), _ROWS)]
    grids = found.grids @ (found.grids[one] - found.grids[other])
    along: Vectors = np.concatenate(texts) + 2 * grids / np.sqrt(np.float32(found.grids.shape[1]))
    return along


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
