"""The four measures of a pilot, each as one small chart with its question, its verdict and its numbers."""

from __future__ import annotations

from dataclasses import dataclass

from audit.report.charts import BarChart, BarInput, bar_chart
from audit.report.pilot import Estimate, Measure, MeasureVerdict, PilotSummary
from audit.report.wording import Words


@dataclass(frozen=True, slots=True)
class Panel:
    """One measure as people read it. `chart` is None when nothing was measured; `rows` are its numbers in words."""

    measure: Measure
    title: str
    question: str
    explain: str
    verdict: str | None
    verdict_words: str
    why: str
    chart: BarChart | None
    chart_label: str
    rows: tuple[tuple[str, str], ...]


def panels(pilot: PilotSummary, words: Words) -> tuple[Panel, ...]:
    """Speed, accuracy, update cost, safety; each there, measured or not."""
    judged = {verdict.measure: verdict for verdict in pilot.verdicts}
    return (
        _panel(Measure.SPEED, judged, words, "speed", words("page.speed.explain"), *_speed(pilot, words)),
        _panel(Measure.ACCURACY, judged, words, "accuracy", words("page.accuracy.explain"), *_accuracy(pilot, words)),
        _panel(Measure.UPDATE_COST, judged, words, "update", _update_words(pilot, words), *_update(pilot, words)),
        _panel(Measure.SAFETY, judged, words, "safety", words("page.safety.explain"), *_safety(pilot, words)),
    )


def system_name(name: str, words: Words) -> str:
    return words.code("system", name)


def middle(estimate: Estimate, words: Words) -> str:
    """The share itself, `82%`."""
    return words.share(estimate.value)


def spread(estimate: Estimate, words: Words) -> str:
    """Its interval, `75–88%`, as fine as the share; empty when none was computed."""
    if estimate.low is None or estimate.high is None:
        return ""
    low, high = (words.share(bound, like=estimate.value) for bound in (estimate.low, estimate.high))
    return f"{low.removesuffix('%')}–{high}"


def shares(estimate: Estimate | None, words: Words) -> str:
    """`82% (75–88%)`, `82%`, or that it was not measured."""
    if estimate is None:
        return words("not-measured")
    said = spread(estimate, words)
    return f"{middle(estimate, words)} ({said})" if said else middle(estimate, words)


def _panel(
    measure: Measure,
    judged: dict[Measure, MeasureVerdict],
    words: Words,
    page: str,
    explain: str,
    chart: BarChart | None,
    rows: tuple[tuple[str, str], ...],
) -> Panel:
    verdict = judged.get(measure)
    return Panel(
        measure=measure,
        title=words(f"measure.{measure.value}"),
        question=words(f"page.{page}.question"),
        explain=explain,
        verdict=verdict.verdict.value if verdict else None,
        verdict_words=words(f"pilot-verdict.{verdict.verdict.value}") if verdict else words("pilot.not-judged"),
        why=(words.pick(verdict.why_en, verdict.why_ja) or "") if verdict else "",
        chart=chart,
        chart_label=words(f"page.{page}.chart"),
        rows=rows,
    )


def _speed(pilot: PilotSummary, words: Words) -> tuple[BarChart | None, tuple[tuple[str, str], ...]]:
    measured = [(s, s.slow_ms) for s in pilot.systems if s.slow_ms is not None]
    bars = [
        BarInput(
            system_name(system.name, words),
            ((slow, "soft"),)
            if system.typical_ms is None
            else ((system.typical_ms, "strong"), (max(0.0, slow - system.typical_ms), "soft")),
            words.milliseconds(slow),
        )
        for system, slow in measured
    ]
    bar = pilot.thresholds.slow_ms
    # A bar far beyond everything measured would flatten the chart; the table still names it.
    longest = max((slow for _, slow in measured), default=0.0)
    drawn = bar if bar is not None and bar <= 4 * longest else None
    said = "" if bar is None else words("page.bar", value=words.milliseconds(bar))
    rows = [
        (
            system_name(system.name, words),
            f"{words('column.typical')}: {_time(system.typical_ms, words)}"
            f" / {words('column.slow')}: {_time(system.slow_ms, words)}",
        )
        for system in pilot.systems
    ]
    if bar is not None:
        rows.append((words("page.planned-bar"), words.milliseconds(bar)))
    return (bar_chart(bars, mark=drawn, mark_text=said) if bars else None), tuple(rows)


def _time(value: float | None, words: Words) -> str:
    return words("not-measured") if value is None else words.milliseconds(value)


def _accuracy(pilot: PilotSummary, words: Words) -> tuple[BarChart | None, tuple[tuple[str, str], ...]]:
    bars = []
    rows = []
    for system in pilot.systems:
        name = system_name(system.name, words)
        first = system.right_first
        rows.append((name, shares(first, words)))
        if first is not None:
            bars.append(BarInput(name, ((first.value, "strong"),), words.share(first.value), first.low, first.high))
    bar = pilot.thresholds.right_first
    said = "" if bar is None else words("page.bar", value=words.share(bar))
    if bar is not None:
        rows.append((words("page.planned-bar"), words.share(bar)))
    return (bar_chart(bars, top=1.0, text_width=58.0, mark=bar, mark_text=said) if bars else None), tuple(rows)


def _update_words(pilot: PilotSummary, words: Words) -> str:
    cost = pilot.update_seconds if pilot.update_seconds is not None else pilot.estimated_update_seconds
    if cost is None or pilot.updates_per_month is None:
        return words("page.update.explain")
    return words(
        "page.update.explain-monthly",
        kind=words.code("update-kind", (pilot.update_kind or "full retrain").replace(" ", "-")),
        n=words.few(pilot.updates_per_month),
        total=words.seconds(cost * pilot.updates_per_month),
    )


def _update(pilot: PilotSummary, words: Words) -> tuple[BarChart | None, tuple[tuple[str, str], ...]]:
    stated = (
        ("page.update.measured", pilot.update_seconds, "strong"),
        ("page.update.estimated", pilot.estimated_update_seconds, "soft"),
    )
    bars = [
        BarInput(words(key), ((value, tone),), words.seconds(value)) for key, value, tone in stated if value is not None
    ]
    bar = pilot.thresholds.update_seconds
    said = "" if bar is None else words("page.bar", value=words.seconds(bar))
    rows = [(words(key), words("not-measured") if value is None else words.seconds(value)) for key, value, _ in stated]
    if bar is not None:
        rows.append((words("page.update.limit"), words.seconds(bar)))
    return (bar_chart(bars, mark=bar, mark_text=said) if bars else None), tuple(rows)


def _safety(pilot: PilotSummary, words: Words) -> tuple[BarChart | None, tuple[tuple[str, str], ...]]:
    stated = (
        ("page.safety.unconfirmed", pilot.unconfirmed_shown, "bad"),
        ("page.safety.withdrawn", pilot.withdrawn_shown, "bad"),
        ("page.safety.stopped", pilot.contradictions_stopped, "strong"),
    )
    bars = [
        BarInput(words(key), ((float(value), tone),), f"{value:,}") for key, value, tone in stated if value is not None
    ]
    rows = tuple((words(key), words("not-measured") if value is None else f"{value:,}") for key, value, _ in stated)
    return (bar_chart(bars, label_width=196.0, text_width=50.0) if bars else None), rows
