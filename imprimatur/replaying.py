"""Recorded decisions as they can be decided again: under another policy, or with one thing otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from curate.canonical import from_json
from curate.decision import ValueScore
from curate.finding import Screening
from curate.policy.compare import Subject
from curate.policy.decide import Routing
from curate.record import ImageRecord

_PARTS = ("record", "screening", "value", "routing")


def subject_of(payload: Mapping[str, Any] | None) -> Subject | None:
    """What a decision was made on, from the erasable part of its entry; None when that was erased."""
    if payload is None or not all(part in payload for part in _PARTS):
        return None
    return Subject(
        from_json(ImageRecord, payload["record"]),
        from_json(Screening, payload["screening"]),
        from_json(ValueScore, payload["value"]),
        from_json(Routing, payload["routing"]),
    )
