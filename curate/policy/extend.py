"""A policy that extends another: it says only what differs, and the two are one document before anything reads them.

Merging adds: required checks and facts, overrides and waivers are joined; a rule, a severity or a single key under
`approval` takes the place of the inherited one of the same name. What comes out is an ordinary policy, whose digest is
of all of it, so that a change of the parent is a change of every policy that extends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EXTENDS = "extends"
_JOINED_BY = {"rules": "id", "severity": "kind", "waivers": "id"}


def merged(parent: Mapping[str, Any], child: Mapping[str, Any]) -> dict[str, Any]:
    """The document of `child` on top of `parent`; neither is checked here, nor changed."""
    document = {**parent}
    for key, said in child.items():
        inherited = parent.get(key)
        if key == EXTENDS:
            continue
        if key in _JOINED_BY and isinstance(inherited, list) and isinstance(said, list):
            document[key] = _by_name(inherited, said, _JOINED_BY[key])
        elif key == "approval" and isinstance(inherited, dict) and isinstance(said, dict):
            document[key] = {**inherited, **said}
            if isinstance(said.get("overrides"), list):
                document[key]["overrides"] = [*(inherited.get("overrides") or ()), *said["overrides"]]
        elif key in ("required_checks", "required_facts") and isinstance(inherited, dict) and isinstance(said, dict):
            document[key] = _joined(inherited, said)
        else:
            document[key] = said
    return document


def _by_name(inherited: list[Any], said: list[Any], key: str) -> list[Any]:
    """Inherited entries in their order, replaced where named again; new ones behind them. Twice named stays twice named,
    so that the check of the whole document finds it."""
    named = [entry.get(key) for entry in said if isinstance(entry, dict)]
    replacing = {name: entry for name, entry in zip(named, said, strict=False) if named.count(name) == 1}
    kept = [replacing.pop(entry.get(key), entry) if isinstance(entry, dict) else entry for entry in inherited]
    return [*kept, *(entry for entry in said if not any(entry is used for used in kept))]


def _joined(inherited: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    joined = {**inherited}
    for name, entries in said.items():
        before = joined.get(name)
        if isinstance(before, list) and isinstance(entries, list):
            joined[name] = [*before, *(entry for entry in entries if entry not in before)]
        else:
            joined[name] = entries
    return joined
