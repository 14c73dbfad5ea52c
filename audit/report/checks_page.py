"""What came of the expectations, on one page: what was expected, how many rows fail and which, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from audit.report.rendering import render
from audit.report.wording import Lang, Words
from curate.expectations.result import Checked, TableResult
from curate.expectations.suite import OnFailure

_CHIPS = {"holds": "cleared", "skipped": "unjudged", "stop": "stop", "hold": "awaiting", "warn": "medium"}
_ORDER = ("stop", "hold", "warn", "holds", "skipped")


class Occasion(StrEnum):
    """When the suites were run; the page begins with it."""

    INTAKE = "intake"
    TRAINING = "training"
    TRAINED = "trained"


@dataclass(frozen=True, slots=True)
class _Line:
    column: str
    expects: str
    suite: str
    own: bool
    failed: str
    effect: str
    chip: str
    trouble: str | None
    examples: tuple[tuple[str, str, str | None], ...]
    more: str


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    rows: str
    lines: tuple[_Line, ...]


def render_checks_page(results: Sequence[TableResult], occasion: Occasion, lang: Lang, at: datetime) -> str:
    """One HTML page in one language, as of `at` (aware); what fails comes first."""
    words = Words(lang)
    tone, says = _verdict(results, words)
    tables = tuple(_table(result, words) for result in results)
    return render("checks.html.j2", words, tables=tables, occasion=occasion.value, tone=tone, says=says, at=at)


def _verdict(results: Sequence[TableResult], words: Words) -> tuple[str, str]:
    effects = [check.effect for result in results for check in result.checks]
    held = sum(len(result.held) for result in results)
    if OnFailure.STOP in effects:
        return "bad", words("checks.stopped")
    if held:
        return "warn", words("checks.held", n=held)
    warned = effects.count(OnFailure.WARN)
    return ("warn", words("checks.warned", n=warned)) if warned else ("ok", words("checks.all-hold"))


def _table(result: TableResult, words: Words) -> _Table:
    lines = sorted((_line(check, words) for check in result.checks), key=lambda line: _ORDER.index(line.effect))
    return _Table(words(f"checks.table.{result.table}"), words.count("rows", result.rows), tuple(lines))


def _line(check: Checked, words: Words) -> _Line:
    effect = "skipped" if check.skipped else "holds" if check.effect is None else check.effect.value
    left = len(check.failed) - len(check.examples)
    failed = f"{len(check.failed):,}" if check.holds or check.failed else words("checks.whole")
    item = check.expectation
    return _Line(
        column=check.column,
        expects=words.pick(item.expects_en, item.expects_ja) or "",
        suite=check.suite,
        own=check.own,
        failed="" if check.trouble is not None or check.skipped else failed,
        effect=effect,
        chip=_CHIPS[effect],
        trouble=check.trouble,
        examples=tuple((words("checks.row", n=e.row), e.label, e.found) for e in check.examples),
        more=words("checks.more", n=left) if left > 0 else "",
    )
