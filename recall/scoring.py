"""How sure an answer is: evidence of one candidate, weighed into a probability, and the thresholds for saying none.

Sequence probability alone is a weak "none". A candidate is therefore weighed by its log-probability, its lead over the
next one, its lexical agreement with the query and the lead in that: of the whole text, and word by word. Weights start
from values set by hand, which count as much as a few examples, and move with the development queries (`recall.calibrate`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from curate.canonical import from_json, to_json
from curate.errors import ExitCode, ImprimaturError
from recall.confirm import Origin

Floats: TypeAlias = NDArray[np.float64]

LOWEST_LOG_PROBABILITY = -12.0  # evidence is clipped: below, all is equally unlikely
WIDEST_MARGIN = 8.0

# Intercept, then one weight per feature in the order of `Evidence`.
_PRIOR: Mapping[Origin, tuple[float, ...]] = {
    Origin.MEMORY: (-4.0, 1.0, 0.3, 2.0, 1.0, 3.0, 2.0, 1.0),
    Origin.INDEX: (-5.5, 3.0, 3.0, 3.0, 2.0, 1.0),
}
# Typical spread of 1 and of each feature: the prior counts as `_PRIOR_EXAMPLES` undecided examples of that spread.
_SPREAD: Mapping[Origin, tuple[float, ...]] = {
    Origin.MEMORY: (1.0, 3.0, 3.0, 0.3, 0.3, 0.3, 0.3, 0.3),
    Origin.INDEX: (1.0, 0.3, 0.3, 0.3, 0.3, 0.3),
}
_PRIOR_EXAMPLES = 20
UNCALIBRATED_THRESHOLD = 0.7
STATEMENT_VERSION = 3  # raise it when evidence is told in another way. 3: a query is also weighed word by word


class CalibrationError(ImprimaturError):
    """A calibration statement belongs to another model, or is not one."""

    code = "IMP-E503"
    exit_code = ExitCode.INTEGRITY


class Mode(StrEnum):
    """Which sources answer; each has its own threshold."""

    MEMORY = "memory"
    INDEX = "index"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one candidate.

    `log_probability` <= 0 and `margin` (its lead over the best other identifier, negative behind it) are nats and stand
    at 0 for the index; `cosine` in [0, 1] and `cosine_margin` in [-1, 1] come from the external index, as does `covered`
    in [0, 1], the share of the query's n-grams that the image's own words hold: where two images fit a query equally,
    neither is ahead of the other, and both cover it. `covered_words` in [0, 1] is the share of its words, each by its
    n-grams and by how rare it is, and `covered_words_margin` in [-1, 1] its lead: of "red plug", an image with both
    words is ahead of one with the longer of them.
    """

    origin: Origin
    log_probability: float
    margin: float
    cosine: float
    cosine_margin: float
    covered: float
    covered_words: float
    covered_words_margin: float

    def features(self) -> tuple[float, ...]:
        """1 for the intercept, then what the origin has to show, clipped."""
        lexical = (self.cosine, self.cosine_margin, self.covered, self.covered_words, self.covered_words_margin)
        if self.origin is Origin.INDEX:
            return (1.0, *lexical)
        margin = min(max(self.margin, -WIDEST_MARGIN), WIDEST_MARGIN)
        return (1.0, max(self.log_probability, LOWEST_LOG_PROBABILITY), margin, *lexical)


@dataclass(frozen=True, slots=True)
class Weights:
    """Logistic weights per origin."""

    memory: tuple[float, ...] = _PRIOR[Origin.MEMORY]
    index: tuple[float, ...] = _PRIOR[Origin.INDEX]

    def probability(self, evidence: Evidence) -> float:
        """Probability in (0, 1) that the candidate is a right answer."""
        weights = self.memory if evidence.origin is Origin.MEMORY else self.index
        total = sum(w * x for w, x in zip(weights, evidence.features(), strict=True))
        return float(1 / (1 + np.exp(-total)))


def fit_weights(examples: Sequence[tuple[Evidence, bool, float]]) -> Weights:
    """Maximum a posteriori weights for (evidence, whether it was a right answer, how much it counts); the prior stands
    where none speak."""
    fitted = {}
    for origin in Origin:
        chosen = [(one.features(), right, count) for one, right, count in examples if one.origin is origin]
        fitted[origin] = _fit(origin, chosen)
    return Weights(memory=fitted[Origin.MEMORY], index=fitted[Origin.INDEX])


