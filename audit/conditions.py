"""Conditions of approvals, and who keeps them: codes a machine can act on, never free text.

A condition holds wherever the picture is used. This software cannot see those places; so the company declares which conditions
every one of them keeps (`[use] keeps` in imprimatur.toml), and a picture whose condition nobody declares to keep is neither
memorized nor shown. Unknown is not kept.
"""

from __future__ import annotations

from collections.abc import Collection

INTERNAL_ONLY = "internal-only"  # answers reach people of the company only
CREDIT_OWNER = "credit-owner"  # the owner is named wherever the picture is shown; recall gives the name with each hit
PREVIEW_ONLY = "preview-only"  # nothing larger than a preview is shown

CONDITIONS = (INTERNAL_ONLY, CREDIT_OWNER, PREVIEW_ONLY)


def unmet(conditions: Collection[str], keeps: Collection[str], owner: str | None) -> tuple[str, ...]:
    """Those of `conditions` that are not kept, sorted. `owner` is the catalogue's: without it nobody can be named."""
    nameless = {CREDIT_OWNER} if not (owner or "").strip() else set()
    return tuple(sorted(set(conditions) - (set(keeps) & set(CONDITIONS) - nameless)))
