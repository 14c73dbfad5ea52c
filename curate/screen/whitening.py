"""What the pictures of one catalogue have in common, taken away: whitened cosines, in which their differences count alike.

Of products in the middle of white most low cosines have one sign in all of them, and a key of such signs tells nothing
apart. Mean and covariance are those of the catalogue, over all eight positions of its pictures; whitening is linear, so
that two copies stay as near as they were (ZCA: Kessy, Lewin, Strimmer, The American Statistician 2018). The sums are of
whole numbers and exact, so that the order of the pictures changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curate.screen.windows import COSINES

FROM = 500  # pictures of which a covariance is worth the name
SCALE = 4096  # steps of a cosine in the sums: 2^53 is not reached by 10^8 pictures
SPREAD = 0.2  # least variance that is brought to one, as a share of the mean one: below, it is noise
NEAR = 0.72  # least correlation of whitened copies, pictures of several kinds among them
PRODUCTS_NEAR = 0.8  # the same of products among products

Cosines = NDArray[np.float32]  # (…, 64)


@dataclass(frozen=True, slots=True)
class Whitening:
    """`mean` (64,), `matrix` (64, 64); `near` in [-1, 1]: least correlation of two pictures that may be alike."""

    mean: Cosines
    matrix: Cosines
    near: float

    @classmethod
    def of(cls, wholes: Cosines, near: float = NEAR) -> Whitening:
        """Of (pictures, positions, 64) cosines; of few pictures nothing is taken away, and no correlation asked."""
        if len(wholes) < FROM:
            return cls(np.zeros(COSINES * COSINES, np.float32), np.eye(COSINES * COSINES, dtype=np.float32), -1.0)
        size = COSINES * COSINES
        total, products = np.zeros(size), np.zeros((size, size))
        for start in range(0, len(wholes), 4096):
            unit = _unit(wholes[start : start + 4096].reshape(-1, size))
            steps = np.rint(unit * SCALE).astype(np.float64)
            total += steps.sum(axis=0)
            products += steps.T @ steps
        count = wholes.shape[0] * wholes.shape[1]
        mean = total / count / SCALE
        variances, axes = np.linalg.eigh((products / count / SCALE**2 - np.outer(mean, mean))[1:, 1:])
        matrix = np.zeros((size, size))
        matrix[1:, 1:] = (axes / np.sqrt(variances.clip(0) + SPREAD * variances.mean())) @ axes.T
        return cls(mean.astype(np.float32), matrix.astype(np.float32), near)

    def __call__(self, cosines: Cosines) -> Cosines:
        """(pictures, views, 64) of unit length. A product of its own for each picture: no sum depends on its neighbours."""
        return _unit(((_unit(cosines) - self.mean) @ self.matrix).astype(np.float32, copy=False))


def _unit(cosines: Cosines) -> Cosines:
    """Of length one, the mean level left out."""
    found = cosines.copy()
    found[..., 0] = 0
    found /= np.maximum(np.sqrt(np.einsum("...i,...i->...", found, found)), 1e-6)[..., None]
    return found
