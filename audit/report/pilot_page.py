"""The pilot on one page, for somebody who decides about money: plain words, four small charts, one piece of advice."""

from __future__ import annotations

from datetime import datetime

from audit.report.pilot import PilotSummary, summarise
from audit.report.pilot_panels import panels, shares, system_name
from audit.report.rendering import render
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
        advice=_advice(pilot),
        panels=panels(pilot, words),
        has_present=pilot.system("present") is not None,
        shares=shares,
        system_name=system_name,
    )


def _advice(pilot: PilotSummary) -> str:
    return pilot.advice.value if pilot.advice else "none"
