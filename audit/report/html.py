"""The report as one HTML file: no script, nothing loaded from elsewhere, readable on screen and on paper."""

from __future__ import annotations

from audit.report.charts import BarChart, BarInput, bar_chart, flow_chart
from audit.report.data import ReportData
from audit.report.headline import answers, figures, headline, notices, wrong
from audit.report.people import NEVER
from audit.report.pilot_panels import middle, panels, spread, system_name
from audit.report.rendering import render
from audit.report.rights_verdicts import worth_listing
from audit.report.sentence import sentence, state_words
from audit.report.trust import trust_panels
from audit.report.wording import Lang, Words
from audit.standing import StandingState
from curate.decision import Outcome
from curate.finding import Category, Severity
from curate.rights_verdict import Strength

IMAGES_LISTED = 2000  # of the per-image table; the CSV and the JSON hold all
ROWS_LISTED = 200  # of tables that may grow with the catalogue

SECTIONS = (
    "verdict",
    "flow",
    "rules",
    "rights",
    "held",
    "approvals",
    "waivers",
    "trained",
    "history",
    "withdrawn",
    "pilot",
    "findings",
    "verdicts",
    "unchecked",
    "limits",
    "laws",
    "verify",
    "images",
)
# law -> the sections that hold what it asks for; worded under laws.<code>
LAW_SECTIONS = {
    "appi": ("rights", "findings", "images"),
    "jp-guideline": ("flow", "findings", "limits"),
    "gdpr30": ("findings", "approvals", "withdrawn"),
    "aiact10": ("rights", "rules", "unchecked"),
    "aiact12": ("history", "approvals", "verify"),
    "aiact53": ("rights", "flow", "findings"),
    "iso42001": ("rights", "rules", "history"),
}
MISSING_CHECKS = ("faces", "logos", "provenance", "handwriting", "truth")


def render_html(
    data: ReportData, lang: Lang, *, images_listed: int = IMAGES_LISTED, rows_listed: int = ROWS_LISTED
) -> str:
    """The whole report in one language. At most `images_listed` images and `rows_listed` rows of any other table are
    listed; what is left out is said."""
    words = Words(lang)
    other = Lang.EN if lang is Lang.JA else Lang.JA
    return render(
        "report.html.j2",
        words,
        data=data,
        headline=headline(data, words),
        wrong=wrong(data, words),
        answers=answers(data, words),
        notices=notices(data, words),
        figures=figures(data, words),
        other_lang=other.value,
        in_other=headline(data, Words(other)),
        sections=SECTIONS,
        flow=flow_chart(data.funnel),
        outcomes=tuple(o for o in (*reversed(Outcome), None) if o is not None or _undecided(data)),
        states=tuple(StandingState),
        expiry_chart=_expiry_chart(data, words),
        findings_chart=_findings_chart(data, words),
        severities=tuple(reversed(Severity)),
        categories=tuple(c for c in Category if any(line.category == c.value for line in data.findings)),
        panels=panels(data.pilot, words) if data.pilot else (),
        trust=trust_panels(data.pilot.trust, words) if data.pilot else (),
        missing_checks=MISSING_CHECKS,
        laws=LAW_SECTIONS,
        verdicts=worth_listing(data.images)[:images_listed],
        verdicts_left_out=max(0, len(worth_listing(data.images)) - images_listed),
        strengths=tuple(Strength),
        images=data.images[:images_listed],
        left_out=max(0, len(data.images) - images_listed),
        rows_listed=rows_listed,
        never=NEVER,
        sentence=sentence,
        state_words=state_words,
        middle=middle,
        spread=spread,
        system_name=system_name,
    )


def _undecided(data: ReportData) -> bool:
    return any(cell.outcome is None for cell in data.funnel.cells)


def _expiry_chart(data: ReportData, words: Words) -> BarChart | None:
    if not data.expiries:
        return None
    return bar_chart(
        [
            BarInput(
                words("expiry.never") if line.month == NEVER else words.month(line.month),
                ((float(line.images), "strong"),),
                f"{line.images:,}",
            )
            for line in data.expiries
        ],
        width=620.0,
        label_width=110.0,
    )


def _findings_chart(data: ReportData, words: Words) -> BarChart | None:
    """Findings stacked by severity, one bar a category."""
    rows = []
    for category in Category:
        lines = [line for line in data.findings if line.category == category.value]
        number = sum(line.findings for line in lines)
        if number:
            parts = tuple(
                (float(count), f"sev-{severity.value}")
                for severity in reversed(Severity)
                if (count := sum(line.findings for line in lines if line.severity == severity.value))
            )
            rows.append(BarInput(words(f"category.{category.value}"), parts, f"{number:,}"))
    return bar_chart(rows, width=620.0, label_width=110.0) if rows else None
