"""Waivers: rules that were set aside for named pictures, who answers for each, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from audit.report.data import WaiverLine
from audit.report.images import Decided


def waiver_lines(
    decided: Mapping[str, Decided], names: Mapping[str, str | None], at: datetime
) -> tuple[WaiverLine, ...]:
    """The waivers on which last decisions rest, the one that ends first on top. `names` are reviewers' names by id.

    A decision lists them under `waivers`: waiver, rule, approver, expires (last day, UTC).
    """
    rules: dict[tuple[date, str, str], set[str]] = {}
    images: dict[tuple[date, str, str], set[str]] = {}
    for image_id, one in decided.items():
        for told in one.entry.body.get("waivers", ()):
            key = (date.fromisoformat(str(told["expires"])), str(told["waiver"]), str(told["approver"]))
            rules.setdefault(key, set()).add(str(told["rule"]))
            images.setdefault(key, set()).add(image_id)
    return tuple(
        WaiverLine(
            waiver=waiver,
            rules=tuple(sorted(rules[expires, waiver, approver])),
            approver=approver,
            name=names.get(approver),
            expires=expires,
            ended=at.date() > expires,
            images=len(images[expires, waiver, approver]),
        )
        for expires, waiver, approver in sorted(images)
    )
