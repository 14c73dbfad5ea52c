"""How much of the catalogue an image stands for: its likeness to its nearest neighbours, in text and in picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from curate.ngrams import Csr, NgramSpace
from curate.picture import PictureFacts, Undecoded
from curate.record import ImageRecord

_BLOCK = 512  # rows compared at a time: memory is _BLOCK × images × 4 bytes, three times
_COMMON_AT_LEAST = 100  # documents
_COMMON_SHARE = 0.05
_GRID_SCALE = 0.2  # two colour grids that differ by this much (root mean square) are alike by 1/e
_NEAR = 0.5  # likeness from which people would call two entries neighbours


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`mean_likeness` in [0, 1] to the k nearest; `near` counts all images at likeness 0.5 or more, itself excluded."""

    mean_likeness: float
    near: int


def neighbourhoods(
    records: Sequence[ImageRecord], pictures: Mapping[str, PictureFacts | Undecoded], *, k: int
) -> dict[str, Neighbourhood | None]:
    """Neighbourhood per image id; None where the image has neither a text nor a decoded picture.

    Likeness of two images is the mean of the cosine of their texts in character n-gram space and the likeness of their
    colour grids, over those of the two that both images have; 0 where they share neither.
    """
    ordered = sorted(records, key=lambda record: record.image_id)  # the result must not depend on the catalogue's order
    if not ordered:
        return {}
    texts, has_text = _texts(ordered)
    grids, has_grid = _grids(ordered, pictures)
    transposed = sparse.csr_array(texts.T)
    squares = np.einsum("ij,ij->i", grids, grids)
    result: dict[str, Neighbourhood | None] = {}
    for start in range(0, len(ordered), _BLOCK):
        block = slice(start, min(start + _BLOCK, len(ordered)))
        both_text = np.outer(has_text[block], has_text)
        both_grid = np.outer(has_grid[block], has_grid)
        distance = (
            np.maximum(squares[block, None] + squares[None, :] - 2 * (grids[block] @ grids.T), 0) / grids.shape[1]
        )
        likeness = np.exp(-distance / _GRID_SCALE**2) * both_grid + (texts[block] @ transposed).toarray() * both_text
        likeness /= np.maximum(both_text.astype(np.float32) + both_grid, 1)
        rows = np.arange(block.start, block.stop)
        likeness[rows - start, rows] = -1.0  # an image is no neighbour of itself
        nearest = np.sort(likeness, axis=1)[:, ::-1][:, : min(k, len(ordered) - 1)]
        for row, near, best in zip(rows, (likeness >= _NEAR).sum(axis=1), nearest, strict=True):
            known = bool(has_text[row] or has_grid[row])
            mean = float(best.mean()) if len(best) else 0.0  # alone in its catalogue, it stands for itself only
            result[ordered[row].image_id] = Neighbourhood(min(max(mean, 0.0), 1.0), int(near)) if known else None
    return result


def _texts(records: Sequence[ImageRecord]) -> tuple[Csr, NDArray[np.bool_]]:
    """[images, n-grams] rows of length 1 or 0, and which images have text."""
    documents = ["\n".join(sorted({text.text for text in record.texts if text.field != "query"})) for record in records]
    rows = NgramSpace.fit(documents).matrix
    # What very many texts share (a template, a maker's name) tells no neighbours apart, and its cost is quadratic.
    common = max(_COMMON_AT_LEAST, int(_COMMON_SHARE * len(records)))
    frequency = np.bincount(rows.indices, minlength=rows.shape[1])
    telling = sparse.csr_array(rows[:, np.flatnonzero(frequency <= common)])
    length = np.sqrt(np.asarray(telling.multiply(telling).sum(axis=1), dtype=np.float64)).ravel()
    scale = sparse.diags_array(1 / np.where(length > 0, length, 1.0))
    return sparse.csr_array(scale @ telling).astype(np.float32), np.diff(rows.indptr) > 0


def _grids(
    records: Sequence[ImageRecord], pictures: Mapping[str, PictureFacts | Undecoded]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """[images, 192] colour grids, zeros where the picture was not decoded, and which were."""
    looked = [pictures.get(record.image_id) for record in records]
    width = next((len(facts.colour_grid) for facts in looked if isinstance(facts, PictureFacts)), 1)
    grids = np.zeros((len(records), width), dtype=np.float32)
    decoded = np.zeros(len(records), dtype=np.bool_)
    for row, facts in enumerate(looked):
        if isinstance(facts, PictureFacts):
            grids[row] = facts.colour_grid
            decoded[row] = True
    return grids, decoded
