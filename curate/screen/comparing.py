"""Whether the pictures of a candidate pair show the same thing: cell by cell, many pairs at a time.

What may differ depends on what the two are. Of photographs a tenth may be covered, by a caption. Of drawings and of flat
graphics, icons say, no part may: two sheets share frame and title block, two icons the face, and differ in a detail.

Catalogues of products in the middle of white, and of icons, are full of candidates that are none: what is cheap to see
comes first, and a window is only moved to where it fits exactly when a rough fit leaves hope.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from curate.screen.colour_distances import colour_distances
from curate.screen.looks import Looks
from curate.screen.patches import patches, sharp, without_worst, worst_patch
from curate.screen.picture_kinds import LINE_ART, PHOTO, PRODUCT
from curate.screen.settings import DuplicateLimits
from curate.screen.tones import equally_clipped
from curate.screen.window_views import (
    CELLS,
    Edges,
    Levels,
    Matches,
    Numbers,
    Sums,
    correlation,
    edges_of,
    fit,
    fit_roughly,
    halved,
    in_proportion,
    positioned,
    sums_of,
    view,
)

PAIRS = 128  # pairs at a time: what is looked at again and again stays in the cache of a core
NEAR = 0.35  # by how much the correlation may fall short before the window is moved to where it fits best
ROUGH = 0.5  # the same of the detail after a rough fit
PRODUCT_ROUGH = 0.22  # the same of products
PRODUCT_COARSE = 0.04  # the same of products on cells twice as large, which move less
PRODUCT_COLOURS_NEAR = 0.05  # by how much the worst colour of a product may be off after a rough fit
PRODUCT_FITTED = 0.16  # the same after the fit, before lights and shadows are cut off alike
PATCH_NEAR = 0.1  # the same of the worst patch
COVERED_NEAR = 0.15  # the same of a product, on which a caption may stand
LIT = 1.02  # times by which one is lighter than the other, if it may have been brightened
COLOURS_NEAR = 0.08  # by how much the colours of a window may be off before it is moved


def alike(matches: Matches, looks: Looks, limits: DuplicateLimits) -> NDArray[np.bool_]:
    """Of each pair whether the two show the same, after the window was moved to where it fits best.

    Photographs: correlation over all patches but the worst tenth, of grey levels and of what is finer than the
    neighbourhood. Where one of the two is no photograph: over all patches, and no patch may be of another
    lightness; products on a plain ground may be covered in one place if all the rest is equal. Line art: the share of
    patches with ink in either on which the two disagree.
    """
    found, hopeful = np.zeros(len(matches), dtype=np.bool_), [np.empty(0, dtype=np.intp)]
    for start in range(0, len(matches), PAIRS):
        pairs = matches.of(slice(start, start + PAIRS))
        hopeful.append(start + _hopeful(pairs, looks, limits))
    rows = np.concatenate(hopeful)
    for start in range(0, len(rows), PAIRS):
        part = rows[start : start + PAIRS]
        found[part] = _alike(matches.of(part), looks, limits)
    return found


def _hopeful(pairs: Matches, looks: Looks, limits: DuplicateLimits) -> Numbers:
    """Rows of the pairs of which a look that costs little does not say that they will not do."""
    line, photo, product = _rules(looks.kinds[pairs.outer], looks.kinds[pairs.inner])
    edges, part = in_proportion_of(edges_of(pairs.window), pairs, looks), pairs.window != 0
    hope = colour_distances(looks.colours, pairs, edges).mean <= limits.colour + np.where(part, COLOURS_NEAR, 0.0)
    rows = np.flatnonzero(hope & (~line | (pairs.bits <= limits.line_art_bits)))
    sums, inner = sums_of(looks.thumbs, pairs.outer[rows]), positioned(looks.thumbs, pairs.of(rows))
    small = halved(inner)
    near = correlation(view(sums, edges[rows], CELLS // 2), small) >= limits.correlation - NEAR
    near |= pairs.bits[rows] <= limits.barred_window_bits  # a border spoils the levels, not so much the signs
    rows, sums, inner, small = rows[near], sums.of(near), inner[near], small[near]
    moved = np.flatnonzero(part[rows] & ~line[rows])
    edges[rows[moved]] = fit_roughly(sums.of(moved), small[moved], edges[rows[moved]])
    edges[rows] = in_proportion_of(edges[rows], pairs.of(rows), looks)
    near, colour = _coarsely_near(pairs.of(rows), sums, small, edges[rows], looks, limits)
    rows, sums, inner = rows[near], sums.of(near), inner[near]
    seen = view(sums, edges[rows])
    least = np.where(product[rows], limits.product_detail - PRODUCT_ROUGH, limits.detail - ROUGH)
    good = correlation(sharp(seen), sharp(inner)) >= least
    brightened = _brightened(seen, inner)  # where lights were lost, levels cannot be compared yet
    worst = np.where(product[rows], limits.product_patch + COVERED_NEAR, limits.flat_patch + PATCH_NEAR)
    good &= photo[rows] | brightened | (worst_patch(seen, inner) <= worst)
    good &= photo[rows] | product[rows] | colour[near]
    found: Numbers = rows[good | line[rows]]
    return found


def _coarsely_near(
    pairs: Matches, sums: Sums, small: Levels, edges: Edges, looks: Looks, limits: DuplicateLimits
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(pairs,) whether what is seen on cells twice as large leaves hope, of products, most candidates of a catalogue of
    which do not; and whether the colours of flat art do."""
    _, _, product = _rules(looks.kinds[pairs.outer], looks.kinds[pairs.inner])
    colour = colour_distances(looks.colours, pairs, edges)
    coarse = correlation(sharp(view(sums, edges, small.shape[1])), sharp(small))
    near = (coarse >= limits.product_detail - PRODUCT_COARSE) & (
        colour.one_grey | (colour.worst <= limits.product_colour + PRODUCT_COLOURS_NEAR)
    )
    return ~product | near, colour.one_grey | (colour.worst <= limits.flat_colour + COLOURS_NEAR)