def _fit(origin: Origin, examples: Sequence[tuple[tuple[float, ...], bool, float]]) -> tuple[float, ...]:
    prior = np.asarray(_PRIOR[origin])
    if not examples:
        return _PRIOR[origin]
    features = np.asarray([row for row, _, _ in examples])
    right = np.asarray([float(label) for _, label, _ in examples])
    counts = np.asarray([count for _, _, count in examples])
    # Fisher information of an undecided example is a quarter of the squared feature.
    pull = 0.25 * _PRIOR_EXAMPLES * np.asarray(_SPREAD[origin]) ** 2

    def loss(weights: Floats) -> float:
        total = features @ weights
        return float(counts @ (np.logaddexp(0, total) - right * total) + 0.5 * np.sum(pull * (weights - prior) ** 2))

    weights = prior.copy()
    for _ in range(100):
        probability = 1 / (1 + np.exp(-(features @ weights)))
        gradient = features.T @ (counts * (probability - right)) + pull * (weights - prior)
        curvature = features.T @ (features * (counts * probability * (1 - probability))[:, None]) + np.diag(pull)
        step = np.linalg.solve(curvature, gradient)
        scale = 1.0
        while scale > 1e-6 and loss(weights - scale * step) > loss(weights):
            scale /= 2  # the loss is convex: a shorter Newton step always exists until the minimum
        weights = weights - scale * step
        if float(np.abs(scale * step).max()) < 1e-9:
            break
    return tuple(float(weight) for weight in weights)


@dataclass(frozen=True, slots=True)
class Threshold:
    """An answer is given from this probability on. `answered`, `wrong` of `n` development queries at it; `again` of them
    were asked once more without their pictures; `bound` is the upper confidence bound of the error, None without one."""

    value: float
    method: str
    n: int = 0
    n_none: int = 0
    answered: int = 0
    wrong: int = 0
    again: int = 0
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """The calibration statement: thresholds and weights of one model, with the sample they rest on."""

    manifest_sha256: str
    max_error: float
    weights: Weights
    memory: Threshold
    index: Threshold
    hybrid: Threshold

    def threshold(self, mode: Mode) -> Threshold:
        return {Mode.MEMORY: self.memory, Mode.INDEX: self.index, Mode.HYBRID: self.hybrid}[mode]

    def to_statement(self) -> dict[str, Any]:
        """The document for the ledger; `threshold`, `n`, `n_none` and `method` are those of the hybrid answer."""
        return {
            "version": STATEMENT_VERSION,
            "manifest_sha256": self.manifest_sha256,
            "max_error": self.max_error,
            "threshold": self.hybrid.value,
            "n": self.hybrid.n,
            "n_none": self.hybrid.n_none,
            "method": self.hybrid.method,
            "thresholds": {mode.value: to_json(self.threshold(mode)) for mode in Mode},
            "weights": to_json(self.weights),
        }

    @classmethod
    def from_statement(cls, statement: Any, *, manifest_sha256: str) -> Calibration:
        """Raises:
        CalibrationError: made for another manifest, or not of this shape.
        """
        try:
            found = statement["manifest_sha256"]
            if found != manifest_sha256:
                raise CalibrationError(
                    f"Expected a calibration of the model {manifest_sha256[:16]}…, found one of {str(found)[:16]}….",
                    hint="imprimatur train",
                )
            thresholds = {mode.value: from_json(Threshold, statement["thresholds"][mode.value]) for mode in Mode}
            weights = from_json(Weights, statement["weights"])
            if statement["version"] != STATEMENT_VERSION:
                raise ValueError("measured on evidence that was told in another way")
            if (len(weights.memory), len(weights.index)) != tuple(len(_PRIOR[origin]) for origin in Origin):
                raise ValueError("other features than this version weighs")
            return cls(manifest_sha256, float(statement["max_error"]), weights, **thresholds)
        except (KeyError, TypeError, ValueError) as error:
            raise CalibrationError(
                f"Expected a calibration statement of version {STATEMENT_VERSION}, found something else ({type(error).__name__}).",
                hint="imprimatur train",
            ) from error


def uncalibrated(manifest_sha256: str, *, max_error: float) -> Calibration:
    """What holds before any development query was asked: weights set by hand and a cautious threshold."""
    cautious = Threshold(max(UNCALIBRATED_THRESHOLD, 1 - max_error), "set by hand, no development queries")
    return Calibration(manifest_sha256, max_error, Weights(), cautious, cautious, cautious)
