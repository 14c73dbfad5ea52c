"""Who gets a place in memory when places are few: pinned images first, then by value; the others learn why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curate.errors import ExitCode, ImprimaturError


class BudgetError(ImprimaturError):
    """The budget cannot be met as given."""

    code = "IMP-E241"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Selection:
    """`chosen` image ids; `behind` tells every other candidate after which image the budget ended."""

    chosen: frozenset[str]
    behind: Mapping[str, str]


def select(candidates: Sequence[tuple[str, float, bool]], budget_images: int | None) -> Selection:
    """Choose at most `budget_images` of `candidates` (image id, score in [0, 1], pinned); None means no limit.

    Order-free: equal scores are ordered by image id.

    Raises:
        BudgetError: the budget is below 1, or smaller than the number of pinned images.
    """
    if budget_images is None:
        return Selection(frozenset(image_id for image_id, _, _ in candidates), {})
    hint = "set a larger budget, or unpin images: imprimatur curate CATALOG --dry-run shows the effect"
    if budget_images < 1:
        raise BudgetError(f"budget: expected at least 1 image, found {budget_images}", hint=hint)
    pinned = sum(is_pinned for _, _, is_pinned in candidates)
    if pinned > budget_images:
        raise BudgetError(f"budget: expected room for the {pinned} pinned images, found {budget_images}", hint=hint)
    ranked = sorted(candidates, key=lambda candidate: (not candidate[2], -candidate[1], candidate[0]))
    chosen, rest = ranked[:budget_images], ranked[budget_images:]
    if not rest:
        return Selection(frozenset(image_id for image_id, _, _ in chosen), {})
    last_id, last_score, last_pinned = chosen[-1]
    place = f"{last_id[:12]} ({'pinned' if last_pinned else f'{last_score:.2f}'})"
    return Selection(frozenset(image_id for image_id, _, _ in chosen), {image_id: place for image_id, _, _ in rest})