def _alike(pairs: Matches, looks: Looks, limits: DuplicateLimits) -> NDArray[np.bool_]:
    _, _, product = _rules(looks.kinds[pairs.outer], looks.kinds[pairs.inner])
    sums, inner = sums_of(looks.thumbs, pairs.outer), positioned(looks.thumbs, pairs)
    edges = fitted(pairs, sums, inner, looks)
    seen = view(sums, edges)
    hope = ~product | (correlation(sharp(seen), sharp(inner)) >= limits.product_detail - PRODUCT_FITTED)
    rows = np.flatnonzero(hope)
    found = np.zeros(len(pairs), dtype=np.bool_)
    found[rows] = _same(pairs.of(rows), seen[rows], inner[rows], edges[rows], looks, limits)
    return found


def fitted(pairs: Matches, sums: Sums, inner: Levels, looks: Looks) -> Edges:
    """Edges of the window of each pair where it fits best; a whole picture is not moved."""
    edges = in_proportion_of(edges_of(pairs.window), pairs, looks)
    movable = np.flatnonzero(pairs.window != 0)
    edges[movable] = fit(sums.of(movable), inner[movable], edges[movable])
    return in_proportion_of(edges, pairs, looks)


def _same(
    pairs: Matches,
    seen: Levels,
    inner: Levels,
    edges: Edges,
    looks: Looks,
    limits: DuplicateLimits,
) -> NDArray[np.bool_]:
    """Of each pair, by the rule for what the two are: `seen` is the outer picture between its `edges`."""
    line, photo, product = _rules(looks.kinds[pairs.outer], looks.kinds[pairs.inner])
    colour = colour_distances(looks.colours, pairs, edges)
    apart = _disagreement(seen, inner)
    lit = _brightened(seen, inner)
    uncoloured = colour.one_grey & (np.abs(seen - inner).mean(axis=(1, 2)) <= limits.flat_grey_levels)
    seen, inner = equally_clipped(seen, inner, photo | product)
    fine, other_fine = sharp(seen), sharp(inner)
    worst = worst_patch(seen, inner)

    def agree(kept: float, correlation: float, detail: float) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = without_worst(seen, inner, kept) >= correlation
        return found & (without_worst(fine, other_fine, kept) >= detail)

    whole = agree(1.0, limits.correlation, limits.detail) & (worst <= limits.flat_patch)
    flat = whole & ((colour.worst <= limits.flat_colour) | uncoloured)
    same = agree(1.0, limits.product_correlation, limits.product_detail)
    same &= worst <= np.where(lit, limits.product_lit_patch, limits.product_patch)
    same |= agree(limits.covered_share, limits.covered_correlation, limits.covered_detail)
    same &= colour.one_grey | (colour.worst <= limits.product_colour)
    seen_in_both = agree(limits.kept_share, limits.correlation, limits.detail)
    good = np.select([line, photo, product], [apart <= limits.line_art_disagreement, seen_in_both, same], flat)
    found: NDArray[np.bool_] = good & (colour.mean <= limits.colour)
    return found


def _rules(
    outer: NDArray[np.uint8], inner: NDArray[np.uint8]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Which pairs are compared as line art, as photographs and as products; the others as flat art. The inner picture
    is seen whole: it tells whether a plain ground is in view, and a border of the outer one is not."""
    shaded = np.isin(outer, (PHOTO, PRODUCT))
    return (outer == LINE_ART) & (inner == LINE_ART), shaded & (inner == PHOTO), shaded & (inner == PRODUCT)


def _brightened(seen: Levels, inner: Levels) -> NDArray[np.bool_]:
    means = seen.mean(axis=(1, 2)), inner.mean(axis=(1, 2))
    found: NDArray[np.bool_] = np.maximum(*means) > LIT * np.minimum(*means)
    return found


def in_proportion_of(edges: Edges, pairs: Matches, looks: Looks) -> Edges:
    """Edges of windows, those moved in which one picture is a product: a crop keeps the proportions of what it shows, and two
    parts of one family often differ in nothing else. Pictures that are seen whole may have been squeezed."""
    plain = (looks.kinds[pairs.outer] == PRODUCT) | (looks.kinds[pairs.inner] == PRODUCT)
    rows = np.flatnonzero(plain & (pairs.window != 0))
    inner = looks.aspects[pairs.inner[rows]]
    inner = np.where(pairs.position[rows] & 4, 1 / inner, inner)
    found = edges.copy()
    found[rows] = in_proportion(edges[rows], inner / looks.aspects[pairs.outer[rows]])
    return found


def _disagreement(one: Levels, other: Levels) -> Levels:
    ink, other_ink = patches(_ink(one)), patches(_ink(other))
    larger = np.maximum(ink.sum(axis=2), other_ink.sum(axis=2))
    most = larger.max(axis=1, keepdims=True)
    inked = (larger > 0.15 * most) & (most > 0)
    apart = np.abs(ink - other_ink).sum(axis=2) > 0.4 * larger
    found: Levels = (apart & inked).sum(axis=1) / np.maximum(1, inked.sum(axis=1))
    return found


def _ink(cells: Levels) -> Levels:
    """How far each cell is from the paper, 1 = as far as the blackest."""
    high, low = cells.max(axis=(1, 2), keepdims=True), cells.min(axis=(1, 2), keepdims=True)
    found: Levels = (high - cells) / np.maximum(high - low, 1e-6)
    return found
