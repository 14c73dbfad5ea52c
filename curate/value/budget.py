"""What memory may hold: a number of images, of bits, of update cost a month, and quotas for kinds of images."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from curate.errors import ExitCode, ImprimaturError
from curate.record import ContentClass
from curate.screen.rights.licences import LicenceClass

BITS_PER_PARAMETER = 2.0  # of knowledge, at best: Allen-Zhu and Li, Physics of Language Models 3.3, arXiv 2404.05405


class BudgetError(ImprimaturError):
    """The budget cannot be met as given."""

    code = "IMP-E241"
    exit_code = ExitCode.USAGE


class QuotaError(ImprimaturError):
    """Quotas contradict each other, the budget, or the pinned images."""

    code = "IMP-E243"
    exit_code = ExitCode.USAGE


class Grouping(StrEnum):
    """What quotas can be given for."""

    PRODUCT_LINE = "product_line"
    CONTENT_CLASS = "content_class"
    LICENCE_CLASS = "licence_class"


@dataclass(frozen=True, slots=True)
class Quota:
    """`at_least` and `at_most` images of those whose `grouping` is `name`."""

    grouping: Grouping
    name: str
    at_least: int = 0
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """All that is given has to hold; None = no limit. `update_cost` is a month's, in the unit of the value settings."""

    images: int | None = None
    bits: float | None = None
    update_cost: float | None = None
    quotas: tuple[Quota, ...] = ()

    def __post_init__(self) -> None:
        self._positive("at least 1 image", self.images, 1)
        self._positive("more than 0 bits", self.bits, 0, strict=True)
        self._positive("an update cost above 0 a month", self.update_cost, 0, strict=True)
        _consistent(self.quotas, self.images)

    def _positive(self, expected: str, found: float | None, least: float, *, strict: bool = False) -> None:
        if found is None:
            return
        if not math.isfinite(found) or found < least or (strict and found == least):
            raise BudgetError(
                f"budget: expected {expected}, found {found:g}",
                hint="leave the budget out to memorize all that is cleared, or: imprimatur curate --budget 500 --dry-run",
            )


_CLASSES = {Grouping.CONTENT_CLASS: tuple(ContentClass), Grouping.LICENCE_CLASS: tuple(LicenceClass)}
QUOTA_HINT = "correct [curate.quotas] in imprimatur.toml, then: imprimatur curate --dry-run"


def _consistent(quotas: Sequence[Quota], images: int | None) -> None:
    for (grouping, name), times in Counter((quota.grouping, quota.name) for quota in quotas).items():
        if times > 1:
            raise QuotaError(f"quotas: expected one for {grouping} '{name}', found {times}", hint=QUOTA_HINT)
    floors: Counter[Grouping] = Counter()
    for quota in quotas:
        known = _CLASSES.get(quota.grouping)
        if known is not None and quota.name not in known:  # it would limit nothing, and nobody would see it
            raise QuotaError(
                f"quotas: expected a {quota.grouping} among {', '.join(known)}, found '{quota.name}'", hint=QUOTA_HINT
            )
        if quota.at_least < 0 or (quota.at_most is not None and quota.at_most < 0):
            found = min(quota.at_least, quota.at_most if quota.at_most is not None else 0)
            raise QuotaError(
                f"quotas: {quota.grouping} '{quota.name}': expected numbers of at least 0, found {found}",
                hint=QUOTA_HINT,
            )
        if quota.at_most is not None and quota.at_least > quota.at_most:
            raise QuotaError(
                f"quotas: {quota.grouping} '{quota.name}': expected at_least up to at_most, found at_least "
                f"{quota.at_least} and at_most {quota.at_most}",
                hint=QUOTA_HINT,
            )
        floors[quota.grouping] += quota.at_least
    for grouping, wanted in floors.items():
        if images is not None and wanted > images:
            raise QuotaError(
                f"quotas: {grouping}: expected at_least numbers that sum to the budget of {images} images at most, "
                f"found {wanted}",
                hint="raise the budget or lower [curate.quotas] in imprimatur.toml, then: imprimatur curate --dry-run",
            )


def image_bits(texts: int, images: int) -> float:
    """Bits that one image asks of memory: to name one of `images` images for its picture and for each of its `texts`."""
    return (1 + texts) * math.log2(max(images, 2))


def capacity_bits(parameters: int, *, bits_per_parameter: float, usable_share: float) -> float:
    """Bits that a model can hold for images: parameters × bits a parameter × the share that is not needed otherwise."""
    return parameters * bits_per_parameter * usable_share


def quotas_of(table: Mapping[str, Mapping[str, tuple[int, int | None]]]) -> tuple[Quota, ...]:
    """Quotas out of settings: grouping -> name -> (at_least, at_most)."""
    return tuple(
        Quota(Grouping(grouping), name, *bounds)
        for grouping, names in sorted(table.items())
        for name, bounds in sorted(names.items())
    )
