"""What the catalogue states about rights, judged: licence class, dates, scope, releases, rows that disagree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from curate.finding import Channel, Detector, Finding, Where
from curate.record import ImageRecord
from curate.screen.hit import finding

DETECTOR = Detector("rights-in-catalogue", "1")

NEEDED_SCOPE = ("train", "memorize")

_NONCOMMERCIAL = re.compile(r"-NC(?:-|$)|noncommercial|non-commercial", re.IGNORECASE)
# Copyleft counts as share-alike: whether a model is a derivative is not for a detector to say.
_SHARE_ALIKE_OR_ND = re.compile(
    r"-(?:SA|ND)(?:-|$)|^(?:AGPL|GPL|LGPL|GFDL|OSL|EUPL|ODbL|CDLA-Sharing|CAL|SSPL|CECILL|MPL|EPL|CDDL|LAL|FDL)",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+")


@lru_cache(maxsize=1)
def _licensing() -> Any:
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


@lru_cache(maxsize=4096)
def license_classes(expression: str) -> frozenset[str]:
    """Of `unknown`, `noncommercial`, `restricted` (share-alike, copyleft, no derivatives); empty = nothing against it.

    `A AND B` has the classes of both; `A OR B` only those that both share, since the better one may be chosen;
    `LicenseRef-…` is a licence the company keeps itself and counts as known.
    """
    from license_expression import ExpressionError

    try:
        parsed = _licensing().parse(expression)
    except ExpressionError:
        return frozenset({"unknown"})
    return frozenset({"unknown"}) if parsed is None else _classes(parsed)


def _classes(node: Any) -> frozenset[str]:
    children = getattr(node, "args", ())
    if children and node.operator.strip() == "OR":
        return frozenset.intersection(*(_classes(child) for child in children))
    if children:
        return frozenset().union(*(_classes(child) for child in children))
    if hasattr(node, "license_symbol"):  # "GPL-2.0-only WITH Classpath-exception-2.0"
        return _of_key(node.license_symbol.key)
    return _of_key(node.key)


def _of_key(key: str) -> frozenset[str]:
    if _REFERENCE.fullmatch(key):
        return frozenset()
    if key not in _licensing().known_symbols:
        return frozenset({"unknown"})
    found = set()
    if _NONCOMMERCIAL.search(key):
        found.add("noncommercial")
    if _SHARE_ALIKE_OR_ND.search(key):
        found.add("restricted")
    return frozenset(found)


def screen_catalogue_rights(record: ImageRecord, *, today: date) -> list[Finding]:
    """Findings about the stated facts of one image. What is not stated is `None` and the policy's business, the licence
    excepted: without one there is no permission to speak of."""
    return list(_findings(record, today))


def _findings(record: ImageRecord, today: date) -> Iterator[Finding]:
    rights = record.rights

    def found(kind: str, field: str, why: str = "") -> Finding:
        return finding(record.image_id, DETECTOR, kind, Where(Channel.FILE, field), why=why)

    if rights.license is None:
        yield found("rights.license_unknown", "license", "the catalogue states none")
    else:
        classes = license_classes(rights.license)
        if "unknown" in classes:
            yield found("rights.license_unknown", "license", "no SPDX expression and no LicenseRef-…")
        if "noncommercial" in classes:
            yield found("rights.license_noncommercial", "license", rights.license)
        if "restricted" in classes:
            yield found("rights.license_sharealike_or_noderivatives", "license", rights.license)
    if "license" in record.conflicts:
        yield found("rights.license_conflict", "license")
    if rights.license_end is not None and rights.license_end < today:
        yield found("rights.license_expired", "license_end", f"on {rights.license_end.isoformat()}")
    if rights.license_start is not None and rights.license_start > today:
        yield found("rights.license_not_started", "license_start", f"it begins on {rights.license_start.isoformat()}")
    if rights.license_scope is not None:
        missing = [scope for scope in NEEDED_SCOPE if scope not in rights.license_scope]
        if missing:
            yield found("rights.scope_missing", "license_scope", f"missing: {', '.join(missing)}")
    for field, stated in (("model_release", rights.model_release), ("property_release", rights.property_release)):
        if stated is not None and stated.strip().lower() == "none":
            yield found("rights.release_missing", field)
