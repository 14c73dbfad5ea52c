"""The pilot on one page, for somebody who decides about money: plain words, four small charts, one piece of advice."""

from __future__ import annotations

from datetime import datetime

from audit.report.pilot import summarise
from audit.report.pilot_panels import middle, panels, spread, system_name
from audit.report.rendering import render
from audit.report.trust import trust_panels
from audit.report.wording import Lang, Words
from curate.canonical import Json
from curate.errors import ExitCode, ImprimaturError


class NoPilot(ImprimaturError):
    """There is neither a plan nor an evaluation to write about."""

    code = "IMP-E333"
    exit_code = ExitCode.WAITING


def render_pilot_page(evaluation: Json | None, plan: Json | None, lang: Lang, at: datetime) -> str:
    """One HTML page from the evaluation document and the plan document (either may be missing), as of `at` (aware).

    Raises:
        NoPilot: both are missing. PilotUnreadable: a document has another shape.
    """
    pilot = summarise(plan, evaluation)
    if pilot is None:
        raise NoPilot("A recorded pilot plan was expected, found none.", hint="imprimatur pilot plan")
    words = Words(lang)
    return render(
        "pilot.html.j2",
        words,
        pilot=pilot,
        at=at,
        advice=pilot.advice.value if pilot.advice else "none",
        planned=_day(pilot.planned_at, words),
        panels=panels(pilot, words),
        trust=trust_panels(pilot.trust, words),
        has_present=pilot.system("present") is not None,
        middle=middle,
        spread=spread,
        system_name=system_name,
    )


def _day(moment: str | None, words: Words) -> str:
    """The day of an ISO 8601 moment in words; the text itself if it is none."""
    if moment is None:
        return ""
    try:
        return words.day(datetime.fromisoformat(moment))
    except ValueError:
        return moment
