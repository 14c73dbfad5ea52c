"""Suites as data: Great Expectations' own JSON, read strictly. `running` runs them; nothing here imports the library.

`meta.imprimatur` of each expectation adds what the library has no word for: `on_failure` (`stop` refuses the table, `hold`
holds the rows, `warn` only tells) and `expects`, `expects_ja`, the words for people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn

from curate.errors import ExitCode, ImprimaturError

HINT = "correct the suite (docs/how-to/expectations.md), or take it out of the folder"


class SuiteError(ImprimaturError):
    """A suite is missing, broken, or names an expectation that does not exist."""

    code = "IMP-E207"
    exit_code = ExitCode.USAGE


class OnFailure(StrEnum):
    STOP = "stop"
    HOLD = "hold"
    WARN = "warn"


# Where a suite says nothing of ours, Great Expectations' own severity is heard; without one, a failure stops.
_BY_SEVERITY = {"critical": OnFailure.STOP, "warning": OnFailure.HOLD, "info": OnFailure.WARN}


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation: its `kind` (`expect_…`) and arguments as the library takes them, and what its failure means."""

    kind: str
    kwargs: Mapping[str, Any]
    on_failure: OnFailure
    expects_en: str
    expects_ja: str
    severity: str | None = None  # as the suite spells it, for the library

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it speaks of, in the order of its arguments."""
        several = self.kwargs.get("column_list") or self.kwargs.get("column_set") or ()
        single = (self.kwargs.get(name) for name in ("column", "column_A", "column_B"))
        return tuple(str(name) for name in (*single, *several) if name)


@dataclass(frozen=True, slots=True)
class Suite:
    """`place` is how messages and pages name it; `own`: a person's addition to the suites that come with the product."""

    name: str
    place: str
    expectations: tuple[Expectation, ...]
    own: bool = False


def refuse(place: str, expected: str, found: str) -> NoReturn:
    """Raises: SuiteError, always."""
    raise SuiteError(f"{place}: expected {expected}, found {found}", hint=HINT)


def read_suite(path: Path, *, own: bool = False) -> Suite:
    """The suite in the file `path`, as Great Expectations writes it.

    Raises:
        SuiteError: it cannot be read, or an expectation lacks `type` or `kwargs`, or says something else than stop, hold
            or warn. Types and arguments that the library does not know are refused when the suite is run.
    """
    place = f"{path.parent.name}/{path.name}"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SuiteError(
            f"{path}: expected an expectation suite in JSON, it cannot be read ({error})", hint=HINT
        ) from error
    listed = document.get("expectations") if isinstance(document, dict) else None
    if not isinstance(listed, list) or not listed:
        refuse(place, "a list `expectations` with at least one entry", "none")
    name = document.get("name")
    return Suite(
        name if isinstance(name, str) and name else path.stem,
        place,
        tuple(_expectation(entry, place) for entry in listed),
        own,
    )


def own_suites(folder: Path) -> tuple[Suite, ...]:
    """The suites in `folder`/*.json, by name; none where there is no such folder.

    Raises:
        SuiteError: one of them is broken. A file of another kind in there is none of ours.
    """
    return tuple(read_suite(path, own=True) for path in sorted(folder.glob("*.json")))


def _expectation(entry: Any, place: str) -> Expectation:
    if (
        not isinstance(entry, dict)
        or not isinstance(entry.get("kwargs"), dict)
        or not isinstance(entry.get("type"), str)
    ):
        refuse(place, "`type` and `kwargs` in every expectation", json.dumps(entry, ensure_ascii=False)[:120])
    meta = entry.get("meta")
    ours = meta.get("imprimatur") if isinstance(meta, dict) else None
    ours = ours if isinstance(ours, dict) else {}
    severity = entry.get("severity")
    said = ours.get("on_failure", _BY_SEVERITY.get(str(severity), OnFailure.STOP))
    if said not in set(OnFailure):
        refuse(place, f"meta.imprimatur.on_failure `{'`, `'.join(OnFailure)}`", repr(said))
    en = str(ours.get("expects") or _plainly(entry["type"], entry["kwargs"]))
    ja = str(ours.get("expects_ja") or ours.get("expects") or _plainly(entry["type"], entry["kwargs"]))
    return Expectation(
        entry["type"], entry["kwargs"], OnFailure(said), en, ja, severity if isinstance(severity, str) else None
    )


def _plainly(kind: str, kwargs: Mapping[str, Any]) -> str:
    """The type and its arguments as words, for an expectation that nobody worded."""
    arguments = ", ".join(f"{name} {value}" for name, value in kwargs.items() if not name.startswith("column"))
    words = kind.removeprefix("expect_").replace("_", " ")
    return f"{words} ({arguments[:120]})" if arguments else words
